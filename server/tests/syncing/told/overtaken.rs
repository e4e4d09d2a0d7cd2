//! What is removed while its rows are on their way into the store stays away.

use std::collections::BTreeSet;

use aloftly_catalog::{SyncKind, SyncStatus};
use aloftly_engine::CommitId;
use aloftly_engine::clock::Clock as _;
use aloftly_engine::lake::Erasure;

use super::super::held_up::AboutToCommit;
use super::{Connected, told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_erased_while_rows_are_made_anew_of_their_answers_stays_away() {
    let connected = Connected::and_read(10).await;
    let id = connected.tenant.request_sync(connected.connection, &SyncKind::Rebuild).await.unwrap().id;
    let (mut about_to_commit, backend) = AboutToCommit::over(&connected.backend);
    let reading = connected.reading_over(backend);
    // It has read what was answered about everybody.
    about_to_commit.is_held_up().await;
    let lake = connected.backend.store_lake(&connected.tenant, connected.made.stores[0]);
    let erasure = Erasure::customers(&BTreeSet::from(["c005".to_owned()]));
    lake.erase(CommitId(connected.world.clock.new_id()), &erasure).await.unwrap();
    about_to_commit.let_go();
    let job = connected.ended(&reading, id).await;
    reading.end().await;
    assert_eq!((job.status, job.progress.records, job.progress.counts.new), (SyncStatus::Done, 9, 0));
    let mut expected = connected.source.0.lock().unwrap().customers.clone();
    expected.remove("c005");
    assert_eq!(connected.held().await, expected);
    connected.world.database.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_to_be_gone_while_a_page_that_has_it_is_on_its_way_stays_away() {
    let connected = Connected::and_read(3).await;
    {
        let mut source = connected.source.0.lock().unwrap();
        source.customers.extend(["c000", "c001", "new", "newer"].map(|id| (id.to_owned(), 2)));
    }
    let id = connected.tenant.request_sync(connected.connection, &SyncKind::Incremental).await.unwrap().id;
    let (mut about_to_commit, backend) = AboutToCommit::over(&connected.backend);
    let reading = connected.reading_over(backend);
    // It has a page with the first three of them.
    about_to_commit.is_held_up().await;
    connected.tell(&[told(1, "gone", "c001", 0), told(2, "gone", "new", 0)]).await;
    connected.carry_out().await;
    assert_eq!(connected.outcomes().await, ["1 removed", "2 removed"]);
    about_to_commit.let_go();
    let job = connected.ended(&reading, id).await;
    reading.end().await;
    assert_eq!((job.status, job.progress.counts.new, job.progress.counts.updated), (SyncStatus::Done, 1, 1));
    let held = connected.held().await;
    let held: Vec<_> = held.iter().map(|(id, version)| (id.as_str(), *version)).collect();
    assert_eq!(held, [("c000", 2), ("c002", 1), ("newer", 2)]);
    // Nor is it made anew of what came with it.
    assert_eq!(connected.sync(&SyncKind::Rebuild).await.progress.records, 3);
    assert_eq!(connected.held().await.len(), 3);
    // Whoever is there again later is.
    connected.world.clock.advance(std::time::Duration::from_secs(60));
    connected.source.0.lock().unwrap().customers.insert("new".to_owned(), 3);
    connected.sync(&SyncKind::Incremental).await;
    assert_eq!(connected.version("new").await, Some(3));
    connected.world.database.close().await;
}
