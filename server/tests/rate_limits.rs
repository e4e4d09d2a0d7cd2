//! How often the API may be asked.

use std::time::Duration;

use aloftly_catalog::{KeyScope, OrgRole};
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::support::{Client, World, answer};

/// The status of an answer, and what it tells of limits.
async fn told(request: reqwest::RequestBuilder) -> (u16, String, String) {
    let answer = request.send().await.unwrap();
    let of = |headers: &HeaderMap, name: &str| {
        let values = headers.get_all(name).iter().map(|value| value.to_str().unwrap());
        values.collect::<Vec<_>>().join(", ")
    };
    let headers = answer.headers();
    assert_eq!(answer.status() == 429, headers.contains_key("retry-after"));
    (answer.status().as_u16(), of(headers, "ratelimit-policy"), of(headers, "ratelimit"))
}

fn stores(client: &Client) -> reqwest::RequestBuilder {
    client.get("/api/stores")
}

#[tokio::test]
async fn an_account_is_counted_in_all_its_sessions_and_a_key_by_itself() {
    let world = World::with(&[("api_rate_limit", "3/1m"), ("org_rate_limit", "off")]).await;
    let (_, made) = world.organization("a").await;
    world.database.member(made.organization, "ann@a.test", OrgRole::Viewer).await;
    let token = world.database.api_key("owner@a.test", &[KeyScope::MetricsRead]).await;
    let server = world.serve().await;
    // To sign in counts for the address, which has a bucket of its own.
    let (here, there) = (server.owner_of("a").await, server.owner_of("a").await);
    let ann = server.person("ann@a.test").await;
    let policy = "\"account\";q=3;w=60".to_owned();
    for (client, left) in [(&here, "r=2;t=20"), (&there, "r=1;t=40"), (&here, "r=0;t=60")] {
        assert_eq!(told(stores(client)).await, (200, policy.clone(), format!("\"account\";{left}")));
    }
    for client in [&here, &there] {
        assert_eq!(told(stores(client)).await, (429, policy.clone(), "\"account\";r=0;t=20".to_owned()));
    }
    let (status, body) = answer(stores(&here)).await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many_requests")));
    let refused = stores(&here).send().await.unwrap();
    assert_eq!(refused.headers()["retry-after"], "20");
    assert_eq!(told(stores(&ann)).await.0, 200, "others are not in the way");
    let program = server.program(token.expose());
    assert_eq!(told(stores(&program)).await, (200, "\"key\";q=3;w=60".to_owned(), "\"key\";r=2;t=20".to_owned()));
    // What a route refuses counts as well as what it answers.
    for left in ["\"key\";r=1;t=40", "\"key\";r=0;t=60"] {
        let (status, _, found) = told(program.get("/api/session")).await;
        assert_eq!((status, found.as_str()), (403, left));
    }
    assert_eq!(told(program.get("/api/metrics")).await.0, 429);
    world.clock.advance(Duration::from_secs(20));
    assert_eq!([told(stores(&here)).await.0, told(stores(&here)).await.0], [200, 429]);
    assert_eq!(told(stores(&program)).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn an_organisation_is_counted_as_a_whole() {
    let world = World::with(&[("api_rate_limit", "100/1m"), ("org_rate_limit", "4/1m")]).await;
    let (_, a) = world.organization("a").await;
    world.organization("b").await;
    world.database.member(a.organization, "ann@a.test", OrgRole::Viewer).await;
    let token = world.database.api_key("owner@a.test", &[KeyScope::MetricsRead]).await;
    let server = world.serve().await;
    let (owner, ann) = (server.owner_of("a").await, server.person("ann@a.test").await);
    let (program, other) = (server.program(token.expose()), server.owner_of("b").await);
    let (status, policy, left) = told(stores(&owner)).await;
    assert_eq!((status, policy.as_str()), (200, "\"account\";q=100;w=60, \"organization\";q=4;w=60"));
    assert_eq!(left, "\"account\";r=99;t=1, \"organization\";r=3;t=15");
    for client in [&ann, &program, &owner] {
        assert_eq!(told(stores(client)).await.0, 200);
    }
    for client in [&ann, &program, &owner] {
        let (status, _, left) = told(stores(client)).await;
        assert!(status == 429 && left.ends_with("\"organization\";r=0;t=15"), "{left}");
    }
    assert_eq!(told(stores(&other)).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn who_is_not_known_is_counted_by_their_network() {
    let world = World::with(&[("api_rate_limit", "3/1m"), ("trusted_proxies", "127.0.0.1")]).await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (nobody, wrong) = (server.anonymous(), server.program("aloftly_x"));
    let stale = server.holding("__Host-aloftly_session=stale".to_owned());
    let from = |client: &Client, path: &str, address: &str| told(client.get(path).header("x-forwarded-for", address));
    let mut found = Vec::new();
    for client in [&nobody, &wrong, &stale, &nobody, &wrong, &stale] {
        found.push(from(client, "/api/stores", "203.0.113.9").await.0);
    }
    assert_eq!(found, [401, 401, 401, 429, 429, 429]);
    let (status, policy, left) = from(&nobody, "/api/openapi.json", "203.0.113.9").await;
    assert_eq!((status, policy.as_str(), left.as_str()), (429, "\"address\";q=3;w=60", "\"address\";r=0;t=20"));
    assert_eq!(from(&nobody, "/api/openapi.json", "203.0.113.10").await.0, 200);
    // Who shows a good token is not held up by neighbours who do not.
    assert_eq!(from(&owner, "/api/stores", "203.0.113.9").await.0, 200);
    // Whoever has an address of the newer kind has a whole network of them.
    for host in 1..=3 {
        assert_eq!(from(&nobody, "/api/stores", &format!("2001:db8::{host}")).await.0, 401);
    }
    assert_eq!(from(&nobody, "/api/stores", "2001:db8::4").await.0, 429);
    assert_eq!(from(&nobody, "/api/stores", "2001:db8:0:1::1").await.0, 401);
    // What is no part of the API is not limited by it.
    for _ in 0..5 {
        assert_eq!(from(&nobody, "/healthz", "203.0.113.9").await, (200, String::new(), String::new()));
    }
    server.stop().await;
}

#[tokio::test]
async fn without_limits_nothing_is_counted_and_nothing_told() {
    let world = World::with(&[("api_rate_limit", "off"), ("org_rate_limit", "off")]).await;
    world.organization("a").await;
    let server = world.serve().await;
    for client in [server.owner_of("a").await, server.anonymous()] {
        let (_, policy, left) = told(client.get("/api/metrics")).await;
        assert_eq!((policy, left), (String::new(), String::new()));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_team_with_full_dashboards_does_not_meet_the_limits_that_nobody_set() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    // Ten people with thirty widgets each, before anything has filled up again.
    for _ in 0..10 {
        let widgets = (0..30).map(|_| told(owner.get("/api/session")));
        let answers = futures::future::join_all(widgets).await;
        assert!(answers.iter().all(|(status, ..)| *status == 200), "{answers:?}");
    }
    let (_, policy, left) = told(owner.get("/api/session")).await;
    assert_eq!(policy, "\"account\";q=3000;w=60, \"organization\";q=30000;w=60");
    assert_eq!(left, "\"account\";r=2699;t=7, \"organization\";r=29699;t=1");
    server.stop().await;
}
