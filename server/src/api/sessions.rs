//! Where one is signed in.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// Where one is signed in, last used first.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionList {
    sessions: Vec<SessionEntry>,
}

/// Somewhere that one is signed in.
#[derive(Serialize, ToSchema)]
struct SessionEntry {
    id: Uuid,
    /// The organisation that it acts in.
    organization: String,
    kind: Kind,
    /// Whether it is the one that asks.
    is_current: bool,
    created_at: DateTime<Utc>,
    /// When it was last used, to within a few minutes.
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// The address that it was begun from.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The program that it was begun with, as that calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

/// What acts in a session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SessionKind)]
enum Kind {
    /// A browser, with a cookie.
    Browser,
    /// A program, with access tokens.
    Program,
}

/// How many sessions were ended.
#[derive(Serialize, ToSchema)]
pub(super) struct Ended {
    ended: usize,
}

/// Lists where one is signed in, last used first
#[utoipa::path(
    get,
    path = "/api/sessions",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, description = "One's sessions, in every organisation", body = SessionList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_sessions(session: Session) -> Result<Json<SessionList>, Problem> {
    let own = session.tenant.person()?.sessions().await?.into_iter();
    let sessions = own.map(|one| SessionEntry {
        id: one.id.0,
        organization: one.organization_name,
        kind: if one.is_program { Kind::Program } else { Kind::Browser },
        is_current: one.id == session.info.id,
        created_at: one.created_at,
        last_seen_at: one.last_seen_at,
        expires_at: one.expires_at,
        address: one.address,
        user_agent: one.user_agent,
    });
    Ok(Json(SessionList { sessions: sessions.collect() }))
}

/// Ends one of one's sessions at once
#[utoipa::path(
    delete,
    path = "/api/sessions/{id}",
    tag = "auth",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The session")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "One has no such session", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end_session(session: Session, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.person()?.end_session(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all of one's sessions but the one that asks
#[utoipa::path(
    delete,
    path = "/api/sessions",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, description = "How many those were", body = Ended),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end_other_sessions(session: Session) -> Result<Json<Ended>, Problem> {
    let ended = session.tenant.person()?.end_other_sessions(session.info.id).await?;
    Ok(Json(Ended { ended }))
}
