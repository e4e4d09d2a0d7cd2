//! What an import is.

use aloftly_engine::StoreId;
use aloftly_engine::lake::manifest::{CommitCounts, Version};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{CatalogError, ImportId, UserId};

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStatus {
    /// It waits for a worker.
    Queued,
    /// A worker reads it.
    Running,
    /// Its rows are in the store.
    Done,
    /// None of its rows are in the store.
    Failed,
}

/// A file that is handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct NewImport {
    /// Where its rows go.
    pub store: StoreId,
    /// What is in it, in snake case, such as `shopify_orders`.
    pub kind: String,
    /// What its sender calls it.
    pub file_name: String,
    /// How large it is, as it was sent.
    pub size_bytes: u64,
    /// Where the worker finds its bytes: `{place}/{name}`.
    pub spool_file: Option<String>,
    /// Which of its columns mean what, if the kind does not say.
    pub mapping: Option<serde_json::Value>,
}

/// A file that was handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Its identity.
    pub id: ImportId,
    /// Where its rows go.
    pub store: StoreId,
    /// What is in it.
    pub kind: String,
    /// What its sender calls it.
    pub file_name: String,
    /// How large it is, as it was sent.
    pub size_bytes: u64,
    /// Where the worker finds its bytes. Not for outsiders.
    pub spool_file: Option<String>,
    /// Which of its columns mean what.
    pub mapping: Option<serde_json::Value>,
    /// Who handed it over; `None` when it was no person.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// How far it is.
    pub status: ImportStatus,
    /// How many workers began it.
    pub attempts: u32,
    /// How many of the last of them ended without a word.
    pub crashes: u32,
    /// It is not begun before then.
    pub retry_at: Option<DateTime<Utc>>,
    /// Until then its worker is taken to live; `None` when it has none.
    pub lease_expires_at: Option<DateTime<Utc>>,
    /// Why the last attempt came to nothing, for the person who handed it over.
    pub waiting_for: Option<String>,
    /// When the last one began it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
    /// How much of it was read, from 0 to 1.
    pub progress: f64,
    /// How many rows were read.
    pub rows_read: u64,
    /// What its commit did.
    pub counts: CommitCounts,
    /// The same file had been imported before: nothing was done.
    pub already_imported: bool,
    /// The store's version with its rows in it.
    pub version: Option<Version>,
    /// Why it failed.
    pub error: Option<String>,
    /// What is wrong in which cell: a JSON array, the first hundred.
    pub errors: serde_json::Value,
    /// How many cells are wrong.
    pub error_count: u64,
}

/// Some imports, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportPage {
    /// The imports.
    pub imports: Vec<Import>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<ImportId>,
}

/// An attempt that came to nothing for a reason that is not in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postponement {
    /// When it may be tried again.
    pub retry_at: DateTime<Utc>,
    /// Why, for the person who handed the file over.
    pub reason: Option<String>,
    /// Whether the file may be what ended the attempt. Such attempts are counted, and a cap on them is for the caller to keep.
    pub crashed: bool,
}

/// How an import ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportOutcome {
    /// How many rows were read.
    pub rows_read: u64,
    /// What its commit did.
    pub counts: CommitCounts,
    /// The same file had been imported before: nothing was done.
    pub already_imported: bool,
    /// The store's version with its rows in it.
    pub version: Version,
}

/// How an import ended badly.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportFailure {
    /// What is wrong and what to do, for the person who handed it over.
    pub message: String,
    /// What is wrong in which cell: a JSON array.
    pub errors: serde_json::Value,
    /// How many cells are wrong.
    pub error_count: u64,
}

impl ImportFailure {
    /// A failure that is not about cells.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), errors: serde_json::Value::Array(Vec::new()), error_count: 0 }
    }
}

/// A row of `imports`.
pub(super) struct ImportRow {
    pub(super) id: Uuid,
    pub(super) store_id: Uuid,
    pub(super) kind: String,
    pub(super) file_name: String,
    pub(super) size_bytes: i64,
    pub(super) spool_file: Option<String>,
    pub(super) mapping: Option<serde_json::Value>,
    pub(super) created_by: Option<Uuid>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) status: String,
    pub(super) attempts: i32,
    pub(super) crashes: i32,
    pub(super) retry_at: Option<DateTime<Utc>>,
    pub(super) lease_expires_at: Option<DateTime<Utc>>,
    pub(super) waiting_for: Option<String>,
    pub(super) started_at: Option<DateTime<Utc>>,
    pub(super) finished_at: Option<DateTime<Utc>>,
    pub(super) progress: f64,
    pub(super) rows_read: i64,
    pub(super) rows_new: i64,
    pub(super) rows_updated: i64,
    pub(super) rows_unchanged: i64,
    pub(super) rows_stale: i64,
    pub(super) already_imported: bool,
    pub(super) version: Option<i64>,
    pub(super) error: Option<String>,
    pub(super) errors: serde_json::Value,
    pub(super) error_count: i64,
}

impl ImportRow {
    pub(super) fn import(self) -> Result<Import, CatalogError> {
        let count = |count: i64| u64::try_from(count).map_err(|error| CatalogError::corrupt("an import", error));
        let few = |count: i32| u32::try_from(count).map_err(|error| CatalogError::corrupt("an import", error));
        Ok(Import {
            id: self.id.into(),
            store: self.store_id.into(),
            size_bytes: count(self.size_bytes)?,
            status: match self.status.as_str() {
                "queued" => ImportStatus::Queued,
                "running" => ImportStatus::Running,
                "done" => ImportStatus::Done,
                "failed" => ImportStatus::Failed,
                other => return Err(CatalogError::corrupt("an import", format!("status {other:?}"))),
            },
            attempts: few(self.attempts)?,
            crashes: few(self.crashes)?,
            retry_at: self.retry_at,
            lease_expires_at: self.lease_expires_at,
            waiting_for: self.waiting_for,
            rows_read: count(self.rows_read)?,
            counts: CommitCounts {
                new: count(self.rows_new)?,
                updated: count(self.rows_updated)?,
                unchanged: count(self.rows_unchanged)?,
                stale: count(self.rows_stale)?,
                removed: 0, // imports remove nothing
            },
            error_count: count(self.error_count)?,
            kind: self.kind,
            file_name: self.file_name,
            spool_file: self.spool_file,
            mapping: self.mapping,
            created_by: self.created_by.map(UserId),
            created_at: self.created_at,
            started_at: self.started_at,
            finished_at: self.finished_at,
            progress: self.progress,
            already_imported: self.already_imported,
            version: self.version,
            error: self.error,
            errors: self.errors,
        })
    }
}
