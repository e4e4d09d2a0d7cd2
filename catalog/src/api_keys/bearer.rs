//! From a token to leave to act.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{ApiKeyToken, may_make};
use crate::catalog::Scope;
use crate::secrets::digest;
use crate::sessions::SEEN;
use crate::{
    ApiKeyId, Catalog, CatalogError, KeyScopes, OrgRole, OrganizationId, Origin, ReadableStore, TenantContext,
    WorkspaceId, WorkspacePermission,
};

/// A program that has shown its key.
#[derive(Clone, Debug)]
pub struct AuthenticatedKey {
    /// Leave to work on the organisation's rows.
    pub context: TenantContext,
    /// Which key it is.
    pub id: ApiKeyId,
    /// The stores that it may ask about, by name, each with the state that it is in at this moment. Empty where nobody wanted them, and where
    /// it may ask about none.
    pub stores: Arc<[ReadableStore]>,
}

impl Catalog {
    /// Which key has that token. `origin` is where it is used from.
    ///
    /// # Errors
    /// [`CatalogError::Unauthenticated`] when no key has it, or one that opens nothing any more; otherwise when the database is unavailable.
    pub async fn authenticate_key(&self, token: &str, origin: &Origin) -> Result<AuthenticatedKey, CatalogError> {
        self.shared_key(token, origin, false).await
    }

    /// Which key has that token, and which stores it may ask about: in one statement, since every question begins with it.
    ///
    /// # Errors
    /// Those of [`Catalog::authenticate_key`].
    pub async fn authenticate_key_reader(
        &self,
        token: &str,
        origin: &Origin,
    ) -> Result<AuthenticatedKey, CatalogError> {
        self.shared_key(token, origin, true).await
    }

    async fn shared_key(
        &self,
        token: &str,
        origin: &Origin,
        with_stores: bool,
    ) -> Result<AuthenticatedKey, CatalogError> {
        if !ApiKeyToken::looks_like_one(token) {
            return Err(CatalogError::Unauthenticated);
        }
        let (hash, catalog, address) = (digest(token), self.clone(), origin.address_text());
        let read = move || {
            let (catalog, address) = (catalog.clone(), address.clone());
            async move { catalog.read_key(hash, address, with_stores).await }
        };
        self.shared_keys().get((hash, with_stores), read).await?.ok_or(CatalogError::Unauthenticated)
    }

    async fn read_key(
        &self,
        hash: [u8; 32],
        address: Option<String>,
        with_stores: bool,
    ) -> Result<Option<AuthenticatedKey>, CatalogError> {
        let now = self.clock().now();
        let making_roles = OrgRole::ALL.iter().filter(|role| may_make(**role));
        let making_roles: Vec<String> = making_roles.map(|role| role.as_str().to_owned()).collect();
        let rows = sqlx::query_file!("src/sql/read_api_key.sql", &hash[..], now, &making_roles, with_stores)
            .fetch_all(self.reads())
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.last_used_at.is_none_or(|at| at + SEEN < now) {
            self.used(&hash, now, address).await?;
        }
        let (id, workspace) = (ApiKeyId(row.id), row.workspace_id.map(WorkspaceId));
        let scopes = KeyScopes::of_names(&row.scopes);
        let context = TenantContext::of_key(OrganizationId(row.org_id), id, scopes, workspace);
        let may_read = context.may_somewhere(WorkspacePermission::Read);
        let stores = rows.into_iter().filter(|_| may_read).filter_map(|row| {
            let store = (row.store_id?, row.store_name?, row.currency?, row.timezone?, row.week_start?);
            Some(ReadableStore::new(store, row.version?, row.quarantine_revision?, row.connections))
        });
        let stores = stores.collect::<Result<_, _>>()?;
        Ok(Some(AuthenticatedKey { context, id, stores }))
    }

    async fn used(&self, hash: &[u8; 32], now: DateTime<Utc>, address: Option<String>) -> Result<(), CatalogError> {
        let mut transaction = self.begin(Scope::ApiKey(hash)).await?;
        sqlx::query!(
            "UPDATE api_keys SET last_used_at = $2, last_used_address = $3 WHERE token_hash = $1",
            &hash[..],
            now,
            address,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
