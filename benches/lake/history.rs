//! A shop's past, month by month, and what the widgets of its last thirty days must say, added up from the orders themselves.

use std::collections::BTreeMap;
use std::ops::Range;

use aloftly_engine::lake::{RowSink as _, StoreLake};
use anyhow::{Context as _, ensure};
use chrono::{DateTime, Months, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use crate::rows::shop::{Order, items, orders};
use crate::rows::{BATCH_ROWS, dataset};

/// When the shop is looked at: an afternoon in New York.
pub(crate) const NOW: &str = "2026-10-31T20:00:00Z";
#[allow(clippy::expect_used, reason = "the date is a constant that exists")]
const MONTH: NaiveDate = NaiveDate::from_ymd_opt(2026, 10, 1).expect("October has a first day");
/// The thirty local days before: New York is four hours behind through all of them.
const WINDOW: [&str; 2] = ["2026-10-01T04:00:00Z", "2026-10-31T04:00:00Z"];
const BEHIND: i64 = 4 * 3_600_000_000;
/// The last orders of the last month come one by one.
const ONE_BY_ONE: usize = 40;
/// Orders of a commit, at least, unless there are no more.
const COMMIT: u64 = 100_000;
const SEED: u64 = 31;

/// What the widgets of the last thirty days must say. Amounts are in ten-thousandths.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expected {
    revenue: i64,
    by_day: BTreeMap<String, i64>,
    by_product: BTreeMap<String, i64>,
}

/// Gives an empty store `months` of so many orders each, the newest first, up to [`NOW`]. Returns how many rows that is, and what
/// to expect.
pub(crate) async fn trade(lake: &StoreLake, months: &[u64]) -> anyhow::Result<(u64, Expected)> {
    let all: u64 = months.iter().sum();
    let customers = (all / 3).max(1);
    let (mut number, mut rows, mut waiting) = (0, 0, 0);
    let mut spool = lake.spool()?;
    let mut last = Vec::new();
    for (back, count) in months.iter().enumerate().rev() {
        let range = month(back)?;
        let step = (range.end - range.start) / i64::try_from(*count)?;
        let placed =
            |n: u64| anyhow::Ok(Order::new(SEED, number + n, range.start + i64::try_from(n)? * step, customers));
        let placed = (0..*count).map(placed).collect::<anyhow::Result<Vec<_>>>()?;
        number += count;
        let one_by_one = if back == 0 { ONE_BY_ONE.min(placed.len() / 2) } else { 0 };
        let (at_once, rest) = placed.split_at(placed.len() - one_by_one);
        for orders in at_once.chunks(BATCH_ROWS) {
            rows += push(&mut spool, orders)?;
        }
        waiting += count;
        if waiting >= COMMIT || back == 0 {
            lake.upsert(std::mem::replace(&mut spool, lake.spool()?), None).await?;
            lake.fold_due().await?;
            waiting = 0;
        }
        for order in rest {
            let mut spool = lake.spool()?;
            rows += push(&mut spool, std::slice::from_ref(order))?;
            lake.upsert(spool, None).await?;
            lake.fold_due().await?;
        }
        last = placed;
    }
    Ok((rows, expected(&last)?))
}

fn push(spool: &mut aloftly_engine::lake::Spool, placed: &[Order]) -> anyhow::Result<u64> {
    let items = items(placed)?;
    spool.push(dataset("orders")?, &orders(placed)?)?;
    spool.push(dataset("order_items")?, &items)?;
    Ok((placed.len() + items.num_rows()) as u64)
}

/// The instants of a month so many months before that of [`NOW`], as microseconds.
pub(crate) fn month(back: usize) -> anyhow::Result<Range<i64>> {
    let micros = |months: u32| {
        let day = MONTH.checked_sub_months(Months::new(months)).context("a month before the calendar")?;
        anyhow::Ok(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros())
    };
    let back = u32::try_from(back)?;
    let end = if back == 0 { micros_of(NOW)? } else { micros(back - 1)? };
    Ok(micros(back)?..end)
}

fn micros_of(instant: &str) -> anyhow::Result<i64> {
    Ok(instant.parse::<DateTime<Utc>>()?.timestamp_micros())
}

fn expected(placed: &[Order]) -> anyhow::Result<Expected> {
    let window = micros_of(WINDOW[0])?..micros_of(WINDOW[1])?;
    let mut expected = Expected::default();
    for order in placed.iter().filter(|order| order.counts() && window.contains(&order.at)) {
        expected.revenue += order.total();
        let local = DateTime::from_timestamp_micros(order.at - BEHIND).context("an instant beyond the calendar")?;
        *expected.by_day.entry(local.date_naive().to_string()).or_default() += order.total();
        for item in &order.items {
            *expected.by_product.entry(item.product()).or_default() += item.amount();
        }
    }
    Ok(expected)
}

/// A question of a dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Widget {
    Revenue,
    RevenueByDay,
    TopProducts,
}

impl Widget {
    pub(crate) const ALL: [Self; 3] = [Self::Revenue, Self::RevenueByDay, Self::TopProducts];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Revenue => "revenue, 30 days",
            Self::RevenueByDay => "revenue by day, 30 days",
            Self::TopProducts => "top products, 30 days",
        }
    }

    /// The query, of the thirty days by their dates: a server may look at them at any time.
    pub(crate) fn query(self) -> Value {
        let mut query = json!({
            "metrics": ["shopify.revenue"], "time_range": { "from": "2026-10-01", "to": "2026-10-30" }, "granularity": "none"
        });
        match self {
            Self::Revenue => {}
            Self::RevenueByDay => query["granularity"] = json!("day"),
            Self::TopProducts => {
                query["metrics"] = json!(["shopify.product_revenue"]);
                query["group_by"] = json!(["product"]);
                query["order_by"] = json!([{ "field": "shopify.product_revenue", "direction": "desc" }]);
                query["limit"] = json!(10);
            }
        }
        query
    }

    /// Compares an answer with what was added up.
    pub(crate) fn check(
        self,
        expected: &Expected,
        rows: &[Map<String, Value>],
        totals: &Map<String, Value>,
    ) -> anyhow::Result<()> {
        let cells = |row: &Map<String, Value>, key: &str| {
            let name = row.values().find_map(Value::as_str).unwrap_or_default().to_owned();
            (name, row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned())
        };
        match self {
            Self::Revenue => {
                let total = totals.get("shopify.revenue").and_then(Value::as_str);
                ensure!(
                    total == Some(money(expected.revenue).as_str()),
                    "revenue is {total:?}, not {}",
                    expected.revenue
                );
            }
            Self::RevenueByDay => {
                let days: Vec<_> = rows.iter().map(|row| cells(row, "shopify.revenue")).collect();
                let wanted = expected.by_day.iter().map(|(day, revenue)| (day.clone(), money(*revenue)));
                ensure!(days.iter().cloned().eq(wanted), "revenue by day is {days:?}");
            }
            Self::TopProducts => {
                let top: Vec<_> = rows.iter().map(|row| cells(row, "shopify.product_revenue")).collect();
                let mut best: Vec<i64> = expected.by_product.values().copied().collect();
                best.sort_unstable_by(|a, b| b.cmp(a));
                let amounts = best.iter().take(10).map(|amount| money(*amount));
                ensure!(top.iter().map(|(_, amount)| amount.clone()).eq(amounts), "the top products are {top:?}");
                for (product, amount) in &top {
                    let own = expected.by_product.get(product).map(|amount| money(*amount));
                    ensure!(own.as_ref() == Some(amount), "{product} sold for {own:?}, not {amount}");
                }
            }
        }
        Ok(())
    }
}

/// Whole cents, as answers write them.
fn money(amount: i64) -> String {
    format!("{}.{:02}", amount / 10_000, amount % 10_000 / 100)
}
