//! Accounts over HTTP, with a real server that takes mail.

use std::time::Duration;

use aloftly_catalog::testing::PASSWORD;
use aloftly_catalog::{OrgRole, Provisioned, Tenant};
use aloftly_tests::smtp::SmtpSink;
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{Client, Server, World, answer, cookie};

/// A server that sends mail.
pub(crate) struct Mailing {
    pub(crate) world: World,
    pub(crate) sink: SmtpSink,
    pub(crate) server: Server,
    /// The organisation `a`, and what was made with it.
    pub(crate) tenant: Tenant,
    pub(crate) made: Provisioned,
}

impl Mailing {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(settings: &[(&'static str, &str)]) -> Self {
        let sink = SmtpSink::start().await;
        let url = sink.url();
        let mail = [("smtp_url", url.as_str()), ("mail_from", "Aloftly <stats@aloftly.test>")];
        let world = World::with(&[settings, &mail].concat()).await;
        let (tenant, made) = world.organization("a").await;
        let server = world.serve().await;
        Self { world, sink, server, tenant, made }
    }
}

pub(crate) fn sign_up() -> Value {
    json!({
        "email": "Ann@new.test",
        "name": "Ann",
        "organization": "New & Co",
        "store": { "name": "Pots", "currency": "EUR", "timezone": "Europe/Paris", "week_start": "sunday" },
    })
}

async fn post(client: &Client, path: &str, body: &Value) -> (u16, Value) {
    answer(client.post(path).json(body)).await
}

/// The same client, with the cookie that an answer sets.
fn with_cookie_of(client: &Client, answer: &Response) -> Client {
    let mut with = client.clone();
    with.cookie = Some(cookie(answer));
    with
}

#[tokio::test]
async fn an_account_is_asked_for_proved_by_mail_and_begun_with() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let nobody = server.anonymous();
    let methods = nobody.read("/api/auth/methods").await;
    assert_eq!(methods, json!({ "sign_up": true, "mail": true, "google": false }));
    assert_eq!(post(&nobody, "/api/auth/sign-up", &sign_up()).await, (202, Value::Null));
    let mail = sink.mail_to("ann@new.test", 1).await;
    assert_eq!(
        (mail.from.as_str(), mail.header("from").as_str()),
        ("stats@aloftly.test", "Aloftly <stats@aloftly.test>")
    );
    assert_eq!(mail.header("subject"), "Confirm your address to begin with Aloftly");
    let expected = format!("http://localhost:{}/sign-up/complete#token=", server.address.port());
    assert!(mail.text().contains(&expected), "{}", mail.text());

    let short = json!({ "token": mail.token(), "password": "short" });
    let (status, body) = post(&nobody, "/api/auth/sign-up/complete", &short).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/password")));
    let token = json!({ "token": mail.token(), "password": PASSWORD });
    let done = nobody.post("/api/auth/sign-up/complete").json(&token).send().await.unwrap();
    assert_eq!(done.status(), 200);
    let ann = with_cookie_of(&nobody, &done);
    let session = ann.read("/api/session").await;
    assert_eq!((&session["role"], &session["organization"]["name"]), (&json!("owner"), &json!("New & Co")));
    assert_eq!(ann.read("/api/stores").await["stores"][0]["name"], "Pots");
    let account = ann.read("/api/account").await;
    assert_eq!((&account["email_verified"], &account["has_password"]), (&json!(true), &json!(true)));
    let (status, body) = post(&nobody, "/api/auth/sign-up/complete", &token).await;
    assert_eq!((status, &body["code"]), (410, &json!("link_expired")));
    server.stop().await;
}

#[tokio::test]
async fn what_is_answered_does_not_tell_whether_an_address_is_known() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let nobody = server.anonymous();
    for path in ["/api/auth/magic-link", "/api/auth/password-reset"] {
        let ask =
            |email: &'static str| nobody.post(path).header("x-request-id", "same").json(&json!({ "email": email }));
        let (known, unknown) = (ask("owner@a.test").send().await.unwrap(), ask("nobody@a.test").send().await.unwrap());
        assert_eq!((known.status(), unknown.status()), (202.try_into().unwrap(), 202.try_into().unwrap()), "{path}");
        let names = |answer: &Response| answer.headers().keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&known), names(&unknown), "{path}");
        assert_eq!(known.bytes().await.unwrap(), unknown.bytes().await.unwrap(), "{path}");
    }
    let known = Value::Object(
        [sign_up().as_object().unwrap().clone(), json!({ "email": "owner@a.test" }).as_object().unwrap().clone()]
            .into_iter()
            .flatten()
            .collect(),
    );
    assert_eq!(post(&nobody, "/api/auth/sign-up", &known).await, (202, Value::Null));
    let told = sink.mail_to("owner@a.test", 3).await;
    assert!(
        sink.mails().iter().any(|mail| mail.header("subject") == "You have an Aloftly account already"),
        "{told:?}"
    );
    assert!(sink.mails().iter().all(|mail| mail.to == ["owner@a.test"]), "nobody else is written to");
    server.stop().await;
}

#[tokio::test]
async fn a_link_signs_in_and_another_chooses_a_password() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let nobody = server.anonymous();
    let email = json!({ "email": "owner@a.test" });
    post(&nobody, "/api/auth/magic-link", &email).await;
    let token = json!({ "token": sink.mail_to("owner@a.test", 1).await.token() });
    let done = nobody.post("/api/auth/magic-link/redeem").json(&token).send().await.unwrap();
    assert_eq!(done.status(), 200);
    let owner = with_cookie_of(&nobody, &done);
    owner.read("/api/session").await;
    assert_eq!(post(&nobody, "/api/auth/magic-link/redeem", &token).await.0, 410);

    post(&nobody, "/api/auth/password-reset", &email).await;
    let token = sink.mail_to("owner@a.test", 2).await.token();
    let short = json!({ "token": token, "new_password": "short" });
    let (status, body) = post(&nobody, "/api/auth/password-reset/redeem", &short).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/new_password")));
    let new = json!({ "token": token, "new_password": "another good password" });
    assert_eq!(post(&nobody, "/api/auth/password-reset/redeem", &new).await, (204, Value::Null));
    assert_eq!(post(&nobody, "/api/auth/password-reset/redeem", &new).await.0, 410);
    assert_eq!(answer(owner.get("/api/session")).await.0, 401);
    let sign_in = |password: &str| json!({ "email": "owner@a.test", "password": password });
    assert_eq!(post(&nobody, "/api/auth/sign-in", &sign_in(PASSWORD)).await.0, 401);
    assert_eq!(post(&nobody, "/api/auth/sign-in", &sign_in("another good password")).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_session_before_the_sign_in_is_not_the_one_after_it() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let before = server.owner_of("a").await;
    post(&before, "/api/auth/magic-link", &json!({ "email": "owner@a.test" })).await;
    let token = json!({ "token": sink.mail_to("owner@a.test", 1).await.token() });
    let done = before.post("/api/auth/magic-link/redeem").json(&token).send().await.unwrap();
    let after = with_cookie_of(&before, &done);
    assert_ne!(before.cookie, after.cookie);
    assert_eq!(answer(before.get("/api/session")).await.0, 401, "the one before has ended");
    after.read("/api/session").await;
    // A token that somebody planted is no session.
    let planted = server.holding("__Host-aloftly_session=planted-planted-planted-planted-planted-plan".to_owned());
    let signed_in = planted.post("/api/auth/sign-in").json(&json!({ "email": "owner@a.test", "password": PASSWORD }));
    let signed_in = signed_in.send().await.unwrap();
    assert!(!cookie(&signed_in).contains("planted"));
    assert_eq!(answer(planted.get("/api/session")).await.0, 401);
    server.stop().await;
}

#[tokio::test]
async fn an_address_is_proved_by_a_link_that_its_owner_asked_for() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let owner = server.owner_of("a").await;
    assert_eq!(owner.read("/api/account").await["email_verified"], false);
    assert_eq!(answer(owner.post("/api/account/verification")).await, (202, Value::Null));
    let token = json!({ "token": sink.mail_to("owner@a.test", 1).await.token() });
    assert_eq!(post(&server.anonymous(), "/api/auth/verification/redeem", &token).await, (204, Value::Null));
    assert_eq!(owner.read("/api/account").await["email_verified"], true);
    assert_eq!(post(&server.anonymous(), "/api/auth/verification/redeem", &token).await.0, 410);
    assert_eq!(answer(owner.post("/api/account/verification")).await, (202, Value::Null));
    server.stop().await;
    assert_eq!(sink.mails().len(), 1, "what is known is not asked for again");
}

#[tokio::test]
async fn mail_that_is_not_taken_at_once_is_tried_again_and_a_last_time_when_the_server_stops() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    sink.refuse_next("451 busy");
    post(&server.anonymous(), "/api/auth/magic-link", &json!({ "email": "owner@a.test" })).await;
    sink.mail_to("owner@a.test", 1).await;
    // What it is asked for in its last moment is done.
    post(&server.anonymous(), "/api/auth/password-reset", &json!({ "email": "owner@a.test" })).await;
    server.stop().await;
    assert_eq!(sink.mails().len(), 2);
}

#[tokio::test]
async fn nobody_has_an_address_flooded() {
    let Mailing { world, sink, server, .. } = Mailing::with(&[("trusted_proxies", "127.0.0.1")]).await;
    let from = |host: u8, email: String| {
        let ask = server.anonymous().post("/api/auth/magic-link").json(&json!({ "email": email }));
        answer(ask.header("x-forwarded-for", format!("198.51.100.{host}")))
    };
    for host in 0..5 {
        assert_eq!(from(host, "OWNER@a.test".to_owned()).await.0, 202);
    }
    let (status, body) = from(6, "owner@a.test".to_owned()).await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many_requests")));
    // Whether somebody is known makes no difference.
    for host in 0..5 {
        assert_eq!(from(host, "nobody@a.test".to_owned()).await.0, 202);
    }
    assert_eq!(from(6, "nobody@a.test".to_owned()).await.0, 429);
    for n in 0..20 {
        assert_eq!(from(77, format!("nobody{n}@a.test")).await.0, 202);
    }
    assert_eq!(from(77, "somebody@a.test".to_owned()).await.0, 429);
    world.clock.advance(Duration::from_secs(300));
    assert_eq!(from(8, "owner@a.test".to_owned()).await.0, 202);
    sink.mail_to("owner@a.test", 6).await;
    server.stop().await;
}

#[tokio::test]
async fn a_server_without_mail_says_so_and_one_that_is_closed_too() {
    let world = World::new().await;
    world.organization("a").await;
    let server = world.serve().await;
    let nobody = server.anonymous();
    assert_eq!(nobody.read("/api/auth/methods").await, json!({ "sign_up": false, "mail": false, "google": false }));
    let email = json!({ "email": "owner@a.test" });
    for (path, body) in
        [("/api/auth/sign-up", sign_up()), ("/api/auth/magic-link", email.clone()), ("/api/auth/password-reset", email)]
    {
        let (status, answered) = post(&nobody, path, &body).await;
        assert_eq!((status, &answered["code"]), (503, &json!("no_mail")), "{path}");
    }
    let owner = server.owner_of("a").await;
    assert_eq!(answer(owner.post("/api/account/verification")).await.0, 503);
    let invite = json!({ "emails": ["x@y.test"], "role": "viewer" });
    assert_eq!(post(&owner, "/api/invites", &invite).await.0, 503);
    assert_eq!(owner.read("/api/invites").await["invites"], json!([]), "nobody was asked");
    assert_eq!(answer(nobody.get("/api/auth/google/start")).await.0, 404);
    server.stop().await;

    let Mailing { world: _world, sink, server, .. } = Mailing::with(&[("sign_up", "invited")]).await;
    assert_eq!(server.anonymous().read("/api/auth/methods").await["sign_up"], false);
    let (status, body) = post(&server.anonymous(), "/api/auth/sign-up", &sign_up()).await;
    assert_eq!((status, &body["code"]), (403, &json!("sign_up_closed")));
    server.stop().await;
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn everything_wrong_with_a_sign_up_is_told_at_once() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let nobody = server.anonymous();
    let wrong = json!({
        "email": "nobody", "name": "", "organization": "",
        "store": { "name": "", "currency": "euro", "timezone": "Europe/Paris" },
    });
    let (status, body) = post(&nobody, "/api/auth/sign-up", &wrong).await;
    let places: Vec<_> =
        body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(status, 422);
    assert_eq!(places, ["/email", "/name", "/organization", "/store/name", "/store/currency"]);
    for (place, value) in [("timezone", "Mars/Olympus"), ("week_start", "someday")] {
        let mut wrong = sign_up();
        wrong["store"][place] = json!(value);
        let (status, body) = post(&nobody, "/api/auth/sign-up", &wrong).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!(format!("/store/{place}"))), "{body}");
    }
    server.stop().await;
    assert!(sink.mails().is_empty());
}

pub(crate) fn code(secret: &Value, world: &World) -> String {
    use aloftly_engine::clock::Clock as _;
    let uri = secret["uri"].as_str().unwrap();
    let now = u64::try_from(world.clock.now().timestamp()).unwrap();
    totp_rs::Totp::from_url(uri).unwrap().generate(now).to_string()
}

#[tokio::test]
async fn a_second_factor_is_set_up_wanted_and_ended() {
    let Mailing { world, sink: _sink, server, .. } = Mailing::new().await;
    let owner = server.owner_of("a").await;
    let (wrong, right) = (json!({ "password": "wrong" }), json!({ "password": PASSWORD }));
    let (status, body) = post(&owner, "/api/account/second-factor", &wrong).await;
    assert_eq!((status, &body["code"]), (422, &json!("wrong_password")));
    let (status, secret) = post(&owner, "/api/account/second-factor", &right).await;
    assert_eq!(status, 200);
    let (status, body) = answer(owner.put("/api/account/second-factor").json(&json!({ "code": "000000" }))).await;
    assert_eq!((status, &body["code"], &body["errors"][0]["pointer"]), (422, &json!("invalid_code"), &json!("/code")));
    let confirm = json!({ "code": code(&secret, &world) });
    let (status, codes) = answer(owner.put("/api/account/second-factor").json(&confirm)).await;
    assert_eq!((status, codes["recovery_codes"].as_array().unwrap().len()), (200, 10));
    let second_factor = owner.read("/api/account").await["second_factor"].clone();
    assert_eq!(second_factor, json!({ "enabled": true, "recovery_codes_left": 10 }));
    assert_eq!(post(&owner, "/api/account/second-factor", &right).await.0, 409);

    let nobody = server.anonymous();
    let sign_in = json!({ "email": "owner@a.test", "password": PASSWORD });
    let begun = nobody.post("/api/auth/sign-in").json(&sign_in).send().await.unwrap();
    assert_eq!(begun.status(), 202);
    let set = begun.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        set.starts_with("__Host-aloftly_second_factor=") && set.contains("; HttpOnly; Secure; SameSite=Lax"),
        "{set}"
    );
    let between = with_cookie_of(&nobody, &begun);
    assert_eq!(begun.json::<Value>().await.unwrap(), json!({ "second_factor": "totp" }));
    assert_eq!(answer(between.get("/api/session")).await.0, 401, "it is no session yet");
    let (status, body) = post(&between, "/api/auth/second-factor", &json!({ "code": "000000" })).await;
    assert_eq!((status, &body["code"]), (401, &json!("invalid_code")));
    world.clock.advance(Duration::from_secs(60));
    let shown = json!({ "code": code(&secret, &world) });
    let done = between.post("/api/auth/second-factor").json(&shown).send().await.unwrap();
    assert_eq!(done.status(), 200);
    let cookies: Vec<_> =
        done.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("__Host-aloftly_second_factor=;")), "{cookies:?}");
    with_cookie_of(&nobody, &done).read("/api/session").await;
    let (status, body) = post(&between, "/api/auth/second-factor", &shown).await;
    assert_eq!((status, &body["code"]), (410, &json!("sign_in_expired")));
    assert_eq!(post(&nobody, "/api/auth/second-factor", &shown).await.0, 410);

    let (status, renewed) = post(&owner, "/api/account/second-factor/recovery-codes", &right).await;
    assert_eq!((status, renewed["recovery_codes"].as_array().unwrap().len()), (200, 10));
    assert_eq!(answer(owner.delete("/api/account/second-factor").json(&wrong)).await.0, 422);
    assert_eq!(answer(owner.delete("/api/account/second-factor").json(&right)).await.0, 204);
    assert_eq!(answer(owner.delete("/api/account/second-factor").json(&right)).await.0, 404);
    assert_eq!(post(&nobody, "/api/auth/sign-in", &sign_in).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn who_knows_the_password_cannot_guess_the_code() {
    let Mailing { world, sink: _sink, server, .. } = Mailing::new().await;
    let owner = server.owner_of("a").await;
    let (_, secret) = post(&owner, "/api/account/second-factor", &json!({ "password": PASSWORD })).await;
    let confirm = json!({ "code": code(&secret, &world) });
    assert_eq!(answer(owner.put("/api/account/second-factor").json(&confirm)).await.0, 200);
    let nobody = server.anonymous();
    let sign_in = json!({ "email": "owner@a.test", "password": PASSWORD });
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let begun = nobody.post("/api/auth/sign-in").json(&sign_in).send().await.unwrap();
        let between = with_cookie_of(&nobody, &begun);
        for _ in 0..3 {
            statuses.push(post(&between, "/api/auth/second-factor", &json!({ "code": "000000" })).await.0);
        }
    }
    assert_eq!(statuses, [vec![401; 10], vec![429; 2]].concat(), "ten, however many sign-ins they are spread over");
    server.stop().await;
}

#[tokio::test]
async fn an_account_is_named_exported_and_deleted() {
    let Mailing { world, sink: _sink, server, .. } = Mailing::new().await;
    let (_, made) = world.organization("b").await;
    world.database.member(made.organization, "ann@b.test", OrgRole::Member).await;
    let ann = server.person("ann@b.test").await;
    let (status, account) = answer(ann.patch("/api/account").json(&json!({ "name": " Ann " }))).await;
    assert_eq!((status, &account["name"]), (200, &json!("Ann")));
    let (status, body) = answer(ann.patch("/api/account").json(&json!({ "name": "" }))).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/name")));

    let export = ann.get("/api/account/export").send().await.unwrap();
    assert_eq!(export.headers()["content-disposition"], "attachment; filename=\"aloftly-personal-data.json\"");
    let data: Value = export.json().await.unwrap();
    assert_eq!((&data["account"]["name"], &data["memberships"][0]["organization"]), (&json!("Ann"), &json!("b")));

    for wrong in [json!({ "password": "wrong" }), json!({})] {
        assert_eq!(answer(ann.delete("/api/account").json(&wrong)).await.0, 422, "{wrong}");
    }
    assert_eq!(answer(ann.delete("/api/account").json(&json!({ "password": PASSWORD }))).await.0, 204);
    assert_eq!(answer(ann.get("/api/session")).await.0, 401);
    let (status, body) =
        answer(server.owner_of("b").await.delete("/api/account").json(&json!({ "password": PASSWORD }))).await;
    assert_eq!((status, &body["code"]), (409, &json!("last_owner")));
    assert_eq!(body["detail"], "You are the last owner of b. Make somebody else an owner first.");
    server.stop().await;
}

#[tokio::test]
async fn people_are_invited_by_mail_and_join() {
    let Mailing { world, sink, server, .. } = Mailing::new().await;
    let (_, other) = world.organization("b").await;
    let owner = server.owner_of("a").await;
    let workspace = owner.read("/api/workspaces").await["workspaces"][0]["id"].clone();
    let ask = json!({
        "emails": ["new@a.test", "owner@b.test", "nonsense"], "role": "member",
        "workspaces": [{ "id": workspace, "role": "editor" }],
    });
    let (status, body) = post(&owner, "/api/invites", &ask).await;
    let statuses: Vec<_> =
        body["results"].as_array().unwrap().iter().map(|result| result["status"].as_str().unwrap()).collect();
    assert_eq!((status, statuses), (200, vec!["invited", "invited", "invalid"]));
    let mail = sink.mail_to("new@a.test", 1).await;
    assert_eq!(mail.header("subject"), "Join a on Aloftly");
    assert!(mail.text().contains("owner@a.test invites you to join a on Aloftly as a member."), "{}", mail.text());

    let nobody = server.anonymous();
    let (status, preview) = post(&nobody, "/api/invites/preview", &json!({ "token": mail.token() })).await;
    let expected = json!({
        "organization": "a", "email": "new@a.test", "role": "member", "invited_by": "owner@a.test", "has_account": false,
    });
    assert_eq!((status, preview), (200, expected));
    let join = |token: &str, more: Value| {
        let mut body = json!({ "token": token });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let (status, body) = post(&nobody, "/api/invites/accept", &join(&mail.token(), json!({ "name": "New" }))).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/password")));
    let short = join(&mail.token(), json!({ "name": "New", "password": "short" }));
    let (status, body) = post(&nobody, "/api/invites/accept", &short).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/password")));
    let new = join(&mail.token(), json!({ "name": "New", "password": PASSWORD }));
    let (status, session) = post(&nobody, "/api/invites/accept", &new).await;
    assert_eq!((status, &session["role"], &session["user"]["name"]), (200, &json!("member"), &json!("New")));
    assert_eq!(post(&nobody, "/api/invites/accept", &new).await.0, 410);

    // Who has an account signs in, and goes on in the organisation.
    let token = sink.mail_to("owner@b.test", 1).await.token();
    let (status, body) = post(&nobody, "/api/invites/accept", &join(&token, json!({}))).await;
    assert_eq!((status, &body["code"]), (401, &json!("sign_in_first")));
    assert_eq!(post(&owner, "/api/invites/accept", &join(&token, json!({}))).await.0, 401, "it is another account");
    let invited = server.owner_of("b").await;
    let joined = invited.post("/api/invites/accept").json(&join(&token, json!({}))).send().await.unwrap();
    assert_eq!(joined.status(), 200);
    let there = with_cookie_of(&invited, &joined);
    assert_eq!(there.read("/api/session").await["organization"]["name"], "a");
    assert_eq!(there.read("/api/orgs").await["organizations"].as_array().unwrap().len(), 2);
    assert_eq!(answer(invited.get("/api/session")).await.0, 401);
    assert_eq!(owner.read("/api/invites").await["invites"], json!([]));
    assert_eq!(other.stores.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn an_invitation_is_sent_again_and_taken_back() {
    let Mailing { world, sink, server, .. } = Mailing::new().await;
    let owner = server.owner_of("a").await;
    let ask = json!({ "emails": ["new@a.test"], "role": "viewer" });
    assert_eq!(post(&owner, "/api/invites", &ask).await.0, 200);
    let first = sink.mail_to("new@a.test", 1).await.token();
    world.clock.advance(Duration::from_secs(8 * 86_400));
    let owner = server.owner_of("a").await;
    let open = owner.read("/api/invites").await["invites"][0].clone();
    assert_eq!((&open["expired"], &open["email"]), (&json!(true), &json!("new@a.test")));
    let path = format!("/api/invites/{}", open["id"].as_str().unwrap());
    assert_eq!(answer(owner.post(&format!("{path}/resend"))).await, (204, Value::Null));
    let second = sink.mail_to("new@a.test", 2).await.token();
    let nobody = server.anonymous();
    assert_eq!(post(&nobody, "/api/invites/preview", &json!({ "token": first })).await.0, 410);
    assert_eq!(post(&nobody, "/api/invites/preview", &json!({ "token": second })).await.0, 200);
    assert_eq!(answer(owner.delete(&path)).await, (204, Value::Null));
    assert_eq!(post(&nobody, "/api/invites/preview", &json!({ "token": second })).await.0, 410);
    assert_eq!(answer(owner.delete(&path)).await.0, 404);
    let (status, body) = post(&owner, "/api/invites", &json!({ "emails": ["new@a.test"], "role": "owner" })).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/role")));
    server.stop().await;
}
