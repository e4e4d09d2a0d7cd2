//! Readers of cold segments for plans: Parquet metadata is cached, and errors keep their causes.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::datasource::physical_plan::parquet::{DefaultParquetFileReaderFactory, ParquetFileReaderFactory};
use datafusion::execution::cache::cache_manager::FileMetadataCache;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use object_store::{ObjectMeta, ObjectStore};
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;

use super::objects::counters::CacheCounters;

/// Makes readers over a store. DataFusion's own cached factory tells of metadata that cannot be read in words only, and so
/// loses which segment is at fault.
pub(super) struct SegmentReaders {
    bytes: DefaultParquetFileReaderFactory,
    store: Arc<dyn ObjectStore>,
    metadata: Arc<FileMetadataCache>,
    counters: Arc<CacheCounters>,
}

impl SegmentReaders {
    pub(super) fn new(
        store: Arc<dyn ObjectStore>,
        metadata: Arc<FileMetadataCache>,
        counters: Arc<CacheCounters>,
    ) -> Self {
        Self { bytes: DefaultParquetFileReaderFactory::new(Arc::clone(&store)), store, metadata, counters }
    }
}

impl fmt::Debug for SegmentReaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentReaders").field("store", &self.store).finish_non_exhaustive()
    }
}

impl ParquetFileReaderFactory for SegmentReaders {
    fn create_reader(
        &self,
        partition: usize,
        file: PartitionedFile,
        metadata_size_hint: Option<usize>,
        metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let object = file.object_meta.clone();
        Ok(Box::new(SegmentFile {
            bytes: self.bytes.create_reader(partition, file, metadata_size_hint, metrics)?,
            store: Arc::clone(&self.store),
            object,
            metadata: Arc::clone(&self.metadata),
            metadata_size_hint,
            counters: Arc::clone(&self.counters),
        }))
    }
}

struct SegmentFile {
    bytes: Box<dyn AsyncFileReader + Send>,
    store: Arc<dyn ObjectStore>,
    object: ObjectMeta,
    metadata: Arc<FileMetadataCache>,
    metadata_size_hint: Option<usize>,
    counters: Arc<CacheCounters>,
}

impl AsyncFileReader for SegmentFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, parquet::errors::Result<Bytes>> {
        self.bytes.get_bytes(range)
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, parquet::errors::Result<Vec<Bytes>>> {
        self.bytes.get_byte_ranges(ranges)
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, parquet::errors::Result<Arc<ParquetMetaData>>> {
        if self.metadata.contains_key(&self.object.location) {
            self.counters.hit();
        } else {
            self.counters.miss();
        }
        let policy = options.map(ArrowReaderOptions::column_index_policy);
        async move {
            DFParquetMetadata::new(&self.store, &self.object)
                .with_file_metadata_cache(Some(Arc::clone(&self.metadata)))
                .with_metadata_size_hint(self.metadata_size_hint)
                .with_page_index_policy(policy)
                .fetch_metadata()
                .await
                .map_err(|error| ParquetError::External(Box::new(error)))
        }
        .boxed()
    }
}
