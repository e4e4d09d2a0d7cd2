//! How far sources were read.

use aloftly_engine::StoreId;
use aloftly_engine::lake::ManifestError;
use aloftly_engine::lake::manifest::Bookmark;
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::unavailable;

type Outcome<T> = Result<T, ManifestError>;

/// Where a bookmark is.
pub(super) async fn read(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: StoreId,
    name: &str,
) -> Outcome<Option<String>> {
    sqlx::query_scalar!(
        "SELECT place FROM lake_bookmarks WHERE org_id = $1 AND store_id = $2 AND name = $3",
        organization,
        store.0,
        name,
    )
    .fetch_optional(&mut **transaction)
    .await
    .map_err(unavailable)
}

/// Moves a bookmark on from where it is expected; under the store's lock.
pub(super) async fn move_on(
    transaction: &mut PgTransaction<'static>,
    organization: Uuid,
    store: StoreId,
    bookmark: &Bookmark,
    now: DateTime<Utc>,
) -> Outcome<()> {
    let moved = match &bookmark.from {
        Some(from) => {
            sqlx::query!(
                "UPDATE lake_bookmarks SET place = $5, moved_at = $6
                WHERE org_id = $1 AND store_id = $2 AND name = $3 AND place = $4",
                organization,
                store.0,
                bookmark.name,
                from,
                bookmark.to,
                now,
            )
            .execute(&mut **transaction)
            .await
        }
        None => {
            sqlx::query!(
                "INSERT INTO lake_bookmarks (org_id, store_id, name, place, moved_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT DO NOTHING",
                organization,
                store.0,
                bookmark.name,
                bookmark.to,
                now,
            )
            .execute(&mut **transaction)
            .await
        }
    };
    match moved.map_err(unavailable)?.rows_affected() {
        0 => Err(ManifestError::Moved(bookmark.name.clone())),
        _ => Ok(()),
    }
}

/// Forgets all bookmarks of a store.
pub(super) async fn clear(transaction: &mut PgTransaction<'static>, organization: Uuid, store: StoreId) -> Outcome<()> {
    sqlx::query!("DELETE FROM lake_bookmarks WHERE org_id = $1 AND store_id = $2", organization, store.0)
        .execute(&mut **transaction)
        .await
        .map_err(unavailable)?;
    Ok(())
}
