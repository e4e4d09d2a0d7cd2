//! A tenant's context and role last for one transaction, however that ends, and never reach the next borrower of the connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{AuditFilter, CatalogError, IngestContext, StoreVersion, Tenant};
use aloftly_engine::StoreId;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, PgTransaction};
use uuid::Uuid;

const SETTINGS: [&str; 9] = [
    "aloftly.org_id",
    "aloftly.user_id",
    "aloftly.email",
    "aloftly.session",
    "aloftly.api_key",
    "aloftly.token",
    "aloftly.identity",
    "aloftly.embed",
    "aloftly.system",
];

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
        found.extend(left_on(connection).await);
    }
    found
}

/// What a borrower of that connection finds set: settings, a role, a transaction that is still open, somebody's rows.
async fn left_on(connection: &mut PgConnection) -> Vec<String> {
    let mut found = Vec::new();
    for setting in SETTINGS {
        let value: Option<String> = sqlx::query_scalar("SELECT NULLIF(current_setting($1, true), '')")
            .bind(setting)
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        found.extend(value.map(|value| format!("{setting}={value}")));
    }
    let (role, user, rows): (String, String, i64) =
        sqlx::query_as("SELECT current_setting('role'), current_user::text, (SELECT count(*) FROM stores)")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
    if (role.as_str(), user.as_str(), rows) != ("none", "aloftly_app", 0) {
        found.push(format!("role {role}, user {user}, {rows} stores"));
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

/// What is done to a connection before it goes back to the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Commit,
    Rollback,
    Panic,
    /// Dropped in the middle of a statement.
    Cancelled,
    /// Dropped wherever it is after so many microseconds.
    CutOff(u64),
}

/// How many statements were dropped in the middle.
static CANCELLED: AtomicUsize = AtomicUsize::new(0);

/// The stores that a transaction sees, as the role it runs as may ask for them.
async fn seen(transaction: &mut PgTransaction<'static>) -> Vec<StoreId> {
    let ids: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM stores ORDER BY id").fetch_all(&mut **transaction).await.unwrap();
    ids.into_iter().map(StoreId).collect()
}

/// One piece of work of a tenant whose store is that one.
async fn work(database: &TestDatabase, tenant: &Tenant, store: StoreId, ingests: bool, end: End) {
    let run = async {
        let mut transaction = database.transaction(tenant).await;
        assert_eq!(seen(&mut transaction).await, [store]);
        let role: String = sqlx::query_scalar("SELECT current_user::text").fetch_one(&mut *transaction).await.unwrap();
        assert_eq!(role, if ingests { "aloftly_ingest" } else { "aloftly_app" });
        match end {
            End::Commit => transaction.commit().await.unwrap(),
            End::Rollback => transaction.rollback().await.unwrap(),
            // Without a report of each.
            End::Panic => std::panic::resume_unwind(Box::new("in the middle of a transaction")),
            End::Cancelled => {
                let slow = sqlx::query("SELECT pg_sleep(0.05)").execute(&mut *transaction);
                let cancelled = tokio::time::timeout(Duration::from_millis(1), slow).await.is_err();
                CANCELLED.fetch_add(usize::from(cancelled), Ordering::Relaxed);
            }
            End::CutOff(_) => {
                sqlx::query("SELECT pg_sleep(0.002)").execute(&mut *transaction).await.unwrap();
                assert_eq!(seen(&mut transaction).await, [store]);
            }
        }
    };
    match end {
        End::CutOff(micros) => drop(tokio::time::timeout(Duration::from_micros(micros), run).await),
        _ => run.await,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_pieces_of_work_of_fifty_tenants_inherit_nothing_from_one_another() {
    let database = Arc::new(TestDatabase::new().await);
    let mut tenants = Vec::new();
    for number in 0..50 {
        let (tenant, made) = database.organization(&format!("tenant-{number}")).await;
        let ingesting = database.catalog().tenant(IngestContext::new(made.organization, "a test"));
        tenants.push((tenant, ingesting, made.stores[0]));
    }
    let tenants = Arc::new(tenants);
    let tasks = (0..1_000_usize).map(|number| {
        let (database, tenants) = (Arc::clone(&database), Arc::clone(&tenants));
        let end = match number % 5 {
            0 => End::Commit,
            1 => End::Rollback,
            2 => End::Panic,
            3 => End::Cancelled,
            _ => End::CutOff(u64::try_from(number).unwrap() * 37 % 9_000),
        };
        // Each tenant, each end, each role: 5, 2 and 50 have to be gone through apart from one another.
        let ingests = number / 5 % 2 == 0;
        let place = number / 10 % 50;
        let task = tokio::spawn(async move {
            let (tenant, ingesting, store) = &tenants[place];
            let (tenant, store) = (if ingests { ingesting } else { tenant }, *store);
            work(&database, tenant, store, ingests, end).await;
        });
        (end, task)
    });
    let tasks: Vec<_> = tasks.collect();
    // Meanwhile others borrow connections, as they are left.
    let fresh = futures::future::join_all((0..200).map(|_| async {
        let mut connection = database.pool().acquire().await.unwrap();
        left_on(&mut connection).await
    }));
    let found: Vec<String> = fresh.await.into_iter().flatten().collect();
    assert_eq!(found, Vec::<String>::new());
    for (end, task) in tasks {
        let ended = task.await;
        assert_eq!(ended.is_err(), end == End::Panic, "{end:?}: {ended:?}");
    }
    assert!(CANCELLED.load(Ordering::Relaxed) > 0, "no statement was slow enough to be dropped");
    assert_eq!(leftovers(database.pool()).await, Vec::<String>::new());
    // And whoever comes after all that sees what is theirs.
    for (tenant, _, store) in tenants.iter() {
        assert_eq!(tenant.stores().await.unwrap().iter().map(|store| store.id).collect::<Vec<_>>(), [*store]);
        assert_eq!(tenant.manifest().version(*store).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn who_brings_data_in_reaches_nothing_else() {
    let database = TestDatabase::new().await;
    let (tenant, made) = database.organization("acme").await;
    let ingesting = database.catalog().tenant(IngestContext::new(made.organization, "a test"));
    assert_eq!(ingesting.versions().await.unwrap(), [(made.stores[0], StoreVersion::default())]);
    let attempts = [
        ingesting.members().await.map(drop),
        ingesting.api_keys().await.map(drop),
        ingesting.audit_events(&AuditFilter::default(), None, 1).await.map(drop),
        ingesting.create_workspace("more").await.map(drop),
        ingesting.organization().await.map(drop),
        ingesting.stores().await.map(drop),
    ];
    for refused in attempts {
        let Err(CatalogError::Database(error)) = refused else { panic!("{refused:?}") };
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        assert_eq!(code.as_deref(), Some("42501"), "{error}");
    }
    for table in ["users", "user_passwords", "sessions", "org_members", "workspace_members", "api_keys", "audit_events"]
    {
        let mut transaction = database.transaction(&ingesting).await;
        let read = sqlx::query(AssertSqlSafe(format!("SELECT FROM {table}"))).execute(&mut *transaction).await;
        assert!(read.is_err(), "{table}");
    }
    assert_eq!(tenant.members().await.unwrap().len(), 1);
    database.close().await;
}
