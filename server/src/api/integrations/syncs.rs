//! Readings of connections: asked for, looked at, called off.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::{SyncCause, SyncJob, SyncKind, SyncStatus};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::App;
use super::super::listing::{Listing, told};
use super::IntegrationProblem;
use crate::http::json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::Principal;

/// One reading of a connection.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Sync {
    id: Uuid,
    integration_id: Uuid,
    /// What it reads: `full`, `incremental`, `range`, `things`, `reconcile` or `rebuild`.
    #[schema(example = "incremental")]
    kind: &'static str,
    /// The first day of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_day: Option<NaiveDate>,
    /// The last day of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_day: Option<NaiveDate>,
    #[schema(value_type = Cause)]
    cause: SyncCause,
    /// The address of who asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<String>,
    #[schema(value_type = Status)]
    status: SyncStatus,
    /// It was called off, and ends at its next page.
    cancelling: bool,
    /// What is being read.
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<String>,
    /// What was read to its end.
    finished_streams: Vec<String>,
    /// Things of the source that were read.
    records: u64,
    /// How many there will be in all, as far as the source tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<u64>,
    counts: SyncCounts,
    /// How often the source was asked.
    requests: u64,
    warnings: Vec<String>,
    /// How many attempts in a row came to nothing.
    attempts: u32,
    /// Why the last attempt came to nothing, or all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<IntegrationProblem>,
    /// When it is tried again, or begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<Utc>>,
}

/// What the store has of what was read: orders, customers and other things.
#[derive(Serialize, ToSchema)]
struct SyncCounts {
    new: u64,
    updated: u64,
    removed: u64,
}

/// Why a sync is there.
#[derive(Serialize, ToSchema)]
#[schema(as = SyncCause)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
enum Cause {
    Connected,
    Schedule,
    Person,
    Webhook,
}

/// How far a sync is.
#[derive(Serialize, ToSchema)]
#[schema(as = SyncStatus)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
enum Status {
    Queued,
    Running,
    Done,
    Failed,
    Cancelled,
}

/// Some syncs, the newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SyncList {
    syncs: Vec<Sync>,
    /// For the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What is to be read.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum SyncRequest {
    /// What changed.
    Incremental {},
    /// Everything.
    Full {},
    /// Everything, compared with what the source has: what was lost is read again, and what is gone there goes.
    Reconcile {},
    /// Nothing of the source: rows are made anew of its answers, which were kept with them. What nothing was kept of stays.
    Rebuild {},
    /// What happened on these days of the account, both included.
    Range {
        /// The first.
        first_day: NaiveDate,
        /// The last.
        last_day: NaiveDate,
    },
}

impl From<SyncRequest> for SyncKind {
    fn from(asked: SyncRequest) -> Self {
        match asked {
            SyncRequest::Incremental {} => Self::Incremental,
            SyncRequest::Full {} => Self::Full,
            SyncRequest::Reconcile {} => Self::Reconcile,
            SyncRequest::Rebuild {} => Self::Rebuild,
            SyncRequest::Range { first_day, last_day } => Self::Range { first: first_day, last: last_day },
        }
    }
}

impl From<SyncJob> for Sync {
    fn from(job: SyncJob) -> Self {
        let (first_day, last_day) = match job.kind {
            SyncKind::Range { first, last } => (Some(first), Some(last)),
            _ => (None, None),
        };
        let progress = job.progress;
        Self {
            id: job.id.0,
            integration_id: job.connection.0,
            kind: job.kind.as_str(),
            first_day,
            last_day,
            cause: job.cause,
            requested_by: job.requested_by,
            status: job.status,
            cancelling: job.is_called_off && job.status == SyncStatus::Running,
            stream: progress.stream,
            finished_streams: progress.finished_streams,
            records: progress.records,
            expected: progress.expected,
            counts: SyncCounts {
                new: progress.counts.new,
                updated: progress.counts.updated,
                removed: progress.counts.removed,
            },
            requests: progress.requests,
            warnings: progress.warnings,
            attempts: job.attempts,
            problem: job.problem.map(Into::into),
            due_at: (job.status == SyncStatus::Queued).then_some(job.due_at),
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}

/// Asks for a connection to be read
#[utoipa::path(
    post,
    path = "/api/integrations/{id}/sync",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection")),
    security(("session" = []), ("api_key" = ["imports:write"])),
    request_body = SyncRequest,
    responses(
        (status = 202, description = "It is in the queue, or was already; its address is in `Location`", body = Sync),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the store's workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`not_connected`: its account is being chosen, it was ended, or its access was taken back", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn request_sync(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    json::Json(asked): json::Json<SyncRequest>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Sync>), Problem> {
    let job = principal.tenant.request_sync(path::id(&id)?, &asked.into()).await;
    let job = job.map_err(|error| Problem::of_field(error, "last_day", "/last_day"))?;
    app.syncs.wake();
    let location = format!("/api/syncs/{}", job.id);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(job.into())))
}

/// Lists the syncs of a connection, the newest first
#[utoipa::path(
    get,
    path = "/api/integrations/{id}/syncs",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection"), Listing),
    security(("session" = []), ("api_key" = ["metrics:read"])),
    responses(
        (status = 200, description = "A page of syncs", body = SyncList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_syncs(
    principal: Principal,
    Path(id): Path<String>,
    Query(listing): Query<Listing>,
) -> Result<Json<SyncList>, Problem> {
    let (cursor, limit) = listing.asked();
    let page = principal.tenant.sync_jobs(path::id(&id)?, cursor, limit).await?;
    let (syncs, next_cursor) = told(page.jobs, page.next_cursor);
    Ok(Json(SyncList { syncs, next_cursor }))
}

/// Tells how far a sync is
#[utoipa::path(
    get,
    path = "/api/syncs/{id}",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The sync")),
    security(("session" = []), ("api_key" = ["metrics:read"])),
    responses(
        (status = 200, description = "The sync", body = Sync),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such sync that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn get_sync(principal: Principal, Path(id): Path<String>) -> Result<Json<Sync>, Problem> {
    Ok(Json(principal.tenant.sync_job(path::id(&id)?).await?.into()))
}

/// Calls a sync off; what was read stays
#[utoipa::path(
    delete,
    path = "/api/syncs/{id}",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The sync")),
    security(("session" = []), ("api_key" = ["imports:write"])),
    responses(
        (status = 200, description = "It is over, or ends at its next page", body = Sync),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the store's workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such sync that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn call_off_sync(principal: Principal, Path(id): Path<String>) -> Result<Json<Sync>, Problem> {
    Ok(Json(principal.tenant.call_off_sync(path::id(&id)?).await?.into()))
}
