//! Following customers from step to step of a funnel, within one store.
//!
//! The first step lies in the range that is asked about, and decides the bucket and group that a customer is counted in; later steps
//! may come after the range, within the window. A customer counts once in each bucket and group, and once in the totals.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int32Type, TimestampMicrosecondType};
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::MemoryReservation;

use super::chain::{Event, Reached};
use super::decode::texts;
use super::error::QueryError;
use super::execute::{Stretch, Task};
use super::figures::{Figures, Group, Values};
use super::plan::facts::FactsPlan;
use super::query::Following;

/// Where a first step is counted: its bucket, and what it is grouped by.
type Place = (Option<i32>, Group);

/// The figures of the funnel over a range; steps after `end`, in microseconds, do not count.
pub(crate) async fn figures(
    task: &Task<'_>,
    following: Following,
    stretch: Stretch,
    end: i64,
) -> Result<Figures, QueryError> {
    let window = following.window.micros();
    let mut events = Events::of(task);
    let mut is_told = Vec::new();
    let Stretch { range, mut buckets } = stretch;
    for (step, set) in task.measures.facts.iter().enumerate() {
        let is_first = step == 0;
        let mut plan = task.plan(set);
        let last = range.1.saturating_add(window).saturating_add(1).min(end);
        let within = if is_first { range } else { (range.0, last.max(range.0)) };
        if !is_first {
            plan = FactsPlan { group_by: &[], ..plan };
        }
        let facts = plan.facts(task.facts, within).await?;
        let buckets = buckets.take().filter(|_| is_first);
        let columns = Columns { buckets: buckets.is_some(), keys: plan.keys().len() };
        let steps = plan.steps(facts, buckets)?;
        let mut running = task.runner(set).run(steps).await?;
        let before = events.all.len();
        while let Some(batch) = running.next().await? {
            events.read(step, &batch, columns, task)?;
        }
        is_told.push(events.all.len() > before);
    }
    let Events { all, places, .. } = events;
    let steps = is_told.len();
    let reached = Reached::of(all, steps, places.len(), window);
    // Where nothing at all was done, whether that is nothing or not known is for the source's data to tell.
    let values = |counts: &[u64]| -> Values {
        counts.iter().zip(&is_told).map(|(count, is_told)| is_told.then_some((*count).into())).collect()
    };
    let rows = places.into_iter().map(|(place, number)| (place, values(&reached.by_place[number as usize])));
    Ok(Figures { rows: rows.collect(), totals: values(&reached.in_all), ..Figures::default() })
}

/// What the columns after whose a step is and when it happened are.
#[derive(Clone, Copy)]
struct Columns {
    buckets: bool,
    keys: usize,
}

/// What is known so far of those who took the first step.
struct Events {
    all: Vec<Event>,
    customers: HashMap<Box<str>, u32>,
    places: HashMap<Place, u32>,
    /// What all this takes of the queries' memory.
    reservation: MemoryReservation,
}

impl Events {
    fn of(task: &Task<'_>) -> Self {
        Self {
            all: Vec::new(),
            customers: HashMap::new(),
            places: HashMap::new(),
            reservation: task.facts.planner().reserve("funnel"),
        }
    }

    /// Takes the events of a step. Later steps of customers who never took the first do not matter.
    fn read(&mut self, step: usize, batch: &RecordBatch, columns: Columns, task: &Task<'_>) -> Result<(), QueryError> {
        let customers = arrow::compute::cast(batch.column(0), &DataType::Utf8View)?;
        let (Some(customers), Some(instants)) =
            (customers.as_string_view_opt(), batch.column(1).as_primitive_opt::<TimestampMicrosecondType>())
        else {
            return Err(DataFusionError::Internal("steps are of customers, at instants".to_owned()).into());
        };
        let places = if step == 0 { self.places(batch, columns, task)? } else { Vec::new() };
        let step = u16::try_from(step).unwrap_or(u16::MAX);
        let mut bytes = 0;
        for (row, customer) in customers.iter().enumerate() {
            let Some(customer) = customer else { continue };
            let number = match (self.customers.get(customer), step) {
                (Some(number), _) => *number,
                (None, 0) => {
                    let number = u32::try_from(self.customers.len()).unwrap_or(u32::MAX);
                    bytes += customer.len() + 2 * size_of::<(Box<str>, u32)>();
                    self.customers.insert(customer.into(), number);
                    number
                }
                (None, _) => continue,
            };
            bytes += 2 * size_of::<Event>();
            let place = places.get(row).copied().unwrap_or_default();
            self.all.push(Event { customer: number, step, at: instants.value(row), place });
        }
        Ok(self.reservation.try_grow(bytes)?)
    }

    /// The number of each row's place.
    fn places(&mut self, batch: &RecordBatch, columns: Columns, task: &Task<'_>) -> Result<Vec<u32>, QueryError> {
        let buckets = columns.buckets.then(|| batch.column(2).as_primitive_opt::<Int32Type>()).flatten();
        let first = 2 + usize::from(columns.buckets);
        let mut read = (first..first + columns.keys).map(|column| texts(batch, column));
        let keys = task.group_layout().into_iter().map(|constant| match constant {
            Some(value) => Ok(vec![Some(value); batch.num_rows()]),
            None => read.next().unwrap_or_else(|| Ok(Vec::new())),
        });
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        let before = self.places.len();
        let numbers = (0..batch.num_rows()).map(|row| {
            let bucket = buckets.filter(|buckets| buckets.is_valid(row)).map(|buckets| buckets.value(row));
            let place = (bucket, keys.iter().map(|key| key[row].clone()).collect());
            let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
            *self.places.entry(place).or_insert(next)
        });
        let numbers = numbers.collect();
        task.rows_read.add(self.places.len() - before, task.measures.width)?;
        Ok(numbers)
    }
}
