//! A job of the suite: reads the streams of a subject into a lake, as jobs of a server do.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_engine::clock::Clock;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Facts, Lake, Subject};
use crate::contract::{
    Account, App, Calls, Connector, Credentials, Cursor, Failure, Keyring, Mode, Page, Pages, Raw, Session, Stream,
    Task,
};
use crate::http::budget::{Budget, MemoryLedger};
use crate::http::{Client, RandomJitter};

/// Pages of a listing beyond which none of a subject goes.
const MOST_PAGES: u32 = 200;
/// How often a job is begun again that failed for a moment.
const ROUNDS: usize = 30;
/// After how long that is done where the provider does not say.
const LATER: Duration = Duration::from_secs(60);

/// A clock that is so much ahead of another.
#[derive(Debug)]
struct Skewed {
    right: Arc<dyn Clock>,
    ahead: TimeDelta,
}

impl Clock for Skewed {
    fn now(&self) -> DateTime<Utc> {
        self.right.now() + self.ahead
    }

    fn elapsed(&self) -> Duration {
        self.right.elapsed()
    }

    fn new_id(&self) -> Uuid {
        self.right.new_id()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.right.sleep(duration)
    }
}

/// What calls are made with.
#[derive(Debug)]
struct Us {
    connector: &'static dyn Connector,
    http: Client,
    clock: Arc<dyn Clock>,
    app: Option<App>,
    cancel: CancellationToken,
}

impl Us {
    fn calls(&self) -> Calls<'_> {
        Calls { http: &self.http, cancel: &self.cancel, clock: &self.clock, app: self.app.as_ref() }
    }
}

/// Keeps credentials in memory.
#[derive(Debug)]
struct Pocket {
    us: Arc<Us>,
    kept: Mutex<Credentials>,
    renewals: AtomicUsize,
}

#[async_trait]
impl Keyring for Pocket {
    async fn current(&self) -> Result<Credentials, Failure> {
        let kept = self.kept.lock().unwrap().clone();
        match kept.expires_at {
            Some(end) if end <= self.us.clock.now() => self.renewed(&kept).await,
            _ => Ok(kept),
        }
    }

    async fn renewed(&self, refused: &Credentials) -> Result<Credentials, Failure> {
        let kept = self.kept.lock().unwrap().clone();
        if !kept.same(refused) {
            return Ok(kept);
        }
        let Some(oauth) = self.us.connector.oauth() else {
            return Err(Failure::Revoked { detail: "keys are not renewed".to_owned() });
        };
        let renewed = oauth.refresh(&self.us.calls(), refused).await?;
        self.renewals.fetch_add(1, Ordering::SeqCst);
        *self.kept.lock().unwrap() = renewed.clone();
        Ok(renewed)
    }
}

/// On which side of a commit a job is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kill {
    Before,
    Behind,
}

/// What is done when a page comes, by its number.
#[derive(Default)]
pub(super) struct Watch<'w> {
    pub(super) kill: Option<(usize, Kill)>,
    pub(super) behind: Option<(usize, &'w (dyn Fn() + Sync))>,
    /// How many pages came.
    pub(super) came: usize,
}

impl<'w> Watch<'w> {
    pub(super) fn killed(page: usize, kill: Kill) -> Self {
        Self { kill: Some((page, kill)), ..Self::default() }
    }

    /// Does that behind the commit of a page.
    pub(super) fn doing(page: usize, what: &'w (dyn Fn() + Sync)) -> Self {
        Self { behind: Some((page, what)), ..Self::default() }
    }
}

/// Reads the streams of a subject.
pub struct Job<'a, S> {
    pub(super) subject: &'a S,
    us: Arc<Us>,
    pocket: Pocket,
    account: Account,
}

impl<'a, S: Subject> Job<'a, S> {
    /// One with credentials, a client and a budget of its own.
    pub async fn new(subject: &'a S) -> Self {
        Self::with_clock(subject, TimeDelta::zero()).await
    }

    /// One whose clock is so much ahead of the provider's.
    pub async fn with_clock(subject: &'a S, ahead: TimeDelta) -> Self {
        let (credentials, account) = subject.connect().await;
        let clock: Arc<dyn Clock> = Arc::new(Skewed { right: subject.clock(), ahead });
        let (connector, app) = (subject.connector(), subject.app());
        let outgoing = connector.outgoing(app.as_ref(), Some(&account), &BTreeMap::new()).unwrap();
        let budget = Budget::new(outgoing.budget, outgoing.rules, Arc::new(MemoryLedger::default()));
        let mut options = outgoing.options;
        options.most_pages = options.most_pages.min(MOST_PAGES);
        let jitter = Arc::new(RandomJitter::new(&*clock));
        let http = Client::new(options, budget, Arc::clone(&clock), jitter).unwrap();
        let us = Arc::new(Us { connector, http, clock, app, cancel: CancellationToken::new() });
        let pocket = Pocket { us: Arc::clone(&us), kept: Mutex::new(credentials), renewals: AtomicUsize::new(0) };
        Self { subject, us, pocket, account }
    }

    /// What the connector is called with.
    pub fn session(&self) -> Session<'_> {
        Session { calls: self.us.calls(), account: &self.account, keyring: &self.pocket }
    }

    /// Reads certain things, wherever they are in time.
    ///
    /// # Errors
    /// See [`Connector::sync`].
    pub async fn things(&self, stream: &'static Stream, ids: &[String], lake: &mut Lake) -> Result<(), Failure> {
        let task = Task { stream, mode: Mode::Things { ids: ids.to_vec() }, cursor: None };
        self.us.connector.sync(&self.session(), &task, &mut Aside(lake)).await.map(drop)
    }

    /// How often credentials were renewed.
    pub fn renewals(&self) -> usize {
        self.pocket.renewals.load(Ordering::SeqCst)
    }

    /// Puts other credentials in place of those that are kept.
    pub async fn connect_again(&self) {
        *self.pocket.kept.lock().unwrap() = self.subject.connect().await.0;
    }

    /// Reads every stream that the job is not done with: what changed, or everything where that was not done yet.
    ///
    /// # Errors
    /// See [`Connector::sync`].
    pub async fn read(&self, lake: &mut Lake) -> Result<(), Failure> {
        self.watched(lake, &mut Watch::default()).await
    }

    /// The same, doing what is to be done when pages come. One that is killed says that it was stopped.
    pub(super) async fn watched(&self, lake: &mut Lake, watch: &mut Watch<'_>) -> Result<(), Failure> {
        for stream in self.us.connector.declaration().streams {
            if !lake.finished.contains(stream.id) {
                self.stream(stream, lake, watch).await?;
                lake.finished.insert(stream.id);
            }
        }
        lake.finished.clear();
        Ok(())
    }

    async fn stream(&self, stream: &'static Stream, lake: &mut Lake, watch: &mut Watch<'_>) -> Result<(), Failure> {
        let resting = lake.resting.get(stream.id).cloned();
        let is_first = resting.is_none();
        let mode = if is_first { Mode::Full } else { Mode::Incremental };
        let kept = resting.or_else(|| lake.first.get(stream.id).cloned());
        let cursor = kept.as_deref().map(Cursor::from_text).transpose()?;
        let session = self.session();
        let task = Task { stream, mode, cursor: cursor.as_ref() };
        let killed = CancellationToken::new();
        let mut taker = Taker { stream: stream.id, is_first, lake, watch, killed: killed.clone() };
        let next = tokio::select! {
            biased;
            () = killed.cancelled() => return Err(Failure::Stopped),
            next = self.us.connector.sync(&session, &task, &mut taker) => next?,
        };
        lake.resting.insert(stream.id, next.to_text());
        Ok(())
    }

    /// Reads, and is killed behind the commit of a page. Says how many pages came.
    pub async fn killed_behind(&self, lake: &mut Lake, page: usize) -> usize {
        let mut watch = Watch::killed(page, Kill::Behind);
        let read = self.watched(lake, &mut watch).await;
        assert!(matches!(read, Ok(()) | Err(Failure::Stopped)), "{read:?}");
        watch.came
    }

    /// Reads until nothing fails for a moment any more, as late as the provider says.
    pub async fn persevere(&self, lake: &mut Lake) {
        for _ in 0..ROUNDS {
            match self.read(lake).await {
                Ok(()) => return,
                Err(failure) => self.wait_out(&failure).await,
            }
        }
        panic!("it did not come to its end in {ROUNDS} rounds");
    }

    /// Waits until a failure that may pass is to be tried again.
    pub(super) async fn wait_out(&self, failure: &Failure) {
        assert!(failure.is_transient(), "{failure}");
        self.us.clock.sleep(failure.retry_after().unwrap_or(LATER)).await;
    }

    /// Lets time pass.
    pub async fn pass(&self, time: Duration) {
        self.us.clock.sleep(time).await;
    }

    /// The page that is made anew of an answer that was kept.
    pub fn rebuild(&self, raw: &Raw) -> Page {
        self.us.connector.rebuild(&self.account, raw).unwrap()
    }

    /// That a lake holds what it must.
    #[track_caller]
    pub fn agrees(&self, lake: &Lake) {
        same(&self.subject.held(lake), &self.subject.expected());
    }
}

/// That facts are those that were expected, and what the difference is.
#[track_caller]
fn same(held: &Facts, expected: &Facts) {
    let lost = expected.iter().filter(|(name, value)| held.get(*name) != Some(*value));
    let lost: Vec<_> = lost.map(|(name, value)| (name, held.get(name), value)).collect();
    let unknown: Vec<_> = held.iter().filter(|(name, _)| !expected.contains_key(*name)).collect();
    assert!(
        lost.is_empty() && unknown.is_empty(),
        "{} of {} facts are not held as they are, such as (name, held, expected) {:?}; {} are held that are not so, such as {:?}",
        lost.len(),
        expected.len(),
        lost.iter().take(5).collect::<Vec<_>>(),
        unknown.len(),
        unknown.iter().take(5).collect::<Vec<_>>(),
    );
}

/// Takes pages whose cursors mean nothing.
struct Aside<'a>(&'a mut Lake);

#[async_trait]
impl Pages for Aside<'_> {
    async fn take(&mut self, page: Page) -> Result<(), Failure> {
        self.0.apply(&page);
        Ok(())
    }
}

/// Commits the pages of a stream.
struct Taker<'a, 'w> {
    stream: &'static str,
    is_first: bool,
    lake: &'a mut Lake,
    watch: &'a mut Watch<'w>,
    killed: CancellationToken,
}

impl Taker<'_, '_> {
    async fn killed_at(&self, page: usize, side: Kill) {
        if self.watch.kill == Some((page, side)) {
            // Whoever waits for it ends the whole reading where it stands.
            self.killed.cancel();
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Pages for Taker<'_, '_> {
    async fn take(&mut self, page: Page) -> Result<(), Failure> {
        let number = self.watch.came;
        self.watch.came += 1;
        self.killed_at(number, Kill::Before).await;
        self.lake.commit(self.stream, self.is_first, &page);
        self.killed_at(number, Kill::Behind).await;
        if let Some((_, act)) = self.watch.behind.filter(|(at, _)| *at == number) {
            act();
        }
        Ok(())
    }
}
