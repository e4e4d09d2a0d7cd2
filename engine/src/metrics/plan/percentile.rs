//! Exact percentiles of decimals.
//!
//! Of n values in order the percentile p lies at p(n - 1), counted from zero: on a value, or between two, and then as far between
//! them as the position is. It is computed in whole numbers, with three decimals more than the values have, so that it does not
//! depend on the order of rows.

use std::hash::Hash;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, ListArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType, Decimal128Type, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, Expr, GroupsAccumulator, Signature, Volatility,
};

use crate::metrics::registry::Thousandths;

/// Decimals that a percentile has beyond those of the values: positions are thousandths.
pub(crate) const MORE_DECIMALS: i8 = 3;

/// The percentile of a decimal expression, over the rows that `filter` lets through.
pub(crate) fn percentile(of: Expr, at: Thousandths, filter: Option<Expr>) -> Expr {
    let function = Arc::new(AggregateUDF::new_from_impl(Percentile::new(at)));
    let filter = filter.map(Box::new);
    Expr::AggregateFunction(AggregateFunction::new_udf(function, vec![of], false, filter, Vec::new(), None))
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Percentile {
    at: Thousandths,
    signature: Signature,
}

impl Percentile {
    fn new(at: Thousandths) -> Self {
        Self { at, signature: Signature::any(1, Volatility::Immutable) }
    }
}

fn scale_of(data_type: &DataType) -> Result<i8> {
    match data_type {
        DataType::Decimal128(_, scale) => Ok(*scale),
        other => exec_err!("a percentile is of decimals, not of {other}"),
    }
}

impl AggregateUDFImpl for Percentile {
    fn name(&self) -> &'static str {
        "exact_percentile"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        let [argument] = arguments else { return exec_err!("a percentile has one argument") };
        Ok(DataType::Decimal128(DECIMAL128_MAX_PRECISION, scale_of(argument)? + MORE_DECIMALS))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let value = Field::new_list_field(args.input_fields[0].data_type().clone(), true);
        let name = format_state_name(args.name, "values");
        Ok(vec![Arc::new(Field::new(name, DataType::List(Arc::new(value)), true))])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let data_type = args.expr_fields[0].data_type().clone();
        Ok(Box::new(One { values: Values::of(self.at, data_type)?, held: Vec::new() }))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        let data_type = args.expr_fields[0].data_type().clone();
        Ok(Box::new(Groups { values: Values::of(self.at, data_type)?, held: Vec::new(), bytes: 0 }))
    }
}

/// The percentile of some values, with [`MORE_DECIMALS`]; none of no values.
///
/// # Errors
/// When it takes more than 128 bits.
pub(crate) fn percentile_of<T: Copy + Ord + Into<i128>>(values: &mut [T], at: Thousandths) -> Result<Option<i128>> {
    let Some(last) = values.len().checked_sub(1) else { return Ok(None) };
    let position = usize::from(at.0) * last;
    let (below, between) = (position / 1_000, (position % 1_000) as i128);
    let (_, lower, above) = values.select_nth_unstable(below);
    let lower: i128 = (*lower).into();
    let upper = above.iter().min().filter(|_| between > 0).map_or(lower, |upper| (*upper).into());
    let exactly = || lower.checked_mul(1_000)?.checked_add(upper.checked_sub(lower)?.checked_mul(between)?);
    match exactly() {
        Some(percentile) => Ok(Some(percentile)),
        None => exec_err!("a percentile takes more than 128 bits"),
    }
}

/// What values are, and which percentile of them is wanted.
#[derive(Debug)]
struct Values {
    at: Thousandths,
    data_type: DataType,
    scale: i8,
}

impl Values {
    fn of(at: Thousandths, data_type: DataType) -> Result<Self> {
        let scale = scale_of(&data_type)?;
        Ok(Self { at, data_type, scale })
    }

    fn percentiles(&self, held: Vec<Vec<i128>>) -> Result<Decimal128Array> {
        let percentiles =
            held.into_iter().map(|mut values| percentile_of(&mut values, self.at)).collect::<Result<Vec<_>>>()?;
        let percentiles = Decimal128Array::from(percentiles);
        Ok(percentiles.with_precision_and_scale(DECIMAL128_MAX_PRECISION, self.scale + MORE_DECIMALS)?)
    }

    /// One list of values for each of some groups.
    fn lists(&self, held: Vec<Vec<i128>>, nulls: Option<NullBuffer>) -> Result<ListArray> {
        let offsets = OffsetBuffer::from_lengths(held.iter().map(Vec::len));
        let values =
            Decimal128Array::from_iter_values(held.into_iter().flatten()).with_data_type(self.data_type.clone());
        let field = Arc::new(Field::new_list_field(self.data_type.clone(), true));
        Ok(ListArray::try_new(field, offsets, Arc::new(values), nulls)?)
    }
}

/// The values of one group.
#[derive(Debug)]
struct One {
    values: Values,
    held: Vec<i128>,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.held.extend(values[0].as_primitive::<Decimal128Type>().iter().flatten());
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for values in states[0].as_list::<i32>().iter().flatten() {
            self.held.extend(values.as_primitive::<Decimal128Type>().values());
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let held = std::mem::take(&mut self.held);
        Ok(vec![ScalarValue::List(Arc::new(self.values.lists(vec![held], None)?))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let percentile = self.values.percentiles(vec![std::mem::take(&mut self.held)])?;
        ScalarValue::try_from_array(&percentile, 0)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.held.capacity() * size_of::<i128>()
    }
}

/// The values of many groups.
#[derive(Debug)]
struct Groups {
    values: Values,
    held: Vec<Vec<i128>>,
    /// Bytes of the held values. Counted as they come: groups may be many.
    bytes: usize,
}

impl Groups {
    fn hold(&mut self, group: usize, values: impl Iterator<Item = i128>) {
        let held = &mut self.held[group];
        let before = held.capacity();
        held.extend(values);
        self.bytes += (held.capacity() - before) * size_of::<i128>();
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Vec<i128>> {
        let taken = emit_to.take_needed(&mut self.held);
        let bytes: usize = taken.iter().map(|values| values.capacity() * size_of::<i128>()).sum();
        self.bytes = self.bytes.saturating_sub(bytes);
        taken
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.held.resize(total, Vec::new());
        let is_taken = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        for (row, (group, value)) in groups.iter().zip(values[0].as_primitive::<Decimal128Type>()).enumerate() {
            self.hold(*group, value.filter(|_| is_taken(row)).into_iter());
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.held.resize(total, Vec::new());
        for (group, values) in groups.iter().zip(states[0].as_list::<i32>().iter()) {
            if let Some(values) = values {
                self.hold(*group, values.as_primitive::<Decimal128Type>().values().iter().copied());
            }
        }
        Ok(())
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let held = self.take(emit_to);
        Ok(vec![Arc::new(self.values.lists(held, None)?)])
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let held = self.take(emit_to);
        Ok(Arc::new(self.values.percentiles(held)?))
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let values = values[0].as_primitive::<Decimal128Type>();
        let is_taken = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        let lists = values.iter().enumerate().map(|(row, value)| value.filter(|_| is_taken(row)).into_iter().collect());
        Ok(vec![Arc::new(self.values.lists(lists.collect(), None)?)])
    }

    fn size(&self) -> usize {
        self.bytes + self.held.capacity() * size_of::<Vec<i128>>()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::RecordBatch;
    use datafusion::arrow::datatypes::Schema;
    use datafusion::logical_expr::{ident, lit};
    use datafusion::prelude::SessionContext;
    use proptest::prelude::*;

    use super::*;

    /// By sorting, and rational arithmetic over a common denominator.
    fn naive(mut values: Vec<i64>, at: u16) -> Option<i128> {
        values.sort_unstable();
        let last = values.len().checked_sub(1)?;
        let position = usize::from(at) * last;
        let value = |index: usize| i128::from(values[index.min(last)]);
        let (whole, rest) = (position / 1_000, (position % 1_000) as i128);
        Some(value(whole) * (1_000 - rest) + value(whole + 1) * rest)
    }

    async fn by_group(rows: &[(u8, Option<i64>, bool)], at: u16) -> Vec<(u8, Option<i128>)> {
        let groups = arrow::array::UInt8Array::from_iter_values(rows.iter().map(|row| row.0));
        let values: Decimal128Array = rows.iter().map(|row| row.1.map(i128::from)).collect();
        let values = values.with_precision_and_scale(18, 4).unwrap();
        let taken = BooleanArray::from_iter(rows.iter().map(|row| Some(row.2)));
        let schema = Arc::new(Schema::new(vec![
            Field::new("kind", DataType::UInt8, false),
            Field::new("value", DataType::Decimal128(18, 4), true),
            Field::new("taken", DataType::Boolean, true),
        ]));
        let batch = RecordBatch::try_new(schema, vec![Arc::new(groups), Arc::new(values), Arc::new(taken)]).unwrap();
        let context = SessionContext::new();
        let aggregate = percentile(ident("value"), Thousandths(at), Some(ident("taken"))).alias("percentile");
        let frame = context.read_batch(batch).unwrap();
        let total = frame.clone().aggregate(vec![lit(1)], vec![aggregate.clone()]).unwrap().collect().await.unwrap();
        let mut found = Vec::new();
        for batch in frame.aggregate(vec![ident("kind")], vec![aggregate]).unwrap().collect().await.unwrap() {
            assert_eq!(batch.column(1).data_type(), &DataType::Decimal128(38, 7));
            let kinds = batch.column(0).as_primitive::<arrow::datatypes::UInt8Type>();
            let figures = batch.column(1).as_primitive::<Decimal128Type>();
            found.extend(kinds.values().iter().copied().zip(figures.iter()));
        }
        found.sort_unstable();
        let figures = total.iter().flat_map(|batch| batch.column(1).as_primitive::<Decimal128Type>().iter());
        found.extend(figures.map(|figure| (u8::MAX, figure)));
        found
    }

    proptest! {
        #[test]
        fn percentiles_are_those_of_sorted_values(
            rows in proptest::collection::vec((0..4_u8, proptest::option::of(-50..50_i64), any::<bool>()), 1..60),
            at in 0..=1_000_u16,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let found = runtime.block_on(by_group(&rows, at));
            let values = |kind: Option<u8>| {
                let taken = rows.iter().filter(|row| kind.is_none_or(|kind| kind == row.0) && row.2);
                taken.filter_map(|row| row.1).collect::<Vec<_>>()
            };
            let mut kinds: Vec<u8> = rows.iter().map(|row| row.0).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let mut expected: Vec<_> = kinds.into_iter().map(|kind| (kind, naive(values(Some(kind)), at))).collect();
            expected.push((u8::MAX, naive(values(None), at)));
            prop_assert_eq!(found, expected);
        }
    }
}
