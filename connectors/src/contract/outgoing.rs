//! How a provider is asked, and what its refusals mean.

use std::time::Duration;

use super::Failure;
use crate::http::budget::Rules;
use crate::http::{ClientOptions, Flaw, HttpError, HttpErrorKind};

/// What a client is made with that asks a provider for one account.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where it asks and how patiently.
    pub options: ClientOptions,
    /// The name of what the provider counts as one, such as `shopify:some-shop.myshopify.com`.
    pub budget: String,
    /// What the provider allows it.
    pub rules: Rules,
}

impl From<HttpError> for Failure {
    /// What an answer that is none means where a provider says it as most do.
    fn from(error: HttpError) -> Self {
        let detail = error.to_string();
        let retry_after = error.retry_after();
        match &error.kind {
            HttpErrorKind::Cancelled => Self::Stopped,
            HttpErrorKind::Throttled { .. } => Self::Exhausted { detail, retry_after },
            HttpErrorKind::Status { status, .. } => of_status(*status, detail),
            HttpErrorKind::Malformed(malformed) if malformed.flaw != Flaw::CutOff => {
                Self::Unexpected { detail: format!("{detail}: {malformed}") }
            }
            HttpErrorKind::TooLarge(_) | HttpErrorKind::Paging(_) => Self::Unexpected { detail },
            _ if error.is_transient() => Self::Unavailable { detail, retry_after },
            _ => Self::Refused { detail },
        }
    }
}

fn of_status(status: u16, detail: String) -> Failure {
    match status {
        401 => Failure::Revoked { detail },
        402 | 403 => Failure::Forbidden { detail },
        429 => Failure::Exhausted { detail, retry_after: Some(Duration::from_secs(60)) },
        // A provider that says in a good answer that it failed is as one that says it by its status.
        200..=299 | 408 | 425 | 500.. => Failure::Unavailable { detail, retry_after: None },
        _ => Failure::Refused { detail },
    }
}
