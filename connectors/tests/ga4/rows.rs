//! What rows of a day hold.

use aloftly_connectors::contract::{Account, Connector as _};
use aloftly_connectors::ga4::Ga4;
use serde_json::json;

use super::{account, made, micros, page, raw, rows_of, value, values};
use crate::support::text;

#[test]
fn a_row_of_a_report_becomes_one_row_for_each_of_its_metrics() {
    let day = page(
        &["date"],
        &[
            "sessions",
            "engagedSessions",
            "userEngagementDuration",
            "screenPageViews",
            "keyEvents",
            "totalUsers",
            "newUsers",
        ],
        &[(&["20261120"], &["812", "494", "40821", "2310", "31", "701", "540"])],
    );
    let commerce = page(
        &["date"],
        &["addToCarts", "checkouts", "ecommercePurchases", "purchaseRevenue"],
        &[(&["20261120"], &["96", "44", "27", "1849.65"])],
    );
    let page = made(&[("day", &[day]), ("day_commerce", &[commerce])]).unwrap();
    let expected = [
        value("sessions", "", 812_000_000),
        value("engaged_sessions", "", 494_000_000),
        value("engagement_seconds", "", 40_821_000_000),
        value("page_views", "", 2_310_000_000),
        value("key_events", "", 31_000_000),
        value("users", "", 701_000_000),
        value("new_users", "", 540_000_000),
        value("add_to_carts", "", 96_000_000),
        value("checkouts", "", 44_000_000),
        value("purchases", "", 27_000_000),
        value("purchase_revenue", "", 1_849_650_000),
    ];
    assert_eq!(values(&page), expected.into_iter().collect());
    for row in rows_of(&page) {
        assert_eq!(text(&row, "source"), "ga4");
        // Midnight of the 20th on the Pacific coast.
        assert_eq!(text(&row, "recorded_at"), micros("2026-11-20T08:00:00Z").to_string());
        assert_eq!(text(&row, "synced_at"), micros("2026-11-23T05:19:37Z").to_string());
        assert_eq!(text(&row, "row_version"), text(&row, "synced_at"));
        // Only amounts are in a currency.
        let currency = (text(&row, "metric_name") == "purchase_revenue").then(|| "USD".to_owned());
        assert_eq!(row["currency"], currency);
        assert_eq!(text(&row, "metadata"), r#"{"property":"properties/123","time_zone":"America/Los_Angeles"}"#);
        assert_eq!(["is_sampled", "is_thresholded", "is_other"].map(|flag| text(&row, flag)), ["false"; 3]);
        assert_eq!((&row["raw_data"], &row["dimensions"]), (&None, &None));
    }
    assert_eq!(page.records, 1);
    assert!(page.warnings.is_empty(), "{:?}", page.warnings);
}

#[test]
fn columns_are_told_by_their_headers_and_values_stay_as_they_are() {
    let source = page(
        // Not in the order in which they were asked for, and with one that nobody knows.
        &["sessionMedium", "date", "hour", "sessionCampaignName", "sessionSource"],
        &["purchaseRevenue", "novelty", "sessions"],
        &[
            (&["organic", "20261120", "00", "(not set)", "google"], &["99.95", "1", "401"]),
            (&["(none)", "20261120", "01", "(direct)", "(direct)"], &["0", "1", "211"]),
            (&["", "20261120", "02", "Spring 50% / été", "(data not available)"], &["0", "1", "3"]),
        ],
    );
    let page = made(&[("source", &[source])]).unwrap();
    let expected = [
        value("sessions_by_source", "google|organic|(not set)", 401_000_000),
        value("purchase_revenue_by_source", "google|organic|(not set)", 99_950_000),
        value("sessions_by_source", "(direct)|(none)|(direct)", 211_000_000),
        value("purchase_revenue_by_source", "(direct)|(none)|(direct)", 0),
        value("sessions_by_source", "(data not available)|Spring 50% / été", 3_000_000),
        value("purchase_revenue_by_source", "(data not available)|Spring 50% / été", 0),
    ];
    assert_eq!(values(&page), expected.into_iter().collect());
    let rows = rows_of(&page);
    let unknown = rows.iter().find(|row| text(row, "traffic_source") == "(data not available)").unwrap();
    assert_eq!(unknown["medium"], None, "empty is none");
}

#[test]
fn items_go_by_their_name_and_keep_their_id() {
    let item = page(
        &["date", "itemName", "itemId"],
        &["itemsViewed", "itemsAddedToCart", "itemsCheckedOut", "itemsPurchased"],
        &[
            (&["20261120", "Tea - Large", "sku \"7\""], &["40", "6", "3", "2"]),
            (&["20261120", "Tea - Large", ""], &["1", "0", "0", "0"]),
            (&["20261120", "(not set)", "(not set)"], &["5", "0", "0", "0"]),
        ],
    );
    let page = made(&[("item", &[item])]).unwrap();
    let told = values(&page);
    assert_eq!(told.len(), 12);
    let large = r#"Tea - Large|{"item_id":"sku \"7\""}"#;
    let names = ["items_viewed", "items_added_to_cart", "items_checked_out", "items_purchased"];
    for (name, value) in names.into_iter().zip([40_000_000, 6_000_000, 3_000_000, 2_000_000]) {
        assert_eq!(told[&(name.to_owned(), large.to_owned())], value);
    }
    assert_eq!(told[&("items_viewed".to_owned(), "Tea - Large".to_owned())], 1_000_000);
    assert_eq!(told[&("items_viewed".to_owned(), r#"(not set)|{"item_id":"(not set)"}"#.to_owned())], 5_000_000);
}

#[test]
fn pages_are_paths_and_those_that_differ_only_behind_them_are_one() {
    let pages = page(
        &["date", "landingPage"],
        &["sessions", "screenPageViews"],
        &[
            (&["20261120", "/sale"], &["10", "25"]),
            (&["20261120", "/sale?utm_source=x&id=7"], &["4", "5.5"]),
            (&["20261120", "(not set)"], &["2", "0"]),
            (&["20261120", ""], &["1", "1"]),
        ],
    );
    let page = made(&[("page", &[pages])]).unwrap();
    let expected = [
        value("sessions_by_page", "/sale", 14_000_000),
        value("page_views_by_page", "/sale", 30_500_000),
        value("sessions_by_page", "(not set)", 2_000_000),
        value("page_views_by_page", "(not set)", 0),
        value("sessions_by_page", "", 1_000_000),
        value("page_views_by_page", "", 1_000_000),
    ];
    assert_eq!(values(&page), expected.into_iter().collect());
}

#[test]
fn whole_numbers_may_have_fractions_and_floats_are_cut_to_a_millionth() {
    let device = page(
        &["date", "deviceCategory", "country"],
        &["keyEvents", "purchaseRevenue", "sessions"],
        &[(&["20261120", "smart tv", "Côte d’Ivoire"], &["12.5", "149.96999999999997", "1.2E2"])],
    );
    let page = made(&[("device", &[device])]).unwrap();
    let expected = [
        value("key_events_by_device", "smart tv|Côte d’Ivoire", 12_500_000),
        value("purchase_revenue_by_device", "smart tv|Côte d’Ivoire", 149_970_000),
        value("sessions_by_device", "smart tv|Côte d’Ivoire", 120_000_000),
    ];
    assert_eq!(values(&page), expected.into_iter().collect());
}

#[test]
fn a_day_replaces_all_that_was_told_of_it_from_its_midnight_to_the_next() {
    let day = |date: &str| page(&["date"], &["sessions"], &[(&[date], &["1"])]);
    let cases = [
        (chrono_tz::America::Los_Angeles, "2026-11-20", "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z"),
        // Clocks go forward, and back.
        (chrono_tz::America::Los_Angeles, "2026-03-08", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"),
        (chrono_tz::America::Los_Angeles, "2026-11-01", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"),
        // Clocks go forward at midnight: the day begins at one.
        (chrono_tz::America::Santiago, "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        (chrono_tz::Asia::Kathmandu, "2026-11-20", "2026-11-19T18:15:00Z", "2026-11-20T18:15:00Z"),
    ];
    for (zone, date, from, to) in cases {
        let account = Account { zone: Some(zone), ..account() };
        let raw = raw(date, "2026-11-23T05:19:37Z", &[("day", &[day(&date.replace('-', ""))])]);
        let page = Ga4.rebuild(&account, &raw).unwrap();
        assert_eq!(text(&rows_of(&page)[0], "recorded_at"), micros(from).to_string(), "{zone} {date}");
        let slice = page.replaces.unwrap();
        assert_eq!(slice.dataset().name, "metric_events");
        assert_eq!(slice.range(), (micros(from), micros(to)), "{zone} {date}");
    }
}

#[test]
fn a_day_without_anything_is_replaced_by_nothing() {
    let empty = json!({ "kind": "analyticsData#runReport", "metadata": { "timeZone": "America/Los_Angeles" } });
    let page = made(&[("day", std::slice::from_ref(&empty)), ("source", std::slice::from_ref(&empty))]).unwrap();
    assert!(page.batches.is_empty() && page.replaces.is_some());
}

#[test]
fn rows_are_known_by_what_they_are_of_and_not_by_when_they_were_read() {
    let source = |sessions: &str| {
        page(
            &["date", "sessionSource", "sessionMedium", "sessionCampaignName"],
            &["sessions", "newUsers"],
            &[(&["20261120", "a", "b", ""], &[sessions, "1"]), (&["20261120", "a", "", "b"], &["2", "2"])],
        )
    };
    let ids = |read_at: &str, sessions: &str| {
        let raw = raw("2026-11-20", read_at, &[("source", &[source(sessions)])]);
        let rows = rows_of(&Ga4.rebuild(&account(), &raw).unwrap());
        let ids: Vec<String> = rows.iter().map(|row| text(row, "event_id").to_owned()).collect();
        (ids, text(&rows[0], "row_version").to_owned())
    };
    let (before, first) = ids("2026-11-21T00:00:00Z", "5");
    let (after, second) = ids("2026-11-22T00:00:00.000001Z", "9");
    assert_eq!(before, after);
    assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "no two rows are taken for one");
    assert_eq!((first.as_str(), second.as_str()), ("1795219200000000", "1795305600000001"));
}

#[test]
fn pages_of_a_report_are_put_together_and_what_came_twice_counts_once() {
    let part = |rows: &[(&[&str], &[&str])]| page(&["date", "landingPage"], &["sessions"], rows);
    let first = part(&[(&["20261120", "/a"], &["1"]), (&["20261120", "/b"], &["2"])]);
    let second = part(&[(&["20261120", "/b"], &["3"]), (&["20261120", "/c"], &["4"])]);
    let page = made(&[("page", &[first, second])]).unwrap();
    let expected = [
        value("sessions_by_page", "/a", 1_000_000),
        value("sessions_by_page", "/b", 3_000_000),
        value("sessions_by_page", "/c", 4_000_000),
    ];
    assert_eq!(values(&page), expected.into_iter().collect());
}
