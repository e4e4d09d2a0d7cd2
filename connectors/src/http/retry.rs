//! What an answer means for going on: take it, try again, or give up.

use std::borrow::Cow;
use std::time::Duration;

use super::budget::Told;
use super::{Answer, Jitter};

/// What to do with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the answer.
    Accept,
    /// Ask again, as far as the policy allows.
    Retry {
        /// How long the provider wants everyone to wait; without it a `Retry-After` counts, or else chance decides.
        after: Option<Duration>,
        /// Why.
        why: Why,
    },
    /// It is no answer, and will not become one.
    Fail {
        /// What the provider calls it: a short word, which is shown.
        code: Option<Cow<'static, str>>,
    },
}

/// Why to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The limits were used up, so that nothing was done: it can be asked again, whatever it is.
    Throttled,
    /// The provider failed. What it did is not known, so that only what may be repeated is asked again.
    Failed,
}

/// What a connector makes of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What to do with it; none leaves that to its status.
    pub verdict: Option<Verdict>,
    /// What it tells of the budget.
    pub told: Vec<Told>,
}

/// Judges every answer of a provider, also those with a status that speaks for itself.
pub type Judge = fn(&Answer) -> Judgement;

/// How often and how patiently to ask again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a request is sent at most, the first time included.
    pub most_tries: u32,
    /// After how many answers with a status of 500 and above there is no further try: some providers count them against
    /// whoever asks.
    pub most_server_errors: u32,
    /// Statuses by which the provider says that its limits are used up.
    pub throttled: Cow<'static, [u16]>,
    /// Statuses by which it says that it failed. Others are final.
    pub failed: Cow<'static, [u16]>,
    /// The longest wait before the second try; it doubles with each further one, and chance decides how much of it is
    /// waited.
    pub first_wait: Duration,
    /// How far it doubles.
    pub most_wait: Duration,
    /// The longest wait that the provider can ask for in `Retry-After` before giving up is better.
    pub most_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            most_tries: 6,
            most_server_errors: 4,
            throttled: Cow::Borrowed(&[429]),
            failed: Cow::Borrowed(&[408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530]),
            first_wait: Duration::from_millis(500),
            most_wait: Duration::from_secs(30),
            most_retry_after: Duration::from_secs(300),
        }
    }
}

impl RetryPolicy {
    /// What a status says by itself.
    #[must_use]
    pub fn by_status(&self, status: u16) -> Verdict {
        match status {
            200..=299 => Verdict::Accept,
            _ if self.throttled.contains(&status) => Verdict::Retry { after: None, why: Why::Throttled },
            _ if self.failed.contains(&status) => Verdict::Retry { after: None, why: Why::Failed },
            // They are not followed: they could lead anywhere.
            300..=399 => Verdict::Fail { code: Some(Cow::Borrowed("redirect")) },
            _ => Verdict::Fail { code: None },
        }
    }

    /// How long to wait after so many tries, when the provider does not say: exponential backoff with full jitter, after
    /// "Exponential Backoff And Jitter" by Marc Brooker.
    pub(super) fn backoff(&self, tries: u32, jitter: &dyn Jitter) -> Duration {
        let doubled = 2_u32.saturating_pow(tries.saturating_sub(1));
        jitter.up_to(self.first_wait.saturating_mul(doubled).min(self.most_wait))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Most;

    impl Jitter for Most {
        fn up_to(&self, most: Duration) -> Duration {
            most
        }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = RetryPolicy { most_wait: Duration::from_secs(3), ..RetryPolicy::default() };
        let waits: Vec<u128> = (1..=5).map(|tries| policy.backoff(tries, &Most).as_millis()).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 3_000, 3_000]);
        assert_eq!(policy.backoff(u32::MAX, &Most), Duration::from_secs(3));
    }

    #[test]
    fn a_status_speaks_for_itself() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.by_status(204), Verdict::Accept);
        assert_eq!(policy.by_status(429), Verdict::Retry { after: None, why: Why::Throttled });
        assert_eq!(policy.by_status(503), Verdict::Retry { after: None, why: Why::Failed });
        assert_eq!(policy.by_status(501), Verdict::Fail { code: None });
        assert_eq!(policy.by_status(401), Verdict::Fail { code: None });
        assert_eq!(policy.by_status(302), Verdict::Fail { code: Some(Cow::Borrowed("redirect")) });
    }
}
