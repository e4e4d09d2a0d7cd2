//! How far one request has come: its tries, its time, and whether there is another try.

use std::time::Duration;

use aloftly_engine::clock::Clock;

use super::{HttpErrorKind, RetryPolicy, Why};

/// How far one request has come.
#[derive(Debug)]
pub(super) struct Course {
    began: Duration,
    deadline: Duration,
    /// How often it was sent.
    pub(super) tries: u32,
    server_errors: u32,
    /// How long it waited since it was sent last.
    pub(super) waited: Duration,
}

/// A try that brought nothing but may bring something next time.
#[derive(Debug)]
pub(super) struct Setback {
    /// What it comes to if there is no other try.
    pub(super) kind: HttpErrorKind,
    /// How long the provider wants to hear nothing.
    pub(super) after: Option<Duration>,
    /// Whether the request may be sent again.
    pub(super) is_repeatable: bool,
}

impl Course {
    pub(super) fn begin(clock: &dyn Clock, deadline: Duration) -> Self {
        Self { began: clock.elapsed(), deadline, tries: 0, server_errors: 0, waited: Duration::ZERO }
    }

    /// How much time there is left.
    pub(super) fn left(&self, clock: &dyn Clock) -> Duration {
        self.deadline.saturating_sub(clock.elapsed().saturating_sub(self.began))
    }

    /// An answer came.
    pub(super) fn answered(&mut self, status: u16) {
        self.server_errors += u32::from(status >= 500);
    }

    /// How long to wait before the next try.
    ///
    /// # Errors
    /// When there is none: what it comes to.
    pub(super) fn again(
        &self,
        setback: Setback,
        policy: &RetryPolicy,
        backoff: impl FnOnce() -> Duration,
        left: Duration,
    ) -> Result<Duration, HttpErrorKind> {
        let is_over = self.tries >= policy.most_tries || self.server_errors >= policy.most_server_errors.max(1);
        if !setback.is_repeatable || is_over {
            return Err(setback.kind);
        }
        let Some(after) = setback.after else {
            let wait = backoff();
            return if wait < left { Ok(wait) } else { Err(HttpErrorKind::Deadline) };
        };
        if after > policy.most_retry_after || after >= left {
            return Err(HttpErrorKind::Throttled { after: Some(after) });
        }
        Ok(after)
    }
}

impl Setback {
    /// The provider said to ask again.
    pub(super) fn told(status: u16, after: Option<Duration>, why: Why, is_idempotent: bool) -> Self {
        let kind = match why {
            Why::Throttled => HttpErrorKind::Throttled { after },
            Why::Failed => HttpErrorKind::Status { status, code: None },
        };
        Self { kind, after, is_repeatable: is_idempotent || why == Why::Throttled }
    }
}
