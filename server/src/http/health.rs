//! For those who watch the process: is it alive, can it do its work, how much does it do.

use aloftly_engine::lake::Lake;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::service::readiness::Readiness;
use crate::telemetry::measures;

/// `GET /healthz`: the process lives.
pub async fn alive() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "alive" }))
}

/// `GET /readyz`: everything that is needed can be reached.
///
/// # Errors
/// 503 with the names of what cannot.
pub async fn ready(State(readiness): State<Readiness>) -> Result<Json<serde_json::Value>, Problem> {
    let missing = readiness.unreachable().await;
    if missing.is_empty() {
        return Ok(Json(serde_json::json!({ "status": "ready" })));
    }
    let detail = format!("No answer from: {}.", missing.join(", "));
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail))
}

/// `GET /metrics`: the process's figures.
pub async fn figures(State(lake): State<Lake>) -> Response {
    measures::lake_used(&lake.counters());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], measures::render()).into_response()
}
