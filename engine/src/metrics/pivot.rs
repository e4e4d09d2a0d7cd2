//! Rows that stand side by side: a column for each figure and each value of one of the dimensions that rows are grouped by.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::error::QueryError;
use super::figure::Figure;
use super::figures::Group;
use super::query::{Direction, OrderField, Query};
use super::row_limit::check_rows;
use super::table::{Table, TableRow, directed, nulls_last};

/// Columns of figures that an answer may have.
const MAX_COLUMNS: usize = 200;

/// One value of the dimension.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// A value, or that there is none.
    Is(Option<Arc<str>>),
    /// All that are not among the largest.
    Others,
}

/// A line of the answer.
pub(crate) struct Line<'t> {
    pub(crate) step: usize,
    /// The values of the other dimensions.
    pub(crate) group: Group,
    /// One for each value, where there is one.
    pub(crate) rows: Vec<Option<&'t TableRow>>,
}

/// A table on its side.
pub(crate) struct Pivot<'t> {
    pub(crate) values: Vec<Value>,
    pub(crate) lines: Vec<Line<'t>>,
}

/// Where the dimension is among those that rows are grouped by.
pub(crate) fn position(query: &Query) -> Option<usize> {
    let pivot = query.pivot?;
    query.group_by.iter().position(|dimension| *dimension == pivot)
}

/// The query about the columns as a whole: its rows are one for each value, over all of the range.
pub(crate) fn of_columns(query: &Query) -> Query {
    let (group_by, beside) = query.group_by.iter().partition(|dimension| Some(**dimension) == query.pivot);
    Query { granularity: None, group_by, beside, having: None, pivot: None, order_by: Vec::new(), ..query.clone() }
}

/// Sees to it that there is a group for each column of each line, with rows or without.
pub(crate) fn complete<T: Default>(
    query: &Query,
    groups: &mut HashMap<Group, T>,
    width: usize,
) -> Result<(), QueryError> {
    let Some(at) = position(query) else { return Ok(()) };
    let mut values: Vec<_> = groups.keys().map(|group| group[at].clone()).collect();
    values.sort_unstable();
    values.dedup();
    check_columns(query, values.len())?;
    let mut lines: Vec<_> = groups.keys().map(|group| rest(group, at)).collect();
    lines.sort_unstable();
    lines.dedup();
    check_rows(lines.len().saturating_mul(values.len()), width)?;
    for line in lines {
        for value in &values {
            let mut group = line.clone();
            group.insert(at, value.clone());
            groups.entry(group).or_default();
        }
    }
    Ok(())
}

impl<'t> Pivot<'t> {
    /// The rows of a table side by side: the columns in the order of those that are told of as a whole, the lines in the one that is
    /// asked for, equal ones by time and then by group.
    pub(crate) fn of(query: &Query, table: &'t Table, columns: &Table) -> Result<Self, QueryError> {
        let at = position(query).unwrap_or_default();
        let value_of = |table: &Table, group: usize, at: usize| {
            if table.others == Some(group) { Value::Others } else { Value::Is(table.groups[group][at].clone()) }
        };
        let mut places: HashMap<Value, usize> = HashMap::new();
        let mut values = Vec::new();
        let of_columns = columns.rows.iter().map(|row| value_of(columns, row.group, 0));
        let of_rows = table.rows.iter().map(|row| value_of(table, row.group, at));
        for value in of_columns.chain(of_rows) {
            places.entry(value).or_insert_with_key(|value| {
                values.push(value.clone());
                values.len() - 1
            });
        }
        check_columns(query, values.len())?;
        let mut numbers: HashMap<(usize, Group), usize> = HashMap::new();
        let mut lines: Vec<Line<'t>> = Vec::new();
        for row in &table.rows {
            let group = rest(&table.groups[row.group], at);
            let number = *numbers.entry((row.step, group)).or_insert_with_key(|(step, group)| {
                lines.push(Line { step: *step, group: group.clone(), rows: vec![None; values.len()] });
                lines.len() - 1
            });
            lines[number].rows[places[&value_of(table, row.group, at)]] = Some(row);
        }
        let others: Vec<_> = query.group_by.iter().filter(|dimension| Some(**dimension) != query.pivot).collect();
        lines.sort_by(|a, b| {
            let asked = query.order_by.iter().map(|order| match &order.field {
                OrderField::Time(_) => directed(a.step.cmp(&b.step), order.direction),
                OrderField::Dimension(one) => match others.iter().position(|other| *other == one) {
                    Some(at) => nulls_last(a.group[at].as_ref(), b.group[at].as_ref(), order.direction),
                    None => Ordering::Equal,
                },
                // They are several columns each.
                OrderField::Metric(_) => Ordering::Equal,
            });
            let groups = a.group.iter().zip(&b.group);
            let groups = groups.map(|(a, b)| nulls_last(a.as_ref(), b.as_ref(), Direction::Asc));
            asked.chain([a.step.cmp(&b.step)]).chain(groups).fold(Ordering::Equal, Ordering::then)
        });
        Ok(Self { values, lines })
    }

    /// The keys of the columns of a figure, one for each value: `shopify.revenue[web]`.
    pub(crate) fn keys(&self, figure: &str) -> Vec<String> {
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let key = |value: &Value| {
            let key = format!("{figure}[{}]", value.text());
            let times = taken.entry(key.clone()).or_default();
            *times += 1;
            // Only where a value is called like what there is no value for.
            if *times == 1 { key } else { format!("{figure}[{}]#{times}", value.text()) }
        };
        self.values.iter().map(key).collect()
    }

    /// The figures of each value over the whole range, and the compared ones.
    pub(crate) fn totals(&self, columns: &Table, asked: usize) -> Vec<(Figure, Figure)> {
        let of_value = |value: &Value| {
            let is_its = |row: &&TableRow| match value {
                Value::Others => columns.others == Some(row.group),
                Value::Is(value) => columns.others != Some(row.group) && columns.groups[row.group][0] == *value,
            };
            let row = columns.rows.iter().find(is_its);
            let previous = row.and_then(|row| row.previous.as_ref()?[asked]);
            (row.and_then(|row| row.current[asked]), previous)
        };
        self.values.iter().map(of_value).collect()
    }
}

impl Value {
    /// For people.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Is(Some(value)) => value,
            Self::Is(None) => "none",
            Self::Others => "all others",
        }
    }

    /// The value itself.
    pub(crate) fn value(&self) -> Option<&str> {
        match self {
            Self::Is(value) => value.as_deref(),
            Self::Others => None,
        }
    }
}

fn rest(group: &Group, at: usize) -> Group {
    group.iter().enumerate().filter(|(number, _)| *number != at).map(|(_, value)| value.clone()).collect()
}

fn check_columns(query: &Query, values: usize) -> Result<(), QueryError> {
    if values.saturating_mul(query.metrics.len()) <= MAX_COLUMNS {
        return Ok(());
    }
    Err(QueryError::Limit {
        what: "columns",
        limit: MAX_COLUMNS as u64,
        hint: "pivot by something with fewer values, filter, or give \"top\"",
    })
}
