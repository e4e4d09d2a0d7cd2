//! Rollups: where figures come from, and that they are the same from there.

use std::collections::BTreeSet;

use aloftly_engine::CommitId;
use aloftly_engine::lake::{Erasure, Manifest};
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
    let fields = json!({"group_by": ["channel", "country", "currency", "discount_code"]});
    assert_eq!(origin(&world.answer(revenue(&fields)).await), (vec![0, 0, 3, 0], json!(["many_groups"])));
}

/// Asks twice, of other rows of the same answer: what was read from rows or rolled up at first, and then put together.
async fn twice(world: &World, fields: &Value) -> (Vec<String>, Value, (Vec<u64>, Value)) {
    let mut answers = Vec::new();
    for limit in [998, 999] {
        let mut query = revenue(fields);
        query["limit"] = json!(limit);
        answers.push(world.answer(query).await);
    }
    assert_eq!(answers[0]["rows"], answers[1]["rows"], "{fields}");
    assert_eq!(answers[0]["totals"], answers[1]["totals"], "{fields}");
    (super::by_hand::rows(&answers[1]), answers[1]["totals"].clone(), origin(&answers[1]))
}

#[tokio::test]
async fn what_does_not_add_up_is_put_together_from_what_rows_hold() {
    let mut world = World::new(NOW, 2);
    let by = |id, at, total, customer| Order { customer: Some(customer), ..sold(id, at, total, "web") };
    let orders = [
        by(1, "2026-09-15T12:00:00Z", 1, "ann"),
        by(2, "2026-09-16T12:00:00Z", 2, "ann"),
        by(3, "2026-09-16T13:00:00Z", 30, "bob"),
        by(4, "2026-10-15T12:00:00Z", 4, "ann"),
        by(5, "2026-10-16T12:00:00Z", 5, "cid"),
        by(6, "2026-10-17T12:00:00Z", 60, "bob"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let fields = json!({"granularity": "month", "metrics": [
        "shopify.customers", {"metric": "shopify.revenue", "aggregation": "median", "as": "median"}, "shopify.revenue"
    ]});
    let october = |rest: &str| vec!["2026-09-01 2 2.00 33.00".to_owned(), format!("2026-10-01 {rest}")];
    let (rows, totals, (numbers, why_not)) = twice(&world, &fields).await;
    assert_eq!(rows[..2], october("3 5.00 69.00"));
    assert_eq!(totals, json!({"shopify.customers": 3, "median": "4.50", "shopify.revenue": "102.00"}));
    assert_eq!((numbers, why_not), (vec![2, 0, 0, 0], json!([])));
    // One more order of a customer who is known, which is hot, and one of another.
    world.commit(0, &[by(7, "2026-10-18T12:00:00Z", 7, "ann"), by(8, "2026-10-18T13:00:00Z", 8, "dot")]).await;
    let (rows, totals, (numbers, _)) = twice(&world, &fields).await;
    assert_eq!(rows[..2], october("4 7.00 84.00"));
    assert_eq!(totals, json!({"shopify.customers": 4, "median": "6.00", "shopify.revenue": "117.00"}));
    assert_eq!(numbers, [2, 0, 0, 1]);
    // Of a day that is cut short, rows tell.
    let cut = json!({"metrics": ["shopify.customers"], "time_range": {"from": "2026-10-15", "to": "2026-10-18"},
        "timezone": "Asia/Kathmandu", "group_by": "channel"});
    let (rows, _, _) = twice(&world, &cut).await;
    assert_eq!(rows, ["web 4"]);
}

#[tokio::test]
async fn what_happened_at_another_time_is_rolled_up_by_that() {
    let mut world = World::new(NOW, 1);
    let refunded = |id, at, refunds: &[(Option<&str>, i64)]| sold(id, at, 100, "web").refunded(refunds);
    let orders = [
        refunded(
            1,
            "2026-09-15T12:00:00Z",
            &[(Some("2026-09-20T12:00:00Z"), 10_000), (Some("2026-11-02T12:00:00Z"), 20_000)],
        ),
        refunded(
            2,
            "2026-09-16T12:00:00Z",
            &[(Some("2026-10-20T03:59:59.999999Z"), 40_000), (None, 80_000), (Some("2026-09-16T20:00:00Z"), 5_000)],
        ),
        refunded(
            3,
            "2026-10-16T12:00:00Z",
            &[(Some("2026-10-20T04:00:00Z"), 160_000), (Some("2026-11-19T12:00:00Z"), 320_000)],
        ),
        sold(4, "2026-10-17T12:00:00Z", 1, "web"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let of_refunds = |answer: &Value| {
        let parts = answer["meta"]["parts"].as_array().unwrap().iter();
        let part = parts.clone().find(|part| part["dataset"] == "refunds").unwrap();
        (part["rollup"].clone(), part["rolled_up"].clone(), part["why_not"].clone())
    };
    let by_day = json!({"metrics": ["shopify.refunds"], "refunds": "refund_date", "granularity": "day", "fill": false});
    let answer = world.answer(revenue(&by_day)).await;
    let days = [
        "2026-09-16 8.50",
        "2026-09-20 1.00",
        "2026-10-19 4.00",
        "2026-10-20 16.00",
        "2026-11-02 2.00",
        "2026-11-19 32.00",
    ];
    assert_eq!(super::by_hand::rows(&answer), days);
    assert_eq!(of_refunds(&answer), (json!(2), json!(2), json!([])));
    let mut by_month = by_day.clone();
    by_month["granularity"] = json!("month");
    let answer = world.answer(revenue(&by_month)).await;
    assert_eq!(super::by_hand::rows(&answer), ["2026-09-01 9.50", "2026-10-01 20.00", "2026-11-01 34.00"]);
    assert_eq!(of_refunds(&answer), (json!(2), json!(0), json!([])));
    // What was paid back up to 14:05 of a day is compared with today so far.
    let today = json!({"metrics": ["shopify.refunds"], "refunds": "refund_date", "time_range": "today",
        "compare_to": {"from": "2026-09-16", "to": "2026-09-16"}});
    let answer = world.answer(revenue(&today)).await;
    assert_eq!(answer["totals"]["shopify.refunds"], "32.00");
    assert_eq!(answer["comparison"]["totals"]["shopify.refunds"]["value"], "8.00", "the rest was paid back at 16:00");
    // A refund of an old order that is told later.
    world
        .commit(
            0,
            &[Order { version: 2, ..refunded(4, "2026-10-17T12:00:00Z", &[(Some("2026-11-18T12:00:00Z"), 5_000)]) }],
        )
        .await;
    let answer = world.answer(revenue(&by_month)).await;
    assert_eq!(super::by_hand::rows(&answer), ["2026-09-01 9.50", "2026-10-01 20.00", "2026-11-01 34.50"]);
}

#[tokio::test]
async fn who_is_new_is_rolled_up_until_orders_say_otherwise() {
    let mut world = World::new(NOW, 2);
    let by = |id, at, customer| Order { customer: Some(customer), ..sold(id, at, 1, "web") };
    let orders = [
        by(1, "2026-09-15T12:00:00Z", "ann"),
        by(2, "2026-09-16T12:00:00Z", "bob"),
        by(3, "2026-09-17T12:00:00Z", "ann"),
        by(4, "2026-10-15T12:00:00Z", "ann"),
        by(5, "2026-10-16T12:00:00Z", "cid"),
        by(6, "2026-10-17T12:00:00Z", "dot"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let fields = json!({"granularity": "month", "fill": false, "metrics": ["shopify.orders", "shopify.new_customers",
        "shopify.returning_customers"]});
    let months = |rows: &[&str]| rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>();
    let (rows, totals, origin) = twice(&world, &fields).await;
    assert_eq!(rows, months(&["2026-09-01 3 2 1", "2026-10-01 3 2 1"]));
    assert_eq!(totals["shopify.new_customers"], 4);
    assert_eq!(origin, (vec![2, 0, 0, 0], json!([])));
    // A newer order of somebody new, and one of somebody known, change no month before.
    world.commit(0, &[by(7, "2026-11-02T12:00:00Z", "eve"), by(8, "2026-11-03T12:00:00Z", "ann")]).await;
    let (rows, _, origin) = twice(&world, &fields).await;
    assert_eq!(rows, months(&["2026-09-01 3 2 1", "2026-10-01 3 2 1", "2026-11-01 2 1 1"]));
    assert_eq!(origin, (vec![2, 0, 0, 1], json!([])));
    // An order that comes late makes its customer a returning one in October, and says nothing of September.
    world.commit(0, &[by(9, "2026-09-20T12:00:00Z", "cid")]).await;
    let (rows, _, origin) = twice(&world, &fields).await;
    assert_eq!(rows, months(&["2026-09-01 4 3 1", "2026-10-01 3 1 2", "2026-11-01 2 1 1"]));
    assert_eq!(origin.0[0], 1, "{origin:?}");
    assert_eq!(origin.1, json!(["customer_type"]));
    world.stores[0].lake.fold_due().await.unwrap();
    assert_eq!(twice(&world, &fields).await.0, rows);
}

#[tokio::test]
async fn many_groups_are_rolled_up_too() {
    let mut world = World::new(NOW, 0);
    let code = |id, at, code| Order { discount_code: code, ..sold(id, at, i64::from(id), "web") };
    let orders = [
        code(1, "2026-09-15T12:00:00Z", Some("SPRING")),
        code(2, "2026-10-15T12:00:00Z", Some("SPRING")),
        code(4, "2026-10-15T13:00:00Z", None),
        code(8, "2026-10-31T12:00:00Z", Some("AUTUMN")),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let (rows, _, origin) = twice(&world, &json!({"group_by": "discount_code"})).await;
    assert_eq!(
        (rows, origin),
        (
            vec!["AUTUMN 8.00".to_owned(), "null 4.00".to_owned(), "SPRING 3.00".to_owned()],
            (vec![2, 0, 0, 0], json!([]))
        )
    );
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

/// Everything that is kept in some way of its own, by month.
fn all_kinds() -> Value {
    json!({"granularity": "month", "fill": false, "metrics": ["shopify.revenue", "shopify.customers", "shopify.new_customers",
        {"metric": "shopify.revenue", "aggregation": "median", "as": "median"}]})
}

/// Orders of two months by three customers, all in cold segments.
async fn of_three_customers(rollup_memory: u64) -> World {
    let mut world = World::with_options(NOW, 0, MetricsOptions { rollup_memory, ..MetricsOptions::default() });
    let by = |id, at, total, customer| Order { customer: Some(customer), ..sold(id, at, total, "web") };
    let orders = [
        by(1, "2026-09-15T12:00:00Z", 1, "ann"),
        by(2, "2026-09-16T12:00:00Z", 2, "bob"),
        by(3, "2026-10-15T12:00:00Z", 4, "ann"),
        by(4, "2026-10-16T12:00:00Z", 9, "bob"),
        by(5, "2026-10-17T12:00:00Z", 20, "cid"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    world
}

#[tokio::test]
async fn who_was_erased_is_in_nothing_that_was_kept() {
    let world = of_three_customers(128 << 20).await;
    let (rows, _, origin) = twice(&world, &all_kinds()).await;
    assert_eq!(rows, ["2026-09-01 3.00 2 2 1.50", "2026-10-01 33.00 3 1 9.00"]);
    assert_eq!(origin, (vec![2, 0, 0, 0], json!([])));
    let erasure = Erasure::customers(&BTreeSet::from(["ann".to_owned()]));
    world.stores[0].lake.erase(CommitId(uuid::Uuid::from_u128(7)), &erasure).await.unwrap();
    let (rows, totals, origin) = twice(&world, &all_kinds()).await;
    assert_eq!(rows, ["2026-09-01 2.00 1 1 2.00", "2026-10-01 29.00 2 1 14.50"]);
    assert_eq!(totals["shopify.customers"], 2);
    assert_eq!(origin.0[0], 2, "{origin:?}");
}

#[tokio::test]
async fn of_segments_in_quarantine_nothing_that_was_kept_is_told() {
    let world = of_three_customers(128 << 20).await;
    let (rows, _, _) = twice(&world, &all_kinds()).await;
    let store = &world.stores[0];
    let snapshot = store.lake.snapshot(None).await.unwrap();
    let october =
        snapshot.dataset("orders").iter().find(|segment| segment.partition.to_string() == "2026-10-01").unwrap();
    store.manifest.quarantine(store.scope.id, october.id, "damaged: by mice").await.unwrap();
    // Answers that were kept are still right, and given; those that are computed are refused.
    for limit in [996, 997] {
        let mut query = revenue(&all_kinds());
        query["limit"] = json!(limit);
        let error = world.ask(query).await.unwrap_err().to_string();
        assert!(error.contains("by mice"), "{error}");
    }
    let mut september = all_kinds();
    september["time_range"] = json!({"from": "2026-09-01", "to": "2026-09-29"});
    september["metrics"] = json!(["shopify.revenue"]);
    assert_eq!(twice(&world, &september).await.0, ["2026-09-01 3.00"], "other months are told");
    store.manifest.release(store.scope.id, october.id).await.unwrap();
    let (again, _, origin) = twice(&world, &all_kinds()).await;
    assert_eq!((again, origin), (rows, (vec![2, 0, 0, 0], json!([]))));
}

#[tokio::test]
async fn what_gives_way_is_made_again() {
    // Room for those of one query, and for those of none.
    let (roomy, tight) = (of_three_customers(128 << 20).await, of_three_customers(3_000).await);
    let narrow = of_three_customers(100).await;
    for _ in 0..3 {
        for group_by in [json!([]), json!(["channel"]), json!(["country", "customer_type"])] {
            let mut fields = all_kinds();
            fields["group_by"] = group_by;
            let (rows, totals, _) = twice(&roomy, &fields).await;
            let (again, totals_again, _) = twice(&tight, &fields).await;
            assert_eq!((&again, &totals_again), (&rows, &totals), "{fields}");
            let (again, totals_again, origin) = twice(&narrow, &fields).await;
            assert_eq!((again, totals_again), (rows, totals), "{fields}");
            assert_eq!(origin, (vec![0, 0, 2, 0], json!(["too_large"])));
        }
    }
}

#[tokio::test]
async fn amounts_of_stores_in_several_currencies_are_told_apart_where_only_rows_beside_rollups_have_them() {
    for today in ["2026-11-19T12:00:00Z", "2026-11-19T23:00:00Z"] {
        let mut world = World::new(NOW, 2);
        for currency in ["USD", "EUR"] {
            let of = |id, at| Order { currency, ..sold(id, at, 10, "web") };
            let before = [of(1, "2026-11-10T12:00:00Z"), of(2, "2026-11-11T12:00:00Z"), of(3, "2026-11-12T12:00:00Z")];
            world.add_store(NEW_YORK, Weekday::Mon, &[&before, &[of(4, today)]]).await;
        }
        world.stores[1].scope.currency = "EUR".to_owned();
        for aggregation in ["median", "sum", "max"] {
            let asked = json!({"metrics": [{"metric": "shopify.revenue", "aggregation": aggregation, "as": "figure"}],
                "time_range": {"from": "2026-11-19", "to": "2026-11-19"}});
            let error = world.ask(revenue(&asked)).await.unwrap_err();
            assert!(matches!(&error, QueryError::MixedCurrencies { currencies } if currencies.len() == 2), "{error}");
        }
    }
}
