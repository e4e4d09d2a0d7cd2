//! How a client asks.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::budget::Rules;
use super::{Hosts, Judge, Judgement, Lookup, RetryPolicy, SystemLookup};

/// How a client asks.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Who is asked, as logs and errors name it.
    pub provider: &'static str,
    /// Who asks, as the provider is told.
    pub user_agent: String,
    /// Where requests may go.
    pub hosts: Hosts,
    /// How hosts are looked up.
    pub lookup: Arc<dyn Lookup>,
    /// How long it may take to look the host up and to connect.
    pub connect_timeout: Duration,
    /// How long a try may take, from its beginning to the last byte of its answer.
    pub try_timeout: Duration,
    /// How long a request may take, with all that is waited for: its turn, its tries and what is between them.
    pub deadline: Duration,
    /// The most that is read of an answer, in bytes, packed and unpacked.
    pub most_bytes: usize,
    /// The most pages of one listing.
    pub most_pages: u32,
    /// The most pages in a row that have no row and still say that there is more.
    pub most_empty_pages: u32,
    /// How often to ask again.
    pub retry: RetryPolicy,
    /// What the connector makes of an answer.
    pub judge: Judge,
}

/// A client cannot be made so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// A header has no room for it.
    #[error("the user agent has characters that no header may have")]
    UserAgent,
    /// Nothing would ever be asked.
    #[error("{0} is nothing: make it more")]
    Nothing(&'static str),
    /// A request would no longer count as under way while it is.
    #[error("a lease of {lease:?} ends before a try does, which may take {try_timeout:?}: make it longer")]
    Lease {
        /// How long a request counts as under way.
        lease: Duration,
        /// How long a try may take.
        try_timeout: Duration,
    },
    /// This machine has no way to ask over TLS.
    #[error("there is no http client on this machine: are its root certificates installed?")]
    Unavailable(#[source] reqwest::Error),
}

impl ClientOptions {
    /// What is usual, for that provider and these hosts: 10 seconds to connect, 60 for a try, 15 minutes in all, 32 MiB of an
    /// answer, 100,000 pages.
    #[must_use]
    pub fn new(provider: &'static str, hosts: Hosts) -> Self {
        Self {
            provider,
            user_agent: concat!("Aloftly/", env!("CARGO_PKG_VERSION")).to_owned(),
            hosts,
            lookup: Arc::new(SystemLookup),
            connect_timeout: Duration::from_secs(10),
            try_timeout: Duration::from_secs(60),
            deadline: Duration::from_secs(900),
            most_bytes: 32 << 20,
            most_pages: 100_000,
            most_empty_pages: 3,
            retry: RetryPolicy::default(),
            judge: |_| Judgement::default(),
        }
    }

    pub(super) fn check(&self, rules: &Rules) -> Result<(), OptionsError> {
        HeaderValue::from_str(&self.user_agent).map_err(|_| OptionsError::UserAgent)?;
        let nothing = [
            ("the number of tries", self.retry.most_tries == 0),
            ("the time to connect", self.connect_timeout.is_zero()),
            ("the time for a try", self.try_timeout.is_zero()),
            ("the deadline", self.deadline.is_zero()),
            ("the size of an answer", self.most_bytes == 0),
        ];
        if let Some((what, _)) = nothing.into_iter().find(|(_, is_nothing)| *is_nothing) {
            return Err(OptionsError::Nothing(what));
        }
        let try_timeout = self.try_timeout;
        match rules.concurrency {
            Some(concurrency) if concurrency.lease <= try_timeout => {
                Err(OptionsError::Lease { lease: concurrency.lease, try_timeout })
            }
            _ => Ok(()),
        }
    }
}
