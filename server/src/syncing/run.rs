//! One job: its streams, one after the other.

use std::sync::{Arc, Mutex, PoisonError};

use aloftly_catalog::{Connection, ConnectionId, OrganizationId, SyncJob, SyncKind, SyncProgress, SystemContext};
use aloftly_connectors::contract::{Calls, Cursor, Failure, Mode, Session, Stream, Task};
use aloftly_engine::dataset;
use aloftly_engine::lake::{LakeError, StoreLake};
use tokio_util::sync::CancellationToken;

use super::client::{client, renewing_client};
use super::commit::{self, Committer};
use super::connect::Provider;
use super::keyring::ConnectionKeyring;
use super::read;
use crate::service::backend::Backend;

/// The bookmarks of a stream of a connection: from where it is read next time, and how far it was read the first time.
pub(crate) fn resting(connection: ConnectionId, stream: &Stream) -> [String; 2] {
    let resting = format!("connection/{connection}/{}", stream.id);
    let first = format!("{resting}/first");
    [resting, first]
}

/// What shops sell.
const ORDERS: &str = "orders";
/// What only APIs tell of an order.
pub(crate) const ONLY_OF_APIS: &str = "entered_at";
const REASON: &str = "a sync signs in at its source";

/// How far a job is, seen by who runs it and by who reports it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Arc<Mutex<SyncProgress>>);

impl Shared {
    pub(super) fn new(progress: SyncProgress) -> Self {
        Self(Arc::new(Mutex::new(progress)))
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut SyncProgress)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn now(&self) -> SyncProgress {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a job does with a stream.
enum Reading {
    /// Reads that much of it.
    Of(Mode),
    /// Compares it with what is held.
    Comparison,
}

/// A job with all that it needs.
pub(super) struct Running<'a> {
    pub(super) backend: &'a Backend,
    pub(super) organization: OrganizationId,
    pub(super) provider: &'a Provider,
    pub(super) connection: &'a Connection,
    pub(super) job: &'a SyncJob,
    pub(super) lake: StoreLake,
    pub(super) shared: &'a Shared,
    pub(super) cancel: &'a CancellationToken,
}

impl Running<'_> {
    /// Reads what the job is to read.
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let account = read::account(self.connection)?;
        if self.job.kind == SyncKind::Rebuild {
            return self.rebuild(&account).await;
        }
        let fields = read::fields(self.connection);
        let http = client(self.backend, self.provider, &fields, Some(&account))?;
        let keyring = ConnectionKeyring {
            tenant: self.backend.catalog.tenant(SystemContext::new(self.organization, REASON)),
            connection: self.connection.id,
            connector: self.provider.connector,
            app: self.provider.app.clone(),
            http: Arc::new(renewing_client(self.backend, self.provider, &fields, Some(&account))?),
            clock: Arc::clone(&self.backend.clock),
        };
        let calls =
            Calls { http: &http, cancel: self.cancel, clock: &self.backend.clock, app: self.provider.app.as_ref() };
        let session = Session { calls, account: &account, keyring: &keyring };
        if self.job.kind == SyncKind::Reconcile {
            // Providers end what they cannot tell us for a while: from now on they tell again.
            self.provider.connector.connect(&session).await?;
        }
        let asked_before = self.job.progress.requests;
        let (mut is_any_read, mut forbidden) = (!self.job.progress.finished_streams.is_empty(), None);
        for stream in self.provider.connector.declaration().streams {
            let finished = self.shared.now().finished_streams.iter().any(|finished| finished == stream.id);
            let Some(mode) = self.mode(stream).filter(|_| !finished) else { continue };
            self.shared.change(|progress| {
                progress.stream = Some(stream.id.to_owned());
                progress.expected = None;
            });
            let read = match mode {
                Reading::Of(mode) => {
                    let bookmark = format!("job/{}/{}", self.job.id, stream.id);
                    self.read(&session, stream, mode, bookmark).await
                }
                Reading::Comparison => self.reconcile(&session, stream).await,
            };
            let requests = asked_before + http.counts().requests;
            self.shared.change(|progress| progress.requests = requests);
            match read {
                // Without one permission the rest is there all the same.
                Err(Failure::Forbidden { detail }) => {
                    let warning = format!("{} are not shown to us: {detail}", stream.title);
                    self.shared.change(|progress| progress.warnings.push(warning));
                    forbidden.get_or_insert(detail);
                }
                other => {
                    other?;
                    is_any_read = true;
                }
            }
            self.shared.change(|progress| {
                progress.finished_streams.push(stream.id.to_owned());
                progress.stream = None;
            });
        }
        match forbidden {
            Some(detail) if !is_any_read => Err(Failure::Forbidden { detail }),
            _ => Ok(()),
        }
    }

    /// Orders of files and of an API are not told apart well enough to be in one store: when an order counts from is another instant in each, so
    /// that one could be there twice.
    async fn refuse_files(&self) -> Result<(), Failure> {
        let Some(orders) = dataset::find(ORDERS) else { return Ok(()) };
        if self.lake.some_row(orders, ONLY_OF_APIS, false).await? {
            let detail = "this store has orders that were imported from files: connect a store without any".to_owned();
            return Err(Failure::Conflict { detail });
        }
        Ok(())
    }

    /// How much of a stream the job reads; nothing of streams that it is not about.
    fn mode(&self, stream: &Stream) -> Option<Reading> {
        match &self.job.kind {
            SyncKind::Full => Some(Reading::Of(Mode::Full)),
            SyncKind::Incremental => Some(Reading::Of(Mode::Incremental)),
            SyncKind::Range { first, last } => Some(Reading::Of(Mode::Range { from: *first, to: *last })),
            SyncKind::Things(things) => things.get(stream.id).map(|ids| Reading::Of(Mode::Things { ids: ids.clone() })),
            SyncKind::Reconcile => stream.reconciles.then_some(Reading::Comparison),
            // Nothing is asked of the source.
            SyncKind::Rebuild => None,
        }
    }

    /// Reads a stream. `own` is the bookmark of this reading; one of what changed goes on where the one before it ended.
    pub(super) async fn read(
        &self,
        session: &Session<'_>,
        stream: &'static Stream,
        mode: Mode,
        own: String,
    ) -> Result<(), Failure> {
        let lake = &self.lake;
        let at = async |name: &str| lake.manifest().bookmark(lake.store(), name).await.map_err(LakeError::from);
        // A first reading is the connection's, whichever job goes on with it: a stream that was never read to its end begins with everything.
        let [resting, first] = resting(self.connection.id, stream);
        let (mode, bookmark) = match (mode, at(&resting).await?.is_some()) {
            (Mode::Incremental, true) => (Mode::Incremental, resting.clone()),
            (Mode::Incremental | Mode::Full, false) => (Mode::Full, first),
            (mode, _) => (mode, own),
        };
        let place = at(&bookmark).await?;
        let is_whole = matches!(mode, Mode::Full | Mode::Incremental);
        let cursor = place.as_deref().map(Cursor::from_text).transpose()?;
        if place.is_none() && stream.datasets.contains(&ORDERS) {
            self.refuse_files().await?;
        }
        let since = self.job.started_at.unwrap_or(self.job.created_at);
        let mut pages = Committer {
            lake,
            clock: &self.backend.clock,
            source: self.provider.connector.declaration().id,
            account: session.account,
            bookmark,
            place,
            removals: commit::removals(lake, since).await?,
            since,
            shared: self.shared,
            records_before: self.shared.now().records,
            asked: (self.job.progress.requests, session.calls.http),
            cancel: self.cancel,
        };
        let task = Task { stream, mode, cursor: cursor.as_ref() };
        let next = self.provider.connector.sync(session, &task, &mut pages).await?;
        if is_whole {
            Committer::leave(lake, &self.backend.clock, &resting, &next).await?;
        }
        Ok(())
    }
}
