//! What organisations may have: the tiers of plans with their limits, and the one place where they are kept to.
//!
//! A limit stops what would be added. What is there stays when an organisation goes to a lesser plan, and counts.

use serde::{Deserialize, Serialize};
use sqlx::PgTransaction;

use crate::audit::{AuditAction, Done};
use crate::{Actor, CatalogError, Permission, Tenant};

macro_rules! tiers {
    ($($variant:ident, $text:literal, $stores:expr, $integrations:expr, $seats:expr, $dashboards:expr, $retention_months:expr;)+) => {
        /// What an organisation pays for, the least first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Tier {
            $(#[doc = concat!("`", $text, "`")] $variant,)+
        }

        impl Tier {
            /// All of them, the least first.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it is kept and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What it includes.
            #[must_use]
            pub const fn limits(self) -> Limits {
                match self {
                    $(Self::$variant => Limits {
                        stores: $stores,
                        integrations: $integrations,
                        seats: $seats,
                        dashboards: $dashboards,
                        retention_months: $retention_months,
                    },)+
                }
            }
        }
    };
}

// Stores, integrations, seats, dashboards, months that data are kept.
tiers! {
    Free, "free", Some(1), Some(2), Some(2), Some(3), Some(12);
    Starter, "starter", Some(3), Some(6), Some(5), Some(10), Some(24);
    Growth, "growth", Some(10), Some(20), Some(15), Some(50), Some(36);
    Scale, "scale", Some(50), Some(100), Some(50), Some(250), Some(60);
    Enterprise, "enterprise", None, None, None, None, None;
}

/// How much a plan includes; without a number, as much as one likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Stores.
    pub stores: Option<u32>,
    /// Connections to sources of data.
    pub integrations: Option<u32>,
    /// Members, and people who were asked to become one.
    pub seats: Option<u32>,
    /// Dashboards.
    pub dashboards: Option<u32>,
    /// For how many months data are kept.
    pub retention_months: Option<u32>,
}

/// What can be added as long as there is room for it in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Stores.
    Stores,
    /// Connections to sources of data.
    Integrations,
    /// Members, and people who were asked to become one.
    Seats,
    /// Dashboards.
    Dashboards,
}

impl Limit {
    /// So many of it, in words.
    fn counted(self, number: u32) -> String {
        let one = match self {
            Self::Stores => "store",
            Self::Integrations => "integration",
            Self::Seats => "seat",
            Self::Dashboards => "dashboard",
        };
        format!("{number} {one}{}", if number == 1 { "" } else { "s" })
    }

    const fn of(self, limits: Limits) -> Option<u32> {
        match self {
            Self::Stores => limits.stores,
            Self::Integrations => limits.integrations,
            Self::Seats => limits.seats,
            Self::Dashboards => limits.dashboards,
        }
    }
}

/// How much of what a plan includes is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Stores.
    pub stores: u32,
    /// Connections to sources of data that were not ended.
    pub integrations: u32,
    /// Members, and people who were asked to become one.
    pub seats: u32,
    /// Dashboards.
    pub dashboards: u32,
}

impl Usage {
    const fn of(self, limit: Limit) -> u32 {
        match limit {
            Limit::Stores => self.stores,
            Limit::Integrations => self.integrations,
            Limit::Seats => self.seats,
            Limit::Dashboards => self.dashboards,
        }
    }
}

/// An organisation's plan, and how much of it is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it pays for.
    pub tier: Tier,
    /// How much is in use.
    pub usage: Usage,
}

impl Plan {
    /// Refuses to add one more where the plan has no room for it.
    fn check_room(self, limit: Limit) -> Result<(), CatalogError> {
        let used = self.usage.of(limit);
        match limit.of(self.tier.limits()) {
            Some(allowed) if used >= allowed => Err(CatalogError::PlanLimit { limit, allowed, used, plan: self.tier }),
            _ => Ok(()),
        }
    }
}

impl Tier {
    /// From what a row says. What no version of this program knows is taken for the least.
    fn of_row(text: &str) -> Self {
        Self::ALL.iter().copied().find(|tier| tier.as_str() == text).unwrap_or_else(|| {
            tracing::error!(plan = text, "an organisation has a plan that there is not; it is taken for the least");
            Self::Free
        })
    }

    /// Whether an organisation may have its pages look as its own.
    #[must_use]
    pub fn brands(self) -> bool {
        self >= Self::Growth
    }

    /// The least plan that includes more of something than this one.
    fn with_more(self, limit: Limit) -> Option<Self> {
        let allowed = limit.of(self.limits())?;
        Self::ALL.iter().copied().find(|tier| limit.of(tier.limits()).is_none_or(|more| more > allowed))
    }
}

/// That a plan is full, in words: what it includes, how much is in use, and which plan includes more.
pub(crate) fn full(plan: Tier, limit: Limit, allowed: u32, used: u32) -> String {
    let more = plan.with_more(limit).map(|tier| match limit.of(tier.limits()) {
        Some(number) => format!("; the plan {tier} includes {}", limit.counted(number)),
        None => format!("; the plan {tier} includes as many as one likes"),
    });
    let are = if used == 1 { "is" } else { "are" };
    let allowed = limit.counted(allowed);
    format!("the plan {plan} includes {allowed}, and {used} {are} in use{}", more.unwrap_or_default())
}

/// That a plan keeps data for less, in words: for how long it does, and which plan keeps them for longer.
pub(crate) fn keeps(plan: Tier, allowed: u32) -> String {
    let longer = |tier: &Tier| tier.limits().retention_months.is_none_or(|months| months > allowed);
    let more = Tier::ALL.iter().copied().find(longer).map(|tier| match tier.limits().retention_months {
        Some(months) => format!("; the plan {tier} keeps them for {months}"),
        None => format!("; the plan {tier} keeps them for as long as one likes"),
    });
    format!("the plan {plan} keeps data for {allowed} months{}", more.unwrap_or_default())
}

/// That a plan does not include pages that look as one's own, in words, and which plan does.
pub(crate) fn without_brand(plan: Tier) -> String {
    let with = Tier::ALL.iter().copied().find(|tier| tier.brands()).map(|tier| format!("; the plan {tier} does"));
    format!("the plan {plan} does not include pages that look as one's own{}", with.unwrap_or_default())
}

impl std::str::FromStr for Tier {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|tier| tier.as_str() == text).ok_or(())
    }
}

impl std::fmt::Display for Tier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Tenant {
    /// The organisation's plan, and how much of it is in use.
    ///
    /// # Errors
    /// When the actor may not, or the database is unavailable.
    pub async fn plan(&self) -> Result<Plan, CatalogError> {
        self.require(Permission::ReadPlan)?;
        let mut transaction = self.begin().await?;
        let plan = self.plan_in(&mut transaction).await?;
        transaction.commit().await?;
        Ok(plan)
    }

    /// Puts the organisation on another plan. For the terminal: whoever may call it is asked nothing.
    ///
    /// # Errors
    /// When the organisation is gone or the database is unavailable.
    pub async fn set_plan(&self, tier: Tier) -> Result<(), CatalogError> {
        if !matches!(self.context().actor(), Actor::System(_)) {
            return Err(CatalogError::Forbidden("operator"));
        }
        let mut transaction = self.begin().await?;
        self.lock_organization(&mut transaction).await?;
        let before = self.plan_in(&mut transaction).await?.tier;
        if before == tier {
            return Ok(());
        }
        let organization = self.context().organization().0;
        let name = sqlx::query_scalar!(
            "UPDATE organizations SET plan_tier = $2 WHERE id = $1 RETURNING name",
            organization,
            tier.as_str(),
        )
        .fetch_one(&mut *transaction)
        .await?;
        let done = Done::new(AuditAction::PlanChanged).to(organization, name);
        self.record(&mut transaction, done.with("from", before.as_str()).with("to", tier.as_str())).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Refuses to add one more where the organisation's plan has no room for it. Whoever adds calls this first in the transaction that
    /// does: it locks the organisation's row, so that of two at once one is too late for the last place.
    pub(crate) async fn check_room(
        &self,
        transaction: &mut PgTransaction<'static>,
        limit: Limit,
    ) -> Result<(), CatalogError> {
        self.lock_organization(transaction).await?;
        self.plan_in(transaction).await?.check_room(limit)
    }

    /// Refuses to keep data for so many months, or for ever, where the organisation's plan keeps them for less. Locks the organisation's row.
    pub(crate) async fn check_retention(
        &self,
        transaction: &mut PgTransaction<'static>,
        months: Option<u32>,
    ) -> Result<(), CatalogError> {
        self.lock_organization(transaction).await?;
        let plan = self.plan_in(transaction).await?.tier;
        match plan.limits().retention_months {
            Some(allowed) if months.is_none_or(|months| months > allowed) => {
                Err(CatalogError::PlanRetention { allowed, plan })
            }
            _ => Ok(()),
        }
    }

    /// Refuses pages that look as the organisation's own where its plan does not include them. Locks the organisation's row.
    pub(crate) async fn check_brands(&self, transaction: &mut PgTransaction<'static>) -> Result<(), CatalogError> {
        self.lock_organization(transaction).await?;
        let plan = self.plan_in(transaction).await?.tier;
        if plan.brands() { Ok(()) } else { Err(CatalogError::PlanBranding { plan }) }
    }

    async fn plan_in(&self, transaction: &mut PgTransaction<'static>) -> Result<Plan, CatalogError> {
        let row = sqlx::query!(
            r#"SELECT plan_tier,
                (SELECT count(*) FROM stores WHERE org_id = organizations.id) AS "stores!",
                (SELECT count(*) FROM connections WHERE org_id = organizations.id AND status <> 'disconnected') AS "integrations!",
                (SELECT count(*) FROM org_members WHERE org_id = organizations.id)
                + (SELECT count(*) FROM invitations WHERE org_id = organizations.id AND expires_at > $2) AS "seats!",
                (SELECT count(*) FROM dashboards WHERE org_id = organizations.id) AS "dashboards!"
            FROM organizations WHERE id = $1"#,
            self.context().organization().0,
            self.catalog().clock().now(),
        )
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(CatalogError::NotFound("organization"))?;
        let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let usage = Usage {
            stores: count(row.stores),
            integrations: count(row.integrations),
            seats: count(row.seats),
            dashboards: count(row.dashboards),
        };
        Ok(Plan { tier: Tier::of_row(&row.plan_tier), usage })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plan_includes_no_less_than_the_one_before() {
        let most = |number: Option<u32>| number.unwrap_or(u32::MAX);
        let numbers = |tier: &Tier| {
            let limits = tier.limits();
            [limits.stores, limits.integrations, limits.seats, limits.dashboards, limits.retention_months].map(most)
        };
        for pair in Tier::ALL.windows(2) {
            for (less, more) in numbers(&pair[0]).into_iter().zip(numbers(&pair[1])) {
                assert!(less < more, "{pair:?}");
            }
        }
        let unlimited =
            Limits { stores: None, integrations: None, seats: None, dashboards: None, retention_months: None };
        assert_eq!(Tier::Enterprise.limits(), unlimited);
    }

    #[test]
    fn a_full_plan_has_no_room_and_one_that_is_more_than_full_neither() {
        for tier in Tier::ALL.iter().copied() {
            for limit in [Limit::Stores, Limit::Integrations, Limit::Seats, Limit::Dashboards] {
                let used_up = |used: u32| Usage { stores: used, integrations: used, seats: used, dashboards: used };
                let with = |used: u32| Plan { tier, usage: used_up(used) }.check_room(limit);
                let Some(allowed) = limit.of(tier.limits()) else {
                    assert!(with(u32::MAX).is_ok(), "{tier}");
                    continue;
                };
                assert!(with(allowed - 1).is_ok(), "{tier}");
                for used in [allowed, allowed + 1] {
                    let refused = with(used);
                    assert!(matches!(refused, Err(CatalogError::PlanLimit { .. })), "{tier} {limit:?}: {refused:?}");
                }
            }
        }
    }

    #[test]
    fn the_plan_with_more_is_the_next_one_up_to_the_last() {
        let next: Vec<_> = Tier::ALL.iter().map(|tier| tier.with_more(Limit::Stores)).collect();
        let expected = [Some(Tier::Starter), Some(Tier::Growth), Some(Tier::Scale), Some(Tier::Enterprise), None];
        assert_eq!(next, expected);
    }

    #[test]
    fn who_wants_to_keep_data_for_longer_is_told_which_plan_does() {
        let free = "the plan free keeps data for 12 months; the plan starter keeps them for 24";
        assert_eq!(keeps(Tier::Free, 12), free);
        let scale = "the plan scale keeps data for 60 months; the plan enterprise keeps them for as long as one likes";
        assert_eq!(keeps(Tier::Scale, 60), scale);
    }

    #[test]
    fn who_wants_pages_that_look_as_their_own_is_told_which_plan_has_them() {
        let with: Vec<_> = Tier::ALL.iter().filter(|tier| tier.brands()).collect();
        assert_eq!(with, [&Tier::Growth, &Tier::Scale, &Tier::Enterprise]);
        let starter = "the plan starter does not include pages that look as one's own; the plan growth does";
        assert_eq!(without_brand(Tier::Starter), starter);
    }

    #[test]
    fn a_plan_that_there_is_not_is_taken_for_the_least() {
        assert_eq!(Tier::of_row("platinum"), Tier::Free);
        assert_eq!(Tier::of_row("scale"), Tier::Scale);
    }
}
