//! The rows of an answer: the figures of all stores brought together, gaps filled, in order.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::axis::{Axis, Step, Told};
use super::caveats::Counted;
use super::error::QueryError;
use super::figure::{Figure, exact};
use super::figures::{Figures, Group, Values};
use super::making::Making;
use super::pivot;
use super::plan::measures::Measures;
use super::query::{Direction, OrderField, Query, RowCondition};
use super::registry::DimensionKind;
use super::row_limit::check_rows;
use super::shaping::{self, Point};
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
#[derive(Clone, Debug)]
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
    /// What sources say themselves of rows that it is made of.
    pub(crate) caveats: Vec<Counted>,
}

/// What rows come to, by step and group.
type Cells = HashMap<(usize, usize), Cell>;

/// What a group's rows come to in one step.
#[derive(Default)]
struct Cell {
    current: Option<Values>,
    previous: Option<Values>,
    /// The same of rows before the ranges of their stores.
    lead: Option<Values>,
    previous_lead: Option<Values>,
}

impl Cell {
    /// Whether it has rows of the ranges.
    fn is_listed(&self) -> bool {
        self.current.is_some() || self.previous.is_some()
    }
}

/// What stores tell, for rows of each by itself.
struct ToldByStore {
    own: HashMap<String, HashMap<usize, Told>>,
    lead: HashMap<String, HashMap<usize, Told>>,
    nothing: Told,
}

/// The figures of a group by step, in the period and in the compared one.
type Sides = (Vec<Figure>, Vec<Figure>);

/// Rows that are made before others have their turn.
const ROWS_AT_ONCE: usize = 1_024;

impl Table {
    /// The table of what all plans found in the period and in the one it is compared with, and right before them.
    pub(crate) async fn of(
        query: &Query,
        measures: &Measures,
        axis: Axis,
        found: Vec<(Figures, Option<Figures>)>,
        lead: Vec<(Figures, Option<Figures>)>,
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
        let (mut groups, cells) = cells(&making, found, lead)?;
        let fills = query.fill && query.granularity.is_some();
        if query.group_by.is_empty() && (fills || query.granularity.is_none()) && groups.is_empty() {
            groups.push(Vec::new());
        }
        let mut table = Self {
            rows: Vec::new(),
            totals: totals_of(&making, &totals, &axis.told.now),
            previous_totals: is_compared.then(|| totals_of(&making, &previous_totals, &axis.told.beside)),
            steps: axis.steps,
            groups,
            others: None,
            caveats: Vec::new(),
        };
        let by_id = |told: HashMap<StoreId, _>| told.into_iter().map(|(id, told)| (id.to_string(), told)).collect();
        let nothing = Told::of_nothing(making.tellers());
        let by_store = ToldByStore { own: by_id(axis.by_store), lead: by_id(axis.lead_by_store), nothing };
        table.list(&making, cells, fills, &by_store).await?;
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
        cells: Cells,
        fills: bool,
        by_store: &ToldByStore,
    ) -> Result<(), QueryError> {
        let query = making.query;
        let is_whole = query.group_by.is_empty() || query.fill && query.pivot.is_some();
        let everything = fills || query.granularity.is_none() && is_whole;
        let listed = |step: &usize| !self.steps[*step].is_lead;
        let mut keys: Vec<_> = if everything {
            check_rows(self.steps.len().saturating_mul(self.groups.len()), making.measures.width)?;
            let groups = self.groups.len();
            let steps = (0..self.steps.len()).filter(listed);
            steps.flat_map(|step| (0..groups).map(move |group| (step, group))).collect()
        } else {
            check_rows(cells.len(), making.measures.width)?;
            cells.iter().filter(|(_, cell)| cell.is_listed()).map(|(key, _)| *key).collect()
        };
        keys.sort_unstable();
        let shaped = self.shaped(making, &cells, by_store).await?;
        let nothing = Cell::default();
        for (number, key) in keys.into_iter().enumerate() {
            // Many formulas over many rows take long: whoever stops the query must be heard.
            if number % ROWS_AT_ONCE == ROWS_AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            let told = self.told(query, key, by_store);
            let cell = cells.get(&key).unwrap_or(&nothing);
            let mut row = TableRow {
                step: key.0,
                group: key.1,
                current: making.figures(cell.current.as_deref(), &told.now),
                previous: query.compare_to.map(|_| making.figures(cell.previous.as_deref(), &told.beside)),
            };
            for (asked, by_group) in &shaped {
                let (current, previous) = &by_group[key.1];
                row.current[*asked] = current[key.0];
                if let Some(of_row) = &mut row.previous {
                    of_row[*asked] = previous.get(key.0).copied().flatten();
                }
            }
            self.rows.push(row);
        }
        Ok(())
    }

    /// What is told of a group in a step: of a group that is one store's what that store tells, of any other what some store does.
    fn told<'t>(&'t self, query: &Query, (step, group): (usize, usize), by_store: &'t ToldByStore) -> &'t Told {
        let store = self.store_of(query, group).and_then(|store| by_store.own.get(store));
        store.map_or(&self.steps[step].told, |steps| steps.get(&step).unwrap_or(&by_store.nothing))
    }

    /// The same of time before the ranges of the stores.
    fn told_lead<'t>(&'t self, query: &Query, (step, group): (usize, usize), by_store: &'t ToldByStore) -> &'t Told {
        let store = self.store_of(query, group).and_then(|store| by_store.lead.get(store));
        store.map_or(&self.steps[step].told_lead, |steps| steps.get(&step).unwrap_or(&by_store.nothing))
    }

    /// The store that a group is of, where groups are.
    fn store_of(&self, query: &Query, group: usize) -> Option<&str> {
        let at = query.group_by.iter().position(|dimension| dimension.kind == DimensionKind::Store)?;
        self.groups[group][at].as_deref()
    }

    /// For all that is shaped: its position, and by group its figures, and the compared ones, by step.
    async fn shaped(
        &self,
        making: &Making<'_>,
        cells: &Cells,
        by_store: &ToldByStore,
    ) -> Result<Vec<(usize, Vec<Sides>)>, QueryError> {
        let query = making.query;
        let shapes = query.asked().enumerate().filter_map(|(at, asked)| Some((at, asked.shape?)));
        let mut shaped: Vec<_> = shapes.map(|(at, shape)| (at, shape, Vec::new())).collect();
        if shaped.is_empty() {
            return Ok(Vec::new());
        }
        if query.granularity.is_none() {
            // Of all of the range as one there is none.
            let none = || vec![None; self.steps.len()];
            let of_groups = || vec![(none(), none()); self.groups.len()];
            return Ok(shaped.into_iter().map(|(at, ..)| (at, of_groups())).collect());
        }
        let width = making.measures.width.max(2 * shaped.len());
        check_rows(self.steps.len().saturating_mul(self.groups.len()), width)?;
        let nothing = Cell::default();
        for group in 0..self.groups.len() {
            let steps = (0..self.steps.len()).map(|step| {
                let key = (step, group);
                let cell = cells.get(&key).unwrap_or(&nothing);
                (cell, self.told(query, key, by_store), self.told_lead(query, key, by_store), &self.steps[step])
            });
            let is_whole = |step: &Step| !(step.is_lead || step.is_incomplete || step.is_clipped);
            let current = steps.clone().map(|(cell, told, told_lead, step)| Point {
                own: cell.current.as_ref(),
                lead: cell.lead.as_ref(),
                told: told.now.clone(),
                told_lead: told_lead.now.clone(),
                is_whole: is_whole(step),
            });
            let previous = steps.clone().filter(|_| query.compare_to.is_some());
            let previous = previous.map(|(cell, told, told_lead, step)| Point {
                own: cell.previous.as_ref(),
                lead: cell.previous_lead.as_ref(),
                told: told.beside.clone(),
                told_lead: told_lead.beside.clone(),
                is_whole: is_whole(step),
            });
            let (current, previous): (Vec<_>, Vec<_>) = (current.collect(), previous.collect());
            for (at, shape, by_group) in &mut shaped {
                let of = |points: &[Point<'_>]| shaping::figures(making, *at, *shape, points);
                by_group.push((of(&current), of(&previous)));
                tokio::task::yield_now().await;
            }
        }
        Ok(shaped.into_iter().map(|(at, _, by_group)| (at, by_group)).collect())
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

pub(crate) fn directed(order: Ordering, direction: Direction) -> Ordering {
    if direction == Direction::Desc { order.reverse() } else { order }
}

pub(crate) fn nulls_last<T: Ord>(a: Option<T>, b: Option<T>, direction: Direction) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => directed(a.cmp(&b), direction),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// The figures over everything: of what is shaped there are none.
fn totals_of(making: &Making<'_>, totals: &[Option<i128>], told: &[bool]) -> Vec<Figure> {
    let figures = making.figures(Some(totals), told).into_iter().zip(making.query.asked());
    figures.map(|(figure, asked)| figure.filter(|_| asked.shape.is_none())).collect()
}

/// Everything that was found by step and group, and the groups in order.
fn cells(
    making: &Making<'_>,
    all: Vec<(Figures, Option<Figures>)>,
    lead: Vec<(Figures, Option<Figures>)>,
) -> Result<(Vec<Group>, Cells), QueryError> {
    let query = making.query;
    let has_steps = query.granularity.is_some();
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
    for (current, previous) in lead {
        put(current, |cell| &mut cell.lead);
        if let Some(previous) = previous {
            put(previous, |cell| &mut cell.previous_lead);
        }
    }
    if query.fill {
        pivot::complete(query, &mut found, making.measures.width)?;
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
    Ok((groups, cells))
}
