//! The storage that bulk results are at: signed addresses, and no token of Shopify's.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::state::State;

/// A file.
pub(super) async fn file(
    Extract(state): Extract<Arc<State>>,
    Path((shop, file)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    // Storage knows no Shopify tokens, and whoever sends one there gives it away.
    if headers.contains_key("x-shopify-access-token") {
        return (StatusCode::BAD_REQUEST, "a Shopify token was sent to the storage").into_response();
    }
    let id = file.strip_prefix("bulk-").and_then(|rest| rest.strip_suffix(".jsonl")?.parse().ok());
    let until = query.get("Expires").and_then(|until| until.parse().ok());
    let found = id.zip(until).and_then(|(id, until)| {
        state.file(&shop, id, until, query.get("Signature").map(String::as_str).unwrap_or_default())
    });
    match found {
        Some(text) => ([(header::CONTENT_TYPE, "application/jsonl")], text).into_response(),
        None => {
            let body = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code></Error>";
            (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
        }
    }
}
