//! The way from nothing to first figures: a store, data in it, a dashboard from a template, and the figures on it.
//!
//! How far an organisation is follows from what it has, so that nobody keeps it and it is the same in every browser; kept is alone when
//! somebody said that it is over. It is told as far as the actor sees.

use aloftly_engine::StoreId;
use chrono::{DateTime, Utc};

use crate::{CatalogError, DashboardId, ImportId, Permission, Tenant};

/// A step on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnboardingStep {
    /// There is a store.
    Store,
    /// Data are in a store or on their way into it.
    Data,
    /// There is a dashboard.
    Template,
    /// There are figures to look at, or somebody said that it is over.
    Numbers,
}

impl OnboardingStep {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Store, Self::Data, Self::Template, Self::Numbers];
}

/// How far an organisation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onboarding {
    /// The store that it is about: of those that have data or get them, the first.
    pub store: Option<StoreId>,
    /// The import into it that is under way.
    pub import: Option<ImportId>,
    /// The first dashboard.
    pub dashboard: Option<DashboardId>,
    /// When somebody said that it is over.
    pub finished_at: Option<DateTime<Utc>>,
    has_data: bool,
    is_connected: bool,
}

impl Onboarding {
    /// Whether a step was made.
    #[must_use]
    pub fn is_done(&self, step: OnboardingStep) -> bool {
        match step {
            OnboardingStep::Store => self.store.is_some(),
            OnboardingStep::Data => self.has_data || self.is_connected || self.import.is_some(),
            OnboardingStep::Template => self.dashboard.is_some(),
            OnboardingStep::Numbers => self.finished_at.is_some() || (self.has_data && self.dashboard.is_some()),
        }
    }
}

impl Tenant {
    /// How far the organisation is from nothing to first figures.
    ///
    /// # Errors
    /// When a key asks, the organisation is gone, or the database is unavailable.
    pub async fn onboarding(&self) -> Result<Onboarding, CatalogError> {
        let (by, _) = self.asking()?;
        let mut transaction = self.begin().await?;
        let row = sqlx::query_file!("src/sql/onboarding.sql", self.context().organization().0, self.bounded_by(), by)
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(CatalogError::NotFound("organization"))?;
        transaction.commit().await?;
        Ok(Onboarding {
            store: row.store_id.map(StoreId),
            import: row.import_id.map(ImportId),
            dashboard: row.dashboard_id.map(DashboardId),
            finished_at: row.onboarded_at,
            has_data: row.has_data,
            is_connected: row.is_connected,
        })
    }

    /// Says that the first steps are over, whether all of them were made or not; for admins. Said once more, it changes nothing.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn finish_onboarding(&self) -> Result<(), CatalogError> {
        self.require(Permission::ManageWorkspaces)?;
        let mut transaction = self.begin().await?;
        self.check_actor(&mut transaction).await?;
        sqlx::query!(
            "UPDATE organizations SET onboarded_at = coalesce(onboarded_at, $2) WHERE id = $1",
            self.context().organization().0,
            self.catalog().clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
