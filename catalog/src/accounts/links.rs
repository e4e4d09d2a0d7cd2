//! Links that are sent to a person's address: to sign in, to choose another password, to prove that the address is theirs.

use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;

use super::one_time::{OneTimeToken, Purpose};
use crate::catalog::{Scope, narrow};
use crate::sessions::{normalized, user_by_email};
use crate::{Catalog, CatalogError, Entry, OrgRole, Origin, Person, TenantContext, UserId, passwords};

/// What is to be sent to somebody.
#[derive(Clone, Debug)]
pub struct Link {
    /// To whom.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// What the link carries.
    pub token: OneTimeToken,
}

/// The address that a link was sent to: it proves that, and nothing else.
#[derive(Deserialize, Serialize)]
struct SentTo {
    email: String,
}

impl Catalog {
    /// A link to sign in with, for who has that address; nothing when nobody has.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn sign_in_link(&self, email: &str) -> Result<Option<Link>, CatalogError> {
        self.link(email, Purpose::SignIn).await
    }

    /// A link to choose another password with, for who has that address; nothing when nobody has.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn password_reset_link(&self, email: &str) -> Result<Option<Link>, CatalogError> {
        self.link(email, Purpose::PasswordReset).await
    }

    async fn link(&self, email: &str, purpose: Purpose) -> Result<Option<Link>, CatalogError> {
        let email = normalized(email);
        let mut transaction = self.begin(Scope::Email(&email)).await?;
        let Some(user) = user_by_email(&mut transaction, &email).await? else { return Ok(None) };
        narrow(&mut transaction, Scope::User(user)).await?;
        let link = self.issue_link(&mut transaction, user, purpose).await?;
        transaction.commit().await?;
        Ok(Some(link))
    }

    /// In the scope of the person.
    async fn issue_link(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        purpose: Purpose,
    ) -> Result<Link, CatalogError> {
        let row =
            sqlx::query!("SELECT email, name FROM users WHERE id = $1", user.0).fetch_one(&mut **transaction).await?;
        let sent_to = SentTo { email: row.email };
        let token = self.issue(transaction, purpose, Some(user), &sent_to).await?;
        Ok(Link { email: sent_to.email, name: row.name, token })
    }

    /// Signs in whom the link was sent to.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when it was used or is too old, [`CatalogError::NoOrganization`] when they belong to none; otherwise when
    /// the database is unavailable.
    pub async fn redeem_sign_in(&self, token: &str, origin: &Origin) -> Result<Entry, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let user = self.redeem(&mut transaction, Purpose::SignIn, token).await?;
        let entry = self.enter_first(&mut transaction, user, origin).await?;
        transaction.commit().await?;
        Ok(entry)
    }

    /// Gives whom the link was sent to another password, and ends all their sessions.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when it was used or is too old, [`CatalogError::Invalid`] when the password is too short or too long;
    /// otherwise when the database is unavailable.
    pub async fn redeem_password_reset(&self, token: &str, password: &str) -> Result<(), CatalogError> {
        passwords::check_new(password)?;
        // Whoever has no link does not keep the machine hashing.
        self.peek::<SentTo>(Purpose::PasswordReset, token).await?;
        let hash = passwords::hash(self, password).await?;
        let mut transaction = self.begin(Scope::System).await?;
        let user = self.redeem(&mut transaction, Purpose::PasswordReset, token).await?;
        // From where is no business of all the organisations that they belong to.
        let by = |organization| TenantContext::of_user(organization, user, OrgRole::Viewer);
        self.renew_password(&mut transaction, user, &hash, None, by).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Believes that the address which the link was sent to is the person's.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when it was used or is too old; otherwise when the database is unavailable.
    pub async fn redeem_verification(&self, token: &str) -> Result<(), CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        self.redeem(&mut transaction, Purpose::Verification, token).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Who reads the mail that a link came with has that address. Leaves the transaction in the scope of the person.
    async fn redeem(
        &self,
        transaction: &mut PgTransaction<'static>,
        purpose: Purpose,
        token: &str,
    ) -> Result<UserId, CatalogError> {
        let taken = self.take::<SentTo>(transaction, purpose, token).await?;
        let user = taken.user.ok_or(CatalogError::LinkExpired)?;
        narrow(transaction, Scope::User(user)).await?;
        let verified = sqlx::query!(
            "UPDATE users SET email_verified_at = coalesce(email_verified_at, $3) WHERE id = $1 AND email = $2",
            user.0,
            taken.payload.email,
            self.clock().now(),
        )
        .execute(&mut **transaction)
        .await?;
        if verified.rows_affected() == 0 { Err(CatalogError::LinkExpired) } else { Ok(user) }
    }
}

impl Person {
    /// A link that proves that their address is theirs; nothing when that is known.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn verification_link(&self) -> Result<Option<Link>, CatalogError> {
        let mut transaction = self.begin().await?;
        let verified = sqlx::query_scalar!("SELECT email_verified_at FROM users WHERE id = $1", self.id().0)
            .fetch_one(&mut *transaction)
            .await?;
        if verified.is_some() {
            return Ok(None);
        }
        let link = self.catalog().issue_link(&mut transaction, self.id(), Purpose::Verification).await?;
        transaction.commit().await?;
        Ok(Some(link))
    }
}
