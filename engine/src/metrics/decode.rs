//! Reading what plans of aggregates give.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;

use super::error::QueryError;
use super::figures::{Figures, Group, Values, merge};
use super::plan::facts::Currencies;
use super::plan::measures::{FactSet, Slot};
use super::row_limit::RowsRead;
use super::runner::Runner;

/// What the columns of an aggregation are.
#[derive(Clone)]
pub(crate) struct Layout {
    /// One row over everything, with the number of rows in its last column.
    pub(crate) is_total: bool,
    /// Whether the number of a bucket comes first.
    pub(crate) buckets: bool,
    /// For each dimension: the store's own value, or `None` when it is read from a column.
    pub(crate) group: Vec<Option<Arc<str>>>,
    /// The slots that have columns, by their position, and what each holds when none of a row's own rows count for it.
    pub(crate) slots: Vec<(usize, Option<i128>)>,
    /// What the columns after them tell of currencies.
    pub(crate) currencies: Currencies,
    /// How many slots there are, with columns or not.
    pub(crate) width: usize,
}

pub(crate) struct Row {
    pub(crate) bucket: Option<i32>,
    pub(crate) group: Group,
    pub(crate) slots: Values,
    /// The least and the greatest currency of its amounts, where that was asked for.
    pub(crate) currencies: [Option<Arc<str>>; 2],
}

/// What plans over a set of facts found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) rows: Vec<Row>,
    /// Totals of slots that rows cannot be merged to, by the position of the slot.
    pub(crate) totals: Vec<(usize, Option<i128>)>,
    /// Currencies of amounts beside those that rows tell.
    pub(crate) currencies: BTreeSet<String>,
    /// Whether some amounts could not be converted.
    pub(crate) is_unrated: bool,
}

impl Found {
    /// Adds what other rows come to.
    pub(crate) fn append(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.totals.extend(other.totals);
        self.currencies.extend(other.currencies);
        self.is_unrated |= other.is_unrated;
    }

    pub(crate) fn add_to(self, figures: &mut Figures, set: &FactSet, width: usize) {
        let mergings: Vec<_> = set.slots.iter().map(Slot::merging).collect();
        let slots = set.range();
        let totals = &mut figures.totals[slots.clone()];
        for row in &self.rows {
            merge(totals, &row.slots, &mergings);
        }
        for (slot, total) in self.totals {
            totals[slot] = total;
        }
        for row in self.rows {
            figures.currencies.extend(row.currencies.into_iter().flatten().map(|currency| currency.to_string()));
            let values = figures.rows.entry((row.bucket, row.group)).or_insert_with(|| vec![None; width]);
            merge(&mut values[slots.clone()], &row.slots, &mergings);
        }
        figures.currencies.extend(self.currencies);
    }
}

/// Runs a plan of aggregates.
pub(crate) async fn read_rows(
    runner: &Runner<'_>,
    plan: LogicalPlan,
    layout: &Layout,
    rows_read: &RowsRead,
) -> Result<Found, QueryError> {
    let mut found = Found::default();
    let mut running = runner.run(plan).await?;
    while let Some(batch) = running.next().await? {
        rows_read.add(batch.num_rows(), layout.width)?;
        decode(&batch, layout, &mut found)?;
    }
    Ok(found)
}

fn decode(batch: &RecordBatch, layout: &Layout, found: &mut Found) -> Result<(), QueryError> {
    let mut column = 0;
    let mut next = || {
        column += 1;
        column - 1
    };
    let buckets = layout.buckets.then(|| batch.column(next()).as_primitive_opt::<Int32Type>()).flatten();
    let keys: Vec<_> = layout
        .group
        .iter()
        .map(|constant| match constant {
            Some(value) => Ok(vec![Some(value.clone()); batch.num_rows()]),
            None => texts(batch, next()),
        })
        .collect::<Result<_, QueryError>>()?;
    let slots: Vec<_> = layout.slots.iter().map(|(slot, of_nothing)| (next(), *slot, *of_nothing)).collect();
    if layout.is_total && number(batch, batch.num_columns() - 1, 0)? == Some(0) {
        return Ok(());
    }
    let currencies = match layout.currencies {
        Currencies::Found => Some([texts(batch, next())?, texts(batch, next())?]),
        Currencies::Known | Currencies::Converted => None,
    };
    for row in 0..batch.num_rows() {
        let mut values = vec![None; layout.width];
        for (column, slot, of_nothing) in &slots {
            values[*slot] = number(batch, *column, row)?.or(*of_nothing);
        }
        found.rows.push(Row {
            bucket: buckets.filter(|buckets| buckets.is_valid(row)).map(|buckets| buckets.value(row)),
            group: keys.iter().map(|key| key[row].clone()).collect(),
            slots: values,
            currencies: currencies
                .as_ref()
                .map_or_else(Default::default, |ends| ends.each_ref().map(|end| end[row].clone())),
        });
    }
    if layout.currencies == Currencies::Converted {
        let unrated = next();
        for row in 0..batch.num_rows() {
            found.is_unrated |= number(batch, unrated, row)?.is_some_and(|rows| rows > 0);
        }
    }
    Ok(())
}

/// A value as a whole number: of its last decimal, or of microseconds.
pub(crate) fn number(batch: &RecordBatch, column: usize, row: usize) -> Result<Option<i128>, QueryError> {
    let (values, field) = (batch.column(column), batch.schema_ref().field(column));
    if values.is_null(row) {
        return Ok(None);
    }
    Ok(Some(match field.data_type() {
        DataType::Int64 => i128::from(values.as_primitive::<Int64Type>().value(row)),
        DataType::Decimal128(..) => values.as_primitive::<Decimal128Type>().value(row),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            i128::from(values.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        other => return Err(unexpected(field.name(), "a number", other)),
    }))
}

/// A column of texts; equal neighbours share one.
pub(crate) fn texts(batch: &RecordBatch, column: usize) -> Result<Vec<Option<Arc<str>>>, QueryError> {
    let cast = arrow::compute::cast(batch.column(column), &DataType::Utf8View)?;
    let Some(values) = cast.as_string_view_opt() else {
        return Err(unexpected(batch.schema_ref().field(column).name(), "a text", cast.data_type()));
    };
    let mut last: Option<Arc<str>> = None;
    let shared = values.iter().map(|value| {
        let value = value?;
        if last.as_deref() != Some(value) {
            last = Some(value.into());
        }
        last.clone()
    });
    Ok(shared.collect())
}

fn unexpected(column: &str, what: &str, found: &DataType) -> QueryError {
    DataFusionError::Internal(format!("expected {what} in column {column:?}, got {found}")).into()
}
