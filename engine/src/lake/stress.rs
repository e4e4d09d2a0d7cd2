//! Many writers at once, while others fold, sweep and read: for every manifest.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is a test; its name says what it proves")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Int64Type};
use datafusion::dataframe::DataFrame;
use futures::TryStreamExt;
use futures::future::{join, join_all};
use object_store::ObjectStore;
use object_store::memory::InMemory;
use object_store::path::Path;

use super::{Lake, LakeError, LakeOptions, Manifest, RowSink, Slice, StoreLake};
use crate::clock::SystemClock;
use crate::dataset::{self, Dataset};
use crate::{CommitId, StoreId};

const MONTH: i64 = 31 * 86_400_000_000;
/// The first instant of 2026, in microseconds since the epoch.
const BEGIN: i64 = 1_767_225_600_000_000;
const MONTHS: u32 = 4;
const WRITERS: u32 = 16;
/// Orders that all writers restate again and again.
const SHARED: u32 = 40;
/// Orders of the slice that a writer restates as a whole.
const RESTATED: u32 = 5;
/// Of so many commits one is a replacement.
const REPLACEMENT: u32 = 25;

/// How it went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Went {
    /// Commits that had to be begun anew because others were always faster.
    pub contended: u64,
    /// Reads of everything that were compared.
    pub reads: u64,
    /// Folds that were published.
    pub folds: u64,
    /// Objects that were deleted.
    pub deleted: u64,
}

#[derive(Clone, Debug)]
struct Order {
    id: String,
    version: u64,
    month: u32,
    channel: Option<String>,
}

struct Stress<'a> {
    lake: &'a StoreLake,
    versions: AtomicU64,
    done: AtomicBool,
    /// Orders that are there for good, as each writer was told.
    acknowledged: std::sync::Mutex<BTreeSet<String>>,
    contended: AtomicU64,
    reads: AtomicU64,
    folds: AtomicU64,
    deleted: AtomicU64,
}

/// So many commits, by sixteen writers at once, folds and sweeps beside them: everything is there once in the end, no object of
/// it was deleted, and no other object is left.
///
/// # Panics
/// When it is not so.
pub async fn what_many_commit_at_once_is_there_once(manifest: Arc<dyn Manifest>, store: StoreId, commits: u32) -> Went {
    let folder = tempfile::tempdir().unwrap();
    let options =
        LakeOptions { fold_segments: 16, grace: Duration::from_millis(300), ..LakeOptions::new(folder.path()) };
    let objects: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let lake = Lake::new(Arc::clone(&objects), options, Arc::new(SystemClock)).unwrap();
    let lake = &lake.open(manifest, store);
    let stress = Stress {
        lake,
        versions: AtomicU64::new(1),
        done: AtomicBool::new(false),
        acknowledged: std::sync::Mutex::default(),
        contended: AtomicU64::new(0),
        reads: AtomicU64::new(0),
        folds: AtomicU64::new(0),
        deleted: AtomicU64::new(0),
    };
    let writers = async {
        let expected = join_all((0..WRITERS).map(|writer| stress.write(writer, commits / WRITERS))).await;
        stress.done.store(true, Ordering::SeqCst);
        expected
    };
    let others = join(join(stress.tend(), stress.tend()), join(stress.sweep(), stress.read()));
    let (expected, _) = join(writers, others).await;
    // Of what several restated the newest version counts.
    let mut newest: BTreeMap<String, u64> = BTreeMap::new();
    for (id, version) in expected.into_iter().flatten() {
        let before = newest.entry(id).or_default();
        *before = version.max(*before);
    }
    assert_eq!(stress.held().await.unwrap(), newest);
    stress.settle(&*objects).await;
    assert_eq!(stress.held().await.unwrap(), newest);
    let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
    Went {
        contended: count(&stress.contended),
        reads: count(&stress.reads),
        folds: count(&stress.folds),
        deleted: count(&stress.deleted),
    }
}

impl Stress<'_> {
    /// Commits one after the other; answers what must be there in the end, as far as this writer knows.
    async fn write(&self, writer: u32, commits: u32) -> Vec<(String, u64)> {
        let mut expected = Vec::new();
        let mut restated = Vec::new();
        for number in 0..commits {
            let version = self.versions.fetch_add(1, Ordering::SeqCst);
            if number % REPLACEMENT == REPLACEMENT - 1 {
                let channel = format!("channel-{writer}");
                restated = (0..RESTATED)
                    .map(|order| Order {
                        id: format!("restated-{writer}-{number}-{order}"),
                        version,
                        month: (order + number) % MONTHS,
                        channel: Some(channel.clone()),
                    })
                    .collect();
                let range = (BEGIN, BEGIN + i64::from(MONTHS) * MONTH);
                let slice = Slice::new(items(), range, [("channel", channel)]).unwrap();
                self.commit(&restated, Some(&slice)).await;
                continue;
            }
            let own = Order {
                id: format!("own-{writer}-{number}"),
                version,
                month: (writer + number) % MONTHS,
                channel: None,
            };
            let shared = (writer + number * 7) % SHARED;
            let shared = Order { id: format!("shared-{shared}"), version, month: shared % MONTHS, channel: None };
            let given = [own, shared];
            self.commit(&given, None).await;
            self.acknowledged.lock().unwrap().insert(given[0].id.clone());
            expected.extend(given.map(|order| (order.id, order.version)));
        }
        expected.extend(restated.into_iter().map(|order| (order.id, order.version)));
        expected
    }

    /// Tries until it is committed.
    async fn commit(&self, orders: &[Order], slice: Option<&Slice>) {
        loop {
            let mut spool = self.lake.spool().unwrap();
            spool.push(items(), &batch(orders)).unwrap();
            let made = match slice {
                None => self.lake.upsert(spool, None).await,
                Some(slice) => {
                    let id = CommitId(self.lake.shared().clock.new_id());
                    self.lake.replace(id, slice, spool, None).await
                }
            };
            match made {
                Ok(published) => {
                    assert!(published.counts.is_change(), "{orders:?} came to {published:?}");
                    return;
                }
                Err(LakeError::Contended { .. }) => {
                    self.contended.fetch_add(1, Ordering::SeqCst);
                }
                Err(error) => panic!("a commit failed: {error:?}"),
            }
        }
    }

    async fn tend(&self) {
        while !self.done.load(Ordering::SeqCst) {
            match self.lake.tend().await.unwrap() {
                Some(super::Tended::Fold { folded, .. }) => {
                    self.folds.fetch_add(u64::from(folded.is_some()), Ordering::SeqCst);
                }
                Some(super::Tended::Tidy(tidied)) => {
                    self.deleted.fetch_add(tidied.deleted, Ordering::SeqCst);
                }
                None => self.pause(20).await,
            }
        }
    }

    async fn sweep(&self) {
        while !self.done.load(Ordering::SeqCst) {
            self.deleted.fetch_add(self.lake.tidy().await.unwrap().deleted, Ordering::SeqCst);
            assert_eq!(self.lake.audit().await.unwrap().unknown, 0, "objects are too young to be unknown");
            self.pause(50).await;
        }
    }

    async fn read(&self) {
        while !self.done.load(Ordering::SeqCst) {
            let acknowledged = self.acknowledged.lock().unwrap().clone();
            let held = self.held().await;
            if let Some(held) = held {
                let lost: Vec<_> = acknowledged.iter().filter(|id| !held.contains_key(*id)).collect();
                assert!(lost.is_empty(), "acknowledged and not there: {lost:?}");
                self.reads.fetch_add(1, Ordering::SeqCst);
            }
            self.pause(50).await;
        }
    }

    async fn pause(&self, millis: u64) {
        self.lake.shared().clock.sleep(Duration::from_millis(millis)).await;
    }

    /// Every order that is shown, and its version; `None` when what was read was given up meanwhile.
    async fn held(&self) -> Option<BTreeMap<String, u64>> {
        match self.try_read().await {
            Ok(held) => Some(held),
            Err(error) => {
                let verdict = self.lake.examine(&error).await.unwrap();
                assert!(verdict.is_outdated(), "a read failed: {error:?}");
                None
            }
        }
    }

    async fn try_read(&self) -> Result<BTreeMap<String, u64>, LakeError> {
        let reader = self.lake.reader(None).await?;
        let plan = reader.scan(items(), &["order_id", "row_version"], None).await?;
        let batches = DataFrame::new(reader.session().state(), plan).collect().await?;
        let mut held = BTreeMap::new();
        for batch in batches {
            let versions = batch["row_version"].as_primitive::<Int64Type>();
            for (order, version) in batch["order_id"].as_string_view().iter().zip(versions.values()) {
                let twice = held.insert(order.unwrap().to_owned(), u64::try_from(*version).unwrap());
                assert_eq!(twice, None, "{order:?} is there twice");
            }
        }
        Ok(held)
    }

    /// Folds and gives up everything that can be, and looks at what is left.
    async fn settle(&self, objects: &dyn ObjectStore) {
        let snapshot = self.lake.snapshot(None).await.unwrap();
        let partitions: BTreeSet<_> = snapshot.segments.iter().map(|segment| segment.partition).collect();
        for partition in partitions {
            self.lake.fold(items().name, partition).await.unwrap();
        }
        self.lake.shared().clock.sleep(self.lake.shared().options.grace + Duration::from_millis(5)).await;
        self.lake.tidy().await.unwrap();
        let snapshot = self.lake.snapshot(None).await.unwrap();
        assert!(snapshot.segments.len() <= usize::try_from(MONTHS + 1).unwrap(), "{:?}", snapshot.segments);
        let live: BTreeSet<Path> = snapshot.segments.iter().map(|segment| segment.path(self.lake.store())).collect();
        let prefix = Path::from_iter([items().name, &format!("store_id={}", self.lake.store())]);
        let there = objects.list(Some(&prefix)).map_ok(|object| object.location);
        let there: BTreeSet<Path> = there.try_collect().await.unwrap();
        assert_eq!(there, live, "objects that are there, and those of live segments");
    }
}

fn items() -> &'static Arc<Dataset> {
    dataset::find("order_items").unwrap()
}

/// One row for each order: what it says, and constants in every other column.
fn batch(orders: &[Order]) -> RecordBatch {
    let rows = orders.len();
    let columns = items().schema.fields().iter().map(|field| -> ArrayRef {
        match (field.name().as_str(), field.data_type()) {
            ("order_id", _) => Arc::new(StringViewArray::from_iter_values(orders.iter().map(|order| &order.id))),
            ("channel", _) => {
                Arc::new(orders.iter().map(|order| order.channel.as_deref()).collect::<StringViewArray>())
            }
            ("row_version", _) => {
                let versions = orders.iter().map(|order| i64::try_from(order.version).unwrap());
                Arc::new(Int64Array::from_iter_values(versions))
            }
            ("created_at", _) => {
                let times = orders.iter().map(|order| BEGIN + i64::from(order.month) * MONTH);
                Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC"))
            }
            (_, DataType::Int64) => Arc::new(Int64Array::from(vec![1; rows])),
            (_, DataType::Boolean) => Arc::new(BooleanArray::from(vec![false; rows])),
            (_, DataType::Decimal128(precision, scale)) => {
                let ones = Decimal128Array::from(vec![1; rows]);
                Arc::new(ones.with_precision_and_scale(*precision, *scale).unwrap())
            }
            (_, DataType::Utf8View) => Arc::new(StringViewArray::from(vec!["same"; rows])),
            (_, other) => arrow::array::new_null_array(other, rows),
        }
    });
    RecordBatch::try_new(Arc::clone(&items().schema), columns.collect()).unwrap()
}
