//! Where rows come from: one module per source, each of which turns what the source gives into rows of datasets and
//! pushes them to a [`RowSink`](aloftly_engine::lake::RowSink).
//!
//! - [`shopify`]: the orders file that Shopify's admin exports, and shops over its Admin API.
//! - [`events_file`]: any CSV or Parquet file of measurements, by a mapping of its columns.
//! - [`rates_file`]: rates between currencies, from a CSV file.
//! - [`demo`]: three made-up stores, written as such an orders file, so that they take the path that real ones take.
//! - [`ga4`]: what Google Analytics 4 reports of a property, day by day.
//! - [`contract`]: what every provider's connector says of itself and does.
//! - [`http`]: how providers are asked, within what they allow.
//! - [`payloads`]: what providers answered, as rows of the lake, and back.
//! - [`registry`]: the connectors that there are.
//! - `conformance`: the suite that every one of them is run through, for tests.
//!
//! Promises: a file is read as a stream, in memory that does not grow with its size but for a few bytes per entity;
//! amounts are never floats; a file with any error is rejected as a whole, with the errors' places; nothing of a file is
//! dropped in silence.
//!
//! Leaves out, on purpose: Postgres, HTTP servers and tenants. A connector does not know whose rows it reads, and what it
//! pushes is not seen by anyone until the caller commits it.

#[cfg(feature = "testing")]
pub mod conformance;
pub mod contract;
pub mod demo;
pub mod events_file;
pub mod ga4;
pub mod http;
pub mod payloads;
pub mod rates_file;
pub mod registry;
pub mod shopify;

mod columns;
mod error;
mod input;
mod parse;
mod records;
mod report;
mod seen;
mod table;

pub use error::{CellError, ImportError};
pub use report::{Progress, Summary};
