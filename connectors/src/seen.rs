//! A compact memory of which identifiers a file has had.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::ImportError;

/// How many a file may have, so that what is remembered of it takes at most some 200 MB.
const MOST: usize = 10_000_000;

/// The identifiers of a file, as 64-bit hashes with a key of their own for each file: 9 to 18 bytes for each, whatever
/// their length. Two different ones are taken for the same with a chance of n²/2⁶⁵ (one in thirteen million for a
/// file of 1.7 million): the file is then refused, never read wrongly, and with the next try's key it passes.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    key: RandomState,
    hashes: HashSet<u64, BuildHasherDefault<AsIs>>,
}

impl Seen {
    /// Notes an identifier; `false` when it was noted before.
    pub(crate) fn insert(&mut self, id: &str) -> Result<bool, ImportError> {
        let is_new = self.hashes.insert(self.key.hash_one(id));
        check_room(self.hashes.len())?;
        Ok(is_new)
    }

    /// Whether an identifier was noted.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.hashes.contains(&self.key.hash_one(id))
    }
}

/// Refuses to remember more of a file than its import may take memory for.
pub(crate) fn check_room(remembered: usize) -> Result<(), ImportError> {
    if remembered <= MOST { Ok(()) } else { Err(ImportError::TooManyEntries { most: MOST }) }
}

/// For keys that are hashes already.
#[derive(Debug, Default)]
pub(crate) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_new_once() {
        let mut seen = Seen::default();
        assert!(seen.insert("1001").unwrap());
        assert!(seen.insert("1002").unwrap());
        assert!(!seen.insert("1001").unwrap());
        assert!(seen.contains("1002") && !seen.contains("1003"));
    }

    #[test]
    fn more_than_there_is_room_for_is_an_error_that_names_the_limit() {
        check_room(10_000_000).unwrap();
        assert_eq!(
            check_room(10_000_001).unwrap_err().to_string(),
            "the file has more than 10000000 entries: split it into several files"
        );
    }
}
