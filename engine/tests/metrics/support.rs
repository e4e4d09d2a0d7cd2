//! Orders as plain values, and stores of them in a lake over memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::{Lake, LakeOptions, MemoryManifest, RowSink, Slice, StoreLake};
use aloftly_engine::metrics::{
    Behind, MetricsOptions, MetricsService, Query, QueryError, QueryResponse, Reading, StoreScope,
};
use aloftly_engine::{CommitId, StoreId, money};
use arrow::array::{
    ArrayRef, BooleanArray, Decimal128Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
    new_null_array,
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
    /// The sum of its refunds.
    pub(crate) refunded: i64,
    pub(crate) items: Vec<Item>,
    pub(crate) refunds: Vec<Refund>,
}

#[derive(Clone, Debug)]
pub(crate) struct Refund {
    /// Its own time, where that is known.
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) amount: i64,
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
            refunds: Vec::new(),
        }
    }

    /// The same order with refunds.
    pub(crate) fn refunded(self, refunds: &[(Option<&str>, i64)]) -> Self {
        let refunds =
            refunds.iter().map(|(at, amount)| Refund { at: at.map(|at| at.parse().unwrap()), amount: *amount });
        let refunds: Vec<_> = refunds.collect();
        Self { refunded: refunds.iter().map(|refund| refund.amount).sum(), refunds, ..self }
    }
}

/// An order of so many dollars through a channel.
pub(crate) fn sold(id: u32, at: &str, total: i64, channel: &'static str) -> Order {
    Order { total: total * 10_000, channel: Some(channel), ..Order::plain(id, at) }
}

pub(crate) struct TestStore {
    pub(crate) scope: StoreScope,
    pub(crate) lake: StoreLake,
    pub(crate) manifest: Arc<MemoryManifest>,
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
        Self::with_options(now, hot_rows, MetricsOptions::default())
    }

    /// The same, with a service that keeps so much.
    pub(crate) fn with_options(now: &str, hot_rows: u64, metrics: MetricsOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = LakeOptions { hot_rows, fold_segments: 2, ..LakeOptions::new(folder.path()) };
        let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(now.parse().unwrap()));
        let lake = Lake::new(Arc::new(InMemory::new()), options, Arc::clone(&clock)).unwrap();
        Self { service: MetricsService::new(clock, metrics), stores: Vec::new(), lake, _folder: folder }
    }

    pub(crate) async fn add_store(&mut self, timezone: Tz, week_start: Weekday, commits: &[&[Order]]) -> StoreId {
        let number = self.stores.len() as u128 + 1;
        let id = StoreId(uuid::Uuid::from_u128(number));
        let manifest = Arc::new(MemoryManifest::new());
        manifest.create_store(id);
        let lake = self.lake.open(Arc::<MemoryManifest>::clone(&manifest), id);
        let scope = StoreScope {
            id,
            name: format!("Store {number}"),
            currency: "USD".to_owned(),
            timezone,
            week_start,
            readings: BTreeMap::new(),
        };
        self.stores.push(TestStore { scope, lake, manifest });
        for orders in commits {
            self.commit(self.stores.len() - 1, orders).await;
        }
        id
    }

    /// Says how far somebody has read a source, and why not further.
    pub(crate) fn read(&mut self, store: usize, source: &str, until: Option<&str>, behind: Option<Behind>) {
        let reading = Reading { until: until.map(|until| until.parse().unwrap()), behind };
        self.stores[store].scope.readings.insert(source.to_owned(), reading);
    }

    pub(crate) async fn commit(&self, store: usize, orders: &[Order]) {
        let lake = &self.stores[store].lake;
        let mut spool = lake.spool().unwrap();
        for orders in orders.chunks(50) {
            spool.push(dataset("orders"), &order_rows(orders)).unwrap();
            for (dataset, rows) in [("order_items", item_rows(orders)), ("refunds", refund_rows(orders))] {
                if rows.num_rows() > 0 {
                    spool.push(self::dataset(dataset), &rows).unwrap();
                }
            }
        }
        lake.upsert(spool, None).await.unwrap();
    }

    /// Commits measurements of a source.
    pub(crate) async fn commit_events(&self, store: usize, events: &[Event]) {
        self.push(store, "metric_events", event_rows(events)).await;
    }

    /// Commits measurements as all that a source says of a metric in a range.
    pub(crate) async fn restate(&self, store: usize, (from, to): (&str, &str), metric: &str, events: &[Event]) {
        let lake = &self.stores[store].lake;
        let micros = |at: &str| at.parse::<DateTime<Utc>>().unwrap().timestamp_micros();
        let dataset = dataset("metric_events");
        let slice = Slice::new(dataset, (micros(from), micros(to)), [("metric_name", metric.to_owned())]).unwrap();
        let mut spool = lake.spool().unwrap();
        spool.push(dataset, &event_rows(events)).unwrap();
        // A range is restated once.
        let id = CommitId(uuid::Uuid::from_u128(micros(from).unsigned_abs().into()));
        lake.replace(id, &slice, spool, None).await.unwrap();
    }

    /// Commits rates: date, base, quote and the rate in ten-thousandths.
    pub(crate) async fn commit_rates(&self, store: usize, rates: &[(&str, &str, &str, i64)]) {
        self.push(store, "fx_rates", rate_rows(rates)).await;
    }

    /// Commits tickets that came in on 5 November 2026: their ids, and when they were closed.
    pub(crate) async fn commit_tickets(&self, store: usize, tickets: &[(&str, Option<&str>)]) {
        let dataset = dataset("tickets");
        let micros = |at: &str| at.parse::<DateTime<Utc>>().unwrap().timestamp_micros();
        let closed: TimestampMicrosecondArray = tickets.iter().map(|ticket| ticket.1.map(micros)).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("ticket_id", texts(tickets.iter().map(|ticket| Some(ticket.0)))),
            ("row_version", Arc::new(tickets.iter().map(|_| Some(1)).collect::<Int64Array>())),
            ("created_at", instants(tickets.iter().map(|_| "2026-11-05T12:00:00Z".to_owned()))),
            ("closed_at", Arc::new(closed.with_timezone("UTC"))),
            ("is_excluded", Arc::new(tickets.iter().map(|_| Some(false)).collect::<BooleanArray>())),
        ];
        self.push(store, "tickets", of_columns(dataset, &columns, tickets.len())).await;
    }

    /// Commits goods that were taken back: of which order, when it was placed, when they came back, how many, at what they had cost.
    pub(crate) async fn commit_returns(&self, store: usize, returns: &[(u32, &str, &str, i64, i64)]) {
        let amounts: Decimal128Array = returns.iter().map(|of| Some(i128::from(of.4))).collect();
        let orders = || texts(returns.iter().map(|of| Some(format!("order-{}", of.0))));
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("order_id", orders()),
            ("refund_line_id", orders()),
            ("refund_id", orders()),
            ("row_version", Arc::new(returns.iter().map(|_| Some(1)).collect::<Int64Array>())),
            ("created_at", instants(returns.iter().map(|of| of.1.to_owned()))),
            ("refunded_at", instants(returns.iter().map(|of| of.2.to_owned()))),
            ("currency", texts(returns.iter().map(|_| Some("USD")))),
            ("is_test", Arc::new(returns.iter().map(|_| Some(false)).collect::<BooleanArray>())),
            ("quantity", Arc::new(returns.iter().map(|of| Some(of.3)).collect::<Int64Array>())),
            ("amount", Arc::new(amounts.with_data_type(money::DATA_TYPE))),
        ];
        self.push(store, "refund_items", of_columns(dataset("refund_items"), &columns, returns.len())).await;
    }

    /// Commits checkouts that were left: their ids, when they were begun, whether they were bought later.
    pub(crate) async fn commit_checkouts(&self, store: usize, checkouts: &[(&str, &str, bool)]) {
        let micros = |at: &str| at.parse::<DateTime<Utc>>().unwrap().timestamp_micros();
        let completed: TimestampMicrosecondArray = checkouts.iter().map(|of| of.2.then(|| micros(of.1) + 1)).collect();
        let number = |number: i64| Arc::new(checkouts.iter().map(|_| Some(number)).collect::<Int64Array>());
        let totals: Decimal128Array = checkouts.iter().map(|_| Some(10_000)).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("checkout_id", texts(checkouts.iter().map(|of| Some(of.0)))),
            ("row_version", number(1)),
            ("created_at", instants(checkouts.iter().map(|of| of.1.to_owned()))),
            ("completed_at", Arc::new(completed.with_timezone("UTC"))),
            ("currency", texts(checkouts.iter().map(|_| Some("USD")))),
            ("units", number(1)),
            ("lines", number(1)),
            ("total", Arc::new(totals.with_data_type(money::DATA_TYPE))),
        ];
        self.push(store, "checkouts", of_columns(dataset("checkouts"), &columns, checkouts.len())).await;
    }

    /// Commits what was read of levels of stock.
    pub(crate) async fn commit_levels(&self, store: usize, levels: &[Level]) {
        self.push(store, "inventory_levels", level_rows(levels)).await;
    }

    /// Commits customers.
    pub(crate) async fn commit_customers(&self, store: usize, customers: &[Customer]) {
        let micros = |at: &str| at.parse::<DateTime<Utc>>().unwrap().timestamp_micros();
        let created: TimestampMicrosecondArray = customers.iter().map(|of| of.created_at.map(micros)).collect();
        let spent: Decimal128Array = customers.iter().map(|of| of.spent.map(i128::from)).collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("customer_id", texts(customers.iter().map(|of| Some(of.id)))),
            ("row_version", Arc::new(customers.iter().map(|_| Some(1)).collect::<Int64Array>())),
            ("seen_at", instants(customers.iter().map(|of| of.seen_at.to_owned()))),
            ("created_at", Arc::new(created.with_timezone("UTC"))),
            ("country", texts(customers.iter().map(|of| of.country))),
            ("orders", Arc::new(customers.iter().map(|of| of.orders).collect::<Int64Array>())),
            ("spent", Arc::new(spent.with_data_type(money::DATA_TYPE))),
            ("currency", texts(customers.iter().map(|of| of.spent.map(|_| "USD")))),
        ];
        self.push(store, "customers", of_columns(dataset("customers"), &columns, customers.len())).await;
    }

    async fn push(&self, store: usize, name: &str, rows: RecordBatch) {
        let lake = &self.stores[store].lake;
        let mut spool = lake.spool().unwrap();
        spool.push(dataset(name), &rows).unwrap();
        lake.upsert(spool, None).await.unwrap();
    }

    pub(crate) async fn ask(&self, query: Value) -> Result<Arc<QueryResponse>, QueryError> {
        let query = Query::from_json(&query)?;
        let stores = self.stores.iter().map(|store| (store.scope.clone(), store.lake.clone()));
        self.service.query(&stores.collect(), &query).await
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
    let rows: Vec<_> = orders.iter().map(|order| (order, Part::Whole)).collect();
    batch(dataset("orders"), &rows)
}

fn item_rows(orders: &[Order]) -> RecordBatch {
    let items = |order| {
        let Order { items, .. }: &Order = order;
        items.iter().zip(1..).map(move |(item, line)| (order, Part::Item(line, item)))
    };
    let rows: Vec<_> = orders.iter().flat_map(items).collect();
    batch(dataset("order_items"), &rows)
}

fn refund_rows(orders: &[Order]) -> RecordBatch {
    let refunds = |order| {
        let Order { refunds, .. }: &Order = order;
        refunds.iter().zip(1..).map(move |(refund, number)| (order, Part::Refund(number, refund)))
    };
    let rows: Vec<_> = orders.iter().flat_map(refunds).collect();
    batch(dataset("refunds"), &rows)
}

/// What a row is of its order.
#[derive(Clone, Copy)]
enum Part<'a> {
    Whole,
    Item(i64, &'a Item),
    Refund(i64, &'a Refund),
}

type Row<'a> = (&'a Order, Part<'a>);

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

fn text(name: &str, (order, part): &Row<'_>) -> Option<String> {
    let item = match part {
        Part::Item(_, item) => Some(item),
        _ => None,
    };
    let value = match name {
        "order_id" | "order_name" => return Some(format!("order-{}", order.id)),
        "refund_id" => match part {
            Part::Refund(number, _) => return Some(format!("refund-{}-{number}", order.id)),
            _ => None,
        },
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

fn integer(name: &str, (order, part): &Row<'_>) -> i64 {
    match (name, part) {
        ("row_version", _) => order.version,
        ("line", Part::Item(line, _)) => *line,
        ("quantity", Part::Item(_, item)) => item.quantity,
        ("line" | "quantity", _) => 0,
        _ => 1,
    }
}

fn amount(name: &str, (order, part): &Row<'_>) -> i64 {
    match (name, part) {
        // Nothing is taken off these items, and no tax is in their prices.
        ("amount" | "gross", Part::Item(_, item)) => item.amount,
        ("amount", Part::Refund(_, refund)) => refund.amount,
        ("discount", Part::Whole) => order.discount,
        ("shipping", Part::Whole) => order.shipping,
        ("tax", Part::Whole) => order.tax,
        ("total", Part::Whole) => order.total,
        ("refunded", Part::Whole) => order.refunded,
        _ => 0,
    }
}

fn instant(name: &str, (order, part): &Row<'_>) -> Option<DateTime<Utc>> {
    match (name, part) {
        ("created_at", _) => Some(order.created_at),
        ("cancelled_at", _) => order.is_cancelled.then_some(order.created_at),
        ("refunded_at", Part::Refund(_, refund)) => refund.at,
        _ => None,
    }
}

/// A measurement, its value in millionths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Event {
    pub(crate) id: u32,
    pub(crate) source: &'static str,
    pub(crate) name: &'static str,
    pub(crate) at: &'static str,
    pub(crate) value: i64,
    pub(crate) device: Option<&'static str>,
    pub(crate) country: Option<&'static str>,
    pub(crate) currency: Option<&'static str>,
    /// The flag that it has.
    pub(crate) flag: Option<&'static str>,
}

/// What was read of a level of stock on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    pub(crate) id: &'static str,
    /// When the day begins.
    pub(crate) day: DateTime<Utc>,
    pub(crate) location: &'static str,
    pub(crate) product: &'static str,
    pub(crate) tracked: bool,
    pub(crate) available: i64,
    pub(crate) on_hand: i64,
    /// What a piece cost, in ten-thousandths, and in which currency.
    pub(crate) cost: Option<(i64, &'static str)>,
}

/// A customer, as last seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customer {
    pub(crate) id: &'static str,
    pub(crate) seen_at: &'static str,
    pub(crate) created_at: Option<&'static str>,
    pub(crate) country: Option<&'static str>,
    /// In ten-thousandths of a dollar.
    pub(crate) spent: Option<i64>,
    pub(crate) orders: Option<i64>,
}

fn level_rows(levels: &[Level]) -> RecordBatch {
    let number = |of: fn(&Level) -> i64| Arc::new(levels.iter().map(|level| Some(of(level))).collect::<Int64Array>());
    let text = |of: fn(&Level) -> &'static str| texts(levels.iter().map(|level| Some(of(level))));
    let days = || instants(levels.iter().map(|level| level.day.to_rfc3339()));
    let costs: Decimal128Array = levels.iter().map(|level| level.cost.map(|cost| i128::from(cost.0))).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("level_day", texts(levels.iter().map(|level| Some(format!("{}:{}", level.id, level.day))))),
        ("row_version", number(|_| 1)),
        ("day", days()),
        ("read_at", days()),
        ("level_id", text(|level| level.id)),
        ("location_id", text(|level| level.location)),
        ("location", text(|level| level.location)),
        ("inventory_item_id", text(|level| level.product)),
        ("product", text(|level| level.product)),
        ("sku", text(|level| level.product)),
        ("variant", text(|level| level.product)),
        ("tracked", Arc::new(levels.iter().map(|level| Some(level.tracked)).collect::<BooleanArray>())),
        ("available", number(|level| level.available)),
        ("on_hand", number(|level| level.on_hand)),
        ("committed", number(|level| level.on_hand - level.available)),
        ("incoming", number(|_| 1)),
        ("unit_cost", Arc::new(costs.with_data_type(money::DATA_TYPE))),
        ("currency", texts(levels.iter().map(|level| level.cost.map(|cost| cost.1)))),
    ];
    of_columns(dataset("inventory_levels"), &columns, levels.len())
}

/// Columns in a dataset's order, those that are not given null.
fn of_columns(dataset: &Dataset, columns: &[(&str, ArrayRef)], rows: usize) -> RecordBatch {
    let ordered = dataset.schema.fields().iter().map(|field| {
        let given = columns.iter().find(|(name, _)| name == field.name());
        given.map_or_else(|| new_null_array(field.data_type(), rows), |(_, column)| Arc::clone(column))
    });
    RecordBatch::try_new(Arc::clone(&dataset.schema), ordered.collect()).unwrap()
}

fn instants(texts: impl Iterator<Item = String>) -> ArrayRef {
    let micros = texts.map(|text| Some(text.parse::<DateTime<Utc>>().unwrap().timestamp_micros()));
    Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

fn texts<T: AsRef<str>>(texts: impl Iterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(texts.collect::<StringViewArray>())
}

fn event_rows(events: &[Event]) -> RecordBatch {
    let values: Decimal128Array = events.iter().map(|event| Some(i128::from(event.value))).collect();
    let versions: Int64Array = events.iter().map(|_| Some(1)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("event_id", texts(events.iter().map(|event| Some(format!("{} {}", event.source, event.id))))),
        ("row_version", Arc::new(versions)),
        ("source", texts(events.iter().map(|event| Some(event.source)))),
        ("metric_name", texts(events.iter().map(|event| Some(event.name)))),
        ("metric_value", Arc::new(values.with_data_type(dataset::METRIC_VALUE))),
        ("recorded_at", instants(events.iter().map(|event| event.at.to_owned()))),
        ("synced_at", instants(events.iter().map(|event| event.at.to_owned()))),
        ("device", texts(events.iter().map(|event| event.device))),
        ("country", texts(events.iter().map(|event| event.country))),
        ("currency", texts(events.iter().map(|event| event.currency))),
    ];
    let flags = [dataset::IS_SAMPLED, dataset::IS_THRESHOLDED, dataset::IS_OTHER].map(|flag| {
        let set = events.iter().map(|event| (event.flag == Some(flag)).then_some(true));
        (flag, Arc::new(set.collect::<BooleanArray>()) as ArrayRef)
    });
    let columns = [columns, flags.to_vec()].concat();
    of_columns(dataset("metric_events"), &columns, events.len())
}

fn rate_rows(rates: &[(&str, &str, &str, i64)]) -> RecordBatch {
    let values: Decimal128Array = rates.iter().map(|rate| Some(i128::from(rate.3) * 1_000_000)).collect();
    let versions: Int64Array = rates.iter().map(|_| Some(1)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("rate_id", texts(rates.iter().map(|rate| Some(format!("{}/{}/{}", rate.0, rate.1, rate.2))))),
        ("row_version", Arc::new(versions)),
        ("rated_at", instants(rates.iter().map(|rate| format!("{}T00:00:00Z", rate.0)))),
        ("base", texts(rates.iter().map(|rate| Some(rate.1)))),
        ("quote", texts(rates.iter().map(|rate| Some(rate.2)))),
        ("rate", Arc::new(values.with_data_type(dataset::RATE))),
    ];
    of_columns(dataset("fx_rates"), &columns, rates.len())
}
