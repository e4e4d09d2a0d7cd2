//! The rows that a query's aggregates are over, and the aggregations over them.

use std::collections::BTreeSet;

use datafusion::common::{Column, ScalarValue};
use datafusion::functions_aggregate::expr_fn::{count, max, min, sum};
use datafusion::logical_expr::{Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, ident, lit, when};

use super::bucket_index::BucketIndex;
use super::filter::{CUSTOMER_TYPE, all, expression, text};
use super::measures::{DatasetMeasures, Slot};
use crate::StoreId;
use crate::dataset;
use crate::metrics::error::QueryError;
use crate::metrics::query::Filter;
use crate::metrics::registry::{Aggregate, Condition, DimensionKind, DimensionRef, FIRST_ORDERS};
use crate::metrics::source::Facts;

/// What the plans of a query over one dataset have in common, whatever the store and period.
pub(crate) struct FactsPlan<'q> {
    pub(crate) measures: &'q DatasetMeasures,
    pub(crate) group_by: &'q [DimensionRef],
    pub(crate) filter: Option<&'q Filter>,
}

/// The column of currencies.
pub(crate) const CURRENCY: &str = "currency";

impl FactsPlan<'_> {
    /// The dimensions that are grouped by within a store.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        self.group_by.iter().filter_map(|dimension| column(dimension.kind)).collect()
    }

    fn needs_customer_type(&self) -> bool {
        let conditions = self.measures.slots.iter().flat_map(|slot| &slot.only);
        let filtered = self.filter.map(Filter::comparisons).unwrap_or_default();
        let mut dimensions = filtered.iter().map(|part| part.dimension).chain(self.group_by.iter().copied());
        conditions.into_iter().any(|condition| condition.column() == CUSTOMER_TYPE)
            || dimensions.any(|dimension| dimension.kind == DimensionKind::CustomerType)
    }

    fn columns(&self) -> BTreeSet<&'static str> {
        let mut columns = BTreeSet::from([self.measures.dataset.time]);
        columns.extend(self.keys());
        columns.extend(self.measures.base.iter().map(Condition::column));
        for slot in &self.measures.slots {
            columns.extend(slot.only.iter().map(Condition::column));
            match slot.aggregate {
                Aggregate::Sum { column, minus } => columns.extend([column].iter().chain(minus)),
                Aggregate::Count => {}
                Aggregate::CountDistinct { column } => {
                    columns.insert(column);
                }
            }
        }
        let filtered = self.filter.map(Filter::comparisons).unwrap_or_default();
        columns.extend(filtered.iter().filter_map(|part| column(part.dimension.kind)));
        if self.measures.slots.iter().any(|slot| slot.money) {
            columns.insert(CURRENCY);
        }
        if columns.remove(CUSTOMER_TYPE) {
            columns.insert("customer_id");
        }
        columns
    }

    /// The rows of a store in a range that the query is about.
    pub(crate) async fn facts(
        &self,
        source: &dyn Facts,
        store: StoreId,
        range: (i64, i64),
    ) -> Result<LogicalPlan, QueryError> {
        let columns: Vec<_> = self.columns().into_iter().collect();
        let scan = source.scan(self.measures.dataset, &columns, Some(range)).await?;
        let mut plan = plain(scan, &columns)?;
        if let Some(base) = all(&self.measures.base) {
            plan = plan.filter(base)?;
        }
        if self.needs_customer_type() {
            plan = with_customer_type(plan, source, &columns, self.measures.dataset.time).await?;
        }
        if let Some(filter) = self.filter {
            plan = plan.filter(expression(filter, store))?;
        }
        Ok(plan.build()?)
    }

    /// The aggregates by bucket and dimension, in columns in the order bucket (if any), dimensions, slots, the least and
    /// greatest currency if asked for, and the number of rows when it is over all of them: then there is a row even of
    /// none.
    pub(crate) fn rows(
        &self,
        facts: LogicalPlan,
        buckets: Option<BucketIndex>,
        currencies: bool,
    ) -> Result<LogicalPlan, QueryError> {
        let bucket = buckets.map(|buckets| buckets.of(ident(self.measures.dataset.time)).alias("bucket"));
        let keys: Vec<_> = bucket.into_iter().chain(self.keys().into_iter().map(ident)).collect();
        let mut aggregates = self.aggregates(|_| true)?;
        if currencies {
            aggregates.push(self.over_money(min(ident(CURRENCY)))?.alias("least_currency"));
            aggregates.push(self.over_money(max(ident(CURRENCY)))?.alias("greatest_currency"));
        }
        if keys.is_empty() {
            aggregates.push(count(lit(1_i64)).alias("row_count"));
        }
        Ok(LogicalPlanBuilder::from(facts).aggregate(keys, aggregates)?.build()?)
    }

    /// The aggregates over everything that cannot be added up from rows, in one row.
    pub(crate) fn totals(&self, facts: LogicalPlan) -> Result<LogicalPlan, QueryError> {
        let aggregates = self.aggregates(|slot| !slot.is_additive())?;
        Ok(LogicalPlanBuilder::from(facts).aggregate(Vec::<Expr>::new(), aggregates)?.build()?)
    }

    /// Every currency of the rows that money is summed over.
    pub(crate) fn currencies(&self, facts: LogicalPlan) -> Result<LogicalPlan, QueryError> {
        let mut plan = LogicalPlanBuilder::from(facts);
        if let Some(money) = self.money_rows() {
            plan = plan.filter(money)?;
        }
        Ok(plan.aggregate(vec![ident(CURRENCY)], Vec::<Expr>::new())?.build()?)
    }

    fn aggregates(&self, wanted: impl Fn(&Slot) -> bool) -> Result<Vec<Expr>, QueryError> {
        let numbered = self.measures.slots.iter().enumerate().filter(|(_, slot)| wanted(slot));
        numbered.map(|(number, slot)| Ok(aggregate(slot)?.alias(format!("slot_{number}")))).collect()
    }

    /// Whether some sum of money takes every row.
    pub(crate) fn takes_all_money(&self) -> bool {
        self.money_rows().is_none()
    }

    /// Which rows some sum of money takes; `None` when all.
    fn money_rows(&self) -> Option<Expr> {
        let money: Vec<_> = self.measures.slots.iter().filter(|slot| slot.money).map(|slot| all(&slot.only)).collect();
        money.into_iter().collect::<Option<Vec<_>>>()?.into_iter().reduce(Expr::or)
    }

    fn over_money(&self, aggregate: Expr) -> Result<Expr, QueryError> {
        match self.money_rows() {
            Some(rows) => Ok(aggregate.filter(rows).build()?),
            None => Ok(aggregate),
        }
    }
}

fn column(kind: DimensionKind) -> Option<&'static str> {
    match kind {
        DimensionKind::Column(name) => Some(name),
        DimensionKind::CustomerType => Some(CUSTOMER_TYPE),
        DimensionKind::Store => None,
    }
}

fn aggregate(slot: &Slot) -> Result<Expr, QueryError> {
    let only = all(&slot.only);
    let aggregate = match slot.aggregate {
        Aggregate::Sum { column, minus } => {
            sum(minus.iter().fold(ident(column), |value, taken_off| value - ident(*taken_off)))
        }
        Aggregate::Count => count(lit(1_i64)),
        Aggregate::CountDistinct { column } => {
            // A builder forgets that an expression was distinct already: it has to be told.
            let distinct = count(ident(column)).distinct();
            return Ok(match only {
                Some(only) => distinct.filter(only).build()?,
                None => distinct.build()?,
            });
        }
    };
    Ok(match only {
        Some(only) => aggregate.filter(only).build()?,
        None => aggregate,
    })
}

/// The same plan with its columns known by their bare names.
fn plain(plan: LogicalPlan, columns: &[&str]) -> Result<LogicalPlanBuilder, QueryError> {
    let schema = plan.schema().clone();
    let columns = columns.iter().map(|name| {
        let (qualifier, field) = schema.qualified_field_with_unqualified_name(name)?;
        Ok(Expr::Column(Column::from((qualifier, field))).alias(*name))
    });
    let columns = columns.collect::<Result<Vec<_>, datafusion::error::DataFusionError>>()?;
    Ok(LogicalPlanBuilder::from(plan).project(columns)?)
}

/// Adds what kind of customer a row's order is from. It takes the first order of every customer of the store, whatever
/// the range: whether a customer is new does not depend on what is asked.
async fn with_customer_type(
    facts: LogicalPlanBuilder,
    source: &dyn Facts,
    columns: &[&str],
    time: &str,
) -> Result<LogicalPlanBuilder, QueryError> {
    let Some(orders) = dataset::find("orders") else { return Ok(facts) };
    let needed = ["cancelled_at", "created_at", "customer_id", "is_test"];
    let mut first = plain(source.scan(orders, &needed, None).await?, &needed)?;
    if let Some(counted) = all(FIRST_ORDERS) {
        first = first.filter(counted)?;
    }
    let first = first
        .aggregate(vec![ident("customer_id")], vec![min(ident("created_at")).alias("first_at")])?
        .project(vec![ident("customer_id").alias("first_customer"), ident("first_at")])?
        .build()?;
    let new = ident("first_at").is_null().or(ident(time).lt_eq(ident("first_at")));
    let customer_type = when(ident("customer_id").is_null(), lit(ScalarValue::Utf8View(None)))
        .when(new, text("new"))
        .otherwise(text("returning"))?;
    let mut all: Vec<_> = columns.iter().map(|name| ident(*name)).collect();
    all.push(customer_type.alias(CUSTOMER_TYPE));
    let on = (vec![Column::from_name("customer_id")], vec![Column::from_name("first_customer")]);
    Ok(facts.join(first, JoinType::Left, on, None)?.project(all)?)
}
