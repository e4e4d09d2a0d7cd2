//! A segment: an immutable piece of one partition.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::blocks::Blocks;
use super::fault::{FaultKind, SegmentFault};
use super::manifest::Version;
use crate::dataset::Partition;
use crate::{SegmentId, StoreId};

/// Where a segment's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Temperature {
    /// Arrow IPC, kept with the manifest.
    Hot,
    /// Parquet, in the object store.
    Cold,
}

/// How the pages of a cold segment are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Quick to read: the months that dashboards read.
    Lz4,
    /// Small: older months.
    Zstd,
}

/// What is known of a segment without opening it.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its identity, never reused. A UUIDv7, so it also says when the segment was made.
    pub id: SegmentId,
    /// The dataset's name.
    pub dataset: String,
    /// The partition that all its rows belong to.
    pub partition: Partition,
    /// Where its bytes are.
    pub temperature: Temperature,
    /// Rows it holds.
    pub rows: u64,
    /// Rows of entities that its partition already held when it was committed (0 for cold segments).
    pub updates: u64,
    /// Entities that its partition held and that it says are gone (0 for cold segments).
    pub removed: u64,
    /// Size of its bytes as stored.
    pub bytes: u64,
    /// Size of the Parquet footer with its trailing 8 bytes, so that one ranged read gets it (cold only).
    pub footer_bytes: Option<u64>,
    /// How its pages are compressed (cold only).
    pub codec: Option<Codec>,
    /// The dataset's schema version it was written with.
    pub schema_version: u32,
    /// Least and greatest [`crate::dataset::Dataset::time`] of its rows, in microseconds since the epoch, both inclusive; the
    /// other way round when it holds none.
    pub time_bounds: (i64, i64),
    /// The same for the rows of each source, in datasets of several ([`crate::dataset::Dataset::origin`]). Empty for segments that were
    /// written before it was told.
    pub origin_bounds: BTreeMap<String, (i64, i64)>,
    /// Least and greatest entity that it says something of, in byte order, both inclusive.
    pub entity_bounds: (String, String),
    /// Least and greatest value of [`crate::dataset::Dataset::bounded`] columns, as text, where some row has one and they are known.
    pub column_bounds: BTreeMap<String, (String, String)>,
    /// SHA-256 of its bytes, lowercase hex.
    pub checksum: String,
    /// Checksums of the blocks of its bytes (cold only).
    pub blocks: Blocks,
    /// The version that added it. Decided by [`super::Manifest::publish`].
    pub begin_version: Version,
}

impl Segment {
    /// The order of segments in a snapshot.
    #[must_use]
    pub fn order(&self) -> (&str, Partition, Version, SegmentId) {
        (&self.dataset, self.partition, self.begin_version, self.id)
    }

    /// Whether it is [`Temperature::Hot`].
    #[must_use]
    pub fn is_hot(&self) -> bool {
        self.temperature == Temperature::Hot
    }

    /// The object of a cold segment.
    #[must_use]
    pub fn path(&self, store: StoreId) -> object_store::path::Path {
        path(store, &self.dataset, self.partition, self.id)
    }

    /// That it cannot be read, and why.
    #[must_use]
    pub fn fault(&self, store: StoreId, kind: FaultKind) -> SegmentFault {
        let (dataset, partition) = (self.dataset.clone(), self.partition);
        SegmentFault { store, dataset, partition, segment: self.id, kind }
    }

    /// When it was made, in milliseconds since the epoch.
    #[must_use]
    pub fn made_at_millis(&self) -> i64 {
        let made = self.id.0.get_timestamp().map(|at| at.to_unix());
        made.map_or(0, |(seconds, nanos)| {
            i64::try_from(seconds)
                .unwrap_or(i64::MAX)
                .saturating_mul(1_000)
                .saturating_add(i64::from(nanos / 1_000_000))
        })
    }
}

/// The object of a cold segment: `{dataset}/store_id={store}/date={first day}/{segment}.parquet`.
pub(super) fn path(store: StoreId, dataset: &str, partition: Partition, id: SegmentId) -> object_store::path::Path {
    object_store::path::Path::from_iter([
        dataset,
        &format!("store_id={store}"),
        &format!("date={partition}"),
        &format!("{id}.parquet"),
    ])
}

/// The segment that an object is named after.
pub(super) fn segment_of(object: &object_store::path::Path) -> Option<SegmentId> {
    let id: uuid::Uuid = object.filename()?.strip_suffix(".parquet")?.parse().ok()?;
    Some(SegmentId(id))
}

/// A segment to be added by a commit.
#[derive(Clone, Debug)]
pub struct NewSegment {
    /// Its description; `begin_version` is ignored.
    pub segment: Segment,
    /// The bytes of a hot segment; `None` for a cold one, whose object is already uploaded and staged.
    pub payload: Option<Bytes>,
}
