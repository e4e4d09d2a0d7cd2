//! Running the plans of one store.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type};
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use futures::future::{try_join, try_join_all};

use super::error::QueryError;
use super::plan::bucket_index::BucketIndex;
use super::plan::facts::{CURRENCY, FactsPlan};
use super::plan::measures::{DatasetMeasures, Measures};
use super::query::Query;
use super::registry::DimensionKind;
use super::resolve::{Resolved, StoreScope};
use super::row_limit::RowsRead;
use super::source::Facts;

/// The values that a row is grouped by, in the order of [`Query::group_by`].
pub(crate) type Group = Vec<Option<Arc<str>>>;

/// The figures of one store in one period.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    /// By bucket (none without granularity, and for instants beside no bucket) and group; one figure per slot.
    pub(crate) rows: HashMap<(Option<i32>, Group), Vec<i128>>,
    /// Over all rows; one figure per slot.
    pub(crate) totals: Vec<i128>,
    /// Currencies among the rows that money was summed over. When there is more than one, not necessarily all.
    pub(crate) currencies: BTreeSet<String>,
}

/// One store and what to ask it.
#[derive(Clone, Copy)]
pub(crate) struct Task<'q> {
    pub(crate) query: &'q Query,
    pub(crate) measures: &'q Measures,
    pub(crate) store: &'q StoreScope,
    pub(crate) facts: &'q dyn Facts,
    pub(crate) resolved: &'q Resolved,
    /// Counts the rows of all tasks of the query.
    pub(crate) rows_read: &'q RowsRead,
}

impl<'q> Task<'q> {
    /// The figures of the period and of the one it is compared with.
    pub(crate) async fn run(self) -> Result<(Figures, Option<Figures>), QueryError> {
        let spans = self.resolved.buckets.as_ref().map(|buckets| buckets.iter().map(|bucket| Some(bucket.span)));
        let current = self.period(self.resolved.period.micros(), spans.map(BucketIndex::new));
        let Some(comparison) = &self.resolved.comparison else {
            return Ok((current.await?, None));
        };
        let index = self
            .resolved
            .buckets
            .is_some()
            .then(|| BucketIndex::new(comparison.beside.iter().map(|beside| beside.span)));
        let previous = self.period(comparison.period.micros(), index);
        let (current, previous) = try_join(current, previous).await?;
        Ok((current, Some(previous)))
    }

    /// Every currency in the period and the one it is compared with.
    pub(crate) async fn currencies(self) -> Result<BTreeSet<String>, QueryError> {
        let compared = self.resolved.comparison.as_ref().map(|comparison| comparison.period.micros());
        let ranges: Vec<_> = [self.resolved.period.micros()].into_iter().chain(compared).collect();
        let mut found = BTreeSet::new();
        for range in ranges.into_iter().filter(|(start, end)| start < end) {
            for measures in self.measures.datasets.iter().filter(|dataset| has_money(dataset)) {
                let plan = self.plan(measures);
                let facts = plan.facts(self.facts, self.store.id, range).await?;
                for batch in batches(self.facts.session(), plan.currencies(facts)?).await? {
                    found.extend(texts(&batch, 0)?.into_iter().flatten().map(|currency| currency.to_string()));
                }
            }
        }
        Ok(found)
    }

    fn plan(&self, measures: &'q DatasetMeasures) -> FactsPlan<'q> {
        FactsPlan { measures, group_by: &self.query.group_by, filter: self.query.filters.as_ref() }
    }

    async fn period(self, range: (i64, i64), buckets: Option<BucketIndex>) -> Result<Figures, QueryError> {
        let mut figures = Figures { totals: vec![0; self.measures.width], ..Figures::default() };
        if range.0 >= range.1 {
            return Ok(figures);
        }
        let datasets = self.measures.datasets.iter().map(|measures| self.dataset(measures, range, buckets.clone()));
        for (measures, found) in self.measures.datasets.iter().zip(try_join_all(datasets).await?) {
            found.add_to(&mut figures, measures, self.measures.width);
        }
        Ok(figures)
    }

    async fn dataset(
        self,
        measures: &'q DatasetMeasures,
        range: (i64, i64),
        buckets: Option<BucketIndex>,
    ) -> Result<DatasetFigures, QueryError> {
        let plan = self.plan(measures);
        let facts = plan.facts(self.facts, self.store.id, range).await?;
        let grouped_by_currency =
            self.query.group_by.iter().any(|dimension| dimension.kind == DimensionKind::Column(CURRENCY));
        // Where money is summed over every row, rows that exist are rows of it.
        let sole = if has_money(measures) && !grouped_by_currency && plan.takes_all_money() {
            self.facts.sole_value(measures.dataset.name, CURRENCY)
        } else {
            None
        };
        let is_total = buckets.is_none() && plan.keys().is_empty();
        let layout = Layout {
            is_total,
            buckets: buckets.is_some(),
            group: self.group_layout(),
            slots: measures.slots.len(),
            currencies: has_money(measures) && !grouped_by_currency && sole.is_none(),
        };
        let needs_totals = !is_total && measures.slots.iter().any(|slot| !slot.is_additive());
        let totals = async {
            if !needs_totals {
                return Ok(None);
            }
            let batches = batches(self.facts.session(), plan.totals(facts.clone())?).await?;
            batches
                .first()
                .map(|batch| (0..batch.num_columns()).map(|column| number(batch, column, 0)).collect())
                .transpose()
        };
        let rows = plan.rows(facts.clone(), buckets, layout.currencies)?;
        let rows = read_rows(self.facts.session(), rows, &layout, self.rows_read);
        let (mut found, totals) = try_join(rows, totals).await?;
        found.distinct_totals = totals;
        found.currencies.extend(sole.filter(|_| !found.rows.is_empty()));
        if grouped_by_currency && has_money(measures) {
            let position = self.query.group_by.iter().position(|one| one.kind == DimensionKind::Column(CURRENCY));
            let values = found.rows.iter().filter_map(|row| row.group.get(position?)?.as_ref());
            found.currencies.extend(values.map(ToString::to_string));
        }
        Ok(found)
    }

    /// For each dimension: the store's own value, or `None` when it is read from a column.
    fn group_layout(&self) -> Vec<Option<Arc<str>>> {
        let dimensions = self.query.group_by.iter();
        dimensions
            .map(|dimension| (dimension.kind == DimensionKind::Store).then(|| self.store.id.to_string().into()))
            .collect()
    }
}

fn has_money(measures: &DatasetMeasures) -> bool {
    measures.slots.iter().any(|slot| slot.money)
}

/// What the columns of an aggregation are.
struct Layout {
    /// One row over everything, with the number of rows in its last column.
    is_total: bool,
    buckets: bool,
    group: Vec<Option<Arc<str>>>,
    slots: usize,
    currencies: bool,
}

struct Row {
    bucket: Option<i32>,
    group: Group,
    slots: Vec<i128>,
}

#[derive(Default)]
struct DatasetFigures {
    rows: Vec<Row>,
    /// Of the slots that cannot be added up, where that matters.
    distinct_totals: Option<Vec<i128>>,
    currencies: BTreeSet<String>,
}

impl DatasetFigures {
    fn add_to(self, figures: &mut Figures, measures: &DatasetMeasures, width: usize) {
        let totals = &mut figures.totals[measures.first..];
        for row in &self.rows {
            for (total, value) in totals.iter_mut().zip(&row.slots) {
                *total += value;
            }
        }
        if let Some(distinct) = self.distinct_totals {
            let slots = measures.slots.iter().enumerate().filter(|(_, slot)| !slot.is_additive());
            for ((number, _), value) in slots.zip(distinct) {
                totals[number] = value;
            }
        }
        for row in self.rows {
            let slots = figures.rows.entry((row.bucket, row.group)).or_insert_with(|| vec![0; width]);
            for (slot, value) in slots[measures.first..].iter_mut().zip(row.slots) {
                *slot += value;
            }
        }
        figures.currencies.extend(self.currencies);
    }
}

async fn read_rows(
    session: &SessionContext,
    plan: LogicalPlan,
    layout: &Layout,
    rows_read: &RowsRead,
) -> Result<DatasetFigures, QueryError> {
    let mut found = DatasetFigures::default();
    let mut stream = DataFrame::new(session.state(), plan).execute_stream().await?;
    while let Some(batch) = stream.try_next().await? {
        rows_read.add(batch.num_rows())?;
        decode(&batch, layout, &mut found)?;
    }
    Ok(found)
}

fn decode(batch: &RecordBatch, layout: &Layout, found: &mut DatasetFigures) -> Result<(), QueryError> {
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
    let slots: Vec<_> = (0..layout.slots).map(|_| next()).collect();
    if layout.is_total && number(batch, batch.num_columns() - 1, 0)? == 0 {
        return Ok(());
    }
    for row in 0..batch.num_rows() {
        found.rows.push(Row {
            bucket: buckets.filter(|buckets| buckets.is_valid(row)).map(|buckets| buckets.value(row)),
            group: keys.iter().map(|key| key[row].clone()).collect(),
            slots: slots.iter().map(|slot| number(batch, *slot, row)).collect::<Result<_, _>>()?,
        });
    }
    if layout.currencies {
        for column in [next(), next()] {
            found.currencies.extend(texts(batch, column)?.into_iter().flatten().map(|currency| currency.to_string()));
        }
    }
    Ok(())
}

/// A figure as a whole number: counts as they are, money in ten-thousandths. The sum of no rows is nothing, zero.
fn number(batch: &RecordBatch, column: usize, row: usize) -> Result<i128, QueryError> {
    let (values, field) = (batch.column(column), batch.schema_ref().field(column));
    let is_null = values.is_null(row);
    match field.data_type() {
        DataType::Int64 | DataType::Decimal128(_, crate::money::SCALE) if is_null => Ok(0),
        DataType::Int64 => Ok(i128::from(values.as_primitive::<Int64Type>().value(row))),
        DataType::Decimal128(_, crate::money::SCALE) => Ok(values.as_primitive::<Decimal128Type>().value(row)),
        other => Err(unexpected(field.name(), "a figure", other)),
    }
}

/// A column of texts; equal neighbours share one.
fn texts(batch: &RecordBatch, column: usize) -> Result<Vec<Option<Arc<str>>>, QueryError> {
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

async fn batches(session: &SessionContext, plan: LogicalPlan) -> Result<Vec<RecordBatch>, QueryError> {
    Ok(DataFrame::new(session.state(), plan).collect().await?)
}
