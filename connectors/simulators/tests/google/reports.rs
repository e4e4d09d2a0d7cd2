//! What reports count.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aloftly_simulators::google::Blocked;
use aloftly_simulators::world::Moment;
use aloftly_simulators::world::traffic::{self, Session, span_of};
use chrono::NaiveDate;
use serde_json::json;

use super::{Google, day, now, report, rows};

/// The visits of a day that are known, counted by nobody yet.
fn visits(google: &Google, date: NaiveDate) -> Vec<Session> {
    traffic::sessions(&google.world, &google.property.traffic, date, google.property.zone, google.clock.now())
}

#[tokio::test]
async fn a_day_counts_its_visits_and_no_more_purchases_than_there_are_orders() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let metrics = ["sessions", "totalUsers", "newUsers", "screenPageViews", "ecommercePurchases", "purchaseRevenue"];
    let told = google.report(&token, &report("2026-11-10", "2026-11-19", &["date"], &metrics)).await;
    assert_eq!(told["metadata"], json!({ "currencyCode": "USD", "timeZone": "America/New_York" }));
    let rows = rows(&told);
    assert_eq!(rows.len(), 10);
    let mut purchases = 0;
    for row in &rows {
        let date = NaiveDate::parse_from_str(&row[0], "%Y%m%d").unwrap();
        let visits = visits(&google, date);
        let users: BTreeSet<u64> = visits.iter().map(|visit| visit.user).collect();
        let views = visits.iter().flat_map(|visit| &visit.events).filter(|event| event.name == "page_view").count();
        let bought: Vec<u64> = visits.iter().filter_map(|visit| visit.order).collect();
        let cents: i64 = bought.iter().map(|id| google.world.orders.get(*id).unwrap().original_total().shop).sum();
        let (from, to) = span_of(date, google.property.zone);
        assert!(bought.len() <= google.world.orders.range(Moment::Processed, from, to).count());
        purchases += bought.len();
        let (dollars, part) = row[6].split_once('.').unwrap_or((&row[6], ""));
        let revenue: i64 = format!("{dollars}{part:0<2}").parse().unwrap();
        let expected =
            [visits.len(), users.len(), visits.iter().filter(|visit| visit.is_new).count(), views, bought.len()];
        assert_eq!(row[1..6], expected.map(|count| count.to_string()));
        assert_eq!(revenue, cents);
    }
    assert!(purchases > 10, "{purchases} purchases are too few to say anything");
    let orders = google.world.orders.iter().filter(|order| !order.test && order.source == "web").count();
    assert!(purchases < orders, "some buyers do not agree to be counted");
}

#[tokio::test]
async fn parts_add_up_to_the_whole_but_for_users() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let of = async |cuts: &[&str], metric: &str| {
        let told = google.report(&token, &report("2026-11-12", "2026-11-18", cuts, &[metric])).await;
        rows(&told).iter().map(|row| row.last().unwrap().parse::<i64>().unwrap()).sum::<i64>()
    };
    for metric in
        ["sessions", "engagedSessions", "newUsers", "screenPageViews", "addToCarts", "checkouts", "transactions"]
    {
        let whole = of(&[], metric).await;
        for cuts in [
            &["date"][..],
            &["sessionSource", "sessionMedium", "sessionCampaignName"],
            &["landingPage"],
            &["deviceCategory", "country"],
        ] {
            assert_eq!(of(cuts, metric).await, whole, "{metric} by {cuts:?}");
        }
        assert!(whole > 0, "{metric}");
    }
    assert!(of(&["date"], "totalUsers").await > of(&[], "totalUsers").await);
    let whole = of(&[], "itemsViewed").await;
    assert!(whole > 0 && of(&["itemId", "itemName"], "itemsViewed").await == whole);
}

#[tokio::test]
async fn days_to_come_and_days_before_the_property_are_empty() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    for (from, to) in [("2026-11-21", "2026-12-31"), ("2020-01-01", "2020-12-31")] {
        let told = google.report(&token, &report(from, to, &["date"], &["sessions"])).await;
        assert_eq!((told.get("rows"), told.get("rowCount")), (None, None));
        assert!(told["metricHeaders"].is_array());
    }
}

#[tokio::test]
async fn the_last_two_days_change_as_time_goes_by_and_earlier_ones_do_not() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let asked = report("2026-11-12", "2026-11-20", &["date"], &["sessions"]);
    let counted = |told: &serde_json::Value| -> BTreeMap<String, i64> {
        rows(told).into_iter().map(|row| (row[0].clone(), row[1].parse().unwrap())).collect()
    };
    let before = counted(&google.report(&token, &asked).await);
    google.clock.advance(Duration::from_secs(50 * 60));
    let later = counted(&google.report(&token, &asked).await);
    assert!(later["20261120"] > before["20261120"] || later["20261119"] > before["20261119"]);
    assert_eq!(later["20261115"], before["20261115"]);
    // Where a visit came from shows later than the visit.
    let sources = report("2026-11-19", "2026-11-19", &["sessionSource"], &["sessions"]);
    let unknown = |told: &serde_json::Value| rows(told).iter().any(|row| row[0] == "(not set)");
    assert!(unknown(&google.report(&token, &sources).await));
    google.clock.advance(Duration::from_secs(4 * 86_400));
    let token = google.token().await;
    assert!(!unknown(&google.report(&token, &sources).await));
}

#[tokio::test]
async fn pages_in_a_complete_order_are_the_whole() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let cuts = ["date", "landingPage", "country"];
    let mut asked = report("2026-11-12", "2026-11-18", &cuts, &["sessions"]);
    asked["limit"] = json!("100000");
    let mut whole = rows(&google.report(&token, &asked).await);
    asked["orderBys"] = cuts.map(|name| json!({ "dimension": { "dimensionName": name } })).to_vec().into();
    asked["limit"] = json!(7);
    let mut paged = Vec::new();
    loop {
        asked["offset"] = json!(paged.len().to_string());
        let told = google.report(&token, &asked).await;
        assert_eq!(told["rowCount"], json!(whole.len()));
        let page = rows(&told);
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    whole.sort_unstable();
    assert!(whole.len() > 20, "{}", whole.len());
    assert_eq!(paged, whole);
}

#[tokio::test]
async fn filters_and_orders_do_what_they_say() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let mut asked = report("2026-11-12", "2026-11-18", &["eventName"], &["eventCount"]);
    asked["dimensionFilter"] = json!({ "filter": {
        "fieldName": "eventName", "inListFilter": { "values": ["add_to_cart", "begin_checkout", "purchase"] },
    } });
    asked["orderBys"] = json!([{ "metric": { "metricName": "eventCount" }, "desc": true }]);
    let steps: Vec<String> = rows(&google.report(&token, &asked).await).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(steps, ["add_to_cart", "begin_checkout", "purchase"]);
    let mut asked = report("2026-11-12", "2026-11-18", &["country"], &["sessions"]);
    let all = rows(&google.report(&token, &asked).await);
    asked["dimensionFilter"] = json!({ "notExpression": { "filter": {
        "fieldName": "country", "stringFilter": { "matchType": "BEGINS_WITH", "value": "united" },
    } } });
    let some = rows(&google.report(&token, &asked).await);
    assert_eq!(some.len(), all.iter().filter(|row| !row[0].starts_with("United")).count());
    asked["metricFilter"] = json!({ "filter": {
        "fieldName": "sessions", "numericFilter": { "operation": "GREATER_THAN", "value": { "int64Value": "100000" } },
    } });
    assert!(rows(&google.report(&token, &asked).await).is_empty());
}

#[tokio::test]
async fn samples_thresholds_and_other_rows_are_told() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let asked = report("2026-11-15", "2026-11-15", &["date", "landingPage"], &["sessions"]);
    let whole = rows(&google.report(&token, &asked).await);
    let count = |rows: &[Vec<String>]| rows.iter().map(|row| row[2].parse::<i64>().unwrap()).sum::<i64>();
    google.simulator.set(|settings| settings.most_rows = Some(3));
    let told = google.report(&token, &asked).await;
    let gathered = rows(&told);
    assert_eq!((gathered.len(), count(&gathered)), (4, count(&whole)));
    assert!(gathered.iter().any(|row| row[..2] == ["20261115", "(other)"]));
    assert_eq!(told["metadata"]["dataLossFromOtherRow"], true);
    google.simulator.set(|settings| {
        (settings.most_rows, settings.threshold, settings.sampling) = (None, Some(2), Some((1_000, 4_000)));
    });
    let told = google.report(&token, &asked).await;
    assert!(count(&rows(&told)) < count(&whole));
    assert_eq!(told["metadata"]["subjectToThresholding"], true);
    let sampled = json!([{ "samplesReadCount": "1000", "samplingSpaceSize": "4000" }]);
    assert_eq!(told["metadata"]["samplingMetadatas"], sampled);
}

#[tokio::test]
async fn several_ranges_have_a_dimension_of_their_own_and_blocked_metrics_are_zero() {
    let google = Google::start(|_| {}).await;
    let token = google.token().await;
    let mut asked = report("2026-11-15", "2026-11-15", &[], &["sessions", "purchaseRevenue"]);
    asked["dateRanges"] = json!([
        { "startDate": "2026-11-15", "endDate": "2026-11-15" },
        { "startDate": "8daysAgo", "endDate": "2026-11-13", "name": "before" },
    ]);
    let told = google.report(&token, &asked).await;
    assert_eq!(told["dimensionHeaders"], json!([{ "name": "dateRange" }]));
    let names: BTreeSet<String> = rows(&told).into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(names, BTreeSet::from(["date_range_0".to_owned(), "before".to_owned()]));
    google.simulator.set(|settings| {
        settings.blocked.insert("purchaseRevenue".to_owned(), Blocked::Revenue);
    });
    let told = google.report(&token, &asked).await;
    assert!(rows(&told).iter().all(|row| row[2] == "0"));
    let restriction = &told["metadata"]["schemaRestrictionResponse"]["activeMetricRestrictions"][0];
    assert_eq!(restriction["metricName"], "purchaseRevenue");
}

#[test]
fn a_day_without_a_midnight_begins_when_the_clocks_have_gone_forward() {
    let (from, to) = span_of(day("2026-09-06"), chrono_tz::America::Santiago);
    assert_eq!(
        (from.to_rfc3339(), to.to_rfc3339()),
        ("2026-09-06T04:00:00+00:00".to_owned(), "2026-09-07T03:00:00+00:00".to_owned())
    );
    assert!(now() > from);
}
