//! The leaky bucket of points that an app has in a shop.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::options::Plan;

/// The bucket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    plan: Plan,
    level: f64,
    seen: Option<DateTime<Utc>>,
}

impl Bucket {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, level: plan.bucket, seen: None }
    }

    /// Lets in what came back since it was last looked at.
    fn fill(&mut self, now: DateTime<Utc>) {
        let since = self.seen.map_or(TimeDelta::zero(), |seen| now - seen).max(TimeDelta::zero());
        self.level = (self.level + since.as_seconds_f64() * self.plan.restore).min(self.plan.bucket);
        self.seen = Some(now);
    }

    /// Reserves points; false when there are not so many.
    pub(crate) fn take(&mut self, points: f64, now: DateTime<Utc>) -> bool {
        self.fill(now);
        let enough = self.level >= points;
        if enough {
            self.level -= points;
        }
        enough
    }

    /// Gives points back that were reserved and not needed.
    pub(crate) fn give_back(&mut self, points: f64) {
        self.level = (self.level + points.max(0.0)).min(self.plan.bucket);
    }

    /// Takes all points out.
    pub(crate) fn empty(&mut self, now: DateTime<Utc>) {
        self.fill(now);
        self.level = 0.0;
    }

    /// `throttleStatus`: the size and the rate as floats, what is left as a whole number, as the API mixes them.
    pub(crate) fn status(&mut self, now: DateTime<Utc>) -> Value {
        self.fill(now);
        #[allow(clippy::cast_possible_truncation, reason = "a bucket holds thousands of points")]
        let left = self.level.floor() as i64;
        json!({ "maximumAvailable": self.plan.bucket, "currentlyAvailable": left, "restoreRate": self.plan.restore })
    }
}
