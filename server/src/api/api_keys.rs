//! Keys for programs.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::{ApiKeyState, CatalogError, KeyScope, NewApiKey};
use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// The organisation's keys, the newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ApiKeyList {
    api_keys: Vec<ApiKey>,
    /// What a key can be given leave for.
    scopes: Vec<Scope>,
}

/// Something that a key can be given leave for.
#[derive(Serialize, ToSchema)]
struct Scope {
    #[schema(value_type = ScopeName)]
    scope: KeyScope,
    /// What it is leave to do.
    #[schema(example = "See stores, their figures and their imports")]
    summary: &'static str,
    /// Whether a key that is limited to one workspace can have it.
    for_one_workspace: bool,
}

/// The name of a scope.
#[derive(ToSchema)]
#[schema(as = ApiKeyScope)]
#[allow(dead_code, reason = "describes a schema")]
enum ScopeName {
    #[schema(rename = "metrics:read")]
    MetricsRead,
    #[schema(rename = "imports:write")]
    ImportsWrite,
    #[schema(rename = "members:read")]
    MembersRead,
    #[schema(rename = "audit:read")]
    AuditRead,
}

/// A key for a program, without its token.
#[derive(Serialize, ToSchema)]
pub(super) struct ApiKey {
    id: Uuid,
    name: String,
    /// What its token begins with.
    #[schema(example = "aloftly_x7Kd2P")]
    token_start: String,
    #[schema(value_type = Vec<ScopeName>)]
    scopes: Vec<KeyScope>,
    /// The only workspace whose stores it sees; all where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<KeyWorkspace>,
    created_by: Maker,
    created_at: DateTime<Utc>,
    /// When it ends by itself; never where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to within a few minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime<Utc>>,
    /// The address that it was last used from.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_address: Option<String>,
    state: State,
}

/// The workspace that a key is limited to.
#[derive(Serialize, ToSchema)]
struct KeyWorkspace {
    id: Uuid,
    name: String,
}

/// Who made a key. It goes when they leave the organisation.
#[derive(Serialize, ToSchema)]
struct Maker {
    user_id: Uuid,
    email: String,
    name: String,
}

/// Whether a key opens anything: `expired` has run out, `resting` was made by somebody who may not make keys any more.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyState)]
#[serde(rename_all = "snake_case")]
enum State {
    Active,
    Expired,
    Resting,
}

/// A key that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedApiKey {
    #[serde(flatten)]
    key: ApiKey,
    /// What the program sends: `Authorization: Bearer ` and this. It is not to be had again.
    token: String,
}

/// A key that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApiKey)]
pub(super) struct KeyRequest {
    /// What people call it.
    #[schema(example = "Nightly import")]
    name: String,
    /// What it is to have leave for: one or more.
    #[schema(value_type = Vec<ScopeName>)]
    scopes: Vec<KeyScope>,
    /// The only workspace whose stores it is to see.
    workspace_id: Option<Uuid>,
    /// When it ends by itself, within a year. `null` for never: that has to be said.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
}

impl From<aloftly_catalog::ApiKey> for ApiKey {
    fn from(key: aloftly_catalog::ApiKey) -> Self {
        let maker = key.created_by;
        Self {
            id: key.id.0,
            name: key.name,
            token_start: key.token_start,
            scopes: key.scopes.iter().collect(),
            workspace: key.workspace.map(|workspace| KeyWorkspace { id: workspace.id.0, name: workspace.name }),
            created_by: Maker { user_id: maker.id.0, email: maker.email, name: maker.name },
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            last_used_address: key.last_used_address,
            state: match key.state {
                ApiKeyState::Active => State::Active,
                ApiKeyState::Expired => State::Expired,
                ApiKeyState::Resting => State::Resting,
            },
        }
    }
}

/// Lists the organisation's keys, the newest first
#[utoipa::path(
    get,
    path = "/api/api-keys",
    tag = "api-keys",
    security(("session" = [])),
    responses(
        (status = 200, description = "The keys, and what scopes there are", body = ApiKeyList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins; not for keys (`needs_person`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_api_keys(session: Session) -> Result<Json<ApiKeyList>, Problem> {
    let keys = session.tenant.api_keys().await?;
    let scopes = KeyScope::ALL.iter().map(|scope| Scope {
        scope: *scope,
        summary: scope.words(),
        for_one_workspace: scope.is_of_stores(),
    });
    Ok(Json(ApiKeyList { api_keys: keys.into_iter().map(Into::into).collect(), scopes: scopes.collect() }))
}

/// Shows one of the organisation's keys
#[utoipa::path(
    get,
    path = "/api/api-keys/{id}",
    tag = "api-keys",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The key")),
    responses(
        (status = 200, description = "The key", body = ApiKey),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins; not for keys (`needs_person`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such key", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_api_key(session: Session, Path(id): Path<String>) -> Result<Json<ApiKey>, Problem> {
    Ok(Json(session.tenant.api_key(path::id(&id)?).await?.into()))
}

/// Makes a key for a program
///
/// The token is in this answer and nowhere else. A key goes when whoever made it leaves the organisation.
#[utoipa::path(
    post,
    path = "/api/api-keys",
    tag = "api-keys",
    security(("session" = [])),
    request_body = KeyRequest,
    responses(
        (status = 201, description = "The key with its token; `Location` is its address", body = CreatedApiKey),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins; not for keys (`needs_person`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_api_keys`: there are a hundred. `role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "A value is wrong, or there is no such workspace", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_api_key(
    session: Session,
    json::Json(wanted): json::Json<KeyRequest>,
) -> Result<(StatusCode, HeaderMap, Json<CreatedApiKey>), Problem> {
    let new = NewApiKey {
        name: wanted.name,
        scopes: wanted.scopes.into_iter().collect(),
        workspace: wanted.workspace_id.map(Into::into),
        expires_at: wanted.expires_at,
    };
    let (key, token) = session.tenant.create_api_key(&new).await.map_err(|error| match error {
        CatalogError::Invalid { field, reason } => {
            Problem::invalid_field(&format!("/{field}"), format!("must be {reason}"))
        }
        CatalogError::NotFound(_) => Problem::invalid_field("/workspace_id", "there is no such workspace"),
        other => other.into(),
    })?;
    let location = HeaderValue::from_str(&format!("/api/api-keys/{}", key.id)).map_err(|e| Problem::internal(&e))?;
    let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
    let created = CreatedApiKey { key: key.into(), token: token.expose().to_owned() };
    Ok((StatusCode::CREATED, headers, Json(created)))
}

/// Revokes a key at once
#[utoipa::path(
    delete,
    path = "/api/api-keys/{id}",
    tag = "api-keys",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The key")),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins; not for keys (`needs_person`)", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such key", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke_api_key(session: Session, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.revoke_api_key(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
