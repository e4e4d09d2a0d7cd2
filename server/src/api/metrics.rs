//! What can be asked, and the answers.

use std::time::Instant;

use aloftly_engine::metrics::{Query, QueryRequest, QueryResponse, Registry, StoreScope};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::App;
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;
use crate::telemetry::measures;

/// Lists what can be asked for
#[utoipa::path(
    get,
    path = "/api/metrics",
    tag = "metrics",
    security(("session" = [])),
    responses(
        (status = 200, description = "Metrics, dimensions and sources", body = Registry),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_registry(State(app): State<App>, _session: Session) -> axum::Json<&'static Registry> {
    axum::Json(app.metrics.registry())
}

/// Answers a query
#[utoipa::path(
    post,
    path = "/api/metrics/query",
    tag = "metrics",
    security(("session" = [])),
    request_body = QueryRequest,
    responses(
        (status = 200, description = "The answer; its `ETag` names it", body = QueryResponse),
        (status = 304, description = "The answer is still the one that `If-None-Match` names"),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "The query is wrong (`invalid_request`), asks for what is not built yet (`unsupported`), for too much (`limit_exceeded`, `query_too_large`) or for a sum of several currencies (`mixed_currencies`), or for one that amounts cannot be converted to (`missing_rate`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`too_busy`: other queries took all turns; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 504, description = "`query_timeout`: it took longer than it may", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn query_metrics(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Response, Problem> {
    let began = Instant::now();
    let result = answer(&app, &session, &body).await;
    let outcome = match result.as_ref().map_err(Problem::status) {
        Ok(_) => "done",
        Err(StatusCode::GATEWAY_TIMEOUT) => "timed_out",
        Err(status) if status.is_client_error() => "refused",
        Err(_) => "failed",
    };
    measures::query_ended(outcome, began.elapsed());
    let answer = result?;
    let etag = format!("W/\"{}\"", answer.etag());
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, axum::Json(&*answer)).into_response())
}

async fn answer(app: &App, session: &Session, body: &Value) -> Result<std::sync::Arc<QueryResponse>, Problem> {
    let query = Query::from_json(body)?;
    let stores = session.tenant.stores().await?;
    let stores: Vec<_> = stores
        .into_iter()
        .map(|store| {
            let lake = app.backend.store_lake(&session.tenant, store.id);
            let scope = StoreScope {
                id: store.id,
                name: store.name,
                currency: store.currency,
                timezone: store.timezone,
                week_start: store.week_start,
            };
            (scope, lake)
        })
        .collect();
    let metrics = app.metrics.clone();
    let run = app.queries.run(async move { metrics.query(&stores, &query).await });
    Ok(run.await??)
}

/// Compares weakly, as `If-None-Match` wants it.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag))
}
