//! Commits whose manifest fails at the worst moments.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aloftly_engine::lake::manifest::{Commit, Segment};
use aloftly_engine::lake::{
    LakeError, Manifest, ManifestError, MemoryManifest, Published, RowSink as _, Snapshot, Version,
};
use aloftly_engine::{CommitId, SegmentId, StoreId};
use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::ObjectStore as _;

use super::support::{TestLake, batch, items, order};

/// What happens to a try to publish.
#[derive(Clone, Copy, Debug)]
enum Fault {
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
}

/// A manifest whose tries to publish meet faults, in order; those after them succeed.
#[derive(Debug)]
struct Faulty {
    memory: Arc<MemoryManifest>,
    faults: Mutex<VecDeque<Fault>>,
}

fn faulty(faults: &[Fault]) -> TestLake {
    let faults = Mutex::new(faults.iter().copied().collect());
    TestLake::over(0, |memory| Arc::new(Faulty { memory, faults }))
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

    async fn unstage(&self, store: StoreId, segments: &[SegmentId]) -> Result<Vec<SegmentId>, ManifestError> {
        self.memory.unstage(store, segments).await
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
                self.memory.unstage(commit.store, &staged).await?;
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
            None => self.memory.publish(commit).await,
        }
    }

    async fn committed(&self, store: StoreId, commit: CommitId) -> Result<Option<Published>, ManifestError> {
        self.memory.committed(store, commit).await
    }

    async fn receipt(&self, store: StoreId, receipt: &str) -> Result<Option<Published>, ManifestError> {
        self.memory.receipt(store, receipt).await
    }
}

async fn upsert(lake: &TestLake) -> Result<Published, LakeError> {
    let mut spool = lake.lake.spool().unwrap();
    spool.push(items(), &batch(&[order(1, 1, 0, &[1, 2])])).unwrap();
    lake.lake.upsert(spool, None).await
}

async fn objects(lake: &TestLake) -> usize {
    lake.objects.list(None).try_collect::<Vec<_>>().await.unwrap().len()
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_published_again() {
    let lake = faulty(&[Fault::Lost]);
    assert_eq!(upsert(&lake).await.unwrap().version, 1);
    assert_eq!(lake.states(None).await.len(), 1);
}

#[tokio::test]
async fn a_commit_that_may_still_be_under_way_keeps_its_objects() {
    let lake = faulty(&[Fault::Lost, Fault::Unavailable]);
    let unknown = upsert(&lake).await;
    assert!(matches!(unknown, Err(LakeError::Manifest(ManifestError::Ambiguous(_)))), "{unknown:?}");
    assert_eq!(objects(&lake).await, 1);
}

#[tokio::test]
async fn a_commit_that_did_not_happen_leaves_no_objects() {
    let lake = faulty(&[Fault::Unavailable]);
    assert!(upsert(&lake).await.is_err());
    assert_eq!(objects(&lake).await, 0);
}

#[tokio::test]
async fn objects_of_a_commit_that_happened_all_the_same_are_not_deleted() {
    let lake = faulty(&[Fault::Slandered]);
    assert!(upsert(&lake).await.is_err());
    assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(1, 1, 0, &[1, 2])]);
}

#[tokio::test]
async fn what_was_swept_before_its_commit_is_uploaded_again() {
    let lake = faulty(&[Fault::Swept, Fault::Swept]);
    assert_eq!(upsert(&lake).await.unwrap().version, 1);
    assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(1, 1, 0, &[1, 2])]);
}

#[tokio::test]
async fn a_commit_that_happened_and_was_not_heard_of_keeps_its_objects() {
    let lake = faulty(&[Fault::Unheard]);
    assert_eq!(upsert(&lake).await.unwrap().version, 1);
    assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(1, 1, 0, &[1, 2])]);
}

#[tokio::test]
async fn what_was_uploaded_for_a_commit_that_another_try_at_it_did_is_withdrawn() {
    let lake = faulty(&[Fault::Overtaken]);
    assert_eq!(upsert(&lake).await.unwrap().version, 0, "the other try is the one that counts");
    assert_eq!(objects(&lake).await, 0);
}

#[tokio::test]
async fn a_commit_has_the_id_that_it_was_given_and_happens_once() {
    let lake = faulty(&[]);
    let id = CommitId(uuid::Uuid::from_u128(7));
    let mut tries = Vec::new();
    for amount in [1, 2] {
        let mut spool = lake.lake.spool().unwrap();
        spool.push(items(), &batch(&[order(1, amount, 0, &[amount])])).unwrap();
        tries.push(lake.lake.upsert_if(id, spool, None, &|_| Ok(())).await.unwrap());
    }
    assert_eq!((tries[0].id, tries[0]), (id, tries[1]));
    assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(1, 1, 0, &[1])]);
    assert_eq!(objects(&lake).await, 1);
}
