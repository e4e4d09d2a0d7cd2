//! A file's way into an object store: in parts, few at a time, and nothing of it left when it does not get there.

use std::io;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Bytes of a part.
const PART: usize = 10 * 1024 * 1024;
/// How many parts are under way at once.
const AT_ONCE: usize = 2;

/// Writes everything that `from` gives to an object.
///
/// # Errors
/// It cannot be read, or the store fails. The object is not there then.
pub(super) async fn send(store: &dyn ObjectStore, object: &Path, mut from: impl AsyncRead + Unpin) -> io::Result<()> {
    let first = part(&mut from).await?;
    if first.len() < PART {
        store.put(object, first.into()).await?;
        return Ok(());
    }
    let mut upload = Unfinished(Some(store.put_multipart(object).await?));
    let mut under_way = FuturesUnordered::new();
    let mut next = first;
    while !next.is_empty() {
        if under_way.len() == AT_ONCE {
            under_way.next().await.transpose()?;
        }
        under_way.push(upload.open()?.put_part(PutPayload::from(next)));
        next = part(&mut from).await?;
    }
    while under_way.next().await.transpose()?.is_some() {}
    upload.open()?.complete().await?;
    upload.0 = None;
    Ok(())
}

/// The next part; a short one is the last, and there is none after that.
async fn part(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut part = Vec::with_capacity(PART);
    from.take(PART as u64).read_to_end(&mut part).await?;
    Ok(part)
}

/// An upload that is given up unless it is taken out: a store keeps parts, and asks money for them, until it is told to drop them.
struct Unfinished(Option<Box<dyn MultipartUpload>>);

impl Unfinished {
    fn open(&mut self) -> io::Result<&mut Box<dyn MultipartUpload>> {
        self.0.as_mut().ok_or_else(|| io::Error::other("the upload is over"))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(mut upload) = self.0.take() else { return };
        // Outside a runtime the bucket's own rules have to clear it up, as after a server that was killed.
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
    use std::task::{Context, Poll};
    use std::time::Duration;

    use object_store::local::LocalFileSystem;
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
        assert_eq!(failed.to_string(), "the disk fails");
        for _ in 0..100 {
            if std::fs::read_dir(folder.path()).unwrap().count() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("parts of it stay");
    }
}
