//! The cache's level on a local disk: a file for each block, written and removed by a thread of its own.
//!
//! Nothing here fails a read. What cannot be written is not kept; what cannot be read, or not soon, or is read wrongly, is as
//! if it had never been there.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use moka::sync::Cache;

use super::cache::{CacheOptions, Key};
use super::stored::Stored;
use crate::SegmentId;
use crate::room::Room;

/// Bytes that may wait to be written; beyond them blocks are not kept.
const QUEUE: u64 = 32 << 20;
/// How long a read of the disk may take. A store elsewhere answers sooner than a disk that is worse than this.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a disk that failed is left alone.
const REST: Duration = Duration::from_secs(30);
/// How often it is looked for blocks whose time is over.
const SWEEP: Duration = Duration::from_secs(60);

/// Blocks in files.
#[derive(Debug)]
pub(super) struct Disk {
    index: Cache<Key, Arc<BlockFile>>,
    tasks: Sender<Task>,
    /// Bytes that wait to be written.
    queued: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    /// Until when nothing is read, or written.
    reads: Rest,
    writes: Arc<Rest>,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Debug)]
enum Task {
    Write(Key, Bytes),
    Remove(PathBuf),
    Sweep,
    Stop,
}

/// A block's file, which goes when the index drops it. Whoever still reads it then reads on, or finds nothing.
#[derive(Debug)]
struct BlockFile {
    path: PathBuf,
    bytes: u32,
}

impl Disk {
    /// An empty folder in the one that the options say, which goes when this does. `memory` is the level above: it is looked
    /// after as well.
    pub(super) fn open(options: &CacheOptions, memory: Cache<Key, Bytes>) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("blocks-").tempdir_in(&options.folder)?;
        let (tasks, queue) = channel();
        let remove = tasks.clone();
        let index = Cache::builder()
            .max_capacity(options.disk)
            .weigher(|_, file: &Arc<BlockFile>| file.bytes)
            .time_to_live(options.keep)
            .support_invalidation_closures()
            // Not when the file's entry is freed, which may be long after nobody finds it any more.
            .eviction_listener(move |_, file: Arc<BlockFile>, _| {
                // The thread that is gone took the folder with it.
                let _ = remove.send(Task::Remove(file.path.clone()));
            })
            .build();
        let (queued, stop, writes) =
            (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default(), Arc::<Rest>::default());
        let writer = Writer {
            index: index.clone(),
            memory,
            queued: Arc::clone(&queued),
            stop: Arc::clone(&stop),
            rest: Arc::clone(&writes),
            reserve: options.disk_reserve,
            every: SWEEP.min(options.keep),
            written: 0,
        };
        let thread = std::thread::Builder::new()
            .name("block-cache".to_owned())
            .spawn(move || writer.run(folder.path(), &queue))?;
        Ok(Self { index, tasks, queued, stop, reads: Rest::default(), writes, thread: Some(thread) })
    }

    /// Bytes that are there, about.
    pub(super) fn bytes(&self) -> u64 {
        self.index.run_pending_tasks();
        self.index.weighted_size()
    }

    /// Drops every block of a segment.
    pub(super) fn forget(&self, segment: SegmentId) {
        // Closures are supported, as the builder was told.
        let _ = self.index.invalidate_entries_if(move |key, _| key.0 == segment);
        let _ = self.tasks.send(Task::Sweep);
    }

    /// Keeps a block, if the disk keeps up.
    pub(super) fn write(&self, key: Key, block: Bytes) {
        let bytes = block.len() as u64;
        if self.writes.is_over() && self.queued.load(Ordering::Relaxed) + bytes <= QUEUE {
            self.queued.fetch_add(bytes, Ordering::Relaxed);
            let _ = self.tasks.send(Task::Write(key, block));
        }
    }

    /// Blocks as they are there and right, `None` for others.
    pub(super) async fn read(&self, stored: &Arc<Stored>, blocks: Range<u64>) -> Vec<Option<Bytes>> {
        let of = |block| (stored.segment.id, block);
        let files: Vec<_> = blocks.clone().map(|block| self.index.get(&of(block))).collect();
        let nothing = vec![None; files.len()];
        if files.iter().all(Option::is_none) || !self.reads.is_over() {
            return nothing;
        }
        let there: Vec<_> =
            blocks.clone().zip(&files).filter_map(|(block, file)| file.as_ref().map(|_| block)).collect();
        let (of_segment, numbers) = (Arc::clone(stored), blocks.clone());
        let read = tokio::task::spawn_blocking(move || {
            let right = |(block, file): (u64, Option<Arc<BlockFile>>)| {
                read_file(file.as_deref()?).ok().filter(|bytes| of_segment.is_right(block, bytes))
            };
            numbers.zip(files).map(right).collect::<Vec<_>>()
        });
        let Ok(Ok(found)) = tokio::time::timeout(PATIENCE, read).await else {
            self.reads.begin("cannot read blocks of segments back: the disk takes too long");
            return nothing;
        };
        for (block, bytes) in blocks.zip(&found) {
            if bytes.is_none() && there.contains(&block) {
                tracing::warn!(segment = %stored.segment.id, block, "a cached block is not right any more; fetching it again");
                self.index.invalidate(&of(block));
            }
        }
        found
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.tasks.send(Task::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn read_file(file: &BlockFile) -> io::Result<Bytes> {
    let mut bytes = Vec::with_capacity(usize::try_from(file.bytes).unwrap_or_default());
    File::open(&file.path)?.take(u64::from(file.bytes) + 1).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// The thread that changes the folder.
struct Writer {
    index: Cache<Key, Arc<BlockFile>>,
    memory: Cache<Key, Bytes>,
    queued: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    rest: Arc<Rest>,
    reserve: u64,
    every: Duration,
    written: u64,
}

impl Writer {
    /// Works until it is told to stop. The folder goes with it.
    fn run(mut self, folder: &Path, queue: &Receiver<Task>) {
        let mut swept = Instant::now();
        while !self.stop.load(Ordering::Relaxed) {
            match queue.recv_timeout(self.every) {
                Ok(Task::Write(key, block)) => {
                    self.queued.fetch_sub(block.len() as u64, Ordering::Relaxed);
                    if let Err(error) = self.write(folder, key, &block) {
                        self.rest.begin(&format!("cannot keep blocks of segments on disk: {error}"));
                    }
                }
                Ok(Task::Remove(path)) => drop(fs::remove_file(path)),
                Ok(Task::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(Task::Sweep) => self.sweep(),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if swept.elapsed() >= self.every {
                self.sweep();
                swept = Instant::now();
            }
        }
    }

    /// Caches do not drop what is too old by themselves when nobody asks them.
    fn sweep(&self) {
        self.index.run_pending_tasks();
        self.memory.run_pending_tasks();
    }

    fn write(&mut self, folder: &Path, key: Key, block: &[u8]) -> io::Result<()> {
        Room::look(folder, self.reserve)?;
        self.written += 1;
        let path = folder.join(self.written.to_string());
        if let Err(error) = File::create_new(&path).and_then(|mut file| file.write_all(block)) {
            // A part of it may be there, if the disk is full.
            let _ = fs::remove_file(&path);
            return Err(error);
        }
        let bytes = u32::try_from(block.len()).unwrap_or(u32::MAX);
        self.index.insert(key, Arc::new(BlockFile { path, bytes }));
        // What does not fit goes now, and not when somebody asks next.
        self.index.run_pending_tasks();
        Ok(())
    }
}

/// Until when a disk is left alone.
#[derive(Debug, Default)]
struct Rest(Mutex<Option<Instant>>);

impl Rest {
    fn begin(&self, why: &str) {
        tracing::warn!("{why}; leaving it alone for {} seconds", REST.as_secs());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
    }

    fn is_over(&self) -> bool {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *until {
            Some(time) if time > Instant::now() => false,
            _ => {
                *until = None;
                true
            }
        }
    }
}
