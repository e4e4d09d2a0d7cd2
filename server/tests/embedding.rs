//! What links show within pages of others: the frame's page, and who may show it.

use reqwest::Response;
use serde_json::{Value, json};

use crate::shares::{document, new_dashboard, share};
use crate::support::{Client, World, answer};

/// What browsers are told of a page: who may show it, and that in the words of those that know no better.
async fn framing(client: &Client, path: &str) -> (String, Option<String>, Response) {
    let page = client.get(path).send().await.unwrap();
    let header = |name: &str| page.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let policy = header("content-security-policy").unwrap();
    let (rest, framed) = policy.split_once("frame-ancestors ").unwrap();
    assert!(
        rest.contains("default-src 'none'; script-src 'self'; style-src 'self'") && !framed.contains(';'),
        "{policy}"
    );
    (framed.to_owned(), header("x-frame-options"), page)
}

#[tokio::test]
async fn a_frame_is_shown_within_the_pages_that_its_link_names_and_within_no_other() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let dashboard = new_dashboard(&owner, made.workspace.0, document(None)).await;
    let origins = json!({ "origins": ["https://shop.example.com", "http://localhost:3000"] });
    let made_share = share(&owner, &dashboard, origins).await;
    let told = &made_share["share"];
    assert_eq!(told["origins"], json!(["http://localhost:3000", "https://shop.example.com"]));
    let path = format!("/embed/{}", told["embed_key"].as_str().unwrap());
    let anybody = server.anonymous();
    let (framed, options, page) = framing(&anybody, &path).await;
    assert_eq!((framed.as_str(), options), ("http://localhost:3000 https://shop.example.com", None));
    assert_eq!(page.headers()["cache-control"], "no-store", "what is kept would say who might show it before");
    assert_eq!((page.status().as_u16(), page.headers().get("etag")), (200, None));
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let page = page.text().await.unwrap();
    let token = made_share["token"].as_str().unwrap();
    for hidden in [token, "Morning", "For you", "shop.example.com"] {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }

    // The same page, and the app, the answers and every other address within none.
    let unknown = format!("/embed/{}", "x".repeat(43));
    let below = format!("{path}/more");
    let others =
        [unknown.as_str(), "/embed/x", "/embed/", "/embed", &below, "/", "/shared", "/api/shared", "/api/docs/"];
    for other in others {
        let (framed, options, other_page) = framing(&anybody, other).await;
        assert_eq!((framed.as_str(), options.as_deref()), ("'none'", Some("DENY")), "{other}");
        if other.starts_with("/embed") || other == "/shared" {
            assert_eq!(other_page.text().await.unwrap(), page, "{other}");
        }
    }
    // Once it names no page any more, and once it is gone.
    let of = format!("/api/shares/{}", told["id"].as_str().unwrap());
    let change = async |origins: Value| answer(owner.patch(&of).json(&json!({ "origins": origins }))).await;
    assert_eq!(change(json!([])).await.1.get("embed_key"), None);
    assert_eq!(framing(&anybody, &path).await.0, "'none'");
    assert_eq!(change(json!(["https://other.example"])).await.1["embed_key"], told["embed_key"]);
    assert_eq!(framing(&anybody, &path).await.0, "https://other.example");
    assert_eq!(answer(owner.delete(&of)).await.0, 204);
    assert_eq!(framing(&anybody, &path).await.0, "'none'");
    server.stop().await;
}

#[tokio::test]
async fn a_link_is_shown_in_its_own_frame_and_in_nobody_elses() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let (_, theirs) = world.organization("b").await;
    let server = world.serve().await;
    let (owner, stranger) = (server.owner_of("a").await, server.owner_of("b").await);
    let dashboard = new_dashboard(&owner, made.workspace.0, document(None)).await;
    let of_stranger = new_dashboard(&stranger, theirs.workspace.0, document(None)).await;
    let ours = share(&owner, &dashboard, json!({ "origins": ["https://shop.example.com"] })).await;
    let unframed = share(&owner, &dashboard, json!({})).await;
    let evil = share(&stranger, &of_stranger, json!({ "origins": ["https://evil.example"] })).await;
    assert_eq!(unframed["share"].get("embed_key"), None);
    let key = |of: &Value| of["share"]["embed_key"].as_str().unwrap().to_owned();
    let asked = async |of: &Value, key: &str| {
        let visitor = server.program(of["token"].as_str().unwrap());
        let mut told = Vec::new();
        for request in [
            visitor.get("/api/shared"),
            visitor.post("/api/shared/data").json(&json!({})),
            visitor.post("/api/shared/unlock").json(&json!({ "password": "" })),
        ] {
            let (status, body) = answer(request.header("share-embed-key", key)).await;
            assert!(status == 200 || body["code"] == "link_expired", "{body}");
            told.push(status);
        }
        told
    };
    assert_eq!(asked(&ours, &key(&ours)).await, [200; 3]);
    // Whoever reads the token on the page that may show it frames it nowhere else by a link of their own.
    assert_eq!(asked(&ours, &key(&evil)).await, [410; 3]);
    assert_eq!(asked(&unframed, &key(&ours)).await, [410; 3]);
    assert_eq!(asked(&ours, "").await, [410; 3]);
    assert_eq!(asked(&ours, "x").await, [410; 3]);
    server.stop().await;
}

#[tokio::test]
async fn frames_are_counted_by_the_address_that_asks_for_them() {
    let world = World::with(&[("api_rate_limit", "3/1m")]).await;
    let server = world.serve().await;
    let anybody = server.anonymous();
    let path = format!("/embed/{}", "x".repeat(43));
    for expected in [200, 200, 200, 429] {
        let page = anybody.get(&path).send().await.unwrap();
        assert_eq!(page.status(), expected);
        assert_eq!(page.headers()["x-frame-options"], "DENY");
    }
    server.stop().await;
}
