//! Answers that are not what Google documents: nothing is made of them, and it is said where.

use aloftly_connectors::contract::{Connector as _, Failure, Raw};
use aloftly_connectors::ga4::Ga4;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{account, made, page, raw, wrong_at};

fn day(report: Value) -> String {
    wrong_at(made(&[("day", &[report])]))
}

#[test]
fn rows_of_another_day_are_refused() {
    let report = page(&["date"], &["sessions"], &[(&["20261120"], &["1"]), (&["20261119"], &["1"])]);
    assert_eq!(day(report), "day[0].rows[1].dimensionValues[0].value is not the day 2026-11-20");
}

#[test]
fn a_report_that_is_not_cut_as_it_should_be_is_refused() {
    let report = page(&["date", "landingPage"], &["sessions"], &[(&["20261120", "/"], &["1"])]);
    let wrong = wrong_at(made(&[("source", &[report])]));
    assert_eq!(wrong, "source[0].dimensionHeaders lacks sessionSource");
    let report = page(&["landingPage"], &["sessions"], &[(&["/"], &["1"])]);
    assert_eq!(wrong_at(made(&[("page", &[report])])), "page[0].dimensionHeaders lacks date");
}

#[test]
fn values_that_are_no_numbers_are_refused_without_being_repeated() {
    for wrong in ["", "NaN", "secret@example.com", "1,000", "1000000000000"] {
        let report = page(&["date"], &["sessions", "newUsers"], &[(&["20261120"], &["1", wrong])]);
        assert_eq!(day(report), "day[0].rows[0].metricValues[1].value is no number that can be kept", "{wrong}");
    }
}

#[test]
fn rows_that_do_not_fit_their_headers_are_refused() {
    let rows: [(&[&str], &[&str]); 4] =
        [(&["20261120"], &["1", "2"]), (&["20261120"], &[]), (&["20261120", "x"], &["1"]), (&[], &["1"])];
    for (cuts, counts) in rows {
        let report = page(&["date"], &["sessions"], &[(cuts, counts)]);
        assert_eq!(day(report), "day[0].rows[0] has another number of values than there are headers");
    }
    let mut report = page(&["date"], &["sessions"], &[(&["20261120"], &["1"])]);
    report["rows"][0]["metricValues"][0]["value"] = json!(7);
    assert_eq!(day(report), "day[0].rows[0].metricValues[0].value has another shape than expected");
}

#[test]
fn pages_of_different_reports_are_refused() {
    let first = page(&["date", "landingPage"], &["sessions", "keyEvents"], &[(&["20261120", "/a"], &["1", "1"])]);
    let second = page(&["date", "landingPage"], &["sessions"], &[(&["20261120", "/b"], &["1"])]);
    assert_eq!(wrong_at(made(&[("page", &[first, second])])), "page[1] has other metrics than the page before");
}

#[test]
fn unknown_fields_are_ignored() {
    let mut report = page(&["date"], &["sessions"], &[(&["20261120"], &["1"])]);
    report["novelty"] = json!({ "a": [1] });
    report["rows"][0]["novelty"] = json!("x");
    report["metadata"]["novelty"] = json!(null);
    report["metricHeaders"][0]["type"] = json!("TYPE_PARSECS");
    assert!(made(&[("day", &[report])]).is_ok());
}

#[test]
fn what_was_kept_of_something_else_is_refused() {
    let own = raw("2026-11-20", "2026-11-23T05:19:37Z", &[]);
    assert!(Ga4.rebuild(&account(), &own).is_ok());
    let others = [
        Raw { kind: "week".into(), ..own.clone() },
        Raw { stream: "orders", ..own.clone() },
        Raw { about: json!({ "day": "2026-11-20" }), ..own.clone() },
        Raw { body: Bytes::from_static(b"{}"), ..own.clone() },
        raw("2026-11-20", "2026-11-23T05:19:37Z", &[("week", &[])]),
    ];
    for other in others {
        wrong_at(Ga4.rebuild(&account(), &other));
    }
}

#[test]
fn amounts_without_a_currency_are_refused() {
    let mut report = page(&["date"], &["purchaseRevenue"], &[(&["20261120"], &["1"])]);
    report["metadata"] = json!({});
    let raw = raw("2026-11-20", "2026-11-23T05:19:37Z", &[("day_commerce", &[report])]);
    let mut account = account();
    assert!(Ga4.rebuild(&account, &raw).is_ok(), "the property's own is as good");
    account.currency = None;
    let wrong = wrong_at(Ga4.rebuild(&account, &raw));
    assert_eq!(wrong, "day_commerce[0].metadata.currencyCode is missing");
}

#[test]
fn a_property_without_a_zone_has_no_days() {
    let mut account = account();
    account.zone = None;
    let result = Ga4.rebuild(&account, &raw("2026-11-20", "2026-11-23T05:19:37Z", &[]));
    assert!(matches!(result, Err(Failure::Unexpected { .. })), "{result:?}");
}
