//! Where a store's rows come from: the seam between planning and the lake.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;

use super::error::QueryError;
use crate::dataset::Dataset;

/// The rows of one store at one version.
#[async_trait]
pub(crate) trait Facts: Send + Sync {
    /// The version.
    fn version(&self) -> i64;

    /// The live rows of a dataset whose time lies in `range` (microseconds, the end exclusive), in these columns.
    async fn scan(
        &self,
        dataset: &Arc<Dataset>,
        columns: &[&str],
        range: Option<(i64, i64)>,
    ) -> Result<LogicalPlan, QueryError>;

    /// What runs plans.
    fn session(&self) -> &SessionContext;

    /// The least and greatest time of the rows that come from a source, in microseconds.
    fn source_bounds(&self, source: &str) -> Option<(i64, i64)>;

    /// The one text that a column has in all rows of the dataset, where that is known without reading them.
    fn sole_value(&self, dataset: &str, column: &str) -> Option<String>;
}
