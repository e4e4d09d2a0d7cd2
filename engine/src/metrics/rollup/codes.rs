//! Numbers for the texts that are counted once each, so that sets of them are small and quick to unite.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

/// A text's: bytes, which lie closer together than a number of 128 bits would.
type Digest = [u8; 16];

/// What a place for an entry takes.
const PLACE: usize = size_of::<(Digest, u32)>() + 1;

/// The numbers of a store's texts, in the order in which they came. Of a text only a digest is kept, of 128 bits of SHA-256 under a key
/// that nobody knows: it tells nothing of the text, and no two texts have the same one.
#[derive(Debug)]
pub(crate) struct Codes {
    /// Tells these numbers from others of the same store, made after these were given up.
    pub(crate) generation: u64,
    key: [u8; 16],
    numbers: Mutex<HashMap<Digest, u32, BuildHasherDefault<Taken>>>,
    /// Bytes that they may take.
    most: usize,
}

impl Codes {
    /// None yet, which may take so many bytes.
    pub(crate) fn new(most: usize) -> Self {
        static GENERATIONS: AtomicU64 = AtomicU64::new(0);
        let secret = RandomState::new();
        let [first, second] = [0_u8, 1].map(|half| u128::from(secret.hash_one(half)));
        Self {
            generation: GENERATIONS.fetch_add(1, Ordering::Relaxed),
            key: (first << 64 | second).to_be_bytes(),
            numbers: Mutex::default(),
            most,
        }
    }

    /// The number of each of these texts. Once there are too many ([`Codes::are_too_many`]) some may have none.
    pub(crate) fn of<'t>(&self, texts: impl Iterator<Item = Option<&'t str>>) -> Vec<Option<i64>> {
        let digests: Vec<_> = texts.map(|text| text.map(|text| self.digest(text))).collect();
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut number = |digest| {
            let next = u32::try_from(numbers.len()).ok()?;
            Some(i64::from(*numbers.entry(digest).or_insert(next)))
        };
        digests.into_iter().map(|digest| number(digest?)).collect()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// How many bytes they take.
    pub(crate) fn memory(&self) -> usize {
        let places = self.numbers.lock().unwrap_or_else(PoisonError::into_inner).capacity();
        // A table is an eighth larger than what it has room for.
        size_of::<Self>() + places * PLACE * 8 / 7
    }

    /// Whether they take more than they may, or are more than there are numbers.
    pub(crate) fn are_too_many(&self) -> bool {
        self.memory() > self.most || u32::try_from(self.len()).is_err()
    }

    fn digest(&self, text: &str) -> Digest {
        let digest = Sha256::new().chain_update(self.key).chain_update(text).finalize();
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = <[u8; 32]>::from(digest);
        [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
    }
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
        let codes = Codes::new(1 << 20);
        assert_eq!(
            codes.of([Some("ann"), None, Some("bob"), Some("ann")].into_iter()),
            [Some(0), None, Some(1), Some(0)]
        );
        assert_eq!(codes.of([Some("cid"), Some("bob")].into_iter()), [Some(2), Some(1)]);
        assert_eq!(codes.len(), 3);
        assert!(!codes.are_too_many());
        let few = Codes::new(100);
        assert_ne!(few.generation, codes.generation);
        few.of(["ann", "bob", "cid", "dot", "eve"].into_iter().map(Some));
        assert!(few.are_too_many());
    }

    #[test]
    fn a_million_customers_take_less_than_a_store_may_by_default() {
        let codes = Codes::new(64 << 20);
        let texts: Vec<_> = (0..1_000_000).map(|number| format!("customer {number}")).collect();
        codes.of(texts.iter().map(|text| Some(text.as_str())));
        assert_eq!(codes.len(), 1_000_000);
        assert!(!codes.are_too_many(), "{} bytes", codes.memory());
    }
}
