//! One attempt at a queued import: claimed under a lease, run, and brought to an outcome.
//!
//! Promises: the uploaded file goes only when its rows are in the store or its contents were refused. What fails for any other
//! reason is postponed and tried again without end, but for files under which the program itself breaks again and again.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{CatalogError, Import, ImportFailure, ImportOutcome, Postponement, SystemContext, Tenant};
use tempfile::TempPath;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use uuid::Uuid;

use super::line::Key;
use super::uploads::{Place, Uploads};
use super::{Content, ImportKind, Imported, Rejection, RunError, Source, Watch, run, trouble};
use crate::http::problem::Chain;
use crate::service::backend::Backend;
use crate::service::folding::Folding;

const REASON: &str = "a worker runs queued imports";
/// How often a running import says that it lives; the lease is several times that.
const REPORT: Duration = Duration::from_secs(2);
/// So long an import that is cut off has for its commit.
const LAST_CHANCE: Duration = Duration::from_secs(1);
const LOST: &str = "The server stopped while this import was under way, and the file is no longer there. Nothing of it was \
    imported, or it was imported completely. Send it again: what is there already is not imported twice.";

/// What attempts work with.
pub(super) struct Attempts {
    pub(super) backend: Backend,
    pub(super) uploads: Uploads,
    pub(super) folding: Folding,
    /// Told when the server cannot wait any longer.
    pub(super) cut_off: CancellationToken,
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
    Troubled(RunError),
}

impl Attempts {
    /// Tries one import, if nobody else does.
    pub(super) async fn one(self: Arc<Self>, key: Key) {
        let (organization, id) = key;
        let tenant = self.backend.catalog.tenant(SystemContext::new(organization, REASON));
        let span = tracing::info_span!("import", %organization, import = %id, store = tracing::field::Empty);
        let work = async {
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

    async fn claimed(&self, claimed: &Claimed) -> Result<(), CatalogError> {
        let import = &claimed.import;
        tracing::Span::current().record("store", tracing::field::display(import.store));
        if import.crashes >= trouble::CRASHES {
            tracing::error!(crashes = import.crashes, "an import is given up");
            return self.failed(claimed, &ImportFailure::new(trouble::GIVEN_UP)).await;
        }
        tracing::info!(kind = import.kind, bytes = import.size_bytes, attempt = import.attempts, "import begins");
        let watch = Arc::new(Watch::default());
        let ended = {
            let mut running = std::pin::pin!(self.run(claimed, &watch));
            let mut report = tokio::time::interval(REPORT);
            loop {
                tokio::select! {
                    ended = &mut running => break Some(ended),
                    () = self.cut_off.cancelled() => {
                        watch.stop();
                        break tokio::time::timeout(LAST_CHANCE, running).await.ok();
                    }
                    _ = report.tick() => {
                        let (progress, rows) = (watch.progress(), watch.rows());
                        let reported = claimed.tenant.report_import(import.id, claimed.worker, progress, rows).await;
                        if let Err(CatalogError::LeaseLost) = reported {
                            watch.stop();
                        }
                    }
                }
            }
        };
        match ended {
            Some(Ended::Imported(imported)) => self.done(claimed, &watch, &imported).await,
            Some(Ended::Refused(failure)) => self.failed(claimed, &failure).await,
            Some(Ended::Troubled(RunError::Stopped)) | None => {
                if !self.cut_off.is_cancelled() {
                    return Err(CatalogError::LeaseLost);
                }
                let now = Postponement { retry_at: self.backend.clock.now(), reason: None, crashed: false };
                claimed.tenant.postpone_import(import.id, claimed.worker, &now).await
            }
            Some(Ended::Troubled(error)) => {
                let attempt = import.attempts;
                tracing::error!(error = %Chain(&error), attempt, "an import failed and is tried again");
                let postponement = trouble::postponement(import, &error, self.backend.clock.now());
                claimed.tenant.postpone_import(import.id, claimed.worker, &postponement).await
            }
        }
    }

    async fn run(&self, claimed: &Claimed, watch: &Arc<Watch>) -> Ended {
        let import = &claimed.import;
        let (source, _fetched) = match self.source(import).await {
            Ok(source) => source,
            Err(ended) => return ended,
        };
        let lake = self.backend.store_lake(&claimed.tenant, import.store);
        match run(&lake, source, Arc::clone(watch), import.created_at).await {
            Ok(imported) => Ended::Imported(imported),
            Err(RunError::Rejected(rejection)) => Ended::Refused(rejection.into()),
            Err(error) => Ended::Troubled(error),
        }
    }

    /// What to import, and what has to be kept until it is.
    async fn source(&self, import: &Import) -> Result<(Source, Option<TempPath>), Ended> {
        let refused = |message: &str| Ended::Refused(ImportFailure::new(message));
        let unreadable = |error| {
            let name = import.spool_file.clone().unwrap_or_default();
            Ended::Troubled(RunError::Unreadable(name.into(), error))
        };
        let kind = ImportKind::parse(&import.kind).ok_or_else(|| {
            refused(&format!("This version of the server does not know files of the kind {}.", import.kind))
        })?;
        let content = Content::new(kind, import.mapping.clone()).map_err(|message| refused(&message))?;
        let place = import.spool_file.as_deref().map_or(Ok(Place::Gone), |name| self.uploads.find(name));
        let (path, fetched, sha256) = match place.map_err(unreadable)? {
            Place::Here { path, sha256 } => (path, None, sha256),
            Place::Shared { object, sha256 } => {
                let scratch = self.backend.scratch.path();
                let reserve = self.backend.config.disk_reserve;
                let fetched = self.uploads.fetch(&object, scratch, reserve).await.map_err(unreadable)?;
                let fetched = fetched.ok_or_else(|| refused(LOST))?;
                (fetched.to_path_buf(), Some(fetched), sha256)
            }
            Place::Gone | Place::Elsewhere => return Err(refused(LOST)),
        };
        Ok((Source { path, content, sha256: Some(sha256), import: import.id }, fetched))
    }

    async fn done(&self, claimed: &Claimed, watch: &Watch, imported: &Imported) -> Result<(), CatalogError> {
        let outcome = ImportOutcome {
            rows_read: watch.rows(),
            counts: imported.counts,
            already_imported: imported.already_imported,
            version: imported.version,
        };
        claimed.tenant.finish_import(claimed.import.id, claimed.worker, &outcome).await?;
        self.remove_file(&claimed.import).await;
        self.folding.committed(claimed.tenant.context().organization(), claimed.import.store);
        tracing::info!(rows = outcome.rows_read, already_imported = outcome.already_imported, "import done");
        Ok(())
    }

    async fn failed(&self, claimed: &Claimed, failure: &ImportFailure) -> Result<(), CatalogError> {
        claimed.tenant.fail_import(claimed.import.id, claimed.worker, failure).await?;
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

impl From<Rejection> for ImportFailure {
    fn from(rejection: Rejection) -> Self {
        let errors = serde_json::to_value(&rejection.errors).unwrap_or_default();
        Self { message: rejection.message, errors, error_count: rejection.total }
    }
}
