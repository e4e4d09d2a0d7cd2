//! What a source does not have any more: marked, then folded away.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_engine::lake::manifest::CommitCounts;
use aloftly_engine::lake::{LakeError, ManifestError, Matching, RowSink as _, Terms};
use chrono::DateTime;

use super::support::{State, TestLake, batch, items, order, order_of};

fn named(orders: &[u32]) -> Matching {
    told_by("order_id", orders.iter().map(|number| order(*number, 1, 0, &[1]).0))
}

fn told_by(column: &'static str, values: impl IntoIterator<Item = String>) -> Matching {
    Matching { dataset: Arc::clone(items()), column, values: values.into_iter().collect() }
}

async fn remove(lake: &TestLake, rows: &[Matching]) -> CommitCounts {
    lake.lake.remove(lake.new_commit(), rows, Vec::new()).await.unwrap().counts
}

async fn held(lake: &TestLake) -> Vec<(String, State)> {
    lake.states(None).await.into_iter().collect()
}

fn removed(number: u64) -> CommitCounts {
    CommitCounts { removed: number, ..CommitCounts::default() }
}

#[tokio::test]
async fn what_is_removed_is_gone_hot_cold_and_folded_and_comes_back_when_it_is_told_again() {
    for (hot_rows, folds) in [(1_000, false), (1_000, true), (2, false), (0, false)] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order(1, 1, 3, &[1]), order(2, 1, 3, &[2, 3]), order(3, 1, 40, &[4]), order(4, 1, 40, &[5])])
            .await;
        if folds {
            lake.lake.fold_due().await.unwrap();
        }
        assert_eq!(remove(&lake, &[named(&[2, 4, 9])]).await, removed(2));
        let rest = [order(1, 1, 3, &[1]), order(3, 1, 40, &[4])];
        assert_eq!(held(&lake).await, rest);
        assert_eq!(remove(&lake, &[named(&[2, 4, 9])]).await, removed(0));
        // Even in an older state: nothing is held of it that could be newer.
        lake.upsert(&[order(2, 0, 3, &[7])]).await;
        let again = [order(1, 1, 3, &[1]), order(2, 0, 3, &[7]), order(3, 1, 40, &[4])];
        assert_eq!(held(&lake).await, again);
        lake.lake.fold_due().await.unwrap();
        assert_eq!(held(&lake).await, again);
    }
}

#[tokio::test]
async fn few_are_marked_beside_what_is_there_and_objects_stay() {
    let lake = TestLake::new(2);
    let many: Vec<_> = (1..=30).map(|number| order(number, 1, 3, &[i64::from(number)])).collect();
    lake.upsert(&many).await;
    let before = lake.objects().await;
    assert_eq!(remove(&lake, &[named(&[5])]).await, removed(1));
    assert_eq!(lake.objects().await, before, "nothing is written anew");
    assert_eq!(remove(&lake, &[named(&[6, 7, 8, 9])]).await, removed(4));
    assert_ne!(lake.objects().await.1, before.1, "many are cheaper to leave out");
    assert_eq!(held(&lake).await.len(), 25);
}

#[tokio::test]
async fn what_is_told_by_another_column_goes_as_a_whole_and_is_not_known_by_name() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order_of(1, 1, 1, 3, &[1]), order_of(2, 2, 1, 3, &[2]), order_of(1, 3, 1, 40, &[3])]).await;
        let of_customer = told_by("customer_id", ["customer-1".to_owned()]);
        assert_eq!(remove(&lake, &[of_customer, named(&[8])]).await, removed(2));
        assert_eq!(held(&lake).await, [order_of(2, 2, 1, 3, &[2])]);
        let removals = lake.lake.manifest().removals(lake.lake.store(), DateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(removals.gone, BTreeSet::from([("order_items".to_owned(), order(8, 1, 0, &[1]).0)]));
    }
    let lake = TestLake::new(2);
    let wrong = lake.lake.remove(lake.new_commit(), &[told_by("quantity", [])], Vec::new()).await.unwrap_err();
    assert!(matches!(wrong, LakeError::Shape { .. }), "{wrong}");
}

#[tokio::test]
async fn rows_that_were_read_before_something_was_removed_are_refused() {
    let lake = TestLake::new(1_000);
    lake.upsert(&[order(1, 1, 3, &[1])]).await;
    let known = lake.lake.manifest().removals(lake.lake.store(), DateTime::UNIX_EPOCH).await.unwrap().count;
    // It is not held: it is on its way.
    remove(&lake, &[named(&[2])]).await;
    let terms = || Terms { unless_removed_since: Some(known), ..Terms::default() };
    let mut spool = lake.lake.spool().unwrap();
    spool.push(items(), &batch(&[order(2, 1, 3, &[2])])).unwrap();
    let late = lake.lake.commit_page(lake.new_commit(), spool, None, terms()).await.unwrap_err();
    assert!(matches!(late, LakeError::Manifest(ManifestError::Overtaken)), "{late}");
    assert_eq!(held(&lake).await, [order(1, 1, 3, &[1])]);
}
