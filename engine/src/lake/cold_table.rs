//! Cold segments as a table of a plan: an explicit list of Parquet files, never a listing.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, Result};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::cold_reader::SegmentReaders;
use super::manifest::Segment;
use super::objects::counters::CacheCounters;
use super::objects::{Objects, Stored, VerifiedStore, object_meta};
use crate::StoreId;
use crate::dataset::Dataset;

/// The address under which a session finds the lake's object store.
#[allow(clippy::expect_used, reason = "the text is a constant that parses")]
pub(super) fn object_store_url() -> ObjectStoreUrl {
    ObjectStoreUrl::parse("lake://objects").expect("a constant address parses")
}

/// Some cold segments of one dataset and store.
#[derive(Debug)]
pub(super) struct ColdTable {
    dataset: Arc<Dataset>,
    files: Vec<PartitionedFile>,
    store: Arc<VerifiedStore>,
    metadata: Arc<CacheCounters>,
}

impl ColdTable {
    pub(super) fn new(
        dataset: &Arc<Dataset>,
        store: StoreId,
        segments: &[Arc<Segment>],
        objects: &Objects,
        metadata: &Arc<CacheCounters>,
    ) -> Self {
        let stored = |segment: &Arc<Segment>| Stored::new(segment, store);
        Self {
            dataset: Arc::clone(dataset),
            files: segments.iter().map(|segment| file(&stored(segment))).collect(),
            store: Arc::new(objects.verified(segments.iter().map(stored))),
            metadata: Arc::clone(metadata),
        }
    }
}

fn file(stored: &Stored) -> PartitionedFile {
    let file = PartitionedFile::new_from_meta(object_meta(stored));
    match stored.segment.footer_bytes.and_then(|bytes| usize::try_from(bytes).ok()) {
        Some(bytes) => file.with_metadata_size_hint(bytes),
        None => file,
    }
}

#[async_trait]
impl TableProvider for ColdTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.dataset.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Filters choose files' row groups and pages; the rows that remain are filtered above.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let url = object_store_url();
        let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
        let readers = SegmentReaders::new(Arc::clone(&self.store) as _, cache, Arc::clone(&self.metadata));
        let mut source = ParquetSource::new(self.schema())
            .with_parquet_file_reader_factory(Arc::new(readers))
            .with_enable_page_index(true);
        if let Some(filter) = conjunction(filters.iter().cloned()) {
            let schema = DFSchema::try_from(self.schema())?;
            source = source.with_predicate(state.create_physical_expr(filter, &schema)?);
        }
        let groups = FileGroup::new(self.files.clone()).split_files(state.config().target_partitions());
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit.filter(|_| filters.is_empty()))
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
