//! A tenant's context lasts for one transaction, however that ends, and never reaches the next borrower of the connection.

use std::time::Duration;

use aloftly_catalog::testing::TestDatabase;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};

const SETTINGS: [&str; 6] =
    ["aloftly.org_id", "aloftly.user_id", "aloftly.email", "aloftly.session", "aloftly.api_key", "aloftly.system"];

/// What the next borrower of any idle connection finds set.
async fn leftovers(pool: &PgPool) -> Vec<String> {
    let mut found = Vec::new();
    // A connection comes back to the pool in a task of its own.
    let used = async {
        loop {
            match pool.try_acquire() {
                Some(connection) => break connection,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    };
    let used = tokio::time::timeout(Duration::from_secs(30), used).await;
    let mut borrowed = vec![used.expect("there is a used connection to look at")];
    while let Some(connection) = pool.try_acquire() {
        borrowed.push(connection);
    }
    for connection in &mut borrowed {
        for setting in SETTINGS {
            let value: Option<String> = sqlx::query_scalar("SELECT NULLIF(current_setting($1, true), '')")
                .bind(setting)
                .fetch_one(&mut **connection)
                .await
                .unwrap();
            found.extend(value.map(|value| format!("{setting}={value}")));
        }
    }
    found
}

#[tokio::test]
async fn nothing_is_left_after_work_that_succeeds_and_work_that_fails() {
    let database = TestDatabase::new().await;
    let (tenant, _) = database.organization("acme").await;
    assert_eq!(tenant.stores().await.unwrap().len(), 1);
    assert_eq!(leftovers(database.pool()).await, Vec::<String>::new());

    tenant.create_workspace("acme workspace").await.unwrap_err();
    tenant.store(database.clock().new_id().into()).await.unwrap_err();
    assert_eq!(leftovers(database.pool()).await, Vec::<String>::new());

    let (_, signed_in) = database.as_person("owner@acme.test").await;
    database.catalog().authenticate(signed_in.token.expose()).await.unwrap();
    database.catalog().organizations("a test").await.unwrap();
    assert_eq!(leftovers(database.pool()).await, Vec::<String>::new());
}

#[tokio::test]
async fn nothing_is_left_after_work_that_is_dropped_half_way() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let mut holder = database.connect(database.superuser()).await;
    sqlx::raw_sql("BEGIN; LOCK TABLE stores, workspaces, lake_stores").execute(&mut holder).await.unwrap();
    for _ in 0..4 {
        // It has its context and waits for the lock when it is dropped.
        let patience = Duration::from_millis(100);
        tokio::time::timeout(patience, tenant.stores()).await.unwrap_err();
        let manifest = tenant.manifest();
        tokio::time::timeout(patience, manifest.version(made.stores[0])).await.unwrap_err();
    }
    sqlx::raw_sql("ROLLBACK").execute(&mut holder).await.unwrap();
    assert_eq!(tenant.stores().await.unwrap().len(), 1, "the pool still works");
    assert_eq!(leftovers(database.pool()).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_panic_in_a_transaction_leaves_nothing() {
    let database = TestDatabase::new().await;
    let (_, made) = database.organization("acme").await;
    let pool =
        PgPoolOptions::new().max_connections(1).connect_lazy_with(database.pool().connect_options().as_ref().clone());
    let (inside, organization) = (pool.clone(), made.organization);
    let panicked = tokio::spawn(async move {
        let mut transaction = inside.begin().await.unwrap();
        let set = format!("SELECT set_config('aloftly.org_id', '{organization}', true)");
        sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut *transaction).await.unwrap();
        panic!("in the middle");
    });
    assert!(panicked.await.unwrap_err().is_panic());
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM stores").fetch_one(&pool).await.unwrap();
    assert_eq!(rows, 0);
}
