//! For how long an organisation keeps the data of its stores.
//!
//! Whole months of the store's calendar are kept, besides the one that is under way, so that no day is there by half. What is older is
//! erased for good. A plan says how long at most; going to a lesser plan erases nothing by itself.

use crate::audit::{AuditAction, Done};
use crate::catalog::Scope;
use crate::plans::Tier;
use crate::{Catalog, CatalogError, OrganizationId, Permission, SystemContext, Tenant};

/// The longest time that can be said, in months.
const LONGEST: u32 = 240;

impl Tenant {
    /// For how many months data are kept; for ever where there is none. For admins.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn retention(&self) -> Result<Option<u32>, CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        let mut transaction = self.begin().await?;
        let months = sqlx::query_scalar!(
            "SELECT retention_months FROM organizations WHERE id = $1",
            self.context().organization().0,
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(CatalogError::NotFound("organization"))?;
        transaction.commit().await?;
        Ok(months.and_then(|months| u32::try_from(months).ok()))
    }

    /// Says for how many months data are kept; for ever with none. For admins.
    ///
    /// # Errors
    /// [`CatalogError::PlanLimit`] when the plan keeps them for less; otherwise when the actor may not, it is no time, or the database is
    /// unavailable.
    pub async fn set_retention(&self, months: Option<u32>) -> Result<(), CatalogError> {
        self.require(Permission::ManagePrivacy)?;
        if months.is_some_and(|months| months == 0 || months > LONGEST) {
            let reason = format!("1 to {LONGEST} months, or null for ever");
            return Err(CatalogError::Invalid { field: "months", reason });
        }
        let mut transaction = self.begin().await?;
        self.check_retention(&mut transaction, months).await?;
        self.check_actor(&mut transaction).await?;
        let organization = self.context().organization().0;
        let before = sqlx::query!("SELECT name, retention_months FROM organizations WHERE id = $1", organization)
            .fetch_one(&mut *transaction)
            .await?;
        let given = months.and_then(|months| i32::try_from(months).ok());
        if before.retention_months == given {
            return Ok(());
        }
        sqlx::query!("UPDATE organizations SET retention_months = $2 WHERE id = $1", organization, given)
            .execute(&mut *transaction)
            .await?;
        let done = Done::new(AuditAction::RetentionChanged).to(organization, before.name);
        self.record(&mut transaction, done.with("from", before.retention_months).with("to", given)).await?;
        transaction.commit().await?;
        Ok(())
    }
}

impl Tier {
    /// For how many months an organisation that begins with this plan keeps its data.
    pub(crate) fn first_retention(self) -> Option<i32> {
        self.limits().retention_months.and_then(|months| i32::try_from(months).ok())
    }
}

impl Catalog {
    /// The organisations that keep data for so many months only.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn retentions(&self, reason: &'static str) -> Result<Vec<(SystemContext, u32)>, CatalogError> {
        let mut transaction = self.begin(Scope::System).await?;
        let rows = sqlx::query!(
            r#"SELECT id, retention_months AS "months!" FROM organizations
            WHERE retention_months IS NOT NULL AND closed_at IS NULL ORDER BY created_at, id"#,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let kept = rows.into_iter().map(|row| {
            let organization = OrganizationId(row.id);
            (SystemContext::new(organization, reason), u32::try_from(row.months).unwrap_or(u32::MAX))
        });
        Ok(kept.collect())
    }
}
