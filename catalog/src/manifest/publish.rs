//! One commit: one transaction that locks the store's row first. READ COMMITTED, so that every statement after the lock sees
//! what the commit before it left.

use std::collections::{BTreeSet, HashSet};

use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::manifest::{Commit, CommitCounts, CommitKind, NewSegment, Published, Temperature, Version};
use aloftly_engine::{CommitId, SegmentId, StoreId};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::{PgManifest, rows, unavailable};
use crate::access::Need;

type Outcome<T> = Result<T, ManifestError>;

pub(super) async fn run(manifest: &PgManifest, commit: &Commit) -> Outcome<Published> {
    let mut transaction = manifest.begin(commit.store, Need::Write).await?;
    let written = write(manifest, &mut transaction, commit).await?;
    let Written { published, by_this_attempt } = written;
    if by_this_attempt {
        transaction.commit().await.map_err(lost)?;
        manifest.tenant.catalog().notifier().raised(commit.store, published.version);
    }
    Ok(published)
}

/// What a commit came to, and whether it was this attempt that did it.
struct Written {
    published: Published,
    by_this_attempt: bool,
}

async fn write(manifest: &PgManifest, transaction: &mut PgTransaction<'static>, commit: &Commit) -> Outcome<Written> {
    let (organization, store) = (manifest.organization(), commit.store);
    let before = lock(transaction, organization, store).await?;
    if let Some(published) = by_id(transaction, organization, store, commit.id).await? {
        return Ok(Written { published, by_this_attempt: false });
    }
    if let Some(receipt) = &commit.receipt
        && let Some(published) = by_receipt(transaction, organization, store, receipt).await?
    {
        return Err(ManifestError::AlreadyDone(published));
    }
    refuse_conflict(transaction, organization, commit).await?;

    let changes = !commit.add.is_empty() || !commit.retire.is_empty();
    let version = before + Version::from(changes);
    if changes {
        unstage(transaction, organization, commit).await?;
        add(transaction, organization, commit, version).await?;
        retire(transaction, organization, commit, version).await?;
    }
    let now = manifest.tenant.catalog().clock().now();
    let raised = sqlx::query!(
        "UPDATE lake_stores SET version = $3, committed_at = CASE WHEN $4 THEN $5 ELSE committed_at END
        WHERE org_id = $1 AND store_id = $2 AND version = $6",
        organization,
        store.0,
        version,
        changes,
        now,
        before,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    affected("the store's version", 1, raised.rows_affected())?;
    record(transaction, organization, commit, version, now).await?;
    let published = Published { id: commit.id, version, counts: commit.counts };
    Ok(Written { published, by_this_attempt: true })
}

async fn lock(transaction: &mut PgTransaction<'static>, organization: Uuid, store: StoreId) -> Outcome<Version> {
    sqlx::query_scalar!(
        "SELECT version FROM lake_stores WHERE org_id = $1 AND store_id = $2 FOR NO KEY UPDATE",
        organization,
        store.0,
    )
    .fetch_optional(&mut **transaction)
    .await
    .map_err(unavailable)?
    .ok_or(ManifestError::UnknownStore(store))
}

async fn refuse_conflict(transaction: &mut PgTransaction<'static>, organization: Uuid, commit: &Commit) -> Outcome<()> {
    let datasets: Vec<String> = commit.touched.iter().map(|(dataset, _)| dataset.clone()).collect();
    let partitions: Vec<_> = commit.touched.iter().map(|(_, partition)| partition.first_day()).collect();
    let changed = sqlx::query_file!(
        "src/sql/conflict.sql",
        organization,
        commit.store.0,
        commit.based_on,
        &datasets,
        &partitions,
    )
    .fetch_optional(&mut **transaction)
    .await
    .map_err(unavailable)?;
    match changed {
        None => Ok(()),
        Some(row) => Err(ManifestError::Conflict {
            dataset: row.dataset,
            partition: Partition::starting(row.partition_date),
            based_on: commit.based_on,
        }),
    }
}

/// Cold segments stop being staged; one that is not staged may have lost its object.
async fn unstage(transaction: &mut PgTransaction<'static>, organization: Uuid, commit: &Commit) -> Outcome<()> {
    let cold = |new: &&NewSegment| new.segment.temperature == Temperature::Cold;
    let ids: Vec<Uuid> = commit.add.iter().filter(cold).map(|new| new.segment.id.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let staged = sqlx::query_scalar!(
        "DELETE FROM lake_staged_segments WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3) RETURNING id",
        organization,
        commit.store.0,
        &ids,
    )
    .fetch_all(&mut **transaction)
    .await
    .map_err(unavailable)?;
    let staged: HashSet<Uuid> = staged.into_iter().collect();
    match ids.into_iter().find(|id| !staged.contains(id)) {
        Some(id) => Err(ManifestError::NotStaged(id.into())),
        None => Ok(()),
    }
}

async fn add(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    commit: &Commit,
    version: Version,
) -> Outcome<()> {
    if commit.add.is_empty() {
        return Ok(());
    }
    let segments = commit.add.iter().map(|new| &new.segment);
    let inserted = rows::insert(transaction, organization, commit.store.0, version, segments).await?;
    affected("new segments", commit.add.len(), inserted)?;
    // One by one: together they could be more than a message should hold.
    for new in &commit.add {
        let Some(payload) = &new.payload else { continue };
        let inserted = sqlx::query!(
            "INSERT INTO lake_hot_payloads (org_id, store_id, segment_id, payload) VALUES ($1, $2, $3, $4)",
            organization,
            commit.store.0,
            new.segment.id.0,
            &payload[..],
        )
        .execute(&mut **transaction)
        .await
        .map_err(unavailable)?;
        affected("a hot segment's bytes", 1, inserted.rows_affected())?;
    }
    Ok(())
}

async fn retire(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    commit: &Commit,
    version: Version,
) -> Outcome<()> {
    let ids: BTreeSet<SegmentId> = commit.retire.iter().copied().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let ended = sqlx::query_scalar!(
        "UPDATE lake_segments SET end_version = $4
        WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3) AND end_version IS NULL AND begin_version < $4
        RETURNING id",
        organization,
        commit.store.0,
        &ids.iter().map(|id| id.0).collect::<Vec<_>>(),
        version,
    )
    .fetch_all(&mut **transaction)
    .await
    .map_err(unavailable)?;
    let ended: HashSet<Uuid> = ended.into_iter().collect();
    match commit.retire.iter().find(|id| !ended.contains(&id.0)) {
        Some(id) => Err(ManifestError::NotLive(*id)),
        None => Ok(()),
    }
}

async fn record(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    commit: &Commit,
    version: Version,
    now: chrono::DateTime<chrono::Utc>,
) -> Outcome<()> {
    let kind = match commit.kind {
        CommitKind::Upsert => "upsert",
        CommitKind::Fold => "fold",
    };
    let count = |count: u64| i64::try_from(count).map_err(unavailable);
    let recorded = sqlx::query!(
        "INSERT INTO lake_commits (
            org_id, store_id, id, kind, based_on, version, receipt, new_count, updated_count, unchanged_count, stale_count,
            committed_at
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        organization,
        commit.store.0,
        commit.id.0,
        kind,
        commit.based_on,
        version,
        commit.receipt,
        count(commit.counts.new)?,
        count(commit.counts.updated)?,
        count(commit.counts.unchanged)?,
        count(commit.counts.stale)?,
        now,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    affected("the commit", 1, recorded.rows_affected())
}

struct CommitRow {
    id: Uuid,
    version: Version,
    new_count: i64,
    updated_count: i64,
    unchanged_count: i64,
    stale_count: i64,
}

impl CommitRow {
    fn published(&self) -> Outcome<Published> {
        let count = |count: i64| u64::try_from(count).map_err(unavailable);
        let counts = CommitCounts {
            new: count(self.new_count)?,
            updated: count(self.updated_count)?,
            unchanged: count(self.unchanged_count)?,
            stale: count(self.stale_count)?,
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
        "SELECT id, version, new_count, updated_count, unchanged_count, stale_count FROM lake_commits
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
        "SELECT id, version, new_count, updated_count, unchanged_count, stale_count FROM lake_commits
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

/// A statement under the store's lock that touches another number of rows than it must is a fault here, and ends the commit.
fn affected(what: &str, expected: usize, actual: u64) -> Outcome<()> {
    if u64::try_from(expected).is_ok_and(|expected| expected == actual) {
        return Ok(());
    }
    Err(unavailable(format!("{what}: {actual} rows were written instead of {expected}")))
}

/// `COMMIT` failed. When the server itself refused it, it did not happen; in every other case nobody here knows.
fn lost(error: sqlx::Error) -> ManifestError {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    // 08 connection, 53 resources, 57 operator (shutdown), 58 system, XX internal: the commit record may have been written.
    let refused = code.is_some_and(|code| !["08", "53", "57", "58", "XX"].iter().any(|class| code.starts_with(class)));
    if refused { unavailable(error) } else { ManifestError::Ambiguous(error.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_whose_answer_was_lost_is_ambiguous() {
        let reset = sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert!(matches!(lost(reset), ManifestError::Ambiguous(_)));
    }
}
