//! What goes on while something is killed: files are sent, questions asked, imports looked after, folds asked for.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::ledger::Ledger;
use super::plan::{File, Fold, STORES};
use crate::figures::View;
use crate::harness::{Client, Place, Refusal};
use crate::made_up::Chance;

/// How long a fold beside the server may take.
const FOLD_PATIENCE: Duration = Duration::from_secs(120);

/// Which refusals are to be expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Trouble {
    /// The server is gone.
    pub(super) server: bool,
    /// The database is gone: the server says so.
    pub(super) database: bool,
    /// How often the database went.
    times: u32,
}

/// One store as it is known.
pub(super) struct Store {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) ledger: Mutex<Ledger>,
}

/// A process that is killed at the latest when the value is dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What writers and readers share.
#[derive(Clone)]
pub(super) struct Load {
    pub(super) client: Client,
    pub(super) stores: Arc<[Store; STORES]>,
    trouble: Arc<Mutex<Trouble>>,
    stop: Arc<AtomicBool>,
}

impl Load {
    pub(super) fn new(client: Client, stores: Arc<[Store; STORES]>) -> Self {
        Self { client, stores, trouble: Arc::default(), stop: Arc::default() }
    }

    pub(super) fn server_goes(&self) {
        self.trouble.lock().unwrap().server = true;
    }

    pub(super) fn database_goes(&self) {
        let mut trouble = self.trouble.lock().unwrap();
        (trouble.database, trouble.times) = (true, trouble.times + 1);
    }

    pub(super) fn database_is_back(&self) {
        self.trouble.lock().unwrap().database = false;
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    fn trouble(&self) -> Trouble {
        *self.trouble.lock().unwrap()
    }

    /// Panics at a refusal that is not to be expected. What was asked before the trouble began may fail by it, and so may what was
    /// asked before it was over.
    fn excuse(&self, asked_in: Trouble, what: &str, refusal: &Refusal) {
        let now = self.trouble();
        let is_excused = match refusal {
            Refusal::Broken(_) => now.server,
            Refusal::Answered { status, problem } => {
                let was_gone = asked_in.database || now.times > asked_in.times;
                was_gone && *status == 503 && problem["code"] == "unavailable"
            }
        };
        assert!(is_excused, "{what}, asked in {asked_in:?}, refused in {now:?}: {refusal:?}");
    }

    /// Sends the files of one store one after the other.
    pub(super) async fn write(self, store: usize, files: Vec<(Duration, Arc<File>)>) {
        let Store { id, ledger, .. } = &self.stores[store];
        let began = tokio::time::Instant::now();
        for (moment, file) in files {
            tokio::time::sleep_until(began + moment).await;
            if self.is_over() {
                return;
            }
            let (trouble, name) = (self.trouble(), file.name.clone());
            ledger.lock().unwrap().sending(Arc::clone(&file));
            match self.client.try_begin_import(id, &name, file.text.clone().into_bytes()).await {
                Ok(begun) => {
                    assert_eq!(begun["file_name"], name);
                    ledger.lock().unwrap().acknowledged(&name);
                }
                Err(refusal) => self.excuse(trouble, &name, &refusal),
            }
        }
    }

    /// Asks one question after the other; returns how many were answered.
    pub(super) async fn read(self, mut chance: Chance) -> usize {
        let mut answered = 0;
        while !self.is_over() {
            let (store, view) = (chance.place(STORES), View::ALL[chance.place(View::ALL.len())]);
            let trouble = self.trouble();
            match self.look(store, view).await {
                Ok(()) => answered += 1,
                Err(refusal) => self.excuse(trouble, &format!("{view:?} of store {store}"), &refusal),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        answered
    }

    /// Asks one question and checks the answer.
    pub(super) async fn look(&self, store: usize, view: View) -> Result<(), Refusal> {
        let Store { name, id, ledger } = &self.stores[store];
        let before = ledger.lock().unwrap().before();
        let answer = self.client.try_query(&view.query(id)).await?;
        let judged = ledger.lock().unwrap().judge(&before, view, &answer);
        judged.unwrap_or_else(|difference| panic!("{name}, {view:?}: {difference}"));
        Ok(())
    }

    /// Finds out again and again which imports are done.
    pub(super) async fn follow(self) {
        while !self.is_over() {
            for Store { id, ledger, .. } in self.stores.iter() {
                let trouble = self.trouble();
                match self.client.try_imports(id).await {
                    Ok(imports) => ledger.lock().unwrap().listed(&imports),
                    Err(refusal) => self.excuse(trouble, "the list of imports", &refusal),
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Folds a store beside the server. It may fail only when it or the database is killed.
    pub(super) async fn fold(self, place: Arc<Place>, fold: Fold) {
        tokio::time::sleep(fold.after).await;
        if self.is_over() {
            return;
        }
        let name = &self.stores[fold.store].name;
        let asked_in = self.trouble();
        let mut command = place.command(&["lake", "fold", "--store", name]);
        let mut child = Killed(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
        let began = Instant::now();
        loop {
            if let Some(status) = child.0.try_wait().unwrap() {
                let mut said = String::new();
                child.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                let is_excused = asked_in.database || self.trouble().times > asked_in.times;
                assert!(status.success() || is_excused, "folding {name}: {status}\n{said}");
                return;
            }
            if fold.killed_after.is_some_and(|patience| began.elapsed() > patience) {
                return;
            }
            assert!(began.elapsed() < FOLD_PATIENCE, "folding {name} does not come to its end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
