//! The query as it may be sent, for the API's document. [`super::Query::from_json`] is what reads it.

use uuid::Uuid;

use super::funnel::Window;
use super::shape::RollingFigure;
use super::{Align, Compare, Direction, Granularity, Partial, TimeRange, WeekStart};
use crate::metrics::registry::Aggregation;

/// A question to the metrics service. `metrics` and `time_range` are required; the short form has `metric` and `source`
/// instead of `metrics`.
#[derive(Debug, utoipa::ToSchema)]
pub struct QueryRequest {
    /// What is asked for: ids of metrics, or objects that say more.
    #[schema(example = json!(["shopify.revenue", "shopify.orders"]))]
    pub metrics: Option<Vec<RequestedMetric>>,
    /// Short form: one metric, with its source in `source` or in front of a dot.
    pub metric: Option<String>,
    /// Short form: where the metric comes from.
    pub source: Option<String>,
    /// How rows become a figure; the metric's own way when absent.
    pub aggregation: Option<Aggregation>,
    /// Which stores; all that the caller may see when absent.
    pub stores: Option<Vec<Uuid>>,
    /// When: the name of a range, or local dates, both inclusive.
    pub time_range: TimeRange,
    /// The length of buckets; `none` or absent for one figure over the whole range.
    pub granularity: Option<RequestedGranularity>,
    /// A dimension, or several.
    pub group_by: Option<OneOrMany>,
    /// Which rows: `{"country": "US"}`, `{"dimension", "operator", "values"}`, or `{"and": [...]}`, `{"or": [...]}`,
    /// `{"not": ...}` of them. Conditions on figures, `{"metric", "operator", "values"}`, are as in `having`.
    #[schema(value_type = Option<Object>, example = json!({"country": "US"}))]
    pub filters: Option<serde_json::Value>,
    /// Which rows of the answer: conditions on their figures, `{"metric": "shopify.orders", "operator": "gte", "values": [10]}`, and on
    /// what they are grouped by. Totals stay those of all rows.
    #[schema(value_type = Option<Object>)]
    pub having: Option<serde_json::Value>,
    /// Only the largest groups, over the whole range.
    pub top: Option<RequestedTop>,
    /// A dimension among those in `group_by` whose values are columns instead of rows: there is one for each metric and value.
    #[schema(example = "channel")]
    pub pivot: Option<String>,
    /// What to compare with: a name, or local dates.
    pub compare_to: Option<Compare>,
    /// Which days stand beside which.
    pub align: Option<Align>,
    /// How an unfinished range is compared.
    pub partial: Option<Partial>,
    /// The order of rows.
    pub order_by: Option<Vec<RequestedOrder>>,
    /// How many rows at most, 1,000 unless given.
    #[schema(minimum = 1, maximum = 10_000)]
    pub limit: Option<u64>,
    /// How many rows to leave out first.
    pub offset: Option<u64>,
    /// The IANA zone whose days are meant; each store's own when absent.
    #[schema(example = "America/New_York")]
    pub timezone: Option<String>,
    /// The day that weeks begin on; each store's own when absent. Required for weeks of stores whose own differ.
    pub week_start: Option<WeekStart>,
    /// The currency of the answer's amounts.
    #[schema(example = "USD")]
    pub currency: Option<String>,
    /// Whose day a refund belongs to.
    pub refunds: Option<RefundDate>,
    /// Whether buckets without rows are listed; they are unless this is false.
    pub fill: Option<bool>,
    /// Whether to say what was done for the answer: plans, rows, bytes and times. For members and above; such an answer is never kept.
    pub explain: Option<bool>,
    /// Instead of `metrics`: how many come how far.
    pub funnel: Option<RequestedFunnel>,
}

/// Steps, and how many come that far.
#[derive(Debug, utoipa::ToSchema)]
pub struct RequestedFunnel {
    /// Two to ten steps.
    pub steps: Vec<RequestedStep>,
    /// Each customer is followed from step to step, each later than the one before; the first lies in the time range. Every step is
    /// counted by itself when absent.
    pub by: Option<FollowedBy>,
    /// How long after the first step the last one may be; 30 days unless given. Of `by` only.
    pub window: Option<Window>,
}

/// A step of a funnel.
#[derive(Debug, utoipa::ToSchema)]
pub struct RequestedStep {
    /// The id of a metric that counts.
    #[schema(example = "shopify.orders")]
    pub metric: String,
    /// Which rows it is about, beyond those that the query is about.
    #[schema(value_type = Option<Object>)]
    pub filters: Option<serde_json::Value>,
    /// Its name for people; the metric's when absent.
    pub label: Option<String>,
}

/// Who is followed from step to step.
#[derive(Debug, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FollowedBy {
    /// Each customer of each store.
    Customer,
}

/// Something that is asked for.
#[derive(Debug, utoipa::ToSchema)]
#[serde(untagged)]
pub enum RequestedMetric {
    /// The id of a metric.
    Id(String),
    /// A metric in another way, or a formula over metrics.
    Figure(RequestedFigure),
}

/// A metric in another way, or a formula over metrics: `metric` or `formula` is required, and `as` for a formula.
#[derive(Debug, utoipa::ToSchema)]
pub struct RequestedFigure {
    /// The id of a metric.
    pub metric: Option<String>,
    /// Metrics, numbers, brackets and the four operations.
    #[schema(example = "shopify.revenue / ga4.sessions")]
    pub formula: Option<String>,
    /// How rows become a figure; the metric's own way when absent.
    pub aggregation: Option<Aggregation>,
    /// Which rows it is about, beyond those that the query is about.
    #[schema(value_type = Option<Object>)]
    pub filters: Option<serde_json::Value>,
    /// Of several buckets, of which each is the last: `{"buckets": 7}` for an average of seven days. Such figures have no total.
    pub rolling: Option<RequestedRolling>,
    /// Whether it is the straight line that is nearest to the figures of all complete buckets (least squares). It has no total.
    pub trend: Option<bool>,
    /// The key of its column; the metric's id when absent.
    pub r#as: Option<String>,
    /// Its name for people.
    pub title: Option<String>,
    /// What a formula's figures measure, where it is a ratio that is to be shown as a percentage.
    pub unit: Option<crate::metrics::registry::Unit>,
}

/// Figures of several buckets.
#[derive(Debug, utoipa::ToSchema)]
pub struct RequestedRolling {
    /// How many, each row's own bucket included. Those before the range are read too.
    #[schema(minimum = 2, maximum = 366)]
    pub buckets: u64,
    /// What of them.
    pub figure: Option<RollingFigure>,
}

/// The largest groups.
#[derive(Debug, utoipa::ToSchema)]
pub struct RequestedTop {
    /// How many.
    #[schema(minimum = 1, maximum = 100)]
    pub groups: u64,
    /// By which figure, greatest first; the first that is asked for when absent.
    pub by: Option<String>,
    /// Whether all others are one more group, whose rows say `"other": true`; they are unless this is false.
    pub other: Option<bool>,
}

/// The length of buckets.
#[derive(Debug, utoipa::ToSchema)]
#[serde(untagged)]
pub enum RequestedGranularity {
    /// A length.
    Length(Granularity),
    /// One figure over the whole range.
    None(NoGranularity),
}

/// The name of no granularity.
#[derive(Debug, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoGranularity {
    /// `none`.
    None,
}

/// A name, or several.
#[derive(Debug, utoipa::ToSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// One step of the order of rows.
#[derive(Debug, utoipa::ToSchema)]
pub struct RequestedOrder {
    /// `time`, a dimension that is grouped by, or a metric that is asked for.
    pub field: String,
    /// Descending for metrics and ascending for the others when absent.
    pub direction: Option<Direction>,
}

/// Whose day a refund belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundDate {
    /// The order's.
    #[default]
    OrderDate,
    /// Its own; the order's where the source does not tell it.
    RefundDate,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use utoipa::PartialSchema;

    use super::*;

    #[test]
    fn the_document_names_exactly_the_fields_that_are_read() {
        let schema = serde_json::to_value(QueryRequest::schema()).unwrap();
        let documented: BTreeSet<_> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        let read: BTreeSet<_> = super::super::parse::FIELDS.iter().map(ToString::to_string).collect();
        assert_eq!(documented, read);
        assert_eq!(schema["required"], serde_json::json!(["time_range"]));
    }
}
