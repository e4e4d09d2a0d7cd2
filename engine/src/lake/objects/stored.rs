//! A segment as the object that holds it: blocks, ranges and whether bytes are right.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use object_store::path::Path;

use crate::StoreId;
use crate::lake::blocks::BLOCK_BYTES;
use crate::lake::fault::{FaultKind, SegmentFault};
use crate::lake::manifest::Segment;

/// A cold segment, and where it is.
#[derive(Debug)]
pub(in crate::lake) struct Stored {
    pub(in crate::lake) segment: Arc<Segment>,
    pub(in crate::lake) object: Path,
    store: StoreId,
}

impl Stored {
    /// A segment of a store.
    pub(in crate::lake) fn new(segment: &Arc<Segment>, store: StoreId) -> Self {
        Self { segment: Arc::clone(segment), object: segment.path(store), store }
    }

    /// The bytes of these blocks.
    pub(super) fn bytes_of(&self, blocks: &Range<u64>) -> Range<u64> {
        blocks.start * BLOCK_BYTES..(blocks.end * BLOCK_BYTES).min(self.segment.bytes)
    }

    /// The blocks of these bytes.
    pub(super) fn blocks_of(bytes: &Range<u64>) -> Range<u64> {
        if bytes.is_empty() { 0..0 } else { bytes.start / BLOCK_BYTES..bytes.end.div_ceil(BLOCK_BYTES) }
    }

    /// Whether these are the bytes of a block. Of a segment without block checksums only their number is known.
    pub(super) fn is_right(&self, block: u64, bytes: &[u8]) -> bool {
        let expected = self.bytes_of(&(block..block + 1));
        let checksums = &self.segment.blocks;
        bytes.len() as u64 == expected.end - expected.start
            && (checksums.is_empty() || usize::try_from(block).is_ok_and(|block| checksums.matches(block, bytes)))
    }

    /// Checks the bytes of adjacent blocks.
    ///
    /// # Errors
    /// Where they are others than those that were written, in words.
    pub(super) fn check(&self, blocks: &Range<u64>, bytes: &[u8]) -> Result<(), String> {
        let range = self.bytes_of(blocks);
        if bytes.len() as u64 != range.end - range.start {
            return Err(format!("of its bytes {}..{} there were {}", range.start, range.end, bytes.len()));
        }
        let block_bytes = usize::try_from(BLOCK_BYTES).unwrap_or(usize::MAX);
        for (block, bytes) in blocks.clone().zip(bytes.chunks(block_bytes)) {
            if !self.is_right(block, bytes) {
                let range = self.bytes_of(&(block..block + 1));
                return Err(format!("its bytes {}..{} do not have their checksum", range.start, range.end));
            }
        }
        Ok(())
    }

    pub(super) fn fault(&self, kind: FaultKind) -> SegmentFault {
        self.segment.fault(self.store, kind)
    }
}

/// Blocks, each once and in order, cut into runs of adjacent ones.
pub(super) fn runs(blocks: impl IntoIterator<Item = u64>) -> Vec<Range<u64>> {
    let mut runs: Vec<Range<u64>> = Vec::new();
    for block in blocks {
        match runs.last_mut() {
            Some(run) if run.end == block => run.end += 1,
            _ => runs.push(block..block + 1),
        }
    }
    runs
}

/// Verified bytes of a segment: pieces by where they begin, in order.
#[derive(Debug, Default)]
pub(super) struct Pieces(Vec<(u64, Bytes)>);

impl Pieces {
    pub(super) fn new(mut pieces: Vec<(u64, Bytes)>) -> Self {
        pieces.sort_by_key(|(start, _)| *start);
        Self(pieces)
    }

    /// These bytes; `None` when not all of them are here. Copied only where they are of several pieces.
    pub(super) fn slice(&self, range: &Range<u64>) -> Option<Bytes> {
        if range.is_empty() {
            return Some(Bytes::new());
        }
        let first = self.0.partition_point(|(start, _)| *start <= range.start).checked_sub(1)?;
        let (start, piece) = &self.0[first];
        let from = usize::try_from(range.start - start).ok()?;
        let length = usize::try_from(range.end - range.start).ok()?;
        if piece.len() >= from + length {
            return Some(piece.slice(from..from + length));
        }
        let mut whole = BytesMut::with_capacity(length);
        for (start, piece) in &self.0[first..] {
            let from = usize::try_from((range.start + whole.len() as u64).checked_sub(*start)?).ok()?;
            let take = piece.len().checked_sub(from)?.min(length - whole.len());
            whole.extend_from_slice(&piece[from..from + take]);
            if whole.len() == length {
                return Some(whole.freeze());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjacent_blocks_are_one_run() {
        assert_eq!(runs([1, 2, 3, 5, 7, 8]), [1..4, 5..6, 7..9]);
        assert_eq!(runs([]), Vec::<Range<u64>>::new());
    }

    #[test]
    fn bytes_belong_to_the_blocks_that_they_touch() {
        assert_eq!(Stored::blocks_of(&(0..1)), 0..1);
        assert_eq!(Stored::blocks_of(&(131_071..131_073)), 0..2);
        assert_eq!(Stored::blocks_of(&(131_072..262_144)), 1..2);
        assert_eq!(Stored::blocks_of(&(5..5)), 0..0);
    }

    #[test]
    fn a_slice_is_cut_from_one_piece_or_put_together_from_several() {
        let piece = |bytes: &'static [u8]| Bytes::from_static(bytes);
        let pieces = Pieces::new(vec![(14, piece(b"efgh")), (10, piece(b"abcd")), (30, piece(b"xyz"))]);
        let slice = |range| pieces.slice(&range).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
        assert_eq!(slice(11..13).as_deref(), Some("bc"));
        assert_eq!(slice(12..17).as_deref(), Some("cdefg"));
        assert_eq!(slice(10..18).as_deref(), Some("abcdefgh"));
        assert_eq!(slice(30..33).as_deref(), Some("xyz"));
        assert_eq!(slice(3..3).as_deref(), Some(""));
        for missing in [9..11, 16..19, 17..31, 32..34, 40..41] {
            assert_eq!(slice(missing), None);
        }
    }
}
