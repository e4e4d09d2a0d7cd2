//! One commit: one transaction that locks the store's row first. READ COMMITTED, so that every statement after the lock sees
//! what the commit before it left.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::manifest::{Commit, CommitKind, FOLD_DELAY, NewSegment, Published, Temperature, Version};
use aloftly_engine::{SegmentId, StoreId};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::{PgManifest, bookmarks, commits, removals, rows, unavailable};
use crate::WorkspacePermission;

type Outcome<T> = Result<T, ManifestError>;

pub(super) async fn run(manifest: &PgManifest, commit: &Commit) -> Outcome<Published> {
    let mut transaction = manifest.begin(commit.store, WorkspacePermission::Import).await?;
    let written = write(manifest, &mut transaction, commit).await?;
    let Written { published, by_this_attempt, raised_at } = written;
    if by_this_attempt {
        transaction.commit().await.map_err(lost)?;
    }
    if let Some(at) = raised_at {
        manifest.tenant.catalog().notifier().raised(commit.store, published.version, at);
    }
    Ok(published)
}

/// What a commit came to.
struct Written {
    published: Published,
    /// Whether it was this attempt that did it.
    by_this_attempt: bool,
    /// When the store's version was raised, if it was.
    raised_at: Option<DateTime<Utc>>,
}

async fn write(manifest: &PgManifest, transaction: &mut PgTransaction<'static>, commit: &Commit) -> Outcome<Written> {
    let (organization, store) = (manifest.organization(), commit.store);
    let Locked { version: before, oldest_version, removals } = lock(transaction, organization, store).await?;
    if let Some(published) = commits::by_id(transaction, organization, store, commit.id).await? {
        return Ok(Written { published, by_this_attempt: false, raised_at: None });
    }
    if let Some(receipt) = &commit.receipt
        && let Some(published) = commits::by_receipt(transaction, organization, store, receipt).await?
    {
        return Err(ManifestError::AlreadyDone(published));
    }
    if commit.unless_removed_since.is_some_and(|known| known != removals) {
        return Err(ManifestError::Overtaken);
    }
    if commit.based_on < oldest_version {
        return Err(ManifestError::UnknownVersion(commit.based_on));
    }
    refuse_conflict(transaction, organization, commit).await?;

    let changes = !commit.add.is_empty() || !commit.retire.is_empty();
    let version = before + Version::from(changes);
    let now = manifest.tenant.catalog().clock().now();
    let mut released = false;
    if changes {
        unstage(transaction, organization, commit).await?;
        add(transaction, organization, commit, version).await?;
        let retired = retire(transaction, organization, commit, version).await?;
        touch(transaction, organization, commit, version, retired, now).await?;
        released = release_retired(transaction, organization, commit).await?;
    }
    if commit.clears_receipts {
        clear_receipts(transaction, organization, store).await?;
        bookmarks::clear(transaction, organization, store).await?;
        removals::clear(transaction, organization, store).await?;
    }
    removals::record(transaction, organization, store, &commit.gone, now).await?;
    for bookmark in &commit.bookmarks {
        bookmarks::move_on(transaction, organization, store, bookmark, now).await?;
    }
    let raised = sqlx::query!(
        "UPDATE lake_stores SET version = $3, committed_at = CASE WHEN $4 THEN $5 ELSE committed_at END,
            tidy_at = CASE WHEN $7 THEN LEAST(tidy_at, $5) ELSE tidy_at END,
            quarantine_revision = quarantine_revision + CASE WHEN $8 THEN 1 ELSE 0 END,
            removals = removals + CASE WHEN $9 THEN 1 ELSE 0 END
        WHERE org_id = $1 AND store_id = $2 AND version = $6",
        organization,
        store.0,
        version,
        changes,
        now,
        before,
        !commit.retire.is_empty(),
        released,
        commit.kind == CommitKind::Erase,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    affected("the store's version", 1, raised.rows_affected())?;
    let recorded = commits::record(transaction, organization, commit, version, now).await?;
    affected("the commit", 1, recorded)?;
    let published = Published { id: commit.id, version, counts: commit.counts };
    Ok(Written { published, by_this_attempt: true, raised_at: changes.then_some(now) })
}

struct Locked {
    version: Version,
    oldest_version: Version,
    removals: i64,
}

async fn lock(transaction: &mut PgTransaction<'static>, organization: Uuid, store: StoreId) -> Outcome<Locked> {
    sqlx::query_as!(
        Locked,
        "SELECT version, oldest_version, removals FROM lake_stores WHERE org_id = $1 AND store_id = $2 FOR NO KEY UPDATE",
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
        commit.kind == CommitKind::Erase,
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

/// Retires segments, and answers which partitions they were of.
async fn retire(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    commit: &Commit,
    version: Version,
) -> Outcome<Vec<(String, Partition)>> {
    let ids: BTreeSet<SegmentId> = commit.retire.iter().copied().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ended = sqlx::query!(
        "UPDATE lake_segments SET end_version = $4
        WHERE org_id = $1 AND store_id = $2 AND id = ANY ($3) AND end_version IS NULL AND begin_version < $4
        RETURNING id, dataset, partition_date",
        organization,
        commit.store.0,
        &ids.iter().map(|id| id.0).collect::<Vec<_>>(),
        version,
    )
    .fetch_all(&mut **transaction)
    .await
    .map_err(unavailable)?;
    let retired: HashSet<Uuid> = ended.iter().map(|row| row.id).collect();
    match commit.retire.iter().find(|id| !retired.contains(&id.0)) {
        Some(id) => Err(ManifestError::NotLive(*id)),
        None => Ok(ended.into_iter().map(|row| (row.dataset, Partition::starting(row.partition_date))).collect()),
    }
}

/// Says which partitions changed, and that those which segments were added to are to be looked at.
async fn touch(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    commit: &Commit,
    version: Version,
    retired: Vec<(String, Partition)>,
    now: DateTime<Utc>,
) -> Outcome<()> {
    let mut touched: BTreeMap<(String, Partition), bool> = retired.into_iter().map(|key| (key, false)).collect();
    touched.extend(commit.add.iter().map(|new| ((new.segment.dataset.clone(), new.segment.partition), true)));
    let changed = if commit.kind == CommitKind::Fold { 0 } else { version };
    let datasets: Vec<String> = touched.keys().map(|(dataset, _)| dataset.clone()).collect();
    let partitions: Vec<_> = touched.keys().map(|(_, partition)| partition.first_day()).collect();
    let is_added: Vec<bool> = touched.values().copied().collect();
    let written = sqlx::query_file!(
        "src/sql/touch_partitions.sql",
        organization,
        commit.store.0,
        changed,
        now + FOLD_DELAY,
        &datasets,
        &partitions,
        &is_added,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    affected("touched partitions", touched.len(), written.rows_affected())
}

/// What is retired needs no quarantine any more. Answers whether any was in it.
async fn release_retired(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    commit: &Commit,
) -> Outcome<bool> {
    if commit.retire.is_empty() {
        return Ok(false);
    }
    let ids: Vec<Uuid> = commit.retire.iter().map(|id| id.0).collect();
    let released = sqlx::query!(
        "DELETE FROM lake_quarantine WHERE org_id = $1 AND store_id = $2 AND segment_id = ANY ($3)",
        organization,
        commit.store.0,
        &ids,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(released.rows_affected() > 0)
}

async fn clear_receipts(transaction: &mut PgTransaction<'static>, organization: Uuid, store: StoreId) -> Outcome<()> {
    sqlx::query!(
        "UPDATE lake_commits SET receipt = NULL WHERE org_id = $1 AND store_id = $2 AND receipt IS NOT NULL",
        organization,
        store.0,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(())
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
