//! One file into one store.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use aloftly_catalog::ImportId;
use aloftly_connectors::{CellError, ImportError, Progress, Summary, events_file, rates_file, shopify};
use aloftly_engine::CommitId;
use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::manifest::{CommitCounts, Published};
use aloftly_engine::lake::{LakeError, RowSink, Snapshot, Spool, StoreLake, Version};
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::Content;
use crate::syncing::ONLY_OF_APIS;
use crate::telemetry::measures;

/// The part of the work that reading the file is; the rest is the commit.
const READING: f64 = 0.8;

/// A file that is to be imported.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// What is in it.
    pub content: Content,
    /// The SHA-256 of its bytes in lowercase hex, when it is known already.
    pub sha256: Option<String>,
    /// The import. Its commit has the same id, whichever attempt makes it.
    pub import: ImportId,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The store's version with the file's rows in it.
    pub version: Version,
    /// What its commit did.
    pub counts: CommitCounts,
    /// The same file had been imported before: nothing was done.
    pub already_imported: bool,
    /// What was read; `None` when nothing had to be.
    pub summary: Option<Summary>,
}

impl Imported {
    /// What a commit is to an import: its own, or that of another import of the same file.
    fn by(published: Published, import: ImportId, summary: Option<Summary>) -> Self {
        let is_its_own = published.id == commit_of(import);
        Self {
            version: published.version,
            counts: if is_its_own { published.counts } else { CommitCounts::default() },
            already_imported: !is_its_own,
            summary,
        }
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug)]
pub struct Rejection {
    /// In one sentence.
    pub message: String,
    /// The first hundred errors.
    pub errors: Vec<CellError>,
    /// How many there are.
    pub total: u64,
}

/// Why a file was not imported. Nothing of it is in the store.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The file is wrong.
    #[error("{}", .0.message)]
    Rejected(Rejection),
    /// Somebody asked to stop.
    #[error("the import was stopped")]
    Stopped,
    /// The file could not be read.
    #[error("{} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// The lake failed; the file may be imported once it works again.
    #[error("the rows could not be kept")]
    Lake(#[from] LakeError),
    /// A fault of ours.
    #[error("the import failed unexpectedly")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// How far an import is, and a way to stop it.
#[derive(Debug, Default)]
pub struct Watch {
    size: AtomicU64,
    bytes: AtomicU64,
    rows: AtomicU64,
    committing: AtomicBool,
    stopped: AtomicBool,
}

impl Watch {
    /// From 0 to 1. The commit is not measured: it takes the last fifth in one step.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a fraction for people")]
    pub fn progress(&self) -> f64 {
        if self.committing.load(Ordering::Relaxed) {
            return READING;
        }
        let size = self.size.load(Ordering::Relaxed).max(1);
        (self.bytes.load(Ordering::Relaxed) as f64 / size as f64).min(1.0) * READING
    }

    /// Bytes read of the file, and its size.
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        (self.bytes.load(Ordering::Relaxed), self.size.load(Ordering::Relaxed))
    }

    /// Rows read so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Whether the file was read and its rows are being committed.
    #[must_use]
    pub fn is_committing(&self) -> bool {
        self.committing.load(Ordering::Relaxed)
    }

    /// Stops the import before its commit.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn saw(&self, progress: Progress) {
        self.bytes.store(progress.bytes, Ordering::Relaxed);
        self.rows.store(progress.rows, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Imports a file, received `now`.
///
/// # Errors
/// Nothing of the file is in the store, and why.
pub async fn run(
    lake: &StoreLake,
    source: Source,
    watch: Arc<Watch>,
    now: DateTime<Utc>,
) -> Result<Imported, RunError> {
    let kind = source.content.kind().as_str();
    let began = std::time::Instant::now();
    let result = attempt(lake, source, &watch, now).await;
    let outcome = match &result {
        Ok(imported) if imported.already_imported => "already_imported",
        Ok(_) => "done",
        Err(RunError::Rejected(_)) => "rejected",
        Err(_) => "failed",
    };
    measures::import_ended(kind, outcome, watch.rows(), began.elapsed());
    result
}

async fn attempt(
    lake: &StoreLake,
    source: Source,
    watch: &Arc<Watch>,
    now: DateTime<Utc>,
) -> Result<Imported, RunError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| RunError::Unreadable(path, error)
    };
    let size = std::fs::metadata(&source.path).map_err(unreadable(&source.path))?.len();
    watch.size.store(size, Ordering::Relaxed);
    let sha256 = match &source.sha256 {
        Some(known) => known.clone(),
        None => {
            let path = source.path.clone();
            blocking(move || sha256_of(&path)).await?.map_err(unreadable(&source.path))?
        }
    };
    let (import, receipt) = (source.import, receipt(&source.content, &sha256)?);
    if let Some(imported) = imported(lake, import, &source.content, Some(&sha256)).await? {
        return Ok(imported);
    }
    refuse_beside_an_api(lake, &source.content).await?;
    let spool = lake.spool()?;
    let reading = Arc::clone(watch);
    let (spool, summary) = blocking(move || read(&source, spool, &reading, now)).await??;
    if watch.is_stopped() {
        return Err(RunError::Stopped);
    }
    watch.committing.store(true, Ordering::Relaxed);
    let fits = |store: &Snapshot| summary.fit(store).map_err(|mixed| mixed.to_string());
    let published = lake.upsert_if(commit_of(import), spool, Some(receipt), &fits).await.map_err(uncommitted)?;
    let imported = Imported::by(published, import, Some(summary));
    if !imported.already_imported {
        measures::lake_committed("upsert");
    }
    Ok(imported)
}

/// Orders of files and of an API are not told apart well enough to be in one store: one could be there twice.
async fn refuse_beside_an_api(lake: &StoreLake, content: &Content) -> Result<(), RunError> {
    let (Content::ShopifyOrders, Some(orders)) = (content, dataset::find("orders")) else { return Ok(()) };
    if !lake.some_row(orders, ONLY_OF_APIS, true).await? {
        return Ok(());
    }
    let message = "this store's orders come from a connection: import files of orders into another store".to_owned();
    Err(RunError::Rejected(Rejection { message, errors: Vec::new(), total: 0 }))
}

/// What the store has of a file already: by its receipt or, where the file's SHA-256 is not known, by the import's own commit.
///
/// # Errors
/// The manifest cannot be asked.
pub(super) async fn imported(
    lake: &StoreLake,
    import: ImportId,
    content: &Content,
    sha256: Option<&str>,
) -> Result<Option<Imported>, RunError> {
    let (manifest, store) = (lake.manifest(), lake.store());
    let published = match sha256 {
        Some(sha256) => manifest.receipt(store, &receipt(content, sha256)?).await,
        None => manifest.committed(store, commit_of(import)).await,
    };
    Ok(published.map_err(LakeError::from)?.map(|published| Imported::by(published, import, None)))
}

/// The commit that an import makes.
fn commit_of(import: ImportId) -> CommitId {
    CommitId(import.0)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, RunError> {
    let span = tracing::Span::current();
    let task = tokio::task::spawn_blocking(move || span.in_scope(work));
    task.await.map_err(|error| RunError::Failed(error.into()))
}

fn read(source: &Source, spool: Spool, watch: &Watch, synced_at: DateTime<Utc>) -> Result<(Spool, Summary), RunError> {
    let unreadable = |error| RunError::Unreadable(source.path.clone(), error);
    let mut file = File::open(&source.path).map_err(unreadable)?;
    let mut sink = Stoppable { spool, watch };
    let mut progress = |progress| watch.saw(progress);
    let result = match &source.content {
        Content::ShopifyOrders => {
            shopify::orders_csv::import(file, &shopify::orders_csv::Options::default(), &mut sink, &mut progress)
        }
        Content::FxRates => rates_file::import(file, &mut sink, &mut progress),
        Content::MetricEvents(mapping) => {
            let options = events_file::Options::new(synced_at);
            if is_parquet(&mut file).map_err(unreadable)? {
                events_file::import_parquet(file, mapping, &options, &mut sink, &mut progress)
            } else {
                events_file::import_csv(file, mapping, &options, &mut sink, &mut progress)
            }
        }
    };
    match result {
        Ok(summary) => Ok((sink.spool, summary)),
        Err(_) if watch.is_stopped() => Err(RunError::Stopped),
        Err(error) => Err(refused(&source.path, error)),
    }
}

/// Parquet files begin with their own name.
fn is_parquet(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.take(4).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(start == b"PAR1")
}

/// Tells what is wrong with the file from what is wrong with the machine.
fn refused(path: &Path, error: ImportError) -> RunError {
    match error {
        ImportError::Rejected { errors, total } => {
            let things = if total == 1 { "1 error".to_owned() } else { format!("{total} errors") };
            let message = format!("the file has {things}; nothing was imported");
            RunError::Rejected(Rejection { message, errors, total })
        }
        ImportError::Read(error) => RunError::Unreadable(path.to_owned(), error),
        ImportError::Sink(error) => RunError::Lake(error),
        ImportError::Arrow(error) => RunError::Failed(error.into()),
        about_the_file => {
            let cause =
                std::error::Error::source(&about_the_file).map(|cause| format!(": {cause}")).unwrap_or_default();
            let message = format!("{about_the_file}{cause}");
            RunError::Rejected(Rejection { message, errors: Vec::new(), total: 0 })
        }
    }
}

/// Tells what is wrong with the file for this store from what is wrong with the lake.
fn uncommitted(error: LakeError) -> RunError {
    match error {
        LakeError::Refused(message) => RunError::Rejected(Rejection { message, errors: Vec::new(), total: 0 }),
        other => RunError::Lake(other),
    }
}

/// A spool that refuses further rows once the import was told to stop.
struct Stoppable<'a> {
    spool: Spool,
    watch: &'a Watch,
}

impl RowSink for Stoppable<'_> {
    fn push(&mut self, dataset: &Arc<Dataset>, batch: &RecordBatch) -> Result<(), LakeError> {
        if self.watch.is_stopped() {
            return Err(LakeError::Spool(io::Error::from(io::ErrorKind::Interrupted)));
        }
        self.spool.push(dataset, batch)
    }
}

/// The name under which a file is imported at most once into a store.
fn receipt(content: &Content, sha256: &str) -> Result<String, RunError> {
    let kind = content.kind().as_str();
    match content {
        Content::ShopifyOrders | Content::FxRates => Ok(format!("import:{kind}:{sha256}")),
        Content::MetricEvents(mapping) => {
            let mapping = serde_json::to_vec(mapping).map_err(|error| RunError::Failed(error.into()))?;
            Ok(format!("import:{kind}:{sha256}:{}", hex::encode(Sha256::digest(mapping))))
        }
    }
}

fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}
