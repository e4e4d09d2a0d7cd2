//! Queries over HTTP: answers, ETags, and how errors look.

use aloftly_catalog::OrgRole;
use serde_json::{Value, json};

use crate::support::{ORDERS, World, answer};

#[tokio::test]
async fn an_answer_is_named_by_its_etag_until_the_data_change() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    client.import(made.stores[0], "orders.csv", ORDERS).await;
    let query = json!({
        "metrics": ["shopify.revenue"], "granularity": "day",
        "time_range": { "from": "2026-11-02", "to": "2026-11-03" },
    });
    let first = client.post("/api/metrics/query").json(&query).send().await.unwrap();
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    let body: Value = first.json().await.unwrap();
    let rows: Vec<_> =
        body["rows"].as_array().unwrap().iter().map(|row| (&row["time"], &row["shopify.revenue"])).collect();
    assert_eq!(rows, [(&json!("2026-11-02"), &json!("30.00")), (&json!("2026-11-03"), &json!("12.50"))]);

    let again = || client.post("/api/metrics/query").header("if-none-match", &etag).json(&query);
    let same = again().send().await.unwrap();
    assert_eq!((same.status().as_u16(), same.headers()["etag"].to_str().unwrap()), (304, etag.as_str()));
    assert_eq!(same.text().await.unwrap(), "");

    let more = ORDERS.replace("#100", "#200");
    client.import(made.stores[0], "more.csv", more).await;
    let changed = again().send().await.unwrap();
    assert_eq!(changed.status(), 200);
    assert_ne!(changed.headers()["etag"].to_str().unwrap(), etag);
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_query_is_refused_with_every_place_that_is_wrong() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    let ask = |query: Value| answer(client.post("/api/metrics/query").json(&query));
    let (status, body) =
        ask(json!({ "metrics": ["shopify.revenu"], "time_range": "last_30_days", "group_by": ["devise"] })).await;
    assert_eq!((status, &body["code"]), (422, &json!("invalid_request")), "{body}");
    let pointers: Vec<_> = body["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, [&json!("/metrics/0"), &json!("/group_by/0")], "{body}");
    let detail = body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("shopify.revenue"), "{detail}");

    let (status, body) =
        answer(client.post("/api/metrics/query").header("content-type", "application/json").body("{")).await;
    assert_eq!((status, &body["code"]), (400, &json!("malformed_json")));
    server.stop().await;
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_ended() {
    let world = World::with(&[("query_timeout", "1ms")]).await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    client.import(made.stores[0], "orders.csv", ORDERS).await;
    let query = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time", "granularity": "day" });
    let (status, body) = answer(client.post("/api/metrics/query").json(&query)).await;
    assert_eq!((status, &body["code"]), (504, &json!("query_timeout")), "{body}");
    server.stop().await;
}

#[tokio::test]
async fn answers_are_explained_to_members_and_not_to_viewers() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    client.import(made.stores[0], "orders.csv", ORDERS).await;
    let query = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time", "explain": true });
    let explained = client.query(&query).await;
    assert_eq!(explained["explain"]["plans"][0]["dataset"], "orders", "{explained}");
    world.database.demote_owner("a", "a workspace", OrgRole::Viewer).await;
    let (status, body) = answer(client.post("/api/metrics/query").json(&query)).await;
    assert_eq!((status, &body["code"]), (403, &json!("forbidden")), "{body}");
    let batch = json!({ "queries": { "revenue": query } });
    let (_, body) = answer(client.post("/api/metrics/batch").json(&batch)).await;
    assert_eq!(body["answers"]["revenue"]["status"], 403, "{body}");
    // The figures are theirs to see.
    let plain = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time" });
    assert_eq!(client.query(&plain).await["totals"]["shopify.revenue"], "42.50");
    server.stop().await;
}
