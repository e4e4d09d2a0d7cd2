//! A segment's way into the object store, with a look at both ends of it.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use object_store::path::Path as ObjectPath;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt as _};
use tokio::io::{AsyncRead, ReadBuf};

use crate::lake::blocks::BlockHasher;
use crate::lake::segment::Segment;
use crate::transfer::{self, TransferError};

/// An upload after which the object is not as long as what was sent.
#[derive(Debug, thiserror::Error)]
#[error("{sent} bytes were sent, and the object has {size}")]
struct OtherSize {
    sent: u64,
    size: u64,
}

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uploaded {
    Kept,
    /// Somebody deleted it, as they may where it took too long.
    Gone,
}

/// Writes the file of a segment as an object.
///
/// # Errors
/// The file is not what was written to it any more, or the store fails, or did not keep all of it.
pub(super) async fn upload(
    store: &dyn ObjectStore,
    file: &Path,
    segment: &Segment,
    object: &ObjectPath,
) -> Result<Uploaded, TransferError> {
    let mut file = Hashed { file: tokio::fs::File::open(file).await?, blocks: BlockHasher::default() };
    transfer::send(store, object, &mut file).await?;
    if file.blocks.finish() != segment.blocks {
        let changed = format!("the file of segment {} is not what was written to it any more", segment.id);
        return Err(io::Error::new(io::ErrorKind::InvalidData, changed).into());
    }
    let sent = segment.bytes;
    match store.head(object).await {
        Ok(meta) if meta.size == sent => Ok(Uploaded::Kept),
        Ok(ObjectMeta { size, .. }) => {
            Err(TransferError::Store(Error::Generic { store: "lake", source: Box::new(OtherSize { sent, size }) }))
        }
        Err(Error::NotFound { .. }) => Ok(Uploaded::Gone),
        Err(error) => Err(error.into()),
    }
}

/// A file whose blocks are hashed as they are read.
struct Hashed {
    file: tokio::fs::File,
    blocks: BlockHasher,
}

impl AsyncRead for Hashed {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.file).poll_read(context, into))?;
        self.blocks.update(&into.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}
