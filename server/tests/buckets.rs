//! The lake over a bucket that speaks the protocol of S3, opened as the server opens it: what is asked of it, and what happens
//! when it fails.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aloftly_engine::clock::FixedClock;
use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::objects::counters::{Operation, Outcome, StoreUse};
use aloftly_engine::lake::{FaultKind, Lake, LakeOptions, MemoryManifest, RowSink as _, SegmentFault, StoreLake};
use aloftly_engine::{StoreId, transfer};
use aloftly_server::service::objects::Objects;
use aloftly_tests::bucket::{Bucket, Fault};
use arrow::array::{
    ArrayRef, AsArray as _, Decimal128Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::logical_expr::{col, lit};
use object_store::{ObjectStoreExt as _, path};

/// A lake over a bucket, with its caches empty.
struct Rig {
    lake: Lake,
    store: StoreLake,
    manifest: Arc<MemoryManifest>,
    objects: Objects,
    _folder: tempfile::TempDir,
}

impl Rig {
    fn over(bucket: &Bucket) -> Self {
        let manifest = Arc::new(MemoryManifest::new());
        manifest.create_store(store());
        Self::of(bucket, manifest)
    }

    fn of(bucket: &Bucket, manifest: Arc<MemoryManifest>) -> Self {
        let url = bucket.url().parse().unwrap();
        let objects = Objects::open_with(Some(&url), Path::new("/nowhere"), &bucket.variables()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let options = LakeOptions {
            hot_rows: 10,
            parallelism: 2,
            block_memory: 64 << 20,
            block_disk: 64 << 20,
            retry_delay: Duration::from_millis(1),
            store_counters: Arc::clone(&objects.counters),
            ..LakeOptions::new(folder.path())
        };
        let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z".parse().unwrap()));
        let lake = Lake::new(Arc::clone(&objects.store), options, clock).unwrap();
        let store = lake.open(Arc::clone(&manifest) as _, store());
        Self { lake, store, manifest, objects, _folder: folder }
    }

    /// Another process over the same bucket, which has nothing in memory.
    fn anew(&self, bucket: &Bucket) -> Self {
        Self::of(bucket, Arc::clone(&self.manifest))
    }

    async fn add(&self, events: &[Event]) {
        let mut spool = self.store.spool().unwrap();
        for events in events.chunks(8_192) {
            spool.push(metric_events(), &batch(events)).unwrap();
        }
        self.store.upsert(spool, None).await.unwrap();
    }

    /// How many events there are, and the sum of their values.
    async fn totals(&self) -> Result<(i64, i128), DataFusionError> {
        let reader = self.store.reader(None).await.unwrap();
        let plan = reader.scan(metric_events(), &["event_id", "metric_value"], None).await.unwrap();
        let totals = vec![count(lit(1)).alias("events"), sum(col("metric_value")).alias("value")];
        let batches = DataFrame::new(reader.session().state(), plan).aggregate(vec![], totals)?.collect().await?;
        let events = batches[0]["events"].as_primitive::<Int64Type>().value(0);
        Ok((events, batches[0]["value"].as_primitive::<Decimal128Type>().value(0)))
    }

    async fn fault(&self) -> SegmentFault {
        let error = self.totals().await.unwrap_err();
        SegmentFault::find(&error).unwrap_or_else(|| panic!("not told which segment: {error:?}")).clone()
    }

    fn used(&self) -> StoreUse {
        self.lake.counters().store
    }
}

/// An event's number, the month of 2026 that it is of, and its value.
type Event = (u32, u32, i64);

fn store() -> StoreId {
    StoreId(uuid::Uuid::from_u128(5))
}

fn metric_events() -> &'static Arc<Dataset> {
    dataset::find("metric_events").unwrap()
}

fn batch(events: &[Event]) -> RecordBatch {
    let start = |month: u32| {
        let day = chrono::NaiveDate::from_ymd_opt(2026, month, 2).unwrap();
        day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_micros()
    };
    let columns = metric_events().schema.fields().iter().map(|field| -> ArrayRef {
        match (field.name().as_str(), field.data_type()) {
            ("event_id", _) => {
                Arc::new(StringViewArray::from_iter_values(events.iter().map(|event| format!("event-{}", event.0))))
            }
            ("metric_value", DataType::Decimal128(precision, scale)) => {
                let values = Decimal128Array::from_iter_values(events.iter().map(|event| i128::from(event.2)));
                Arc::new(values.with_precision_and_scale(*precision, *scale).unwrap())
            }
            (_, DataType::Timestamp(..)) => {
                let times = events.iter().map(|event| start(event.1) + i64::from(event.0));
                Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC"))
            }
            (_, DataType::Int64) => Arc::new(Int64Array::from(vec![1; events.len()])),
            (_, DataType::Utf8View) => Arc::new(StringViewArray::from(vec!["same"; events.len()])),
            (_, other) => arrow::array::new_null_array(other, events.len()),
        }
    });
    RecordBatch::try_new(Arc::clone(&metric_events().schema), columns.collect()).unwrap()
}

/// Events of one month whose values nothing predicts.
fn month(month: u32, events: std::ops::Range<u32>) -> Vec<Event> {
    events.map(|number| (number, month, i64::from(number.wrapping_mul(2_654_435_761) % 1_000_000))).collect()
}

fn expected(events: &[Event]) -> (i64, i128) {
    (i64::try_from(events.len()).unwrap(), events.iter().map(|event| i128::from(event.2)).sum())
}

/// Three months: two that are one block each, and one of several.
fn three_months() -> Vec<Event> {
    [month(1, 0..100), month(2, 1_000..1_500), month(3, 10_000..60_000)].concat()
}

#[tokio::test]
async fn what_is_upserted_and_folded_in_a_bucket_is_read_by_others() {
    let bucket = Bucket::given_or_start();
    let rig = Rig::over(&bucket);
    let mut events = three_months();
    rig.add(&events).await;
    assert_eq!(rig.totals().await.unwrap(), expected(&events));
    // A few more, hot, and folded.
    for more in [month(1, 100..105), month(1, 105..109)] {
        rig.add(&more).await;
        events.extend(more);
    }
    assert_eq!(rig.totals().await.unwrap(), expected(&events));
    let january = metric_events()
        .partition_of("2026-01-05T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_micros());
    assert!(rig.store.fold("metric_events", january).await.unwrap().is_some());
    assert_eq!(rig.totals().await.unwrap(), expected(&events));
    assert_eq!(rig.anew(&bucket).totals().await.unwrap(), expected(&events));
}

#[tokio::test]
async fn a_cold_query_takes_few_requests_and_a_warm_one_none() {
    let bucket = Bucket::given_or_start();
    let filled = Rig::over(&bucket);
    let events = three_months();
    filled.add(&events).await;
    let reader = filled.store.reader(None).await.unwrap();
    let sizes: Vec<u64> = reader.snapshot().segments.iter().map(|segment| segment.bytes).collect();
    const BLOCK: u64 = 128 << 10;
    assert!(sizes[0] < BLOCK && sizes[1] < BLOCK && sizes[2] > 3 * BLOCK, "{sizes:?}");

    let rig = filled.anew(&bucket);
    assert_eq!(rig.totals().await.unwrap(), expected(&events));
    let cold = rig.used();
    // Each small segment at once; of the large one the footer, and then what the query reads.
    assert_eq!(cold.requests(Operation::Get, Outcome::Ok), 1 + 1 + 2, "{cold:?}");
    let requests = Operation::ALL.map(|operation| cold.all(operation)).iter().sum::<u64>();
    assert_eq!(requests, cold.all(Operation::Get), "{cold:?}");
    assert!(cold.bytes_received <= sizes.iter().sum(), "{} of {sizes:?}", cold.bytes_received);

    assert_eq!(rig.totals().await.unwrap(), expected(&events));
    assert_eq!(rig.used(), cold, "nothing more is asked");
}

#[tokio::test]
async fn whatever_a_bucket_does_for_a_while_the_figures_are_right() {
    let bucket = Bucket::start();
    let filled = Rig::over(&bucket);
    let events = three_months();
    filled.add(&events).await;
    for (faults, retried) in [
        (&[Fault::Status(503), Fault::Status(500)][..], Some(2)),
        (&[Fault::TooMany(0), Fault::TooMany(1)], Some(2)),
        (&[Fault::Slow(Duration::from_millis(300))], Some(0)),
        (&[Fault::Cut], None),
        (&[Fault::Flipped], Some(0)),
        (&[Fault::Cut, Fault::Flipped, Fault::Status(503)], None),
    ] {
        let rig = filled.anew(&bucket);
        bucket.will_read(faults);
        assert_eq!(rig.totals().await.unwrap(), expected(&events), "{faults:?}");
        assert!(bucket.has_been_awkward(), "{faults:?}");
        let used = rig.used();
        if let Some(retried) = retried {
            assert_eq!(used.requests(Operation::Get, Outcome::Retried), retried, "{faults:?}: {used:?}");
        }
        assert_eq!(used.requests(Operation::Get, Outcome::Failed), 0, "{faults:?}: {used:?}");
    }
}

#[tokio::test]
async fn bytes_that_stay_wrong_and_objects_that_are_gone_are_told_by_their_segment() {
    let bucket = Bucket::start();
    let filled = Rig::over(&bucket);
    filled.add(&month(1, 0..100)).await;
    let segment = filled.store.reader(None).await.unwrap().snapshot().segments[0].id;

    bucket.will_read(&[Fault::Flipped; 3]);
    let fault = filled.fault().await;
    assert_eq!(fault.segment, segment);
    assert!(matches!(fault.kind, FaultKind::Damaged(_)), "{fault}");
    // It was the bucket's answers that were wrong.
    assert_eq!(filled.totals().await.unwrap(), expected(&month(1, 0..100)));

    bucket.will_read(&[Fault::Torn]);
    let rig = filled.anew(&bucket);
    let fault = rig.fault().await;
    assert_eq!(fault.segment, segment);
    assert!(matches!(&fault.kind, FaultKind::Damaged(detail) if detail.contains("bytes, not")), "{fault}");

    let files = bucket.files();
    let object = files.iter().find(|file| file.extension().is_some_and(|kind| kind == "parquet")).unwrap();
    std::fs::write(object, b"").unwrap();
    assert!(matches!(filled.anew(&bucket).fault().await.kind, FaultKind::Damaged(_)));
    std::fs::remove_file(object).unwrap();
    assert_eq!(filled.anew(&bucket).fault().await.kind, FaultKind::Missing);
}

#[tokio::test]
async fn a_bucket_that_refuses_is_no_fault_of_a_segment() {
    let bucket = Bucket::start();
    let filled = Rig::over(&bucket);
    filled.add(&month(1, 0..100)).await;
    let rig = filled.anew(&bucket);
    for (refused, failed) in [(Fault::Status(403), 1), (Fault::NoBucket, 1)] {
        bucket.will_read(&[refused]);
        let error = rig.totals().await.unwrap_err();
        assert_eq!(SegmentFault::find(&error), None, "{error:?}");
        assert_eq!(rig.used().requests(Operation::Get, Outcome::Failed), failed);
    }
    assert_eq!(rig.totals().await.unwrap(), expected(&month(1, 0..100)));
}

#[tokio::test]
async fn an_upload_gets_through_what_passes() {
    let bucket = Bucket::start();
    let rig = Rig::over(&bucket);
    bucket.will_write(&[Fault::Status(503), Fault::TooMany(0), Fault::Cut]);
    rig.add(&month(1, 0..100)).await;
    assert!(bucket.has_been_awkward());
    assert_eq!(rig.anew(&bucket).totals().await.unwrap(), expected(&month(1, 0..100)));
    // How much of the answer arrives before the connection is cut is up to the network.
    let retried = rig.used().requests(Operation::Put, Outcome::Retried);
    assert!((2..=3).contains(&retried), "{retried}");
}

#[tokio::test]
async fn a_large_object_goes_in_parts_and_arrives_whole() {
    let bucket = Bucket::given_or_start();
    let rig = Rig::over(&bucket);
    let bytes: Vec<u8> = (0..(20 << 20) + 13_u32).map(|place| (place % 251) as u8).collect();
    let object = path::Path::from("large");
    transfer::send(&rig.objects.store, &object, &bytes[..]).await.unwrap();
    // To begin, three parts, to end.
    assert_eq!(rig.used().requests(Operation::Put, Outcome::Ok), 5);
    assert!(rig.used().bytes_sent >= bytes.len() as u64);
    let back = rig.objects.store.get(&object).await.unwrap().bytes().await.unwrap();
    assert!(back == bytes);
    rig.objects.store.delete(&object).await.unwrap();
    rig.objects.store.delete(&object).await.unwrap();
    rig.objects.check().await.unwrap();
}
