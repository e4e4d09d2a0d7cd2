//! Segment files on their way to and from the object store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt};

use super::LakeError;
use crate::transfer;

/// The object store of a lake.
#[derive(Clone, Debug)]
pub(super) struct Objects {
    pub(super) store: Arc<dyn ObjectStore>,
    /// For a local folder: where it is, so that files are made durable before their commit. The object store itself
    /// does not do that.
    pub(super) local_root: Option<PathBuf>,
}

impl Objects {
    /// Writes a local file as an object, durably.
    pub(super) async fn upload(&self, file: &Path, object: &ObjectPath) -> Result<(), LakeError> {
        let source = tokio::fs::File::open(file).await?;
        transfer::send(&self.store, object, source).await?;
        self.sync(object).await
    }

    /// Removes objects that no commit refers to. What cannot be removed now takes room, and no more.
    pub(super) async fn discard(&self, objects: impl Iterator<Item = ObjectPath>) {
        for object in objects {
            if let Err(error) = self.store.delete(&object).await {
                tracing::warn!(%object, %error, "an object without a commit was not deleted");
            }
        }
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
