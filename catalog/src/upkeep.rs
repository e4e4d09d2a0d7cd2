//! Looking for stores whose lakes have background work, in every organisation at once.

use aloftly_engine::StoreId;
use chrono_tz::Tz;

use crate::catalog::Scope;
use crate::{Catalog, CatalogError, IngestContext, StoreVersion, Tenant};

impl Catalog {
    /// Stores with work that is due and that nobody has, at most `limit`, those that have waited longest first.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn due_stores(
        &self,
        reason: &'static str,
        limit: u32,
    ) -> Result<Vec<(IngestContext, StoreId)>, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let rows = sqlx::query_file!("src/sql/due_stores.sql", self.clock().now(), i64::from(limit))
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        let due = rows.into_iter().map(|row| (IngestContext::new(row.org_id.into(), reason), row.store_id.into()));
        Ok(due.collect())
    }
}

impl Tenant {
    /// The zones that the days of the organisation's stores are counted in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn store_zones(&self) -> Result<Vec<(StoreId, Tz)>, CatalogError> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT id, timezone FROM stores WHERE org_id = $1 ORDER BY id",
            self.context().organization().0,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let zone = |text: &str| text.parse().map_err(|error| CatalogError::corrupt("a store's time zone", error));
        rows.into_iter().map(|row| Ok((row.id.into(), zone(&row.timezone)?))).collect()
    }

    /// The newest versions of the organisation's stores.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn versions(&self) -> Result<Vec<(StoreId, StoreVersion)>, CatalogError> {
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT store_id, version, committed_at FROM lake_stores WHERE org_id = $1",
            self.context().organization().0,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let version = |version, committed_at| StoreVersion { version, committed_at };
        Ok(rows.into_iter().map(|row| (row.store_id.into(), version(row.version, row.committed_at))).collect())
    }
}
