//! Where connectors put the rows that they read.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use super::LakeError;
use crate::dataset::Dataset;

/// Takes rows on their way to one commit.
pub trait RowSink {
    /// Takes rows of exactly the dataset's schema. All rows of one state of an entity are in one batch, next to one
    /// another, carry one version, and ascend by the row column (an entity's row that does not starts a new state). Where an
    /// entity is given in several states, the highest version wins, and among equal versions the one given last.
    ///
    /// # Errors
    /// When the rows do not have the dataset's shape, or cannot be kept.
    fn push(&mut self, dataset: &Arc<Dataset>, batch: &RecordBatch) -> Result<(), LakeError>;
}
