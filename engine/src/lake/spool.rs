//! Rows on their way to one commit, sorted into partitions as they come.
//!
//! They stay in memory while they are few and go to files of the spool folder beyond that, so a commit of any size
//! is collected in bounded memory. A spool can be read several times: a commit that met a conflict is computed again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::sync::Arc;

use arrow::array::make_comparator;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringViewArray, UInt32Array, UInt64Array};
use arrow::compute::{SortOptions, take_record_batch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::DataFusionError;
use datafusion::datasource::provider_as_source;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use tempfile::TempDir;

use super::{LakeError, RowSink};
use crate::dataset::{Dataset, Partition};

/// The column that a spool adds: which state of which entity a row belongs to, in the order given.
pub(super) const SEQUENCE: &str = "__sequence";

/// Rows collected for one commit.
pub struct Spool {
    folder: TempDir,
    memory_limit: usize,
    memory_used: usize,
    rows: u64,
    states: u64,
    partitions: BTreeMap<(&'static str, Partition), PartitionSpool>,
}

/// The spooled rows of one partition.
pub(super) struct PartitionSpool {
    pub(super) dataset: Arc<Dataset>,
    pub(super) partition: Partition,
    pub(super) rows: u64,
    schema: SchemaRef,
    held: Vec<RecordBatch>,
    file: Option<StreamWriter<BufWriter<File>>>,
    path: std::path::PathBuf,
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").field("folder", &self.folder.path()).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Spool {
    pub(super) fn new(folder: TempDir, memory_limit: usize) -> Self {
        Self { folder, memory_limit, memory_used: 0, rows: 0, states: 0, partitions: BTreeMap::new() }
    }

    /// Rows taken so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the writing: everything is in memory or in complete files.
    pub(super) fn finish(&mut self) -> Result<(), LakeError> {
        for spooled in self.partitions.values_mut() {
            if let Some(mut writer) = spooled.file.take() {
                for batch in spooled.held.drain(..) {
                    writer.write(&batch)?;
                }
                writer.into_inner()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            }
        }
        Ok(())
    }

    pub(super) fn partitions(&self) -> impl Iterator<Item = &PartitionSpool> {
        self.partitions.values()
    }

    fn keep(&mut self, dataset: &Arc<Dataset>, partition: Partition, batch: RecordBatch) -> Result<(), LakeError> {
        let folder = self.folder.path();
        let spooled = self.partitions.entry((dataset.name, partition)).or_insert_with(|| PartitionSpool {
            dataset: Arc::clone(dataset),
            partition,
            rows: 0,
            schema: batch.schema(),
            held: Vec::new(),
            file: None,
            path: folder.join(format!("{}-{partition}.arrows", dataset.name)),
        });
        spooled.rows += batch.num_rows() as u64;
        self.memory_used += batch.get_array_memory_size();
        spooled.held.push(batch);
        if self.memory_used > self.memory_limit {
            for spooled in self.partitions.values_mut() {
                spooled.spill()?;
            }
            self.memory_used = 0;
        }
        Ok(())
    }
}

impl RowSink for Spool {
    fn push(&mut self, dataset: &Arc<Dataset>, batch: &RecordBatch) -> Result<(), LakeError> {
        check_shape(dataset, batch)?;
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let (sequence, states) = sequence(dataset, batch, self.states)?;
        self.states = states;
        self.rows += batch.num_rows() as u64;
        let mut columns = batch.columns().to_vec();
        columns.push(sequence);
        let batch = RecordBatch::try_new(spool_schema(dataset), columns)?;
        let mut groups = rows_by_partition(dataset, &batch);
        if groups.len() == 1
            && let Some((partition, _)) = groups.pop_first()
        {
            return self.keep(dataset, partition, batch);
        }
        for (partition, rows) in groups {
            let part = compact(&take_record_batch(&batch, &UInt32Array::from(rows))?)?;
            self.keep(dataset, partition, part)?;
        }
        Ok(())
    }
}

impl PartitionSpool {
    fn spill(&mut self) -> Result<(), LakeError> {
        if self.held.is_empty() {
            return Ok(());
        }
        if self.file.is_none() {
            let file = BufWriter::new(File::create(&self.path)?);
            self.file = Some(StreamWriter::try_new(file, &self.schema)?);
        }
        if let Some(writer) = &mut self.file {
            for batch in self.held.drain(..) {
                writer.write(&batch)?;
            }
        }
        Ok(())
    }

    /// The least and greatest entity of a spool that is all in memory; `None` when some of it is in a file.
    pub(super) fn entity_range(&self) -> Option<(String, String)> {
        if self.path.exists() {
            return None;
        }
        let bounds = self.held.iter().map(|batch| super::cold::bounds(&self.dataset, batch).1);
        bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    pub(super) fn source(&self) -> SpoolStream {
        let file = self.path.exists().then(|| self.path.clone());
        SpoolStream { schema: Arc::clone(&self.schema), held: self.held.clone(), file }
    }
}

/// A spooled partition as a source of a plan.
#[derive(Debug)]
pub(super) struct SpoolStream {
    schema: SchemaRef,
    held: Vec<RecordBatch>,
    file: Option<std::path::PathBuf>,
}

impl SpoolStream {
    /// The batches of a file.
    pub(super) fn of_file(schema: &SchemaRef, file: std::path::PathBuf) -> Self {
        Self { schema: Arc::clone(schema), held: Vec::new(), file: Some(file) }
    }

    /// A plan that reads it.
    pub(super) fn plan(self) -> Result<LogicalPlan, LakeError> {
        let table = StreamingTable::try_new(Arc::clone(&self.schema), vec![Arc::new(self)])?;
        Ok(LogicalPlanBuilder::scan("spooled", provider_as_source(Arc::new(table)), None)?.build()?)
    }

    fn open(&self) -> Result<impl Iterator<Item = Result<RecordBatch, DataFusionError>> + use<>, DataFusionError> {
        let file = match &self.file {
            Some(path) => Some(StreamReader::try_new(BufReader::new(File::open(path)?), None)?),
            None => None,
        };
        Ok(self
            .held
            .clone()
            .into_iter()
            .map(Ok)
            .chain(file.into_iter().flatten().map(|batch| batch.map_err(Into::into))))
    }
}

impl PartitionStream for SpoolStream {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let batches: Box<dyn Iterator<Item = Result<RecordBatch, DataFusionError>> + Send> = match self.open() {
            Ok(batches) => Box::new(batches),
            Err(error) => Box::new(std::iter::once(Err(error))),
        };
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), futures::stream::iter(batches)))
    }
}

pub(super) fn spool_schema(dataset: &Dataset) -> SchemaRef {
    let mut fields = dataset.schema.fields().to_vec();
    fields.push(Arc::new(Field::new(SEQUENCE, DataType::UInt64, false)));
    Arc::new(Schema::new(fields))
}

fn check_shape(dataset: &Dataset, batch: &RecordBatch) -> Result<(), LakeError> {
    if batch.schema().fields() == dataset.schema.fields() {
        return Ok(());
    }
    Err(LakeError::Shape { dataset: dataset.name, detail: format!("the columns are {:?}", batch.schema().fields()) })
}

/// Numbers the states: rows next to one another are one state while they name the same entity and version and their row
/// column ascends.
fn sequence(dataset: &Dataset, batch: &RecordBatch, before: u64) -> Result<(ArrayRef, u64), LakeError> {
    let entity = batch[dataset.entity].as_string_view();
    let version = batch[dataset.version].as_primitive::<Int64Type>();
    let ascends = match dataset.row {
        Some(row) => Some(make_comparator(&batch[row], &batch[row], SortOptions::default())?),
        None => None,
    };
    let goes_on = |row: usize| {
        row > 0
            && entity.value(row) == entity.value(row - 1)
            && version.value(row) == version.value(row - 1)
            && ascends.as_ref().is_some_and(|compare| compare(row - 1, row).is_lt())
    };
    let mut state = before;
    let numbers = (0..batch.num_rows()).map(|row| {
        state += u64::from(!goes_on(row));
        state
    });
    let numbers = UInt64Array::from_iter_values(numbers);
    Ok((Arc::new(numbers), state))
}

fn rows_by_partition(dataset: &Dataset, batch: &RecordBatch) -> BTreeMap<Partition, Vec<u32>> {
    let time = batch[dataset.time].as_primitive::<TimestampMicrosecondType>();
    let mut groups: BTreeMap<Partition, Vec<u32>> = BTreeMap::new();
    for (row, micros) in (0u32..).zip(time.values()) {
        groups.entry(dataset.partition_of(*micros)).or_default().push(row);
    }
    groups
}

/// Rows taken from a batch still point at all its text: copies what is used, and leaves the rest behind.
pub(super) fn compact(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| match column.as_any().downcast_ref::<StringViewArray>() {
        Some(text) => Arc::new(text.gc()) as ArrayRef,
        None => Arc::clone(column),
    });
    RecordBatch::try_new(batch.schema(), columns.collect())
}
