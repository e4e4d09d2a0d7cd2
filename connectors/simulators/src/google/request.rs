//! What is asked for: read strictly, and checked against what Google takes.

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::fields;
use super::options::Settings;

const MOST_DIMENSIONS: usize = 9;
const MOST_METRICS: usize = 10;
const MOST_RANGES: usize = 4;
/// The most reports of a batch.
pub(super) const MOST_REPORTS: usize = 5;
const ROWS: u64 = 10_000;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Batch {
    #[serde(default)]
    pub(super) requests: Vec<Report>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Report {
    pub(super) property: Option<String>,
    pub(super) date_ranges: Vec<DateRange>,
    pub(super) dimensions: Vec<Named>,
    pub(super) metrics: Vec<Named>,
    pub(super) dimension_filter: Option<Filter>,
    pub(super) metric_filter: Option<Filter>,
    pub(super) order_bys: Vec<OrderBy>,
    pub(super) limit: Option<Int64>,
    pub(super) offset: Option<Int64>,
    pub(super) keep_empty_rows: bool,
    pub(super) return_property_quota: bool,
    pub(super) currency_code: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Compatibility {
    pub(super) dimensions: Vec<Named>,
    pub(super) metrics: Vec<Named>,
    pub(super) dimension_filter: Option<Filter>,
    pub(super) metric_filter: Option<Filter>,
    pub(super) compatibility_filter: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub(super) name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DateRange {
    start_date: String,
    end_date: String,
    #[serde(default)]
    name: String,
}

/// A whole number, which Google writes as a text and takes either way.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Int64 {
    Number(i64),
    Text(String),
}

impl Int64 {
    pub(super) fn value(&self) -> Result<i64, ApiError> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Text(text) => text.parse().map_err(|_| ApiError::invalid("Invalid value (TYPE_INT64)")),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum Filter {
    AndGroup(Group),
    OrGroup(Group),
    #[serde(rename = "notExpression")]
    Not(Box<Filter>),
    #[serde(rename = "filter")]
    One(One),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Group {
    pub(super) expressions: Vec<Filter>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct One {
    pub(super) field_name: String,
    #[serde(default)]
    pub(super) string_filter: Option<StringFilter>,
    #[serde(default)]
    pub(super) in_list_filter: Option<InListFilter>,
    #[serde(default)]
    pub(super) numeric_filter: Option<NumericFilter>,
    #[serde(default)]
    pub(super) between_filter: Option<BetweenFilter>,
    #[serde(default)]
    pub(super) empty_filter: Option<EmptyFilter>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StringFilter {
    #[serde(default)]
    pub(super) match_type: Match,
    pub(super) value: String,
    #[serde(default)]
    pub(super) case_sensitive: bool,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Match {
    #[default]
    Exact,
    BeginsWith,
    EndsWith,
    Contains,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InListFilter {
    pub(super) values: Vec<String>,
    #[serde(default)]
    pub(super) case_sensitive: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NumericFilter {
    pub(super) operation: Operation,
    pub(super) value: NumericValue,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Operation {
    Equal,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BetweenFilter {
    pub(super) from_value: NumericValue,
    pub(super) to_value: NumericValue,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum NumericValue {
    Int64Value(Int64),
    DoubleValue(f64),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EmptyFilter {}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct OrderBy {
    pub(super) desc: bool,
    pub(super) metric: Option<MetricOrderBy>,
    pub(super) dimension: Option<DimensionOrderBy>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MetricOrderBy {
    pub(super) metric_name: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DimensionOrderBy {
    pub(super) dimension_name: String,
    #[serde(default)]
    pub(super) order_type: OrderType,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum OrderType {
    #[default]
    #[serde(rename = "ORDER_TYPE_UNSPECIFIED")]
    Unspecified,
    Alphanumeric,
    CaseInsensitiveAlphanumeric,
    Numeric,
}

/// Reads a body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::invalid(&format!("Invalid JSON payload received. {error}")))
}

/// Days of a range, both included, and its name in answers.
#[derive(Clone, Debug)]
pub(super) struct Days {
    pub(super) name: String,
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
}

impl Report {
    pub(super) fn dimension_names(&self) -> Vec<&str> {
        self.dimensions.iter().map(|named| named.name.as_str()).collect()
    }

    pub(super) fn metric_names(&self) -> Vec<&str> {
        self.metrics.iter().map(|named| named.name.as_str()).collect()
    }

    /// From which row on.
    pub(super) fn offset(&self) -> Result<u64, ApiError> {
        let offset = self.offset.as_ref().map(Int64::value).transpose()?.unwrap_or(0);
        u64::try_from(offset).map_err(|_| ApiError::invalid("Offset must not be negative."))
    }

    /// From which row on, and how many.
    pub(super) fn window(&self, settings: &Settings) -> Result<(u64, u64), ApiError> {
        let limit = self.limit.as_ref().map(Int64::value).transpose()?;
        let offset = self.offset()?;
        let limit = match limit {
            None => ROWS,
            Some(limit) => u64::try_from(limit)
                .ok()
                .filter(|limit| *limit > 0)
                .ok_or_else(|| ApiError::invalid(&format!("Limit must be positive. Field `limit` was {limit}.")))?,
        };
        Ok((offset, limit.min(250_000).min(settings.page_rows)))
    }

    /// Checks everything but filters and orders, and says which days are asked for.
    pub(super) fn check(&self, settings: &Settings, today: NaiveDate) -> Result<Vec<Days>, ApiError> {
        let (dimensions, metrics) = (self.dimension_names(), self.metric_names());
        let too_many = |what: &str, have: usize, most: usize| {
            let message = format!("Requests are limited to {most} {what}. This request is for {have} {what}.");
            if have > most { Err(ApiError::invalid(&message)) } else { Ok(()) }
        };
        too_many("dimensions", dimensions.len(), MOST_DIMENSIONS)?;
        too_many("metrics", metrics.len(), MOST_METRICS)?;
        too_many("dateRanges", self.date_ranges.len(), MOST_RANGES)?;
        check_names(settings, &dimensions, &metrics)?;
        if dimensions.is_empty() && metrics.is_empty() {
            return Err(ApiError::invalid("At least one dimension or metric is required."));
        }
        fields::check(&dimensions, &metrics)?;
        if self.date_ranges.is_empty() {
            return Err(ApiError::invalid("At least one date range is required."));
        }
        let several = self.date_ranges.len() > 1;
        let ranges = self.date_ranges.iter().enumerate();
        ranges.map(|(number, range)| range.days(number, several, today)).collect()
    }
}

/// Refuses names that there are not, and the same twice.
pub(super) fn check_names(settings: &Settings, dimensions: &[&str], metrics: &[&str]) -> Result<(), ApiError> {
    let unknown = |what: &str, name: &str| {
        ApiError::invalid(&format!(
            "Field {name} is not a valid {what}. For a list of valid dimensions and metrics, see \
             https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
        ))
    };
    for name in dimensions {
        if fields::dimension(name).is_none() || settings.missing.contains(*name) {
            return Err(unknown("dimension", name));
        }
    }
    for name in metrics {
        if fields::metric(name).is_none() || settings.missing.contains(*name) {
            return Err(unknown("metric", name));
        }
    }
    let mut all: Vec<&&str> = dimensions.iter().chain(metrics).collect();
    all.sort_unstable();
    match all.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => Err(ApiError::invalid(&format!("Duplicate field {}.", pair.first().map_or("", |name| **name)))),
        None => Ok(()),
    }
}

impl DateRange {
    fn days(&self, number: usize, several: bool, today: NaiveDate) -> Result<Days, ApiError> {
        let (from, to) = (day(&self.start_date, today)?, day(&self.end_date, today)?);
        if from > to {
            return Err(ApiError::invalid(&format!(
                "Start date {} must be before end date {}.",
                self.start_date, self.end_date
            )));
        }
        if self.name.starts_with("date_range_") || self.name.starts_with("RESERVED_") {
            return Err(ApiError::invalid("A date range's name cannot begin with `date_range_` or `RESERVED_`."));
        }
        let own = if self.name.is_empty() { format!("date_range_{number}") } else { self.name.clone() };
        Ok(Days { name: if several { own } else { String::new() }, from, to })
    }
}

/// A day, as Google takes it.
fn day(text: &str, today: NaiveDate) -> Result<NaiveDate, ApiError> {
    let ago = |days: i64| today.checked_sub_signed(TimeDelta::days(days));
    let found = match text {
        "today" => Some(today),
        "yesterday" => ago(1),
        _ => match text.strip_suffix("daysAgo") {
            Some(days) => days.parse::<u16>().ok().and_then(|days| ago(i64::from(days))),
            None if text.len() == 10 => text.parse().ok(),
            None => None,
        },
    };
    found.ok_or_else(|| {
        ApiError::invalid(&format!(
            "Invalid date: {text}. Dates must be in the format `YYYY-MM-DD`, `NdaysAgo`, `yesterday`, or `today`."
        ))
    })
}
