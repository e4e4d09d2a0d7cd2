//! What Google says of its figures besides them.

use serde_json::{Value, json};

use super::{made, page, rows_of, values};
use crate::support::text;

fn sources() -> Value {
    page(
        &["date", "sessionSource", "sessionMedium", "sessionCampaignName"],
        &["sessions", "purchaseRevenue"],
        &[
            (&["20261120", "google", "cpc", "Spring"], &["5", "10.5"]),
            (&["20261120", "(other)", "(other)", "(other)"], &["90", "1"]),
        ],
    )
}

/// What is said of a report, and the flags of its rows: whether sampled, thresholded, and others.
fn said(report: Value) -> (Vec<String>, Vec<[String; 3]>) {
    let page = made(&[("source", &[report])]).unwrap();
    let flags = rows_of(&page).into_iter();
    let flags = flags.map(|row| ["is_sampled", "is_thresholded", "is_other"].map(|flag| text(&row, flag).to_owned()));
    (page.warnings, flags.collect())
}

fn flags(all: [[bool; 3]; 4]) -> Vec<[String; 3]> {
    all.into_iter().map(|row| row.map(|flag| flag.to_string())).collect()
}

#[test]
fn rows_that_gather_others_are_marked() {
    let (warnings, told) = said(sources());
    assert!(warnings.is_empty(), "{warnings:?}");
    // Rows come in the order of what they are cut by.
    assert_eq!(told, flags([[false, false, true], [false, false, true], [false; 3], [false; 3]]));
    let mut report = sources();
    report["metadata"]["dataLossFromOtherRow"] = json!(true);
    assert_eq!(said(report).0, ["GA4 gathered small rows of the report of sources under (other)"]);
}

#[test]
fn the_day_of_a_row_that_gathers_others_may_be_gathered_too() {
    let mut report = sources();
    let other = json!({
        "dimensionValues": [{ "value": "(other)" }, { "value": "(other)" }, { "value": "(other)" }, { "value": "(other)" }],
        "metricValues": [{ "value": "7" }, { "value": "0.5" }],
    });
    report["rows"].as_array_mut().unwrap().push(other);
    let told = values(&made(&[("source", &[report])]).unwrap());
    // What it gathers of the day is one row, whichever way the day is told.
    let gathered = "(other)|(other)|(other)".to_owned();
    assert_eq!(told[&("sessions_by_source".to_owned(), gathered.clone())], 97_000_000);
    assert_eq!(told[&("purchase_revenue_by_source".to_owned(), gathered)], 1_500_000);
    assert_eq!(told.len(), 4);
}

#[test]
fn samples_and_thresholds_are_kept_with_every_row_of_the_report() {
    let mut report = sources();
    report["metadata"]["samplingMetadatas"] = json!([{ "samplesReadCount": "5000", "samplingSpaceSize": "20000" }]);
    let (warnings, told) = said(report.clone());
    assert_eq!(warnings, ["GA4 estimated the report of sources from a sample of the events"]);
    assert_eq!(told, flags([[true, false, true], [true, false, true], [true, false, false], [true, false, false]]));
    let page = made(&[("source", &[report.clone()])]).unwrap();
    let metadata: Value = serde_json::from_str(text(&rows_of(&page)[0], "metadata")).unwrap();
    assert_eq!((&metadata["samples_read"], &metadata["sampling_space"]), (&json!("5000"), &json!("20000")));

    report["metadata"]["samplingMetadatas"] = json!([{ "samplesReadCount": "20000", "samplingSpaceSize": "20000" }]);
    report["metadata"]["subjectToThresholding"] = json!(true);
    let (warnings, told) = said(report);
    assert_eq!(warnings, ["GA4 withholds from the report of sources what few people did"]);
    assert_eq!(told, flags([[false, true, true], [false, true, true], [false, true, false], [false, true, false]]));
}

#[test]
fn what_somebody_is_kept_from_is_left_out() {
    let mut report = sources();
    report["metadata"]["schemaRestrictionResponse"] = json!({
        "activeMetricRestrictions": [{ "metricName": "purchaseRevenue", "restrictedMetricTypes": ["REVENUE_DATA"] }]
    });
    let page = made(&[("source", &[report])]).unwrap();
    assert!(rows_of(&page).iter().all(|row| text(row, "metric_name") == "sessions_by_source"));
    assert_eq!(page.warnings, ["GA4 keeps purchaseRevenue from whoever connected the property: it is left out"]);
}

#[test]
fn reports_that_are_cut_short_say_so() {
    let mut report = sources();
    report["metadata"]["dataTruncationReasons"] = json!([{ "dataTruncationType": "DATA_TRUNCATION_TYPE_ITEM_SCOPED_ECOMMERCE_METRICS", "dataTruncationMessage": "…" }]);
    assert_eq!(said(report).0, ["GA4 cut the report of sources short (ITEM_SCOPED_ECOMMERCE_METRICS)"]);
}

#[test]
fn a_zone_or_currency_that_changed_is_told_once_for_all_reports_of_a_day() {
    let changed = |mut report: Value| {
        report["metadata"] = json!({ "currencyCode": "EUR", "timeZone": "Europe/Paris" });
        report
    };
    let days = page(&["date"], &["sessions"], &[(&["20261120"], &["1"])]);
    let page = made(&[("day", &[changed(days)]), ("source", &[changed(sources())])]).unwrap();
    assert_eq!(
        page.warnings,
        [
            "the property's currency is EUR by now, and it was connected with USD: connect it anew",
            "the property's days are those of Europe/Paris by now, and it was connected with those of America/Los_Angeles: connect it anew",
        ]
    );
    // An amount is in the currency that it came in, whatever was known before.
    let rows = rows_of(&page);
    let amounts = rows.iter().filter(|row| text(row, "metric_name") == "purchase_revenue_by_source");
    assert!(amounts.into_iter().all(|row| text(row, "currency") == "EUR"));
}
