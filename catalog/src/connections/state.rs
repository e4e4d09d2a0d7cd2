//! What workers say of a connection. As what brings data in.

use chrono::{DateTime, Utc};

use super::SyncProblem;
use crate::{CatalogError, ConnectionId, Tenant};

impl Tenant {
    /// Everything that was new when a sync began is there: whatever was wrong with the connection is over.
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
    /// due.
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
}
