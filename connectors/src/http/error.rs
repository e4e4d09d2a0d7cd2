//! Why there is no answer.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use super::budget::{LedgerError, TooCostly};
use super::{Flaw, Malformed, PagesError, Refusal};

/// The longest code of a provider that is shown.
const SHOWN_CODE: usize = 64;

/// Why a provider gave no answer that can be used.
#[derive(Debug)]
pub struct HttpError {
    /// Who was asked.
    pub provider: &'static str,
    /// How often a request was sent.
    pub tries: u32,
    /// What happened, in the end.
    pub kind: HttpErrorKind,
}

/// What happened. Nothing in it is from headers, bodies or queries.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpErrorKind {
    /// The request would go where it must not.
    #[error("the request does not go out")]
    Refused(#[source] Refusal),
    /// The request cannot be written down.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
    /// It costs more than the provider ever allows at once.
    #[error("the request cannot be sent")]
    TooCostly(#[source] TooCostly),
    /// There was no connection, or it broke.
    #[error("there is no connection to it, or it broke: try again later")]
    Connect(#[source] reqwest::Error),
    /// A try took too long.
    #[error("it did not answer within {0:?}: try again later")]
    Timeout(Duration),
    /// The answer is larger than is read.
    #[error("its answer has more than {0} bytes: ask for less at once")]
    TooLarge(usize),
    /// The answer cannot be read.
    #[error("its answer cannot be used")]
    Malformed(#[source] Malformed),
    /// It answered that it will not, or cannot.
    #[error("it answered with status {status}{}", shown(.code.as_deref()))]
    Status {
        /// The status.
        status: u16,
        /// What the provider calls it, if the connector knows.
        code: Option<String>,
    },
    /// Its limits are used up for longer than was worth waiting.
    #[error("its limits are used up: try again {}", later(*.after))]
    Throttled {
        /// How long it takes until asking again makes sense, if that is known.
        after: Option<Duration>,
    },
    /// There was no time left to go on.
    #[error("there was no answer in time: try again later")]
    Deadline,
    /// Whoever asked wanted no answer any more.
    #[error("asking it was stopped")]
    Cancelled,
    /// Nobody knows what its limits allow.
    #[error("its limits are not known")]
    Ledger(#[source] LedgerError),
    /// It has no last page.
    #[error("its pages do not end")]
    Paging(#[source] PagesError),
}

impl HttpError {
    /// The status that it answered with, when that was why.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.kind {
            HttpErrorKind::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What the provider calls it, if it is known.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match &self.kind {
            HttpErrorKind::Status { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// How long it takes until asking again makes sense, if it is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.kind {
            HttpErrorKind::Throttled { after } => *after,
            _ => None,
        }
    }

    /// Whether the same request may do well later, without anybody's help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.kind.is_transient()
    }
}

impl HttpErrorKind {
    /// Whether the same request may do well later, without anybody's help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Timeout(_) | Self::Throttled { .. } | Self::Deadline | Self::Ledger(_) => true,
            Self::Status { status, .. } => *status >= 500 || matches!(status, 408 | 425 | 429),
            Self::Malformed(malformed) => malformed.flaw == Flaw::CutOff,
            Self::Refused(_)
            | Self::Unsendable(_)
            | Self::TooCostly(_)
            | Self::TooLarge(_)
            | Self::Cancelled
            | Self::Paging(_) => false,
        }
    }

    /// A word for it, for the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Unsendable(_) => "unsendable",
            Self::TooCostly(_) => "too costly",
            Self::Connect(_) => "no connection",
            Self::Timeout(_) => "timeout",
            Self::TooLarge(_) => "too large",
            Self::Malformed(_) => "malformed",
            Self::Status { .. } => "status",
            Self::Throttled { .. } => "throttled",
            Self::Deadline => "deadline",
            Self::Cancelled => "cancelled",
            Self::Ledger(_) => "ledger",
            Self::Paging(_) => "paging",
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.provider, self.kind)
    }
}

impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.kind.source()
    }
}

/// A provider's code, cut and without anything that a code does not have: it comes from outside and goes into logs.
pub(super) fn short_code(code: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | ' ');
    let code: String = code.trim().chars().map(|c| if is_plain(c) { c } else { '?' }).take(SHOWN_CODE).collect();
    (!code.is_empty()).then_some(code)
}

fn shown(code: Option<&str>) -> String {
    code.map(|code| format!(" ({code})")).unwrap_or_default()
}

fn later(after: Option<Duration>) -> String {
    after.map_or_else(|| "later".to_owned(), |after| format!("in {} seconds", after.as_secs().saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_from_outside_is_cut_and_plain() {
        assert_eq!(short_code(" invalid_grant\n").as_deref(), Some("invalid_grant"));
        assert_eq!(short_code("a\u{1b}[31m\"b").as_deref(), Some("a??31m?b"));
        assert_eq!(short_code(&"x".repeat(1_000)).map(|code| code.len()), Some(64));
        assert_eq!(short_code(""), None);
    }

    #[test]
    fn an_error_says_who_and_what_to_do() {
        let error = |kind| HttpError { provider: "shopify", tries: 1, kind };
        let throttled = error(HttpErrorKind::Throttled { after: Some(Duration::from_millis(2_500)) });
        assert_eq!(throttled.to_string(), "shopify: its limits are used up: try again in 3 seconds");
        let status = error(HttpErrorKind::Status { status: 403, code: Some("ACCESS_DENIED".to_owned()) });
        assert_eq!(status.to_string(), "shopify: it answered with status 403 (ACCESS_DENIED)");
        assert_eq!((status.status(), status.code(), status.is_transient()), (Some(403), Some("ACCESS_DENIED"), false));
    }
}
