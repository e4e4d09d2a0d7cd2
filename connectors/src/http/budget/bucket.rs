//! A bucket of points that refills steadily: a token bucket, a leaky bucket seen from the other side, and the cost points of
//! GraphQL. Whole numbers only, rounded so that it never gives more than the provider does.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Points are counted in millionths, so that slow refills lose nothing.
const MILLION: i64 = 1_000_000;

/// How many points fit in, and how fast they come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// In millionths of a point.
    capacity: i64,
    /// In millionths of a point per second.
    refill: i64,
}

impl Bucket {
    /// A bucket of so many points, of which `points` come back in each `per`.
    #[must_use]
    pub fn new(capacity: u32, points: u32, per: Duration) -> Self {
        let micros = per.as_micros().max(1);
        let refill = u128::from(points) * 1_000_000_000_000 / micros;
        Self { capacity: i64::from(capacity) * MILLION, refill: i64::try_from(refill).unwrap_or(i64::MAX) }
    }

    /// As a provider tells it in its own numbers, points and points per second; without a refill it is the one of `self`. None
    /// when that is no bucket.
    pub(super) fn told(self, capacity: f64, refill_per_second: Option<f64>) -> Option<Self> {
        let refill = refill_per_second.map_or(Some(self.refill), millionths)?;
        let capacity = millionths(capacity)?;
        (capacity > 0 && refill > 0).then_some(Self { capacity, refill })
    }

    /// The most that one request can cost, in points.
    pub(super) fn most(self) -> u64 {
        u64::try_from(self.capacity / MILLION).unwrap_or(0)
    }
}

/// Points in millionths; none for what is negative or not a number that counts.
pub(super) fn millionths(points: f64) -> Option<i64> {
    // A duration's microseconds are the way from a float to a whole number that does not wrap.
    let micros = Duration::try_from_secs_f64(points).ok()?.as_micros();
    i64::try_from(micros).ok()
}

/// How full a bucket is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Level {
    /// In millionths of a point; below zero when a request was more costly than was asked for.
    points: i64,
    /// When it was that full; ahead of the present when turns were given ahead.
    at: DateTime<Utc>,
    /// The bucket as the provider tells it, which counts more than what was declared.
    told: Option<Bucket>,
}

impl Level {
    /// A full one.
    pub(super) fn full(bucket: Bucket, at: DateTime<Utc>) -> Self {
        Self { points: bucket.capacity, at, told: None }
    }

    /// The bucket that counts.
    pub(super) fn bucket(&self, declared: Bucket) -> Bucket {
        self.told.unwrap_or(declared)
    }

    /// The first instant, not before `from`, at which so many points are there.
    pub(super) fn ready(&self, declared: Bucket, cost: u32, from: DateTime<Utc>) -> DateTime<Utc> {
        let mut then = self.clone();
        then.refill(declared, from);
        let missing = i64::from(cost) * MILLION - then.points;
        if missing <= 0 { from } else { from.max(then.at_after(declared, missing)) }
    }

    /// Takes points at that instant, which [`Level::ready`] gave.
    pub(super) fn take(&mut self, declared: Bucket, cost: u32, at: DateTime<Utc>) {
        self.refill(declared, at);
        self.points -= i64::from(cost) * MILLION;
    }

    /// Puts points back, or takes more than was asked for when they are below zero.
    pub(super) fn put_back(&mut self, declared: Bucket, points: i64, now: DateTime<Utc>) {
        self.refill(declared, now);
        let points = self.points.saturating_add(points.saturating_mul(MILLION));
        self.points = points.min(self.bucket(declared).capacity);
    }

    /// Takes over what the provider tells. Its level only ever lowers ours: it does not know yet of requests that are on their
    /// way, and where turns were given ahead it tells of another instant than ours.
    pub(super) fn correct(&mut self, declared: Bucket, told: Bucket, available: i64, now: DateTime<Utc>) {
        self.refill(declared, now);
        self.told = Some(told);
        self.points = self.points.min(told.capacity);
        if self.at <= now {
            self.points = self.points.min(available);
        }
    }

    /// Goes back to an instant at which nobody has taken anything since: without the points that would have come back.
    pub(super) fn rewind(&mut self, declared: Bucket, to: DateTime<Utc>) {
        let ahead = i128::from((self.at - to).num_microseconds().unwrap_or(i64::MAX));
        if ahead > 0 {
            let early = (ahead * i128::from(self.bucket(declared).refill)).div_euclid(i128::from(MILLION)) + 1;
            self.points = self.points.saturating_sub(i64::try_from(early).unwrap_or(i64::MAX));
            self.at = to;
        }
    }

    /// Lets points come back until that instant; one that is past changes nothing.
    fn refill(&mut self, declared: Bucket, to: DateTime<Utc>) {
        let bucket = self.bucket(declared);
        let elapsed = i128::from((to - self.at).num_microseconds().unwrap_or(i64::MAX));
        if elapsed <= 0 {
            return;
        }
        let gained = elapsed * i128::from(bucket.refill) / i128::from(MILLION);
        let missing = i128::from(bucket.capacity) - i128::from(self.points);
        if gained >= missing {
            (self.points, self.at) = (bucket.capacity, to);
        } else if gained > 0 {
            // Time that has not made a whole millionth yet stays for the next time.
            let gained = i64::try_from(gained).unwrap_or(i64::MAX);
            self.at = self.at_after(declared, gained);
            self.points += gained;
        }
    }

    /// When so many millionths more have come back.
    fn at_after(&self, declared: Bucket, gained: i64) -> DateTime<Utc> {
        let refill = i128::from(self.bucket(declared).refill);
        let micros = (i128::from(gained) * i128::from(MILLION) + refill - 1).checked_div(refill);
        let micros = micros.and_then(|micros| i64::try_from(micros).ok()).unwrap_or(i64::MAX);
        self.at.checked_add_signed(TimeDelta::microseconds(micros)).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_700_000_000_000 + millis).unwrap()
    }

    #[test]
    fn points_come_back_steadily_and_no_further_than_full() {
        let bucket = Bucket::new(40, 2, Duration::from_secs(1));
        let mut level = Level::full(bucket, at(0));
        level.take(bucket, 40, at(0));
        assert_eq!(level.ready(bucket, 1, at(0)), at(500));
        assert_eq!(level.ready(bucket, 40, at(0)), at(20_000));
        assert_eq!(level.ready(bucket, 40, at(60_000)), at(60_000));
        level.take(bucket, 40, at(60_000));
        assert_eq!(level.ready(bucket, 40, at(60_000)), at(80_000));
    }

    #[test]
    fn looking_often_loses_no_time() {
        let bucket = Bucket::new(1, 1, Duration::from_secs(3_600));
        let mut level = Level::full(bucket, at(0));
        level.take(bucket, 1, at(0));
        for millis in 0..3_600_000 / 50 {
            level.refill(bucket, at(millis * 50));
        }
        let late = level.ready(bucket, 1, at(0)) - at(3_600_000);
        // 277 millionths per second in place of 277.78 is as exact as it gets, and never too early.
        assert!(late >= TimeDelta::zero() && late < TimeDelta::seconds(12), "{late}");
    }

    #[test]
    fn a_bucket_that_never_refills_is_ready_when_time_ends() {
        let bucket = Bucket::new(1, 0, Duration::from_secs(1));
        let mut level = Level::full(bucket, at(0));
        level.take(bucket, 1, at(0));
        assert_eq!(level.ready(bucket, 1, at(0)), DateTime::<Utc>::MAX_UTC);
    }

    #[test]
    fn numbers_that_are_none_are_not_taken_over() {
        let bucket = Bucket::new(40, 2, Duration::from_secs(1));
        for (capacity, refill) in [(f64::NAN, None), (-1.0, None), (0.0, None), (1e300, None), (40.0, Some(-1.0))] {
            assert_eq!(bucket.told(capacity, refill), None, "{capacity} {refill:?}");
        }
        assert_eq!(bucket.told(40.0, None), Some(bucket));
        assert_eq!(bucket.told(2_000.0, Some(100.0)), Some(Bucket::new(2_000, 100, Duration::from_secs(1))));
    }
}
