//! A lake for the suite: what a store must hold after pages were committed, written as plainly as can be.

use std::collections::{BTreeMap, BTreeSet};

use aloftly_engine::dataset::Dataset;
use aloftly_engine::lake::Slice;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type, TimestampMicrosecondType};

use crate::contract::{Kept, Page, Removal};

/// A row by column: instants as microseconds, decimals as their raw number.
pub type Row = BTreeMap<String, Option<String>>;

#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    version: i64,
    rows: Vec<Row>,
}

/// What was read, and where each stream goes on.
#[derive(Clone, Debug, Default)]
pub struct Lake {
    tables: BTreeMap<&'static str, BTreeMap<String, State>>,
    /// Where the next reading of what changed begins, by stream.
    pub(super) resting: BTreeMap<&'static str, String>,
    /// Where a first reading is.
    pub(super) first: BTreeMap<&'static str, String>,
    /// The streams that the job at hand is done with.
    pub(super) finished: BTreeSet<&'static str>,
    /// What was kept of answers, in the order in which rows are made of it anew.
    pub(super) kept: BTreeMap<(&'static str, String, String), Kept>,
    /// The stream and number of things of every page that had some, in their order.
    pub(super) pages: Vec<(&'static str, u64)>,
}

impl Lake {
    /// All rows of a dataset.
    pub fn rows(&self, dataset: &str) -> impl Iterator<Item = &Row> {
        self.tables.get(dataset).into_iter().flat_map(BTreeMap::values).flat_map(|state| &state.rows)
    }

    /// Removes what is gone.
    pub fn remove(&mut self, removal: &Removal) {
        let table = self.tables.entry(removal.dataset).or_default();
        table.retain(|entity, _| !removal.entities.contains(entity));
        let is_gone =
            |(dataset, entity): &(&str, String)| *dataset == removal.dataset && removal.entities.contains(entity);
        self.kept.retain(|_, kept| !kept.thing.as_ref().is_some_and(is_gone));
    }

    /// Takes what a page tells.
    pub fn apply(&mut self, page: &Page) {
        page.removals.iter().for_each(|removal| self.remove(removal));
        assert!(page.batches.is_empty() || !page.kept.is_empty(), "rows are made of an answer, which is kept");
        for kept in &page.kept {
            let key = (kept.raw.stream, kept.raw.kind.to_string(), kept.key.clone());
            if self.kept.get(&key).is_none_or(|held| held.version <= kept.version) {
                self.kept.insert(key, kept.clone());
            }
        }
        let told = told(page);
        if let Some(slice) = &page.replaces {
            let name = slice.dataset().name;
            let states = told.get(name);
            let is_outside = |state: &State| !state.rows.iter().all(|row| is_in(slice, row));
            assert!(!states.is_some_and(|states| states.values().any(is_outside)), "rows outside of what is replaced");
            assert!(told.keys().all(|other| *other == name), "rows of other datasets than what is replaced");
            let table = self.tables.entry(name).or_default();
            table.retain(|_, state| !state.rows.iter().any(|row| is_in(slice, row)));
        }
        for (dataset, states) in told {
            let table = self.tables.entry(dataset).or_default();
            for (entity, state) in states {
                // Where a slice was replaced, nothing of it is held any more.
                if table.get(&entity).is_none_or(|held| held.version <= state.version) {
                    table.insert(entity, state);
                }
            }
        }
    }

    /// Commits a page of a stream with the cursor behind it.
    pub(super) fn commit(&mut self, stream: &'static str, is_first: bool, page: &Page) {
        self.apply(page);
        let cursors = if is_first { &mut self.first } else { &mut self.resting };
        cursors.insert(stream, page.cursor.to_text());
        if page.records > 0 {
            self.pages.push((stream, page.records));
        }
    }
}

/// The states that a page tells, by dataset and entity: of each entity that of the highest version, among equals the last.
fn told(page: &Page) -> BTreeMap<&'static str, BTreeMap<String, State>> {
    let mut told: BTreeMap<&'static str, BTreeMap<String, State>> = BTreeMap::new();
    for (dataset, batch) in &page.batches {
        assert_eq!(batch.schema(), dataset.schema, "{}", dataset.name);
        assert!(batch.num_rows() > 0, "an empty batch of {}", dataset.name);
        let table = told.entry(dataset.name).or_default();
        for (entity, state) in states(dataset, batch) {
            if table.get(&entity).is_none_or(|other| other.version <= state.version) {
                table.insert(entity, state);
            }
        }
    }
    told
}

/// The states of a batch, in its order: rows next to one another that ascend by the row column are one.
fn states(dataset: &Dataset, batch: &RecordBatch) -> Vec<(String, State)> {
    let mut states: Vec<(String, State)> = Vec::new();
    for at in 0..batch.num_rows() {
        let row = row_of(batch, at);
        let text = |column: &str| row[column].clone().unwrap_or_else(|| panic!("{}: {column} is null", dataset.name));
        let (entity, version): (String, i64) = (text(dataset.entity), text(dataset.version).parse().unwrap());
        let goes_on = |(of, state): &&mut (String, State)| {
            *of == entity && state.rows.last().is_some_and(|before| ascends(dataset, before, &row))
        };
        match states.last_mut().filter(goes_on) {
            Some((_, state)) => {
                assert_eq!(state.version, version, "{}: a state has one version", dataset.name);
                state.rows.push(row);
            }
            None => states.push((entity, State { version, rows: vec![row] })),
        }
    }
    states
}

/// Whether a row comes behind another of its entity.
fn ascends(dataset: &Dataset, before: &Row, row: &Row) -> bool {
    let Some(column) = dataset.row else { return false };
    let is_number = dataset.schema.field_with_name(column).is_ok_and(|field| field.data_type() == &DataType::Int64);
    match (&before[column], &row[column]) {
        (Some(before), Some(now)) if is_number => before.parse::<i64>().unwrap() < now.parse::<i64>().unwrap(),
        (before, now) => before < now,
    }
}

fn is_in(slice: &Slice, row: &Row) -> bool {
    let at: i64 = row[slice.dataset().time].as_ref().unwrap().parse().unwrap();
    let has =
        |(column, values): &(&str, BTreeSet<String>)| row[*column].as_ref().is_some_and(|own| values.contains(own));
    (slice.range().0..slice.range().1).contains(&at) && slice.conditions().iter().all(has)
}

fn row_of(batch: &RecordBatch, at: usize) -> Row {
    let schema = batch.schema();
    let cells = schema.fields().iter().zip(batch.columns());
    cells.map(|(field, column)| (field.name().clone(), cell_of(column, at))).collect()
}

fn cell_of(column: &ArrayRef, at: usize) -> Option<String> {
    column.is_valid(at).then(|| match column.data_type() {
        DataType::Utf8View => column.as_string_view().value(at).to_owned(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(at).to_string(),
        DataType::Boolean => column.as_boolean().value(at).to_string(),
        DataType::Decimal128(_, _) => column.as_primitive::<Decimal128Type>().value(at).to_string(),
        DataType::Timestamp(_, _) => column.as_primitive::<TimestampMicrosecondType>().value(at).to_string(),
        other => panic!("no cell of {other}"),
    })
}
