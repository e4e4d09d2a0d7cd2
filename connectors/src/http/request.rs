//! A request, as a connector puts it.

use std::fmt;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use url::Url;
use url::form_urlencoded::Serializer;

/// A request. `Debug` shows neither its query nor its headers' values nor its body.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) cost: u32,
    pub(super) is_idempotent: bool,
    /// Why it cannot be sent.
    pub(super) problem: Option<String>,
}

impl Request {
    /// A request with that method. It costs one point. It may be repeated when its method says so, which `POST` and `PATCH` do
    /// not.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        let is_idempotent = method.is_idempotent();
        Self { method, url, headers: HeaderMap::new(), body: Bytes::new(), cost: 1, is_idempotent, problem: None }
    }

    /// A `GET`.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A `POST`.
    #[must_use]
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// Adds a parameter to the query.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Sets a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        self.set(name, value, false)
    }

    /// Sets a header whose value is shown nowhere, by no library either.
    #[must_use]
    pub fn secret(self, name: &str, value: &SecretString) -> Self {
        self.set(name, value.expose_secret(), true)
    }

    /// Shows a token in `Authorization`.
    #[must_use]
    pub fn bearer(self, token: &SecretString) -> Self {
        self.set("authorization", &format!("Bearer {}", token.expose_secret()), true)
    }

    /// Sends JSON.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.raw("application/json", bytes),
            Err(_) => {
                // What serde says may quote what could not be written.
                self.problem = Some("its body is no JSON".to_owned());
                self
            }
        }
    }

    /// Sends a form.
    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.raw("application/x-www-form-urlencoded", body)
    }

    /// Sends these bytes.
    #[must_use]
    pub fn raw(mut self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = body.into();
        self
    }

    /// It costs so many points of the budget. What it cost in the end, a [`Judge`](super::Judge) can tell.
    #[must_use]
    pub fn cost(mut self, points: u32) -> Self {
        self.cost = points;
        self
    }

    /// It may be repeated, whatever its method: it changes nothing, or the same when it is done twice.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.is_idempotent = true;
        self
    }

    /// The answer is read as JSON.
    pub(super) fn accept_json(mut self) -> Self {
        self.headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        self
    }

    fn set(mut self, name: &str, value: &str, is_secret: bool) -> Self {
        match (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            (Ok(header), Ok(mut value)) => {
                value.set_sensitive(is_secret);
                self.headers.insert(header, value);
            }
            _ => self.problem = Some(format!("the header {name:?} has characters that no header may have")),
        }
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.keys().map(HeaderName::as_str).collect();
        let mut shown = f.debug_struct("Request");
        shown.field("method", &self.method).field("host", &self.url.host_str()).field("path", &self.url.path());
        shown.field("headers", &names).field("bytes", &self.body.len()).field("cost", &self.cost);
        shown.field("is_idempotent", &self.is_idempotent).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_told_which_headers_are_secret() {
        let request = Request::get(Url::parse("https://shop.example.com/").unwrap())
            .header("x-version", "3")
            .secret("x-token", &SecretString::from("hush"))
            .bearer(&SecretString::from("hush"));
        let secret = |name: &str| request.headers[name].is_sensitive();
        assert_eq!((secret("x-version"), secret("x-token"), secret("authorization")), (false, true, true));
    }

    #[test]
    fn what_may_be_repeated_is_up_to_the_method_unless_it_is_said() {
        let of = |method| Request::new(method, Url::parse("https://shop.example.com/").unwrap());
        let repeatable = [Method::GET, Method::PUT, Method::DELETE].map(|method| of(method).is_idempotent);
        assert_eq!(repeatable, [true; 3]);
        let not = [Method::POST, Method::PATCH].map(|method| of(method).is_idempotent);
        assert_eq!(not, [false; 2]);
        assert!(of(Method::POST).idempotent().is_idempotent);
    }
}
