//! A clock that goes on by as much as somebody waits for it.

use std::time::Duration;

use aloftly_engine::clock::{Clock, FixedClock};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

/// Moves on by every wait at once. Right for one who waits at a time.
#[derive(Debug)]
pub(super) struct WaitingClock {
    inner: FixedClock,
    began: DateTime<Utc>,
}

impl WaitingClock {
    pub(super) fn new() -> Self {
        let began = "2026-07-01T12:00:00Z".parse().unwrap();
        Self { inner: FixedClock::at(began), began }
    }

    /// How long was waited, in milliseconds.
    pub(super) fn waited(&self) -> i64 {
        (self.now() - self.began).num_milliseconds()
    }
}

impl Clock for WaitingClock {
    fn now(&self) -> DateTime<Utc> {
        self.inner.now()
    }

    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }

    fn new_id(&self) -> Uuid {
        self.inner.new_id()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.inner.advance(duration);
        Box::pin(tokio::task::yield_now())
    }
}
