//! What a connection signs in with.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::Failure;

/// Secrets by name, such as `access_token`. Never shown: `Debug` tells the names.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    secrets: BTreeMap<String, SecretString>,
    /// When they must be renewed; `None` when they last until they are taken back.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Credentials {
    /// Credentials with one more secret.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        self.secrets.insert(name.into(), secret.into());
        self
    }

    /// The same, good until then.
    #[must_use]
    pub fn until(self, expires_at: Option<DateTime<Utc>>) -> Self {
        Self { expires_at, ..self }
    }

    /// The secret of that name.
    ///
    /// # Errors
    /// [`Failure::Revoked`] when there is none: the connection has to be made anew.
    pub fn get(&self, name: &str) -> Result<&str, Failure> {
        let secret = self.secrets.get(name).map(ExposeSecret::expose_secret);
        secret.ok_or_else(|| Failure::Revoked { detail: format!("no {name} is kept for this connection") })
    }

    /// The secret of that name, where there is one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&SecretString> {
        self.secrets.get(name)
    }

    /// All secrets, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        self.secrets.iter().map(|(name, secret)| (name.as_str(), secret))
    }

    /// Whether both say the same.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let exposed = |of: &Self| -> Vec<(String, String)> {
            of.iter().map(|(name, secret)| (name.to_owned(), secret.expose_secret().to_owned())).collect()
        };
        exposed(self) == exposed(other)
    }
}

/// Keeps a connection's credentials where all servers see them.
#[async_trait]
pub trait Keyring: Send + Sync + std::fmt::Debug {
    /// What is kept now, renewed first where it is about to expire. However many ask, one renews: providers take renewals that cross each other
    /// for theft.
    ///
    /// # Errors
    /// [`Failure::Revoked`] when the provider does not renew them any more; otherwise when it or the place where they are kept is unavailable.
    async fn current(&self) -> Result<Credentials, Failure>;

    /// What is kept after `refused` was: the provider did not take it, whatever its time says. Renewed, unless somebody did meanwhile.
    ///
    /// # Errors
    /// Those of [`Keyring::current`].
    async fn renewed(&self, refused: &Credentials) -> Result<Credentials, Failure>;
}
