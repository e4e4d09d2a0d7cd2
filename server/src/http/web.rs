//! The web app, built into the binary.
//!
//! Files whose names carry a hash of their content never change and may be kept for ever; `index.html` is asked for again
//! each time. An address that is no file is one of the app's own and gets `index.html`; addresses under `/api/` never do. Pages of
//! others may show it under `/embed/` alone ([`super::headers::Framing`]).

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::problem::Problem;

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Files;

/// What is served when the app was not built.
const PLACEHOLDER: &str = include_str!("placeholder.html");

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Answers everything that is no route.
pub async fn fallback(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::of(StatusCode::METHOD_NOT_ALLOWED).into_response();
    }
    match Files::get(path.trim_start_matches('/')) {
        Some(file) => answer(path, file, request.headers()),
        // A file that is gone, such as a chunk of the version before, must not turn into a page.
        None if path.starts_with("/assets/") => Problem::not_found().into_response(),
        None => page(request.headers()),
    }
}

/// The app's page, to somebody who may have it already.
pub fn page(asked: &HeaderMap) -> Response {
    match Files::get("index.html") {
        Some(page) => answer("/index.html", page, asked),
        None => ([(header::CACHE_CONTROL, "no-cache")], Html(PLACEHOLDER)).into_response(),
    }
}

fn answer(name: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    let etag = |hash: [u8; 32]| format!("\"{}\"", hex::encode(&hash[..16]));
    let caching = if name.starts_with("/assets/") { IMMUTABLE } else { "no-cache" };
    let etag = etag(file.metadata.sha256_hash());
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let headers = [(header::CACHE_CONTROL, caching.to_owned()), (header::ETAG, etag)];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let kind = if kind.type_() == mime_guess::mime::TEXT || kind.subtype() == mime_guess::mime::JAVASCRIPT {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    };
    let body = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    (headers, [(header::CONTENT_TYPE, kind)], body).into_response()
}
