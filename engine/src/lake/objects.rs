//! Segment files on their way to and from the object store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::stream::BoxStream;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

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

    /// Deletes an object; that it is gone already is as good.
    pub(super) async fn delete(&self, object: &ObjectPath) -> Result<(), LakeError> {
        match self.store.delete(object).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Lists the objects below a prefix.
    pub(super) fn list(&self, prefix: &ObjectPath) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.store.list(Some(prefix))
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
