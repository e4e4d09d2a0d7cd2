//! A store's rows as the lake holds them.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::logical_expr::LogicalPlan;

use super::error::QueryError;
use super::registry::Registry;
use super::source::{Extent, Facts, Part};
use crate::dataset::{Dataset, Partition, Span};
use crate::lake::manifest::Segment;
use crate::lake::{Planner, Reader};

#[async_trait]
impl Facts for Reader {
    fn version(&self) -> i64 {
        Self::version(self)
    }

    async fn scan(&self, dataset: &Arc<Dataset>, columns: &[&str], extent: Extent) -> Result<LogicalPlan, QueryError> {
        Ok(match extent {
            Extent::All => Self::scan(self, dataset, columns, None).await?,
            Extent::Range(range) => Self::scan(self, dataset, columns, Some(range)).await?,
            Extent::Cold(partitions, range) => {
                let is_taken = |segment: &Segment| !segment.is_hot() && partitions.contains(&segment.partition);
                self.scan_of(dataset, columns, range, is_taken).await?
            }
            Extent::Hot(partitions, range) => {
                let is_taken = |segment: &Segment| segment.is_hot() && partitions.contains(&segment.partition);
                self.scan_of(dataset, columns, Some(range), is_taken).await?
            }
        })
    }

    fn parts(&self, dataset: &Dataset, range: (i64, i64)) -> Vec<Part> {
        let (first, last) = (dataset.partition_of(range.0), dataset.partition_of(range.1.saturating_sub(1)));
        let segments = self.snapshot().partitions(dataset.name, first, last);
        let of_partition = |segments: &[Arc<Segment>]| {
            let partition = segments.first()?.partition;
            let mut hot = segments.iter().filter(|segment| segment.is_hot()).peekable();
            let quarantine = &self.snapshot().quarantine;
            Some(Part {
                partition,
                span: dataset.times_of(partition),
                cold: segments.iter().filter(|segment| !segment.is_hot()).map(|segment| segment.id).collect(),
                cold_until: segments
                    .iter()
                    .filter(|segment| !segment.is_hot())
                    .map(|segment| segment.time_bounds.1)
                    .max()
                    .unwrap_or(i64::MIN),
                has_hot: hot.peek().is_some(),
                is_settled: dataset.span == Span::Month
                    && hot.all(|segment| segment.updates == 0 && segment.removed == 0)
                    && segments.iter().all(|segment| !quarantine.contains_key(&segment.id)),
            })
        };
        segments.chunk_by(|a, b| a.partition == b.partition).filter_map(of_partition).collect()
    }

    fn planner(&self) -> &Planner {
        Self::planner(self)
    }

    fn source_bounds(&self, source: &str) -> Option<(i64, i64)> {
        // What describes a current state has a time that is free of meaning.
        let dated = Registry::get().datasets(source).into_iter().filter(|dataset| dataset.span == Span::Month);
        let bounds = dated.filter_map(|dataset| match dataset.origin {
            Some(_) => self.origin_bounds(dataset.name, source),
            None => self.time_bounds(dataset.name),
        });
        bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    fn has_rows(&self, dataset: &Dataset) -> bool {
        self.snapshot().dataset(dataset.name).iter().any(|segment| segment.rows > 0)
    }

    /// What the segments' bounds prove: rows that are restated may make the bounds too wide, never too narrow.
    fn sole_value(&self, dataset: &str, column: &str, of: Option<&[Partition]>) -> Option<String> {
        let is_meant = |segment: &Segment| of.is_none_or(|of| !segment.is_hot() && of.contains(&segment.partition));
        let segments = self.snapshot().dataset(dataset).iter().filter(|segment| segment.rows > 0 && is_meant(segment));
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

    /// A flag always has bounds where it is set: flags are newer than bounds of hot segments, and those of files are exact.
    fn may_be_flagged(&self, dataset: &str, flag: &str) -> bool {
        let mut segments = self.snapshot().dataset(dataset).iter();
        segments.any(|segment| segment.column_bounds.get(flag).is_some_and(|(_, greatest)| greatest == "true"))
    }
}
