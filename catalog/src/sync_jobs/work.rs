//! What a worker does with a job. As what brings data in.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::model::SyncJobRow;
use super::{SyncJob, SyncProgress, select_jobs};
use crate::connections::SyncProblem;
use crate::{CatalogError, SyncJobId, Tenant};

/// How long a worker may be silent.
const LEASE: TimeDelta = TimeDelta::seconds(20);
/// How many jobs of a store run at a time: what is read of one store must not take all that a server can do.
pub(super) const OF_A_STORE: i64 = 2;

/// Whether a worker is to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoOn {
    /// It is.
    Yes,
    /// Somebody called the job off.
    CalledOff,
}

/// When a job is tried again, and what the last attempt came to.
#[derive(Clone, Copy, Debug)]
pub struct SyncPostponement<'a> {
    /// Not before then.
    pub due_at: DateTime<Utc>,
    /// Why the last attempt came to nothing, if it did.
    pub problem: Option<&'a SyncProblem>,
    /// How many attempts in a row came to nothing.
    pub attempts: u32,
}

impl Tenant {
    /// Takes a job that nobody works on; `worker` is an identifier that the caller uses for this claim alone. `None` when somebody else was
    /// faster, it is over, it is not due, or other jobs of its connection or store have to end first. A worker that died counts as an attempt that
    /// came to nothing.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn claim_sync(&self, id: SyncJobId, worker: Uuid) -> Result<Option<SyncJob>, CatalogError> {
        let organization = self.context().organization().0;
        let now = self.catalog().clock().now();
        let mut transaction = self.begin().await?;
        let claimed = sqlx::query!(
            "UPDATE sync_jobs SET status = 'running', worker = $3, lease_expires_at = $4, started_at = coalesce(started_at, $5),
                attempts = attempts + CASE WHEN status = 'running' THEN 1 ELSE 0 END
            WHERE org_id = $1 AND id = (
                SELECT job.id FROM sync_jobs AS job
                JOIN connections AS connection ON connection.org_id = job.org_id AND connection.id = job.connection_id
                WHERE job.org_id = $1 AND job.id = $2 AND (
                    (job.status = 'running' AND job.lease_expires_at <= $5)
                    OR (job.status = 'queued' AND job.due_at <= $5 AND connection.status IN ('connected', 'broken') AND NOT EXISTS (
                        SELECT FROM sync_jobs AS other
                        WHERE other.org_id = $1 AND other.connection_id = job.connection_id AND other.status = 'running'
                    ) AND $6 > (
                        SELECT count(*) FROM sync_jobs AS other
                        JOIN connections AS beside ON beside.org_id = other.org_id AND beside.id = other.connection_id
                        WHERE other.org_id = $1 AND beside.store_id = connection.store_id AND other.status = 'running'
                    ))
                )
                FOR UPDATE OF job SKIP LOCKED
            )",
            organization,
            id.0,
            worker,
            now + LEASE,
            now,
            OF_A_STORE,
        )
        .execute(&mut *transaction)
        .await;
        let claimed = match claimed {
            // Two jobs of a connection were claimed at the same moment; this one comes later.
            Err(error) if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) => {
                return Ok(None);
            }
            other => other?,
        };
        if claimed.rows_affected() == 0 {
            return Ok(None);
        }
        let row = select_jobs!("WHERE job.org_id = $1 AND job.id = $2", organization, id.0)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.sync_moved(id);
        row.try_into().map(Some)
    }

    /// Says how far the worker is, and that it lives. To be called at least every ten seconds.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker may have taken over: stop then. Otherwise when the database is unavailable.
    pub async fn report_sync(
        &self,
        id: SyncJobId,
        worker: Uuid,
        progress: &SyncProgress,
    ) -> Result<GoOn, CatalogError> {
        let mut transaction = self.begin().await?;
        let called_off = sqlx::query_scalar!(
            "UPDATE sync_jobs SET lease_expires_at = $4, stream = $5, finished_streams = $6, records = $7, expected = $8, new_count = $9,
                updated_count = $10, removed_count = $11, requests = $12, warnings = $13
            WHERE org_id = $1 AND id = $2 AND worker = $3 AND status = 'running' RETURNING cancelled",
            self.context().organization().0,
            id.0,
            worker,
            self.catalog().clock().now() + LEASE,
            progress.stream,
            &progress.finished_streams,
            count(progress.records),
            progress.expected.map(count),
            count(progress.counts.new),
            count(progress.counts.updated),
            count(progress.counts.removed),
            count(progress.requests),
            &progress.warnings,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.sync_moved(id);
        match called_off {
            None => Err(CatalogError::LeaseLost),
            Some(true) => Ok(GoOn::CalledOff),
            Some(false) => Ok(GoOn::Yes),
        }
    }

    /// What the job was to read is there, or somebody called it off.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker has taken over; it will find what was read. Otherwise when the database is unavailable.
    pub async fn finish_sync(&self, id: SyncJobId, worker: Uuid, is_called_off: bool) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let finished = sqlx::query!(
            "UPDATE sync_jobs SET status = CASE WHEN $4 THEN 'cancelled' ELSE 'done' END, worker = NULL, lease_expires_at = NULL, stream = NULL,
                attempts = 0, problem_code = NULL, problem = NULL, finished_at = $5
            WHERE org_id = $1 AND id = $2 AND worker = $3 AND status = 'running'",
            self.context().organization().0,
            id.0,
            worker,
            is_called_off,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        self.forget_bookmarks(&mut transaction, id).await?;
        transaction.commit().await?;
        self.sync_moved(id);
        held(finished.rows_affected())
    }

    /// Puts a job back in the queue: this attempt came to nothing, or is handed to another server. It goes on where it was. One that somebody
    /// called off is over; and so is one of which another of its kind waits already, which takes over what this one came to.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker has taken over. Otherwise when the database is unavailable.
    pub async fn postpone_sync(
        &self,
        id: SyncJobId,
        worker: Uuid,
        until: &SyncPostponement<'_>,
    ) -> Result<(), CatalogError> {
        loop {
            match self.try_postpone_sync(id, worker, until).await {
                // Another of its kind was put in the queue at the same moment: now it is seen.
                Err(CatalogError::Database(error))
                    if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) => {}
                other => return other,
            }
        }
    }

    async fn try_postpone_sync(
        &self,
        id: SyncJobId,
        worker: Uuid,
        until: &SyncPostponement<'_>,
    ) -> Result<(), CatalogError> {
        let organization = self.context().organization().0;
        let (code, words) = until.problem.map(|problem| (problem.code.as_str(), problem.words.as_str())).unzip();
        let attempts = i32::try_from(until.attempts).unwrap_or(i32::MAX);
        let mut transaction = self.begin().await?;
        let handed_over = sqlx::query!(
            "UPDATE sync_jobs AS other SET attempts = $4, due_at = GREATEST(other.due_at, $5), problem_code = $6, problem = $7
            FROM sync_jobs AS own
            WHERE own.org_id = $1 AND own.id = $2 AND own.worker = $3 AND own.status = 'running'
                AND own.kind IN ('full', 'incremental', 'reconcile', 'rebuild') AND other.org_id = $1 AND other.connection_id = own.connection_id
                AND other.kind = own.kind AND other.status = 'queued'",
            organization,
            id.0,
            worker,
            attempts,
            until.due_at,
            code,
            words,
        )
        .execute(&mut *transaction)
        .await?;
        let is_over = handed_over.rows_affected() > 0;
        let postponed = sqlx::query_scalar!(
            "UPDATE sync_jobs SET status = CASE WHEN $8 OR cancelled THEN 'cancelled' ELSE 'queued' END,
                finished_at = CASE WHEN $8 OR cancelled THEN $9::timestamptz END, worker = NULL, lease_expires_at = NULL, attempts = $4,
                due_at = $5, problem_code = $6, problem = $7
            WHERE org_id = $1 AND id = $2 AND worker = $3 AND status = 'running' RETURNING status",
            organization,
            id.0,
            worker,
            attempts,
            until.due_at,
            code,
            words,
            is_over,
            self.catalog().clock().now(),
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::LeaseLost)?;
        if postponed == "cancelled" {
            self.forget_bookmarks(&mut transaction, id).await?;
        }
        transaction.commit().await?;
        self.sync_moved(id);
        Ok(())
    }

    /// The job came to nothing for good. What it read before is there.
    ///
    /// # Errors
    /// [`CatalogError::LeaseLost`] when another worker has taken over. Otherwise when the database is unavailable.
    pub async fn fail_sync(&self, id: SyncJobId, worker: Uuid, problem: &SyncProblem) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let failed = sqlx::query!(
            "UPDATE sync_jobs SET status = 'failed', worker = NULL, lease_expires_at = NULL, problem_code = $4, problem = $5,
                attempts = attempts + 1, finished_at = $6
            WHERE org_id = $1 AND id = $2 AND worker = $3 AND status = 'running'",
            self.context().organization().0,
            id.0,
            worker,
            problem.code,
            problem.words,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        self.forget_bookmarks(&mut transaction, id).await?;
        transaction.commit().await?;
        self.sync_moved(id);
        held(failed.rows_affected())
    }

    /// Whoever watches the job looks at it.
    fn sync_moved(&self, id: SyncJobId) {
        self.catalog().notifier().progressed(self.context().organization(), id);
    }

    /// How far a job read is of no use once it is over.
    async fn forget_bookmarks(
        &self,
        transaction: &mut sqlx::PgTransaction<'static>,
        id: SyncJobId,
    ) -> Result<(), CatalogError> {
        sqlx::query!(
            "DELETE FROM lake_bookmarks WHERE org_id = $1 AND name LIKE $2 AND store_id = (
                SELECT connection.store_id FROM sync_jobs AS job
                JOIN connections AS connection ON connection.org_id = job.org_id AND connection.id = job.connection_id
                WHERE job.org_id = $1 AND job.id = $3
            )",
            self.context().organization().0,
            format!("job/{id}/%"),
            id.0,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

fn held(rows: u64) -> Result<(), CatalogError> {
    if rows == 1 { Ok(()) } else { Err(CatalogError::LeaseLost) }
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
