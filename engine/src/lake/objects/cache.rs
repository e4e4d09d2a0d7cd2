//! Verified blocks of segments that are elsewhere: in memory, then on a local disk. Who asks for a block that somebody else is
//! already waiting for waits with them.
//!
//! Built of moka's cache, which the lake has anyway, and plain files. A cache that does both levels itself (foyer) was considered:
//! its entries have no time after which they go, and what is removed from its disk stays there until it is written over. Here
//! a block is a file, which goes when its entry does; that matters as people have a right to be forgotten.

use std::collections::HashMap;
use std::future::Future;
use std::ops::Range;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared, WeakShared, try_join_all};
use moka::sync::Cache;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use super::counters::{CacheCounters, CacheUse};
use super::disk::Disk;
use super::reader::{ReadError, SegmentReader};
use super::stored::{Stored, runs};
use crate::SegmentId;

/// Blocks of one request at most: 8 MiB.
const RUN: u64 = 64;
/// So many blocks between two that are missing are fetched along with them: that is quicker and cheaper than another request.
const GAP: u64 = 4;
/// So often a load is begun anew that another reader began and gave up.
const GIVEN_UP: u32 = 3;

/// How blocks are kept.
#[derive(Clone, Debug)]
pub(super) struct CacheOptions {
    /// Memory, in bytes; 0 for none.
    pub(super) memory: u64,
    /// Disk, in bytes; 0 for none.
    pub(super) disk: u64,
    /// Where a folder for it is made.
    pub(super) folder: PathBuf,
    /// Free space of its disk, in bytes, that is left.
    pub(super) disk_reserve: u64,
    /// How long a block is kept, however often it is read.
    pub(super) keep: Duration,
}

/// A block of a segment.
pub(super) type Key = (SegmentId, u64);
type Blocks = Vec<(u64, Bytes)>;

/// The two levels, and what is on its way into them.
#[derive(Debug)]
pub(super) struct BlockCache {
    memory: Cache<Key, Bytes>,
    disk: Option<Disk>,
    loading: Mutex<HashMap<Key, Loading>>,
    loads: AtomicU64,
    from_memory: CacheCounters,
    from_disk: CacheCounters,
}

/// Blocks on their way.
type LoadingBlocks = BoxFuture<'static, Option<Result<Arc<Blocks>, ReadError>>>;
/// Blocks that are being loaded, for everyone who waits for them.
type Load = Shared<LoadingBlocks>;

#[derive(Debug)]
struct Loading {
    number: u64,
    load: WeakShared<LoadingBlocks>,
}

impl BlockCache {
    /// An empty cache.
    ///
    /// # Errors
    /// No folder can be made.
    pub(super) fn new(options: &CacheOptions) -> std::io::Result<Self> {
        let memory = Cache::builder()
            .max_capacity(options.memory)
            .weigher(|_, block: &Bytes| u32::try_from(block.len()).unwrap_or(u32::MAX))
            .time_to_live(options.keep)
            .support_invalidation_closures()
            .build();
        let disk = if options.disk == 0 { None } else { Some(Disk::open(options, memory.clone())?) };
        Ok(Self {
            memory,
            disk,
            loading: Mutex::default(),
            loads: AtomicU64::new(0),
            from_memory: CacheCounters::default(),
            from_disk: CacheCounters::default(),
        })
    }

    /// Drops every block of a segment whose object is gone.
    pub(super) fn forget(&self, segment: SegmentId) {
        // Closures are supported, as the builder was told.
        let _ = self.memory.invalidate_entries_if(move |key, _| key.0 == segment);
        if let Some(disk) = &self.disk {
            disk.forget(segment);
        }
    }

    pub(super) fn so_far(&self) -> [CacheUse; 2] {
        self.memory.run_pending_tasks();
        let on_disk = self.disk.as_ref().map_or(0, Disk::bytes);
        [
            self.from_memory.so_far("blocks_memory", self.memory.weighted_size()),
            self.from_disk.so_far("blocks_disk", on_disk),
        ]
    }

    /// Blocks of a segment, each by where it begins.
    pub(super) async fn read(
        reader: &Arc<SegmentReader>,
        stored: &Arc<Stored>,
        blocks: &[u64],
    ) -> Result<Blocks, ReadError> {
        let cache = &reader.cache;
        let mut found = Blocks::new();
        let mut missing = Vec::new();
        for block in blocks {
            match cache.memory.get(&(stored.segment.id, *block)) {
                Some(bytes) => {
                    cache.from_memory.hit();
                    found.push((stored.bytes_of(&(*block..*block + 1)).start, bytes));
                }
                None => {
                    cache.from_memory.miss();
                    missing.push(*block);
                }
            }
        }
        let mut given_up = 0;
        while !missing.is_empty() {
            let loads = begin(reader, stored, &missing, &mut found);
            let loaded = try_join_all(loads.into_iter().map(|(load, wanted)| async move {
                let loaded = load.await.transpose()?;
                Ok::<_, ReadError>((loaded, wanted))
            }));
            missing.clear();
            for (loaded, wanted) in loaded.await? {
                match loaded {
                    Some(blocks) => {
                        let starts: Vec<_> =
                            wanted.iter().map(|block| stored.bytes_of(&(*block..*block + 1)).start).collect();
                        found.extend(blocks.iter().filter(|(start, _)| starts.contains(start)).cloned());
                    }
                    None => missing.extend(wanted),
                }
            }
            if !missing.is_empty() {
                given_up += 1;
                if given_up == GIVEN_UP {
                    let source = "a read of it was given up again and again".into();
                    return Err(ReadError::Store(Arc::new(object_store::Error::Generic { store: "lake", source })));
                }
            }
        }
        Ok(found)
    }

    fn loading(&self) -> MutexGuard<'_, HashMap<Key, Loading>> {
        self.loading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What loads these blocks: loads that others have begun already, and new ones. With each, which of the blocks it loads.
fn begin(
    reader: &Arc<SegmentReader>,
    stored: &Arc<Stored>,
    missing: &[u64],
    found: &mut Blocks,
) -> Vec<(Load, Vec<u64>)> {
    let cache = &reader.cache;
    let id = stored.segment.id;
    let mut joined: HashMap<u64, (Load, Vec<u64>)> = HashMap::new();
    let mut mine = Vec::new();
    let mut loading = cache.loading();
    for block in missing {
        // It may have come in since it was looked for.
        if let Some(bytes) = cache.memory.get(&(id, *block)) {
            found.push((stored.bytes_of(&(*block..*block + 1)).start, bytes));
            continue;
        }
        match loading.get(&(id, *block)).and_then(|other| Some((other.number, other.load.upgrade()?))) {
            Some((number, load)) => joined.entry(number).or_insert_with(|| (load, Vec::new())).1.push(*block),
            None => mine.push(*block),
        }
    }
    let mut loads: Vec<_> = joined.into_values().collect();
    let is_free = |block: u64| !loading.contains_key(&(id, block)) && !cache.memory.contains_key(&(id, block));
    for run in requests(&mine, is_free) {
        let number = cache.loads.fetch_add(1, Ordering::Relaxed);
        let load = start(reader, stored, run.clone(), number);
        if let Some(weak) = load.downgrade() {
            loading.extend(run.clone().map(|block| ((id, block), Loading { number, load: weak.clone() })));
        }
        let wanted = mine.iter().copied().filter(|block| run.contains(block)).collect();
        loads.push((load, wanted));
    }
    loads
}

/// Missing blocks as requests: small gaps of blocks that are missing as well are filled, and long runs are cut.
fn requests(missing: &[u64], is_free: impl Fn(u64) -> bool) -> Vec<Range<u64>> {
    let mut blocks: Vec<u64> = Vec::with_capacity(missing.len());
    for block in missing {
        if let Some(last) = blocks.last().copied()
            && block - last <= GAP + 1
            && (last + 1..*block).all(&is_free)
        {
            blocks.extend(last + 1..*block);
        }
        blocks.push(*block);
    }
    let cut = |run: Range<u64>| {
        let starts = run.clone().step_by(usize::try_from(RUN).unwrap_or(usize::MAX));
        starts.map(move |start| start..run.end.min(start + RUN))
    };
    runs(blocks).into_iter().flat_map(cut).collect()
}

/// Loads blocks in a task of its own: one who waits for it may stop waiting, or be slow to ask how it went, without holding up
/// the others. It ends when nobody waits any more.
fn start(reader: &Arc<SegmentReader>, stored: &Arc<Stored>, run: Range<u64>, number: u64) -> Load {
    let ended = Ended { reader: Arc::clone(reader), segment: stored.segment.id, run: run.clone(), number };
    let stored = Arc::clone(stored);
    let work = async move { load(&ended.reader, &stored, run).await.map(Arc::new) };
    // Not before it is waited for: this is called under the lock that the end of a load takes.
    async move { AbortOnDrop(tokio::spawn(work.in_current_span())).await.ok() }.boxed().shared()
}

async fn load(reader: &SegmentReader, stored: &Arc<Stored>, run: Range<u64>) -> Result<Blocks, ReadError> {
    let cache = &reader.cache;
    let id = stored.segment.id;
    let mut loaded = Blocks::new();
    let mut missing = Vec::new();
    match &cache.disk {
        Some(disk) => {
            for (block, bytes) in run.clone().zip(disk.read(stored, run).await) {
                match bytes {
                    Some(bytes) => {
                        cache.from_disk.hit();
                        cache.memory.insert((id, block), bytes.clone());
                        loaded.push((stored.bytes_of(&(block..block + 1)).start, bytes));
                    }
                    None => {
                        cache.from_disk.miss();
                        missing.push(block);
                    }
                }
            }
        }
        None => missing.extend(run),
    }
    let fetched = try_join_all(
        runs(missing)
            .into_iter()
            .map(|run| async move { Ok(run.clone().zip(reader.fetch(stored, run).await?).collect::<Vec<_>>()) }),
    );
    for (block, (start, bytes)) in fetched.await?.into_iter().flatten() {
        cache.memory.insert((id, block), bytes.clone());
        // Nothing tells whether a block of a segment without checksums is right when it is read back.
        if let Some(disk) = &cache.disk
            && !stored.segment.blocks.is_empty()
        {
            disk.write((id, block), bytes.clone());
        }
        loaded.push((start, bytes));
    }
    Ok(loaded)
}

/// Strikes a load off when it has ended, however it did.
struct Ended {
    reader: Arc<SegmentReader>,
    segment: SegmentId,
    run: Range<u64>,
    number: u64,
}

impl Drop for Ended {
    fn drop(&mut self) {
        let mut loading = self.reader.cache.loading();
        for block in self.run.clone() {
            if loading.get(&(self.segment, block)).is_some_and(|load| load.number == self.number) {
                loading.remove(&(self.segment, block));
            }
        }
    }
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_gaps_are_fetched_along_and_long_runs_are_cut() {
        assert_eq!(requests(&[0, 1, 6, 12], |_| true), [0..7, 12..13]);
        assert_eq!(requests(&[0, 1, 6], |block| block != 4), [0..2, 6..7]);
        let long: Vec<_> = (3..150).collect();
        assert_eq!(requests(&long, |_| true), [3..67, 67..131, 131..150]);
    }
}
