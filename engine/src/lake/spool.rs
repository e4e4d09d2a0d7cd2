//! Rows on their way to one commit, sorted into partitions as they come.
//!
//! They stay in memory while they are few and go to files of the spool folder beyond that, so a commit of any size
//! is collected in bounded memory. A spool can be read several times: a commit that met a conflict is computed again.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufReader, BufWriter, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::make_comparator;
use arrow::array::{Array, ArrayRef, AsArray, NullArray, RecordBatch, UInt32Array, UInt64Array, new_null_array};
use arrow::compute::{SortOptions, take_record_batch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef, TimestampMicrosecondType, UInt64Type};
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
use crate::room::Room;

/// The column that a spool adds: which state of which entity a row belongs to, in the order given.
pub(super) const SEQUENCE: &str = "__sequence";

/// Rows, and bytes of text, of the pieces that rows are kept in.
const PIECE_ROWS: usize = 2_048;
const PIECE_TEXT: usize = 512 << 10;

/// Of so many states a spool remembers which entities they are of, in 8 bytes each.
const REMEMBERED_STATES: u64 = 4 << 20;

/// Rows collected for one commit.
pub struct Spool {
    folder: TempDir,
    memory_limit: usize,
    memory_used: usize,
    /// The folder may be on the database's disk, which must not be filled.
    room: Room,
    rows: u64,
    states: u64,
    partitions: BTreeMap<(&'static str, Partition), PartitionSpool>,
    hasher: RandomState,
}

/// The spooled rows of one partition.
pub(super) struct PartitionSpool {
    pub(super) dataset: Arc<Dataset>,
    pub(super) partition: Partition,
    pub(super) rows: u64,
    schema: SchemaRef,
    held: Vec<RecordBatch>,
    /// Holds a stream of batches for each time that memory was full. It is open only while one is written: a commit can be
    /// about hundreds of partitions.
    path: PathBuf,
    spilled: bool,
    /// What all its rows take in memory.
    pub(super) bytes: usize,
    /// How many states there are when no two are of one entity; `None` when two may be. Known when the writing has ended.
    pub(super) distinct_states: Option<u64>,
    entities: Entities,
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").field("folder", &self.folder.path()).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Spool {
    /// `disk_reserve` is the free space that is left on the folder's disk.
    pub(super) fn new(folder: TempDir, memory_limit: usize, disk_reserve: u64) -> Self {
        let room = Room::new(folder.path(), disk_reserve);
        let hasher = RandomState::new();
        Self { folder, memory_limit, memory_used: 0, room, rows: 0, states: 0, partitions: BTreeMap::new(), hasher }
    }

    /// Rows taken so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Ends the writing: everything is in memory or in complete files.
    pub(super) fn finish(&mut self) -> Result<(), LakeError> {
        for spooled in self.partitions.values_mut() {
            if spooled.spilled {
                spooled.spill()?;
            }
            spooled.distinct_states = std::mem::take(&mut spooled.entities).distinct();
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
            spilled: false,
            path: folder.join(format!("{}-{partition}.arrows", dataset.name)),
            bytes: 0,
            distinct_states: None,
            entities: Entities::default(),
        });
        let bytes = batch.get_array_memory_size();
        spooled.bytes += bytes;
        if self.states <= REMEMBERED_STATES {
            spooled.entities.add(dataset, &batch, &self.hasher);
        } else {
            spooled.entities.forget();
        }
        spooled.rows += batch.num_rows() as u64;
        self.memory_used += bytes;
        spooled.held.push(batch);
        if self.memory_used > self.memory_limit {
            self.room.check_for(self.memory_used as u64)?;
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
        let most = piece_rows(&batch);
        if groups.len() == 1
            && batch.num_rows() <= most
            && let Some((partition, _)) = groups.pop_first()
        {
            return self.keep(dataset, partition, batch);
        }
        for (partition, rows) in groups {
            for rows in rows.chunks(most) {
                let piece = compact(&take_record_batch(&batch, &UInt32Array::from(rows.to_vec()))?)?;
                self.keep(dataset, partition, piece)?;
            }
        }
        Ok(())
    }
}

impl PartitionSpool {
    fn spill(&mut self) -> Result<(), LakeError> {
        if self.held.is_empty() {
            return Ok(());
        }
        let file = BufWriter::new(File::options().append(true).create(true).open(&self.path)?);
        let layout = Layout::of(&self.schema, &self.held);
        let mut writer = StreamWriter::try_new(file, &layout.stored)?;
        for batch in self.held.drain(..) {
            writer.write(&layout.store(&batch)?)?;
        }
        writer.into_inner()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        self.spilled = true;
        Ok(())
    }

    /// The least and greatest entity of a spool that is all in memory; `None` when some of it is in a file.
    pub(super) fn entity_range(&self) -> Option<(String, String)> {
        if self.spilled {
            return None;
        }
        let entities = self.held.iter().map(|batch| batch[self.dataset.entity].as_string_view());
        let bounds = entities.filter_map(super::bounds::entity_bounds);
        bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    pub(super) fn source(&self) -> SpoolStream {
        let file = self.spilled.then(|| self.path.clone());
        SpoolStream { schema: Arc::clone(&self.schema), held: self.held.clone(), file }
    }
}

/// How batches are kept in a file: columns that have no value in any of them take no room. Of a dataset for many sources, each
/// source fills only some.
struct Layout {
    stored: SchemaRef,
}

impl Layout {
    fn of(schema: &Schema, batches: &[RecordBatch]) -> Self {
        let fields = schema.fields().iter().enumerate().map(|(number, field)| {
            let is_empty = batches.iter().all(|batch| batch.column(number).null_count() == batch.num_rows());
            if is_empty { Arc::new(Field::new(field.name(), DataType::Null, true)) } else { Arc::clone(field) }
        });
        Self { stored: Arc::new(Schema::new(fields.collect::<Vec<_>>())) }
    }

    fn store(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let columns = self.stored.fields().iter().zip(batch.columns()).map(|(field, column)| match field.data_type() {
            DataType::Null => Arc::new(NullArray::new(batch.num_rows())) as ArrayRef,
            _ => Arc::clone(column),
        });
        RecordBatch::try_new(Arc::clone(&self.stored), columns.collect())
    }
}

/// A batch as it was before [`Layout::store`].
fn restored(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
        if column.data_type() == field.data_type() {
            Arc::clone(column)
        } else {
            new_null_array(field.data_type(), batch.num_rows())
        }
    });
    RecordBatch::try_new(Arc::clone(schema), columns.collect())
}

/// Hashes of the entities that a partition's states are of.
#[derive(Clone, Default)]
struct Entities {
    hashes: Vec<u64>,
    last_state: Option<u64>,
    forgotten: bool,
}

impl Entities {
    /// The states of a piece; the first may go on from the piece before.
    fn add(&mut self, dataset: &Dataset, piece: &RecordBatch, hasher: &RandomState) {
        let entity = piece[dataset.entity].as_string_view();
        for (row, state) in piece[SEQUENCE].as_primitive::<UInt64Type>().values().iter().enumerate() {
            if self.last_state != Some(*state) {
                self.last_state = Some(*state);
                self.hashes.push(hasher.hash_one(entity.value(row)));
            }
        }
    }

    fn forget(&mut self) {
        *self = Self { forgotten: true, ..Self::default() };
    }

    /// Entities of different hashes are different; two of the same hash are taken for one.
    fn distinct(mut self) -> Option<u64> {
        self.hashes.sort_unstable();
        let are_distinct = !self.forgotten && self.hashes.windows(2).all(|pair| pair[0] != pair[1]);
        are_distinct.then_some(self.hashes.len() as u64)
    }
}

/// A spooled partition as a source of a plan.
#[derive(Debug)]
pub(super) struct SpoolStream {
    schema: SchemaRef,
    held: Vec<RecordBatch>,
    file: Option<PathBuf>,
}

impl SpoolStream {
    /// The batches of a file.
    pub(super) fn of_file(schema: &SchemaRef, file: PathBuf) -> Self {
        Self { schema: Arc::clone(schema), held: Vec::new(), file: Some(file) }
    }

    /// A plan that reads it.
    pub(super) fn plan(self) -> Result<LogicalPlan, LakeError> {
        let table = StreamingTable::try_new(Arc::clone(&self.schema), vec![Arc::new(self)])?;
        Ok(LogicalPlanBuilder::scan("spooled", provider_as_source(Arc::new(table)), None)?.build()?)
    }

    /// Its batches, one after the other.
    pub(super) fn open(
        &self,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, DataFusionError>> + use<>, DataFusionError> {
        let file = self.file.clone().map(Streams::open).transpose()?;
        let held = self.held.clone().into_iter().map(Ok);
        let schema = Arc::clone(&self.schema);
        Ok(held.chain(file.into_iter().flatten().map(move |batch| Ok(restored(&schema, &batch?)?))))
    }
}

/// The batches of a file of several streams, one after the other.
struct Streams {
    path: PathBuf,
    length: u64,
    stream: Option<StreamReader<BufReader<File>>>,
}

impl Streams {
    fn open(path: PathBuf) -> Result<Self, ArrowError> {
        let length = std::fs::metadata(&path)?.len();
        let mut streams = Self { path, length, stream: None };
        streams.go_to(0)?;
        Ok(streams)
    }

    /// Opens the stream that begins there; none at the end of the file.
    fn go_to(&mut self, position: u64) -> Result<(), ArrowError> {
        self.stream = None;
        if position < self.length {
            let mut file = BufReader::new(File::open(&self.path)?);
            file.seek(SeekFrom::Start(position))?;
            self.stream = Some(StreamReader::try_new(file, None)?);
        }
        Ok(())
    }

    fn read(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        while let Some(stream) = &mut self.stream {
            if let Some(batch) = stream.next().transpose()? {
                return Ok(Some(batch));
            }
            let ended_at = stream.get_mut().stream_position()?;
            self.go_to(ended_at)?;
        }
        Ok(None)
    }
}

impl Iterator for Streams {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read().transpose();
        if matches!(read, Some(Err(_))) {
            self.stream = None;
        }
        read
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

/// How many rows of a batch make a piece that a sort can take whole, however little memory is left to it.
fn piece_rows(batch: &RecordBatch) -> usize {
    let bytes: usize = batch.columns().iter().map(view_bytes).sum();
    PIECE_ROWS.min(batch.num_rows() / bytes.div_ceil(PIECE_TEXT).max(1)).max(1)
}

/// How many bytes the values of a column of texts or bytes have that are not in the rows themselves.
fn view_bytes(column: &ArrayRef) -> usize {
    match column.data_type() {
        DataType::Utf8View => column.as_string_view().total_buffer_bytes_used(),
        DataType::BinaryView => column.as_binary_view().total_buffer_bytes_used(),
        _ => 0,
    }
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
    let columns = batch.columns().iter().map(|column| match column.data_type() {
        DataType::Utf8View => Arc::new(column.as_string_view().gc()) as ArrayRef,
        DataType::BinaryView => Arc::new(column.as_binary_view().gc()) as ArrayRef,
        _ => Arc::clone(column),
    });
    RecordBatch::try_new(batch.schema(), columns.collect())
}

#[cfg(test)]
mod tests {
    use arrow::array::{BooleanArray, Decimal128Array, Int64Array, StringViewArray, TimestampMicrosecondArray};

    use super::*;
    use crate::dataset;

    const DAY: i64 = 86_400_000_000;

    /// A row of `metric_events` on each of these days since 1970, all of one value.
    fn events(days: &[i64], value: i128) -> RecordBatch {
        let dataset = dataset::find("metric_events").unwrap();
        let columns = dataset.schema.fields().iter().map(|field| -> ArrayRef {
            match (field.name().as_str(), field.data_type()) {
                ("event_id", _) => {
                    Arc::new(StringViewArray::from_iter_values(days.iter().map(|day| format!("{day}-{value}"))))
                }
                (name, _) if name == dataset.time => {
                    let times = TimestampMicrosecondArray::from_iter_values(days.iter().map(|day| day * DAY));
                    Arc::new(times.with_timezone("UTC"))
                }
                (_, DataType::Decimal128(precision, scale)) => {
                    let values = Decimal128Array::from_iter_values(days.iter().map(|_| value));
                    Arc::new(values.with_precision_and_scale(*precision, *scale).unwrap())
                }
                (_, DataType::Int64) => Arc::new(Int64Array::from(vec![0; days.len()])),
                (_, DataType::Boolean) => Arc::new(BooleanArray::from(vec![false; days.len()])),
                (_, DataType::Utf8View) => Arc::new(StringViewArray::from(vec!["some text of a row"; days.len()])),
                (_, DataType::Timestamp(..)) => {
                    Arc::new(TimestampMicrosecondArray::from(vec![0; days.len()]).with_timezone("UTC"))
                }
                (_, other) => new_null_array(other, days.len()),
            }
        });
        RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect()).unwrap()
    }

    /// How many files of a folder this process has open, where the system tells.
    fn open_files(folder: &std::path::Path) -> usize {
        let open = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
        open.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok())
            .filter(|file| file.starts_with(folder))
            .count()
    }

    #[test]
    fn a_disk_that_is_nearly_full_is_not_filled() {
        let dataset = dataset::find("metric_events").unwrap();
        let mut spool = Spool::new(tempfile::tempdir().unwrap(), 0, u64::MAX);
        let error = spool.push(dataset, &events(&[1, 2], 7)).unwrap_err();
        let LakeError::Spool(error) = error else { panic!("{error}") };
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    }

    #[test]
    fn an_entity_that_is_given_twice_is_noticed() {
        let dataset = dataset::find("metric_events").unwrap();
        let distinct = |batches: &[RecordBatch]| {
            let mut spool = Spool::new(tempfile::tempdir().unwrap(), 0, 0);
            batches.iter().for_each(|batch| spool.push(dataset, batch).unwrap());
            spool.finish().unwrap();
            spool.partitions().map(|spooled| spooled.distinct_states).collect::<Vec<_>>()
        };
        // Days 3 and 4 are of January, day 40 of February.
        assert_eq!(distinct(&[events(&[3, 4, 40], 1), events(&[3], 2)]), [Some(3), Some(1)]);
        assert_eq!(distinct(&[events(&[3, 4, 40], 1), events(&[3], 1)]), [None, Some(1)]);
        assert_eq!(distinct(&[events(&[3, 40, 40], 1)]), [Some(1), None]);
    }

    #[test]
    fn an_order_of_several_rows_is_one_state_also_where_it_is_cut() {
        let mut entities = Entities::default();
        let dataset = dataset::find("order_items").unwrap();
        let piece = |states: &[u64]| {
            let schema = Schema::new(vec![
                Field::new("order_id", DataType::Utf8View, false),
                Field::new(SEQUENCE, DataType::UInt64, false),
            ]);
            let ids = StringViewArray::from_iter_values(states.iter().map(|state| format!("order {state}")));
            RecordBatch::try_new(Arc::new(schema), vec![Arc::new(ids), Arc::new(UInt64Array::from(states.to_vec()))])
                .unwrap()
        };
        let hasher = RandomState::new();
        entities.add(dataset, &piece(&[1, 1, 2]), &hasher);
        entities.add(dataset, &piece(&[2, 2, 3]), &hasher);
        assert_eq!(entities.clone().distinct(), Some(3));
        entities.forget();
        assert_eq!(entities.distinct(), None);
    }

    #[test]
    fn large_batches_are_kept_in_pieces_that_a_sort_can_take() {
        let dataset = dataset::find("metric_events").unwrap();
        let batch = events(&[7; 5_000], 1);
        assert_eq!(piece_rows(&events(&[7; 100], 1)), 100);
        let long = StringViewArray::from_iter_values((0..5_000).map(|row| format!("{row:01000}")));
        let mut columns = batch.columns().to_vec();
        columns[batch.schema().index_of("event_id").unwrap()] = Arc::new(long);
        let batch = RecordBatch::try_new(batch.schema(), columns).unwrap();
        let mut spool = Spool::new(tempfile::tempdir().unwrap(), 1 << 30, 0);
        spool.push(dataset, &batch).unwrap();
        let spooled = spool.partitions().next().unwrap();
        assert_eq!(spooled.held.iter().map(RecordBatch::num_rows).sum::<usize>(), 5_000);
        for piece in &spooled.held {
            assert!(piece.get_array_memory_size() < 2 * PIECE_TEXT, "{} rows", piece.num_rows());
        }
    }

    #[test]
    fn columns_that_are_filled_only_now_and_then_are_read_back_as_they_were() {
        let dataset = dataset::find("metric_events").unwrap();
        let page = dataset.column("page").unwrap();
        let with_pages = |value| events(&[0, 1], value);
        let without = |value| {
            let rows = with_pages(value);
            let mut columns = rows.columns().to_vec();
            columns[page] = new_null_array(&DataType::Utf8View, rows.num_rows());
            RecordBatch::try_new(rows.schema(), columns).unwrap()
        };
        // Each batch goes to the file by itself, so that each has another layout.
        let mut spool = Spool::new(tempfile::tempdir().unwrap(), 0, 0);
        let given = [without(1), with_pages(2), without(3)];
        for batch in &given {
            spool.push(dataset, batch).unwrap();
        }
        spool.finish().unwrap();
        let source = spool.partitions().next().unwrap().source();
        assert!(source.held.is_empty(), "everything is in the file");
        let columns: Vec<usize> = (0..dataset.schema.fields().len()).collect();
        let read: Vec<_> = source.open().unwrap().map(|batch| batch.unwrap().project(&columns).unwrap()).collect();
        assert_eq!(read, given);
    }

    #[test]
    fn rows_of_many_months_that_do_not_fit_in_memory_are_read_back_and_keep_no_files_open() {
        let months: Vec<i64> = (0..200).map(|month| month * 31).collect();
        let dataset = dataset::find("metric_events").unwrap();
        let mut spool = Spool::new(tempfile::tempdir().unwrap(), 100_000, 0);
        for value in 0..5 {
            spool.push(dataset, &events(&months, value)).unwrap();
        }
        assert_eq!(open_files(spool.folder.path()), 0);
        spool.finish().unwrap();
        assert!(spool.partitions().count() > 190);
        let mut read: Vec<String> = Vec::new();
        for spooled in spool.partitions() {
            assert!(spooled.spilled && spooled.entity_range().is_none());
            let batches: Vec<RecordBatch> = spooled.source().open().unwrap().map(Result::unwrap).collect();
            assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, spooled.rows);
            let ids = batches.iter().flat_map(|batch| batch["event_id"].as_string_view().iter().flatten());
            read.extend(ids.map(str::to_owned));
        }
        let mut given: Vec<String> =
            months.iter().flat_map(|day| (0..5).map(move |value| format!("{day}-{value}"))).collect();
        read.sort_unstable();
        given.sort_unstable();
        assert_eq!(read, given);
    }
}
