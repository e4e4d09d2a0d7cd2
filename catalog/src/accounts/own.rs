//! What a person may know and change of their own account, and how it ends.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::second_factor;
use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::stores::checked_name;
use crate::{CatalogError, OrganizationId, Person, User};

/// How many things that they did are told at a time.
const DEEDS: i64 = 500;

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub user: User,
    /// Since when it is known that the address is theirs.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// Whether they can sign in with a password.
    pub has_password: bool,
    /// The providers that they can sign in through, such as `https://accounts.google.com`.
    pub identities: Vec<String>,
    /// Their second factor.
    pub second_factor: SecondFactorState,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Whether a code is wanted besides the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactorState {
    /// It is not.
    Off,
    /// It is.
    On {
        /// How many recovery codes have not been used.
        recovery_codes_left: u32,
    },
}

impl Person {
    /// Their account.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn account(&self) -> Result<Account, CatalogError> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query!(
            r#"SELECT id, email, name, email_verified_at, created_at,
                EXISTS (SELECT FROM user_passwords AS password WHERE password.user_id = users.id) AS "has_password!",
                ARRAY(
                    SELECT identity.issuer FROM user_identities AS identity
                    WHERE identity.user_id = users.id ORDER BY identity.issuer
                ) AS "identities!"
            FROM users WHERE id = $1"#,
            self.id().0,
        )
        .fetch_one(&mut *transaction)
        .await?;
        let second_factor = second_factor::state(&mut transaction, self.id()).await?;
        transaction.commit().await?;
        Ok(Account {
            user: User { id: row.id.into(), email: row.email, name: row.name },
            email_verified_at: row.email_verified_at,
            has_password: row.has_password,
            identities: row.identities,
            second_factor,
            created_at: row.created_at,
        })
    }

    /// Calls them something else.
    ///
    /// # Errors
    /// When that is no name, or the database is unavailable.
    pub async fn rename(&self, name: &str) -> Result<(), CatalogError> {
        let name = checked_name("name", name)?;
        let mut transaction = self.begin().await?;
        sqlx::query!("UPDATE users SET name = $2 WHERE id = $1", self.id().0, name).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What is kept of them as a person, as a JSON object: their account and where they are signed in. What the audit logs of their
    /// organisations have of what they did is told page by page ([`Person::deeds`]), since it may be a lot.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn personal_data(&self) -> Result<Value, CatalogError> {
        let account = self.account().await?;
        let sessions = self.sessions().await?.into_iter().map(|session| {
            json!({
                "organization": session.organization_name,
                "created_at": session.created_at,
                "last_seen_at": session.last_seen_at,
                "expires_at": session.expires_at,
                "address": session.address,
                "user_agent": session.user_agent,
            })
        });
        let sessions: Vec<Value> = sessions.collect();
        let mut transaction = self.begin().await?;
        let (catalog, done) = (self.catalog(), Done::new(AuditAction::DataExported));
        catalog.record_wherever(&mut transaction, self.id(), &done, |place| self.context_in(place)).await?;
        transaction.commit().await?;
        let second_factor = matches!(account.second_factor, SecondFactorState::On { .. });
        Ok(json!({
            "account": {
                "id": account.user.id,
                "email": account.user.email,
                "name": account.user.name,
                "created_at": account.created_at,
                "email_verified_at": account.email_verified_at,
                "has_password": account.has_password,
                "signs_in_through": account.identities,
                "second_factor": second_factor,
            },
            "sessions": sessions,
        }))
    }

    /// What they did in an organisation that they belong to, as its audit log has it, oldest first: a page behind the one that ended with
    /// `after`, as JSON objects, and where the next begins.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn deeds(
        &self,
        organization: OrganizationId,
        after: Option<Uuid>,
    ) -> Result<(Vec<Value>, Option<Uuid>), CatalogError> {
        let mut transaction = self.begin().await?;
        // Whoever left meanwhile is told nothing more of it.
        if !self.belongs_to(&mut transaction, organization).await? {
            return Ok((Vec::new(), None));
        }
        narrow(&mut transaction, Scope::Organization(organization)).await?;
        let events = sqlx::query!(
            "SELECT id, at, action, target_name, detail, address, user_agent FROM audit_events
            WHERE org_id = $1 AND actor_id = $2 AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4",
            organization.0,
            self.id().0,
            after,
            DEEDS,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let is_full = i64::try_from(events.len()).is_ok_and(|count| count == DEEDS);
        let next = events.last().filter(|_| is_full).map(|event| event.id);
        let told = events.into_iter().map(|event| {
            json!({
                "at": event.at,
                "action": event.action,
                "target": event.target_name,
                "detail": event.detail,
                "address": event.address,
                "user_agent": event.user_agent,
            })
        });
        Ok((told.collect(), next))
    }

    /// What they keep to themselves of an organisation that they belong to, as JSON objects: their private dashboards, and the views of
    /// dashboards that they saved.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn own_dashboards(&self, organization: OrganizationId) -> Result<(Vec<Value>, Vec<Value>), CatalogError> {
        let mut transaction = self.begin().await?;
        if !self.belongs_to(&mut transaction, organization).await? {
            return Ok((Vec::new(), Vec::new()));
        }
        narrow(&mut transaction, Scope::Organization(organization)).await?;
        let dashboards = sqlx::query!(
            "SELECT name, description, document, created_at, updated_at FROM dashboards
            WHERE org_id = $1 AND owner_id = $2 ORDER BY name, id",
            organization.0,
            self.id().0,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let views = sqlx::query!(
            "SELECT saved.name, saved.search, saved.is_shared, saved.created_at, dashboard.name AS dashboard
            FROM dashboard_views AS saved
            JOIN dashboards AS dashboard ON dashboard.org_id = saved.org_id AND dashboard.id = saved.dashboard_id
            WHERE saved.org_id = $1 AND saved.owner_id = $2 ORDER BY dashboard.name, saved.name, saved.id",
            organization.0,
            self.id().0,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let dashboards = dashboards.into_iter().map(|row| {
            json!({
                "name": row.name,
                "description": row.description,
                "created_at": row.created_at,
                "updated_at": row.updated_at,
                "document": row.document,
            })
        });
        let views = views.into_iter().map(|row| {
            json!({
                "dashboard": row.dashboard,
                "name": row.name,
                "search": row.search,
                "is_shared": row.is_shared,
                "created_at": row.created_at,
            })
        });
        Ok((dashboards.collect(), views.collect()))
    }

    /// Whether they belong to an organisation still.
    async fn belongs_to(
        &self,
        transaction: &mut PgTransaction<'static>,
        organization: OrganizationId,
    ) -> Result<bool, CatalogError> {
        let belongs = sqlx::query!(
            "SELECT role FROM org_members WHERE user_id = $1 AND org_id = $2",
            self.id().0,
            organization.0,
        )
        .fetch_optional(&mut **transaction)
        .await?;
        Ok(belongs.is_some())
    }

    /// Ends their account: they leave every organisation, and nothing is kept of them but what the audit logs say. Whoever asks has shown
    /// just now that they are the person ([`Person::check_oneself`]). Organisations that nobody else owns end with it
    /// ([`crate::Tenant::close_organization`]) where that is wanted.
    ///
    /// # Errors
    /// [`CatalogError::OwnsOrganizations`] when organisations would have no owner any more; otherwise when the database is unavailable.
    pub async fn delete_account(&self, with_organizations: bool) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        let belongs =
            sqlx::query_scalar!("SELECT org_id FROM org_members WHERE user_id = $1 ORDER BY org_id", self.id().0,)
                .fetch_all(&mut *transaction)
                .await?;
        let belongs: Vec<_> = belongs.into_iter().map(OrganizationId).collect();
        let mut orphaned = Vec::new();
        for organization in belongs.iter().copied() {
            narrow(&mut transaction, Scope::Organization(organization)).await?;
            // As whoever makes or takes away an owner does: what one is there is known only behind the lock.
            let name =
                sqlx::query_scalar!("SELECT name FROM organizations WHERE id = $1 FOR NO KEY UPDATE", organization.0)
                    .fetch_one(&mut *transaction)
                    .await?;
            let owners = sqlx::query_scalar!(
                "SELECT user_id FROM org_members WHERE org_id = $1 AND role = 'owner'",
                organization.0,
            )
            .fetch_all(&mut *transaction)
            .await?;
            if owners == [self.id().0] {
                orphaned.push((organization, name));
            }
        }
        if !orphaned.is_empty() && !with_organizations {
            return Err(CatalogError::OwnsOrganizations(orphaned.into_iter().map(|(_, name)| name).collect()));
        }
        for (organization, _) in orphaned {
            self.catalog().close_down(&mut transaction, organization).await?;
        }
        for organization in belongs {
            self.take_name_away(&mut transaction, organization).await?;
        }
        narrow(&mut transaction, Scope::User(self.id())).await?;
        let (catalog, done) = (self.catalog(), Done::new(AuditAction::AccountDeleted));
        catalog.record_wherever(&mut transaction, self.id(), &done, |place| self.context_in(place)).await?;
        narrow(&mut transaction, Scope::User(self.id())).await?;
        sqlx::query!("DELETE FROM users WHERE id = $1", self.id().0).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Has an organisation's lists forget who asked for what; in a scope of its own.
    async fn take_name_away(
        &self,
        transaction: &mut PgTransaction<'static>,
        organization: OrganizationId,
    ) -> Result<(), CatalogError> {
        narrow(transaction, Scope::User(self.id())).await?;
        let email = sqlx::query_scalar!("SELECT email FROM users WHERE id = $1", self.id().0)
            .fetch_one(&mut **transaction)
            .await?;
        narrow(transaction, Scope::Organization(organization)).await?;
        sqlx::query!(
            "UPDATE erasures SET requested_by = '' WHERE org_id = $1 AND requested_by = $2",
            organization.0,
            email,
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!(
            "UPDATE connections SET connected_by = '' WHERE org_id = $1 AND connected_by = $2",
            organization.0,
            email,
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!(
            "UPDATE sync_jobs SET requested_by = '' WHERE org_id = $1 AND requested_by = $2",
            organization.0,
            email,
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!(
            "UPDATE invitations SET invited_by_name = '' WHERE org_id = $1 AND invited_by = $2",
            organization.0,
            self.id().0,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}
