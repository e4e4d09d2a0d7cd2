//! Writing a partition's rows anew as cold segments, and taking them back when a commit fails.

use std::path::Path;
use std::sync::Arc;

use datafusion::dataframe::DataFrame;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{LogicalPlan, SortExpr, col};
use datafusion::prelude::SessionContext;

use super::cold::{self, Written};
use super::manifest::NewSegment;
use super::{LakeError, StoreLake};
use crate::dataset::{Dataset, Partition};

/// Runs a plan with its rows sorted.
pub(super) async fn sorted(
    session: &SessionContext,
    plan: LogicalPlan,
    by: Vec<SortExpr>,
) -> Result<SendableRecordBatchStream, LakeError> {
    Ok(DataFrame::new(session.state(), plan).sort(by)?.execute_stream().await?)
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
        let rows = sorted(session, rows, segment_order(dataset)).await?;
        cold::write(dataset, partition, rows, folder, self.shared().clock.as_ref()).await
    }

    /// Announces segments, then uploads them. On an error nothing is left behind but what the sweep finds.
    pub(super) async fn upload(&self, written: &[Written]) -> Result<Vec<NewSegment>, LakeError> {
        let segments: Vec<_> = written.iter().map(|written| written.segment.clone()).collect();
        self.manifest.stage(self.store, &segments).await?;
        let new: Vec<_> = segments.into_iter().map(|segment| NewSegment { segment, payload: None }).collect();
        for written in written {
            let object = written.segment.path(self.store);
            if let Err(error) = self.shared().objects.upload(&written.file, &object).await {
                self.withdraw(&new).await;
                return Err(error);
            }
        }
        Ok(new)
    }

    /// Takes back uploaded segments that will not be committed. Never call it when the outcome of the commit is unknown.
    pub(super) async fn withdraw(&self, segments: &[NewSegment]) {
        let cold: Vec<_> = segments.iter().filter(|new| new.payload.is_none()).map(|new| &new.segment).collect();
        if cold.is_empty() {
            return;
        }
        self.shared().objects.discard(cold.iter().map(|segment| segment.path(self.store))).await;
        let ids: Vec<_> = cold.iter().map(|segment| segment.id).collect();
        if let Err(error) = self.manifest.unstage(self.store, &ids).await {
            tracing::warn!(store = %self.store, %error, "staged segments were not withdrawn; the sweep will do it");
        }
    }
}
