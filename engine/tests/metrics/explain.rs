//! What is told of how an answer came about.

use chrono::Weekday;
use serde_json::{Value, json};

use super::support::{Order, World};

const NOW: &str = "2026-11-19T19:05:30Z";

async fn world() -> World {
    // Of the two commits the first is cold, and the second hot.
    let mut world = World::new(NOW, 2);
    let orders: Vec<_> = (1..=5).map(|id| Order::plain(id, "2026-11-16T12:00:00Z")).collect();
    world.add_store(chrono_tz::UTC, Weekday::Mon, &[&orders, &[Order::plain(6, "2026-11-17T12:00:00Z")]]).await;
    world
}

#[tokio::test]
async fn plans_rows_bytes_and_times_are_told_and_no_paths() {
    let world = world().await;
    let query =
        json!({"metrics": ["shopify.customers"], "time_range": "last_7_days", "group_by": "channel", "explain": true});
    let answer = world.answer(query.clone()).await;
    let explained = &answer["explain"];
    let names: Vec<_> = explained["stages"].as_array().unwrap().iter().map(|stage| stage["name"].clone()).collect();
    assert_eq!(json!(names), json!(["resolve", "rates", "read", "shape"]));
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
async fn nothing_is_explained_to_who_does_not_ask() {
    let answer = world().await.answer(json!({"metrics": ["shopify.revenue"], "time_range": "today"})).await;
    assert_eq!(answer.get("explain"), None::<&Value>);
}
