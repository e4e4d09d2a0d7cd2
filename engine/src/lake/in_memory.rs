//! A partition's spooled rows, sorted in memory: several times as quick as a sort that may spill,
//! which takes rows apart and puts them together again at every step.

use std::sync::Arc;

use arrow::array::{Array, RecordBatch, new_null_array};
use arrow::compute::{SortOptions, concat, interleave_record_batch};
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use datafusion::common::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;

use super::LakeError;
use super::sort_order::sort_order;
use super::spool::{SEQUENCE, SpoolStream, compact, spool_schema};
use crate::dataset::Dataset;

/// Rows that are put together at once.
const BATCH_ROWS: usize = 8_192;

const ASCENDING: SortOptions = SortOptions { descending: false, nulls_first: true };
const DESCENDING: SortOptions = SortOptions { descending: true, nulls_first: false };

/// All rows of a spooled partition, of the dataset's columns, in the order of its segments.
pub(super) fn for_segments(
    dataset: &Dataset,
    spooled: &SpoolStream,
) -> Result<impl Iterator<Item = Result<RecordBatch, DataFusionError>> + use<>, LakeError> {
    let columns: Vec<usize> = (0..dataset.schema.fields().len()).collect();
    let pieces = spooled.open()?.map(|piece| Ok(piece?.project(&columns)?));
    let by: Vec<_> = dataset.sort.iter().map(|column| (*column, ASCENDING)).collect();
    sorted(&pieces.collect::<Result<Vec<_>, DataFusionError>>()?, &by)
}

/// All rows of a spooled partition as a merge takes them.
pub(super) fn for_merge(dataset: &Dataset, spooled: &SpoolStream) -> Result<SendableRecordBatchStream, LakeError> {
    let mut by = vec![(dataset.entity, ASCENDING), (dataset.version, DESCENDING), (SEQUENCE, DESCENDING)];
    by.extend(dataset.row.map(|row| (row, ASCENDING)));
    let rows = sorted(&spooled.open()?.collect::<Result<Vec<_>, DataFusionError>>()?, &by)?;
    Ok(Box::pin(RecordBatchStreamAdapter::new(spool_schema(dataset), futures::stream::iter(rows))))
}

fn sorted(
    pieces: &[RecordBatch],
    by: &[(&str, SortOptions)],
) -> Result<impl Iterator<Item = Result<RecordBatch, DataFusionError>> + use<>, LakeError> {
    let key = |(column, _): &(&str, SortOptions)| {
        let parts: Vec<&dyn Array> = pieces.iter().map(|piece| piece[*column].as_ref()).collect();
        concat(&parts)
    };
    let keys = by.iter().map(|one| Ok((key(one)?, one.1))).collect::<Result<Vec<_>, ArrowError>>()?;
    let order = sort_order(&keys)?;
    drop(keys);
    let places: Vec<(usize, usize)> =
        pieces.iter().enumerate().flat_map(|(piece, rows)| (0..rows.num_rows()).map(move |row| (piece, row))).collect();
    let columns = Columns::of(pieces)?;
    let starts = (0..order.len()).step_by(BATCH_ROWS);
    Ok(starts.map(move |start| {
        let rows = &order[start..order.len().min(start + BATCH_ROWS)];
        let rows: Vec<_> = rows.iter().map(|row| places[*row as usize]).collect();
        Ok(columns.gather(&rows)?)
    }))
}

/// The rows of some pieces, of which only the columns with values are taken apart and put together.
struct Columns {
    schema: SchemaRef,
    /// For each column whether it has values.
    filled: Vec<bool>,
    /// The pieces, in these columns.
    pieces: Vec<RecordBatch>,
}

impl Columns {
    fn of(pieces: &[RecordBatch]) -> Result<Self, ArrowError> {
        let schema = pieces.first().map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
        let has_values = |column| pieces.iter().any(|piece| piece.column(column).null_count() < piece.num_rows());
        let filled: Vec<bool> = (0..schema.fields().len()).map(has_values).collect();
        let taken: Vec<usize> = (0..filled.len()).filter(|column| filled[*column]).collect();
        let pieces = pieces.iter().map(|piece| piece.project(&taken)).collect::<Result<_, _>>()?;
        Ok(Self { schema, filled, pieces })
    }

    /// The rows at these places, each the number of a piece and of a row in it.
    fn gather(&self, places: &[(usize, usize)]) -> Result<RecordBatch, ArrowError> {
        let pieces: Vec<&RecordBatch> = self.pieces.iter().collect();
        // Compacted: the texts are gathered once here, and not each time that they are hashed and compared.
        let gathered = compact(&interleave_record_batch(&pieces, places)?)?;
        let mut gathered = gathered.columns().iter();
        let columns = self.schema.fields().iter().zip(&self.filled).map(|(field, is_filled)| {
            let column = if *is_filled { gathered.next().cloned() } else { None };
            column.unwrap_or_else(|| new_null_array(field.data_type(), places.len()))
        });
        RecordBatch::try_new(Arc::clone(&self.schema), columns.collect())
    }
}
