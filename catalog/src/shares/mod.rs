//! Links that show figures to whoever has them.
//!
//! A share shows the answer to one question, or a dashboard that is public, about stores that are named when it is made. Whoever has its token
//! gets that, and nothing else: neither leave to work on anything nor another question. It is as good as whoever made it, and shows a
//! dashboard as long as that is public.
//!
//! It may want a password besides (`ticket.rs`), and name the pages that may show it within themselves (`framing.rs`).

mod framing;
mod keep;
mod open;
mod ticket;

use std::collections::BTreeSet;

use aloftly_engine::StoreId;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;

pub use self::open::{OpenShare, ShareVisit, Shows};
pub use self::ticket::{ShareLock, ShareTicket};
use crate::dashboards::Visibility;
use crate::{CatalogError, DashboardId, ShareId};

/// What every token begins with, so that one that got somewhere by mistake is found.
const PREFIX: &str = "aloftly_share_";

/// What the link of a share carries. Shown once, never kept, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareToken(String);

impl ShareToken {
    /// The token itself: letters, digits, dashes and underscores.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ShareToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShareToken(hidden)")
    }
}

/// A share that is to be.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// What people call it; whoever has the link reads it.
    pub name: String,
    /// What it shows.
    pub of: ShareOf,
    /// When it ends by itself, within a year; never where it is not said.
    pub expires_at: Option<DateTime<Utc>>,
    /// What whoever has the link is asked for besides.
    pub password: Option<SecretString>,
    /// The pages that may show it within themselves.
    pub origins: Vec<String>,
    /// Whether whoever has the link may look at other days; of a dashboard.
    pub may_change_range: bool,
}

/// What a share is to show.
#[derive(Clone, Debug, PartialEq)]
pub enum ShareOf {
    /// The answer to a question.
    Query {
        /// The question, with its stores.
        query: Value,
        /// These stores; the maker sees them all.
        stores: BTreeSet<StoreId>,
    },
    /// A dashboard that is public.
    Dashboard {
        /// Which.
        id: DashboardId,
        /// The stores that its figures are of, all of which the maker sees in its workspace; those of its settings unless it is said, and
        /// where they name none all that the maker sees there at this moment.
        stores: Option<BTreeSet<StoreId>>,
    },
}

impl NewShare {
    /// One that never ends by itself, that wants no password, and that no page may show within itself.
    #[must_use]
    pub fn new(name: impl Into<String>, of: ShareOf) -> Self {
        Self { name: name.into(), of, expires_at: None, password: None, origins: Vec::new(), may_change_range: false }
    }

    /// The same of a question.
    #[must_use]
    pub fn of_query(name: impl Into<String>, query: Value, stores: BTreeSet<StoreId>) -> Self {
        Self::new(name, ShareOf::Query { query, stores })
    }
}

/// What is to be different about a share; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ShareChange {
    /// What people call it.
    pub name: Option<String>,
    /// When it ends by itself, if it is to.
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// What whoever has the link is asked for, if for anything. Another one ends what was opened with the one before.
    pub password: Option<Option<SecretString>>,
    /// The pages that may show it within themselves.
    pub origins: Option<Vec<String>>,
    /// Whether whoever has the link may look at other days.
    pub may_change_range: Option<bool>,
}

/// A share, without its token.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Its identity, which is safe to log.
    pub id: ShareId,
    /// What people call it.
    pub name: String,
    /// The question, where it shows the answer to one.
    pub query: Option<Value>,
    /// The dashboard, where it shows one that the actor may see.
    pub dashboard: Option<DashboardOfShare>,
    /// The stores that it is about.
    pub stores: BTreeSet<StoreId>,
    /// Whether a password is wanted besides.
    pub has_password: bool,
    /// The pages that may show it within themselves.
    pub origins: Vec<String>,
    /// What is in the address of a frame that shows it, where pages may.
    pub embed_key: Option<String>,
    /// Whether whoever has the link may look at other days.
    pub may_change_range: bool,
    /// The address of who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself, if it does.
    pub expires_at: Option<DateTime<Utc>>,
    /// How often it was opened.
    pub views: u64,
    /// When last.
    pub last_viewed_at: Option<DateTime<Utc>>,
}

/// The dashboard that a share shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DashboardOfShare {
    /// Which.
    pub id: DashboardId,
    /// What it is called.
    pub name: String,
    /// Who sees it; the share shows something only while it is public.
    pub visibility: Visibility,
}

fn no_share() -> CatalogError {
    CatalogError::NotFound("share")
}
