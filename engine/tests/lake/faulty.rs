//! A manifest that fails at the worst moments, or lets something else happen there.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use aloftly_engine::lake::manifest::{Changes, Chore, Commit, Doomed, Expired, Removals, Segment};
use aloftly_engine::lake::{Manifest, ManifestError, MemoryManifest, Published, Snapshot, Version};
use aloftly_engine::{CommitId, SegmentId, StoreId};
use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use uuid::Uuid;

/// What happens to a try to publish.
pub(crate) enum Fault {
    /// It does not arrive, and nobody knows.
    Lost,
    /// It does not arrive, and that is known.
    Unavailable,
    /// It happens, and is said to have failed.
    Slandered,
    /// What was staged is swept before it arrives.
    Swept,
    /// It happens, and nobody knows.
    Unheard,
    /// Another try at the same commit, which found nothing to write, is faster.
    Overtaken,
    /// Something else happens before it arrives.
    After(BoxFuture<'static, ()>),
}

/// A manifest whose tries to publish meet faults, in order; those after them succeed.
pub(crate) struct Faulty {
    memory: Arc<MemoryManifest>,
    faults: Mutex<VecDeque<Fault>>,
}

impl Faulty {
    pub(crate) fn new(memory: Arc<MemoryManifest>) -> Self {
        Self { memory, faults: Mutex::default() }
    }

    /// What happens to the next tries to publish.
    pub(crate) fn meets(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults.lock().unwrap().extend(faults);
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a manifest with faults")
    }
}

#[async_trait]
impl Manifest for Faulty {
    async fn version(&self, store: StoreId) -> Result<Version, ManifestError> {
        self.memory.version(store).await
    }

    async fn snapshot(&self, store: StoreId, at: Option<Version>) -> Result<Snapshot, ManifestError> {
        self.memory.snapshot(store, at).await
    }

    async fn hot_payloads(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<Bytes>, ManifestError> {
        self.memory.hot_payloads(store, segments).await
    }

    async fn stage(&self, store: StoreId, segments: &[Segment]) -> Result<(), ManifestError> {
        self.memory.stage(store, segments).await
    }

    async fn withdraw(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError> {
        self.memory.withdraw(store, segments).await
    }

    async fn changes(&self, since: &Snapshot) -> Result<Option<Changes>, ManifestError> {
        self.memory.changes(since).await
    }

    async fn quarantine(&self, store: StoreId, segment: SegmentId, reason: &str) -> Result<bool, ManifestError> {
        self.memory.quarantine(store, segment, reason).await
    }

    async fn release(&self, store: StoreId, segment: SegmentId) -> Result<bool, ManifestError> {
        self.memory.release(store, segment).await
    }

    async fn expire(
        &self,
        store: StoreId,
        replaced_by: DateTime<Utc>,
        staged_by: DateTime<Utc>,
    ) -> Result<Expired, ManifestError> {
        self.memory.expire(store, replaced_by, staged_by).await
    }

    async fn doomed(&self, store: StoreId, by: DateTime<Utc>, limit: usize) -> Result<Vec<Doomed>, ManifestError> {
        self.memory.doomed(store, by, limit).await
    }

    async fn forget(&self, store: StoreId, segments: &[SegmentId]) -> Result<(), ManifestError> {
        self.memory.forget(store, segments).await
    }

    async fn known(&self, store: StoreId, segments: &[SegmentId]) -> Result<HashSet<SegmentId>, ManifestError> {
        self.memory.known(store, segments).await
    }

    async fn claim(&self, store: StoreId, worker: Uuid, lease: TimeDelta) -> Result<Option<Chore>, ManifestError> {
        self.memory.claim(store, worker, lease).await
    }

    async fn settle(
        &self,
        store: StoreId,
        worker: Uuid,
        chore: &Chore,
        again: Option<DateTime<Utc>>,
    ) -> Result<(), ManifestError> {
        self.memory.settle(store, worker, chore, again).await
    }

    async fn publish(&self, commit: Commit) -> Result<Published, ManifestError> {
        let fault = self.faults.lock().unwrap().pop_front();
        match fault {
            Some(Fault::Lost) => Err(ManifestError::Ambiguous("the connection broke".into())),
            Some(Fault::Unavailable) => Err(ManifestError::Unavailable("no connection".into())),
            Some(Fault::Slandered) => {
                self.memory.publish(commit).await?;
                Err(ManifestError::Unavailable("no connection".into()))
            }
            Some(Fault::Swept) => {
                let staged: Vec<_> = commit.add.iter().map(|new| new.segment.id).collect();
                self.memory.withdraw(commit.store, &staged).await?;
                self.memory.publish(commit).await
            }
            Some(Fault::Unheard) => {
                self.memory.publish(commit).await?;
                Err(ManifestError::Ambiguous("the connection broke".into()))
            }
            Some(Fault::Overtaken) => {
                let other = Commit { add: Vec::new(), retire: Vec::new(), ..commit.clone() };
                self.memory.publish(other).await?;
                self.memory.publish(commit).await
            }
            Some(Fault::After(something)) => {
                something.await;
                self.memory.publish(commit).await
            }
            None => self.memory.publish(commit).await,
        }
    }

    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError> {
        self.memory.committed(store, commit).await
    }

    async fn removals(&self, store: StoreId, since: DateTime<Utc>) -> Result<Removals, ManifestError> {
        self.memory.removals(store, since).await
    }

    async fn bookmark(&self, store: StoreId, name: &str) -> Result<Option<String>, ManifestError> {
        self.memory.bookmark(store, name).await
    }

    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError> {
        self.memory.receipt(store, receipt).await
    }
}
