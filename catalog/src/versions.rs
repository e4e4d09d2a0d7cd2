//! Telling other processes that a store has a new version.
//!
//! A `NOTIFY` inside a commit would make all commits of the server queue at one lock, so it is sent after them, many stores
//! at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aloftly_engine::StoreId;
use aloftly_engine::lake::manifest::Version;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;

use crate::CatalogError;

const CHANNEL: &str = "aloftly_store_versions";
/// How long versions are gathered before they are told.
const GATHER: Duration = Duration::from_millis(25);

/// Tells the versions that this process raised.
#[derive(Debug)]
pub(crate) struct Notifier {
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    pool: PgPool,
    raised: Mutex<HashMap<StoreId, Version>>,
    wake: Notify,
}

impl Notifier {
    pub(crate) fn start(pool: PgPool) -> Self {
        let shared = Arc::new(Shared { pool, raised: Mutex::default(), wake: Notify::new() });
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

    pub(crate) fn raised(&self, store: StoreId, version: Version) {
        let mut raised = self.shared.raised.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = raised.entry(store).or_default();
        *newest = version.max(*newest);
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
        if raised.is_empty() {
            return;
        }
        let payloads: Vec<String> = raised.iter().map(|(store, version)| format!("{store}:{version}")).collect();
        let sent = sqlx::query!("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", CHANNEL, &payloads)
            .execute(&self.pool)
            .await;
        if let Err(error) = sent {
            tracing::warn!(%error, stores = payloads.len(), "new versions could not be told; other servers find them by polling");
        }
    }
}

/// New versions of stores, as they are told.
#[derive(Debug)]
pub struct VersionChanges {
    listener: PgListener,
}

impl VersionChanges {
    pub(crate) async fn listen(pool: &PgPool) -> Result<Self, CatalogError> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self { listener })
    }

    /// The next hint: a store has at least that version. `None` when hints may have been lost, because the connection was: then
    /// every version that is held should be asked for again.
    ///
    /// # Errors
    /// When the connection cannot be restored.
    pub async fn next(&mut self) -> Result<Option<(StoreId, Version)>, CatalogError> {
        loop {
            let Some(notification) = self.listener.try_recv().await? else { return Ok(None) };
            if let Some((store, version)) = notification.payload().split_once(':')
                && let (Ok(store), Ok(version)) = (store.parse::<uuid::Uuid>(), version.parse())
            {
                return Ok(Some((store.into(), version)));
            }
        }
    }
}
