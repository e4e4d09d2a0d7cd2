//! Made-up data, for a first look: a store is filled with them as a whole, and emptied again as a whole.
//!
//! A store says since when its data are made up. As long as it does nothing real comes into it, and a store with anything real in it is never
//! filled; so what is made up and what is real are never added up, and an erasure of everything takes nothing else away. Whoever changes this
//! holds the store's row, and whoever brings anything in holds it shared.

use aloftly_engine::StoreId;
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::audit::{AuditAction, Done};
use crate::{CatalogError, Import, NewImport, Tenant, WorkspacePermission};

/// Made-up data that are about to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleDataRemoval {
    /// From where.
    pub store: StoreId,
    /// Since when they have been there.
    pub since: DateTime<Utc>,
    /// The last file that was brought in. With the store it says which data they are: others that came at the same instant have another.
    pub last_file: Option<Uuid>,
    /// Files that were not imported and that nobody needs any more.
    pub files: Vec<String>,
}

/// What is known of a store whose row is held.
struct Held {
    name: String,
    sample_data_at: Option<DateTime<Utc>>,
}

impl Tenant {
    /// Refuses a store that may not be filled with made-up data, before they are made up.
    ///
    /// # Errors
    /// [`CatalogError::HasData`] when the store has data or a connection; otherwise when the actor may not see the store or not write in it, or
    /// the database is unavailable.
    pub async fn check_sample_data(&self, store: StoreId) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, store, WorkspacePermission::Import).await?;
        self.refuse_data(&mut transaction, store).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Puts files of made-up data in the queue, and says of their store that its data are made up.
    ///
    /// # Errors
    /// Those of [`Self::check_sample_data`], and when too much waits to be imported.
    pub async fn add_sample_data(
        &self,
        store: StoreId,
        files: &[NewImport],
        pending_limit: u64,
    ) -> Result<Vec<Import>, CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, store, WorkspacePermission::Import).await?;
        let held = self.hold_store(&mut transaction, store).await?;
        self.refuse_data(&mut transaction, store).await?;
        sqlx::query!(
            "UPDATE stores SET sample_data_at = $3 WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            store.0,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        let mut imports = Vec::with_capacity(files.len());
        for file in files {
            imports.push(self.enqueue_import(&mut transaction, file, pending_limit).await?);
        }
        self.record(&mut transaction, Done::new(AuditAction::SampleDataAdded).to(store.0, held.name)).await?;
        transaction.commit().await?;
        Ok(imports)
    }

    /// Begins to remove a store's made-up data: those of them that wait to be imported are not. What is in the store is to be erased next, and
    /// [`Self::finish_sample_data_removal`] called when it is. Until then the store says that its data are made up, and this can be done again.
    ///
    /// # Errors
    /// [`CatalogError::NotSampleData`] when the store's data are not made up, [`CatalogError::BeingImported`] while a worker is at a file of
    /// them; otherwise when the actor may not see the store or not write in it, or the database is unavailable.
    pub async fn begin_sample_data_removal(&self, store: StoreId) -> Result<SampleDataRemoval, CatalogError> {
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, store, WorkspacePermission::Import).await?;
        let held = self.hold_store(&mut transaction, store).await?;
        let since = held.sample_data_at.ok_or(CatalogError::NotSampleData)?;
        let given_up = sqlx::query_scalar!(
            r#"WITH waiting AS (
                SELECT id, spool_file FROM imports WHERE org_id = $1 AND store_id = $2 AND status = 'queued' FOR UPDATE
            )
            UPDATE imports SET status = 'failed', spool_file = NULL, finished_at = $3,
                error = 'the sample data were removed', errors = '[]', error_count = 0
            FROM waiting WHERE imports.org_id = $1 AND imports.id = waiting.id
            RETURNING waiting.spool_file"#,
            organization,
            store.0,
            self.catalog().clock().now(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        let is_being_imported = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM imports WHERE org_id = $1 AND store_id = $2 AND status = 'running') AS "any!""#,
            organization,
            store.0,
        )
        .fetch_one(&mut *transaction)
        .await?;
        if is_being_imported {
            return Err(CatalogError::BeingImported);
        }
        let last_file = sqlx::query_scalar!(
            "SELECT id FROM imports WHERE org_id = $1 AND store_id = $2 ORDER BY id DESC LIMIT 1",
            organization,
            store.0,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(SampleDataRemoval { store, since, last_file, files: given_up.into_iter().flatten().collect() })
    }

    /// Says of a store that it holds no made-up data any more, once they are erased.
    ///
    /// # Errors
    /// When the actor may not see the store or not write in it, or the database is unavailable.
    pub async fn finish_sample_data_removal(&self, removal: &SampleDataRemoval) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, removal.store, WorkspacePermission::Import).await?;
        let name = sqlx::query_scalar!(
            "UPDATE stores SET sample_data_at = NULL WHERE org_id = $1 AND id = $2 AND sample_data_at = $3 RETURNING name",
            self.context().organization().0,
            removal.store.0,
            removal.since,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        // Of two who remove the same data one was first.
        if let Some(name) = name {
            let done = Done::new(AuditAction::SampleDataRemoved).to(removal.store.0, name);
            self.record(&mut transaction, done).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Refuses to bring anything real into a store whose data are made up, and keeps it so that they are not until the transaction ends.
    pub(crate) async fn refuse_sample_data(
        &self,
        transaction: &mut PgTransaction<'static>,
        store: StoreId,
    ) -> Result<(), CatalogError> {
        let since = sqlx::query_scalar!(
            "SELECT sample_data_at FROM stores WHERE org_id = $1 AND id = $2 FOR SHARE",
            self.context().organization().0,
            store.0,
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(CatalogError::no_store)?;
        since.map_or(Ok(()), |_| Err(CatalogError::HasSampleData))
    }

    async fn hold_store(&self, transaction: &mut PgTransaction<'static>, store: StoreId) -> Result<Held, CatalogError> {
        let held = sqlx::query_as!(
            Held,
            "SELECT name, sample_data_at FROM stores WHERE org_id = $1 AND id = $2 FOR NO KEY UPDATE",
            self.context().organization().0,
            store.0,
        );
        held.fetch_optional(&mut **transaction).await?.ok_or_else(CatalogError::no_store)
    }

    /// Refuses a store in which anything is, or to which anything is on its way.
    async fn refuse_data(&self, transaction: &mut PgTransaction<'static>, store: StoreId) -> Result<(), CatalogError> {
        let has_data = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                SELECT FROM lake_segments WHERE org_id = $1 AND store_id = $2 AND end_version IS NULL AND row_count > 0
            ) OR EXISTS (
                SELECT FROM connections WHERE org_id = $1 AND store_id = $2 AND status <> 'disconnected'
            ) OR EXISTS (
                -- A reading whose connection was ended a moment ago may still be at its last page.
                SELECT FROM sync_jobs AS job JOIN connections AS connection
                    ON connection.org_id = job.org_id AND connection.id = job.connection_id
                WHERE job.org_id = $1 AND connection.store_id = $2 AND job.status = 'running'
            ) OR EXISTS (
                SELECT FROM imports WHERE org_id = $1 AND store_id = $2 AND status IN ('queued', 'running')
            ) AS "any!""#,
            self.context().organization().0,
            store.0,
        )
        .fetch_one(&mut **transaction)
        .await?;
        if has_data { Err(CatalogError::HasData) } else { Ok(()) }
    }
}
