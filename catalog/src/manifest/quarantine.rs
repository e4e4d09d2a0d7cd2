//! Segments that were found damaged or missing.

use std::sync::Arc;

use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::manifest::Quarantine;
use aloftly_engine::{SegmentId, StoreId};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::{PgManifest, unavailable};
use crate::WorkspacePermission;

pub(super) async fn all(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: StoreId,
) -> Result<Arc<Quarantine>, ManifestError> {
    let rows = sqlx::query!(
        "SELECT segment_id, reason FROM lake_quarantine WHERE org_id = $1 AND store_id = $2",
        organization,
        store.0,
    )
    .fetch_all(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(Arc::new(rows.into_iter().map(|row| (SegmentId(row.segment_id), row.reason)).collect()))
}

/// Whoever may read a store may say that a segment of it cannot be read.
pub(super) async fn add(
    manifest: &PgManifest,
    store: StoreId,
    segment: SegmentId,
    reason: &str,
) -> Result<bool, ManifestError> {
    let mut transaction = manifest.begin(store, WorkspacePermission::Read).await?;
    manifest.state(&mut transaction, store).await?;
    // The lock keeps a commit from retiring the segment meanwhile.
    let added = sqlx::query!(
        "INSERT INTO lake_quarantine (org_id, store_id, segment_id, reason, found_at)
        SELECT org_id, store_id, id, $4, $5 FROM lake_segments
        WHERE org_id = $1 AND store_id = $2 AND id = $3 AND end_version IS NULL
        FOR NO KEY UPDATE
        ON CONFLICT (org_id, store_id, segment_id) DO NOTHING",
        manifest.organization(),
        store.0,
        segment.0,
        reason,
        manifest.now(),
    )
    .execute(&mut *transaction)
    .await
    .map_err(unavailable)?;
    revise(manifest, transaction, store, added.rows_affected() > 0).await
}

pub(super) async fn release(manifest: &PgManifest, store: StoreId, segment: SegmentId) -> Result<bool, ManifestError> {
    let mut transaction = manifest.begin(store, WorkspacePermission::Import).await?;
    manifest.state(&mut transaction, store).await?;
    let released = sqlx::query!(
        "DELETE FROM lake_quarantine WHERE org_id = $1 AND store_id = $2 AND segment_id = $3",
        manifest.organization(),
        store.0,
        segment.0,
    )
    .execute(&mut *transaction)
    .await
    .map_err(unavailable)?;
    revise(manifest, transaction, store, released.rows_affected() > 0).await
}

/// Tells every cache of the store's segments that its quarantine has changed, if it has.
async fn revise(
    manifest: &PgManifest,
    mut transaction: PgTransaction<'static>,
    store: StoreId,
    is_changed: bool,
) -> Result<bool, ManifestError> {
    if is_changed {
        sqlx::query!(
            "UPDATE lake_stores SET quarantine_revision = quarantine_revision + 1 WHERE org_id = $1 AND store_id = $2",
            manifest.organization(),
            store.0,
        )
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
    }
    transaction.commit().await.map_err(unavailable)?;
    Ok(is_changed)
}
