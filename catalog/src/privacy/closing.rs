//! How an organisation ends: nobody belongs to it from the moment on that its owner says so, and the program then removes what it had.

use sqlx::PgTransaction;

use crate::catalog::{Scope, narrow};
use crate::{Catalog, CatalogError, OrganizationId, Permission, SystemContext, Tenant};

impl Tenant {
    /// Ends the organisation, which has to be named: members, sessions, keys, invitations and credentials are gone at once, and everything
    /// else of it soon. For owners. Whoever asks has shown just now that they are the person.
    ///
    /// # Errors
    /// When the actor may not, that is not its name, or the database is unavailable.
    pub async fn close_organization(&self, name: &str) -> Result<(), CatalogError> {
        self.require(Permission::CloseOrganization)?;
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        let organization = self.context().organization();
        let called = sqlx::query_scalar!("SELECT name FROM organizations WHERE id = $1", organization.0)
            .fetch_one(&mut *transaction)
            .await?;
        if called != name.trim() {
            let reason = "what the organisation is called".to_owned();
            return Err(CatalogError::Invalid { field: "name", reason });
        }
        self.catalog().close_down(&mut transaction, organization).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Refuses whoever may not end the organisation, before they are asked who they are.
    ///
    /// # Errors
    /// When the actor may not.
    pub fn require_to_close(&self) -> Result<(), CatalogError> {
        self.require(Permission::CloseOrganization)
    }

    /// What waited to be imported in a closed organisation is not: its files, which nobody needs any more, and whether an import or a sync is
    /// under way, which has to end first.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn give_up_imports(&self) -> Result<(Vec<String>, bool), CatalogError> {
        let (organization, now) = (self.context().organization().0, self.catalog().clock().now());
        let mut transaction = self.begin().await?;
        let given_up = sqlx::query_scalar!(
            r#"WITH unfinished AS (
                SELECT id, spool_file FROM imports
                WHERE org_id = $1 AND (status = 'queued' OR (status = 'running' AND lease_expires_at <= $2))
                FOR UPDATE
            )
            UPDATE imports SET status = 'failed', worker = NULL, lease_expires_at = NULL, spool_file = NULL, finished_at = $2,
                error = 'the organization was deleted', errors = '[]', error_count = 0
            FROM unfinished WHERE imports.org_id = $1 AND imports.id = unfinished.id
            RETURNING unfinished.spool_file"#,
            organization,
            now,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let under_way = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM imports WHERE org_id = $1 AND status = 'running')
                OR EXISTS (SELECT FROM sync_jobs WHERE org_id = $1 AND status = 'running' AND lease_expires_at > $2) AS "any!""#,
            organization,
            now,
        )
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok((given_up.into_iter().flatten().collect(), under_way))
    }

    /// Removes a closed organisation, whose stores' lakes are empty, from the database. False as long as somebody may be writing objects of
    /// its: nobody would know of them.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn forget_organization(&self) -> Result<bool, CatalogError> {
        let organization = self.context().organization().0;
        let mut transaction = self.begin().await?;
        // Whoever stages an object holds its store's row.
        sqlx::query!("SELECT store_id FROM lake_stores WHERE org_id = $1 ORDER BY store_id FOR UPDATE", organization)
            .fetch_all(&mut *transaction)
            .await?;
        let forgotten = sqlx::query!(
            "DELETE FROM organizations WHERE id = $1 AND closed_at IS NOT NULL
                AND NOT EXISTS (SELECT FROM lake_staged_segments WHERE org_id = $1)
                AND NOT EXISTS (SELECT FROM lake_doomed_segments WHERE org_id = $1)",
            organization,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(forgotten.rows_affected() > 0)
    }
}

impl Catalog {
    /// Ends an organisation; in its scope, with its row locked.
    pub(crate) async fn close_down(
        &self,
        transaction: &mut PgTransaction<'static>,
        organization: OrganizationId,
    ) -> Result<(), CatalogError> {
        narrow(transaction, Scope::Organization(organization)).await?;
        sqlx::query!("UPDATE organizations SET closed_at = $2 WHERE id = $1", organization.0, self.clock().now())
            .execute(&mut **transaction)
            .await?;
        // With them go their sessions and what they may do in workspaces, and keys with their makers.
        sqlx::query!("DELETE FROM org_members WHERE org_id = $1", organization.0).execute(&mut **transaction).await?;
        sqlx::query!("DELETE FROM invitations WHERE org_id = $1", organization.0).execute(&mut **transaction).await?;
        sqlx::query!("DELETE FROM credentials WHERE org_id = $1", organization.0).execute(&mut **transaction).await?;
        sqlx::query!("DELETE FROM tenant_keys WHERE org_id = $1", organization.0).execute(&mut **transaction).await?;
        let now = self.clock().now();
        sqlx::query!(
            "UPDATE connections SET status = 'disconnected', disconnected_at = $2, sync_at = NULL, reconcile_at = NULL
            WHERE org_id = $1 AND status <> 'disconnected'",
            organization.0,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!(
            "UPDATE sync_jobs SET cancelled = true, status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END,
                finished_at = CASE status WHEN 'queued' THEN $2 ELSE finished_at END
            WHERE org_id = $1 AND status IN ('queued', 'running')",
            organization.0,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        tracing::info!(%organization, "an organisation was closed; what it had is removed");
        Ok(())
    }

    /// Organisations that were closed and are there still.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn closed_organizations(&self, reason: &'static str) -> Result<Vec<SystemContext>, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let ids =
            sqlx::query_scalar!("SELECT id FROM organizations WHERE closed_at IS NOT NULL ORDER BY closed_at, id")
                .fetch_all(&mut *transaction)
                .await?;
        transaction.commit().await?;
        Ok(ids.into_iter().map(|id| SystemContext::new(id.into(), reason)).collect())
    }
}
