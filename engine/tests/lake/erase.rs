//! Erasures whose outcome is written down by hand.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_engine::dataset::Partition;
use aloftly_engine::lake::manifest::CommitCounts;
use aloftly_engine::lake::{Erasure, LakeError, ManifestError, RowSink as _, Verdict};
use arrow::array::AsArray as _;
use chrono::{DateTime, Utc};
use object_store::ObjectStoreExt as _;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::support::{State, TestLake, batch, items, midnight, order, order_of, slice};

fn customers<const N: usize>(numbers: [u32; N]) -> Erasure {
    Erasure::customers(&numbers.map(|number| format!("customer-{number}")).into())
}

async fn held(lake: &TestLake) -> Vec<(String, State)> {
    lake.states(None).await.into_iter().collect()
}

/// The customers of all rows that any object holds, shown or not.
async fn stored_customers(lake: &TestLake) -> BTreeSet<String> {
    let mut customers = BTreeSet::new();
    for object in lake.objects().await.0 {
        let bytes = lake.objects.get(&object).await.unwrap().bytes().await.unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap() {
            customers.extend(batch.unwrap()["customer_id"].as_string_view().iter().flatten().map(str::to_owned));
        }
    }
    customers
}

#[tokio::test]
async fn whoever_is_erased_is_in_no_version_and_no_object() {
    for hot_rows in [1_000, 2, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order_of(1, 1, 1, 3, &[1]), order_of(2, 2, 1, 3, &[2]), order_of(1, 3, 1, 40, &[3])]).await;
        lake.upsert(&[order_of(2, 4, 1, 3, &[4]), order_of(1, 3, 2, 40, &[5])]).await;
        lake.lake.fold_due().await.unwrap();
        let published = lake.erase(&customers([1])).await.unwrap();
        assert_eq!(published.counts, CommitCounts { removed: 2, ..CommitCounts::default() });
        assert_eq!(held(&lake).await, [order_of(2, 2, 1, 3, &[2]), order_of(2, 4, 1, 3, &[4])]);
        for version in 0..published.version {
            let gone = lake.lake.reader(Some(version)).await.unwrap_err();
            assert!(matches!(gone, LakeError::Manifest(ManifestError::UnknownVersion(_))), "{gone}");
        }
        let (there, live) = lake.objects().await;
        assert_eq!(there, live);
        assert_eq!(stored_customers(&lake).await, BTreeSet::from(["customer-2".to_owned()]));
        let again = lake.erase(&customers([1])).await.unwrap();
        assert_eq!((again.version, again.counts), (published.version, CommitCounts::default()));
    }
}

#[tokio::test]
async fn what_was_restated_or_removed_since_is_erased_too() {
    let lake = TestLake::new(1_000);
    lake.upsert(&[order_of(1, 1, 1, 3, &[1]), order_of(1, 2, 1, 3, &[2]), order(3, 1, 3, &[3])]).await;
    lake.lake.fold("order_items", Partition::month_of(midnight(0))).await.unwrap();
    // The customer's orders are now somebody else's, and gone; the object holds both still.
    lake.upsert(&[order_of(2, 1, 2, 3, &[1])]).await;
    let rest = [order_of(2, 1, 2, 3, &[1]), order(3, 1, 3, &[3])];
    lake.replace(&slice((0, 31), None), &rest).await.unwrap();
    assert!(stored_customers(&lake).await.contains("customer-1"));
    let published = lake.erase(&customers([1])).await.unwrap();
    assert_eq!(published.counts, CommitCounts::default(), "nothing of the customer was shown");
    assert_eq!(held(&lake).await, rest);
    assert_eq!(stored_customers(&lake).await, BTreeSet::from(["customer-2".to_owned()]));
}

#[tokio::test]
async fn a_store_that_is_erased_is_empty_and_takes_the_same_file_again() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        let file = [order_of(1, 1, 1, 3, &[1]), order(2, 1, 40, &[2, 3])];
        lake.upsert_once(&file, Some("file")).await;
        let published = lake.erase(&Erasure::Everything).await.unwrap();
        assert_eq!(published.version, 2);
        assert!(held(&lake).await.is_empty());
        assert_eq!(lake.objects().await.0, BTreeSet::new());
        let again = lake.upsert_once(&file, Some("file")).await;
        assert_eq!((again.version, again.counts.new), (3, 2));
        assert_eq!(held(&lake).await, file);
    }
}

#[tokio::test]
async fn an_erasure_waits_for_its_objects_to_be_gone_and_says_when_they_are_not() {
    let lake = TestLake::new(0);
    lake.upsert(&[order_of(1, 1, 1, 3, &[1])]).await;
    let erasure = customers([1]);
    let id = lake.new_commit();
    lake.objects.refuses_deletions(true);
    let failed = lake.lake.erase(id, &erasure).await.unwrap_err();
    assert!(matches!(failed, LakeError::ObjectStore(_)), "{failed}");
    assert!(held(&lake).await.is_empty(), "the rows are gone");
    lake.objects.refuses_deletions(false);
    let published = lake.lake.erase(id, &erasure).await.unwrap();
    assert_eq!(published.counts.removed, 1, "it is the same commit");
    assert_eq!(lake.objects().await.0, BTreeSet::new());
}

#[tokio::test]
async fn a_read_from_before_an_erasure_is_outdated() {
    let lake = TestLake::new(1_000);
    lake.upsert(&[order_of(1, 1, 1, 3, &[1])]).await;
    let before = lake.lake.reader(None).await.unwrap();
    lake.erase(&customers([1])).await.unwrap();
    let error = before.scan(items(), &["amount"], None).await.unwrap_err();
    assert_eq!(lake.lake.examine(&error).await.unwrap(), Verdict::Outdated);
}

#[tokio::test]
async fn only_text_columns_tell_what_is_erased() {
    let lake = TestLake::new(0);
    let matching = aloftly_engine::lake::Matching {
        dataset: Arc::clone(items()),
        column: "amount",
        values: BTreeSet::from(["1".to_owned()]),
    };
    let refused = lake.erase(&Erasure::Rows(vec![matching])).await.unwrap_err();
    assert!(refused.to_string().contains("\"amount\" is no text column"), "{refused}");
}

#[tokio::test]
async fn rows_that_were_uploaded_and_never_committed_go_when_their_writer_is_given_up() {
    let lake = TestLake::new(0);
    let mut spool = lake.lake.spool().unwrap();
    spool.push(items(), &batch(&[order_of(1, 1, 1, 3, &[1])])).unwrap();
    lake.objects.hangs_after_writing(true);
    let killed = tokio::time::timeout(std::time::Duration::from_millis(200), lake.lake.upsert(spool, None)).await;
    assert!(killed.is_err(), "its process ends before it commits");
    lake.objects.hangs_after_writing(false);
    lake.erase(&customers([1])).await.unwrap();
    assert!(stored_customers(&lake).await.contains("customer-1"), "its writer may be alive");
    lake.clock.advance(std::time::Duration::from_secs(86_400));
    assert_eq!(lake.lake.tidy().await.unwrap().deleted, 1);
    assert_eq!(lake.objects().await.0, BTreeSet::new());
}

/// Midnight of a day of 2026.
fn start_of(day: u32) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(midnight(day)).unwrap()
}

#[tokio::test]
async fn what_happened_before_an_instant_is_erased_and_nothing_else() {
    for hot_rows in [1_000, 2, 0] {
        let lake = TestLake::new(hot_rows);
        let rows = [order(1, 1, 3, &[1]), order(2, 1, 30, &[2]), order(3, 1, 31, &[3]), order(4, 1, 70, &[4])];
        lake.upsert(&rows).await;
        lake.lake.fold_due().await.unwrap();
        let before = lake.lake.reader(None).await.unwrap().version();
        assert!(lake.lake.erase_before(lake.new_commit(), start_of(3)).await.unwrap().is_none(), "there is nothing");
        assert_eq!(lake.lake.reader(None).await.unwrap().version(), before, "and nothing happened");
        // In the middle of the first month, at its end, and in a month without rows.
        let mut kept = rows.to_vec();
        for (end, gone) in [(30, 1), (31, 1), (65, 1)] {
            let published = lake.lake.erase_before(lake.new_commit(), start_of(end)).await.unwrap().unwrap();
            assert_eq!(published.counts, CommitCounts { removed: gone, ..CommitCounts::default() }, "day {end}");
            kept.retain(|(_, state)| state.day >= end);
            assert_eq!(held(&lake).await, kept, "day {end}");
            let (there, live) = lake.objects().await;
            assert_eq!(there, live, "day {end}");
            assert!(lake.lake.erase_before(lake.new_commit(), start_of(end)).await.unwrap().is_none());
        }
        // What comes late goes with the next time.
        lake.upsert(&[order(5, 1, 2, &[5])]).await;
        lake.lake.erase_before(lake.new_commit(), start_of(65)).await.unwrap().unwrap();
        assert_eq!(held(&lake).await, kept);
    }
}

#[tokio::test]
async fn a_store_that_is_destroyed_leaves_no_object_behind() {
    let lake = TestLake::new(0);
    lake.upsert(&[order_of(1, 1, 1, 3, &[1]), order(2, 1, 40, &[2])]).await;
    let mut spool = lake.lake.spool().unwrap();
    spool.push(items(), &batch(&[order_of(1, 3, 1, 3, &[1])])).unwrap();
    lake.objects.hangs_after_writing(true);
    let killed = tokio::time::timeout(std::time::Duration::from_millis(200), lake.lake.upsert(spool, None)).await;
    assert!(killed.is_err(), "its process ends before it commits");
    lake.objects.hangs_after_writing(false);
    let unknown = object_store::path::Path::from(format!("orders/store_id={}/unknown", lake.lake.store()));
    let others = object_store::path::Path::from("orders/store_id=another/unknown");
    for object in [&unknown, &others] {
        lake.objects.put(object, "x".into()).await.unwrap();
    }
    lake.clock.advance(std::time::Duration::from_secs(86_400));
    lake.objects.refuses_deletions(true);
    lake.lake.destroy(lake.new_commit()).await.unwrap_err();
    lake.objects.refuses_deletions(false);
    lake.lake.destroy(lake.new_commit()).await.unwrap();
    assert!(held(&lake).await.is_empty());
    assert_eq!(lake.objects().await.0, BTreeSet::from([others]));
}
