//! Commits whose manifest fails at the worst moments.

use std::sync::Arc;

use aloftly_engine::CommitId;
use aloftly_engine::lake::{LakeError, ManifestError, Published, RowSink as _};
use futures::TryStreamExt;
use object_store::ObjectStore as _;

use super::faulty::{Fault, Faulty};
use super::support::{TestLake, batch, items, order};

fn faulty<const N: usize>(faults: [Fault; N]) -> TestLake {
    TestLake::over(0, |memory| {
        let manifest = Faulty::new(memory);
        manifest.meets(faults);
        Arc::new(manifest)
    })
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
    let lake = faulty([Fault::Lost]);
    assert_eq!(upsert(&lake).await.unwrap().version, 1);
    assert_eq!(lake.states(None).await.len(), 1);
}

#[tokio::test]
async fn a_commit_that_may_still_be_under_way_keeps_its_objects() {
    let lake = faulty([Fault::Lost, Fault::Unavailable]);
    let unknown = upsert(&lake).await;
    assert!(matches!(unknown, Err(LakeError::Manifest(ManifestError::Ambiguous(_)))), "{unknown:?}");
    assert_eq!(objects(&lake).await, 1);
}

#[tokio::test]
async fn a_commit_that_did_not_happen_leaves_no_objects() {
    let lake = faulty([Fault::Unavailable]);
    assert!(upsert(&lake).await.is_err());
    assert_eq!(objects(&lake).await, 0);
}

#[tokio::test]
async fn objects_of_a_commit_that_happened_all_the_same_are_not_deleted() {
    let lake = faulty([Fault::Slandered]);
    assert!(upsert(&lake).await.is_err());
    assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(1, 1, 0, &[1, 2])]);
}

#[tokio::test]
async fn what_was_swept_before_its_commit_is_uploaded_again() {
    let lake = faulty([Fault::Swept, Fault::Swept]);
    assert_eq!(upsert(&lake).await.unwrap().version, 1);
    assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(1, 1, 0, &[1, 2])]);
}

#[tokio::test]
async fn a_commit_that_happened_and_was_not_heard_of_keeps_its_objects() {
    let lake = faulty([Fault::Unheard]);
    assert_eq!(upsert(&lake).await.unwrap().version, 1);
    assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(1, 1, 0, &[1, 2])]);
}

#[tokio::test]
async fn what_was_uploaded_for_a_commit_that_another_try_at_it_did_is_withdrawn() {
    let lake = faulty([Fault::Overtaken]);
    assert_eq!(upsert(&lake).await.unwrap().version, 0, "the other try is the one that counts");
    assert_eq!(objects(&lake).await, 0);
}

#[tokio::test]
async fn a_commit_has_the_id_that_it_was_given_and_happens_once() {
    let lake = faulty([]);
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
