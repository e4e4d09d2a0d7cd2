//! Segment files on their way to and from the object store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::stream::{FuturesUnordered, TryStreamExt};
use object_store::path::Path as ObjectPath;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::LakeError;

const PART_BYTES: usize = 8 * 1024 * 1024;
/// So many parts of one upload are on their way at once.
const PARTS: usize = 2;

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
        let mut upload = self.store.put_multipart(object).await?;
        if let Err(error) = send_parts(source, upload.as_mut()).await {
            // Parts that were sent are kept, and paid for, until the upload is ended.
            if let Err(abandoned) = upload.abort().await {
                tracing::warn!(%object, error = %abandoned, "an upload that failed was not aborted");
            }
            return Err(error);
        }
        Ok(())
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

/// Sends all there is in parts of one size, but for the last, and completes the upload.
async fn send_parts(source: &mut (impl AsyncRead + Unpin), upload: &mut dyn MultipartUpload) -> Result<(), LakeError> {
    let mut sending = FuturesUnordered::new();
    loop {
        let mut part = Vec::new();
        (&mut *source).take(PART_BYTES as u64).read_to_end(&mut part).await?;
        if part.is_empty() {
            break;
        }
        if sending.len() == PARTS {
            sending.try_next().await?;
        }
        sending.push(upload.put_part(part.into()));
    }
    while sending.try_next().await?.is_some() {}
    upload.complete().await?;
    Ok(())
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

    use std::sync::Mutex;

    use async_trait::async_trait;
    use object_store::local::LocalFileSystem;
    use object_store::{PutResult, UploadPart};
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

    #[tokio::test]
    async fn parts_are_of_one_size_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
        let objects = Objects { store: Arc::clone(&store) as _, local_root: None };
        let given: Vec<u8> = (0..=250).cycle().flat_map(|byte| [byte; 1_000]).take(3 * PART_BYTES + 5).collect();
        objects.upload_parts(&mut given.as_slice(), &ObjectPath::from("object")).await.unwrap();
        let read = store.get(&ObjectPath::from("object")).await.unwrap().bytes().await.unwrap();
        assert!(read == given);
    }

    /// Takes parts until one fails, and notes what else is asked of it.
    #[derive(Debug, Default)]
    struct Upload {
        parts: usize,
        failing: usize,
        asked: Arc<Mutex<Vec<String>>>,
    }

    #[async_trait]
    impl MultipartUpload for Upload {
        fn put_part(&mut self, part: PutPayload) -> UploadPart {
            self.parts += 1;
            let fails = self.parts == self.failing;
            self.asked.lock().unwrap().push(part.content_length().to_string());
            Box::pin(async move {
                if fails {
                    Err(object_store::Error::NotImplemented { operation: String::new(), implementer: String::new() })
                } else {
                    Ok(())
                }
            })
        }

        async fn complete(&mut self) -> object_store::Result<PutResult> {
            self.asked.lock().unwrap().push("complete".to_owned());
            Ok(PutResult { e_tag: None, version: None })
        }

        async fn abort(&mut self) -> object_store::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn an_upload_whose_last_part_fails_is_not_completed() {
        for (failing, completed) in [(0, true), (1, false), (3, false)] {
            let mut upload = Upload { failing, ..Upload::default() };
            let mut source = tokio::io::repeat(7).take(2 * PART_BYTES as u64 + 1);
            let sent = send_parts(&mut source, &mut upload).await;
            assert_eq!(sent.is_ok(), completed);
            let asked = upload.asked.lock().unwrap().clone();
            assert_eq!(asked.last().unwrap() == "complete", completed, "{asked:?}");
        }
    }
}
