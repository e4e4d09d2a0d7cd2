//! Chance that spreads those who try again.

use std::fmt::{self, Debug};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aloftly_engine::clock::Clock;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

/// Chance that spreads those who try again, so that they do not all come back at once.
pub trait Jitter: Send + Sync + Debug {
    /// A wait between none and `most`, all of them alike.
    fn up_to(&self, most: Duration) -> Duration;
}

/// Chance of its own, seeded by an identifier of the clock: with a clock of a test it is the same every time.
pub struct RandomJitter(Mutex<ChaCha8Rng>);

impl RandomJitter {
    /// A new one.
    #[must_use]
    pub fn new(clock: &dyn Clock) -> Self {
        let (high, low) = clock.new_id().as_u64_pair();
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(high ^ low.rotate_left(32))))
    }
}

impl Debug for RandomJitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RandomJitter").finish_non_exhaustive()
    }
}

impl Jitter for RandomJitter {
    fn up_to(&self, most: Duration) -> Duration {
        let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        let bits = self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64();
        // The high half of the product is the bits scaled down to the range.
        let scaled = (u128::from(bits) * (u128::from(micros) + 1)) >> 64;
        Duration::from_micros(u64::try_from(scaled).unwrap_or(micros))
    }
}

#[cfg(test)]
mod tests {
    use aloftly_engine::clock::FixedClock;

    use super::*;

    #[test]
    fn waits_are_spread_over_the_whole_range() {
        let jitter = RandomJitter::new(&FixedClock::at(chrono::DateTime::UNIX_EPOCH));
        let mut counts = [0_u32; 4];
        for _ in 0..4_000 {
            let wait = jitter.up_to(Duration::from_millis(400)).as_millis();
            counts[usize::try_from(wait / 100).unwrap().min(3)] += 1;
        }
        assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
        assert_eq!(jitter.up_to(Duration::ZERO), Duration::ZERO);
    }
}
