//! A lake over memory, and small rows to put into it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aloftly_engine::clock::FixedClock;
use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::{
    Erasure, Lake, LakeError, LakeOptions, Manifest, MemoryManifest, Published, RowSink, Slice, StoreLake, Version,
};
use aloftly_engine::{CommitId, StoreId, clock::Clock as _, money};
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::dataframe::DataFrame;
use futures::TryStreamExt as _;
use object_store::ObjectStore;
use object_store::path::Path;
use tempfile::TempDir;

use super::stubborn::Stubborn;

/// The state of one order's items: version, day of 2026 on which it was created, and an amount per line; and of which customer
/// and channel it is, if of any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) version: i64,
    pub(crate) day: u32,
    pub(crate) amounts: Vec<i64>,
    pub(crate) customer: Option<u32>,
    pub(crate) channel: Option<u32>,
}

impl State {
    fn named(number: Option<u32>, what: &str) -> Option<String> {
        number.map(|number| format!("{what}-{number}"))
    }
}

pub(crate) struct TestLake {
    pub(crate) lake: StoreLake,
    pub(crate) objects: Arc<Stubborn>,
    pub(crate) clock: Arc<FixedClock>,
    _folder: TempDir,
}

impl TestLake {
    /// `hot_rows` decides from how many rows on a commit writes cold segments.
    pub(crate) fn new(hot_rows: u64) -> Self {
        Self::over(hot_rows, |memory| memory)
    }

    /// With a manifest of its own around the one in memory.
    pub(crate) fn over(hot_rows: u64, wrap: impl FnOnce(Arc<MemoryManifest>) -> Arc<dyn Manifest>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = LakeOptions { hot_rows, fold_segments: 2, ..LakeOptions::new(folder.path()) };
        let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z".parse().unwrap()));
        let objects = Arc::new(Stubborn::default());
        let lake =
            Lake::new(Arc::clone(&objects) as Arc<dyn ObjectStore>, options, Arc::<FixedClock>::clone(&clock)).unwrap();
        let store = StoreId(uuid::Uuid::from_u128(1));
        let memory = Arc::new(MemoryManifest::with_clock(Arc::<FixedClock>::clone(&clock)));
        memory.create_store(store);
        let manifest = wrap(memory);
        Self { lake: lake.open(manifest, store), objects, clock, _folder: folder }
    }

    pub(crate) async fn upsert(&self, states: &[(String, State)]) -> Published {
        self.upsert_once(states, None).await
    }

    pub(crate) async fn upsert_once(&self, states: &[(String, State)], receipt: Option<&str>) -> Published {
        let mut spool = self.lake.spool().unwrap();
        for chunk in states.chunks(7) {
            spool.push(items(), &batch(chunk)).unwrap();
        }
        self.lake.upsert(spool, receipt.map(str::to_owned)).await.unwrap()
    }

    pub(crate) async fn replace(&self, slice: &Slice, states: &[(String, State)]) -> Result<Published, LakeError> {
        let mut spool = self.lake.spool().unwrap();
        for chunk in states.chunks(7) {
            spool.push(items(), &batch(chunk)).unwrap();
        }
        self.lake.replace(self.new_commit(), slice, spool, None).await
    }

    pub(crate) async fn erase(&self, erasure: &Erasure) -> Result<Published, LakeError> {
        self.lake.erase(self.new_commit(), erasure).await
    }

    pub(crate) fn new_commit(&self) -> CommitId {
        CommitId(self.clock.new_id())
    }

    /// The names of all objects, and of those that live segments have.
    pub(crate) async fn objects(&self) -> (BTreeSet<Path>, BTreeSet<Path>) {
        let there = self.objects.list(None).map_ok(|object| object.location).try_collect().await.unwrap();
        let reader = self.lake.reader(None).await.unwrap();
        let cold = reader.snapshot().segments.iter().filter(|segment| !segment.is_hot());
        (there, cold.map(|segment| segment.path(self.lake.store())).collect())
    }

    /// Everything that the lake holds at a version, by order.
    pub(crate) async fn states(&self, at: Option<Version>) -> BTreeMap<String, State> {
        self.states_in(at, None).await
    }

    /// What the lake holds at a version of these days of 2026, the last exclusive.
    pub(crate) async fn states_in(&self, at: Option<Version>, days: Option<(u32, u32)>) -> BTreeMap<String, State> {
        let reader = self.lake.reader(at).await.unwrap();
        let columns = ["order_id", "line", "row_version", "created_at", "amount", "customer_id", "channel"];
        let range = days.map(|(from, to)| (midnight(from), midnight(to)));
        let plan = reader.scan(items(), &columns, range).await.unwrap();
        let batches = DataFrame::new(reader.session().state(), plan).collect().await.unwrap();
        let mut lines: BTreeMap<String, BTreeMap<i64, State>> = BTreeMap::new();
        for batch in batches {
            let text = batch["order_id"].as_string_view();
            let line = batch["line"].as_primitive::<Int64Type>();
            let version = batch["row_version"].as_primitive::<Int64Type>();
            let time = batch["created_at"].as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
            let amount = batch["amount"].as_primitive::<Decimal128Type>();
            let number = |column: &str, row: usize| {
                let text = batch[column].as_string_view();
                text.is_valid(row).then(|| text.value(row).rsplit('-').next().unwrap().parse().unwrap())
            };
            for row in 0..batch.num_rows() {
                let day = u32::try_from((time.value(row) - start_of_year()) / DAY).unwrap();
                let values = State {
                    version: version.value(row),
                    day,
                    amounts: vec![i64::try_from(amount.value(row)).unwrap()],
                    customer: number("customer_id", row),
                    channel: number("channel", row),
                };
                let before = lines.entry(text.value(row).to_owned()).or_default().insert(line.value(row), values);
                assert_eq!(before, None, "line {} of {} is there twice", line.value(row), text.value(row));
            }
        }
        lines.into_iter().map(|(order, lines)| (order, state(&lines))).collect()
    }
}

fn state(lines: &BTreeMap<i64, State>) -> State {
    let whole = |line: &State| State { amounts: Vec::new(), ..line.clone() };
    let first = whole(&lines[&1]);
    assert!(lines.values().all(|line| whole(line) == first), "lines of several states: {lines:?}");
    State { amounts: lines.values().flat_map(|line| line.amounts.clone()).collect(), ..first }
}

const DAY: i64 = 86_400_000_000;

fn start_of_year() -> i64 {
    "2026-01-01T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_micros()
}

pub(crate) fn items() -> &'static Arc<Dataset> {
    dataset::find("order_items").unwrap()
}

/// Rows of `order_items`: what a state says, and constants in every other column.
pub(crate) fn batch(states: &[(String, State)]) -> RecordBatch {
    let mut rows = Vec::new();
    for (order, state) in states {
        for (line, amount) in (1i64..).zip(&state.amounts) {
            rows.push((order.as_str(), line, state, *amount));
        }
    }
    let columns = items().schema.fields().iter().map(|field| -> ArrayRef {
        match (field.name().as_str(), field.data_type()) {
            ("order_id", _) => Arc::new(StringViewArray::from_iter_values(rows.iter().map(|row| row.0))),
            ("line", _) => Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1))),
            ("row_version", _) => Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.2.version))),
            ("created_at", _) => {
                let times = rows.iter().map(|row| midnight(row.2.day) + 1);
                Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC"))
            }
            ("customer_id", _) => {
                let customers = rows.iter().map(|row| State::named(row.2.customer, "customer"));
                Arc::new(customers.collect::<StringViewArray>())
            }
            ("channel", _) => {
                let channels = rows.iter().map(|row| State::named(row.2.channel, "channel"));
                Arc::new(channels.collect::<StringViewArray>())
            }
            ("amount", _) => {
                let amounts = Decimal128Array::from_iter_values(rows.iter().map(|row| i128::from(row.3)));
                Arc::new(amounts.with_precision_and_scale(money::PRECISION, money::SCALE).unwrap())
            }
            (_, DataType::Boolean) => Arc::new(BooleanArray::from(vec![false; rows.len()])),
            (_, DataType::Int64) => Arc::new(Int64Array::from(vec![1; rows.len()])),
            (_, DataType::Decimal128(..)) => {
                let zeros = Decimal128Array::from(vec![0; rows.len()]);
                Arc::new(zeros.with_precision_and_scale(money::PRECISION, money::SCALE).unwrap())
            }
            (_, DataType::Utf8View) => Arc::new(StringViewArray::from(vec!["same"; rows.len()])),
            (_, other) => arrow::array::new_null_array(other, rows.len()),
        }
    });
    RecordBatch::try_new(Arc::clone(&items().schema), columns.collect()).unwrap()
}

pub(crate) fn order(id: u32, version: i64, day: u32, amounts: &[i64]) -> (String, State) {
    (format!("order-{id}"), State { version, day, amounts: amounts.to_vec(), customer: None, channel: None })
}

/// An order of a customer.
pub(crate) fn order_of(customer: u32, id: u32, version: i64, day: u32, amounts: &[i64]) -> (String, State) {
    let (id, state) = order(id, version, day, amounts);
    (id, State { customer: Some(customer), ..state })
}

/// An order that came by a channel.
pub(crate) fn order_by(channel: u32, id: u32, version: i64, day: u32, amounts: &[i64]) -> (String, State) {
    let (id, state) = order(id, version, day, amounts);
    (id, State { channel: Some(channel), ..state })
}

/// The instant at which a day of 2026 begins, in microseconds since the epoch.
pub(crate) fn midnight(day: u32) -> i64 {
    start_of_year() + i64::from(day) * DAY
}

/// The slice of `order_items` from one day of 2026 to another, the last exclusive; of one channel if one is given.
pub(crate) fn slice(days: (u32, u32), channel: Option<u32>) -> Slice {
    let conditions = State::named(channel, "channel").map(|channel| ("channel", channel));
    Slice::new(items(), (midnight(days.0), midnight(days.1)), conditions).unwrap()
}
