//! The engine without a server: an orders export into an empty lake, and widget queries over it. The manifest and the object
//! store are in memory, so that only our own work is measured.

#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot run must stop")]

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

    fn empty_store(&self) -> StoreLake {
        let clock: Arc<dyn Clock> = Arc::<FixedClock>::clone(&self.clock);
        let store = StoreId(clock.new_id());
        let manifest = MemoryManifest::new();
        manifest.create_store(store);
        let lake = Lake::new(Arc::new(InMemory::new()), LakeOptions::new(self.folder.path()), clock).unwrap();
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
        b.iter_with_setup(|| bench.empty_store(), |lake| bench.import(&lake, &csv));
    });
    group.finish();
}

fn queries(criterion: &mut Criterion) {
    let bench = Bench::new();
    let lake = bench.empty_store();
    bench.import(&lake, &export());
    let scope = StoreScope {
        id: lake.store(),
        name: "Store".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::America::New_York,
        week_start: chrono::Weekday::Mon,
    };
    let scopes = [(scope, lake)];
    let service = MetricsService::new(
        Arc::<FixedClock>::clone(&bench.clock),
        MetricsOptions { answer_memory: 0, rollup_memory: 0 },
    );
    let mut group = criterion.benchmark_group("query");
    for (name, query) in [
        (
            "revenue, 30 days",
            json!({ "metrics": ["shopify.revenue"], "time_range": "last_30_days", "granularity": "none" }),
        ),
        (
            "cards by day with comparison, 90 days",
            json!({
                "metrics": ["shopify.revenue", "shopify.orders", "shopify.aov", "shopify.customers"],
                "time_range": "last_90_days", "granularity": "day", "compare_to": "previous_period"
            }),
        ),
        (
            "top products, 12 months",
            json!({
                "metrics": ["shopify.product_revenue", "shopify.units"], "time_range": "last_12_months",
                "granularity": "none", "group_by": ["product"], "limit": 10,
                "order_by": [{ "field": "shopify.product_revenue", "direction": "desc" }]
            }),
        ),
    ] {
        let query = Query::from_json(&query).unwrap();
        group.bench_function(name, |b| {
            b.iter(|| bench.runtime.block_on(service.query(&PinnedStores::from_iter(scopes.clone()), &query)).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, imports, queries);
criterion_main!(benches);
