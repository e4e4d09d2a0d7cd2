//! The parts of the organisation, and who works in them.

use aloftly_catalog::WorkspaceRole;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::members::PlaceRole;
use crate::http::json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Principal, Session};

/// The workspaces that one may see, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct WorkspaceList {
    workspaces: Vec<Workspace>,
}

/// A part of the organisation that has stores.
#[derive(Serialize, ToSchema)]
pub(super) struct Workspace {
    id: Uuid,
    name: String,
}

/// A workspace that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWorkspace {
    name: String,
}

/// What somebody is to be in a workspace.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkspaceMemberChange {
    #[schema(value_type = PlaceRole)]
    role: WorkspaceRole,
}

/// Lists the workspaces that one may see, by name
#[utoipa::path(
    get,
    path = "/api/workspaces",
    tag = "members",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    responses(
        (status = 200, description = "The workspaces", body = WorkspaceList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_workspaces(principal: Principal) -> Result<Json<WorkspaceList>, Problem> {
    let workspaces = principal.tenant.workspaces().await?.into_iter();
    Ok(Json(WorkspaceList {
        workspaces: workspaces.map(|workspace| Workspace { id: workspace.id.0, name: workspace.name }).collect(),
    }))
}

/// Adds a workspace
#[utoipa::path(
    post,
    path = "/api/workspaces",
    tag = "members",
    security(("session" = [])),
    request_body = NewWorkspace,
    responses(
        (status = 201, description = "The workspace", body = Workspace),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`taken`: a workspace is called so. `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_workspace(
    session: Session,
    json::Json(given): json::Json<NewWorkspace>,
) -> Result<(StatusCode, Json<Workspace>), Problem> {
    let made = session.tenant.create_workspace(&given.name).await;
    let id = made.map_err(|error| Problem::of_field(error, "workspace name", "/name"))?;
    Ok((StatusCode::CREATED, Json(Workspace { id: id.0, name: given.name.trim().to_owned() })))
}

/// Adds a member to a workspace, or gives them another role there
#[utoipa::path(
    put,
    path = "/api/workspaces/{id}/members/{user_id}",
    tag = "members",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The workspace"),
        ("user_id" = Uuid, Path, description = "The member of the organisation"),
    ),
    request_body = WorkspaceMemberChange,
    responses(
        (status = 204, description = "They have the role"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins of the organisation or of the workspace", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such workspace or member, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "There is no such role", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set_workspace_member(
    session: Session,
    Path((workspace, user)): Path<(String, String)>,
    json::Json(change): json::Json<WorkspaceMemberChange>,
) -> Result<StatusCode, Problem> {
    session.tenant.set_workspace_role(path::id(&workspace)?, path::id(&user)?, change.role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a member out of a workspace
#[utoipa::path(
    delete,
    path = "/api/workspaces/{id}/members/{user_id}",
    tag = "members",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The workspace"),
        ("user_id" = Uuid, Path, description = "The member of the organisation"),
    ),
    responses(
        (status = 204, description = "They are not in it any more"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins of the organisation or of the workspace", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such workspace, or not for you; or they are not in it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn remove_workspace_member(
    session: Session,
    Path((workspace, user)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    session.tenant.remove_from_workspace(path::id(&workspace)?, path::id(&user)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
