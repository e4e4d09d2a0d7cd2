//! The one place that time and identifiers come from.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

/// A source of the present instant and of new identifiers.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;

    /// How long it has been running. It never goes back, as the time of day may.
    fn elapsed(&self) -> Duration;

    /// A new UUIDv7.
    fn new_id(&self) -> Uuid;

    /// Waits for that long.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }

    #[allow(clippy::disallowed_methods, reason = "this is the one place that makes identifiers")]
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that stands still until it is told to move, with identifiers that count up.
#[derive(Debug)]
pub struct FixedClock {
    start: DateTime<Utc>,
    moved_micros: AtomicU64,
    ids: AtomicU64,
}

impl FixedClock {
    /// A clock that says `now` until [`FixedClock::advance`] is called.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { start: now, moved_micros: AtomicU64::new(0), ids: AtomicU64::new(0) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
        self.moved_micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        let moved = i64::try_from(self.moved_micros.load(Ordering::SeqCst)).unwrap_or(i64::MAX);
        self.start + TimeDelta::microseconds(moved)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_micros(self.moved_micros.load(Ordering::SeqCst))
    }

    fn new_id(&self) -> Uuid {
        let n = self.ids.fetch_add(1, Ordering::SeqCst);
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        let mut random = [0; 10];
        random[2..].copy_from_slice(&n.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// Lets others go first, and takes no time: this clock does not move by itself.
    fn sleep(&self, _duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }
}
