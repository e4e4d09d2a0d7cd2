//! Jobs: one reading of a source each, from being asked for to its end.
//!
//! A job is queued, claimed by a worker under a **lease** that every report renews, and brought to an end. When the lease has run out the worker
//! is dead, and somebody else goes on: how far the source was read is a bookmark of the lake, which moves in the commit that has the rows, so
//! nothing is read into the store twice and nothing is left out. At most one job of a connection runs at a time. What fails for a reason that
//! may pass is tried again, later each time.

mod model;
mod queue;
mod work;

use std::collections::{BTreeMap, HashMap};

use sqlx::PgTransaction;

pub use model::{SyncCause, SyncJob, SyncJobPage, SyncKind, SyncProgress, SyncStatus};
pub use queue::WaitingSync;
pub use work::{GoOn, SyncPostponement};

use self::model::SyncJobRow;
use crate::audit::{AuditAction, Done};
use crate::connections::{Connection, ConnectionStatus};
use crate::{CatalogError, ConnectionId, SyncJobId, Tenant, WorkspacePermission};

/// The most jobs on one page.
const PAGE: u32 = 200;
/// The most days that one job reads.
const MOST_DAYS: i64 = 3_700;

/// `query_as!` over every column of a job, with what comes after `FROM sync_jobs AS job JOIN connections AS connection`.
macro_rules! select_jobs {
    ($tail:tt, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            SyncJobRow,
            "SELECT job.id, job.connection_id, connection.store_id, job.kind, job.cause, job.requested_by, job.first_day, job.last_day, job.things,
                job.status, job.cancelled, job.attempts, job.due_at, job.stream, job.finished_streams, job.records, job.expected, job.new_count,
                job.updated_count, job.removed_count, job.requests, job.warnings, job.problem_code, job.problem, job.created_at, job.started_at,
                job.finished_at
            FROM sync_jobs AS job
            JOIN connections AS connection ON connection.org_id = job.org_id AND connection.id = job.connection_id " + $tail,
            $($argument),*
        )
    };
}
use select_jobs;

const fn no_job() -> CatalogError {
    CatalogError::NotFound("sync job")
}

impl Tenant {
    /// Asks for a connection to be read; for whoever may import into its store. Where such a job waits already, it is that one.
    ///
    /// # Errors
    /// When there is no connection in whose store the actor may, it is not connected, the days are too many or not in order, or the database is
    /// unavailable.
    pub async fn request_sync(&self, connection: ConnectionId, kind: &SyncKind) -> Result<SyncJob, CatalogError> {
        if let SyncKind::Range { first, last } = kind {
            let days = (*last - *first).num_days();
            if !(0..MOST_DAYS).contains(&days) {
                let reason = format!("no earlier than the first, and at most {MOST_DAYS} days in all");
                return Err(CatalogError::Invalid { field: "last_day", reason });
            }
        }
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let found = self.lock_connection(&mut transaction, connection, WorkspacePermission::Import).await?;
        if !matches!(found.status, ConnectionStatus::Connected | ConnectionStatus::Broken) {
            return Err(CatalogError::NotConnected(found.status.as_str()));
        }
        let by = self.requested_by(&mut transaction).await?;
        let id = enqueue(self, &mut transaction, connection, kind, SyncCause::Person, by).await?;
        let done = Done::new(AuditAction::SyncRequested).to(connection.0, found.account_id.unwrap_or_default());
        self.record(&mut transaction, done.with("kind", kind.as_str()).with("provider", found.provider)).await?;
        let row = select_jobs!("WHERE job.org_id = $1 AND job.id = $2", self.context().organization().0, id.0)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.try_into()
    }

    /// Calls a job off; for whoever may import into its store. One that runs ends at its next page. One that is over stays as it is.
    ///
    /// # Errors
    /// When there is no job in whose store the actor may, or the database is unavailable.
    pub async fn call_off_sync(&self, id: SyncJobId) -> Result<SyncJob, CatalogError> {
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        let job = self.read_job(&mut transaction, id, WorkspacePermission::Import).await?;
        let called_off = sqlx::query!(
            "UPDATE sync_jobs SET cancelled = true, status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
                finished_at = CASE status WHEN 'queued' THEN $3 ELSE finished_at END
            WHERE org_id = $1 AND id = $2 AND status IN ('queued', 'running') AND NOT cancelled",
            organization,
            id.0,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        if called_off.rows_affected() > 0 {
            let done = Done::new(AuditAction::SyncCalledOff).to(job.connection.0, "connection");
            self.record(&mut transaction, done.with("kind", job.kind.as_str())).await?;
        }
        let row = select_jobs!("WHERE job.org_id = $1 AND job.id = $2", organization, id.0)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.try_into()
    }

    /// One job.
    ///
    /// # Errors
    /// When there is none that the actor may see, or the database is unavailable.
    pub async fn sync_job(&self, id: SyncJobId) -> Result<SyncJob, CatalogError> {
        let mut transaction = self.begin().await?;
        let job = self.read_job(&mut transaction, id, WorkspacePermission::Read).await?;
        transaction.commit().await?;
        Ok(job)
    }

    /// The jobs of a connection, newest first: those before the cursor of an earlier page, and at most `limit` (1 to 200) of them.
    ///
    /// # Errors
    /// When there is no connection that the actor may see, or the database is unavailable.
    pub async fn sync_jobs(
        &self,
        connection: ConnectionId,
        cursor: Option<SyncJobId>,
        limit: u32,
    ) -> Result<SyncJobPage, CatalogError> {
        let limit = limit.clamp(1, PAGE);
        let mut transaction = self.begin().await?;
        self.read_connection(&mut transaction, connection, WorkspacePermission::Read).await?;
        let rows = select_jobs!(
            "WHERE job.org_id = $1 AND job.connection_id = $2 AND ($3::uuid IS NULL OR job.id < $3) ORDER BY job.id DESC LIMIT $4",
            self.context().organization().0,
            connection.0,
            cursor.map(|id| id.0),
            i64::from(limit) + 1,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let mut jobs = rows.into_iter().map(SyncJob::try_from).collect::<Result<Vec<_>, _>>()?;
        let more = u32::try_from(jobs.len()).is_ok_and(|count| count > limit);
        jobs.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next_cursor = jobs.last().filter(|_| more).map(|job| job.id);
        Ok(SyncJobPage { jobs, next_cursor })
    }

    /// The job of each of these connections that is running, or else the newest, which the actor was shown.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn latest_sync_jobs(
        &self,
        connections: &[Connection],
    ) -> Result<HashMap<ConnectionId, SyncJob>, CatalogError> {
        let ids: Vec<_> = connections.iter().map(|connection| connection.id.0).collect();
        let mut transaction = self.begin().await?;
        let rows = select_jobs!(
            "WHERE job.org_id = $1 AND job.id IN (
                SELECT (SELECT newest.id FROM sync_jobs AS newest
                    WHERE newest.org_id = $1 AND newest.connection_id = asked.id
                    ORDER BY newest.status = 'running' DESC, newest.id DESC LIMIT 1)
                FROM unnest($2::uuid[]) AS asked (id)
            )",
            self.context().organization().0,
            &ids,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let jobs = rows.into_iter().map(SyncJob::try_from);
        jobs.map(|job| job.map(|job| (job.connection, job))).collect()
    }

    /// A job in whose store the actor may do that.
    async fn read_job(
        &self,
        transaction: &mut PgTransaction<'static>,
        id: SyncJobId,
        permission: WorkspacePermission,
    ) -> Result<SyncJob, CatalogError> {
        let row = select_jobs!("WHERE job.org_id = $1 AND job.id = $2", self.context().organization().0, id.0)
            .fetch_optional(&mut **transaction)
            .await?;
        let job: SyncJob = row.ok_or_else(no_job)?.try_into()?;
        self.check_store(transaction, job.store, permission).await.map_err(|error| match error {
            CatalogError::NotFound(_) => no_job(),
            other => other,
        })?;
        Ok(job)
    }

    /// What the person who asks is called in lists; `None` for programs.
    async fn requested_by(&self, transaction: &mut PgTransaction<'static>) -> Result<Option<String>, CatalogError> {
        let crate::Actor::User { id, .. } = self.context().actor() else { return Ok(None) };
        let email = sqlx::query_scalar!("SELECT email FROM users WHERE id = $1", id.0);
        Ok(email.fetch_optional(&mut **transaction).await?)
    }
}

/// Puts a job in the queue, unless such a one waits there; answers which it is then.
pub(crate) async fn enqueue(
    tenant: &Tenant,
    transaction: &mut PgTransaction<'static>,
    connection: ConnectionId,
    kind: &SyncKind,
    cause: SyncCause,
    requested_by: Option<String>,
) -> Result<SyncJobId, CatalogError> {
    let organization = tenant.context().organization().0;
    let (first, last) = match kind {
        SyncKind::Range { first, last } => (Some(*first), Some(*last)),
        _ => (None, None),
    };
    let things = match kind {
        SyncKind::Things(things) => {
            Some(serde_json::to_value(things).map_err(|error| CatalogError::corrupt("a sync job", error))?)
        }
        _ => None,
    };
    let now = tenant.catalog().clock().now();
    let id = SyncJobId(tenant.catalog().clock().new_id());
    loop {
        let inserted = sqlx::query!(
            "INSERT INTO sync_jobs (
                org_id, id, connection_id, kind, cause, requested_by, first_day, last_day, things, status, due_at, created_at
            ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $10) ON CONFLICT DO NOTHING",
            organization,
            id.0,
            connection.0,
            kind.as_str(),
            cause.as_str(),
            requested_by,
            first,
            last,
            things,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        if inserted.rows_affected() == 1 {
            return Ok(id);
        }
        // A person who asks wants it now, whatever the one in the queue waits for; a schedule waits with it.
        let waiting = sqlx::query_scalar!(
            "UPDATE sync_jobs SET due_at = CASE WHEN $5 THEN LEAST(due_at, $4) ELSE due_at END
            WHERE org_id = $1 AND connection_id = $2 AND kind = $3 AND status = 'queued' RETURNING id",
            organization,
            connection.0,
            kind.as_str(),
            now,
            cause == SyncCause::Person,
        )
        .fetch_optional(&mut **transaction)
        .await?;
        // Nothing: a worker claimed it in between, and there is room for this one.
        if let Some(waiting) = waiting {
            return Ok(SyncJobId(waiting));
        }
    }
}

impl Tenant {
    /// Has things read of which a provider told that they changed, by streams: along with others that wait for it, where there are some. As what
    /// brings data in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn read_things(
        &self,
        connection: ConnectionId,
        things: &BTreeMap<String, Vec<String>>,
    ) -> Result<(), CatalogError> {
        let told = serde_json::to_value(things).map_err(|error| CatalogError::corrupt("a sync job", error))?;
        let mut transaction = self.begin().await?;
        // Not into one that was begun: it may be past the stream.
        let joined = sqlx::query!(
            "UPDATE sync_jobs SET things = (
                SELECT jsonb_object_agg(stream, ids) FROM (
                    SELECT stream, jsonb_agg(DISTINCT id) AS ids FROM (
                        SELECT key AS stream, jsonb_array_elements(value) AS id FROM jsonb_each(sync_jobs.things)
                        UNION ALL SELECT key, jsonb_array_elements(value) FROM jsonb_each($3::jsonb)
                    ) AS one GROUP BY stream
                ) AS streams
            )
            WHERE org_id = $1 AND id = (
                SELECT id FROM sync_jobs WHERE org_id = $1 AND connection_id = $2 AND status = 'queued' AND kind = 'things' AND cause = 'webhook'
                    AND started_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE
            )",
            self.context().organization().0,
            connection.0,
            told,
        )
        .execute(&mut *transaction)
        .await?;
        if joined.rows_affected() == 0 {
            let kind = SyncKind::Things(things.clone());
            enqueue(self, &mut transaction, connection, &kind, SyncCause::Webhook, None).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Whether somebody is reading a connection, as far as is known. As what brings data in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn is_being_read(&self, connection: ConnectionId) -> Result<bool, CatalogError> {
        let mut transaction = self.begin().await?;
        let is_running = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM sync_jobs WHERE org_id = $1 AND connection_id = $2 AND status = 'running') AS "is!""#,
            self.context().organization().0,
            connection.0,
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(is_running)
    }

    /// Has what changed read, because a provider told of something that only a reading shows. As what brings data in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn read_changes(&self, connection: ConnectionId) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        enqueue(self, &mut transaction, connection, &SyncKind::Incremental, SyncCause::Webhook, None).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Ends what waits of a connection, and has what runs end.
pub(crate) async fn call_off_all(
    tenant: &Tenant,
    transaction: &mut PgTransaction<'static>,
    connection: ConnectionId,
) -> Result<(), CatalogError> {
    sqlx::query!(
        "UPDATE sync_jobs SET cancelled = true, status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
            finished_at = CASE status WHEN 'queued' THEN $3 ELSE finished_at END
        WHERE org_id = $1 AND connection_id = $2 AND status IN ('queued', 'running')",
        tenant.context().organization().0,
        connection.0,
        tenant.catalog().clock().now(),
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
