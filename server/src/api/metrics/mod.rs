//! What can be asked, and the answers.

mod asking;
mod batch;

use aloftly_catalog::WorkspacePermission;
use aloftly_engine::metrics::{QueryRequest, QueryResponse, Registry};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::App;
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Principal, Reader};

pub(super) use batch::{__path_query_batch, Asking, BatchResponse, query_batch};

use asking::Written;
pub(super) use asking::{ask, json};

/// The media type of answers.
const JSON: &str = "application/json";

/// Lists what can be asked for
#[utoipa::path(
    get,
    path = "/api/metrics",
    tag = "metrics",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    responses(
        (status = 200, description = "Metrics, dimensions and sources", body = Registry),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_registry(
    State(app): State<App>,
    principal: Principal,
) -> Result<axum::Json<&'static Registry>, Problem> {
    principal.tenant.require_somewhere(WorkspacePermission::Read)?;
    Ok(axum::Json(app.metrics.registry()))
}

/// Answers a query
#[utoipa::path(
    post,
    path = "/api/metrics/query",
    tag = "metrics",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    request_body = QueryRequest,
    responses(
        (status = 200, description = "The answer; its `ETag` names it", body = QueryResponse),
        (status = 304, description = "The answer is still the one that `If-None-Match` names"),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope. `explain` is for members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "The query is wrong (`invalid_request`), asks for too much (`limit_exceeded`, `query_too_large`) or for a sum of several currencies (`mixed_currencies`), or for one that amounts cannot be converted to (`missing_rate`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`too_busy`: other queries took all turns; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 504, description = "`query_timeout`: it took longer than it may", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn query_metrics(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let written = answer(&app, &reader, body).await?;
    let caching = [(header::ETAG, written.etag.clone()), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if is_known(&headers, &written.etag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, JSON)], written.body).into_response())
}

/// Answers a query of a reader's.
pub(super) async fn answer(app: &App, reader: &Reader, query: Value) -> Result<Written, Problem> {
    ask(app, reader, query, |answer, etag| Written::of(&**answer, etag)).await?
}

/// Whether `If-None-Match` has the name. It compares weakly.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || is_same(tag, etag))
}

/// Whether two names are of the same answer.
fn is_same(a: &str, b: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    opaque(a) == opaque(b)
}
