//! The columnar engine: datasets, the lake that stores their rows, and the metrics service that answers
//! questions about them.
//!
//! Promises: a read is pinned to one version of a store and never mixes two; an acknowledged commit is
//! present exactly once; a metric's figure does not depend on how rows happen to be stored.
//!
//! Leaves out, on purpose: Postgres, HTTP, environment variables and tenants. Who may read which store is
//! decided by the callers that hand over a [`lake::Manifest`]; the engine sees only what that manifest shows.

pub mod clock;
pub mod currency;
pub mod dataset;
pub mod lake;
pub mod metrics;
pub mod money;
pub mod retention;
pub mod room;
pub mod transfer;

mod ids;

pub use ids::{CommitId, SegmentId, StoreId};
