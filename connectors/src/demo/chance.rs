//! Chance that is the same every time, on every machine: only whole numbers, and only from the keys that it is made of.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A stream of chance.
#[derive(Debug)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream that belongs to these keys.
    pub(super) fn of(keys: &[u64]) -> Self {
        Self(ChaCha8Rng::seed_from_u64(mix(keys)))
    }

    /// A number below `end`, all of them alike; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        scale(self.0.next_u64(), end)
    }

    /// A number from `first` to `last`.
    pub(super) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + i64::try_from(self.below(u64::try_from(last - first + 1).unwrap_or(1))).unwrap_or(0)
    }

    /// True in so many of a thousand cases.
    pub(super) fn permille(&mut self, cases: u64) -> bool {
        self.below(1_000) < cases
    }

    /// A place in `weights`, each as likely as its weight says.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = u64> + Clone) -> usize {
        let mut rest = self.below(weights.clone().sum());
        for (place, weight) in weights.enumerate() {
            match rest.checked_sub(weight) {
                Some(less) => rest = less,
                None => return place,
            }
        }
        0
    }
}

/// One number that belongs to these keys, as good as chance (the finaliser of SplitMix64 over each).
pub(super) fn mix(keys: &[u64]) -> u64 {
    keys.iter().fold(0x9e37_79b9_7f4a_7c15, |state: u64, key| {
        let mut z = (state ^ key).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// Brings a number of 64 chance bits below `end`.
pub(super) fn scale(bits: u64, end: u64) -> u64 {
    u64::try_from((u128::from(bits) * u128::from(end)) >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_the_same_for_ever() {
        let mut chance = Chance::of(&[1, 2, 3]);
        let drawn: Vec<u64> = (0..4).map(|_| chance.below(1_000)).collect();
        assert_eq!((mix(&[1, 2, 3]), drawn), (WRITTEN_DOWN.0, WRITTEN_DOWN.1.to_vec()));
    }

    /// As drawn when the generator was written: a change here changes every demo.
    const WRITTEN_DOWN: (u64, [u64; 4]) = (5_246_500_226_706_903_259, [15, 307, 311, 312]);

    #[test]
    fn weights_decide_how_often() {
        let mut chance = Chance::of(&[7]);
        let mut counts = [0_u32; 3];
        for _ in 0..10_000 {
            counts[chance.weighted([1, 0, 3].into_iter())] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((2_300..2_700).contains(&counts[0]), "{counts:?}");
    }
}
