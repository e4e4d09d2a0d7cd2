//! Asks a server for a store's figures and compares them with the oracle's.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::{Value, json};

use crate::harness::Client;
use crate::oracle::{Figures, ProductFigures, Shop, Sums};

/// How many products are asked for.
const TOP: usize = 20;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A question about a store whose whole answer the oracle knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum View {
    /// Its figures of all time.
    Total,
    /// Its figures of 2017, by day.
    Days,
    /// Its figures of 2017, by week.
    Weeks,
    /// The products that sold most in 2017.
    Products,
}

impl View {
    pub(crate) const ALL: [Self; 4] = [Self::Total, Self::Days, Self::Weeks, Self::Products];

    /// The question.
    pub(crate) fn query(self, store: &str) -> Value {
        let range = json!({ "from": "2017-01-01", "to": "2017-12-31" });
        match self {
            Self::Total => {
                json!({ "metrics": METRICS, "stores": [store], "time_range": "all_time", "granularity": "none" })
            }
            Self::Days => {
                json!({ "metrics": METRICS, "stores": [store], "time_range": range, "granularity": "day" })
            }
            Self::Weeks => {
                json!({ "metrics": METRICS, "stores": [store], "time_range": range, "granularity": "week" })
            }
            Self::Products => json!({
                "metrics": ["shopify.product_revenue", "shopify.units"],
                "stores": [store],
                "time_range": range,
                "granularity": "none",
                "group_by": ["product"],
                "order_by": [{ "field": "shopify.product_revenue", "direction": "desc" }],
                "limit": TOP,
            }),
        }
    }

    /// Whether the totals of an answer are these sums, as far as it tells them.
    pub(crate) fn sums_fit(self, answer: &Value, sums: &Sums) -> bool {
        let told = Answer::of(&answer["totals"]);
        let of_orders = self == Self::Products || (told.revenue, told.orders) == (sums.revenue * 100, sums.orders);
        of_orders && told.units == sums.units
    }

    /// Compares an answer with the oracle's.
    ///
    /// # Errors
    /// Where they differ first.
    pub(crate) fn compare(self, answer: &Value, shop: &Shop) -> Result<(), String> {
        match self {
            Self::Total => compare_total(answer, shop),
            Self::Days => {
                compare_total(answer, shop).and_then(|()| compare_buckets(answer, &shop.by_day(), &shop.told_days()))
            }
            Self::Weeks => {
                compare_total(answer, shop).and_then(|()| compare_buckets(answer, &shop.by_week(), &shop.told_weeks()))
            }
            Self::Products => compare_products(answer, &shop.by_product()),
        }
    }
}

fn compare_total(answer: &Value, shop: &Shop) -> Result<(), String> {
    let expected = Answer { is_told: shop.told_days().is_some(), ..Answer::expected(&shop.totals()) };
    same("in total", &Answer::of(&answer["totals"]), &expected)
}

fn compare_buckets(
    answer: &Value,
    buckets: &BTreeMap<String, Figures>,
    told: &Option<RangeInclusive<String>>,
) -> Result<(), String> {
    let mut answered = rows_by(answer, "time");
    for (bucket, figures) in buckets {
        let row = answered.remove(bucket).ok_or_else(|| format!("there is no {bucket}"))?;
        same(bucket, &row, &Answer::expected(figures))?;
    }
    for (bucket, row) in &answered {
        let is_told = told.as_ref().is_some_and(|told| told.contains(bucket));
        if row.is_told != is_told || !(Answer { is_told: true, ..*row }).is_zero() {
            return Err(format!("{bucket} has no orders that count (is it told of: {is_told}) but {row:?}"));
        }
    }
    Ok(())
}

/// The products that sold most are those of the oracle, in its order, with their figures.
fn compare_products(answer: &Value, products: &BTreeMap<String, ProductFigures>) -> Result<(), String> {
    let rows = answer["rows"].as_array().unwrap();
    same("rows", &rows.len(), &products.len().min(TOP))?;
    same("products", &answer["total_rows"], &json!(products.len()))?;
    let mut revenues: Vec<i64> = products.values().map(|figures| figures.revenue * 100).collect();
    revenues.sort_unstable_by(|a, b| b.cmp(a));
    for (row, revenue) in rows.iter().zip(revenues) {
        let name = row["product"].as_str().unwrap();
        let figures = products.get(name).ok_or_else(|| format!("there is no product {name}"))?;
        let expected = (Some(figures.revenue * 100), Some(figures.units));
        same(name, &(money(&row["shopify.product_revenue"]), count(&row["shopify.units"])), &expected)?;
        same(&format!("the place of {name}"), &(figures.revenue * 100), &revenue)?;
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, answered: &T, expected: &T) -> Result<(), String> {
    if answered == expected { Ok(()) } else { Err(format!("{what}: {answered:?} instead of {expected:?}")) }
}

/// Asserts that the figures of all of a store's orders equal the oracle's.
pub(crate) async fn assert_totals(client: &Client, store: &str, shop: &Shop) {
    assert_views(client, store, shop, &[View::Total]).await;
}

/// Asserts that every figure of a store that sold in 2017 equals the oracle's: in total, by day, by week and by product.
pub(crate) async fn assert_figures(client: &Client, store: &str, shop: &Shop) {
    assert_views(client, store, shop, &View::ALL).await;
}

async fn assert_views(client: &Client, store: &str, shop: &Shop, views: &[View]) {
    let id = client.store(store).await;
    for view in views {
        let answer = client.query(&view.query(&id)).await;
        view.compare(&answer, shop).unwrap_or_else(|difference| panic!("{store}, {view:?}: {difference}"));
    }
}

/// Revenue in ten-thousandths and orders of a store, for tests that look at nothing else.
pub(crate) async fn revenue_and_orders(client: &Client, store: &str) -> (i64, i64) {
    let id = client.store(store).await;
    let answer = client.query(&View::Total.query(&id)).await;
    let answer = Answer::of(&answer["totals"]);
    (answer.revenue, answer.orders)
}

/// The oracle's [`revenue_and_orders`].
pub(crate) fn expected_revenue_and_orders(shop: &Shop) -> (i64, i64) {
    let expected = Answer::expected(&shop.totals());
    (expected.revenue, expected.orders)
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
