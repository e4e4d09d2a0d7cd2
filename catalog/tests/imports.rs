//! An import from the queue to its end, and what becomes of it when its worker dies.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{CatalogError, ImportFailure, ImportOutcome, ImportStatus, NewImport, Provisioned, Tenant};
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::manifest::CommitCounts;
use serde_json::json;

struct Scene {
    clock: Arc<FixedClock>,
    database: TestDatabase,
    tenant: Tenant,
    made: Provisioned,
}

async fn scene() -> Scene {
    let clock = Arc::new(FixedClock::at("2026-11-21T12:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    let (tenant, made) = database.organization("acme").await;
    Scene { clock, database, tenant, made }
}

impl Scene {
    fn file(&self, name: &str) -> NewImport {
        NewImport {
            store: self.made.stores[0],
            kind: "shopify_orders".to_owned(),
            file_name: name.to_owned(),
            size_bytes: 1234,
            spool_file: Some("/spool/1".to_owned()),
            mapping: Some(json!({"time": "Created at"})),
        }
    }
}

#[tokio::test]
async fn an_import_goes_from_the_queue_to_done() {
    let scene = scene().await;
    let (tenant, worker) = (&scene.tenant, scene.clock.new_id());
    let queued = tenant.create_import(&scene.file("orders.csv")).await.unwrap();
    assert_eq!((queued.status, queued.size_bytes, queued.attempts), (ImportStatus::Queued, 1234, 0));
    assert_eq!(queued.mapping, Some(json!({"time": "Created at"})));

    scene.clock.advance(Duration::from_secs(1));
    let running = tenant.claim_import(queued.id, worker).await.unwrap().unwrap();
    assert_eq!((running.status, running.attempts), (ImportStatus::Running, 1));
    assert_eq!(running.started_at, Some(scene.clock.now()));
    assert_eq!(running.spool_file.as_deref(), Some("/spool/1"));
    tenant.report_import(queued.id, worker, 0.5, 600).await.unwrap();
    let half = tenant.import(queued.id).await.unwrap();
    assert!((half.progress - 0.5).abs() < f64::EPSILON);
    assert_eq!(half.rows_read, 600);

    let counts = CommitCounts { new: 1, updated: 2, unchanged: 3, stale: 4 };
    let outcome = ImportOutcome { rows_read: 1200, counts, already_imported: false, version: 7 };
    tenant.finish_import(queued.id, worker, &outcome).await.unwrap();
    let done = tenant.import(queued.id).await.unwrap();
    assert_eq!((done.status, done.rows_read, done.counts, done.version), (ImportStatus::Done, 1200, counts, Some(7)));
    assert!((done.progress - 1.0).abs() < f64::EPSILON);
    assert_eq!((done.finished_at, done.spool_file), (Some(scene.clock.now()), None));
    assert_eq!(tenant.claim_import(queued.id, worker).await.unwrap(), None);
    assert_eq!(tenant.interrupted_imports().await.unwrap(), []);
}

#[tokio::test]
async fn a_failed_import_keeps_what_is_wrong_in_which_cell() {
    let scene = scene().await;
    let (tenant, worker) = (&scene.tenant, scene.clock.new_id());
    let import = tenant.create_import(&scene.file("orders.csv")).await.unwrap();
    tenant.claim_import(import.id, worker).await.unwrap().unwrap();
    let errors = json!([{"line": 3, "column": "Total", "value": "a\u{0}b", "expected": "an amount"}]);
    let failure = ImportFailure { message: "2 cells are wrong".to_owned(), errors, error_count: 2 };
    tenant.fail_import(import.id, worker, &failure).await.unwrap();
    let failed = tenant.import(import.id).await.unwrap();
    assert_eq!(
        (failed.status, failed.error.as_deref(), failed.error_count),
        (ImportStatus::Failed, Some("2 cells are wrong"), 2)
    );
    assert_eq!(failed.errors, json!([{"line": 3, "column": "Total", "value": "a\u{fffd}b", "expected": "an amount"}]));
}

#[tokio::test]
async fn one_worker_at_a_time_holds_an_import() {
    let scene = scene().await;
    let import = scene.tenant.create_import(&scene.file("orders.csv")).await.unwrap().id;
    let claims = (0..8).map(|_| {
        let (tenant, worker) = (scene.tenant.clone(), scene.clock.new_id());
        tokio::spawn(async move { tenant.claim_import(import, worker).await.unwrap().is_some() })
    });
    let mut holders = 0;
    for claim in claims.collect::<Vec<_>>() {
        holders += u32::from(claim.await.unwrap());
    }
    assert_eq!(holders, 1);
}

#[tokio::test]
async fn the_import_of_a_dead_worker_is_taken_over_and_the_dead_worker_is_refused() {
    let scene = scene().await;
    let (tenant, dead, heir) = (&scene.tenant, scene.clock.new_id(), scene.clock.new_id());
    let import = tenant.create_import(&scene.file("orders.csv")).await.unwrap().id;
    assert_eq!(tenant.interrupted_imports().await.unwrap()[0].id, import, "it waits");
    tenant.claim_import(import, dead).await.unwrap().unwrap();
    scene.clock.advance(Duration::from_secs(15));
    tenant.report_import(import, dead, 0.1, 10).await.unwrap();
    scene.clock.advance(Duration::from_secs(15));
    assert_eq!(tenant.interrupted_imports().await.unwrap(), [], "it lived 15 seconds ago");
    assert_eq!(tenant.claim_import(import, heir).await.unwrap(), None);
    scene.clock.advance(Duration::from_secs(10));
    assert_eq!(tenant.interrupted_imports().await.unwrap()[0].id, import);

    let taken = tenant.claim_import(import, heir).await.unwrap().unwrap();
    assert_eq!((taken.attempts, taken.rows_read), (2, 0));
    let late = tenant.report_import(import, dead, 0.2, 20).await;
    assert!(matches!(late, Err(CatalogError::LeaseLost)), "{late:?}");
    let gone = ImportFailure::new("the uploaded file is gone: send it again");
    assert!(matches!(tenant.fail_import(import, dead, &gone).await, Err(CatalogError::LeaseLost)));
    tenant.fail_import(import, heir, &gone).await.unwrap();
    assert_eq!(tenant.import(import).await.unwrap().error.as_deref(), Some("the uploaded file is gone: send it again"));
}

#[tokio::test]
async fn imports_are_listed_newest_first_page_by_page() {
    let scene = scene().await;
    let tenant = &scene.tenant;
    for number in 0..5 {
        tenant.create_import(&scene.file(&format!("{number}.csv"))).await.unwrap();
        scene.clock.advance(Duration::from_secs(1));
    }
    let store = Some(scene.made.stores[0]);
    let (mut cursor, mut pages) = (None, Vec::new());
    loop {
        let page = tenant.imports(store, cursor, 2).await.unwrap();
        pages.push(page.imports.iter().map(|import| import.file_name.clone()).collect::<Vec<_>>().join(" "));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(pages, ["4.csv 3.csv", "2.csv 1.csv", "0.csv"]);
    let (rival, _) = scene.database.organization("rival").await;
    assert_eq!(rival.imports(None, None, 10).await.unwrap().imports, []);
    assert!(matches!(rival.imports(store, None, 10).await, Err(CatalogError::NotFound("store"))));
    let theirs = tenant.imports(None, None, 1).await.unwrap().imports[0].id;
    assert!(matches!(rival.import(theirs).await, Err(CatalogError::NotFound("import"))));
    assert_eq!(rival.claim_import(theirs, scene.clock.new_id()).await.unwrap(), None);
}
