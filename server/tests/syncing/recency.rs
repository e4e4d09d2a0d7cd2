//! How recent figures are: as recent as their connection was read, on every answer, kept ones and shared ones too.

use std::time::Duration;

use aloftly_catalog::{SyncKind, SyncProblem, SyncStatus};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Connected;
use super::tiny::{Tiny, Trouble};
use crate::support::{Client, NOW, ORDERS, answer};

/// Of days that are long over, so that nothing but the reading makes another answer.
fn question() -> Value {
    json!({
        "metrics": ["shopify.revenue"], "granularity": "day", "time_range": { "from": "2026-11-02", "to": "2026-11-03" }
    })
}

/// The codes of what readers should know.
fn codes(answer: &Value) -> Vec<&str> {
    answer["meta"]["warnings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

impl Connected {
    /// A shop whose first reading is over.
    async fn to_a_shop() -> Self {
        let connected = Self::to(Tiny::shop(4)).await;
        let reading = connected.reading();
        assert_eq!(connected.ended(&reading, connected.newest().await.id).await.status, SyncStatus::Done);
        reading.end().await;
        connected
    }

    fn now(&self) -> DateTime<Utc> {
        self.backend.clock.now()
    }
}

/// The answer with its name, or with nothing where it is the one of the name that is known.
async fn ask(client: &Client, known: Option<&str>) -> (u16, String, Value) {
    let mut request = client.post("/api/metrics/query").json(&question());
    if let Some(known) = known {
        request = request.header("if-none-match", known);
    }
    let answer = request.send().await.unwrap();
    let (status, etag) = (answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap().to_owned());
    let body = answer.text().await.unwrap();
    (status, etag, serde_json::from_str(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn figures_of_a_connection_that_fails_are_as_recent_as_its_last_reading_and_say_why() {
    let connected = Connected::to_a_shop().await;
    connected.world.clock.advance(Duration::from_secs(7_200));
    connected.source.0.lock().unwrap().trouble = Trouble::Revoked;
    assert_eq!(connected.sync(&SyncKind::Incremental).await.status, SyncStatus::Failed);
    let server = connected.world.serve().await;
    let owner = server.owner_of("a").await;
    let shown = owner.query(&question()).await;
    assert_eq!(shown["meta"]["as_of"], json!({ "shopify": NOW }), "when the first reading began");
    assert_eq!(codes(&shown), ["source_behind", "no_data"]);

    owner.import(connected.made.stores[0], "orders.csv", ORDERS).await;
    let shown = owner.query(&question()).await;
    assert_eq!(shown["totals"]["shopify.revenue"], "42.50");
    assert_eq!(shown["meta"]["as_of"], json!({ "shopify": NOW }), "however new the rows are");
    let words = "the data of a store from Shopify are as of 2026-11-20 12:00: somebody has to connect Shopify again";
    assert_eq!(shown["meta"]["warnings"][0], json!({ "code": "source_behind", "detail": words }));
    // Whoever was given a link is told as much of the figures, and not what somebody has to do.
    let share = json!({ "name": "November", "query": question(), "expires_at": null });
    let (_, share) = answer(owner.post("/api/shares").json(&share)).await;
    let shared = server.program(share["token"].as_str().unwrap()).read("/api/shared").await;
    assert_eq!(shared["answer"]["meta"]["as_of"], shown["meta"]["as_of"]);
    let words =
        "the data of a store from Shopify are as of 2026-11-20 12:00: Shopify should have been read again by now";
    assert_eq!(shared["answer"]["meta"]["warnings"], json!([{ "code": "source_behind", "detail": words }]));
    // And so it is in a batch.
    let batch = json!({ "queries": { "revenue": question() } });
    let (_, batch) = answer(owner.post("/api/metrics/batch").json(&batch)).await;
    assert_eq!(codes(&batch["answers"]["revenue"]["answer"]), ["source_behind"]);
    server.stop().await;
    connected.world.database.close().await;
}

#[tokio::test]
async fn a_kept_answer_tells_of_a_reading_that_found_nothing_new() {
    let connected = Connected::to_a_shop().await;
    let server = connected.world.serve().await;
    let owner = server.owner_of("a").await;
    owner.import(connected.made.stores[0], "orders.csv", ORDERS).await;
    let (_, etag, first) = ask(&owner, None).await;
    assert_eq!((&first["meta"]["as_of"], codes(&first)), (&json!({ "shopify": NOW }), Vec::<&str>::new()));
    assert_eq!(ask(&owner, None).await.2["meta"]["cache"], "hit");
    assert_eq!(ask(&owner, Some(&etag)).await.0, 304);

    // What a sync does at its end, be there anything new or not.
    connected.world.clock.advance(Duration::from_secs(300));
    connected.tenant.connection_synced(connected.connection, connected.now()).await.unwrap();
    let (status, renamed, second) = ask(&owner, Some(&etag)).await;
    assert_eq!((status, &second["meta"]["as_of"]), (200, &json!({ "shopify": "2026-11-20T17:05:00Z" })));
    assert_ne!(renamed, etag);
    assert_eq!(second["meta"]["versions"], first["meta"]["versions"], "nothing else has changed");
    assert_eq!(second["rows"], first["rows"]);

    // What cannot be read any more is said at once, too.
    let problem = SyncProblem { code: "unavailable".to_owned(), words: "It is away.".to_owned() };
    connected.tenant.connection_failed(connected.connection, &problem, true).await.unwrap();
    let (status, _, third) = ask(&owner, Some(&renamed)).await;
    assert_eq!((status, codes(&third)), (200, vec!["source_behind"]));
    assert_eq!(third["meta"]["as_of"], second["meta"]["as_of"], "it stops");
    server.stop().await;
    connected.world.database.close().await;
}
