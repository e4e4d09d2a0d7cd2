//! The rows of an answer: the figures of all stores brought together, gaps filled, in order.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::error::QueryError;
use super::execute::{Figures, Group};
use super::figure::{Figure, figure};
use super::plan::measures::{Measures, Recipe};
use super::query::{Direction, OrderField, Query};
use super::resolve::Resolved;
use super::row_limit::check_rows;
use super::time::buckets::Label;

/// One step of the time axis. Without granularity there is a single one without a label.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) label: Option<Label>,
    /// What stands beside it in the compared period.
    pub(crate) beside: Option<Label>,
    /// Some of it has begun and data tell of it, in some store: where there are no rows, figures are zero.
    has_figures: bool,
    /// Something stands beside it that data tell of, in some store.
    has_beside: bool,
    /// It is not over, in some store.
    pub(crate) is_incomplete: bool,
    /// It reaches over an end of the range, in some store.
    pub(crate) is_clipped: bool,
}

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct TableRow {
    /// The position of its step.
    pub(crate) step: usize,
    /// The position of its group.
    pub(crate) group: usize,
    /// One figure per metric.
    pub(crate) current: Vec<Figure>,
    /// The compared figures.
    pub(crate) previous: Option<Vec<Figure>>,
}

/// The figures of a query over all its stores.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) steps: Vec<Step>,
    /// The groups, in the order of their values, nulls last.
    pub(crate) groups: Vec<Group>,
    /// All rows, in order.
    pub(crate) rows: Vec<TableRow>,
    pub(crate) totals: Vec<Figure>,
    pub(crate) previous_totals: Option<Vec<Figure>>,
}

/// What one store found.
pub(crate) struct StoreFigures<'q> {
    pub(crate) resolved: &'q Resolved,
    pub(crate) current: Figures,
    pub(crate) previous: Option<Figures>,
}

#[derive(Default)]
struct Cell {
    current: Option<Vec<i128>>,
    previous: Option<Vec<i128>>,
}

impl Table {
    pub(crate) fn of(
        query: &Query,
        measures: &Measures,
        stores: Vec<StoreFigures<'_>>,
        now: DateTime<Utc>,
    ) -> Result<Self, QueryError> {
        let steps = steps(&stores, now);
        let is_compared = query.compare_to.is_some();
        let mut totals = vec![0; measures.width];
        let mut previous_totals = vec![0; measures.width];
        for store in &stores {
            add(&mut totals, &store.current.totals);
            if let Some(previous) = &store.previous {
                add(&mut previous_totals, &previous.totals);
            }
        }
        let has_figures = stores.iter().any(|store| store.resolved.has_figures(now) || !store.current.rows.is_empty());
        let has_beside = stores.iter().any(|store| store.resolved.has_compared());
        let (mut groups, cells) = cells(&steps, stores);
        let told = |slots: &[i128], exists: bool| figures(&measures.recipes, exists.then_some(slots));
        let fills = query.fill && query.granularity.is_some();
        if query.group_by.is_empty() && (fills || query.granularity.is_none()) && groups.is_empty() {
            groups.push(Vec::new());
        }
        let mut table = Self {
            rows: Vec::new(),
            totals: told(&totals, has_figures),
            previous_totals: is_compared.then(|| told(&previous_totals, has_beside)),
            steps,
            groups,
        };
        table.list(query, measures, cells, fills)?;
        table.sort(query);
        Ok(table)
    }

    fn list(
        &mut self,
        query: &Query,
        measures: &Measures,
        mut cells: HashMap<(usize, usize), Cell>,
        fills: bool,
    ) -> Result<(), QueryError> {
        let everything = fills || query.granularity.is_none() && query.group_by.is_empty();
        let mut keys: Vec<_> = if everything {
            check_rows(self.steps.len().saturating_mul(self.groups.len()))?;
            let groups = self.groups.len();
            (0..self.steps.len()).flat_map(|step| (0..groups).map(move |group| (step, group))).collect()
        } else {
            check_rows(cells.len())?;
            cells.keys().copied().collect()
        };
        keys.sort_unstable();
        let zeros = vec![0; measures.width];
        for key in keys {
            let step = &self.steps[key.0];
            let cell = cells.remove(&key).unwrap_or_default();
            let slots = |found: &Option<Vec<i128>>, or_nothing: bool| {
                let slots = found.as_deref().or_else(|| or_nothing.then_some(zeros.as_slice()));
                figures(&measures.recipes, slots)
            };
            self.rows.push(TableRow {
                step: key.0,
                group: key.1,
                current: slots(&cell.current, step.has_figures),
                previous: query.compare_to.map(|_| slots(&cell.previous, step.has_beside)),
            });
        }
        Ok(())
    }

    /// Rows come in the order asked for; equal ones by time, then by group. Without an order they come by time, or else
    /// by the first metric, greatest first.
    fn sort(&mut self, query: &Query) {
        let Self { rows, groups, .. } = self;
        let metric = |metric: &super::registry::MetricRef| query.metrics.iter().position(|asked| asked == metric);
        let dimension = |one: &super::registry::DimensionRef| query.group_by.iter().position(|asked| asked == one);
        rows.sort_by(|a, b| {
            let asked = query.order_by.iter().map(|order| match &order.field {
                OrderField::Time(_) => directed(a.step.cmp(&b.step), order.direction),
                OrderField::Dimension(one) => dimension(one).map_or(Ordering::Equal, |at| {
                    nulls_last(groups[a.group][at].as_ref(), groups[b.group][at].as_ref(), order.direction)
                }),
                OrderField::Metric(one) => {
                    metric(one).map_or(Ordering::Equal, |at| nulls_last(a.current[at], b.current[at], order.direction))
                }
            });
            let by_default = if query.order_by.is_empty() && query.granularity.is_none() {
                nulls_last(a.current.first().copied().flatten(), b.current.first().copied().flatten(), Direction::Desc)
            } else {
                Ordering::Equal
            };
            asked.fold(by_default, Ordering::then).then(a.step.cmp(&b.step)).then(a.group.cmp(&b.group))
        });
    }
}

fn directed(order: Ordering, direction: Direction) -> Ordering {
    if direction == Direction::Desc { order.reverse() } else { order }
}

fn nulls_last<T: Ord>(a: Option<T>, b: Option<T>, direction: Direction) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => directed(a.cmp(&b), direction),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

fn figures(recipes: &[Recipe], slots: Option<&[i128]>) -> Vec<Figure> {
    recipes.iter().map(|recipe| slots.and_then(|slots| figure(*recipe, slots))).collect()
}

fn add(sums: &mut [i128], values: &[i128]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// The time axis: the buckets of all stores by their labels.
fn steps(stores: &[StoreFigures<'_>], now: DateTime<Utc>) -> Vec<Step> {
    let mut steps: BTreeMap<Option<Label>, Step> = BTreeMap::new();
    for StoreFigures { resolved, .. } in stores {
        let Some(buckets) = &resolved.buckets else {
            let step = steps.entry(None).or_default();
            step.has_figures |= resolved.has_figures(now);
            step.has_beside |= resolved.has_compared();
            continue;
        };
        for (number, bucket) in buckets.iter().enumerate() {
            let step = steps.entry(Some(bucket.label)).or_default();
            step.label = Some(bucket.label);
            step.has_figures |= bucket.span.0 <= now.timestamp_micros() && resolved.is_told(bucket.span);
            step.is_incomplete |= bucket.whole.1 > now;
            step.is_clipped |= bucket.is_clipped;
            let beside = resolved.comparison.as_ref().and_then(|comparison| comparison.beside.get(number));
            if let Some(beside) = beside {
                step.beside = step.beside.or(beside.label);
                step.has_beside |= beside.span.is_some_and(|span| resolved.is_told(span));
            }
        }
    }
    steps.into_values().collect()
}

/// The figures of all stores by step and group, and the groups in order.
fn cells(steps: &[Step], stores: Vec<StoreFigures<'_>>) -> (Vec<Group>, HashMap<(usize, usize), Cell>) {
    let step_of: HashMap<_, _> = steps.iter().enumerate().map(|(number, step)| (step.label, number)).collect();
    let mut found: HashMap<Group, HashMap<usize, Cell>> = HashMap::new();
    for StoreFigures { resolved, current, previous } in stores {
        let step = |bucket: Option<i32>| match &resolved.buckets {
            None => step_of.get(&None).copied(),
            Some(buckets) => {
                let bucket = buckets.get(usize::try_from(bucket?).ok()?)?;
                step_of.get(&Some(bucket.label)).copied()
            }
        };
        let mut put = |figures: Figures, side: fn(&mut Cell) -> &mut Option<Vec<i128>>| {
            for ((bucket, group), slots) in figures.rows {
                let Some(step) = step(bucket) else { continue };
                let cell = side(found.entry(group).or_default().entry(step).or_default());
                match cell {
                    Some(sums) => add(sums, &slots),
                    None => *cell = Some(slots),
                }
            }
        };
        put(current, |cell| &mut cell.current);
        if let Some(previous) = previous {
            put(previous, |cell| &mut cell.previous);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by(|(a, _), (b, _)| {
        let values = a.iter().zip(b).map(|(a, b)| nulls_last(a.as_ref(), b.as_ref(), Direction::Asc));
        values.fold(Ordering::Equal, Ordering::then)
    });
    let mut cells = HashMap::new();
    let mut groups = Vec::with_capacity(found.len());
    for (number, (group, by_step)) in found.into_iter().enumerate() {
        cells.extend(by_step.into_iter().map(|(step, cell)| ((step, number), cell)));
        groups.push(group);
    }
    (groups, cells)
}
