//! The figures that a query asks for: metrics of the registry, in their own way or another, and formulas over them.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::filter::Filter;
use super::shape::{RollingFigure, Shape};
use crate::metrics::formula::Formula;
use crate::metrics::registry::{Aggregation, MetricRef, Unit};

/// One figure that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The key of its column.
    pub key: String,
    /// Its name for people.
    pub title: String,
    /// What it measures.
    pub unit: Unit,
    /// What is computed.
    pub what: What,
    /// Over which rows, beyond what holds for all of the query.
    pub filters: Option<Filter>,
    /// Of which buckets, where not of each by itself.
    pub shape: Option<Shape>,
}

/// What is computed.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A metric of the registry.
    Metric {
        /// Which.
        metric: MetricRef,
        /// How rows become a figure, where that is not the metric's own way.
        aggregation: Option<Aggregation>,
    },
    /// A formula over metrics.
    Formula(Expression),
}

/// A formula over metrics, as it was written and as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    pub(crate) text: String,
    pub(crate) formula: Formula<MetricRef>,
}

impl Asked {
    /// A metric as the registry has it.
    pub(crate) fn metric(metric: MetricRef) -> Self {
        Self {
            key: metric.id.to_owned(),
            title: metric.title.to_owned(),
            unit: metric.unit,
            what: What::Metric { metric, aggregation: None },
            filters: None,
            shape: None,
        }
    }

    /// The metrics of the registry that it is made of.
    pub(crate) fn metrics(&self) -> Vec<MetricRef> {
        match &self.what {
            What::Metric { metric, .. } => vec![*metric],
            What::Formula(expression) => expression.formula.leaves().into_iter().copied().collect(),
        }
    }

    /// Says in its title how it is shaped.
    pub(super) fn entitle_shape(&mut self) {
        let Some(shape) = self.shape else { return };
        let adds_up = match &self.what {
            What::Metric { metric, aggregation } => {
                matches!(aggregation.unwrap_or(metric.aggregation), Aggregation::Sum | Aggregation::Count)
            }
            What::Formula(_) => false,
        };
        self.title = format!("{}, {}", self.title, shape.title(adds_up));
    }

    /// Whether its figure is that of several buckets.
    pub(crate) fn is_rolling(&self) -> bool {
        matches!(self.shape, Some(Shape::Rolling(_)))
    }

    /// Whether its figures may have decimals though those that they are made of have none.
    pub(crate) fn is_divided(&self) -> bool {
        match self.shape {
            None => false,
            Some(Shape::Rolling(rolling)) => rolling.figure == RollingFigure::Average,
            Some(Shape::Trend) => true,
        }
    }

    /// Whether more is good news, where that is known.
    pub(crate) fn higher_is_better(&self) -> Option<bool> {
        match &self.what {
            What::Metric { metric, .. } => metric.higher_is_better,
            What::Formula(_) => None,
        }
    }
}

/// A metric in its own way is written as its id, as queries have it; anything else as an object.
impl Serialize for Asked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = Map::new();
        match &self.what {
            What::Metric { metric, aggregation } => {
                if *self == Self::metric(*metric) {
                    return serializer.serialize_str(metric.id);
                }
                map.insert("metric".to_owned(), metric.id.into());
                if let Some(how) = aggregation {
                    map.insert("aggregation".to_owned(), how.name().into());
                }
            }
            What::Formula(expression) => {
                map.insert("formula".to_owned(), expression.text.as_str().into());
                map.insert("unit".to_owned(), self.unit.name().into());
            }
        }
        if let Some(filters) = &self.filters {
            map.insert("filters".to_owned(), json!(filters));
        }
        match self.shape {
            Some(Shape::Rolling(rolling)) => drop(map.insert("rolling".to_owned(), json!(rolling))),
            Some(Shape::Trend) => drop(map.insert("trend".to_owned(), true.into())),
            None => {}
        }
        if !matches!(&self.what, What::Metric { metric, .. } if metric.id == self.key) {
            map.insert("as".to_owned(), self.key.as_str().into());
        }
        map.insert("title".to_owned(), self.title.as_str().into());
        Value::Object(map).serialize(serializer)
    }
}
