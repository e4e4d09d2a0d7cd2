//! What providers tell by themselves.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::{Account, Failure, Page, Removal};

/// A request of a provider, as it came.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<'a> {
    /// Its headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// Its body, byte by byte: signatures are over that.
    pub body: &'a [u8],
}

impl Delivered<'_> {
    /// The first header of that name, which is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// What a delivery says of itself once its signature is known to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What tells it from others: the same for every time that the same thing is told.
    pub id: String,
    /// The account that it is about, as [`Account::id`] says it.
    pub account: String,
    /// What it tells of, in the provider's words.
    pub topic: String,
    /// The thing that it is about. What is told of one thing is carried out in order.
    pub object: Option<String>,
    /// When it happened, as far as the provider tells.
    pub happened_at: Option<DateTime<Utc>>,
}

/// Why a request is none of the provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthentic {
    /// A header that every delivery has is missing or is nonsense.
    #[error("the header {0} is missing or wrong")]
    Header(&'static str),
    /// The signature is not that of the body under any of our secrets.
    #[error("the signature is wrong")]
    Signature,
}

/// What is to be done about a delivery.
#[derive(Debug)]
pub enum Effect {
    /// These rows are the state of their entities, unless a newer one is held.
    Rows {
        /// The rows. The page's cursor means nothing.
        page: Page,
        /// What the delivery does not tell of them.
        keeps: Option<Keeps>,
    },
    /// These are gone at the source. When this is all that is to be done about a delivery, the thing that it is about is gone for good: what is told
    /// of that later is old.
    Remove(Removal),
    /// These things are to be read from the provider: the delivery does not say enough.
    Read {
        /// The stream that they are of.
        stream: &'static str,
        /// Their ids.
        ids: Vec<String>,
    },
    /// A person wants to know what is kept of them.
    ExportCustomer(Person),
    /// A person is to be forgotten.
    EraseCustomer(Person),
    /// Everything that came from the account is to be forgotten.
    EraseAccount,
    /// The provider took our access back.
    Disconnected,
    /// What was granted changed.
    Regranted {
        /// The scopes that are left.
        scopes: Vec<String>,
    },
}

/// What a delivery does not tell of a thing that it gives the state of. Where a reading told it before, it stays as it is, in all rows of the thing
/// together: otherwise each delivery would take away what only readings know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeps {
    /// The dataset that has it, a row for each thing.
    pub dataset: &'static str,
    /// Its columns, which other datasets with the thing's id may have, too.
    pub columns: &'static [&'static str],
}

/// A customer, as a provider names them in its requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The customer's id at the provider.
    pub id: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Orders of theirs that the provider names.
    pub orders: Vec<String>,
}

/// How a provider tells of changes.
pub trait Webhooks: Send + Sync {
    /// Checks who sent it, before anything of the body is read, in a time that does not tell how far a signature was right. Secrets are tried
    /// one after the other: there are two while the provider changes over.
    ///
    /// # Errors
    /// When it is not from the provider.
    fn authenticate(&self, secrets: &[SecretString], delivered: &Delivered<'_>) -> Result<Delivery, NotAuthentic>;

    /// What is to be done about it. Nothing for topics that tell nothing of ours.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] when the body is not what the topic promises: it is kept for a person to look at.
    fn effects(&self, account: &Account, delivery: &Delivery, body: &[u8]) -> Result<Vec<Effect>, Failure>;
}
