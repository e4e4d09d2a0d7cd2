//! The lake: how rows are committed, stored, read and folded.
//!
//! A **segment** is an immutable piece of one partition. Small commits become **hot** segments, Arrow IPC bytes that
//! live with the manifest; large ones become **cold** segments, sorted Parquet in an object store. The **manifest** says
//! which segments a store has at each **version**; every commit raises the version, and a read is pinned to one.
//!
//! Invariants that keep reads simple:
//! - an entity lives in one partition and is unique among that partition's cold segments;
//! - an entity that a partition already holds is marked in the hot segment that restates or removes it;
//! - among hot segments the later commit wins; a fold takes all hot segments of a partition, and every cold one that an entity
//!   lives in which they restate or remove.
//!
//! So a read is `cold where entity not in (updated hot entities)` union `hot, last commit per entity`.

pub mod blocks;
mod bounds;
mod change;
mod cold;
mod cold_reader;
mod cold_table;
mod commit;
#[cfg(feature = "testing")]
pub mod conformance;
mod customers;
mod erase;
mod error;
mod fault;
mod fold;
mod fold_policy;
mod hot;
mod in_memory;
mod listing;
pub mod manifest;
mod memory;
mod merge;
pub mod objects;
mod payloads;
mod read;
mod remove;
mod rewrite;
mod runtime;
mod segment;
mod sink;
mod slice;
mod snapshot;
mod sort_order;
mod spool;
#[cfg(feature = "testing")]
pub mod stress;
mod tend;
mod tidy;
mod upsert;
mod verify;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use object_store::ObjectStore;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

pub use erase::{Erasure, Matching};
pub use error::LakeError;
pub use fault::{FaultKind, SegmentFault, Verdict};
pub use fold::Folded;
pub use manifest::{Manifest, ManifestError, Published, Snapshot, Version};
pub use memory::MemoryManifest;
pub use objects::{CountedStore, Counters};
pub use payloads::PayloadsOf;
pub use read::Reader;
pub(crate) use runtime::Planner;
pub use sink::RowSink;
pub use slice::Slice;
pub use spool::Spool;
pub use tend::Tended;
pub use tidy::{Audited, Tidied};
pub use upsert::{Condition, Terms};
pub use verify::Verified;

use self::objects::Objects;
use self::objects::counters::{CacheCounters, StoreCounters};
use self::runtime::{Lane, Runtime};
use crate::clock::Clock;
use crate::{SegmentId, StoreId};

/// Commits that write partitions anew at the same time.
const LARGE_COMMITS: usize = 2;
/// Commits of a few rows at the same time.
const SMALL_COMMITS: usize = 8;
/// Stores whose turns are remembered.
const STORES: u64 = 10_000;

/// How a lake uses its machine.
#[derive(Clone, Debug)]
pub struct LakeOptions {
    /// Where commits are collected and large sorts spill.
    pub spool_dir: PathBuf,
    /// Free space of its disk, in bytes, that commits leave.
    pub disk_reserve: u64,
    /// The folder of a local object store: its files are then made durable before they are committed.
    pub local_root: Option<PathBuf>,
    /// Memory for running queries, in bytes.
    pub query_memory: usize,
    /// Memory for large commits and folds, in bytes. Small commits may use half as much beside them.
    pub commit_memory: usize,
    /// Memory for Parquet footers, in bytes.
    pub metadata_memory: usize,
    /// Memory for decoded hot segments, in bytes.
    pub hot_memory: u64,
    /// Memory for the lists of stores' segments, in bytes.
    pub snapshot_memory: u64,
    /// Memory for blocks of segments that are not files of this machine, in bytes.
    pub block_memory: u64,
    /// Disk below the spool folder for such blocks, in bytes.
    pub block_disk: u64,
    /// How long such a block is kept, however often it is read: what was erased elsewhere must not stay here.
    pub block_time: Duration,
    /// How long it is waited before the object store is asked again after it failed; longer before each further try.
    pub retry_delay: Duration,
    /// Counts what is asked of the object store; whoever made the store does the counting.
    pub store_counters: Arc<StoreCounters>,
    /// Plans are cut into that many parallel parts.
    pub parallelism: usize,
    /// A commit writes up to this many rows of a partition as a hot segment, and more as cold ones.
    pub hot_rows: u64,
    /// A partition with that many hot segments is due to be folded.
    pub fold_segments: usize,
    /// A partition with that many bytes of hot segments is due to be folded.
    pub fold_bytes: u64,
    /// A partition whose oldest hot segment is older than that is due to be folded.
    pub fold_age: Duration,
    /// How long retired segments can still be read: longer than the longest query.
    pub grace: Duration,
}

impl LakeOptions {
    /// Defaults for a machine of a few cores.
    #[must_use]
    pub fn new(spool_dir: impl Into<PathBuf>) -> Self {
        Self {
            spool_dir: spool_dir.into(),
            disk_reserve: 0,
            local_root: None,
            query_memory: 1 << 30,
            commit_memory: 192 << 20,
            metadata_memory: 256 << 20,
            hot_memory: 64 << 20,
            snapshot_memory: 256 << 20,
            block_memory: 0,
            block_disk: 0,
            block_time: Duration::from_secs(24 * 60 * 60),
            retry_delay: Duration::from_millis(100),
            store_counters: Arc::default(),
            parallelism: std::thread::available_parallelism().map_or(2, usize::from),
            hot_rows: 4_096,
            fold_segments: 64,
            fold_bytes: 4 << 20,
            fold_age: Duration::from_secs(3_600),
            grace: Duration::from_secs(900),
        }
    }
}

/// The engine's storage: an object store, the means to run plans over it, and caches. One for a process; it knows no
/// tenants, so everything is asked through the manifest that a caller hands over.
#[derive(Clone, Debug)]
pub struct Lake {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    objects: Objects,
    options: LakeOptions,
    clock: Arc<dyn Clock>,
    queries: Runtime,
    /// Commits of a few rows, many at once: they do not wait for a large one.
    small_commits: Lane,
    /// Commits and folds that write partitions anew.
    large_commits: Lane,
    /// Small commits of a store that would disturb each other come one after the other.
    turns: moka::sync::Cache<StoreId, Arc<Mutex<()>>>,
    snapshots: Cache<StoreId, Arc<Snapshot>>,
    hot: Cache<SegmentId, Arc<hot::HotRows>>,
    snapshot_cache: CacheCounters,
    hot_cache: CacheCounters,
    metadata_cache: Arc<CacheCounters>,
}

impl Lake {
    /// A lake over an object store.
    ///
    /// # Errors
    /// When the spool folder cannot be made.
    pub fn new(store: Arc<dyn ObjectStore>, options: LakeOptions, clock: Arc<dyn Clock>) -> Result<Self, LakeError> {
        std::fs::create_dir_all(&options.spool_dir)?;
        let queries = Runtime::new(&store, &options, options.query_memory, options.parallelism, None)?;
        let large_commits = Lane::new(&store, &options, options.commit_memory, LARGE_COMMITS)?;
        let small_commits = Lane::new(&store, &options, options.commit_memory / 2, SMALL_COMMITS)?;
        let hot = Cache::builder()
            .max_capacity(options.hot_memory)
            .weigher(|_, hot: &Arc<hot::HotRows>| u32::try_from(hot.memory()).unwrap_or(u32::MAX))
            .build();
        let objects = Objects::open(store, &options)?;
        let snapshots = Cache::builder()
            .max_capacity(options.snapshot_memory)
            .weigher(|_, snapshot: &Arc<Snapshot>| u32::try_from(snapshot.memory()).unwrap_or(u32::MAX))
            .build();
        Ok(Self {
            shared: Arc::new(Shared {
                objects,
                options,
                clock,
                queries,
                small_commits,
                large_commits,
                turns: moka::sync::Cache::new(STORES),
                snapshots,
                hot,
                snapshot_cache: CacheCounters::default(),
                hot_cache: CacheCounters::default(),
                metadata_cache: Arc::default(),
            }),
        })
    }

    /// What was asked of the object store and of the caches so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let shared = &self.shared;
        let runtimes = [&shared.queries, &shared.small_commits.runtime, &shared.large_commits.runtime];
        let metadata = runtimes.into_iter().map(Runtime::metadata_bytes).sum();
        let [blocks_memory, blocks_disk] = shared.objects.caches();
        let hot: usize = shared.hot.iter().map(|(_, hot)| hot.memory()).sum();
        let snapshots: usize = shared.snapshots.iter().map(|(_, snapshot)| snapshot.memory()).sum();
        Counters {
            store: shared.options.store_counters.so_far(),
            is_remote: shared.options.local_root.is_none(),
            caches: vec![
                blocks_memory,
                blocks_disk,
                shared.metadata_cache.so_far("parquet_metadata", metadata),
                shared.hot_cache.so_far("hot_segments", hot as u64),
                shared.snapshot_cache.so_far("snapshots", snapshots as u64),
            ],
        }
    }

    /// The version of the list of a store's segments that is held in memory; `None` when none is.
    #[must_use]
    pub fn held_version(&self, store: StoreId) -> Option<Version> {
        // Asking is not using: it must not keep the list in memory.
        self.shared.snapshots.iter().find(|(held, _)| **held == store).map(|(_, snapshot)| snapshot.version)
    }

    /// A store, seen through a manifest that decides whether it may be seen.
    #[must_use]
    pub fn open(&self, manifest: Arc<dyn Manifest>, store: StoreId) -> StoreLake {
        StoreLake { lake: self.clone(), manifest, store }
    }
}

/// One store of a lake, through one tenant's manifest.
#[derive(Clone, Debug)]
pub struct StoreLake {
    lake: Lake,
    manifest: Arc<dyn Manifest>,
    store: StoreId,
}

impl StoreLake {
    /// The store.
    #[must_use]
    pub fn store(&self) -> StoreId {
        self.store
    }

    /// The store's manifest.
    #[must_use]
    pub fn manifest(&self) -> &Arc<dyn Manifest> {
        &self.manifest
    }

    /// A place to collect the rows of one commit.
    ///
    /// # Errors
    /// When no folder can be made for it.
    pub fn spool(&self) -> Result<Spool, LakeError> {
        let options = &self.lake.shared.options;
        let folder = tempfile::Builder::new().prefix("spool-").tempdir_in(&options.spool_dir)?;
        Ok(Spool::new(folder, options.commit_memory / 4, options.disk_reserve))
    }

    fn shared(&self) -> &Shared {
        &self.lake.shared
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn checksum(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
