//! A connection's credentials, renewed by one server at a time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{CatalogError, ConnectionId, Renewed, Tenant};
use aloftly_connectors::contract::{App, Calls, Connector, Credentials, Failure, Keyring};
use aloftly_connectors::http::Client;
use aloftly_engine::clock::Clock;
use async_trait::async_trait;
use chrono::TimeDelta;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

/// Credentials are renewed so long before they run out: a request may take its time.
const EARLY: TimeDelta = TimeDelta::minutes(2);

/// So long a renewal may take, while others wait for it.
const WITHIN: Duration = Duration::from_secs(30);

/// The credentials of one connection.
pub struct ConnectionKeyring {
    /// The organisation's rows, for the program itself.
    pub tenant: Tenant,
    /// Whose they are.
    pub connection: ConnectionId,
    /// How they are renewed.
    pub connector: &'static dyn Connector,
    /// Who we are to the provider.
    pub app: Option<App>,
    /// Asks the provider for new ones.
    pub http: Arc<Client>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for ConnectionKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionKeyring").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// Why nothing was renewed.
#[derive(Debug)]
enum NotRenewed {
    Catalog(CatalogError),
    Provider(Failure),
}

impl From<CatalogError> for NotRenewed {
    fn from(error: CatalogError) -> Self {
        Self::Catalog(error)
    }
}

impl From<NotRenewed> for Failure {
    fn from(error: NotRenewed) -> Self {
        match error {
            NotRenewed::Provider(failure) => failure,
            NotRenewed::Catalog(error) => lost(error),
        }
    }
}

/// What the catalog says when it cannot give credentials.
fn lost(error: CatalogError) -> Failure {
    match error {
        CatalogError::NotFound(_) => {
            Failure::Revoked { detail: "the connection has no credentials any more".to_owned() }
        }
        other => Failure::Taker(Box::new(other)),
    }
}

#[async_trait]
impl Keyring for ConnectionKeyring {
    async fn current(&self) -> Result<Credentials, Failure> {
        let kept = self.tenant.connection_credentials(self.connection).await.map_err(lost)?;
        match kept.expires_at {
            Some(end) if end - EARLY <= self.clock.now() => self.renew(kept).await,
            _ => Ok(credentials(kept)),
        }
    }

    async fn renewed(&self, refused: &Credentials) -> Result<Credentials, Failure> {
        self.renew(kept(refused)).await
    }
}

impl ConnectionKeyring {
    async fn renew(&self, stale: Renewed) -> Result<Credentials, Failure> {
        if self.connector.oauth().is_none() {
            return Err(Failure::Revoked { detail: "the provider does not take the keys any more".to_owned() });
        }
        let (tenant, id, connector) = (self.tenant.clone(), self.connection, self.connector);
        let (http, clock, app) = (Arc::clone(&self.http), Arc::clone(&self.clock), self.app.clone());
        // By itself, so that it comes to its end whoever stops waiting: a token that was exchanged and not kept is lost.
        let renewing = tokio::spawn(async move {
            let Some(oauth) = connector.oauth() else { return Err(NotRenewed::Provider(Failure::Stopped)) };
            let renew = |given: Renewed| async move {
                let cancel = CancellationToken::new();
                let calls = Calls { http: &http, cancel: &cancel, clock: &clock, app: app.as_ref() };
                let given = credentials(given);
                let asked = tokio::time::timeout(WITHIN, oauth.refresh(&calls, &given)).await;
                let slow = |_| Failure::Unavailable {
                    detail: "it did not renew our access in time".to_owned(),
                    retry_after: None,
                };
                Ok::<_, NotRenewed>(kept(&asked.map_err(slow).flatten().map_err(NotRenewed::Provider)?))
            };
            tenant.renew_credentials(id, &stale, renew).await
        });
        let renewed = renewing.await.map_err(|error| Failure::Taker(Box::new(error)))??;
        Ok(credentials(renewed))
    }
}

/// As connectors know them.
pub fn credentials(kept: Renewed) -> Credentials {
    let none = Credentials::default().until(kept.expires_at);
    kept.secrets.into_iter().fold(none, |all, (name, secret)| all.with(name, secret))
}

/// As the catalog keeps them.
pub fn kept(credentials: &Credentials) -> Renewed {
    let secrets = credentials.iter().map(|(name, secret)| (name.to_owned(), SecretString::clone(secret)));
    Renewed { secrets: secrets.collect(), expires_at: credentials.expires_at }
}
