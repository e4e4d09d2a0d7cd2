//! The metric registry: what can be asked for, as data.
//!
//! A metric is a row of a table, not code: which rows of which dataset it is about, which aggregate over them, which
//! dimensions it can be cut by. The planner knows only the kinds of things that such a row can say, so that adding a
//! metric adds no code.

mod shopify;

use std::fmt;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub(crate) use shopify::FIRST_ORDERS;

/// What a metric's figures measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// An amount of money.
    Currency,
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
    /// The middle value.
    Median,
    /// The value below which 90 of 100 are.
    P90,
    /// The value below which 95 of 100 are.
    P95,
    /// The value below which 99 of 100 are.
    P99,
    /// The newest value.
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
            Self::Null { column } | Self::Present { column } | Self::False { column } | Self::Text { column, .. } => {
                column
            }
        }
    }
}

/// What is computed over the rows that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The sum of a column, less that of others. Nulls add nothing.
    Sum {
        /// The column to add up.
        column: &'static str,
        /// Columns to take off.
        minus: &'static [&'static str],
    },
    /// The number of rows.
    Count,
    /// The number of different values of a column; nulls are none. The same value in two stores is two.
    CountDistinct {
        /// The column.
        column: &'static str,
    },
}

/// One aggregate over some of a metric's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub struct Measure {
    /// What is computed.
    #[serde(flatten)]
    pub aggregate: Aggregate,
    /// Over which of the metric's rows.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub only: &'static [Condition],
}

/// How a metric is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// One measure.
    Measure(Measure),
    /// A measure over another, divided after both are complete; null when the denominator is zero.
    Ratio {
        /// What is divided.
        numerator: Measure,
        /// By what.
        denominator: Measure,
    },
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
    /// The dataset whose rows it is about.
    pub dataset: &'static str,
    /// The column that says when a row happened.
    pub time: &'static str,
    /// The rows it is about.
    pub rows: &'static [Condition],
    /// How it is computed.
    pub formula: Formula,
    /// How rows become a figure unless a query says otherwise.
    pub aggregation: Aggregation,
    /// Every way in which they may.
    pub aggregations: &'static [Aggregation],
    /// The dimensions it can be cut by.
    pub dimensions: &'static [&'static str],
    /// Whether the figures of parts add up to that of the whole.
    pub additive: bool,
    /// Whether more is good news.
    pub higher_is_better: bool,
}

/// Where a dimension's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DimensionKind {
    /// In a column of the facts.
    Column(&'static str),
    /// `new` for orders of customers that have no earlier order that counts, else `returning`; null without a customer.
    CustomerType,
    /// The store's id.
    Store,
}

/// Something that metrics can be cut by. All are text.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dimension {
    /// Its name in queries.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it says.
    pub description: &'static str,
    /// Where its values are.
    #[serde(skip)]
    #[schema(ignore)]
    pub kind: DimensionKind,
}

/// Where metrics come from.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Source {
    /// Its name in queries.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
}

/// Everything that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registry {
    /// The metrics.
    pub metrics: &'static [Metric],
    /// What they can be cut by.
    pub dimensions: &'static [Dimension],
    /// Where they come from.
    pub sources: &'static [Source],
}

static REGISTRY: Registry =
    Registry { metrics: shopify::METRICS, dimensions: shopify::DIMENSIONS, sources: shopify::SOURCES };

impl Registry {
    /// The registry.
    #[must_use]
    pub fn get() -> &'static Self {
        &REGISTRY
    }

    /// The metric of that id.
    #[must_use]
    pub fn metric(&self, id: &str) -> Option<&'static Metric> {
        self.metrics.iter().find(|metric| metric.id == id)
    }

    /// The dimension of that id.
    #[must_use]
    pub fn dimension(&self, id: &str) -> Option<&'static Dimension> {
        self.dimensions.iter().find(|dimension| dimension.id == id)
    }

    /// The source of that id.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&'static Source> {
        self.sources.iter().find(|source| source.id == id)
    }
}

/// A metric that a query names. Written as its id.
#[derive(Clone, Copy)]
pub struct MetricRef(pub &'static Metric);

/// A dimension that a query names. Written as its id.
#[derive(Clone, Copy)]
pub struct DimensionRef(pub &'static Dimension);

macro_rules! reference {
    ($name:ident => $target:ident) => {
        impl std::ops::Deref for $name {
            type Target = $target;

            fn deref(&self) -> &$target {
                self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.id == other.id
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.id)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.id)
            }
        }
    };
}

reference!(MetricRef => Metric);
reference!(DimensionRef => Dimension);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use arrow::datatypes::DataType;

    use super::*;
    use crate::dataset;

    fn measures(metric: &Metric) -> Vec<Measure> {
        match metric.formula {
            Formula::Measure(measure) => vec![measure],
            Formula::Ratio { numerator, denominator } => vec![numerator, denominator],
        }
    }

    #[test]
    fn ids_are_unique_and_start_with_their_source() {
        let registry = Registry::get();
        let ids: BTreeSet<_> = registry.metrics.iter().map(|metric| metric.id).collect();
        assert_eq!(ids.len(), registry.metrics.len());
        let dimensions: BTreeSet<_> = registry.dimensions.iter().map(|dimension| dimension.id).collect();
        assert_eq!(dimensions.len(), registry.dimensions.len());
        for metric in registry.metrics {
            assert_eq!(metric.id.split_once('.').unwrap().0, metric.source);
            assert!(registry.source(metric.source).is_some(), "{}", metric.id);
        }
    }

    #[test]
    fn every_column_and_dimension_that_a_metric_names_exists() {
        for metric in Registry::get().metrics {
            let dataset = dataset::find(metric.dataset).unwrap();
            assert_eq!(dataset.time, metric.time, "{}", metric.id);
            let column = |name: &str| {
                if name == "customer_type" {
                    return DataType::Utf8View;
                }
                dataset.schema.field_with_name(name).unwrap().data_type().clone()
            };
            for measure in measures(metric) {
                for condition in metric.rows.iter().chain(measure.only) {
                    column(condition.column());
                }
                match measure.aggregate {
                    Aggregate::Sum { column: of, minus } => {
                        let kind = column(of);
                        assert!(matches!(kind, DataType::Int64 | DataType::Decimal128(18, 4)), "{}", metric.id);
                        assert!(minus.iter().all(|name| column(name) == kind), "{}", metric.id);
                    }
                    Aggregate::Count => {}
                    Aggregate::CountDistinct { column: of } => assert_eq!(column(of), DataType::Utf8View),
                }
            }
            for id in metric.dimensions {
                let dimension = Registry::get().dimension(id).unwrap_or_else(|| panic!("{id} of {}", metric.id));
                if let DimensionKind::Column(name) = dimension.kind {
                    assert_eq!(column(name), DataType::Utf8View, "{id} of {}", metric.id);
                }
            }
        }
    }

    #[test]
    fn a_metric_is_additive_exactly_when_its_figures_are_plain_sums_or_counts() {
        for metric in Registry::get().metrics {
            let additive = matches!(
                metric.formula,
                Formula::Measure(Measure { aggregate: Aggregate::Sum { .. } | Aggregate::Count, .. })
            );
            assert_eq!(metric.additive, additive, "{}", metric.id);
            assert!(metric.aggregations.contains(&metric.aggregation), "{}", metric.id);
        }
    }
}
