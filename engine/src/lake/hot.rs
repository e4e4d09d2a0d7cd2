//! Hot segments: Arrow IPC bytes with one column more, which marks the rows of entities that the partition already held.

use std::io::Cursor;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use bytes::Bytes;
use std::collections::{BTreeSet, HashSet};

use super::LakeError;
use super::manifest::Segment;
use crate::dataset::Dataset;

const UPDATE: &str = "__update";

/// The rows of one hot segment.
#[derive(Clone, Debug)]
pub(super) struct HotRows {
    /// Rows of the dataset's schema.
    pub(super) rows: RecordBatch,
    /// For each row, whether its entity was held when the segment was committed.
    pub(super) updates: BooleanArray,
}

pub(super) fn encode(rows: &RecordBatch, updates: &BooleanArray) -> Result<Bytes, LakeError> {
    let mut columns = rows.columns().to_vec();
    columns.push(Arc::new(updates.clone()));
    let batch = RecordBatch::try_new(hot_schema(rows.schema_ref()), columns)?;
    let mut writer = StreamWriter::try_new(Vec::new(), batch.schema_ref())?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?.into())
}

/// Reads a hot segment; columns that its schema version did not have are null.
pub(super) fn decode(dataset: &Dataset, segment: &Segment, bytes: &Bytes) -> Result<HotRows, LakeError> {
    let damaged = |detail: String| LakeError::Damaged { dataset: segment.dataset.clone(), segment: segment.id, detail };
    if super::checksum(bytes) != segment.checksum {
        return Err(damaged("its bytes do not have its checksum".to_owned()));
    }
    let reader = StreamReader::try_new(Cursor::new(bytes), None).map_err(|error| damaged(error.to_string()))?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|error| damaged(error.to_string()))?;
    let batch = concat_batches(&schema, &batches)?;
    let updates = batch
        .column_by_name(UPDATE)
        .and_then(|column| column.as_boolean_opt())
        .ok_or_else(|| damaged("it does not say which rows are updates".to_owned()))?;
    let columns = dataset.schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
        Some(column) => Arc::clone(column),
        None => arrow::array::new_null_array(field.data_type(), batch.num_rows()),
    });
    let rows = RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect())
        .map_err(|error| damaged(error.to_string()))?;
    Ok(HotRows { rows, updates: updates.clone() })
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
