//! Rollups: where figures come from, and that they are the same from there.

use aloftly_engine::metrics::{MetricsOptions, QueryError};
use chrono::Weekday;
use serde_json::{Value, json};

use super::support::{Item, Order, World};

const NEW_YORK: chrono_tz::Tz = chrono_tz::America::New_York;
/// A Thursday, 14:05 in New York.
const NOW: &str = "2026-11-19T19:05:30Z";

fn sold(id: u32, at: &str, total: i64, channel: &'static str) -> Order {
    let item = Item { product: "Tea", variant: None, vendor: None, quantity: 1, amount: total };
    Order {
        total: total * 10_000,
        channel: Some(channel),
        customer: Some("ann"),
        items: vec![item],
        ..Order::plain(id, at)
    }
}

/// Orders of three months, all in cold segments, some on the edges of local days and of months.
async fn world() -> World {
    let mut world = World::new(NOW, 0);
    let orders = [
        sold(1, "2026-09-15T12:00:00Z", 1, "web"),
        sold(2, "2026-09-30T23:59:59.999999Z", 2, "pos"),
        // Still the last of September in New York.
        sold(3, "2026-10-01T03:59:59.999999Z", 4, "web"),
        sold(4, "2026-10-01T04:00:00Z", 8, "web"),
        sold(5, "2026-10-31T12:00:00Z", 16, "pos"),
        sold(6, "2026-11-18T12:00:00Z", 32, "web"),
        sold(7, "2026-11-19T12:00:00Z", 64, "web"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    world
}

fn revenue(fields: &Value) -> Value {
    let mut query = json!({"metrics": ["shopify.revenue"], "time_range": {"from": "2026-09-01", "to": "2026-11-30"}});
    query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    query
}

/// Where the orders were read: partitions from rollups, of these made now, with cold rows, with hot rows; and why not.
fn origin(answer: &Value) -> (Vec<u64>, Value) {
    let parts = answer["meta"]["parts"].as_array().unwrap();
    let part = parts.iter().find(|part| part["dataset"] == "orders").unwrap();
    let numbers = ["rollup", "rolled_up", "cold", "hot"].map(|name| part[name].as_u64().unwrap());
    (numbers.to_vec(), part["why_not"].clone())
}

#[tokio::test]
async fn what_was_rolled_up_for_one_range_answers_others() {
    let world = world().await;
    let answer = world.answer(revenue(&json!({"granularity": "month"}))).await;
    assert_eq!(super::by_hand::rows(&answer), ["2026-09-01 7.00", "2026-10-01 24.00", "2026-11-01 96.00"]);
    assert_eq!(origin(&answer), (vec![3, 3, 0, 0], json!([])));
    for (fields, rows) in [
        (
            json!({"granularity": "week", "time_range": {"from": "2026-09-28", "to": "2026-10-04"}}),
            vec!["2026-09-28 14.00"],
        ),
        (
            json!({"granularity": "day", "time_range": {"from": "2026-09-30", "to": "2026-10-02"}}),
            vec!["2026-09-30 6.00", "2026-10-01 8.00", "2026-10-02 0.00"],
        ),
        (json!({"time_range": "all_time"}), vec!["127.00"]),
    ] {
        let answer = world.answer(revenue(&fields)).await;
        assert_eq!(super::by_hand::rows(&answer), rows, "{fields}");
        let (numbers, why_not) = origin(&answer);
        assert_eq!((&numbers[1..], why_not), (&[0, 0, 0][..], json!([])), "{fields}");
    }
    // Another zone has other days.
    let answer = world.answer(revenue(&json!({"granularity": "month", "timezone": "UTC"}))).await;
    assert_eq!(super::by_hand::rows(&answer), ["2026-09-01 3.00", "2026-10-01 28.00", "2026-11-01 96.00"]);
    assert_eq!(origin(&answer).0[1], 3);
    // Hours are rolled up by themselves.
    let by_hour = json!({"granularity": "hour", "time_range": {"from": "2026-11-18", "to": "2026-11-18"}});
    let answer = world.answer(revenue(&by_hour)).await;
    assert_eq!(
        (answer["rows"].as_array().unwrap().len(), &answer["rows"][7]["shopify.revenue"]),
        (24, &json!("32.00"))
    );
    assert_eq!(origin(&answer).0, [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_day_that_is_cut_short_is_read_from_its_rows() {
    let world = world().await;
    // The day before, up to 14:05, is compared with today so far.
    let query = revenue(&json!({"time_range": "today", "compare_to": "previous_period"}));
    let answer = world.answer(query).await;
    assert_eq!(answer["totals"]["shopify.revenue"], "64.00");
    assert_eq!(answer["comparison"]["totals"]["shopify.revenue"]["value"], "32.00");
    let (numbers, why_not) = origin(&answer);
    assert_eq!((numbers[0], numbers[2], why_not), (2, 1, json!(["cut_short"])));
}

#[tokio::test]
async fn rows_are_read_where_rollups_would_be_wrong_or_too_large() {
    let world = world().await;
    for (fields, why) in [
        (json!({"metrics": ["shopify.customers"]}), "not_additive"),
        (json!({"aggregation": "median"}), "not_additive"),
        (json!({"filters": {"customer_type": "new"}}), "customer_type"),
        (json!({"group_by": ["channel", "country", "currency"]}), "many_groups"),
        (json!({"group_by": "discount_code"}), "many_groups"),
    ] {
        let answer = world.answer(revenue(&fields)).await;
        assert_eq!(origin(&answer), (vec![0, 0, 3, 0], json!([why])), "{fields}");
    }
}

#[tokio::test]
async fn a_commit_makes_only_its_partition_be_read_from_rows_until_it_is_folded() {
    let mut world = World::new(NOW, 100);
    let orders = [sold(1, "2026-09-15T12:00:00Z", 1, "web"), sold(2, "2026-10-15T12:00:00Z", 2, "pos")];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let ask = async || {
        let answer = world.answer(revenue(&json!({"group_by": "channel"}))).await;
        (super::by_hand::rows(&answer), origin(&answer))
    };
    let rows = |rows: &[&str]| rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>();
    assert_eq!(ask().await, (rows(&["pos 2.00", "web 1.00"]), (vec![0, 0, 0, 2], json!([]))), "all is hot");
    // Another commit makes two hot segments, which are due to be folded.
    world.commit(0, &[sold(3, "2026-09-16T12:00:00Z", 4, "web"), sold(4, "2026-10-16T12:00:00Z", 8, "web")]).await;
    world.stores[0].lake.fold_due().await.unwrap();
    assert_eq!(ask().await, (rows(&["web 13.00", "pos 2.00"]), (vec![2, 2, 0, 0], json!([]))));
    // New orders stand beside the rollup.
    world.commit(0, &[sold(5, "2026-10-17T12:00:00Z", 16, "pos")]).await;
    assert_eq!(ask().await, (rows(&["pos 18.00", "web 13.00"]), (vec![2, 0, 0, 1], json!([]))));
    // An order that is edited hides what the rollup has of it.
    let edited = Order { version: 2, ..sold(1, "2026-09-15T12:00:00Z", 100, "web") };
    world.commit(0, &[edited]).await;
    assert_eq!(ask().await, (rows(&["web 112.00", "pos 18.00"]), (vec![1, 0, 1, 2], json!(["restated"]))));
    world.commit(0, &[sold(6, "2026-09-17T12:00:00Z", 1, "web")]).await;
    world.stores[0].lake.fold_due().await.unwrap();
    let (rows_now, (numbers, why_not)) = ask().await;
    assert_eq!(rows_now, rows(&["web 113.00", "pos 18.00"]));
    assert_eq!((&numbers[..2], why_not), (&[2, 1][..], json!([])), "only what was folded is rolled up anew");
}

#[tokio::test]
async fn where_figures_came_from_does_not_name_the_answer() {
    let world = world().await;
    let query = revenue(&json!({"granularity": "month"}));
    let first = world.ask(query.clone()).await.unwrap();
    let mut other = query;
    other["limit"] = json!(999);
    world.ask(other).await.unwrap();
    let again = world.ask(revenue(&json!({"granularity": "month"}))).await.unwrap();
    assert_eq!(first.etag(), again.etag());
}

#[tokio::test]
async fn what_is_filtered_is_rolled_up_when_it_is_asked_again() {
    let world = world().await;
    // The last day of October ends in November, as UTC has it.
    for (time_range, expected, why_not) in [
        (json!({"from": "2026-09-01", "to": "2026-10-31"}), vec![0, 0, 3, 0], json!(["first_time"])),
        (json!({"from": "2026-10-01", "to": "2026-10-31"}), vec![2, 2, 0, 0], json!([])),
        (json!({"from": "2026-09-02", "to": "2026-10-31"}), vec![3, 1, 0, 0], json!([])),
    ] {
        let answer = world.answer(revenue(&json!({"filters": {"channel": "pos"}, "time_range": time_range}))).await;
        assert_eq!(origin(&answer), (expected, why_not), "{time_range}");
    }
}

#[tokio::test]
async fn amounts_of_several_currencies_are_told_apart_in_rollups_too() {
    let mut world = World::new(NOW, 0);
    let in_euro = |id, at, total| Order { currency: "EUR", ..sold(id, at, total, "web") };
    let orders = [sold(1, "2026-10-01T12:00:00Z", 1, "web"), in_euro(2, "2026-10-05T12:00:00Z", 2)];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let of = |to: &str| revenue(&json!({"time_range": {"from": "2026-10-01", "to": to}}));
    for _ in 0..2 {
        assert_eq!(world.answer(of("2026-10-04")).await["totals"]["shopify.revenue"], "1.00", "days of one currency");
        let error = world.ask(of("2026-10-05")).await.unwrap_err();
        assert!(matches!(error, QueryError::MixedCurrencies { .. }), "{error}");
        let by_currency = revenue(&json!({"group_by": "currency"}));
        assert_eq!(super::by_hand::rows(&world.answer(by_currency).await), ["EUR 2.00", "USD 1.00"]);
    }
}

#[tokio::test]
async fn without_memory_for_them_nothing_is_rolled_up() {
    let options = MetricsOptions { rollup_memory: 0, ..MetricsOptions::default() };
    let mut world = World::with_options(NOW, 0, options);
    world.add_store(NEW_YORK, Weekday::Mon, &[&[sold(1, "2026-10-01T12:00:00Z", 1, "web")]]).await;
    let answer = world.answer(revenue(&json!({}))).await;
    assert_eq!(
        (origin(&answer), &answer["totals"]["shopify.revenue"]),
        ((vec![0, 0, 1, 0], json!(["off"])), &json!("1.00"))
    );
}
