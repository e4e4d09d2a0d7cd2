//! An answer, read to its end.

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::Malformed;
use super::malformed::from_json;

/// An answer, read to its end and unpacked. `Debug` shows neither its headers' values nor its body.
#[derive(Clone)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body: body.into() }
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Whether its status is one of 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// The first header of that name, when it is text. Names are alike in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Every header of that name that is text, such as several of `Link`.
    pub fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Its body as JSON.
    ///
    /// # Errors
    /// When it is not, or has another shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Malformed> {
        from_json(&self.body)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.keys().map(reqwest::header::HeaderName::as_str).collect();
        let mut shown = f.debug_struct("Answer");
        shown.field("status", &self.status()).field("headers", &names).field("bytes", &self.body.len());
        shown.finish_non_exhaustive()
    }
}
