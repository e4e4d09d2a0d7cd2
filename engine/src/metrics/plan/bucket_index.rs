//! From an instant to the number of its bucket.
//!
//! The boundaries of all buckets are computed once per store and query, so a row costs a comparison or two: rows that lie
//! near one another in time mostly fall into the bucket of the row before.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Int32Array};
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

use crate::dataset::instant_type;

/// Buckets as disjoint half-open ranges of microseconds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BucketIndex {
    /// Begin, end and number of each bucket that is not empty, ascending.
    ranges: Arc<[(i64, i64, i32)]>,
    signature: Signature,
}

impl BucketIndex {
    /// Buckets with their numbers; those without a range are never found.
    pub(crate) fn new(numbered: impl IntoIterator<Item = (Option<(i64, i64)>, i32)>) -> Self {
        let mut ranges: Vec<_> = numbered
            .into_iter()
            .filter_map(|(span, number)| {
                span.filter(|(start, end)| start < end).map(|(start, end)| (start, end, number))
            })
            .collect();
        ranges.sort_unstable();
        let signature = Signature::new(TypeSignature::Exact(vec![instant_type()]), Volatility::Immutable);
        Self { ranges: ranges.into(), signature }
    }

    /// The expression for the bucket of `instant`: an `Int32`, null where there is none.
    pub(crate) fn of(self, instant: Expr) -> Expr {
        ScalarUDF::new_from_impl(self).call(vec![instant])
    }

    /// The number of the one bucket that all instants of a span, in microseconds, half-open, are in; or `Some(None)` when all are in
    /// none.
    #[allow(clippy::option_option, reason = "the outer one says whether it is the same for all")]
    pub(crate) fn sole(&self, (start, end): (i64, i64)) -> Option<Option<i32>> {
        let last = self.position(end - 1).map(|at| self.ranges[at]);
        match last {
            Some((from, to, number)) if from <= start && end <= to => Some(Some(number)),
            Some((_, to, _)) if to > start => None,
            _ => Some(None),
        }
    }

    /// The instants of each bucket that is not empty, ascending.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (i64, i64)> {
        self.ranges.iter().map(|(start, end, _)| (*start, *end))
    }

    /// The number of the bucket of an instant.
    pub(crate) fn number(&self, micros: i64) -> Option<i32> {
        let (_, end, number) = self.ranges[self.position(micros)?];
        (micros < end).then_some(number)
    }

    /// The position in [`Self::ranges`] of the last one that begins at or before `micros`.
    fn position(&self, micros: i64) -> Option<usize> {
        self.ranges.partition_point(|(start, ..)| *start <= micros).checked_sub(1)
    }

    fn numbers(&self, instants: &[i64], is_null: impl Fn(usize) -> bool) -> Int32Array {
        let Some(mut last) = self.ranges.first().copied() else {
            return Int32Array::new_null(instants.len());
        };
        let numbers = instants.iter().enumerate().map(|(row, &micros)| {
            if is_null(row) {
                return None;
            }
            if micros < last.0 || micros >= last.1 {
                last = self.ranges[self.position(micros)?];
            }
            (micros >= last.0 && micros < last.1).then_some(last.2)
        });
        numbers.collect()
    }
}

impl ScalarUDFImpl for BucketIndex {
    fn name(&self) -> &'static str {
        "bucket_index"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let Some(instants) = arrays.first().and_then(|array| array.as_primitive_opt::<TimestampMicrosecondType>())
        else {
            return exec_err!("bucket_index takes one timestamp of microseconds");
        };
        let nulls = instants.nulls();
        let numbers = self.numbers(instants.values(), |row| nulls.is_some_and(|nulls| nulls.is_null(row)));
        Ok(ColumnarValue::Array(Arc::new(numbers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(spans: &[Option<(i64, i64)>], instants: &[i64]) -> Vec<Option<i32>> {
        BucketIndex::new(spans.iter().copied().zip(0..)).numbers(instants, |_| false).iter().collect()
    }

    #[test]
    fn ends_are_exclusive_and_gaps_are_nowhere() {
        let spans = [Some((0, 10)), None, Some((10, 20)), Some((20, 20)), Some((30, 40))];
        assert_eq!(
            numbers(&spans, &[0, 9, 10, 19, 20, 29, 30, 39, 40, -1, 5, 35, 5]),
            [Some(0), Some(0), Some(2), Some(2), None, None, Some(4), Some(4), None, None, Some(0), Some(4), Some(0)]
        );
    }

    #[test]
    fn without_buckets_nothing_is_found() {
        assert_eq!(numbers(&[None, Some((5, 5))], &[5, 6]), [None, None]);
    }
}
