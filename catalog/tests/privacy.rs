//! Erasures that are asked for, for how long data are kept, and how an organisation ends.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::plans::Tier;
use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{
    CatalogError, ConnectionId, ErasureId, IngestContext, KeyScope, NewApiKey, NewImport, NewInvitations, OrgRole,
    Origin, Tenant,
};
use aloftly_engine::StoreId;
use aloftly_engine::clock::{Clock as _, FixedClock};

use crate::manifest::hot_commit;

async fn at_noon() -> (Arc<FixedClock>, TestDatabase) {
    let clock = Arc::new(FixedClock::at("2026-11-23T12:00:00Z".parse().unwrap()));
    (clock.clone(), TestDatabase::with_clock(clock).await)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// What is due, as the program that brings data in.
async fn due(database: &TestDatabase) -> Vec<(Tenant, ErasureId)> {
    let due = database.catalog().due_erasures("a test", 10).await.unwrap();
    due.into_iter().map(|(context, id)| (database.catalog().tenant(context), id)).collect()
}

#[tokio::test]
async fn an_erasure_is_tried_until_it_is_done_and_then_whose_it_was_is_forgotten() {
    let (clock, database) = at_noon().await;
    let (_, made) = database.organization("acme").await;
    let (_, rival) = database.organization("rival").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let asked = owner.erase_customers(made.stores[0], &names(&["8", " 7 ", "7"])).await.unwrap();
    assert_eq!((asked.customers, asked.requested_by.as_str()), (2, "owner@acme.test"));
    assert_eq!(owner.erasures().await.unwrap(), std::slice::from_ref(&asked));
    let (stranger, _) = database.as_person("owner@rival.test").await;
    assert!(stranger.erasures().await.unwrap().is_empty());

    let found = due(&database).await;
    assert_eq!(found.len(), 1);
    let (worker, id) = &found[0];
    let work = worker.claim_erasure(*id).await.unwrap().expect("nobody is at it");
    assert_eq!((work.store, work.attempt), (made.stores[0], 1));
    assert_eq!(Vec::from_iter(&work.customers), ["7", "8"]);
    assert!(worker.claim_erasure(*id).await.unwrap().is_none(), "somebody is at it");
    assert!(due(&database).await.is_empty());
    // Another organisation's worker finds nothing.
    let wrong = database.catalog().tenant(IngestContext::new(rival.organization, "a test"));
    clock.advance(Duration::from_secs(3_600));
    assert!(wrong.claim_erasure(*id).await.unwrap().is_none());
    // Whoever was at it died.
    let work = worker.claim_erasure(*id).await.unwrap().expect("it was given up");
    assert_eq!(work.attempt, 2);
    worker.postpone_erasure(&work, "the bucket is away").await.unwrap();
    assert_eq!(owner.erasures().await.unwrap()[0].error.as_deref(), Some("the bucket is away"));
    clock.advance(Duration::from_secs(19));
    assert!(due(&database).await.is_empty(), "it waits longer each time");
    clock.advance(Duration::from_secs(1));
    let work = worker.claim_erasure(*id).await.unwrap().unwrap();
    worker.finish_erasure(&work, 3, 9).await.unwrap();
    worker.postpone_erasure(&work, "too late").await.unwrap();
    let done = owner.erasures().await.unwrap().remove(0);
    let erased = done.erased.unwrap();
    assert_eq!((erased.at, erased.removed, erased.version, done.error), (clock.now(), 3, 9, None));
    assert!(due(&database).await.is_empty());
    let mut superuser = database.connect(database.superuser()).await;
    let kept: Option<Vec<String>> =
        sqlx::query_scalar("SELECT customers FROM erasures").fetch_one(&mut superuser).await.unwrap();
    assert_eq!(kept, None);
    database.close().await;
}

#[tokio::test]
async fn an_erasure_that_is_asked_for_again_is_the_same() {
    let (_, database) = at_noon().await;
    let (tenant, made) = database.organization("acme").await;
    let (rival, others) = database.organization("rival").await;
    let id = ErasureId(database.clock().new_id());
    for customers in [&["7"][..], &["7", "8"]] {
        tenant.erase_customers_once(id, made.stores[0], &names(customers)).await.unwrap();
        let asked: Vec<_> = tenant.erasures().await.unwrap().iter().map(|one| (one.id, one.customers)).collect();
        assert_eq!(asked, [(id, 1)]);
    }
    // An identity says nothing to others.
    rival.erase_customers_once(id, others.stores[0], &names(&["7"])).await.unwrap();
    assert_eq!(rival.erasures().await.unwrap().len(), 1);
    // Not while it waits, and not when it is done.
    let due = due(&database).await;
    for (worker, id) in &due {
        let work = worker.claim_erasure(*id).await.unwrap().expect("nobody is at it");
        worker.finish_erasure(&work, 1, 1).await.unwrap();
    }
    tenant.erase_customers_once(id, made.stores[0], &names(&["7"])).await.unwrap();
    assert_eq!((due.len(), self::due(&database).await.len()), (2, 0));
    let mut superuser = database.connect(database.superuser()).await;
    let told = "SELECT count(*) FROM audit_events WHERE action = 'customers.erasure_requested' AND org_id = $1";
    let told: i64 = sqlx::query_scalar(told).bind(made.organization.0).fetch_one(&mut superuser).await.unwrap();
    assert_eq!(told, 1);
    database.close().await;
}

#[tokio::test]
async fn privacy_is_for_admins_and_for_stores_that_are_there() {
    let (_, database) = at_noon().await;
    let (_, made) = database.organization("acme").await;
    let (_, rival) = database.organization("rival").await;
    let store = made.stores[0];
    for role in [OrgRole::Viewer, OrgRole::Member, OrgRole::Admin] {
        let email = format!("{}@acme.test", role.as_str());
        database.member(made.organization, &email, role).await;
        let (acting, _) = database.as_person(&email).await;
        let outcomes = [
            acting.erase_customers(store, &names(&["7"])).await.map(drop),
            acting.record_customer_export(store, 1).await,
            acting.check_privacy(store).await,
            acting.erasures().await.map(drop),
            acting.retention().await.map(drop),
            acting.set_retention(Some(9)).await,
        ];
        for outcome in outcomes {
            match (role, outcome) {
                (OrgRole::Admin, Ok(())) | (OrgRole::Viewer | OrgRole::Member, Err(CatalogError::Forbidden(_))) => {}
                (_, other) => panic!("{role:?}: {other:?}"),
            }
        }
        let closed = acting.close_organization("acme").await.unwrap_err();
        assert!(matches!(closed, CatalogError::Forbidden("owner")), "{closed:?}");
    }
    let (owner, _) = database.as_person("owner@acme.test").await;
    for unknown in [rival.stores[0], StoreId(database.clock().new_id())] {
        for refused in [
            owner.erase_customers(unknown, &names(&["7"])).await.map(drop),
            owner.check_privacy(unknown).await,
            owner.record_customer_export(unknown, 1).await,
        ] {
            assert!(matches!(refused, Err(CatalogError::NotFound("store"))), "{refused:?}");
        }
    }
    let refused = owner.erase_customers(store, &[]).await.unwrap_err();
    assert!(matches!(refused, CatalogError::Invalid { field: "customer_ids", .. }), "{refused:?}");
    database.close().await;
}

#[tokio::test]
async fn data_are_kept_for_as_long_as_was_said_and_the_plan_allows() {
    let (_, database) = at_noon().await;
    let (tenant, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    assert_eq!(owner.retention().await.unwrap(), None, "a plan without a limit keeps them for ever");
    let kept = async || database.catalog().retentions("a test").await.unwrap().into_iter().map(|(_, months)| months);
    assert_eq!(kept().await.count(), 0);
    owner.set_retention(Some(36)).await.unwrap();
    assert_eq!(kept().await.collect::<Vec<_>>(), [36]);
    for wrong in [0, 241] {
        let refused = owner.set_retention(Some(wrong)).await.unwrap_err();
        assert!(matches!(refused, CatalogError::Invalid { field: "months", .. }), "{refused:?}");
    }
    // A lesser plan erases nothing by itself.
    tenant.set_plan(Tier::Starter).await.unwrap();
    assert_eq!(owner.retention().await.unwrap(), Some(36));
    for wrong in [None, Some(25)] {
        let refused = owner.set_retention(wrong).await.unwrap_err();
        assert!(matches!(refused, CatalogError::PlanRetention { allowed: 24, plan: Tier::Starter }), "{refused:?}");
    }
    owner.set_retention(Some(24)).await.unwrap();
    assert_eq!(kept().await.collect::<Vec<_>>(), [24]);
    let zones = database.catalog().tenant(IngestContext::new(made.organization, "a test")).store_zones().await.unwrap();
    assert_eq!(zones.len(), 1, "what brings data in knows whose days a store's days are");
    database.close().await;
}

#[tokio::test]
async fn an_organisation_begins_with_what_its_plan_keeps() {
    let (_, database) = at_noon().await;
    let new = aloftly_catalog::NewOrganization {
        name: "small".to_owned(),
        plan: Tier::Free,
        workspace: "Main".to_owned(),
        owner_email: "owner@small.test".to_owned(),
        owner_name: "owner".to_owned(),
        owner_password: PASSWORD.to_owned(),
        stores: Vec::new(),
    };
    database.catalog().provision_organization(&new).await.unwrap();
    let (owner, _) = database.as_person("owner@small.test").await;
    assert_eq!(owner.retention().await.unwrap(), Some(12));
    database.close().await;
}

#[tokio::test]
async fn an_organisation_that_is_closed_is_nobodys_at_once_and_then_gone() {
    let (clock, database) = at_noon().await;
    let (acme, made) = database.organization("acme").await;
    let (rival, _) = database.organization("rival").await;
    database.member(made.organization, "ann@acme.test", OrgRole::Member).await;
    let (_, member) = database.as_person("ann@acme.test").await;
    let (owner, session) = database.as_person("owner@acme.test").await;
    let scopes = [KeyScope::MetricsRead].into_iter().collect();
    let key = NewApiKey { name: "key".to_owned(), scopes, workspace: None, expires_at: None };
    let (_, key) = owner.create_api_key(&key).await.unwrap();
    let asked = NewInvitations { emails: names(&["bob@acme.test"]), role: OrgRole::Viewer, workspaces: Vec::new() };
    owner.invite(&asked).await.unwrap();
    let connection = ConnectionId(clock.new_id());
    owner.put_credentials(connection, &[("token", "a token".into())]).await.unwrap();
    let import = NewImport {
        store: made.stores[0],
        kind: "shopify_orders".to_owned(),
        file_name: "a.csv".to_owned(),
        size_bytes: 1,
        spool_file: Some("machine/file".to_owned()),
        mapping: None,
    };
    let queued = owner.create_import(&import, u64::MAX).await.unwrap().id;
    let running = owner.create_import(&NewImport { spool_file: None, ..import.clone() }, u64::MAX).await.unwrap().id;
    let worker = database.catalog().tenant(IngestContext::new(made.organization, "a test"));
    worker.claim_import(running, clock.new_id()).await.unwrap().unwrap();

    let wrong = owner.close_organization("Acme").await.unwrap_err();
    assert!(matches!(wrong, CatalogError::Invalid { field: "name", .. }), "{wrong:?}");
    database.catalog().authenticate(session.token.expose()).await.unwrap();
    assert!(database.catalog().closed_organizations("a test").await.unwrap().is_empty());
    assert!(!acme.forget_organization().await.unwrap(), "one that is not closed stays");

    owner.close_organization(" acme ").await.unwrap();
    for token in [&member.token, &session.token] {
        let ended = database.catalog().authenticate(token.expose()).await;
        assert!(matches!(ended, Err(CatalogError::Unauthenticated)), "{ended:?}");
    }
    let ended = database.catalog().authenticate_key(key.expose(), &Origin::default()).await;
    assert!(matches!(ended, Err(CatalogError::Unauthenticated)), "{ended:?}");
    let nowhere = database.catalog().sign_in("owner@acme.test", PASSWORD, &Origin::default()).await.unwrap_err();
    assert!(matches!(nowhere, CatalogError::NoOrganization), "{nowhere:?}");
    let late = owner.create_import(&import, u64::MAX).await.unwrap_err();
    assert!(matches!(late, CatalogError::Unauthenticated | CatalogError::NotFound(_)), "{late:?}");

    let closed = database.catalog().closed_organizations("a test").await.unwrap();
    let program = database.catalog().tenant(closed.into_iter().next().unwrap());
    let file = "machine/file".to_owned();
    assert_eq!(program.give_up_imports().await.unwrap(), (vec![file], true), "one is under way");
    assert!(worker.claim_import(queued, clock.new_id()).await.unwrap().is_none(), "the other is not begun");
    clock.advance(Duration::from_secs(3_600));
    assert_eq!(program.give_up_imports().await.unwrap(), (Vec::new(), false), "whoever was at it died");
    let manifest = program.manifest();
    let staged = hot_commit(&database, made.stores[0], 0, "rows").add.remove(0).segment;
    manifest.stage(made.stores[0], std::slice::from_ref(&staged)).await.unwrap();
    assert!(!program.forget_organization().await.unwrap(), "somebody may be writing");
    manifest.withdraw(made.stores[0], &[staged.id]).await.unwrap();
    assert!(!program.forget_organization().await.unwrap(), "its object may be there");
    manifest.forget(made.stores[0], &[staged.id]).await.unwrap();
    assert!(program.forget_organization().await.unwrap());
    let mut superuser = database.connect(database.superuser()).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'org_id' ORDER BY 1",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    for table in tables {
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table} WHERE org_id = $1"));
        let left: i64 = sqlx::query_scalar(count).bind(made.organization.0).fetch_one(&mut superuser).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
    assert!(database.catalog().closed_organizations("a test").await.unwrap().is_empty());
    assert_eq!(rival.stores().await.unwrap().len(), 1);
    database.close().await;
}
