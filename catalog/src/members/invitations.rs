//! Asking people to join an organisation.
//!
//! Who has the link of an invitation reads the mail of the address that it was sent to: enough to make an account with that address, not
//! to come into one that is there. Its owner shows that it is theirs as at any sign-in.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::accounts::OneTimeToken;
use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::error::taken;
use crate::plans::Limit;
use crate::provision::{NewUser, checked_email};
use crate::secrets::digest;
use crate::sessions::{insert_password, user_by_email};
use crate::{
    Catalog, CatalogError, Entry, InvitationId, OrgRole, OrganizationId, Origin, Permission, Person, SignedIn, Tenant,
    TenantContext, UserId, WorkspaceId, WorkspaceMembership, WorkspaceRole, passwords,
};

/// How long an invitation is good for.
const LIFETIME: TimeDelta = TimeDelta::days(7);
/// The most that are asked at once.
const AT_ONCE: usize = 100;

/// People to ask.
#[derive(Clone, Debug)]
pub struct NewInvitations {
    /// Their addresses.
    pub emails: Vec<String>,
    /// What they will be.
    pub role: OrgRole,
    /// Where they will work, and as what.
    pub workspaces: Vec<(WorkspaceId, WorkspaceRole)>,
}

/// What became of asking somebody.
#[derive(Clone, Debug)]
pub enum Invited {
    /// They are to be sent a link.
    Sent(Invitation, OneTimeToken),
    /// They belong to the organisation.
    Member,
    /// They were asked before and have not answered.
    Before,
    /// That is no address.
    NoAddress,
}

/// Somebody who was asked and has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// Whom.
    pub email: String,
    /// What they will be.
    pub role: OrgRole,
    /// Where they will work, by name, and as what.
    pub workspaces: Vec<WorkspaceMembership>,
    /// The address of who asked them, or why the program did.
    pub invited_by: String,
    /// When they were asked first.
    pub created_at: DateTime<Utc>,
    /// When they were sent a link last.
    pub sent_at: DateTime<Utc>,
    /// Until when that is good.
    pub expires_at: DateTime<Utc>,
}

/// What an invitation says to who holds its link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationPreview {
    /// The organisation's name.
    pub organization: String,
    /// Who was asked.
    pub email: String,
    /// What they will be.
    pub role: OrgRole,
    /// Who asked.
    pub invited_by: String,
    /// Whether somebody has an account with that address.
    pub has_account: bool,
}

/// How somebody who accepts shows who they are.
#[derive(Clone, Copy, Debug)]
pub enum Acceptance<'a> {
    /// By the session that they are signed in with, which goes on in the organisation.
    SignedIn(&'a Person, &'a str),
    /// By the password of their account.
    Password(&'a str),
    /// They make an account now.
    NewAccount {
        /// What they are called.
        name: &'a str,
        /// What they will sign in with.
        password: &'a str,
    },
}

/// An invitation, as its token finds it.
struct Found {
    organization: OrganizationId,
    id: Uuid,
    email: String,
    role: String,
    invited_by: String,
}

impl Tenant {
    /// Who was asked to join and has not answered, by address. For admins.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn invitations(&self) -> Result<Vec<Invitation>, CatalogError> {
        self.require(Permission::ManageMembers)?;
        let mut transaction = self.begin().await?;
        let invitations = self.select_invitations(&mut transaction, None).await?;
        transaction.commit().await?;
        Ok(invitations)
    }

    /// Asks people to join, each by a link of their own. For admins; nobody becomes an owner by it.
    ///
    /// # Errors
    /// When the actor may not, they are too many at once or for the plan, the role is the owner's, a workspace does not exist, or the database
    /// is unavailable.
    pub async fn invite(&self, new: &NewInvitations) -> Result<Vec<(String, Invited)>, CatalogError> {
        self.require(Permission::ManageMembers)?;
        if new.emails.is_empty() || new.emails.len() > AT_ONCE {
            return Err(CatalogError::Invalid { field: "emails", reason: format!("1 to {AT_ONCE} addresses") });
        }
        let places: BTreeSet<_> = new.workspaces.iter().map(|(workspace, _)| workspace.0).collect();
        if places.len() != new.workspaces.len() || places.len() > AT_ONCE {
            let reason = format!("at most {AT_ONCE}, each named once");
            return Err(CatalogError::Invalid { field: "workspaces", reason });
        }
        if new.role == OrgRole::Owner {
            let reason = "nobody becomes an owner by an invitation: hand ownership over to a member".to_owned();
            return Err(CatalogError::Invalid { field: "role", reason });
        }
        let mut transaction = self.begin().await?;
        // Before the actor's row, as whoever changes members does: in another order two could wait for each other.
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        let mut asked = Vec::with_capacity(new.emails.len());
        for given in &new.emails {
            let outcome = match checked_email(given) {
                Ok(email) => self.invite_one(&mut transaction, &email, new).await?,
                Err(_) => Invited::NoAddress,
            };
            asked.push((given.clone(), outcome));
        }
        transaction.commit().await?;
        Ok(asked)
    }

    async fn invite_one(
        &self,
        transaction: &mut PgTransaction<'static>,
        email: &str,
        new: &NewInvitations,
    ) -> Result<Invited, CatalogError> {
        let organization = self.context().organization().0;
        let belongs = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                SELECT FROM org_members AS member JOIN users AS person ON person.id = member.user_id
                WHERE member.org_id = $1 AND person.email = $2
            ) AS "belongs!""#,
            organization,
            email,
        )
        .fetch_one(&mut **transaction)
        .await?;
        if belongs {
            return Ok(Invited::Member);
        }
        let before = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM invitations WHERE org_id = $1 AND email = $2) AS "before!""#,
            organization,
            email,
        )
        .fetch_one(&mut **transaction)
        .await?;
        if before {
            return Ok(Invited::Before);
        }
        self.check_room(transaction, Limit::Seats).await?;
        let (token, now) = (OneTimeToken::new()?, self.catalog().clock().now());
        let (by, reason) = self.asking()?;
        let id = sqlx::query_scalar!(
            "INSERT INTO invitations (
                org_id, id, email, role, token_hash, invited_by, invited_by_name, created_at, sent_at, expires_at
            ) VALUES ($1, $2, $3, $4, $5, $6, coalesce($7, (SELECT email FROM users WHERE id = $6), ''), $8, $8, $9)
            ON CONFLICT (org_id, email) DO NOTHING RETURNING id",
            organization,
            self.catalog().clock().new_id(),
            email,
            new.role.as_str(),
            &digest(token.expose())[..],
            by,
            reason,
            now,
            now + LIFETIME,
        )
        .fetch_optional(&mut **transaction)
        .await?;
        let Some(id) = id else { return Ok(Invited::Before) };
        for (workspace, role) in &new.workspaces {
            sqlx::query!(
                "INSERT INTO invitation_workspaces (org_id, invitation_id, workspace_id, role) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO NOTHING",
                organization,
                id,
                workspace.0,
                role.as_str(),
            )
            .execute(&mut **transaction)
            .await
            .map_err(|error| match error.as_database_error() {
                Some(refused) if refused.is_foreign_key_violation() => CatalogError::NotFound("workspace"),
                _ => error.into(),
            })?;
        }
        let done = Done::new(AuditAction::InvitationSent).to(id, email).with("role", new.role.as_str());
        self.record(transaction, done).await?;
        let invitation = self.select_invitations(transaction, Some(id)).await?.pop();
        Ok(Invited::Sent(invitation.ok_or_else(no_invitation)?, token))
    }

    /// Another link for somebody who has not answered, good from now on; the one before is worth nothing any more. For admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such invitation, or the database is unavailable.
    pub async fn resend_invitation(&self, id: InvitationId) -> Result<(Invitation, OneTimeToken), CatalogError> {
        self.require(Permission::ManageMembers)?;
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        let (token, now) = (OneTimeToken::new()?, self.catalog().clock().now());
        let organization = self.context().organization().0;
        let before = sqlx::query!(
            "SELECT email, expires_at FROM invitations WHERE org_id = $1 AND id = $2 FOR UPDATE",
            organization,
            id.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(no_invitation)?;
        // One that is over holds no seat.
        if before.expires_at <= now {
            self.check_room(&mut transaction, Limit::Seats).await?;
        }
        let email = before.email;
        // Whoever sends it again answers for it.
        let (by, reason) = self.asking()?;
        sqlx::query!(
            "UPDATE invitations SET token_hash = $3, sent_at = $4, expires_at = $5, invited_by = $6,
                invited_by_name = coalesce($7, (SELECT email FROM users WHERE id = $6), '')
            WHERE org_id = $1 AND id = $2",
            organization,
            id.0,
            &digest(token.expose())[..],
            now,
            now + LIFETIME,
            by,
            reason,
        )
        .execute(&mut *transaction)
        .await?;
        self.record(&mut transaction, Done::new(AuditAction::InvitationSent).to(id.0, email).with("again", true))
            .await?;
        let invitation = self.select_invitations(&mut transaction, Some(id.0)).await?.pop();
        transaction.commit().await?;
        Ok((invitation.ok_or_else(no_invitation)?, token))
    }

    /// Takes an invitation back. For admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such invitation, or the database is unavailable.
    pub async fn revoke_invitation(&self, id: InvitationId) -> Result<(), CatalogError> {
        self.require(Permission::ManageMembers)?;
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        self.check_actor(&mut transaction).await?;
        let email = sqlx::query_scalar!(
            "DELETE FROM invitations WHERE org_id = $1 AND id = $2 RETURNING email",
            self.context().organization().0,
            id.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(no_invitation)?;
        self.record(&mut transaction, Done::new(AuditAction::InvitationRevoked).to(id.0, email)).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn select_invitations(
        &self,
        transaction: &mut PgTransaction<'static>,
        only: Option<Uuid>,
    ) -> Result<Vec<Invitation>, CatalogError> {
        let organization = self.context().organization().0;
        let rows = sqlx::query!(
            "SELECT id, email, role, invited_by_name, created_at, sent_at, expires_at FROM invitations
            WHERE org_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY email",
            organization,
            only,
        )
        .fetch_all(&mut **transaction)
        .await?;
        let places = sqlx::query!(
            "SELECT place.invitation_id, workspace.id, workspace.name, place.role
            FROM invitation_workspaces AS place
            JOIN workspaces AS workspace ON workspace.org_id = place.org_id AND workspace.id = place.workspace_id
            WHERE place.org_id = $1 AND ($2::uuid IS NULL OR place.invitation_id = $2) ORDER BY workspace.name, workspace.id",
            organization,
            only,
        )
        .fetch_all(&mut **transaction)
        .await?;
        let invitations = rows.into_iter().map(|row| {
            let own = places.iter().filter(|place| place.invitation_id == row.id);
            let workspaces = own.map(|place| {
                let role = WorkspaceRole::parse(&place.role)?;
                Ok(WorkspaceMembership { id: place.id.into(), name: place.name.clone(), role })
            });
            Ok(Invitation {
                workspaces: workspaces.collect::<Result<_, CatalogError>>()?,
                id: row.id.into(),
                email: row.email,
                role: OrgRole::parse(&row.role)?,
                invited_by: row.invited_by_name,
                created_at: row.created_at,
                sent_at: row.sent_at,
                expires_at: row.expires_at,
            })
        });
        invitations.collect()
    }
}

impl Catalog {
    /// What an invitation says to who holds its link.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when it was answered, taken back, sent again or is too old; otherwise when the database is unavailable.
    pub async fn preview_invitation(&self, token: &str) -> Result<InvitationPreview, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let found = self.find_invitation(&mut transaction, token).await?;
        narrow(&mut transaction, Scope::Organization(found.organization)).await?;
        let organization = sqlx::query_scalar!("SELECT name FROM organizations WHERE id = $1", found.organization.0)
            .fetch_one(&mut *transaction)
            .await?;
        narrow(&mut transaction, Scope::Email(&found.email)).await?;
        let has_account = user_by_email(&mut transaction, &found.email).await?.is_some();
        transaction.commit().await?;
        Ok(InvitationPreview {
            organization,
            has_account,
            role: OrgRole::parse(&found.role)?,
            invited_by: found.invited_by,
            email: found.email,
        })
    }

    /// Joins an organisation by the link of an invitation, and goes on in it.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when the invitation was answered, taken back, sent again or is too old; [`CatalogError::SignInFirst`] when
    /// the account that is signed in has another address, or there is one with the address and a new one was to be made;
    /// [`CatalogError::InvalidCredentials`] when the password is wrong or there is no such account; [`CatalogError::Invalid`] when a name or a
    /// password cannot be one; otherwise when the database is unavailable.
    pub async fn accept_invitation(
        &self,
        token: &str,
        acceptance: Acceptance<'_>,
        origin: &Origin,
    ) -> Result<Entry, CatalogError> {
        match acceptance {
            Acceptance::SignedIn(person, session) => {
                let mut transaction = person.begin().await?;
                let email = sqlx::query_scalar!("SELECT email FROM users WHERE id = $1", person.id().0)
                    .fetch_one(&mut *transaction)
                    .await?;
                let found = self.find_invitation(&mut transaction, token).await?;
                if email != found.email {
                    return Err(CatalogError::SignInFirst);
                }
                self.join(&mut transaction, &found, person.id(), origin).await?;
                transaction.commit().await?;
                Ok(Entry::In(Box::new(person.enter(found.organization, session).await?)))
            }
            Acceptance::Password(password) => {
                let email = self.preview_invitation(token).await?.email;
                let (mut transaction, user) = self.check_password(&email, password).await?;
                let found = self.find_invitation(&mut transaction, token).await?;
                self.join(&mut transaction, &found, user, origin).await?;
                narrow(&mut transaction, Scope::User(user)).await?;
                let entry = self.enter_into(&mut transaction, user, found.organization, origin).await?;
                transaction.commit().await?;
                Ok(entry)
            }
            Acceptance::NewAccount { name, password } => {
                let signed_in = self.join_newly(token, name, password, origin).await?;
                Ok(Entry::In(Box::new(signed_in)))
            }
        }
    }

    async fn join_newly(
        &self,
        token: &str,
        name: &str,
        password: &str,
        origin: &Origin,
    ) -> Result<SignedIn, CatalogError> {
        passwords::check_new(password)?;
        // Whoever has no link does not keep the machine hashing.
        self.preview_invitation(token).await?;
        let hash = passwords::hash(self, password).await?;
        let mut transaction = self.begin(Scope::System).await?;
        let found = self.find_invitation(&mut transaction, token).await?;
        let new = NewUser { email: &found.email, name, is_verified: true };
        let user = self.insert_user(&mut transaction, &new).await.map_err(|error| match error {
            CatalogError::Taken(_) => CatalogError::SignInFirst,
            other => other,
        })?;
        insert_password(&mut transaction, user, &hash, self.clock().now()).await?;
        self.join(&mut transaction, &found, user, origin).await?;
        narrow(&mut transaction, Scope::User(user)).await?;
        let signed_in = self.let_into(&mut transaction, user, found.organization, origin).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// The invitation of a token. Leaves the transaction in the scope of the token.
    async fn find_invitation(
        &self,
        transaction: &mut PgTransaction<'static>,
        token: &str,
    ) -> Result<Found, CatalogError> {
        let hash = digest(token);
        narrow(transaction, Scope::Token(&hash)).await?;
        let row = sqlx::query!(
            "SELECT org_id, id, email, role, invited_by_name FROM invitations WHERE token_hash = $1 AND expires_at > $2",
            &hash[..],
            self.clock().now(),
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(CatalogError::LinkExpired)?;
        Ok(Found {
            organization: row.org_id.into(),
            id: row.id,
            email: row.email,
            role: row.role,
            invited_by: row.invited_by_name,
        })
    }

    /// Refuses an invitation of somebody who could not ask anybody any more: what they gave away while they could, they cannot come back by.
    async fn check_inviter(&self, transaction: &mut PgTransaction<'static>, found: &Found) -> Result<(), CatalogError> {
        let inviter = sqlx::query!(
            "SELECT invitation.invited_by, member.role AS \"role?\"
            FROM invitations AS invitation
            LEFT JOIN org_members AS member ON member.org_id = invitation.org_id AND member.user_id = invitation.invited_by
            WHERE invitation.org_id = $1 AND invitation.id = $2",
            found.organization.0,
            found.id,
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(CatalogError::LinkExpired)?;
        let role = inviter.role.as_deref().map(OrgRole::parse).transpose()?;
        let may = inviter.invited_by.is_none() || role.is_some_and(|role| role >= Permission::ManageMembers.least());
        if may { Ok(()) } else { Err(CatalogError::LinkExpired) }
    }

    /// Makes who was invited a member, and uses the invitation up. Leaves the transaction in the scope of the organisation.
    async fn join(
        &self,
        transaction: &mut PgTransaction<'static>,
        found: &Found,
        user: UserId,
        origin: &Origin,
    ) -> Result<(), CatalogError> {
        narrow(transaction, Scope::Organization(found.organization)).await?;
        let (organization, now) = (found.organization.0, self.clock().now());
        let context = TenantContext::of_user(found.organization, user, OrgRole::parse(&found.role)?);
        let tenant = self.tenant(context.coming_from(origin.clone()));
        tenant.lock_organization(transaction).await?;
        self.check_inviter(transaction, found).await?;
        let places = sqlx::query!(
            "SELECT workspace_id, role FROM invitation_workspaces WHERE org_id = $1 AND invitation_id = $2",
            organization,
            found.id,
        )
        .fetch_all(&mut **transaction)
        .await?;
        let used = sqlx::query!("DELETE FROM invitations WHERE org_id = $1 AND id = $2", organization, found.id)
            .execute(&mut **transaction)
            .await?;
        // Somebody else was faster, or it was taken back just now.
        if used.rows_affected() == 0 {
            return Err(CatalogError::LinkExpired);
        }
        tenant.check_room(transaction, Limit::Seats).await?;
        sqlx::query!(
            "INSERT INTO org_members (org_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)",
            organization,
            user.0,
            found.role,
            now,
        )
        .execute(&mut **transaction)
        .await
        .map_err(taken("membership"))?;
        for place in places {
            sqlx::query!(
                "INSERT INTO workspace_members (org_id, workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4, $5)",
                organization,
                place.workspace_id,
                user.0,
                place.role,
                now,
            )
            .execute(&mut **transaction)
            .await?;
        }
        let done = Done::new(AuditAction::MemberJoined).to(user.0, &*found.email).with("role", &*found.role);
        let done = done.with("invited_by", &*found.invited_by);
        tenant.record(transaction, done).await
    }
}

fn no_invitation() -> CatalogError {
    CatalogError::NotFound("invitation")
}
