//! The storage that bulk results are at: signed addresses, and no token of Shopify's.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::{broken, spoil};
use crate::faults::Fault;
use crate::log::Logged;
use crate::state::State;

/// A file, or what goes wrong with it.
pub(super) async fn file(
    Extract(state): Extract<Arc<State>>,
    Path((shop, file)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let at = state.clock.now();
    let fault = state.with_shop(&shop, |shop, _, _, _| shop.faults.next_of_files()).flatten();
    spoil::hold(fault.as_ref()).await;
    let response = match fault {
        Some(Fault::Status { status, .. }) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
        fault => answer(&state, (&shop, &file), &query, &headers, fault.as_ref()),
    };
    let status = response.status().as_u16();
    let path = format!("/_storage/{file}");
    state.note(Logged { at, shop, method: "GET".to_owned(), path, operation: None, cost: None, status });
    response
}

fn answer(
    state: &State,
    (shop, file): (&str, &str),
    query: &HashMap<String, String>,
    headers: &HeaderMap,
    fault: Option<&Fault>,
) -> Response {
    // Storage knows no Shopify tokens, and whoever sends one there gives it away.
    if headers.contains_key("x-shopify-access-token") {
        return (StatusCode::BAD_REQUEST, "a Shopify token was sent to the storage").into_response();
    }
    let id = file.strip_prefix("bulk-").and_then(|rest| rest.strip_suffix(".jsonl")?.parse().ok());
    let until = query.get("Expires").and_then(|until| until.parse().ok());
    let found = id.zip(until).and_then(|(id, until)| {
        state.file(shop, id, until, query.get("Signature").map(String::as_str).unwrap_or_default())
    });
    match found {
        Some(text) => {
            let kind = [(header::CONTENT_TYPE, "application/jsonl")];
            match fault {
                Some(Fault::Truncated) => (kind, half(&text).to_owned()).into_response(),
                Some(Fault::Reset) => (kind, broken(half(&text))).into_response(),
                _ => (kind, text).into_response(),
            }
        }
        None => {
            let body = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code></Error>";
            (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
        }
    }
}

/// Half of the lines.
fn half(text: &str) -> &str {
    let lines = text.lines().count();
    let bytes = text.split_inclusive('\n').take(lines / 2).map(str::len).sum();
    text.get(..bytes).unwrap_or_default()
}
