//! What a metric is: which rows it is about, what is computed over them, and how its figures are shown.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::Registry;
use crate::metrics::formula;

/// What a metric's figures measure, and so how they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// An amount of money, in the currency of its column.
    Currency,
    /// A share of a whole: 0.25 is 25 %.
    Percentage,
    /// Seconds.
    Duration,
    /// Points on a scale of its own, such as a net promoter score.
    Score,
    /// Stars, from 1 to 5.
    Rating,
    /// One count for each of another: pages per session.
    Ratio,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 7] =
        [Self::Count, Self::Currency, Self::Percentage, Self::Duration, Self::Score, Self::Rating, Self::Ratio];

    /// Its name in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Currency => "currency",
            Self::Percentage => "percentage",
            Self::Duration => "duration",
            Self::Score => "score",
            Self::Rating => "rating",
            Self::Ratio => "ratio",
        }
    }

    /// Decimals that its figures are rounded to, halves to the even neighbour.
    #[must_use]
    pub const fn decimals(self) -> u32 {
        match self {
            Self::Currency => 4,
            _ => 6,
        }
    }
}

/// Where a metric is found among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Money that came in.
    Revenue,
    /// Orders and what is in them.
    Orders,
    /// Who buys.
    Customers,
    /// What is sold.
    Products,
    /// What is in stock.
    Inventory,
    /// Who visits, from where.
    Traffic,
    /// How visitors become buyers.
    Conversion,
    /// What visitors do on pages, and what hinders them.
    Engagement,
    /// What customers say.
    Sentiment,
    /// What experiments show.
    Testing,
    /// What customers ask for help with, and how soon they get it.
    Support,
}

/// How the values of rows become one figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Adding up.
    Sum,
    /// Counting rows.
    Count,
    /// Counting different values.
    CountDistinct,
    /// A sum over a sum.
    Ratio,
    /// The mean of the rows' values.
    Avg,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The middle value; of two middle ones, the mean.
    Median,
    /// The value below which 90 of 100 are, between the two nearest where there is none.
    P90,
    /// The value below which 95 of 100 are, between the two nearest where there is none.
    P95,
    /// The value below which 99 of 100 are, between the two nearest where there is none.
    P99,
    /// The newest value; of several at the same instant, the greatest.
    Latest,
}

impl Aggregation {
    /// Every aggregation that the language knows.
    pub const ALL: [Self; 12] = [
        Self::Sum,
        Self::Count,
        Self::CountDistinct,
        Self::Ratio,
        Self::Avg,
        Self::Min,
        Self::Max,
        Self::Median,
        Self::P90,
        Self::P95,
        Self::P99,
        Self::Latest,
    ];

    /// Its name in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Count => "count",
            Self::CountDistinct => "count_distinct",
            Self::Ratio => "ratio",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Median => "median",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Latest => "latest",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sum => "total",
            Self::Count => "count",
            Self::CountDistinct => "different ones",
            Self::Ratio => "ratio",
            Self::Avg => "average",
            Self::Min => "lowest",
            Self::Max => "highest",
            Self::Median => "median",
            Self::P90 => "90th percentile",
            Self::P95 => "95th percentile",
            Self::P99 => "99th percentile",
            Self::Latest => "latest",
        }
    }
}

/// What must hold for a row to be taken. Several conditions of a list must all hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Condition {
    /// The column is null.
    Null {
        /// The column.
        column: &'static str,
    },
    /// The column is not null.
    Present {
        /// The column.
        column: &'static str,
    },
    /// The boolean column is false.
    False {
        /// The column.
        column: &'static str,
    },
    /// The boolean column is true.
    True {
        /// The column.
        column: &'static str,
    },
    /// The text column holds this.
    Text {
        /// The column.
        column: &'static str,
        /// The text.
        equals: &'static str,
    },
}

impl Condition {
    /// The column that it looks at.
    #[must_use]
    pub const fn column(&self) -> &'static str {
        match self {
            Self::Null { column }
            | Self::Present { column }
            | Self::False { column }
            | Self::True { column }
            | Self::Text { column, .. } => column,
        }
    }
}

/// A number that a row has: a column, less others, perhaps so many times. Null when the column is, or how many times; nulls that are
/// taken off count as nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Value {
    /// The column.
    pub column: &'static str,
    /// Columns to take off.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub minus: &'static [&'static str],
    /// The column of whole numbers that says how many times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<&'static str>,
}

/// A share of all values, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
pub struct Thousandths(pub u16);

/// What is computed over the rows that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The number of rows.
    Count,
    /// The number of different values of a text column; nulls are none. The same value in two stores is two.
    CountDistinct {
        /// The column.
        column: &'static str,
    },
    /// The number of rows with the value.
    CountOf(Value),
    /// The sum; of no values, zero.
    Sum(Value),
    /// The least value.
    Min(Value),
    /// The greatest value.
    Max(Value),
    /// The value below which a share of all values is: linear between the two nearest.
    Percentile {
        /// Of what.
        of: Value,
        /// Which share.
        at: Thousandths,
    },
    /// The value of the newest row that has one; of several at the same instant the greatest.
    Latest(Value),
}

impl Aggregate {
    /// The number that it is about.
    #[must_use]
    pub const fn value(&self) -> Option<Value> {
        match self {
            Self::Count | Self::CountDistinct { .. } => None,
            Self::CountOf(value) | Self::Sum(value) | Self::Min(value) | Self::Max(value) | Self::Latest(value) => {
                Some(*value)
            }
            Self::Percentile { of, .. } => Some(*of),
        }
    }
}

/// The rows of a dataset that metrics are about.
#[derive(Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Rows {
    /// The dataset.
    pub dataset: &'static str,
    /// The columns that say when a row happened: the first of them that is not null.
    pub time: &'static [&'static str],
    /// What holds for them.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub only: &'static [Condition],
    /// Whether their measured values are amounts of money. Columns of money are by their type.
    pub is_money: bool,
    /// Whether they are refunds, which a query may want on their own day or on their order's, the dataset's time.
    pub is_refund: bool,
    /// For measurements that a source delivers several times, each cut by other dimensions: one of these sets of rows is taken,
    /// never two of them.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub grains: &'static [Grain],
    /// For rows that say how much there was on a day, and not what happened: the column that tells apart what they are of. Over days
    /// they do not add up: what stands at the end of a time is taken, of its last day on which anything was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<&'static str>,
}

/// One of several reports that tell the same, each cut by other dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Grain {
    /// The name of its rows.
    pub metric_name: &'static str,
    /// The dimensions that it is cut by.
    pub dimensions: &'static [&'static str],
}

/// One aggregate over rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Measure {
    /// Over which rows.
    pub rows: &'static Rows,
    /// What is computed.
    #[serde(flatten)]
    pub aggregate: Aggregate,
    /// Over which of these rows.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub only: &'static [Condition],
}

/// How a metric is computed. What is divided or taken off is complete before: sums over sums, never the mean of means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// One measure.
    Measure(Measure),
    /// A measure less another.
    Difference {
        /// What is reduced.
        of: Measure,
        /// By what.
        less: Measure,
    },
    /// A measure over another; null when the denominator is zero.
    Ratio {
        /// What is divided.
        numerator: Measure,
        /// By what.
        denominator: Measure,
    },
    /// An expression over other metrics, such as `shopify.orders / ga4.sessions`.
    Computed(&'static str),
}

impl Formula {
    /// The measures that it is made of; those of other metrics are not its own.
    #[must_use]
    pub fn measures(&self) -> Vec<Measure> {
        match *self {
            Self::Measure(measure) => vec![measure],
            Self::Difference { of, less } => vec![of, less],
            Self::Ratio { numerator, denominator } => vec![numerator, denominator],
            Self::Computed(_) => Vec::new(),
        }
    }
}

/// One metric.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Metric {
    /// Its name in queries: `shopify.revenue`.
    pub id: &'static str,
    /// The source it comes from, the part of the id before the dot.
    pub source: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What exactly it counts.
    pub description: &'static str,
    /// What its figures measure.
    pub unit: Unit,
    /// Where it is found.
    pub category: Category,
    /// How it is computed.
    pub formula: Formula,
    /// How it is computed where refunds stand on their own day, or a query wants its amounts in one currency; the same when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_refund: Option<Formula>,
    /// How rows become a figure unless a query says otherwise.
    pub aggregation: Aggregation,
    /// Every way in which they may.
    pub aggregations: &'static [Aggregation],
    /// The dimensions it can be cut by.
    pub dimensions: &'static [&'static str],
    /// Whether the figures of parts add up to that of the whole.
    pub additive: bool,
    /// Whether its rows say at which hour they happened. What a source tells by the day, and what is read once a day, has none.
    pub has_hours: bool,
    /// Whether more is good news; null when it is neither.
    pub higher_is_better: Option<bool>,
}

impl Metric {
    /// The sources that its rows come from: its own, or those of the metrics that it is computed of.
    #[must_use]
    pub fn sources(&self) -> BTreeSet<&'static str> {
        match self.formula {
            Formula::Computed(_) => self.leaves().into_iter().flat_map(Self::sources).collect(),
            _ => BTreeSet::from([self.source]),
        }
    }

    /// The metrics that it is computed of, where it is computed of others.
    #[must_use]
    pub fn leaves(&self) -> Vec<&'static Self> {
        let Formula::Computed(text) = self.formula else { return Vec::new() };
        let Ok(written) = formula::Formula::parse(text) else { return Vec::new() };
        written.leaves().into_iter().filter_map(|name| Registry::get().metric(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset;

    /// Whether all that a metric is made of has hours, by the datasets.
    fn is_of_hours(metric: &Metric) -> bool {
        let of_hours = |measure: &Measure| dataset::find(measure.rows.dataset).unwrap().has_hours();
        metric.formula.measures().iter().all(of_hours) && metric.leaves().into_iter().all(is_of_hours)
    }

    #[test]
    fn what_is_told_by_the_day_has_no_hours_and_neither_has_what_is_computed_of_it() {
        for metric in &Registry::get().metrics {
            assert_eq!(metric.has_hours, is_of_hours(metric), "{}", metric.id);
        }
        let has_hours = |id: &str| Registry::get().metric(id).unwrap().has_hours;
        assert!(has_hours("shopify.revenue") && has_hours("store.contact_rate"));
        assert!(
            !has_hours("ga4.sessions") && !has_hours("shopify.stock_available") && !has_hours("store.conversion_rate")
        );
    }

    #[test]
    fn a_metric_over_others_comes_from_all_of_their_sources() {
        let sources = |id: &str| Registry::get().metric(id).unwrap().sources().into_iter().collect::<Vec<_>>();
        assert_eq!(sources("shopify.aov"), ["shopify"]);
        assert_eq!(sources("ga4.bounce_rate"), ["ga4"]);
        assert_eq!(sources("store.conversion_rate"), ["ga4", "shopify"]);
    }
}
