//! What a sync is to read.

use chrono::NaiveDate;

use super::{Cursor, Stream};

/// How much of a stream is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything.
    Full,
    /// What changed since the watermark, and the lookback before it.
    Incremental,
    /// What happened on these days of the account, both included.
    Range {
        /// The first.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
    /// Certain things, wherever they are in time.
    Things {
        /// Their ids at the provider.
        ids: Vec<String>,
    },
}

/// What a sync is to read.
#[derive(Clone, Debug)]
pub struct Task<'a> {
    /// The stream.
    pub stream: &'static Stream,
    /// How much of it.
    pub mode: Mode,
    /// Where to go on; `None` at the first page. In an incremental sync that of the sync before.
    pub cursor: Option<&'a Cursor>,
}
