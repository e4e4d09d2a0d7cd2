//! Imports: files that people hand over, from upload to outcome.
//!
//! An import is queued, claimed by a worker, and finished by it. A worker holds an import by a **lease** that every report of
//! progress renews. When the lease has run out the worker is dead: the import shows up in [`Catalog::waiting_imports`](crate::Catalog) again,
//! and whoever claims it does it anew. That is safe, because a file's rows are one commit with the file's receipt. A worker that
//! fails for a reason that is not in the file postpones the import; it never fails for that.

mod model;
mod waiting;
mod work;

use chrono::TimeDelta;
use sqlx::PgTransaction;

pub use model::{Import, ImportFailure, ImportOutcome, ImportPage, ImportStatus, NewImport, Postponement};
pub use waiting::WaitingImport;

use self::model::ImportRow;
use crate::audit::{AuditAction, Done};
use crate::{Actor, CatalogError, ImportId, Tenant, WorkspacePermission};
use aloftly_engine::StoreId;

/// How long a worker may be silent.
const LEASE: TimeDelta = TimeDelta::seconds(20);

/// The most imports on one page.
const PAGE: u32 = 200;

/// `query_as!` over every column of an import, with what comes after `FROM imports`.
macro_rules! select_imports {
    ($tail:tt, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            ImportRow,
            "SELECT id, store_id, kind, file_name, size_bytes, spool_file, mapping, created_by, created_at, status, attempts,
                crashes, retry_at, lease_expires_at, waiting_for, started_at, finished_at, progress, rows_read, rows_new, rows_updated, rows_unchanged, rows_stale,
                already_imported, version, error, errors, error_count
            FROM imports " + $tail,
            $($argument),*
        )
    };
}

impl Tenant {
    /// Refuses a store that the actor may not import into.
    ///
    /// # Errors
    /// [`CatalogError::HasSampleData`] when its data are made up; otherwise when the actor may not see the store or not write in it, or the
    /// database is unavailable.
    pub async fn check_import_into(&self, store: StoreId) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, store, WorkspacePermission::Import).await?;
        self.refuse_sample_data(&mut transaction, store).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Puts a file in the queue, unless more than `pending_limit` bytes of the organisation's would wait there. The limit is not
    /// exact: files that are put there at the same moment do not see each other.
    ///
    /// # Errors
    /// [`CatalogError::HasSampleData`] when the store's data are made up; otherwise when the actor may not see the store or not write in it, too
    /// much waits, a value is wrong, or the database is unavailable.
    pub async fn create_import(&self, new: &NewImport, pending_limit: u64) -> Result<Import, CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, new.store, WorkspacePermission::Import).await?;
        self.refuse_sample_data(&mut transaction, new.store).await?;
        let import = self.enqueue_import(&mut transaction, new, pending_limit).await?;
        let done = Done::new(AuditAction::ImportCreated).to(import.id.0, &*new.file_name);
        self.record(&mut transaction, done.with("store", new.store.0.to_string())).await?;
        transaction.commit().await?;
        Ok(import)
    }

    /// Puts a file in the queue of a store that the actor was let into.
    pub(crate) async fn enqueue_import(
        &self,
        transaction: &mut PgTransaction<'static>,
        new: &NewImport,
        pending_limit: u64,
    ) -> Result<Import, CatalogError> {
        let wrong = |field, reason: &str| CatalogError::Invalid { field, reason: reason.to_owned() };
        if new.file_name.chars().count() > 1024 || new.file_name.contains('\0') {
            return Err(wrong("file name", "no more than 1024 characters"));
        }
        if new.mapping.as_ref().is_some_and(holds_nul) {
            return Err(wrong("mapping", "a NUL character cannot be kept"));
        }
        let size = i64::try_from(new.size_bytes).map_err(|_| wrong("size", "too large"))?;
        let created_by = match self.context().actor() {
            Actor::User { id, .. } => Some(id.0),
            Actor::Key { .. } | Actor::System(_) => None,
        };
        let clock = self.catalog().clock();
        let id = ImportId(clock.new_id());
        let pending = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(size_bytes), 0)::bigint AS "bytes!" FROM imports
            WHERE org_id = $1 AND status IN ('queued', 'running')"#,
            self.context().organization().0,
        )
        .fetch_one(&mut **transaction)
        .await?;
        if u64::try_from(pending.saturating_add(size)).is_ok_and(|bytes| bytes > pending_limit) {
            return Err(CatalogError::TooMuchWaiting { limit: pending_limit });
        }
        sqlx::query!(
            "INSERT INTO imports (
                org_id, id, store_id, kind, file_name, size_bytes, spool_file, mapping, created_by, created_at, status
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued')",
            self.context().organization().0,
            id.0,
            new.store.0,
            new.kind,
            new.file_name,
            size,
            new.spool_file,
            new.mapping,
            created_by,
            clock.now(),
        )
        .execute(&mut **transaction)
        .await?;
        select_imports!("WHERE org_id = $1 AND id = $2", self.context().organization().0, id.0)
            .fetch_one(&mut **transaction)
            .await?
            .import()
    }

    /// One import.
    ///
    /// # Errors
    /// When there is none that the actor may see, or the database is unavailable.
    pub async fn import(&self, id: ImportId) -> Result<Import, CatalogError> {
        let mut transaction = self.begin().await?;
        let row = select_imports!("WHERE org_id = $1 AND id = $2", self.context().organization().0, id.0)
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(CatalogError::NotFound("import"))?;
        let import = row.import()?;
        self.check_store(&mut transaction, import.store, WorkspacePermission::Read).await.map_err(
            |error| match error {
                CatalogError::NotFound(_) => CatalogError::NotFound("import"),
                other => other,
            },
        )?;
        transaction.commit().await?;
        Ok(import)
    }

    /// Imports that the actor may see, newest first: of one store or of all, those before the cursor of an earlier page, and at
    /// most `limit` (1 to 200) of them.
    ///
    /// # Errors
    /// When the store is not one that the actor may see, the actor may see none, or the database is unavailable.
    pub async fn imports(
        &self,
        store: Option<StoreId>,
        cursor: Option<ImportId>,
        limit: u32,
    ) -> Result<ImportPage, CatalogError> {
        self.require_somewhere(WorkspacePermission::Read)?;
        let limit = limit.clamp(1, PAGE);
        let mut transaction = self.begin().await?;
        if let Some(store) = store {
            self.check_store(&mut transaction, store, WorkspacePermission::Read).await?;
        }
        let rows = select_imports!(
            "WHERE org_id = $1 AND ($2::uuid IS NULL OR store_id = $2) AND ($3::uuid IS NULL OR id < $3)
                AND ($4::uuid IS NULL OR EXISTS (
                    SELECT FROM stores AS store JOIN workspace_members AS member
                        ON member.org_id = store.org_id AND member.workspace_id = store.workspace_id
                    WHERE store.org_id = imports.org_id AND store.id = imports.store_id AND member.user_id = $4
                ))
                AND ($5::uuid IS NULL OR EXISTS (
                    SELECT FROM stores AS store
                    WHERE store.org_id = imports.org_id AND store.id = imports.store_id AND store.workspace_id = $5
                ))
            ORDER BY id DESC LIMIT $6",
            self.context().organization().0,
            store.map(|id| id.0),
            cursor.map(|id| id.0),
            self.bounded_by(),
            self.bounded_to(),
            i64::from(limit) + 1,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let mut imports = rows.into_iter().map(ImportRow::import).collect::<Result<Vec<_>, _>>()?;
        let more = u32::try_from(imports.len()).is_ok_and(|count| count > limit);
        if more {
            imports.pop();
        }
        let next_cursor = imports.last().filter(|_| more).map(|import| import.id);
        Ok(ImportPage { imports, next_cursor })
    }
}

/// Whether a text or a name in it holds what Postgres' text and jsonb cannot.
pub(crate) fn holds_nul(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
