//! Mail that cannot be delivered, what it says, and how much of it somebody may have sent: with a real server that takes
//! mail, or refuses it.

use std::time::Duration;

use aloftly_catalog::plans::Tier;
use aloftly_catalog::testing::PASSWORD;
use aloftly_catalog::{NewOrganization, OrgRole};
use aloftly_tests::smtp::SmtpSink;
use serde_json::{Value, json};

use crate::accounts::{Mailing, sign_up};
use crate::support::{Client, Server, answer};

/// Waits until something is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1_500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came to be that {what}");
}

/// How often there was mail for an address.
fn tries(sink: &SmtpSink, address: &str) -> usize {
    sink.offered().iter().filter(|offered| *offered == address).count()
}

/// Asks people to join, as viewers.
async fn invite(client: &Client, emails: &[impl AsRef<str>]) -> (u16, Value) {
    let emails: Vec<&str> = emails.iter().map(AsRef::as_ref).collect();
    answer(client.post("/api/invites").json(&json!({ "emails": emails, "role": "viewer" }))).await
}

/// Has a link sent to the owner of the organisation `a`.
async fn ask_for_link(server: &Server) {
    let ask = server.anonymous().post("/api/auth/magic-link").json(&json!({ "email": "owner@a.test" }));
    assert_eq!(answer(ask).await.0, 202);
}

#[tokio::test]
async fn mail_that_is_not_taken_at_the_moment_holds_up_no_other() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let owner = server.owner_of("a").await;
    let away: Vec<_> = (0..12).map(|n| format!("away{n}@x.test")).collect();
    for address in &away {
        sink.refuse(address, "451 come back later");
    }
    assert_eq!(invite(&owner, &away).await.0, 200);
    until("all were tried", || away.iter().all(|address| tries(&sink, address) > 0)).await;
    ask_for_link(&server).await;
    sink.mail_to("owner@a.test", 1).await;
    assert_eq!(sink.mails().len(), 1, "nothing else was taken");
    for address in &away {
        // There are four attempts in all.
        let tries = tries(&sink, address);
        assert!((1..4).contains(&tries), "{address} was not waited for: {tries} attempts");
    }

    // They are not given up: a server that stops tries them a last time.
    sink.refuse_nobody();
    ask_for_link(&server).await;
    sink.mail_to("owner@a.test", 2).await;
    server.stop().await;
    for address in &away {
        sink.mail_to(address, 1).await;
    }
}

#[tokio::test]
async fn mail_that_will_never_be_taken_is_not_tried_again() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let owner = server.owner_of("a").await;
    sink.refuse("nobody@x.test", "550 there is nobody of that name");
    assert_eq!(invite(&owner, &["nobody@x.test", "two..dots@x.test"]).await.0, 200);
    until("it was tried", || tries(&sink, "nobody@x.test") > 0).await;
    ask_for_link(&server).await;
    sink.mail_to("owner@a.test", 1).await;
    // What waits to be tried again is tried a last time.
    server.stop().await;
    assert_eq!((tries(&sink, "nobody@x.test"), tries(&sink, "two..dots@x.test")), (1, 0));
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_stops_sends_no_more_at_once_than_before() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let owner = server.owner_of("a").await;
    sink.shut();
    let many: Vec<_> = (0..20).map(|n| format!("ann{n}@x.test")).collect();
    assert_eq!(invite(&owner, &many).await.0, 200);
    until("eight are sent at once", || sink.offered().len() == 8).await;
    server.stop.cancel();
    for begun in 9..=20 {
        sink.let_pass(1);
        until("one more is begun", || sink.offered().len() >= begun).await;
    }
    sink.let_pass(8);
    server.stop().await;
    assert_eq!((sink.most_waiting(), sink.mails().len()), (8, 20));
}

#[tokio::test]
async fn nobody_is_flooded_with_invitations_whoever_sends_them() {
    let Mailing { world, sink, server, .. } = Mailing::new().await;
    world.organization("b").await;
    let (a, b) = (server.owner_of("a").await, server.owner_of("b").await);
    for _ in 0..5 {
        let (status, body) = invite(&a, &["Ann@x.test"]).await;
        assert_eq!((status, &body["results"][0]["status"]), (200, &json!("invited")), "{body}");
        let id = body["results"][0]["invite"]["id"].as_str().unwrap();
        assert_eq!(answer(a.delete(&format!("/api/invites/{id}"))).await.0, 204);
    }
    for client in [&a, &b] {
        let (status, body) = invite(client, &["bob@x.test", "ann@X.test"]).await;
        assert_eq!((status, &body["code"]), (429, &json!("too_many_requests")));
        assert_eq!(client.read("/api/invites").await["invites"], json!([]), "nobody was asked");
    }
    let link = server.anonymous().post("/api/auth/magic-link").json(&json!({ "email": "ann@x.test" }));
    assert_eq!(answer(link).await.0, 429);

    // Who is not written to is not counted.
    for _ in 0..6 {
        let (status, body) = invite(&b, &["owner@b.test", "bob@x.test", "bob@x.test", "nonsense"]).await;
        assert_eq!((status, &body["results"][0]["status"]), (200, &json!("already_member")), "{body}");
    }
    world.clock.advance(Duration::from_secs(300));
    assert_eq!(invite(&b, &["ann@x.test"]).await.0, 200);
    sink.mail_to("ann@x.test", 6).await;
    sink.mail_to("bob@x.test", 1).await;
    server.stop().await;
    assert_eq!(sink.mails().len(), 7);
}

#[tokio::test]
async fn a_link_is_as_good_as_it_was_when_another_would_be_too_many() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let owner = server.owner_of("a").await;
    let (_, body) = invite(&owner, &["ann@x.test"]).await;
    let path = format!("/api/invites/{}/resend", body["results"][0]["invite"]["id"].as_str().unwrap());
    for sent in 2..=5 {
        assert_eq!(answer(owner.post(&path)).await.0, 204);
        sink.mail_to("ann@x.test", sent).await;
    }
    let (status, body) = answer(owner.post(&path)).await;
    assert_eq!((status, &body["code"]), (429, &json!("too_many_requests")));
    let token = json!({ "token": sink.mail_to("ann@x.test", 5).await.token() });
    assert_eq!(answer(server.anonymous().post("/api/invites/preview").json(&token)).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_asked_uses_up_nothing() {
    let Mailing { world, sink, server, made, .. } = Mailing::new().await;
    world.database.member(made.organization, "ann@a.test", OrgRole::Member).await;
    let (ann, owner) = (server.person("ann@a.test").await, server.owner_of("a").await);
    let too_many: Vec<_> = (0..101).map(|n| format!("bob{n}@x.test")).collect();
    for wrong in [&too_many[..0], &too_many[..]] {
        for _ in 0..6 {
            let (status, body) = invite(&owner, wrong).await;
            assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/emails")), "{body}");
            assert_eq!(invite(&ann, &["bob0@x.test"]).await.0, 403);
        }
    }
    assert_eq!(invite(&owner, &too_many[..100]).await.0, 200);
    server.stop().await;
    assert_eq!(sink.mails().len(), 100);
}

#[tokio::test]
async fn who_has_not_proved_an_address_is_not_greeted_in_a_strangers_words() {
    let Mailing { world: _world, sink, server, .. } = Mailing::new().await;
    let mut ask = sign_up();
    ask["name"] = json!("your bank: go to evil.test");
    assert_eq!(answer(server.anonymous().post("/api/auth/sign-up").json(&ask)).await.0, 202);
    let mail = sink.mail_to("ann@new.test", 1).await;
    assert!(mail.text().contains("Hello,") && !mail.text().contains("evil.test"), "{}", mail.text());
    server.stop().await;
}

#[tokio::test]
async fn an_invitation_says_who_invites_to_what_and_not_more_than_that() {
    let Mailing { world, sink, server, .. } = Mailing::new().await;
    let new = NewOrganization {
        name: "a".repeat(200),
        plan: Tier::Enterprise,
        workspace: "Main".to_owned(),
        owner_email: "owner@long.test".to_owned(),
        owner_name: "Ann".to_owned(),
        owner_password: PASSWORD.to_owned(),
        stores: Vec::new(),
    };
    world.database.catalog().provision_organization(&new).await.unwrap();
    let owner = server.owner_of("long").await;
    assert_eq!(invite(&owner, &["bob@x.test"]).await.0, 200);
    let mail = sink.mail_to("bob@x.test", 1).await;
    let expected = format!("owner@long.test invites you to join {}… on Aloftly as a viewer.", "a".repeat(99));
    assert!(mail.text().contains(&expected), "{}", mail.text());
    server.stop().await;
}
