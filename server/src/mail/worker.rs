//! Who finds out what to send, and sends it.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{Catalog, Invitation, Link, NewAccount, OneTimeToken, SignUpBegun};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::letter::Letter;
use super::letters;
use super::links::Links;
use super::transport::Transport;
use crate::http::problem::{Chain, Problem};
use crate::telemetry::measures;

/// How many errands may wait.
const WAITING: usize = 1_000;
/// How many are done at once.
const AT_ONCE: usize = 8;
/// How long after each failure a mail is tried again.
const AGAIN_AFTER: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(60)];
/// How often tokens are forgotten that nobody can use any more.
const SWEEP: Duration = Duration::from_secs(3_600);

/// What somebody asked for.
pub enum Errand {
    /// An account.
    SignUp(Box<NewAccount>),
    /// A link to sign in with.
    SignIn {
        /// At which address.
        email: String,
    },
    /// A link to choose another password with.
    PasswordReset {
        /// At which address.
        email: String,
    },
    /// A link to prove that an address is theirs.
    Verification(Link),
    /// To ask somebody to join.
    Invitation {
        /// What.
        organization: String,
        /// Whom.
        invitation: Box<Invitation>,
        /// What the link carries.
        token: OneTimeToken,
    },
}

/// Takes errands. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Postbox {
    errands: Option<mpsc::Sender<Errand>>,
}

impl Postbox {
    /// Whether mail can be sent.
    #[must_use]
    pub fn works(&self) -> bool {
        self.errands.is_some()
    }

    /// Has something done soon.
    ///
    /// # Errors
    /// No mail can be sent, or too much waits to be.
    pub fn take(&self, errand: Errand) -> Result<(), Problem> {
        let errands = self.errands.as_ref().ok_or_else(Problem::no_mail)?;
        errands.try_send(errand).map_err(|error| {
            tracing::warn!(%error, "mail cannot be taken");
            Problem::busy()
        })
    }
}

/// A postbox, and the work that empties it until `stop`, and then what is in it still.
pub fn deliver(
    catalog: Catalog,
    transport: Transport,
    links: Links,
    stop: CancellationToken,
) -> (Postbox, impl Future<Output = ()>) {
    let (sender, errands) = mpsc::channel(WAITING);
    let postbox = Postbox { errands: transport.works().then_some(sender) };
    let worker = Worker { catalog, transport, links, stop };
    (postbox, worker.work(errands))
}

struct Worker {
    catalog: Catalog,
    transport: Transport,
    links: Links,
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
                Some(errand) = errands.recv(), if running.len() < AT_ONCE => {
                    running.spawn(Arc::clone(&worker).run(errand));
                }
            }
        }
        errands.close();
        while let Some(errand) = errands.recv().await {
            running.spawn(Arc::clone(&worker).run(errand));
        }
        running.join_all().await;
    }

    async fn sweep(&self) {
        if let Err(error) = self.catalog.sweep_tokens().await {
            tracing::warn!(error = %Chain(&error), "cannot forget old links; they are no use to anybody");
        }
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
        let (catalog, links) = (&self.catalog, &self.links);
        Ok(match errand {
            Errand::SignUp(new) => Some(match catalog.begin_sign_up(&new).await? {
                SignUpBegun::Link(token) => letters::sign_up(links, &new.email, &new.owner.name, &token),
                SignUpBegun::HasAccount { name } => letters::has_account(links, &new.email, &name),
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
            let Err(error) = self.transport.send(letter).await else {
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
}

/// Whether the server says that it will never take this mail.
fn is_permanent(error: &anyhow::Error) -> bool {
    error.downcast_ref::<lettre::transport::smtp::Error>().is_some_and(lettre::transport::smtp::Error::is_permanent)
}
