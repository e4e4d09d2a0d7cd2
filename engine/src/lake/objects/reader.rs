//! Reading segments: whatever comes back is verified, block by block, before anybody sees it.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::TryStreamExt as _;
use futures::future::try_join_all;
use object_store::{GetOptions, GetRange, GetResult, GetResultPayload, ObjectStore, ObjectStoreExt as _};
use tokio::sync::Semaphore;

use super::cache::BlockCache;
use super::counters::{CacheUse, StoreCounters};
use super::retry::{RETRIES, pause};
use super::stored::{Pieces, Stored, runs};
use crate::SegmentId;
use crate::lake::fault::{FaultKind, SegmentFault};

/// Requests for bytes that are under way at once.
const REQUESTS: usize = 32;
/// How long it is asked what an object is of which no bytes could be read.
const LOOK: Duration = Duration::from_secs(5);

/// Reads bytes of segments.
#[derive(Debug)]
pub(in crate::lake) struct SegmentReader {
    store: Arc<dyn ObjectStore>,
    /// The folder, when objects are files of this machine: those are opened once for a read, and kept in memory by the system.
    root: Option<PathBuf>,
    /// What is kept of objects that are elsewhere.
    pub(super) cache: BlockCache,
    counters: Arc<StoreCounters>,
    /// How long it is waited before bytes that are wrong are read again.
    delay: Duration,
    requests: Semaphore,
}

/// Why there are no bytes.
#[derive(Clone, Debug)]
pub(super) enum ReadError {
    /// They are not what the manifest says.
    Fault(SegmentFault),
    /// The store does not answer, or refuses.
    Store(Arc<object_store::Error>),
}

impl From<ReadError> for object_store::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Fault(fault) => Self::Generic { store: "lake", source: Box::new(fault) },
            ReadError::Store(error) => Arc::try_unwrap(error)
                .unwrap_or_else(|shared| Self::Generic { store: "lake", source: Box::new(shared) }),
        }
    }
}

/// Why one try came to nothing.
enum Failure {
    /// What came back is not what was written; in words.
    Wrong(String),
    /// There is no such object.
    Missing(object_store::Error),
    /// The store failed.
    Store(object_store::Error),
}

impl From<object_store::Error> for Failure {
    fn from(error: object_store::Error) -> Self {
        match &error {
            object_store::Error::NotFound { source, .. } if !is_of_the_bucket(&source.to_string()) => {
                Self::Missing(error)
            }
            _ => Self::Store(error),
        }
    }
}

/// Whether an answer says that there is no such bucket, which tells nothing of what is in it.
fn is_of_the_bucket(answer: &str) -> bool {
    ["NoSuchBucket", "ContainerNotFound", "bucket does not exist"].iter().any(|text| answer.contains(text))
}

impl SegmentReader {
    pub(super) fn new(
        store: Arc<dyn ObjectStore>,
        root: Option<PathBuf>,
        cache: BlockCache,
        counters: Arc<StoreCounters>,
        delay: Duration,
    ) -> Self {
        Self { store, root, cache, counters, delay, requests: Semaphore::new(REQUESTS) }
    }

    /// Drops what is cached of a segment.
    pub(super) fn forget(&self, segment: SegmentId) {
        self.cache.forget(segment);
    }

    /// What was asked of the cache.
    pub(super) fn caches(&self) -> [CacheUse; 2] {
        self.cache.so_far()
    }

    /// Verified bytes of a segment.
    pub(super) async fn read(
        self: &Arc<Self>,
        stored: &Arc<Stored>,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Bytes>, ReadError> {
        let beyond = || {
            let detail = format!("more is asked of it than its {} bytes", stored.segment.bytes);
            ReadError::Fault(stored.fault(FaultKind::Damaged(detail)))
        };
        if ranges.iter().any(|range| range.end > stored.segment.bytes || range.start > range.end) {
            return Err(beyond());
        }
        let mut blocks: Vec<u64> = ranges.iter().flat_map(Stored::blocks_of).collect();
        blocks.sort_unstable();
        blocks.dedup();
        let pieces = if self.root.is_some() {
            self.until_right(stored, || self.of_file(stored, runs(blocks.iter().copied()))).await?
        } else {
            BlockCache::read(self, stored, &blocks).await?
        };
        let pieces = Pieces::new(pieces);
        ranges.iter().map(|range| pieces.slice(range).ok_or_else(beyond)).collect()
    }

    /// Verified blocks that are next to each other, from the store: by where each begins.
    pub(super) async fn fetch(&self, stored: &Arc<Stored>, blocks: Range<u64>) -> Result<Vec<(u64, Bytes)>, ReadError> {
        let run = self.until_right(stored, || self.of_object(stored, blocks.clone())).await?;
        let first = stored.bytes_of(&blocks).start;
        let each = blocks.map(|block| {
            let range = stored.bytes_of(&(block..block + 1));
            let cut = |place: u64| usize::try_from(place - first).unwrap_or(usize::MAX);
            // A copy, as a slice would keep the whole run in memory as long as one block of it is.
            (range.start, Bytes::copy_from_slice(&run[cut(range.start)..cut(range.end)]))
        });
        Ok(each.collect())
    }

    /// Tries again what came back wrong.
    async fn until_right<T, F>(&self, stored: &Stored, mut attempt: impl FnMut() -> F) -> Result<T, ReadError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut retry = 0;
        loop {
            match attempt().await {
                Ok(right) => return Ok(right),
                // Without its folder nothing is known of the file.
                Err(Failure::Missing(error)) if self.root.as_ref().is_some_and(|root| !root.is_dir()) => {
                    return Err(ReadError::Store(Arc::new(error)));
                }
                Err(Failure::Missing(_)) => return Err(ReadError::Fault(stored.fault(FaultKind::Missing))),
                Err(Failure::Store(error)) => return Err(ReadError::Store(Arc::new(error))),
                Err(Failure::Wrong(detail)) if retry == RETRIES => {
                    return Err(ReadError::Fault(stored.fault(FaultKind::Damaged(detail))));
                }
                Err(Failure::Wrong(detail)) => {
                    tracing::warn!(segment = %stored.segment.id, detail, "a segment was read wrongly; reading again");
                    pause(self.delay, retry).await;
                    retry += 1;
                }
            }
        }
    }

    /// Runs of blocks of a file, each as one piece.
    async fn of_file(&self, stored: &Arc<Stored>, runs: Vec<Range<u64>>) -> Result<Vec<(u64, Bytes)>, Failure> {
        if runs.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store.get_opts(&stored.object, GetOptions::default()).await?;
        check_size(stored, &found)?;
        let GetResultPayload::File(file, _) = found.payload else {
            // A store in between does not hand files on.
            let runs = runs.into_iter().map(|run| async move {
                let start = stored.bytes_of(&run).start;
                Ok::<_, Failure>((start, self.of_object(stored, run).await?))
            });
            return try_join_all(runs).await;
        };
        let of = Arc::clone(stored);
        let read = tokio::task::spawn_blocking(move || {
            let piece = |run: &Range<u64>| Ok((of.bytes_of(run).start, of_open_file(&of, &file, run)?));
            runs.iter().map(piece).collect::<Result<Vec<_>, Failure>>()
        });
        let pieces = read.await.map_err(object_store::Error::from)??;
        self.counters.received(pieces.iter().map(|(_, piece)| piece.len() as u64).sum());
        Ok(pieces)
    }

    /// One run of blocks, by one request.
    async fn of_object(&self, stored: &Arc<Stored>, run: Range<u64>) -> Result<Bytes, Failure> {
        // The semaphore is never closed.
        let _request = self.requests.acquire().await;
        let range = stored.bytes_of(&run);
        let options = GetOptions { range: Some(GetRange::Bounded(range.clone())), ..GetOptions::default() };
        let found = match self.store.get_opts(&stored.object, options).await {
            Ok(found) => found,
            Err(error) => return Err(self.why(stored, error).await),
        };
        check_size(stored, &found)?;
        let bytes = collect(found, range.end - range.start).await?;
        stored.check(&run, &bytes).map_err(Failure::Wrong)?;
        Ok(bytes)
    }

    /// Stores refuse to read beyond the end of an object in words of their own: so it is asked where its end is.
    async fn why(&self, stored: &Stored, error: object_store::Error) -> Failure {
        if !matches!(error, object_store::Error::Generic { .. }) {
            return error.into();
        }
        match tokio::time::timeout(LOOK, self.store.head(&stored.object)).await {
            Ok(Ok(meta)) if meta.size != stored.segment.bytes => Failure::Wrong(other_size(stored, meta.size)),
            _ => Failure::Store(error),
        }
    }
}

fn check_size(stored: &Stored, found: &GetResult) -> Result<(), Failure> {
    if found.meta.size == stored.segment.bytes {
        Ok(())
    } else {
        Err(Failure::Wrong(other_size(stored, found.meta.size)))
    }
}

fn other_size(stored: &Stored, size: u64) -> String {
    format!("it has {size} bytes, not {}", stored.segment.bytes)
}

fn of_open_file(stored: &Stored, file: &File, run: &Range<u64>) -> Result<Bytes, Failure> {
    let range = stored.bytes_of(run);
    let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap_or(usize::MAX)];
    match file.read_exact_at(&mut bytes, range.start) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Err(Failure::Wrong("it ended while it was read".to_owned()));
        }
        Err(error) => {
            let source = Box::new(std::io::Error::new(error.kind(), format!("{}: {error}", stored.object)));
            return Err(Failure::Store(object_store::Error::Generic { store: "lake", source }));
        }
    }
    stored.check(run, &bytes).map_err(Failure::Wrong)?;
    Ok(bytes.into())
}

/// The bytes of an answer, and no more than were asked for whatever it holds.
async fn collect(found: GetResult, most: u64) -> Result<Bytes, Failure> {
    let capacity = usize::try_from(most).unwrap_or(usize::MAX);
    let mut bytes = BytesMut::with_capacity(capacity);
    let mut pieces = found.into_stream();
    while let Some(piece) = pieces.try_next().await? {
        if bytes.is_empty() && piece.len() == capacity {
            return Ok(piece);
        }
        if bytes.len() + piece.len() > capacity {
            return Err(Failure::Wrong(format!("there was more than the {most} bytes that were asked for")));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}
