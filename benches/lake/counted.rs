//! An object store that counts what is asked of the one below it, as a remote store would be asked.
//!
//! A remote store has no request for several ranges: object_store asks for each run of near ones by itself. So several ranges
//! are counted as such requests, over a local folder too.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::stream::{BoxStream, StreamExt as _};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result, UploadPart,
};

/// What was asked for so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Requests for what an object is, not for its bytes.
    pub(crate) heads: u64,
    /// Requests for a whole object.
    pub(crate) gets: u64,
    /// Requests for a range of an object.
    pub(crate) ranges: u64,
    /// Objects, or parts of them, that were written.
    pub(crate) puts: u64,
    pub(crate) lists: u64,
    pub(crate) deletes: u64,
    pub(crate) bytes_read: u64,
    pub(crate) bytes_written: u64,
    /// How long writers waited for it, added up.
    pub(crate) writing: Duration,
}

impl Counts {
    /// What was asked for since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            heads: self.heads - before.heads,
            gets: self.gets - before.gets,
            ranges: self.ranges - before.ranges,
            puts: self.puts - before.puts,
            lists: self.lists - before.lists,
            deletes: self.deletes - before.deletes,
            bytes_read: self.bytes_read - before.bytes_read,
            bytes_written: self.bytes_written - before.bytes_written,
            writing: self.writing.saturating_sub(before.writing),
        }
    }
}

#[derive(Debug, Default)]
struct Counters {
    heads: AtomicU64,
    gets: AtomicU64,
    ranges: AtomicU64,
    puts: AtomicU64,
    lists: AtomicU64,
    deletes: AtomicU64,
    bytes_read: AtomicU64,
    bytes_written: AtomicU64,
    writing_micros: AtomicU64,
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

impl Counters {
    fn written(&self, bytes: usize, since: Instant) {
        add(&self.puts, 1);
        add(&self.bytes_written, bytes as u64);
        add(&self.writing_micros, u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
}

/// Counts what is asked of the store below.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    below: Arc<dyn ObjectStore>,
    counters: Arc<Counters>,
}

impl Counted {
    pub(crate) fn over(below: Arc<dyn ObjectStore>) -> Self {
        Self { below, counters: Arc::default() }
    }

    pub(crate) fn counts(&self) -> Counts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts {
            heads: of(&self.counters.heads),
            gets: of(&self.counters.gets),
            ranges: of(&self.counters.ranges),
            puts: of(&self.counters.puts),
            lists: of(&self.counters.lists),
            deletes: of(&self.counters.deletes),
            bytes_read: of(&self.counters.bytes_read),
            bytes_written: of(&self.counters.bytes_written),
            writing: Duration::from_micros(of(&self.counters.writing_micros)),
        }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "counted {}", self.below)
    }
}

#[async_trait]
impl ObjectStore for Counted {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let (bytes, since) = (payload.content_length(), Instant::now());
        let put = self.below.put_opts(location, payload, options).await;
        self.counters.written(bytes, since);
        put
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let upload = self.below.put_multipart_opts(location, options).await?;
        Ok(Box::new(CountedUpload { below: upload, counters: Arc::clone(&self.counters) }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let (head, range) = (options.head, options.range.is_some());
        let got = self.below.get_opts(location, options).await?;
        match (head, range) {
            (true, _) => add(&self.counters.heads, 1),
            (false, true) => add(&self.counters.ranges, 1),
            (false, false) => add(&self.counters.gets, 1),
        }
        if !head {
            let Range { start, end } = got.range;
            add(&self.counters.bytes_read, end.saturating_sub(start));
        }
        Ok(got)
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let counters = Arc::clone(&self.counters);
        let counted = locations.inspect(move |_| add(&counters.deletes, 1));
        self.below.delete_stream(counted.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        add(&self.counters.lists, 1);
        self.below.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        add(&self.counters.lists, 1);
        self.below.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        add(&self.counters.puts, 1);
        self.below.copy_opts(from, to, options).await
    }
}

#[derive(Debug)]
struct CountedUpload {
    below: Box<dyn MultipartUpload>,
    counters: Arc<Counters>,
}

#[async_trait]
impl MultipartUpload for CountedUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (bytes, counters) = (data.content_length(), Arc::clone(&self.counters));
        let part = self.below.put_part(data);
        Box::pin(async move {
            let since = Instant::now();
            let put = part.await;
            counters.written(bytes, since);
            put
        })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let since = Instant::now();
        let completed = self.below.complete().await;
        self.counters.written(0, since);
        completed
    }

    async fn abort(&mut self) -> Result<()> {
        self.below.abort().await
    }
}
