//! What a page of a day takes the place of: what its reports tell, and nothing else.

use std::collections::BTreeSet;

use aloftly_connectors::contract::Page;
use aloftly_engine::lake::Slice;
use serde_json::{Value, json};

use super::{made, page};

/// The names of the rows that a page takes the place of.
fn replaced(page: &Page) -> BTreeSet<&str> {
    let conditions = page.replaces.iter().flat_map(Slice::conditions);
    let names = conditions.filter(|(column, _)| *column == "metric_name");
    names.flat_map(|(_, names)| names).map(String::as_str).collect()
}

fn items(rows: &[(&[&str], &[&str])]) -> Value {
    let counts = ["itemsViewed", "itemsAddedToCart", "itemsCheckedOut", "itemsPurchased"];
    page(&["date", "itemName", "itemId"], &counts, rows)
}

#[test]
fn a_page_takes_the_place_of_what_its_reports_tell_of_the_source_and_of_nothing_else() {
    let days = page(&["date"], &["sessions", "keyEvents"], &[(&["20261120"], &["1", "2"])]);
    let made = made(&[("day", &[days])]).unwrap();
    assert_eq!(replaced(&made), BTreeSet::from(["sessions", "key_events"]));
    let slice = made.replaces.as_ref().unwrap();
    let source = slice.conditions().iter().find(|(column, _)| *column == "source").unwrap();
    assert_eq!(source.1, BTreeSet::from(["ga4".to_owned()]));
    let range = ["2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z"].map(super::micros);
    assert_eq!(slice.range(), (range[0], range[1]));
}

#[test]
fn a_report_without_rows_says_that_there_is_nothing_any_more() {
    let bare = json!({ "metadata": { "currencyCode": "USD", "timeZone": "America/Los_Angeles" }, "kind": "analyticsData#runReport" });
    for empty in [items(&[]), bare] {
        let made = made(&[("item", &[empty])]).unwrap();
        let all = ["items_viewed", "items_added_to_cart", "items_checked_out", "items_purchased"];
        assert_eq!(replaced(&made), BTreeSet::from(all));
        assert!(made.batches.is_empty());
    }
}

#[test]
fn what_somebody_is_kept_from_stays_as_it_is_known() {
    let mut report = page(
        &["date"],
        &["addToCarts", "checkouts", "ecommercePurchases", "purchaseRevenue"],
        &[(&["20261120"], &["1", "1", "1", "0"])],
    );
    let restriction = json!([{ "metricName": "purchaseRevenue", "restrictedMetricTypes": ["REVENUE_DATA"] }]);
    report["metadata"]["schemaRestrictionResponse"] = json!({ "activeMetricRestrictions": restriction });
    let made = made(&[("day_commerce", &[report])]).unwrap();
    assert_eq!(replaced(&made), BTreeSet::from(["add_to_carts", "checkouts", "purchases"]));
}

#[test]
fn a_day_of_which_nothing_was_read_takes_the_place_of_nothing() {
    let made = made(&[]).unwrap();
    assert!(made.replaces.is_none() && made.batches.is_empty());
}
