//! Signing in through an identity provider (OpenID Connect), such as Google.
//!
//! The provider is asked over HTTP by the server; here is what its answer means. Somebody who comes for the first time is known by their
//! address only if the provider has verified it, and only if it runs that address: of others it knows whose they were once, and they may have
//! become somebody else's since. Those come in another way first, and join the identity to their account as who they are. If the account's
//! owner has not proved the address yet, the account may have been made by somebody else in wait for them: then its password and its sessions
//! end. Its second factor stays: what a provider says never stands in for one.

use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;

use super::one_time::{OneTimeToken, Purpose, forget_tokens};
use super::sign_up::NewOwner;
use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::provision::NewUser;
use crate::sessions::{normalized, user_by_email};
use crate::{Catalog, CatalogError, Entry, OrgRole, Origin, TenantContext, UserId};

/// Who somebody is to a provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Identity {
    /// The provider, such as `https://accounts.google.com`.
    pub issuer: String,
    /// The person, as the provider names them for good.
    pub subject: String,
}

/// What a provider says of somebody who signed in there just now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct NewIdentity {
    /// Who.
    pub identity: Identity,
    /// Their address, which the provider has verified.
    pub email: String,
    /// Whether the provider runs that address, so that it is nobody else's.
    #[serde(default)]
    pub runs_email: bool,
    /// What they are called.
    pub name: String,
}

/// What comes of it.
#[derive(Clone, Debug)]
pub enum IdentityEntry {
    /// They have an account.
    Known(Entry),
    /// They belong to no organisation: this makes one, and an account to those who have none ([`Catalog::complete_identity_sign_up`]).
    New(OneTimeToken),
    /// There is an account with the address, and it is not certain that it is theirs: they have to sign in otherwise first.
    Other,
    /// There is none, and it is not certain that the address is theirs: they have to prove it by mail first.
    Unproved,
}

impl Catalog {
    /// Keeps what is needed when somebody comes back from a provider. The answer is what they have to bring with them.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn leave_for_provider<T: Serialize + Sync>(&self, kept: &T) -> Result<OneTimeToken, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let token = self.issue(&mut transaction, Purpose::IdentityState, None, kept).await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// What was kept for who comes back: once.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when they were back before, or it took them too long; otherwise when the database is unavailable.
    pub async fn back_from_provider<T: serde::de::DeserializeOwned>(&self, state: &str) -> Result<T, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let kept = self.take(&mut transaction, Purpose::IdentityState, state).await?.payload;
        transaction.commit().await?;
        Ok(kept)
    }

    /// Keeps what is needed when somebody comes back from a provider that they connect. The answer is what the provider has to send along.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn leave_to_connect<T: Serialize + Sync>(
        &self,
        user: UserId,
        kept: &T,
    ) -> Result<OneTimeToken, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let token = self.issue(&mut transaction, Purpose::ConnectionState, Some(user), kept).await?;
        transaction.commit().await?;
        Ok(token)
    }

    /// What was kept for who comes back, and who left: once.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when they were back before, or it took them too long; otherwise when the database is unavailable.
    pub async fn back_to_connect<T: serde::de::DeserializeOwned>(
        &self,
        state: &str,
    ) -> Result<(Option<UserId>, T), CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let kept = self.take(&mut transaction, Purpose::ConnectionState, state).await?;
        transaction.commit().await?;
        Ok((kept.user, kept.payload))
    }

    /// Lets in whom a provider vouches for. `signed_in` is who they are already.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn enter_by_identity(
        &self,
        who: &NewIdentity,
        signed_in: Option<UserId>,
        origin: &Origin,
    ) -> Result<IdentityEntry, CatalogError> {
        let email = normalized(&who.email);
        let mut transaction = self.begin(Scope::Identity(&who.identity)).await?;
        let Identity { issuer, subject } = &who.identity;
        let known = sqlx::query_scalar!(
            "SELECT user_id FROM user_identities WHERE issuer = $1 AND subject = $2",
            issuer,
            subject,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let user = if let Some(user) = known.map(UserId) {
            narrow(&mut transaction, Scope::User(user)).await?;
            Some(user)
        } else {
            narrow(&mut transaction, Scope::Email(&email)).await?;
            let user = user_by_email(&mut transaction, &email).await?;
            if let Some(user) = user {
                narrow(&mut transaction, Scope::User(user)).await?;
                let is_oneself = signed_in == Some(user);
                if !is_oneself && (!who.runs_email || has_identity(&mut transaction, user, &who.identity).await?) {
                    return Ok(IdentityEntry::Other);
                }
                self.prove_by_identity(&mut transaction, user, who).await?;
            }
            user
        };
        let entry = match user {
            Some(user) if belongs_somewhere(&mut transaction, user).await? => {
                IdentityEntry::Known(self.enter_first(&mut transaction, user, origin).await?)
            }
            None if !who.runs_email => return Ok(IdentityEntry::Unproved),
            _ => IdentityEntry::New(self.issue(&mut transaction, Purpose::IdentitySignUp, user, who).await?),
        };
        transaction.commit().await?;
        Ok(entry)
    }

    /// Joins an identity to the account that has its address; in the scope of the person.
    async fn prove_by_identity(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        who: &NewIdentity,
    ) -> Result<(), CatalogError> {
        let now = self.clock().now();
        let proved_just_now = sqlx::query!(
            "UPDATE users SET email_verified_at = $2 WHERE id = $1 AND email_verified_at IS NULL",
            user.0,
            now,
        )
        .execute(&mut **transaction)
        .await?;
        if proved_just_now.rows_affected() > 0 {
            sqlx::query!("DELETE FROM user_passwords WHERE user_id = $1", user.0).execute(&mut **transaction).await?;
            sqlx::query!("DELETE FROM sessions WHERE user_id = $1", user.0).execute(&mut **transaction).await?;
            forget_tokens(transaction, user).await?;
        }
        self.insert_identity(transaction, user, &who.identity).await?;
        let done = Done::new(AuditAction::IdentityLinked).with("issuer", &*who.identity.issuer);
        // From where is no business of all the organisations that they belong to.
        let by = |organization| TenantContext::of_user(organization, user, OrgRole::Viewer);
        self.record_wherever(transaction, user, &done, by).await?;
        narrow(transaction, Scope::User(user)).await
    }

    /// In the scope of the person. Another identity of the same provider takes the place of the one before.
    async fn insert_identity(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        identity: &Identity,
    ) -> Result<(), CatalogError> {
        sqlx::query!("DELETE FROM user_identities WHERE user_id = $1 AND issuer = $2", user.0, identity.issuer)
            .execute(&mut **transaction)
            .await?;
        sqlx::query!(
            "INSERT INTO user_identities (issuer, subject, user_id, created_at) VALUES ($1, $2, $3, $4)",
            identity.issuer,
            identity.subject,
            user.0,
            self.clock().now(),
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    /// Whom a token of [`IdentityEntry::New`] was given to.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when it was used or is too old; otherwise when the database is unavailable.
    pub async fn identity_signing_up(&self, token: &str) -> Result<NewIdentity, CatalogError> {
        self.peek(Purpose::IdentitySignUp, token).await
    }

    /// Makes an organisation with a workspace and its first store for whom a provider vouched, and an account without a password to those who
    /// have none: all of it, or nothing.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when the token was used or is too old, [`CatalogError::Taken`] when the person has an account by now;
    /// otherwise when the database is unavailable.
    pub async fn complete_identity_sign_up(
        &self,
        token: &str,
        owner: &NewOwner,
        origin: &Origin,
    ) -> Result<Entry, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let taken = self.take::<NewIdentity>(&mut transaction, Purpose::IdentitySignUp, token).await?;
        let who = taken.payload;
        let user = match taken.user {
            Some(user) => {
                narrow(&mut transaction, Scope::User(user)).await?;
                if belongs_somewhere(&mut transaction, user).await? {
                    return Err(CatalogError::Taken("email"));
                }
                user
            }
            None => {
                let new = NewUser { email: &normalized(&who.email), name: &owner.name, is_verified: true };
                let user = self.insert_user(&mut transaction, &new).await?;
                self.insert_identity(&mut transaction, user, &who.identity).await?;
                user
            }
        };
        let email =
            sqlx::query_scalar!("SELECT email FROM users WHERE id = $1", user.0).fetch_one(&mut *transaction).await?;
        let entry = self.found_and_enter(&mut transaction, user, &email, owner, origin).await?;
        transaction.commit().await?;
        Ok(entry)
    }
}

/// Whether a person has an identity of that provider; in their scope.
async fn has_identity(
    transaction: &mut PgTransaction<'static>,
    user: UserId,
    identity: &Identity,
) -> Result<bool, CatalogError> {
    let has = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM user_identities WHERE user_id = $1 AND issuer = $2) AS "has!""#,
        user.0,
        identity.issuer,
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(has)
}

/// Whether a person belongs to an organisation; in their scope.
async fn belongs_somewhere(transaction: &mut PgTransaction<'static>, user: UserId) -> Result<bool, CatalogError> {
    let belongs =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM org_members WHERE user_id = $1) AS "belongs!""#, user.0)
            .fetch_one(&mut **transaction)
            .await?;
    Ok(belongs)
}
