//! What a page tells of things that are gone since: nothing is taken of it.

use std::collections::BTreeSet;

use aloftly_connectors::contract::{Failure, Page};
use arrow::array::{AsArray as _, BooleanArray};
use arrow::compute::filter_record_batch;

/// Leaves the rows out of a page, and the answers, that are of things which are gone: each a dataset and an entity.
///
/// # Errors
/// When the rows cannot be filtered.
pub(super) fn leave_out(page: &mut Page, gone: &BTreeSet<(String, String)>) -> Result<(), Failure> {
    if gone.is_empty() {
        return Ok(());
    }
    let is_gone = |dataset: &str, entity: &str| gone.contains(&(dataset.to_owned(), entity.to_owned()));
    for (dataset, batch) in &mut page.batches {
        let Some(entities) = batch.column_by_name(dataset.entity) else { continue };
        let stays: BooleanArray = entities
            .as_string_view()
            .iter()
            .map(|entity| Some(entity.is_none_or(|entity| !is_gone(dataset.name, entity))))
            .collect();
        if stays.true_count() < stays.len() {
            *batch = filter_record_batch(batch, &stays)?;
        }
    }
    page.kept.retain(|kept| kept.thing.as_ref().is_none_or(|(dataset, entity)| !is_gone(dataset, entity)));
    Ok(())
}
