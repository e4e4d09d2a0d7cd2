//! The data keys of a tenant.

use std::sync::Arc;

use sqlx::PgTransaction;
use uuid::Uuid;

use super::{DataKey, Owner, Wrapped};
use crate::{CatalogError, Tenant};

impl Tenant {
    /// The key that this organisation's credentials are sealed under now. When there is none it is made: of servers that make it at the same
    /// time one succeeds, and the others take its.
    pub(super) async fn active_key(&self) -> Result<Arc<DataKey>, CatalogError> {
        if let Some((id, wrapped)) = self.read_active_key().await? {
            return self.opened_key(id, &wrapped).await;
        }
        let mut transaction = self.begin().await?;
        self.insert_key(&mut transaction).await?;
        transaction.commit().await?;
        let made = self.read_active_key().await?;
        let (id, wrapped) = made.ok_or_else(|| CatalogError::corrupt("a tenant's keys", "none of them is active"))?;
        self.opened_key(id, &wrapped).await
    }

    /// Makes a key that seals, unless there is one.
    async fn insert_key(&self, transaction: &mut PgTransaction<'static>) -> Result<(), CatalogError> {
        let (id, clock) = (self.catalog().clock().new_id(), self.catalog().clock());
        let owner = Owner::Tenant(self.context().organization());
        let wrapped = self.catalog().vault().make(owner, id).await?;
        sqlx::query!(
            "INSERT INTO tenant_keys (org_id, id, master_key_id, wrapped, state, created_at)
            VALUES ($1, $2, $3, $4, 'active', $5) ON CONFLICT (org_id) WHERE state = 'active' DO NOTHING",
            self.context().organization().0,
            id,
            wrapped.master_key_id,
            wrapped.bytes,
            clock.now(),
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    async fn read_active_key(&self) -> Result<Option<(Uuid, Wrapped)>, CatalogError> {
        let mut transaction = self.begin().await?;
        let row = sqlx::query!(
            "SELECT id, master_key_id, wrapped FROM tenant_keys WHERE org_id = $1 AND state = 'active'",
            self.context().organization().0,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(row.map(|row| (row.id, Wrapped { master_key_id: row.master_key_id, bytes: row.wrapped })))
    }

    /// A key that a row told of.
    pub(super) async fn opened_key(&self, id: Uuid, wrapped: &Wrapped) -> Result<Arc<DataKey>, CatalogError> {
        let owner = Owner::Tenant(self.context().organization());
        Ok(self.catalog().vault().open(owner, id, wrapped).await?)
    }

    /// The key that credentials are sealed under, which stays it until the transaction ends; made when there is none. All of it in this
    /// transaction: whoever waits for another connection while holding one can wait for ever.
    pub(super) async fn held_key(
        &self,
        transaction: &mut PgTransaction<'static>,
    ) -> Result<Arc<DataKey>, CatalogError> {
        let organization = self.context().organization();
        loop {
            let row = sqlx::query!(
                "SELECT id, master_key_id, wrapped FROM tenant_keys WHERE org_id = $1 AND state = 'active' FOR SHARE",
                organization.0,
            )
            .fetch_optional(&mut **transaction)
            .await?;
            if let Some(row) = row {
                let wrapped = Wrapped { master_key_id: row.master_key_id, bytes: row.wrapped };
                return self.opened_key(row.id, &wrapped).await;
            }
            // There is none, or a rotation was faster and there is another: then this one is not taken.
            self.insert_key(transaction).await?;
        }
    }

    /// Whether that key seals, and keeps it so until the transaction ends: a rotation waits, and finds what was sealed meanwhile.
    pub(super) async fn holds_active(
        &self,
        transaction: &mut PgTransaction<'static>,
        key: Uuid,
    ) -> Result<bool, CatalogError> {
        let held = sqlx::query_scalar!(
            "SELECT id FROM tenant_keys WHERE org_id = $1 AND id = $2 AND state = 'active' FOR SHARE",
            self.context().organization().0,
            key,
        )
        .fetch_optional(&mut **transaction)
        .await?;
        Ok(held.is_some())
    }
}
