//! Who works in a workspace.

use sqlx::PgTransaction;

use super::no_member;
use crate::audit::{AuditAction, Done};
use crate::{CatalogError, OrgRole, Tenant, UserId, WorkspaceId, WorkspacePermission, WorkspaceRole};

impl Tenant {
    /// Adds a member to a workspace, or gives them another role there. For the organisation's admins and the workspace's.
    ///
    /// # Errors
    /// When the actor may not, there is no such workspace or member, or the database is unavailable.
    pub async fn set_workspace_role(
        &self,
        workspace: WorkspaceId,
        user: UserId,
        role: WorkspaceRole,
    ) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_workspace(&mut transaction, workspace, WorkspacePermission::ManageMembers).await?;
        let (email, name) = self.names(&mut transaction, workspace, user).await?;
        let before = sqlx::query_scalar!(
            "SELECT role FROM workspace_members WHERE org_id = $1 AND workspace_id = $2 AND user_id = $3 FOR UPDATE",
            self.context().organization().0,
            workspace.0,
            user.0,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        if before.as_deref() == Some(role.as_str()) {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO workspace_members (org_id, workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (org_id, workspace_id, user_id) DO UPDATE SET role = EXCLUDED.role",
            self.context().organization().0,
            workspace.0,
            user.0,
            role.as_str(),
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        let done = Done::new(AuditAction::WorkspaceMemberSet).to(user.0, email).with("workspace", name);
        self.record(&mut transaction, done.with("from", before).with("to", role.as_str())).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Takes a member out of a workspace. For the organisation's admins and the workspace's.
    ///
    /// # Errors
    /// When the actor may not, there is no such workspace, the person does not work in it, or the database is unavailable.
    pub async fn remove_from_workspace(&self, workspace: WorkspaceId, user: UserId) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.check_workspace(&mut transaction, workspace, WorkspacePermission::ManageMembers).await?;
        let (email, name) = self.names(&mut transaction, workspace, user).await?;
        let removed = sqlx::query!(
            "DELETE FROM workspace_members WHERE org_id = $1 AND workspace_id = $2 AND user_id = $3",
            self.context().organization().0,
            workspace.0,
            user.0,
        )
        .execute(&mut *transaction)
        .await?;
        if removed.rows_affected() == 0 {
            return Err(no_member());
        }
        // Nobody sees them any more, who could clear them away; whoever sees all workspaces still does.
        sqlx::query!(
            "DELETE FROM dashboards WHERE org_id = $1 AND workspace_id = $2 AND owner_id = $3 AND EXISTS (
                SELECT FROM org_members WHERE org_id = $1 AND user_id = $3 AND role <> ALL ($4)
            )",
            self.context().organization().0,
            workspace.0,
            user.0,
            &OrgRole::ALL
                .into_iter()
                .filter(|role| role.sees_all())
                .map(|role| role.as_str().to_owned())
                .collect::<Vec<_>>(),
        )
        .execute(&mut *transaction)
        .await?;
        let done = Done::new(AuditAction::WorkspaceMemberRemoved).to(user.0, email).with("workspace", name);
        self.record(&mut transaction, done).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The address of a member and the name of a workspace.
    async fn names(
        &self,
        transaction: &mut PgTransaction<'static>,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<(String, String), CatalogError> {
        let row = sqlx::query!(
            "SELECT person.email, workspace.name
            FROM org_members AS member
            JOIN users AS person ON person.id = member.user_id
            JOIN workspaces AS workspace ON workspace.org_id = member.org_id
            WHERE member.org_id = $1 AND member.user_id = $2 AND workspace.id = $3
            FOR SHARE OF member",
            self.context().organization().0,
            user.0,
            workspace.0,
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(no_member)?;
        Ok((row.email, row.name))
    }
}
