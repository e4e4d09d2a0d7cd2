//! New versions of stores, as this and other servers commit them: the lists of segments that are held in memory follow, so that the next
//! query finds them there, and whoever watches a store is told. So it is of syncs that are further.
//!
//! Answers do not depend on it: every query asks the manifest which version is the newest. A hint that is lost, because a
//! connection was, is made up for by asking for the versions of all stores that are held.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{Change, Changes, IngestContext, OrganizationId, SyncJobId};
use aloftly_engine::StoreId;
use aloftly_engine::lake::Version;
use moka::sync::Cache;
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
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow_hints(&backend) => {}
    }
}

async fn follow_hints(backend: &Backend) {
    let mut seen: HashMap<StoreId, Version> = HashMap::new();
    loop {
        match backend.catalog.changes().await {
            Ok(mut hints) => {
                poll(backend, &mut seen).await;
                while listen(backend, &mut hints, &mut seen).await {}
            }
            Err(error) => tracing::debug!(error = %Chain(&error), "cannot listen for new versions"),
        }
        tokio::time::sleep(POLL_WITHOUT_HINTS).await;
        poll(backend, &mut seen).await;
    }
}

/// Takes one hint, or asks for versions when none comes for long. False when the connection is lost.
async fn listen(backend: &Backend, hints: &mut Changes, seen: &mut HashMap<StoreId, Version>) -> bool {
    match tokio::time::timeout(POLL, hints.next()).await {
        Ok(Ok(Some(Change::Version(store, version)))) => {
            if let Some(organization) = backend.followed.0.get(&store) {
                raise(backend, organization, store, version, seen).await;
            }
        }
        Ok(Ok(Some(Change::Sync(organization, job)))) => progress(backend, organization, job).await,
        // Hints may have been lost.
        Ok(Ok(None)) | Err(_) => poll(backend, seen).await,
        Ok(Err(error)) => {
            tracing::debug!(error = %Chain(&error), "no more new versions are told");
            return false;
        }
    }
    true
}

async fn poll(backend: &Backend, seen: &mut HashMap<StoreId, Version>) {
    let followed = backend.followed.by_organization();
    seen.retain(|store, _| backend.followed.0.contains_key(store));
    for (organization, stores) in followed {
        let tenant = backend.catalog.tenant(IngestContext::new(organization, REASON));
        match tenant.versions().await {
            Ok(versions) => {
                for (store, version) in versions.into_iter().filter(|(store, _)| stores.contains(store)) {
                    raise(backend, organization, store, version, seen).await;
                }
            }
            Err(error) => tracing::debug!(error = %Chain(&error), "cannot ask for versions"),
        }
    }
}

/// A store has at least that version: brings the list of its segments up to date, once.
async fn raise(
    backend: &Backend,
    organization: OrganizationId,
    store: StoreId,
    version: Version,
    seen: &mut HashMap<StoreId, Version>,
) {
    if seen.get(&store).is_some_and(|seen| *seen >= version) {
        return;
    }
    // Before the list is brought up to date: whoever asks now brings it up to date themselves.
    backend.live.tell(store, &Event::Version(version));
    let tenant = backend.catalog.tenant(IngestContext::new(organization, REASON));
    match backend.lake.open(tenant.manifest(), store).snapshot(None).await {
        Ok(snapshot) => {
            seen.insert(store, snapshot.version);
        }
        Err(error) => tracing::debug!(%store, error = %Chain(&error), "cannot follow a store"),
    }
}

/// A sync is further: whoever watches its store is told how far.
async fn progress(backend: &Backend, organization: OrganizationId, job: SyncJobId) {
    if !backend.live.is_watched(organization) {
        return;
    }
    let tenant = backend.catalog.tenant(IngestContext::new(organization, REASON));
    match tenant.sync_job(job).await {
        Ok(job) => backend.live.tell(job.store, &Event::Sync(Arc::new(job))),
        Err(error) => tracing::debug!(error = %Chain(&error), "cannot tell how far a sync is"),
    }
}
