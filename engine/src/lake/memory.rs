//! The manifest in memory: for embedding, tests and benches. Nothing of it outlives the process.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::manifest::{
    Bookmark, Changes, Chore, Commit, CommitKind, Doomed, Expired, FOLD_DELAY, Manifest, ManifestError, Published,
    Quarantine, REMOVALS_KNOWN, Removals, STAGED_DELAY, Segment, Snapshot, Temperature, Version,
};
use crate::clock::{Clock, SystemClock};
use crate::dataset::Partition;
use crate::{CommitId, SegmentId, StoreId};

/// Segments that one expiry gives up at most.
const EXPIRED_AT_ONCE: usize = 1_000;

/// A manifest that lives in this process.
#[derive(Debug)]
pub struct MemoryManifest {
    clock: Arc<dyn Clock>,
    stores: Mutex<HashMap<StoreId, StoreState>>,
}

#[derive(Debug, Default)]
struct StoreState {
    version: Version,
    oldest_version: Version,
    segments: BTreeMap<SegmentId, Kept>,
    staged: BTreeMap<SegmentId, Announced>,
    doomed: BTreeMap<SegmentId, Announced>,
    commits: HashMap<CommitId, Recorded>,
    receipts: HashMap<String, CommitId>,
    bookmarks: HashMap<String, String>,
    removals: i64,
    /// What sources said is gone, and when they said so last.
    gone: BTreeMap<(String, String), DateTime<Utc>>,
    quarantine: Arc<Quarantine>,
    quarantine_revision: i64,
    partitions: BTreeMap<(String, Partition), PartitionState>,
    tidy: Work,
}

#[derive(Debug)]
struct Kept {
    segment: Arc<Segment>,
    payload: Option<Bytes>,
    end_version: Option<Version>,
}

/// A cold segment that is staged or doomed, and since when.
#[derive(Debug)]
struct Announced {
    dataset: String,
    partition: Partition,
    since: DateTime<Utc>,
}

#[derive(Debug)]
struct Recorded {
    published: Published,
    at: DateTime<Utc>,
    has_receipt: bool,
}

#[derive(Debug, Default)]
struct PartitionState {
    /// The version that changed its rows last.
    changed: Version,
    fold: Work,
}

/// When something is to be done, and who does it.
#[derive(Debug, Default)]
struct Work {
    due: Option<DateTime<Utc>>,
    claim: Option<(Uuid, DateTime<Utc>)>,
}

impl Work {
    fn is_due_by(&mut self, at: DateTime<Utc>) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    fn claim(&mut self, worker: Uuid, now: DateTime<Utc>, lease: TimeDelta) -> bool {
        let is_free = match self.claim {
            None => self.due.is_some_and(|due| due <= now),
            Some((_, until)) => until <= now,
        };
        if is_free {
            *self = Self { due: None, claim: Some((worker, now + lease)) };
        }
        is_free
    }

    fn settle(&mut self, worker: Uuid, again: Option<DateTime<Utc>>) {
        if self.claim.take_if(|(held_by, _)| *held_by == worker).is_some()
            && let Some(again) = again
        {
            self.is_due_by(again);
        }
    }
}

impl Default for MemoryManifest {
    fn default() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }
}

impl MemoryManifest {
    /// A manifest without stores, on the machine's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A manifest without stores.
    #[must_use]
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self { clock, stores: Mutex::default() }
    }

    /// Adds an empty store; one that exists stays as it is.
    pub fn create_store(&self, store: StoreId) {
        self.lock().entry(store).or_default();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<StoreId, StoreState>> {
        self.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(
        &self,
        store: StoreId,
        act: impl FnOnce(&mut StoreState) -> Result<T, ManifestError>,
    ) -> Result<T, ManifestError> {
        act(self.lock().get_mut(&store).ok_or(ManifestError::UnknownStore(store))?)
    }
}

#[async_trait]
impl Manifest for MemoryManifest {
    async fn version(&self, store: StoreId) -> Result<Version, ManifestError> {
        self.with(store, |state| Ok(state.version))
    }

    async fn snapshot(&self, store: StoreId, at: Option<Version>) -> Result<Snapshot, ManifestError> {
        self.with(store, |state| {
            let version = at.unwrap_or(state.version);
            if !(state.oldest_version..=state.version).contains(&version) {
                return Err(ManifestError::UnknownVersion(version));
            }
            let live = |kept: &&Kept| {
                kept.segment.begin_version <= version && kept.end_version.is_none_or(|end| end > version)
            };
            let mut segments: Vec<_> =
                state.segments.values().filter(live).map(|kept| Arc::clone(&kept.segment)).collect();
            segments.sort_by(|a, b| a.order().cmp(&b.order()));
            let quarantine = Arc::clone(&state.quarantine);
            Ok(Snapshot { store, version, segments, quarantine, quarantine_revision: state.quarantine_revision })
        })
    }

    async fn changes(&self, since: &Snapshot) -> Result<Option<Changes>, ManifestError> {
        self.with(since.store, |state| {
            if (state.version, state.quarantine_revision) == (since.version, since.quarantine_revision) {
                return Ok(None);
            }
            if !(state.oldest_version..=state.version).contains(&since.version) {
                return Err(ManifestError::UnknownVersion(since.version));
            }
            let (mut began, mut ended) = (Vec::new(), Vec::new());
            for kept in state.segments.values() {
                match kept.end_version {
                    None if kept.segment.begin_version > since.version => began.push(Arc::clone(&kept.segment)),
                    Some(end) if end > since.version => ended.push(kept.segment.id),
                    _ => {}
                }
            }
            Ok(Some(Changes {
                version: state.version,
                began,
                ended,
                quarantine: Arc::clone(&state.quarantine),
                quarantine_revision: state.quarantine_revision,
            }))
        })
    }

    async fn hot_payloads(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<Bytes>, ManifestError> {
        self.with(store, |state| {
            let payload = |id: &SegmentId| state.segments.get(id).and_then(|kept| kept.payload.clone());
            segments.iter().map(|id| payload(id).ok_or(ManifestError::NotLive(*id))).collect()
        })
    }

    async fn stage(&self, store: StoreId, segments: &[Segment]) -> Result<(), ManifestError> {
        let since = self.clock.now();
        self.with(store, |state| {
            for Segment { id, dataset, partition, .. } in segments {
                if !state.is_known(id) {
                    let announced = Announced { dataset: dataset.clone(), partition: *partition, since };
                    state.staged.insert(*id, announced);
                }
            }
            state.tidy.is_due_by(since + STAGED_DELAY);
            Ok(())
        })
    }

    async fn withdraw(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError> {
        let now = self.clock.now();
        self.with(store, |state| Ok(segments.iter().copied().filter(|id| state.doom_staged(*id, now)).collect()))
    }

    async fn publish(&self, commit: Commit) -> Result<Published, ManifestError> {
        let now = self.clock.now();
        self.with(commit.store, |state| state.publish(&commit, now))
    }

    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError> {
        self.with(store, |state| Ok(state.commits.get(&commit).map(|recorded| recorded.published)))
    }

    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError> {
        self.with(store, |state| Ok(state.receipts.get(receipt).map(|id| state.commits[id].published)))
    }

    async fn bookmark(&self, store: StoreId, name: &str) -> Result<Option<String>, ManifestError> {
        self.with(store, |state| Ok(state.bookmarks.get(name).cloned()))
    }

    async fn removals(&self, store: StoreId, since: DateTime<Utc>) -> Result<Removals, ManifestError> {
        self.with(store, |state| {
            let gone = state.gone.iter().filter(|(_, at)| **at >= since).map(|(gone, _)| gone.clone());
            Ok(Removals { count: state.removals, gone: gone.collect() })
        })
    }

    async fn quarantine(&self, store: StoreId, segment: SegmentId, reason: &str) -> Result<bool, ManifestError> {
        self.with(store, |state| {
            let is_live = state.segments.get(&segment).is_some_and(|kept| kept.end_version.is_none());
            if !is_live || state.quarantine.contains_key(&segment) {
                return Ok(false);
            }
            Arc::make_mut(&mut state.quarantine).insert(segment, reason.to_owned());
            state.quarantine_revision += 1;
            Ok(true)
        })
    }

    async fn release(&self, store: StoreId, segment: SegmentId) -> Result<bool, ManifestError> {
        self.with(store, |state| Ok(state.release(segment)))
    }

    async fn expire(
        &self,
        store: StoreId,
        replaced_by: DateTime<Utc>,
        staged_by: DateTime<Utc>,
    ) -> Result<Expired, ManifestError> {
        let now = self.clock.now();
        self.with(store, |state| Ok(state.expire(replaced_by, staged_by, now)))
    }

    async fn doomed(&self, store: StoreId, by: DateTime<Utc>, limit: usize) -> Result<Vec<Doomed>, ManifestError> {
        self.with(store, |state| {
            let mut doomed: Vec<_> = state.doomed.iter().filter(|(_, doomed)| doomed.since <= by).collect();
            doomed.sort_by_key(|(id, doomed)| (doomed.since, **id));
            let doomed = doomed.into_iter().take(limit).map(|(id, doomed)| Doomed {
                id: *id,
                dataset: doomed.dataset.clone(),
                partition: doomed.partition,
            });
            Ok(doomed.collect())
        })
    }

    async fn forget(&self, store: StoreId, segments: &[SegmentId]) -> Result<(), ManifestError> {
        self.with(store, |state| {
            state.doomed.retain(|id, _| !segments.contains(id));
            Ok(())
        })
    }

    async fn known(&self, store: StoreId, segments: &[SegmentId]) -> Result<HashSet<SegmentId>, ManifestError> {
        self.with(store, |state| Ok(segments.iter().copied().filter(|id| state.is_known(id)).collect()))
    }

    async fn claim(&self, store: StoreId, worker: Uuid, lease: TimeDelta) -> Result<Option<Chore>, ManifestError> {
        let now = self.clock.now();
        self.with(store, |state| {
            for ((dataset, partition), kept) in &mut state.partitions {
                if kept.fold.claim(worker, now, lease) {
                    return Ok(Some(Chore::Fold { dataset: dataset.clone(), partition: *partition }));
                }
            }
            Ok(state.tidy.claim(worker, now, lease).then_some(Chore::Tidy))
        })
    }

    async fn settle(
        &self,
        store: StoreId,
        worker: Uuid,
        chore: &Chore,
        again: Option<DateTime<Utc>>,
    ) -> Result<(), ManifestError> {
        self.with(store, |state| {
            let work = match chore {
                Chore::Tidy => Some(&mut state.tidy),
                Chore::Fold { dataset, partition } => {
                    state.partitions.get_mut(&(dataset.clone(), *partition)).map(|kept| &mut kept.fold)
                }
            };
            if let Some(work) = work {
                work.settle(worker, again);
            }
            Ok(())
        })
    }
}

impl StoreState {
    fn publish(&mut self, commit: &Commit, now: DateTime<Utc>) -> Result<Published, ManifestError> {
        if let Some(recorded) = self.commits.get(&commit.id) {
            return Ok(recorded.published);
        }
        self.check(commit)?;
        let changes = !commit.add.is_empty() || !commit.retire.is_empty();
        self.version += Version::from(changes);
        for new in &commit.add {
            self.staged.remove(&new.segment.id);
            let segment = Arc::new(Segment { begin_version: self.version, ..new.segment.clone() });
            self.touch(&segment, commit.kind).fold.is_due_by(now + FOLD_DELAY);
            self.segments.insert(segment.id, Kept { segment, payload: new.payload.clone(), end_version: None });
        }
        for id in &commit.retire {
            if let Some(kept) = self.segments.get_mut(id) {
                kept.end_version = Some(self.version);
                let segment = Arc::clone(&kept.segment);
                self.touch(&segment, commit.kind);
                self.release(*id);
            }
            self.tidy.is_due_by(now);
        }
        if commit.clears_receipts {
            self.receipts.clear();
            self.bookmarks.clear();
            self.gone.clear();
        }
        if commit.kind == CommitKind::Erase {
            self.removals += 1;
            self.gone.retain(|_, at| *at > now - REMOVALS_KNOWN);
        }
        self.gone.extend(commit.gone.iter().map(|gone| (gone.clone(), now)));
        let moved = commit.bookmarks.iter().map(|bookmark| (bookmark.name.clone(), bookmark.to.clone()));
        self.bookmarks.extend(moved);
        let published = Published { id: commit.id, version: self.version, counts: commit.counts };
        let has_receipt = commit.receipt.is_some();
        self.commits.insert(commit.id, Recorded { published, at: now, has_receipt });
        if let Some(receipt) = &commit.receipt {
            self.receipts.insert(receipt.clone(), commit.id);
        }
        Ok(published)
    }

    fn touch(&mut self, segment: &Segment, kind: CommitKind) -> &mut PartitionState {
        let partition = self.partitions.entry((segment.dataset.clone(), segment.partition)).or_default();
        if kind != CommitKind::Fold {
            partition.changed = self.version;
        }
        partition
    }

    fn check(&self, commit: &Commit) -> Result<(), ManifestError> {
        if let Some(done) = commit.receipt.as_ref().and_then(|receipt| self.receipts.get(receipt)) {
            return Err(ManifestError::AlreadyDone(self.commits[done].published));
        }
        if commit.unless_removed_since.is_some_and(|known| known != self.removals) {
            return Err(ManifestError::Overtaken);
        }
        if commit.based_on < self.oldest_version {
            return Err(ManifestError::UnknownVersion(commit.based_on));
        }
        let is_changed = |state: &PartitionState| state.changed > commit.based_on;
        let changed = match commit.kind {
            CommitKind::Erase => self.partitions.iter().find(|(_, state)| is_changed(state)).map(|(key, _)| key),
            _ => commit.touched.iter().find(|key| self.partitions.get(key).is_some_and(is_changed)),
        };
        if let Some((dataset, partition)) = changed.cloned() {
            return Err(ManifestError::Conflict { dataset, partition, based_on: commit.based_on });
        }
        for new in &commit.add {
            if new.segment.temperature == Temperature::Cold && !self.staged.contains_key(&new.segment.id) {
                return Err(ManifestError::NotStaged(new.segment.id));
            }
        }
        let is_moved = |bookmark: &&Bookmark| self.bookmarks.get(&bookmark.name) != bookmark.from.as_ref();
        if let Some(bookmark) = commit.bookmarks.iter().find(is_moved) {
            return Err(ManifestError::Moved(bookmark.name.clone()));
        }
        let live = |id: &&SegmentId| self.segments.get(id).is_some_and(|kept| kept.end_version.is_none());
        match commit.retire.iter().find(|id| !live(id)) {
            Some(id) => Err(ManifestError::NotLive(*id)),
            None => Ok(()),
        }
    }

    fn is_known(&self, id: &SegmentId) -> bool {
        self.segments.contains_key(id) || self.staged.contains_key(id) || self.doomed.contains_key(id)
    }

    fn release(&mut self, segment: SegmentId) -> bool {
        if !self.quarantine.contains_key(&segment) {
            return false;
        }
        Arc::make_mut(&mut self.quarantine).remove(&segment);
        self.quarantine_revision += 1;
        true
    }

    fn doom_staged(&mut self, id: SegmentId, now: DateTime<Utc>) -> bool {
        let Some(staged) = self.staged.remove(&id) else { return false };
        self.doomed.insert(id, Announced { since: now, ..staged });
        self.tidy.is_due_by(now);
        true
    }

    fn expire(&mut self, replaced_by: DateTime<Utc>, staged_by: DateTime<Utc>, now: DateTime<Utc>) -> Expired {
        let old = self.commits.values().filter(|recorded| recorded.at <= replaced_by);
        let newest_old = old.map(|recorded| recorded.published.version).max();
        self.oldest_version = self.oldest_version.max(newest_old.unwrap_or(0));
        let mut expired = Expired::default();
        let is_over = |kept: &Kept| kept.end_version.is_some_and(|end| end <= self.oldest_version);
        let over: Vec<_> = self.segments.iter().filter(|(_, kept)| is_over(kept)).map(|(id, _)| *id).collect();
        for id in over.iter().take(EXPIRED_AT_ONCE) {
            let Some(Kept { segment, .. }) = self.segments.remove(id) else { continue };
            if segment.is_hot() {
                expired.hot += 1;
                continue;
            }
            expired.cold += 1;
            let announced = Announced { dataset: segment.dataset.clone(), partition: segment.partition, since: now };
            self.doomed.insert(*id, announced);
        }
        let abandoned: Vec<_> =
            self.staged.iter().filter(|(_, staged)| staged.since <= staged_by).map(|(id, _)| *id).collect();
        for id in abandoned {
            expired.abandoned += u64::from(self.doom_staged(id, now));
        }
        let oldest = self.oldest_version;
        let forgotten = replaced_by.min(now) - TimeDelta::days(1);
        self.commits.retain(|_, recorded| {
            recorded.has_receipt || recorded.at > forgotten || recorded.published.version >= oldest
        });
        expired.more = over.len() > EXPIRED_AT_ONCE;
        let is_retired = |kept: &Kept| kept.end_version.is_some();
        expired.pending = !self.staged.is_empty() || !self.doomed.is_empty() || self.segments.values().any(is_retired);
        expired
    }
}
