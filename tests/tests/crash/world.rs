//! A data folder in which things are killed round after round.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use rustix::process::Pid;
use serde_json::Value;
use tokio::task::JoinSet;

use super::ledger::{Count, Ledger};
use super::load::{Load, Store};
use super::plan::{Planner, Round, STORES, Victim};
use crate::figures::View;
use crate::harness::{Client, Place, Server, is_database_session};
use crate::made_up::Chance;
use crate::oracle::calendar;

/// How long requests may fail after the database was killed, and imports take to end.
const PATIENCE: Duration = Duration::from_secs(180);
/// So many imports of a store, or attempts at one, are carried from round to round. Those whose server was killed wait for a
/// while until another one takes them up.
const CARRIED: usize = 5;
const ATTEMPTS: usize = 3;
/// Retired segments are gone soon, so that readers meet that too.
const VARIABLES: [(&str, &str); 1] = [("ALOFTLY_LAKE_GRACE", "2s")];

/// What a folder has been through.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) rounds: u64,
    pub(super) files: Count,
    /// Imports that were being run at a kill and had not ended when all was well again.
    pub(super) cut_off: usize,
    pub(super) answers: usize,
    /// Answers of different versions or to different questions.
    pub(super) audited: usize,
}

/// The folder, and the server that runs in it between the kills.
pub(super) struct World {
    // Dropped before the place that it runs in.
    server: Server,
    place: Arc<Place>,
    stores: Arc<[Store; STORES]>,
    client: Client,
    planner: Planner,
    seed: u64,
    pub(super) tally: Tally,
}

impl World {
    /// A new folder, to be treated as the planner says.
    pub(super) async fn new(seed: u64, planner: Planner) -> Self {
        let place = Arc::new(Place::with(&VARIABLES));
        let names: [String; STORES] = std::array::from_fn(|number| format!("shop {number}"));
        names.iter().for_each(|name| place.create_store(name));
        let server = place.serve().await;
        let client = server.client().await;
        let mut stores = Vec::new();
        for name in names {
            let id = client.store(&name).await;
            stores.push(Store { name, id, ledger: Mutex::new(Ledger::default()) });
        }
        let stores = Arc::new(stores.try_into().unwrap_or_else(|_| unreachable!()));
        Self { server, place, stores, client, planner, seed, tally: Tally::default() }
    }

    /// One round: load, a kill in the middle of it, and everything is right afterwards. Returns what was killed.
    pub(super) async fn round(mut self) -> (Self, Victim) {
        let Round { kill_after, victim, files, folds } = self.planner.round();
        self.tally.rounds += 1;
        let began = SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let load = Load::new(self.client.clone(), Arc::clone(&self.stores));
        let (mut readers, mut others) = (JoinSet::new(), JoinSet::new());
        for reader in 0..2 {
            readers.spawn(load.clone().read(Chance::of(&[self.seed, self.tally.rounds, reader])));
        }
        for (store, files) in files.into_iter().enumerate() {
            others.spawn(load.clone().write(store, files));
        }
        for fold in folds {
            others.spawn(load.clone().fold(Arc::clone(&self.place), fold));
        }
        others.spawn(load.clone().follow());

        tokio::time::sleep(kill_after).await;
        let killed = SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let server = if victim.spares_server() {
            load.database_goes();
            let sessions = self.place.database_sessions();
            let one = sessions.first().filter(|_| victim == Victim::DatabaseSession);
            if !one.is_some_and(|pid| self.place.kill_database_session(*pid)) {
                self.place.kill_database();
            }
            self.wait_for_answers(&sessions).await;
            load.database_is_back();
            load.stop();
            self.server
        } else {
            load.server_goes();
            self.server.kill();
            if victim == Victim::ServerAndDatabase {
                load.database_goes();
                self.place.kill_database();
            }
            load.stop();
            self.place.serve().await
        };
        self.tally.answers += readers.join_all().await.into_iter().sum::<usize>();
        others.join_all().await;
        let client = self.client.moved_to(server.base());
        let mut world = Self { client, server, ..self };
        world.rest(began, killed).await;
        (world, victim)
    }

    /// Waits until the sessions that the database had when it was killed are gone, and requests are answered again.
    async fn wait_for_answers(&self, sessions: &[Pid]) {
        let patience = Instant::now() + PATIENCE;
        while sessions.iter().any(|pid| is_database_session(*pid)) {
            assert!(Instant::now() < patience, "sessions of the killed database go on");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        while let Err(refusal) = self.client.try_imports(&self.stores[0].id).await {
            assert!(Instant::now() < patience, "requests do not come back: {refusal:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Nothing is sent any more. What can end ends, and every answer is right. What was under way at the
    /// kill may wait until it is taken up again. When the round began and the kill came is in time since 1970.
    async fn rest(&mut self, began: Duration, killed: Duration) {
        let patience = Instant::now() + PATIENCE;
        let was_cut_off = |import: &Value| import["status"] == "running" && instant(&import["started_at"]) < killed;
        for store in self.stores.iter() {
            let imports = self.imports(store).await;
            store.ledger.lock().unwrap().listed_at_rest(&imports);
            let new = imports.iter().filter(|import| was_cut_off(import) && instant(&import["started_at"]) > began);
            self.tally.cut_off += new.count();
        }
        let waits = |import: &Value| match import["status"].as_str().unwrap() {
            "queued" => import["retry_at"].is_string(),
            "running" => was_cut_off(import),
            _ => true,
        };
        for store in self.stores.iter() {
            while !self.listed(store).await.iter().all(waits) {
                assert!(Instant::now() < patience, "imports do not end: {:?}", store.ledger.lock().unwrap().open());
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        let is_over = |store: &Store| {
            let ledger = store.ledger.lock().unwrap();
            ledger.open().len() > CARRIED || ledger.most_attempts() >= ATTEMPTS
        };
        if self.stores.iter().any(is_over) {
            self.settle().await;
        }
        self.look_at_all().await;
    }

    async fn look_at_all(&mut self) {
        let load = Load::new(self.client.clone(), Arc::clone(&self.stores));
        for store in 0..STORES {
            for view in View::ALL {
                let looked = load.look(store, view).await;
                looked.unwrap_or_else(|refusal| panic!("{view:?} of store {store}, at rest: {refusal:?}"));
                self.tally.answers += 1;
            }
        }
    }

    async fn imports(&self, store: &Store) -> Vec<Value> {
        let imports = self.client.try_imports(&store.id).await;
        imports.unwrap_or_else(|refusal| panic!("the imports of {}, at rest: {refusal:?}", store.name))
    }

    async fn listed(&self, store: &Store) -> Vec<Value> {
        let imports = self.imports(store).await;
        store.ledger.lock().unwrap().listed(&imports);
        imports
    }

    /// Every import comes to its end.
    async fn settle(&self) {
        let patience = Instant::now() + PATIENCE;
        for store in self.stores.iter() {
            let is_over = |import: &Value| import["status"] == "done";
            while !self.listed(store).await.iter().all(is_over) {
                assert!(Instant::now() < patience, "imports do not end: {:?}", store.ledger.lock().unwrap().open());
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    /// The folder's last day: all that was acknowledged is there, all that was ever answered was right, and the lake is whole.
    pub(super) async fn end(mut self) -> Tally {
        self.settle().await;
        self.look_at_all().await;
        for store in self.stores.iter() {
            self.place.run(&["lake", "fold", "--store", &store.name]);
        }
        self.look_at_all().await;
        for Store { name, ledger, .. } in self.stores.iter() {
            let ledger = ledger.lock().unwrap();
            self.tally.audited += ledger.audit().unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            self.tally.files += ledger.count();
        }
        self.verify();
        self.server.stop().await;
        self.tally
    }

    /// Has the lake looked through by the binary, if it can.
    fn verify(&self) {
        let help = self.place.command(&["lake", "verify", "--help"]).output().unwrap();
        if !help.status.success() {
            eprintln!("SKIPPED: this binary has no `aloftly lake verify`");
            return;
        }
        if String::from_utf8_lossy(&help.stdout).contains("--store <") {
            for store in self.stores.iter() {
                self.place.run(&["lake", "verify", "--store", &store.name]);
            }
        } else {
            self.place.run(&["lake", "verify"]);
        }
    }
}

/// `2026-11-20T12:00:00.5Z` since 1970.
fn instant(text: &Value) -> Duration {
    let text = text.as_str().unwrap();
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    let days = calendar::days_from_civil(number(0, 4), number(5, 7), number(8, 10));
    let seconds = days * 86_400 + number(11, 13) * 3_600 + number(14, 16) * 60 + number(17, 19);
    let fraction = text[19..].trim_end_matches('Z').trim_start_matches('.');
    assert!(text.ends_with('Z') && fraction.len() <= 9, "{text}");
    let nanos = format!("{fraction:0<9}").parse().unwrap();
    Duration::new(u64::try_from(seconds).unwrap(), nanos)
}

#[test]
fn instants_of_the_api_are_read() {
    assert_eq!(instant(&"1970-01-02T00:00:01.5Z".into()), Duration::from_millis(86_401_500));
    assert_eq!(instant(&"1970-01-01T01:01:00Z".into()), Duration::from_secs(3_660));
}
