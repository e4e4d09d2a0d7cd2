//! Which entities a store has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use arrow::record_batch::RecordBatch;
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, lit};

use super::{LakeError, StoreLake};
use crate::dataset::Dataset;

impl StoreLake {
    /// The entities of a dataset, each with the version of its state: all, or those whose time is in a half-open range of microseconds since the
    /// epoch.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn entities(
        &self,
        dataset: &Arc<Dataset>,
        range: Option<(i64, i64)>,
    ) -> Result<BTreeMap<String, i64>, LakeError> {
        let reader = self.reader(None).await?;
        let rows = reader.scan(dataset, &[dataset.entity, dataset.version], range).await?;
        let column = |name: &str| Expr::Column(Column::new_unqualified(name));
        // In an order of ours: what a scan's is, is its own.
        let columns = [column(dataset.entity), column(dataset.version)];
        let rows = LogicalPlanBuilder::from(rows).project(columns)?.distinct()?.build()?;
        let batches = DataFrame::new(reader.session().state(), rows).collect().await?;
        let mut entities = BTreeMap::new();
        for batch in &batches {
            let (ids, versions) = (batch.column(0).as_string_view(), batch.column(1).as_primitive::<Int64Type>());
            entities.extend(ids.iter().zip(versions).filter_map(|(id, version)| Some((id?.to_owned(), version?))));
        }
        Ok(entities)
    }

    /// Some columns of the rows of certain entities, behind the entity's own, as far as their time is in a half-open range of microseconds since the
    /// epoch. Those that the store does not have are left out.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn rows_of(
        &self,
        dataset: &Arc<Dataset>,
        entities: &BTreeSet<String>,
        columns: &[&str],
        range: (i64, i64),
    ) -> Result<Vec<RecordBatch>, LakeError> {
        let reader = self.reader(None).await?;
        let wanted: Vec<&str> = std::iter::once(dataset.entity).chain(columns.iter().copied()).collect();
        let rows = reader.scan(dataset, &wanted, Some(range)).await?;
        let column = |name: &str| Expr::Column(Column::new_unqualified(name));
        let any_of = column(dataset.entity).in_list(entities.iter().map(|id| lit(id.clone())).collect(), false);
        let rows = LogicalPlanBuilder::from(rows).filter(any_of)?.project(wanted.into_iter().map(column))?.build()?;
        Ok(DataFrame::new(reader.session().state(), rows).collect().await?)
    }

    /// Whether any row of a dataset has something in a column, or nothing.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub async fn some_row(&self, dataset: &Arc<Dataset>, column: &str, has_value: bool) -> Result<bool, LakeError> {
        let reader = self.reader(None).await?;
        let value = Expr::Column(Column::new_unqualified(column));
        let wanted = if has_value { value.is_not_null() } else { value.is_null() };
        let rows = reader.scan(dataset, &[column], None).await?;
        let one = LogicalPlanBuilder::from(rows).filter(wanted)?.limit(0, Some(1))?.build()?;
        let found = DataFrame::new(reader.session().state(), one).collect().await?;
        Ok(found.iter().any(|batch| batch.num_rows() > 0))
    }
}
