//! Asks a server for a store's figures and compares them with the oracle's.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::Client;
use crate::oracle::{Figures, ProductFigures, Shop};

const METRICS: [&str; 8] = [
    "shopify.revenue",
    "shopify.orders",
    "shopify.units",
    "shopify.aov",
    "shopify.product_revenue",
    "shopify.customers",
    "shopify.new_customers",
    "shopify.returning_customers",
];

/// What a server says of the same orders that [`Figures`] are about. Money in ten-thousandths.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    /// Whether anything is known of that time: the export has orders before or on it, and after or on it.
    is_told: bool,
    revenue: i64,
    orders: i64,
    units: i64,
    average_order: Option<i64>,
    product_revenue: i64,
    customers: i64,
    new_customers: i64,
    returning_customers: i64,
}

impl Answer {
    fn of(row: &Value) -> Self {
        Self {
            is_told: !row["shopify.orders"].is_null(),
            revenue: money(&row["shopify.revenue"]).unwrap_or(0),
            orders: count(&row["shopify.orders"]).unwrap_or(0),
            units: count(&row["shopify.units"]).unwrap_or(0),
            average_order: money(&row["shopify.aov"]),
            product_revenue: money(&row["shopify.product_revenue"]).unwrap_or(0),
            customers: count(&row["shopify.customers"]).unwrap_or(0),
            new_customers: count(&row["shopify.new_customers"]).unwrap_or(0),
            returning_customers: count(&row["shopify.returning_customers"]).unwrap_or(0),
        }
    }

    fn expected(figures: &Figures) -> Self {
        Self {
            is_told: true,
            revenue: figures.revenue * 100,
            orders: figures.orders,
            units: figures.units,
            average_order: figures.average_order(),
            product_revenue: figures.product_revenue * 100,
            customers: figures.customers,
            new_customers: figures.new_customers,
            returning_customers: figures.returning_customers,
        }
    }

    fn is_zero(&self) -> bool {
        *self == Self::expected(&Figures::default())
    }
}

/// Asserts that the figures of all of a store's orders equal the oracle's.
pub(crate) async fn assert_totals(client: &Client, store: &str, shop: &Shop) {
    let id = client.store(store).await;
    let total = client.query(&of_all_time(&id)).await;
    assert_eq!(Answer::of(&total["totals"]), Answer::expected(&shop.totals()), "{store} in total");
}

/// Asserts that every figure of a store that sold in 2017 equals the oracle's: in total, by day, by week and by product.
pub(crate) async fn assert_figures(client: &Client, store: &str, shop: &Shop) {
    let id = client.store(store).await;
    let expected = Answer::expected(&shop.totals());

    let total = client.query(&query(&id, "none")).await;
    assert_eq!(Answer::of(&total["totals"]), expected, "{store} in total");

    for (granularity, buckets) in [("day", shop.by_day()), ("week", shop.by_week())] {
        let answer = client.query(&query(&id, granularity)).await;
        assert_eq!(Answer::of(&answer["totals"]), expected, "{store}: total of the query by {granularity}");
        let mut answered = rows_by(&answer, "time");
        let told = buckets.keys().next().unwrap()..=buckets.keys().last().unwrap();
        for (bucket, figures) in &buckets {
            let row = answered.remove(bucket).unwrap_or_else(|| panic!("{store} has no {granularity} {bucket}"));
            assert_eq!(row, Answer::expected(figures), "{store}, {granularity} {bucket}");
        }
        for (bucket, row) in answered {
            if told.contains(&&bucket) {
                assert!(row.is_zero(), "{store}: {granularity} {bucket} has no orders but {row:?}");
            } else {
                assert!(!row.is_told, "{store}: nothing is known of {granularity} {bucket} but {row:?}");
            }
        }
    }
    assert_products(client, &id, store, &shop.by_product()).await;
}

/// Asserts that the products that sold most are those of the oracle, in its order, with their figures.
async fn assert_products(client: &Client, id: &str, store: &str, products: &BTreeMap<String, ProductFigures>) {
    const TOP: usize = 20;
    let answer = client
        .query(&json!({
            "metrics": ["shopify.product_revenue", "shopify.units"],
            "stores": [id],
            "time_range": { "from": "2017-01-01", "to": "2017-12-31" },
            "granularity": "none",
            "group_by": ["product"],
            "order_by": [{ "field": "shopify.product_revenue", "direction": "desc" }],
            "limit": TOP,
        }))
        .await;
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), TOP, "{store}");
    assert_eq!(answer["total_rows"], products.len(), "{store}: how many products there are");

    let mut revenues: Vec<i64> = products.values().map(|figures| figures.revenue * 100).collect();
    revenues.sort_unstable_by(|a, b| b.cmp(a));
    for (rank, row) in rows.iter().enumerate() {
        let name = row["product"].as_str().unwrap();
        let figures = products[name];
        assert_eq!(money(&row["shopify.product_revenue"]), Some(figures.revenue * 100), "{store}: revenue of {name}");
        assert_eq!(count(&row["shopify.units"]), Some(figures.units), "{store}: units of {name}");
        assert_eq!(figures.revenue * 100, revenues[rank], "{store}: {name} is not number {}", rank + 1);
    }
}

/// Revenue in ten-thousandths and orders of a store, for tests that look at nothing else.
pub(crate) async fn revenue_and_orders(client: &Client, store: &str) -> (i64, i64) {
    let id = client.store(store).await;
    let answer = client.query(&of_all_time(&id)).await;
    let answer = Answer::of(&answer["totals"]);
    (answer.revenue, answer.orders)
}

/// The oracle's [`revenue_and_orders`].
pub(crate) fn expected_revenue_and_orders(shop: &Shop) -> (i64, i64) {
    let expected = Answer::expected(&shop.totals());
    (expected.revenue, expected.orders)
}

fn of_all_time(store: &str) -> Value {
    json!({ "metrics": METRICS, "stores": [store], "time_range": "all_time", "granularity": "none" })
}

fn query(store: &str, granularity: &str) -> Value {
    json!({
        "metrics": METRICS,
        "stores": [store],
        "time_range": { "from": "2017-01-01", "to": "2017-12-31" },
        "granularity": granularity,
    })
}

fn rows_by(answer: &Value, key: &str) -> BTreeMap<String, Answer> {
    let rows = answer["rows"].as_array().unwrap();
    let named: BTreeMap<_, _> =
        rows.iter().map(|row| (row[key].as_str().unwrap().to_owned(), Answer::of(row))).collect();
    assert_eq!(named.len(), rows.len(), "two rows of one {key}");
    named
}

fn count(value: &Value) -> Option<i64> {
    if value.is_null() {
        return None;
    }
    Some(value.as_i64().unwrap_or_else(|| panic!("not a count: {value}")))
}

/// `"148169.67"` as ten-thousandths; null as none.
fn money(value: &Value) -> Option<i64> {
    if value.is_null() {
        return None;
    }
    let text = value.as_str().unwrap_or_else(|| panic!("money is not a text: {value}"));
    let (whole, fraction) = text.split_once('.').unwrap_or_else(|| panic!("money without decimals: {text}"));
    assert!((2..=4).contains(&fraction.len()), "money with too few or too many decimals: {text}");
    Some(format!("{whole}{fraction:0<4}").parse().unwrap())
}
