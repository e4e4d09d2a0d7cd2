//! Where a store's rows come from: the seam between planning and the lake.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::logical_expr::LogicalPlan;

use super::error::QueryError;
use crate::SegmentId;
use crate::dataset::{Dataset, Partition};
use crate::lake::Planner;

/// Which rows are read.
#[derive(Clone, Debug)]
pub(crate) enum Extent {
    /// All.
    All,
    /// Those whose time lies in a range, in microseconds, the end exclusive.
    Range((i64, i64)),
    /// Those that the cold segments of settled partitions hold, whose time lies in a range if one is given.
    Cold(Vec<Partition>, Option<(i64, i64)>),
    /// Those that the hot segments of settled partitions hold, whose time lies in a range.
    Hot(Vec<Partition>, (i64, i64)),
}

/// Some rows of a set of facts.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Where they are.
    pub(crate) extent: Extent,
    /// When they happened, in microseconds, the end exclusive, where the extent does not say it.
    pub(crate) within: Option<(i64, i64)>,
}

impl Piece {
    /// All rows of an extent.
    pub(crate) fn of(extent: Extent) -> Self {
        Self { extent, within: None }
    }
}

/// A partition as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) partition: Partition,
    /// The times that its rows may have, in microseconds, the end exclusive.
    pub(crate) span: (i64, i64),
    /// Its cold segments, which never change.
    pub(crate) cold: Vec<SegmentId>,
    /// The greatest time of the rows that they hold, in microseconds.
    pub(crate) cold_until: i64,
    /// Whether it has hot segments.
    pub(crate) has_hot: bool,
    /// Whether its cold and hot segments are of different entities: no row of one hides any of another. And all can be read.
    pub(crate) is_settled: bool,
}

impl Part {
    /// Whether it has cold rows that no hot one hides.
    pub(crate) fn is_rollable(&self) -> bool {
        self.is_settled && !self.cold.is_empty()
    }
}

/// The rows of one store at one version.
#[async_trait]
pub(crate) trait Facts: Send + Sync {
    /// The version.
    fn version(&self) -> i64;

    /// Live rows of a dataset, in these columns.
    async fn scan(&self, dataset: &Arc<Dataset>, columns: &[&str], extent: Extent) -> Result<LogicalPlan, QueryError>;

    /// The partitions of a dataset that have rows with times in a range (microseconds, the end exclusive), in their order.
    fn parts(&self, dataset: &Dataset, range: (i64, i64)) -> Vec<Part>;

    /// What runs plans.
    fn planner(&self) -> &Planner;

    /// The least and greatest time of the rows that come from a source, in microseconds.
    fn source_bounds(&self, source: &str) -> Option<(i64, i64)>;

    /// Whether some rows of a dataset are there.
    fn has_rows(&self, dataset: &Dataset) -> bool;

    /// The one text that a column has in all rows of the dataset, where that is known without reading them; `of` says in the cold rows
    /// of which partitions, if not in all rows.
    fn sole_value(&self, dataset: &str, column: &str, of: Option<&[Partition]>) -> Option<String>;

    /// Whether a flag may be set in some row of the dataset.
    fn may_be_flagged(&self, dataset: &str, flag: &str) -> bool;
}
