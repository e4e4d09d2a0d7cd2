//! Links that show figures to whoever has them.

use std::collections::BTreeSet;

use aloftly_catalog::{CatalogError, NewShare};
use aloftly_engine::StoreId;
use aloftly_engine::metrics::{Query, QueryRequest, QueryResponse};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use super::metrics::answer;
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Reader, Session, bearer};

/// The shares, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ShareList {
    shares: Vec<Share>,
}

/// A link that shows the answer to one question.
#[derive(Serialize, ToSchema)]
pub(super) struct Share {
    id: Uuid,
    name: String,
    /// The question, with its stores.
    #[schema(value_type = QueryRequest)]
    query: Value,
    store_ids: BTreeSet<Uuid>,
    /// The address of who made it. It shows nothing once they do not see all of its stores.
    created_by: String,
    created_at: DateTime<Utc>,
    /// When it ends by itself; never where it is `null`.
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
    /// Whether it has ended by itself.
    expired: bool,
    /// How often it was opened.
    views: u64,
    /// When last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_viewed_at: Option<DateTime<Utc>>,
}

/// A share with its token, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct NewlyShared {
    share: Share,
    /// What `GET /api/shared` wants as a bearer.
    #[schema(example = "aloftly_share_…")]
    token: String,
}

/// A share that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sharing {
    /// What people call it. Whoever has the link reads it.
    name: String,
    /// The question. Where it names no stores, it is about all that one sees at this moment.
    #[schema(value_type = QueryRequest)]
    query: Value,
    /// When it ends by itself, within a year; `null` is never.
    #[schema(required = true)]
    #[serde(deserialize_with = "Option::deserialize")]
    expires_at: Option<DateTime<Utc>>,
}

/// What whoever has the link is shown.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes a schema")]
pub(super) struct Shared {
    name: String,
    /// When it ends by itself; never where it is `null`.
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
    answer: QueryResponse,
}

impl Share {
    fn of(share: aloftly_catalog::Share, now: DateTime<Utc>) -> Self {
        Self {
            id: share.id.0,
            name: share.name,
            query: share.query,
            store_ids: share.stores.into_iter().map(|store| store.0).collect(),
            created_by: share.created_by,
            created_at: share.created_at,
            expires_at: share.expires_at,
            expired: share.expires_at.is_some_and(|end| end <= now),
            views: share.views,
            last_viewed_at: share.last_viewed_at,
        }
    }
}

/// Lists the links that show figures: one's own, and everybody's to admins
#[utoipa::path(
    get,
    path = "/api/shares",
    tag = "shares",
    security(("session" = [])),
    responses(
        (status = 200, description = "The shares, the newest first", body = ShareList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_shares(State(app): State<App>, session: Session) -> Result<axum::Json<ShareList>, Problem> {
    let now = app.backend.clock.now();
    let shares = session.tenant.shares().await?.into_iter().map(|share| Share::of(share, now)).collect();
    Ok(axum::Json(ShareList { shares }))
}

/// Makes a link that shows the answer to one question to whoever has it
#[utoipa::path(
    post,
    path = "/api/shares",
    tag = "shares",
    security(("session" = [])),
    request_body = Sharing,
    responses(
        (status = 201, description = "The share, and its token, which is not to be had again", body = NewlyShared),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_shares`; or `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong: the name, the end, or the question, whose mistakes are told as `POST /api/metrics/query` tells them", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_share(
    State(app): State<App>,
    session: Session,
    reader: Reader,
    Json(given): Json<Sharing>,
) -> Result<(StatusCode, axum::Json<NewlyShared>), Problem> {
    let mut query = given.query;
    let asked = Query::from_json(&query)?;
    if asked.explain {
        return Err(Problem::invalid_field("/query/explain", "is not for those who have a link"));
    }
    // The stores are named for good: one that comes later is not shown by it.
    let stores: BTreeSet<StoreId> = match asked.stores {
        Some(named) => named.into_iter().collect(),
        None => reader.stores.ids(),
    };
    let named: Vec<Value> = stores.iter().map(|store| store.to_string().into()).collect();
    if let Some(fields) = query.as_object_mut() {
        fields.insert("stores".to_owned(), named.into());
    }
    // Answered once, so that what is wrong with it is told now, and stores that the maker does not see are refused.
    answer(&app, &reader, query.clone()).await?;
    let new = NewShare { name: given.name, query, stores, expires_at: given.expires_at };
    let made = session.tenant.create_share(&new).await.map_err(|error| match error {
        CatalogError::Invalid { field: "name", .. } => Problem::of_field(error, "name", "/name"),
        CatalogError::Invalid { field: "query", .. } => Problem::of_field(error, "query", "/query"),
        other => Problem::of_field(other, "expires_at", "/expires_at"),
    })?;
    let (share, token) = made;
    let share = Share::of(share, app.backend.clock.now());
    Ok((StatusCode::CREATED, axum::Json(NewlyShared { share, token: token.expose().to_owned() })))
}

/// Takes a link back, at once
#[utoipa::path(
    delete,
    path = "/api/shares/{id}",
    tag = "shares",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The share")),
    responses(
        (status = 204, description = "It shows nothing any more"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such share, or it is somebody else's", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_share(session: Session, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.revoke_share(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shows_nothing() -> Problem {
    let detail = "This link shows nothing any more. Ask whoever gave it to you for another.";
    Problem::new(StatusCode::GONE, "link_expired", detail)
}

/// Shows what a link shows: the answer to its question, as it is now
///
/// The link's token goes into `Authorization: Bearer`, so that it is in no address and no log.
#[utoipa::path(
    get,
    path = "/api/shared",
    tag = "shares",
    responses(
        (status = 200, description = "The answer", body = Shared),
        (status = 410, description = "`link_expired`: there is no such link, it was taken back or has run out, or who made it does not see its stores any more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`too_busy`: other queries took all turns; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 504, description = "`query_timeout`: it took longer than it may", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn open_share(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let token = bearer(&headers).ok_or_else(shows_nothing)?;
    let open = app.backend.catalog.open_share(token).await.map_err(|error| match error {
        CatalogError::LinkExpired => shows_nothing(),
        other => other.into(),
    })?;
    let tenant = app.backend.catalog.tenant(open.context);
    let written = answer(&app, &Reader::of(&app, tenant, &open.stores), open.query).await?;
    let (name, expires_at) = (Value::from(open.name), serde_json::json!(open.expires_at));
    let answered = String::from_utf8_lossy(&written.body);
    let body = format!("{{\"name\":{name},\"expires_at\":{expires_at},\"answer\":{answered}}}");
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, body).into_response())
}
