//! What a connector says of itself.

use std::time::Duration;

use serde::Serialize;

/// What a connector says of itself, as data.
#[derive(Debug, Serialize)]
pub struct Declaration {
    /// Its name in addresses and rows, which is also the source of its metrics.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it brings, in a sentence.
    pub description: &'static str,
    /// How one signs in.
    pub auth: Auth,
    /// What is read, in the order in which it is read.
    pub streams: &'static [Stream],
    /// When it is read.
    pub schedule: Schedule,
}

impl Declaration {
    /// The stream of that name.
    #[must_use]
    pub fn stream(&self, id: &str) -> Option<&'static Stream> {
        self.streams.iter().find(|stream| stream.id == id)
    }
}

/// How one signs in to a provider.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Auth {
    /// The person is sent to the provider and comes back; the fields say where to.
    OAuth {
        /// What is to be known before.
        fields: &'static [Field],
    },
    /// The person copies keys.
    Keys {
        /// The keys, and what else is to be known.
        fields: &'static [Field],
    },
}

impl Auth {
    /// What the form asks for.
    #[must_use]
    pub fn fields(&self) -> &'static [Field] {
        match self {
            Self::OAuth { fields } | Self::Keys { fields } => fields,
        }
    }
}

/// A field of the form by which an account is connected.
#[derive(Debug, Serialize)]
pub struct Field {
    /// Its name in the request.
    pub name: &'static str,
    /// Its label.
    pub title: &'static str,
    /// Where a person finds what belongs there.
    pub help: &'static str,
    /// An example.
    pub placeholder: &'static str,
    /// What it takes.
    pub kind: FieldKind,
    /// Whether it may be left empty.
    pub optional: bool,
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// A line that is hidden while it is typed, and kept sealed.
    Secret,
}

/// One kind of thing that is read from a provider, with a cursor of its own.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Stream {
    /// Its name in cursors and rows of jobs.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The datasets that its rows are of.
    pub datasets: &'static [&'static str],
    /// How far an incremental sync goes back behind its watermark: what the source tells late comes in by it.
    #[serde(skip)]
    pub lookback: Duration,
    /// How what is told again takes the place of what was told.
    pub restatement: Restatement,
    /// Whether the source can list the ids of what it has, so that losses and deletions are found.
    pub reconciles: bool,
}

/// How what is told again takes the place of what was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Restatement {
    /// Each thing by itself, by its version.
    Upsert,
    /// Whole days: what a day does not have any more goes.
    Days,
}

/// When a provider is read. Expressions are cron's, of six fields (with seconds), in UTC; each connection is shifted by its own few minutes.
#[derive(Debug, Serialize)]
pub struct Schedule {
    /// What changed.
    pub incremental: &'static str,
    /// Everything that the source has, compared with what is held. `None` where a source tells nothing to compare by.
    pub reconcile: Option<&'static str>,
}
