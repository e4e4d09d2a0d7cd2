//! Connections that are due to be read, in every organisation at once.

use chrono::{DateTime, Utc};

use super::Connection;
use crate::catalog::Scope;
use crate::sync_jobs::{self, SyncCause, SyncKind};
use crate::{Catalog, CatalogError, ConnectionId, IngestContext, OrganizationId, Tenant, WorkspacePermission};

/// The most that one look finds.
const LOOK: i64 = 1_000;

/// A connection that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueConnection {
    /// Whose.
    pub organization: OrganizationId,
    /// Which.
    pub id: ConnectionId,
    /// To which provider.
    pub provider: String,
}

/// When a connection is to be read and to be compared with its source after now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NextTimes {
    /// What is new.
    pub sync_at: Option<DateTime<Utc>>,
    /// Everything.
    pub reconcile_at: Option<DateTime<Utc>>,
}

impl Catalog {
    /// Connections that are due, those that have waited longest first.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn due_connections(&self) -> Result<Vec<DueConnection>, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let rows = sqlx::query!(
            "SELECT org_id, id, provider FROM connections
            WHERE status IN ('connected', 'broken') AND LEAST(sync_at, reconcile_at) <= $1
            ORDER BY LEAST(sync_at, reconcile_at), id LIMIT $2",
            self.clock().now(),
            LOOK,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let due = |(organization, id, provider): (uuid::Uuid, uuid::Uuid, String)| DueConnection {
            organization: organization.into(),
            id: id.into(),
            provider,
        };
        Ok(rows.into_iter().map(|row| due((row.org_id, row.id, row.provider))).collect())
    }

    /// Whether something else is connected to the same account, or by the same organisation to the same provider: what is taken back at the provider
    /// for one of them may be taken from the others.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn has_siblings(
        &self,
        organization: OrganizationId,
        connection: &Connection,
    ) -> Result<bool, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                SELECT FROM connections WHERE provider = $1 AND id <> $2 AND status <> 'disconnected' AND (account_id = $3 OR org_id = $4)
            ) AS "found!""#,
            connection.provider,
            connection.id.0,
            connection.account_id,
            organization.0,
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(found)
    }

    /// Puts what is due of a connection in the queue, once however many servers do, and says when it is due again. False when it was not due
    /// any more.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn enqueue_due(
        &self,
        due: &DueConnection,
        next: NextTimes,
        reason: &'static str,
    ) -> Result<bool, CatalogError> {
        let tenant = self.tenant(IngestContext::new(due.organization, reason));
        tenant.enqueue_due(due.id, next).await
    }
}

impl Tenant {
    async fn enqueue_due(&self, id: ConnectionId, next: NextTimes) -> Result<bool, CatalogError> {
        let now = self.catalog().clock().now();
        let mut transaction = self.begin().await?;
        let before = self.lock_connection(&mut transaction, id, WorkspacePermission::Import).await?;
        let is_due = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= now);
        let (sync, reconcile) = (is_due(before.sync_at), is_due(before.reconcile_at));
        if !sync && !reconcile {
            return Ok(false);
        }
        sqlx::query!(
            "UPDATE connections SET sync_at = CASE WHEN $3 THEN $4 ELSE sync_at END,
                reconcile_at = CASE WHEN $5 THEN $6 ELSE reconcile_at END
            WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0,
            sync,
            next.sync_at,
            reconcile,
            next.reconcile_at,
        )
        .execute(&mut *transaction)
        .await?;
        if sync {
            let kind = SyncKind::Incremental;
            sync_jobs::enqueue(self, &mut transaction, id, &kind, SyncCause::Schedule, None).await?;
        }
        if reconcile {
            let kind = SyncKind::Reconcile;
            sync_jobs::enqueue(self, &mut transaction, id, &kind, SyncCause::Schedule, None).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}
