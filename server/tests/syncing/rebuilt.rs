//! Rows are made anew of what was kept with them, and nothing that is gone comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{ConnectionStatus, SyncKind, SyncStatus};
use aloftly_engine::CommitId;
use aloftly_engine::clock::Clock as _;
use aloftly_engine::dataset;
use aloftly_engine::lake::Erasure;

use super::Connected;
use super::tiny::{Tiny, Trouble};

/// More than are read at once.
const MANY: usize = 700;

async fn read(customers: usize) -> Connected {
    let connected = Connected::to(Tiny::with(customers)).await;
    let reading = connected.reading();
    connected.ended(&reading, connected.newest().await.id).await;
    reading.end().await;
    connected.assert_same().await;
    connected
}

async fn erase(connected: &Connected, erasure: Erasure) {
    let lake = connected.backend.store_lake(&connected.tenant, connected.made.stores[0]);
    lake.erase(CommitId(connected.world.clock.new_id()), &erasure).await.unwrap();
}

/// Loses all rows that were made of answers.
async fn lose_rows(connected: &Connected) {
    let customers = Arc::clone(dataset::find("customers").unwrap());
    erase(connected, Erasure::Datasets(vec![customers])).await;
    assert_eq!(connected.held().await, BTreeMap::new());
}

#[tokio::test]
async fn what_was_lost_is_made_anew_without_asking_the_source() {
    let connected = read(MANY).await;
    {
        let mut source = connected.source.0.lock().unwrap();
        source.customers.insert("c004".to_owned(), 2);
    }
    connected.sync(&SyncKind::Incremental).await;
    lose_rows(&connected).await;
    connected.source.0.lock().unwrap().asked.clear();
    let job = connected.sync(&SyncKind::Rebuild).await;
    let progress = &job.progress;
    assert_eq!((job.status, progress.records, progress.expected), (SyncStatus::Done, 700, Some(700)));
    assert_eq!((progress.counts.new, progress.requests), (700, 0));
    assert!(progress.warnings.is_empty(), "{:?}", progress.warnings);
    connected.assert_same().await;
    assert_eq!(connected.source.0.lock().unwrap().asked.len(), 0);
    // What is there is the same once more.
    let job = connected.sync(&SyncKind::Rebuild).await;
    let counts = job.progress.counts;
    assert_eq!((job.status, counts.new, counts.updated, counts.removed), (SyncStatus::Done, 0, 0, 0));
    connected.world.database.close().await;
}

#[tokio::test]
async fn what_breaks_goes_on_behind_the_last_rows_and_says_nothing_of_the_source() {
    let connected = read(MANY).await;
    lose_rows(&connected).await;
    connected.source.0.lock().unwrap().trouble = Trouble::BreaksAfter(600);
    let id = connected.tenant.request_sync(connected.connection, &SyncKind::Rebuild).await.unwrap().id;
    let reading = connected.reading();
    let job = connected.until(&reading, id, |job| job.attempts == 1).await;
    assert_eq!((job.status, job.progress.records), (SyncStatus::Queued, 500));
    assert_eq!(connected.held().await.len(), 500);
    let broken = connected.tenant.connection(connected.connection).await.unwrap();
    assert_eq!((broken.status, broken.problem), (ConnectionStatus::Connected, None));
    {
        let mut source = connected.source.0.lock().unwrap();
        (source.trouble, source.rebuilt) = (Trouble::None, 0);
    }
    connected.world.clock.advance(Duration::from_secs(3_600));
    let job = connected.ended(&reading, id).await;
    reading.end().await;
    assert_eq!((job.status, job.progress.records, job.progress.counts.new), (SyncStatus::Done, 700, 700));
    assert_eq!(connected.source.0.lock().unwrap().rebuilt, 200, "the first 500 were there");
    connected.assert_same().await;
    connected.world.database.close().await;
}

#[tokio::test]
async fn what_is_gone_at_the_source_and_who_was_erased_do_not_come_back() {
    let connected = read(10).await;
    connected.source.0.lock().unwrap().customers.remove("c003");
    connected.sync(&SyncKind::Reconcile).await;
    erase(&connected, Erasure::customers(&BTreeSet::from(["c005".to_owned()]))).await;
    lose_rows(&connected).await;
    let job = connected.sync(&SyncKind::Rebuild).await;
    assert_eq!((job.status, job.progress.records), (SyncStatus::Done, 8));
    let mut expected = connected.source.0.lock().unwrap().customers.clone();
    expected.remove("c005");
    assert_eq!(connected.held().await, expected);
    connected.world.database.close().await;
}

#[tokio::test]
async fn without_answers_nothing_changes_and_it_is_said() {
    let connected = read(10).await;
    erase(&connected, Erasure::Datasets(vec![Arc::clone(dataset::payloads())])).await;
    let job = connected.sync(&SyncKind::Rebuild).await;
    assert_eq!((job.status, job.progress.records, job.progress.expected), (SyncStatus::Done, 0, Some(0)));
    assert_eq!(
        job.progress.warnings,
        ["No answers of the source are kept yet: read everything anew instead, which keeps them"]
    );
    connected.assert_same().await;
    connected.world.database.close().await;
}
