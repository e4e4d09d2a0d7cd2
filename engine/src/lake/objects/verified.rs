//! Certain segments as an object store, for readers that know nothing of segments: whatever they read is verified.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::reader::SegmentReader;
use super::stored::Stored;

/// An object store that holds the segments of one scan and gives out verified bytes of them.
#[derive(Debug)]
pub(in crate::lake) struct VerifiedStore {
    reader: Arc<SegmentReader>,
    segments: HashMap<Path, Arc<Stored>>,
}

impl VerifiedStore {
    pub(super) fn new(reader: Arc<SegmentReader>, segments: impl Iterator<Item = Stored>) -> Self {
        let segments = segments.map(|stored| (stored.object.clone(), Arc::new(stored))).collect();
        Self { reader, segments }
    }

    fn stored(&self, object: &Path) -> Result<&Arc<Stored>> {
        self.segments.get(object).ok_or_else(|| Error::NotFound {
            path: object.to_string(),
            source: "it is none of the segments of this scan".into(),
        })
    }
}

/// What the manifest says of a segment. Names are never used again, so the time of a change never differs.
pub(in crate::lake) fn object_meta(stored: &Stored) -> ObjectMeta {
    ObjectMeta {
        location: stored.object.clone(),
        last_modified: chrono::DateTime::UNIX_EPOCH,
        size: stored.segment.bytes,
        e_tag: None,
        version: None,
    }
}

fn read_only(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.to_owned(), implementer: "the segments of a scan".to_owned() }
}

impl fmt::Display for VerifiedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} segments", self.segments.len())
    }
}

#[async_trait]
impl ObjectStore for VerifiedStore {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let stored = self.stored(location)?;
        let meta = object_meta(stored);
        options.check_preconditions(&meta)?;
        let range = match &options.range {
            None => Ok(0..meta.size),
            Some(range) => range.as_range(meta.size),
        };
        let range = range.map_err(|error| Error::Generic { store: "lake", source: Box::new(error) })?;
        let payload = if options.head {
            stream::empty().boxed()
        } else {
            let found = self.reader.read(stored, std::slice::from_ref(&range)).await?;
            stream::iter(found.into_iter().map(Ok)).boxed()
        };
        Ok(GetResult { payload: GetResultPayload::Stream(payload), meta, range, attributes: Attributes::default() })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        Ok(self.reader.read(self.stored(location)?, ranges).await?)
    }

    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(read_only("put"))
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Err(read_only("put_multipart"))
    }

    fn delete_stream(&self, _: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        stream::once(async { Err(read_only("delete")) }).boxed()
    }

    fn list(&self, _: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        stream::once(async { Err(read_only("list")) }).boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(read_only("list_with_delimiter"))
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(read_only("copy"))
    }
}
