//! What is written down of a budget.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bucket::Level;
use super::window::Used;

/// What is written down of a budget. New ones are untouched; what it means is up to its [`Rules`](super::Rules).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BudgetState {
    /// None before the first turn.
    pub(super) bucket: Option<Level>,
    /// By the window's name.
    pub(super) windows: BTreeMap<String, Used>,
    /// Requests that are under way, and until when they count when nobody ends them.
    pub(super) leases: BTreeMap<Uuid, DateTime<Utc>>,
    /// When the last turn is that was given. Later ones come no earlier.
    pub(super) last: Option<DateTime<Utc>>,
    /// Until when the provider wants to hear nothing.
    pub(super) paused_until: Option<DateTime<Utc>>,
}

impl BudgetState {
    /// Until when the provider wants to hear nothing, unless that is past.
    #[must_use]
    pub fn paused_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.paused_until.filter(|until| *until > now)
    }

    /// How many requests are under way.
    #[must_use]
    pub fn under_way(&self, now: DateTime<Utc>) -> usize {
        self.leases.values().filter(|ends| **ends > now).count()
    }
}
