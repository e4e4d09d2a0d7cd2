//! A store's rows as the lake holds them.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;

use super::error::QueryError;
use super::registry::Registry;
use super::source::Facts;
use crate::dataset::Dataset;
use crate::lake::Reader;

#[async_trait]
impl Facts for Reader {
    fn version(&self) -> i64 {
        Self::version(self)
    }

    async fn scan(
        &self,
        dataset: &Arc<Dataset>,
        columns: &[&str],
        range: Option<(i64, i64)>,
    ) -> Result<LogicalPlan, QueryError> {
        Ok(Self::scan(self, dataset, columns, range).await?)
    }

    fn session(&self) -> &SessionContext {
        Self::session(self)
    }

    fn source_bounds(&self, source: &str) -> Option<(i64, i64)> {
        let bounds = Registry::get().datasets(source).into_iter().filter_map(|dataset| match dataset.origin {
            Some(_) => self.origin_bounds(dataset.name, source),
            None => self.time_bounds(dataset.name),
        });
        bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// What the segments' bounds prove: rows that are restated may make the bounds too wide, never too narrow.
    fn sole_value(&self, dataset: &str, column: &str) -> Option<String> {
        let segments = self.snapshot().segments.iter().filter(|segment| segment.dataset == dataset);
        let mut sole: Option<&str> = None;
        for segment in segments {
            let (least, greatest) = segment.column_bounds.get(column)?;
            if least != greatest || sole.is_some_and(|sole| sole != least) {
                return None;
            }
            sole = Some(least);
        }
        sole.map(str::to_owned)
    }
}
