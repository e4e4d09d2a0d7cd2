//! Telling other processes that a store has a new version, or that a sync is further.
//!
//! A `NOTIFY` inside a commit would make all commits of the server queue at one lock, so it is sent after them, many at a time.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aloftly_engine::StoreId;
use aloftly_engine::lake::manifest::Version;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{CatalogError, OrganizationId, SyncJobId};

const VERSIONS: &str = "aloftly_store_versions";
const SYNCS: &str = "aloftly_syncs";
/// How long news are gathered before they are told.
const GATHER: Duration = Duration::from_millis(25);

/// The version that a store is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreVersion {
    /// It rises with every change of the store's data.
    pub version: Version,
    /// When it was committed, to the microsecond; `None` where nothing was committed yet, or where that is not known.
    pub committed_at: Option<DateTime<Utc>>,
}

/// Tells the versions that this process raised, and the syncs that it brought further.
#[derive(Debug)]
pub(crate) struct Notifier {
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    pool: PgPool,
    raised: Mutex<HashMap<StoreId, StoreVersion>>,
    syncs: Mutex<HashSet<(OrganizationId, SyncJobId)>>,
    wake: Notify,
}

impl Notifier {
    pub(crate) fn start(pool: PgPool) -> Self {
        let shared = Arc::new(Shared { pool, raised: Mutex::default(), syncs: Mutex::default(), wake: Notify::new() });
        let worker = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            loop {
                worker.wake.notified().await;
                tokio::time::sleep(GATHER).await;
                worker.send().await;
            }
        });
        Self { shared, task }
    }

    pub(crate) fn raised(&self, store: StoreId, version: Version, committed_at: DateTime<Utc>) {
        let mut raised = self.shared.raised.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = raised.entry(store).or_default();
        if version > newest.version {
            *newest = StoreVersion { version, committed_at: Some(committed_at) };
        }
        self.shared.wake.notify_one();
    }

    pub(crate) fn progressed(&self, organization: OrganizationId, job: SyncJobId) {
        self.shared.syncs.lock().unwrap_or_else(PoisonError::into_inner).insert((organization, job));
        self.shared.wake.notify_one();
    }

    pub(crate) async fn flush(&self) {
        self.shared.send().await;
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn send(&self) {
        let raised = std::mem::take(&mut *self.raised.lock().unwrap_or_else(PoisonError::into_inner));
        let syncs = std::mem::take(&mut *self.syncs.lock().unwrap_or_else(PoisonError::into_inner));
        let raised = raised.iter().map(|(store, version)| (VERSIONS, version.told_of(*store)));
        let syncs = syncs.iter().map(|(organization, job)| (SYNCS, format!("{organization}:{job}")));
        let (channels, payloads): (Vec<String>, Vec<String>) =
            raised.chain(syncs).map(|(channel, payload)| (channel.to_owned(), payload)).unzip();
        if payloads.is_empty() {
            return;
        }
        let sent = sqlx::query!(
            "SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS news (channel, payload)",
            &channels,
            &payloads,
        )
        .execute(&self.pool)
        .await;
        if let Err(error) = sent {
            tracing::warn!(%error, news = payloads.len(), "news could not be told; other servers find them by polling");
        }
    }
}

impl StoreVersion {
    /// The payload that tells of it: the store, the version and, where it is known, the microsecond of the commit.
    fn told_of(self, store: StoreId) -> String {
        let Self { version, committed_at } = self;
        match committed_at {
            Some(at) => format!("{store}:{version}:{}", at.timestamp_micros()),
            None => format!("{store}:{version}"),
        }
    }

    /// Reads what follows the store in such a payload. A server of an older release does not tell when.
    fn read(told: &str) -> Option<Self> {
        let (version, committed_at) = match told.split_once(':') {
            Some((version, micros)) => (version, micros.parse().ok().and_then(DateTime::from_timestamp_micros)),
            None => (told, None),
        };
        Some(Self { version: version.parse().ok()?, committed_at })
    }
}

/// What another process, or this one, did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A store has at least that version.
    Version(StoreId, StoreVersion),
    /// A sync of an organisation is further, or over.
    Sync(OrganizationId, SyncJobId),
}

/// Changes, as they are told.
#[derive(Debug)]
pub struct Changes {
    listener: PgListener,
}

impl Changes {
    pub(crate) async fn listen(pool: &PgPool) -> Result<Self, CatalogError> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all([VERSIONS, SYNCS]).await?;
        Ok(Self { listener })
    }

    /// The next hint. `None` when hints may have been lost, because the connection was: then every version that is held should be asked for again.
    ///
    /// # Errors
    /// When the connection cannot be restored.
    pub async fn next(&mut self) -> Result<Option<Change>, CatalogError> {
        loop {
            let Some(notification) = self.listener.try_recv().await? else { return Ok(None) };
            let Some((whose, what)) = notification.payload().split_once(':') else { continue };
            let Ok(whose) = whose.parse::<Uuid>() else { continue };
            let change = match notification.channel() {
                SYNCS => what.parse::<Uuid>().ok().map(|job| Change::Sync(whose.into(), job.into())),
                _ => StoreVersion::read(what).map(|version| Change::Version(whose.into(), version)),
            };
            if let Some(change) = change {
                return Ok(Some(change));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_with_the_moment_of_its_commit_and_read_without_it_too() {
        let store = StoreId(Uuid::from_u128(7));
        let committed_at = DateTime::from_timestamp_micros(1_795_190_400_123_456);
        let told = StoreVersion { version: 12, committed_at }.told_of(store);
        assert_eq!(told, "00000000-0000-0000-0000-000000000007:12:1795190400123456");
        for (text, expected) in [
            ("12:1795190400123456", Some(StoreVersion { version: 12, committed_at })),
            ("12", Some(StoreVersion { version: 12, committed_at: None })),
            ("12:soon", Some(StoreVersion { version: 12, committed_at: None })),
            ("twelve", None),
            (":1795190400123456", None),
        ] {
            assert_eq!(StoreVersion::read(text), expected, "{text:?}");
        }
    }
}
