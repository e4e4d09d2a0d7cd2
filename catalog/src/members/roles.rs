//! Other roles for members, and another owner.

use sqlx::PgTransaction;

use crate::audit::{AuditAction, Done};
use crate::{Actor, CatalogError, OrgRole, Permission, Tenant, UserId};

impl Tenant {
    /// Gives a member another role. Admins can do so with those who are no owners and to roles below, owners with everybody.
    ///
    /// # Errors
    /// [`CatalogError::LastOwner`] when nobody would own the organisation; otherwise when the actor may not, there is no such member, or the
    /// database is unavailable.
    pub async fn change_role(&self, user: UserId, role: OrgRole) -> Result<(), CatalogError> {
        self.require(Permission::ManageMembers)?;
        let mut transaction = self.begin().await?;
        let (email, before) = self.locked_member(&mut transaction, user).await?;
        if before == role {
            return Ok(());
        }
        if before == OrgRole::Owner || role == OrgRole::Owner {
            self.require(Permission::ManageOwners)?;
        }
        if before == OrgRole::Owner {
            self.check_other_owner(&mut transaction, user).await?;
        }
        self.set_role(&mut transaction, user, role).await?;
        let done = Done::new(AuditAction::MemberRoleChanged).to(user.0, email);
        self.record(&mut transaction, done.with("from", before.as_str()).with("to", role.as_str())).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Makes another member the owner in place of the actor, who is an admin from then on.
    ///
    /// # Errors
    /// When the actor is no owner, or there is no such member, or it is the actor; or when the database is unavailable.
    pub async fn transfer_ownership(&self, to: UserId) -> Result<(), CatalogError> {
        self.require(Permission::ManageOwners)?;
        let Actor::User { id: from, .. } = self.context().actor() else {
            return Err(CatalogError::NeedsPerson);
        };
        if from == to {
            return Err(CatalogError::Invalid { field: "user_id", reason: "somebody else than yourself".to_owned() });
        }
        let mut transaction = self.begin().await?;
        let (email, before) = self.locked_member(&mut transaction, to).await?;
        self.set_role(&mut transaction, to, OrgRole::Owner).await?;
        self.set_role(&mut transaction, from, OrgRole::Admin).await?;
        let done = Done::new(AuditAction::OwnershipTransferred).to(to.0, email);
        self.record(&mut transaction, done.with("from", before.as_str())).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn set_role(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        role: OrgRole,
    ) -> Result<(), CatalogError> {
        sqlx::query!(
            "UPDATE org_members SET role = $3 WHERE org_id = $1 AND user_id = $2",
            self.context().organization().0,
            user.0,
            role.as_str(),
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}
