//! Slices: what a source restates as a whole, such as one report for some days.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, Scalar, TimestampMicrosecondArray};
use arrow::compute::and;
use arrow::compute::kernels::cmp;
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use datafusion::common::{Column, ScalarValue};
use datafusion::logical_expr::{Expr, lit};

use super::LakeError;
use crate::dataset::{Dataset, Partition};

/// A commit says of every partition of its slice that nobody else changed it.
const MOST_MONTHS: i32 = 1_200;

/// The rows of one dataset whose time is in a range and whose text columns have certain values, one of several each. An entity is in a
/// slice when any of its rows is.
#[derive(Clone, Debug)]
pub struct Slice {
    dataset: Arc<Dataset>,
    range: (i64, i64),
    conditions: Vec<(&'static str, BTreeSet<String>)>,
}

impl Slice {
    /// The rows whose time is in `range` (half-open microseconds since the epoch) and for which each column equals its value.
    ///
    /// # Errors
    /// [`LakeError::Shape`] when a column is not a text column of the dataset, or the range is empty or longer than a century.
    pub fn new(
        dataset: &Arc<Dataset>,
        range: (i64, i64),
        conditions: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<Self, LakeError> {
        let shape = |detail: String| LakeError::Shape { dataset: dataset.name, detail };
        if range.0 >= range.1 {
            return Err(shape("the range of a slice is empty".to_owned()));
        }
        let (first, last) = Self::bounds(dataset, range);
        if first.months_to(last) >= MOST_MONTHS {
            return Err(shape(format!("a slice spans at most {MOST_MONTHS} months; replace it piece by piece")));
        }
        let whole = Self { dataset: Arc::clone(dataset), range, conditions: Vec::new() };
        conditions.into_iter().try_fold(whole, |slice, (column, value)| slice.among(column, [value]))
    }

    /// The part of it in whose rows a column has one of these values.
    ///
    /// # Errors
    /// [`LakeError::Shape`] when the column is not a text column of the dataset, or there is no value: nothing would be in it.
    pub fn among(mut self, column: &'static str, values: impl IntoIterator<Item = String>) -> Result<Self, LakeError> {
        let shape = |detail: String| LakeError::Shape { dataset: self.dataset.name, detail };
        let field = self.dataset.schema.field_with_name(column).ok();
        if field.is_none_or(|field| field.data_type() != &DataType::Utf8View) {
            return Err(shape(format!("{column:?} is no text column, which a slice could be told by")));
        }
        let values: BTreeSet<String> = values.into_iter().collect();
        if values.is_empty() {
            return Err(shape(format!("a slice needs a value of {column:?} to be told by")));
        }
        self.conditions.push((column, values));
        Ok(self)
    }

    /// The dataset.
    #[must_use]
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// The range of its rows' times, half-open, in microseconds since the epoch.
    #[must_use]
    pub fn range(&self) -> (i64, i64) {
        self.range
    }

    /// The columns that its rows are told by, each with the values of which one is theirs.
    #[must_use]
    pub fn conditions(&self) -> &[(&'static str, BTreeSet<String>)] {
        &self.conditions
    }

    /// Every partition that may hold rows of it.
    pub(super) fn partitions(&self) -> impl Iterator<Item = Partition> + use<> {
        let (first, last) = Self::bounds(&self.dataset, self.range);
        std::iter::successors(Some(first), |partition| partition.next()).take_while(move |partition| *partition <= last)
    }

    fn bounds(dataset: &Dataset, range: (i64, i64)) -> (Partition, Partition) {
        (dataset.partition_of(range.0), dataset.partition_of(range.1 - 1))
    }

    /// Which rows of a batch are in it.
    pub(super) fn mask(&self, batch: &RecordBatch) -> Result<BooleanArray, LakeError> {
        let time = batch[self.dataset.time].as_primitive::<TimestampMicrosecondType>();
        let instant = |micros| {
            let instant = TimestampMicrosecondArray::from_value(micros, 1);
            Scalar::new(instant.with_data_type(time.data_type().clone()))
        };
        let mut mask = and(&cmp::gt_eq(time, &instant(self.range.0))?, &cmp::lt(time, &instant(self.range.1))?)?;
        for (column, values) in &self.conditions {
            // A null is no value.
            let told = batch[*column].as_string_view().iter();
            let told = told.map(|value| Some(value.is_some_and(|value| values.contains(value))));
            mask = and(&mask, &told.collect())?;
        }
        Ok(mask)
    }

    /// The same, as a predicate of a plan.
    pub(super) fn predicate(&self) -> Expr {
        let column = |name: &str| Expr::Column(Column::new_unqualified(name));
        let instant = |micros| lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())));
        let time = column(self.dataset.time);
        let in_range = time.clone().gt_eq(instant(self.range.0)).and(time.lt(instant(self.range.1)));
        self.conditions.iter().fold(in_range, |all, (name, values)| {
            let values = values.iter().map(|value| lit(ScalarValue::Utf8View(Some(value.clone())))).collect();
            all.and(column(name).in_list(values, false))
        })
    }
}
