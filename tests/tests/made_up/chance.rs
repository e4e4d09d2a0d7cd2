//! Numbers that look random and are the same for the same seed.

/// A SplitMix64 generator.
pub(crate) struct Chance(u64);

impl Chance {
    /// The chance of these numbers, which has nothing in common with that of others.
    pub(crate) fn of(parts: &[u64]) -> Self {
        parts.iter().fold(Self(0), |chance, part| Self(mixed(chance.0 ^ mixed(part.wrapping_add(STEP)))))
    }

    /// A whole number from 0 to below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0) % end
    }

    /// A whole number from `first` to `last`.
    pub(crate) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// Whether it is the one of so many.
    pub(crate) fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// One of the numbers below `end`, as a place in a list.
    pub(crate) fn place(&mut self, end: usize) -> usize {
        usize::try_from(self.below(u64::try_from(end).unwrap())).unwrap()
    }
}

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
