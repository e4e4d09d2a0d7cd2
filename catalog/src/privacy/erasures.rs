//! Customers whose data are to be erased from a store's lake: asked for by an admin, carried out by the program.
//!
//! An erasure is asked for once and tried until it is done, whatever dies meanwhile. Its identity is that of the lake's commit, so that
//! trying again finds what was done.

use std::collections::BTreeSet;

use aloftly_engine::StoreId;
use aloftly_engine::lake::Version;
use chrono::{DateTime, TimeDelta, Utc};

use crate::audit::{AuditAction, Done};
use crate::catalog::Scope;
use crate::{Catalog, CatalogError, ErasureId, IngestContext, Permission, Tenant, WorkspacePermission};

/// The most customers that one erasure is of.
const MOST: usize = 1_000;
/// The longest identity of a customer, in characters.
const LONGEST: usize = 200;
/// How many erasures are told, the newest first.
const TOLD: i64 = 200;
/// How long an attempt may take before somebody else makes another.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);
/// How long after the first attempt that came to nothing another is made; later ones wait longer, up to the longest.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(10);
const AT_THE_LATEST: TimeDelta = TimeDelta::hours(1);
/// What an identity can be taken by.
const ERASURE: &str = "erasure";

/// An erasure that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerErasure {
    /// Which.
    pub id: ErasureId,
    /// From where.
    pub store: StoreId,
    /// Of how many customers. Of which is forgotten when it is done.
    pub customers: u32,
    /// The address of who asked for it.
    pub requested_by: String,
    /// When they did.
    pub requested_at: DateTime<Utc>,
    /// Why the last attempt came to nothing.
    pub error: Option<String>,
    /// What came of it.
    pub erased: Option<Erased>,
}

/// What came of an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// When it was done.
    pub at: DateTime<Utc>,
    /// How many orders, customers and other things went.
    pub removed: u64,
    /// The version of the store's data from which on they are gone.
    pub version: Version,
}

/// An erasure to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureWork {
    /// Which: the identity of its commit.
    pub id: ErasureId,
    /// From where.
    pub store: StoreId,
    /// Whose data go.
    pub customers: BTreeSet<String>,
    /// Which attempt it is, the first being 1.
    pub attempt: u32,
}

/// Customers' identities, without blanks around them.
///
/// # Errors
/// They are none or too many, or one of them cannot be one.
pub fn checked_customers(given: &[String]) -> Result<BTreeSet<String>, CatalogError> {
    let invalid = |reason: String| CatalogError::Invalid { field: "customer_ids", reason };
    let ids: BTreeSet<String> = given.iter().map(|id| id.trim().to_owned()).collect();
    if ids.is_empty() || ids.len() > MOST {
        return Err(invalid(format!("1 to {MOST} customers")));
    }
    let fits = |id: &String| !id.is_empty() && id.chars().count() <= LONGEST && !id.contains(char::is_control);
    if !ids.iter().all(fits) {
        return Err(invalid(format!("each of 1 to {LONGEST} characters on one line")));
    }
    Ok(ids)
}

impl Tenant {
    /// Refuses whoever may not look after the privacy of a store's customers; for admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such store, or the database is unavailable.
    pub async fn check_privacy(&self, store: StoreId) -> Result<(), CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        let mut transaction = self.begin().await?;
        self.check_store(&mut transaction, store, WorkspacePermission::Read).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Writes down that what is kept of customers was exported; for admins.
    ///
    /// # Errors
    /// When the actor may not, there is no such store, or the database is unavailable.
    pub async fn record_customer_export(&self, store: StoreId, customers: usize) -> Result<(), CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        self.record_about(&mut transaction, AuditAction::CustomersExported, store, customers).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Asks for everything to be erased that is told of these customers in a store; for admins.
    ///
    /// # Errors
    /// When the actor may not, they are none or too many, there is no such store, or the database is unavailable.
    pub async fn erase_customers(&self, store: StoreId, customers: &[String]) -> Result<CustomerErasure, CatalogError> {
        self.ask_to_erase(ErasureId(self.catalog().clock().new_id()), store, customers).await
    }

    /// The same for a reason that has an identity: asked for once more, it is the same erasure, and whom it was of stays as it was.
    ///
    /// # Errors
    /// Those of [`Self::erase_customers`].
    pub async fn erase_customers_once(
        &self,
        id: ErasureId,
        store: StoreId,
        customers: &[String],
    ) -> Result<(), CatalogError> {
        match self.ask_to_erase(id, store, customers).await {
            Ok(_) | Err(CatalogError::Taken(ERASURE)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn ask_to_erase(
        &self,
        id: ErasureId,
        store: StoreId,
        customers: &[String],
    ) -> Result<CustomerErasure, CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        let customers = checked_customers(customers)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        self.check_store(&mut transaction, store, WorkspacePermission::Import).await?;
        let (by, reason) = self.asking()?;
        let now = self.catalog().clock().now();
        let count = i32::try_from(customers.len()).unwrap_or(i32::MAX);
        let requested_by = sqlx::query_scalar!(
            "INSERT INTO erasures (org_id, id, store_id, customers, customer_count, requested_by, requested_at, due_at)
            VALUES ($1, $2, $3, $4, $5, coalesce($6, (SELECT email FROM users WHERE id = $7), ''), $8, $8)
            ON CONFLICT DO NOTHING RETURNING requested_by",
            self.context().organization().0,
            id.0,
            store.0,
            &Vec::from_iter(customers.iter().cloned()),
            count,
            reason,
            by,
            now,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::Taken(ERASURE))?;
        self.record_about(&mut transaction, AuditAction::ErasureRequested, store, customers.len()).await?;
        transaction.commit().await?;
        let customers = u32::try_from(count).unwrap_or(0);
        Ok(CustomerErasure { id, store, customers, requested_by, requested_at: now, error: None, erased: None })
    }

    /// The newest erasures that were asked for; for admins.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn erasures(&self) -> Result<Vec<CustomerErasure>, CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT id, store_id, customer_count, requested_by, requested_at, error, finished_at, removed, version
            FROM erasures WHERE org_id = $1 ORDER BY id DESC LIMIT $2",
            self.context().organization().0,
            TOLD,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let erasures = rows.into_iter().map(|row| {
            let erased = row.finished_at.zip(row.removed).zip(row.version);
            CustomerErasure {
                id: row.id.into(),
                store: row.store_id.into(),
                customers: u32::try_from(row.customer_count).unwrap_or(0),
                requested_by: row.requested_by,
                requested_at: row.requested_at,
                error: row.error,
                erased: erased.map(|((at, removed), version)| Erased {
                    at,
                    removed: u64::try_from(removed).unwrap_or(0),
                    version,
                }),
            }
        });
        Ok(erasures.collect())
    }

    async fn record_about(
        &self,
        transaction: &mut sqlx::PgTransaction<'static>,
        action: AuditAction,
        store: StoreId,
        customers: usize,
    ) -> Result<(), CatalogError> {
        let name = sqlx::query_scalar!(
            "SELECT name FROM stores WHERE org_id = $1 AND id = $2",
            self.context().organization().0,
            store.0,
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(CatalogError::no_store)?;
        self.record(transaction, Done::new(action).to(store.0, name).with("customers", customers)).await
    }

    /// Begins an attempt at an erasure; nothing when it is done or somebody is at it. As what brings data in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn claim_erasure(&self, id: ErasureId) -> Result<Option<ErasureWork>, CatalogError> {
        let now = self.catalog().clock().now();
        let mut transaction = self.begin().await?;
        let row = sqlx::query!(
            r#"UPDATE erasures SET attempts = attempts + 1, due_at = $4 WHERE org_id = $1 AND id = $2 AND due_at <= $3
            RETURNING store_id, customers AS "customers!", attempts"#,
            self.context().organization().0,
            id.0,
            now,
            now + PATIENCE,
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(row.map(|row| ErasureWork {
            id,
            store: row.store_id.into(),
            customers: row.customers.into_iter().collect(),
            attempt: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        }))
    }

    /// An erasure is done: whose it was is forgotten, and so are messages of providers about them that could not be carried out. As what brings
    /// data in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn finish_erasure(&self, work: &ErasureWork, removed: u64, version: Version) -> Result<(), CatalogError> {
        let mut transaction = self.begin().await?;
        self.forget_letters_about(&mut transaction, work.store, &work.customers).await?;
        sqlx::query!(
            "UPDATE erasures SET customers = NULL, due_at = NULL, error = NULL, finished_at = $3, removed = $4, version = $5
            WHERE org_id = $1 AND id = $2 AND finished_at IS NULL",
            self.context().organization().0,
            work.id.0,
            self.catalog().clock().now(),
            i64::try_from(removed).unwrap_or(i64::MAX),
            version,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// An attempt came to nothing: another is made later. As what brings data in.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn postpone_erasure(&self, work: &ErasureWork, reason: &str) -> Result<(), CatalogError> {
        let pause = AGAIN_AFTER * 2_i32.saturating_pow(work.attempt.saturating_sub(1).min(10));
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "UPDATE erasures SET due_at = $3, error = $4 WHERE org_id = $1 AND id = $2 AND finished_at IS NULL",
            self.context().organization().0,
            work.id.0,
            self.catalog().clock().now() + pause.min(AT_THE_LATEST),
            reason,
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}

impl Catalog {
    /// Erasures that are due, in every organisation, those that have waited longest first.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn due_erasures(
        &self,
        reason: &'static str,
        limit: u32,
    ) -> Result<Vec<(IngestContext, ErasureId)>, CatalogError> {
        let mut transaction = self.begin(Scope::Queue).await?;
        let rows = sqlx::query!(
            "SELECT org_id, id FROM erasures WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2",
            self.clock().now(),
            i64::from(limit),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let due = rows.into_iter().map(|row| (IngestContext::new(row.org_id.into(), reason), row.id.into()));
        Ok(due.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_are_named_once_and_not_by_nothing() {
        let checked = |ids: &[&str]| checked_customers(&ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>());
        assert_eq!(checked(&[" 7 ", "7", "8"]).unwrap(), BTreeSet::from(["7".to_owned(), "8".to_owned()]));
        for wrong in [&[][..], &[""], &["7", " "], &["7\n8"], &["7\u{0}8"], &[&"x".repeat(201)]] {
            assert!(matches!(checked(wrong), Err(CatalogError::Invalid { .. })), "{wrong:?}");
        }
        let many: Vec<_> = (0..=MOST).map(|number| number.to_string()).collect();
        assert!(checked_customers(&many).is_err() && checked_customers(&many[1..]).is_ok());
    }
}
