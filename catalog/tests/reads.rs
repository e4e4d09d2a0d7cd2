//! What is read in one statement: the same as by any other way, and nothing of anybody else.

use std::sync::Arc;

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    CatalogError, ConnectionStatus, KeyScope, NewShare, NewStore, OrgRole, Origin, ReadConnection, ShareVisit,
    SyncProblem,
};
use aloftly_engine::clock::FixedClock;
use serde_json::json;
use sqlx::Connection as _;

use crate::connections::{connected, new};

fn store(name: &str) -> NewStore {
    NewStore {
        name: name.to_owned(),
        currency: "JPY".to_owned(),
        timezone: chrono_tz::Asia::Tokyo,
        week_start: chrono::Weekday::Sun,
    }
}

#[tokio::test]
async fn the_readable_stores_are_those_that_everybody_may_see() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("a").await;
    database.organization("b").await;
    let other = tenant.create_workspace("other").await.unwrap();
    tenant.create_store(other, &store("hidden")).await.unwrap();
    tenant.create_store(made.workspace, &store("shown")).await.unwrap();
    let signed_in = database.as_person("owner@a.test").await.1;
    for (role, expected) in [
        (OrgRole::Owner, vec!["a store", "hidden", "shown"]),
        (OrgRole::Admin, vec!["a store", "hidden", "shown"]),
        (OrgRole::Member, vec!["a store", "shown"]),
        (OrgRole::Viewer, vec!["a store", "shown"]),
    ] {
        database.demote_owner("a", "a workspace", role).await;
        let reader = database.catalog().authenticate_reader(signed_in.token.expose()).await.unwrap();
        assert_eq!((reader.session.role, reader.session.user.email.as_str()), (role, "owner@a.test"));
        let (tenant, readable) = (database.catalog().tenant(reader.context.clone()), reader.stores);
        let alone = database.catalog().authenticate(signed_in.token.expose()).await.unwrap();
        assert_eq!(alone, (reader.context, reader.session), "with the stores or without");
        let names: Vec<_> = readable.iter().map(|store| store.scope.name.as_str()).collect();
        assert_eq!(names, expected, "{role:?}");
        let stores = tenant.stores().await.unwrap();
        for (readable, store) in readable.iter().zip(&stores) {
            let scope = &readable.scope;
            assert_eq!((scope.id, &scope.name, &scope.currency), (store.id, &store.name, &store.currency));
            assert_eq!((scope.timezone, scope.week_start), (store.timezone, store.week_start));
            assert_eq!(readable.state.version, store.version);
        }
        assert_eq!(readable.len(), stores.len());
    }
    database.close().await;
}

#[tokio::test]
async fn without_a_store_there_is_still_a_session() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("a").await;
    tenant.create_workspace("empty").await.unwrap();
    tenant.remove_from_workspace(made.workspace, made.owner).await.unwrap();
    database.demote_owner("a", "empty", OrgRole::Viewer).await;
    let signed_in = database.as_person("owner@a.test").await.1;
    let reader = database.catalog().authenticate_reader(signed_in.token.expose()).await.unwrap();
    assert_eq!((reader.session.role, reader.stores.len()), (OrgRole::Viewer, 0));
    database.close().await;
}

#[tokio::test]
async fn a_token_opens_its_own_session_until_it_ends() {
    let database = TestDatabase::new().await;
    database.organization("a").await;
    let (_, b) = database.organization("b").await;
    let catalog = database.catalog();
    let signed_in = database.as_person("owner@b.test").await.1;
    let (context, session) = catalog.authenticate(signed_in.token.expose()).await.unwrap();
    assert_eq!((context.organization(), session.organization), (b.organization, b.organization));
    for token in ["", "unknown"] {
        assert!(matches!(catalog.authenticate(token).await, Err(CatalogError::Unauthenticated)), "{token:?}");
        assert!(matches!(catalog.authenticate_reader(token).await, Err(CatalogError::Unauthenticated)), "{token:?}");
    }
    catalog.sign_out(signed_in.token.expose(), &Origin::default()).await.unwrap();
    assert!(matches!(catalog.authenticate(signed_in.token.expose()).await, Err(CatalogError::Unauthenticated)));
    database.close().await;
}

#[tokio::test]
async fn the_scope_of_a_read_ends_with_it() {
    let database = TestDatabase::new().await;
    let (_, made) = database.organization("a").await;
    let mut app = database.connect(database.app()).await;
    let read = |organization: uuid::Uuid| sqlx::query("SELECT id FROM read_stores($1, NULL)").bind(organization);
    assert_eq!(read(made.organization.0).fetch_all(&mut app).await.unwrap().len(), 1);
    let left: Vec<String> = sqlx::query_scalar("SELECT name FROM stores").fetch_all(&mut app).await.unwrap();
    assert_eq!(left, Vec::<String>::new(), "the connection sees nothing without a scope");
    assert_eq!(read(uuid::Uuid::from_u128(7)).fetch_all(&mut app).await.unwrap().len(), 0);
    app.close().await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn how_far_a_stores_connections_were_read_is_told_to_those_who_may_see_it() {
    let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock).await;
    let (tenant, made) = database.organization("a").await;
    let (other, others) = database.organization("b").await;
    let theirs = connected(&other, others.stores[0], "theirs").await;
    other.connection_synced(theirs.id, database.clock().now()).await.unwrap();
    let (owner, signed_in) = database.as_person("owner@a.test").await;
    let catalog = database.catalog();
    let program = catalog.hand_to_program(&database.as_person("owner@a.test").await.1).await.unwrap();
    let key = database.api_key("owner@a.test", &[KeyScope::MetricsRead]).await;
    let stores = made.stores.iter().copied().collect();
    let share = NewShare::of_query("Revenue", json!({ "metrics": ["shopify.revenue"] }), stores);
    let (_, share) = owner.create_share(&share).await.unwrap();
    // By a browser, a program, a key and a link.
    let told = async || {
        let by_session = catalog.authenticate_reader(signed_in.token.expose()).await.unwrap().stores;
        let by_program = catalog.authenticate_access_reader(program.access.expose()).await.unwrap().stores;
        let by_key = catalog.authenticate_key_reader(key.expose(), &Origin::default()).await.unwrap().stores;
        let visit = ShareVisit { token: share.expose(), ticket: None, embed_key: None };
        let by_link = catalog.open_share(&visit).await.unwrap().stores;
        for stores in [by_program, by_key, by_link] {
            assert_eq!(stores, by_session);
        }
        by_session.iter().flat_map(|store| store.connections.clone()).collect::<Vec<_>>()
    };
    assert!(told().await.is_empty());
    tenant.begin_connection(new(made.stores[0], "ga4")).await.unwrap();
    assert!(told().await.is_empty(), "whose account is to be chosen is not read");
    let connection = connected(&tenant, made.stores[0], "ours").await;
    let read = |status, synced_at| [ReadConnection { provider: "shopify".to_owned(), status, synced_at }];
    assert_eq!(told().await, read(ConnectionStatus::Connected, None));
    let now = database.clock().now();
    tenant.connection_synced(connection.id, now).await.unwrap();
    assert_eq!(told().await, read(ConnectionStatus::Connected, Some(now)));
    let problem = SyncProblem { code: "unavailable".to_owned(), words: "The shop does not answer.".to_owned() };
    tenant.connection_failed(connection.id, &problem, false).await.unwrap();
    assert_eq!(told().await, read(ConnectionStatus::Broken, Some(now)));
    tenant.connection_failed(connection.id, &problem, true).await.unwrap();
    assert_eq!(told().await, read(ConnectionStatus::Revoked, Some(now)));
    tenant.disconnect(connection.id).await.unwrap();
    assert!(told().await.is_empty(), "nobody reads it any more");
    database.close().await;
}
