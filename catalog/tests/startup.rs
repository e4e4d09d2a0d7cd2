//! What is refused before the first request.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::{TestDatabase, master_keys};
use aloftly_catalog::{Catalog, CatalogError, CatalogOptions, Endpoint};
use aloftly_engine::clock::SystemClock;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

async fn refused(endpoint: &Endpoint) -> String {
    let refused = Catalog::connect(CatalogOptions::new(endpoint.clone(), master_keys()), Arc::new(SystemClock))
        .await
        .unwrap_err();
    refused.to_string()
}

/// Makes a database that nothing was done to, and answers its name.
async fn empty_database(superuser: &mut PgConnection, prefix: &str) -> String {
    let name = format!("{prefix}_{}", std::process::id());
    let create = format!("CREATE DATABASE {name} OWNER aloftly_owner");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(superuser).await.unwrap();
    name
}

#[tokio::test]
async fn roles_that_could_pass_by_row_level_security_are_refused_by_name() {
    let database = TestDatabase::new().await;
    let said = refused(database.superuser()).await;
    assert!(said.contains("role postgres") && said.contains("superuser"), "{said}");
    let said = refused(database.owner()).await;
    assert!(said.contains("role aloftly_owner") && said.contains("owns"), "{said}");
}

#[tokio::test]
async fn a_role_that_may_become_a_stronger_one_is_refused() {
    let database = TestDatabase::new().await;
    let mut superuser = database.connect(database.superuser()).await;
    let role = format!("member_{}", std::process::id());
    let make = format!(
        "CREATE ROLE {role}_bypass BYPASSRLS; CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT {role}_bypass, aloftly_app TO {role}"
    );
    sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut superuser).await.unwrap();
    let options = database.pool().connect_options();
    let socket = options.get_socket().unwrap().display().to_string();
    let url = format!("postgres://{role}:x@localhost/{}?host={socket}", options.get_database().unwrap());
    let said = refused(&Endpoint::from_url(&url).unwrap()).await;
    assert!(said.contains("BYPASSRLS"), "{said}");
    sqlx::raw_sql(AssertSqlSafe(format!("REVOKE {role}_bypass FROM {role}"))).execute(&mut superuser).await.unwrap();
    let fit = CatalogOptions::new(Endpoint::from_url(&url).unwrap(), master_keys());
    let fit = Catalog::connect(fit, Arc::new(SystemClock)).await;
    fit.expect("a role of one's own, granted aloftly_app alone, will do: that may take on aloftly_ingest here")
        .close()
        .await;
    let drop = format!("DROP ROLE {role}, {role}_bypass");
    sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut superuser).await.unwrap();
}

#[tokio::test]
async fn a_database_without_the_migrations_is_refused_and_can_be_migrated_twice() {
    let database = TestDatabase::new().await;
    let mut superuser = database.connect(database.superuser()).await;
    sqlx::raw_sql("DELETE FROM _sqlx_migrations WHERE version = 4").execute(&mut superuser).await.unwrap();
    let said = refused(database.app()).await;
    assert!(said.contains("lacks 1 migration(s)") && said.contains("aloftly migrate"), "{said}");

    let empty = empty_database(&mut superuser, "empty").await;
    let app = database.app().with_database(&empty);
    let said = refused(&app).await;
    let all = std::fs::read_dir("../migrations").unwrap().count();
    assert!(said.contains(&format!("lacks {all} migration(s)")), "{said}");
    for _ in 0..2 {
        Catalog::migrate(&database.owner().with_database(&empty)).await.unwrap();
    }
    let catalog = Catalog::connect(CatalogOptions::new(app, master_keys()), Arc::new(SystemClock)).await.unwrap();
    catalog.ping().await.unwrap();
    catalog.close().await;
    superuser.close().await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn a_migrated_database_is_left_alone_whoever_else_is_at_it() {
    let database = TestDatabase::new().await;
    let mut other = database.connect(database.owner()).await;
    // Of two who change the rights of one table at the same time, the second is refused when the first is done.
    let changes = "BEGIN; GRANT SELECT ON _sqlx_migrations TO aloftly_app";
    sqlx::raw_sql(changes).execute(&mut other).await.unwrap();
    let migrating = tokio::time::timeout(Duration::from_secs(20), Catalog::migrate(database.owner()));
    migrating.await.expect("there is nothing to wait for").unwrap();
    sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn servers_that_start_over_an_empty_database_migrate_it_one_after_the_other() {
    let database = TestDatabase::new().await;
    let mut superuser = database.connect(database.superuser()).await;
    let empty = empty_database(&mut superuser, "shared").await;
    let owner = database.owner().with_database(&empty);
    futures::future::try_join_all((0..8).map(|_| Catalog::migrate(&owner))).await.unwrap();
    let app = CatalogOptions::new(database.app().with_database(&empty), master_keys());
    Catalog::connect(app, Arc::new(SystemClock)).await.unwrap().close().await;
    superuser.close().await.unwrap();
    database.close().await;
}

#[test]
fn an_endpoint_shows_no_password() {
    let endpoint =
        Endpoint::from_url("postgres://someone:hunter2@db.example.com:6543/aloftly?sslmode=require").unwrap();
    assert_eq!(endpoint.to_string(), "someone@db.example.com:6543/aloftly");
    assert!(!format!("{endpoint:?}").contains("hunter2"));
    let refused = Endpoint::from_url("mysql://someone:hunter2@db").unwrap_err();
    assert!(matches!(refused, CatalogError::Invalid { field: "database url", .. }));
    assert!(!refused.to_string().contains("hunter2"));
}
