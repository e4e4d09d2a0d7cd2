//! Reads that those who ask for the same at the same time share.
//!
//! A page asks for its widgets all at once, each with the same session and about the same stores. While one reads, the others wait
//! together for the next read. A read is only for those who asked before it began: whatever was committed before somebody asked,
//! they see.

use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared, WeakShared};
use moka::sync::Cache;

/// How many different things can be waited for with others; for more, everybody reads alone.
const MAX_LINES: u64 = 100_000;
/// How long it is kept in mind that something was asked for.
const IDLE: Duration = Duration::from_secs(60);

/// What is read, by what it is asked for with.
pub(crate) struct SharedReads<K, V>(Cache<K, Arc<Line<V>>>);

/// Those who ask for the same.
struct Line<V> {
    /// Held by who reads.
    reading: tokio::sync::Mutex<()>,
    /// The read that has not begun yet.
    next: Mutex<Option<WeakShared<Read<V>>>>,
}

/// What is read; nothing when that failed.
type Read<V> = BoxFuture<'static, Option<V>>;

impl<K: Eq + Hash + Send + Sync + 'static, V: Clone + Send + Sync + 'static> SharedReads<K, V> {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(MAX_LINES).time_to_idle(IDLE).build())
    }

    /// What `read` gives, or another one of the same key that begins from now on. When such a read fails, everybody reads alone.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) async fn get<E: 'static, F>(&self, key: K, read: impl Fn() -> F + Send + 'static) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>> + Send + 'static,
    {
        let alone = read();
        match self.join(key, move || read().map(Result::ok)).await {
            Some(shared) => Ok(shared),
            None => alone.await,
        }
    }

    fn join<F>(&self, key: K, read: impl FnOnce() -> F + Send + 'static) -> Shared<Read<V>>
    where
        F: Future<Output = Option<V>> + Send + 'static,
    {
        let line =
            self.0.get_with(key, || Arc::new(Line { reading: tokio::sync::Mutex::default(), next: Mutex::default() }));
        let mut next = line.next.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = next.as_ref().and_then(WeakShared::upgrade) {
            return waiting;
        }
        let of_read = Arc::clone(&line);
        let waiting = async move {
            let _turn = of_read.reading.lock().await;
            // Who asks from now on may know of something that this read does not see.
            *of_read.next.lock().unwrap_or_else(PoisonError::into_inner) = None;
            read().await
        };
        let waiting = waiting.boxed().shared();
        *next = waiting.downgrade();
        waiting
    }
}

impl<K, V> fmt::Debug for SharedReads<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedReads").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures::future::join_all;
    use futures::poll;
    use tokio::sync::Semaphore;

    use super::*;

    /// Something that can be read, slowly.
    #[derive(Clone, Default)]
    struct Source {
        state: Arc<AtomicU32>,
        reads: Arc<AtomicU32>,
        leave: Arc<Leave>,
    }

    struct Leave(Semaphore);

    impl Default for Leave {
        fn default() -> Self {
            Self(Semaphore::new(0))
        }
    }

    impl Source {
        /// It is seen as it is when the read begins.
        async fn read(self) -> Result<u32, String> {
            let seen = self.state.load(Ordering::SeqCst);
            self.reads.fetch_add(1, Ordering::SeqCst);
            self.leave.0.acquire().await.unwrap().forget();
            if seen == u32::MAX { Err("no connection".to_owned()) } else { Ok(seen) }
        }

        fn get<'r>(&self, reads: &'r SharedReads<&'static str, u32>) -> BoxFuture<'r, Result<u32, String>> {
            let source = self.clone();
            reads.get("key", move || source.clone().read()).boxed()
        }
    }

    #[tokio::test]
    async fn who_asks_while_somebody_reads_shares_the_next_read_and_sees_what_was_there_before() {
        let (source, reads) = (Source::default(), SharedReads::new());
        let mut first = source.get(&reads);
        assert!(poll!(&mut first).is_pending());
        source.state.store(7, Ordering::SeqCst);
        let mut others: Vec<_> = (0..20).map(|_| source.get(&reads)).collect();
        for other in &mut others {
            assert!(poll!(other).is_pending());
        }
        source.leave.0.add_permits(2);
        assert_eq!(first.await, Ok(0), "it began before");
        assert!(join_all(others).await.into_iter().all(|seen| seen == Ok(7)));
        assert_eq!(source.reads.load(Ordering::SeqCst), 2);
        source.leave.0.add_permits(1);
        assert_eq!(source.get(&reads).await, Ok(7));
        assert_eq!(source.reads.load(Ordering::SeqCst), 3, "nothing is kept");
    }

    #[tokio::test]
    async fn others_get_their_answer_when_the_one_who_reads_goes_away() {
        let (source, reads) = (Source::default(), SharedReads::new());
        let (mut first, mut second, mut third) = (source.get(&reads), source.get(&reads), source.get(&reads));
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        drop(first);
        assert!(poll!(&mut second).is_pending());
        drop(second);
        source.leave.0.add_permits(1);
        assert_eq!(third.await, Ok(0));
    }

    #[tokio::test]
    async fn when_a_shared_read_fails_everybody_reads_alone() {
        let (source, reads) = (Source::default(), SharedReads::new());
        source.state.store(u32::MAX, Ordering::SeqCst);
        let mut both = [source.get(&reads), source.get(&reads)];
        for one in &mut both {
            assert!(poll!(one).is_pending());
        }
        source.leave.0.add_permits(10);
        assert_eq!(join_all(both).await, [Err("no connection".to_owned()), Err("no connection".to_owned())]);
    }
}
