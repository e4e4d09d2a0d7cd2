//! Making an account of one's own, with an organisation and its first store.
//!
//! Nothing is made before the address is proved: what was asked for waits in the token of the link. So nobody can take an address that
//! is not theirs, and the answer to who asks is the same whether it has an account or not. The password is chosen by who follows the link,
//! since whoever asked may be somebody else.

use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;

use super::one_time::{OneTimeToken, Purpose};
use crate::catalog::{Scope, narrow};
use crate::plans::Tier;
use crate::provision::{Founding, NewUser, checked_email};
use crate::sessions::{normalized, user_by_email};
use crate::stores::{check_currency, checked_name};
use crate::{Catalog, CatalogError, Entry, NewStore, Origin, SystemContext, UserId, passwords};

/// The workspace that every organisation begins with.
pub const FIRST_WORKSPACE: &str = "Main";

/// An organisation that somebody makes for themselves.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct NewOwner {
    /// What they are called.
    pub name: String,
    /// What their organisation is called.
    pub organization: String,
    /// Their first store.
    pub store: NewStore,
    /// What they begin with; whoever asks does not say.
    pub plan: Tier,
}

/// An account that somebody asks for.
#[derive(Clone)]
pub struct NewAccount {
    /// Their address.
    pub email: String,
    /// Who they are, and what they need to begin.
    pub owner: NewOwner,
}

/// What is to be sent to who asked for an account.
#[derive(Clone, Debug)]
pub enum SignUpBegun {
    /// A link that makes the account.
    Link {
        /// Their address, as it will be kept.
        email: String,
        /// What the link carries.
        token: OneTimeToken,
    },
    /// That they have one.
    HasAccount {
        /// Its address.
        email: String,
        /// What they are called.
        name: String,
    },
}

/// What waits for the link to be followed.
#[derive(Deserialize, Serialize)]
struct Waiting {
    email: String,
    owner: NewOwner,
}

impl NewOwner {
    /// Everything that cannot be kept of it: which field, and why.
    #[must_use]
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let checks = [
            ("/name", checked_name("name", &self.name).map(drop)),
            ("/organization", checked_name("organization", &self.organization).map(drop)),
            ("/store/name", checked_name("store name", &self.store.name).map(drop)),
            ("/store/currency", check_currency(&self.store.currency)),
        ];
        checks.into_iter().filter_map(|(place, check)| Some((place, reason(check.err()?)))).collect()
    }
}

impl NewAccount {
    /// Everything that cannot be kept of it: which field, and why.
    #[must_use]
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let email = checked_email(&self.email).err().map(|error| ("/email", reason(error)));
        email.into_iter().chain(self.owner.problems()).collect()
    }
}

fn reason(error: CatalogError) -> String {
    match error {
        CatalogError::Invalid { reason, .. } => reason,
        other => other.to_string(),
    }
}

impl Catalog {
    /// What to send to who asked for an account. Those who belong to no organisation any more get a link that makes them one.
    ///
    /// # Errors
    /// When that cannot be an address, or the database is unavailable.
    pub async fn begin_sign_up(&self, new: &NewAccount) -> Result<SignUpBegun, CatalogError> {
        let email = checked_email(&new.email)?;
        let mut transaction = self.begin(Scope::Email(&email)).await?;
        if let Some(name) = member_called(&mut transaction, &email).await? {
            return Ok(SignUpBegun::HasAccount { email, name });
        }
        let waiting = Waiting { email, owner: new.owner.clone() };
        let token = self.issue(&mut transaction, Purpose::SignUp, None, &waiting).await?;
        transaction.commit().await?;
        Ok(SignUpBegun::Link { email: waiting.email, token })
    }

    /// Makes the account that the link was sent for, with an organisation, its workspace and its first store: all of it, or nothing.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when it was used or is too old, [`CatalogError::Taken`] when the person has an account by now,
    /// [`CatalogError::Invalid`] when the password is too short or too long; otherwise when the database is unavailable.
    pub async fn complete_sign_up(&self, token: &str, password: &str, origin: &Origin) -> Result<Entry, CatalogError> {
        passwords::check_new(password)?;
        // Whoever has no link does not keep the machine hashing.
        self.peek::<Waiting>(Purpose::SignUp, token).await?;
        let hash = passwords::hash(self, password).await?;
        let mut transaction = self.begin(Scope::System).await?;
        let waiting: Waiting = self.take(&mut transaction, Purpose::SignUp, token).await?.payload;
        let user = self.proved_user(&mut transaction, &waiting.email, &waiting.owner.name).await?;
        // As by a link to choose another one: whoever follows it reads the mail of the address.
        let nobody = |organization| SystemContext::new(organization, "an account was made").into();
        self.renew_password(&mut transaction, user, &hash, None, nobody).await?;
        let entry = self.found_and_enter(&mut transaction, user, &waiting.email, &waiting.owner, origin).await?;
        transaction.commit().await?;
        Ok(entry)
    }

    /// The person with that address, which was just proved to be theirs. Leaves the transaction in their scope.
    ///
    /// # Errors
    /// [`CatalogError::Taken`] when they belong to an organisation.
    async fn proved_user(
        &self,
        transaction: &mut PgTransaction<'static>,
        email: &str,
        name: &str,
    ) -> Result<UserId, CatalogError> {
        let email = normalized(email);
        narrow(transaction, Scope::Email(&email)).await?;
        if member_called(transaction, &email).await?.is_some() {
            return Err(CatalogError::Taken("email"));
        }
        narrow(transaction, Scope::Email(&email)).await?;
        let Some(user) = user_by_email(transaction, &email).await? else {
            return self.insert_user(transaction, &NewUser { email: &email, name, is_verified: true }).await;
        };
        narrow(transaction, Scope::User(user)).await?;
        // Whoever had the address before may have left a way in.
        sqlx::query!("DELETE FROM user_identities WHERE user_id = $1", user.0).execute(&mut **transaction).await?;
        sqlx::query!(
            "UPDATE users SET email_verified_at = coalesce(email_verified_at, $2) WHERE id = $1",
            user.0,
            self.clock().now(),
        )
        .execute(&mut **transaction)
        .await?;
        Ok(user)
    }

    /// Makes somebody's organisation and lets them into it; where they have a second factor, once they have shown it.
    pub(super) async fn found_and_enter(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        email: &str,
        owner: &NewOwner,
        origin: &Origin,
    ) -> Result<Entry, CatalogError> {
        let founding = Founding {
            name: &owner.organization,
            plan: owner.plan,
            workspace: FIRST_WORKSPACE,
            owner: user,
            owner_email: email,
            stores: std::slice::from_ref(&owner.store),
        };
        let made = self.found(transaction, &founding).await?;
        narrow(transaction, Scope::User(user)).await?;
        self.enter_into(transaction, user, made.organization, origin).await
    }
}

/// What the person with that address is called, if they belong to an organisation; in the scope of the address, which the transaction has
/// no more afterwards.
async fn member_called(transaction: &mut PgTransaction<'static>, email: &str) -> Result<Option<String>, CatalogError> {
    let Some(user) = user_by_email(transaction, email).await? else { return Ok(None) };
    narrow(transaction, Scope::User(user)).await?;
    let name = sqlx::query_scalar!(
        "SELECT name FROM users WHERE id = $1 AND EXISTS (SELECT FROM org_members AS member WHERE member.user_id = users.id)",
        user.0,
    )
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(name)
}
