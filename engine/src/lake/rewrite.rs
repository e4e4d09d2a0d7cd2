//! Writing a partition's rows anew as cold segments, and taking them back when a commit fails.

use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::dataframe::DataFrame;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, SortExpr, cast, col};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use super::cold::{SegmentsWriter, Written};
use super::manifest::{Doomed, NewSegment, Segment};
use super::{LakeError, StoreLake};
use crate::dataset::{Dataset, Partition};

/// Runs a plan with its rows sorted.
///
/// Texts are sorted as plain strings (and bytes as plain bytes) and come out as views again: batches of views share their buffers, which a sort
/// counts once for each batch, so that it would run out of memory that it does not use.
pub(super) async fn sorted(
    session: &SessionContext,
    plan: LogicalPlan,
    by: Vec<SortExpr>,
) -> Result<SendableRecordBatchStream, LakeError> {
    let schema = Arc::new(plan.schema().as_arrow().clone());
    let plain = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8View => cast(col(field.name()), DataType::Utf8).alias(field.name()),
        DataType::BinaryView => cast(col(field.name()), DataType::Binary).alias(field.name()),
        _ => col(field.name()),
    });
    let plan = LogicalPlanBuilder::from(plan).project(plain.collect::<Vec<_>>())?.build()?;
    let rows = DataFrame::new(session.state(), plan).sort(by)?.execute_stream().await?;
    let views = Arc::clone(&schema);
    let rows = rows.map(move |batch| as_views(&views, &batch?));
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
}

fn as_views(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch, DataFusionError> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| arrow::compute::cast(column, field.data_type()));
    Ok(RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_, _>>()?)?)
}

/// The declared order of a dataset's cold segments.
pub(super) fn segment_order(dataset: &Dataset) -> Vec<SortExpr> {
    dataset.sort.iter().map(|column| col(*column).sort(true, true)).collect()
}

impl StoreLake {
    /// Writes a partition's rows as sorted segments in the spool folder.
    pub(super) async fn write_cold(
        &self,
        session: &SessionContext,
        dataset: &Arc<Dataset>,
        partition: Partition,
        rows: LogicalPlan,
        folder: &Path,
    ) -> Result<Vec<Written>, LakeError> {
        let mut rows = sorted(session, rows, segment_order(dataset)).await?;
        let mut writer = self.segments_writer(dataset, partition, folder);
        while let Some(batch) = rows.next().await {
            writer.write(&batch?)?;
        }
        writer.finish()
    }

    /// What writes segments of a partition into the spool folder.
    pub(super) fn segments_writer(
        &self,
        dataset: &Arc<Dataset>,
        partition: Partition,
        folder: &Path,
    ) -> SegmentsWriter {
        SegmentsWriter::new(dataset, partition, folder, &self.shared().clock)
    }

    /// Announces segments, then uploads them. On an error they are taken back.
    pub(super) async fn upload(&self, written: &[Written]) -> Result<Vec<NewSegment>, LakeError> {
        let segments: Vec<_> = written.iter().map(|written| written.segment.clone()).collect();
        self.manifest.stage(self.store, &segments).await?;
        let new: Vec<_> = segments.into_iter().map(|segment| NewSegment { segment, payload: None }).collect();
        for written in written {
            let object = written.segment.path(self.store);
            if let Err(error) = self.shared().objects.upload(&written.file, &written.segment, &object).await {
                self.withdraw(&new).await;
                return Err(error);
            }
        }
        Ok(new)
    }

    /// Takes back uploaded segments that will not be committed: those that were still staged are doomed and their objects
    /// deleted. A segment that is not staged any more was committed after all, or is doomed already. Never call it when the
    /// outcome of the commit is unknown. What cannot be done now is left to the tidying.
    pub(super) async fn withdraw(&self, segments: &[NewSegment]) {
        let cold = || segments.iter().filter(|new| new.payload.is_none()).map(|new| &new.segment);
        let ids: Vec<_> = cold().map(|segment| segment.id).collect();
        if ids.is_empty() {
            return;
        }
        match self.manifest.withdraw(self.store, &ids).await {
            Ok(withdrawn) => {
                let doomed = cold().filter(|segment| withdrawn.contains(&segment.id));
                let doomed = doomed.map(|Segment { id, dataset, partition, .. }| Doomed {
                    id: *id,
                    dataset: dataset.clone(),
                    partition: *partition,
                });
                if let Err(error) = self.delete_objects(&doomed.collect::<Vec<_>>()).await {
                    tracing::warn!(store = %self.store, %error, "withdrawn objects are not deleted yet");
                }
            }
            Err(error) => {
                tracing::warn!(store = %self.store, %error, "staged segments are not withdrawn yet");
            }
        }
    }
}
