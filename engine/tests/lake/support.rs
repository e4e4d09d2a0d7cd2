//! A lake over memory, and small rows to put into it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_engine::clock::FixedClock;
use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::{Lake, LakeOptions, Manifest, MemoryManifest, RowSink, StoreLake, Version};
use aloftly_engine::{StoreId, money};
use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::dataframe::DataFrame;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use tempfile::TempDir;

/// The state of one order's items: version, day of 2026 on which it was created, and an amount per line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) version: i64,
    pub(crate) day: u32,
    pub(crate) amounts: Vec<i64>,
}

pub(crate) struct TestLake {
    pub(crate) lake: StoreLake,
    pub(crate) objects: Arc<InMemory>,
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
        let objects = Arc::new(InMemory::new());
        let lake = Lake::new(Arc::clone(&objects) as Arc<dyn ObjectStore>, options, clock).unwrap();
        let store = StoreId(uuid::Uuid::from_u128(1));
        let memory = Arc::new(MemoryManifest::new());
        memory.create_store(store);
        let manifest = wrap(memory);
        Self { lake: lake.open(manifest, store), objects, _folder: folder }
    }

    pub(crate) async fn upsert(&self, states: &[(String, State)]) -> aloftly_engine::lake::Published {
        self.upsert_once(states, None).await
    }

    pub(crate) async fn upsert_once(
        &self,
        states: &[(String, State)],
        receipt: Option<&str>,
    ) -> aloftly_engine::lake::Published {
        let mut spool = self.lake.spool().unwrap();
        for chunk in states.chunks(7) {
            spool.push(items(), &batch(chunk)).unwrap();
        }
        self.lake.upsert(spool, receipt.map(str::to_owned)).await.unwrap()
    }

    /// Everything that the lake holds at a version, by order.
    pub(crate) async fn states(&self, at: Option<Version>) -> BTreeMap<String, State> {
        self.states_in(at, None).await
    }

    /// What the lake holds at a version of these days of 2026, the last exclusive.
    pub(crate) async fn states_in(&self, at: Option<Version>, days: Option<(u32, u32)>) -> BTreeMap<String, State> {
        let reader = self.lake.reader(at).await.unwrap();
        let columns = ["order_id", "line", "row_version", "created_at", "amount"];
        let midnight = |day: u32| start_of_year() + i64::from(day) * DAY;
        let range = days.map(|(from, to)| (midnight(from), midnight(to)));
        let plan = reader.scan(items(), &columns, range).await.unwrap();
        let batches = DataFrame::new(reader.session().state(), plan).collect().await.unwrap();
        let mut lines: BTreeMap<String, BTreeMap<i64, (i64, u32, i64)>> = BTreeMap::new();
        for batch in batches {
            let text = batch["order_id"].as_string_view();
            let line = batch["line"].as_primitive::<Int64Type>();
            let version = batch["row_version"].as_primitive::<Int64Type>();
            let time = batch["created_at"].as_primitive::<arrow::datatypes::TimestampMicrosecondType>();
            let amount = batch["amount"].as_primitive::<Decimal128Type>();
            for row in 0..batch.num_rows() {
                let day = u32::try_from((time.value(row) - start_of_year()) / DAY).unwrap();
                let values = (version.value(row), day, i64::try_from(amount.value(row)).unwrap());
                let before = lines.entry(text.value(row).to_owned()).or_default().insert(line.value(row), values);
                assert_eq!(before, None, "line {} of {} is there twice", line.value(row), text.value(row));
            }
        }
        lines.into_iter().map(|(order, lines)| (order, state(&lines))).collect()
    }
}

fn state(lines: &BTreeMap<i64, (i64, u32, i64)>) -> State {
    let first = lines.values().next().unwrap();
    assert!(lines.values().all(|line| (line.0, line.1) == (first.0, first.1)), "lines of several states: {lines:?}");
    State { version: first.0, day: first.1, amounts: lines.values().map(|line| line.2).collect() }
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
                let times = rows.iter().map(|row| start_of_year() + i64::from(row.2.day) * DAY + 1);
                Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC"))
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
    (format!("order-{id}"), State { version, day, amounts: amounts.to_vec() })
}
