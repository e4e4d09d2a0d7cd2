//! Products that sell well and were sold out.
//!
//! Two questions to the metrics service for each store: what sells best in these days, and how much of it there was on each. A product is
//! sold out from the first day at whose end there is nothing of it, after one at whose end there was something, until there is something
//! again. Days on which nothing was read change nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use aloftly_catalog::{AnnotationKind, OrganizationId, Store};
use aloftly_engine::StoreId;
use aloftly_engine::metrics::{MetricsService, PinnedStores, Query, QueryResponse};
use chrono::{NaiveDate, TimeDelta};
use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};

use super::Found;
use crate::service::queries::{Asker, QueryRuntime};

/// How many of the products that sell best are looked at.
const BEST: u64 = 20;
/// The longest time that is looked at, in days.
const LONGEST: i64 = 400;
/// How far back is looked for a day on which there was something, in days.
const BEFORE: i64 = 30;
/// The most stores that are looked at.
const MOST_STORES: usize = 10;
/// Stores that are asked about at once: a chart's marks do not take all turns of an organisation.
const AT_ONCE: usize = 2;

const STOCK: &str = "shopify.stock_available";

/// Who asks, and of what.
pub(super) struct Asking<'a> {
    pub(super) metrics: MetricsService,
    pub(super) queries: &'a QueryRuntime,
    pub(super) organization: OrganizationId,
    pub(super) pinned: &'a Arc<PinnedStores>,
}

impl Asking<'_> {
    /// The products of some stores that were sold out in these days. Of many stores at once, and of longer times, nothing is told.
    pub(super) async fn find(&self, stores: &[Store], (from, to): (NaiveDate, NaiveDate)) -> Vec<Found> {
        if (to - from).num_days() >= LONGEST || stores.len() > MOST_STORES {
            return Vec::new();
        }
        let asked: Vec<_> = stores.iter().map(|store| self.of_store(store.id, (from, to))).collect();
        stream::iter(asked).buffered(AT_ONCE).concat().await
    }

    async fn of_store(&self, store: StoreId, (from, to): (NaiveDate, NaiveDate)) -> Vec<Found> {
        let Some(best) = self.best_sellers(store, (from, to)).await.filter(|best| !best.is_empty()) else {
            return Vec::new();
        };
        let levels = json!({
            "metrics": [STOCK],
            "stores": [store],
            "time_range": { "from": from - TimeDelta::days(BEFORE), "to": to },
            "granularity": "day",
            "group_by": ["product"],
            "filters": { "dimension": "product", "operator": "in", "values": best },
            "limit": 10_000,
        });
        let Some(levels) = self.ask(levels).await else { return Vec::new() };
        let sold_out = by_product(&levels).into_iter().flat_map(|(product, days)| {
            let times = sold_out(&days).into_iter().filter(|(first, last)| *first <= to && *last >= from);
            let found = times.map(|(first_day, last_day)| Found {
                kind: AnnotationKind::StockOut,
                store,
                title: format!("{product} was sold out"),
                body: String::new(),
                first_day,
                last_day,
            });
            found.collect::<Vec<_>>()
        });
        sold_out.collect()
    }

    async fn best_sellers(&self, store: StoreId, (from, to): (NaiveDate, NaiveDate)) -> Option<Vec<String>> {
        let query = json!({
            "metrics": ["shopify.units"],
            "stores": [store],
            "time_range": { "from": from, "to": to },
            "group_by": ["product"],
            "filters": { "dimension": "product", "operator": "set" },
            "top": { "groups": BEST, "other": false },
        });
        let answer = self.ask(query).await?;
        Some(answer.rows.iter().filter_map(|row| Some(row.get("product")?.as_str()?.to_owned())).collect())
    }

    /// An answer; nothing where there is none, whatever the reason.
    async fn ask(&self, query: Value) -> Option<Arc<QueryResponse>> {
        let query =
            Query::from_json(&query).inspect_err(|error| tracing::debug!(%error, "such days cannot be asked about"));
        let (query, metrics, pinned) = (query.ok()?, self.metrics.clone(), Arc::clone(self.pinned));
        let answered = self
            .queries
            .run(Asker::Organization(self.organization), async move { metrics.query(&pinned, &query).await });
        let answered = answered.await.map_err(|stopped| stopped.to_string());
        let answered = answered.and_then(|answer| answer.map_err(|error| error.to_string()));
        answered.inspect_err(|error| tracing::debug!(%error, "products that were sold out are left out")).ok()
    }
}

/// How much there was of each product at the end of each day on which anything was read.
fn by_product(levels: &QueryResponse) -> BTreeMap<String, BTreeMap<NaiveDate, i64>> {
    let mut products: BTreeMap<String, BTreeMap<NaiveDate, i64>> = BTreeMap::new();
    for row in levels.rows.iter() {
        let text = |field: &str| row.get(field).and_then(Value::as_str);
        let day = text("time").and_then(|day| day.parse::<NaiveDate>().ok());
        let (Some(product), Some(day)) = (text("product"), day) else { continue };
        if let Some(level) = row.get(STOCK).and_then(Value::as_i64) {
            products.entry(product.to_owned()).or_default().insert(day, level);
        }
    }
    products
}

/// The first and the last day of each time in which there was nothing of what there had been something of.
fn sold_out(days: &BTreeMap<NaiveDate, i64>) -> Vec<(NaiveDate, NaiveDate)> {
    let mut times: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    let mut before: Option<i64> = None;
    let mut is_out = false;
    for (day, level) in days {
        match (*level > 0, is_out) {
            (true, _) => is_out = false,
            (false, true) => {
                if let Some((_, last)) = times.last_mut() {
                    *last = *day;
                }
            }
            (false, false) if before.is_some_and(|before| before > 0) => {
                is_out = true;
                times.push((*day, *day));
            }
            (false, false) => {}
        }
        before = Some(*level);
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn november(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn times(levels: &[(u32, i64)]) -> Vec<(u32, u32)> {
        use chrono::Datelike as _;
        let days = levels.iter().map(|(day, level)| (november(*day), *level)).collect();
        sold_out(&days).into_iter().map(|(first, last)| (first.day(), last.day())).collect()
    }

    #[test]
    fn a_product_is_sold_out_after_a_day_with_more_until_there_is_something_again() {
        assert_eq!(times(&[(1, 5), (2, 0), (3, 0), (4, 7), (5, 3), (6, -2)]), [(2, 3), (6, 6)]);
        assert!(times(&[(1, 5), (2, 1), (3, 1)]).is_empty());
        assert!(times(&[]).is_empty());
    }

    #[test]
    fn days_on_which_nothing_was_read_change_nothing() {
        assert_eq!(times(&[(1, 5), (4, 0), (9, 0), (12, 1)]), [(4, 9)]);
    }

    #[test]
    fn what_was_never_there_is_not_sold_out() {
        assert!(times(&[(1, 0), (2, 0), (3, 0)]).is_empty());
        assert_eq!(times(&[(1, -1), (2, 4), (3, 0)]), [(3, 3)]);
    }
}
