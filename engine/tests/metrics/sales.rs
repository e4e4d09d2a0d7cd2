//! What is sold and taken back at the prices of the shop, and checkouts that were left.

use chrono::Weekday;
use serde_json::{Value, json};

use super::support::{Item, Order, World};

fn item(product: &'static str, quantity: i64, amount: i64) -> Item {
    Item { product, variant: None, vendor: Some("Acme"), quantity, amount }
}

/// Two orders of November, of 20.00 and 13.00, one of October of 9.00, and one that was cancelled.
async fn world() -> World {
    let orders = [
        Order {
            items: vec![item("Tea", 2, 150_000), item("Cup", 1, 50_000)],
            ..Order::plain(1, "2026-11-16T12:00:00Z")
        },
        Order { items: vec![item("Cup", 3, 130_000)], ..Order::plain(2, "2026-11-17T12:00:00Z") },
        Order { items: vec![item("Tea", 2, 90_000)], ..Order::plain(3, "2026-10-16T12:00:00Z") },
        Order { is_cancelled: true, items: vec![item("Tea", 9, 990_000)], ..Order::plain(4, "2026-11-17T12:00:00Z") },
    ];
    let mut world = World::new("2026-11-19T19:05:30Z", 1_000);
    world.add_store(chrono_tz::UTC, Weekday::Mon, &[&orders]).await;
    let returns = [
        (2, "2026-11-17T12:00:00Z", "2026-11-18T12:00:00Z", 1, 40_000),
        (3, "2026-10-16T12:00:00Z", "2026-11-02T12:00:00Z", 2, 90_000),
    ];
    world.commit_returns(0, &returns).await;
    let checkouts = [
        ("a", "2026-11-01T12:00:00Z", true),
        ("b", "2026-11-02T12:00:00Z", false),
        ("c", "2026-11-03T12:00:00Z", false),
        ("d", "2026-11-03T12:00:00Z", false),
        ("e", "2026-10-03T12:00:00Z", false),
    ];
    world.commit_checkouts(0, &checkouts).await;
    world
}

fn question(refunds: &str) -> Value {
    let metrics = ["gross_sales", "net_sales", "returns", "units_returned"].map(|name| format!("shopify.{name}"));
    json!({"metrics": metrics, "time_range": "month_to_date", "refunds": refunds})
}

#[tokio::test]
async fn returns_are_taken_off_sales_on_the_day_of_their_order() {
    let answer = world().await.answer(question("order_date")).await;
    let expected = json!({
        "shopify.gross_sales": "33.00", "shopify.net_sales": "29.00", "shopify.returns": "4.00", "shopify.units_returned": 1
    });
    assert_eq!(answer["totals"], expected);
}

#[tokio::test]
async fn returns_are_taken_off_sales_on_their_own_day_where_that_is_wanted() {
    let answer = world().await.answer(question("refund_date")).await;
    let expected = json!({
        "shopify.gross_sales": "33.00", "shopify.net_sales": "20.00", "shopify.returns": "13.00", "shopify.units_returned": 3
    });
    assert_eq!(answer["totals"], expected);
}

#[tokio::test]
async fn checkouts_that_were_bought_later_are_recovered() {
    let metrics = ["checkouts", "abandoned_checkouts", "checkout_recovery_rate"].map(|name| format!("shopify.{name}"));
    let answer = world().await.answer(json!({"metrics": metrics, "time_range": "month_to_date"})).await;
    let expected = json!({
        "shopify.checkouts": 4, "shopify.abandoned_checkouts": 3, "shopify.checkout_recovery_rate": 0.25
    });
    assert_eq!(answer["totals"], expected);
}

#[tokio::test]
async fn checkouts_that_nobody_reads_are_not_none() {
    let mut world = World::new("2026-11-19T19:05:30Z", 1_000);
    world.add_store(chrono_tz::UTC, Weekday::Mon, &[&[Order::plain(1, "2026-11-16T12:00:00Z")]]).await;
    let metrics = ["orders", "checkouts", "customers_created", "lifetime_spend"].map(|name| format!("shopify.{name}"));
    let question = json!({"metrics": metrics, "time_range": "month_to_date"});
    let of_files = world.answer(question.clone()).await;
    let expected = json!({
        "shopify.orders": 1, "shopify.checkouts": null, "shopify.customers_created": null, "shopify.lifetime_spend": null
    });
    assert_eq!(of_files["totals"], expected);
    let warnings: Vec<_> = of_files["meta"]["warnings"].as_array().unwrap().iter().map(|of| &of["detail"]).collect();
    assert!(
        warnings.iter().any(|of| of.as_str().unwrap().contains("has no checkouts from Shopify: only a connection")),
        "{warnings:?}"
    );
    // Of some it is known that the others are all.
    world.commit_checkouts(0, &[("a", "2026-10-01T12:00:00Z", true)]).await;
    let read = world.answer(question).await;
    assert_eq!(read["totals"]["shopify.checkouts"], json!(0));
    assert_eq!(read["totals"]["shopify.customers_created"], Value::Null);
}
