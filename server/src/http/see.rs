//! Sending browsers elsewhere.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// Sends the browser to a page, which reads everything anew.
#[must_use]
pub fn see(page: &str, cookies: HeaderMap) -> Response {
    let mut answer = (StatusCode::SEE_OTHER, cookies).into_response();
    let page = HeaderValue::from_str(page).unwrap_or(HeaderValue::from_static("/"));
    answer.headers_mut().insert(header::LOCATION, page);
    answer
}
