//! Connections: made, chosen, renewed, broken and ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aloftly_catalog::plans::{Limit, Tier};
use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    CatalogError, ConnectedAccount, Connection, ConnectionStatus, IngestContext, NewConnection, NewStore, NextTimes,
    OrgRole, Renewed, SyncCause, SyncKind, SyncProblem, SyncStatus, SystemContext, Tenant,
};
use aloftly_engine::StoreId;
use aloftly_engine::clock::FixedClock;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use secrecy::ExposeSecret as _;
use serde_json::json;

pub(crate) fn new(store: StoreId, provider: &str) -> NewConnection<'_> {
    NewConnection {
        store,
        provider,
        fields: json!({ "shop": "acme" }),
        credentials: vec![("access_token", "first".into()), ("refresh_token", "again".into())],
        expires_at: None,
        accounts: ["acme.shop", "shop", "ours", "theirs", provider].map(str::to_owned).to_vec(),
    }
}

pub(crate) fn account(id: &str) -> ConnectedAccount {
    ConnectedAccount { id: id.to_owned(), name: format!("{id} by name"), about: json!({ "id": id }) }
}

/// A connection to an account of that name, whose first sync waits.
pub(crate) async fn connected(tenant: &Tenant, store: StoreId, name: &str) -> Connection {
    let new = NewConnection { accounts: vec![name.to_owned()], ..new(store, "shopify") };
    let begun = tenant.begin_connection(new).await.unwrap();
    tenant.choose_account(begun.id, &account(name), &[]).await.unwrap()
}

fn problem() -> SyncProblem {
    SyncProblem { code: "unavailable".to_owned(), words: "The shop does not answer.".to_owned() }
}

#[tokio::test]
async fn a_connection_is_begun_chosen_and_read_for_the_first_time() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (owner, _) = database.as_person("owner@acme.test").await;
    let store = made.stores[0];
    let begun = owner.begin_connection(new(store, "shopify")).await.unwrap();
    assert_eq!((begun.status, begun.account_id.as_deref()), (ConnectionStatus::Choosing, None));
    assert_eq!((begun.connected_by.as_str(), begun.sync_at), ("owner@acme.test", None));
    assert!(owner.sync_jobs(begun.id, None, 10).await.unwrap().jobs.is_empty());
    assert!(matches!(owner.request_sync(begun.id, &SyncKind::Full).await, Err(CatalogError::NotConnected("choosing"))));

    let chosen = owner.choose_account(begun.id, &account("acme.shop"), &["few".to_owned()]).await.unwrap();
    assert_eq!((chosen.status, chosen.account_id.as_deref()), (ConnectionStatus::Connected, Some("acme.shop")));
    assert_eq!((chosen.warnings, chosen.synced_at), (vec!["few".to_owned()], None));
    let jobs = owner.sync_jobs(begun.id, None, 10).await.unwrap().jobs;
    assert_eq!(jobs.len(), 1);
    let job = &jobs[0];
    assert_eq!((&job.kind, job.cause, job.status), (&SyncKind::Full, SyncCause::Connected, SyncStatus::Queued));
    assert_eq!(owner.connections(Some(store)).await.unwrap().len(), 1);

    // Signing in again to the same account goes on where it was.
    let tenant_ingesting =
        database.catalog().tenant(IngestContext::from(SystemContext::new(made.organization, "a test")));
    tenant_ingesting.connection_synced(begun.id, database.clock().now()).await.unwrap();
    let worker = database.clock().new_id();
    tenant_ingesting.claim_sync(job.id, worker).await.unwrap().unwrap();
    tenant_ingesting.finish_sync(job.id, worker, false).await.unwrap();
    let again = owner.begin_connection(new(store, "shopify")).await.unwrap();
    assert_eq!((again.id, again.status), (begun.id, ConnectionStatus::Connected));
    owner.choose_account(begun.id, &account("acme.shop"), &[]).await.unwrap();
    assert_eq!(owner.sync_jobs(begun.id, None, 10).await.unwrap().jobs.len(), 1);
    // Data of two accounts would be added up; and what the connection signs in with stays its account's.
    let foreign = NewConnection { accounts: vec!["other.shop".to_owned()], ..new(store, "shopify") };
    let foreign = NewConnection { credentials: vec![("access_token", "foreign".into())], ..foreign };
    assert!(matches!(owner.begin_connection(foreign).await, Err(CatalogError::OtherAccount(_))));
    let kept = tenant.connection_credentials(begun.id).await.unwrap();
    assert_eq!(kept.secrets[0].1.expose_secret(), "first");
    let other = owner.choose_account(begun.id, &account("other.shop"), &[]).await;
    assert!(matches!(other, Err(CatalogError::OtherAccount(account)) if account == "acme.shop"));
    owner.request_sync(begun.id, &SyncKind::Incremental).await.unwrap();

    owner.disconnect(begun.id).await.unwrap();
    assert!(owner.connections(None).await.unwrap().is_empty());
    assert!(matches!(tenant.reveal_credentials(begun.id).await, Err(CatalogError::NotFound(_))));
    let jobs = owner.sync_jobs(begun.id, None, 10).await.unwrap().jobs;
    assert!(jobs.iter().all(|job| matches!(job.status, SyncStatus::Cancelled | SyncStatus::Done)), "{jobs:?}");
    let anew = owner.begin_connection(new(store, "shopify")).await.unwrap();
    assert_ne!(anew.id, begun.id);
    assert!(owner.choose_account(anew.id, &account("other.shop"), &[]).await.is_err(), "its data are there still");
    owner.choose_account(anew.id, &account("acme.shop"), &[]).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn connecting_is_for_admins_and_looking_for_whoever_sees_the_store() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let (rival, rivals) = database.organization("rival").await;
    let theirs = connected(&rival, rivals.stores[0], "theirs").await;
    for role in OrgRole::ALL {
        let email = format!("{}@acme.test", role.as_str());
        if role != OrgRole::Owner {
            database.member(made.organization, &email, role).await;
        }
        let (acting, _) = database.as_person(&email).await;
        let may = role >= OrgRole::Admin;
        assert_eq!(acting.begin_connection(new(made.stores[0], "ga4")).await.is_ok(), may, "{role:?}");
        let ours = connected(&tenant, made.stores[0], "ours").await;
        assert_eq!(acting.choose_account(ours.id, &account("ours"), &[]).await.is_ok(), may, "{role:?}");
        assert_eq!(acting.connection(ours.id).await.is_ok(), may, "{role:?} is in no workspace");
        for refused in [
            acting.connection(theirs.id).await.map(drop),
            acting.request_sync(theirs.id, &SyncKind::Full).await.map(drop),
            acting.sync_jobs(theirs.id, None, 1).await.map(drop),
        ] {
            assert!(matches!(refused, Err(CatalogError::NotFound(_))), "{role:?}: {refused:?}");
        }
        assert_eq!(acting.disconnect(ours.id).await.is_ok(), may);
    }
    assert_eq!(rival.connection(theirs.id).await.unwrap().status, ConnectionStatus::Connected);
    database.close().await;
}

#[tokio::test]
async fn a_plan_has_room_for_so_many_integrations_and_one_more_is_refused() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    tenant.set_plan(Tier::Free).await.unwrap();
    let store = made.stores[0];
    tenant.begin_connection(new(store, "shopify")).await.unwrap();
    let second = tenant.begin_connection(new(store, "ga4")).await.unwrap();
    let refused = tenant.begin_connection(new(store, "clarity")).await;
    assert!(matches!(refused, Err(CatalogError::PlanLimit { limit: Limit::Integrations, allowed: 2, used: 2, .. })));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the plan free includes 2 integrations, and 2 are in use; the plan starter includes 6 integrations"
    );
    // Signing in again needs no room, and what was ended takes none.
    tenant.begin_connection(new(store, "ga4")).await.unwrap();
    tenant.disconnect(second.id).await.unwrap();
    tenant.begin_connection(new(store, "clarity")).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn what_else_is_connected_to_an_account_is_known_before_it_is_taken_back() {
    let database = TestDatabase::new().await;
    let (ours, made) = database.organization("acme").await;
    let (theirs, other) = database.organization("globex").await;
    let (third, thirds) = database.organization("initech").await;
    let alone = connected(&ours, made.stores[0], "shop").await;
    let has_siblings = async || database.catalog().has_siblings(made.organization, &alone).await.unwrap();
    assert!(!has_siblings().await);
    connected(&theirs, other.stores[0], "theirs").await;
    assert!(!has_siblings().await, "another account of others");
    let same = connected(&third, thirds.stores[0], "shop").await;
    assert!(has_siblings().await, "the same account of others");
    third.disconnect(same.id).await.unwrap();
    assert!(!has_siblings().await);
    let second = NewStore {
        name: "second".to_owned(),
        currency: "USD".to_owned(),
        timezone: chrono_tz::UTC,
        week_start: chrono::Weekday::Mon,
    };
    let second = ours.create_store(made.workspace, &second).await.unwrap();
    connected(&ours, second, "ours").await;
    assert!(has_siblings().await, "another account of ours, which the same person may have signed in to");
    database.close().await;
}

#[tokio::test]
async fn however_many_renew_at_once_the_provider_is_asked_once() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let id = connected(&tenant, made.stores[0], "shop").await.id;
    let stale = tenant.connection_credentials(id).await.unwrap();
    let asked = &AtomicU32::new(0);
    let until = (database.clock().now() + TimeDelta::hours(1)).trunc_subsecs(6);
    let renew = async || -> Result<Renewed, CatalogError> {
        tenant
            .renew_credentials(id, &stale, |kept: Renewed| async move {
                assert_eq!(kept.secrets[0].1.expose_secret(), "first");
                let number = asked.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                let secrets = vec![
                    ("access_token".to_owned(), format!("renewed {number}").into()),
                    ("refresh_token".to_owned(), "next".into()),
                ];
                Ok(Renewed { secrets, expires_at: Some(until) })
            })
            .await
    };
    let all = futures::future::join_all((0..8).map(|_| renew())).await;
    for renewed in all {
        assert_eq!(renewed.unwrap().secrets[0].1.expose_secret(), "renewed 1");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let kept = tenant.connection_credentials(id).await.unwrap();
    assert_eq!((kept.secrets[1].1.expose_secret(), kept.expires_at), ("next", Some(until)));

    // What the provider refuses changes nothing.
    let refused: Result<Renewed, CatalogError> =
        tenant.renew_credentials(id, &kept, |_| async { Err(CatalogError::InvalidCode) }).await;
    assert!(matches!(refused, Err(CatalogError::InvalidCode)));
    assert_eq!(tenant.connection_credentials(id).await.unwrap().secrets[0].1.expose_secret(), "renewed 1");
    database.close().await;
}

#[tokio::test]
async fn what_is_due_is_put_in_the_queue_once_however_many_look() {
    let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    let (tenant, made) = database.organization("acme").await;
    let id = connected(&tenant, made.stores[0], "shop").await.id;
    // Its first reading tells everything; what changes meanwhile is looked for ten minutes later.
    clock.advance(std::time::Duration::from_secs(599));
    assert_eq!(database.catalog().due_connections().await.unwrap(), []);
    clock.advance(std::time::Duration::from_secs(1));
    let due = database.catalog().due_connections().await.unwrap();
    assert_eq!(due.iter().map(|due| (due.id, due.provider.as_str())).collect::<Vec<_>>(), [(id, "shopify")]);
    let next: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().unwrap();
    let times = NextTimes { sync_at: Some(next), reconcile_at: None };
    let catalog = database.catalog();
    let all = futures::future::join_all((0..8).map(|_| catalog.enqueue_due(&due[0], times, "a test"))).await;
    assert_eq!(all.into_iter().filter(|enqueued| *enqueued.as_ref().unwrap()).count(), 1);
    let kinds: Vec<_> = tenant.sync_jobs(id, None, 10).await.unwrap().jobs.into_iter().map(|job| job.kind).collect();
    assert_eq!(kinds, [SyncKind::Incremental, SyncKind::Full]);
    assert_eq!(tenant.connection(id).await.unwrap().sync_at, Some(next));
    assert!(catalog.due_connections().await.unwrap().is_empty());
    database.close().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_until_it_is_over_and_a_revoked_connection_waits_for_somebody() {
    let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock).await;
    let (tenant, made) = database.organization("acme").await;
    let id = connected(&tenant, made.stores[0], "shop").await.id;
    let ingesting = database.catalog().tenant(IngestContext::new(made.organization, "a test"));
    ingesting.connection_failed(id, &problem(), false).await.unwrap();
    let broken = tenant.connection(id).await.unwrap();
    assert_eq!((broken.status, broken.sync_at.is_some()), (ConnectionStatus::Broken, true));
    let (said, since) = broken.problem.unwrap();
    assert_eq!(said, problem());
    // The same again began when it began.
    ingesting.connection_failed(id, &problem(), false).await.unwrap();
    assert_eq!(tenant.connection(id).await.unwrap().problem.unwrap().1, since);
    tenant.request_sync(id, &SyncKind::Incremental).await.unwrap();
    let began = database.clock().now();
    ingesting.connection_synced(id, began).await.unwrap();
    let mended = tenant.connection(id).await.unwrap();
    assert_eq!((mended.status, mended.problem), (ConnectionStatus::Connected, None));
    assert_eq!(mended.synced_at, Some(began));
    // A sync that began earlier and ends later takes nothing back.
    ingesting.connection_synced(id, began - TimeDelta::hours(1)).await.unwrap();
    assert_eq!(tenant.connection(id).await.unwrap().synced_at, Some(began));

    ingesting.connection_failed(id, &problem(), true).await.unwrap();
    let revoked = tenant.connection(id).await.unwrap();
    assert_eq!((revoked.status, revoked.sync_at), (ConnectionStatus::Revoked, None));
    assert!(database.catalog().due_connections().await.unwrap().is_empty());
    ingesting.connection_synced(id, began).await.unwrap();
    assert_eq!(tenant.connection(id).await.unwrap().status, ConnectionStatus::Revoked, "only signing in ends that");
    tenant.begin_connection(new(made.stores[0], "shopify")).await.unwrap();
    let back = tenant.choose_account(id, &account("shop"), &[]).await.unwrap();
    assert_eq!((back.status, back.problem), (ConnectionStatus::Connected, None));
    database.close().await;
}
