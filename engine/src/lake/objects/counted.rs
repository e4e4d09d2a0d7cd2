//! An object store whose use is counted.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

use super::counters::{Operation, Outcome, StoreCounters};

/// What of a store is counted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Everything that is asked of it.
    Everything,
    /// What fails for good: the requests themselves are counted where they leave the machine.
    Failures,
}

/// Counts what is asked of the store in it.
#[derive(Debug)]
pub struct CountedStore {
    inner: Arc<dyn ObjectStore>,
    count: Count,
}

#[derive(Clone, Debug)]
struct Count {
    counters: Arc<StoreCounters>,
    counting: Counting,
}

impl CountedStore {
    /// A store, and what counts its use.
    #[must_use]
    pub fn new(inner: Arc<dyn ObjectStore>, counters: Arc<StoreCounters>, counting: Counting) -> Self {
        Self { inner, count: Count { counters, counting } }
    }
}

impl Count {
    fn ended<T>(&self, operation: Operation, result: Result<T>) -> Result<T> {
        match &result {
            Ok(_)
            | Err(
                Error::NotFound { .. }
                | Error::AlreadyExists { .. }
                | Error::Precondition { .. }
                | Error::NotModified { .. },
            ) => {
                if self.counting == Counting::Everything {
                    self.counters.count(operation, Outcome::Ok);
                }
            }
            Err(_) => self.counters.count(operation, Outcome::Failed),
        }
        result
    }

    fn sent(&self, bytes: usize) {
        if self.counting == Counting::Everything {
            self.counters.sent(bytes as u64);
        }
    }

    fn received(&self, bytes: u64) {
        if self.counting == Counting::Everything {
            self.counters.received(bytes);
        }
    }
}

impl std::fmt::Display for CountedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for CountedStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.count.sent(payload.content_length());
        self.count.ended(Operation::Put, self.inner.put_opts(location, payload, options).await)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let upload = self.count.ended(Operation::Put, self.inner.put_multipart_opts(location, options).await)?;
        Ok(Box::new(CountedUpload { inner: upload, count: self.count.clone() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let operation = if options.head { Operation::Head } else { Operation::Get };
        let mut result = self.count.ended(operation, self.inner.get_opts(location, options).await)?;
        if operation == Operation::Head {
            return Ok(result);
        }
        result.payload = match result.payload {
            GetResultPayload::Stream(stream) => {
                let count = self.count.clone();
                let counted = stream.inspect(move |piece| match piece {
                    Ok(bytes) => count.received(bytes.len() as u64),
                    Err(_) => count.counters.count(Operation::Get, Outcome::Failed),
                });
                GetResultPayload::Stream(counted.boxed())
            }
            file @ GetResultPayload::File(..) => file,
        };
        Ok(result)
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let found = self.count.ended(Operation::Get, self.inner.get_ranges(location, ranges).await)?;
        self.count.received(found.iter().map(|bytes| bytes.len() as u64).sum());
        Ok(found)
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let count = self.count.clone();
        self.inner.delete_stream(locations).map(move |deleted| count.ended(Operation::Delete, deleted)).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let count = self.count.clone();
        let _ = count.ended(Operation::List, Ok(()));
        self.inner.list(prefix).inspect(move |object| count_failure(&count, object)).boxed()
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        let count = self.count.clone();
        let _ = count.ended(Operation::List, Ok(()));
        self.inner.list_with_offset(prefix, offset).inspect(move |object| count_failure(&count, object)).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.count.ended(Operation::List, self.inner.list_with_delimiter(prefix).await)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.count.ended(Operation::Put, self.inner.copy_opts(from, to, options).await)
    }
}

fn count_failure(count: &Count, object: &Result<ObjectMeta>) {
    if object.is_err() {
        count.counters.count(Operation::List, Outcome::Failed);
    }
}

#[derive(Debug)]
struct CountedUpload {
    inner: Box<dyn MultipartUpload>,
    count: Count,
}

#[async_trait]
impl MultipartUpload for CountedUpload {
    fn put_part(&mut self, part: PutPayload) -> UploadPart {
        self.count.sent(part.content_length());
        let (count, part) = (self.count.clone(), self.inner.put_part(part));
        Box::pin(async move { count.ended(Operation::Put, part.await) })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.count.ended(Operation::Put, self.inner.complete().await)
    }

    async fn abort(&mut self) -> Result<()> {
        self.count.ended(Operation::Delete, self.inner.abort().await)
    }
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStoreExt as _;
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn requests_and_bytes_are_counted_and_only_failures_where_requests_are_counted_elsewhere() {
        for counting in [Counting::Everything, Counting::Failures] {
            let counters = Arc::new(StoreCounters::default());
            let store = CountedStore::new(Arc::new(InMemory::new()), Arc::clone(&counters), counting);
            let (there, gone) = (Path::from("there"), Path::from("gone"));
            store.put(&there, vec![1; 10].into()).await.unwrap();
            let mut upload = store.put_multipart(&Path::from("parts")).await.unwrap();
            upload.put_part(vec![2; 5].into()).await.unwrap();
            upload.complete().await.unwrap();
            store.head(&there).await.unwrap();
            assert_eq!(store.get_range(&there, 2..6).await.unwrap().len(), 4);
            assert_eq!(store.get_ranges(&there, &[0..1, 9..10]).await.unwrap().len(), 2);
            store.get(&gone).await.unwrap_err();
            store.get_range(&there, 100..101).await.unwrap_err();
            assert_eq!(store.list(None).collect::<Vec<_>>().await.len(), 2);
            store.delete(&there).await.unwrap();

            let used = counters.so_far();
            let counts = Operation::ALL.map(|operation| used.requests(operation, Outcome::Ok));
            let everything = counting == Counting::Everything;
            assert_eq!(counts, if everything { [3, 4, 1, 1, 1] } else { [0; 5] });
            assert_eq!(used.requests(Operation::Get, Outcome::Failed), 1);
            assert_eq!((used.bytes_sent, used.bytes_received), if everything { (15, 6) } else { (0, 0) });
        }
    }
}
