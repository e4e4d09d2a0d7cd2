//! Making an account of one's own, with an organisation and its first store.
//!
//! Nothing is made before the address is proved: what was asked for waits in the token of the link. So nobody can take an address that
//! is not theirs, and the answer to who asks is the same whether it has an account or not.

use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;

use super::one_time::{OneTimeToken, Purpose};
use crate::catalog::{Scope, narrow};
use crate::plans::Tier;
use crate::provision::{Founding, NewUser, checked_email};
use crate::sessions::{normalized, user_by_email};
use crate::stores::{check_currency, checked_name};
use crate::{Catalog, CatalogError, NewStore, Origin, SignedIn, SystemContext, UserId, passwords};

/// The workspace that every organisation begins with.
const FIRST_WORKSPACE: &str = "Main";

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
    /// What they will sign in with.
    pub password: String,
    /// Who they are, and what they need to begin.
    pub owner: NewOwner,
}

/// What is to be sent to who asked for an account.
#[derive(Clone, Debug)]
pub enum SignUpBegun {
    /// A link that makes the account.
    Link(OneTimeToken),
    /// That they have one.
    HasAccount {
        /// What they are called.
        name: String,
    },
}

/// What waits for the link to be followed.
#[derive(Deserialize, Serialize)]
struct Waiting {
    email: String,
    password_hash: String,
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
        let checks =
            [("/email", checked_email(&self.email).map(drop)), ("/password", passwords::check_new(&self.password))];
        let own = checks.into_iter().filter_map(|(place, check)| Some((place, reason(check.err()?))));
        own.chain(self.owner.problems()).collect()
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
    /// When the address or the password cannot be one, or the database is unavailable.
    pub async fn begin_sign_up(&self, new: &NewAccount) -> Result<SignUpBegun, CatalogError> {
        let email = checked_email(&new.email)?;
        passwords::check_new(&new.password)?;
        let password_hash = passwords::hash(self, &new.password).await?;
        let mut transaction = self.begin(Scope::Email(&email)).await?;
        if let Some(name) = member_called(&mut transaction, &email).await? {
            return Ok(SignUpBegun::HasAccount { name });
        }
        let waiting = Waiting { email, password_hash, owner: new.owner.clone() };
        let token = self.issue(&mut transaction, Purpose::SignUp, None, &waiting).await?;
        transaction.commit().await?;
        Ok(SignUpBegun::Link(token))
    }

    /// Makes the account that the link was sent for, with an organisation, its workspace and its first store: all of it, or nothing.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] when it was used or is too old, [`CatalogError::Taken`] when the person has an account by now; otherwise
    /// when the database is unavailable.
    pub async fn complete_sign_up(&self, token: &str, origin: &Origin) -> Result<SignedIn, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let waiting: Waiting = self.take(&mut transaction, Purpose::SignUp, token).await?.payload;
        let user = self.proved_user(&mut transaction, &waiting.email, &waiting.owner.name).await?;
        // Whoever follows the link chose the password; another one that the account had may be somebody else's.
        let nobody = |organization| SystemContext::new(organization, "an account was made").into();
        self.renew_password(&mut transaction, user, &waiting.password_hash, None, nobody).await?;
        let signed_in = self.found_and_enter(&mut transaction, user, &waiting.email, &waiting.owner, origin).await?;
        transaction.commit().await?;
        Ok(signed_in)
    }

    /// The person with that address, which was just proved to be theirs. Leaves the transaction in their scope.
    ///
    /// # Errors
    /// [`CatalogError::Taken`] when they belong to an organisation.
    pub(super) async fn proved_user(
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
        sqlx::query!(
            "UPDATE users SET email_verified_at = coalesce(email_verified_at, $2) WHERE id = $1",
            user.0,
            self.clock().now(),
        )
        .execute(&mut **transaction)
        .await?;
        Ok(user)
    }

    /// Makes somebody's organisation and lets them into it.
    pub(super) async fn found_and_enter(
        &self,
        transaction: &mut PgTransaction<'static>,
        user: UserId,
        email: &str,
        owner: &NewOwner,
        origin: &Origin,
    ) -> Result<SignedIn, CatalogError> {
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
        self.let_into(transaction, user, made.organization, origin).await
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
