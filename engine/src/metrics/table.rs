//! The rows of an answer: the figures of all stores brought together, gaps filled, in order.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::axis::{Axis, Step, Told};
use super::error::QueryError;
use super::figure::{Figure, exact, figure};
use super::figures::{Figures, Group, Values, merge};
use super::plan::measures::{Measures, Merging, Slot};
use super::query::{Direction, OrderField, Query, RowCondition};
use super::registry::DimensionKind;
use super::row_limit::check_rows;
use crate::StoreId;

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct TableRow {
    /// The position of its step.
    pub(crate) step: usize,
    /// The position of its group.
    pub(crate) group: usize,
    /// One figure for each that is asked for, then for each that only conditions are about.
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
    /// The group that stands for all that are not listed.
    pub(crate) others: Option<usize>,
    /// All rows, in order.
    pub(crate) rows: Vec<TableRow>,
    pub(crate) totals: Vec<Figure>,
    pub(crate) previous_totals: Option<Vec<Figure>>,
}

#[derive(Default)]
struct Cell {
    current: Option<Values>,
    previous: Option<Values>,
}

/// Rows that are made before others have their turn.
const ROWS_AT_ONCE: usize = 1_024;

/// How figures are made of the values of slots.
struct Making<'q> {
    query: &'q Query,
    measures: &'q Measures,
    mergings: Vec<Merging>,
    scales: Vec<u32>,
    /// For each slot what it holds of no rows, and its source.
    of_nothing: Vec<(Option<i128>, usize)>,
}

impl<'q> Making<'q> {
    fn of(query: &'q Query, measures: &'q Measures) -> Self {
        let sources = measures.sources();
        let source = |slot: &Slot| sources.iter().position(|source| *source == slot.source).unwrap_or_default();
        Self {
            query,
            measures,
            mergings: measures.slots().map(Slot::merging).collect(),
            scales: measures.slots().map(|slot| slot.scale).collect(),
            of_nothing: measures.slots().map(|slot| (slot.of_nothing(), source(slot))).collect(),
        }
    }

    fn merge(&self, into: &mut [Option<i128>], from: &[Option<i128>]) {
        merge(into, from, &self.mergings);
    }

    /// The figures of some rows. A source tells of them where it tells of their time, and where it has some of them: what it has none
    /// of is then nothing, and else not known.
    fn figures(&self, values: Option<&[Option<i128>]>, told: &[bool]) -> Vec<Figure> {
        let mut told = told.to_vec();
        let held = |slot: usize| values.and_then(|values| values[slot]);
        for (slot, (_, source)) in self.of_nothing.iter().enumerate() {
            told[*source] |= held(slot).is_some();
        }
        let slots = self.of_nothing.iter().enumerate();
        let values: Values = slots
            .map(|(slot, (of_nothing, source))| held(slot).or_else(|| of_nothing.filter(|_| told[*source])))
            .collect();
        let asked = self.query.asked().zip(&self.measures.recipes);
        asked.map(|(asked, recipe)| figure(recipe, &values, &self.scales, asked.unit)).collect()
    }
}

impl Table {
    /// The table of what all plans found in the period and in the one it is compared with.
    pub(crate) async fn of(
        query: &Query,
        measures: &Measures,
        axis: Axis,
        found: Vec<(Figures, Option<Figures>)>,
    ) -> Result<Self, QueryError> {
        let making = Making::of(query, measures);
        let mut totals = vec![None; measures.width];
        let mut previous_totals = vec![None; measures.width];
        for (current, previous) in &found {
            making.merge(&mut totals, &current.totals);
            if let Some(previous) = previous {
                making.merge(&mut previous_totals, &previous.totals);
            }
        }
        let is_compared = query.compare_to.is_some();
        let (mut groups, cells) = cells(&making, query.granularity.is_some(), found);
        let fills = query.fill && query.granularity.is_some();
        if query.group_by.is_empty() && (fills || query.granularity.is_none()) && groups.is_empty() {
            groups.push(Vec::new());
        }
        let mut table = Self {
            rows: Vec::new(),
            totals: making.figures(Some(&totals), &axis.told.now),
            previous_totals: is_compared.then(|| making.figures(Some(&previous_totals), &axis.told.beside)),
            steps: axis.steps,
            groups,
            others: None,
        };
        table.list(&making, cells, fills, axis.by_store).await?;
        table.keep_only_what_is_asked_for(query);
        table.sort(query);
        Ok(table)
    }

    /// Adds the rows of another table, which has no groups, as those of one more group.
    pub(crate) fn add_others(&mut self, others: Self, query: &Query) {
        let group = self.groups.len();
        self.groups.push(vec![None; query.group_by.len()]);
        self.others = Some(group);
        self.rows.extend(others.rows.into_iter().map(|row| TableRow { group, ..row }));
        self.sort(query);
    }

    async fn list(
        &mut self,
        making: &Making<'_>,
        mut cells: HashMap<(usize, usize), Cell>,
        fills: bool,
        by_store: HashMap<StoreId, HashMap<usize, Told>>,
    ) -> Result<(), QueryError> {
        let query = making.query;
        // A group that is one store's knows what that store tells; any other what some store does.
        let of_store = query.group_by.iter().position(|dimension| dimension.kind == DimensionKind::Store);
        let by_store: HashMap<String, _> = by_store.into_iter().map(|(id, told)| (id.to_string(), told)).collect();
        let nothing = Told::of_nothing(making.measures.sources().len());
        let everything = fills || query.granularity.is_none() && query.group_by.is_empty();
        let mut keys: Vec<_> = if everything {
            check_rows(self.steps.len().saturating_mul(self.groups.len()), making.measures.width)?;
            let groups = self.groups.len();
            (0..self.steps.len()).flat_map(|step| (0..groups).map(move |group| (step, group))).collect()
        } else {
            check_rows(cells.len(), making.measures.width)?;
            cells.keys().copied().collect()
        };
        keys.sort_unstable();
        for (number, key) in keys.into_iter().enumerate() {
            // Many formulas over many rows take long: whoever stops the query must be heard.
            if number % ROWS_AT_ONCE == ROWS_AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            let store = of_store.and_then(|at| by_store.get(self.groups[key.1][at].as_deref()?));
            let told = store.map_or(&self.steps[key.0].told, |steps| steps.get(&key.0).unwrap_or(&nothing));
            let cell = cells.remove(&key).unwrap_or_default();
            self.rows.push(TableRow {
                step: key.0,
                group: key.1,
                current: making.figures(cell.current.as_deref(), &told.now),
                previous: query.compare_to.map(|_| making.figures(cell.previous.as_deref(), &told.beside)),
            });
        }
        Ok(())
    }

    /// Leaves out rows for which the conditions do not hold.
    fn keep_only_what_is_asked_for(&mut self, query: &Query) {
        let Some(having) = &query.having else { return };
        let groups = &self.groups;
        self.rows.retain(|row| {
            let holds = |condition: &RowCondition| match condition {
                RowCondition::Dimension(comparison) => {
                    let at = query.group_by.iter().position(|dimension| *dimension == comparison.dimension)?;
                    comparison.is(groups[row.group][at].as_deref())
                }
                RowCondition::Figure(comparison) => {
                    let (at, asked) = query.asked().enumerate().find(|(_, asked)| asked.key == comparison.metric)?;
                    comparison.is(exact(row.current[at], asked.unit).as_ref())
                }
            };
            having.holds(&holds) == Some(true)
        });
    }

    /// Rows come in the order asked for; equal ones by time, then by group. Without an order they come by time, or else
    /// by the first metric, greatest first.
    fn sort(&mut self, query: &Query) {
        let Self { rows, groups, others, .. } = self;
        let is_other = |row: &TableRow| Some(row.group) == *others;
        // All others come last: of each step where rows are by time, and else of all.
        let is_by_time = query.order_by.is_empty() && query.granularity.is_some();
        let metric = |key: &String| query.metrics.iter().position(|asked| asked.key == *key);
        let dimension = |one: &super::registry::DimensionRef| query.group_by.iter().position(|asked| asked == one);
        rows.sort_by(|a, b| {
            let asked = query.order_by.iter().map(|order| match &order.field {
                OrderField::Time(_) => directed(a.step.cmp(&b.step), order.direction),
                OrderField::Dimension(one) => dimension(one).map_or(Ordering::Equal, |at| {
                    nulls_last(groups[a.group][at].as_ref(), groups[b.group][at].as_ref(), order.direction)
                }),
                OrderField::Metric(key) => {
                    metric(key).map_or(Ordering::Equal, |at| nulls_last(a.current[at], b.current[at], order.direction))
                }
            });
            let by_default = if query.order_by.is_empty() && query.granularity.is_none() {
                nulls_last(a.current.first().copied().flatten(), b.current.first().copied().flatten(), Direction::Desc)
            } else {
                Ordering::Equal
            };
            let order = asked.fold(by_default, Ordering::then).then(a.step.cmp(&b.step)).then(a.group.cmp(&b.group));
            if is_by_time { order } else { is_other(a).cmp(&is_other(b)).then(order) }
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

/// Everything that was found by step and group, and the groups in order.
fn cells(
    making: &Making<'_>,
    has_steps: bool,
    all: Vec<(Figures, Option<Figures>)>,
) -> (Vec<Group>, HashMap<(usize, usize), Cell>) {
    let mut found: HashMap<Group, HashMap<usize, Cell>> = HashMap::new();
    let mut put = |figures: Figures, side: fn(&mut Cell) -> &mut Option<Values>| {
        for ((step, group), slots) in figures.rows {
            // Without granularity all is one step; with it, what is in none is beside none.
            let step = if has_steps { step.and_then(|step| usize::try_from(step).ok()) } else { Some(0) };
            let Some(step) = step else { continue };
            let cell = side(found.entry(group).or_default().entry(step).or_default());
            match cell {
                Some(values) => making.merge(values, &slots),
                None => *cell = Some(slots),
            }
        }
    };
    for (current, previous) in all {
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
