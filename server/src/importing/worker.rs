//! Imports that were queued: found, begun in turn, and brought to an end, whatever is killed in between.
//!
//! An import that is queued here is begun at once. Every few seconds the catalog is asked for those that nobody works on:
//! queued by a process that died, begun by one, or postponed. They are run again, which the receipts make safe. An import whose
//! file is on another machine is left to it for a day; after that its sender is told what it waits for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{ImportId, OrganizationId};
use chrono::TimeDelta;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{RwLock, mpsc};
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::attempt::Attempts;
use super::line::{Key, Line};
use super::uploads::Uploads;
use crate::http::problem::Chain;
use crate::service::backend::Backend;
use crate::service::upkeep;

/// How often the catalog is asked for imports that nobody works on.
const LOOK: Duration = Duration::from_secs(2);
/// So long an import whose file is on another machine waits without a word.
const ELSEWHERE: TimeDelta = TimeDelta::hours(24);
/// So long imports that are cut off have for putting themselves back in the queue.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Tells the worker of an import that was just queued.
#[derive(Clone, Debug)]
pub struct Queue(mpsc::UnboundedSender<Key>);

impl Queue {
    /// An import is there to be begun.
    pub fn queued(&self, organization: OrganizationId, import: ImportId) {
        // A worker that has stopped leaves it to the next one.
        let _ = self.0.send((organization, import));
    }
}

/// The worker and the threads that imports and the lake's upkeep run on. To be dropped after all that uses the database: connections that
/// were opened on these threads, and serve others since, end with them.
#[derive(Debug)]
pub struct Worker {
    stop: CancellationToken,
    cut_off: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Worker {
    /// Starts working. Once `stop` is cancelled nothing more is begun.
    ///
    /// # Errors
    /// The threads cannot be made.
    pub fn start(backend: Backend, uploads: Uploads, stop: CancellationToken) -> std::io::Result<(Self, Queue)> {
        let concurrency = backend.config.import_concurrency;
        let runtime =
            Builder::new_multi_thread().worker_threads(concurrency).thread_name("import").enable_all().build()?;
        let (sender, receiver) = mpsc::unbounded_channel();
        let cut_off = CancellationToken::new();
        let upkeep = upkeep::work(backend.clone(), stop.clone());
        let look = look(backend.clone(), uploads.clone(), sender.clone(), stop.clone());
        let attempts = Arc::new(Attempts {
            backend,
            uploads,
            stop: stop.clone(),
            cut_off: cut_off.clone(),
            turns: RwLock::new(()),
        });
        let work = work(attempts, concurrency, receiver, stop.clone());
        let tasks = vec![runtime.spawn(work), runtime.spawn(look), runtime.spawn(upkeep)];
        Ok((Self { stop, cut_off, tasks, runtime: Some(runtime) }, Queue(sender)))
    }

    /// Begins nothing more and waits for what runs, for at most `patience`. Says whether all of it came to its end; imports that
    /// did not are put back in the queue for the next process.
    pub async fn stop(&mut self, patience: Duration) -> bool {
        self.stop.cancel();
        let mut all = futures::future::join_all(std::mem::take(&mut self.tasks));
        if tokio::time::timeout(patience, &mut all).await.is_ok() {
            return true;
        }
        self.cut_off.cancel();
        let _ = tokio::time::timeout(LAST_WORDS, all).await;
        false
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.cancel();
        self.cut_off.cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn work(
    attempts: Arc<Attempts>,
    concurrency: usize,
    mut queued: mpsc::UnboundedReceiver<Key>,
    stop: CancellationToken,
) {
    let mut running: JoinSet<()> = JoinSet::new();
    let mut begun: HashMap<Id, Key> = HashMap::new();
    let mut line = Line::default();
    loop {
        while begun.len() < concurrency
            && let Some(key) = line.pop()
        {
            if !begun.values().any(|running| *running == key) {
                let task = running.spawn(Arc::clone(&attempts).one(key));
                begun.insert(task.id(), key);
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            Some(key) = queued.recv() => line.push(key),
            Some(ended) = running.join_next_with_id() => {
                let (task, panicked) = match ended {
                    Ok((task, ())) => (task, false),
                    Err(error) => (error.id(), true),
                };
                if let Some((organization, import)) = begun.remove(&task)
                    && panicked
                {
                    // Its lease runs out, and it is counted as an attempt that ended without a word.
                    tracing::error!(%organization, %import, "an import panicked");
                }
            }
        }
    }
    while running.join_next().await.is_some() {}
}

/// Asks the catalog for imports that nobody works on and that are for this machine to do.
async fn look(backend: Backend, uploads: Uploads, found: mpsc::UnboundedSender<Key>, stop: CancellationToken) {
    let places = uploads.places();
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let waiting = backend.catalog.waiting_imports(&places, backend.clock.now() - ELSEWHERE);
        let waiting = tokio::select! {
            () = stop.cancelled() => return,
            waiting = waiting => waiting,
        };
        match waiting {
            Ok(waiting) => {
                for import in waiting {
                    let _ = found.send((import.organization, import.id));
                }
            }
            Err(error) => tracing::warn!(error = %Chain(&error), "cannot look for imports that wait"),
        }
    }
}
