//! What GA4 is asked for.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::reports::{Asked, DATE};

/// Rows of a page. More would be told at once, and answers hold five reports.
const PAGE_ROWS: u64 = 10_000;

/// A report of one day, from some row on. Rows come in an order that is the same for every page: by all that they are cut by.
pub(super) fn report(asked: &Asked, day: NaiveDate, offset: u64) -> Value {
    let cuts = || [DATE].into_iter().chain(asked.report.dimensions.iter().map(|dimension| dimension.name));
    let named = |name: &str| json!({ "name": name });
    json!({
        "dateRanges": [{ "startDate": day, "endDate": day }],
        "dimensions": cuts().map(named).collect::<Vec<_>>(),
        "metrics": asked.metrics.iter().map(|metric| named(metric.name)).collect::<Vec<_>>(),
        "orderBys": cuts().map(|name| json!({ "dimension": { "dimensionName": name } })).collect::<Vec<_>>(),
        "limit": PAGE_ROWS.to_string(),
        "offset": offset.to_string(),
        "keepEmptyRows": false,
        "returnPropertyQuota": true,
    })
}

/// Several reports at once.
pub(super) fn batch(reports: &[Value]) -> Value {
    json!({ "requests": reports })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ga4::names::Missing;
    use crate::ga4::reports;

    #[test]
    fn a_report_is_asked_for_day_by_day_in_a_total_order() {
        let asked = reports::asked(&Missing::of(["itemsCheckedOut"]));
        let item = asked.iter().find(|asked| asked.report.id == "item").unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 3, 8).unwrap();
        assert_eq!(
            report(item, day, 20_000),
            json!({
                "dateRanges": [{ "startDate": "2026-03-08", "endDate": "2026-03-08" }],
                "dimensions": [{ "name": "date" }, { "name": "itemName" }, { "name": "itemId" }],
                "metrics": [{ "name": "itemsViewed" }, { "name": "itemsAddedToCart" }, { "name": "itemsPurchased" }],
                "orderBys": [
                    { "dimension": { "dimensionName": "date" } },
                    { "dimension": { "dimensionName": "itemName" } },
                    { "dimension": { "dimensionName": "itemId" } },
                ],
                "limit": "10000",
                "offset": "20000",
                "keepEmptyRows": false,
                "returnPropertyQuota": true,
            })
        );
    }
}
