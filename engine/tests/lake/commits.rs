//! Commits whose outcome is written down by hand.

use aloftly_engine::CommitId;
use aloftly_engine::lake::manifest::{CommitCounts, Temperature};
use aloftly_engine::lake::{RowSink as _, Snapshot};

use super::support::{TestLake, batch, items, order};

fn counts(new: u64, updated: u64, unchanged: u64, stale: u64) -> CommitCounts {
    CommitCounts { new, updated, unchanged, stale, removed: 0 }
}

#[tokio::test]
async fn states_are_new_updates_unchanged_or_stale() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        let first = lake.upsert(&[order(1, 10, 0, &[100, 200]), order(2, 10, 40, &[5])]).await;
        assert_eq!((first.version, first.counts), (1, counts(2, 0, 0, 0)));
        let second = lake.upsert(&[order(1, 11, 0, &[100]), order(2, 10, 40, &[5]), order(3, 1, 40, &[7, 8])]).await;
        assert_eq!((second.version, second.counts), (2, counts(1, 1, 1, 0)));
        let third = lake.upsert(&[order(1, 9, 0, &[999]), order(3, 1, 40, &[7, 9])]).await;
        assert_eq!((third.version, third.counts), (3, counts(0, 1, 0, 1)));
        let states = lake.states(None).await;
        assert_eq!(
            states.into_iter().collect::<Vec<_>>(),
            [order(1, 11, 0, &[100]), order(2, 10, 40, &[5]), order(3, 1, 40, &[7, 9])]
        );
        assert_eq!(lake.states(Some(1)).await.len(), 2, "an older version stays readable");
    }
}

#[tokio::test]
async fn within_a_commit_the_highest_version_wins_and_then_the_last_given() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        let given =
            [order(1, 5, 0, &[1, 2, 3]), order(1, 7, 0, &[4]), order(1, 6, 0, &[5, 5]), order(1, 7, 0, &[6, 6])];
        let published = lake.upsert(&given).await;
        assert_eq!(published.counts, counts(1, 0, 0, 0));
        assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(1, 7, 0, &[6, 6])]);
    }
}

#[tokio::test]
async fn the_same_rows_again_change_nothing() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        let rows = [order(1, 5, 0, &[1, 2, 3]), order(2, 7, 31, &[4])];
        lake.upsert(&rows).await;
        let again = lake.upsert(&rows).await;
        assert_eq!((again.version, again.counts), (1, counts(0, 0, 2, 0)));
        let once = lake.upsert_once(&[order(9, 1, 0, &[1])], Some("file")).await;
        let twice = lake.upsert_once(&[order(9, 2, 0, &[2])], Some("file")).await;
        assert_eq!(once, twice);
        assert_eq!(lake.states(None).await["order-9"], order(9, 1, 0, &[1]).1);
    }
}

#[tokio::test]
async fn folding_leaves_one_cold_segment_and_the_same_rows() {
    let lake = TestLake::new(1_000);
    lake.upsert(&[order(1, 1, 0, &[1]), order(2, 1, 0, &[2])]).await;
    lake.upsert(&[order(1, 2, 0, &[3, 4])]).await;
    lake.upsert(&[order(3, 1, 40, &[1])]).await;
    let before = lake.states(None).await;
    let folded = lake.lake.fold_due().await.unwrap();
    assert_eq!(folded.len(), 1, "January has two hot segments, February one");
    assert_eq!(lake.states(None).await, before);
    let reader = lake.lake.reader(None).await.unwrap();
    let temperatures: Vec<_> = reader.snapshot().segments.iter().map(|segment| segment.temperature).collect();
    assert_eq!(temperatures, [Temperature::Cold, Temperature::Hot]);
    let cold = &reader.snapshot().segments[0];
    assert_eq!((cold.rows, cold.updates), (3, 0));
    assert!(cold.footer_bytes.unwrap() < cold.bytes);
    assert_eq!(cold.entity_bounds, ("order-1".to_owned(), "order-2".to_owned()));
    let currencies = [("currency".to_owned(), ("same".to_owned(), "same".to_owned()))];
    assert_eq!(cold.column_bounds, currencies.into(), "only what plans ask for");
    lake.upsert(&[order(2, 3, 0, &[9])]).await;
    assert_eq!(lake.states(None).await["order-2"], order(2, 3, 0, &[9]).1);
}

#[tokio::test]
async fn a_scan_reads_only_the_segments_and_rows_in_its_range() {
    let lake = TestLake::new(0);
    lake.upsert(&[order(1, 1, 0, &[1]), order(2, 1, 10, &[2]), order(3, 1, 40, &[3])]).await;
    let reader = lake.lake.reader(None).await.unwrap();
    let (first, last) = reader.time_bounds("order_items").unwrap();
    assert_eq!(reader.time_bounds("orders"), None);
    let plan = reader.scan(items(), &["amount"], Some((first + 1, last + 1))).await.unwrap();
    let rows = datafusion::dataframe::DataFrame::new(reader.session().state(), plan).count().await.unwrap();
    assert_eq!(rows, 2);
    let unknown = reader.scan(items(), &["amont"], None).await.unwrap_err();
    assert!(unknown.to_string().contains("amont"), "{unknown}");
}

#[tokio::test]
async fn an_entity_that_moves_within_its_month_is_found_on_its_new_day_only() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order(1, 1, 3, &[1])]).await;
        lake.upsert(&[order(1, 2, 9, &[2])]).await;
        assert!(lake.states_in(None, Some((0, 5))).await.is_empty());
        let moved = lake.states_in(None, Some((5, 10))).await;
        assert_eq!(moved.into_iter().collect::<Vec<_>>(), [order(1, 2, 9, &[2])]);
    }
}

#[tokio::test]
async fn a_commit_that_the_store_does_not_fit_changes_nothing() {
    let lake = TestLake::new(0);
    lake.upsert(&[order(1, 1, 0, &[1])]).await;
    let mut spool = lake.lake.spool().unwrap();
    spool.push(items(), &batch(&[order(2, 1, 0, &[2])])).unwrap();
    let id = CommitId(uuid::Uuid::from_u128(7));
    let is_empty = |store: &Snapshot| {
        if store.segments.is_empty() { Ok(()) } else { Err(format!("it is at version {}", store.version)) }
    };
    let refused = lake.lake.upsert_if(id, spool, Some("file".to_owned()), &is_empty).await.unwrap_err();
    assert_eq!(refused.to_string(), "it is at version 1");
    assert_eq!(lake.states(None).await.len(), 1);
    assert_eq!(lake.lake.manifest().receipt(lake.lake.store(), "file").await.unwrap(), None);
}

#[tokio::test]
async fn a_snapshot_counts_its_segments_in_bytes() {
    let lake = TestLake::new(1_000);
    let memory = async |at| lake.lake.reader(at).await.unwrap().snapshot().memory();
    lake.upsert(&[order(1, 1, 0, &[1])]).await;
    lake.upsert(&[order(2, 1, 40, &[1])]).await;
    let (one, two) = (memory(Some(1)).await - memory(Some(0)).await, memory(None).await - memory(Some(0)).await);
    assert!(one > 64 && two == 2 * one, "{one} bytes and {two} bytes");
}

#[tokio::test]
async fn two_writers_of_one_partition_both_get_their_rows_in() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        let writers = (0..8).map(|id| {
            let lake = &lake;
            async move { lake.upsert(&[order(id, 1, 0, &[1]), order(100, i64::from(id), 0, &[i64::from(id)])]).await }
        });
        futures::future::join_all(writers).await;
        let states = lake.states(None).await;
        assert_eq!(states.len(), 9);
        assert_eq!(states["order-100"], order(100, 7, 0, &[7]).1);
    }
}
