//! What a segment tells of its rows without being opened: least and greatest times, entities and values.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch, StringViewArray};
use arrow::compute::{max, max_boolean, max_string_view, min, min_boolean, min_string_view};
use arrow::datatypes::{DataType, TimestampMicrosecondType};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::statistics::Statistics;

use crate::dataset::Dataset;

/// Least and greatest time of a batch's rows; the other way round when it has none.
pub(super) fn time_bounds(dataset: &Dataset, batch: &RecordBatch) -> (i64, i64) {
    let time = batch[dataset.time].as_primitive::<TimestampMicrosecondType>();
    (min(time).unwrap_or(i64::MAX), max(time).unwrap_or(i64::MIN))
}

/// A segment of more sources than that does not tell the times of each.
pub(super) const MOST_ORIGINS: usize = 64;

/// The times of each source, unless there are too many.
pub(super) fn few(origins: BTreeMap<String, (i64, i64)>) -> BTreeMap<String, (i64, i64)> {
    if origins.len() > MOST_ORIGINS { BTreeMap::new() } else { origins }
}

/// Least and greatest time of the rows of each source, in datasets of several.
pub(super) fn origin_bounds(dataset: &Dataset, batch: &RecordBatch) -> BTreeMap<String, (i64, i64)> {
    let Some(origin) = dataset.origin else { return BTreeMap::new() };
    let origins = batch[origin].as_string_view();
    let times = batch[dataset.time].as_primitive::<TimestampMicrosecondType>().values();
    let mut bounds: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (origin, time) in origins.iter().zip(times) {
        let known = bounds.entry(origin.unwrap_or_default()).or_insert((*time, *time));
        *known = (known.0.min(*time), known.1.max(*time));
    }
    bounds.into_iter().map(|(origin, bounds)| (origin.to_owned(), bounds)).collect()
}

/// Least and greatest entity; `None` when there is none.
pub(super) fn entity_bounds(entities: &StringViewArray) -> Option<(String, String)> {
    Some((min_string_view(entities)?.to_owned(), max_string_view(entities)?.to_owned()))
}

/// Least and greatest value of each of [`Dataset::bounded`] that some row of a batch has.
pub(super) fn column_bounds(dataset: &Dataset, batch: &RecordBatch) -> BTreeMap<String, (String, String)> {
    let of = |name: &str| match batch[name].data_type() {
        DataType::Boolean => {
            let flags = batch[name].as_boolean();
            Some((min_boolean(flags)?.to_string(), max_boolean(flags)?.to_string()))
        }
        _ => entity_bounds(batch[name].as_string_view()),
    };
    dataset.bounded.iter().filter_map(|name| Some(((*name).to_owned(), of(name)?))).collect()
}

/// The same of a file, where every row group that has such rows knows it exactly.
pub(super) fn column_bounds_of_file(
    dataset: &Dataset,
    metadata: &ParquetMetaData,
) -> BTreeMap<String, (String, String)> {
    let schema = metadata.file_metadata().schema_descr();
    let bounds_of = |column: usize| {
        let bounds = metadata.row_groups().iter().map(|group| {
            value_bounds(group.column(column).statistics()?, u64::try_from(group.num_rows()).unwrap_or_default())
        });
        let bounds = bounds.collect::<Option<Vec<_>>>()?;
        bounds.into_iter().flatten().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    };
    // The columns of a file are the dataset's, none of them nested.
    let bounded = (0..schema.num_columns()).filter(|column| dataset.bounded.contains(&schema.column(*column).name()));
    bounded.filter_map(|column| Some((schema.column(column).name().to_owned(), bounds_of(column)?))).collect()
}

/// The bounds of a row group's values: `None` where they are not known exactly, and of no values where all are null.
fn value_bounds(statistics: &Statistics, rows: u64) -> Option<Option<(String, String)>> {
    if statistics.null_count_opt() == Some(rows) {
        return Some(None);
    }
    let bounds = match statistics {
        Statistics::Boolean(flags) => (flags.min_opt()?.to_string(), flags.max_opt()?.to_string()),
        Statistics::ByteArray(texts) if texts.min_is_exact() && texts.max_is_exact() => {
            let text = |bytes: &parquet::data_type::ByteArray| bytes.as_utf8().ok().map(str::to_owned);
            (text(texts.min_opt()?)?, text(texts.max_opt()?)?)
        }
        _ => return None,
    };
    Some(Some(bounds))
}
