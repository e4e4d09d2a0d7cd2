//! Credentials that run out, renewed by one at a time.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{CatalogError, ConnectionId, Tenant, WorkspacePermission};

/// Credentials by name, and when they must be renewed.
#[derive(Clone, Debug, Default)]
pub struct Renewed {
    /// By name.
    pub secrets: Vec<(String, SecretString)>,
    /// When they must be renewed; `None` when they last until they are taken back.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Renewed {
    fn says_the_same(&self, other: &Self) -> bool {
        let exposed = |of: &Self| -> Vec<(String, String)> {
            of.secrets.iter().map(|(name, secret)| (name.clone(), secret.expose_secret().to_owned())).collect()
        };
        exposed(self) == exposed(other)
    }
}

impl Tenant {
    /// What a connection signs in with now. For the program itself.
    ///
    /// # Errors
    /// Those of [`Tenant::reveal_credentials`].
    pub async fn connection_credentials(&self, id: ConnectionId) -> Result<Renewed, CatalogError> {
        let mut transaction = self.begin().await?;
        let expires_at = sqlx::query_scalar!(
            "SELECT credentials_expire_at FROM connections WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::NotFound("connection"))?;
        let secrets = self.reveal_in(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(Renewed { secrets, expires_at })
    }

    /// Renews what a connection signs in with, unless somebody did since `stale` was read: providers take renewals that cross each other for
    /// theft, so whoever comes second waits for the first and takes what it got. For the program itself.
    ///
    /// `renew` is called while the connection's row is locked; it must end within seconds. What it answers is kept before anybody uses it.
    ///
    /// # Errors
    /// What `renew` says, or [`Tenant::reveal_credentials`], or the keeping of what was renewed.
    pub async fn renew_credentials<E, F>(
        &self,
        id: ConnectionId,
        stale: &Renewed,
        renew: impl FnOnce(Renewed) -> F + Send,
    ) -> Result<Renewed, E>
    where
        E: From<CatalogError>,
        F: Future<Output = Result<Renewed, E>> + Send,
    {
        let mut transaction = self.begin().await?;
        self.lock_connection(&mut transaction, id, WorkspacePermission::Import).await?;
        let expires_at = sqlx::query_scalar!(
            "SELECT credentials_expire_at FROM connections WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0,
        )
        .fetch_one(&mut *transaction)
        .await
        .map_err(CatalogError::from)?;
        let kept = Renewed { secrets: self.reveal_in(&mut transaction, id).await?, expires_at };
        if !kept.says_the_same(stale) {
            return Ok(kept);
        }
        let renewed = renew(kept).await?;
        let secrets: Vec<_> = renewed.secrets.iter().map(|(name, secret)| (name.as_str(), secret.clone())).collect();
        self.seal_credentials(&mut transaction, id, &secrets).await?;
        sqlx::query!(
            "UPDATE connections SET credentials_expire_at = $3 WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            id.0,
            renewed.expires_at,
        )
        .execute(&mut *transaction)
        .await
        .map_err(CatalogError::from)?;
        transaction.commit().await.map_err(CatalogError::from)?;
        Ok(renewed)
    }
}
