//! The contract of a connector: what a provider's module says of itself and does, so that everything around it is written once.
//!
//! A [`Connector`] is pure over what is handed to it: an HTTP client with the connection's budget, a clock, credentials and the account. It
//! keeps no state of its own, so any server can go on where another stopped. [`Connector::sync`] yields **pages** of typed rows; with each
//! comes the **cursor** from which the next begins. Whoever takes the pages commits rows and cursor together, so a sync that is killed
//! anywhere goes on behind the last page that was committed.
//!
//! [`Declaration`] says what the rest of the product needs to know without asking: how one signs in and with which fields, which streams there
//! are, how often they are read and how far back again.
//!
//! Leaves out: where credentials and cursors are kept, who runs a sync and when, tenants.

mod account;
mod credentials;
mod declaration;
mod failure;
mod oauth;
mod outgoing;
mod page;
mod session;
mod task;
mod webhook;

use std::collections::BTreeMap;

use aloftly_engine::metrics::Registry;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

pub use account::{Account, Health};
pub use credentials::{Credentials, Keyring};
pub use declaration::{Auth, Declaration, Field, FieldKind, Restatement, Schedule, Stream};
pub use failure::Failure;
pub use oauth::{Authorization, Callback, OAuth};
pub use outgoing::Outgoing;
pub use page::{Batches, Cursor, CursorError, Kept, Listed, Page, Pages, Raw, Removal};
pub use session::{App, Calls, Session};
pub use task::{Mode, Task};
pub use webhook::{Delivered, Delivery, Effect, Keeps, NotAuthentic, Person, Webhooks};

/// A provider of data.
#[async_trait]
pub trait Connector: Send + Sync + std::fmt::Debug {
    /// What it says of itself.
    fn declaration(&self) -> &'static Declaration;

    /// How it is signed in to, where that is by OAuth.
    fn oauth(&self) -> Option<&dyn OAuth> {
        None
    }

    /// How it tells of changes by itself, where it does.
    fn webhooks(&self) -> Option<&dyn Webhooks> {
        None
    }

    /// How its provider is asked: what the client is made with that comes with [`Calls`]. Before there is an account, what the form said tells
    /// which one is meant.
    ///
    /// # Errors
    /// [`Failure::Field`] when the form says something that cannot be asked.
    fn outgoing(
        &self,
        app: Option<&App>,
        account: Option<&Account>,
        fields: &BTreeMap<String, String>,
    ) -> Result<Outgoing, Failure>;

    /// The accounts that the credentials open, one of which is chosen to be connected. With one alone nobody is asked.
    ///
    /// # Errors
    /// When the provider refuses the credentials or cannot be asked.
    async fn accounts(&self, calls: &Calls<'_>, credentials: &Credentials) -> Result<Vec<Account>, Failure>;

    /// Connects an account: reads what is to be known of it, and asks the provider to tell of changes where it can.
    ///
    /// # Errors
    /// When the provider refuses or cannot be asked. What was begun at the provider may be there; connecting again is safe.
    async fn connect(&self, session: &Session<'_>) -> Result<Account, Failure>;

    /// Takes back at the provider what [`Connector::connect`] and the sign-in did, as far as it lets us.
    ///
    /// # Errors
    /// When the provider refuses or cannot be asked.
    async fn disconnect(&self, session: &Session<'_>) -> Result<(), Failure>;

    /// Asks the provider for the least that tells whether the connection works.
    ///
    /// # Errors
    /// Why it does not.
    async fn test_connection(&self, session: &Session<'_>) -> Result<Health, Failure>;

    /// Reads a stream, page by page, from the task's cursor on. Returns the cursor that the next incremental sync begins with.
    ///
    /// # Errors
    /// What the provider answered, what its answer lacked, or what the taker of a page says. Pages that were taken stay.
    async fn sync(&self, session: &Session<'_>, task: &Task<'_>, pages: &mut dyn Pages) -> Result<Cursor, Failure>;

    /// The instant before which [`Connector::list`] cannot tell what the source has, because it shows no more: what is held from before is not
    /// gone when it is not listed. `None` when it shows everything.
    fn reach(&self, account: &Account, stream: &'static Stream, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let _ = (account, stream, now);
        None
    }

    /// Whether an entity of a stream's first dataset is one that [`Connector::list`] would name. Others came another way, such as from a file, and
    /// are not gone when they are not listed.
    fn is_own(&self, stream: &'static Stream, entity: &str) -> bool {
        let _ = (stream, entity);
        true
    }

    /// What the source has of a stream that [reconciles](Stream::reconciles), as far as it happened in a half-open range of instants: every
    /// entity with the version that its rows would have.
    ///
    /// # Errors
    /// What the provider answered, or what its answer lacked.
    async fn list(
        &self,
        session: &Session<'_>,
        stream: &'static Stream,
        range: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Listed>, Failure>;

    /// Makes rows of a payload that was kept, as [`Connector::sync`] made them when it came.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] when it is none of this stream's.
    fn rebuild(&self, account: &Account, raw: &Raw) -> Result<Page, Failure>;

    /// What payloads of that kind do not tell of the things that rows are made of: it stays as others of them tell it.
    fn keeps(&self, kind: &str) -> Option<Keeps> {
        let _ = kind;
        None
    }

    /// The ids of the metrics that the account has data for, going by what was granted.
    fn available_metrics(&self, account: &Account) -> Vec<&'static str> {
        let _ = account;
        registered(self.declaration().id)
    }
}

/// The ids of all metrics of a source.
pub(crate) fn registered(source: &str) -> Vec<&'static str> {
    Registry::get().metrics.iter().filter(|metric| metric.source == source).map(|metric| metric.id).collect()
}
