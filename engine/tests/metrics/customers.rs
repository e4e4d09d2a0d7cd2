//! Customers by when they came, and what they have bought since.

use chrono::Weekday;
use serde_json::{Value, json};

use super::by_hand::rows;
use super::support::{Customer, Order, World};

const METRICS: [&str; 4] = [
    "shopify.customers_created",
    "shopify.lifetime_spend",
    "shopify.lifetime_orders",
    "shopify.lifetime_spend_per_customer",
];

fn customer(id: &'static str, created_at: Option<&'static str>, spent: Option<i64>, orders: i64) -> Customer {
    Customer { id, seen_at: "2026-11-18T12:00:00Z", created_at, country: Some("US"), spent, orders: Some(orders) }
}

/// In New York: two customers of 16 November, of whom one is not known to have spent anything, one of the 17th, one of October, and one
/// whose day is not known. Orders tell of the days from the 15th to the 19th.
async fn world() -> World {
    let mut world = World::new("2026-11-19T19:05:30Z", 1_000);
    let orders = [Order::plain(1, "2026-11-15T12:00:00Z"), Order::plain(2, "2026-11-19T12:00:00Z")];
    world.add_store(chrono_tz::America::New_York, Weekday::Mon, &[&orders]).await;
    let customers = [
        customer("ann", Some("2026-11-16T12:00:00Z"), Some(300_000), 3),
        // The last second of the day.
        Customer { country: Some("CA"), ..customer("bob", Some("2026-11-17T04:59:59Z"), None, 0) },
        customer("cat", Some("2026-11-17T05:00:00Z"), Some(100_000), 1),
        customer("dan", Some("2026-10-01T12:00:00Z"), Some(70_000), 7),
        customer("eve", None, Some(990_000), 9),
    ];
    world.commit_customers(0, &customers).await;
    world
}

fn question(mut more: Value) -> Value {
    let mut query = json!({"metrics": METRICS, "time_range": {"from": "2026-11-15", "to": "2026-11-18"}});
    query.as_object_mut().unwrap().append(more.as_object_mut().unwrap());
    query
}

#[tokio::test]
async fn customers_belong_to_the_local_day_on_which_they_came() {
    let answer = world().await.answer(question(json!({"granularity": "day"}))).await;
    assert_eq!(
        rows(&answer),
        [
            "2026-11-15 0 0.00 0 null",
            "2026-11-16 2 30.00 3 30.00",
            "2026-11-17 1 10.00 1 10.00",
            "2026-11-18 0 0.00 0 null",
        ]
    );
    assert_eq!(answer["totals"], json!({METRICS[0]: 3, METRICS[1]: "40.00", METRICS[2]: 4, METRICS[3]: "20.00"}));
}

#[tokio::test]
async fn customers_are_cut_by_country_and_what_they_spent_by_currency_too() {
    let world = world().await;
    let mut by_country = question(json!({"group_by": "country"}));
    by_country["metrics"] = json!([METRICS[0], METRICS[2]]);
    assert_eq!(rows(&world.answer(by_country).await), ["US 2 4", "CA 1 0"]);
    let mut by_currency = question(json!({"group_by": "currency"}));
    by_currency["metrics"] = json!([METRICS[1], METRICS[3]]);
    assert_eq!(rows(&world.answer(by_currency).await), ["USD 40.00 20.00"], "what is not known has no currency");
}

#[tokio::test]
async fn when_a_customer_was_last_seen_tells_nothing_of_the_time_before_the_first_order() {
    let world = world().await;
    let long_ago =
        Customer { seen_at: "2019-01-01T12:00:00Z", ..customer("old", Some("2019-01-01T12:00:00Z"), None, 0) };
    world.commit_customers(0, &[long_ago]).await;
    let answer = world
        .answer(json!({
            "metrics": ["shopify.orders"], "granularity": "day", "time_range": {"from": "2026-11-14", "to": "2026-11-15"}
        }))
        .await;
    assert_eq!(rows(&answer), ["2026-11-14 null", "2026-11-15 1"]);
}
