//! Token buckets from which tokens can be given back: so many at once, then so many in a time, for each key. Kept in the process; keys
//! that rest are forgotten.

use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_engine::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;

/// How much is allowed.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// How many at once.
    pub burst: u32,
    /// How long until one more is allowed.
    pub every: Duration,
}

/// Limits how often something happens for each key.
#[derive(Clone, Debug)]
pub struct RateLimit<K: Hash + Eq + Send + Sync + 'static> {
    quota: Quota,
    clock: Arc<dyn Clock>,
    /// When each key's bucket is full again: everything that a bucket has to know.
    full_at: Cache<K, Arc<Mutex<DateTime<Utc>>>>,
}

impl<K: Hash + Eq + Send + Sync + 'static> RateLimit<K> {
    /// A limit that knows at most 100,000 keys.
    #[must_use]
    pub fn new(quota: Quota, clock: Arc<dyn Clock>) -> Self {
        let full_at = Cache::builder().max_capacity(100_000).time_to_idle(quota.every * quota.burst).build();
        Self { quota, clock, full_at }
    }

    /// How much it allows.
    #[must_use]
    pub fn quota(&self) -> Quota {
        self.quota
    }

    /// Takes one token.
    ///
    /// # Errors
    /// There is none: how long until there is one.
    pub fn take(&self, key: K) -> Result<(), Duration> {
        let now = self.clock.now();
        let every = delta(self.quota.every);
        let capacity = every * i32::try_from(self.quota.burst).unwrap_or(i32::MAX);
        self.with(key, now, |full_at| {
            let next = (*full_at).max(now) + every;
            if next - now > capacity {
                return Err((next - now - capacity).to_std().unwrap_or(self.quota.every));
            }
            *full_at = next;
            Ok(())
        })
    }

    /// Gives one token back: what it was taken for turned out to be harmless.
    pub fn give_back(&self, key: K) {
        let now = self.clock.now();
        self.with(key, now, |full_at| *full_at -= delta(self.quota.every));
    }

    fn with<R>(&self, key: K, now: DateTime<Utc>, change: impl FnOnce(&mut DateTime<Utc>) -> R) -> R {
        let bucket = self.full_at.get_with(key, || Arc::new(Mutex::new(now)));
        let mut full_at = bucket.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut full_at)
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use aloftly_engine::clock::FixedClock;

    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_one_token_at_a_time() {
        let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
        let limit: RateLimit<&str> = RateLimit::new(Quota { burst: 3, every: Duration::from_secs(10) }, clock.clone());
        for _ in 0..3 {
            assert_eq!(limit.take("a"), Ok(()));
        }
        assert_eq!(limit.take("a"), Err(Duration::from_secs(10)));
        assert_eq!(limit.take("b"), Ok(()));
        clock.advance(Duration::from_secs(4));
        assert_eq!(limit.take("a"), Err(Duration::from_secs(6)));
        clock.advance(Duration::from_secs(6));
        assert_eq!(limit.take("a"), Ok(()));
        assert_eq!(limit.take("a"), Err(Duration::from_secs(10)));
        limit.give_back("a");
        assert_eq!(limit.take("a"), Ok(()));
    }
}
