//! The metrics service: one declarative query language over everything that stores tell.
//!
//! Nothing else turns a metric into a plan. The way of a query: [`query`] reads and checks it, [`registry`] says what its
//! metrics are, `time` turns its words into instants for each store, `plan` makes one aggregation per set of facts,
//! store and period, `execute` and `pooled` run them, `table` brings the figures together and `answer` writes them down.
//!
//! Promises: days are local days; the figures of buckets and groups are those of disjoint rows; totals, ratios and
//! distinct counts are computed, never added up where that is wrong, and stock is not added up over days; money is exact.

mod answer;
mod axis;
mod cache;
mod caveats;
mod chain;
mod compute;
mod decode;
mod error;
mod events_view;
mod execute;
mod explain;
mod figure;
mod figures;
mod first_orders;
mod following;
mod formula;
mod funnel;
mod lake_facts;
mod lead;
mod making;
mod pinned;
mod pivot;
mod pivoted;
mod plan;
mod pooled;
pub mod query;
mod rates;
mod recency;
pub mod registry;
mod resolve;
mod response;
mod rollup;
mod row_limit;
mod runner;
mod service;
mod shaping;
mod source;
mod standing;
mod table;
mod time;
mod top;

pub use error::{FieldError, QueryError};
pub use events_view::metric_events;
pub use explain::{ExplainedPlan, Explanation, Operator, Stage};
pub use pinned::PinnedStores;
pub use query::{Query, QueryRequest};
pub use recency::{Behind, Reading};
pub use registry::Registry;
pub use resolve::StoreScope;
pub use response::{
    CacheState, Column, ColumnRole, ColumnType, Compared, ComparisonTotals, Meta, PivotEcho, QueryResponse, Rows,
    StoreEcho, Warning,
};
pub use rollup::{Part, WhyNot};
pub use service::{MetricsOptions, MetricsService};
pub use time::calendar::start_of_day;
pub use time::range::RangeEcho;
