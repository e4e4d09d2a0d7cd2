//! A simulator's clock as ours.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aloftly_engine::clock::Clock;
use aloftly_simulators::clock::Clock as SimulatedClock;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

/// The simulator's clock as ours. Whoever waits moves it.
#[derive(Debug)]
pub(crate) struct OneClock {
    clock: SimulatedClock,
    began: DateTime<Utc>,
    ids: AtomicU64,
    /// How long was waited, each time.
    pub(crate) waited: Mutex<Vec<Duration>>,
}

impl OneClock {
    pub(crate) fn new(clock: SimulatedClock) -> Self {
        Self { began: clock.now(), clock, ids: AtomicU64::new(1), waited: Mutex::default() }
    }
}

impl Clock for OneClock {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        (self.clock.now() - self.began).to_std().unwrap()
    }

    fn new_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.ids.fetch_add(1, Ordering::SeqCst)))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.clock.advance(duration);
        self.waited.lock().unwrap().push(duration);
        Box::pin(tokio::task::yield_now())
    }
}
