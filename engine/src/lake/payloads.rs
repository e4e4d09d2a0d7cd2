//! What sources answered, in the order in which rows are made of it anew.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};

use super::read::{Reader, all_columns};
use super::{LakeError, StoreLake};
use crate::dataset::{self, PAYLOADS, Partition};

/// What one account of a source answered.
#[derive(Clone, Copy, Debug)]
pub struct PayloadsOf<'a> {
    /// The source.
    pub source: &'a str,
    /// Its account.
    pub account: &'a str,
}

impl PayloadsOf<'_> {
    fn rows(&self, rows: LogicalPlan) -> Result<LogicalPlanBuilder, LakeError> {
        let own = column("source").eq(lit(self.source)).and(column("account").eq(lit(self.account)));
        Ok(LogicalPlanBuilder::from(rows).filter(own)?)
    }
}

impl StoreLake {
    /// The partitions that hold payloads, in their order.
    ///
    /// # Errors
    /// When the manifest is unavailable.
    pub async fn payload_partitions(&self) -> Result<Vec<Partition>, LakeError> {
        let snapshot = self.snapshot(None).await?;
        let mut partitions: Vec<_> = snapshot.dataset(PAYLOADS).iter().map(|segment| segment.partition).collect();
        partitions.sort_unstable();
        partitions.dedup();
        Ok(partitions)
    }

    /// How many payloads there are.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn count_payloads(&self, of: PayloadsOf<'_>) -> Result<u64, LakeError> {
        let (reader, dataset) = (self.reader(None).await?, dataset::payloads());
        let rows = reader.scan(dataset, &["source", "account"], None).await?;
        let none: [Expr; 0] = [];
        let plan = of.rows(rows)?.aggregate(none, [count(lit(1_i64))])?.build()?;
        let batches = collect(&reader, plan).await?;
        let counts = batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
        Ok(counts.map(i64::unsigned_abs).sum())
    }

    /// The first payloads of a partition behind one of them, in the order of their ids, in all columns of their dataset.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn payloads_behind(
        &self,
        of: PayloadsOf<'_>,
        partition: Partition,
        behind: &str,
        most: usize,
    ) -> Result<Vec<RecordBatch>, LakeError> {
        let (reader, dataset) = (self.reader(None).await?, dataset::payloads());
        let columns = all_columns(dataset);
        let rows = reader.scan(dataset, &columns, Some(dataset.times_of(partition))).await?;
        let id = || column(dataset.entity);
        let first =
            of.rows(rows)?.filter(id().gt(lit(behind)))?.sort_with_limit([id().sort(true, true)], Some(most))?;
        collect(&reader, first.project(columns.into_iter().map(column))?.build()?).await
    }
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

async fn collect(reader: &Reader, plan: LogicalPlan) -> Result<Vec<RecordBatch>, LakeError> {
    Ok(DataFrame::new(reader.session().state(), plan).collect().await?)
}
