//! Replacements of slices whose outcome is written down by hand.

use std::sync::Arc;

use aloftly_engine::dataset::{self, Partition};
use aloftly_engine::lake::manifest::CommitCounts;
use aloftly_engine::lake::{LakeError, RowSink as _, Slice};
use arrow::array::{ArrayRef, RecordBatch, TimestampMicrosecondArray};
use datafusion::dataframe::DataFrame;

use super::support::{State, TestLake, batch, items, midnight, order, order_by, slice};

fn counts(new: u64, updated: u64, unchanged: u64, removed: u64) -> CommitCounts {
    CommitCounts { new, updated, unchanged, stale: 0, removed }
}

async fn held(lake: &TestLake) -> Vec<(String, State)> {
    lake.states(None).await.into_iter().collect()
}

#[tokio::test]
async fn what_a_slice_held_and_the_source_does_not_say_any_more_is_gone() {
    for hot_rows in [1_000, 2, 0] {
        let lake = TestLake::new(hot_rows);
        let before = [order(1, 5, 3, &[1]), order(2, 5, 4, &[2]), order(3, 5, 9, &[3]), order(4, 5, 40, &[4])];
        lake.upsert(&before).await;
        let given = [order(2, 5, 4, &[2]), order(5, 1, 5, &[7, 8])];
        let published = lake.replace(&slice((3, 9), None), &given).await.unwrap();
        assert_eq!((published.version, published.counts), (2, counts(1, 0, 1, 1)));
        let after = [order(2, 5, 4, &[2]), order(3, 5, 9, &[3]), order(4, 5, 40, &[4]), order(5, 1, 5, &[7, 8])];
        assert_eq!(held(&lake).await, after);
        assert_eq!(lake.states(Some(1)).await.len(), 4, "the version before it stays as it was");
        lake.lake.fold_due().await.unwrap();
        assert_eq!(held(&lake).await, after);
    }
}

#[tokio::test]
async fn a_slice_over_months_is_emptied_by_one_commit() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order(1, 1, 20, &[1]), order(2, 1, 30, &[2]), order(3, 1, 31, &[3]), order(4, 1, 70, &[4])])
            .await;
        let published = lake.replace(&slice((25, 60), None), &[]).await.unwrap();
        assert_eq!((published.version, published.counts), (2, counts(0, 0, 0, 2)));
        assert_eq!(held(&lake).await, [order(1, 1, 20, &[1]), order(4, 1, 70, &[4])]);
        let again = lake.replace(&slice((25, 60), None), &[]).await.unwrap();
        assert_eq!((again.version, again.counts), (2, counts(0, 0, 0, 0)), "it holds nothing any more");
    }
}

#[tokio::test]
async fn the_source_is_right_whatever_the_row_versions_are() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order(1, 9, 3, &[1]), order(2, 9, 3, &[2])]).await;
        // The same content with another version is the same state.
        let given = [order(1, 4, 3, &[7]), order(2, 4, 3, &[2])];
        let published = lake.replace(&slice((0, 31), None), &given).await.unwrap();
        assert_eq!(published.counts, counts(0, 1, 1, 0));
        assert_eq!(held(&lake).await, [order(1, 4, 3, &[7]), order(2, 9, 3, &[2])]);
    }
}

#[tokio::test]
async fn the_end_of_a_slice_is_not_in_it_and_its_begin_is() {
    // Rows are a microsecond after midnight.
    let row = midnight(31) + 1;
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order(1, 1, 31, &[1])]).await;
        for (range, removed) in [((midnight(0), row), 0), ((row + 1, midnight(60)), 0), ((row, row + 1), 1)] {
            let slice = Slice::new(items(), range, []).unwrap();
            assert_eq!(lake.replace(&slice, &[]).await.unwrap().counts.removed, removed, "{range:?}");
        }
    }
}

#[tokio::test]
async fn a_slice_of_a_channel_leaves_other_channels_and_rows_of_none() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order_by(1, 1, 1, 3, &[1]), order_by(2, 2, 1, 3, &[2]), order(3, 1, 3, &[3])]).await;
        let published = lake.replace(&slice((0, 31), Some(1)), &[order_by(1, 4, 1, 3, &[4])]).await.unwrap();
        assert_eq!(published.counts, counts(1, 0, 0, 1));
        let after = [order_by(2, 2, 1, 3, &[2]), order(3, 1, 3, &[3]), order_by(1, 4, 1, 3, &[4])];
        assert_eq!(held(&lake).await, after);
    }
}

#[tokio::test]
async fn a_slice_of_some_channels_leaves_the_others() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[1, 2, 3].map(|channel| order_by(channel, channel, 1, 3, &[i64::from(channel)]))).await;
        lake.upsert(&[order(4, 1, 3, &[4])]).await;
        let some = slice((0, 31), None).among("channel", [1, 3].map(|channel| format!("channel-{channel}"))).unwrap();
        let published = lake.replace(&some, &[order_by(3, 3, 1, 3, &[9])]).await.unwrap();
        assert_eq!(published.counts, counts(0, 1, 0, 1));
        assert_eq!(held(&lake).await, [order_by(2, 2, 1, 3, &[2]), order_by(3, 3, 1, 3, &[9]), order(4, 1, 3, &[4])]);
    }
}

#[tokio::test]
async fn an_entity_that_the_month_holds_outside_the_slice_is_replaced_and_not_doubled() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order_by(2, 1, 1, 20, &[1]), order_by(2, 2, 1, 20, &[2])]).await;
        lake.lake.fold("order_items", Partition::month_of(midnight(0))).await.unwrap();
        let published = lake.replace(&slice((0, 9), Some(1)), &[order_by(1, 1, 1, 3, &[9, 9])]).await.unwrap();
        assert_eq!(published.counts, counts(0, 1, 0, 0));
        assert_eq!(held(&lake).await, [order_by(1, 1, 1, 3, &[9, 9]), order_by(2, 2, 1, 20, &[2])]);
    }
}

/// Two lines of an order, on two days.
fn two_days(days: [u32; 2]) -> RecordBatch {
    let rows = batch(&[order(1, 1, 0, &[5, 6])]);
    let column = rows.schema().index_of("created_at").unwrap();
    let times = TimestampMicrosecondArray::from_iter_values(days.map(midnight)).with_timezone("UTC");
    let mut columns = rows.columns().to_vec();
    columns[column] = Arc::new(times) as ArrayRef;
    RecordBatch::try_new(rows.schema(), columns).unwrap()
}

#[tokio::test]
async fn an_entity_is_in_a_slice_when_any_of_its_rows_is_and_goes_as_a_whole() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        let mut spool = lake.lake.spool().unwrap();
        spool.push(items(), &two_days([3, 20])).unwrap();
        lake.lake.upsert(spool, None).await.unwrap();
        assert_eq!(lake.replace(&slice((4, 20), None), &[]).await.unwrap().counts, counts(0, 0, 0, 0));
        assert_eq!(lake.replace(&slice((20, 21), None), &[]).await.unwrap().counts, counts(0, 0, 0, 1));
        let reader = lake.lake.reader(None).await.unwrap();
        let plan = reader.scan(items(), &["line"], None).await.unwrap();
        assert_eq!(DataFrame::new(reader.session().state(), plan).count().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn rows_outside_the_slice_are_refused_and_nothing_is_changed() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order_by(1, 1, 1, 3, &[1])]).await;
        let outside =
            [order_by(1, 2, 1, 9, &[1]), order_by(2, 2, 1, 3, &[1]), order(2, 1, 3, &[1]), order_by(1, 2, 1, 40, &[1])];
        for row in outside {
            let refused = lake.replace(&slice((0, 9), Some(1)), &[row]).await.unwrap_err();
            assert!(matches!(refused, LakeError::Shape { .. }), "{refused}");
            assert!(refused.to_string().contains("\"order-2\" is not in the slice"), "{refused}");
        }
        let mut spool = lake.lake.spool().unwrap();
        let mut partly = two_days([3, 20]);
        partly = partly.slice(0, 2);
        spool.push(items(), &partly).unwrap();
        let refused = lake.lake.replace(lake.new_commit(), &slice((0, 9), None), spool, None).await.unwrap_err();
        assert!(matches!(refused, LakeError::Shape { .. }), "{refused}");
        assert_eq!(held(&lake).await, [order_by(1, 1, 1, 3, &[1])]);
        let (there, live) = lake.objects().await;
        assert_eq!(there, live, "nothing is left of what was uploaded");
    }
}

#[test]
fn a_slice_must_be_one_that_can_be_told() {
    let new = |range, column: Option<&'static str>| {
        Slice::new(items(), range, column.map(|column| (column, "x".to_owned()))).unwrap_err().to_string()
    };
    assert!(new((5, 5), None).contains("empty"));
    assert!(new((0, 5), Some("amount")).contains("\"amount\" is no text column"));
    assert!(new((0, 5), Some("nothing")).contains("\"nothing\" is no text column"));
    let none = slice((0, 5), None).among("channel", []).unwrap_err().to_string();
    assert!(none.contains("a value of \"channel\""), "{none}");
    let century = |years: i64| midnight(0) + years * 366 * 86_400_000_000;
    assert!(new((midnight(0), century(101)), None).contains("1200 months"));
    assert!(Slice::new(items(), (midnight(0), century(99)), []).is_ok());
    let products = dataset::find("products").unwrap();
    assert!(Slice::new(products, (i64::MIN, i64::MAX), []).is_ok(), "of a present state everything can be restated");
}

#[tokio::test]
async fn an_entity_that_went_from_one_month_can_come_back_in_another() {
    let lake = TestLake::new(1_000);
    lake.upsert(&[order(1, 1, 3, &[1]), order(2, 1, 40, &[2])]).await;
    let months = [Partition::month_of(midnight(3)), Partition::month_of(midnight(40))];
    for month in months {
        lake.lake.fold("order_items", month).await.unwrap();
    }
    // From January, where a hot segment says so, to February, where it is folded, and something else is restated.
    lake.replace(&slice((0, 59), None), &[order(1, 1, 41, &[1]), order(2, 1, 40, &[2])]).await.unwrap();
    lake.lake.fold("order_items", months[1]).await.unwrap();
    lake.upsert(&[order(2, 2, 40, &[3])]).await;
    assert_eq!(held(&lake).await, [order(1, 1, 41, &[1]), order(2, 2, 40, &[3])]);
}
