//! A compact memory of which identifiers a file has had.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crate::ImportError;
use crate::error::Rejections;

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
    /// Whether an identifier comes for the first time. It is noted, unless the file is rejected already: then more of it is
    /// not worth the room.
    pub(crate) fn is_new(&mut self, id: &str, rejections: &Rejections) -> Result<bool, ImportError> {
        let hash = self.key.hash_one(id);
        if !rejections.is_empty() {
            return Ok(!self.hashes.contains(&hash));
        }
        let is_new = self.hashes.insert(hash);
        check_room(self.hashes.len())?;
        Ok(is_new)
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
        let (mut seen, mut rejections) = (Seen::default(), Rejections::default());
        assert!(seen.is_new("1001", &rejections).unwrap());
        assert!(seen.is_new("1002", &rejections).unwrap());
        assert!(!seen.is_new("1001", &rejections).unwrap());
        rejections.add(7, "Total", "x", "an amount");
        assert!(!seen.is_new("1002", &rejections).unwrap());
        assert!(seen.is_new("1003", &rejections).unwrap());
        assert!(seen.is_new("1003", &rejections).unwrap(), "of a rejected file nothing more is noted");
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
