//! The queries of a dashboard, answered together.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use aloftly_engine::StoreId;
use aloftly_engine::metrics::{QueryRequest, QueryResponse};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures::{FutureExt, Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::App;
use super::asking::{self, json};
use super::{JSON, is_same};
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::request_id::RequestId;
use crate::http::session::Reader;

/// Queries that one batch may have.
const MAX_QUERIES: usize = 50;
/// Characters that the name of one may have.
const MAX_NAME: usize = 100;
/// Queries of one batch that are asked at once: a dashboard does not take all turns of its organisation.
const AT_ONCE: usize = 4;
/// Which share of a request's time its queries have together.
const SHARE: f64 = 0.9;
/// The media type of answers one by one.
const NDJSON: &str = "application/x-ndjson";
const PATH: &str = "/api/metrics/batch";

/// Queries to be answered together, each under a name of the caller's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct BatchRequest {
    /// Up to 50 queries by their names.
    #[schema(value_type = BTreeMap<String, QueryRequest>)]
    queries: BTreeMap<String, Value>,
    /// The `etag` of an answer that the caller has, by the query's name: where it is still the answer, it is not sent again.
    #[serde(default)]
    known: BTreeMap<String, String>,
}

/// The answers of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BatchResponse {
    /// What became of each query, by its name.
    answers: BTreeMap<String, BatchAnswer>,
    /// The version at which each store was read, the same for all answers.
    #[schema(value_type = BTreeMap<uuid::Uuid, i64>)]
    versions: BTreeMap<StoreId, i64>,
    /// How long all of it took.
    elapsed_ms: f64,
}

/// What became of one query.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BatchAnswer {
    /// The HTTP status that the query by itself would have had.
    #[schema(example = 200)]
    status: u16,
    /// The name of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    /// The answer, with the status 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<QueryResponse>)]
    answer: Option<Arc<QueryResponse>>,
    /// What is wrong, where there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemDocument<'static>>)]
    problem: Option<Value>,
}

/// One line of answers that are sent one by one.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::api) enum BatchLine<'a> {
    /// What became of a query.
    Answer {
        /// Its name.
        name: &'a str,
        /// What became of it.
        #[serde(flatten)]
        answer: &'a BatchAnswer,
    },
    /// That all are answered.
    Last {
        /// True.
        done: bool,
        /// The version at which each store was read.
        #[schema(value_type = BTreeMap<uuid::Uuid, i64>)]
        versions: BTreeMap<StoreId, i64>,
        /// How long all of it took.
        elapsed_ms: f64,
    },
}

/// Answers several queries together
///
/// All are answered from the same version of each store, as of the same moment; should a version be given up meanwhile, an answer is of
/// a newer one, and its `meta.versions` says so. One that is wrong, fails or takes too long says so in its place, and takes no other
/// with it: what is not answered when a request must end is answered with 504. The body may have 256 KiB. With
/// `Accept: application/x-ndjson` each answer is a line, sent as soon as it is ready.
#[utoipa::path(
    post,
    path = "/api/metrics/batch",
    tag = "metrics",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    request_body = BatchRequest,
    responses(
        (status = 200, description = "What became of each query", content((BatchResponse = "application/json"), (BatchLine<'static> = "application/x-ndjson"))),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "There are no queries, or too many (`invalid_request`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn query_batch(
    State(app): State<App>,
    reader: Reader,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    Json(batch): Json<BatchRequest>,
) -> Result<Response, Problem> {
    check(&batch)?;
    let BatchRequest { queries, known } = batch;
    let asking = Asking::new(app, reader, request_id, PATH, Arc::clone);
    if !wants_lines(&headers) {
        return asking.together(queries, known).await;
    }
    let (stores, began) = (Arc::clone(&asking.reader.stores), asking.began);
    let lines = lines(asking.all(queries, known, true), move || {
        let (versions, elapsed_ms) = (stores.versions(), elapsed_ms(began));
        BatchLine::Last { done: true, versions, elapsed_ms }
    });
    Ok(([(header::CONTENT_TYPE, NDJSON), (header::CACHE_CONTROL, "no-store")], Body::from_stream(lines))
        .into_response())
}

fn check(batch: &BatchRequest) -> Result<(), Problem> {
    let BatchRequest { queries, known } = batch;
    if queries.is_empty() || queries.len() > MAX_QUERIES {
        return Err(Problem::invalid_field("/queries", format!("must have 1 to {MAX_QUERIES} queries")));
    }
    if queries.keys().any(|name| name.is_empty() || name.chars().count() > MAX_NAME) {
        return Err(Problem::invalid_field("/queries", format!("must have names of 1 to {MAX_NAME} characters")));
    }
    match known.keys().find(|name| !queries.contains_key(*name)) {
        Some(_) => Err(Problem::invalid_field("/known", "names a query that is not in the batch")),
        None => Ok(()),
    }
}

fn wants_lines(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|value| value.split(','))
        .any(|kind| kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(NDJSON))
}

/// Who asks, and of what.
#[derive(Clone)]
pub(in crate::api) struct Asking {
    app: App,
    reader: Reader,
    request_id: RequestId,
    /// Where.
    path: &'static str,
    /// What they are told of an answer.
    told: fn(&Arc<QueryResponse>) -> Arc<QueryResponse>,
    began: Instant,
    /// When the last answer must be there.
    until: tokio::time::Instant,
}

/// What became of a query, and that as a line where one is wanted.
struct Answered {
    answer: BatchAnswer,
    line: Option<Bytes>,
}

impl Asking {
    /// Somebody who asks at that path from now on, and who is told so much of each answer.
    pub(in crate::api) fn new(
        app: App,
        reader: Reader,
        request_id: RequestId,
        path: &'static str,
        told: fn(&Arc<QueryResponse>) -> Arc<QueryResponse>,
    ) -> Self {
        let until = tokio::time::Instant::now() + app.backend.config.request_timeout.mul_f64(SHARE);
        Self { app, reader, request_id, path, told, began: Instant::now(), until }
    }

    /// Answers queries by their names, those that are known already by their `etag` alone.
    pub(in crate::api) async fn together(
        self,
        queries: BTreeMap<String, Value>,
        known: BTreeMap<String, String>,
    ) -> Result<Response, Problem> {
        let (stores, began) = (Arc::clone(&self.reader.stores), self.began);
        let answers = self.all(queries, known, false).map(|(name, answered)| (name, answered.answer)).collect().await;
        let response = BatchResponse { answers, versions: stores.versions(), elapsed_ms: elapsed_ms(began) };
        // Writing many answers takes long enough to be in the way of other requests.
        let body =
            tokio::task::spawn_blocking(move || json(&response)).await.map_err(|error| Problem::internal(&error))??;
        Ok(([(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, "no-store")], body).into_response())
    }

    /// The answers in the order in which they are ready, each as a line too where that is wanted.
    fn all(
        self,
        queries: BTreeMap<String, Value>,
        mut known: BTreeMap<String, String>,
        one_by_one: bool,
    ) -> impl Stream<Item = (String, Answered)> + Send + 'static {
        let answers = stream::iter(queries.into_iter().map(move |(name, query)| {
            let (asking, known) = (self.clone(), known.remove(&name));
            async move {
                let answer = asking.answer(query, known, one_by_one.then(|| name.clone())).await;
                (name, answer)
            }
            .boxed()
        }));
        answers.buffer_unordered(AT_ONCE)
    }

    async fn answer(self, query: Value, known: Option<String>, name: Option<String>) -> Answered {
        let (of_line, told) = (name.clone(), self.told);
        let then = move |answer: &Arc<QueryResponse>, etag: String| {
            let is_known = known.is_some_and(|known| is_same(&known, &etag));
            let answer = if is_known {
                BatchAnswer { status: 304, etag: Some(etag), answer: None, problem: None }
            } else {
                BatchAnswer { status: 200, etag: Some(etag), answer: Some(told(answer)), problem: None }
            };
            Answered::of(answer, of_line.as_deref())
        };
        let asked = asking::ask(&self.app, &self.reader, query, then);
        let answered = tokio::time::timeout_at(self.until, asked).await;
        let too_late =
            || Problem::timed_out("batch_timeout", "The queries of the batch took longer than they may together.");
        let answered = answered.unwrap_or_else(|_| Err(too_late()));
        answered.unwrap_or_else(|problem| {
            let document = serde_json::to_value(problem.document(self.path, self.request_id.as_str()));
            let status = problem.status().as_u16();
            let answer = BatchAnswer { status, etag: None, answer: None, problem: document.ok() };
            Answered::of(answer, name.as_deref())
        })
    }
}

impl Answered {
    fn of(answer: BatchAnswer, name: Option<&str>) -> Self {
        let line = name.map(|name| line(&BatchLine::Answer { name, answer: &answer }));
        Self { answer, line }
    }
}

/// Each answer as a line, then the last one.
fn lines(
    answers: impl Stream<Item = (String, Answered)> + Send + 'static,
    last: impl FnOnce() -> BatchLine<'static> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static {
    let answers = answers.filter_map(async |(_, answered)| answered.line);
    answers.chain(stream::once(async move { line(&last()) })).map(Ok)
}

fn line(value: &BatchLine<'_>) -> Bytes {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line.into()
}

fn elapsed_ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}
