//! `metric_events` as a view over everything: the same numbers as the service's, and only the branches that a filter is about.

use aloftly_engine::metrics::registry::Metric;
use aloftly_engine::metrics::{Registry, metric_events};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Decimal128Type;
use chrono::Weekday;
use datafusion::functions_aggregate::expr_fn::sum;
use datafusion::logical_expr::{Expr, ident, lit};
use datafusion::prelude::DataFrame;
use serde_json::{Value, json};

use super::support::{Event, Item, Order, World};

const NOW: &str = "2026-11-19T19:05:30Z";

async fn world() -> World {
    let mut world = World::new(NOW, 2);
    let item = Item { product: "Tea", variant: None, vendor: Some("Acme"), quantity: 3, amount: 205_000 };
    let orders = [
        Order {
            discount: 5_000,
            tax: 7_001,
            shipping: 30_000,
            items: vec![item],
            ..Order::plain(1, "2026-10-01T12:00:00Z")
        },
        Order::plain(2, "2026-11-02T12:00:00Z").refunded(&[(Some("2026-11-05T12:00:00Z"), 25_000), (None, 5_000)]),
        Order { is_test: true, ..Order::plain(3, "2026-11-03T12:00:00Z") },
        Order { is_cancelled: true, ..Order::plain(4, "2026-11-04T12:00:00Z") },
    ];
    world.add_store(chrono_tz::UTC, Weekday::Mon, &[&orders[..3], &orders[3..]]).await;
    let visits = |id, at, sessions: i64| Event {
        id,
        source: "ga4",
        name: "sessions",
        at,
        value: sessions * 1_000_000,
        ..Event::default()
    };
    world.commit_events(0, &[visits(1, "2026-11-01T00:00:00Z", 20), visits(2, "2026-11-02T00:00:00Z", 30)]).await;
    world
}

async fn view(world: &World) -> DataFrame {
    let reader = world.stores[0].lake.reader(None).await.unwrap();
    DataFrame::new(reader.session().state(), metric_events(&reader).await.unwrap())
}

fn is(column: &str, value: &str) -> Expr {
    ident(column).eq(lit(value))
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> String {
    batch.column(column).as_string_view().value(row).to_owned()
}

#[tokio::test]
async fn its_sums_are_the_figures_of_the_service() {
    let world = world().await;
    let summed =
        view(&world).await.aggregate(vec![ident("source"), ident("metric_name")], vec![sum(ident("metric_value"))]);
    let mut checked = Vec::new();
    for batch in summed.unwrap().collect().await.unwrap() {
        for row in 0..batch.num_rows() {
            let id = format!("{}.{}", text(&batch, 0, row), text(&batch, 1, row));
            let in_view = batch.column(2).as_primitive::<Decimal128Type>().value(row);
            let answer = world.answer(json!({"metrics": [id], "time_range": "all_time"})).await;
            let figure = &answer["totals"][&id];
            let decimal = figure.as_str().map_or_else(|| figure.to_string(), str::to_owned);
            let (whole, decimals) = decimal.split_once('.').unwrap_or((&decimal, ""));
            let expected: i128 = format!("{whole}{decimals:0<6}").parse().unwrap();
            assert_eq!(in_view, expected, "{id}");
            checked.push(id);
        }
    }
    checked.sort();
    // Nothing came back in this world, and no checkout was left.
    let is_there =
        |metric: &Metric| metric.formula.measures().iter().all(|measure| measure.rows.dataset.starts_with("order"));
    let of_shopify = Registry::get().metrics.iter().filter(|metric| metric.source == "shopify" && metric.additive);
    let of_shopify = of_shopify.filter(|metric| is_there(metric));
    let mut expected: Vec<_> = of_shopify.map(|metric| metric.id.to_owned()).collect();
    expected.push("ga4.sessions".to_owned());
    expected.sort();
    assert_eq!(checked, expected, "every metric whose rows there are");
}

#[tokio::test]
async fn a_filter_by_name_leaves_only_the_branches_that_it_is_about() {
    let world = world().await;
    let scans = async |filter: Expr| {
        let plan = view(&world).await.filter(filter).unwrap().into_optimized_plan().unwrap().to_string();
        let scans = plan.lines().filter_map(|line| line.trim().strip_prefix("TableScan: "));
        let mut scans: Vec<_> = scans.map(|scan| scan.split(' ').next().unwrap().to_owned()).collect();
        scans.sort();
        scans.dedup();
        scans
    };
    let everything = [
        "checkouts",
        "customers",
        "metric_events",
        "order_items",
        "orders",
        "refund_items",
        "reviews",
        "survey_answers",
        "survey_responses",
        "tickets",
    ];
    assert_eq!(scans(lit(true)).await, everything);
    assert_eq!(scans(is("metric_name", "units")).await, ["metric_events", "order_items"]);
    assert_eq!(scans(is("metric_name", "revenue")).await, ["metric_events", "orders"]);
    assert_eq!(scans(is("metric_name", "sessions")).await, ["metric_events"]);
    assert_eq!(scans(is("source", "ga4")).await, ["metric_events"]);
    assert_eq!(scans(is("source", "shopify").and(is("metric_name", "tax"))).await, ["metric_events", "orders"]);
}

#[tokio::test]
async fn dimensions_are_columns_or_json() {
    let world = world().await;
    let rows = view(&world).await.filter(is("metric_name", "units")).unwrap();
    let columns = ["store_id", "product", "country", "dimensions", "recorded_at"];
    let batches = rows.select_columns(&columns).unwrap().collect().await.unwrap();
    let batch = &batches[0];
    assert_eq!(text(batch, 0, 0), world.stores[0].scope.id.to_string());
    assert_eq!((text(batch, 1, 0).as_str(), text(batch, 2, 0).as_str()), ("Tea", "US"));
    let dimensions: Value = serde_json::from_str(&text(batch, 3, 0)).unwrap();
    assert_eq!(dimensions, json!({"channel": "web", "financial_status": "paid", "vendor": "Acme"}));
}

#[tokio::test]
async fn what_has_not_happened_yet_is_not_counted() {
    let world = world().await;
    world.commit_tickets(0, &[("1", Some("2026-11-10T12:00:00Z")), ("2", None), ("3", None)]).await;
    let closed = view(&world).await.filter(is("metric_name", "closed_tickets")).unwrap();
    assert_eq!(closed.count().await.unwrap(), 1);
    let answer =
        world.answer(json!({"metrics": ["gorgias.closed_tickets", "gorgias.tickets"], "time_range": "all_time"})).await;
    assert_eq!(answer["totals"], json!({"gorgias.closed_tickets": 1, "gorgias.tickets": 3}));
}
