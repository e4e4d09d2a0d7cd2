//! Segment files on their way to and from the object store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::LakeError;

const PART_BYTES: usize = 8 * 1024 * 1024;

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
        let mut source = tokio::fs::File::open(file).await?;
        let size = source.metadata().await?.len();
        if size <= PART_BYTES as u64 {
            let mut bytes = Vec::new();
            source.read_to_end(&mut bytes).await?;
            self.store.put(object, PutPayload::from(bytes)).await?;
        } else {
            self.upload_parts(&mut source, object).await?;
        }
        self.sync(object).await
    }

    async fn upload_parts(&self, source: &mut (impl AsyncRead + Unpin), object: &ObjectPath) -> Result<(), LakeError> {
        let mut upload = WriteMultipart::new_with_chunk_size(self.store.put_multipart(object).await?, PART_BYTES);
        if let Err(error) = send_parts(source, &mut upload).await {
            // Parts that were sent are kept, and paid for, until the upload is ended.
            if let Err(abandoned) = upload.abort().await {
                tracing::warn!(%object, error = %abandoned, "an upload that failed was not aborted");
            }
            return Err(error);
        }
        upload.finish().await?;
        Ok(())
    }

    /// Removes objects that no commit refers to. What cannot be removed now is left for the sweep.
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

async fn send_parts(source: &mut (impl AsyncRead + Unpin), upload: &mut WriteMultipart) -> Result<(), LakeError> {
    let mut part = vec![0; PART_BYTES];
    loop {
        let read = source.read(&mut part).await?;
        if read == 0 {
            return Ok(());
        }
        upload.wait_for_capacity(2).await?;
        upload.write(&part[..read]);
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

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use object_store::local::LocalFileSystem;
    use tokio::io::ReadBuf;

    use super::*;

    struct Broken;

    impl AsyncRead for Broken {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
            Poll::Ready(Err(std::io::Error::other("the disk is broken")))
        }
    }

    #[tokio::test]
    async fn an_upload_whose_file_cannot_be_read_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
        let objects = Objects { store, local_root: None };
        let mut source = tokio::io::repeat(7).take(3 * PART_BYTES as u64).chain(Broken);
        let error = objects.upload_parts(&mut source, &ObjectPath::from("object")).await.unwrap_err();
        assert!(matches!(error, LakeError::Spool(_)), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
