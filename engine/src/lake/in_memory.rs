//! A partition's spooled rows, sorted in memory: several times as quick as a sort that may spill,
//! which takes rows apart and puts them together again at every step.

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::{SortOptions, concat, interleave_record_batch};
use arrow::row::{RowConverter, SortField};
use datafusion::common::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;

use super::LakeError;
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
    sorted(pieces.collect::<Result<_, DataFusionError>>()?, &by)
}

/// All rows of a spooled partition as a merge takes them.
pub(super) fn for_merge(dataset: &Dataset, spooled: &SpoolStream) -> Result<SendableRecordBatchStream, LakeError> {
    let mut by = vec![(dataset.entity, ASCENDING), (dataset.version, DESCENDING), (SEQUENCE, DESCENDING)];
    by.extend(dataset.row.map(|row| (row, ASCENDING)));
    let rows = sorted(spooled.open()?.collect::<Result<_, DataFusionError>>()?, &by)?;
    Ok(Box::pin(RecordBatchStreamAdapter::new(spool_schema(dataset), futures::stream::iter(rows))))
}

fn sorted(
    pieces: Vec<RecordBatch>,
    by: &[(&str, SortOptions)],
) -> Result<impl Iterator<Item = Result<RecordBatch, DataFusionError>> + use<>, LakeError> {
    let key = |(column, _): &(&str, SortOptions)| {
        let parts: Vec<&dyn Array> = pieces.iter().map(|piece| piece[*column].as_ref()).collect();
        concat(&parts)
    };
    let keys: Vec<ArrayRef> = by.iter().map(key).collect::<Result<_, _>>()?;
    let field = |(key, (_, options)): (&ArrayRef, &(&str, SortOptions))| {
        SortField::new_with_options(key.data_type().clone(), *options)
    };
    let keys = RowConverter::new(keys.iter().zip(by).map(field).collect())?.convert_columns(&keys)?;
    let mut order: Vec<usize> = (0..keys.num_rows()).collect();
    order.sort_by(|a, b| keys.row(*a).cmp(&keys.row(*b)));
    drop(keys);
    let places: Vec<(usize, usize)> =
        pieces.iter().enumerate().flat_map(|(piece, rows)| (0..rows.num_rows()).map(move |row| (piece, row))).collect();
    let starts = (0..order.len()).step_by(BATCH_ROWS);
    Ok(starts.map(move |start| {
        let rows = &order[start..order.len().min(start + BATCH_ROWS)];
        let rows: Vec<_> = rows.iter().map(|row| places[*row]).collect();
        let pieces: Vec<&RecordBatch> = pieces.iter().collect();
        // Compacted: the texts are gathered once here, and not each time that they are hashed and compared.
        Ok(compact(&interleave_record_batch(&pieces, &rows)?)?)
    }))
}
