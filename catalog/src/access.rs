//! Which stores an actor may see, and in which they may write.
//!
//! Owners, admins and the program itself: all of the organisation's. Members and viewers: those of the workspaces that they
//! were added to, and write only where they are a workspace's editor or admin and not a viewer of the organisation.

use aloftly_engine::StoreId;
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::{Actor, CatalogError, OrgRole, Tenant, WorkspaceRole};

/// What is going to be done in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Read,
    Write,
}

impl Tenant {
    /// The user whose workspaces bound what this actor sees; `None` for those who see all.
    pub(crate) fn bounded_by(&self) -> Option<Uuid> {
        match self.context().actor() {
            Actor::User { id, role } if !role.sees_all() => Some(id.0),
            _ => None,
        }
    }

    /// Refuses a store that does not exist or may not be seen ([`CatalogError::NotFound`]), or only be read
    /// ([`CatalogError::Forbidden`]).
    pub(crate) async fn check_store(
        &self,
        transaction: &mut PgTransaction<'static>,
        store: StoreId,
        need: Need,
    ) -> Result<(), CatalogError> {
        let row = sqlx::query!(
            r#"SELECT (
                SELECT member.role FROM workspace_members AS member
                WHERE member.org_id = store.org_id AND member.workspace_id = store.workspace_id AND member.user_id = $3
            ) AS role
            FROM stores AS store WHERE store.org_id = $1 AND store.id = $2"#,
            self.context().organization().0,
            store.0,
            self.bounded_by(),
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(CatalogError::no_store)?;
        if self.bounded_by().is_none() {
            return Ok(());
        }
        let role = WorkspaceRole::parse(&row.role.ok_or_else(CatalogError::no_store)?)?;
        let writes = role >= WorkspaceRole::Editor && self.context().has(OrgRole::Member);
        if need == Need::Write && !writes {
            return Err(CatalogError::Forbidden(WorkspaceRole::Editor.as_str()));
        }
        Ok(())
    }
}
