//! Links that show figures, over HTTP.

use serde_json::{Value, json};

use crate::support::{ORDERS, World, answer};

fn question() -> Value {
    json!({ "metrics": ["shopify.revenue"], "time_range": { "from": "2026-11-01", "to": "2026-11-30" } })
}

#[tokio::test]
async fn whoever_has_the_link_sees_the_answer_as_it_is_and_nothing_else() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    owner.import(made.stores[0], "a.csv", ORDERS).await;
    let new = json!({ "name": "November", "query": question(), "expires_at": "2027-01-01T00:00:00Z" });
    let (status, made_share) = answer(owner.post("/api/shares").json(&new)).await;
    assert_eq!(status, 201, "{made_share}");
    assert_eq!(made_share["share"]["store_ids"], json!([made.stores[0].to_string()]));
    let visitor = server.program(made_share["token"].as_str().unwrap());
    let shown = visitor.read("/api/shared").await;
    assert_eq!((&shown["name"], &shown["expires_at"]), (&json!("November"), &json!("2027-01-01T00:00:00Z")));
    let whole = owner.query(&question()).await;
    assert_eq!(shown["answer"]["totals"], json!({ "shopify.revenue": "42.50" }));
    assert_eq!(shown["answer"]["totals"], whole["totals"]);
    assert_eq!(shown["answer"]["meta"]["query"]["stores"], made_share["share"]["store_ids"]);
    // The token opens nothing else, in whatever way it is shown.
    let as_cookie = server.holding(format!("__Host-aloftly_session={}", made_share["token"].as_str().unwrap()));
    for path in ["/api/stores", "/api/session", "/api/shares", "/api/audit"] {
        assert_eq!(answer(visitor.get(path)).await.0, 401, "{path}");
        assert_eq!(answer(as_cookie.get(path)).await.0, 401, "{path}");
    }
    assert_eq!(answer(visitor.post("/api/metrics/query").json(&question())).await.0, 401);
    // New orders are in the next answer.
    owner.import(made.stores[0], "b.csv", ORDERS.replace("#1001", "#2001").replace("#1002", "#2002")).await;
    assert_eq!(visitor.read("/api/shared").await["answer"]["totals"]["shopify.revenue"], "85.00");
    let listed = owner.read("/api/shares").await;
    assert_eq!((&listed["shares"][0]["views"], &listed["shares"][0]["expired"]), (&json!(2), &json!(false)));
    assert!(!listed.to_string().contains(made_share["token"].as_str().unwrap()));

    let id = made_share["share"]["id"].as_str().unwrap();
    assert_eq!(answer(owner.delete(&format!("/api/shares/{id}"))).await.0, 204);
    for client in [visitor, server.anonymous(), server.program("aloftly_share_x"), owner] {
        let (status, body) = answer(client.get("/api/shared")).await;
        assert_eq!((status, &body["code"]), (410, &json!("link_expired")));
    }
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_shared_is_said() {
    let world = World::new().await;
    world.organization("a").await;
    let (_, others) = world.organization("b").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let with = |query: Value| json!({ "name": "x", "query": query, "expires_at": null });
    let mut foreign = question();
    foreign["stores"] = json!([others.stores[0].to_string()]);
    let mut explained = question();
    explained["explain"] = json!(true);
    for wrong in [
        with(json!({})),
        with(json!([])),
        with(json!({ "metrics": ["nonsense"] })),
        with(foreign),
        with(explained),
        json!({ "name": "", "query": question(), "expires_at": null }),
        json!({ "name": "x", "query": question(), "expires_at": "2020-01-01T00:00:00Z" }),
        json!({ "name": "x", "query": question() }),
    ] {
        let (status, body) = answer(owner.post("/api/shares").json(&wrong)).await;
        assert_eq!(status, 422, "{wrong}: {body}");
    }
    assert_eq!(owner.read("/api/shares").await["shares"], json!([]));
    server.stop().await;
}
