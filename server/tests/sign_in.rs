//! Signing in: what it sets, what it refuses, how often it may be tried.

use std::time::Duration;

use aloftly_catalog::testing::PASSWORD;
use serde_json::{Value, json};

use crate::support::{Client, World, answer, cookie};

async fn attempt(client: &Client, email: &str, password: &str) -> (u16, Value) {
    let body = json!({ "email": email, "password": password });
    answer(client.post("/api/auth/sign-in").json(&body)).await
}

#[tokio::test]
async fn a_sign_in_sets_a_cookie_that_only_this_host_and_no_script_can_use() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let body = json!({ "email": " Owner@A.test ", "password": PASSWORD });
    let signed_in = server.anonymous().post("/api/auth/sign-in").json(&body).send().await.unwrap();
    assert_eq!(signed_in.status(), 200);
    let set = signed_in.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(set.starts_with("__Host-aloftly_session="), "{set}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(set.split("; ").any(|part| part == attribute), "{set} lacks {attribute}");
    }
    assert!(!set.contains("Domain"), "{set}");
    let session: Value = signed_in.json().await.unwrap();
    assert_eq!(session["user"]["email"], "owner@a.test");
    assert_eq!(session["organization"]["name"], "a");
    assert_eq!(session["role"], "owner");
    server.stop().await;
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let before = server.owner_of("a").await;
    let body = json!({ "email": "owner@a.test", "password": PASSWORD });
    let again = before.post("/api/auth/sign-in").json(&body).send().await.unwrap();
    let mut after = before.clone();
    after.cookie = Some(cookie(&again));
    after.read("/api/session").await;
    assert_eq!(answer(before.get("/api/session")).await.0, 401);
    server.stop().await;
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_answered_alike() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let client = server.anonymous();
    let say = |email: &'static str| {
        let body = json!({ "email": email, "password": "wrong" });
        client.post("/api/auth/sign-in").header("x-request-id", "same").json(&body)
    };
    let (known, unknown) = (answer(say("owner@a.test")).await, answer(say("nobody@a.test")).await);
    assert_eq!(known, unknown);
    assert_eq!((known.0, &known.1["code"]), (401, &json!("invalid_credentials")));
    server.stop().await;
}

#[tokio::test]
async fn an_account_can_be_tried_ten_times_and_then_once_a_minute() {
    let world = World::new().await;
    world.organization("a").await;
    world.organization("b").await;
    let server = world.serve().await;
    let client = server.anonymous();
    for _ in 0..10 {
        assert_eq!(attempt(&client, "owner@a.test", "wrong").await.0, 401);
    }
    let body = json!({ "email": "OWNER@a.test", "password": PASSWORD });
    let refused = client.post("/api/auth/sign-in").json(&body).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "60"));
    let told = |name: &str| {
        refused.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join(", ")
    };
    assert!(told("ratelimit-policy").contains("\"sign-in\";q=10;w=600"), "{}", told("ratelimit-policy"));
    assert!(told("ratelimit").contains("\"sign-in\";r=0;t=60"), "{}", told("ratelimit"));
    assert_eq!(attempt(&client, "owner@b.test", PASSWORD).await.0, 200);
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(attempt(&client, "owner@a.test", PASSWORD).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn an_address_can_try_thirty_accounts_and_those_who_succeed_are_not_counted() {
    let world = World::with(&[("trusted_proxies", "127.0.0.1")]).await;
    world.organization("a").await;
    let server = world.serve().await;
    let from = |address: &'static str, email: String, password: &'static str| {
        let body = json!({ "email": email, "password": password });
        answer(server.anonymous().post("/api/auth/sign-in").header("x-forwarded-for", address).json(&body))
    };
    for _ in 0..5 {
        assert_eq!(from("198.51.100.7", "owner@a.test".to_owned(), PASSWORD).await.0, 200);
    }
    for n in 0..30 {
        assert_eq!(from("198.51.100.7", format!("guess{n}@a.test"), "wrong").await.0, 401, "{n}");
    }
    assert_eq!(from("198.51.100.7", "guess30@a.test".to_owned(), "wrong").await.0, 429);
    assert_eq!(from("198.51.100.8", "guess30@a.test".to_owned(), "wrong").await.0, 401);
    server.stop().await;
}

#[tokio::test]
async fn a_stranger_elsewhere_does_not_lock_an_owner_out() {
    let world = World::with(&[("trusted_proxies", "127.0.0.1")]).await;
    world.organization("a").await;
    let server = world.serve().await;
    let from = |address: String, password: &'static str| {
        let body = json!({ "email": "owner@a.test", "password": password });
        answer(server.anonymous().post("/api/auth/sign-in").header("x-forwarded-for", address).json(&body))
    };
    for _ in 0..10 {
        assert_eq!(from("198.51.100.7".to_owned(), "wrong").await.0, 401);
    }
    assert_eq!(from("198.51.100.7".to_owned(), PASSWORD).await.0, 429);
    assert_eq!(from("198.51.100.8".to_owned(), PASSWORD).await.0, 200);
    // Ten networks have ten attempts each, and then no other has any either.
    for n in 0..90 {
        assert_eq!(from(format!("203.0.113.{}", n / 10), "wrong").await.0, 401, "{n}");
    }
    assert_eq!(from("192.0.2.1".to_owned(), "wrong").await.0, 429);
    server.stop().await;
}

#[tokio::test]
async fn what_a_sign_in_does_not_know_is_refused() {
    let world = World::new().await;
    let server = world.serve().await;
    let client = server.anonymous();
    let (status, body) =
        answer(client.post("/api/auth/sign-in").json(&json!({ "email": "a@b", "pasword": "x" }))).await;
    assert_eq!(status, 422);
    assert_eq!(body["errors"][0]["pointer"], "/pasword");
    let (status, body) = answer(client.post("/api/auth/sign-in").body("email=a")).await;
    assert_eq!((status, &body["code"]), (415, &json!("unsupported_media_type")));
    let foreign = client.post("/api/auth/sign-in").header("sec-fetch-site", "cross-site");
    let (status, body) = answer(foreign.json(&json!({ "email": "a@b", "password": "x" }))).await;
    assert_eq!((status, &body["code"]), (403, &json!("cross_origin")));
    server.stop().await;
}
