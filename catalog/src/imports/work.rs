//! What a worker does with an import.

use uuid::Uuid;

use super::{Import, ImportFailure, ImportOutcome, LEASE, Postponement};
use crate::{CatalogError, ImportId, Tenant};

impl Tenant {
    /// Takes an import that nobody works on; `worker` is an identifier that the caller uses for this claim alone. `None` when
    /// somebody else was faster, it is over or it is not to be tried again yet.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn claim_import(&self, id: ImportId, worker: Uuid) -> Result<Option<Import>, CatalogError> {
        let now = self.catalog().clock().now();
        let mut transaction = self.begin().await?;
        let claimed = sqlx::query!(
            "UPDATE imports SET status = 'running', worker = $3, lease_expires_at = $4, started_at = $5, progress = 0,
                rows_read = 0, attempts = attempts + 1, retry_at = NULL, waiting_for = NULL,
                crashes = crashes + CASE WHEN status = 'running' THEN 1 ELSE 0 END
            WHERE org_id = $1 AND id = $2 AND (
                (status = 'queued' AND (retry_at IS NULL OR retry_at <= $5))
                OR (status = 'running' AND lease_expires_at <= $5)
            )",
            self.context().organization().0,
            id.0,
            worker,
            now + LEASE,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        if claimed.rows_affected() == 0 {
            return Ok(None);
        }
        self.import(id).await.map(Some)
    }

    /// Says how far the worker is, from 0 to 1, and that it lives. To be called at least every ten seconds.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker may have taken over: stop then. Otherwise when the database is
    /// unavailable.
    pub async fn report_import(
        &self,
        id: ImportId,
        worker: Uuid,
        progress: f64,
        rows_read: u64,
    ) -> Result<(), CatalogError> {
        let progress = if progress.is_finite() { progress.clamp(0.0, 1.0) } else { 0.0 };
        let mut transaction = self.begin().await?;
        let reported = sqlx::query!(
            "UPDATE imports SET lease_expires_at = $4, progress = $5, rows_read = $6
            WHERE org_id = $1 AND id = $2 AND worker = $3 AND status = 'running'",
            self.context().organization().0,
            id.0,
            worker,
            self.catalog().clock().now() + LEASE,
            progress,
            count(rows_read),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        held(reported.rows_affected())
    }

    /// The rows are in the store.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker has taken over; it will find the rows there. Otherwise when the database
    /// is unavailable.
    pub async fn finish_import(&self, id: ImportId, worker: Uuid, outcome: &ImportOutcome) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let finished = sqlx::query!(
            "UPDATE imports SET status = 'done', worker = NULL, lease_expires_at = NULL, spool_file = NULL, finished_at = $4,
                progress = 1, rows_read = $5, rows_new = $6, rows_updated = $7, rows_unchanged = $8, rows_stale = $9,
                already_imported = $10, version = $11
            WHERE org_id = $1 AND id = $2 AND worker = $3 AND status = 'running'",
            self.context().organization().0,
            id.0,
            worker,
            self.catalog().clock().now(),
            count(outcome.rows_read),
            count(outcome.counts.new),
            count(outcome.counts.updated),
            count(outcome.counts.unchanged),
            count(outcome.counts.stale),
            outcome.already_imported,
            outcome.version,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        held(finished.rows_affected())
    }

    /// Puts an import back in the queue: it came to nothing for a reason that is not in the file.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker has taken over. Otherwise when the database is unavailable.
    pub async fn postpone_import(
        &self,
        id: ImportId,
        worker: Uuid,
        postponement: &Postponement,
    ) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let postponed = sqlx::query!(
            "UPDATE imports SET status = 'queued', worker = NULL, lease_expires_at = NULL, progress = 0, rows_read = 0,
                retry_at = $4, waiting_for = $5, crashes = CASE WHEN $6 THEN crashes + 1 ELSE 0 END
            WHERE org_id = $1 AND id = $2 AND worker = $3 AND status = 'running'",
            self.context().organization().0,
            id.0,
            worker,
            postponement.retry_at,
            postponement.reason,
            postponement.crashed,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        held(postponed.rows_affected())
    }

    /// The file cannot be imported, and nothing of it was.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker has taken over. Otherwise when the database is unavailable.
    pub async fn fail_import(&self, id: ImportId, worker: Uuid, failure: &ImportFailure) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let failed = sqlx::query!(
            "UPDATE imports SET status = 'failed', worker = NULL, lease_expires_at = NULL, spool_file = NULL, finished_at = $4,
                error = $5, errors = $6, error_count = $7
            WHERE org_id = $1 AND id = $2 AND worker = $3 AND status = 'running'",
            self.context().organization().0,
            id.0,
            worker,
            self.catalog().clock().now(),
            failure.message.replace('\0', "\u{fffd}"),
            storable(&failure.errors),
            count(failure.error_count),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        held(failed.rows_affected())
    }
}

fn held(rows: u64) -> Result<(), CatalogError> {
    if rows == 1 { Ok(()) } else { Err(CatalogError::LeaseLost) }
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Cells are quoted in errors, and cells may hold what Postgres' text cannot: a NUL becomes the replacement character.
fn storable(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(text.replace('\0', "\u{fffd}")),
        Value::Array(values) => values.iter().map(storable).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), storable(value))).collect(),
        other => other.clone(),
    }
}
