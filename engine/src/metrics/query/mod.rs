//! The query language.
//!
//! A query is JSON in a short or a full form; [`Query::from_json`] reads both into the one form that the rest of the
//! service knows, and lists everything that is wrong with it. Nothing is ever ignored.

mod asked;
mod echo;
mod filter;
mod funnel;
mod parse;
mod parse_filter;
mod parse_funnel;
mod parse_metrics;
mod parse_shape;
mod parse_time;
mod reader;
mod request;
mod shape;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

pub use asked::{Asked, Expression, What};
pub use filter::{Comparison, FigureComparison, Filter, Number, Operator, RowCondition};
pub use funnel::{Following, Funnel, Window};
pub use request::{
    NoGranularity, OneOrMany, QueryRequest, RefundDate, RequestedFunnel, RequestedGranularity, RequestedOrder,
};
pub use shape::{Rolling, RollingFigure, Shape};

use super::error::{FieldError, QueryError};
use super::plan::measures::{Measures, Setting};
use super::registry::{DimensionKind, DimensionRef, Metric, MetricRef};
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

/// A checked query. It is written as it could be asked again.
#[derive(Clone, Debug, PartialEq, ToSchema)]
pub struct Query {
    /// What is asked for, in the order of the columns: ids of metrics, or objects where that is not all. Of a funnel its steps.
    #[schema(value_type = Vec<Object>, required = false, example = json!(["shopify.revenue"]))]
    pub metrics: Vec<Asked>,
    /// What only conditions are about.
    #[schema(ignore)]
    pub(crate) hidden: Vec<Asked>,
    /// Whether what is asked for are the steps of a funnel, and of which kind. Written with the steps in it, instead of `metrics`.
    #[schema(value_type = Option<RequestedFunnel>)]
    pub funnel: Option<Funnel>,
    /// Of which stores; all that the caller may see when absent.
    #[schema(value_type = Option<Vec<uuid::Uuid>>)]
    pub stores: Option<Vec<StoreId>>,
    /// When.
    pub time_range: TimeRange,
    /// In buckets of which length; one figure for all of the range when absent.
    pub granularity: Option<Granularity>,
    /// Cut by what.
    #[schema(value_type = Vec<String>)]
    pub group_by: Vec<DimensionRef>,
    /// What figures of whole stand beside: they come from reports that are cut by it too.
    #[schema(ignore)]
    pub(crate) beside: Vec<DimensionRef>,
    /// Which rows.
    #[schema(value_type = Option<Object>)]
    pub filters: Option<Filter>,
    /// Which rows of the answer, by their figures.
    #[schema(value_type = Option<Object>)]
    pub having: Option<Filter<RowCondition>>,
    /// Only the largest groups, and perhaps all others as one.
    pub top: Option<Top>,
    /// The dimension, among those that it is cut by, whose values are columns and not rows.
    #[schema(value_type = Option<String>)]
    pub pivot: Option<DimensionRef>,
    /// Compared with what.
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
    #[schema(value_type = Option<String>)]
    pub timezone: Option<chrono_tz::Tz>,
    /// The day that weeks begin on; each store's own when absent.
    pub week_start: Option<WeekStart>,
    /// The currency that amounts are wanted in; the rows' own when absent.
    pub currency: Option<String>,
    /// Whose day a refund belongs to.
    pub refunds: RefundDate,
    /// Whether buckets without rows are listed.
    pub fill: bool,
    /// Whether to say what was done for the answer.
    pub explain: bool,
}

/// The largest groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Top {
    /// How many.
    pub groups: usize,
    /// By which figure over the whole range, greatest first.
    pub by: String,
    /// Whether all others are one more group.
    pub other: bool,
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
    /// A figure that is asked for, by its key.
    Metric(String),
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
    /// Everything that is computed: what is asked for, then what only conditions are about.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &Asked> {
        self.metrics.iter().chain(&self.hidden)
    }

    /// The metrics of the registry that it is about, each once: of formulas those that they are over, and those that only a condition is about.
    #[must_use]
    pub fn registered(&self) -> Vec<&'static Metric> {
        let mut metrics: Vec<&'static Metric> = Vec::new();
        for MetricRef(metric) in self.asked().flat_map(Asked::metrics) {
            if !metrics.iter().any(|known| known.id == metric.id) {
                metrics.push(metric);
            }
        }
        metrics
    }

    /// Buckets before the range that some figures are made of.
    pub(crate) fn lead(&self) -> usize {
        self.asked().filter_map(|asked| asked.shape).map(Shape::lead).max().unwrap_or(0)
    }

    /// How customers are followed from step to step, when it asks for a funnel of them.
    pub(crate) fn following(&self) -> Option<Following> {
        self.funnel?.following
    }

    /// What decides which rows its metrics are about.
    fn setting(&self, converts: bool) -> Setting {
        let grouped = self.group_by.iter().chain(&self.beside);
        let grouped = grouped.filter(|dimension| dimension.kind != DimensionKind::Store);
        let filtered = self.filters.iter().flat_map(Filter::dimensions);
        Setting {
            dimensions: grouped.map(|dimension| dimension.0.id).chain(filtered).collect(),
            refunds_on_their_day: self.refunds == RefundDate::RefundDate,
            in_one_currency: self.currency.is_some(),
            converts,
            of_customers: false,
        }
    }

    /// What its metrics need, converted to its currency or not.
    ///
    /// # Errors
    /// [`QueryError::Invalid`] when some metric cannot be computed as it is asked for: cut by two dimensions that no report has both
    /// of, or aggregated in a way that its refunds do not allow.
    pub(crate) fn measures(&self, converts: bool) -> Result<Measures, QueryError> {
        let setting = self.setting(converts);
        let measures = match self.following() {
            Some(_) => Measures::of_followed(self.asked(), &setting),
            None => Measures::of(self.asked(), &setting),
        };
        let measures = measures.map_err(|(at, detail)| {
            let own = self.metrics.get(at).is_some_and(|asked| asked.filters.is_some());
            let pointer = match (self.group_by.is_empty(), &self.filters) {
                _ if self.funnel.is_some() => format!("/funnel/steps/{at}"),
                _ if own => format!("/metrics/{at}"),
                (false, _) => "/group_by".to_owned(),
                (true, Some(_)) => "/filters".to_owned(),
                (true, None) => "/metrics".to_owned(),
            };
            QueryError::Invalid(vec![FieldError { pointer, detail, code: "not_computable" }])
        })?;
        self.check_rolling(&measures)?;
        self.check_hours(&measures)?;
        Ok(measures)
    }

    /// Of several buckets only what the figures of each tell of all can be rolled.
    fn check_rolling(&self, measures: &Measures) -> Result<(), QueryError> {
        let slots: Vec<_> = measures.slots().collect();
        let mut rolled = self.asked().zip(&measures.recipes).enumerate();
        let refused = rolled.find(|(_, (asked, recipe))| {
            asked.is_rolling() && recipe.leaves().into_iter().any(|slot| !slots[*slot].is_mergeable())
        });
        let Some((at, (asked, _))) = refused else { return Ok(()) };
        let (pointer, key) = (format!("/metrics/{at}/rolling"), &asked.key);
        let stands = measures.recipes[at].leaves().into_iter().any(|slot| slots[*slot].stands);
        let why = if stands {
            "says how much there is at the end of a bucket, which does not add up over several"
        } else {
            "is a distinct count or a percentile, which those of single buckets do not tell of several"
        };
        let detail = format!("{key:?} {why}");
        Err(QueryError::Invalid(vec![FieldError { pointer, detail, code: "not_computable" }]))
    }

    /// What is told by the day, or read once a day, is all at its beginning: by the hour it would be a wrong figure there, and none in the others.
    fn check_hours(&self, measures: &Measures) -> Result<(), QueryError> {
        if self.granularity != Some(Granularity::Hour) {
            return Ok(());
        }
        let slots: Vec<_> = measures.slots().collect();
        let mut asked = self.asked().zip(&measures.recipes);
        let refused = asked.find(|(_, recipe)| recipe.leaves().into_iter().any(|slot| !slots[*slot].has_hours));
        let Some((asked, _)) = refused else { return Ok(()) };
        let pointer = "/granularity".to_owned();
        let detail = format!("{:?} is told by the day: ask for \"day\" or longer buckets", asked.key);
        Err(QueryError::Invalid(vec![FieldError { pointer, detail, code: "not_computable" }]))
    }

    /// Reads a query in its short or its full form.
    ///
    /// # Errors
    /// [`QueryError::Invalid`] with everything that is wrong.
    pub fn from_json(json: &Value) -> Result<Self, QueryError> {
        parse::query(json)
    }
}
