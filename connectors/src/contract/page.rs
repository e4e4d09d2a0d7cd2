//! Pages of rows, and where the next one begins.

use std::borrow::Cow;
use std::sync::Arc;

use aloftly_engine::dataset::Dataset;
use aloftly_engine::lake::Slice;
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Failure;

/// Where a stream goes on, in the words of its connector. Nobody else reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(Value);

/// A cursor that is none of this connector's.
#[derive(Debug, thiserror::Error)]
#[error("not a cursor of this stream")]
pub struct CursorError(#[from] serde_json::Error);

impl Cursor {
    /// A cursor that says that.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(place: &impl Serialize) -> Result<Self, CursorError> {
        Ok(Self(serde_json::to_value(place)?))
    }

    /// What it says.
    ///
    /// # Errors
    /// When it says something else.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, CursorError> {
        Ok(T::deserialize(&self.0)?)
    }

    /// From the text that it is kept as.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn from_text(text: &str) -> Result<Self, CursorError> {
        Ok(Self(serde_json::from_str(text)?))
    }

    /// The text that it is kept as.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0.to_string()
    }
}

/// What a provider answered, as it came: rows can be made of it anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    /// The stream that it was read for.
    pub stream: &'static str,
    /// What kind of answer of the stream it is, in the connector's words. Rows are made anew in the order of these words, so what another kind
    /// builds upon comes before it.
    pub kind: Cow<'static, str>,
    /// What the request was about where the answer does not say, such as a day.
    pub about: Value,
    /// The answer.
    pub body: Bytes,
}

/// An answer with what it is kept under. It is about one thing, so that whatever is done about the thing can be done about it: when the thing is
/// told anew the answer takes the place of the one before, and with the thing it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The answer.
    pub raw: Raw,
    /// What tells it from others of its stream and kind.
    pub key: String,
    /// An answer never takes the place of one of the same key and a higher version.
    pub version: i64,
    /// When the thing began, in microseconds since the epoch: an instant that never changes. `None` where it has none; there must be few such.
    pub happened_at: Option<i64>,
    /// The thing as removals name it: a dataset and its entity there.
    pub thing: Option<(&'static str, String)>,
    /// The customer whom it is of.
    pub customer: Option<String>,
    /// The order that it is of.
    pub order: Option<String>,
}

/// Entities that the source does not have any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The dataset.
    pub dataset: &'static str,
    /// Their ids.
    pub entities: Vec<String>,
}

/// An entity that the source has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its id, as rows name it.
    pub entity: String,
    /// The version that rows of its present state have.
    pub version: i64,
}

/// Rows, by dataset. Each batch is such as [`RowSink::push`](aloftly_engine::lake::RowSink::push) takes it.
pub type Batches = Vec<(Arc<Dataset>, RecordBatch)>;

/// Rows that are to be committed at once, with the place behind them.
#[derive(Debug)]
pub struct Page {
    /// The rows.
    pub batches: Batches,
    /// What the rows restate as a whole; without it they are upserted.
    pub replaces: Option<Slice>,
    /// What is gone at the source.
    pub removals: Vec<Removal>,
    /// What the rows were made of.
    pub kept: Vec<Kept>,
    /// Where the next page begins.
    pub cursor: Cursor,
    /// How many things of the source it holds.
    pub records: u64,
    /// How many there will be in all, as far as the source tells.
    pub expected: Option<u64>,
    /// What people should know of these rows, such as that the source sampled them.
    pub warnings: Vec<String>,
}

impl Page {
    /// A page without rows, which only moves the cursor.
    #[must_use]
    pub fn at(cursor: Cursor) -> Self {
        Self {
            batches: Vec::new(),
            replaces: None,
            removals: Vec::new(),
            kept: Vec::new(),
            cursor,
            records: 0,
            expected: None,
            warnings: Vec::new(),
        }
    }
}

/// Takes pages.
#[async_trait]
pub trait Pages: Send {
    /// Commits a page. When it returns, rows and cursor are kept, whatever happens.
    ///
    /// # Errors
    /// [`Failure::Stopped`] when the sync is called off; [`Failure::Taker`] when the page is not kept, or that is not known.
    async fn take(&mut self, page: Page) -> Result<(), Failure>;
}
