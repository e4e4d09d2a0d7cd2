//! Segments that are nothing but bytes, written and read through [`Objects`].

#![allow(clippy::single_range_in_vec_init, reason = "one range is asked for")]

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;

use super::*;
use crate::dataset::Partition;
use crate::lake::blocks::Blocks;
use crate::lake::fault::{FaultKind, SegmentFault};
use crate::lake::segment::Temperature;
use crate::{SegmentId, StoreId};

fn segment(bytes: &[u8], blocks: Blocks) -> Arc<Segment> {
    Arc::new(Segment {
        id: SegmentId(uuid::Uuid::from_u128(9)),
        dataset: "orders".to_owned(),
        partition: Partition::starting(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()),
        temperature: Temperature::Cold,
        rows: 1,
        updates: 0,
        removed: 0,
        bytes: bytes.len() as u64,
        footer_bytes: None,
        codec: None,
        schema_version: 1,
        time_bounds: (0, 0),
        origin_bounds: BTreeMap::new(),
        entity_bounds: (String::new(), String::new()),
        column_bounds: BTreeMap::new(),
        checksum: String::new(),
        blocks,
        begin_version: 1,
    })
}

/// Bytes of which no two blocks are alike.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|place| place.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect()
}

struct Rig {
    objects: Objects,
    folder: tempfile::TempDir,
}

/// Objects in a folder, or elsewhere and cached.
fn rigs() -> [Rig; 2] {
    [true, false].map(|is_local| {
        let folder = tempfile::tempdir().unwrap();
        let options = LakeOptions {
            local_root: is_local.then(|| folder.path().to_owned()),
            retry_delay: Duration::ZERO,
            block_memory: 1 << 20,
            ..LakeOptions::new(folder.path())
        };
        let store: Arc<dyn ObjectStore> = if is_local {
            Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap())
        } else {
            Arc::new(InMemory::new())
        };
        Rig { objects: Objects::open(store, &options).unwrap(), folder }
    })
}

impl Rig {
    async fn upload(&self, segment: &Segment, bytes: &[u8]) -> Result<(), LakeError> {
        let file = self.folder.path().join("file");
        std::fs::write(&file, bytes).unwrap();
        self.objects.upload(&file, segment, &segment.path(store())).await
    }

    async fn read(&self, segment: &Arc<Segment>, ranges: &[Range<u64>]) -> Result<Vec<bytes::Bytes>, Error> {
        let stored = Stored::new(segment, store());
        let object = stored.object.clone();
        self.objects.verified(std::iter::once(stored)).get_ranges(&object, ranges).await
    }

    async fn fault(&self, segment: &Arc<Segment>) -> FaultKind {
        let error = self.read(segment, &[0..1]).await.unwrap_err();
        SegmentFault::find(&error).unwrap_or_else(|| panic!("{error:?}")).kind.clone()
    }
}

fn store() -> StoreId {
    StoreId(uuid::Uuid::from_u128(1))
}

#[tokio::test]
async fn whatever_ranges_are_asked_for_are_given() {
    let whole = bytes(1_000_003);
    let segment = segment(&whole, Blocks::of(&whole));
    for rig in rigs() {
        rig.upload(&segment, &whole).await.unwrap();
        let end = whole.len() as u64;
        let asked = [
            vec![0..end],
            vec![0..1, end - 1..end],
            vec![131_071..131_073, 131_072..131_072, 5..6],
            vec![700_000..900_000, 100..400_000, 262_144..393_216],
            vec![],
        ];
        for ranges in asked {
            let found = rig.read(&segment, &ranges).await.unwrap();
            assert_eq!(found.len(), ranges.len());
            for (range, found) in ranges.iter().zip(found) {
                let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
                assert!(found == whole[range.clone()], "{range:?}");
            }
        }
        let stored = Stored::new(&segment, store());
        let object = stored.object.clone();
        let verified = rig.objects.verified(std::iter::once(stored));
        assert!(verified.get(&object).await.unwrap().bytes().await.unwrap() == whole);
        assert_eq!(verified.head(&object).await.unwrap().size, end);
        assert!(verified.get(&ObjectPath::from("another")).await.is_err());
    }
}

#[tokio::test]
async fn a_segment_without_block_checksums_is_read_as_it_is_when_its_size_is_right() {
    let (written, other) = (bytes(300_000), vec![7; 300_000]);
    let segment = segment(&written, Blocks::default());
    for rig in rigs() {
        assert_eq!(rig.fault(&segment).await, FaultKind::Missing);
        let object = segment.path(store());
        rig.objects.store.put(&object, other.clone().into()).await.unwrap();
        assert!(rig.read(&segment, std::slice::from_ref(&(0..300_000))).await.unwrap()[0] == other);
        rig.objects.delete(&object).await.unwrap();
        rig.objects.delete(&object).await.unwrap();
        rig.objects.store.put(&object, other[1..].to_vec().into()).await.unwrap();
        assert_eq!(rig.fault(&segment).await, FaultKind::Damaged("it has 299999 bytes, not 300000".to_owned()));
    }
}

#[tokio::test]
async fn what_was_deleted_is_not_read_from_a_cache() {
    let whole = bytes(300_000);
    let segment = segment(&whole, Blocks::of(&whole));
    for rig in rigs() {
        rig.upload(&segment, &whole).await.unwrap();
        rig.read(&segment, &[0..10, 200_000..200_001]).await.unwrap();
        rig.objects.delete(&segment.path(store())).await.unwrap();
        assert_eq!(rig.fault(&segment).await, FaultKind::Missing);
    }
}

#[tokio::test]
async fn a_folder_that_is_gone_is_no_fault_of_a_segment() {
    let whole = bytes(1_000);
    let segment = segment(&whole, Blocks::of(&whole));
    let [rig, _] = rigs();
    std::fs::remove_dir_all(rig.folder.path()).unwrap();
    let error = rig.read(&segment, &[0..1]).await.unwrap_err();
    assert!(SegmentFault::find(&error).is_none(), "{error:?}");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_that_changed_on_its_way_is_not_taken() {
    let whole = bytes(300_000);
    let segment = segment(&whole, Blocks::of(&whole));
    for rig in rigs() {
        let mut changed = whole.clone();
        changed[200_000] ^= 1;
        let error = rig.upload(&segment, &changed).await.unwrap_err();
        assert!(matches!(&error, LakeError::Spool(_)), "{error:?}");
        let expected =
            "the file of segment 00000000-0000-0000-0000-000000000009 is not what was written to it any more";
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), expected);
    }
}
