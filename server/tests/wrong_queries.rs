//! Every way to ask wrongly, and what is said to it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{ORDERS, World, answer};

/// One per line: why it is wrong, and a whole query or fields that make a good one wrong.
const QUERIES: &str = include_str!("wrong_queries.json");

/// Each wrong query, after why it is wrong.
pub(crate) fn queries() -> Vec<(String, Value)> {
    let whole = |one: Value| {
        let query = one.get("query").cloned().unwrap_or_else(|| {
            let mut query = json!({ "metrics": ["shopify.revenue"], "time_range": "last_7_days" });
            query.as_object_mut().unwrap().extend(one["fields"].as_object().unwrap().clone());
            query
        });
        (one["why"].as_str().unwrap().to_owned(), query)
    };
    serde_json::from_str::<Vec<Value>>(QUERIES).unwrap().into_iter().map(whole).collect()
}

#[tokio::test]
async fn each_wrong_query_is_refused_in_words_that_help() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let client = server.owner_of("a").await;
    client.import(made.stores[0], "orders.csv", ORDERS).await;
    let queries = queries();
    assert!(queries.len() >= 60, "{}", queries.len());
    let mut said = String::new();
    let mut batch = serde_json::Map::new();
    for (why, query) in queries {
        let (status, body) = answer(client.post("/api/metrics/query").json(&query)).await;
        let _ = writeln!(said, "{why}\n  {status} {}: {}", text(&body["code"]), text(&body["detail"]));
        for error in body["errors"].as_array().into_iter().flatten() {
            let code = text(&error["code"]);
            let _ = writeln!(said, "  {:?} {code}: {}", text(&error["pointer"]), text(&error["detail"]));
        }
        assert!((400..500).contains(&status), "{why}: {status} {body}");
        batch.insert(why, query);
        // In a batch it is said in the same words, and takes nothing else with it.
        if batch.len() == 20 {
            in_a_batch(&client, std::mem::take(&mut batch)).await;
        }
    }
    in_a_batch(&client, batch).await;
    insta::assert_snapshot!(said);
    server.stop().await;
}

async fn in_a_batch(client: &crate::support::Client, mut batch: serde_json::Map<String, Value>) {
    let good = json!({ "metrics": ["shopify.revenue"], "time_range": { "from": "2026-11-01", "to": "2026-11-30" } });
    batch.insert("good".to_owned(), good);
    let (status, body) = answer(client.post("/api/metrics/batch").json(&json!({ "queries": batch }))).await;
    assert_eq!((status, body["answers"].as_object().unwrap().len()), (200, batch.len()), "{body}");
    for (name, query) in &batch {
        let in_batch = &body["answers"][name];
        if name == "good" {
            assert_eq!(in_batch["answer"]["totals"]["shopify.revenue"], "42.50", "{body}");
            continue;
        }
        let (status, alone) = answer(client.post("/api/metrics/query").json(query)).await;
        assert_eq!(in_batch["status"], status, "{name}");
        for part in ["code", "detail", "errors"] {
            assert_eq!(in_batch["problem"].get(part), alone.get(part), "{name}");
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
