//! What is read in one statement: the same as by any other way, and nothing of anybody else.

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{CatalogError, NewStore, OrgRole, Origin};
use sqlx::Connection as _;

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
