//! What can be asked, and the answers.

use std::time::Instant;

use aloftly_engine::metrics::{Query, QueryResponse, Registry, StoreScope};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

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

/// A metrics query. Fields that are not here are refused. The description of the language has more.
#[derive(Serialize, ToSchema)]
#[schema(as = QueryRequest)]
struct QueryRequest {
    /// The metrics, by id.
    #[schema(example = json!(["shopify.revenue", "shopify.orders"]))]
    metrics: Option<Vec<String>>,
    /// The stores; all that one may see when it is left out.
    stores: Option<Vec<Uuid>>,
    /// When: a name such as `last_30_days`, or two days, both included.
    #[schema(value_type = Option<RangeRequest>)]
    time_range: Option<Value>,
    /// How long the buckets are.
    granularity: Option<GranularityRequest>,
    /// What the figures are cut by.
    #[schema(example = json!(["channel"]))]
    group_by: Option<Vec<String>>,
    /// Which rows: `{"channel": "web"}`, or a tree of `and`, `or`, `not` over `{dimension, operator, values}`.
    #[schema(value_type = Option<Object>)]
    filters: Option<Value>,
    /// What the figures are compared with: `previous_period`, `previous_week`, `previous_month`, `previous_year`, or two
    /// days.
    #[schema(value_type = Option<RangeRequest>)]
    compare_to: Option<Value>,
    /// Which days of the two periods stand beside each other.
    align: Option<String>,
    /// How an unfinished period is compared: `to_date` or `full`.
    partial: Option<String>,
    /// The order of the rows.
    order_by: Option<Vec<OrderRequest>>,
    /// How many rows at most.
    limit: Option<u64>,
    /// How many rows to leave out first.
    offset: Option<u64>,
    /// The zone whose days are meant; each store's own when it is left out.
    timezone: Option<String>,
    /// The currency that amounts are expected in.
    currency: Option<String>,
    /// Whether buckets without rows are listed.
    fill: Option<bool>,
    /// The short form's one metric.
    metric: Option<String>,
    /// The short form's source of the metric.
    source: Option<String>,
    /// The short form's way to bring rows together.
    aggregation: Option<String>,
    /// Where refunds count: `order_date`.
    refunds: Option<String>,
}

/// A range by name or by its days.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "describes a schema")]
enum RangeRequest {
    /// A name such as `last_30_days` or `previous_period`.
    Named(String),
    /// Two local days, both included.
    Days(DateRange),
}

/// Two local days, both included.
#[derive(Serialize, ToSchema)]
struct DateRange {
    from: NaiveDate,
    to: NaiveDate,
}

/// How long buckets are.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
enum GranularityRequest {
    None,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// One step of an order.
#[derive(Serialize, ToSchema)]
struct OrderRequest {
    /// `time`, a dimension or a metric of the query.
    field: String,
    /// `asc` or `desc`.
    direction: Option<DirectionRequest>,
}

/// Which way an order goes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
enum DirectionRequest {
    Asc,
    Desc,
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
        (status = 422, description = "The query is wrong (`invalid_request`), asks for what is not built yet (`unsupported`), for too much (`limit_exceeded`, `query_too_large`) or for a sum of several currencies (`mixed_currencies`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
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
