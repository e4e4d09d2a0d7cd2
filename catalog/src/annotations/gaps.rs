//! Times in which a source was not read for longer than it should be.

use std::collections::BTreeMap;

use aloftly_engine::StoreId;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{CatalogError, Tenant, WorkspacePermission};

/// A time in which a source of a store was not read, though it should have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncGap {
    /// Of which store.
    pub store: StoreId,
    /// The provider of its connection.
    pub provider: String,
    /// When the last reading before it began: what happened until then was known.
    pub began_at: DateTime<Utc>,
    /// When the next one began; `None` while it goes on.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Tenant {
    /// The gaps in the readings of stores that the actor sees, between two instants, by when they began. How long a provider's connections
    /// may go unread is told by its name; one that is not among them is expected nothing of.
    ///
    /// # Errors
    /// When the actor may see none, or the database is unavailable.
    pub async fn sync_gaps(
        &self,
        stores: &[StoreId],
        patience: &BTreeMap<&str, TimeDelta>,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<SyncGap>, CatalogError> {
        self.require_somewhere(WorkspacePermission::Read)?;
        let stores: Vec<Uuid> = stores.iter().map(|store| store.0).collect();
        let providers: Vec<String> = patience.keys().map(|provider| (*provider).to_owned()).collect();
        let seconds: Vec<i64> = patience.values().map(TimeDelta::num_seconds).collect();
        let mut transaction = self.begin().await?;
        let rows = sqlx::query_file!(
            "src/sql/sync_gaps.sql",
            self.context().organization().0,
            &stores,
            &providers,
            &seconds,
            from,
            to,
            first_of(from),
            self.bounded_by(),
            self.bounded_to(),
            self.catalog().clock().now(),
            first_of(to),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let gaps = rows.into_iter().map(|row| SyncGap {
            store: StoreId(row.store_id),
            provider: row.provider,
            began_at: row.began_at,
            ended_at: row.ended_at,
        });
        Ok(gaps.collect())
    }
}

/// What every identity is no less than that is made at that instant or later.
fn first_of(instant: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(instant.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(u128::from(millis) << 80)
}
