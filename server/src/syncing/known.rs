//! What was not told of things and is known of them from readings: it stays.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use aloftly_connectors::contract::{Batches, Failure, Keeps};
use aloftly_engine::dataset::{self, Dataset};
use aloftly_engine::lake::{LakeError, StoreLake};
use arrow::array::{Array as _, ArrayRef, AsArray as _, RecordBatch};
use arrow::compute::interleave;
use arrow::datatypes::TimestampMicrosecondType;
use arrow::error::ArrowError;

/// Where the rows of a thing are that is held: in which batch, and where in it.
type Held = HashMap<String, (usize, usize)>;

/// The same rows with what is known of their things in the columns that the deliveries do not tell.
///
/// # Errors
/// When the lake cannot be read.
pub(crate) async fn keep(lake: &StoreLake, told: Batches, keeps: &Keeps) -> Result<Batches, Failure> {
    let dataset = dataset::find(keeps.dataset).ok_or_else(|| LakeError::UnknownDataset(keeps.dataset.to_owned()))?;
    let Some((things, range)) = things(&told, dataset) else { return Ok(told) };
    let held = lake.rows_of(dataset, &things, keeps.columns, range).await?;
    let places = places(&held);
    if places.is_empty() {
        return Ok(told);
    }
    let kept = told.into_iter().map(|(of, batch)| {
        let batch = with_known(&batch, dataset.entity, keeps.columns, &held, &places)?;
        Ok((of, batch))
    });
    Ok(kept.collect::<Result<_, ArrowError>>()?)
}

/// The things that rows of a dataset are told of, and the range of their times.
fn things(told: &Batches, dataset: &Dataset) -> Option<(BTreeSet<String>, (i64, i64))> {
    let (mut things, mut range) = (BTreeSet::new(), None::<(i64, i64)>);
    for (_, batch) in told.iter().filter(|(of, _)| of.name == dataset.name) {
        let ids = batch.column_by_name(dataset.entity)?.as_string_view();
        things.extend(ids.iter().flatten().map(str::to_owned));
        for at in batch.column_by_name(dataset.time)?.as_primitive::<TimestampMicrosecondType>().iter().flatten() {
            range = Some(range.map_or((at, at + 1), |(first, end)| (first.min(at), end.max(at + 1))));
        }
    }
    Some((things, range?))
}

/// Of those that are held, the ones of which anything is known: what a reading never told stays as the delivery has it.
fn places(held: &[RecordBatch]) -> Held {
    let mut places = Held::new();
    for (number, batch) in held.iter().enumerate() {
        let Some((entity, known)) = batch.columns().split_first() else { continue };
        for (row, id) in entity.as_string_view().iter().enumerate() {
            if let Some(id) = id.filter(|_| known.iter().any(|column| column.is_valid(row))) {
                places.insert(id.to_owned(), (number, row));
            }
        }
    }
    places
}

fn with_known(
    batch: &RecordBatch,
    entity: &str,
    columns: &[&str],
    held: &[RecordBatch],
    places: &Held,
) -> Result<RecordBatch, ArrowError> {
    let Some(ids) = batch.column_by_name(entity) else { return Ok(batch.clone()) };
    // The first is the batch itself; those behind it are what is held.
    let from: Vec<(usize, usize)> = ids
        .as_string_view()
        .iter()
        .enumerate()
        .map(|(row, id)| id.and_then(|id| places.get(id)).map_or((0, row), |(number, row)| (number + 1, *row)))
        .collect();
    let schema = batch.schema();
    let fields = schema.fields().iter().zip(batch.columns()).map(|(field, told)| -> Result<ArrayRef, ArrowError> {
        if !columns.contains(&field.name().as_str()) {
            return Ok(Arc::clone(told));
        }
        let known = held.iter().filter_map(|batch| batch.column_by_name(field.name()));
        let arrays: Vec<&dyn arrow::array::Array> = std::iter::once(told).chain(known).map(AsRef::as_ref).collect();
        interleave(&arrays, &from)
    });
    RecordBatch::try_new(Arc::clone(&schema), fields.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use arrow::array::{BooleanArray, Int64Array, StringViewArray};

    use super::*;

    fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
        RecordBatch::try_from_iter_with_nullable(columns.iter().map(|(name, column)| (*name, Arc::clone(column), true)))
            .unwrap()
    }

    fn texts(texts: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringViewArray::from_iter(texts.iter().copied()))
    }

    #[test]
    fn what_readings_told_stays_as_a_whole_and_the_rest_is_as_it_is_told() {
        let held = [
            batch(&[
                ("order_id", texts(&[Some("read"), Some("told")])),
                ("index", Arc::new(Int64Array::from(vec![Some(1), None]))),
                ("campaign", texts(&[None, None])),
            ]),
            batch(&[
                ("order_id", texts(&[Some("late")])),
                ("index", Arc::new(Int64Array::from(vec![None]))),
                ("campaign", texts(&[Some("spring")])),
            ]),
        ];
        let told = batch(&[
            ("order_id", texts(&[Some("new"), Some("late"), Some("read"), Some("told"), Some("read")])),
            ("index", Arc::new(Int64Array::from(vec![None::<i64>; 5]))),
            ("campaign", texts(&[Some("a"), Some("b"), Some("c"), Some("d"), Some("e")])),
            ("edited", Arc::new(BooleanArray::from(vec![true; 5]))),
        ]);
        let kept = with_known(&told, "order_id", &["index", "campaign"], &held, &places(&held)).unwrap();
        let expected = batch(&[
            ("order_id", texts(&[Some("new"), Some("late"), Some("read"), Some("told"), Some("read")])),
            ("index", Arc::new(Int64Array::from(vec![None, None, Some(1), None, Some(1)]))),
            ("campaign", texts(&[Some("a"), Some("spring"), None, Some("d"), None])),
            ("edited", Arc::new(BooleanArray::from(vec![true; 5]))),
        ]);
        assert_eq!(kept, expected);
    }
}
