//! The record of commits.

use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::manifest::{Commit, CommitCounts, Published, Version};
use aloftly_engine::{CommitId, StoreId};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::unavailable;

type Outcome<T> = Result<T, ManifestError>;

/// Records a commit; returns how many rows were inserted.
pub(super) async fn record(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    commit: &Commit,
    version: Version,
    now: DateTime<Utc>,
) -> Outcome<u64> {
    let count = |count: u64| i64::try_from(count).map_err(unavailable);
    let recorded = sqlx::query!(
        "INSERT INTO lake_commits (
            org_id, store_id, id, kind, based_on, version, receipt, new_count, updated_count, unchanged_count, stale_count,
            removed_count, committed_at
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        organization,
        commit.store.0,
        commit.id.0,
        commit.kind.as_str(),
        commit.based_on,
        version,
        commit.receipt,
        count(commit.counts.new)?,
        count(commit.counts.updated)?,
        count(commit.counts.unchanged)?,
        count(commit.counts.stale)?,
        count(commit.counts.removed)?,
        now,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(recorded.rows_affected())
}

struct CommitRow {
    id: Uuid,
    version: Version,
    new_count: i64,
    updated_count: i64,
    unchanged_count: i64,
    stale_count: i64,
    removed_count: i64,
}

impl CommitRow {
    fn published(&self) -> Outcome<Published> {
        let count = |count: i64| u64::try_from(count).map_err(unavailable);
        let counts = CommitCounts {
            new: count(self.new_count)?,
            updated: count(self.updated_count)?,
            unchanged: count(self.unchanged_count)?,
            stale: count(self.stale_count)?,
            removed: count(self.removed_count)?,
        };
        Ok(Published { id: self.id.into(), version: self.version, counts })
    }
}

/// The commit of that id.
pub(super) async fn by_id(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: StoreId,
    commit: CommitId,
) -> Outcome<Option<Published>> {
    let row = sqlx::query_as!(
        CommitRow,
        "SELECT id, version, new_count, updated_count, unchanged_count, stale_count, removed_count
        FROM lake_commits
        WHERE org_id = $1 AND store_id = $2 AND id = $3",
        organization,
        store.0,
        commit.0,
    )
    .fetch_optional(&mut **transaction)
    .await
    .map_err(unavailable)?;
    row.map(|row| row.published()).transpose()
}

/// The commit that took that receipt.
pub(super) async fn by_receipt(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: StoreId,
    receipt: &str,
) -> Outcome<Option<Published>> {
    let row = sqlx::query_as!(
        CommitRow,
        "SELECT id, version, new_count, updated_count, unchanged_count, stale_count, removed_count
        FROM lake_commits
        WHERE org_id = $1 AND store_id = $2 AND receipt = $3",
        organization,
        store.0,
        receipt,
    )
    .fetch_optional(&mut **transaction)
    .await
    .map_err(unavailable)?;
    row.map(|row| row.published()).transpose()
}
