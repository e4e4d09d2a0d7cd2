//! What nobody may need any more is given up.

use std::collections::HashSet;

use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::manifest::{Doomed, Expired};
use aloftly_engine::{SegmentId, StoreId};
use chrono::{DateTime, TimeDelta, Utc};

use super::{PgManifest, unavailable, uuids};
use crate::WorkspacePermission;

/// Segments, and commits, that one expiry gives up at most: no transaction holds locks for long.
const AT_ONCE: i64 = 1_000;
/// Commits without a receipt are remembered for that long after they expired.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// In two transactions: once the first has said that versions are unreadable, the second may drop what they held, and may be
/// killed at it.
pub(super) async fn run(
    manifest: &PgManifest,
    store: StoreId,
    replaced_by: DateTime<Utc>,
    staged_by: DateTime<Utc>,
) -> Result<Expired, ManifestError> {
    let oldest = raise_oldest(manifest, store, replaced_by).await?;
    let (organization, now) = (manifest.organization(), manifest.now());
    let mut transaction = manifest.begin(store, WorkspacePermission::Import).await?;
    let gone = sqlx::query_file!("src/sql/expire_segments.sql", organization, store.0, oldest, AT_ONCE, now)
        .fetch_one(&mut *transaction)
        .await
        .map_err(unavailable)?;
    let abandoned = sqlx::query_file_scalar!("src/sql/expire_staged.sql", organization, store.0, staged_by, now)
        .fetch_one(&mut *transaction)
        .await
        .map_err(unavailable)?;
    let forgotten = sqlx::query!(
        "DELETE FROM lake_commits WHERE org_id = $1 AND store_id = $2 AND id IN (
            SELECT id FROM lake_commits
            WHERE org_id = $1 AND store_id = $2 AND version < $3 AND receipt IS NULL AND committed_at <= $4
            ORDER BY version
            LIMIT $5
        )",
        organization,
        store.0,
        oldest,
        replaced_by.min(now) - REMEMBERED,
        AT_ONCE,
    )
    .execute(&mut *transaction)
    .await
    .map_err(unavailable)?;
    // What another expiry is about to give up counts too: whoever erases rows waits until all of it is doomed.
    let left = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM lake_segments WHERE org_id = $1 AND store_id = $2 AND end_version <= $3) AS "over!",
            EXISTS (SELECT FROM lake_segments WHERE org_id = $1 AND store_id = $2 AND end_version IS NOT NULL)
            OR EXISTS (SELECT FROM lake_staged_segments WHERE org_id = $1 AND store_id = $2)
            OR EXISTS (SELECT FROM lake_doomed_segments WHERE org_id = $1 AND store_id = $2) AS "pending!""#,
        organization,
        store.0,
        oldest,
    )
    .fetch_one(&mut *transaction)
    .await
    .map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let more = left.over || forgotten.rows_affected() >= count(AT_ONCE);
    let pending = left.pending;
    Ok(Expired { hot: count(gone.hot), cold: count(gone.cold), abandoned: count(abandoned), more, pending })
}

/// Says which versions can no longer be read, and returns the oldest that can.
async fn raise_oldest(manifest: &PgManifest, store: StoreId, replaced_by: DateTime<Utc>) -> Result<i64, ManifestError> {
    let mut transaction = manifest.begin(store, WorkspacePermission::Import).await?;
    let newest_old = sqlx::query_scalar!(
        "SELECT version FROM lake_commits
        WHERE org_id = $1 AND store_id = $2 AND committed_at <= $3
        ORDER BY version DESC
        LIMIT 1",
        manifest.organization(),
        store.0,
        replaced_by,
    )
    .fetch_optional(&mut *transaction)
    .await
    .map_err(unavailable)?;
    if let Some(version) = newest_old {
        sqlx::query!(
            "UPDATE lake_stores SET oldest_version = $3 WHERE org_id = $1 AND store_id = $2 AND oldest_version < $3",
            manifest.organization(),
            store.0,
            version,
        )
        .execute(&mut *transaction)
        .await
        .map_err(unavailable)?;
    }
    let oldest = manifest.state(&mut transaction, store).await?.oldest_version;
    transaction.commit().await.map_err(unavailable)?;
    Ok(oldest)
}

pub(super) async fn doomed(
    manifest: &PgManifest,
    store: StoreId,
    by: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<Doomed>, ManifestError> {
    let mut transaction = manifest.begin(store, WorkspacePermission::Read).await?;
    let rows = sqlx::query!(
        "SELECT id, dataset, partition_date FROM lake_doomed_segments
        WHERE org_id = $1 AND store_id = $2 AND doomed_at <= $3
        ORDER BY doomed_at, id
        LIMIT $4",
        manifest.organization(),
        store.0,
        by,
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(&mut *transaction)
    .await
    .map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)?;
    let doomed = rows.into_iter().map(|row| Doomed {
        id: row.id.into(),
        dataset: row.dataset,
        partition: Partition::starting(row.partition_date),
    });
    Ok(doomed.collect())
}

pub(super) async fn forget(manifest: &PgManifest, store: StoreId, segments: &[SegmentId]) -> Result<(), ManifestError> {
    let mut transaction = manifest.begin(store, WorkspacePermission::Import).await?;
    sqlx::query!(
        "DELETE FROM lake_doomed_segments WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3)",
        manifest.organization(),
        store.0,
        &uuids(segments),
    )
    .execute(&mut *transaction)
    .await
    .map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)
}

pub(super) async fn known(
    manifest: &PgManifest,
    store: StoreId,
    segments: &[SegmentId],
) -> Result<HashSet<SegmentId>, ManifestError> {
    let mut transaction = manifest.begin(store, WorkspacePermission::Read).await?;
    // In one statement: a segment that goes from one state to the next meanwhile is seen in the former or the latter.
    let rows = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM lake_segments WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3)
        UNION ALL SELECT id FROM lake_staged_segments WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3)
        UNION ALL SELECT id FROM lake_doomed_segments WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3)"#,
        manifest.organization(),
        store.0,
        &uuids(segments),
    )
    .fetch_all(&mut *transaction)
    .await
    .map_err(unavailable)?;
    transaction.commit().await.map_err(unavailable)?;
    Ok(rows.into_iter().map(SegmentId).collect())
}
