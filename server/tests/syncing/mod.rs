//! Connections are read: everything once, whatever is killed and whenever, and what cannot be read is said.

mod held_up;
mod rebuilt;
mod recency;
mod tiny;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use aloftly_catalog::{
    ConnectedAccount, ConnectionId, ConnectionStatus, NewConnection, Provisioned, SyncJob, SyncJobId, SyncKind,
    SyncStatus, Tenant,
};
use aloftly_connectors::contract::{Account, Connector as _};
use aloftly_engine::dataset;
use aloftly_server::service::backend::Backend;
use aloftly_server::syncing::Providers;
use aloftly_server::syncing::worker::{self, SyncQueue};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::tiny::{PAGE, Tiny, Trouble};
use crate::support::World;

/// A store that is connected to a tiny provider.
struct Connected {
    world: World,
    backend: Backend,
    tenant: Tenant,
    made: Provisioned,
    connection: ConnectionId,
    source: &'static Tiny,
}

/// A worker that reads connections.
struct Reading {
    queue: SyncQueue,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Connected {
    async fn to(source: &'static Tiny) -> Self {
        let world = World::new().await;
        let (tenant, made) = world.organization("a").await;
        let backend = world.backend().await;
        let new = NewConnection {
            store: made.stores[0],
            provider: source.declaration().id,
            fields: serde_json::json!({}),
            credentials: vec![("token", "secret".into())],
            expires_at: None,
            accounts: vec!["1".to_owned()],
        };
        let connection = tenant.begin_connection(new).await.unwrap().id;
        let about = serde_json::to_value(Account::new("1", "The one")).unwrap();
        let account = ConnectedAccount { id: "1".to_owned(), name: "The one".to_owned(), about };
        tenant.choose_account(connection, &account, &[]).await.unwrap();
        Self { world, backend, tenant, made, connection, source }
    }

    fn reading(&self) -> Reading {
        self.reading_over(self.backend.clone())
    }

    fn reading_over(&self, backend: Backend) -> Reading {
        let (queue, stop) = (SyncQueue::default(), CancellationToken::new());
        let work = worker::work(backend, Providers::of(&[self.source]), queue.clone(), stop.clone());
        Reading { queue, stop, task: tokio::spawn(work) }
    }

    async fn newest(&self) -> SyncJob {
        self.tenant.sync_jobs(self.connection, None, 1).await.unwrap().jobs.pop().unwrap()
    }

    /// Asks for a sync, and waits for its end.
    async fn sync(&self, kind: &SyncKind) -> SyncJob {
        let job = self.tenant.request_sync(self.connection, kind).await.unwrap();
        let reading = self.reading();
        let job = self.ended(&reading, job.id).await;
        reading.end().await;
        job
    }

    async fn ended(&self, reading: &Reading, id: SyncJobId) -> SyncJob {
        self.until(reading, id, |job| !matches!(job.status, SyncStatus::Queued | SyncStatus::Running)).await
    }

    async fn until(&self, reading: &Reading, id: SyncJobId, is_so: impl Fn(&SyncJob) -> bool) -> SyncJob {
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            let job = self.tenant.sync_job(id).await.unwrap();
            if is_so(&job) {
                return job;
            }
            assert!(Instant::now() < patience, "it is not so yet: {job:?}");
            reading.queue.wake();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The store's customers with their versions.
    async fn held(&self) -> BTreeMap<String, i64> {
        let lake = self.backend.store_lake(&self.tenant, self.made.stores[0]);
        lake.entities(dataset::find("customers").unwrap(), None).await.unwrap()
    }

    async fn assert_same(&self) {
        let source = self.source.0.lock().unwrap().customers.clone();
        assert_eq!(self.held().await, source);
    }
}

impl Reading {
    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// As a process that is killed.
    fn kill(self) {
        self.task.abort();
    }
}

#[tokio::test]
async fn everything_is_read_once_and_then_what_changed() {
    let connected = Connected::to(Tiny::with(10)).await;
    let reading = connected.reading();
    let job = connected.ended(&reading, connected.newest().await.id).await;
    reading.end().await;
    assert_eq!((job.status, &job.kind), (SyncStatus::Done, &SyncKind::Full));
    let progress = &job.progress;
    assert_eq!((progress.records, progress.expected, progress.counts.new), (10, Some(10), 10));
    assert_eq!((progress.finished_streams.as_slice(), &progress.stream), (&["customers".to_owned()][..], &None));
    connected.assert_same().await;
    let connection = connected.tenant.connection(connected.connection).await.unwrap();
    assert_eq!(connection.synced_at, job.started_at);

    connected.source.0.lock().unwrap().asked.clear();
    connected.source.0.lock().unwrap().customers.extend([("c004".to_owned(), 2), ("new".to_owned(), 2)]);
    let job = connected.sync(&SyncKind::Incremental).await;
    let counts = job.progress.counts;
    assert_eq!((job.progress.records, counts.new, counts.updated), (2, 1, 1));
    connected.assert_same().await;
    // Nothing is new, and nothing is read.
    let job = connected.sync(&SyncKind::Incremental).await;
    assert_eq!((job.status, job.progress.records), (SyncStatus::Done, 0));
    connected.world.database.close().await;
}

#[tokio::test]
async fn a_sync_that_is_killed_behind_any_page_goes_on_there_and_nothing_is_read_twice() {
    let pages = 10_usize.div_ceil(PAGE);
    for killed_after in 0..=pages {
        let connected = Connected::to(Tiny::with(10)).await;
        connected.source.0.lock().unwrap().trouble = Trouble::HangsAfter(killed_after);
        let id = connected.newest().await.id;
        let reading = connected.reading();
        let records = 10.min(killed_after * PAGE) as u64;
        connected.until(&reading, id, |job| job.progress.stream.is_some() && job.progress.records == records).await;
        reading.kill();
        let held: BTreeMap<_, _> = connected.held().await;
        assert_eq!(held.len() as u64, records, "killed after {killed_after}");

        connected.source.0.lock().unwrap().trouble = Trouble::None;
        // Its worker is taken for dead.
        connected.world.clock.advance(Duration::from_secs(21));
        let reading = connected.reading();
        let job = connected.ended(&reading, id).await;
        reading.end().await;
        assert_eq!(job.status, SyncStatus::Done);
        connected.assert_same().await;
        let asked = connected.source.0.lock().unwrap().asked.clone();
        let places: BTreeSet<_> = asked.iter().collect();
        assert_eq!(places.len(), asked.len(), "killed after {killed_after}: a page was asked for twice: {asked:?}");
        assert_eq!((job.progress.records, job.progress.counts.new), (10, 10), "killed after {killed_after}");
        connected.world.database.close().await;
    }
}

#[tokio::test]
async fn what_is_away_is_tried_again_and_said_when_it_stays_away() {
    let connected = Connected::to(Tiny::with(4)).await;
    connected.source.0.lock().unwrap().trouble = Trouble::Away;
    let id = connected.newest().await.id;
    let reading = connected.reading();
    for attempt in 1..8 {
        let job = connected.until(&reading, id, |job| job.attempts == attempt).await;
        assert_eq!(job.status, SyncStatus::Queued, "{job:?}");
        let words = job.problem.unwrap().words;
        assert_eq!(words, "Tiny could not be reached, or failed. It is tried again by itself.");
        let status = connected.tenant.connection(connected.connection).await.unwrap().status;
        assert_eq!(status, ConnectionStatus::Connected, "it may pass");
        connected.world.clock.advance(Duration::from_secs(3_600));
    }
    let job = connected.ended(&reading, id).await;
    assert_eq!((job.status, job.attempts), (SyncStatus::Failed, 8));
    let broken = connected.tenant.connection(connected.connection).await.unwrap();
    assert_eq!((broken.status, broken.synced_at), (ConnectionStatus::Broken, None));
    assert_eq!(broken.problem.unwrap().0.code, "unavailable");
    reading.end().await;

    connected.source.0.lock().unwrap().trouble = Trouble::None;
    let job = connected.sync(&SyncKind::Incremental).await;
    assert_eq!((job.status, job.progress.counts.new), (SyncStatus::Done, 4), "what was never read is read whole");
    let mended = connected.tenant.connection(connected.connection).await.unwrap();
    assert_eq!((mended.status, mended.problem), (ConnectionStatus::Connected, None));
    connected.assert_same().await;
    connected.world.database.close().await;
}

#[tokio::test]
async fn access_that_was_taken_back_ends_the_reading_until_somebody_connects_anew() {
    let connected = Connected::to(Tiny::with(4)).await;
    connected.source.0.lock().unwrap().trouble = Trouble::Revoked;
    let reading = connected.reading();
    let job = connected.ended(&reading, connected.newest().await.id).await;
    assert_eq!((job.status, job.attempts), (SyncStatus::Failed, 1), "asking again does not help");
    reading.end().await;
    let revoked = connected.tenant.connection(connected.connection).await.unwrap();
    assert_eq!((revoked.status, revoked.sync_at), (ConnectionStatus::Revoked, None));
    assert_eq!(revoked.problem.unwrap().0.words, "Tiny does not let Aloftly in any more. Connect it again.");
    assert!(connected.tenant.request_sync(connected.connection, &SyncKind::Full).await.is_err());
    connected.world.database.close().await;
}

#[tokio::test]
async fn a_sync_that_is_called_off_ends_and_what_it_read_stays() {
    let connected = Connected::to(Tiny::with(10)).await;
    connected.source.0.lock().unwrap().trouble = Trouble::HangsAfter(2);
    let id = connected.newest().await.id;
    let reading = connected.reading();
    connected.until(&reading, id, |job| job.progress.records == 6).await;
    connected.tenant.call_off_sync(id).await.unwrap();
    let job = connected.ended(&reading, id).await;
    assert_eq!(job.status, SyncStatus::Cancelled);
    reading.end().await;
    assert_eq!(connected.held().await.len(), 6);
    connected.world.database.close().await;
}

#[tokio::test]
async fn a_server_that_stops_hands_the_rest_to_the_next() {
    let connected = Connected::to(Tiny::with(10)).await;
    connected.source.0.lock().unwrap().trouble = Trouble::HangsAfter(1);
    let id = connected.newest().await.id;
    let reading = connected.reading();
    connected.until(&reading, id, |job| job.progress.records == 3).await;
    reading.end().await;
    let job = connected.tenant.sync_job(id).await.unwrap();
    assert_eq!((job.status, job.attempts), (SyncStatus::Queued, 0), "that is no failure");
    connected.source.0.lock().unwrap().trouble = Trouble::None;
    let reading = connected.reading();
    assert_eq!(connected.ended(&reading, id).await.status, SyncStatus::Done);
    reading.end().await;
    connected.assert_same().await;
    connected.world.database.close().await;
}

#[tokio::test]
async fn a_comparison_finds_what_was_lost_what_is_older_and_what_is_gone() {
    let connected = Connected::to(Tiny::with(700)).await;
    let reading = connected.reading();
    connected.ended(&reading, connected.newest().await.id).await;
    reading.end().await;
    {
        let mut source = connected.source.0.lock().unwrap();
        // Of versions that no incremental sync asks for.
        source.customers.retain(|id, _| !id.ends_with('7'));
        source.customers.insert("c004".to_owned(), 5);
        source.customers.insert("b lost".to_owned(), 0);
    }
    let job = connected.sync(&SyncKind::Reconcile).await;
    let counts = job.progress.counts;
    assert_eq!((job.status, counts.new, counts.updated, counts.removed), (SyncStatus::Done, 1, 1, 70));
    connected.assert_same().await;
    let job = connected.sync(&SyncKind::Reconcile).await;
    assert_eq!((job.status, job.progress.records), (SyncStatus::Done, 0), "nothing differs any more");
    connected.world.database.close().await;
}
