//! Where queries run: threads of their own, so that a heavy query slows down other queries at most, never the answering of
//! requests. A query ends when it is done, when its deadline has passed, or when nobody waits for it any more.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tracing::Instrument as _;

use aloftly_catalog::OrganizationId;

use super::turns::Turns;

/// So many queries run at once for each thread; the others wait.
const TURNS: usize = 4;
/// How long a query waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// For whom a query is run: those who share turns among themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asker {
    /// The members of an organisation, and its keys.
    Organization(OrganizationId),
    /// Whoever has one of its links. However many they are, they hold no more turns than its members while those want some.
    Visitors(OrganizationId),
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum QueryStopped {
    /// The deadline passed.
    #[error("the query took longer than {} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    /// So many run that this one did not get its turn in time.
    #[error("other queries took all turns for {} seconds", .0.as_secs_f64())]
    TooBusy(Duration),
    /// The query panicked; the panic was reported where it happened.
    #[error("the query failed unexpectedly")]
    Panicked,
}

/// The threads that queries run on.
#[derive(Debug)]
pub struct QueryRuntime {
    /// Taken out by drop alone.
    runtime: Option<Runtime>,
    handle: Handle,
    timeout: Duration,
    /// Running queries share one memory: more of them at once would each get too little to come to an end. Organisations share them
    /// fairly.
    turns: Turns<Asker>,
    patience: Duration,
}

impl QueryRuntime {
    /// That many threads, and a time that no query may exceed.
    ///
    /// # Errors
    /// The threads cannot be made.
    pub fn new(threads: usize, timeout: Duration) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(threads).thread_name("query").enable_all().build()?;
        let turns = Turns::new(threads.saturating_mul(TURNS));
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime), timeout, turns, patience: PATIENCE })
    }

    /// Runs somebody's query to its end or its deadline, when it is its turn. Dropping the returned future stops it.
    ///
    /// # Errors
    /// It did not come to its end.
    pub async fn run<F>(&self, asker: Asker, query: F) -> Result<F::Output, QueryStopped>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let (timeout, patience, turns) = (self.timeout, self.patience, self.turns.clone());
        // The turn is taken and given back by the task: whoever waits for its result may stop looking, and must not hold one.
        let in_turn = async move {
            let turn = tokio::time::timeout(patience, turns.take(asker)).await;
            let _turn = turn.map_err(|_| QueryStopped::TooBusy(patience))?;
            tokio::time::timeout(timeout, query).await.map_err(|_| QueryStopped::TimedOut(timeout))
        };
        let mut task = AbortOnDrop(self.handle.spawn(in_turn.in_current_span()));
        (&mut task.0).await.unwrap_or(Err(QueryStopped::Panicked))
    }
}

impl Drop for QueryRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A runtime must not be waited for on a thread of another one.
            runtime.shutdown_background();
        }
    }
}

struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn somebody() -> Asker {
        Asker::Organization(OrganizationId(uuid::Uuid::from_u128(7)))
    }

    struct Flag(Arc<AtomicBool>);

    impl Drop for Flag {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    async fn eventually(flag: &AtomicBool) {
        while !flag.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn a_query_runs_on_its_own_threads() {
        let queries = QueryRuntime::new(1, Duration::from_secs(5)).unwrap();
        let name = queries.run(somebody(), async { std::thread::current().name().map(str::to_owned) }).await.unwrap();
        assert_eq!(name.as_deref(), Some("query"));
    }

    #[tokio::test]
    async fn a_query_ends_at_its_deadline() {
        let queries = QueryRuntime::new(1, Duration::from_millis(20)).unwrap();
        let stopped = queries.run(somebody(), std::future::pending::<()>()).await;
        assert!(matches!(stopped, Err(QueryStopped::TimedOut(_))));
    }

    #[tokio::test]
    async fn a_query_that_gets_no_turn_is_told_so_and_turns_come_back() {
        let mut queries = QueryRuntime::new(1, Duration::from_secs(60)).unwrap();
        queries.patience = Duration::from_millis(20);
        {
            let running: Vec<_> =
                (0..TURNS).map(|_| Box::pin(queries.run(somebody(), std::future::pending::<()>()))).collect();
            let mut running = futures::future::join_all(running);
            assert!(futures::poll!(&mut running).is_pending());
            assert!(matches!(queries.run(somebody(), async {}).await, Err(QueryStopped::TooBusy(_))));
        }
        queries.patience = Duration::from_secs(5);
        queries.run(somebody(), async {}).await.unwrap();
    }

    #[tokio::test]
    async fn who_stops_looking_holds_no_turn() {
        let queries = QueryRuntime::new(1, Duration::from_secs(60)).unwrap();
        let done = Arc::new(AtomicBool::new(false));
        let running: Vec<_> = (0..TURNS)
            .map(|_| {
                let done = Arc::clone(&done);
                let wait = async move {
                    while !done.load(Ordering::SeqCst) {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                };
                Box::pin(queries.run(somebody(), wait))
            })
            .collect();
        let mut running = futures::future::join_all(running);
        assert!(futures::poll!(&mut running).is_pending());
        // It waits for its turn, gets it, and is never looked at again.
        let mut unread = Box::pin(queries.run(somebody(), async {}));
        assert!(futures::poll!(&mut unread).is_pending());
        done.store(true, Ordering::SeqCst);
        running.await;
        for _ in 0..2 * TURNS {
            queries.run(somebody(), async {}).await.unwrap();
        }
        unread.await.unwrap();
    }

    #[tokio::test]
    async fn a_query_that_nobody_waits_for_is_dropped() {
        let queries = QueryRuntime::new(1, Duration::from_secs(60)).unwrap();
        let dropped = Arc::new(AtomicBool::new(false));
        let flag = Flag(dropped.clone());
        let query = queries.run(somebody(), async move {
            let _flag = flag;
            std::future::pending::<()>().await;
        });
        assert!(tokio::time::timeout(Duration::from_millis(20), query).await.is_err());
        tokio::time::timeout(Duration::from_secs(5), eventually(&dropped)).await.unwrap();
    }

    #[tokio::test]
    async fn a_query_that_panics_takes_nothing_with_it() {
        let queries = QueryRuntime::new(1, Duration::from_secs(5)).unwrap();
        let stopped = queries.run(somebody(), async { panic!("on purpose") }).await;
        assert!(matches!(stopped, Err::<(), _>(QueryStopped::Panicked)));
        assert_eq!(queries.run(somebody(), async { 7 }).await.unwrap(), 7);
    }
}
