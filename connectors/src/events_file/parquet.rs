//! Events from Parquet.

use std::sync::Arc;

use aloftly_engine::lake::RowSink;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::{can_cast_types, cast};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;

use super::event::Events;
use super::places::Cells;
use super::{Mapping, Options};
use crate::table::{find, same_title};
use crate::{ImportError, Progress, Summary};

/// Reads a Parquet file and pushes its events to `sink`. Only the columns that the mapping names are read.
///
/// # Errors
/// As [`import_csv`](super::import_csv); the errors' lines are row numbers, counted from 1.
pub fn import_parquet(
    file: impl ChunkReader + 'static,
    mapping: &Mapping,
    options: &Options,
    sink: &mut dyn RowSink,
    progress: &mut dyn FnMut(Progress),
) -> Result<Summary, ImportError> {
    let mut events = Events::new(mapping, options)?;
    let bytes = file.len();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let schema = Arc::clone(builder.schema());
    let titles: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let wanted: Vec<(&str, bool)> = events.titles().iter().map(|title| (title.as_str(), true)).collect();
    let roots: Vec<usize> = find(&titles, &wanted)?.into_iter().flatten().collect();
    for field in roots.iter().map(|root| schema.field(*root)) {
        if field.data_type().is_nested() || !can_cast_types(field.data_type(), &DataType::Utf8) {
            let (column, found) = (field.name().clone(), field.data_type().to_string());
            return Err(ImportError::ColumnType { column, found });
        }
    }
    let unknown = |title: &&String| !wanted.iter().any(|(wanted, _)| same_title(wanted, title));
    events.summary.ignored_columns = titles.iter().filter(unknown).cloned().collect();
    let total = builder.metadata().file_metadata().num_rows().max(1).unsigned_abs();
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(options.batch_rows.max(1)).build()?;
    let mut rows = 0;
    for batch in reader {
        let columns = texts(&batch.map_err(read_error)?, &roots)?;
        let length = columns.first().map_or(0, Array::len);
        for row in 0..length {
            rows += 1;
            events.row(rows, &ParquetRow { columns: &columns, row }, sink)?;
        }
        let done = u128::from(bytes) * u128::from(rows) / u128::from(total);
        progress(Progress { bytes: u64::try_from(done).unwrap_or(bytes).min(bytes), rows });
    }
    events.flush(sink)?;
    (events.summary.bytes, events.summary.rows) = (bytes, rows);
    progress(Progress { bytes, rows });
    events.rejections.into_result()?;
    Ok(events.summary)
}

/// The columns as text, in the order of `roots`; the batch has them in the file's order.
fn texts(batch: &RecordBatch, roots: &[usize]) -> Result<Vec<StringArray>, ImportError> {
    let place = |root: &usize| roots.iter().filter(|other| *other < root).count();
    let text = |root: &usize| -> Result<StringArray, ImportError> {
        let column = batch.column(place(root));
        let column = plain(column)?;
        Ok(match column.data_type() {
            DataType::Float32 => decimals(column.as_primitive::<Float32Type>().iter()),
            DataType::Float64 => decimals(column.as_primitive::<Float64Type>().iter()),
            _ => cast(&column, &DataType::Utf8)?.as_string::<i32>().clone(),
        })
    };
    roots.iter().map(text).collect()
}

/// A dictionary's values instead of its keys.
fn plain(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Dictionary(_, values) => cast(column, values),
        DataType::Float16 => cast(column, &DataType::Float32),
        _ => Ok(Arc::clone(column)),
    }
}

/// The shortest decimals that stand for floats, without exponents.
fn decimals<T: std::fmt::Display>(values: impl Iterator<Item = Option<T>>) -> StringArray {
    values.map(|value| value.map(|value| value.to_string())).collect()
}

fn read_error(error: ArrowError) -> ImportError {
    ImportError::Parquet(ParquetError::External(Box::new(error)))
}

struct ParquetRow<'a> {
    columns: &'a [StringArray],
    row: usize,
}

impl Cells for ParquetRow<'_> {
    fn get(&self, cell: usize) -> &str {
        match self.columns.get(cell) {
            Some(column) if column.is_valid(self.row) => column.value(self.row).trim(),
            _ => "",
        }
    }
}
