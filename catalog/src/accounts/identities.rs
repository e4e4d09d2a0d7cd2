//! Signing in through an identity provider (OpenID Connect), such as Google.
//!
//! The provider is asked over HTTP by the server; here is what its answer means. Somebody who comes for the first time is known by their
//! address only if the provider has verified it. If the account's owner has not proved it yet, the account may have been made by
//! somebody else in wait for them: then its password and its sessions end.

use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;

use super::one_time::{OneTimeToken, Purpose, forget_tokens};
use super::sign_up::NewOwner;
use crate::audit::{AuditAction, Done};
use crate::catalog::{Scope, narrow};
use crate::sessions::{normalized, user_by_email};
use crate::{Catalog, CatalogError, Entry, OrgRole, Origin, SignedIn, TenantContext, UserId};

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
    /// What they are called.
    pub name: String,
}

/// What comes of it.
#[derive(Clone, Debug)]
pub enum IdentityEntry {
    /// They have an account.
    Known(Entry),
    /// They have none: this makes one ([`Catalog::complete_identity_sign_up`]).
    New(OneTimeToken),
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

    /// Lets in whom a provider vouches for.
    ///
    /// # Errors
    /// [`CatalogError::NoOrganization`] when they belong to none; otherwise when the database is unavailable.
    pub async fn enter_by_identity(&self, who: &NewIdentity, origin: &Origin) -> Result<IdentityEntry, CatalogError> {
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
            user
        } else {
            narrow(&mut transaction, Scope::Email(&email)).await?;
            let Some(user) = user_by_email(&mut transaction, &email).await? else {
                let token = self.issue(&mut transaction, Purpose::IdentitySignUp, None, who).await?;
                transaction.commit().await?;
                return Ok(IdentityEntry::New(token));
            };
            self.prove_by_identity(&mut transaction, user, who, origin).await?;
            user
        };
        let entry = self.enter_first(&mut transaction, user, origin).await?;
        transaction.commit().await?;
        Ok(IdentityEntry::Known(entry))
    }

    /// Joins an identity to the account that has its address. Leaves the transaction in the scope of the person.
    async fn prove_by_identity(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        who: &NewIdentity,
        origin: &Origin,
    ) -> Result<(), CatalogError> {
        narrow(transaction, Scope::User(user)).await?;
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
        let by = |organization| TenantContext::of_user(organization, user, OrgRole::Viewer).coming_from(origin.clone());
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

    /// Makes an account without a password for whom a provider vouched, with an organisation, its workspace and its first store: all of
    /// it, or nothing.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when the token was used or is too old, [`CatalogError::Taken`] when the person has an account by now;
    /// otherwise when the database is unavailable.
    pub async fn complete_identity_sign_up(
        &self,
        token: &str,
        owner: &NewOwner,
        origin: &Origin,
    ) -> Result<SignedIn, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let who: NewIdentity = self.take(&mut transaction, Purpose::IdentitySignUp, token).await?.payload;
        let user = self.proved_user(&mut transaction, &who.email, &owner.name).await?;
        self.insert_identity(&mut transaction, user, &who.identity).await?;
        let signed_in = self.found_and_enter(&mut transaction, user, &normalized(&who.email), owner, origin).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }
}
