//! Numbers, and choices, from a seed.

/// Numbers from a seed (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    pub(super) fn up_to(&mut self, most: i64) -> i64 {
        i64::try_from(self.roll(u64::try_from(most).unwrap() + 1)).unwrap()
    }

    pub(super) fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }

    pub(super) fn some<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if self.one_in(5) { None } else { Some(self.pick(from)) }
    }

    /// Different ones, at least one.
    pub(super) fn several<T: Copy + PartialEq>(&mut self, from: &[T], most: usize) -> Vec<T> {
        let mut picked = Vec::new();
        for _ in 0..=self.roll(most as u64) {
            let one = self.pick(from);
            if !picked.contains(&one) {
                picked.push(one);
            }
        }
        picked
    }
}
