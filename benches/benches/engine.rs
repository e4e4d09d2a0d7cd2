//! The engine without a server: an orders export into an empty lake, and widget queries over it. The manifest and the object
//! store are in memory, so that only our own work is measured.

#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot run must stop")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use aloftly_connectors::shopify::orders_csv;
use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::{Lake, LakeOptions, MemoryManifest, StoreLake};
use aloftly_engine::metrics::{MetricsOptions, MetricsService, PinnedStores, Query, StoreScope};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use object_store::memory::InMemory;
use serde_json::json;
use tokio::runtime::Runtime;

const DAYS: usize = 365;
const ORDERS_A_DAY: usize = 60;
const ITEMS: usize = 3;

/// A year of an even trade that ends on 2026-11-20.
fn export() -> String {
    let start = chrono::NaiveDate::from_ymd_opt(2025, 11, 21).unwrap();
    let mut csv = "Name,Email,Total,Currency,Created at,Shipping Country,Source,Lineitem quantity,Lineitem name,\
                   Lineitem price\n"
        .to_owned();
    for order in 0..DAYS * ORDERS_A_DAY {
        let date = start + chrono::Days::new((order / ORDERS_A_DAY) as u64);
        let minute = order % ORDERS_A_DAY;
        for item in 0..ITEMS {
            let total = if item == 0 { "30.00" } else { "" };
            let (customer, product) = (order * 7 % 5_000, (order * 31 + item * 17) % 400);
            writeln!(
                csv,
                "#{order},c{customer}@example.com,{total},USD,{date} 12:{minute:02}:00 -0500,US,web,1,Product {product},10.00"
            )
            .unwrap();
        }
    }
    csv
}

struct Bench {
    runtime: Runtime,
    clock: Arc<FixedClock>,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let now = "2026-11-21T15:00:00Z".parse().unwrap();
        let runtime = Runtime::new().unwrap();
        Self { runtime, clock: Arc::new(FixedClock::at(now)), folder: tempfile::tempdir().unwrap() }
    }

    /// `hot` keeps every row with the manifest, in memory.
    fn empty_store(&self, hot: bool) -> StoreLake {
        let clock: Arc<dyn Clock> = Arc::<FixedClock>::clone(&self.clock);
        let store = StoreId(clock.new_id());
        let manifest = MemoryManifest::new();
        manifest.create_store(store);
        let defaults = LakeOptions::new(self.folder.path());
        let hot_rows = if hot { u64::MAX } else { defaults.hot_rows };
        let options = LakeOptions { hot_rows, hot_memory: 1 << 30, ..defaults };
        let lake = Lake::new(Arc::new(InMemory::new()), options, clock).unwrap();
        lake.open(Arc::new(manifest), store)
    }

    fn import(&self, lake: &StoreLake, csv: &str) {
        let mut spool = lake.spool().unwrap();
        orders_csv::import(csv.as_bytes(), &orders_csv::Options::default(), &mut spool, &mut |_| ()).unwrap();
        self.runtime.block_on(lake.upsert(spool, None)).unwrap();
    }
}

fn imports(criterion: &mut Criterion) {
    let bench = Bench::new();
    let csv = export();
    let mut group = criterion.benchmark_group("import");
    group.sample_size(10).throughput(Throughput::Elements((DAYS * ORDERS_A_DAY * ITEMS) as u64));
    group.bench_function("lines of an orders export", |b| {
        b.iter_with_setup(|| bench.empty_store(false), |lake| bench.import(&lake, &csv));
    });
    group.finish();
}

/// What widgets ask, by their names.
fn widgets() -> [(&'static str, serde_json::Value); 6] {
    [
        ("revenue, 30 days", json!({ "metrics": ["shopify.revenue"], "time_range": "last_30_days" })),
        (
            "cards by day with comparison, 90 days",
            json!({
                "metrics": ["shopify.revenue", "shopify.orders", "shopify.aov"], "time_range": "last_90_days",
                "granularity": "day", "compare_to": "previous_period"
            }),
        ),
        (
            "customers by month, 12 months",
            json!({ "metrics": ["shopify.customers"], "time_range": "last_12_months", "granularity": "month" }),
        ),
        (
            "rolling revenue with its trend by day, 12 months",
            json!({
                "metrics": [
                    { "metric": "shopify.revenue", "rolling": { "buckets": 28 }, "as": "rolling" },
                    { "metric": "shopify.revenue", "trend": true, "as": "trend" }
                ],
                "time_range": "last_12_months", "granularity": "day"
            }),
        ),
        (
            "revenue by month, products side by side, 12 months",
            json!({
                "metrics": ["shopify.product_revenue"], "time_range": "last_12_months", "granularity": "month",
                "group_by": ["product"], "pivot": "product", "top": { "groups": 10 }
            }),
        ),
        (
            "top products, 12 months",
            json!({
                "metrics": ["shopify.product_revenue", "shopify.units"], "time_range": "last_12_months",
                "group_by": ["product"], "top": { "groups": 10 }
            }),
        ),
    ]
}

/// A store with a year of orders, in cold segments or in hot ones.
fn store(bench: &Bench, csv: &str, hot: bool) -> (StoreScope, StoreLake) {
    let lake = bench.empty_store(hot);
    bench.import(&lake, csv);
    let scope = StoreScope {
        id: lake.store(),
        name: "Store".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::America::New_York,
        week_start: chrono::Weekday::Mon,
        readings: BTreeMap::new(),
    };
    (scope, lake)
}

fn queries(criterion: &mut Criterion) {
    let bench = Bench::new();
    let csv = export();
    let cold = store(&bench, &csv, false);
    let hot = store(&bench, &csv, true);
    let nothing = MetricsOptions { answer_memory: 0, rollup_memory: 0 };
    let rollups = MetricsOptions { answer_memory: 0, ..MetricsOptions::default() };
    for (group, store, options) in [
        ("from cold rows", &cold, nothing),
        ("from hot rows", &hot, nothing),
        ("from rollups, where they can be", &cold, rollups),
        ("kept", &cold, MetricsOptions::default()),
    ] {
        let service = MetricsService::new(Arc::<FixedClock>::clone(&bench.clock), options);
        let mut group = criterion.benchmark_group(group);
        for (name, query) in widgets() {
            let query = Query::from_json(&query).unwrap();
            let ask =
                || bench.runtime.block_on(service.query(&PinnedStores::from_iter([store.clone()]), &query)).unwrap();
            group.bench_function(name, |b| b.iter(ask));
        }
        group.finish();
    }
    let mut group = criterion.benchmark_group("reading a query");
    for (name, query) in widgets() {
        group.bench_function(name, |b| b.iter(|| Query::from_json(&query).unwrap()));
    }
    group.finish();
}

criterion_group!(benches, imports, queries);
criterion_main!(benches);
