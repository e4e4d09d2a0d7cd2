//! Google Analytics 4: from its answers to rows.

mod answers;
mod properties;
mod replaced;
mod rows;
pub(crate) mod simulated;
mod warnings;

use std::collections::BTreeMap;

use aloftly_connectors::contract::{Account, Connector as _, Failure, Page, Raw};
use aloftly_connectors::ga4::Ga4;
use aloftly_engine::lake::RowSink as _;
use bytes::Bytes;
use chrono::DateTime;
use serde_json::{Value, json};

use crate::support::{Kept, Row, number, text};

/// A property in California that counts in dollars.
fn account() -> Account {
    Account {
        zone: Some(chrono_tz::America::Los_Angeles),
        currency: Some("USD".to_owned()),
        ..Account::new("properties/123", "acme.com - GA4 (Acme)")
    }
}

fn micros(instant: &str) -> i64 {
    DateTime::parse_from_rfc3339(instant).unwrap().timestamp_micros()
}

/// A page of a report, as Google answers it: names, then rows of dimensions and metrics.
fn page(cuts: &[&str], counts: &[&str], rows: &[(&[&str], &[&str])]) -> Value {
    let value = |text: &&str| json!({ "value": text });
    let row = |(cuts, counts): &(&[&str], &[&str])| {
        json!({
            "dimensionValues": cuts.iter().map(value).collect::<Vec<_>>(),
            "metricValues": counts.iter().map(value).collect::<Vec<_>>(),
        })
    };
    json!({
        "dimensionHeaders": cuts.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "metricHeaders": counts.iter().map(|name| json!({ "name": name, "type": "TYPE_INTEGER" })).collect::<Vec<_>>(),
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
        "rowCount": rows.len(),
        "metadata": { "currencyCode": "USD", "timeZone": "America/Los_Angeles" },
        "kind": "analyticsData#runReport",
    })
}

/// The answers of a day, as they are kept: the pages of each report.
fn raw(day: &str, synced_at: &str, reports: &[(&str, &[Value])]) -> Raw {
    let reports = reports.iter().map(|(id, pages)| json!({ "id": id, "pages": pages })).collect::<Vec<_>>();
    Raw {
        stream: "reports",
        kind: "report".into(),
        about: json!({ "day": day, "synced_at": micros(synced_at) }),
        body: Bytes::from(json!({ "reports": reports }).to_string()),
    }
}

/// The page that becomes of reports of 20 November 2026, read on the 23rd.
fn made(reports: &[(&str, &[Value])]) -> Result<Page, Failure> {
    Ga4.rebuild(&account(), &raw("2026-11-20", "2026-11-23T05:19:37Z", reports))
}

/// The rows of a page, as a lake is given them.
fn rows_of(page: &Page) -> Vec<Row> {
    let mut kept = Kept::default();
    for (dataset, batch) in &page.batches {
        kept.push(dataset, batch).unwrap();
    }
    kept.of("metric_events").to_vec()
}

/// The values in millionths, by name and what they are cut by.
fn values(page: &Page) -> BTreeMap<(String, String), i128> {
    let cuts = ["traffic_source", "medium", "campaign", "page", "device", "country", "product", "dimensions"];
    let cut = |row: &Row| cuts.iter().filter_map(|column| row[*column].as_deref()).collect::<Vec<_>>().join("|");
    let rows = rows_of(page);
    let count = rows.len();
    let values: BTreeMap<_, _> =
        rows.iter().map(|row| ((text(row, "metric_name").to_owned(), cut(row)), number(row, "metric_value"))).collect();
    assert_eq!(values.len(), count, "a value is told twice");
    values
}

fn value(name: &str, cut: &str, millionths: i128) -> ((String, String), i128) {
    ((name.to_owned(), cut.to_owned()), millionths)
}

/// Where an answer is not as it should be.
fn wrong_at(result: Result<Page, Failure>) -> String {
    match result {
        Err(Failure::Unexpected { detail }) => detail,
        other => panic!("taken: {other:?}"),
    }
}
