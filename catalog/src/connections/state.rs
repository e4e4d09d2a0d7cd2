//! What the program says of a connection.

use chrono::{DateTime, Utc};

use serde_json::Value;

use super::SyncProblem;
use crate::audit::{AuditAction, Done};
use crate::{CatalogError, ConnectionId, Permission, Tenant, WorkspacePermission};

impl Tenant {
    /// Everything that was new when a sync began is there: whatever was wrong with the connection is over. As what brings data in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn connection_synced(&self, id: ConnectionId, began_at: DateTime<Utc>) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "UPDATE connections SET status = 'connected', problem_code = NULL, problem = NULL, problem_at = NULL,
                synced_at = GREATEST(synced_at, $3), sync_at = coalesce(sync_at, $4), reconcile_at = coalesce(reconcile_at, $4)
            WHERE org_id = $1 AND id = $2 AND status IN ('connected', 'broken')",
            self.context().organization().0,
            id.0,
            began_at,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A connection cannot be read. Where its access was taken back nothing is tried until somebody signs in anew; else it is tried again when it is
    /// due. As what brings data in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn connection_failed(
        &self,
        id: ConnectionId,
        problem: &SyncProblem,
        is_revoked: bool,
    ) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "UPDATE connections SET status = CASE WHEN $5 THEN 'revoked' ELSE 'broken' END, problem_code = $3, problem = $4,
                problem_at = CASE WHEN problem_code = $3 THEN problem_at ELSE $6 END, sync_at = CASE WHEN NOT $5 THEN sync_at END,
                reconcile_at = CASE WHEN NOT $5 THEN reconcile_at END
            WHERE org_id = $1 AND id = $2 AND status IN ('connected', 'broken', 'revoked')",
            self.context().organization().0,
            id.0,
            problem.code,
            problem.words,
            is_revoked,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Keeps what a connector knows of the account anew. For the program itself.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn connection_account(&self, id: ConnectionId, about: &Value) -> Result<(), CatalogError> {
        self.require(Permission::ManageConnections)?;
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "UPDATE connections SET account = $3 WHERE org_id = $1 AND id = $2 AND account IS NOT NULL",
            self.context().organization().0,
            id.0,
            about,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Ends a connection whose account's data its provider wants to be gone: as if somebody had disconnected it, and how far it was read is
    /// forgotten. For the program itself, which erases the rows.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn account_erased(&self, id: ConnectionId) -> Result<(), CatalogError> {
        self.disconnect(id).await?;
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        let before = self.lock_connection(&mut transaction, id, WorkspacePermission::Import).await?;
        sqlx::query!(
            "DELETE FROM lake_bookmarks WHERE org_id = $1 AND store_id = $2 AND name LIKE $3",
            organization,
            before.store.0,
            format!("connection/{id}/%"),
        )
        .execute(&mut *transaction)
        .await?;
        let name = before.account_id.unwrap_or_default();
        let done = Done::new(AuditAction::AccountErased).to(id.0, name).with("provider", before.provider);
        self.record(&mut transaction, done).await?;
        transaction.commit().await?;
        Ok(())
    }
}
