//! The query language.
//!
//! A query is JSON in a short or a full form; [`Query::from_json`] reads both into the one form that the rest of the
//! service knows, and lists everything that is wrong with it. What the language has but is not built yet is refused by
//! name; nothing is ever ignored.

mod currencies;
mod filter;
mod parse;
mod parse_filter;
mod parse_time;
mod reader;
mod request;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use filter::{Comparison, Filter, Operator};
pub use request::{NoGranularity, OneOrMany, QueryRequest, RefundDate, RequestedGranularity, RequestedOrder};

use super::error::QueryError;
use super::registry::{DimensionRef, MetricRef};
pub use super::time::calendar::Granularity;
pub use super::time::comparison::{Align, Compare, NamedComparison, Partial};
pub use super::time::range::{NamedRange, TimeRange};
pub use super::time::week::WeekStart;
use crate::StoreId;

/// Rows of an answer unless the query says otherwise.
pub const DEFAULT_LIMIT: u64 = 1_000;
/// Rows that an answer may have.
pub const MAX_LIMIT: u64 = 10_000;
/// Stores that one query may be about.
pub(crate) const MAX_STORES: usize = 100;

/// A checked query.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Query {
    /// What is asked for, in the order of the columns.
    #[schema(value_type = Vec<String>, example = json!(["shopify.revenue"]))]
    pub metrics: Vec<MetricRef>,
    /// Of which stores; all that the caller may see when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    pub stores: Option<Vec<StoreId>>,
    /// When.
    pub time_range: TimeRange,
    /// In buckets of which length; one figure for all of the range when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granularity: Option<Granularity>,
    /// Cut by what.
    #[schema(value_type = Vec<String>)]
    pub group_by: Vec<DimensionRef>,
    /// Which rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub filters: Option<Filter>,
    /// Compared with what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare_to: Option<Compare>,
    /// Which days stand beside which.
    pub align: Align,
    /// How an unfinished period is compared.
    pub partial: Partial,
    /// In which order.
    pub order_by: Vec<OrderBy>,
    /// How many rows at most.
    pub limit: u64,
    /// How many rows to leave out first.
    pub offset: u64,
    /// The zone whose days are meant; each store's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub timezone: Option<chrono_tz::Tz>,
    /// The day that weeks begin on; each store's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub week_start: Option<WeekStart>,
    /// The currency that amounts are expected in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Whether buckets without rows are listed.
    pub fill: bool,
}

/// One step of an order. Equal rows are ordered by time, then by the values they are grouped by.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OrderBy {
    /// What decides: `time`, a dimension that is grouped by, or a metric that is asked for.
    #[schema(value_type = String)]
    pub field: OrderField,
    /// Which way. Nulls come last both ways.
    pub direction: Direction,
}

/// What rows can be ordered by.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum OrderField {
    /// The beginning of the bucket.
    Time(TimeField),
    /// A dimension, by its position in [`Query::group_by`].
    Dimension(DimensionRef),
    /// A metric.
    Metric(MetricRef),
}

/// The name of the column that holds buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeField {
    /// `time`.
    Time,
}

/// Which way an order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Small, early and A first.
    Asc,
    /// Large, late and Z first.
    Desc,
}

impl Query {
    /// Reads a query in its short or its full form.
    ///
    /// # Errors
    /// [`QueryError::Invalid`] with everything that is wrong, or [`QueryError::Unsupported`] with the first thing that
    /// is right but not built yet.
    pub fn from_json(json: &Value) -> Result<Self, QueryError> {
        parse::query(json)
    }
}
