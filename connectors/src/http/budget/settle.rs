//! What comes after a turn: it is over, it was not used, it cost something else, or the provider tells how much is left.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::bucket::{Level, millionths};
use super::{BudgetState, Grant, Rules, Window};

/// The longest that a provider can have everyone wait. What it says beyond that is taken for a mistake.
pub const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// What a provider tells of a budget with an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// The bucket: GraphQL's `throttleStatus`, or a header such as `32/40`.
    Bucket {
        /// How many points fit in.
        capacity: f64,
        /// How many are left.
        available: f64,
        /// How many come back in a second, if that is told.
        refill_per_second: Option<f64>,
    },
    /// How many points are left of the window of that name.
    Remaining {
        /// Its name in the rules; others are ignored.
        window: Cow<'static, str>,
        /// So many.
        points: u64,
    },
    /// How many points the request cost in the end. The rest of what was reserved is put back; what was too little is taken.
    Cost {
        /// So many.
        points: u32,
    },
    /// It wants to hear nothing for so long.
    Pause(Duration),
}

impl Told {
    /// Reads a header of the form `used/capacity`, such as Shopify's `X-Shopify-Shop-Api-Call-Limit: 32/40`. None when it has
    /// another form.
    #[must_use]
    pub fn call_limit(header: &str) -> Option<Self> {
        let (used, capacity) = header.trim().split_once('/')?;
        let (used, capacity): (u32, u32) = (used.trim().parse().ok()?, capacity.trim().parse().ok()?);
        let available = f64::from(capacity.saturating_sub(used));
        Some(Self::Bucket { capacity: f64::from(capacity), available, refill_per_second: None })
    }
}

impl Rules {
    /// The request is no longer under way.
    pub fn release(&self, state: &mut BudgetState, grant: &Grant) {
        state.leases.remove(&grant.id);
    }

    /// The turn was not used: everything that was taken for it is put back.
    pub fn give_back(&self, state: &mut BudgetState, grant: &Grant, now: DateTime<Utc>) {
        self.release(state, grant);
        self.refund(state, grant, i64::from(grant.cost), now);
        // When it was the last, whoever comes next need not wait for it. Not across windows: what the one before has left is
        // no longer known.
        let to = grant.before.map_or(now, |before| before.max(now));
        let is_same = |window: &Window| state.windows.get(&*window.name).is_none_or(|used| window.is_in(used, to));
        if state.last == Some(grant.at) && to < grant.at && self.windows.iter().all(is_same) {
            state.last = grant.before;
            if let (Some(bucket), Some(level)) = (self.bucket, &mut state.bucket) {
                level.rewind(bucket, to);
            }
        }
    }

    /// Puts back points of a turn; below zero they are taken, because it cost more than was asked for.
    pub fn refund(&self, state: &mut BudgetState, grant: &Grant, points: i64, now: DateTime<Utc>) {
        if let (Some(bucket), Some(level)) = (self.bucket, &mut state.bucket) {
            level.put_back(bucket, points, now);
        }
        for window in &self.windows {
            if let Some(used) = state.windows.get_mut(&*window.name) {
                window.put_back(used, points, grant.at);
            }
        }
    }

    /// Whether a turn can be used that was waited for: not when the provider has asked for a pause meanwhile. Then it is given
    /// back, to be asked for anew.
    pub fn confirm(&self, state: &mut BudgetState, grant: &Grant, now: DateTime<Utc>) -> bool {
        let is_free = state.paused_until(now).is_none();
        if !is_free {
            self.give_back(state, grant, now);
        }
        is_free
    }

    /// Corrects the state by what the provider tells with the answer to that turn.
    pub fn observe(&self, state: &mut BudgetState, grant: &Grant, told: &Told, now: DateTime<Utc>) {
        match told {
            Told::Bucket { capacity, available, refill_per_second } => {
                let Some(declared) = self.bucket else { return };
                let level = state.bucket.get_or_insert_with(|| Level::full(declared, now));
                let told = level.bucket(declared).told(*capacity, *refill_per_second);
                // Some tell how far below zero one is.
                if let (Some(told), Some(available)) = (told, millionths(available.max(0.0))) {
                    level.correct(declared, told, available, now);
                }
            }
            Told::Remaining { window, points } => {
                if let Some(window) = self.windows.iter().find(|own| own.name == *window) {
                    let used = state.windows.entry(window.name.to_string()).or_insert_with(|| window.unused(now));
                    window.correct(used, *points, now);
                }
            }
            Told::Cost { points } => self.refund(state, grant, i64::from(grant.cost) - i64::from(*points), now),
            Told::Pause(wait) => {
                let until = TimeDelta::from_std((*wait).min(LONGEST_PAUSE)).ok();
                state.paused_until = state.paused_until.max(until.and_then(|wait| now.checked_add_signed(wait)));
            }
        }
    }
}
