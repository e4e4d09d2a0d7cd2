//! Hot segments: two Arrow IPC streams, one after the other. The first holds rows, with one column more that marks those of entities
//! that the partition already held; the second the entities that the partition held and that are gone.

use std::io::Cursor;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringViewArray};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use bytes::Bytes;
use std::collections::{BTreeSet, HashSet};

use super::LakeError;
use super::fault::FaultKind;
use super::manifest::Segment;
use crate::StoreId;
use crate::dataset::Dataset;

const UPDATE: &str = "__update";
const REMOVED: &str = "__removed";

/// The rows of one hot segment.
#[derive(Clone, Debug)]
pub(super) struct HotRows {
    /// Rows of the dataset's schema.
    pub(super) rows: RecordBatch,
    /// For each row, whether its entity was held when the segment was committed.
    pub(super) updates: BooleanArray,
    /// Entities that were held when the segment was committed, and are not any more.
    pub(super) removed: StringViewArray,
}

impl HotRows {
    /// About how many bytes it takes in memory.
    pub(super) fn memory(&self) -> usize {
        self.rows.get_array_memory_size() + self.updates.get_array_memory_size() + self.removed.get_array_memory_size()
    }
}

pub(super) fn encode(hot: &HotRows) -> Result<Bytes, LakeError> {
    let mut columns = hot.rows.columns().to_vec();
    columns.push(Arc::new(hot.updates.clone()));
    let rows = RecordBatch::try_new(hot_schema(hot.rows.schema_ref()), columns)?;
    let removed = RecordBatch::try_new(removed_schema(), vec![Arc::new(hot.removed.clone())])?;
    let mut bytes = Vec::new();
    for batch in [rows, removed] {
        let mut writer = StreamWriter::try_new(bytes, batch.schema_ref())?;
        writer.write(&batch)?;
        bytes = writer.into_inner()?;
    }
    Ok(bytes.into())
}

/// Reads a hot segment; columns that its schema version did not have are null.
pub(super) fn decode(
    dataset: &Dataset,
    store: StoreId,
    segment: &Segment,
    bytes: &Bytes,
) -> Result<HotRows, LakeError> {
    let damaged = |detail: String| LakeError::Fault(segment.fault(store, FaultKind::Damaged(detail)));
    if super::checksum(bytes) != segment.checksum {
        return Err(damaged("its bytes do not have its checksum".to_owned()));
    }
    let whole = |error: ArrowError| damaged(error.to_string());
    let mut bytes = Cursor::new(bytes);
    let batch = read_stream(&mut bytes).map_err(whole)?;
    // Segments of before entities could be removed end here.
    let is_all = bytes.position() >= bytes.get_ref().len() as u64;
    let removed = if is_all { None } else { Some(read_stream(&mut bytes).map_err(whole)?) };
    let updates = batch
        .column_by_name(UPDATE)
        .and_then(|column| column.as_boolean_opt())
        .ok_or_else(|| damaged("it does not say which rows are updates".to_owned()))?;
    let columns = dataset.schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
        Some(column) => Arc::clone(column),
        None => arrow::array::new_null_array(field.data_type(), batch.num_rows()),
    });
    let rows = RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect()).map_err(whole)?;
    let removed = match &removed {
        None => StringViewArray::from_iter_values(std::iter::empty::<&str>()),
        Some(removed) => removed
            .column_by_name(REMOVED)
            .and_then(|column| column.as_string_view_opt())
            .ok_or_else(|| damaged("it does not say which entities are gone".to_owned()))?
            .clone(),
    };
    Ok(HotRows { rows, updates: updates.clone(), removed })
}

fn read_stream(bytes: &mut Cursor<&Bytes>) -> Result<RecordBatch, ArrowError> {
    let reader = StreamReader::try_new(bytes, None)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    concat_batches(&schema, &batches)
}

/// Of hot segments in commit order: the rows of each entity's last commit, and the entities that cold segments must not
/// show any more.
pub(super) fn last_per_entity(
    dataset: &Dataset,
    segments: &[Arc<HotRows>],
) -> Result<(Vec<RecordBatch>, BTreeSet<String>), LakeError> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut updated = BTreeSet::new();
    let mut kept = Vec::with_capacity(segments.len());
    for hot in segments.iter().rev() {
        let entity = hot.rows[dataset.entity].as_string_view();
        let last: BooleanArray = (0..entity.len()).map(|row| Some(!seen.contains(entity.value(row)))).collect();
        seen.extend(entity.iter().flatten().map(str::to_owned));
        seen.extend(hot.removed.iter().flatten().map(str::to_owned));
        updated.extend(hot.removed.iter().flatten().map(str::to_owned));
        let marked = entity.iter().zip(hot.updates.values()).filter(|(_, update)| *update);
        updated.extend(marked.filter_map(|(entity, _)| entity.map(str::to_owned)));
        kept.push(filter_record_batch(&hot.rows, &last)?);
    }
    kept.reverse();
    Ok((kept, updated))
}

fn hot_schema(schema: &SchemaRef) -> SchemaRef {
    let mut fields = schema.fields().to_vec();
    fields.push(Arc::new(Field::new(UPDATE, DataType::Boolean, false)));
    Arc::new(Schema::new(fields))
}

fn removed_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new(REMOVED, DataType::Utf8View, false)]))
}
