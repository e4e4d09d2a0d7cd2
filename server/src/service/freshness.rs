//! New versions of stores, as this and other servers commit them: whoever watches a store is told, and the lists of segments that are held
//! in memory follow, so that the next query finds them there. So it is of syncs that are further.
//!
//! Telling comes first, and no hint waits for what the one before it has to have done: that is done beside, once for all hints of a thing.
//!
//! Answers do not depend on it: every query asks the manifest which version is the newest. A hint that is lost, because a
//! connection was, is made up for by asking for the versions of all stores that are held.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aloftly_catalog::{Change, Changes, IngestContext, OrganizationId, StoreVersion, SyncJobId};
use aloftly_engine::StoreId;
use aloftly_engine::lake::Version;
use futures::{StreamExt as _, stream};
use moka::sync::Cache;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::backend::Backend;
use super::live::Event;
use crate::http::problem::Chain;

const REASON: &str = "a worker follows new versions";
/// Stores that nobody asked about for so long are not followed.
const INTEREST: Duration = Duration::from_secs(3_600);
/// The most stores that are followed.
const MOST: u64 = 10_000;
/// How often versions are asked for while hints come, and while they do not.
const POLL: Duration = Duration::from_secs(30);
const POLL_WITHOUT_HINTS: Duration = Duration::from_secs(1);
/// Of how many stores the lists are brought up to date at once.
const AT_ONCE: usize = 4;

/// The stores that this server was asked about lately.
#[derive(Clone, Debug)]
pub struct Followed(Cache<StoreId, OrganizationId>);

impl Default for Followed {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_idle(INTEREST).build())
    }
}

impl Followed {
    /// Somebody asks about a store.
    pub fn add(&self, store: StoreId, organization: OrganizationId) {
        self.0.insert(store, organization);
    }

    fn by_organization(&self) -> HashMap<OrganizationId, Vec<StoreId>> {
        let mut followed: HashMap<_, Vec<_>> = HashMap::new();
        for (store, organization) in &self.0 {
            followed.entry(organization).or_default().push(*store);
        }
        followed
    }
}

/// Follows until it is told to stop.
pub async fn follow(backend: Backend, stop: CancellationToken) {
    let follower = Follower { backend, lists: Errands::default(), syncs: Errands::default() };
    tokio::select! {
        () = stop.cancelled() => {}
        () = follower.follow_hints() => {}
        () = follower.keep_lists() => {}
        () = follower.tell_of_syncs() => {}
    }
}

/// Things that are to be seen to, each once however often it is asked for meanwhile.
#[derive(Debug)]
struct Errands<T> {
    waiting: Mutex<HashSet<T>>,
    wake: Notify,
}

impl<T> Default for Errands<T> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), wake: Notify::new() }
    }
}

impl<T: Eq + Hash> Errands<T> {
    fn add(&self, thing: T) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(thing);
        self.wake.notify_one();
    }

    /// All that wait, once there are any.
    async fn next(&self) -> HashSet<T> {
        self.wake.notified().await;
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Follower {
    backend: Backend,
    /// Stores whose lists of segments are out of date.
    lists: Errands<(StoreId, OrganizationId)>,
    /// Syncs that are further.
    syncs: Errands<(OrganizationId, SyncJobId)>,
}

impl Follower {
    async fn follow_hints(&self) {
        let mut seen: HashMap<StoreId, Version> = HashMap::new();
        loop {
            match self.backend.catalog.changes().await {
                Ok(mut hints) => {
                    self.poll(&mut seen).await;
                    while self.listen(&mut hints, &mut seen).await {}
                }
                Err(error) => tracing::debug!(error = %Chain(&error), "cannot listen for new versions"),
            }
            tokio::time::sleep(POLL_WITHOUT_HINTS).await;
            self.poll(&mut seen).await;
        }
    }

    /// Takes one hint, or asks for versions when none comes for long. False when the connection is lost.
    async fn listen(&self, hints: &mut Changes, seen: &mut HashMap<StoreId, Version>) -> bool {
        match tokio::time::timeout(POLL, hints.next()).await {
            Ok(Ok(Some(Change::Version(store, version)))) => {
                if let Some(organization) = self.backend.followed.0.get(&store) {
                    self.raise(organization, store, version, seen);
                }
            }
            Ok(Ok(Some(Change::Sync(organization, job)))) => {
                if self.backend.live.is_watched(organization) {
                    self.syncs.add((organization, job));
                }
            }
            // Hints may have been lost.
            Ok(Ok(None)) | Err(_) => self.poll(seen).await,
            Ok(Err(error)) => {
                tracing::debug!(error = %Chain(&error), "no more new versions are told");
                return false;
            }
        }
        true
    }

    async fn poll(&self, seen: &mut HashMap<StoreId, Version>) {
        let followed = self.backend.followed.by_organization();
        seen.retain(|store, _| self.backend.followed.0.contains_key(store));
        for (organization, stores) in followed {
            let tenant = self.backend.catalog.tenant(IngestContext::new(organization, REASON));
            match tenant.versions().await {
                Ok(versions) => {
                    for (store, version) in versions.into_iter().filter(|(store, _)| stores.contains(store)) {
                        self.raise(organization, store, version, seen);
                    }
                }
                Err(error) => tracing::debug!(error = %Chain(&error), "cannot ask for versions"),
            }
        }
    }

    /// A store has at least that version: whoever watches it is told, once, and the list of its segments is to follow.
    fn raise(
        &self,
        organization: OrganizationId,
        store: StoreId,
        version: StoreVersion,
        seen: &mut HashMap<StoreId, Version>,
    ) {
        if seen.get(&store).is_some_and(|seen| *seen >= version.version) {
            return;
        }
        seen.insert(store, version.version);
        // Before the list is brought up to date: whoever asks now brings it up to date themselves.
        self.backend.live.tell(store, &Event::Version(version));
        self.lists.add((store, organization));
    }

    /// Brings lists of segments up to date. Where that fails, the next query does it.
    async fn keep_lists(&self) {
        loop {
            let stores = stream::iter(self.lists.next().await);
            stores.for_each_concurrent(AT_ONCE, |(store, organization)| self.keep_list(store, organization)).await;
        }
    }

    async fn keep_list(&self, store: StoreId, organization: OrganizationId) {
        let tenant = self.backend.catalog.tenant(IngestContext::new(organization, REASON));
        if let Err(error) = self.backend.lake.open(tenant.manifest(), store).snapshot(None).await {
            tracing::debug!(%store, error = %Chain(&error), "cannot follow a store");
        }
    }

    /// Tells whoever watches the stores of syncs how far those are.
    async fn tell_of_syncs(&self) {
        loop {
            for (organization, job) in self.syncs.next().await {
                let tenant = self.backend.catalog.tenant(IngestContext::new(organization, REASON));
                match tenant.sync_job(job).await {
                    Ok(job) => self.backend.live.tell(job.store, &Event::Sync(Arc::new(job))),
                    Err(error) => tracing::debug!(error = %Chain(&error), "cannot tell how far a sync is"),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn what_is_asked_for_again_before_it_is_seen_to_is_seen_to_once() {
        let errands = Errands::default();
        assert_eq!(errands.next().now_or_never(), None, "there is nothing yet");
        for thing in ["mugs", "vases", "mugs"] {
            errands.add(thing);
        }
        assert_eq!(errands.next().await, HashSet::from(["mugs", "vases"]));
        assert_eq!(errands.next().now_or_never(), None);
        errands.add("mugs");
        assert_eq!(errands.next().await, HashSet::from(["mugs"]), "what comes later is another errand");
    }
}
