//! A person's own affairs.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{AuditAction, AuditFilter, CatalogError, OrgRole, Origin, SessionId, SessionInfo};
use aloftly_engine::clock::FixedClock;
use uuid::Uuid;

#[tokio::test]
async fn a_person_goes_from_one_organisation_to_another_that_they_belong_to() {
    let database = TestDatabase::new().await;
    let (_, acme) = database.organization("acme").await;
    let (_, other) = database.organization("other").await;
    let (_, foreign) = database.organization("foreign").await;
    database.member(acme.organization, "ann@acme.test", OrgRole::Admin).await;
    database.member(other.organization, "ann@acme.test", OrgRole::Viewer).await;
    let (acting, here) = database.as_person("ann@acme.test").await;
    let person = acting.person().unwrap();
    let memberships = person.memberships().await.unwrap();
    let memberships: Vec<_> = memberships.iter().map(|own| (own.organization, own.name.as_str(), own.role)).collect();
    let expected = [(acme.organization, "acme", OrgRole::Admin), (other.organization, "other", OrgRole::Viewer)];
    assert_eq!(memberships, expected);

    for unknown in [foreign.organization, Uuid::from_u128(7).into()] {
        let refused = person.enter(unknown, here.token.expose()).await.unwrap_err();
        assert!(matches!(refused, CatalogError::NotFound("organization")), "{refused:?}");
    }
    let there = person.enter(other.organization, here.token.expose()).await.unwrap();
    // As the database keeps it.
    let micros = |session: &SessionInfo| session.expires_at.timestamp_micros();
    assert_eq!(micros(&there.session), micros(&here.session), "nobody stays signed in for ever by going to and fro");
    let again = person.enter(acme.organization, here.token.expose()).await.unwrap_err();
    assert!(matches!(again, CatalogError::Unauthenticated), "what has ended does not go on: {again:?}");
    let (_, owners) = database.as_person("owner@acme.test").await;
    let foreign = person.enter(other.organization, owners.token.expose()).await.unwrap_err();
    assert!(matches!(foreign, CatalogError::Unauthenticated), "{foreign:?}");
    database.catalog().authenticate(owners.token.expose()).await.unwrap();
    assert_eq!((there.session.organization, there.session.role), (other.organization, OrgRole::Viewer));
    let (context, _) = database.catalog().authenticate(there.token.expose()).await.unwrap();
    assert_eq!(context.organization(), other.organization);
    let ended = database.catalog().authenticate(here.token.expose()).await;
    assert!(matches!(ended, Err(CatalogError::Unauthenticated)), "the token is another one");
    database.close().await;
}

#[tokio::test]
async fn a_person_sees_and_ends_their_own_sessions_and_nobody_elses() {
    let database = TestDatabase::new().await;
    let (_, acme) = database.organization("acme").await;
    database.member(acme.organization, "ann@acme.test", OrgRole::Viewer).await;
    let catalog = database.catalog();
    let origin = Origin {
        address: Some(IpAddr::from([203, 0, 113, 9])),
        user_agent: Some(format!("Browser\u{1} \0{}", "x".repeat(2_000))),
    };
    let first = catalog.sign_in("ann@acme.test", PASSWORD, &origin).await.unwrap().signed_in().unwrap();
    let (acting, second) = database.as_person("ann@acme.test").await;
    let (owner, owners) = database.as_person("owner@acme.test").await;
    let person = acting.person().unwrap();
    let sessions = person.sessions().await.unwrap();
    assert_eq!(sessions.iter().map(|one| one.id).collect::<Vec<_>>(), [second.session.id, first.session.id]);
    assert_eq!(sessions[1].address.as_deref(), Some("203.0.113.9"));
    let kept = sessions[1].user_agent.clone().unwrap();
    assert!(kept.starts_with("Browser xxx") && kept.chars().count() == 512, "{kept}");
    assert_eq!((sessions[0].address.as_deref(), sessions[0].organization_name.as_str()), (None, "acme"));

    // An owner of the organisation does not end them either: only the membership is theirs to end.
    for foreign in [first.session.id, SessionId(Uuid::from_u128(7))] {
        let refused = owner.person().unwrap().end_session(foreign).await.unwrap_err();
        assert!(matches!(refused, CatalogError::NotFound("session")), "{refused:?}");
    }
    catalog.authenticate(first.token.expose()).await.unwrap();
    person.end_session(first.session.id).await.unwrap();
    assert!(catalog.authenticate(first.token.expose()).await.is_err());

    let (_, third) = database.as_person("ann@acme.test").await;
    assert_eq!(person.end_other_sessions(second.session.id).await.unwrap(), 1);
    assert!(catalog.authenticate(third.token.expose()).await.is_err());
    catalog.authenticate(second.token.expose()).await.unwrap();
    catalog.authenticate(owners.token.expose()).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_all_other_sessions() {
    let database = TestDatabase::new().await;
    database.organization("acme").await;
    let (acting, here) = database.as_person("owner@acme.test").await;
    let (_, elsewhere) = database.as_person("owner@acme.test").await;
    let person = acting.person().unwrap();
    let refused = person.change_password("a wrong password", "another good one", here.session.id).await.unwrap_err();
    assert!(matches!(refused, CatalogError::InvalidCredentials), "{refused:?}");
    let refused = person.change_password(PASSWORD, "short", here.session.id).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Invalid { field: "password", .. }), "{refused:?}");
    let catalog = database.catalog();
    catalog.authenticate(elsewhere.token.expose()).await.unwrap();

    person.change_password(PASSWORD, "another good one", here.session.id).await.unwrap();
    catalog.authenticate(here.token.expose()).await.unwrap();
    assert!(catalog.authenticate(elsewhere.token.expose()).await.is_err());
    assert!(catalog.sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.is_err());
    catalog.sign_in("owner@acme.test", "another good one", &Origin::default()).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn a_session_that_ran_out_is_ended_by_nobody() {
    let clock = Arc::new(FixedClock::at("2026-11-20T17:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    let (_, acme) = database.organization("acme").await;
    let (elsewhere, other) = database.organization("other").await;
    for organization in [acme.organization, other.organization] {
        database.member(organization, "ann@acme.test", OrgRole::Viewer).await;
    }
    let (acting, here) = database.as_person("ann@acme.test").await;
    let there = acting.person().unwrap().enter(other.organization, here.token.expose()).await.unwrap();
    clock.advance(Duration::from_secs(8 * 86_400));
    let (acting, here) = database.as_person("ann@acme.test").await;
    let person = acting.person().unwrap();
    assert_eq!(person.sessions().await.unwrap().len(), 1);
    assert_eq!(person.end_other_sessions(here.session.id).await.unwrap(), 0);
    assert!(matches!(person.end_session(there.session.id).await, Err(CatalogError::NotFound("session"))));
    database.catalog().sign_out(there.token.expose(), &Origin::default()).await.unwrap();
    let ended = AuditFilter { action: Some(AuditAction::SessionEnded), ..AuditFilter::default() };
    assert!(elsewhere.audit_events(&ended, None, 500).await.unwrap().events.is_empty());
    database.close().await;
}

#[tokio::test]
async fn where_somebody_acts_is_told_to_the_organisation_that_they_act_in() {
    let database = TestDatabase::new().await;
    let (here, acme) = database.organization("acme").await;
    let (elsewhere, other) = database.organization("other").await;
    for organization in [acme.organization, other.organization] {
        database.member(organization, "ann@acme.test", OrgRole::Viewer).await;
    }
    let origin = Origin { address: Some(IpAddr::from([203, 0, 113, 9])), user_agent: None };
    let signed_in = database.catalog().sign_in("ann@acme.test", PASSWORD, &origin).await.unwrap().signed_in().unwrap();
    let acting = database.catalog().tenant(signed_in.context.coming_from(origin));
    let changed = acting.person().unwrap().change_password(PASSWORD, "another good one", signed_in.session.id).await;
    changed.unwrap();
    for (tenant, address) in [(here, Some("203.0.113.9")), (elsewhere, None)] {
        let filter = AuditFilter { action: Some(AuditAction::PasswordChanged), ..AuditFilter::default() };
        let found = tenant.audit_events(&filter, None, 500).await.unwrap().events;
        assert_eq!(found.iter().map(|event| event.address.as_deref()).collect::<Vec<_>>(), [address]);
    }
    database.close().await;
}
