//! Data keys that belong to no tenant, each for one purpose.

use std::sync::Arc;

use uuid::Uuid;

use super::{DataKey, Owner, VaultError, Wrapped};
use crate::catalog::Scope;
use crate::{Catalog, CatalogError};

/// What a key that belongs to no tenant is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SystemPurpose {
    /// Seals what people prove themselves with, such as the secrets of their second factors.
    People,
    /// Signs access tokens.
    Tokens,
}

impl SystemPurpose {
    /// As it is kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Tokens => "tokens",
        }
    }

    /// From what a row says.
    pub(super) fn parse(text: &str) -> Result<Self, CatalogError> {
        let known = [Self::People, Self::Tokens].into_iter().find(|purpose| purpose.as_str() == text);
        known.ok_or_else(|| CatalogError::corrupt("a key of no tenant", format!("purpose {text:?}")))
    }
}

impl Catalog {
    /// The key that serves that purpose now. When there is none it is made: of servers that make it at the same time one succeeds, and the
    /// others take its.
    ///
    /// # Errors
    /// When it cannot be unwrapped, or the database is unavailable.
    pub async fn system_key(&self, purpose: SystemPurpose) -> Result<Arc<DataKey>, CatalogError> {
        let owner = Owner::System(purpose);
        let mut kept = self.read_system_key(purpose, None).await?;
        if kept.is_none() {
            let id = self.clock().new_id();
            let wrapped = self.vault().make(owner, id).await?;
            let mut transaction = self.begin(Scope::System).await?;
            sqlx::query!(
                "INSERT INTO system_keys (purpose, id, master_key_id, wrapped, state, created_at)
                VALUES ($1, $2, $3, $4, 'active', $5) ON CONFLICT (purpose) WHERE state = 'active' DO NOTHING",
                purpose.as_str(),
                id,
                wrapped.master_key_id,
                wrapped.bytes,
                self.clock().now(),
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            kept = self.read_system_key(purpose, None).await?;
        }
        let (id, wrapped) = kept.ok_or_else(|| CatalogError::corrupt("keys of no tenant", "none of them is active"))?;
        Ok(self.vault().open(owner, id, &wrapped).await?)
    }

    /// The key of that identity, in service or retired: the one that a sealed text names.
    ///
    /// # Errors
    /// [`VaultError::NoSuchKey`] when there is none for that purpose; otherwise when it cannot be unwrapped, or the database is unavailable.
    pub async fn system_key_of(&self, purpose: SystemPurpose, id: Uuid) -> Result<Arc<DataKey>, CatalogError> {
        if let Some(key) = self.vault().kept(Owner::System(purpose), id) {
            return Ok(key);
        }
        let kept = self.read_system_key(purpose, Some(id)).await?;
        let (id, wrapped) = kept.ok_or(VaultError::NoSuchKey("what was sealed"))?;
        Ok(self.vault().open(Owner::System(purpose), id, &wrapped).await?)
    }

    /// The key of that identity, or the one in service.
    async fn read_system_key(
        &self,
        purpose: SystemPurpose,
        id: Option<Uuid>,
    ) -> Result<Option<(Uuid, Wrapped)>, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let row = sqlx::query!(
            "SELECT id, master_key_id, wrapped FROM system_keys
            WHERE purpose = $1 AND (id = $2 OR ($2::uuid IS NULL AND state = 'active'))",
            purpose.as_str(),
            id,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(row.map(|row| (row.id, Wrapped { master_key_id: row.master_key_id, bytes: row.wrapped })))
    }
}
