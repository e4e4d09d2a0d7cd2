//! Every request has an id: the caller's `X-Request-Id` when it is harmless, otherwise a new one. It is in the answer, in
//! every log line and in every problem document.

use std::sync::Arc;

use aloftly_engine::clock::Clock;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header, in and out.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

const LONGEST: usize = 64;

/// A request's id: 1 to 64 letters, digits, dots, dashes and underscores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl Default for RequestId {
    fn default() -> Self {
        Self("-".into())
    }
}

impl RequestId {
    /// The caller's id, or a new one when there is none or one that does not belong into logs and headers.
    #[must_use]
    pub fn accept_or_make(headers: &HeaderMap, clock: &dyn Clock) -> Self {
        let harmless = |text: &&str| {
            (1..=LONGEST).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        };
        let accepted = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(harmless);
        Self(accepted.map_or_else(|| clock.new_id().to_string().into(), Into::into))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as a header's value.
    #[must_use]
    pub fn header_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }
}
