//! The rows of a store that a query's aggregates are over, and the aggregations over them.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType};
use datafusion::common::{Column, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::{count, max, min, sum};
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, cast, ident, lit, when};

use super::bucket_index::BucketIndex;
use super::convert::factor;
use super::customer_type::customer_type;
use super::filter::{CUSTOMER_TYPE, all, any, expression, text};
use super::measures::{CUSTOMER, FactSet, Merging, Slot, SlotAggregate};
use super::newest::newest;
use super::percentile::percentile;
use crate::StoreId;
use crate::dataset::{Dataset, Partition};
use crate::metrics::error::QueryError;
use crate::metrics::first_orders::FirstOrders;
use crate::metrics::query::Filter;
use crate::metrics::rates::Rates;
use crate::metrics::registry::{Aggregate, Condition, DimensionKind, DimensionRef, Value};
use crate::metrics::source::{Extent, Facts, Piece};

/// What the plans of a query over one set of facts of a store have in common, whatever the period.
#[derive(Clone, Copy)]
pub(crate) struct FactsPlan<'q> {
    pub(crate) set: &'q FactSet,
    pub(crate) group_by: &'q [DimensionRef],
    pub(crate) filter: Option<&'q Filter>,
    pub(crate) store: StoreId,
    /// The store's currency, which amounts are in that do not say theirs.
    pub(crate) home: &'q str,
    /// What amounts are converted at.
    pub(crate) rates: Option<&'q Rates>,
    /// Who ordered when first, where somebody wants to know who is new.
    pub(crate) first_orders: Option<&'q Arc<FirstOrders>>,
    /// What only the rows of all stores together tell is left out.
    pub(crate) is_one_of_several: bool,
}

/// What is to be found out about the currencies of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Currencies {
    /// Nothing: they are known, or there are no amounts.
    Known,
    /// Which there are: the least and the greatest.
    Found,
    /// How many amounts could not be converted.
    Converted,
}

/// The column of currencies.
pub(crate) const CURRENCY: &str = "currency";

impl FactsPlan<'_> {
    /// The dimensions that are grouped by within a store.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        self.group_by.iter().filter_map(|dimension| column(dimension.kind)).collect()
    }

    /// When a row happened.
    fn time(&self) -> Expr {
        first_of(&self.set.time)
    }

    /// The number of a slot that rows have: amounts in the currency that is asked for.
    fn number(&self, slot: &Slot, value: Value) -> Expr {
        let number = self::value(self.set.dataset, value);
        match self.rates.filter(|_| slot.money) {
            Some(rates) => number * self.factor(rates),
            None => number,
        }
    }

    /// The same as a decimal.
    fn decimal(&self, slot: &Slot, value: Value) -> Expr {
        match self.set.dataset.schema.field_with_name(value.column).map(arrow::datatypes::Field::data_type) {
            Ok(DataType::Int64) => {
                cast(self.number(slot, value), DataType::Decimal128(DECIMAL128_MAX_PRECISION / 2, 0))
            }
            _ => self.number(slot, value),
        }
    }

    fn factor(&self, rates: &Rates) -> Expr {
        factor(rates, self.currency(), first_of(&self.set.rate_time))
    }

    /// The currency of a row's amounts.
    fn currency(&self) -> Expr {
        coalesce(vec![ident(CURRENCY), text(self.home)])
    }

    /// The dimensions that rows are told apart by.
    fn dimensions(&self) -> Vec<DimensionRef> {
        self.set.dimensions(self.group_by, self.filter)
    }

    pub(crate) fn needs_customer_type(&self) -> bool {
        self.set.needs_customer_type(self.group_by, self.filter)
    }

    /// The slots whose values this store's rows tell, by their position.
    pub(crate) fn told(&self) -> impl Iterator<Item = (usize, &Slot)> {
        let slots = self.set.slots.iter().enumerate();
        slots.filter(|(_, slot)| !self.is_one_of_several || slot.merging() != Merging::Rows)
    }

    /// Those of them that only rows tell.
    pub(crate) fn held_slots(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.told().filter(|(_, slot)| !slot.is_mergeable())
    }

    /// The others, and what each holds of no rows.
    pub(crate) fn merged(&self) -> Vec<(usize, Option<i128>)> {
        let merged = self.told().filter(|(_, slot)| slot.is_mergeable());
        merged.map(|(number, slot)| (number, slot.of_nothing())).collect()
    }

    /// Who ordered when first, where that decides anything.
    pub(crate) fn deciding_orders(&self) -> Option<&FirstOrders> {
        self.first_orders.filter(|_| self.needs_customer_type()).map(|first_orders| &**first_orders)
    }

    pub(super) fn columns(&self) -> BTreeSet<&'static str> {
        let mut columns: BTreeSet<&'static str> = self.set.time.iter().copied().collect();
        columns.extend(self.rates.iter().flat_map(|_| &self.set.rate_time));
        columns.extend(self.dimensions().into_iter().filter_map(|dimension| column(dimension.kind)));
        columns.extend(self.set.taken.iter().flatten().map(Condition::column));
        for slot in &self.set.slots {
            columns.extend(slot.only.iter().map(Condition::column));
            columns.extend(
                slot.value()
                    .into_iter()
                    .flat_map(|value| [value.column].into_iter().chain(value.minus.to_vec()).chain(value.times)),
            );
            if let SlotAggregate::Of(Aggregate::CountDistinct { column }) = slot.aggregate {
                columns.insert(column);
            }
        }
        if self.set.slots.iter().any(|slot| slot.money) {
            columns.insert(CURRENCY);
        }
        if columns.remove(CUSTOMER_TYPE) {
            columns.extend([CUSTOMER, self.set.dataset.time]);
        }
        columns
    }

    /// Whether some rows are left out that the metrics are about.
    pub(crate) fn is_filtered(&self) -> bool {
        self.filter.is_some() || self.set.slots.iter().any(|slot| slot.filter.is_some())
    }

    /// Whether rows happened at the time that their partition is by.
    pub(crate) fn is_by_partition(&self) -> bool {
        self.set.time == [self.set.dataset.time]
    }

    /// The rows in a range that the query is about.
    pub(crate) async fn facts(&self, source: &dyn Facts, range: (i64, i64)) -> Result<LogicalPlan, QueryError> {
        // What happened to a row, and when, the time of its partition does not tell.
        let piece = if self.is_by_partition() {
            Piece::of(Extent::Range(range))
        } else {
            Piece { extent: Extent::All, within: Some(range) }
        };
        self.facts_in(source, piece).await
    }

    /// The rows of a piece that the query is about.
    pub(crate) async fn facts_in(&self, source: &dyn Facts, piece: Piece) -> Result<LogicalPlan, QueryError> {
        let facts = self.facts_of(source, piece.extent).await?;
        let Some((from, to)) = piece.within else { return Ok(facts) };
        let within = self.time().gt_eq(instant(from)).and(self.time().lt(instant(to)));
        Ok(LogicalPlanBuilder::from(facts).filter(within)?.build()?)
    }

    /// The rows of an extent that the query is about.
    async fn facts_of(&self, source: &dyn Facts, extent: Extent) -> Result<LogicalPlan, QueryError> {
        let columns: Vec<_> = self.columns().into_iter().collect();
        let scan = source.scan(self.set.dataset, &columns, extent).await?;
        self.taken(plain(scan, &columns)?, &columns)
    }

    /// Those of some rows, which have these columns, that the query is about.
    pub(super) fn taken(
        &self,
        mut plan: LogicalPlanBuilder,
        columns: &[&'static str],
    ) -> Result<LogicalPlan, QueryError> {
        if let Some(taken) = any(&self.set.taken) {
            plan = plan.filter(taken)?;
        }
        if self.needs_customer_type() {
            let first_orders = self.first_orders.cloned().ok_or_else(|| {
                DataFusionError::Internal("who is new is asked for, and nobody's first order is known".to_owned())
            })?;
            let kind = customer_type(first_orders, ident(CUSTOMER), ident(self.set.dataset.time)).alias(CUSTOMER_TYPE);
            plan = plan.project(columns.iter().map(|name| ident(*name)).chain([kind]))?;
        }
        if let Some(filter) = self.filter {
            plan = plan.filter(expression(filter, self.store))?;
        }
        Ok(plan.build()?)
    }

    /// The aggregates by bucket and dimension, in columns in the order bucket (if any), dimensions, wanted slots, what is
    /// asked of currencies, and the number of rows when it is over all of them: then there is a row even of
    /// none.
    pub(crate) fn rows(
        &self,
        facts: LogicalPlan,
        buckets: Option<BucketIndex>,
        currencies: Currencies,
        wanted: impl Fn(&Slot) -> bool,
    ) -> Result<LogicalPlan, QueryError> {
        let bucket = buckets.map(|buckets| buckets.of(self.time()).alias("bucket"));
        let keys: Vec<_> = bucket.into_iter().chain(self.keys().into_iter().map(ident)).collect();
        let mut aggregates = self.aggregates(wanted)?;
        match currencies {
            Currencies::Known => {}
            Currencies::Found => {
                aggregates.push(self.over_money(min(self.currency()), None)?.alias("least_currency"));
                aggregates.push(self.over_money(max(self.currency()), None)?.alias("greatest_currency"));
            }
            Currencies::Converted => {
                let unrated = self.rates.map(|rates| self.factor(rates).is_null());
                aggregates.push(self.over_money(count(lit(1_i64)), unrated)?.alias("unrated"));
            }
        }
        if keys.is_empty() {
            aggregates.push(count(lit(1_i64)).alias("row_count"));
        }
        Ok(LogicalPlanBuilder::from(facts).aggregate(keys, aggregates)?.build()?)
    }

    /// The aggregates over everything that cannot be merged from rows, in one row.
    pub(crate) fn totals(&self, facts: LogicalPlan) -> Result<LogicalPlan, QueryError> {
        let aggregates = self.aggregates(|slot| !slot.is_mergeable())?;
        Ok(LogicalPlanBuilder::from(facts).aggregate(Vec::<Expr>::new(), aggregates)?.build()?)
    }

    /// The rows one by one, with what they have for each of [`Self::held_slots`]: a column for the bucket (if any), the dimensions, those
    /// slots.
    pub(crate) fn held(&self, facts: LogicalPlan, buckets: Option<BucketIndex>) -> Result<LogicalPlan, QueryError> {
        let mut columns: Vec<_> = buckets.map(|buckets| buckets.of(self.time()).alias("bucket")).into_iter().collect();
        columns
            .extend(self.keys().into_iter().enumerate().map(|(number, key)| ident(key).alias(format!("key_{number}"))));
        for (number, slot) in self.held_slots() {
            columns.push(self.held_of(slot)?.alias(format!("slot_{number}")));
        }
        Ok(LogicalPlanBuilder::from(facts).project(columns)?.build()?)
    }

    /// What a row has for a slot that only rows tell; null where the slot does not take it.
    fn held_of(&self, slot: &Slot) -> Result<Expr, QueryError> {
        let held = match slot.aggregate {
            SlotAggregate::Of(Aggregate::Percentile { of, .. }) => self.decimal(slot, of),
            SlotAggregate::Of(Aggregate::CountDistinct { column }) => ident(column),
            other => return Err(DataFusionError::Internal(format!("rows are not needed for {other:?}")).into()),
        };
        Ok(match self.only(slot) {
            Some(only) => when(only, held).end()?,
            None => held,
        })
    }

    /// When the first and the last row of some happened, in one row.
    pub(crate) fn times(&self, facts: LogicalPlan) -> Result<LogicalPlan, QueryError> {
        let ends = vec![min(self.time()).alias("first"), max(self.time()).alias("last")];
        Ok(LogicalPlanBuilder::from(facts).aggregate(Vec::<Expr>::new(), ends)?.build()?)
    }

    /// The rows with what they are grouped by, and the numbers of the slots that only the rows of all stores tell: a column for
    /// the bucket (if any), one for each dimension, one for each such slot.
    pub(crate) fn pooled(&self, facts: LogicalPlan, buckets: Option<BucketIndex>) -> Result<LogicalPlan, QueryError> {
        let mut columns: Vec<_> = buckets.map(|buckets| buckets.of(self.time()).alias("bucket")).into_iter().collect();
        columns.extend(self.group_by.iter().enumerate().map(|(number, dimension)| {
            let value = column(dimension.kind).map_or_else(|| text(&self.store.to_string()), ident);
            value.alias(format!("key_{number}"))
        }));
        for (number, slot) in pooled_slots(self.set) {
            columns.push(self.held_of(slot)?.alias(format!("slot_{number}")));
        }
        Ok(LogicalPlanBuilder::from(facts).project(columns)?.build()?)
    }

    /// What customers did, in the rows of the only slot: whose each row is, when it happened, the bucket (if any), and what it is
    /// grouped by.
    pub(crate) fn steps(&self, facts: LogicalPlan, buckets: Option<BucketIndex>) -> Result<LogicalPlan, QueryError> {
        let mut only = ident(CUSTOMER).is_not_null();
        only = self.set.slots.iter().filter_map(|slot| self.only(slot)).fold(only, Expr::and);
        let mut columns = vec![ident(CUSTOMER), self.time().alias("at")];
        columns.extend(buckets.map(|buckets| buckets.of(self.time()).alias("bucket")));
        let keys = self.keys().into_iter().enumerate();
        columns.extend(keys.map(|(number, key)| ident(key).alias(format!("key_{number}"))));
        Ok(LogicalPlanBuilder::from(facts).filter(only)?.project(columns)?.build()?)
    }

    /// Every currency of the rows that money is summed over.
    pub(crate) fn currencies(&self, facts: LogicalPlan) -> Result<LogicalPlan, QueryError> {
        let mut plan = LogicalPlanBuilder::from(facts);
        if let Some(money) = self.money_rows() {
            plan = plan.filter(money)?;
        }
        Ok(plan.aggregate(vec![self.currency().alias(CURRENCY)], Vec::<Expr>::new())?.build()?)
    }

    /// The currencies of amounts that could not be converted, each with when that was first so.
    pub(crate) fn unrated(&self, facts: LogicalPlan) -> Result<LogicalPlan, QueryError> {
        let is_unrated = self.rates.map_or_else(|| lit(false), |rates| self.factor(rates).is_null());
        let only = self.money_rows().into_iter().fold(is_unrated, Expr::and);
        let first = min(first_of(&self.set.rate_time)).alias("first");
        let plan = LogicalPlanBuilder::from(facts).filter(only)?;
        Ok(plan.aggregate(vec![self.currency().alias(CURRENCY)], vec![first])?.build()?)
    }

    fn aggregates(&self, wanted: impl Fn(&Slot) -> bool) -> Result<Vec<Expr>, QueryError> {
        self.told()
            .filter(|(_, slot)| wanted(slot))
            .map(|(number, slot)| Ok(self.aggregate(slot)?.alias(format!("slot_{number}"))))
            .collect()
    }

    /// Which rows a slot takes; `None` when all.
    fn only(&self, slot: &Slot) -> Option<Expr> {
        let filter = slot.filter.as_ref().map(|filter| expression(filter, self.store));
        all(&slot.only).into_iter().chain(filter).reduce(Expr::and)
    }

    fn aggregate(&self, slot: &Slot) -> Result<Expr, QueryError> {
        let only = self.only(slot);
        let aggregate = match slot.aggregate {
            SlotAggregate::NewestAt(value) => {
                let has_value = self.number(slot, value).is_not_null();
                let only = only.into_iter().fold(has_value, Expr::and);
                return Ok(max(self.time()).filter(only).build()?);
            }
            SlotAggregate::Of(aggregate) => match aggregate {
                Aggregate::Count => count(lit(1_i64)),
                Aggregate::CountOf(value) => count(ident(value.column)),
                Aggregate::Sum(value) => sum(self.number(slot, value)),
                Aggregate::Min(value) => min(self.number(slot, value)),
                Aggregate::Max(value) => max(self.number(slot, value)),
                Aggregate::Percentile { of, at } => return Ok(percentile(self.decimal(slot, of), at, only)),
                Aggregate::Latest(value) => return Ok(newest(self.decimal(slot, value), self.time(), only)),
                Aggregate::CountDistinct { column } => {
                    // A builder forgets that an expression was distinct already: it has to be told.
                    let distinct = count(ident(column)).distinct();
                    return Ok(match only {
                        Some(only) => distinct.filter(only).build()?,
                        None => distinct.build()?,
                    });
                }
            },
        };
        Ok(match only {
            Some(only) => aggregate.filter(only).build()?,
            None => aggregate,
        })
    }

    /// The one currency of the amounts, where that is known without reading them: of all rows, or of the cold ones of some partitions.
    pub(crate) fn sole_currency(&self, facts: &dyn Facts, of: Option<&[Partition]>) -> Option<String> {
        sole_currency(facts, self.set, self.home, of)
    }

    /// Whether some sum of money takes every row.
    pub(crate) fn takes_all_money(&self) -> bool {
        self.money_rows().is_none()
    }

    /// Which rows some sum of money takes; `None` when all.
    fn money_rows(&self) -> Option<Expr> {
        let money: Vec<_> = self.set.slots.iter().filter(|slot| slot.money).map(|slot| self.only(slot)).collect();
        money.into_iter().collect::<Option<Vec<_>>>()?.into_iter().reduce(Expr::or)
    }

    /// An aggregate over the rows that money is summed over, of which this holds.
    fn over_money(&self, aggregate: Expr, holds: Option<Expr>) -> Result<Expr, QueryError> {
        match self.money_rows().into_iter().chain(holds).reduce(Expr::and) {
            Some(rows) => Ok(aggregate.filter(rows).build()?),
            None => Ok(aggregate),
        }
    }
}

/// The one currency of the amounts of some facts, where that is known without reading them: of all rows, or of the cold ones of some
/// partitions.
pub(crate) fn sole_currency(facts: &dyn Facts, set: &FactSet, home: &str, of: Option<&[Partition]>) -> Option<String> {
    let is_required = set.dataset.schema.field_with_name(CURRENCY).is_ok_and(|field| !field.is_nullable());
    // Bounds know nothing of rows without a currency, which are in the store's.
    facts.sole_value(set.dataset.name, CURRENCY, of).filter(|sole| is_required || sole == home)
}

/// The slots that only the rows of all stores together tell, by their position.
pub(crate) fn pooled_slots(set: &FactSet) -> impl Iterator<Item = (usize, &Slot)> {
    set.slots.iter().enumerate().filter(|(_, slot)| slot.merging() == Merging::Rows)
}

/// The aggregates over the pooled rows of all stores by these columns; by none, in one row with the number of rows in its last column.
pub(crate) fn over_pooled(set: &FactSet, pooled: LogicalPlan, keys: &[String]) -> Result<LogicalPlan, QueryError> {
    let percentiles = pooled_slots(set).filter_map(|(number, slot)| match slot.aggregate {
        SlotAggregate::Of(Aggregate::Percentile { at, .. }) => {
            let name = format!("slot_{number}");
            Some(percentile(ident(&name), at, None).alias(name))
        }
        _ => None,
    });
    let mut aggregates: Vec<_> = percentiles.collect();
    if keys.is_empty() {
        aggregates.push(count(lit(1_i64)).alias("row_count"));
    }
    Ok(LogicalPlanBuilder::from(pooled).aggregate(keys.iter().map(ident), aggregates)?.build()?)
}

/// A number that rows have: a column, less those of others that have values, as many times as one says.
pub(crate) fn value(dataset: &Dataset, value: Value) -> Expr {
    let taken_off = value.minus.iter().map(|column| match dataset.schema.field_with_name(column) {
        Ok(field) if field.is_nullable() => {
            coalesce(vec![ident(*column), lit(ScalarValue::new_zero(field.data_type()).unwrap_or(ScalarValue::Null))])
        }
        _ => ident(*column),
    });
    let number = taken_off.fold(ident(value.column), |value, taken_off| value - taken_off);
    match value.times {
        Some(times) => number * cast(ident(times), DataType::Decimal128(DECIMAL128_MAX_PRECISION / 2, 0)),
        None => number,
    }
}

/// The first of these columns that is not null.
pub(crate) fn first_of(columns: &[&'static str]) -> Expr {
    match columns {
        [only] => ident(*only),
        columns => coalesce(columns.iter().map(|column| ident(*column)).collect()),
    }
}

pub(super) fn instant(micros: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
}

fn column(kind: DimensionKind) -> Option<&'static str> {
    match kind {
        DimensionKind::Column(name) | DimensionKind::Number(name) => Some(name),
        DimensionKind::CustomerType => Some(CUSTOMER_TYPE),
        DimensionKind::Store => None,
    }
}

/// The same plan with its columns known by their bare names.
pub(crate) fn plain(plan: LogicalPlan, columns: &[&str]) -> Result<LogicalPlanBuilder, QueryError> {
    let schema = plan.schema().clone();
    let columns = columns.iter().map(|name| {
        let (qualifier, field) = schema.qualified_field_with_unqualified_name(name)?;
        Ok(Expr::Column(Column::from((qualifier, field))).alias(*name))
    });
    let columns = columns.collect::<Result<Vec<_>, DataFusionError>>()?;
    Ok(LogicalPlanBuilder::from(plan).project(columns)?)
}
