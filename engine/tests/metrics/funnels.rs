//! Funnels, with written-down expectations.

use chrono::Weekday;
use serde_json::{Value, json};

use super::support::{Event, Order, World};

const NEW_YORK: chrono_tz::Tz = chrono_tz::America::New_York;
/// A Thursday, 14:05 in New York.
const NOW: &str = "2026-11-19T19:05:30Z";

fn bought(id: u32, at: &str, customer: &'static str, channel: &'static str) -> Order {
    Order { customer: Some(customer), channel: Some(channel), ..Order::plain(id, at) }
}

/// Ann orders three times, Bob twice at once, Cid in the shop and then on the web, Dee once, and somebody unknown twice.
async fn world() -> World {
    let mut world = World::new(NOW, 1_000);
    let orders = [
        bought(1, "2026-10-01T12:00:00Z", "ann", "web"),
        bought(2, "2026-10-11T12:00:00Z", "ann", "pos"),
        bought(3, "2026-10-31T12:00:00Z", "ann", "web"),
        bought(4, "2026-10-02T12:00:00Z", "bob", "web"),
        bought(5, "2026-10-02T12:00:00Z", "bob", "web"),
        bought(6, "2026-10-03T12:00:00Z", "cid", "pos"),
        bought(7, "2026-11-03T12:00:00Z", "cid", "web"),
        bought(8, "2026-10-04T12:00:00Z", "dee", "web"),
        Order::plain(9, "2026-10-05T12:00:00Z"),
        Order::plain(10, "2026-10-06T12:00:00Z"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    world
}

fn ordered_again(fields: &Value) -> Value {
    let mut query = json!({
        "funnel": {
            "steps": [
                {"metric": "shopify.orders", "label": "First"},
                {"metric": "shopify.orders", "label": "Second"},
                {"metric": "shopify.orders", "label": "Third"},
            ],
            "by": "customer",
        },
        "time_range": {"from": "2026-10-01", "to": "2026-10-10"},
    });
    query.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    query
}

/// The counts of each line of steps.
fn counts(answer: &Value) -> Vec<Vec<Option<i64>>> {
    let mut lines: Vec<Vec<_>> = Vec::new();
    for row in answer["rows"].as_array().unwrap() {
        if row["step"] == 1 {
            lines.push(Vec::new());
        }
        lines.last_mut().unwrap().push(row["count"].as_i64());
    }
    lines
}

#[tokio::test]
async fn customers_are_followed_from_step_to_step() {
    let world = world().await;
    let answer = world.answer(ordered_again(&json!({}))).await;
    // Ann after 10 and after 30 days; Bob's two orders are at the same instant; Cid comes back after 31 days.
    let expected = json!([
        {"step": 1, "label": "First", "count": 4, "of_first": 1, "of_previous": null},
        {"step": 2, "label": "Second", "count": 1, "of_first": 0.25, "of_previous": 0.25},
        {"step": 3, "label": "Third", "count": 1, "of_first": 0.25, "of_previous": 1},
    ]);
    assert_eq!(answer["rows"], expected);
    assert_eq!(answer["totals"], json!({"step_1": 4, "step_2": 1, "step_3": 1, "conversion": 0.25}));
    let keys: Vec<_> = answer["columns"].as_array().unwrap().iter().map(|column| column["key"].clone()).collect();
    assert_eq!(json!(keys), json!(["step", "label", "count", "of_first", "of_previous"]));
    assert_eq!(answer["total_rows"], 3);
    assert_eq!(answer["meta"]["query"]["funnel"]["window"], json!({"days": 30}), "unless it says otherwise");
    assert_eq!(answer["meta"]["query"].get("metrics"), None, "a query is written as it could be asked");
    assert_eq!(answer["meta"]["warnings"], json!([]), "the window of all has passed");
}

#[tokio::test]
async fn the_window_begins_with_the_first_step_and_ends_with_it() {
    let world = world().await;
    let within = async |window: Value| {
        let mut query = ordered_again(&json!({}));
        query["funnel"]["window"] = window;
        counts(&world.answer(query).await)
    };
    let of = |second, third| vec![vec![Some(4), Some(second), Some(third)]];
    assert_eq!(within(json!({"days": 31})).await, of(2, 1), "Cid is back exactly 31 days later");
    assert_eq!(within(json!({"hours": 31 * 24 - 1})).await, of(1, 1));
    assert_eq!(within(json!({"days": 29})).await, of(1, 0), "Ann's third order comes after 30 days");
    assert_eq!(within(json!({"minutes": 10 * 24 * 60})).await, of(1, 0));
    assert_eq!(within(json!({"minutes": 10 * 24 * 60 - 1})).await, of(0, 0));
}

#[tokio::test]
async fn steps_may_be_filtered_and_groups_are_those_of_the_first_step() {
    let world = world().await;
    let mut query =
        ordered_again(&json!({"group_by": "channel", "time_range": {"from": "2026-10-01", "to": "2026-10-31"}}));
    query["funnel"]["window"] = json!({"days": 60});
    let answer = world.answer(query.clone()).await;
    let channels: Vec<_> =
        answer["rows"].as_array().unwrap().iter().step_by(3).map(|row| row["channel"].clone()).collect();
    assert_eq!(json!(channels), json!(["web", "pos"]), "the most first");
    // On the web began ann (twice), bob and dee; in the shop ann and cid, who each came once more.
    assert_eq!(counts(&answer), [[Some(3), Some(1), Some(1)], [Some(2), Some(2), Some(0)]]);
    assert_eq!(answer["totals"]["step_1"], 4, "ann is one customer");
    query["funnel"]["steps"][1]["filters"] = json!({"channel": "pos"});
    assert_eq!(counts(&world.answer(query.clone()).await), [[Some(3), Some(1), Some(1)], [Some(2), Some(0), Some(0)]]);
    query["top"] = json!({"groups": 1});
    let answer = world.answer(query).await;
    assert_eq!(counts(&answer), [[Some(3), Some(1), Some(1)], [Some(2), Some(0), Some(0)]]);
    assert_eq!((&answer["rows"][3]["other"], &answer["rows"][3]["channel"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn a_compared_period_has_as_much_time_for_later_steps() {
    let mut world = World::new(NOW, 1_000);
    let orders = [
        // Four days before the range in which cid, who has had less than two days so far, begins.
        bought(1, "2026-11-13T20:00:00Z", "ann", "web"),
        bought(2, "2026-11-14T20:00:00Z", "ann", "web"),
        bought(3, "2026-11-13T20:00:00Z", "bob", "web"),
        bought(4, "2026-11-16T20:00:00Z", "bob", "web"),
        bought(5, "2026-11-17T20:00:00Z", "cid", "web"),
    ];
    world.add_store(NEW_YORK, Weekday::Mon, &[&orders]).await;
    let mut query = ordered_again(&json!({
        "time_range": {"from": "2026-11-17", "to": "2026-11-18"},
        "compare_to": {"from": "2026-11-13", "to": "2026-11-14"},
    }));
    query["funnel"]["steps"].as_array_mut().unwrap().pop();
    let answer = world.answer(query.clone()).await;
    assert_eq!(counts(&answer), [[Some(1), Some(0)]]);
    // The range ended 14 hours and 5 minutes ago; until as long after the other's end only ann was back.
    assert_eq!(answer["rows"][1]["comparison"]["count"], json!({"value": 1, "delta": -1, "ratio": -1.0}));
    assert_eq!(answer["comparison"]["totals"]["conversion"]["value"], 0.5);
    let codes: Vec<_> = answer["meta"]["warnings"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
    assert!(codes.contains(&json!("window_open")), "{codes:?}");
    query["partial"] = json!("full");
    let answer = world.answer(query).await;
    assert_eq!(answer["rows"][1]["comparison"]["count"]["value"], 2, "bob too, two days later");
}

#[tokio::test]
async fn steps_that_follow_nobody_are_counted_each_by_itself() {
    let world = world().await;
    let visits = |id, at, sessions: i64| Event {
        id,
        source: "ga4",
        name: "sessions",
        at,
        value: sessions * 1_000_000,
        ..Event::default()
    };
    let visits = [visits(1, "2026-10-05T12:00:00Z", 20), visits(2, "2026-10-25T12:00:00Z", 16)];
    world.commit_events(0, &visits).await;
    let query = json!({
        "funnel": {"steps": [
            {"metric": "ga4.sessions", "label": "Visits"},
            {"metric": "shopify.orders"},
            {"metric": "shopify.orders", "filters": {"channel": "pos"}, "label": "In the shop"},
        ]},
        "time_range": {"from": "2026-10-01", "to": "2026-10-31"},
        "compare_to": {"from": "2026-11-01", "to": "2026-11-18"},
    });
    let answer = world.answer(query.clone()).await;
    assert_eq!(counts(&answer), [[Some(36), Some(9), Some(2)]]);
    assert_eq!(answer["rows"][1]["label"], "Orders", "the metric's title where there is no label");
    assert_eq!((&answer["rows"][1]["of_first"], &answer["rows"][1]["of_previous"]), (&json!(0.25), &json!(0.25)));
    assert_eq!(
        (&answer["rows"][2]["of_first"], &answer["rows"][2]["of_previous"]),
        (&json!(0.055_556), &json!(0.222_222))
    );
    let compared = &answer["rows"][1]["comparison"];
    assert_eq!(compared["count"], json!({"value": 1, "delta": 8, "ratio": 8.0}));
    assert_eq!(
        compared["of_first"],
        json!({"value": null, "delta": null, "ratio": null}),
        "no visits are known of then"
    );
    let mut by_month = query;
    by_month["granularity"] = json!("month");
    by_month.as_object_mut().unwrap().remove("compare_to");
    by_month["time_range"] = json!({"from": "2026-10-01", "to": "2026-11-30"});
    by_month["limit"] = json!(4);
    by_month["offset"] = json!(1);
    let answer = world.answer(by_month).await;
    assert_eq!((&answer["total_rows"], &answer["truncated"]), (&json!(6), &json!(true)));
    let lines = answer["rows"].as_array().unwrap().iter().map(|row| json!([row["time"], row["step"], row["count"]]));
    assert_eq!(
        json!(lines.collect::<Vec<_>>()),
        json!([["2026-10-01", 2, 9], ["2026-10-01", 3, 2], ["2026-11-01", 1, null], ["2026-11-01", 2, 1]])
    );
}
