//! Looking for jobs in every organisation at once.

use super::work::OF_A_STORE;
use crate::catalog::Scope;
use crate::{Catalog, CatalogError, OrganizationId, SyncJobId};

/// The most that one look finds.
const LOOK: i64 = 1_000;

/// A job that nobody works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WaitingSync {
    /// Whose.
    pub organization: OrganizationId,
    /// Which.
    pub id: SyncJobId,
}

impl Catalog {
    /// Jobs that nobody works on and that can be claimed now: those in the queue whose time has come, and those whose worker died. The one that
    /// has waited longest of each organisation comes first, then the second of each, so that nobody's hundred connections stand before those of
    /// all others.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn waiting_syncs(&self) -> Result<Vec<WaitingSync>, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let rows = sqlx::query!(
            "SELECT job.org_id, job.id FROM sync_jobs AS job
            JOIN connections AS connection ON connection.org_id = job.org_id AND connection.id = job.connection_id
            WHERE (job.status = 'running' AND job.lease_expires_at <= $1)
                OR (job.status = 'queued' AND job.due_at <= $1 AND connection.status IN ('connected', 'broken') AND NOT EXISTS (
                    SELECT FROM sync_jobs AS other
                    WHERE other.org_id = job.org_id AND other.connection_id = job.connection_id AND other.status = 'running'
                ) AND $3 > (
                    SELECT count(*) FROM sync_jobs AS other
                    JOIN connections AS beside ON beside.org_id = other.org_id AND beside.id = other.connection_id
                    WHERE other.org_id = job.org_id AND beside.store_id = connection.store_id AND other.status = 'running'
                ))
            ORDER BY row_number() OVER (PARTITION BY job.org_id ORDER BY job.due_at, job.id), job.due_at, job.id LIMIT $2",
            self.clock().now(),
            LOOK,
            OF_A_STORE,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| WaitingSync { organization: row.org_id.into(), id: row.id.into() }).collect())
    }
}
