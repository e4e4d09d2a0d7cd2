//! Imports that were queued: claimed, run, and brought to an end, whatever is killed in between.
//!
//! An import that is queued here is begun at once. Every few seconds the catalog is asked for those that nobody works on:
//! queued by a process that died, or begun by one. They are run again, which the receipts make safe. An import whose file
//! is on another machine is left to it for a day.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{
    CatalogError, Import, ImportFailure, ImportId, ImportOutcome, OrganizationId, SystemContext, Tenant,
};
use chrono::TimeDelta;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use super::uploads::{Place, Uploads};
use super::{Content, ImportKind, Imported, Rejection, RunError, Source, Watch, run};
use crate::http::problem::Chain;
use crate::service::backend::Backend;
use crate::service::folding::Folding;

const REASON: &str = "a worker runs queued imports";
/// How often the catalog is asked for imports that nobody works on.
const LOOK: Duration = Duration::from_secs(5);
/// How often a running import says that it lives; the lease is several times that.
const REPORT: Duration = Duration::from_secs(2);
/// An import that failed that often for reasons of ours is given up.
const ATTEMPTS: u32 = 5;
/// So long an import whose file is on another machine is left to that machine.
const ELSEWHERE: TimeDelta = TimeDelta::hours(24);

type Key = (OrganizationId, ImportId);

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

/// The worker and the threads that imports and folds run on.
#[derive(Debug)]
pub struct Worker {
    stop: CancellationToken,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    runtime: Option<Runtime>,
}

struct Inner {
    backend: Backend,
    uploads: Uploads,
    folding: Folding,
    /// This process, to the catalog.
    id: Uuid,
    stop: CancellationToken,
    concurrency: usize,
}

impl Worker {
    /// Starts working.
    ///
    /// # Errors
    /// The threads cannot be made.
    pub fn start(backend: Backend, uploads: Uploads) -> std::io::Result<(Self, Queue)> {
        let concurrency = backend.config.import_concurrency;
        let runtime =
            Builder::new_multi_thread().worker_threads(concurrency).thread_name("import").enable_all().build()?;
        let (sender, receiver) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let id = backend.clock.new_id();
        let (folding, folds) = Folding::start(backend.clone(), runtime.handle(), stop.clone());
        let inner = Arc::new(Inner { backend, uploads, folding, id, stop: stop.clone(), concurrency });
        let imports = runtime.spawn(inner.work(receiver));
        Ok((Self { stop, tasks: vec![imports, folds], runtime: Some(runtime) }, Queue(sender)))
    }

    /// Begins nothing more and waits for what runs, for at most `patience`. Says whether all of it came to its end; what did
    /// not is run again by the next process.
    pub async fn stop(mut self, patience: Duration) -> bool {
        self.stop.cancel();
        let tasks = std::mem::take(&mut self.tasks);
        let all = futures::future::join_all(tasks);
        tokio::time::timeout(patience, all).await.is_ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Inner {
    async fn work(self: Arc<Self>, mut queued: mpsc::UnboundedReceiver<Key>) {
        let mut running: JoinSet<Key> = JoinSet::new();
        let mut begun: HashSet<Key> = HashSet::new();
        let mut waiting: Vec<Key> = Vec::new();
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            while running.len() < self.concurrency && !waiting.is_empty() {
                let key = waiting.remove(0);
                if begun.insert(key) {
                    running.spawn(Arc::clone(&self).one(key));
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => break,
                Some(key) = queued.recv() => waiting.push(key),
                Some(ended) = running.join_next() => match ended {
                    Ok(key) => drop(begun.remove(&key)),
                    // Which one panicked is not known; it is found again by its lease.
                    Err(_) => begun.clear(),
                },
                _ = look.tick() => {
                    for key in self.unattended().await {
                        if !waiting.contains(&key) {
                            waiting.push(key);
                        }
                    }
                }
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Imports that nobody works on and that are for this machine to do.
    async fn unattended(&self) -> Vec<Key> {
        let look = async {
            let mut found = Vec::new();
            for system in self.backend.catalog.organizations(REASON).await? {
                let tenant = self.backend.catalog.tenant(system);
                let organization = tenant.context().organization();
                let imports = tenant.interrupted_imports().await?;
                found.extend(
                    imports.iter().filter(|import| self.is_ours(import)).map(|import| (organization, import.id)),
                );
            }
            Ok::<_, CatalogError>(found)
        };
        look.await.unwrap_or_else(|error| {
            tracing::warn!(error = %Chain(&error), "cannot look for imports that wait");
            Vec::new()
        })
    }

    fn is_ours(&self, import: &Import) -> bool {
        match import.spool_file.as_deref().map(|name| self.uploads.find(name)) {
            Some(Place::Elsewhere) => import.created_at + ELSEWHERE < self.backend.clock.now(),
            // Without a file it is read by the process that was asked to; if that died, there is nothing to run again.
            Some(Place::Here { .. } | Place::Gone) | None => true,
        }
    }

    async fn one(self: Arc<Self>, key: Key) -> Key {
        let (organization, id) = key;
        let tenant = self.backend.catalog.tenant(SystemContext::new(organization, REASON));
        let span = tracing::info_span!("import", %organization, import = %id, store = tracing::field::Empty);
        let work = async {
            match tenant.claim_import(id, self.id).await {
                Ok(Some(import)) => self.claimed(&tenant, &import).await,
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            }
        };
        if let Err(error) = work.instrument(span).await {
            // The lease runs out, and somebody tries again.
            tracing::error!(import = %id, error = %Chain(&error), "an import was interrupted");
        }
        key
    }

    async fn claimed(&self, tenant: &Tenant, import: &Import) -> Result<(), CatalogError> {
        tracing::Span::current().record("store", tracing::field::display(import.store));
        let source = match self.source(import) {
            Ok(source) => source,
            Err(message) => return self.failed(tenant, import, &ImportFailure::new(message)).await,
        };
        tracing::info!(kind = import.kind, bytes = import.size_bytes, attempt = import.attempts, "import begins");
        let lake = self.backend.store_lake(tenant, import.store);
        let watch = Arc::new(Watch::default());
        let outcome = {
            let mut running = std::pin::pin!(run(&lake, source, Arc::clone(&watch), import.created_at));
            let mut report = tokio::time::interval(REPORT);
            loop {
                tokio::select! {
                    outcome = &mut running => break outcome,
                    _ = report.tick() => {
                        let reported = tenant.report_import(import.id, self.id, watch.progress(), watch.rows()).await;
                        if let Err(CatalogError::LeaseLost) = reported {
                            watch.stop();
                        }
                    }
                }
            }
        };
        match outcome {
            Ok(imported) => self.done(tenant, import, &watch, &imported).await,
            Err(RunError::Rejected(rejection)) => self.failed(tenant, import, &rejection.into()).await,
            Err(RunError::Stopped) => Err(CatalogError::LeaseLost),
            Err(error) if import.attempts >= ATTEMPTS => {
                tracing::error!(error = %Chain(&error), "an import is given up");
                let message = "The import failed several times for reasons that are not in the file. Nothing of it was \
                    imported. Try again later.";
                self.failed(tenant, import, &ImportFailure::new(message)).await
            }
            Err(error) => {
                tracing::error!(error = %Chain(&error), attempt = import.attempts, "an import failed and is tried again");
                Ok(())
            }
        }
    }

    fn source(&self, import: &Import) -> Result<Source, String> {
        let lost = "The server stopped while this import was under way, and the file is no longer there. Nothing of it was \
            imported, or it was imported completely. Send it again: what is there already is not imported twice.";
        let place = import.spool_file.as_deref().map_or(Place::Gone, |name| self.uploads.find(name));
        let Place::Here { path, sha256 } = place else { return Err(lost.to_owned()) };
        let kind = ImportKind::parse(&import.kind)
            .ok_or_else(|| format!("This version of the server does not know files of the kind {}.", import.kind))?;
        let content = Content::new(kind, import.mapping.clone())?;
        Ok(Source { path, content, sha256: Some(sha256) })
    }

    async fn done(
        &self,
        tenant: &Tenant,
        import: &Import,
        watch: &Watch,
        imported: &Imported,
    ) -> Result<(), CatalogError> {
        let outcome = ImportOutcome {
            rows_read: watch.rows(),
            counts: imported.counts,
            already_imported: imported.already_imported,
            version: imported.version,
        };
        tenant.finish_import(import.id, self.id, &outcome).await?;
        self.remove_file(import);
        self.folding.committed(tenant.context().organization(), import.store);
        tracing::info!(rows = outcome.rows_read, already_imported = outcome.already_imported, "import done");
        Ok(())
    }

    async fn failed(&self, tenant: &Tenant, import: &Import, failure: &ImportFailure) -> Result<(), CatalogError> {
        tenant.fail_import(import.id, self.id, failure).await?;
        self.remove_file(import);
        tracing::info!(errors = failure.error_count, "import refused: {}", failure.message);
        Ok(())
    }

    fn remove_file(&self, import: &Import) {
        if let Some(name) = &import.spool_file {
            self.uploads.remove(name);
        }
    }
}

impl From<Rejection> for ImportFailure {
    fn from(rejection: Rejection) -> Self {
        let errors = serde_json::to_value(&rejection.errors).unwrap_or_default();
        Self { message: rejection.message, errors, error_count: rejection.total }
    }
}
