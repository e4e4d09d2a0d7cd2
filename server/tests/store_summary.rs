//! What a store did today, beside yesterday.

use std::time::Duration;

use aloftly_engine::clock::Clock as _;
use chrono::{DateTime, Utc};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{ORDERS, World, answer};

/// One order of today and three of yesterday, one of them later than it is now and one cancelled. By hand: today 20.00, yesterday 80.00 in two.
const TWO_DAYS: &str = "\
Name,Email,Financial Status,Created at,Cancelled at,Currency,Subtotal,Shipping,Taxes,Total,Lineitem quantity,Lineitem name,Lineitem price
#2001,ann@example.com,paid,2026-11-20 09:00:00 -0500,,USD,20.00,0.00,0.00,20.00,1,Mug,20.00
#2002,bob@example.com,paid,2026-11-19 10:00:00 -0500,,USD,30.00,0.00,0.00,30.00,1,Bowl,30.00
#2003,cleo@example.com,paid,2026-11-19 23:30:00 -0500,,USD,50.00,0.00,0.00,50.00,1,Vase,50.00
#2004,dan@example.com,voided,2026-11-19 08:00:00 -0500,2026-11-19 09:00:00 -0500,USD,99.00,0.00,0.00,99.00,9,Vase,11.00
";

/// Forty sessions yesterday and eight today.
fn sessions(store: impl ToString) -> Form {
    let mapping = json!({
        "source": { "constant": "ga4" },
        "recorded_at": { "column": "Date", "timezone": "America/New_York" },
        "metrics": [{ "name": { "constant": "sessions" }, "value": "Sessions" }],
    });
    let file = Part::text("Date,Sessions\n2026-11-19,40\n2026-11-20,8\n").file_name("ga4.csv");
    let form = Form::new().text("store_id", store.to_string()).text("kind", "metric_events");
    form.text("mapping", mapping.to_string()).part("file", file)
}

#[tokio::test]
async fn today_is_told_beside_the_whole_of_yesterday() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (store, path) = (made.stores[0], format!("/api/stores/{}/dashboard", made.stores[0]));
    owner.import(store, "orders.csv", TWO_DAYS).await;
    assert_eq!(
        owner.read(&path).await,
        json!({
            "orders": { "today": 1, "yesterday": 2, "change": -0.5 },
            "revenue": { "today": "20.00", "yesterday": "80.00", "change": -0.75 },
            "aov": { "today": "20.00", "yesterday": "40.00", "change": -0.5 },
            "updatedAt": "2026-11-20T17:00:00Z",
        }),
        "nothing is known of sessions"
    );
    let (status, begun) = answer(owner.post("/api/imports").multipart(sessions(store))).await;
    assert_eq!(status, 202, "{begun}");
    assert_eq!(owner.ended(begun["id"].as_str().unwrap()).await["status"], "done");
    let told = owner.read(&path).await;
    let expected = json!({ "today": 0.125, "yesterday": 0.05, "change": 1.5 });
    assert_eq!(told["conversion_rate"], expected, "one of eight, after two of forty");
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_known_is_null_and_changes_to_nothing() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let path = format!("/api/stores/{}/dashboard", made.stores[0]);
    let nothing = json!({ "today": null, "yesterday": null, "change": null });
    let told = owner.read(&path).await;
    assert_eq!([&told["orders"], &told["revenue"], &told["aov"]], [&nothing; 3], "{told}");
    assert_eq!((told.get("conversion_rate"), &told["updatedAt"]), (None, &json!("2026-11-20T17:00:00Z")));
    // Orders of weeks ago say nothing of these two days either; when they came is known.
    let committed_at = world.clock.now();
    owner.import(made.stores[0], "orders.csv", ORDERS).await;
    world.clock.advance(Duration::from_secs(3_600));
    let told = owner.read(&path).await;
    assert_eq!(told["revenue"], nothing);
    assert_eq!(told["updatedAt"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap(), committed_at);
    server.stop().await;
}

#[tokio::test]
async fn an_answer_that_one_has_is_not_sent_again_until_it_is_another() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (store, path) = (made.stores[0], format!("/api/stores/{}/dashboard", made.stores[0]));
    owner.import(store, "orders.csv", TWO_DAYS).await;
    let etag = owner.get(&path).send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    let again = async || answer(owner.get(&path).header("if-none-match", &etag)).await;
    assert_eq!(again().await, (304, Value::Null));
    owner.import(store, "more.csv", TWO_DAYS.replace("#200", "#300")).await;
    let (status, told) = again().await;
    assert_eq!((status, &told["revenue"]["today"]), (200, &json!("40.00")));
    server.stop().await;
}
