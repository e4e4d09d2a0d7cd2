//! Any file of measurements, CSV or Parquet, as `metric_events`: a [`Mapping`] says which column is what.
//!
//! **Long or wide.** In a long file each row is one value of one metric, whose name is in a column; in a wide file each
//! row has one column for each metric. A mapping lists its metrics, each with where its name and its value come from;
//! every metric makes one event of every row. A value cell that is empty makes none: not measured is not zero. The
//! summary counts these.
//!
//! **Which event is it?** With an `event_id` column, the event is known by source, metric and that id, and the
//! combination must be unique in a file; importing it anew replaces the event, so a correction is an import. Its
//! time must not change to another month. Without such a column an event is known by its content: all that the mapping takes from
//! the row, and how many rows of the same content came before in the file. So identical rows of one file
//! are distinct measurements (two visits in the same second), while a file that is imported again, or one that overlaps with it,
//! adds nothing, as long as it has all the identical rows or none. For either the importer remembers 9 to 18 bytes for each
//! event of the file, of which there may be ten million.
//!
//! **What a source says itself** of its values goes with them: that they were estimated from a sample, or that what few people did
//! was withheld (`sampled`, `thresholded`); of rows with the value `(other)` in a dimension, that they gather what is not listed. Answers
//! that are made of such rows say so. It is no part of what an event is known by.
//!
//! **Values** are exact to a millionth and are never floats on the way: more decimals are an error, unless the metric's
//! mapping says to round. Floats of Parquet files count as the shortest decimal that stands for them.

mod csv;
mod event;
mod mapping;
mod parquet;
mod places;

use chrono::{DateTime, Utc};

pub use csv::import_csv;
pub use mapping::{Field, Mapping, Metric, TimeField};
pub use parquet::import_parquet;

/// How a file is imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// When the file was received: `synced_at` of its events.
    pub synced_at: DateTime<Utc>,
    /// Events are pushed in batches of about that many.
    pub batch_rows: usize,
}

impl Options {
    /// The usual batches.
    #[must_use]
    pub fn new(synced_at: DateTime<Utc>) -> Self {
        Self { synced_at, batch_rows: 8_192 }
    }
}
