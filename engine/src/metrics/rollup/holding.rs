//! What rows hold for the slots that only rows tell, read one by one: the values of percentiles, and numbers for what is counted once.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int32Type};
use datafusion::error::DataFusionError;

use super::super::decode::texts;
use super::super::error::QueryError;
use super::super::figures::Group;
use super::super::plan::bucket_index::BucketIndex;
use super::super::plan::measures::Merging;
use super::super::source::Piece;
use super::codes::Codes;
use super::wanted::Wanted;

/// What the rows of a partition, or those beside all rollups of an answer, may hold.
pub(super) const MAX_HELD: usize = 4_000_000;

/// How the rows of a set of facts are read one by one.
#[derive(Clone, Copy)]
pub(crate) struct Holding<'h> {
    pub(crate) wanted: Wanted<'h>,
    pub(crate) codes: &'h Codes,
}

impl Holding<'_> {
    /// Gives each row of a piece, with its bucket and group: what it holds of each slot, if anything.
    pub(crate) async fn each(
        self,
        piece: Piece,
        buckets: Option<BucketIndex>,
        mut take: impl FnMut(Option<i32>, &Group, &[Option<i64>]) -> Result<(), QueryError>,
    ) -> Result<(), QueryError> {
        let Wanted { plan, facts, runner, layout, .. } = self.wanted;
        let has_buckets = buckets.is_some();
        let rows = plan.facts_in(facts, piece).await?;
        let mut running = runner.run(plan.held(rows, buckets)?).await?;
        let mut held = Vec::new();
        let mut group: Group = vec![None; layout.group.len()];
        while let Some(batch) = running.next().await? {
            let mut column = 0;
            let mut next = || {
                column += 1;
                column - 1
            };
            let buckets = has_buckets.then(|| batch.column(next()).as_primitive_opt::<Int32Type>()).flatten();
            let keys = layout.group.iter().map(|constant| match constant {
                Some(value) => Ok(vec![Some(Arc::clone(value)); batch.num_rows()]),
                None => texts(&batch, next()),
            });
            let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
            let columns = plan.held_slots().map(|(_, slot)| self.column(&batch, next(), slot.merging()));
            let columns: Vec<_> = columns.collect::<Result<_, _>>()?;
            if self.codes.are_too_many() {
                return Err(too_much());
            }
            for row in 0..batch.num_rows() {
                let bucket = buckets.filter(|buckets| buckets.is_valid(row)).map(|buckets| buckets.value(row));
                group.iter_mut().zip(&keys).for_each(|(value, key)| value.clone_from(&key[row]));
                held.clear();
                held.extend(columns.iter().map(|column| column[row]));
                take(bucket, &group, &held)?;
            }
        }
        Ok(())
    }

    fn column(self, batch: &RecordBatch, column: usize, merging: Merging) -> Result<Vec<Option<i64>>, QueryError> {
        let values = batch.column(column);
        let unexpected = || {
            let (name, kind) = (batch.schema_ref().field(column).name().clone(), values.data_type());
            QueryError::from(DataFusionError::Internal(format!("column {name:?} cannot be of {kind} here")))
        };
        if merging == Merging::Distinct {
            let texts = cast(values, &DataType::Utf8View)?;
            let texts = texts.as_string_view_opt().ok_or_else(unexpected)?;
            return Ok(self.codes.of(texts.iter()));
        }
        let values = values.as_primitive_opt::<Decimal128Type>().ok_or_else(unexpected)?;
        let narrow = values.iter().map(|value| value.map(|value| i64::try_from(value).map_err(|_| unexpected())));
        narrow.map(Option::transpose).collect()
    }
}

/// That it takes more memory than it may.
pub(super) fn too_much() -> QueryError {
    QueryError::Limit { what: "values of rows", limit: MAX_HELD as u64, hint: "filter, or ask for a shorter range" }
}
