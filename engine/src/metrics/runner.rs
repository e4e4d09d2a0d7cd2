//! Running plans over the rows of a store, and noting what they did where somebody wants to know.

use std::sync::Arc;
use std::time::Instant;

use arrow::array::RecordBatch;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use futures::TryStreamExt;

use super::error::QueryError;
use super::explain::{ExplainedPlan, Watch, ms, operators};
use crate::lake::Planner;

/// What runs the plans over a dataset of a store.
#[derive(Clone, Copy)]
pub(crate) struct Runner<'r> {
    pub(crate) planner: &'r Planner,
    pub(crate) watch: &'r Watch,
    /// The store's name.
    pub(crate) store: &'r str,
    pub(crate) dataset: &'static str,
}

/// A plan under way.
pub(crate) struct Running<'r> {
    stream: SendableRecordBatchStream,
    /// What is to be noted of it at its end.
    noted: Option<Noted<'r>>,
}

struct Noted<'r> {
    watch: &'r Watch,
    plan: ExplainedPlan,
    physical: Arc<dyn ExecutionPlan>,
    began: Instant,
}

impl<'r> Runner<'r> {
    /// Begins to run a plan.
    pub(crate) async fn run(&self, plan: LogicalPlan) -> Result<Running<'r>, QueryError> {
        let planned = Instant::now();
        let physical = self.planner.physical(&plan).await?;
        let began = Instant::now();
        let noted = if self.watch.explains() {
            let plan = ExplainedPlan {
                store: self.store.to_owned(),
                dataset: self.dataset,
                planning_ms: ms(began - planned),
                ms: 0.0,
                logical: self.planner.optimized(&plan)?.to_string(),
                operators: Vec::new(),
            };
            Some(Noted { watch: self.watch, plan, physical: Arc::clone(&physical), began })
        } else {
            None
        };
        Ok(Running { stream: self.planner.run(physical)?, noted })
    }

    /// Everything that a plan gives.
    pub(crate) async fn batches(&self, plan: LogicalPlan) -> Result<Vec<RecordBatch>, QueryError> {
        let mut running = self.run(plan).await?;
        let mut batches = Vec::new();
        while let Some(batch) = running.next().await? {
            batches.push(batch);
        }
        Ok(batches)
    }
}

impl Running<'_> {
    /// The next rows; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, QueryError> {
        let next = self.stream.try_next().await?;
        if next.is_none()
            && let Some(Noted { watch, mut plan, physical, began }) = self.noted.take()
        {
            plan.ms = ms(began.elapsed());
            plan.operators = operators(&*physical);
            watch.ran(plan);
        }
        Ok(next)
    }
}
