//! Making an organisation with all that it needs to begin.

use aloftly_engine::StoreId;
use chrono::Weekday;
use chrono_tz::Tz;

use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::error::taken;
use crate::sessions::{insert_password, normalized};
use crate::stores::{checked_name, insert_store, insert_workspace};
use crate::{Catalog, CatalogError, OrganizationId, SystemContext, UserId, WorkspaceId, passwords};

/// A store that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStore {
    /// Its name, unique in its workspace.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// Whose days its days are.
    pub timezone: Tz,
    /// The first day of its weeks.
    pub week_start: Weekday,
}

/// An organisation that is to be.
#[derive(Clone)]
pub struct NewOrganization {
    /// Its name.
    pub name: String,
    /// The name of its first workspace.
    pub workspace: String,
    /// The address of its owner, whom nobody knows yet.
    pub owner_email: String,
    /// What the owner is called.
    pub owner_name: String,
    /// What the owner signs in with.
    pub owner_password: String,
    /// Its stores.
    pub stores: Vec<NewStore>,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioned {
    /// The tenant.
    pub organization: OrganizationId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its owner.
    pub owner: UserId,
    /// Its stores, in the order asked.
    pub stores: Vec<StoreId>,
}

impl Catalog {
    /// Makes an organisation, its workspace, its owner with a password, and its stores: all of it, or nothing.
    ///
    /// # Errors
    /// When the address or a store's name is taken, a value is wrong, or the database is unavailable.
    pub async fn provision_organization(&self, new: &NewOrganization) -> Result<Provisioned, CatalogError> {
        let email = normalized(&new.owner_email);
        let looks_right = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        if !looks_right || email.chars().count() > 320 || email.contains(|c: char| c.is_whitespace() || c.is_control())
        {
            return Err(CatalogError::Invalid {
                field: "email",
                reason: "it must look like name@example.com".to_owned(),
            });
        }
        passwords::check_new(&new.owner_password)?;
        let hash = passwords::hash(self, &new.owner_password).await?;
        let now = self.clock().now();
        let organization = OrganizationId(self.clock().new_id());
        let owner = UserId(self.clock().new_id());

        let mut transaction = self.begin(Scope::User(owner)).await?;
        sqlx::query!(
            "INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, $3, $4)",
            owner.0,
            &email,
            checked_name("owner's name", &new.owner_name)?,
            now,
        )
        .execute(&mut *transaction)
        .await
        .map_err(taken("email"))?;
        insert_password(&mut transaction, owner, &hash, now).await?;

        narrow(&mut transaction, Scope::Organization(organization)).await?;
        sqlx::query!(
            "INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, $3)",
            organization.0,
            checked_name("organization's name", &new.name)?,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let tenant = self.tenant(SystemContext::new(organization, "the organisation is being made"));
        let workspace = insert_workspace(&tenant, &mut transaction, &new.workspace).await?;
        sqlx::query!(
            "INSERT INTO org_members (org_id, user_id, role, created_at) VALUES ($1, $2, 'owner', $3)",
            organization.0,
            owner.0,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO workspace_members (org_id, workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, 'admin', $4)",
            organization.0,
            workspace.0,
            owner.0,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let mut stores = Vec::with_capacity(new.stores.len());
        for store in &new.stores {
            stores.push(insert_store(&tenant, &mut transaction, workspace, store).await?);
        }
        let done = Done::new(AuditAction::OrganizationCreated).to(organization.0, new.name.trim());
        tenant.record(&mut transaction, done.with("owner", email)).await?;
        transaction.commit().await?;
        Ok(Provisioned { organization, workspace, owner, stores })
    }
}
