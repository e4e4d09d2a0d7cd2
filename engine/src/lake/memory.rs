//! The manifest in memory: for embedding, tests and benches. Nothing of it outlives the process.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::manifest::{Commit, Manifest, ManifestError, Published, Segment, Snapshot, Temperature, Version};
use crate::{CommitId, SegmentId, StoreId};

/// A manifest that lives in this process.
#[derive(Debug, Default)]
pub struct MemoryManifest {
    stores: Mutex<HashMap<StoreId, StoreState>>,
}

#[derive(Debug, Default)]
struct StoreState {
    version: Version,
    segments: BTreeMap<SegmentId, Kept>,
    staged: HashSet<SegmentId>,
    commits: HashMap<CommitId, Published>,
    receipts: HashMap<String, CommitId>,
}

#[derive(Debug)]
struct Kept {
    segment: Arc<Segment>,
    payload: Option<Bytes>,
    end_version: Option<Version>,
}

impl MemoryManifest {
    /// A manifest without stores.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
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
            if version > state.version || version < 0 {
                return Err(ManifestError::UnknownVersion(version));
            }
            let live = |kept: &&Kept| {
                kept.segment.begin_version <= version && kept.end_version.is_none_or(|end| end > version)
            };
            let mut segments: Vec<_> =
                state.segments.values().filter(live).map(|kept| Arc::clone(&kept.segment)).collect();
            segments.sort_by(|a, b| a.order().cmp(&b.order()));
            Ok(Snapshot { store, version, segments })
        })
    }

    async fn hot_payloads(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<Bytes>, ManifestError> {
        self.with(store, |state| {
            let payload = |id: &SegmentId| state.segments.get(id).and_then(|kept| kept.payload.clone());
            segments.iter().map(|id| payload(id).ok_or(ManifestError::NotLive(*id))).collect()
        })
    }

    async fn stage(&self, store: StoreId, segments: &[Segment]) -> Result<(), ManifestError> {
        self.with(store, |state| {
            state.staged.extend(segments.iter().map(|segment| segment.id));
            Ok(())
        })
    }

    async fn unstage(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError> {
        self.with(store, |state| Ok(segments.iter().copied().filter(|id| state.staged.remove(id)).collect()))
    }

    async fn publish(&self, commit: Commit) -> Result<Published, ManifestError> {
        self.with(commit.store, |state| state.publish(&commit))
    }

    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError> {
        self.with(store, |state| Ok(state.commits.get(&commit).copied()))
    }

    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError> {
        self.with(store, |state| Ok(state.receipts.get(receipt).and_then(|id| state.commits.get(id)).copied()))
    }
}

impl StoreState {
    fn publish(&mut self, commit: &Commit) -> Result<Published, ManifestError> {
        if let Some(published) = self.commits.get(&commit.id) {
            return Ok(*published);
        }
        self.check(commit)?;
        let changes = !commit.add.is_empty() || !commit.retire.is_empty();
        self.version += Version::from(changes);
        for new in &commit.add {
            self.staged.remove(&new.segment.id);
            let segment = Arc::new(Segment { begin_version: self.version, ..new.segment.clone() });
            self.segments.insert(segment.id, Kept { segment, payload: new.payload.clone(), end_version: None });
        }
        for id in &commit.retire {
            if let Some(kept) = self.segments.get_mut(id) {
                kept.end_version = Some(self.version);
            }
        }
        let published = Published { id: commit.id, version: self.version, counts: commit.counts };
        self.commits.insert(commit.id, published);
        if let Some(receipt) = &commit.receipt {
            self.receipts.insert(receipt.clone(), commit.id);
        }
        Ok(published)
    }

    fn check(&self, commit: &Commit) -> Result<(), ManifestError> {
        if let Some(done) = commit.receipt.as_ref().and_then(|receipt| self.receipts.get(receipt)) {
            return Err(ManifestError::AlreadyDone(self.commits[done]));
        }
        for (dataset, partition) in &commit.touched {
            let changed = self.segments.values().any(|kept| {
                kept.segment.dataset == *dataset
                    && kept.segment.partition == *partition
                    && (kept.segment.begin_version > commit.based_on
                        || kept.end_version.is_some_and(|end| end > commit.based_on))
            });
            if changed {
                return Err(ManifestError::Conflict {
                    dataset: dataset.clone(),
                    partition: *partition,
                    based_on: commit.based_on,
                });
            }
        }
        for new in &commit.add {
            if new.segment.temperature == Temperature::Cold && !self.staged.contains(&new.segment.id) {
                return Err(ManifestError::NotStaged(new.segment.id));
            }
        }
        let live = |id: &&SegmentId| self.segments.get(id).is_some_and(|kept| kept.end_version.is_none());
        match commit.retire.iter().find(|id| !live(id)) {
            Some(id) => Err(ManifestError::NotLive(*id)),
            None => Ok(()),
        }
    }
}
