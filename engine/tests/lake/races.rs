//! Commits between whose computation and publication something else happens.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::Erasure;
use futures::FutureExt as _;

use super::faulty::{Fault, Faulty};
use super::support::{State, TestLake, midnight, order, order_of, slice};

/// A lake with a manifest that lets something happen.
struct Race {
    lake: Arc<TestLake>,
    manifest: Arc<Faulty>,
}

fn race(hot_rows: u64) -> Race {
    let manifest = OnceLock::new();
    let lake = TestLake::over(hot_rows, |memory| {
        let faulty = Arc::new(Faulty::new(memory));
        let _ = manifest.set(Arc::clone(&faulty));
        faulty
    });
    Race { lake: Arc::new(lake), manifest: Arc::clone(manifest.get().unwrap()) }
}

impl Race {
    /// Lets something happen before the next commit arrives.
    fn before_the_next_commit<F>(&self, act: impl FnOnce(Arc<TestLake>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.manifest.meets([Fault::After(act(Arc::clone(&self.lake)).boxed())]);
    }

    async fn held(&self) -> Vec<(String, State)> {
        self.lake.states(None).await.into_iter().collect()
    }

    async fn nothing_is_left_over(&self) {
        self.lake.clock.advance(Duration::from_secs(3_600));
        self.lake.lake.tidy().await.unwrap();
        let (there, live) = self.lake.objects().await;
        assert_eq!(there, live);
    }
}

fn customer() -> Erasure {
    Erasure::customers(&["customer-1".to_owned()].into())
}

const JANUARY: u32 = 3;
const MARCH: u32 = 62;

#[tokio::test]
async fn an_erasure_reaches_a_month_that_begins_meanwhile() {
    for hot_rows in [1_000, 0] {
        let race = race(hot_rows);
        race.lake.upsert(&[order_of(1, 1, 1, JANUARY, &[1]), order(2, 1, JANUARY, &[2])]).await;
        race.before_the_next_commit(|lake| async move {
            lake.upsert(&[order_of(1, 3, 1, MARCH, &[3])]).await;
        });
        race.lake.erase(&customer()).await.unwrap();
        assert_eq!(race.held().await, [order(2, 1, JANUARY, &[2])]);
    }
}

#[tokio::test]
async fn a_store_is_erased_with_what_comes_meanwhile() {
    let race = race(1_000);
    race.lake.upsert(&[order(1, 1, JANUARY, &[1])]).await;
    race.before_the_next_commit(|lake| async move {
        lake.upsert_once(&[order(2, 1, MARCH, &[2])], Some("file")).await;
    });
    race.lake.erase(&Erasure::Everything).await.unwrap();
    assert!(race.held().await.is_empty());
    let again = race.lake.upsert_once(&[order(2, 1, MARCH, &[2])], Some("file")).await;
    assert_eq!(again.counts.new, 1, "its receipt is cleared, so it can be imported again");
}

#[tokio::test]
async fn an_erasure_whose_months_are_gone_meanwhile_is_done() {
    let race = race(0);
    race.lake.upsert(&[order_of(1, 1, 1, JANUARY, &[1]), order(2, 1, JANUARY, &[2])]).await;
    race.before_the_next_commit(|lake| async move {
        lake.erase(&Erasure::Everything).await.unwrap();
    });
    race.lake.erase(&customer()).await.unwrap();
    assert!(race.held().await.is_empty());
    race.nothing_is_left_over().await;
}

#[tokio::test]
async fn two_replacements_of_one_slice_do_not_add_up() {
    for hot_rows in [1_000, 0] {
        let race = race(hot_rows);
        let both = || slice((0, 90), None);
        race.before_the_next_commit(move |lake| async move {
            lake.replace(&both(), &[order(1, 1, JANUARY, &[1])]).await.unwrap();
        });
        race.lake.replace(&both(), &[order(2, 1, MARCH, &[2])]).await.unwrap();
        assert_eq!(race.held().await, [order(2, 1, MARCH, &[2])], "the later one says all that there is");
        race.nothing_is_left_over().await;
    }
}

#[tokio::test]
async fn a_replacement_of_a_month_that_is_gone_meanwhile_is_done() {
    let race = race(0);
    race.lake.upsert(&[order(1, 1, JANUARY, &[1]), order(2, 1, 20, &[2])]).await;
    race.before_the_next_commit(|lake| async move {
        lake.replace(&slice((0, 31), None), &[]).await.unwrap();
    });
    race.lake.replace(&slice((0, 9), None), &[]).await.unwrap();
    assert!(race.held().await.is_empty());
    race.nothing_is_left_over().await;
}

#[tokio::test]
async fn a_fold_does_not_bring_back_what_is_erased_meanwhile() {
    let race = race(1_000);
    race.lake.upsert(&[order_of(1, 1, 1, JANUARY, &[1])]).await;
    race.lake.upsert(&[order(2, 1, JANUARY, &[2])]).await;
    race.before_the_next_commit(|lake| async move {
        lake.erase(&customer()).await.unwrap();
    });
    let folded = race.lake.lake.fold("order_items", Partition::month_of(midnight(0))).await.unwrap();
    assert_eq!(folded, None);
    assert_eq!(race.held().await, [order(2, 1, JANUARY, &[2])]);
    race.nothing_is_left_over().await;
}

#[tokio::test]
async fn a_commit_is_not_disturbed_by_a_fold_of_what_it_was_computed_from() {
    let race = race(1_000);
    race.lake.upsert(&[order(1, 1, JANUARY, &[1]), order(2, 1, JANUARY, &[2])]).await;
    race.lake.upsert(&[order(3, 1, JANUARY, &[3])]).await;
    race.before_the_next_commit(|lake| async move {
        lake.lake.fold("order_items", Partition::month_of(midnight(0))).await.unwrap().unwrap();
    });
    let rest = [order(1, 2, JANUARY, &[9]), order(4, 1, JANUARY, &[4])];
    let published = race.lake.replace(&slice((0, 31), None), &rest).await.unwrap();
    assert_eq!((published.counts.new, published.counts.updated, published.counts.removed), (1, 1, 2));
    assert_eq!(race.held().await, rest);
    race.lake.lake.fold_due().await.unwrap();
    assert_eq!(race.held().await, rest);
}

#[tokio::test]
async fn a_segment_that_leaves_quarantine_does_not_double_what_was_folded_meanwhile() {
    let race = race(1_000);
    race.lake.upsert(&[order(1, 1, JANUARY, &[1])]).await;
    let first = race.lake.lake.reader(None).await.unwrap().snapshot().segments[0].id;
    race.lake.upsert(&[order(1, 2, JANUARY, &[2])]).await;
    race.lake.upsert(&[order(1, 3, JANUARY, &[3])]).await;
    let (manifest, store) = (race.lake.lake.manifest(), race.lake.lake.store());
    manifest.quarantine(store, first, "damaged").await.unwrap();
    race.lake.lake.fold_due().await.unwrap();
    manifest.release(store, first).await.unwrap();
    assert_eq!(race.held().await, [order(1, 3, JANUARY, &[3])]);
}

#[tokio::test]
async fn a_worker_whose_claim_runs_out_and_the_one_after_it_fold_once() {
    let race = race(1_000);
    race.lake.upsert(&[order(1, 1, JANUARY, &[1])]).await;
    race.lake.upsert(&[order(1, 2, JANUARY, &[2])]).await;
    let second = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&second);
    race.before_the_next_commit(|lake| async move {
        lake.clock.advance(Duration::from_secs(601));
        *seen.lock().unwrap() = Some(lake.lake.tend().await.unwrap());
    });
    race.lake.clock.advance(Duration::from_secs(1));
    let first = race.lake.lake.tend().await.unwrap();
    let folds = |tended: &Option<aloftly_engine::lake::Tended>| {
        matches!(tended, Some(aloftly_engine::lake::Tended::Fold { folded: Some(_), .. }))
    };
    let second = second.lock().unwrap().take().unwrap();
    assert!(folds(&second) && !folds(&first), "{first:?}, {second:?}");
    assert_eq!(race.held().await, [order(1, 2, JANUARY, &[2])]);
    race.nothing_is_left_over().await;
    for _ in 0..20 {
        race.lake.clock.advance(Duration::from_secs(1_000));
        while race.lake.lake.tend().await.unwrap().is_some() {}
    }
    assert_eq!(race.lake.objects().await.0.len(), 1);
}
