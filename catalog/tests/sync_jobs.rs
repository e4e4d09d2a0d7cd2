//! Jobs: claimed by one, alive while they report, gone on with when they do not.

use std::sync::Arc;

use aloftly_catalog::testing::TestDatabase;
use aloftly_catalog::{
    CatalogError, Connection, GoOn, IngestContext, NewStore, Provisioned, SyncKind, SyncPostponement, SyncProblem,
    SyncProgress, SyncStatus, Tenant,
};
use aloftly_engine::clock::FixedClock;
use aloftly_engine::lake::manifest::CommitCounts;
use chrono::{TimeDelta, Weekday};

use crate::connections::{account, connected, new};

struct World {
    clock: Arc<FixedClock>,
    database: TestDatabase,
    tenant: Tenant,
    made: Provisioned,
    connection: Connection,
    ingesting: Tenant,
}

async fn world() -> World {
    let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    let (tenant, made) = database.organization("acme").await;
    let connection = connected(&tenant, made.stores[0], "shop").await;
    let ingesting = database.catalog().tenant(IngestContext::new(made.organization, "a test"));
    World { clock, database, tenant, made, connection, ingesting }
}

#[tokio::test]
async fn a_job_is_one_workers_and_tells_how_far_it_is() {
    let World { database, tenant, connection, ingesting, .. } = world().await;
    let waiting = database.catalog().waiting_syncs().await.unwrap();
    assert_eq!(waiting.len(), 1);
    let id = waiting[0].id;
    let (one, other) = (database.clock().new_id(), database.clock().new_id());
    let (first, second) = tokio::join!(ingesting.claim_sync(id, one), ingesting.claim_sync(id, other));
    let claimed: Vec<_> = [first.unwrap(), second.unwrap()].into_iter().flatten().collect();
    assert_eq!(claimed.len(), 1, "one of two that claim at once");
    let job = tenant.sync_job(id).await.unwrap();
    assert_eq!((job.status, job.kind), (SyncStatus::Running, SyncKind::Full));
    let winner = if ingesting.report_sync(id, one, &SyncProgress::default()).await.is_ok() { one } else { other };
    let loser = if winner == one { other } else { one };
    let lost = ingesting.report_sync(id, loser, &SyncProgress::default()).await;
    assert!(matches!(lost, Err(CatalogError::LeaseLost)));
    assert!(database.catalog().waiting_syncs().await.unwrap().is_empty());

    let progress = SyncProgress {
        stream: Some("orders".to_owned()),
        finished_streams: vec!["products".to_owned()],
        records: 7,
        expected: Some(70),
        counts: CommitCounts { new: 5, updated: 1, removed: 1, ..CommitCounts::default() },
        requests: 3,
        warnings: vec!["few".to_owned()],
    };
    assert_eq!(ingesting.report_sync(id, winner, &progress).await.unwrap(), GoOn::Yes);
    assert_eq!(tenant.sync_job(id).await.unwrap().progress, progress);
    ingesting.finish_sync(id, winner, false).await.unwrap();
    let done = tenant.sync_job(id).await.unwrap();
    assert_eq!((done.status, done.progress.records, done.finished_at.is_some()), (SyncStatus::Done, 7, true));
    assert!(matches!(ingesting.finish_sync(id, winner, false).await, Err(CatalogError::LeaseLost)));
    assert_eq!(tenant.sync_jobs(connection.id, None, 1).await.unwrap().next_cursor, None);
    database.close().await;
}

#[tokio::test]
async fn a_job_whose_worker_died_is_another_workers() {
    let World { clock, database, ingesting, .. } = world().await;
    let id = database.catalog().waiting_syncs().await.unwrap()[0].id;
    let (dead, next) = (database.clock().new_id(), database.clock().new_id());
    ingesting.claim_sync(id, dead).await.unwrap().unwrap();
    assert_eq!(ingesting.claim_sync(id, next).await.unwrap(), None);
    clock.advance(std::time::Duration::from_secs(21));
    assert_eq!(database.catalog().waiting_syncs().await.unwrap().len(), 1);
    let taken_over = ingesting.claim_sync(id, next).await.unwrap().unwrap();
    assert_eq!(taken_over.attempts, 1, "that it died counts");
    assert!(matches!(ingesting.finish_sync(id, dead, false).await, Err(CatalogError::LeaseLost)));
    ingesting.finish_sync(id, next, false).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn one_job_of_a_connection_runs_at_a_time_and_two_of_a_store() {
    let World { database, tenant, made, connection, ingesting, .. } = world().await;
    let store = made.stores[0];
    let claim = async |connection: &Connection, kind: &SyncKind| {
        let job = tenant.request_sync(connection.id, kind).await.unwrap();
        let worker = database.clock().new_id();
        (job.id, worker, ingesting.claim_sync(job.id, worker).await.unwrap().is_some())
    };
    let (full, worker, claimed) = claim(&connection, &SyncKind::Full).await;
    assert!(claimed);
    assert!(!claim(&connection, &SyncKind::Incremental).await.2);
    assert_eq!(database.catalog().waiting_syncs().await.unwrap(), [], "it need not be tried before the other ends");
    let beside = async |provider: &str| {
        let begun = tenant.begin_connection(new(store, provider)).await.unwrap();
        tenant.choose_account(begun.id, &account(provider), &[]).await.unwrap()
    };
    let (ga4, clarity) = (beside("ga4").await, beside("clarity").await);
    assert!(claim(&ga4, &SyncKind::Full).await.2);
    assert!(!claim(&clarity, &SyncKind::Full).await.2, "two of the store run");
    ingesting.finish_sync(full, worker, false).await.unwrap();
    assert!(claim(&clarity, &SyncKind::Full).await.2);
    database.close().await;
}

#[tokio::test]
async fn what_waits_already_does_not_wait_twice_and_what_is_asked_for_apart_does() {
    let World { database, tenant, connection, .. } = world().await;
    let one = tenant.request_sync(connection.id, &SyncKind::Incremental).await.unwrap();
    let same = tenant.request_sync(connection.id, &SyncKind::Incremental).await.unwrap();
    assert_eq!(one.id, same.id);
    let day = |text: &str| text.parse().unwrap();
    let range = SyncKind::Range { first: day("2026-10-01"), last: day("2026-10-31") };
    let first = tenant.request_sync(connection.id, &range).await.unwrap();
    let second = tenant.request_sync(connection.id, &range).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!(tenant.sync_job(first.id).await.unwrap().kind, range);
    for (first, last) in [("2026-10-02", "2026-10-01"), ("1990-01-01", "2026-10-01")] {
        let wrong = SyncKind::Range { first: day(first), last: day(last) };
        let refused = tenant.request_sync(connection.id, &wrong).await;
        assert!(matches!(refused, Err(CatalogError::Invalid { field: "last_day", .. })), "{refused:?}");
    }
    let things = SyncKind::Things([("orders".to_owned(), vec!["1".to_owned(), "2".to_owned()])].into());
    let asked = tenant.request_sync(connection.id, &things).await.unwrap();
    assert_eq!(asked.kind, things);
    let (mut cursor, mut read) = (None, Vec::new());
    loop {
        let page = tenant.sync_jobs(connection.id, cursor, 2).await.unwrap();
        read.extend(page.jobs.into_iter().map(|job| job.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(read.len(), 5);
    assert!(read.is_sorted_by(|a, b| a > b), "{read:?}");
    database.close().await;
}

#[tokio::test]
async fn a_job_is_tried_again_later_and_may_fail_for_good() {
    let World { clock, database, tenant, ingesting, .. } = world().await;
    let id = database.catalog().waiting_syncs().await.unwrap()[0].id;
    let problem = SyncProblem { code: "unavailable".to_owned(), words: "The shop does not answer.".to_owned() };
    let worker = database.clock().new_id();
    ingesting.claim_sync(id, worker).await.unwrap().unwrap();
    let later = database.clock().now() + TimeDelta::minutes(5);
    let until = SyncPostponement { due_at: later, problem: Some(&problem), attempts: 1 };
    ingesting.postpone_sync(id, worker, &until).await.unwrap();
    let job = tenant.sync_job(id).await.unwrap();
    assert_eq!((job.status, job.attempts, job.due_at), (SyncStatus::Queued, 1, later));
    assert_eq!(job.problem.as_ref(), Some(&problem));
    assert!(database.catalog().waiting_syncs().await.unwrap().is_empty());
    assert_eq!(ingesting.claim_sync(id, worker).await.unwrap(), None, "it is not due");
    // A person who asks for it does not want to wait; a schedule does.
    let asked = tenant.request_sync(job.connection, &SyncKind::Full).await.unwrap();
    assert_eq!((asked.id, asked.due_at), (id, database.clock().now()));
    ingesting.claim_sync(id, worker).await.unwrap().unwrap();
    ingesting.postpone_sync(id, worker, &until).await.unwrap();
    assert_eq!(tenant.sync_job(id).await.unwrap().attempts, 1);
    clock.advance(std::time::Duration::from_secs(301));
    ingesting.claim_sync(id, worker).await.unwrap().unwrap();
    ingesting.fail_sync(id, worker, &problem).await.unwrap();
    let job = tenant.sync_job(id).await.unwrap();
    assert_eq!((job.status, job.attempts, job.problem), (SyncStatus::Failed, 2, Some(problem)));
    database.close().await;
}

#[tokio::test]
async fn a_job_that_is_put_back_beside_one_that_waits_leaves_the_rest_to_it() {
    let World { database, tenant, connection, ingesting, .. } = world().await;
    let id = database.catalog().waiting_syncs().await.unwrap()[0].id;
    let worker = database.clock().new_id();
    ingesting.claim_sync(id, worker).await.unwrap().unwrap();
    let waits = tenant.request_sync(connection.id, &SyncKind::Full).await.unwrap();
    assert_ne!(waits.id, id);
    let later = database.clock().now() + TimeDelta::minutes(5);
    let problem = SyncProblem { code: "unavailable".to_owned(), words: "The shop does not answer.".to_owned() };
    let until = SyncPostponement { due_at: later, problem: Some(&problem), attempts: 3 };
    ingesting.postpone_sync(id, worker, &until).await.unwrap();
    assert_eq!(tenant.sync_job(id).await.unwrap().status, SyncStatus::Cancelled);
    let waits = tenant.sync_job(waits.id).await.unwrap();
    assert_eq!((waits.status, waits.attempts, waits.due_at), (SyncStatus::Queued, 3, later), "it waits in its place");
    database.close().await;
}

#[tokio::test]
async fn a_job_that_is_called_off_ends_at_once_when_it_waits_and_is_told_so_when_it_runs() {
    let World { database, tenant, connection, ingesting, .. } = world().await;
    let id = database.catalog().waiting_syncs().await.unwrap()[0].id;
    let waits = tenant.request_sync(connection.id, &SyncKind::Incremental).await.unwrap();
    assert_eq!(tenant.call_off_sync(waits.id).await.unwrap().status, SyncStatus::Cancelled);
    let worker = database.clock().new_id();
    ingesting.claim_sync(id, worker).await.unwrap().unwrap();
    let job = tenant.call_off_sync(id).await.unwrap();
    assert_eq!((job.status, job.is_called_off), (SyncStatus::Running, true));
    assert_eq!(ingesting.report_sync(id, worker, &SyncProgress::default()).await.unwrap(), GoOn::CalledOff);
    // Its server stops before it noticed.
    let until = SyncPostponement { due_at: database.clock().now(), problem: None, attempts: 0 };
    ingesting.postpone_sync(id, worker, &until).await.unwrap();
    assert_eq!(tenant.call_off_sync(id).await.unwrap().status, SyncStatus::Cancelled);
    // What waits of a connection whose access was taken back is not tried in vain.
    tenant.request_sync(connection.id, &SyncKind::Full).await.unwrap();
    assert_eq!(database.catalog().waiting_syncs().await.unwrap().len(), 1);
    let problem = SyncProblem { code: "access_revoked".to_owned(), words: "Connect it again.".to_owned() };
    ingesting.connection_failed(connection.id, &problem, true).await.unwrap();
    assert_eq!(database.catalog().waiting_syncs().await.unwrap(), []);
    database.close().await;
}

#[tokio::test]
async fn organisations_take_turns_whoever_has_more_that_waits() {
    let World { database, tenant, made, .. } = world().await;
    for number in 0..3 {
        let store = NewStore {
            name: format!("store {number}"),
            currency: "USD".to_owned(),
            timezone: chrono_tz::UTC,
            week_start: Weekday::Mon,
        };
        let store = tenant.create_store(made.workspace, &store).await.unwrap();
        connected(&tenant, store, "shop").await;
    }
    let (rival, rivals) = database.organization("rival").await;
    connected(&rival, rivals.stores[0], "shop").await;
    let order: Vec<_> =
        database.catalog().waiting_syncs().await.unwrap().into_iter().map(|job| job.organization).collect();
    assert_eq!(order.len(), 5);
    assert!(order[..2].contains(&rivals.organization), "{order:?}");
    database.close().await;
}

#[tokio::test]
async fn budgets_are_changed_one_after_the_other() {
    let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
    let database = TestDatabase::with_clock(clock.clone()).await;
    let catalog = database.catalog();
    let add = async || {
        catalog
            .change_budget("shop", &mut |state| {
                let before = state.get("spent").and_then(serde_json::Value::as_u64).unwrap_or(0);
                *state = serde_json::json!({ "spent": before + 1 });
            })
            .await
            .unwrap();
    };
    futures::future::join_all((0..20).map(|_| add())).await;
    let mut seen = serde_json::Value::Null;
    catalog.change_budget("shop", &mut |state| seen = state.clone()).await.unwrap();
    assert_eq!(seen, serde_json::json!({ "spent": 20 }));
    assert_eq!(catalog.sweep_budgets().await.unwrap(), 0);
    clock.advance(std::time::Duration::from_secs(4 * 24 * 3_600));
    assert_eq!(catalog.sweep_budgets().await.unwrap(), 1);
    database.close().await;
}
