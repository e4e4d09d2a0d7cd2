//! Signing in and out, and what a session may see.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aloftly_catalog::plans::Tier;
use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{Actor, CatalogError, NewOrganization, OrgRole, Origin};
use aloftly_engine::clock::FixedClock;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn at_noon() -> (Arc<FixedClock>, TestDatabase) {
    let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    database.organization("acme").await;
    (clock, database)
}

#[tokio::test]
async fn the_owner_signs_in_whatever_the_case_of_the_address() {
    let (_, database) = at_noon().await;
    let signed_in = database
        .catalog()
        .sign_in(" Owner@ACME.test ", PASSWORD, &Origin::default())
        .await
        .unwrap()
        .signed_in()
        .unwrap();
    let (context, session) = database.catalog().authenticate(signed_in.token.expose()).await.unwrap();
    assert_eq!(session.user.email, "owner@acme.test");
    assert_eq!((session.organization_name.as_str(), session.role), ("acme", OrgRole::Owner));
    assert_eq!(context.actor(), Actor::User { id: session.user.id, role: OrgRole::Owner });
    assert_eq!(context, signed_in.context);
    let stores = database.catalog().tenant(context).stores().await.unwrap();
    assert_eq!(stores[0].name, "acme store");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_told_alike() {
    let (_, database) = at_noon().await;
    for (email, password) in [
        ("owner@acme.test", "wrong"),
        ("owner@acme.test", ""),
        ("nobody@acme.test", PASSWORD),
        ("", PASSWORD),
        ("owner@acme.test' OR true --", PASSWORD),
    ] {
        let refused = database.catalog().sign_in(email, password, &Origin::default()).await.unwrap_err();
        assert!(matches!(refused, CatalogError::InvalidCredentials), "{email}: {refused}");
    }
}

#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_known_one() {
    let (_, database) = at_noon().await;
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..5 {
        for (fastest, email) in fastest.iter_mut().zip(["owner@acme.test", "nobody@acme.test"]) {
            let start = Instant::now();
            database.catalog().sign_in(email, "wrong", &Origin::default()).await.unwrap_err();
            *fastest = start.elapsed().min(*fastest);
        }
    }
    let [known, unknown] = fastest.map(|time| time.as_secs_f64());
    assert!(unknown > known * 0.5 && unknown < known * 2.0, "known {known:.4} s, unknown {unknown:.4} s");
}

#[tokio::test]
async fn the_database_holds_neither_the_token_nor_the_password() {
    let (_, database) = at_noon().await;
    let token = database.as_person("owner@acme.test").await.1.token;
    assert_eq!(token.expose().len(), 43);
    let mut superuser = database.connect(database.superuser()).await;
    let kept: String = sqlx::query_scalar(
        "SELECT concat((SELECT to_json(s) FROM sessions s), (SELECT to_json(p) FROM user_passwords p))",
    )
    .fetch_one(&mut superuser)
    .await
    .unwrap();
    assert!(kept.contains("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    assert!(!kept.contains(token.expose()) && !kept.contains(PASSWORD), "{kept}");
    assert_eq!(format!("{token:?}"), "SessionToken(hidden)");
}

#[tokio::test]
async fn signing_out_ends_that_session_and_no_other() {
    let (_, database) = at_noon().await;
    let catalog = database.catalog();
    let here = database.as_person("owner@acme.test").await.1.token;
    let there = database.as_person("owner@acme.test").await.1.token;
    catalog.sign_out(here.expose(), &Origin::default()).await.unwrap();
    catalog.sign_out(here.expose(), &Origin::default()).await.unwrap();
    assert!(matches!(catalog.authenticate(here.expose()).await, Err(CatalogError::Unauthenticated)));
    catalog.authenticate(there.expose()).await.unwrap();
    assert!(matches!(catalog.authenticate("no such token").await, Err(CatalogError::Unauthenticated)));
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_the_old_password() {
    let (_, database) = at_noon().await;
    let catalog = database.catalog();
    let token = database.as_person("owner@acme.test").await.1.token;
    catalog.set_password("owner@acme.test", "another good password").await.unwrap();
    assert!(matches!(catalog.authenticate(token.expose()).await, Err(CatalogError::Unauthenticated)));
    assert!(catalog.sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.is_err());
    catalog.sign_in("owner@acme.test", "another good password", &Origin::default()).await.unwrap();
    assert!(matches!(catalog.set_password("owner@acme.test", "short").await, Err(CatalogError::Invalid { .. })));
    let unknown = catalog.set_password("nobody@acme.test", "another good password").await;
    assert!(matches!(unknown, Err(CatalogError::NotFound("user"))));
}

#[tokio::test]
async fn a_session_ends_after_a_week_without_use() {
    let (clock, database) = at_noon().await;
    let token = database.as_person("owner@acme.test").await.1.token;
    clock.advance(6 * DAY);
    database.catalog().authenticate(token.expose()).await.unwrap();
    clock.advance(6 * DAY);
    database.catalog().authenticate(token.expose()).await.expect("it was used six days ago");
    clock.advance(7 * DAY);
    assert!(matches!(database.catalog().authenticate(token.expose()).await, Err(CatalogError::Unauthenticated)));
}

#[tokio::test]
async fn a_session_ends_after_thirty_days_of_use() {
    let (clock, database) = at_noon().await;
    let token = database.as_person("owner@acme.test").await.1.token;
    for _ in 0..29 {
        clock.advance(DAY);
        database.catalog().authenticate(token.expose()).await.unwrap();
    }
    clock.advance(DAY);
    assert!(matches!(database.catalog().authenticate(token.expose()).await, Err(CatalogError::Unauthenticated)));
}

#[tokio::test]
async fn a_session_ends_with_the_membership() {
    let (_, database) = at_noon().await;
    let token = database.as_person("owner@acme.test").await.1.token;
    let mut superuser = database.connect(database.superuser()).await;
    sqlx::raw_sql("DELETE FROM org_members").execute(&mut superuser).await.unwrap();
    assert!(matches!(database.catalog().authenticate(token.expose()).await, Err(CatalogError::Unauthenticated)));
    let refused = database.catalog().sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.unwrap_err();
    assert!(matches!(refused, CatalogError::NoOrganization), "{refused}");
    let refused = database.catalog().sign_in("owner@acme.test", "wrong", &Origin::default()).await.unwrap_err();
    assert!(matches!(refused, CatalogError::InvalidCredentials), "{refused}");
}

#[tokio::test]
async fn an_organisation_is_made_whole_or_not_at_all() {
    let (_, database) = at_noon().await;
    let taken = NewOrganization {
        name: "second".to_owned(),
        plan: Tier::Free,
        workspace: "main".to_owned(),
        owner_email: "OWNER@acme.test".to_owned(),
        owner_name: "Somebody".to_owned(),
        owner_password: PASSWORD.to_owned(),
        stores: Vec::new(),
    };
    let refused = database.catalog().provision_organization(&taken).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Taken("email")), "{refused}");

    let mut wrong = NewOrganization { owner_email: "second@acme.test".to_owned(), ..taken };
    wrong.stores = vec![aloftly_catalog::NewStore {
        name: "shop".to_owned(),
        currency: "usd".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Sun,
    }];
    let refused = database.catalog().provision_organization(&wrong).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Invalid { field: "currency", .. }), "{refused}");
    assert_eq!(database.catalog().organizations("a test").await.unwrap().len(), 1);
    "XYZ".clone_into(&mut wrong.stores[0].currency);
    database.catalog().provision_organization(&wrong).await.expect("nothing of the failed attempt is left");
}

#[tokio::test]
async fn a_person_in_no_scope_of_their_own_is_hidden() {
    let (_, database) = at_noon().await;
    let mut app = database.connect(database.app()).await;
    for query in ["SELECT count(*) FROM users", "SELECT count(*) FROM user_passwords", "SELECT count(*) FROM sessions"]
    {
        let seen: i64 = sqlx::query_scalar(query).fetch_one(&mut app).await.unwrap();
        assert_eq!(seen, 0, "{query}");
    }
}

#[tokio::test]
async fn an_address_that_postgres_cannot_be_asked_for_is_as_wrong_as_any_other() {
    let (_, database) = at_noon().await;
    let refused = database.catalog().sign_in("owner\0@acme.test", PASSWORD, &Origin::default()).await.unwrap_err();
    assert!(matches!(refused, CatalogError::InvalidCredentials), "{refused}");
}
