//! What makes numbers right, one promise after the other, with answers that are written down.

use aloftly_engine::metrics::QueryError;
use chrono::Weekday;
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::by_hand::rows;
use super::support::{Event, Order, World};

const NEW_YORK: Tz = chrono_tz::America::New_York;
const TOKYO: Tz = chrono_tz::Asia::Tokyo;
/// A Thursday, 14:05 in New York.
const NOW: &str = "2026-11-19T19:05:30Z";

fn sold(id: u32, at: &str, total: i64) -> Order {
    Order { total: total * 10_000, ..Order::plain(id, at) }
}

fn by(id: u32, at: &str, customer: &'static str) -> Order {
    Order { customer: Some(customer), ..sold(id, at, 10) }
}

fn with(query: &Value, fields: &Value) -> Value {
    let mut query = query.clone();
    query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    query
}

/// A store with these orders.
async fn store(now: &str, zone: Tz, orders: &[Order]) -> World {
    let mut world = World::new(now, 1_000);
    world.add_store(zone, Weekday::Mon, &[orders]).await;
    world
}

fn error(asked: Result<impl std::fmt::Debug, QueryError>) -> String {
    asked.unwrap_err().to_string()
}

#[tokio::test]
async fn a_local_day_is_from_its_first_instant_to_that_of_the_next() {
    for (zone, day, first, next_day, next) in [
        (chrono_tz::UTC, "2026-10-01", "2026-10-01T00:00:00Z", "2026-10-02", "2026-10-02T00:00:00Z"),
        (chrono_tz::Asia::Kolkata, "2026-10-01", "2026-09-30T18:30:00Z", "2026-10-02", "2026-10-01T18:30:00Z"),
        (chrono_tz::Asia::Kathmandu, "2026-10-01", "2026-09-30T18:15:00Z", "2026-10-02", "2026-10-01T18:15:00Z"),
        // 23 hours, and 25.
        (NEW_YORK, "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09", "2026-03-09T04:00:00Z"),
        (NEW_YORK, "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02", "2026-11-02T05:00:00Z"),
        // Without a midnight, and with two.
        (chrono_tz::America::Sao_Paulo, "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05", "2018-11-05T02:00:00Z"),
        (chrono_tz::Africa::Cairo, "2024-04-26", "2024-04-25T22:00:00Z", "2024-04-27", "2024-04-26T21:00:00Z"),
        (chrono_tz::America::Havana, "2024-11-03", "2024-11-03T04:00:00Z", "2024-11-04", "2024-11-04T05:00:00Z"),
        // The 30th was skipped.
        (chrono_tz::Pacific::Apia, "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-31", "2011-12-30T10:00:00Z"),
    ] {
        let micros = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let last = (micros(next) - chrono::TimeDelta::microseconds(1)).to_rfc3339();
        let before = (micros(first) - chrono::TimeDelta::microseconds(1)).to_rfc3339();
        let orders = [sold(1, first, 1), sold(2, &last, 2), sold(3, next, 4), sold(4, &before, 8)];
        let answer = store(NOW, zone, &orders)
            .await
            .answer(json!({"metrics": ["shopify.revenue"], "granularity": "day", "fill": false,
                "time_range": {"from": day, "to": next_day}}))
            .await;
        assert_eq!(rows(&answer), [format!("{day} 3.00"), format!("{next_day} 4.00")], "{zone}");
        assert_eq!(answer["totals"]["shopify.revenue"], "7.00", "{zone}: buckets add up to the range");
    }
}

#[tokio::test]
async fn each_stores_own_zone_decides_its_days_unless_the_query_names_one() {
    // The evening of the 16th in New York, and late morning of the 17th in Tokyo.
    let mut world = store(NOW, NEW_YORK, &[sold(1, "2026-11-17T02:00:00Z", 1)]).await;
    world.add_store(TOKYO, Weekday::Mon, &[&[sold(1, "2026-11-17T02:00:00Z", 2)]]).await;
    let query = json!({"metrics": ["shopify.revenue"], "granularity": "day", "fill": false,
        "time_range": {"from": "2026-11-15", "to": "2026-11-18"}});
    assert_eq!(rows(&world.answer(query.clone()).await), ["2026-11-16 1.00", "2026-11-17 2.00"]);
    let named = world.answer(with(&query, &json!({"timezone": "Asia/Tokyo"}))).await;
    assert_eq!(rows(&named), ["2026-11-17 3.00"]);
}

#[tokio::test]
async fn an_unfinished_period_is_compared_with_as_much_of_the_other_one() {
    let orders = [
        sold(1, "2026-11-18T19:04:59.999999Z", 1),
        // 14:05 in New York.
        sold(2, "2026-11-18T19:05:00Z", 2),
        sold(3, "2026-11-19T12:00:00Z", 8),
    ];
    let world = store(NOW, NEW_YORK, &orders).await;
    let query = json!({"metrics": ["shopify.revenue"], "time_range": "today", "compare_to": "previous_period"});
    let compared = |answer: &Value| answer["comparison"]["totals"]["shopify.revenue"].clone();
    let to_date = world.answer(query.clone()).await;
    assert_eq!(compared(&to_date), json!({"value": "1.00", "delta": "7.00", "ratio": 7.0}));
    let full = world.answer(with(&query, &json!({"partial": "full"}))).await;
    assert_eq!(compared(&full), json!({"value": "3.00", "delta": "5.00", "ratio": 1.666_667}));
    let by_day = world.answer(with(&query, &json!({"time_range": "this_week", "granularity": "day"}))).await;
    assert_eq!(by_day["meta"]["incomplete"], json!(["2026-11-19"]));
}

#[tokio::test]
async fn days_stand_beside_those_that_the_calendar_says_and_groups_of_either_period_stay() {
    let of = |id, at, total, channel| Order { channel: Some(channel), ..sold(id, at, total) };
    let orders = [
        of(1, "2023-02-28T12:00:00Z", 1, "web"),
        of(2, "2023-03-01T12:00:00Z", 2, "web"),
        of(3, "2023-03-02T12:00:00Z", 4, "pos"),
        of(4, "2024-02-28T12:00:00Z", 8, "web"),
        of(5, "2024-02-29T12:00:00Z", 16, "web"),
        of(6, "2024-03-01T12:00:00Z", 32, "app"),
    ];
    let world = store(NOW, chrono_tz::UTC, &orders).await;
    let query = json!({"metrics": ["shopify.revenue"], "time_range": {"from": "2024-02-28", "to": "2024-03-01"},
        "compare_to": "previous_year"});
    let beside = |answer: &Value, field: &str| -> Vec<String> {
        let rows = answer["rows"].as_array().unwrap().iter();
        let cell =
            |row: &Value| format!("{} {}", row[field], row["comparison"]["shopify.revenue"]["value"]).replace('"', "");
        rows.map(cell).collect()
    };
    let by_day = json!({"granularity": "day"});
    let answer = world.answer(with(&query, &by_day)).await;
    assert_eq!(beside(&answer, "time"), ["2024-02-28 1.00", "2024-02-29 null", "2024-03-01 2.00"], "2023 had no 29th");
    // 364 days before: Wednesday the 1st of March, Thursday the 2nd and Friday the 3rd.
    let answer = world.answer(with(&with(&query, &by_day), &json!({"align": "day_of_week"}))).await;
    assert_eq!(beside(&answer, "time"), ["2024-02-28 2.00", "2024-02-29 4.00", "2024-03-01 0.00"]);
    let answer = world.answer(with(&query, &json!({"align": "day_of_week", "group_by": "channel"}))).await;
    assert_eq!(rows(&answer), ["app 32.00", "web 24.00", "pos 0.00"]);
    assert_eq!(beside(&answer, "channel"), ["app 0.00", "web 2.00", "pos 4.00"]);
}

#[tokio::test]
async fn refunds_and_edits_are_where_they_belong_at_once() {
    let base = sold(1, "2026-11-02T12:00:00Z", 100);
    let refunded = base.clone().refunded(&[(Some("2026-11-10T12:00:00Z"), 300_000)]);
    let orders = [
        refunded,
        Order { is_test: true, ..sold(2, "2026-11-02T12:00:00Z", 1_000) },
        Order { is_cancelled: true, ..sold(3, "2026-11-02T12:00:00Z", 1_000) },
        // Ninety days ago; late in the evening of the 20th in New York.
        sold(4, "2026-08-21T03:00:00Z", 7),
    ];
    let world = store(NOW, NEW_YORK, &orders).await;
    let november = json!({"metrics": ["shopify.net_revenue"], "granularity": "day", "fill": false,
        "time_range": {"from": "2026-11-01", "to": "2026-11-30"}});
    assert_eq!(rows(&world.answer(november.clone()).await), ["2026-11-02 70.00"]);
    let on_their_day = with(&november, &json!({"refunds": "refund_date"}));
    assert_eq!(rows(&world.answer(on_their_day).await), ["2026-11-02 100.00", "2026-11-10 -30.00"]);
    let all = json!({"metrics": ["shopify.net_revenue"], "time_range": "all_time"});
    for basis in ["order_date", "refund_date"] {
        let answer = world.answer(with(&all, &json!({"refunds": basis}))).await;
        assert_eq!(answer["totals"]["shopify.net_revenue"], "77.00", "{basis}");
    }
    let august = json!({"metrics": ["shopify.revenue"], "granularity": "day", "fill": false,
        "time_range": {"from": "2026-08-01", "to": "2026-08-31"}});
    let in_utc = with(&august, &json!({"timezone": "UTC"}));
    // Asked twice, so that it is kept, and rolled up.
    for _ in 0..2 {
        assert_eq!(rows(&world.answer(august.clone()).await), ["2026-08-20 7.00"]);
        assert_eq!(rows(&world.answer(in_utc.clone()).await), ["2026-08-21 7.00"]);
    }
    world.commit(0, &[Order { version: 2, ..sold(4, "2026-08-21T03:00:00Z", 9) }]).await;
    assert_eq!(rows(&world.answer(august).await), ["2026-08-20 9.00"]);
    assert_eq!(rows(&world.answer(in_utc).await), ["2026-08-21 9.00"]);
}

#[tokio::test]
async fn a_ratio_divides_sums_at_every_level_and_by_zero_there_is_none() {
    let of = |id, at, total, channel| Order { channel: Some(channel), ..sold(id, at, total) };
    let orders = [
        of(1, "2026-11-16T12:00:00Z", 10, "web"),
        of(2, "2026-11-16T13:00:00Z", 20, "web"),
        of(3, "2026-11-18T12:00:00Z", 90, "pos"),
    ];
    let world = store(NOW, NEW_YORK, &orders).await;
    let query = json!({"metrics": ["shopify.aov"], "time_range": {"from": "2026-11-16", "to": "2026-11-18"}});
    let by_day = world.answer(with(&query, &json!({"granularity": "day"}))).await;
    assert_eq!(rows(&by_day), ["2026-11-16 15.00", "2026-11-17 null", "2026-11-18 90.00"]);
    assert_eq!(by_day["totals"]["shopify.aov"], "40.00", "not the mean of the days");
    let by_channel = world.answer(with(&query, &json!({"group_by": "channel"}))).await;
    assert_eq!(rows(&by_channel), ["pos 90.00", "web 15.00"]);
    assert_eq!(by_channel["totals"]["shopify.aov"], "40.00");
}

#[tokio::test]
async fn distinct_counts_and_percentiles_are_computed_anew_for_all_that_is_coarser() {
    let orders = [
        by(1, "2026-11-16T12:00:00Z", "ann"),
        by(2, "2026-11-17T12:00:00Z", "ann"),
        by(3, "2026-11-17T13:00:00Z", "bob"),
        Order { customer: Some("bob"), ..sold(4, "2026-11-18T12:00:00Z", 100) },
    ];
    let world = store(NOW, NEW_YORK, &orders).await;
    let query = json!({
        "metrics": ["shopify.customers", {"metric": "shopify.revenue", "aggregation": "median", "as": "median"}],
        "time_range": {"from": "2026-11-16", "to": "2026-11-18"}
    });
    let by_day = world.answer(with(&query, &json!({"granularity": "day"}))).await;
    assert_eq!(rows(&by_day), ["2026-11-16 1 10.00", "2026-11-17 2 10.00", "2026-11-18 1 100.00"]);
    assert_eq!(by_day["totals"], json!({"shopify.customers": 2, "median": "10.00"}));
    let by_week = world.answer(with(&query, &json!({"granularity": "week"}))).await;
    assert_eq!(rows(&by_week), ["2026-11-16 2 10.00"]);
}

#[tokio::test]
async fn amounts_are_in_one_currency_or_there_is_no_sum() {
    let mut world = World::new(NOW, 1_000);
    let of = |id, at, total, currency| Order { currency, total, ..Order::plain(id, at) };
    let orders = [
        // 1,500 yen, which have no decimals, 1.234 dinars, which have three, and 2 dollars.
        of(1, "2026-11-16T12:00:00Z", 15_000_000, "JPY"),
        of(2, "2026-11-17T12:00:00Z", 12_340, "KWD"),
        of(3, "2026-11-17T12:00:00Z", 20_000, "USD"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let query = json!({"metrics": ["shopify.revenue"], "time_range": {"from": "2026-11-16", "to": "2026-11-17"}});
    let said = error(world.ask(query.clone()).await);
    assert!(said.contains("JPY") && said.contains("KWD") && said.contains("USD"), "{said}");
    let by_currency = world.answer(with(&query, &json!({"group_by": "currency"}))).await;
    assert_eq!(rows(&by_currency), ["JPY 1500.00", "USD 2.00", "KWD 1.234"]);
    assert_eq!(by_currency["totals"]["shopify.revenue"], Value::Null);
    let in_dollars = with(&query, &json!({"currency": "USD"}));
    assert!(matches!(world.ask(in_dollars.clone()).await, Err(QueryError::MissingRate { .. })));
    // The yen's rate is that of the order's day, not the newest.
    let rates =
        [("2026-11-16", "JPY", "USD", 64), ("2026-11-17", "JPY", "USD", 70), ("2026-11-17", "KWD", "USD", 32_500)];
    world.commit_rates(0, &rates).await;
    // 1500 * 0.0064 + 1.234 * 3.25 + 2.
    assert_eq!(world.answer(in_dollars).await["totals"]["shopify.revenue"], "15.6105");
}

#[tokio::test]
async fn a_day_that_nothing_is_known_of_is_no_day_without_sales() {
    let world = store(NOW, NEW_YORK, &[sold(1, "2026-11-15T12:00:00Z", 1), sold(2, "2026-11-17T12:00:00Z", 2)]).await;
    let answer = world
        .answer(json!({"metrics": ["shopify.revenue", "shopify.orders"], "granularity": "day",
            "time_range": {"from": "2026-11-14", "to": "2026-11-18"}}))
        .await;
    assert_eq!(
        rows(&answer),
        ["2026-11-14 null null", "2026-11-15 1.00 1", "2026-11-16 0.00 0", "2026-11-17 2.00 1", "2026-11-18 null null"]
    );
}

fn sessions(id: u32, at: &'static str, value: i64) -> Event {
    Event { id, source: "ga4", name: "sessions", at, value: value * 1_000_000, ..Event::default() }
}

/// A store in New York with these measurements.
async fn measured(hot_rows: u64, events: &[Event]) -> World {
    let mut world = World::new(NOW, hot_rows);
    world.add_store(NEW_YORK, Weekday::Mon, &[]).await;
    world.commit_events(0, events).await;
    world
}

#[tokio::test]
async fn a_restated_slice_is_what_counts() {
    let events = [
        sessions(1, "2026-11-16T12:00:00Z", 100),
        sessions(2, "2026-11-17T12:00:00Z", 200),
        sessions(3, "2026-11-17T13:00:00Z", 20),
        sessions(4, "2026-11-18T12:00:00Z", 300),
    ];
    let query = json!({"metrics": ["ga4.sessions"], "granularity": "day",
        "time_range": {"from": "2026-11-16", "to": "2026-11-18"}});
    for hot_rows in [0, 1_000] {
        let world = measured(hot_rows, &events).await;
        assert_eq!(rows(&world.answer(query.clone()).await), ["2026-11-16 100", "2026-11-17 220", "2026-11-18 300"]);
        // The second row of the 17th is no more, the first is another figure, and the 18th comes under another id.
        let said = [sessions(2, "2026-11-17T12:00:00Z", 190), sessions(5, "2026-11-18T12:00:00Z", 310)];
        world.restate(0, ("2026-11-17T05:00:00Z", "2026-11-19T05:00:00Z"), "sessions", &said).await;
        let answer = world.answer(query.clone()).await;
        assert_eq!(rows(&answer), ["2026-11-16 100", "2026-11-17 190", "2026-11-18 310"], "{hot_rows}");
        assert_eq!(answer["totals"]["ga4.sessions"], 600);
    }
}

#[tokio::test]
async fn what_is_told_by_the_day_is_not_shown_by_the_hour() {
    let world = measured(1_000, &[sessions(1, "2026-11-16T05:00:00Z", 100)]).await;
    let by_hour = |metrics: Value| json!({"metrics": metrics, "granularity": "hour", "time_range": {"from": "2026-11-16", "to": "2026-11-16"}});
    // What is computed of it neither, nor what stands beside it.
    for (metrics, key) in [
        (json!(["ga4.sessions"]), "ga4.sessions"),
        (json!(["shopify.orders", "ga4.bounce_rate"]), "ga4.bounce_rate"),
        (json!(["store.conversion_rate"]), "store.conversion_rate"),
    ] {
        let Err(QueryError::Invalid(errors)) = world.ask(by_hour(metrics)).await else { panic!("{key}") };
        assert_eq!((errors[0].pointer.as_str(), errors[0].code), ("/granularity", "not_computable"));
        assert_eq!(errors[0].detail, format!("\"{key}\" is told by the day: ask for \"day\" or longer buckets"));
    }
    let answer = world.answer(by_hour(json!(["shopify.orders"]))).await;
    assert_eq!(answer["rows"].as_array().unwrap().len(), 24);
}

#[tokio::test]
async fn what_a_source_says_itself_of_its_rows_is_told_with_figures_that_are_made_of_them() {
    let flagged = |id, at, flag| Event { flag: Some(flag), country: Some("US"), ..sessions(id, at, 10) };
    let by_device = |id, at, flag| Event {
        name: "sessions_by_device",
        device: Some("mobile"),
        ..Event { flag, ..sessions(id, at, 10) }
    };
    let events = [
        flagged(1, "2026-11-09T12:00:00Z", "is_sampled"),
        flagged(2, "2026-11-16T12:00:00Z", "is_sampled"),
        flagged(3, "2026-11-17T12:00:00Z", "is_sampled"),
        flagged(4, "2026-11-17T13:00:00Z", "is_thresholded"),
        sessions(5, "2026-11-18T12:00:00Z", 10),
        by_device(6, "2026-11-17T12:00:00Z", Some("is_other")),
        by_device(7, "2026-11-18T12:00:00Z", None),
        Event { device: Some("tablet"), ..by_device(8, "2026-11-18T12:00:00Z", None) },
    ];
    let sampled = |rows: &str| {
        format!(
            "sampled: the data of Store 1 from Google Analytics 4 have rows ({rows}) that are estimates from a sample"
        )
    };
    let thresholded = "thresholded: the data of Store 1 from Google Analytics 4 have rows (1 in the range) that lack what few people \
        did, so that figures may be too low";
    let other = "other_rows: the data of Store 1 from Google Analytics 4 have rows (1 in the range) that gather under (other) what is \
        not listed, so that single values may be too low";
    let query = json!({"metrics": ["ga4.sessions"], "time_range": {"from": "2026-11-16", "to": "2026-11-18"}});
    let compared = json!({"compare_to": {"from": "2026-11-09", "to": "2026-11-11"}});
    let on_the_18th = json!({"time_range": {"from": "2026-11-18", "to": "2026-11-18"}});
    let rolling = json!({"granularity": "day", "metrics": [{"metric": "ga4.sessions", "rolling": {"buckets": 2}}]});
    let in_canada = json!([{"metric": "ga4.sessions", "filters": {"country": "CA"}}]);
    let cases = [
        (query.clone(), vec![sampled("2 in the range"), thresholded.to_owned()]),
        (with(&query, &json!({"granularity": "day"})), vec![sampled("2 in the range"), thresholded.to_owned()]),
        (with(&query, &compared), vec![sampled("2 in the range, 1 in the compared one"), thresholded.to_owned()]),
        (with(&with(&query, &on_the_18th), &compared), vec![sampled("1 in the compared range")]),
        (with(&query, &on_the_18th), vec![]),
        (with(&with(&query, &on_the_18th), &rolling), vec![sampled("1 in the range"), thresholded.to_owned()]),
        (with(&query, &json!({"group_by": "device"})), vec![other.to_owned()]),
        (with(&query, &json!({"group_by": "device", "top": {"groups": 1}})), vec![other.to_owned()]),
        (with(&query, &json!({"group_by": "device", "filters": {"device": "desktop"}})), vec![]),
        (with(&query, &json!({"metrics": in_canada})), vec![]),
    ];
    for hot_rows in [0, 1_000] {
        let world = measured(hot_rows, &events).await;
        for (query, expected) in &cases {
            // Once read from rows, then from what is rolled up.
            for limit in [7, 8] {
                let answer = world.answer(with(query, &json!({"limit": limit}))).await;
                let warnings = answer["meta"]["warnings"].as_array().unwrap().iter();
                let told = warnings.map(|warning| {
                    format!("{}: {}", warning["code"].as_str().unwrap(), warning["detail"].as_str().unwrap())
                });
                let told: Vec<_> = told.filter(|told| told.contains("have rows")).collect();
                assert_eq!(told, *expected, "{query}");
            }
        }
    }
}

#[tokio::test]
async fn duplicates_and_disorder_lead_to_the_same_state() {
    let first = sold(1, "2026-11-16T12:00:00Z", 10);
    let second = Order { version: 2, ..sold(1, "2026-11-16T12:00:00Z", 20) };
    let third = Order { version: 3, is_cancelled: true, ..sold(1, "2026-11-16T12:00:00Z", 20) };
    let other = sold(2, "2026-11-17T12:00:00Z", 5);
    let orders = [first, second, third, other];
    let deliveries: [&[&[usize]]; 4] = [
        &[&[0], &[1], &[2], &[3]],
        &[&[2], &[3], &[0], &[1]],
        &[&[3, 3], &[1], &[2], &[2], &[0]],
        &[&[2, 0, 1, 3], &[3]],
    ];
    for delivery in deliveries {
        let of = |numbers: &&[usize]| -> Vec<Order> { numbers.iter().map(|number| orders[*number].clone()).collect() };
        let commits: Vec<_> = delivery.iter().map(of).collect();
        let commits: Vec<&[Order]> = commits.iter().map(Vec::as_slice).collect();
        for hot_rows in [0, 1_000] {
            let mut world = World::new(NOW, hot_rows);
            world.add_store(NEW_YORK, Weekday::Mon, &commits).await;
            let query = json!({"metrics": ["shopify.revenue", "shopify.orders", "shopify.cancelled_orders"], "time_range": "this_week"});
            assert_eq!(rows(&world.answer(query).await), ["5.00 1 1"], "{delivery:?}, {hot_rows} rows are hot");
        }
    }
}

#[tokio::test]
async fn every_answer_says_how_recent_it_is_and_days_that_are_not_there_yet_are_no_bad_days() {
    let world = store(NOW, NEW_YORK, &[sold(1, "2026-11-10T12:00:00Z", 4), sold(2, "2026-11-17T12:00:00Z", 2)]).await;
    let answer = world
        .answer(json!({"metrics": ["shopify.revenue"], "granularity": "day", "compare_to": "previous_week",
            "time_range": {"from": "2026-11-17", "to": "2026-11-18"}}))
        .await;
    assert_eq!(answer["meta"]["as_of"], json!({"shopify": "2026-11-17T12:00:00Z"}));
    let codes: Vec<_> = answer["meta"]["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    assert_eq!(codes, ["data_ends"]);
    assert_eq!(rows(&answer), ["2026-11-17 2.00", "2026-11-18 null"]);
    let change = &answer["rows"][1]["comparison"]["shopify.revenue"];
    assert_eq!(*change, json!({"value": "0.00", "delta": null, "ratio": null}), "it is not known whether that is less");
}
