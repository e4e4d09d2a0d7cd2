//! An import from the queue to its end, and what becomes of it when its worker dies.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    CatalogError, ImportFailure, ImportId, ImportOutcome, ImportStatus, NewImport, Postponement, Provisioned, Tenant,
};
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_engine::lake::manifest::CommitCounts;
use chrono::{DateTime, TimeDelta};
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
            spool_file: Some("here/1".to_owned()),
            mapping: Some(json!({"time": "Created at"})),
        }
    }
}

/// What a worker with the place `here` finds to do.
async fn waiting(scene: &Scene) -> Vec<ImportId> {
    let found = scene.database.catalog().waiting_imports(&["here".to_owned()], DateTime::UNIX_EPOCH).await.unwrap();
    found.into_iter().map(|import| import.id).collect()
}

#[tokio::test]
async fn an_import_goes_from_the_queue_to_done() {
    let scene = scene().await;
    let (tenant, worker) = (&scene.tenant, scene.clock.new_id());
    let queued = tenant.create_import(&scene.file("orders.csv"), u64::MAX).await.unwrap();
    assert_eq!((queued.status, queued.size_bytes, queued.attempts), (ImportStatus::Queued, 1234, 0));
    assert_eq!(queued.mapping, Some(json!({"time": "Created at"})));

    scene.clock.advance(Duration::from_secs(1));
    let running = tenant.claim_import(queued.id, worker).await.unwrap().unwrap();
    assert_eq!((running.status, running.attempts), (ImportStatus::Running, 1));
    assert_eq!(running.started_at, Some(scene.clock.now()));
    assert_eq!(running.lease_expires_at, Some(scene.clock.now() + TimeDelta::seconds(20)));
    assert_eq!(running.spool_file.as_deref(), Some("here/1"));
    tenant.report_import(queued.id, worker, 0.5, 600).await.unwrap();
    let half = tenant.import(queued.id).await.unwrap();
    assert!((half.progress - 0.5).abs() < f64::EPSILON);
    assert_eq!(half.rows_read, 600);

    let counts = CommitCounts { new: 1, updated: 2, unchanged: 3, stale: 4, removed: 0 };
    let outcome = ImportOutcome { rows_read: 1200, counts, already_imported: false, version: 7 };
    tenant.finish_import(queued.id, worker, &outcome).await.unwrap();
    let done = tenant.import(queued.id).await.unwrap();
    assert_eq!((done.status, done.rows_read, done.counts, done.version), (ImportStatus::Done, 1200, counts, Some(7)));
    assert!((done.progress - 1.0).abs() < f64::EPSILON);
    assert_eq!((done.finished_at, done.spool_file), (Some(scene.clock.now()), None));
    assert_eq!(done.lease_expires_at, None);
    assert_eq!(tenant.claim_import(queued.id, worker).await.unwrap(), None);
    assert_eq!(waiting(&scene).await, []);
}

#[tokio::test]
async fn a_failed_import_keeps_what_is_wrong_in_which_cell() {
    let scene = scene().await;
    let (tenant, worker) = (&scene.tenant, scene.clock.new_id());
    let import = tenant.create_import(&scene.file("orders.csv"), u64::MAX).await.unwrap();
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
    let import = scene.tenant.create_import(&scene.file("orders.csv"), u64::MAX).await.unwrap().id;
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
    let import = tenant.create_import(&scene.file("orders.csv"), u64::MAX).await.unwrap().id;
    assert_eq!(waiting(&scene).await, [import], "it waits");
    tenant.claim_import(import, dead).await.unwrap().unwrap();
    scene.clock.advance(Duration::from_secs(15));
    tenant.report_import(import, dead, 0.1, 10).await.unwrap();
    scene.clock.advance(Duration::from_secs(15));
    assert_eq!(waiting(&scene).await, [], "it lived 15 seconds ago");
    assert_eq!(tenant.claim_import(import, heir).await.unwrap(), None);
    scene.clock.advance(Duration::from_secs(10));
    assert_eq!(waiting(&scene).await, [import]);

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
        tenant.create_import(&scene.file(&format!("{number}.csv")), u64::MAX).await.unwrap();
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

#[tokio::test]
async fn an_import_that_is_postponed_waits_says_why_and_is_not_claimed_before_its_time() {
    let scene = scene().await;
    let (tenant, worker) = (&scene.tenant, scene.clock.new_id());
    let import = tenant.create_import(&scene.file("orders.csv"), u64::MAX).await.unwrap().id;
    tenant.claim_import(import, worker).await.unwrap().unwrap();
    let retry_at = scene.clock.now() + TimeDelta::seconds(30);
    let postponement = Postponement { retry_at, reason: Some("the disk is full".to_owned()), crashed: false };
    tenant.postpone_import(import, worker, &postponement).await.unwrap();
    let late = tenant.report_import(import, worker, 0.5, 1).await;
    assert!(matches!(late, Err(CatalogError::LeaseLost)), "{late:?}");

    let waits = tenant.import(import).await.unwrap();
    assert_eq!((waits.status, waits.waiting_for.as_deref()), (ImportStatus::Queued, Some("the disk is full")));
    assert_eq!((waits.retry_at, waits.spool_file.as_deref()), (Some(retry_at), Some("here/1")));
    assert_eq!(waiting(&scene).await, []);
    assert_eq!(tenant.claim_import(import, scene.clock.new_id()).await.unwrap(), None);
    scene.clock.advance(Duration::from_secs(30));
    assert_eq!(waiting(&scene).await, [import]);
    let again = tenant.claim_import(import, scene.clock.new_id()).await.unwrap().unwrap();
    assert_eq!((again.attempts, again.crashes, again.waiting_for, again.retry_at), (2, 0, None, None));
}

#[tokio::test]
async fn attempts_that_end_without_a_word_are_counted_until_one_ends_in_order() {
    let scene = scene().await;
    let tenant = &scene.tenant;
    let import = tenant.create_import(&scene.file("orders.csv"), u64::MAX).await.unwrap().id;
    for crashes in 0..3 {
        let claimed = tenant.claim_import(import, scene.clock.new_id()).await.unwrap().unwrap();
        assert_eq!(claimed.crashes, crashes);
        scene.clock.advance(Duration::from_secs(21));
    }
    let worker = scene.clock.new_id();
    assert_eq!(tenant.claim_import(import, worker).await.unwrap().unwrap().crashes, 3);
    let mut postponement = Postponement { retry_at: scene.clock.now(), reason: None, crashed: true };
    tenant.postpone_import(import, worker, &postponement).await.unwrap();
    assert_eq!(tenant.import(import).await.unwrap().crashes, 4);
    let worker = scene.clock.new_id();
    tenant.claim_import(import, worker).await.unwrap().unwrap();
    postponement.crashed = false;
    tenant.postpone_import(import, worker, &postponement).await.unwrap();
    assert_eq!(tenant.import(import).await.unwrap().crashes, 0);
}

#[tokio::test]
async fn work_is_found_in_every_organisation_and_nobodys_many_files_stand_before_those_of_others() {
    let scene = scene().await;
    let mut first = Vec::new();
    for number in 0..3 {
        let new = scene.file(&format!("{number}.csv"));
        first.push(scene.tenant.create_import(&new, u64::MAX).await.unwrap().id);
    }
    let (rival, made) = scene.database.organization("rival").await;
    let file = |place: &str| NewImport {
        store: made.stores[0],
        spool_file: Some(format!("{place}/2")),
        ..scene.file("rival.csv")
    };
    let rivals = rival.create_import(&file("here"), u64::MAX).await.unwrap().id;
    let elsewhere = rival.create_import(&file("there"), u64::MAX).await.unwrap();
    assert_eq!(waiting(&scene).await, [first[0], rivals, first[1], first[2]]);
    let catalog = scene.database.catalog();
    let anywhere = catalog.waiting_imports(&[], elsewhere.created_at).await.unwrap();
    assert!(anywhere.iter().any(|import| import.id == elsewhere.id), "{anywhere:?}");
    let mut needed = catalog.needed_files().await.unwrap();
    needed.sort();
    assert_eq!(needed, ["here/1", "here/1", "here/1", "here/2", "there/2"]);
}

#[tokio::test]
async fn no_more_than_the_limit_waits_to_be_imported() {
    let scene = scene().await;
    let file = scene.file("orders.csv");
    let first = scene.tenant.create_import(&file, 2468).await.unwrap().id;
    scene.tenant.create_import(&file, 2468).await.unwrap();
    let third = scene.tenant.create_import(&file, 2468).await;
    assert!(matches!(third, Err(CatalogError::TooMuchWaiting { limit: 2468 })), "{third:?}");
    let worker = scene.clock.new_id();
    scene.tenant.claim_import(first, worker).await.unwrap().unwrap();
    scene.tenant.fail_import(first, worker, &ImportFailure::new("no")).await.unwrap();
    scene.tenant.create_import(&file, 2468).await.unwrap();
}

#[tokio::test]
async fn a_mapping_that_postgres_cannot_keep_is_refused_as_wrong() {
    let scene = scene().await;
    for mapping in [json!({"time": "a\u{0}b"}), json!({"a\u{0}b": 1}), json!([["\u{0}"]])] {
        let file = NewImport { mapping: Some(mapping), ..scene.file("orders.csv") };
        let refused = scene.tenant.create_import(&file, u64::MAX).await;
        assert!(matches!(refused, Err(CatalogError::Invalid { field: "mapping", .. })), "{refused:?}");
    }
}
