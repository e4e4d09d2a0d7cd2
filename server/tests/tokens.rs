//! Programs over HTTP: signing in, asking, refreshing, and ending.

use aloftly_catalog::OrgRole;
use aloftly_catalog::testing::PASSWORD;
use serde_json::{Value, json};

use crate::accounts::code;
use crate::support::{ORDERS, Server, World, answer, figures};

async fn sign_in(server: &Server, email: &str, password: &str) -> (u16, Value) {
    let body = json!({ "email": email, "password": password });
    answer(server.anonymous().post("/api/auth/tokens").json(&body)).await
}

/// An access token and a refresh token.
async fn tokens(server: &Server, email: &str) -> (String, String) {
    let (status, body) = sign_in(server, email, PASSWORD).await;
    assert_eq!(status, 200, "{body}");
    both(&body)
}

fn both(body: &Value) -> (String, String) {
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

async fn with_refresh(server: &Server, what: &str, token: &str) -> (u16, Value) {
    let path = format!("/api/auth/tokens/{what}");
    answer(server.anonymous().post(&path).json(&json!({ "refresh_token": token }))).await
}

#[tokio::test]
async fn a_program_asks_with_its_access_token_and_goes_on_with_the_next() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    owner.import(made.stores[0], "a.csv", ORDERS).await;
    let (status, body) = sign_in(&server, "owner@a.test", PASSWORD).await;
    assert_eq!((status, &body["token_type"], &body["expires_in"]), (200, &json!("Bearer"), &json!(600)));
    let (access, refresh) = both(&body);
    let program = server.program(&access);
    assert_eq!(program.read("/api/session").await["user"]["email"], "owner@a.test");
    assert_eq!(figures(&program, made.stores[0]).await, figures(&owner, made.stores[0]).await);
    let (status, _) =
        answer(program.post("/api/imports").multipart(crate::support::form(made.stores[0], "b.csv", ORDERS))).await;
    assert_eq!(status, 202);

    world.clock.advance(std::time::Duration::from_secs(600));
    let (status, body) = answer(program.get("/api/session")).await;
    assert_eq!((status, &body["code"]), (401, &json!("unauthenticated")));
    assert_eq!(answer(program.post("/api/metrics/query").json(&json!({}))).await.0, 401);
    let (status, body) = with_refresh(&server, "refresh", &refresh).await;
    assert_eq!(status, 200, "{body}");
    let (next, next_refresh) = both(&body);
    server.program(&next).read("/api/session").await;

    // The first comes back: the family ends.
    let (status, body) = with_refresh(&server, "refresh", &refresh).await;
    assert_eq!((status, &body["code"]), (401, &json!("unauthenticated")));
    assert_eq!(answer(server.program(&next).get("/api/session")).await.0, 401);
    assert_eq!(with_refresh(&server, "refresh", &next_refresh).await.0, 401);
    let log = owner.read("/api/audit?action=session.reuse_detected").await;
    assert_eq!(log["events"].as_array().unwrap().len(), 1, "{log}");
    server.stop().await;
}

#[tokio::test]
async fn a_program_is_one_of_the_sessions_and_ends_at_once() {
    let world = World::new().await;
    let (tenant, made) = world.organization("a").await;
    let ann = world.database.member(made.organization, "ann@a.test", OrgRole::Admin).await;
    let server = world.serve().await;
    let browser = server.person("ann@a.test").await;
    let is_over = async |access: &str| answer(server.program(access).get("/api/stores")).await.0 == 401;

    let (access, refresh) = tokens(&server, "ann@a.test").await;
    let sessions = browser.read("/api/sessions").await["sessions"].clone();
    let kinds: Vec<_> = sessions.as_array().unwrap().iter().map(|one| (&one["kind"], &one["is_current"])).collect();
    assert_eq!(kinds, [(&json!("program"), &json!(false)), (&json!("browser"), &json!(true))]);
    let of_program = server.program(&access).read("/api/sessions").await["sessions"].clone();
    assert_eq!((&of_program[0]["kind"], &of_program[0]["is_current"]), (&json!("program"), &json!(true)));
    assert_eq!(with_refresh(&server, "revoke", &refresh).await, (204, Value::Null));
    assert_eq!(with_refresh(&server, "revoke", &refresh).await.0, 204);
    assert!(is_over(&access).await, "revoked");

    let (access, refresh) = tokens(&server, "ann@a.test").await;
    let id = browser.read("/api/sessions").await["sessions"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(answer(browser.delete(&format!("/api/sessions/{id}"))).await.0, 204);
    assert!(is_over(&access).await, "ended by hand");
    assert_eq!(with_refresh(&server, "refresh", &refresh).await.0, 401);

    let (access, _) = tokens(&server, "ann@a.test").await;
    tenant.change_role(ann, OrgRole::Viewer).await.unwrap();
    assert_eq!(server.program(&access).read("/api/session").await["role"], "viewer");
    assert_eq!(answer(server.program(&access).get("/api/audit")).await.0, 403);
    tenant.remove_member(ann).await.unwrap();
    assert!(is_over(&access).await, "removed");
    server.stop().await;
}

#[tokio::test]
async fn a_bearer_counts_before_a_cookie_and_gives_no_other() {
    let world = World::new().await;
    let (_, made) = world.organization("a").await;
    let (_, other) = world.organization("b").await;
    world.database.member(made.organization, "ann@a.test", OrgRole::Member).await;
    world.database.member(other.organization, "ann@a.test", OrgRole::Member).await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (access, _) = tokens(&server, "ann@a.test").await;
    let mut both = server.program(&access);
    both.cookie.clone_from(&owner.cookie);
    assert_eq!(both.read("/api/session").await["user"]["email"], "ann@a.test");
    let mut wrong = server.program("nonsense");
    wrong.cookie.clone_from(&owner.cookie);
    assert_eq!(answer(wrong.get("/api/session")).await.0, 401, "not as the cookie's owner");
    // A cookie's token is no bearer, and a bearer no cookie.
    let cookie = owner.cookie.as_deref().unwrap().split_once('=').unwrap().1;
    assert_eq!(answer(server.program(cookie).get("/api/session")).await.0, 401);
    let as_cookie = server.holding(format!("__Host-aloftly_session={access}"));
    assert_eq!(answer(as_cookie.get("/api/session")).await.0, 401);
    let enter = format!("/api/orgs/{}/enter", other.organization);
    for client in [both, server.program(&access)] {
        let answered = client.post(&enter).send().await.unwrap();
        assert_eq!(answered.status(), 403);
        assert!(answered.headers().get("set-cookie").is_none());
    }
    owner.read("/api/session").await;
    server.stop().await;
}

#[tokio::test]
async fn a_programs_attempts_are_limited_with_all_others() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    for attempt in 0..10 {
        let (status, body) = if attempt % 2 == 0 {
            sign_in(&server, "owner@a.test", "wrong").await
        } else {
            let body = json!({ "email": "owner@a.test", "password": "wrong" });
            answer(server.anonymous().post("/api/auth/sign-in").json(&body)).await
        };
        assert_eq!((status, &body["code"]), (401, &json!("invalid_credentials")), "{body}");
    }
    let (status, body) = sign_in(&server, "owner@a.test", PASSWORD).await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many_requests")), "{body}");
    server.stop().await;
}

#[tokio::test]
async fn an_answer_with_tokens_is_kept_by_nobody_and_sets_no_cookie() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let body = json!({ "email": "owner@a.test", "password": PASSWORD });
    let answered = server.anonymous().post("/api/auth/tokens").json(&body).send().await.unwrap();
    assert_eq!(answered.headers()["cache-control"], "no-store");
    assert!(answered.headers().get("set-cookie").is_none());
    for body in [json!({}), json!({ "refresh_token": 7 }), json!({ "refresh_token": "x", "more": 1 })] {
        let (status, _) = answer(server.anonymous().post("/api/auth/tokens/refresh").json(&body)).await;
        assert_eq!(status, 422, "{body}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_program_shows_the_second_factor_with_the_password() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let owner = server.owner_of("a").await;
    let (_, secret) = answer(owner.post("/api/account/second-factor").json(&json!({ "password": PASSWORD }))).await;
    let confirm = json!({ "code": code(&secret, &world) });
    let (_, codes) = answer(owner.put("/api/account/second-factor").json(&confirm)).await;
    let sign_in = async |code: Option<&str>| {
        let mut body = json!({ "email": "owner@a.test", "password": PASSWORD });
        if let Some(code) = code {
            body["code"] = json!(code);
        }
        answer(server.anonymous().post("/api/auth/tokens").json(&body)).await
    };
    let (status, body) = sign_in(None).await;
    assert_eq!((status, &body["code"]), (401, &json!("second_factor_required")));
    let (status, body) = sign_in(Some("000000")).await;
    assert_eq!((status, &body["code"]), (401, &json!("invalid_code")));
    let recovery = codes["recovery_codes"][0].as_str().unwrap();
    let (status, body) = sign_in(Some(recovery)).await;
    assert_eq!(status, 200, "{body}");
    server.program(&both(&body).0).read("/api/session").await;
    assert_eq!(sign_in(Some(recovery)).await.0, 401, "it was used");
    world.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(sign_in(Some(&code(&secret, &world))).await.0, 200);
    server.stop().await;
}
