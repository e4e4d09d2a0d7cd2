//! Who belongs to the organisation.

use aloftly_catalog::{OrgRole, WorkspaceRole};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Principal, Session};

/// Everybody in the organisation, by address.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberList {
    members: Vec<Member>,
}

/// A person in the organisation.
#[derive(Serialize, ToSchema)]
pub(super) struct Member {
    user_id: Uuid,
    email: String,
    name: String,
    #[schema(value_type = Role)]
    role: OrgRole,
    /// The workspaces that they were added to, of those that one may see, by name. Owners and admins work in all of them anyway.
    workspaces: Vec<Place>,
    /// Since when.
    created_at: DateTime<Utc>,
    /// When they last used the organisation in a session that has not ended, to within a few minutes. For those who manage members.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<DateTime<Utc>>,
}

/// A workspace that somebody was added to.
#[derive(Serialize, ToSchema)]
struct Place {
    id: Uuid,
    name: String,
    #[schema(value_type = PlaceRole)]
    role: WorkspaceRole,
}

/// What somebody is in an organisation.
#[derive(ToSchema)]
#[schema(as = OrgRole)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
pub(super) enum Role {
    Viewer,
    Member,
    Admin,
    Owner,
}

/// What somebody is in a workspace.
#[derive(ToSchema)]
#[schema(as = WorkspaceRole)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
pub(super) enum PlaceRole {
    Viewer,
    Editor,
    Admin,
}

/// What to change of a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberChange {
    #[schema(value_type = Role)]
    role: OrgRole,
}

impl From<aloftly_catalog::Member> for Member {
    fn from(member: aloftly_catalog::Member) -> Self {
        let workspaces = member.workspaces.into_iter();
        Self {
            user_id: member.user.id.0,
            email: member.user.email,
            name: member.user.name,
            role: member.role,
            workspaces: workspaces.map(|place| Place { id: place.id.0, name: place.name, role: place.role }).collect(),
            created_at: member.created_at,
            last_seen_at: member.last_seen_at,
        }
    }
}

/// Lists the organisation's members, by address
#[utoipa::path(
    get,
    path = "/api/members",
    tag = "members",
    security(("session" = []), ("api_key" = ["members:read"])),
    responses(
        (status = 200, description = "The members", body = MemberList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_members(principal: Principal) -> Result<Json<MemberList>, Problem> {
    let members = principal.tenant.members().await?;
    Ok(Json(MemberList { members: members.into_iter().map(Into::into).collect() }))
}

/// Gives a member another role
#[utoipa::path(
    patch,
    path = "/api/members/{user_id}",
    tag = "members",
    security(("session" = [])),
    params(("user_id" = Uuid, Path, description = "The member")),
    request_body = MemberChange,
    responses(
        (status = 200, description = "The member, in the new role", body = Member),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins; for owners where an owner is made or changed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such member", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`last_owner`: nobody would own the organisation. `role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "There is no such role", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_member(
    session: Session,
    Path(user): Path<String>,
    json::Json(change): json::Json<MemberChange>,
) -> Result<Json<Member>, Problem> {
    let user = path::id(&user)?;
    session.tenant.change_role(user, change.role).await?;
    Ok(Json(session.tenant.member(user).await?.into()))
}

/// Removes a member, or leaves when it is oneself
///
/// Their sessions in the organisation end at once, and they are in none of its workspaces any more.
#[utoipa::path(
    delete,
    path = "/api/members/{user_id}",
    tag = "members",
    security(("session" = [])),
    params(("user_id" = Uuid, Path, description = "The member")),
    responses(
        (status = 204, description = "Gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins; for owners where it is an owner", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such member", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`last_owner`: nobody would own the organisation. `role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn remove_member(session: Session, Path(user): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.remove_member(path::id(&user)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a member the owner in one's own place
///
/// One is an admin from then on.
#[utoipa::path(
    post,
    path = "/api/members/{user_id}/ownership",
    tag = "members",
    security(("session" = [])),
    params(("user_id" = Uuid, Path, description = "The member")),
    responses(
        (status = 200, description = "The new owner", body = Member),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For owners", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such member", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's own role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "It is oneself", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn transfer_ownership(session: Session, Path(user): Path<String>) -> Result<Json<Member>, Problem> {
    let user = path::id(&user)?;
    session.tenant.transfer_ownership(user).await?;
    Ok(Json(session.tenant.member(user).await?.into()))
}
