//! The outermost layer: gives each request its id and its span, counts it, and logs its end.

use std::sync::Arc;
use std::time::Instant;

use aloftly_engine::clock::Clock;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::request_id::{self, RequestId};
use crate::telemetry::measures;

/// The layer.
pub async fn observe(State(clock): State<Arc<dyn Clock>>, mut request: Request, next: Next) -> Response {
    let id = RequestId::accept_or_make(request.headers(), &*clock);
    request.extensions_mut().insert(id.clone());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = method_name(request.method());
    let span = tracing::info_span!(
        "request",
        request_id = id.as_str(),
        method,
        route = route.as_str(),
        organization = tracing::field::Empty,
        user = tracing::field::Empty,
        api_key = tracing::field::Empty,
        store = tracing::field::Empty,
    );
    let began = Instant::now();
    let mut running = Running::new(span.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    running.answered = true;
    let (status, took) = (response.status(), began.elapsed());
    measures::request_answered(method, &route, status.as_u16(), took);
    log(&span, &route, status, took.as_secs_f64());
    response.headers_mut().insert(request_id::HEADER, id.header_value());
    response
}

fn log(span: &tracing::Span, route: &str, status: StatusCode, seconds: f64) {
    let _entered = span.enter();
    let millis = seconds * 1_000.0;
    // Probes come every few seconds and say nothing as long as they go well.
    if matches!(route, "/healthz" | "/readyz" | "/metrics") && status.is_success() {
        tracing::debug!(status = status.as_u16(), millis, "answered");
    } else {
        tracing::info!(status = status.as_u16(), millis, "answered");
    }
}

/// Counts a request as running until it is answered or its caller has gone.
struct Running {
    span: tracing::Span,
    answered: bool,
}

impl Running {
    fn new(span: tracing::Span) -> Self {
        measures::request_began();
        Self { span, answered: false }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        measures::request_ended();
        if !self.answered {
            self.span.in_scope(|| tracing::info!("the caller went before the answer"));
        }
    }
}

/// One of a few names, so that callers cannot make up new series.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
