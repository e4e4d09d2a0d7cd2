//! Checksums of a cold segment's bytes, block by block: whatever part of it is read is verified, without reading the rest.

use std::fmt;

/// Bytes of a block; a segment's last one is shorter.
pub const BLOCK_BYTES: u64 = 128 << 10;

/// The CRC-32 (IEEE 802.3) of each block of a segment. Empty for segments that were written before there were any: of those
/// only the checksum of the whole is known.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blocks(Box<[u32]>);

impl Blocks {
    /// Those of bytes that are all in memory.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = BlockHasher::default();
        hasher.update(bytes);
        hasher.finish()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether these are the bytes of the block at that index.
    #[must_use]
    pub fn matches(&self, index: usize, block: &[u8]) -> bool {
        self.0.get(index).is_some_and(|expected| crc32fast::hash(block) == *expected)
    }

    /// As they are kept: four bytes each, the least significant first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|block| block.to_le_bytes()).collect()
    }

    /// What [`Blocks::to_bytes`] gave; `None` when these bytes are something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (blocks, rest) = bytes.as_chunks::<4>();
        rest.is_empty().then(|| Self(blocks.iter().map(|block| u32::from_le_bytes(*block)).collect()))
    }
}

impl fmt::Debug for Blocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} blocks", self.0.len())
    }
}

/// Computes [`Blocks`] of bytes that come piece by piece.
#[derive(Debug, Default)]
pub(super) struct BlockHasher {
    done: Vec<u32>,
    block: crc32fast::Hasher,
    /// Bytes of the block in hand.
    filled: usize,
}

impl BlockHasher {
    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = usize::try_from(BLOCK_BYTES).unwrap_or(usize::MAX) - self.filled;
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.block.update(now);
            self.filled += now.len();
            if now.len() == room {
                self.end_block();
            }
            bytes = later;
        }
    }

    pub(super) fn finish(&mut self) -> Blocks {
        if self.filled > 0 {
            self.end_block();
        }
        Blocks(std::mem::take(&mut self.done).into())
    }

    fn end_block(&mut self) {
        self.done.push(std::mem::take(&mut self.block).finalize());
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_block_has_its_own_checksum_however_the_bytes_come() {
        let bytes: Vec<u8> = (0..300_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
        let blocks = Blocks::of(&bytes);
        assert_eq!(blocks.len(), 3);
        let mut hasher = BlockHasher::default();
        for piece in bytes.chunks(7_001) {
            hasher.update(piece);
        }
        assert_eq!(hasher.finish(), blocks);
        let (first, rest) = bytes.split_at(131_072);
        let (second, third) = rest.split_at(131_072);
        assert!(blocks.matches(0, first) && blocks.matches(1, second) && blocks.matches(2, third));
        assert!(!blocks.matches(1, first) && !blocks.matches(3, third) && !blocks.matches(2, &third[1..]));
        assert_eq!(Blocks::from_bytes(&blocks.to_bytes()), Some(blocks));
        assert_eq!(Blocks::from_bytes(&[1, 2, 3]), None);
    }

    #[test]
    fn the_checksum_is_the_standard_one() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(Blocks::of(b"123456789").to_bytes(), 0xCBF4_3926u32.to_le_bytes());
    }
}
