//! Everything between the lake and the object store.
//!
//! Promises: no byte of a segment is used that is not what was written; what may pass is tried again; what is asked of the store
//! is counted. Leaves out which segments there are: that is the manifest's.

mod cache;
mod counted;
pub mod counters;
mod disk;
mod reader;
mod retry;
mod stored;
#[cfg(test)]
mod tests;
mod upload;
mod verified;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use object_store::path::Path as ObjectPath;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt as _};

use self::cache::{BlockCache, CacheOptions};
use self::counters::CacheUse;
use self::reader::SegmentReader;
use self::retry::{may_pass, retried};
pub(super) use self::stored::Stored;
use self::upload::{Uploaded, upload};
pub(super) use self::verified::{VerifiedStore, object_meta};
use super::segment::{Segment, segment_of};
use super::{LakeError, LakeOptions, ManifestError};
use crate::transfer::TransferError;

pub use counted::{CountedStore, Counting};
pub use counters::Counters;

/// The object store of a lake.
#[derive(Clone, Debug)]
pub(super) struct Objects {
    pub(super) store: Arc<dyn ObjectStore>,
    /// For a local folder: where it is, so that files are made durable before their commit. The object store itself
    /// does not do that.
    local_root: Option<PathBuf>,
    reader: Arc<SegmentReader>,
    retry_delay: Duration,
}

impl Objects {
    /// The objects of a store.
    ///
    /// # Errors
    /// No folder can be made for cached blocks.
    pub(super) fn open(store: Arc<dyn ObjectStore>, options: &LakeOptions) -> Result<Self, LakeError> {
        let is_local = options.local_root.is_some();
        // Files of this machine are cached by the system, once and for all processes.
        let unless_local = |bytes| if is_local { 0 } else { bytes };
        let cache = BlockCache::new(&CacheOptions {
            memory: unless_local(options.block_memory),
            disk: unless_local(options.block_disk),
            folder: options.spool_dir.clone(),
            disk_reserve: options.disk_reserve,
            keep: options.block_time,
        })?;
        let counters = Arc::clone(&options.store_counters);
        let reader =
            SegmentReader::new(Arc::clone(&store), options.local_root.clone(), cache, counters, options.retry_delay);
        Ok(Self {
            store,
            local_root: options.local_root.clone(),
            reader: Arc::new(reader),
            retry_delay: options.retry_delay,
        })
    }

    /// Segments as a store of verified bytes.
    pub(super) fn verified(&self, segments: impl Iterator<Item = Stored>) -> VerifiedStore {
        VerifiedStore::new(Arc::clone(&self.reader), segments)
    }

    /// Writes a segment's file as its object, durably. Names are never used again, so that writing it again does no harm.
    ///
    /// # Errors
    /// [`ManifestError::NotStaged`] when it was given up meanwhile, and deleted.
    pub(super) async fn upload(&self, file: &Path, segment: &Segment, object: &ObjectPath) -> Result<(), LakeError> {
        let passes = |error: &TransferError| matches!(error, TransferError::Store(error) if may_pass(error));
        match retried(self.retry_delay, passes, || upload(&self.store, file, segment, object)).await? {
            Uploaded::Kept => self.sync(object).await,
            Uploaded::Gone => Err(ManifestError::NotStaged(segment.id).into()),
        }
    }

    /// Deletes an object, and what is cached of it; that it is gone already is as good.
    ///
    /// # Errors
    /// The store does not delete it, now.
    pub(super) async fn delete(&self, object: &ObjectPath) -> Result<(), LakeError> {
        if let Some(segment) = segment_of(object) {
            self.reader.forget(segment);
        }
        match retried(self.retry_delay, may_pass, || self.store.delete(object)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Lists the objects below a prefix.
    pub(super) fn list(&self, prefix: &ObjectPath) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.store.list(Some(prefix))
    }

    /// The levels of the block cache.
    pub(super) fn caches(&self) -> [CacheUse; 2] {
        self.reader.caches()
    }

    async fn sync(&self, object: &ObjectPath) -> Result<(), LakeError> {
        let Some(root) = self.local_root.clone() else { return Ok(()) };
        let object = object.to_string();
        let synced = tokio::task::spawn_blocking(move || sync_file_and_folders(&root, &object)).await;
        synced.map_err(std::io::Error::other)??;
        Ok(())
    }
}

/// Makes a file and the names on the way to it durable.
fn sync_file_and_folders(root: &Path, object: &str) -> std::io::Result<()> {
    let mut path = root.join(object);
    while path.starts_with(root) {
        std::fs::File::open(&path)?.sync_all()?;
        if path == root || !path.pop() {
            break;
        }
    }
    Ok(())
}
