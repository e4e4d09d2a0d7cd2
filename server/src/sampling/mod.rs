//! Made-up data in a store, for a first look: written as files, imported as any others, and erased as a whole.
//!
//! Promises: a store holds nothing but what was made up for as long as it says so. Whatever dies in between, what was begun can be asked for
//! again: nothing is in the queue unless the store says what it is, and the erasure is one commit however often it is tried.

mod write;

use std::io;

use aloftly_catalog::{CatalogError, Import, IngestContext, NewImport, SampleDataRemoval, Tenant};
use aloftly_connectors::demo::visits_mapping;
use aloftly_engine::lake::{Erasure, LakeError};
use aloftly_engine::{CommitId, StoreId};
use sha2::{Digest as _, Sha256};

use self::write::Files;
use crate::importing::ImportKind;
use crate::importing::upload::{Taken, Upload};
use crate::importing::uploads::Uploads;
use crate::service::backend::Backend;
use crate::telemetry::measures;

const REASON: &str = "made-up data of a store are erased";

/// Why a store was not filled or emptied.
#[derive(Debug, thiserror::Error)]
pub enum SamplingError {
    /// The catalog refused or failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The files could not be kept.
    #[error("the made-up files could not be kept")]
    Files(#[source] io::Error),
    /// The lake failed; it can be tried again.
    #[error("the made-up data could not be erased")]
    Lake(#[from] LakeError),
    /// A fault of ours.
    #[error("making up data failed unexpectedly")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Fills an empty store: makes up what was sold and who came until now, and queues the files. The imports, in the order of the queue.
///
/// # Errors
/// When the actor may not, the store is not empty, or something fails; then nothing is in the queue.
pub async fn add(
    backend: &Backend,
    uploads: &Uploads,
    tenant: &Tenant,
    store: StoreId,
) -> Result<Vec<Import>, SamplingError> {
    // Whoever may not is told before anything is made up.
    tenant.check_sample_data(store).await?;
    let held = tenant.store(store).await?;
    let (now, seed) = (backend.clock.now(), store.0.as_u64_pair().1);
    let zone = held.timezone;
    let making = tokio::task::spawn_blocking(move || write::files(&held.currency, zone, seed, now));
    let Files { orders, visits } = making.await.map_err(failed)?.map_err(SamplingError::Files)?;
    let mapping = serde_json::to_value(visits_mapping(zone)).map_err(failed)?;
    let (orders, visits) = (keep(backend, uploads, tenant, &orders), keep(backend, uploads, tenant, &visits));
    let (orders, visits) = futures::future::try_join(orders, visits).await.map_err(SamplingError::Files)?;
    let new = [
        new_import(store, ImportKind::ShopifyOrders, "sample-orders.csv.gz", &orders, None),
        new_import(store, ImportKind::MetricEvents, "sample-visits.csv.gz", &visits, Some(mapping)),
    ];
    let (tenant, limit) = (tenant.clone(), backend.config.pending_upload_limit);
    // Once it has begun it is ended, even if the caller goes away: a file is never removed that an import needs.
    let queueing = tokio::spawn(async move {
        let queued = tenant.add_sample_data(store, &new, limit).await;
        match &queued {
            // Of an answer that was lost nobody knows which it was. The files stay until it is next looked which are needed.
            Ok(_) | Err(CatalogError::Database(_)) => drop((orders.keep(), visits.keep())),
            Err(_) => drop((orders, visits)),
        }
        queued
    });
    Ok(queueing.await.map_err(failed)??)
}

/// Empties a store whose data are made up.
///
/// # Errors
/// When the actor may not, the data are not made up, or something fails; then the store still says that they are, and this can be tried again.
pub async fn remove(
    backend: &Backend,
    uploads: &Uploads,
    tenant: &Tenant,
    store: StoreId,
) -> Result<(), SamplingError> {
    let removal = tenant.begin_sample_data_removal(store).await?;
    for file in &removal.files {
        uploads.remove(file).await;
    }
    let program = backend.catalog.tenant(IngestContext::new(tenant.context().organization(), REASON));
    let erased = backend.store_lake(&program, store).erase(commit_of(&removal), &Erasure::Everything).await?;
    measures::lake_committed("erase");
    tenant.finish_sample_data_removal(&removal).await?;
    tracing::info!(%store, removed = erased.counts.removed, "erased made-up data");
    Ok(())
}

/// The commit that erases them: the same for whoever tries again.
fn commit_of(removal: &SampleDataRemoval) -> CommitId {
    let mut hasher = Sha256::new();
    hasher.update(b"removal of sample data");
    hasher.update(removal.store.0.as_bytes());
    hasher.update(removal.since.timestamp_micros().to_be_bytes());
    hasher.update(removal.last_file.unwrap_or_default().as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    CommitId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Puts a file where those wait that were sent.
async fn keep(backend: &Backend, uploads: &Uploads, tenant: &Tenant, bytes: &[u8]) -> io::Result<Taken> {
    let mut room = uploads.room(backend.config.disk_reserve)?;
    room.used(bytes.len() as u64)?;
    let mut upload = Upload::begin(uploads, tenant.context().organization(), &*backend.clock).await?;
    upload.take(bytes).await?;
    upload.finish().await
}

fn new_import(
    store: StoreId,
    kind: ImportKind,
    file_name: &str,
    taken: &Taken,
    mapping: Option<serde_json::Value>,
) -> NewImport {
    NewImport {
        store,
        kind: kind.as_str().to_owned(),
        file_name: file_name.to_owned(),
        size_bytes: taken.size(),
        spool_file: Some(taken.spool_file().to_owned()),
        mapping,
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> SamplingError {
    SamplingError::Failed(Box::new(error))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn who_tries_again_makes_the_same_commit_and_data_that_came_later_go_with_another() {
        let removal = |store: u128, since: &str| SampleDataRemoval {
            store: Uuid::from_u128(store).into(),
            since: since.parse().unwrap(),
            last_file: Some(Uuid::from_u128(7)),
            files: Vec::new(),
        };
        let first = commit_of(&removal(1, "2026-11-21T12:00:00Z"));
        let again = SampleDataRemoval { files: vec!["here/1".to_owned()], ..removal(1, "2026-11-21T12:00:00Z") };
        assert_eq!(commit_of(&again), first);
        assert_ne!(commit_of(&removal(1, "2026-11-21T12:00:01Z")), first);
        assert_ne!(commit_of(&removal(2, "2026-11-21T12:00:00Z")), first);
        let others = SampleDataRemoval { last_file: Some(Uuid::from_u128(8)), ..removal(1, "2026-11-21T12:00:00Z") };
        assert_ne!(commit_of(&others), first);
    }
}
