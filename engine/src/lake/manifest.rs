//! The manifest: which segments a store has at which version.
//!
//! A trait with two implementations, in memory ([`super::memory::MemoryManifest`]) and in Postgres (in `catalog`), that pass one
//! test suite ([`super::conformance`]). The contract of each method is the contract of both.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::dataset::Partition;
use crate::{CommitId, SegmentId, StoreId};

/// The number of a state of a store. A store without commits is at 0.
pub type Version = i64;

/// Where a segment's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Temperature {
    /// Arrow IPC, kept with the manifest.
    Hot,
    /// Parquet, in the object store.
    Cold,
}

/// What is known of a segment without opening it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its identity, never reused.
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
    /// Size of its bytes as stored.
    pub bytes: u64,
    /// Size of the Parquet footer with its trailing 8 bytes, so that one ranged read gets it (cold only).
    pub footer_bytes: Option<u64>,
    /// The dataset's schema version it was written with.
    pub schema_version: u32,
    /// Least and greatest [`crate::dataset::Dataset::time`], in microseconds since the epoch, both inclusive.
    pub time_bounds: (i64, i64),
    /// Least and greatest entity, in byte order, both inclusive.
    pub entity_bounds: (String, String),
    /// Least and greatest value of other columns, as text, where they are known.
    pub column_bounds: BTreeMap<String, (String, String)>,
    /// SHA-256 of its bytes, lowercase hex.
    pub checksum: String,
    /// The version that added it. Decided by [`Manifest::publish`].
    pub begin_version: Version,
}

impl Segment {
    /// The order of segments in a snapshot.
    #[must_use]
    pub fn order(&self) -> (&str, Partition, Version, SegmentId) {
        (&self.dataset, self.partition, self.begin_version, self.id)
    }

    /// The object of a cold segment: `{dataset}/store_id={store}/date={first day}/{segment}.parquet`.
    #[must_use]
    pub fn path(&self, store: StoreId) -> object_store::path::Path {
        object_store::path::Path::from_iter([
            self.dataset.as_str(),
            &format!("store_id={store}"),
            &format!("date={}", self.partition),
            &format!("{}.parquet", self.id),
        ])
    }
}

/// All segments of a store at one version, in the order `(dataset, partition, begin_version, id)`.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The store.
    pub store: StoreId,
    /// The version it is pinned to.
    pub version: Version,
    /// Every segment that is live at that version.
    pub segments: Vec<Arc<Segment>>,
}

impl Snapshot {
    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn memory(&self) -> usize {
        /// What an entry of a map and the allocations of its texts take besides the texts.
        const ENTRY: usize = 160;
        let of_segment = |segment: &Segment| {
            let texts = [&segment.dataset, &segment.entity_bounds.0, &segment.entity_bounds.1, &segment.checksum];
            let columns = segment.column_bounds.iter();
            size_of::<Segment>()
                + texts.into_iter().map(String::len).sum::<usize>()
                + columns.map(|(name, (a, b))| ENTRY + name.len() + a.len() + b.len()).sum::<usize>()
        };
        size_of::<Self>() + self.segments.iter().map(|segment| of_segment(segment)).sum::<usize>()
    }
}

/// A segment to be added by a commit.
#[derive(Clone, Debug)]
pub struct NewSegment {
    /// Its description; `begin_version` is ignored.
    pub segment: Segment,
    /// The bytes of a hot segment; `None` for a cold one, whose object is already uploaded and staged.
    pub payload: Option<Bytes>,
}

/// What kind of change a commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitKind {
    /// Rows came from a source.
    Upsert,
    /// The same rows in other segments. Does not change what a read returns.
    Fold,
}

/// What a commit did to entities' rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitCounts {
    /// Entities that the store did not hold.
    pub new: u64,
    /// Entities whose state was replaced.
    pub updated: u64,
    /// Entities that were held in the same state: nothing was written.
    pub unchanged: u64,
    /// Entities that were held in a newer state: dropped.
    pub stale: u64,
}

impl std::ops::AddAssign for CommitCounts {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.stale += other.stale;
    }
}

/// One atomic change of a store's segments.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Chosen by the writer; a commit whose answer was lost is looked up by it.
    pub id: CommitId,
    /// The store that is changed.
    pub store: StoreId,
    /// What kind of change it is.
    pub kind: CommitKind,
    /// The version that the commit was computed from.
    pub based_on: Version,
    /// Every partition whose contents the commit was computed from. None of them may have changed since `based_on`.
    pub touched: Vec<(String, Partition)>,
    /// Segments to add.
    pub add: Vec<NewSegment>,
    /// Segments to retire; every one must be live.
    pub retire: Vec<SegmentId>,
    /// A name under which this commit's cause is done at most once for the store, such as `import:{sha256 of the file}`.
    pub receipt: Option<String>,
    /// What it did, kept with the commit.
    pub counts: CommitCounts,
}

/// A commit that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// Which commit.
    pub id: CommitId,
    /// The version of the store right after it.
    pub version: Version,
    /// What it did.
    pub counts: CommitCounts,
}

/// Why a manifest refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The store does not exist, or not for this caller.
    #[error("no store {0}")]
    UnknownStore(StoreId),
    /// A touched partition changed since the commit's `based_on`: compute it again from a new snapshot.
    #[error("{dataset} {partition} changed since version {based_on}")]
    Conflict {
        /// The dataset.
        dataset: String,
        /// The partition.
        partition: Partition,
        /// The version that the commit was computed from.
        based_on: Version,
    },
    /// The receipt is taken: what this commit would do was done by that one.
    #[error("already done by commit {} at version {}", .0.id, .0.version)]
    AlreadyDone(Published),
    /// A cold segment's staged row is missing: it was swept, so its object may be gone. Upload and commit again.
    #[error("segment {0} is not staged any more")]
    NotStaged(SegmentId),
    /// A segment to retire is not live.
    #[error("segment {0} is not live")]
    NotLive(SegmentId),
    /// The pinned version is not available: in the future, or expired.
    #[error("version {0} is not available")]
    UnknownVersion(Version),
    /// It is not known whether the commit happened: keep its objects and ask [`Manifest::committed`].
    #[error("the outcome of the commit is unknown")]
    Ambiguous(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The manifest could not be read or written; nothing was changed.
    #[error("the manifest is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Which segments a store has at which version.
#[async_trait]
pub trait Manifest: Send + Sync + std::fmt::Debug {
    /// The store's newest version.
    async fn version(&self, store: StoreId) -> Result<Version, ManifestError>;

    /// The segments at the newest version, or at `at`.
    async fn snapshot(&self, store: StoreId, at: Option<Version>) -> Result<Snapshot, ManifestError>;

    /// The bytes of hot segments, in the order asked. Those of retired segments stay readable like the segments
    /// themselves.
    async fn hot_payloads(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<Bytes>, ManifestError>;

    /// Announces cold segments before their objects are written, so that what a killed process uploaded can be found.
    async fn stage(&self, store: StoreId, segments: &[Segment]) -> Result<(), ManifestError>;

    /// Withdraws staged segments that will not be committed, and returns those that were staged. Others are ignored: they were
    /// committed or swept, and their objects are not the caller's.
    async fn unstage(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError>;

    /// Applies a commit: all of it, or nothing. In order: the store is locked; a commit of that id that already happened is
    /// answered with its outcome and changes nothing; a taken receipt is
    /// [`ManifestError::AlreadyDone`]; a touched partition in which a segment began or ended after `based_on` is
    /// [`ManifestError::Conflict`]; segments are added (cold ones must be staged) and retired; the commit is recorded with
    /// its receipt. The version rises by one when segments were added or retired and stays otherwise.
    async fn publish(&self, commit: Commit) -> Result<Published, ManifestError>;

    /// The commit of that id, if it happened.
    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError>;

    /// The commit that took that receipt, if any.
    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError>;
}
