//! Another data key for a tenant: a new one seals from now on, what the old one sealed is sealed anew, and then the old one is deleted.
//!
//! Whoever seals a credential holds the key that seals until they are done (`Tenant::holds_active`). So once a key has been retired, nothing
//! is sealed under it any more, and what is to be sealed anew only becomes less.

use std::sync::Arc;

use uuid::Uuid;

use super::credentials::Place;
use super::rotate::Rotating;
use super::{DataKey, Owner, Sealed, Wrapped};
use crate::audit::{AuditAction, Done};
use crate::{CatalogError, ConnectionId, Tenant};

/// A credential that a retired key sealed.
struct Old {
    connection: ConnectionId,
    field: String,
    sealed: Sealed,
    wrapped: Wrapped,
}

/// What takes its place.
struct New {
    connection: ConnectionId,
    field: String,
    before: Sealed,
    after: Sealed,
}

impl Rotating<'_> {
    /// Whether it came to the end.
    pub(super) async fn renew_tenant(&mut self, tenant: &Tenant, rotation: Uuid) -> Result<bool, CatalogError> {
        if !self.replace(tenant, rotation).await? {
            return Ok(false);
        }
        let mut last: Option<(ConnectionId, String)> = None;
        loop {
            let key = tenant.active_key().await;
            let organization = tenant.context().organization();
            let Some(key) = self.pass_over(key, Some(organization), || "the key that seals".to_owned())? else {
                return Ok(true);
            };
            let batch = self.sealed_before(tenant, last.as_ref()).await?;
            let Some(end) = batch.last().map(|old| (old.connection, old.field.clone())) else { break };
            let mut renewed = Vec::with_capacity(batch.len());
            for old in batch {
                let Old { connection, field, sealed, wrapped } = old;
                let place = Place { organization, connection, field: &field };
                let text = tenant.open_credential(place, &sealed, &wrapped).await;
                let what = || format!("{field} of connection {connection}");
                if let Some(text) = self.pass_over(text, Some(organization), what)? {
                    let after = key.seal(&place.parts(), &text)?;
                    renewed.push(New { connection, field, before: sealed, after });
                }
            }
            if !self.exchange(tenant, &key, &renewed).await? {
                // Another rotation has retired that key meanwhile: once more under the next.
                continue;
            }
            last = Some(end);
            if !self.step() {
                return Ok(false);
            }
        }
        self.remove_unused(tenant).await
    }

    /// Retires the key that seals, unless that rotation made it, and puts a new one in its place.
    async fn replace(&mut self, tenant: &Tenant, rotation: Uuid) -> Result<bool, CatalogError> {
        let organization = tenant.context().organization();
        let id = self.catalog.clock().new_id();
        let wrapped = self.catalog.vault().make(Owner::Tenant(organization), id).await?;
        let mut transaction = tenant.begin().await?;
        let before = sqlx::query_scalar!(
            "UPDATE tenant_keys SET state = 'retired' WHERE org_id = $1 AND state = 'active' AND rotation_id IS DISTINCT FROM $2
            RETURNING id",
            organization.0,
            rotation,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(before) = before else { return Ok(true) };
        sqlx::query!(
            "INSERT INTO tenant_keys (org_id, id, master_key_id, wrapped, state, rotation_id, created_at)
            VALUES ($1, $2, $3, $4, 'active', $5, $6)",
            organization.0,
            id,
            wrapped.master_key_id,
            wrapped.bytes,
            rotation,
            self.catalog.clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        let done = Done::new(AuditAction::KeysRotated).to(id, "data key").with("what", "data");
        let done = done.with("from", before.to_string()).with("to", id.to_string());
        tenant.record(&mut transaction, done).await?;
        transaction.commit().await?;
        self.done.replaced += 1;
        Ok(self.step())
    }

    /// The next credentials that retired keys sealed, after that one.
    async fn sealed_before(
        &self,
        tenant: &Tenant,
        after: Option<&(ConnectionId, String)>,
    ) -> Result<Vec<Old>, CatalogError> {
        let mut transaction = tenant.begin().await?;
        let rows = sqlx::query!(
            "SELECT credential.connection_id, credential.field, credential.key_id, credential.nonce, credential.ciphertext,
                key.master_key_id, key.wrapped
            FROM credentials AS credential
            JOIN tenant_keys AS key ON key.org_id = credential.org_id AND key.id = credential.key_id
            WHERE credential.org_id = $1 AND key.state = 'retired'
                AND ($2::uuid IS NULL OR (credential.connection_id, credential.field) > ($2, $3))
            ORDER BY credential.connection_id, credential.field LIMIT $4",
            tenant.context().organization().0,
            after.map(|(connection, _)| connection.0),
            after.map(|(_, field)| field.as_str()),
            i64::from(self.rotation.batch.max(1)),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let old = rows.into_iter().map(|row| Old {
            connection: row.connection_id.into(),
            field: row.field,
            sealed: Sealed { key_id: row.key_id, nonce: row.nonce, ciphertext: row.ciphertext },
            wrapped: Wrapped { master_key_id: row.master_key_id, bytes: row.wrapped },
        });
        Ok(old.collect())
    }

    /// Puts what was sealed anew in the place of what was read, where that is still there. Not when the key seals no more.
    async fn exchange(&mut self, tenant: &Tenant, key: &Arc<DataKey>, renewed: &[New]) -> Result<bool, CatalogError> {
        let mut transaction = tenant.begin().await?;
        if !tenant.holds_active(&mut transaction, key.id()).await? {
            return Ok(false);
        }
        let mut resealed = 0;
        for New { connection, field, before, after } in renewed {
            let changed = sqlx::query!(
                "UPDATE credentials SET key_id = $4, nonce = $5, ciphertext = $6
                WHERE org_id = $1 AND connection_id = $2 AND field = $3 AND key_id = $7 AND nonce = $8 AND ciphertext = $9",
                tenant.context().organization().0,
                connection.0,
                field,
                after.key_id,
                after.nonce,
                after.ciphertext,
                before.key_id,
                before.nonce,
                before.ciphertext,
            )
            .execute(&mut *transaction)
            .await?;
            resealed += changed.rows_affected();
        }
        transaction.commit().await?;
        self.done.resealed += resealed;
        Ok(true)
    }

    /// Deletes retired keys that nothing is sealed under.
    async fn remove_unused(&mut self, tenant: &Tenant) -> Result<bool, CatalogError> {
        let mut transaction = tenant.begin().await?;
        let removed = sqlx::query!(
            "DELETE FROM tenant_keys AS key WHERE key.org_id = $1 AND key.state = 'retired' AND NOT EXISTS (
                SELECT FROM credentials AS credential
                WHERE credential.org_id = key.org_id AND credential.key_id = key.id
            )",
            tenant.context().organization().0,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.done.removed += removed.rows_affected();
        Ok(self.step())
    }
}
