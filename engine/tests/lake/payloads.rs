//! Answers of sources beside the rows that were made of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aloftly_engine::dataset::{self, Dataset, Partition};
use aloftly_engine::lake::manifest::CommitCounts;
use aloftly_engine::lake::{Erasure, LakeError, Matching, PayloadsOf, RowSink as _};
use arrow::array::{
    ArrayRef, AsArray, BinaryViewArray, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
    new_null_array,
};

use super::support::{TestLake, batch, items, midnight, order, slice};

const OWN: PayloadsOf<'_> = PayloadsOf { source: "shopify", account: "shop" };

fn dataset() -> &'static Arc<Dataset> {
    dataset::payloads()
}

/// An answer about a thing of a day of 2026, in a version.
struct Answer {
    id: &'static str,
    account: &'static str,
    version: i64,
    day: u32,
    customer: Option<&'static str>,
    body: Vec<u8>,
}

fn answer(id: &'static str, version: i64, day: u32, body: impl Into<Vec<u8>>) -> Answer {
    Answer { id, account: OWN.account, version, day, customer: None, body: body.into() }
}

fn rows(answers: &[Answer]) -> RecordBatch {
    let texts = |of: &dyn Fn(&Answer) -> Option<String>| -> ArrayRef {
        Arc::new(answers.iter().map(of).collect::<StringViewArray>())
    };
    let columns = dataset().schema.fields().iter().map(|field| match field.name().as_str() {
        "payload_id" => texts(&|one| Some(one.id.to_owned())),
        "row_version" => Arc::new(Int64Array::from_iter_values(answers.iter().map(|one| one.version))) as ArrayRef,
        "happened_at" => {
            let times = TimestampMicrosecondArray::from_iter_values(answers.iter().map(|one| midnight(one.day)));
            Arc::new(times.with_timezone("UTC"))
        }
        "source" => texts(&|_| Some(OWN.source.to_owned())),
        "account" => texts(&|one| Some(one.account.to_owned())),
        "stream" | "kind" => texts(&|_| Some("orders".to_owned())),
        "customer_id" => texts(&|one| one.customer.map(str::to_owned)),
        // As good as a digest: long bodies of tests differ in their length.
        "digest" => texts(&|one| Some(format!("{} {:?}", one.body.len(), one.body.first()))),
        "body" => Arc::new(BinaryViewArray::from_iter_values(answers.iter().map(|one| &one.body))),
        _ => new_null_array(field.data_type(), answers.len()),
    });
    RecordBatch::try_new(Arc::clone(&dataset().schema), columns.collect()).unwrap()
}

async fn keep(lake: &TestLake, answers: &[Answer]) -> CommitCounts {
    let mut spool = lake.lake.spool().unwrap();
    spool.push(dataset(), &rows(answers)).unwrap();
    lake.lake.upsert(spool, None).await.unwrap().counts
}

/// Everything that is held, read a few at a time.
async fn held(lake: &TestLake) -> BTreeMap<String, Vec<u8>> {
    let mut held = BTreeMap::new();
    for partition in lake.lake.payload_partitions().await.unwrap() {
        let mut behind = String::new();
        loop {
            let batches = lake.lake.payloads_behind(OWN, partition, &behind, 2).await.unwrap();
            let mut ids = Vec::new();
            for batch in &batches {
                assert_eq!(batch.schema().fields(), dataset().schema.fields());
                let bodies = batch["body"].as_binary_view();
                for (id, body) in batch["payload_id"].as_string_view().iter().zip(bodies.iter()) {
                    ids.push(id.unwrap().to_owned());
                    assert_eq!(held.insert(id.unwrap().to_owned(), body.unwrap().to_vec()), None, "read twice");
                }
            }
            assert!(ids.is_sorted() && ids.len() <= 2);
            let Some(last) = ids.pop() else { break };
            behind = last;
        }
    }
    assert_eq!(lake.lake.count_payloads(OWN).await.unwrap(), held.len() as u64);
    held
}

fn expected<const N: usize>(answers: [(&str, &[u8]); N]) -> BTreeMap<String, Vec<u8>> {
    answers.into_iter().map(|(id, body)| (id.to_owned(), body.to_vec())).collect()
}

#[tokio::test]
async fn of_each_thing_the_newest_answer_is_there_byte_by_byte_hot_cold_and_folded() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
        keep(&lake, &[answer("a", 1, 3, "old"), answer("b", 5, 40, bytes.clone()), answer("c", 1, 3, "")]).await;
        keep(&lake, &[answer("a", 2, 3, [0xff, 0x00]), answer("b", 4, 40, "late")]).await;
        keep(&lake, &[answer("d", 1, 3, "new"), Answer { account: "other", ..answer("e", 1, 3, "not ours") }]).await;
        let newest: [(&str, &[u8]); 4] = [("a", &[0xff, 0x00]), ("b", &bytes), ("c", b""), ("d", b"new")];
        assert_eq!(held(&lake).await, expected(newest));
        lake.lake.fold_due().await.unwrap();
        assert_eq!(held(&lake).await, expected(newest));
        keep(&lake, &[answer("a", 3, 3, "newer")]).await;
        assert_eq!(held(&lake).await["a"], b"newer");
    }
}

#[tokio::test]
async fn the_same_answer_is_no_change_and_no_answer_is_counted() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        assert_eq!(keep(&lake, &[answer("a", 1, 3, "one"), answer("b", 1, 3, "two")]).await, CommitCounts::default());
        let version = lake.lake.snapshot(None).await.unwrap().version;
        keep(&lake, &[answer("a", 1, 3, "one")]).await;
        assert_eq!(lake.lake.snapshot(None).await.unwrap().version, version, "nothing changed");
        // Another of the same version is another.
        keep(&lake, &[answer("a", 1, 3, "changed")]).await;
        assert_eq!(held(&lake).await, expected([("a", b"changed"), ("b", b"two")]));
    }
}

#[tokio::test]
async fn answers_come_along_when_a_slice_is_replaced_and_stay_when_it_is_emptied() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        lake.upsert(&[order(1, 1, 3, &[1]), order(2, 1, 3, &[2])]).await;
        let mut spool = lake.lake.spool().unwrap();
        spool.push(items(), &batch(&[order(2, 2, 3, &[5])])).unwrap();
        spool.push(dataset(), &rows(&[answer("day 3", 1, 3, "[2]"), answer("day 40", 1, 40, "[]")])).unwrap();
        let published = lake.lake.replace(lake.new_commit(), &slice((3, 4), None), spool, None).await.unwrap();
        let counts = published.counts;
        assert_eq!((counts.new, counts.updated, counts.removed), (0, 1, 1));
        assert_eq!(lake.states(None).await.into_iter().collect::<Vec<_>>(), [order(2, 2, 3, &[5])]);
        assert_eq!(held(&lake).await, expected([("day 3", b"[2]"), ("day 40", b"[]")]));
        lake.replace(&slice((0, 60), None), &[]).await.unwrap();
        assert_eq!(held(&lake).await.len(), 2);
        // Rows of anything else that is counted are still refused.
        let mut spool = lake.lake.spool().unwrap();
        let others = dataset::find("customers").unwrap();
        let columns = others.schema.fields().iter().map(|field| -> ArrayRef {
            match field.name().as_str() {
                "customer_id" => Arc::new(StringViewArray::from(vec!["c"])),
                "row_version" => Arc::new(Int64Array::from(vec![1])),
                "seen_at" => Arc::new(TimestampMicrosecondArray::from(vec![0]).with_timezone("UTC")),
                _ => new_null_array(field.data_type(), 1),
            }
        });
        let row = RecordBatch::try_new(Arc::clone(&others.schema), columns.collect()).unwrap();
        spool.push(others, &row).unwrap();
        let refused = lake.lake.replace(lake.new_commit(), &slice((0, 60), None), spool, None).await;
        assert!(matches!(refused, Err(LakeError::Shape { dataset: "customers", .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn with_a_customer_what_was_answered_of_them_goes() {
    for hot_rows in [1_000, 0] {
        let lake = TestLake::new(hot_rows);
        let of = |customer, one: Answer| Answer { customer: Some(customer), ..one };
        keep(&lake, &[of("7", answer("a", 1, 3, "secret")), of("8", answer("b", 1, 3, "b")), answer("c", 1, 40, "c")])
            .await;
        let erased = lake.erase(&Erasure::customers(&BTreeSet::from(["7".to_owned()]))).await.unwrap();
        assert_eq!(erased.counts.removed, 0, "answers are not what people count");
        assert_eq!(held(&lake).await, expected([("b", b"b"), ("c", b"c")]));
        let (there, live) = lake.objects().await;
        assert_eq!(there, live, "no object holds it any more");
        let all = Matching {
            dataset: Arc::clone(dataset()),
            column: "source",
            values: BTreeSet::from([OWN.source.to_owned()]),
        };
        lake.erase(&Erasure::Rows(vec![all])).await.unwrap();
        assert_eq!(held(&lake).await.len(), 0);
    }
}

#[tokio::test]
async fn what_has_no_time_of_its_own_does_not_expire() {
    let lake = TestLake::new(0);
    keep(&lake, &[answer("a", 1, 3, "a"), answer("timeless", 1, 27_028, "t")]).await;
    let partitions = lake.lake.payload_partitions().await.unwrap();
    assert_eq!(partitions.last().unwrap(), &Partition::starting("2100-01-01".parse().unwrap()));
    let end = "2099-01-01T00:00:00Z".parse().unwrap();
    lake.lake.erase_before(lake.new_commit(), end).await.unwrap();
    assert_eq!(held(&lake).await, expected([("timeless", b"t")]));
}
