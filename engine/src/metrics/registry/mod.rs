//! The metric registry: what can be asked for, as data.
//!
//! A metric is a row of a table, not code: which rows of which dataset it is about, which aggregate over them, which
//! dimensions it can be cut by. The planner knows only the kinds of things that such a row can say, so that adding a
//! metric adds no code.

mod build;
mod clarity;
mod computed;
mod dimensions;
mod ga4;
mod gorgias;
mod intelligems;
mod judgeme;
mod knocommerce;
mod metric;
mod shopify;
mod shopify_customers;
mod shopify_sales;
mod shopify_stock;

use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub use metric::{
    Aggregate, Aggregation, Category, Condition, Formula, Grain, Measure, Metric, Rows, Thousandths, Unit, Value,
};
pub(crate) use shopify::FIRST_ORDERS;

use crate::dataset::{self, Dataset};

/// Where a dimension's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DimensionKind {
    /// In a text column of the rows.
    Column(&'static str),
    /// In a column of whole numbers of the rows.
    Number(&'static str),
    /// `new` for orders of customers that have no earlier order that counts, else `returning`; null without a customer.
    CustomerType,
    /// The store's id.
    Store,
}

/// Something that metrics can be cut by. All values are texts.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dimension {
    /// Its name in queries.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it says.
    pub description: &'static str,
    /// Whether it has few values, which are good to compare.
    pub has_few_values: bool,
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
    pub metrics: Vec<&'static Metric>,
    /// What they can be cut by.
    pub dimensions: &'static [Dimension],
    /// Where they come from.
    pub sources: &'static [Source],
}

static SOURCES: &[Source] = &[
    Source { id: "shopify", title: "Shopify" },
    Source { id: "ga4", title: "Google Analytics 4" },
    Source { id: "clarity", title: "Microsoft Clarity" },
    Source { id: "intelligems", title: "Intelligems" },
    Source { id: "knocommerce", title: "KnoCommerce" },
    Source { id: "gorgias", title: "Gorgias" },
    Source { id: "judgeme", title: "Judge.me" },
    Source { id: "store", title: "Across sources" },
];

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let sources = [
        shopify::METRICS,
        shopify_sales::METRICS,
        shopify_stock::METRICS,
        shopify_customers::METRICS,
        ga4::METRICS,
        clarity::METRICS,
        intelligems::METRICS,
        knocommerce::METRICS,
        gorgias::METRICS,
        judgeme::METRICS,
        computed::METRICS,
    ];
    Registry { metrics: sources.into_iter().flatten().collect(), dimensions: dimensions::DIMENSIONS, sources: SOURCES }
});

impl Registry {
    /// The registry.
    #[must_use]
    pub fn get() -> &'static Self {
        &REGISTRY
    }

    /// The metric of that id.
    #[must_use]
    pub fn metric(&self, id: &str) -> Option<&'static Metric> {
        self.metrics.iter().copied().find(|metric| metric.id == id)
    }

    /// The datasets that a source's metrics are about.
    pub(crate) fn datasets(&self, source: &str) -> Vec<&'static Arc<Dataset>> {
        let metrics = self.metrics.iter().filter(|metric| metric.source == source);
        let formulas = metrics.flat_map(|metric| [Some(metric.formula), metric.by_refund]).flatten();
        let mut datasets: Vec<&'static Arc<Dataset>> = Vec::new();
        for measure in formulas.flat_map(|formula| formula.measures()) {
            if let Some(dataset) = dataset::find(measure.rows.dataset)
                && !datasets.iter().any(|known| known.name == dataset.name)
            {
                datasets.push(dataset);
            }
        }
        datasets
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

    #[test]
    fn ids_are_unique_and_start_with_their_source() {
        let registry = Registry::get();
        let ids: BTreeSet<_> = registry.metrics.iter().map(|metric| metric.id).collect();
        assert_eq!(ids.len(), registry.metrics.len());
        let dimensions: BTreeSet<_> = registry.dimensions.iter().map(|dimension| dimension.id).collect();
        assert_eq!(dimensions.len(), registry.dimensions.len());
        for metric in &registry.metrics {
            assert_eq!(metric.id.split_once('.').unwrap().0, metric.source);
            assert!(registry.source(metric.source).is_some(), "{}", metric.id);
        }
    }

    #[test]
    fn every_column_and_dimension_that_a_metric_names_exists() {
        for metric in &Registry::get().metrics {
            for measure in metric
                .formula
                .measures()
                .iter()
                .chain(&metric.by_refund.map_or_else(Vec::new, |formula| formula.measures()))
            {
                let rows = measure.rows;
                let dataset = dataset::find(rows.dataset).unwrap();
                let column = |name: &str| {
                    if name == "customer_type" {
                        return DataType::Utf8View;
                    }
                    dataset
                        .schema
                        .field_with_name(name)
                        .unwrap_or_else(|_| panic!("{name} of {}", metric.id))
                        .data_type()
                        .clone()
                };
                assert!(rows.time.iter().all(|name| column(name) == dataset::instant_type()), "{}", metric.id);
                if let Some(standing) = rows.standing {
                    assert_eq!(column(standing), DataType::Utf8View, "{}", metric.id);
                    assert_eq!(
                        rows.time,
                        [dataset.time],
                        "what stands is of the days of its partitions: {}",
                        metric.id
                    );
                    let adds_up =
                        matches!(measure.aggregate, Aggregate::Count | Aggregate::CountOf(_) | Aggregate::Sum(_));
                    assert!(adds_up && metric.aggregations == [metric.aggregation], "{}", metric.id);
                }
                for condition in rows.only.iter().chain(measure.only) {
                    column(condition.column());
                }
                if let Some(value) = measure.aggregate.value() {
                    let kind = column(value.column);
                    assert!(matches!(kind, DataType::Int64 | DataType::Decimal128(18, 4 | 6)), "{}", metric.id);
                    assert!(value.minus.iter().all(|name| column(name) == kind), "{}", metric.id);
                    assert!(value.times.is_none_or(|name| column(name) == DataType::Int64), "{}", metric.id);
                }
                if let Aggregate::CountDistinct { column: of } = measure.aggregate {
                    assert_eq!(column(of), DataType::Utf8View, "{}", metric.id);
                }
                for id in metric.dimensions {
                    let dimension = Registry::get().dimension(id).unwrap_or_else(|| panic!("{id} of {}", metric.id));
                    match dimension.kind {
                        DimensionKind::Column(name) => {
                            assert_eq!(column(name), DataType::Utf8View, "{id} of {}", metric.id);
                        }
                        DimensionKind::Number(name) => {
                            assert_eq!(column(name), DataType::Int64, "{id} of {}", metric.id);
                        }
                        DimensionKind::CustomerType | DimensionKind::Store => {}
                    }
                }
            }
        }
    }

    #[test]
    fn every_dimension_of_a_metric_that_is_reported_in_several_ways_is_in_a_report() {
        for metric in &Registry::get().metrics {
            for measure in metric.formula.measures().iter().filter(|measure| !measure.rows.grains.is_empty()) {
                let reported: BTreeSet<_> = measure.rows.grains.iter().flat_map(|grain| grain.dimensions).collect();
                let missing: Vec<_> =
                    metric.dimensions.iter().filter(|id| **id != "store" && !reported.contains(id)).collect();
                assert!(missing.is_empty(), "{missing:?} of {}", metric.id);
            }
        }
    }

    #[test]
    fn a_metric_is_additive_exactly_when_its_figures_are_plain_sums_or_counts() {
        for metric in &Registry::get().metrics {
            let additive = matches!(
                metric.formula,
                Formula::Measure(Measure { rows, aggregate: Aggregate::Sum(_) | Aggregate::Count, .. })
                    if rows.standing.is_none()
            );
            assert_eq!(metric.additive, additive, "{}", metric.id);
            assert!(metric.aggregations.contains(&metric.aggregation), "{}", metric.id);
        }
    }

    #[test]
    fn formulas_name_metrics_that_have_their_dimensions_and_fit_their_unit() {
        for metric in &Registry::get().metrics {
            let Formula::Computed(text) = metric.formula else { continue };
            let formula = crate::metrics::formula::Formula::parse(text).unwrap();
            let leaf =
                |name: &String| Registry::get().metric(name).unwrap_or_else(|| panic!("{name} of {}", metric.id)).unit;
            let unit = formula.unit(&leaf).unwrap();
            let fits = unit == Some(metric.unit) || unit == Some(Unit::Ratio) && metric.unit == Unit::Percentage;
            assert!(fits, "{} is {unit:?}", metric.id);
            for name in formula.leaves() {
                let of = Registry::get().metric(name).unwrap();
                assert!(metric.dimensions.iter().all(|id| of.dimensions.contains(id)), "{name} of {}", metric.id);
            }
        }
    }
}
