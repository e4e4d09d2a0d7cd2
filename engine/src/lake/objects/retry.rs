//! Trying again what may pass.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::time::Duration;

use object_store::Error;

/// How often something is tried again after its first try.
pub(super) const RETRIES: u32 = 2;

/// Does something again, after a pause, as long as its error may pass.
pub(super) async fn retried<T, E, F>(
    delay: Duration,
    may_pass: impl Fn(&E) -> bool,
    mut act: impl FnMut() -> F,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
    E: std::fmt::Display,
{
    let mut retry = 0;
    loop {
        match act().await {
            Err(error) if retry < RETRIES && may_pass(&error) => {
                tracing::warn!(%error, "the object store failed; trying again");
                pause(delay, retry).await;
                retry += 1;
            }
            result => return result,
        }
    }
}

/// Waits about `delay`, and twice as long before each further try. Not exactly, so that those who failed together do not come
/// again together.
pub(super) async fn pause(delay: Duration, retry: u32) {
    if delay.is_zero() {
        return tokio::task::yield_now().await;
    }
    let random = f64::from(u16::try_from(RandomState::new().hash_one(retry) >> 48).unwrap_or(0)) / 65_536.0;
    tokio::time::sleep(delay.saturating_mul(1 << retry.min(16)).mul_f64(0.5 + random)).await;
}

/// Whether a store that gave this error may give another answer to the same request soon.
pub(super) fn may_pass(error: &Error) -> bool {
    match error {
        Error::Generic { source, .. } => !is_of_the_disk(source.as_ref()),
        Error::JoinError { .. } => true,
        _ => false,
    }
}

/// A full or read-only disk stays so for longer than anybody waits here.
fn is_of_the_disk(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
            return matches!(io.kind(), PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull);
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    async fn tries_until(succeeds_at: u32, error: fn() -> Error) -> (u32, bool) {
        let tries = Cell::new(0);
        let result = retried(Duration::ZERO, may_pass, || {
            tries.set(tries.get() + 1);
            let done = tries.get() == succeeds_at;
            async move { if done { Ok(()) } else { Err(error()) } }
        });
        let ended_well = result.await.is_ok();
        (tries.get(), ended_well)
    }

    fn passing() -> Error {
        Error::Generic { store: "bucket", source: "it has too much to do".into() }
    }

    fn lasting() -> Error {
        Error::PermissionDenied { path: "a".to_owned(), source: "the key is not known".into() }
    }

    fn full() -> Error {
        Error::Generic { store: "folder", source: Box::new(io::Error::from(io::ErrorKind::StorageFull)) }
    }

    #[tokio::test]
    async fn what_may_pass_is_tried_three_times_and_what_lasts_once() {
        assert_eq!(tries_until(1, passing).await, (1, true));
        assert_eq!(tries_until(3, passing).await, (3, true));
        assert_eq!(tries_until(4, passing).await, (3, false));
        assert_eq!(tries_until(2, lasting).await, (1, false));
        assert_eq!(tries_until(2, full).await, (1, false));
    }
}
