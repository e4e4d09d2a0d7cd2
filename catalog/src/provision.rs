//! Making an organisation with all that it needs to begin.

use aloftly_engine::StoreId;
use chrono::Weekday;
use chrono_tz::Tz;
use email_address::EmailAddress;
use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;

use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::error::taken;
use crate::plans::{Limit, Tier};
use crate::sessions::{insert_password, normalized};
use crate::stores::{checked_name, insert_store, insert_workspace};
use crate::{Catalog, CatalogError, OrganizationId, SystemContext, UserId, WorkspaceId, passwords};

/// A store that is to be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
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
    /// What it pays for.
    pub plan: Tier,
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

/// An organisation that a person founds who is known already.
pub(crate) struct Founding<'a> {
    pub(crate) name: &'a str,
    pub(crate) plan: Tier,
    pub(crate) workspace: &'a str,
    pub(crate) owner: UserId,
    pub(crate) owner_email: &'a str,
    pub(crate) stores: &'a [NewStore],
}

/// A person whom nobody knows yet.
pub(crate) struct NewUser<'a> {
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    /// Whether it is known that the address is theirs.
    pub(crate) is_verified: bool,
}

impl Catalog {
    /// Makes an organisation, its workspace, its owner with a password, and its stores: all of it, or nothing.
    ///
    /// # Errors
    /// When the address or a store's name is taken, a value is wrong, the plan includes fewer stores, or the database is unavailable.
    pub async fn provision_organization(&self, new: &NewOrganization) -> Result<Provisioned, CatalogError> {
        let email = checked_email(&new.owner_email)?;
        passwords::check_new(&new.owner_password)?;
        let hash = passwords::hash(self, &new.owner_password).await?;
        let mut transaction = self.begin(Scope::System).await?;
        // Whoever runs the server vouches for the address no more than anybody: it has not been written to.
        let user = NewUser { email: &email, name: &new.owner_name, is_verified: false };
        let owner = self.insert_user(&mut transaction, &user).await?;
        insert_password(&mut transaction, owner, &hash, self.clock().now()).await?;
        let founding = Founding {
            name: &new.name,
            plan: new.plan,
            workspace: &new.workspace,
            owner,
            owner_email: &email,
            stores: &new.stores,
        };
        let made = self.found(&mut transaction, &founding).await?;
        transaction.commit().await?;
        Ok(made)
    }

    /// Adds a person. Leaves the transaction in their scope.
    pub(crate) async fn insert_user(
        &self,
        transaction: &mut PgTransaction<'static>,
        new: &NewUser<'_>,
    ) -> Result<UserId, CatalogError> {
        let (id, now) = (UserId(self.clock().new_id()), self.clock().now());
        narrow(transaction, Scope::User(id)).await?;
        sqlx::query!(
            "INSERT INTO users (id, email, name, created_at, email_verified_at) VALUES ($1, $2, $3, $4, $5)",
            id.0,
            new.email,
            checked_name("owner's name", new.name)?,
            now,
            new.is_verified.then_some(now),
        )
        .execute(&mut **transaction)
        .await
        .map_err(taken("email"))?;
        Ok(id)
    }

    /// Makes an organisation with all that it needs to begin. Leaves the transaction in its scope.
    pub(crate) async fn found(
        &self,
        transaction: &mut PgTransaction<'static>,
        founding: &Founding<'_>,
    ) -> Result<Provisioned, CatalogError> {
        let &Founding { name, plan, workspace, owner, owner_email, stores } = founding;
        let organization = OrganizationId(self.clock().new_id());
        let now = self.clock().now();
        narrow(transaction, Scope::Organization(organization)).await?;
        sqlx::query!(
            "INSERT INTO organizations (id, name, plan_tier, retention_months, created_at) VALUES ($1, $2, $3, $4, $5)",
            organization.0,
            checked_name("organization's name", name)?,
            plan.as_str(),
            plan.first_retention(),
            now,
        )
        .execute(&mut **transaction)
        .await?;
        let tenant = self.tenant(SystemContext::new(organization, "the organisation is being made"));
        let workspace = insert_workspace(&tenant, transaction, workspace).await?;
        sqlx::query!(
            "INSERT INTO org_members (org_id, user_id, role, created_at) VALUES ($1, $2, 'owner', $3)",
            organization.0,
            owner.0,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO workspace_members (org_id, workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, 'admin', $4)",
            organization.0,
            workspace.0,
            owner.0,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        let mut made = Vec::with_capacity(stores.len());
        for store in stores {
            tenant.check_room(transaction, Limit::Stores).await?;
            made.push(insert_store(&tenant, transaction, workspace, store).await?);
        }
        let done = Done::new(AuditAction::OrganizationCreated).to(organization.0, name.trim());
        tenant.record(transaction, done.with("owner", owner_email)).await?;
        Ok(Provisioned { organization, workspace, owner, stores: made })
    }
}

/// An address as it is kept, of something that can be one.
pub(crate) fn checked_email(given: &str) -> Result<String, CatalogError> {
    let email = normalized(given);
    // Not every address that the standards allow: what mail can be written to, and nothing that has to be quoted.
    let looks_right = EmailAddress::is_valid(&email) && !email.contains(['"', '[', '(', '<', '\\']);
    if !looks_right || email.chars().count() > 320 || email.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(CatalogError::Invalid { field: "email", reason: "it must look like name@example.com".to_owned() });
    }
    Ok(email)
}
