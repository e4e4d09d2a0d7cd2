//! What a property allows in an hour and in a day, and what is left of it.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::America::Los_Angeles;
use serde_json::{Value, json};

use super::error::ApiError;
use super::options::Property;

/// What is used of a property by one project.
#[derive(Debug, Default)]
pub(super) struct Used {
    /// The day, on the Pacific coast, and the hour since 1970 that the rest is of.
    span: Option<(NaiveDate, i64)>,
    day: u64,
    hour: u64,
    errors: u64,
}

/// What a property allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    day: u64,
    hour: u64,
    project: u64,
    pub(super) at_once: u32,
    errors: u64,
}

/// How many reports from which something may be withheld an hour has.
const THRESHOLDED: u64 = 120;

impl Allowed {
    pub(super) fn by(property: &Property) -> Self {
        if property.is_360 {
            return Self { day: 2_000_000, hour: 400_000, project: 140_000, at_once: 50, errors: 50 };
        }
        Self { day: 200_000, hour: 40_000, project: 14_000, at_once: 10, errors: 10 }
    }
}

impl Used {
    /// What is used at that instant: days and hours that are over are forgotten.
    pub(super) fn at(&mut self, now: DateTime<Utc>) -> &mut Self {
        let span = (now.with_timezone(&Los_Angeles).date_naive(), now.timestamp().div_euclid(3_600));
        if self.span.is_none_or(|(day, _)| day != span.0) {
            self.day = 0;
        }
        if self.span.is_none_or(|(_, hour)| hour != span.1) {
            (self.hour, self.errors) = (0, 0);
        }
        self.span = Some(span);
        self
    }

    pub(super) fn tokens(&self) -> (u64, u64) {
        (self.day, self.hour)
    }

    pub(super) fn take(&mut self, tokens: u64) {
        self.day += tokens;
        self.hour += tokens;
    }

    /// Google failed, which counts against whoever asked.
    pub(super) fn failed(&mut self) {
        self.errors += 1;
    }

    /// Refuses when something is used up.
    pub(super) fn check(&self, allowed: Allowed) -> Result<(), ApiError> {
        let used_up = [
            (self.errors >= allowed.errors, "Exhausted server errors quota. This quota will refresh in under an hour."),
            (
                self.day >= allowed.day,
                "Exhausted property tokens per day. This quota will refresh at midnight Pacific time.",
            ),
            (
                self.hour >= allowed.project,
                "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour. To learn more, see \
                 https://developers.google.com/analytics/devguides/reporting/data/v1/quotas",
            ),
            (
                self.hour >= allowed.hour,
                "Exhausted property tokens per hour. This quota will refresh in under an hour.",
            ),
        ];
        used_up.into_iter().find(|(is, _)| *is).map_or(Ok(()), |(_, message)| Err(ApiError::exhausted(message)))
    }

    /// What is told of it with a report that cost so much.
    pub(super) fn told(&self, allowed: Allowed, consumed: u64, under_way: u32) -> Value {
        let left = |consumed: u64, most: u64, used: u64| json!({ "consumed": consumed, "remaining": most.saturating_sub(used) });
        json!({
            "tokensPerDay": left(consumed, allowed.day, self.day),
            "tokensPerHour": left(consumed, allowed.hour, self.hour),
            "concurrentRequests": left(0, u64::from(allowed.at_once), u64::from(under_way.saturating_sub(1))),
            "serverErrorsPerProjectPerHour": left(0, allowed.errors, self.errors),
            "potentiallyThresholdedRequestsPerHour": left(0, THRESHOLDED, 0),
            "tokensPerProjectPerHour": left(consumed, allowed.project, self.hour),
        })
    }
}

/// The property that a path of the Data API is about.
pub(super) fn property_of(path: &str) -> Option<u64> {
    let rest = path.strip_prefix("/analyticsdata/v1beta/properties/")?;
    rest.split([':', '/']).next()?.parse().ok()
}
