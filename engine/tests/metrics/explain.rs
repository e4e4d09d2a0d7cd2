//! What is told of how an answer came about.

use aloftly_engine::metrics::MetricsOptions;
use chrono::Weekday;
use serde_json::{Value, json};

use super::support::{Order, World};

const NOW: &str = "2026-11-19T19:05:30Z";

async fn world() -> World {
    with_rollups(MetricsOptions::default().rollup_memory).await
}

/// Of the two commits the first is cold, and the second hot.
async fn with_rollups(rollup_memory: u64) -> World {
    let mut world = World::with_options(NOW, 2, MetricsOptions { rollup_memory, ..MetricsOptions::default() });
    let orders: Vec<_> = (1..=5).map(|id| Order::plain(id, "2026-11-16T12:00:00Z")).collect();
    world.add_store(chrono_tz::UTC, Weekday::Mon, &[&orders, &[Order::plain(6, "2026-11-17T12:00:00Z")]]).await;
    world
}

#[tokio::test]
async fn plans_rows_bytes_and_times_are_told_and_no_paths() {
    let world = with_rollups(0).await;
    let query =
        json!({"metrics": ["shopify.customers"], "time_range": "last_7_days", "group_by": "channel", "explain": true});
    let answer = world.answer(query.clone()).await;
    let explained = &answer["explain"];
    let names: Vec<_> = explained["stages"].as_array().unwrap().iter().map(|stage| stage["name"].clone()).collect();
    assert_eq!(json!(names), json!(["resolve", "rates", "first orders", "read", "shape"]));
    // Groups and the total, which distinct counts do not add up to.
    let plans = explained["plans"].as_array().unwrap();
    assert_eq!(plans.len(), 2);
    for plan in plans {
        assert_eq!((&plan["dataset"], &plan["store"]), (&json!("orders"), &json!("Store 1")));
        assert!(plan["logical"].as_str().unwrap().contains("TableScan: orders"), "{plan}");
        let operators = plan["operators"].as_array().unwrap();
        assert_eq!(operators[0]["depth"], 0);
        let scans: Vec<_> = operators.iter().filter(|operator| operator.get("segments").is_some()).collect();
        assert_eq!((scans.len(), &scans[0]["segments"], &scans[0]["rows"]), (1, &json!(1), &json!(5)), "{plan}");
        assert!(scans[0]["bytes"].as_u64().unwrap() > 0, "{plan}");
    }
    assert_eq!((&explained["segments"], &explained["rows"]), (&json!(2), &json!(10)));
    assert!(!explained.to_string().contains(".parquet"), "{explained}");
    let again = world.answer(query).await;
    assert_eq!((&again["meta"]["cache"], &again["rows"]), (&json!("miss"), &answer["rows"]), "it is not kept");
}

#[tokio::test]
async fn what_is_rolled_up_needs_no_plan() {
    let world = world().await;
    let query = json!({"metrics": ["shopify.revenue"], "time_range": "last_7_days", "explain": true});
    let plans = async || {
        let answer = world.answer(query.clone()).await;
        assert_eq!(answer["totals"]["shopify.revenue"], "60.00");
        answer["explain"]["plans"].as_array().unwrap().len()
    };
    assert_eq!(plans().await, 2, "the rollup, and the hot rows");
    assert_eq!(plans().await, 1, "the hot rows");
}

#[tokio::test]
async fn first_orders_of_settled_months_are_read_once() {
    let order = |id, at: &str, customer| Order { customer: Some(customer), ..Order::plain(id, at) };
    let mut world = World::new(NOW, 2);
    let cold = [
        order(1, "2026-10-16T12:00:00Z", "ann"),
        order(2, "2026-11-16T12:00:00Z", "ann"),
        order(3, "2026-11-16T13:00:00Z", "bob"),
        order(4, "2026-10-17T12:00:00Z", "cat"),
        // So many in each month that they are cold.
        Order::plain(7, "2026-10-18T12:00:00Z"),
        Order::plain(8, "2026-11-18T12:00:00Z"),
    ];
    world.add_store(chrono_tz::UTC, Weekday::Mon, &[&cold, &[order(5, "2026-11-17T12:00:00Z", "cat")]]).await;
    let query = json!({"metrics": ["shopify.new_customers", "shopify.returning_customers"], "time_range": "last_7_days",
        "explain": true});
    let of = async |world: &World| {
        let answer = world.answer(query.clone()).await;
        let (totals, plans) = (answer["totals"].clone(), answer["explain"]["plans"].as_array().unwrap().len());
        (
            totals["shopify.new_customers"].as_u64().unwrap(),
            totals["shopify.returning_customers"].as_u64().unwrap(),
            plans,
        )
    };
    assert_eq!(of(&world).await, (1, 2, 4), "first orders of cold rows, of hot ones, and the rows themselves");
    assert_eq!(of(&world).await, (1, 2, 2), "those of cold rows are known, and they are rolled up");
    // Bob had ordered in October: that month is not settled, and then that is known too.
    world
        .commit(
            0,
            &[order(6, "2026-10-20T12:00:00Z", "bob"), Order { version: 2, ..order(4, "2026-10-17T12:00:00Z", "cat") }],
        )
        .await;
    let (new, returning, _) = of(&world).await;
    assert_eq!((new, returning), (0, 3));
    // It was cancelled, and Cat is new.
    world.commit(0, &[Order { version: 3, is_cancelled: true, ..order(4, "2026-10-17T12:00:00Z", "cat") }]).await;
    let (new, returning, _) = of(&world).await;
    assert_eq!((new, returning), (1, 2));
    world.stores[0].lake.fold_due().await.unwrap();
    let (new, returning, _) = of(&world).await;
    assert_eq!((new, returning), (1, 2));
}

#[tokio::test]
async fn nothing_is_explained_to_who_does_not_ask() {
    let answer = world().await.answer(json!({"metrics": ["shopify.revenue"], "time_range": "today"})).await;
    assert_eq!(answer.get("explain"), None::<&Value>);
}
