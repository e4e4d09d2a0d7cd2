//! Where a database is and as whom to come to it, without showing the password.

use std::fmt;

use sqlx::postgres::PgConnectOptions;

use crate::CatalogError;

/// A database and a role on it.
#[derive(Clone)]
pub struct Endpoint(PgConnectOptions);

impl Endpoint {
    /// From `postgres://user:password@host:port/database?sslmode=...`.
    ///
    /// # Errors
    /// When that is not a URL of that kind. The URL is not repeated in the error.
    pub fn from_url(url: &str) -> Result<Self, CatalogError> {
        let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let options = is_postgres.then(|| url.parse().ok()).flatten();
        options.map(Self).ok_or_else(|| CatalogError::Invalid {
            field: "database url",
            reason: "it must look like postgres://user:password@host:port/database".to_owned(),
        })
    }

    pub(crate) fn from_options(options: PgConnectOptions) -> Self {
        Self(options)
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.0
    }

    /// The same role on another database of the same server.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        Self(self.0.clone().database(name))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.0.get_database().unwrap_or_else(|| self.0.get_username());
        match self.0.get_socket() {
            Some(socket) => write!(f, "{}@{}/{database}", self.0.get_username(), socket.display()),
            None => write!(f, "{}@{}:{}/{database}", self.0.get_username(), self.0.get_host(), self.0.get_port()),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}
