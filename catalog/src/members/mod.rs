//! Who belongs to an organisation, what they may do there, and how that changes.
//!
//! An organisation always has an owner. Whatever could take the last one away first locks the organisation's row, so that two owners who
//! leave at once do not both go. The lock lets rows be added that belong to the organisation, such as events of the audit log.

mod invitations;
mod roles;
mod workspaces;

pub use self::invitations::{Acceptance, Invitation, InvitationPreview, Invited, NewInvitations};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::audit::{AuditAction, Done};
use crate::sessions::IDLE;
use crate::{Actor, CatalogError, OrgRole, Permission, Tenant, User, UserId, WorkspaceId, WorkspaceRole};

/// A person in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// What they may do.
    pub role: OrgRole,
    /// The workspaces that they were added to, of those that the actor may see, by name, and what they may do there.
    pub workspaces: Vec<WorkspaceMembership>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When one of their sessions in the organisation was last used, to within a few minutes; nothing when there is none, and for those who
    /// manage no members.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// A workspace that somebody was added to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceMembership {
    /// Which.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// What they may do there.
    pub role: WorkspaceRole,
}

impl Tenant {
    /// Everybody in the organisation, by address.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn members(&self) -> Result<Vec<Member>, CatalogError> {
        self.require(Permission::ReadMembers)?;
        self.select_members(None).await
    }

    /// One of them.
    ///
    /// # Errors
    /// When there is no such member, or the database is unavailable.
    pub async fn member(&self, user: UserId) -> Result<Member, CatalogError> {
        self.require(Permission::ReadMembers)?;
        self.select_members(Some(user)).await?.pop().ok_or_else(no_member)
    }

    async fn select_members(&self, only: Option<UserId>) -> Result<Vec<Member>, CatalogError> {
        let mut transaction = self.begin().await?;
        let (organization, only) = (self.context().organization().0, only.map(|user| user.0));
        let now = self.catalog().clock().now();
        let sees_use = self.context().may(Permission::ManageMembers);
        let rows = sqlx::query!(
            r#"SELECT person.id, person.email, person.name, member.role, member.created_at,
                (
                    SELECT max(session.last_seen_at) FROM sessions AS session
                    WHERE session.org_id = member.org_id AND session.user_id = member.user_id
                        AND session.expires_at > $3 AND session.last_seen_at > $4
                ) AS last_seen_at
            FROM org_members AS member JOIN users AS person ON person.id = member.user_id
            WHERE member.org_id = $1 AND ($2::uuid IS NULL OR member.user_id = $2) ORDER BY person.email"#,
            organization,
            only,
            now,
            now - IDLE,
        )
        .fetch_all(&mut *transaction)
        .await?;
        // Of a workspace that one may not see, its members do not tell either.
        let places = sqlx::query!(
            "SELECT member.user_id, workspace.id, workspace.name, member.role
            FROM workspace_members AS member
            JOIN workspaces AS workspace ON workspace.org_id = member.org_id AND workspace.id = member.workspace_id
            WHERE member.org_id = $1 AND ($2::uuid IS NULL OR member.user_id = $2) AND ($3::uuid IS NULL OR EXISTS (
                SELECT FROM workspace_members AS own
                WHERE own.org_id = member.org_id AND own.workspace_id = member.workspace_id AND own.user_id = $3
            ))
            ORDER BY workspace.name, workspace.id",
            organization,
            only,
            self.bounded_by(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let members = rows.into_iter().map(|row| {
            let own = places.iter().filter(|place| place.user_id == row.id);
            let workspaces = own.map(|place| {
                let role = WorkspaceRole::parse(&place.role)?;
                Ok(WorkspaceMembership { id: place.id.into(), name: place.name.clone(), role })
            });
            Ok(Member {
                workspaces: workspaces.collect::<Result<_, CatalogError>>()?,
                user: User { id: row.id.into(), email: row.email, name: row.name },
                role: OrgRole::parse(&row.role)?,
                created_at: row.created_at,
                last_seen_at: row.last_seen_at.filter(|_| sees_use),
            })
        });
        members.collect()
    }

    /// Takes somebody out of the organisation, with their places in workspaces and their sessions; oneself, too, to leave. Admins can
    /// remove those who are no owners, owners everybody.
    ///
    /// # Errors
    /// [`CatalogError::LastOwner`] when nobody would own the organisation; otherwise when the actor may not, there is no such member, or the
    /// database is unavailable.
    pub async fn remove_member(&self, user: UserId) -> Result<(), CatalogError> {
        let leaves = matches!(self.context().actor(), Actor::User { id, .. } if id == user);
        self.require(if leaves { Permission::Leave } else { Permission::ManageMembers })?;
        let mut transaction = self.begin().await?;
        let (email, role) = self.locked_member(&mut transaction, user).await?;
        if role == OrgRole::Owner {
            if !leaves {
                self.require(Permission::ManageOwners)?;
            }
            self.check_other_owner(&mut transaction, user).await?;
        }
        let action = if leaves { AuditAction::MemberLeft } else { AuditAction::MemberRemoved };
        self.record(&mut transaction, Done::new(action).to(user.0, email).with("role", role.as_str())).await?;
        sqlx::query!(
            "DELETE FROM org_members WHERE org_id = $1 AND user_id = $2",
            self.context().organization().0,
            user.0,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// A member's address and role, which stay as they are until the transaction ends, as those of all other members do. Refuses an
    /// actor whose own role is another one by now.
    async fn locked_member(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
    ) -> Result<(String, OrgRole), CatalogError> {
        self.lock_organization(transaction).await?;
        self.check_actor(transaction).await?;
        let row = sqlx::query!(
            "SELECT person.email, member.role FROM org_members AS member JOIN users AS person ON person.id = member.user_id
            WHERE member.org_id = $1 AND member.user_id = $2",
            self.context().organization().0,
            user.0,
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(no_member)?;
        Ok((row.email, OrgRole::parse(&row.role)?))
    }

    /// Refuses to go on when nobody else owns the organisation.
    async fn check_other_owner(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
    ) -> Result<(), CatalogError> {
        let others = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM org_members WHERE org_id = $1 AND role = 'owner' AND user_id <> $2"#,
            self.context().organization().0,
            user.0,
        )
        .fetch_one(&mut **transaction)
        .await?;
        if others == 0 { Err(CatalogError::LastOwner) } else { Ok(()) }
    }
}

fn no_member() -> CatalogError {
    CatalogError::NotFound("member")
}
