//! Reserving a turn: everything that is needed is taken at once, and the answer is when it may be used.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::bucket::Level;
use super::{BudgetState, Rules};

/// How long to wait before looking again whether one of the requests that are under way is over.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// How many points the request costs. One that costs nothing waits only while the provider wants to hear nothing.
    pub cost: u32,
    /// The present.
    pub now: DateTime<Utc>,
    /// The longest that is worth waiting for a turn.
    pub patience: Duration,
    /// What the request is known by while it is under way: a new identifier.
    pub id: Uuid,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Reserved.
    Granted(Grant),
    /// The turn would come only after that long, which is longer than was worth waiting. Nothing is reserved.
    Later(Duration),
    /// As many requests as may be are under way: look again after that long. Nothing is reserved.
    Busy(Duration),
}

/// A turn that is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// From when on it may be used.
    pub at: DateTime<Utc>,
    /// What was paid for it, in points.
    pub cost: u32,
    /// What the request is known by while it is under way.
    pub id: Uuid,
    /// When the turn before it is, if there was one.
    pub(super) before: Option<DateTime<Utc>>,
}

impl Grant {
    /// How long it is until then.
    #[must_use]
    pub fn wait(&self, now: DateTime<Utc>) -> Duration {
        (self.at - now).to_std().unwrap_or_default()
    }
}

/// The request costs more than there ever is at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the request costs {cost} points and the provider allows {most} at once: ask for less")]
pub struct TooCostly {
    /// What it costs.
    pub cost: u32,
    /// What there is.
    pub most: u64,
}

impl Rules {
    /// Reserves a turn.
    ///
    /// # Errors
    /// When there is no waiting that would do.
    pub fn reserve(&self, state: &mut BudgetState, ask: &Ask) -> Result<Turn, TooCostly> {
        let most = self.most_at_once(state);
        if let Some(most) = most.filter(|most| u64::from(ask.cost) > *most) {
            return Err(TooCostly { cost: ask.cost, most });
        }
        state.leases.retain(|_, ends| *ends > ask.now);
        if let Some(concurrency) = self.concurrency
            && state.leases.len() >= usize::try_from(concurrency.most.max(1)).unwrap_or(usize::MAX)
        {
            let first = state.leases.values().min().and_then(|ends| (*ends - ask.now).to_std().ok());
            return Ok(Turn::Busy(first.unwrap_or(LOOK_AGAIN).min(LOOK_AGAIN)));
        }
        let grant = Grant { at: self.turn(state, ask), cost: ask.cost, id: ask.id, before: state.last };
        let wait = grant.wait(ask.now);
        if wait > ask.patience {
            return Ok(Turn::Later(wait));
        }
        self.take(state, &grant, ask.now);
        Ok(Turn::Granted(grant))
    }

    /// When the next turn is. It is not before the one that was given last, so that nobody overtakes, and so that the bucket
    /// and the windows are only ever looked at forward.
    fn turn(&self, state: &BudgetState, ask: &Ask) -> DateTime<Utc> {
        let mut at = ask.now.max(state.paused_until.unwrap_or(ask.now));
        if ask.cost == 0 {
            return at;
        }
        at = at.max(state.last.unwrap_or(at));
        loop {
            let windows =
                self.windows.iter().map(|window| window.ready(state.windows.get(&*window.name), ask.cost, at));
            let open = windows.fold(at, DateTime::max);
            let full = match (&self.bucket, &state.bucket) {
                (Some(bucket), Some(level)) => level.ready(*bucket, ask.cost, open),
                _ => open,
            };
            // What the bucket moved may have left the window in which there was room: each round goes on by a window at least.
            if full == at || full == DateTime::<Utc>::MAX_UTC {
                return full;
            }
            at = full;
        }
    }

    fn take(&self, state: &mut BudgetState, grant: &Grant, now: DateTime<Utc>) {
        if let Some(concurrency) = self.concurrency {
            let lease = TimeDelta::from_std(concurrency.lease).unwrap_or(TimeDelta::MAX);
            let ends = grant.at.checked_add_signed(lease).unwrap_or(DateTime::<Utc>::MAX_UTC);
            state.leases.insert(grant.id, ends);
        }
        if grant.cost == 0 {
            return;
        }
        if let Some(bucket) = self.bucket {
            state.bucket.get_or_insert_with(|| Level::full(bucket, now)).take(bucket, grant.cost, grant.at);
        }
        for window in &self.windows {
            let used = state.windows.entry(window.name.to_string()).or_insert_with(|| window.unused(grant.at));
            window.take(used, grant.cost, grant.at);
        }
        state.last = Some(grant.at);
    }

    /// The most points that one request can cost, as far as is known; none when there is no end to it.
    fn most_at_once(&self, state: &BudgetState) -> Option<u64> {
        let known = |bucket| state.bucket.as_ref().map_or(bucket, |level: &Level| level.bucket(bucket));
        let bucket = self.bucket.map(|bucket| known(bucket).most());
        self.windows.iter().map(|window| u64::from(window.most)).chain(bucket).min()
    }
}
