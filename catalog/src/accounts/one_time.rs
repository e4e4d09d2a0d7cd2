//! Tokens that are good for one thing, once.

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;

use crate::catalog::{Scope, narrow};
use crate::secrets::{self, digest};
use crate::{Catalog, CatalogError, UserId};

/// What somebody is sent, or their browser is given, to go on with. Shown once, never kept, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeToken(String);

impl OneTimeToken {
    pub(crate) fn new() -> Result<Self, CatalogError> {
        secrets::random().map(Self)
    }

    /// The token itself: 43 characters that a cookie and an address take as they are.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeToken(hidden)")
    }
}

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To make the account and the organisation that somebody asked for.
    SignUp,
    /// To sign in by a link.
    SignIn,
    /// To give oneself another password.
    PasswordReset,
    /// To prove that an address is one's own.
    Verification,
    /// To show the second factor.
    SecondFactor,
    /// To go on from an identity provider's answer.
    IdentityState,
    /// To make an account for whom an identity provider vouches.
    IdentitySignUp,
    /// To connect a source, once its provider has sent the browser back.
    ConnectionState,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::SignIn => "sign_in",
            Self::PasswordReset => "password_reset",
            Self::Verification => "verification",
            Self::SecondFactor => "second_factor",
            Self::IdentityState => "identity_state",
            Self::IdentitySignUp => "identity_sign_up",
            Self::ConnectionState => "connection_state",
        }
    }

    /// How long it can be used.
    const fn lifetime(self) -> TimeDelta {
        match self {
            Self::SignUp | Self::Verification => TimeDelta::hours(24),
            Self::PasswordReset | Self::IdentitySignUp => TimeDelta::hours(1),
            Self::SignIn => TimeDelta::minutes(15),
            Self::SecondFactor | Self::IdentityState => TimeDelta::minutes(10),
            Self::ConnectionState => TimeDelta::minutes(30),
        }
    }
}

/// What a token carries that says nothing but whose it is.
#[derive(Deserialize, Serialize)]
pub(crate) struct Nothing {}

/// What a token stood for.
#[derive(Debug)]
pub(crate) struct OneTime<T> {
    pub(crate) user: Option<UserId>,
    pub(crate) payload: T,
}

impl Catalog {
    /// A new token. Leaves the transaction in a scope of its own.
    pub(crate) async fn issue<T: Serialize + Sync>(
        &self,
        transaction: &mut PgTransaction<'static>,
        purpose: Purpose,
        user: Option<UserId>,
        payload: &T,
    ) -> Result<OneTimeToken, CatalogError> {
        let token = OneTimeToken::new()?;
        let hash = digest(token.expose());
        let payload = serde_json::to_value(payload).map_err(|error| CatalogError::corrupt("a token", error))?;
        let now = self.clock().now();
        narrow(transaction, Scope::Token(&hash)).await?;
        sqlx::query!(
            "INSERT INTO one_time_tokens (id, purpose, token_hash, user_id, payload, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)",
            self.clock().new_id(),
            purpose.as_str(),
            &hash[..],
            user.map(|user| user.0),
            payload,
            now,
            now + purpose.lifetime(),
        )
        .execute(&mut **transaction)
        .await?;
        Ok(token)
    }

    /// Uses a token up, when the transaction ends well. Leaves it in a scope of its own.
    pub(crate) async fn take<T: DeserializeOwned>(
        &self,
        transaction: &mut PgTransaction<'static>,
        purpose: Purpose,
        token: &str,
    ) -> Result<OneTime<T>, CatalogError> {
        let hash = digest(token);
        narrow(transaction, Scope::Token(&hash)).await?;
        let row = sqlx::query!(
            "DELETE FROM one_time_tokens WHERE token_hash = $1 AND purpose = $2 RETURNING user_id, payload, expires_at",
            &hash[..],
            purpose.as_str(),
        )
        .fetch_optional(&mut **transaction)
        .await?;
        let row = row.filter(|row| self.is_to_come(row.expires_at)).ok_or(CatalogError::LinkExpired)?;
        let payload = serde_json::from_value(row.payload).map_err(|error| CatalogError::corrupt("a token", error))?;
        Ok(OneTime { user: row.user_id.map(UserId), payload })
    }

    /// What a token stands for, without using it up.
    pub(crate) async fn peek<T: DeserializeOwned>(&self, purpose: Purpose, token: &str) -> Result<T, CatalogError> {
        let hash = digest(token);
        let mut transaction = self.begin(Scope::Token(&hash)).await?;
        let row = sqlx::query!(
            "SELECT payload, expires_at FROM one_time_tokens WHERE token_hash = $1 AND purpose = $2",
            &hash[..],
            purpose.as_str(),
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let row = row.filter(|row| self.is_to_come(row.expires_at)).ok_or(CatalogError::LinkExpired)?;
        serde_json::from_value(row.payload).map_err(|error| CatalogError::corrupt("a token", error))
    }

    fn is_to_come(&self, end: DateTime<Utc>) -> bool {
        end > self.clock().now()
    }

    /// Forgets tokens that nobody can use any more, and says how many those were.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn sweep_tokens(&self) -> Result<u64, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let swept = sqlx::query!("DELETE FROM one_time_tokens WHERE expires_at <= $1", self.clock().now())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(swept.rows_affected())
    }
}

/// Makes everything that a person was sent worth nothing; in their scope.
pub(crate) async fn forget_tokens(transaction: &mut PgTransaction<'static>, user: UserId) -> Result<(), CatalogError> {
    sqlx::query!("DELETE FROM one_time_tokens WHERE user_id = $1", user.0).execute(&mut **transaction).await?;
    Ok(())
}
