//! A file's way into an object store: in parts, few at a time, and nothing of it left when it does not get there.

use std::io;

use futures::stream::{FuturesUnordered, TryStreamExt as _};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Bytes of a part.
const PART: usize = 8 * 1024 * 1024;
/// How many parts are under way at once.
const AT_ONCE: usize = 2;

/// Why a file is not in the object store.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// It cannot be read.
    #[error("the file cannot be read")]
    Read(#[from] io::Error),
    /// The object store does not take it.
    #[error("the object store failed")]
    Store(#[from] object_store::Error),
}

impl From<TransferError> for io::Error {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Read(error) => error,
            TransferError::Store(error) => error.into(),
        }
    }
}

/// Writes everything that `from` gives to an object, with some three times 8 MiB of it in memory at once.
///
/// # Errors
/// It cannot be read, or the store fails. The object is not there then.
pub async fn send(
    store: &dyn ObjectStore,
    object: &Path,
    mut from: impl AsyncRead + Unpin,
) -> Result<(), TransferError> {
    let first = part(&mut from).await?;
    if first.len() < PART {
        store.put(object, first.into()).await?;
        return Ok(());
    }
    let mut upload = Unfinished(Some(store.put_multipart(object).await?));
    if let Some(open) = &mut upload.0 {
        send_parts(open.as_mut(), first, from).await?;
    }
    upload.0 = None;
    Ok(())
}

async fn send_parts(
    upload: &mut dyn MultipartUpload,
    first: Vec<u8>,
    mut from: impl AsyncRead + Unpin,
) -> Result<(), TransferError> {
    let mut under_way = FuturesUnordered::new();
    let mut next = first;
    while !next.is_empty() {
        if under_way.len() == AT_ONCE {
            under_way.try_next().await?;
        }
        under_way.push(upload.put_part(next.into()));
        next = part(&mut from).await?;
    }
    while under_way.try_next().await?.is_some() {}
    upload.complete().await?;
    Ok(())
}

/// The next part; a short one is the last, and there is none after that.
async fn part(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut part = Vec::new();
    from.take(PART as u64).read_to_end(&mut part).await?;
    Ok(part)
}

/// An upload that is given up unless it is taken out: a store keeps parts, and asks money for them, until it is told to drop them.
struct Unfinished(Option<Box<dyn MultipartUpload>>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(mut upload) = self.0.take() else { return };
        // Outside a runtime the bucket's own rules have to clear it up, as after a process that was killed.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "an upload to the object store cannot be given up");
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::{Arc, Mutex};
    use std::task::{Context, Poll};
    use std::time::Duration;

    use async_trait::async_trait;
    use object_store::local::LocalFileSystem;
    use object_store::{PutPayload, PutResult, UploadPart};
    use tokio::io::ReadBuf;

    use super::*;

    /// A disk that fails.
    struct Broken;

    impl AsyncRead for Broken {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::Error::other("the disk fails")))
        }
    }

    #[tokio::test]
    async fn files_of_any_size_arrive_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let store = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
        for size in [0, 1, PART - 1, PART, PART + 1, 4 * PART + 7] {
            let bytes: Vec<u8> = (0..size).map(|place| u8::try_from(place % 251).unwrap()).collect();
            let object = Path::from(format!("{size}"));
            send(&store, &object, &bytes[..]).await.unwrap();
            assert!(std::fs::read(folder.path().join(object.as_ref())).unwrap() == bytes, "{size}");
        }
    }

    #[tokio::test]
    async fn nothing_stays_of_a_file_that_does_not_arrive() {
        let folder = tempfile::tempdir().unwrap();
        let store = LocalFileSystem::new_with_prefix(folder.path()).unwrap();
        let half = tokio::io::repeat(b'x').take(3 * PART as u64 + 5);
        let failed = send(&store, &Path::from("orders"), half.chain(Broken)).await.unwrap_err();
        assert!(matches!(failed, TransferError::Read(_)), "{failed}");
        for _ in 0..100 {
            if std::fs::read_dir(folder.path()).unwrap().count() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("parts of it stay");
    }

    /// Takes parts until one fails, and notes what is asked of it.
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
            let failure = || object_store::Error::Generic { store: "bucket", source: "it is full".into() };
            Box::pin(async move { if fails { Err(failure()) } else { Ok(()) } })
        }

        async fn complete(&mut self) -> object_store::Result<PutResult> {
            self.asked.lock().unwrap().push("complete".to_owned());
            Ok(PutResult { e_tag: None, version: None })
        }

        async fn abort(&mut self) -> object_store::Result<()> {
            self.asked.lock().unwrap().push("abort".to_owned());
            Ok(())
        }
    }

    #[tokio::test]
    async fn an_upload_of_which_any_part_fails_is_not_completed() {
        for (failing, completed) in [(0, true), (1, false), (3, false)] {
            let mut upload = Upload { failing, ..Upload::default() };
            let mut bytes = tokio::io::repeat(7).take(2 * PART as u64 + 1);
            let first = part(&mut bytes).await.unwrap();
            let sent = send_parts(&mut upload, first, bytes).await;
            assert_eq!(sent.is_ok(), completed);
            let asked = upload.asked.lock().unwrap().clone();
            assert_eq!(asked.last().unwrap() == "complete", completed, "{asked:?}");
        }
    }

    #[tokio::test]
    async fn an_upload_that_is_dropped_is_aborted() {
        let upload = Upload::default();
        let asked = Arc::clone(&upload.asked);
        drop(Unfinished(Some(Box::new(upload))));
        tokio::task::yield_now().await;
        assert_eq!(*asked.lock().unwrap(), ["abort"]);
    }
}
