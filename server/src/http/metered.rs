//! A body of which only so much is read as its reader has use for.
//!
//! Whoever parses a form reads on until it finds a boundary, and keeps what it read. A body without one would end up in memory
//! as a whole. So the parser gets an allowance before each step; when it is used up, the body fails.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes};
use futures::Stream;

/// How much more of a body may be read.
#[derive(Clone, Debug)]
pub struct Allowance(Arc<AtomicU64>);

impl Allowance {
    /// That many bytes from now on. The piece in which they end may be larger.
    pub fn reset(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    /// As much as comes: whoever reads keeps nothing of it.
    pub fn lift(&self) {
        self.reset(u64::MAX);
    }
}

/// The body was read beyond what its reader has use for.
#[derive(Debug, thiserror::Error)]
#[error("there is more of it than is read in one step")]
struct UsedUp;

/// A body, and the allowance of its reader, which is nothing at first.
pub fn metered(body: Body) -> (Body, Allowance) {
    let allowance = Allowance(Arc::default());
    let body = Metered { body: body.into_data_stream(), allowance: allowance.clone(), rested: true };
    (Body::from_stream(body), allowance)
}

struct Metered {
    body: BodyDataStream,
    allowance: Allowance,
    /// Nothing was given since the reader was last told to come again.
    rested: bool,
}

impl Stream for Metered {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let metered = self.get_mut();
        // Readers that take all that is there take one piece, however fast the pieces come.
        if !metered.rested {
            metered.rested = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let left = metered.allowance.0.load(Ordering::Relaxed);
        if left == 0 {
            return Poll::Ready(Some(Err(UsedUp.into())));
        }
        let piece = match Pin::new(&mut metered.body).poll_next(context) {
            Poll::Ready(Some(Ok(piece))) => piece,
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => return Poll::Pending,
        };
        if left != u64::MAX {
            metered.allowance.reset(left.saturating_sub(piece.len() as u64));
        }
        metered.rested = false;
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn a_body_is_read_as_far_as_its_reader_has_leave() {
        let pieces = futures::stream::iter((0..6).map(|_| Ok::<_, axum::BoxError>(Bytes::from_static(b"four"))));
        let (body, allowance) = metered(Body::from_stream(pieces));
        let mut body = body.into_data_stream();
        allowance.reset(6);
        assert_eq!(body.next().await.unwrap().unwrap(), "four");
        assert_eq!(body.next().await.unwrap().unwrap(), "four");
        allowance.lift();
        assert_eq!(body.next().await.unwrap().unwrap(), "four");
        allowance.reset(1);
        assert_eq!(body.next().await.unwrap().unwrap(), "four");
        assert!(body.next().await.unwrap().is_err());
    }
}
