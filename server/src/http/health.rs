//! For those who watch the process: is it alive, can it do its work, how much does it do.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use super::client::Peer;
use super::problem::Problem;
use super::session::bearer;
use crate::api::App;
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

/// `GET /metrics`: the process's figures, for those who run it. Small as they are, they tell what others do: that a mail went out says that
/// somebody is known.
///
/// # Errors
/// 401 without the token that is set, 403 from another machine or through a proxy where none is.
pub async fn figures(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    match &app.backend.config.metrics_token {
        Some(token) => {
            let shown = bearer(&parts.headers).unwrap_or_default();
            if !bool::from(shown.as_bytes().ct_eq(token.expose_secret().as_bytes())) {
                return Err(Problem::unauthenticated());
            }
        }
        None if is_of_this_machine(&parts) => {}
        None => {
            let detail = "Figures are for processes of the server's machine, unless ALOFTLY_METRICS_TOKEN is set.";
            return Err(Problem::forbidden(detail));
        }
    }
    measures::lake_used(&app.backend.lake.counters());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], measures::render()).into_response())
}

/// Whether a process of this machine asks, and asks for itself.
fn is_of_this_machine(parts: &Parts) -> bool {
    let here = parts.extensions.get::<Peer>().is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    let forwarded = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"];
    here && !forwarded.iter().any(|name| parts.headers.contains_key(*name))
}
