//! Which aggregates a query's metrics need: each once, however many metrics share it.

use std::sync::Arc;

use super::super::registry::{Aggregate, Condition, Formula, Measure, MetricRef, Unit};
use crate::dataset::{self, Dataset};

/// An aggregate that some metric needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) aggregate: Aggregate,
    /// What must hold for a row to be taken, beyond [`DatasetMeasures::base`].
    pub(crate) only: Vec<Condition>,
    /// Whether it is an amount of money.
    pub(crate) money: bool,
}

impl Slot {
    /// Whether the figures of disjoint rows add up.
    pub(crate) fn is_additive(&self) -> bool {
        !matches!(self.aggregate, Aggregate::CountDistinct { .. })
    }
}

/// The aggregates over one dataset.
#[derive(Clone, Debug)]
pub(crate) struct DatasetMeasures {
    pub(crate) dataset: &'static Arc<Dataset>,
    /// What holds for the rows of all its metrics.
    pub(crate) base: Vec<Condition>,
    /// The position of its first slot among all of the query's.
    pub(crate) first: usize,
    pub(crate) slots: Vec<Slot>,
}

/// How a metric is made of slots, by their position among all of the query's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recipe {
    Slot(usize),
    Ratio { numerator: usize, denominator: usize },
}

/// Everything that a query's metrics need.
#[derive(Clone, Debug)]
pub(crate) struct Measures {
    pub(crate) datasets: Vec<DatasetMeasures>,
    /// One per metric of the query.
    pub(crate) recipes: Vec<Recipe>,
    /// Slots in all.
    pub(crate) width: usize,
}

impl Measures {
    pub(crate) fn of(metrics: &[MetricRef]) -> Self {
        let mut datasets: Vec<DatasetMeasures> = Vec::new();
        for metric in metrics {
            let Some(dataset) = dataset::find(metric.dataset) else { continue };
            match datasets.iter_mut().find(|other| other.dataset.name == dataset.name) {
                Some(known) => known.base.retain(|condition| metric.rows.contains(condition)),
                None => {
                    datasets.push(DatasetMeasures { dataset, base: metric.rows.to_vec(), first: 0, slots: Vec::new() });
                }
            }
        }
        // Positions within the dataset first: where each dataset begins is known when all slots are.
        let local: Vec<_> = metrics.iter().filter_map(|metric| local_recipe(&mut datasets, *metric)).collect();
        let mut width = 0;
        for dataset in &mut datasets {
            dataset.first = width;
            width += dataset.slots.len();
        }
        let recipes = local.into_iter().map(|(dataset, recipe)| {
            let first = datasets[dataset].first;
            match recipe {
                Recipe::Slot(slot) => Recipe::Slot(first + slot),
                Recipe::Ratio { numerator, denominator } => {
                    Recipe::Ratio { numerator: first + numerator, denominator: first + denominator }
                }
            }
        });
        let recipes = recipes.collect();
        Self { datasets, recipes, width }
    }
}

fn local_recipe(datasets: &mut [DatasetMeasures], metric: MetricRef) -> Option<(usize, Recipe)> {
    let index = datasets.iter().position(|known| known.dataset.name == metric.dataset)?;
    let dataset = &mut datasets[index];
    let recipe = match metric.formula {
        Formula::Measure(measure) => Recipe::Slot(slot(dataset, metric, measure)),
        Formula::Ratio { numerator, denominator } => {
            let numerator = slot(dataset, metric, numerator);
            Recipe::Ratio { numerator, denominator: slot(dataset, metric, denominator) }
        }
    };
    Some((index, recipe))
}

fn slot(dataset: &mut DatasetMeasures, metric: MetricRef, measure: Measure) -> usize {
    let conditions = metric.rows.iter().chain(measure.only);
    let only = conditions.filter(|condition| !dataset.base.contains(condition)).copied().collect();
    let money = metric.unit == Unit::Currency && matches!(measure.aggregate, Aggregate::Sum { .. });
    let slot = Slot { aggregate: measure.aggregate, only, money };
    dataset.slots.iter().position(|known| *known == slot).unwrap_or_else(|| {
        dataset.slots.push(slot);
        dataset.slots.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::registry::Registry;

    fn measures(ids: &[&str]) -> Measures {
        let metrics: Vec<_> = ids.iter().map(|id| MetricRef(Registry::get().metric(id).unwrap())).collect();
        Measures::of(&metrics)
    }

    #[test]
    fn metrics_share_what_they_have_in_common() {
        let measures = measures(&["shopify.revenue", "shopify.units", "shopify.orders", "shopify.aov"]);
        assert_eq!(measures.width, 3);
        assert_eq!(
            measures.recipes,
            [Recipe::Slot(0), Recipe::Slot(2), Recipe::Slot(1), Recipe::Ratio { numerator: 0, denominator: 1 }]
        );
        assert_eq!(measures.datasets[0].base.len(), 2);
        assert!(measures.datasets.iter().flat_map(|dataset| &dataset.slots).all(|slot| slot.only.is_empty()));
    }

    #[test]
    fn metrics_over_different_rows_keep_their_own_conditions() {
        let measures = measures(&["shopify.orders", "shopify.cancelled_orders"]);
        assert_eq!(measures.datasets[0].base, [Condition::False { column: "is_test" }]);
        assert_eq!(measures.datasets[0].slots[0].only, [Condition::Null { column: "cancelled_at" }]);
        assert_eq!(measures.datasets[0].slots[1].only, [Condition::Present { column: "cancelled_at" }]);
    }
}
