//! What a job is.

use std::collections::BTreeMap;

use aloftly_engine::StoreId;
use aloftly_engine::lake::manifest::CommitCounts;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::connections::SyncProblem;
use crate::{CatalogError, ConnectionId, SyncJobId};

/// What a job reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncKind {
    /// Everything.
    Full,
    /// What changed.
    Incremental,
    /// What happened on these days, both included.
    Range {
        /// The first.
        first: NaiveDate,
        /// The last.
        last: NaiveDate,
    },
    /// Certain things: ids at the source, by stream.
    Things(BTreeMap<String, Vec<String>>),
    /// Everything that the source has, compared with what is held.
    Reconcile,
    /// Nothing of the source: rows are made anew of the answers that were kept.
    Rebuild,
}

impl SyncKind {
    /// As it is kept and shown.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incremental => "incremental",
            Self::Range { .. } => "range",
            Self::Things(_) => "things",
            Self::Reconcile => "reconcile",
            Self::Rebuild => "rebuild",
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal: $($(#[$variant_doc:meta])* $variant:ident = $text:literal;)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// As it is kept and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            fn parse(text: &str) -> Result<Self, CatalogError> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err(CatalogError::corrupt("a sync job", format!(concat!($what, " {:?}"), other))),
                }
            }
        }
    };
}

words! {
    /// Why a job is there.
    SyncCause, "cause":
    /// The connection was just made.
    Connected = "connected";
    /// It was time.
    Schedule = "schedule";
    /// Somebody asked for it.
    Person = "person";
    /// The provider told of something.
    Webhook = "webhook";
}

words! {
    /// How far a job is.
    SyncStatus, "status":
    /// It waits for a worker.
    Queued = "queued";
    /// A worker is at it.
    Running = "running";
    /// What it was to read is there.
    Done = "done";
    /// It came to nothing for good. What it read before is there.
    Failed = "failed";
    /// Somebody called it off. What it read before is there.
    Cancelled = "cancelled";
}

/// How far a job has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncProgress {
    /// What is being read.
    pub stream: Option<String>,
    /// What was read to its end.
    pub finished_streams: Vec<String>,
    /// Things of the source that were read.
    pub records: u64,
    /// How many there are in all, as far as the source tells.
    pub expected: Option<u64>,
    /// What the store has of it.
    pub counts: CommitCounts,
    /// How often the source was asked.
    pub requests: u64,
    /// What people should know of what was read.
    pub warnings: Vec<String>,
}

/// One reading of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncJob {
    /// Which.
    pub id: SyncJobId,
    /// Of which connection.
    pub connection: ConnectionId,
    /// Where its data go.
    pub store: StoreId,
    /// What it reads.
    pub kind: SyncKind,
    /// Why.
    pub cause: SyncCause,
    /// The address of who asked for it.
    pub requested_by: Option<String>,
    /// How far it is.
    pub status: SyncStatus,
    /// Whether it was called off, and its worker has not noticed yet.
    pub is_called_off: bool,
    /// How many attempts in a row came to nothing.
    pub attempts: u32,
    /// It is not begun before then.
    pub due_at: DateTime<Utc>,
    /// How far it has come.
    pub progress: SyncProgress,
    /// Why the last attempt came to nothing, or all of them.
    pub problem: Option<SyncProblem>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was first begun.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// One page of jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncJobPage {
    /// The newest first.
    pub jobs: Vec<SyncJob>,
    /// Where the next page begins; `None` on the last.
    pub next_cursor: Option<SyncJobId>,
}

pub(super) struct SyncJobRow {
    pub(super) id: Uuid,
    pub(super) connection_id: Uuid,
    pub(super) store_id: Uuid,
    pub(super) kind: String,
    pub(super) cause: String,
    pub(super) requested_by: Option<String>,
    pub(super) first_day: Option<NaiveDate>,
    pub(super) last_day: Option<NaiveDate>,
    pub(super) things: Option<Value>,
    pub(super) status: String,
    pub(super) cancelled: bool,
    pub(super) attempts: i32,
    pub(super) due_at: DateTime<Utc>,
    pub(super) stream: Option<String>,
    pub(super) finished_streams: Vec<String>,
    pub(super) records: i64,
    pub(super) expected: Option<i64>,
    pub(super) new_count: i64,
    pub(super) updated_count: i64,
    pub(super) removed_count: i64,
    pub(super) requests: i64,
    pub(super) warnings: Vec<String>,
    pub(super) problem_code: Option<String>,
    pub(super) problem: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) started_at: Option<DateTime<Utc>>,
    pub(super) finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<SyncJobRow> for SyncJob {
    type Error = CatalogError;

    fn try_from(row: SyncJobRow) -> Result<Self, CatalogError> {
        let corrupt = |detail: String| CatalogError::corrupt("a sync job", detail);
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        let kind = match (row.kind.as_str(), row.first_day.zip(row.last_day), row.things) {
            ("full", ..) => SyncKind::Full,
            ("incremental", ..) => SyncKind::Incremental,
            ("range", Some((first, last)), _) => SyncKind::Range { first, last },
            ("things", _, Some(things)) => {
                SyncKind::Things(serde_json::from_value(things).map_err(|error| corrupt(error.to_string()))?)
            }
            ("reconcile", ..) => SyncKind::Reconcile,
            ("rebuild", ..) => SyncKind::Rebuild,
            (other, ..) => return Err(corrupt(format!("kind {other:?}"))),
        };
        Ok(Self {
            id: row.id.into(),
            connection: row.connection_id.into(),
            store: row.store_id.into(),
            kind,
            cause: SyncCause::parse(&row.cause)?,
            requested_by: row.requested_by,
            status: SyncStatus::parse(&row.status)?,
            is_called_off: row.cancelled,
            attempts: u32::try_from(row.attempts).unwrap_or(0),
            due_at: row.due_at,
            progress: SyncProgress {
                stream: row.stream,
                finished_streams: row.finished_streams,
                records: count(row.records),
                expected: row.expected.map(count),
                counts: CommitCounts {
                    new: count(row.new_count),
                    updated: count(row.updated_count),
                    removed: count(row.removed_count),
                    ..CommitCounts::default()
                },
                requests: count(row.requests),
                warnings: row.warnings,
            },
            problem: row.problem_code.zip(row.problem).map(|(code, words)| SyncProblem { code, words }),
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}
