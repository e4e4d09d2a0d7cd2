//! A sink that keeps what it is given and checks what every sink may rely on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aloftly_connectors::shopify::orders_csv::{self, Options};
use aloftly_connectors::{CellError, ImportError, Progress, Summary};
use aloftly_engine::dataset::Dataset;
use aloftly_engine::lake::{LakeError, RowSink};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type, TimestampMicrosecondType};

/// A row by column: instants as microseconds, decimals as their raw number.
pub(crate) type Row = BTreeMap<String, Option<String>>;

/// Keeps every row.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) rows: BTreeMap<&'static str, Vec<Row>>,
    pub(crate) batches: usize,
    pub(crate) largest_batch: usize,
}

impl Kept {
    pub(crate) fn of(&self, dataset: &str) -> &[Row] {
        self.rows.get(dataset).map_or(&[], Vec::as_slice)
    }

    /// The rows that a lake would hold: of each entity the highest version, among equals the last.
    pub(crate) fn latest(&self, dataset: &str, entity: &str) -> BTreeMap<String, Row> {
        let mut held: BTreeMap<String, Row> = BTreeMap::new();
        for row in self.of(dataset) {
            let version = |row: &Row| number(row, "row_version");
            let id = text(row, entity).to_owned();
            if held.get(&id).is_none_or(|held| version(held) <= version(row)) {
                held.insert(id, row.clone());
            }
        }
        held
    }
}

impl RowSink for Kept {
    fn push(&mut self, dataset: &Arc<Dataset>, batch: &RecordBatch) -> Result<(), LakeError> {
        assert_eq!(batch.schema(), dataset.schema, "{}", dataset.name);
        assert!(batch.num_rows() > 0, "an empty batch of {}", dataset.name);
        self.batches += 1;
        self.largest_batch = self.largest_batch.max(batch.num_rows());
        let rows: Vec<Row> = (0..batch.num_rows()).map(|row| row_of(batch, row)).collect();
        check_states(dataset, &rows);
        self.rows.entry(dataset.name).or_default().extend(rows);
        Ok(())
    }
}

/// All rows of one state are next to one another, and an entity has one state in a batch.
pub(crate) fn check_states(dataset: &Dataset, rows: &[Row]) {
    let mut last_place: HashMap<&str, usize> = HashMap::new();
    for (place, row) in rows.iter().enumerate() {
        let entity = text(row, dataset.entity);
        if let Some(last) = last_place.insert(entity, place) {
            assert!(dataset.row.is_some(), "{}: {entity} twice in one batch", dataset.name);
            assert_eq!(last + 1, place, "{}: the rows of {entity} are scattered", dataset.name);
            assert_eq!(rows[last][dataset.version], row[dataset.version], "{}: versions of {entity}", dataset.name);
        }
    }
}

/// The cells of a row.
pub(crate) fn row_of(batch: &RecordBatch, row: usize) -> Row {
    let schema = batch.schema();
    let cells = schema.fields().iter().zip(batch.columns());
    cells.map(|(field, column)| (field.name().clone(), cell_of(column, row))).collect()
}

fn cell_of(column: &ArrayRef, row: usize) -> Option<String> {
    column.is_valid(row).then(|| match column.data_type() {
        DataType::Utf8View => column.as_string_view().value(row).to_owned(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Decimal128(_, _) => column.as_primitive::<Decimal128Type>().value(row).to_string(),
        DataType::Timestamp(_, _) => column.as_primitive::<TimestampMicrosecondType>().value(row).to_string(),
        other => panic!("no cell of {other}"),
    })
}

pub(crate) fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row[column].as_deref().unwrap_or_else(|| panic!("{column} is null"))
}

pub(crate) fn number(row: &Row, column: &str) -> i128 {
    text(row, column).parse().unwrap()
}

pub(crate) fn sum(rows: &[Row], column: &str) -> i128 {
    rows.iter().map(|row| number(row, column)).sum()
}

/// Imports an orders file in small batches.
pub(crate) fn import_orders(file: &[u8], batch_rows: usize) -> Result<(Kept, Summary), ImportError> {
    let mut kept = Kept::default();
    let mut last = Progress::default();
    let summary = orders_csv::import(file, &Options { batch_rows }, &mut kept, &mut |progress| {
        assert!(progress.bytes >= last.bytes && progress.rows >= last.rows, "progress went back");
        last = progress;
    })?;
    assert_eq!(last, Progress { bytes: summary.bytes, rows: summary.rows });
    Ok((kept, summary))
}

/// The errors of a file that must be rejected for its rows.
pub(crate) fn rejected(result: Result<(Kept, Summary), ImportError>) -> Vec<CellError> {
    match result {
        Err(ImportError::Rejected { errors, total }) => {
            assert_eq!(errors.len() as u64, total.min(100));
            errors
        }
        other => panic!("not rejected for its rows: {:?}", other.map(|(_, summary)| summary)),
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
