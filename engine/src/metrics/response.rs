//! The answer to a query, as it is sent.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::explain::Explanation;
use super::query::Query;
use super::rollup::Part;
use super::time::range::RangeEcho;
use crate::StoreId;

/// The answer to a query.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueryResponse {
    /// What the keys of rows mean, in order.
    pub columns: Vec<Column>,
    /// The rows: an object with a value for each column, and `comparison` when the query asks for one. Amounts of money
    /// are texts with their exact decimals, counts are whole numbers; what does not exist or is not known is null: figures of
    /// time before the first day with data or after the last are, and zero only between them.
    #[schema(value_type = Vec<Object>)]
    pub rows: Rows,
    /// Each metric over everything that the filters let through, not just the rows listed.
    #[schema(value_type = Object)]
    pub totals: Map<String, Value>,
    /// What the totals are compared with.
    pub comparison: Option<ComparisonTotals>,
    /// How many rows there are in all.
    pub total_rows: u64,
    /// Whether some of them are not listed.
    pub truncated: bool,
    /// What the answer was computed from.
    pub meta: Meta,
    /// What was done for it, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<Explanation>,
    /// Its name.
    #[serde(skip)]
    pub(crate) name: Name,
}

/// The rows of an answer, shared by everyone that it is given to, and written as JSON once for all of them.
#[derive(Clone, Debug)]
pub struct Rows(Arc<OfRows>);

#[derive(Debug)]
struct OfRows {
    all: Box<[Map<String, Value>]>,
    /// Nothing where they cannot be written.
    written: OnceLock<Option<Box<RawValue>>>,
}

impl std::ops::Deref for Rows {
    type Target = [Map<String, Value>];

    fn deref(&self) -> &Self::Target {
        &self.0.all
    }
}

impl FromIterator<Map<String, Value>> for Rows {
    fn from_iter<I: IntoIterator<Item = Map<String, Value>>>(rows: I) -> Self {
        Self(Arc::new(OfRows { all: rows.into_iter().collect(), written: OnceLock::new() }))
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        self.0.all == other.0.all
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.written.get_or_init(|| to_raw_value(&self.0.all).ok()) {
            Some(written) => written.serialize(serializer),
            None => serializer.collect_seq(self.iter()),
        }
    }
}

/// The name of an answer, once somebody asked for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name(Arc<OnceLock<String>>);

impl PartialEq for Name {
    /// Whether somebody did makes no other answer.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What a key of a row means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Column {
    /// The key.
    pub key: String,
    /// Its name for people.
    pub title: String,
    /// How values are written.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// What the column is for.
    pub role: ColumnRole,
    /// What figures measure; only of metrics.
    pub unit: Option<super::registry::Unit>,
    /// The currency of amounts; null when rows say it themselves, grouped by currency.
    pub currency: Option<String>,
    /// Whether more is good news; only of metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub higher_is_better: Option<bool>,
    /// Which rows its figures are of, where rows stand side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pivot: Option<PivotEcho>,
}

/// Which rows a column's figures are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PivotEcho {
    /// The key of the metric.
    pub metric: String,
    /// The dimension.
    pub dimension: &'static str,
    /// Its value; null where rows have none, and of all others.
    pub value: Option<String>,
    /// Whether it stands for all that are not among the largest.
    pub other: bool,
}

/// How the values of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// `2026-10-31`.
    Date,
    /// RFC 3339 with offset.
    Datetime,
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A text with exact decimals.
    Decimal,
    /// A number.
    Number,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// When.
    Time,
    /// Of what.
    Dimension,
    /// How much.
    Metric,
}

/// What the totals are compared with.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ComparisonTotals {
    /// By metric.
    pub totals: BTreeMap<String, Compared>,
    /// The compared range.
    pub range: RangeEcho,
}

/// A figure of the other period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Compared {
    /// The figure, written as in its column.
    #[schema(value_type = Option<Object>)]
    pub value: Value,
    /// How much more it is now, written the same way; null when either figure is.
    #[schema(value_type = Option<Object>)]
    pub delta: Value,
    /// How much more in proportion to the size of the other period's figure: 0.25 is a quarter more. Null when that is
    /// null or zero.
    pub ratio: Option<f64>,
}

/// What an answer was computed from.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Meta {
    /// The query as it was understood.
    pub query: Query,
    /// The range; with stores in several zones, from the first to the last of their instants in the first store's zone.
    pub range: RangeEcho,
    /// The compared range.
    pub comparison_range: Option<RangeEcho>,
    /// The version of each store that was read.
    #[schema(value_type = Object)]
    pub versions: BTreeMap<StoreId, i64>,
    /// What each store is called and which range its days make.
    pub stores: Vec<StoreEcho>,
    /// Until when it is known what each source tells, in the store where that is longest ago; RFC 3339 in UTC. Of a source that a
    /// connection reads it is when everything new was last read, and null until that was once; of others it is their newest row.
    pub as_of: BTreeMap<&'static str, Option<String>>,
    /// Buckets whose time is not over, or not known to the end because a source is behind.
    pub incomplete: Vec<String>,
    /// Buckets that reach over the ends of the range and so hold only a part of their time.
    pub clipped: Vec<String>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// Whether the answer was computed for this request.
    pub cache: CacheState,
    /// Where its figures were read when it was computed.
    pub parts: Vec<Part>,
    /// How long it took.
    pub elapsed_ms: f64,
}

/// One store of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StoreEcho {
    /// The store.
    #[schema(value_type = uuid::Uuid)]
    pub id: StoreId,
    /// Its name.
    pub name: String,
    /// Its currency.
    pub currency: String,
    /// Its range.
    pub range: RangeEcho,
    /// Its compared range.
    pub comparison_range: Option<RangeEcho>,
}

/// Something that a reader should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// For programs: `source_behind`, `begins_before_data`, `data_ends`, `no_data`, `comparison_before_data`, `sampled`, `thresholded`,
    /// `other_rows`, `several_currencies`, `window_open`.
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

/// Whether an answer was computed for this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CacheState {
    /// It was there already, computed from the same versions.
    Hit,
    /// It was computed now.
    Miss,
}

impl QueryResponse {
    /// A name for what the answer says, the same for equal answers however they came to be.
    #[must_use]
    pub fn etag(&self) -> &str {
        self.name.0.get_or_init(|| {
            let meta = Meta { cache: CacheState::Miss, parts: Vec::new(), elapsed_ms: 0.0, ..self.meta.clone() };
            let parts = (&self.columns, &self.rows, &self.totals, &self.comparison, self.total_rows, &meta);
            let written = serde_json::to_vec(&parts).unwrap_or_default();
            let digest = Sha256::digest(&written);
            digest.iter().take(16).fold(String::new(), |name, byte| name + &format!("{byte:02x}"))
        })
    }
}
