//! Rows that came one by one, put together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use aloftly_connectors::contract::{Batches, Failure};
use aloftly_engine::dataset::Dataset;
use arrow::array::{AsArray as _, RecordBatch};
use arrow::compute::concat_batches;

/// Batches of one dataset with one state of each entity.
type Wave = (Arc<Dataset>, Vec<RecordBatch>);

/// Batches of the same dataset put together, as a batch for each thing would be hundreds of little ones. States of one entity stay in batches of
/// their own, in their order: next to one another they would pass for one.
///
/// # Errors
/// When batches of one dataset differ in their columns.
pub(crate) fn joined(batches: Batches) -> Result<Batches, Failure> {
    // By dataset, and by how many states of one of its entities came before.
    let mut waves: BTreeMap<(&'static str, usize), Wave> = BTreeMap::new();
    let mut seen: HashMap<(&'static str, String), usize> = HashMap::new();
    for (dataset, batch) in batches {
        let entities: BTreeSet<&str> = batch
            .column_by_name(dataset.entity)
            .map(|column| column.as_string_view().iter().flatten().collect())
            .unwrap_or_default();
        let key = |entity: &&str| (dataset.name, (*entity).to_owned());
        let wave = entities.iter().filter_map(|entity| seen.get(&key(entity))).max().map_or(0, |last| last + 1);
        seen.extend(entities.iter().map(|entity| (key(entity), wave)));
        waves.entry((dataset.name, wave)).or_insert_with(|| (dataset, Vec::new())).1.push(batch);
    }
    let join = |(dataset, parts): Wave| {
        let batch = concat_batches(&dataset.schema, &parts)?;
        Ok((dataset, batch))
    };
    waves.into_values().map(join).collect()
}

#[cfg(test)]
mod tests {
    use aloftly_engine::dataset;
    use arrow::array::{ArrayRef, Int64Array, StringViewArray, TimestampMicrosecondArray, new_null_array};

    use super::*;

    fn state(entity: &str, version: i64) -> (Arc<Dataset>, RecordBatch) {
        let dataset = Arc::clone(dataset::find("customers").unwrap());
        let columns = dataset.schema.fields().iter().map(|field| -> ArrayRef {
            match field.name().as_str() {
                "customer_id" => Arc::new(StringViewArray::from(vec![entity])),
                "row_version" => Arc::new(Int64Array::from(vec![version])),
                "seen_at" => Arc::new(TimestampMicrosecondArray::from(vec![0]).with_timezone("UTC")),
                _ => new_null_array(field.data_type(), 1),
            }
        });
        let batch = RecordBatch::try_new(Arc::clone(&dataset.schema), columns.collect()).unwrap();
        (dataset, batch)
    }

    #[test]
    fn batches_are_joined_but_for_states_of_one_thing() {
        let states = [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("b", 2), ("a", 3)];
        let joined = joined(states.map(|(entity, version)| state(entity, version)).into()).unwrap();
        let told: Vec<String> = joined
            .iter()
            .map(|(dataset, batch)| {
                batch.column_by_name(dataset.entity).unwrap().as_string_view().iter().flatten().collect()
            })
            .collect();
        assert_eq!(told, ["abc", "ab", "a"]);
    }
}
