//! What dashboards were.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::dashboards::{self as catalog, Document};
use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::listing::{Listing, told};
use super::{Author, Dashboard, shown};
use crate::http::etag::IfMatch;
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::Session;

/// What a dashboard was. What one person saves within ten minutes is one revision.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Revision {
    id: Uuid,
    /// The dashboard's `revision` with it.
    revision: i64,
    /// What the dashboard was called.
    name: String,
    /// When the first of it was saved.
    begun_at: DateTime<Utc>,
    /// When the last of it was.
    saved_at: DateTime<Utc>,
    /// Missing where they are no member any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    saved_by: Option<Author>,
}

/// What a dashboard was, with what it showed.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct RevisionInFull {
    #[serde(flatten)]
    revision: Revision,
    document: Document,
}

/// Some revisions, the newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct RevisionList {
    revisions: Vec<Revision>,
    /// For the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What a dashboard is to be again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Restoration {
    /// One of its history.
    revision_id: Uuid,
}

impl From<catalog::Revision> for Revision {
    fn from(revision: catalog::Revision) -> Self {
        Self {
            id: revision.id.0,
            revision: revision.revision,
            name: revision.name,
            begun_at: revision.begun_at,
            saved_at: revision.saved_at,
            saved_by: revision.saved_by.map(Author::from),
        }
    }
}

/// Lists what a dashboard was, the newest first
#[utoipa::path(
    get,
    path = "/api/dashboards/{id}/history",
    tag = "dashboards",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The dashboard"), Listing),
    responses(
        (status = 200, description = "A page of revisions", body = RevisionList),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`needs_person`: not for keys", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_revisions(
    session: Session,
    Path(id): Path<String>,
    Query(listing): Query<Listing>,
) -> Result<axum::Json<RevisionList>, Problem> {
    let (cursor, limit) = listing.asked();
    let page = session.tenant.dashboard_history(path::id(&id)?, cursor, limit).await?;
    let (revisions, next_cursor) = told(page.revisions, page.next_cursor);
    Ok(axum::Json(RevisionList { revisions, next_cursor }))
}

/// Shows what a dashboard was
#[utoipa::path(
    get,
    path = "/api/dashboards/{id}/history/{revision_id}",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("revision_id" = Uuid, Path, description = "The revision"),
    ),
    responses(
        (status = 200, description = "The revision", body = RevisionInFull),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`needs_person`: not for keys", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard or revision, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn get_revision(
    session: Session,
    Path((id, revision_id)): Path<(String, String)>,
) -> Result<axum::Json<RevisionInFull>, Problem> {
    let (revision, document) = session.tenant.dashboard_at(path::id(&id)?, path::id(&revision_id)?).await?;
    Ok(axum::Json(RevisionInFull { revision: revision.into(), document }))
}

/// Makes a dashboard what it was
///
/// It is one more change: what it was until now stays in its history.
#[utoipa::path(
    post,
    path = "/api/dashboards/{id}/restore",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("If-Match" = String, Header, description = "The `ETag` of what is changed; `*` for whatever is there"),
    ),
    request_body = Restoration,
    responses(
        (status = 200, description = "The dashboard, as it was; its `ETag` names it", body = Dashboard),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard or revision, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 412, description = "`stale`: it was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_required`: `If-Match` is missing", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn restore_dashboard(
    session: Session,
    Path(id): Path<String>,
    if_match: IfMatch,
    Json(asked): Json<Restoration>,
) -> Result<Response, Problem> {
    let revision = asked.revision_id.into();
    let restored = session.tenant.restore_dashboard(path::id(&id)?, &if_match.required()?, revision).await?;
    shown(restored)
}
