//! What goes wrong on demand.

use std::collections::VecDeque;

use serde::Deserialize;

use crate::graphql::context::Quirks;

/// What goes wrong with one request of the Admin API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// That status with a body that says little: 429, 402, 423, 5xx.
    Status {
        /// The status.
        status: u16,
        /// Seconds for `Retry-After`.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// The answer of a bucket that is empty.
    Throttled,
    /// GraphQL's `INTERNAL_SERVER_ERROR` with status 200.
    Internal,
    /// `errors` is a text, with that status.
    ErrorText {
        /// The status.
        status: u16,
        /// The text.
        message: String,
    },
    /// The JSON ends in the middle, and the answer says that it is whole.
    Truncated,
    /// The connection ends before the answer does.
    Reset,
    /// The answer comes after so many milliseconds of real time.
    Slow {
        /// How many.
        millis: u64,
    },
    /// So many rows of a page come again on the next.
    Overlap {
        /// How many.
        rows: usize,
    },
    /// There is always another page.
    Endless,
    /// Objects lack fields.
    MissingFields {
        /// Their names.
        fields: Vec<String>,
    },
    /// Objects have a field that nobody asked for.
    UnknownFields,
}

/// What goes wrong with webhooks that happen from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookFaults {
    /// So many of the next are lost.
    pub lose: u32,
    /// So many of the next are sent twice.
    pub twice: u32,
    /// So many of the next are held back until another has gone.
    pub late: u32,
}

/// The faults of one shop.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    requests: VecDeque<Fault>,
    tokens: VecDeque<Fault>,
    /// The next bulk operation fails after so many lines.
    pub bulk_fails_after: Option<usize>,
    /// Whether requests for results of bulk operations go wrong like those of the Admin API: statuses, answers that end early or late. One that is
    /// truncated ends behind a line.
    pub files: bool,
    /// What goes wrong with webhooks.
    pub webhooks: WebhookFaults,
    /// By how many seconds the `Date` header is wrong.
    pub clock_skew: i64,
}

impl Faults {
    /// The next so many requests go wrong like that, after those that are to go wrong already.
    pub fn add(&mut self, fault: &Fault, times: usize) {
        self.requests.extend(std::iter::repeat_n(fault.clone(), times));
    }

    /// The same for requests of tokens. The request is heard even when its answer is lost.
    pub fn add_to_tokens(&mut self, fault: &Fault, times: usize) {
        self.tokens.extend(std::iter::repeat_n(fault.clone(), times));
    }

    /// Nothing goes wrong any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What goes wrong with this request of tokens.
    pub(crate) fn next_token(&mut self) -> Option<Fault> {
        self.tokens.pop_front()
    }

    /// What goes wrong with this request for a file.
    pub(crate) fn next_of_files(&mut self) -> Option<Fault> {
        if self.files { self.next() } else { None }
    }

    /// What goes wrong with this request.
    pub(crate) fn next(&mut self) -> Option<Fault> {
        self.requests.pop_front()
    }
}

impl Fault {
    /// What it does to the answer of a query.
    pub(crate) fn quirks(&self) -> Quirks {
        let mut quirks = Quirks::default();
        match self {
            Self::Overlap { rows } => quirks.overlap = *rows,
            Self::Endless => quirks.endless = true,
            Self::MissingFields { fields } => quirks.missing.clone_from(fields),
            Self::UnknownFields => quirks.unknown = true,
            _ => {}
        }
        quirks
    }
}
