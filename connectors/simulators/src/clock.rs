//! The simulator's clock: everything that it does or dates goes by it, so that a test can let an hour pass in no time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use tokio::sync::watch;

/// What the clock goes by.
#[derive(Clone, Copy, Debug)]
enum Base {
    /// The machine's clock, moved by so much.
    Running(TimeDelta),
    /// An instant at which it stands.
    Standing(DateTime<Utc>),
}

#[derive(Debug)]
struct Kept {
    base: Mutex<Base>,
    moved: watch::Sender<u64>,
}

/// A clock that can be moved; its copies are the same clock.
#[derive(Clone, Debug)]
pub struct Clock {
    kept: Arc<Kept>,
}

impl Clock {
    fn of(base: Base) -> Self {
        Self { kept: Arc::new(Kept { base: Mutex::new(base), moved: watch::Sender::new(0) }) }
    }

    /// A clock that runs with the machine's.
    #[must_use]
    pub fn system() -> Self {
        Self::of(Base::Running(TimeDelta::zero()))
    }

    /// A clock that stands at `now` until it is moved.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self::of(Base::Standing(now))
    }

    /// The present instant.
    #[must_use]
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place of the simulators that reads the machine's clock"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        match *self.base() {
            Base::Running(moved) => Utc::now() + moved,
            Base::Standing(now) => now,
        }
    }

    /// The present second, which is as fine as Shopify's times are.
    #[must_use]
    pub fn second(&self) -> DateTime<Utc> {
        self.now().trunc_subsecs(0)
    }

    /// Moves the clock forward, whether it runs or stands.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        let moved = match *self.base() {
            Base::Running(moved) => Base::Running(moved + by),
            Base::Standing(now) => Base::Standing(now + by),
        };
        *self.base() = moved;
        self.kept.moved.send_modify(|times| *times += 1);
    }

    /// Whether it goes on by itself.
    #[must_use]
    pub fn runs(&self) -> bool {
        matches!(*self.base(), Base::Running(_))
    }

    /// Changes whenever the clock is moved.
    pub(crate) fn moves(&self) -> watch::Receiver<u64> {
        self.kept.moved.subscribe()
    }

    fn base(&self) -> std::sync::MutexGuard<'_, Base> {
        self.kept.base.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
