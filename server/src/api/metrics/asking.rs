//! Asking the metrics service, on the threads for queries, and writing its answers there.

use std::sync::Arc;
use std::time::Instant;

use aloftly_catalog::Permission;
use aloftly_engine::metrics::{Query, QueryResponse};
use axum::body::Bytes;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::super::App;
use crate::http::problem::Problem;
use crate::http::session::Reader;
use crate::telemetry::measures;

/// Answers a query, and makes something of the answer and its name, in the caller's turn.
pub(in crate::api) async fn ask<T: Send + 'static>(
    app: &App,
    reader: &Reader,
    query: Value,
    then: impl FnOnce(&Arc<QueryResponse>, String) -> T + Send + 'static,
) -> Result<T, Problem> {
    let began = Instant::now();
    let result = run(app, reader, query, then).await;
    let outcome = match result.as_ref().map_err(Problem::status) {
        Ok(_) => "done",
        Err(StatusCode::GATEWAY_TIMEOUT) => "timed_out",
        Err(status) if status.is_client_error() => "refused",
        Err(_) => "failed",
    };
    measures::query_ended(outcome, began.elapsed());
    result
}

async fn run<T: Send + 'static>(
    app: &App,
    Reader { tenant, stores, asker }: &Reader,
    query: Value,
    then: impl FnOnce(&Arc<QueryResponse>, String) -> T + Send + 'static,
) -> Result<T, Problem> {
    let query = Query::from_json(&query)?;
    if query.explain && !tenant.context().may(Permission::ExplainQueries) {
        return Err(Problem::forbidden("Explaining answers is for members of the organisation and above."));
    }
    let (metrics, stores) = (app.metrics.clone(), Arc::clone(stores));
    let answered = app.queries.run(*asker, async move {
        let answer = metrics.query(&stores, &query).await?;
        let etag = format!("W/\"{}\"", answer.etag());
        Ok::<_, Problem>(then(&answer, etag))
    });
    answered.await?
}

/// Something to be answered, as JSON.
pub(in crate::api) struct Written {
    pub(super) etag: String,
    pub(in crate::api) body: Bytes,
}

impl Written {
    pub(super) fn of(answer: &impl Serialize, etag: String) -> Result<Self, Problem> {
        Ok(Self { etag, body: json(answer)? })
    }
}

/// Writes JSON.
pub(in crate::api) fn json(value: &impl Serialize) -> Result<Bytes, Problem> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|error| Problem::internal(&error))
}
