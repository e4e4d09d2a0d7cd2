//! Snapshots: all segments of a store at one version, and what changed since one.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::manifest::Version;
use super::segment::Segment;
use crate::dataset::Partition;
use crate::{SegmentId, StoreId};

/// Segments that were found damaged or missing, each with what is wrong with it.
pub type Quarantine = BTreeMap<SegmentId, String>;

/// All segments of a store at one version, in the order `(dataset, partition, begin_version, id)`.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The store.
    pub store: StoreId,
    /// The version it is pinned to.
    pub version: Version,
    /// Every segment that is live at that version.
    pub segments: Vec<Arc<Segment>>,
    /// The segments that must not be read.
    pub quarantine: Arc<Quarantine>,
    /// Raised whenever the store's quarantine changes, which raises no version.
    pub quarantine_revision: i64,
}

/// What changed in a store since a snapshot of it.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The newest version.
    pub version: Version,
    /// Segments that began since, and live.
    pub began: Vec<Arc<Segment>>,
    /// Segments that ended since.
    pub ended: Vec<SegmentId>,
    /// The store's quarantine as it is now.
    pub quarantine: Arc<Quarantine>,
    /// Its revision.
    pub quarantine_revision: i64,
}

/// Which state a store is in: as long as it is the same, its segments are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreState {
    /// The newest version.
    pub version: Version,
    /// Raised whenever the store's quarantine changes.
    pub quarantine_revision: i64,
}

impl Snapshot {
    /// The state that it is of.
    #[must_use]
    pub fn state(&self) -> StoreState {
        StoreState { version: self.version, quarantine_revision: self.quarantine_revision }
    }

    /// A store's segments of one dataset.
    #[must_use]
    pub fn dataset(&self, dataset: &str) -> &[Arc<Segment>] {
        let from = self.segments.partition_point(|segment| segment.dataset.as_str() < dataset);
        let count = self.segments[from..].partition_point(|segment| segment.dataset == dataset);
        &self.segments[from..from + count]
    }

    /// A store's segments of one partition, in the order of their commits.
    #[must_use]
    pub fn partition(&self, dataset: &str, partition: Partition) -> &[Arc<Segment>] {
        self.partitions(dataset, partition, partition)
    }

    /// A store's segments of the partitions from `first` to `last`, both inclusive.
    #[must_use]
    pub fn partitions(&self, dataset: &str, first: Partition, last: Partition) -> &[Arc<Segment>] {
        let segments = self.dataset(dataset);
        let from = segments.partition_point(|segment| segment.partition < first);
        let count = segments[from..].partition_point(|segment| segment.partition <= last);
        &segments[from..from + count]
    }

    /// The snapshot that those changes lead to.
    #[must_use]
    pub fn after(&self, changes: Changes) -> Self {
        let Changes { version, began, ended, quarantine, quarantine_revision } = changes;
        let ended: HashSet<SegmentId> = ended.into_iter().collect();
        let mut segments: Vec<_> =
            self.segments.iter().filter(|segment| !ended.contains(&segment.id)).map(Arc::clone).collect();
        if !began.is_empty() {
            segments.extend(began);
            segments.sort_by(|a, b| a.order().cmp(&b.order()));
        }
        Self { store: self.store, version, segments, quarantine, quarantine_revision }
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn memory(&self) -> usize {
        /// What an entry of a map and the allocations of its texts take besides the texts.
        const ENTRY: usize = 160;
        let of_segment = |segment: &Segment| {
            let texts = [&segment.dataset, &segment.entity_bounds.0, &segment.entity_bounds.1, &segment.checksum];
            let columns = segment.column_bounds.iter();
            size_of::<Segment>()
                + segment.blocks.len() * size_of::<u32>()
                + texts.into_iter().map(String::len).sum::<usize>()
                + columns.map(|(name, (a, b))| ENTRY + name.len() + a.len() + b.len()).sum::<usize>()
        };
        size_of::<Self>() + self.segments.iter().map(|segment| of_segment(segment)).sum::<usize>()
    }
}
