//! What was taken out of stores for good.

use std::collections::BTreeSet;

use aloftly_engine::StoreId;
use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::manifest::{REMOVALS_KNOWN, Removals};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::unavailable;

type Outcome<T> = Result<T, ManifestError>;

/// How often something was removed, and what is known by name to be gone since then.
pub(super) async fn read(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: StoreId,
    since: DateTime<Utc>,
) -> Outcome<Removals> {
    // First how often: what is removed after that is seen by whoever compares.
    let count = sqlx::query_scalar!(
        "SELECT removals FROM lake_stores WHERE org_id = $1 AND store_id = $2",
        organization,
        store.0,
    )
    .fetch_optional(&mut **transaction)
    .await
    .map_err(unavailable)?
    .ok_or(ManifestError::UnknownStore(store))?;
    let gone = sqlx::query!(
        "SELECT dataset, entity FROM lake_removals WHERE org_id = $1 AND store_id = $2 AND removed_at >= $3",
        organization,
        store.0,
        since,
    )
    .fetch_all(&mut **transaction)
    .await
    .map_err(unavailable)?;
    let gone: BTreeSet<_> = gone.into_iter().map(|row| (row.dataset, row.entity)).collect();
    Ok(Removals { count, gone })
}

/// Keeps the names of what is gone, and forgets those that were kept long enough; under the store's lock.
pub(super) async fn record(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: StoreId,
    gone: &[(String, String)],
    now: DateTime<Utc>,
) -> Outcome<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let (datasets, entities): (Vec<_>, Vec<_>) = gone.iter().cloned().unzip();
    sqlx::query!(
        "INSERT INTO lake_removals (org_id, store_id, dataset, entity, removed_at)
        SELECT DISTINCT $1::uuid, $2::uuid, gone.dataset, gone.entity, $5::timestamptz
        FROM unnest($3::text[], $4::text[]) AS gone (dataset, entity)
        ON CONFLICT (org_id, store_id, dataset, entity) DO UPDATE SET removed_at = excluded.removed_at",
        organization,
        store.0,
        &datasets,
        &entities,
        now,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    sqlx::query!(
        "DELETE FROM lake_removals WHERE org_id = $1 AND store_id = $2 AND removed_at < $3",
        organization,
        store.0,
        now - REMOVALS_KNOWN,
    )
    .execute(&mut **transaction)
    .await
    .map_err(unavailable)?;
    Ok(())
}

/// Forgets the names of all that is gone from a store.
pub(super) async fn clear(transaction: &mut PgTransaction<'static>, organization: Uuid, store: StoreId) -> Outcome<()> {
    sqlx::query!("DELETE FROM lake_removals WHERE org_id = $1 AND store_id = $2", organization, store.0)
        .execute(&mut **transaction)
        .await
        .map_err(unavailable)?;
    Ok(())
}
