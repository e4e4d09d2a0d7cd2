//! The manifest: which segments a store has at which version.
//!
//! A trait with two implementations, in memory ([`super::memory::MemoryManifest`]) and in Postgres (in `catalog`), that pass one
//! test suite ([`super::conformance`]). The contract of each method is the contract of both.
//!
//! A cold segment's object is known to the manifest from before it exists until after it is gone: **staged**, then **live**, then
//! **retired** (a reader of an older version may still need it), then **doomed** (nobody may), then forgotten. So whatever is
//! killed and whenever, every object is found again.

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

pub use super::segment::{Codec, NewSegment, Segment, Temperature};
pub use super::snapshot::{Changes, Quarantine, Snapshot, StoreState};
use crate::dataset::Partition;
use crate::{CommitId, SegmentId, StoreId};

/// The number of a state of a store. A store without commits is at 0.
pub type Version = i64;

/// How long after a commit the partitions that it touched are looked at: commits that come close to one another are looked at
/// together.
pub const FOLD_DELAY: TimeDelta = TimeDelta::seconds(1);

/// How long after segments were staged a store is looked at for such as nobody published.
pub const STAGED_DELAY: TimeDelta = TimeDelta::hours(1);

/// How long it is known by name what sources said is gone: longer than anything is on its way from a source into a store.
pub const REMOVALS_KNOWN: TimeDelta = TimeDelta::days(7);

/// What kind of change a commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitKind {
    /// Rows came from a source.
    Upsert,
    /// A source restated a slice as a whole.
    Replace,
    /// Rows were removed for good.
    Erase,
    /// The same rows in other segments. Does not change what a read returns.
    Fold,
}

impl CommitKind {
    /// As it is kept and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Replace => "replace",
            Self::Erase => "erase",
            Self::Fold => "fold",
        }
    }
}

/// What a commit did to entities' rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommitCounts {
    /// Entities that the store did not hold.
    pub new: u64,
    /// Entities whose state was replaced.
    pub updated: u64,
    /// Entities that were held in the same state: nothing was written.
    pub unchanged: u64,
    /// Entities that were held in a newer state: dropped.
    pub stale: u64,
    /// Entities that were held and are not any more.
    pub removed: u64,
}

impl CommitCounts {
    /// Whether the store holds something else than before.
    #[must_use]
    pub const fn is_change(&self) -> bool {
        self.new + self.updated + self.removed > 0
    }
}

impl std::ops::AddAssign for CommitCounts {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.stale += other.stale;
        self.removed += other.removed;
    }
}

/// How far a source was read, by a name of whoever reads it. It moves in the commit that has the rows, so neither is there without the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// Its name, of at most 200 characters.
    pub name: String,
    /// Where it must be for the commit to happen; `None` when there must be none.
    pub from: Option<String>,
    /// Where it is then.
    pub to: String,
}

/// What was taken out of a store for good: rows that were read before do not bring it back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removals {
    /// Raised by every commit that takes something out. Who was erased is not named, so this is all that tells of it.
    pub count: i64,
    /// The dataset and the entity of what sources said is gone.
    pub gone: BTreeSet<(String, String)>,
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
    /// Every partition whose contents the commit was computed from. None of them may hold other rows than at `based_on`; that
    /// they were folded since does not matter. An erasure is computed from all there are: for it none of the store may.
    pub touched: Vec<(String, Partition)>,
    /// Segments to add.
    pub add: Vec<NewSegment>,
    /// Segments to retire; every one must be live.
    pub retire: Vec<SegmentId>,
    /// A name under which this commit's cause is done at most once for the store, such as `import:{sha256 of the file}`.
    pub receipt: Option<String>,
    /// Bookmarks to move on.
    pub bookmarks: Vec<Bookmark>,
    /// The dataset and the entity of what a source says is gone, held or not: known for [`REMOVALS_KNOWN`].
    pub gone: Vec<(String, String)>,
    /// [`Removals::count`] as it must be for the commit to happen, for rows that were read from something that removals change too.
    pub unless_removed_since: Option<i64>,
    /// Whether receipts taken before may be taken again, and bookmarks are gone: what they stand for is no longer there.
    pub clears_receipts: bool,
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

/// An object that nobody may need any more, and its segment's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doomed {
    /// The segment.
    pub id: SegmentId,
    /// Its dataset.
    pub dataset: String,
    /// Its partition.
    pub partition: Partition,
}

/// What an expiry came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Hot segments that are gone.
    pub hot: u64,
    /// Cold segments whose objects are doomed.
    pub cold: u64,
    /// Staged segments that nobody published, whose objects are doomed.
    pub abandoned: u64,
    /// Whether there is more to be done at once.
    pub more: bool,
    /// Whether anything is left that a later expiry will find: retired, staged or doomed.
    pub pending: bool,
}

impl std::ops::AddAssign for Expired {
    fn add_assign(&mut self, other: Self) {
        self.hot += other.hot;
        self.cold += other.cold;
        self.abandoned += other.abandoned;
        self.more = other.more;
        self.pending = other.pending;
    }
}

/// Background work on a store that one worker at a time has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chore {
    /// A partition may have something to fold.
    Fold {
        /// The dataset.
        dataset: String,
        /// The partition.
        partition: Partition,
    },
    /// Retired, staged or doomed segments may be due.
    Tidy,
}

/// Why a manifest refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The store does not exist, or not for this caller.
    #[error("no store {0}")]
    UnknownStore(StoreId),
    /// A touched partition holds other rows than at the commit's `based_on`: compute it again from a new snapshot.
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
    /// A bookmark is not where the commit expects it: somebody else reads the same source.
    #[error("the bookmark {0} is somewhere else")]
    Moved(String),
    /// Something was taken out of the store since the commit's rows were read: look at them again.
    #[error("something was removed from the store since")]
    Overtaken,
    /// A cold segment's staged row is missing: it was given up, so its object may be gone. Upload and commit again.
    #[error("segment {0} is not staged any more")]
    NotStaged(SegmentId),
    /// A segment to retire is not live.
    #[error("segment {0} is not live")]
    NotLive(SegmentId),
    /// The version is not available: in the future, or expired.
    #[error("version {0} is not available")]
    UnknownVersion(Version),
    /// It is not known whether the commit happened: keep its objects and ask [`Manifest::committed`].
    #[error("the outcome of the commit is unknown")]
    Ambiguous(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The manifest could not be read or written; nothing was changed.
    #[error("the manifest is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ManifestError {
    /// Whether a commit that met it can be computed again from a newer snapshot.
    pub(super) fn is_outdated(&self) -> bool {
        matches!(self, Self::Conflict { .. } | Self::NotLive(_) | Self::UnknownVersion(_))
    }
}

/// Which segments a store has at which version.
#[async_trait]
pub trait Manifest: Send + Sync + std::fmt::Debug {
    /// The store's newest version.
    async fn version(&self, store: StoreId) -> Result<Version, ManifestError>;

    /// The segments at the newest version, or at `at`.
    async fn snapshot(&self, store: StoreId, at: Option<Version>) -> Result<Snapshot, ManifestError>;

    /// What changed since a snapshot of the store: `None` when nothing did. [`ManifestError::UnknownVersion`] when the snapshot
    /// is so old that nobody can tell.
    async fn changes(&self, since: &Snapshot) -> Result<Option<Changes>, ManifestError>;

    /// The bytes of hot segments, in the order asked. Those of retired segments stay readable like the segments
    /// themselves.
    async fn hot_payloads(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<Bytes>, ManifestError>;

    /// Announces cold segments before their objects are written, so that what a killed process uploaded can be found. Those that
    /// are known already stay what they are. The store is due to be tidied after [`STAGED_DELAY`].
    async fn stage(&self, store: StoreId, segments: &[Segment]) -> Result<(), ManifestError>;

    /// Dooms staged segments that will not be committed, and returns those that were staged. Others are ignored: they were
    /// committed or doomed already, and their objects are not the caller's. The store is due to be tidied.
    async fn withdraw(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError>;

    /// Applies a commit: all of it, or nothing. In order: the store is locked; a commit of that id that already happened is
    /// answered with its outcome and changes nothing; a taken receipt is [`ManifestError::AlreadyDone`]; removals that the commit
    /// does not know of are [`ManifestError::Overtaken`]; a `based_on` that has
    /// expired is [`ManifestError::UnknownVersion`]; a touched partition to or from which a commit other than a fold added or
    /// retired segments after `based_on`, or any partition when rows are erased, is [`ManifestError::Conflict`]; segments are added (cold ones must be staged) and
    /// retired; the commit is recorded with its receipt. The version rises by one when segments were added or retired and stays
    /// otherwise. Partitions that segments were added to become due to be looked at after [`FOLD_DELAY`], and a store whose
    /// segments were retired to be tidied.
    async fn publish(&self, commit: Commit) -> Result<Published, ManifestError>;

    /// The commit of that id, if it happened. One without a receipt may be forgotten when it has expired and is a day old.
    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError>;

    /// The commit that took that receipt, if any.
    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError>;

    /// Where a bookmark is, if there is one.
    async fn bookmark(&self, store: StoreId, name: &str) -> Result<Option<String>, ManifestError>;

    /// What was taken out of the store, by name what sources said is gone since `since`.
    async fn removals(&self, store: StoreId, since: DateTime<Utc>) -> Result<Removals, ManifestError>;

    /// Says that a live segment is damaged or missing: from now on snapshots name it. False when it is not live (then nothing
    /// is wrong: it was retired), or was known to be in quarantine.
    async fn quarantine(&self, store: StoreId, segment: SegmentId, reason: &str) -> Result<bool, ManifestError>;

    /// Ends a segment's quarantine: it was found whole. False when it was in none.
    async fn release(&self, store: StoreId, segment: SegmentId) -> Result<bool, ManifestError>;

    /// Gives up what nobody may need any more, a bounded number at a time: versions that were replaced at or before
    /// `replaced_by` can no longer be read; segments that were retired by then are dropped (hot) or doomed (cold), and segments
    /// staged at or before `staged_by` are doomed.
    async fn expire(
        &self,
        store: StoreId,
        replaced_by: DateTime<Utc>,
        staged_by: DateTime<Utc>,
    ) -> Result<Expired, ManifestError>;

    /// Some of the segments doomed at or before `by`, at most `limit` of them, the oldest first.
    async fn doomed(&self, store: StoreId, by: DateTime<Utc>, limit: usize) -> Result<Vec<Doomed>, ManifestError>;

    /// Forgets doomed segments whose objects are gone. Others are ignored.
    async fn forget(&self, store: StoreId, segments: &[SegmentId]) -> Result<(), ManifestError>;

    /// Which of these segments are known: staged, live, retired or doomed.
    async fn known(&self, store: StoreId, segments: &[SegmentId]) -> Result<HashSet<SegmentId>, ManifestError>;

    /// Claims background work that is due, for `lease`; `worker` names this claim alone. Others do not get it until it is settled
    /// or the lease has run out.
    async fn claim(&self, store: StoreId, worker: Uuid, lease: TimeDelta) -> Result<Option<Chore>, ManifestError>;

    /// Ends a claim. The work is due again at `again`, or when a commit asks for it, whichever is first. Somebody else's claim
    /// stays.
    async fn settle(
        &self,
        store: StoreId,
        worker: Uuid,
        chore: &Chore,
        again: Option<DateTime<Utc>>,
    ) -> Result<(), ManifestError>;
}
