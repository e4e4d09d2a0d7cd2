//! Which stores and workspaces an actor may see, and what they may do there: as [`WorkspacePermission`] says.

use aloftly_engine::StoreId;
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::{Actor, CatalogError, OrgRole, Tenant, WorkspaceId, WorkspacePermission, WorkspaceRole};

impl Tenant {
    /// The user whose workspaces bound what this actor sees; `None` for those who see all, or one alone ([`Self::bounded_to`]).
    pub(crate) fn bounded_by(&self) -> Option<Uuid> {
        match self.context().actor() {
            Actor::User { id, role } if !role.sees_all() => Some(id.0),
            Actor::User { .. } | Actor::Key { .. } | Actor::System(_) => None,
        }
    }

    /// The one workspace that bounds what this actor sees.
    pub(crate) fn bounded_to(&self) -> Option<Uuid> {
        match self.context().actor() {
            Actor::Key { workspace, .. } => workspace.map(|workspace| workspace.0),
            Actor::User { .. } | Actor::System(_) => None,
        }
    }

    /// Whether the actor may do that in every store that there is, with no need to look at it first.
    pub(crate) fn may_everywhere(&self, permission: WorkspacePermission) -> bool {
        match self.context().actor() {
            Actor::User { role, .. } => role.sees_all(),
            Actor::Key { workspace, .. } => {
                workspace.is_none() && permission.is_to_look() && self.context().may_somewhere(permission)
            }
            Actor::System(_) => true,
        }
    }

    /// Refuses a store that does not exist or may not be seen ([`CatalogError::NotFound`]), or in which the actor may not do that
    /// ([`CatalogError::Forbidden`], [`CatalogError::LacksScope`]).
    pub(crate) async fn check_store(
        &self,
        transaction: &mut PgTransaction<'static>,
        store: StoreId,
        permission: WorkspacePermission,
    ) -> Result<(), CatalogError> {
        if let Actor::System(_) = self.context().actor() {
            return self.check_store_is_there(transaction, store).await;
        }
        self.check_scope(permission)?;
        let row = sqlx::query!(
            r#"SELECT (
                SELECT member.role FROM workspace_members AS member
                WHERE member.org_id = store.org_id AND member.workspace_id = store.workspace_id AND member.user_id = $3
            ) AS role
            FROM stores AS store WHERE store.org_id = $1 AND store.id = $2 AND ($4::uuid IS NULL OR store.workspace_id = $4)"#,
            self.context().organization().0,
            store.0,
            self.bounded_by(),
            self.bounded_to(),
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(CatalogError::no_store)?;
        self.check_role(row.role.as_deref(), permission, CatalogError::no_store)?;
        self.check_unless_to_look(transaction, permission).await
    }

    /// Without a look at members, whom those who bring data in cannot see.
    async fn check_store_is_there(
        &self,
        transaction: &mut PgTransaction<'static>,
        store: StoreId,
    ) -> Result<(), CatalogError> {
        let organization = self.context().organization().0;
        let found = sqlx::query_scalar!("SELECT id FROM stores WHERE org_id = $1 AND id = $2", organization, store.0)
            .fetch_optional(&mut **transaction)
            .await?;
        found.map(drop).ok_or_else(CatalogError::no_store)
    }

    /// The same of a workspace.
    pub(crate) async fn check_workspace(
        &self,
        transaction: &mut PgTransaction<'static>,
        workspace: WorkspaceId,
        permission: WorkspacePermission,
    ) -> Result<(), CatalogError> {
        let no_workspace = || CatalogError::NotFound("workspace");
        self.check_scope(permission)?;
        let row = sqlx::query!(
            r#"SELECT (
                SELECT member.role FROM workspace_members AS member
                WHERE member.org_id = workspace.org_id AND member.workspace_id = workspace.id AND member.user_id = $3
            ) AS role
            FROM workspaces AS workspace WHERE workspace.org_id = $1 AND workspace.id = $2 AND ($4::uuid IS NULL OR workspace.id = $4)"#,
            self.context().organization().0,
            workspace.0,
            self.bounded_by(),
            self.bounded_to(),
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(no_workspace)?;
        self.check_role(row.role.as_deref(), permission, no_workspace)?;
        self.check_unless_to_look(transaction, permission).await
    }

    /// A key that was not given the scope is told so before anything is looked for.
    fn check_scope(&self, permission: WorkspacePermission) -> Result<(), CatalogError> {
        match self.context().actor() {
            Actor::Key { .. } => self.require_somewhere(permission),
            Actor::User { .. } | Actor::System(_) => Ok(()),
        }
    }

    async fn check_unless_to_look(
        &self,
        transaction: &mut PgTransaction<'static>,
        permission: WorkspacePermission,
    ) -> Result<(), CatalogError> {
        if permission.is_to_look() { Ok(()) } else { self.check_actor(transaction).await }
    }

    /// Refuses an actor who does not belong to the organisation any more, or in another role than when they were authenticated, and a
    /// key that was revoked or has run out since: a request may take its time. All that stays as it is until the transaction ends.
    pub(crate) async fn check_actor(&self, transaction: &mut PgTransaction<'static>) -> Result<(), CatalogError> {
        match self.context().actor() {
            Actor::User { id, role } => {
                let now = sqlx::query_scalar!(
                    "SELECT role FROM org_members WHERE org_id = $1 AND user_id = $2 FOR SHARE",
                    self.context().organization().0,
                    id.0,
                )
                .fetch_optional(&mut **transaction)
                .await?;
                match now.as_deref().map(OrgRole::parse).transpose()? {
                    None => Err(CatalogError::Unauthenticated),
                    Some(now) if now == role => Ok(()),
                    Some(_) => Err(CatalogError::RoleChanged),
                }
            }
            Actor::Key { id, .. } => self.check_key(transaction, id).await,
            Actor::System(_) => Ok(()),
        }
    }

    /// Whether the role that the actor has in a workspace, if any, is enough.
    fn check_role(
        &self,
        role: Option<&str>,
        permission: WorkspacePermission,
        unseen: impl FnOnce() -> CatalogError,
    ) -> Result<(), CatalogError> {
        if self.bounded_by().is_none() {
            return Ok(());
        }
        let role = WorkspaceRole::parse(role.ok_or_else(unseen)?)?;
        if role >= permission.least() && self.context().may_somewhere(permission) {
            return Ok(());
        }
        Err(CatalogError::Forbidden(permission.least().as_str()))
    }
}
