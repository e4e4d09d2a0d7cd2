//! Answers whose rows stand side by side.

use serde_json::{Map, Value};

use super::answer::{Answer, label, written};
use super::figure::{Figure, compared, json};
use super::pivot::{self, Line, Pivot};
use super::plan::facts::CURRENCY;
use super::registry::{DimensionKind, Unit};
use super::response::{Column, ColumnRole, PivotEcho};
use super::table::{Table, TableRow};

/// The keys of the columns of what is asked for, by its position.
pub(crate) type Keys = Vec<Vec<String>>;

impl Answer<'_> {
    pub(crate) fn pivot_keys(&self, pivot: &Pivot<'_>) -> Keys {
        self.query.metrics.iter().map(|asked| pivot.keys(&asked.key)).collect()
    }

    /// A line of the answer.
    pub(crate) fn line(&self, line: &Line<'_>, keys: &Keys) -> Map<String, Value> {
        let mut map = Map::new();
        let step = &self.table.steps[line.step];
        if self.query.granularity.is_some() {
            map.insert("time".to_owned(), label(step.label));
        }
        let dimensions = self.query.group_by.iter().filter(|dimension| Some(**dimension) != self.query.pivot);
        for (dimension, value) in dimensions.zip(&line.group) {
            map.insert(dimension.id.to_owned(), value.as_deref().map_or(Value::Null, Value::from));
        }
        let figures = || {
            self.query.metrics.iter().zip(keys).enumerate().flat_map(|(at, (asked, keys))| {
                keys.iter().zip(&line.rows).map(move |(key, row)| (key, asked.unit, now(*row, at), before(*row, at)))
            })
        };
        map.extend(figures().map(|(key, unit, now, _)| (key.clone(), json(now, unit))));
        if self.query.compare_to.is_some() {
            let mut beside = Map::new();
            if self.query.granularity.is_some() {
                beside.insert("time".to_owned(), label(step.beside));
            }
            let figures = figures().map(|(key, unit, now, before)| (key.clone(), written(compared(now, before, unit))));
            beside.extend(figures);
            map.insert("comparison".to_owned(), Value::Object(beside));
        }
        map
    }

    /// A column for each figure and value, in the place of those of the figures and of the dimension.
    pub(crate) fn pivoted_columns(&self, columns: Vec<Column>, pivot: &Pivot<'_>, keys: &Keys) -> Vec<Column> {
        let Some(dimension) = self.query.pivot else { return columns };
        let is_kept = |column: &&Column| column.role != ColumnRole::Metric && column.key != dimension.id;
        let mut pivoted: Vec<_> = columns.iter().filter(is_kept).cloned().collect();
        let figures = columns.into_iter().filter(|column| column.role == ColumnRole::Metric);
        let by_currency = dimension.kind == DimensionKind::Column(CURRENCY) && self.query.currency.is_none();
        for (column, keys) in figures.zip(keys) {
            pivoted.extend(keys.iter().zip(&pivot.values).map(|(key, value)| Column {
                key: key.clone(),
                title: format!("{}, {}", column.title, self.name_of(value)),
                currency: match column.unit {
                    Some(Unit::Currency) if by_currency => value.value().map(str::to_owned),
                    _ => column.currency.clone(),
                },
                pivot: Some(PivotEcho {
                    metric: column.key.clone(),
                    dimension: dimension.id,
                    value: value.value().map(str::to_owned),
                    other: *value == pivot::Value::Others,
                }),
                ..column.clone()
            }));
        }
        pivoted
    }

    /// What a value is called: a store by its name.
    fn name_of<'v>(&'v self, value: &'v pivot::Value) -> &'v str {
        let is_store = self.query.pivot.is_some_and(|pivot| pivot.kind == DimensionKind::Store);
        let mut stores = self.stores.iter().filter(|_| is_store).map(|store| store.scope);
        let store = stores.find(|store| Some(store.id.to_string().as_str()) == value.value());
        store.map_or_else(|| value.text(), |store| &store.name)
    }

    /// The figures of each column over the whole range, and the compared ones, by their keys.
    pub(crate) fn pivoted_totals(
        &self,
        pivot: &Pivot<'_>,
        columns: &Table,
        keys: &Keys,
    ) -> Vec<(String, Figure, Figure, Unit)> {
        // Each column is of one currency where the currency is what they are of.
        let by_currency = self.query.pivot.is_some_and(|pivot| pivot.kind == DimensionKind::Column(CURRENCY));
        let each = self.query.metrics.iter().zip(keys).enumerate().flat_map(|(at, (asked, keys))| {
            let is_shown = by_currency || !self.hides_total_of(at);
            let totals = pivot.totals(columns, at).into_iter();
            keys.iter().zip(totals).map(move |(key, (now, before))| {
                (key.clone(), now.filter(|_| is_shown), before.filter(|_| is_shown), asked.unit)
            })
        });
        each.collect()
    }
}

fn now(row: Option<&TableRow>, asked: usize) -> Figure {
    row?.current[asked]
}

fn before(row: Option<&TableRow>, asked: usize) -> Figure {
    row?.previous.as_ref()?[asked]
}
