//! Keys for programs, over HTTP.

use aloftly_catalog::{KeyScope, NewApiKey, OrgRole};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Client, ORDERS, World, answer, by_hand, figures, form};

async fn made(client: &Client, body: &Value) -> Value {
    let (status, made) = answer(client.post("/api/api-keys").json(body)).await;
    assert_eq!(status, 201, "{made}");
    made
}

#[tokio::test]
async fn a_key_is_shown_once_listed_and_revoked() {
    let world = World::new().await;
    let (_, a) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let body = json!({
        "name": " Nightly import ", "scopes": ["imports:write", "metrics:read", "metrics:read"],
        "workspace_id": a.workspace.0, "expires_at": "2027-11-20T17:00:00Z"
    });
    let answered = owner.post("/api/api-keys").json(&body).send().await.unwrap();
    assert_eq!(
        (answered.status(), &answered.headers()["cache-control"]),
        (StatusCode::CREATED, &"no-store".parse().unwrap())
    );
    let location = answered.headers()["location"].to_str().unwrap().to_owned();
    let mut created: Value = answered.json().await.unwrap();
    let token = created.as_object_mut().unwrap().remove("token").unwrap();
    let token = token.as_str().unwrap();
    let id = created["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("/api/api-keys/{id}"));
    let expected = json!({
        "id": id, "name": "Nightly import", "token_start": &token[..14], "scopes": ["metrics:read", "imports:write"],
        "workspace": { "id": a.workspace.0, "name": "a workspace" },
        "created_by": { "user_id": a.owner.0, "email": "owner@a.test", "name": "a owner" },
        "created_at": "2026-11-20T17:00:00Z", "expires_at": "2027-11-20T17:00:00Z", "state": "active"
    });
    assert_eq!(created, expected);
    assert_eq!(owner.read(&location).await, expected);
    let program = server.program(token);
    assert_eq!(program.read("/api/stores").await["stores"].as_array().unwrap().len(), 1);
    let listed = owner.read("/api/api-keys").await;
    assert_eq!(listed["api_keys"][0]["last_used_address"], "127.0.0.1");
    assert!(!listed.to_string().contains(token));
    let scopes: Vec<_> =
        listed["scopes"].as_array().unwrap().iter().map(|one| one["scope"].as_str().unwrap()).collect();
    assert_eq!(scopes, KeyScope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>());

    assert_eq!(answer(owner.delete(&location)).await.0, 204);
    assert_eq!(answer(program.get("/api/stores")).await.0, 401);
    assert_eq!(answer(owner.delete(&location)).await.0, 404);
    assert_eq!(answer(owner.get(&location)).await.0, 404);
    assert_eq!(owner.read("/api/api-keys").await["api_keys"], json!([]));
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused_with_the_place() {
    let world = World::new().await;
    world.organization("a").await;
    let (_, b) = world.organization("b").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let good = json!({ "name": "x", "scopes": ["metrics:read"], "expires_at": null });
    made(&owner, &good).await;
    for (change, pointer) in [
        (json!({ "name": "" }), "/name"),
        (json!({ "name": 7 }), "/name"),
        (json!({ "scopes": [] }), "/scopes"),
        (json!({ "scopes": ["metrics:read", "everything"] }), "/scopes/1"),
        (json!({ "scopes": ["audit:read"], "workspace_id": b.workspace.0 }), "/scopes"),
        (json!({ "workspace_id": b.workspace.0 }), "/workspace_id"),
        (json!({ "workspace_id": "00000000-0000-0000-0000-000000000007" }), "/workspace_id"),
        (json!({ "expires_at": "2026-11-20T16:59:59Z" }), "/expires_at"),
        (json!({ "expires_at": "2028-01-01T00:00:00Z" }), "/expires_at"),
        (json!({ "expires": null }), "/expires"),
    ] {
        let mut body = good.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, refused) = answer(owner.post("/api/api-keys").json(&body)).await;
        assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!(pointer)), "{body}: {refused}");
    }
    // That a key is to last for ever is said, not left out.
    let (status, refused) =
        answer(owner.post("/api/api-keys").json(&json!({ "name": "x", "scopes": ["metrics:read"] }))).await;
    assert!(status == 422 && refused["detail"].as_str().unwrap().contains("expires_at"), "{refused}");
    assert_eq!(owner.read("/api/api-keys").await["api_keys"].as_array().unwrap().len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_program_imports_asks_and_is_in_the_log() {
    let world = World::new().await;
    let (_, a) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let key =
        made(&owner, &json!({ "name": "Nightly", "scopes": ["metrics:read", "imports:write"], "expires_at": null }))
            .await;
    let program = server.program(key["token"].as_str().unwrap());
    let done = program.import(a.stores[0], "orders.csv", ORDERS).await;
    assert_eq!(done["status"], "done", "{done}");
    assert_eq!(figures(&program, a.stores[0]).await, by_hand());
    let query = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time", "explain": true });
    program.query(&query).await;
    let batch = json!({ "queries": { "revenue": { "metrics": ["shopify.revenue"], "time_range": "all_time" } } });
    let (status, batch) = answer(program.post("/api/metrics/batch").json(&batch)).await;
    assert_eq!((status, &batch["answers"]["revenue"]["status"]), (200, &json!(200)), "{batch}");

    let told = owner.read("/api/audit?action=import.created").await;
    assert_eq!(told["events"][0]["actor"], json!({ "kind": "key", "id": key["id"], "name": "Nightly" }));
    let id = key["id"].as_str().unwrap();
    assert_eq!(owner.read(&format!("/api/audit?actor_id={id}")).await["events"].as_array().unwrap().len(), 1);
    let (_, export) = answer(owner.get("/api/audit/export?action=import.created")).await;
    assert!(export.as_str().unwrap().contains(&format!(",Nightly,{id},import.created,orders.csv,")), "{export}");
    server.stop().await;
}

#[tokio::test]
async fn a_key_of_one_workspace_cannot_tell_other_stores_from_none() {
    let world = World::new().await;
    let (tenant, a) = world.organization("a").await;
    let other = tenant.create_workspace("other client").await.unwrap();
    let hidden = aloftly_catalog::NewStore {
        name: "hidden".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
    };
    let hidden = tenant.create_store(other, &hidden).await.unwrap();
    let server = world.serve().await;
    let (maker, _) = world.database.as_person("owner@a.test").await;
    let scopes = [KeyScope::MetricsRead, KeyScope::ImportsWrite].into_iter().collect();
    let new = NewApiKey { name: "x".to_owned(), scopes, workspace: Some(a.workspace), expires_at: None };
    let (_, token) = maker.create_api_key(&new).await.unwrap();
    let program = server.program(token.expose());
    assert_eq!(program.read("/api/stores").await["stores"].as_array().unwrap().len(), 1);
    assert_eq!(program.read("/api/workspaces").await["workspaces"].as_array().unwrap().len(), 1);
    let unknown = "00000000-0000-0000-0000-000000000007".to_owned();
    let hidden = hidden.to_string();
    let mut found = Vec::new();
    for store in [&hidden, &unknown] {
        let query = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time", "stores": [store] });
        let say = |request: reqwest::RequestBuilder| answer(request.header("x-request-id", "same"));
        let asked = say(program.post("/api/metrics/query").json(&query)).await;
        let listed = say(program.get(&format!("/api/imports?store_id={store}"))).await;
        let imported = say(program.post("/api/imports").multipart(form(store, "orders.csv", ORDERS))).await;
        assert_eq!((asked.0, listed.0, imported.0), (422, 404, 404), "{asked:?}");
        found.push(format!("{asked:?} {listed:?} {imported:?}").replace(store, "ID"));
    }
    assert_eq!(found[0], found[1]);
    server.stop().await;
}

#[tokio::test]
async fn whoever_shows_a_wrong_token_is_told_so_whatever_else_they_show() {
    let world = World::new().await;
    let (tenant, a) = world.organization("a").await;
    world.database.member(a.organization, "admin@a.test", OrgRole::Admin).await;
    let token = world.database.api_key("admin@a.test", KeyScope::ALL).await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let token = token.expose();
    let one_more = format!("{token}x");
    for wrong in [
        "Bearer",
        "Bearer ",
        "Bearer aloftly_",
        &format!("Bearer {one_more}"),
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "bearer é",
    ] {
        for path in ["/api/stores", "/api/metrics", "/api/session", "/api/api-keys"] {
            let answered = server.anonymous().get(path).header("authorization", wrong.as_bytes()).send().await.unwrap();
            assert_eq!(
                (answered.status(), &answered.headers()["www-authenticate"]),
                (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap()),
                "{wrong} {path}"
            );
        }
    }
    // A cookie does not stand in for a wrong token, and a good token does not borrow from a cookie.
    let both = owner.get("/api/stores").header("authorization", format!("Bearer {one_more}"));
    assert_eq!(answer(both).await.0, 401);
    let (status, body) = answer(owner.get("/api/session").header("authorization", format!("Bearer {token}"))).await;
    assert_eq!((status, &body["code"]), (403, &json!("needs_person")));
    owner.get("/api/session").header("authorization", "Basic YTpi").send().await.unwrap().error_for_status().unwrap();
    // In the cookie a key is no session.
    let cookie = format!("__Host-aloftly_session={token}");
    assert_eq!(answer(server.holding(cookie).get("/api/stores")).await.0, 401);

    let program = server.program(token);
    program.read("/api/stores").await;
    let members = tenant.members().await.unwrap();
    let admin = members.iter().find(|member| member.user.email == "admin@a.test").unwrap().user.id;
    tenant.change_role(admin, OrgRole::Member).await.unwrap();
    assert_eq!(answer(program.get("/api/stores")).await.0, 401);
    server.stop().await;
}
