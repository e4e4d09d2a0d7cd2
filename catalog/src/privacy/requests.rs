//! Customers who want to know what is kept of them, as providers pass it on: written down by the program, answered by an admin.

use std::collections::BTreeSet;

use aloftly_engine::StoreId;
use chrono::{DateTime, Utc};

use crate::audit::{AuditAction, Done};
use crate::{CatalogError, CustomerRequestId, Permission, Tenant, WorkspacePermission};

/// How many requests are told, the newest first.
const TOLD: i64 = 200;

/// A customer's wish to know what is kept of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRequest {
    /// Which.
    pub id: CustomerRequestId,
    /// At which store.
    pub store: StoreId,
    /// Which provider passed it on.
    pub provider: String,
    /// Who they are to the store. Forgotten when it is answered.
    pub customer: Option<String>,
    /// Their address. Forgotten when it is answered.
    pub email: Option<String>,
    /// When they asked.
    pub requested_at: DateTime<Utc>,
    /// Who answered, and when.
    pub answered: Option<(String, DateTime<Utc>)>,
}

impl Tenant {
    /// Writes down that a customer wants to know what is kept of them. For the program itself.
    ///
    /// # Errors
    /// When there is no such store, or the database is unavailable.
    pub async fn customer_asks(
        &self,
        id: CustomerRequestId,
        store: StoreId,
        provider: &str,
        customer: Option<&str>,
        email: Option<&str>,
    ) -> Result<(), CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "INSERT INTO customer_requests (org_id, id, store_id, provider, customer_id, email, requested_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            self.context().organization().0,
            id.0,
            store.0,
            provider,
            customer,
            email,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The newest wishes of customers to know what is kept of them; for admins.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn customer_requests(&self) -> Result<Vec<CustomerRequest>, CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT id, store_id, provider, customer_id, email, requested_at, answered_by, answered_at FROM customer_requests
            WHERE org_id = $1 ORDER BY id DESC LIMIT $2",
            self.context().organization().0,
            TOLD,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let requests = rows.into_iter().map(|row| CustomerRequest {
            id: row.id.into(),
            store: row.store_id.into(),
            provider: row.provider,
            customer: row.customer_id,
            email: row.email,
            requested_at: row.requested_at,
            answered: row.answered_by.zip(row.answered_at),
        });
        Ok(requests.collect())
    }

    /// Writes down that a customer was answered, and forgets who it was; for admins. Answering again changes nothing.
    ///
    /// # Errors
    /// When the actor may not, there is no such request, or the database is unavailable.
    pub async fn answer_customer(&self, id: CustomerRequestId) -> Result<(), CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        let organization = self.context().organization().0;
        let (by, reason) = self.asking()?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        let request = sqlx::query!(
            "SELECT store_id, answered_at FROM customer_requests WHERE org_id = $1 AND id = $2 FOR UPDATE",
            organization,
            id.0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::NotFound("request"))?;
        self.check_store(&mut transaction, request.store_id.into(), WorkspacePermission::Read).await?;
        if request.answered_at.is_some() {
            return Ok(());
        }
        sqlx::query!(
            "UPDATE customer_requests SET customer_id = NULL, email = NULL, answered_at = $3,
                answered_by = coalesce($4, (SELECT email FROM users WHERE id = $5), '')
            WHERE org_id = $1 AND id = $2",
            organization,
            id.0,
            self.catalog().clock().now(),
            reason,
            by,
        )
        .execute(&mut *transaction)
        .await?;
        self.record(&mut transaction, Done::new(AuditAction::CustomerAnswered).to(id.0, "request")).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Forgets the dead letters of a store that name somebody who is erased. As what brings data in.
    pub(super) async fn forget_letters_about(
        &self,
        transaction: &mut sqlx::PgTransaction<'static>,
        store: StoreId,
        names: &BTreeSet<String>,
    ) -> Result<(), CatalogError> {
        // Shorter ones are in every text.
        let names: Vec<String> = names.iter().filter(|name| name.len() >= 5).cloned().collect();
        sqlx::query!(
            "DELETE FROM webhook_deliveries AS letter USING connections AS connection
            WHERE letter.org_id = $1 AND letter.status = 'dead' AND connection.org_id = $1 AND connection.id = letter.connection_id
                AND connection.store_id = $2
                AND EXISTS (SELECT FROM unnest($3::text[]) AS name WHERE position(convert_to(name, 'UTF8') IN letter.body) > 0)",
            self.context().organization().0,
            store.0,
            &names,
        )
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}
