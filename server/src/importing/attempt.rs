//! One attempt at a queued import: claimed under a lease, run, and brought to an outcome.
//!
//! Promises: the uploaded file goes only when its rows are in the store or its contents were refused. What fails for any other
//! reason is postponed and tried again without end, but for files under which the program itself breaks again and again. An
//! import under which it may have broken runs alone, so that no other is taken for the cause should it break once more.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{
    CatalogError, Import, ImportFailure, ImportId, ImportOutcome, ImportStatus, IngestContext, Postponement, Tenant,
};
use aloftly_engine::lake::StoreLake;
use tempfile::TempPath;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use super::line::Key;
use super::run::{Imported, Rejection, RunError, Source, Watch, imported, run};
use super::uploads::{self, Place, Uploads};
use super::{Content, ImportKind, trouble};
use crate::http::problem::Chain;
use crate::service::backend::Backend;

const REASON: &str = "a worker runs queued imports";
/// How often a running import says that it lives; the lease is several times that.
const REPORT: Duration = Duration::from_secs(2);
/// So long an import that is cut off has for its commit.
const LAST_CHANCE: Duration = Duration::from_secs(1);
const LOST: &str = "The file is no longer on the server, and nothing of it was imported. Send it again.";

/// What attempts work with.
pub(super) struct Attempts {
    pub(super) backend: Backend,
    pub(super) uploads: Uploads,
    /// Told when nothing more is to be begun.
    pub(super) stop: CancellationToken,
    /// Told when the server cannot wait any longer.
    pub(super) cut_off: CancellationToken,
    /// Held by every import while it runs: to write by one that runs alone, to read by the others. It is fair, so that neither
    /// kind waits for ever.
    pub(super) turns: RwLock<()>,
}

/// Leave to run, for as long as it is held.
enum Turn<'a> {
    Alone { _turn: RwLockWriteGuard<'a, ()> },
    Beside { _turn: RwLockReadGuard<'a, ()> },
}

/// An import under a lease of its own.
struct Claimed {
    tenant: Tenant,
    import: Import,
    worker: Uuid,
}

/// How an attempt ended, other than by what happened to it from outside.
enum Ended {
    Imported(Imported),
    /// The file cannot be imported.
    Refused(ImportFailure),
    /// The file is another server's.
    Elsewhere,
    Troubled(RunError),
}

impl Attempts {
    /// Tries one import, if nobody else does.
    pub(super) async fn one(self: Arc<Self>, key: Key) {
        let (organization, id) = key;
        let tenant = self.backend.catalog.tenant(IngestContext::new(organization, REASON));
        let span = tracing::info_span!("import", %organization, import = %id, store = tracing::field::Empty);
        let work = async {
            // Before the claim: no lease is held while the import waits, and waiting is no attempt.
            let Some(_turn) = self.turn(&tenant, id).await? else { return Ok(()) };
            // One for each claim: an attempt that was taken for dead must not pass for the one that followed it.
            let worker = self.backend.clock.new_id();
            match tenant.claim_import(id, worker).await? {
                Some(import) => self.claimed(&Claimed { tenant, import, worker }).await,
                None => Ok(()),
            }
        };
        if let Err(error) = work.instrument(span).await {
            // The lease runs out, and somebody tries again.
            tracing::error!(import = %id, error = %Chain(&error), "an import was interrupted");
        }
    }

    /// Waits until the import may run. `None` when it is over or somebody else's, or nothing more is to be begun.
    async fn turn(&self, tenant: &Tenant, id: ImportId) -> Result<Option<Turn<'_>>, CatalogError> {
        let import = tenant.import(id).await?;
        let is_held = import.lease_expires_at.is_some_and(|until| until > self.backend.clock.now());
        let is_suspect = match import.status {
            ImportStatus::Queued => import.crashes > 0,
            // Its last worker went without a word; the claim counts that.
            ImportStatus::Running if !is_held => true,
            ImportStatus::Running | ImportStatus::Done | ImportStatus::Failed => return Ok(None),
        };
        let turn = async {
            if is_suspect {
                Turn::Alone { _turn: self.turns.write().await }
            } else {
                Turn::Beside { _turn: self.turns.read().await }
            }
        };
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Ok(None),
            turn = turn => Ok(Some(turn)),
        }
    }

    async fn claimed(&self, claimed: &Claimed) -> Result<(), CatalogError> {
        let import = &claimed.import;
        tracing::Span::current().record("store", tracing::field::display(import.store));
        tracing::info!(kind = import.kind, bytes = import.size_bytes, attempt = import.attempts, "import begins");
        let watch = Arc::new(Watch::default());
        let ended = {
            let mut running = std::pin::pin!(self.run(claimed, &watch));
            tokio::select! {
                ended = &mut running => Some(ended),
                never = report(claimed, &watch) => match never {},
                () = self.cut_off.cancelled() => {
                    watch.stop();
                    tokio::time::timeout(LAST_CHANCE, running).await.ok()
                }
            }
        };
        let now = self.backend.clock.now();
        let postponement = match ended {
            Some(Ended::Imported(imported)) => return self.done(claimed, &watch, &imported).await,
            Some(Ended::Refused(failure)) => return self.failed(claimed, &failure).await,
            Some(Ended::Troubled(RunError::Stopped)) | None => {
                if !self.cut_off.is_cancelled() {
                    return Err(CatalogError::LeaseLost);
                }
                Postponement { retry_at: now, reason: None, crashed: false }
            }
            Some(Ended::Elsewhere) => {
                tracing::warn!(file = import.spool_file, "an import waits for another server, which has its file");
                trouble::elsewhere(import, now)
            }
            Some(Ended::Troubled(error)) => {
                let attempt = import.attempts;
                tracing::error!(error = %Chain(&error), attempt, "an import failed and is tried again");
                trouble::postponement(import, &error, now)
            }
        };
        let postpone = || claimed.tenant.postpone_import(import.id, claimed.worker, &postponement);
        trouble::until_heard(&self.cut_off, postpone).await
    }

    async fn run(&self, claimed: &Claimed, watch: &Arc<Watch>) -> Ended {
        match self.attempt(claimed, watch).await {
            Ok(imported) => Ended::Imported(imported),
            Err(ended) => ended,
        }
    }

    async fn attempt(&self, claimed: &Claimed, watch: &Arc<Watch>) -> Result<Imported, Ended> {
        let import = &claimed.import;
        let content = content(import).map_err(Ended::Refused)?;
        let lake = self.backend.store_lake(&claimed.tenant, import.store);
        if import.crashes >= trouble::CRASHES {
            tracing::error!(crashes = import.crashes, "an import is not run any more");
            return imported_or(trouble::GIVEN_UP, import, &lake, &content).await;
        }
        let unreadable = |error| {
            let name = import.spool_file.clone().unwrap_or_default();
            Ended::Troubled(RunError::Unreadable(name.into(), error))
        };
        let place = import.spool_file.as_deref().map_or(Ok(Place::Gone), |name| self.uploads.find(name));
        let (path, _fetched, sha256) = match place.map_err(unreadable)? {
            Place::Here { path, sha256 } => (path, None, sha256),
            Place::Shared { object, sha256 } => match self.fetched(&object).await.map_err(unreadable)? {
                Some(fetched) => (fetched.to_path_buf(), Some(fetched), sha256),
                None => return imported_or(LOST, import, &lake, &content).await,
            },
            Place::Elsewhere => return Err(Ended::Elsewhere),
            Place::Gone => return imported_or(LOST, import, &lake, &content).await,
        };
        let source = Source { path, content, sha256: Some(sha256), import: import.id };
        match run(&lake, source, Arc::clone(watch), import.created_at).await {
            Err(RunError::Rejected(rejection)) => Err(Ended::Refused(rejection.into())),
            other => other.map_err(Ended::Troubled),
        }
    }

    async fn fetched(&self, object: &object_store::path::Path) -> std::io::Result<Option<TempPath>> {
        self.uploads.fetch(object, self.backend.scratch.path(), self.backend.config.disk_reserve).await
    }

    async fn done(&self, claimed: &Claimed, watch: &Watch, imported: &Imported) -> Result<(), CatalogError> {
        let outcome = ImportOutcome {
            rows_read: watch.rows(),
            counts: imported.counts,
            already_imported: imported.already_imported,
            version: imported.version,
        };
        let finish = || claimed.tenant.finish_import(claimed.import.id, claimed.worker, &outcome);
        trouble::until_heard(&self.cut_off, finish).await?;
        self.remove_file(&claimed.import).await;
        tracing::info!(rows = outcome.rows_read, already_imported = outcome.already_imported, "import done");
        Ok(())
    }

    async fn failed(&self, claimed: &Claimed, failure: &ImportFailure) -> Result<(), CatalogError> {
        let fail = || claimed.tenant.fail_import(claimed.import.id, claimed.worker, failure);
        trouble::until_heard(&self.cut_off, fail).await?;
        self.remove_file(&claimed.import).await;
        tracing::info!(errors = failure.error_count, "import refused: {}", failure.message);
        Ok(())
    }

    async fn remove_file(&self, import: &Import) {
        if let Some(name) = &import.spool_file {
            self.uploads.remove(name).await;
        }
    }
}

/// Says again and again that the import lives, and how far it is; stops it when it is another worker's.
async fn report(claimed: &Claimed, watch: &Watch) -> Infallible {
    let mut report = tokio::time::interval(REPORT);
    report.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        report.tick().await;
        let (id, worker) = (claimed.import.id, claimed.worker);
        let reported = claimed.tenant.report_import(id, worker, watch.progress(), watch.rows()).await;
        if let Err(CatalogError::LeaseLost) = reported {
            watch.stop();
        }
    }
}

/// What the store has of an import whose file is not read any more: an earlier attempt may have come as far as its commit, or
/// another import of the same file. Refused with a message when there is nothing.
async fn imported_or(message: &str, import: &Import, lake: &StoreLake, content: &Content) -> Result<Imported, Ended> {
    let sha256 = import.spool_file.as_deref().and_then(uploads::sha256);
    let imported = imported(lake, import.id, content, sha256).await.map_err(Ended::Troubled)?;
    imported.ok_or_else(|| Ended::Refused(ImportFailure::new(message)))
}

/// What is in the file of an import.
fn content(import: &Import) -> Result<Content, ImportFailure> {
    let kind = ImportKind::parse(&import.kind).ok_or_else(|| {
        ImportFailure::new(format!("This version of the server does not know files of the kind {}.", import.kind))
    })?;
    Content::new(kind, import.mapping.clone()).map_err(ImportFailure::new)
}

impl From<Rejection> for ImportFailure {
    fn from(rejection: Rejection) -> Self {
        let errors = serde_json::to_value(&rejection.errors).unwrap_or_default();
        Self { message: rejection.message, errors, error_count: rejection.total }
    }
}
