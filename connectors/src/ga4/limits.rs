//! How often a property may be asked, and what to do when that is used up.
//!
//! GA4 counts in tokens, which a report costs the more the larger it is, and says with every answer how many are left; so a report
//! takes one token of the budget beforehand, and the rest is corrected by what is told. What is used up says how long to wait: a
//! moment is waited for here, and for longer a sync ends and comes back. Google also counts its own errors and locks out whoever
//! met too many in an hour, so that those are not tried often.

use std::borrow::Cow;
use std::time::Duration;

use aloftly_engine::metrics::start_of_day;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::America::Los_Angeles;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::refusal::Envelope;
use crate::contract::Account;
use crate::http::budget::{Concurrency, Rules, Span, Told, Window};
use crate::http::{Answer, Judgement, RetryPolicy, Verdict, Why};

const HOUR: Duration = Duration::from_secs(3_600);
const HALF_HOUR: Duration = Duration::from_secs(1_800);
const TOKENS_PER_DAY: &str = "tokens_per_day";
const TOKENS_PER_HOUR: &str = "tokens_per_hour";
const TOKENS_PER_PROJECT_PER_HOUR: &str = "tokens_per_project_per_hour";
/// Answers with a server error after which a request is given up: two repetitions.
const SERVER_ERRORS: u32 = 3;
/// How long a request counts as under way when nobody says that it is over.
const LEASE: Duration = Duration::from_secs(120);
/// What a property that is paid for is told by.
const PAID: &str = "GOOGLE_ANALYTICS_360";
/// Where an account keeps its service level.
pub(super) const SERVICE_LEVEL: &str = "service_level";

/// What a property allows, by its service level.
pub(super) fn rules(account: Option<&Account>) -> Rules {
    let level = account.and_then(|account| account.details.get(SERVICE_LEVEL)?.as_str());
    let (times, at_once) = if level == Some(PAID) { (10, 50) } else { (1, 10) };
    let window = |name, most: u32, span| Window::new(name, most * times, span);
    Rules {
        bucket: None,
        windows: vec![
            window(TOKENS_PER_DAY, 200_000, Span::Day(Los_Angeles)),
            window(TOKENS_PER_HOUR, 40_000, Span::Every(HOUR)),
            window(TOKENS_PER_PROJECT_PER_HOUR, 14_000, Span::Every(HOUR)),
        ],
        concurrency: Some(Concurrency { most: at_once, lease: LEASE }),
    }
}

/// How often to ask again.
pub(super) fn retry() -> RetryPolicy {
    RetryPolicy { most_server_errors: SERVER_ERRORS, ..RetryPolicy::default() }
}

/// What is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UsedUp {
    /// As many requests as may be are under way.
    AtOnce,
    /// The tokens of an hour, or reports from which something may be withheld.
    Hour,
    /// Google's own errors.
    ServerErrors,
    /// The tokens of a day.
    Day,
    /// Something else.
    Other,
}

impl UsedUp {
    /// What a message says is used up. Only parts of it are known: Google words it in several ways.
    pub(super) fn of(message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let says = |part: &str| message.contains(part);
        if says("concurrent") {
            Self::AtOnce
        } else if says("server error") {
            Self::ServerErrors
        } else if says("per day") || says("daily") {
            Self::Day
        } else if says("per hour") || says("thresholded") || says("hourly") {
            Self::Hour
        } else {
            Self::Other
        }
    }

    /// How long to wait, where the kind says. Days end with Google's, on the Pacific coast.
    pub(super) fn wait(self, now: DateTime<Utc>) -> Option<Duration> {
        match self {
            Self::AtOnce => Some(Duration::from_secs(30)),
            Self::Hour => Some(HALF_HOUR),
            Self::ServerErrors => Some(HOUR),
            Self::Day => {
                let tomorrow = now.with_timezone(&Los_Angeles).date_naive() + TimeDelta::days(1);
                (start_of_day(Los_Angeles, tomorrow) - now).to_std().ok()
            }
            Self::Other => None,
        }
    }
}

/// What an answer means for the budget and for going on. Answers that refuse are taken: what they say is read by whoever asked.
pub(super) fn judge(answer: &Answer) -> Judgement {
    match answer.status() {
        200..=299 => Judgement { verdict: None, told: told(answer) },
        429 => used_up(UsedUp::of(&Envelope::of(answer).message)),
        400..=499 if serde_json::from_slice::<IgnoredAny>(answer.body()).is_ok() => {
            Judgement { verdict: Some(Verdict::Accept), told: Vec::new() }
        }
        _ => Judgement::default(),
    }
}

fn used_up(what: UsedUp) -> Judgement {
    let pause = |wait| Judgement { verdict: Some(Verdict::Accept), told: vec![Told::Pause(wait)] };
    match what {
        UsedUp::AtOnce => {
            let after = Some(Duration::from_secs(30));
            Judgement { verdict: Some(Verdict::Retry { after, why: Why::Throttled }), told: Vec::new() }
        }
        UsedUp::Hour => pause(HALF_HOUR),
        UsedUp::ServerErrors => pause(HOUR),
        // The window of the day knows when it ends.
        UsedUp::Day => Judgement { verdict: Some(Verdict::Accept), told: vec![remaining(TOKENS_PER_DAY, 0)] },
        UsedUp::Other => Judgement::default(),
    }
}

fn remaining(window: &'static str, points: u64) -> Told {
    Told::Remaining { window: Cow::Borrowed(window), points }
}

/// How many tokens are left, as far as an answer tells.
fn told(answer: &Answer) -> Vec<Told> {
    let Ok(reports) = serde_json::from_slice::<Reports>(answer.body()) else { return Vec::new() };
    let quotas = || reports.reports.iter().filter_map(|report| report.property_quota.as_ref());
    let least = |name, of: fn(&Quota) -> Option<&Left>| {
        let left = quotas().filter_map(of).filter_map(|left| left.remaining).min();
        left.map(|left| remaining(name, u64::try_from(left).unwrap_or(0)))
    };
    let told = [
        least(TOKENS_PER_DAY, |quota| quota.tokens_per_day.as_ref()),
        least(TOKENS_PER_HOUR, |quota| quota.tokens_per_hour.as_ref()),
        least(TOKENS_PER_PROJECT_PER_HOUR, |quota| quota.tokens_per_project_per_hour.as_ref()),
    ];
    told.into_iter().flatten().collect()
}

#[derive(Debug, Deserialize)]
struct Reports {
    #[serde(default)]
    reports: Vec<Report>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    #[serde(default)]
    property_quota: Option<Quota>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Quota {
    tokens_per_day: Option<Left>,
    tokens_per_hour: Option<Left>,
    tokens_per_project_per_hour: Option<Left>,
}

#[derive(Debug, Deserialize)]
struct Left {
    remaining: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_is_used_up() {
        for (message, expected) in [
            ("Exhausted concurrent requests quota. Please wait.", UsedUp::AtOnce),
            (
                "Exhausted property tokens for a project per hour. These quota tokens will return in under an hour.",
                UsedUp::Hour,
            ),
            ("Exhausted property tokens per hour.", UsedUp::Hour),
            ("Exhausted potentially thresholded requests quota.", UsedUp::Hour),
            ("Exhausted server errors quota.", UsedUp::ServerErrors),
            ("Exhausted property tokens per day. Retry tomorrow.", UsedUp::Day),
            ("Quota exceeded for quota metric 'Requests'", UsedUp::Other),
        ] {
            assert_eq!(UsedUp::of(message), expected, "{message}");
        }
    }

    #[test]
    fn a_day_ends_at_midnight_on_the_pacific_coast() {
        let wait = |now: &str| UsedUp::Day.wait(now.parse().unwrap()).map(|wait| wait.as_secs());
        // In November the coast is eight hours behind UTC, in July seven.
        assert_eq!(wait("2026-11-23T05:20:00Z"), Some(2 * 3_600 + 40 * 60));
        assert_eq!(wait("2026-11-23T08:00:00Z"), Some(24 * 3_600));
        assert_eq!(wait("2026-07-01T06:59:59Z"), Some(1));
    }

    #[test]
    fn a_property_that_is_paid_for_has_ten_times_as_much() {
        let most = |rules: &Rules| rules.windows.iter().map(|window| window.most).collect::<Vec<_>>();
        assert_eq!(most(&rules(None)), [200_000, 40_000, 14_000]);
        let mut account = Account::new("properties/1", "A");
        account.details.insert(SERVICE_LEVEL.to_owned(), PAID.into());
        let paid = rules(Some(&account));
        assert_eq!(most(&paid), [2_000_000, 400_000, 140_000]);
        assert_eq!(paid.concurrency.map(|concurrency| concurrency.most), Some(50));
    }
}
