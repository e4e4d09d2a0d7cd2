//! Batches: a dashboard's queries answered together.

use std::sync::Arc;
use std::time::Duration;

use aloftly_server::config::Config;
use serde_json::{Value, json};

use crate::support::{Client, ORDERS, Server, World, answer};

const PATH: &str = "/api/metrics/batch";

async fn world() -> (World, Server, Client, uuid::Uuid) {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    client.import(made.stores[0], "orders.csv", ORDERS).await;
    (world, server, client, made.stores[0].0)
}

fn widgets() -> Value {
    let november = json!({ "from": "2026-11-01", "to": "2026-11-30" });
    json!({
        "revenue": { "metrics": ["shopify.revenue"], "time_range": november, "compare_to": "previous_period" },
        "by day": { "metrics": ["shopify.revenue", "shopify.orders"], "time_range": november, "granularity": "day" },
        "products": { "metrics": ["shopify.units"], "time_range": november, "group_by": "product" },
        "wrong": { "metrics": ["shopify.revenu"], "time_range": november },
    })
}

/// What does not depend on when it was asked.
fn lasting(answer: &Value) -> Value {
    let mut answer = answer.clone();
    for part in ["cache", "elapsed_ms"] {
        answer["meta"].as_object_mut().unwrap().remove(part);
    }
    answer
}

#[tokio::test]
async fn each_answer_of_a_batch_is_what_the_query_alone_is_answered() {
    let (_world, server, client, store) = world().await;
    let (status, body) = answer(client.post(PATH).json(&json!({ "queries": widgets() }))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["answers"].as_object().unwrap().len(), 4);
    for name in ["revenue", "by day", "products"] {
        let in_batch = &body["answers"][name];
        assert_eq!(in_batch["status"], 200, "{in_batch}");
        let alone = client.query(&widgets()[name]).await;
        assert_eq!(lasting(&in_batch["answer"]), lasting(&alone), "{name}");
        assert_eq!(in_batch["answer"]["meta"]["versions"], body["versions"], "{name}");
    }
    assert!(body["versions"][store.to_string()].as_i64().unwrap() > 0, "{body}");
    let wrong = &body["answers"]["wrong"];
    assert_eq!((&wrong["status"], &wrong["problem"]["code"]), (&json!(422), &json!("invalid_request")), "{wrong}");
    assert_eq!(wrong["problem"]["errors"][0]["pointer"], "/metrics/0");
    assert_eq!(wrong["problem"]["instance"], PATH);
    server.stop().await;
}

#[tokio::test]
async fn answers_that_the_caller_has_are_not_sent_again() {
    let (_world, server, client, store) = world().await;
    let (_, first) = answer(client.post(PATH).json(&json!({ "queries": widgets() }))).await;
    let known: serde_json::Map<String, Value> = ["revenue", "products"]
        .into_iter()
        .map(|name| (name.to_owned(), first["answers"][name]["etag"].clone()))
        .collect();
    let again = json!({ "queries": widgets(), "known": known });
    let statuses = async || {
        let (_, body) = answer(client.post(PATH).json(&again)).await;
        ["revenue", "by day", "products", "wrong"].map(|name| body["answers"][name]["status"].as_u64().unwrap())
    };
    assert_eq!(statuses().await, [304, 200, 304, 422]);
    client.import(store, "more.csv", ORDERS.replace("#100", "#200")).await;
    assert_eq!(statuses().await, [200, 200, 200, 422], "there are new orders");
    server.stop().await;
}

#[tokio::test]
async fn answers_come_as_lines_when_lines_are_wanted() {
    let (_world, server, client, _) = world().await;
    let body = json!({ "queries": widgets() });
    let (_, whole) = answer(client.post(PATH).json(&body)).await;
    let lines = client.post(PATH).header("accept", "application/x-ndjson").json(&body).send().await.unwrap();
    assert_eq!(lines.headers()["content-type"], "application/x-ndjson");
    let text = lines.text().await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (last, answers) = lines.split_last().unwrap();
    assert_eq!(answers.len(), 4);
    for line in answers {
        let name = line["name"].as_str().unwrap();
        let in_whole = &whole["answers"][name];
        assert_eq!(line["status"], in_whole["status"]);
        if line["status"] == 200 {
            assert_eq!(lasting(&line["answer"]), lasting(&in_whole["answer"]), "{name}");
        } else {
            assert_eq!(line["problem"]["errors"], in_whole["problem"]["errors"]);
        }
    }
    assert_eq!((&last["done"], &last["versions"]), (&json!(true), &whole["versions"]));
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_batch_is_refused_as_a_whole() {
    let (_world, server, client, _) = world().await;
    let many: serde_json::Map<String, Value> = (0..51).map(|number| (number.to_string(), json!({}))).collect();
    for (body, pointer) in [
        (json!({ "queries": {} }), "/queries"),
        (json!({ "queries": many }), "/queries"),
        (json!({ "queries": { "": {} } }), "/queries"),
        (json!({ "queries": [{}] }), "/queries"),
        (json!({ "queries": widgets(), "known": { "another": "W/\"a\"" } }), "/known"),
        (json!({ "queries": widgets(), "stream": true }), "/stream"),
    ] {
        let (status, problem) = answer(client.post(PATH).json(&body)).await;
        assert_eq!((status, &problem["code"]), (422, &json!("invalid_request")), "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let (status, _) = answer(server.anonymous().post(PATH).json(&json!({ "queries": widgets() }))).await;
    assert_eq!(status, 401);
    server.stop().await;
}

#[tokio::test]
async fn what_takes_too_long_is_said_in_its_place() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    // Shorter than any option can be: no machine is so fast.
    let mut backend = world.backend().await;
    backend.config = Arc::new(Config { query_timeout: Duration::ZERO, ..(*backend.config).clone() });
    let server = World::serve_over(backend).await;
    let client = server.owner_of("a").await;
    client.import(made.stores[0], "orders.csv", ORDERS).await;
    let (status, body) = answer(client.post(PATH).json(&json!({ "queries": widgets() }))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["answers"]["products"]["problem"]["code"], "query_timeout", "{body}");
    assert_eq!(body["answers"]["wrong"]["status"], 422, "{body}");
    server.stop().await;
}
