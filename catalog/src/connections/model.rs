//! What a connection is.

use aloftly_engine::StoreId;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{CatalogError, ConnectionId};

/// How a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// Signed in; one of the accounts that this opens is to be chosen.
    Choosing,
    /// It is read.
    Connected,
    /// The last sync failed for good; the next may not.
    Broken,
    /// The provider does not let us in any more: somebody has to sign in anew.
    Revoked,
    /// Somebody ended it. What was read stays.
    Disconnected,
}

impl ConnectionStatus {
    const ALL: [Self; 5] = [Self::Choosing, Self::Connected, Self::Broken, Self::Revoked, Self::Disconnected];

    /// As it is kept and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Choosing => "choosing",
            Self::Connected => "connected",
            Self::Broken => "broken",
            Self::Revoked => "revoked",
            Self::Disconnected => "disconnected",
        }
    }

    fn parse(text: &str) -> Result<Self, CatalogError> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| CatalogError::corrupt("a connection", format!("status {text:?}")))
    }
}

/// What is wrong with a connection, or was with a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncProblem {
    /// A stable word for it, in snake case.
    pub code: String,
    /// What happened and what to do, for people.
    pub words: String,
}

/// A connection that is to be: somebody signed in.
#[derive(Debug)]
pub struct NewConnection<'a> {
    /// Where its data go.
    pub store: StoreId,
    /// Which provider.
    pub provider: &'a str,
    /// What the form said, without secrets.
    pub fields: Value,
    /// What it signs in with, by name.
    pub credentials: Vec<(&'a str, SecretString)>,
    /// When these must be renewed.
    pub expires_at: Option<DateTime<Utc>>,
    /// The accounts that these open, as the provider calls them.
    pub accounts: Vec<String>,
}

/// An account that a connection is to.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectedAccount {
    /// What the provider calls it.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What the connector knows of it, as a JSON object.
    pub about: Value,
}

/// An account at a provider that a store's data come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Which.
    pub id: ConnectionId,
    /// Where its data go.
    pub store: StoreId,
    /// Which provider.
    pub provider: String,
    /// How it is.
    pub status: ConnectionStatus,
    /// What the provider calls the account; `None` while it is being chosen.
    pub account_id: Option<String>,
    /// What the connector knows of it, as a JSON object.
    pub account: Option<Value>,
    /// What the form said, without secrets.
    pub fields: Value,
    /// The address of who connected it, or why the program did.
    pub connected_by: String,
    /// When they did.
    pub created_at: DateTime<Utc>,
    /// What is wrong with it, and since when.
    pub problem: Option<(SyncProblem, DateTime<Utc>)>,
    /// What people should know of its data.
    pub warnings: Vec<String>,
    /// When the last sync that read everything that was new began: what happened until then is there.
    pub synced_at: Option<DateTime<Utc>>,
    /// When it is read next.
    pub sync_at: Option<DateTime<Utc>>,
    /// When it is compared with its source next.
    pub reconcile_at: Option<DateTime<Utc>>,
}

/// How far a connection was read, for those who ask for figures of its store.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ReadConnection {
    /// To which provider.
    pub provider: String,
    /// How it is: neither being chosen nor disconnected.
    pub status: ConnectionStatus,
    /// When the last sync that read everything that was new began: what happened until then is there.
    pub synced_at: Option<DateTime<Utc>>,
}

pub(super) struct ConnectionRow {
    pub(super) id: Uuid,
    pub(super) store_id: Uuid,
    pub(super) provider: String,
    pub(super) status: String,
    pub(super) account_id: Option<String>,
    pub(super) account: Option<Value>,
    pub(super) fields: Value,
    pub(super) connected_by: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) problem_code: Option<String>,
    pub(super) problem: Option<String>,
    pub(super) problem_at: Option<DateTime<Utc>>,
    pub(super) warnings: Vec<String>,
    pub(super) synced_at: Option<DateTime<Utc>>,
    pub(super) sync_at: Option<DateTime<Utc>>,
    pub(super) reconcile_at: Option<DateTime<Utc>>,
}

impl TryFrom<ConnectionRow> for Connection {
    type Error = CatalogError;

    fn try_from(row: ConnectionRow) -> Result<Self, CatalogError> {
        let problem = row.problem_code.zip(row.problem).map(|(code, words)| SyncProblem { code, words });
        Ok(Self {
            id: row.id.into(),
            store: row.store_id.into(),
            status: ConnectionStatus::parse(&row.status)?,
            provider: row.provider,
            account_id: row.account_id,
            account: row.account,
            fields: row.fields,
            connected_by: row.connected_by,
            created_at: row.created_at,
            problem: problem.zip(row.problem_at),
            warnings: row.warnings,
            synced_at: row.synced_at,
            sync_at: row.sync_at,
            reconcile_at: row.reconcile_at,
        })
    }
}
