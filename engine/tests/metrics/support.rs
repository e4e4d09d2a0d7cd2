//! Orders as plain values, and stores of them in a lake over memory.

use std::sync::Arc;

use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::{Lake, LakeOptions, MemoryManifest, RowSink, StoreLake};
use aloftly_engine::metrics::{MetricsService, Query, QueryError, QueryResponse, StoreScope};
use aloftly_engine::{StoreId, money};
use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::DataType;
use chrono::{DateTime, Utc, Weekday};
use chrono_tz::Tz;
use object_store::memory::InMemory;
use serde_json::Value;
use tempfile::TempDir;

/// An order with its items. Amounts are in ten-thousandths.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: u32,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) customer: Option<&'static str>,
    pub(crate) channel: Option<&'static str>,
    pub(crate) country: Option<&'static str>,
    pub(crate) discount_code: Option<&'static str>,
    pub(crate) financial_status: Option<&'static str>,
    pub(crate) currency: &'static str,
    pub(crate) is_test: bool,
    pub(crate) is_cancelled: bool,
    pub(crate) discount: i64,
    pub(crate) shipping: i64,
    pub(crate) tax: i64,
    pub(crate) total: i64,
    pub(crate) refunded: i64,
    pub(crate) items: Vec<Item>,
}

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) product: &'static str,
    pub(crate) variant: Option<&'static str>,
    pub(crate) vendor: Option<&'static str>,
    pub(crate) quantity: i64,
    pub(crate) amount: i64,
}

impl Order {
    /// An order of 10.00 without anything special.
    pub(crate) fn plain(id: u32, created_at: &str) -> Self {
        Self {
            id,
            version: 1,
            created_at: created_at.parse().unwrap(),
            customer: None,
            channel: Some("web"),
            country: Some("US"),
            discount_code: None,
            financial_status: Some("paid"),
            currency: "USD",
            is_test: false,
            is_cancelled: false,
            discount: 0,
            shipping: 0,
            tax: 0,
            total: 100_000,
            refunded: 0,
            items: Vec::new(),
        }
    }
}

pub(crate) struct TestStore {
    pub(crate) scope: StoreScope,
    pub(crate) lake: StoreLake,
}

/// Stores of one lake, and a service that stands at one moment.
pub(crate) struct World {
    pub(crate) service: MetricsService,
    pub(crate) stores: Vec<TestStore>,
    lake: Lake,
    _folder: TempDir,
}

impl World {
    /// `hot_rows` decides from how many rows on a commit writes cold segments.
    pub(crate) fn new(now: &str, hot_rows: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = LakeOptions { hot_rows, fold_segments: 2, ..LakeOptions::new(folder.path()) };
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(now.parse().unwrap()));
        let lake = Lake::new(Arc::new(InMemory::new()), options, Arc::clone(&clock)).unwrap();
        Self { service: MetricsService::new(clock), stores: Vec::new(), lake, _folder: folder }
    }

    pub(crate) async fn add_store(&mut self, timezone: Tz, week_start: Weekday, commits: &[&[Order]]) -> StoreId {
        let number = self.stores.len() as u128 + 1;
        let id = StoreId(uuid::Uuid::from_u128(number));
        let manifest = Arc::new(MemoryManifest::new());
        manifest.create_store(id);
        let lake = self.lake.open(manifest, id);
        let scope =
            StoreScope { id, name: format!("Store {number}"), currency: "USD".to_owned(), timezone, week_start };
        self.stores.push(TestStore { scope, lake });
        for orders in commits {
            self.commit(self.stores.len() - 1, orders).await;
        }
        id
    }

    pub(crate) async fn commit(&self, store: usize, orders: &[Order]) {
        let lake = &self.stores[store].lake;
        let mut spool = lake.spool().unwrap();
        for orders in orders.chunks(50) {
            spool.push(dataset("orders"), &order_rows(orders)).unwrap();
            let items = item_rows(orders);
            if items.num_rows() > 0 {
                spool.push(dataset("order_items"), &items).unwrap();
            }
        }
        lake.upsert(spool, None).await.unwrap();
    }

    pub(crate) async fn ask(&self, query: Value) -> Result<Arc<QueryResponse>, QueryError> {
        let query = Query::from_json(&query)?;
        let stores: Vec<_> = self.stores.iter().map(|store| (store.scope.clone(), store.lake.clone())).collect();
        self.service.query(&stores, &query).await
    }

    /// The answer as JSON.
    pub(crate) async fn answer(&self, query: Value) -> Value {
        let answer = self.ask(query.clone()).await.unwrap_or_else(|error| panic!("{query}: {error}"));
        serde_json::to_value(&*answer).unwrap()
    }
}

fn dataset(name: &str) -> &'static Arc<Dataset> {
    dataset::find(name).unwrap()
}

fn order_rows(orders: &[Order]) -> RecordBatch {
    let rows: Vec<_> = orders.iter().map(|order| (order, None)).collect();
    batch(dataset("orders"), &rows)
}

fn item_rows(orders: &[Order]) -> RecordBatch {
    let items = |order| {
        let Order { items, .. }: &Order = order;
        items.iter().zip(1..).map(move |(item, line)| (order, Some((line, item))))
    };
    let rows: Vec<_> = orders.iter().flat_map(items).collect();
    batch(dataset("order_items"), &rows)
}

type Row<'a> = (&'a Order, Option<(i64, &'a Item)>);

fn batch(dataset: &Dataset, rows: &[Row<'_>]) -> RecordBatch {
    let columns = dataset.schema.fields().iter().map(|field| column(field.name(), field.data_type(), rows));
    RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect()).unwrap()
}

fn column(name: &str, kind: &DataType, rows: &[Row<'_>]) -> ArrayRef {
    match kind {
        DataType::Utf8View => Arc::new(rows.iter().map(|row| text(name, row)).collect::<StringViewArray>()),
        DataType::Int64 => Arc::new(rows.iter().map(|row| Some(integer(name, row))).collect::<Int64Array>()),
        DataType::Boolean => {
            let flags = rows.iter().map(|row| (name == "is_test").then_some(row.0.is_test));
            Arc::new(flags.collect::<BooleanArray>())
        }
        DataType::Decimal128(..) => {
            let amounts = rows.iter().map(|row| Some(i128::from(amount(name, row)))).collect::<Decimal128Array>();
            Arc::new(amounts.with_precision_and_scale(money::PRECISION, money::SCALE).unwrap())
        }
        _ => {
            let instants = rows.iter().map(|row| instant(name, row).map(|at| at.timestamp_micros()));
            Arc::new(instants.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
    }
}

fn text(name: &str, (order, item): &Row<'_>) -> Option<String> {
    let item = item.map(|(_, item)| item);
    let value = match name {
        "order_id" | "order_name" => return Some(format!("order-{}", order.id)),
        "customer_id" => order.customer,
        "channel" => order.channel,
        "country" => order.country,
        "discount_code" => order.discount_code,
        "financial_status" => order.financial_status,
        "currency" => Some(order.currency),
        "product" | "product_id" => item.map(|item| item.product),
        "variant" => item.and_then(|item| item.variant),
        "vendor" => item.and_then(|item| item.vendor),
        _ => None,
    };
    value.map(str::to_owned)
}

fn integer(name: &str, (order, item): &Row<'_>) -> i64 {
    match name {
        "row_version" => order.version,
        "line" => item.map_or(0, |(line, _)| line),
        "quantity" => item.map_or(0, |(_, item)| item.quantity),
        _ => 1,
    }
}

fn amount(name: &str, (order, item): &Row<'_>) -> i64 {
    match (name, item) {
        ("amount", Some((_, item))) => item.amount,
        ("discount", None) => order.discount,
        ("shipping", None) => order.shipping,
        ("tax", None) => order.tax,
        ("total", None) => order.total,
        ("refunded", None) => order.refunded,
        _ => 0,
    }
}

fn instant(name: &str, (order, _): &Row<'_>) -> Option<DateTime<Utc>> {
    match name {
        "created_at" => Some(order.created_at),
        "cancelled_at" => order.is_cancelled.then_some(order.created_at),
        _ => None,
    }
}
