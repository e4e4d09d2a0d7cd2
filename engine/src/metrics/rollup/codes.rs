//! Numbers for the texts that are counted once each, so that sets of them are small and quick to unite.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// What an entry takes, about.
const ENTRY: usize = 40;

/// The numbers of a store's texts, in the order in which they came. Of a text only a digest is kept, of 128 bits of SHA-256: nobody can
/// find two texts with the same one.
#[derive(Debug)]
pub(crate) struct Codes {
    /// Tells these numbers from others of the same store, made after these were given up.
    pub(crate) generation: u64,
    numbers: Mutex<HashMap<u128, i64, BuildHasherDefault<Taken>>>,
}

impl Codes {
    pub(crate) fn new() -> Self {
        static GENERATIONS: AtomicU64 = AtomicU64::new(0);
        Self { generation: GENERATIONS.fetch_add(1, Ordering::Relaxed), numbers: Mutex::default() }
    }

    /// The number of each of these texts.
    pub(crate) fn of<'t>(&self, texts: impl Iterator<Item = Option<&'t str>>) -> Vec<Option<i64>> {
        let digests: Vec<_> = texts.map(|text| text.map(digest)).collect();
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut number = |digest| {
            let next = i64::try_from(numbers.len()).ok()?;
            Some(*numbers.entry(digest).or_insert(next))
        };
        digests.into_iter().map(|digest| number(digest?)).collect()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// About how many bytes they take.
    pub(crate) fn memory(&self) -> usize {
        size_of::<Self>() + self.len() * ENTRY
    }
}

fn digest(text: &str) -> u128 {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = <[u8; 32]>::from(Sha256::digest(text));
    u128::from_be_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
}

/// A digest needs no other.
#[derive(Default)]
struct Taken(u64);

impl Hasher for Taken {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut last = [0; 8];
        last.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        self.0 = u64::from_ne_bytes(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_and_no_other_text_has_it() {
        let codes = Codes::new();
        assert_eq!(
            codes.of([Some("ann"), None, Some("bob"), Some("ann")].into_iter()),
            [Some(0), None, Some(1), Some(0)]
        );
        assert_eq!(codes.of([Some("cid"), Some("bob")].into_iter()), [Some(2), Some(1)]);
        assert_eq!(codes.len(), 3);
        assert_ne!(Codes::new().generation, codes.generation);
    }
}
