//! Every route of the API, asked by nobody and by another organisation's owner.

use aloftly_server::api;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, ORDERS, World, answer, form};

/// Text that only organisation B holds: it must not show in anything that A gets.
const CANARY: &str = "canary";

/// What is known of B, to ask for it as A.
struct Foreign {
    store: Uuid,
    import: Uuid,
}

/// Asks a route for what is B's, or what would be.
async fn ask(client: &Client, route: &str, of: &Foreign) -> (u16, Value) {
    let request = match route {
        "POST /api/auth/sign-in" => {
            client.post("/api/auth/sign-in").json(&json!({ "email": "x@y", "password": "wrong" }))
        }
        // Without the cookie: the session is needed by the routes after it.
        "POST /api/auth/sign-out" => {
            let mut nobody = client.clone();
            nobody.cookie = None;
            nobody.post("/api/auth/sign-out")
        }
        "GET /api/session" => client.get("/api/session"),
        "GET /api/stores" => client.get("/api/stores"),
        "GET /api/metrics" => client.get("/api/metrics"),
        "POST /api/metrics/query" => {
            let query = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time", "stores": [of.store] });
            client.post("/api/metrics/query").json(&query)
        }
        "POST /api/metrics/batch" => {
            let query = json!({ "metrics": ["shopify.revenue"], "time_range": "all_time", "stores": [of.store] });
            client.post("/api/metrics/batch").json(&json!({ "queries": { "revenue": query } }))
        }
        "GET /api/imports" => client.get(&format!("/api/imports?store_id={}", of.store)),
        "POST /api/imports" => client.post("/api/imports").multipart(form(of.store, "orders.csv", ORDERS)),
        "GET /api/imports/{id}" => client.get(&format!("/api/imports/{}", of.import)),
        new => panic!("{new} has no case here: say what it answers to nobody and to another organisation"),
    };
    let (status, mut body) = answer(request.header("x-request-id", "same")).await;
    // How long it took tells nothing.
    if let Some(body) = body.as_object_mut() {
        body.remove("elapsed_ms");
    }
    (status, body)
}

/// Routes that anybody may ask, and what they answer to nobody.
fn public(route: &str) -> Option<u16> {
    match route {
        "POST /api/auth/sign-in" => Some(401),
        "POST /api/auth/sign-out" => Some(204),
        _ => None,
    }
}

/// Routes that name something by its id, and what they answer when it is somebody else's.
fn names_something(route: &str) -> Option<u16> {
    match route {
        "POST /api/metrics/query" => Some(422),
        "POST /api/metrics/batch" => Some(200),
        "GET /api/imports" | "POST /api/imports" | "GET /api/imports/{id}" => Some(404),
        _ => None,
    }
}

fn routes() -> Vec<String> {
    let document = serde_json::to_value(api::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |path: &str| -> Vec<String> {
        let methods = paths[path].as_object().unwrap().keys();
        methods
            .map(|method| format!("{} {path}", Method::from_bytes(method.to_uppercase().as_bytes()).unwrap()))
            .collect()
    };
    paths.keys().flat_map(|path| methods(path)).collect()
}

#[tokio::test]
async fn no_route_tells_anything_of_another_organisation() {
    let world = World::new().await;
    world.organization("a").await;
    let (_, b) = world.organization(CANARY).await;
    let server = world.serve().await;
    let owner = server.owner_of(CANARY).await;
    let done = owner.import(b.stores[0], "canary.csv", ORDERS).await;
    assert_eq!(done["status"], "done", "{done}");
    let foreign = Foreign { store: b.stores[0].0, import: done["id"].as_str().unwrap().parse().unwrap() };
    let unknown = Foreign { store: Uuid::from_u128(7), import: Uuid::from_u128(8) };

    let stranger = server.owner_of("a").await;
    let routes = routes();
    assert!(routes.len() >= 9, "{routes:?}");
    for route in &routes {
        let (status, body) = ask(&server.anonymous(), route, &foreign).await;
        let expected = public(route).unwrap_or(401);
        assert_eq!(status, expected, "{route} to nobody: {body}");
        if public(route).is_none() {
            assert_eq!(body["code"], "unauthenticated", "{route}");
        }

        let (status, body) = ask(&stranger, route, &foreign).await;
        assert!(!body.to_string().contains(CANARY), "{route} told of another organisation: {body}");
        if let Some(expected) = names_something(route) {
            let (unknown_status, unknown_body) = ask(&stranger, route, &unknown).await;
            let neutral = |body: &Value, of: &Foreign| {
                body.to_string().replace(&of.store.to_string(), "ID").replace(&of.import.to_string(), "ID")
            };
            assert_eq!((status, unknown_status), (expected, expected), "{route}: {body}");
            assert_eq!(neutral(&body, &foreign), neutral(&unknown_body, &unknown), "{route} tells the two apart");
        }
    }
    // The owner still gets it all.
    let kept = owner.read(&format!("/api/imports/{}", foreign.import)).await;
    assert_eq!(kept["file_name"], "canary.csv");
    server.stop().await;
}

#[tokio::test]
async fn a_session_that_ended_opens_nothing() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    owner.read("/api/session").await;
    let ended = owner.post("/api/auth/sign-out").send().await.unwrap();
    assert_eq!(ended.status(), 204);
    let forgotten = ended.headers()["set-cookie"].to_str().unwrap();
    assert!(forgotten.starts_with("__Host-aloftly_session=;") && forgotten.contains("Max-Age=0"), "{forgotten}");
    for path in ["/api/session", "/api/stores", "/api/metrics", "/api/imports"] {
        let (status, body) = answer(owner.get(path)).await;
        assert_eq!((status, &body["code"]), (401, &json!("unauthenticated")), "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn probes_and_figures_are_answered_to_anybody() {
    let world = World::new().await;
    let server = world.serve().await;
    let anybody = server.anonymous();
    assert_eq!(anybody.read("/healthz").await["status"], "alive");
    assert_eq!(anybody.read("/readyz").await["status"], "ready");
    anybody.read("/api/openapi.json").await;
    let (status, figures) = answer(anybody.get("/metrics")).await;
    assert_eq!(status, 200);
    let figures = figures.as_str().unwrap();
    assert!(
        figures.contains("aloftly_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"}"),
        "{figures}"
    );

    std::fs::remove_dir_all(world.config().lake_dir()).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let (status, body) = answer(anybody.get("/readyz")).await;
    assert_eq!((status, &body["detail"]), (503, &json!("No answer from: object store.")));
    assert_eq!(anybody.read("/healthz").await["status"], "alive");
    server.stop().await;
}
