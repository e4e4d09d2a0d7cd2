//! Who finds out what to send, and sends it.
//!
//! A few errands are at the database or the SMTP server at once. A letter that waits to be tried again is not among them,
//! so that one whom nobody can write to at the moment holds up nobody else's mail.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{Catalog, SignUpBegun};
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::letter::Letter;
use super::letters;
use super::links::Links;
use super::postbox::{Errand, Postbox};
use super::transport::{Transport, is_permanent};
use crate::http::problem::Chain;
use crate::telemetry::measures;

/// How many errands there may be: one half waits to be begun, the other half is under way, most of it when letters wait to be
/// tried again.
const WAITING: usize = 1_000;
/// How many are at the database or the SMTP server at once.
const AT_ONCE: usize = 8;
/// How long after each failure a mail is tried again.
const AGAIN_AFTER: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(60)];
/// How often tokens are forgotten that nobody can use any more.
const SWEEP: Duration = Duration::from_secs(300);

/// A postbox, and the work that empties it until `stop`, and then what is in it still.
pub fn deliver(
    catalog: Catalog,
    transport: Transport,
    links: Links,
    stop: CancellationToken,
) -> (Postbox, impl Future<Output = ()>) {
    let (sender, errands) = mpsc::channel(WAITING / 2);
    let postbox = Postbox::new(transport.works().then_some(sender));
    let worker = Worker { catalog, transport, links, turns: Semaphore::new(AT_ONCE), stop };
    (postbox, worker.work(errands))
}

struct Worker {
    catalog: Catalog,
    transport: Transport,
    links: Links,
    /// One for each errand that may be at the database or the SMTP server.
    turns: Semaphore,
    stop: CancellationToken,
}

impl Worker {
    async fn work(self, mut errands: mpsc::Receiver<Errand>) {
        let worker = Arc::new(self);
        let mut sweep = tokio::time::interval(SWEEP);
        let mut running = JoinSet::new();
        loop {
            tokio::select! {
                () = worker.stop.cancelled() => break,
                _ = sweep.tick() => worker.sweep().await,
                Some(_) = running.join_next() => {}
                Some(errand) = errands.recv(), if running.len() < WAITING / 2 => {
                    running.spawn(Arc::clone(&worker).run(errand));
                }
            }
        }
        errands.close();
        while let Some(errand) = errands.recv().await {
            running.spawn(Arc::clone(&worker).run(errand));
        }
        // One that panicked is no reason to leave the others.
        while running.join_next().await.is_some() {}
    }

    async fn sweep(&self) {
        if let Err(error) = self.catalog.sweep_tokens().await {
            tracing::warn!(error = %Chain(&error), "cannot forget old links; they are no use to anybody");
        }
    }

    /// Waits for its turn among those that are at the database or the SMTP server.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // There always is one some time: the semaphore is never closed.
        self.turns.acquire().await.ok()
    }

    async fn run(self: Arc<Self>, errand: Errand) {
        match self.letter(errand).await {
            Ok(Some(letter)) => self.send(&letter).await,
            Ok(None) => {}
            Err(error) => {
                measures::mail_failed();
                tracing::error!(error = %Chain(&error), "cannot find out what to write");
            }
        }
    }

    /// What is to be sent; nothing to who is not known.
    async fn letter(&self, errand: Errand) -> Result<Option<Letter>, aloftly_catalog::CatalogError> {
        let _turn = self.turn().await;
        let (catalog, links) = (&self.catalog, &self.links);
        Ok(match errand {
            Errand::SignUp(new) => Some(match catalog.begin_sign_up(&new).await? {
                SignUpBegun::Link { email, token } => letters::sign_up(links, &email, &token),
                SignUpBegun::HasAccount { email, name } => letters::has_account(links, &email, &name),
            }),
            Errand::SignIn { email } => catalog.sign_in_link(&email).await?.map(|link| letters::sign_in(links, &link)),
            Errand::PasswordReset { email } => {
                catalog.password_reset_link(&email).await?.map(|link| letters::password_reset(links, &link))
            }
            Errand::Verification(link) => Some(letters::verification(links, &link)),
            Errand::Invitation { organization, invitation, token } => {
                Some(letters::invitation(links, &organization, &invitation, &token))
            }
        })
    }

    /// Sends it, however often that takes within a minute or two. A server that stops tries once.
    async fn send(&self, letter: &Letter) {
        let mut pauses = AGAIN_AFTER.into_iter();
        loop {
            let Err(error) = self.attempt(letter).await else {
                measures::mail_sent();
                return;
            };
            let may_pass = !self.stop.is_cancelled() && !is_permanent(&error);
            let Some(pause) = pauses.next().filter(|_| may_pass) else {
                measures::mail_failed();
                tracing::error!(error = %Chain(error.as_ref()), subject = letter.subject, "a mail could not be sent");
                return;
            };
            tracing::warn!(error = %Chain(error.as_ref()), subject = letter.subject, "a mail could not be sent; it is tried again");
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn attempt(&self, letter: &Letter) -> anyhow::Result<()> {
        let _turn = self.turn().await;
        self.transport.send(letter).await
    }
}
