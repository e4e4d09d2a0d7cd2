//! The organisations that one belongs to.

use aloftly_catalog::{OrgRole, OrganizationId};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use super::account::check_oneself;
use super::auth::{Session as SessionBody, begun};
use super::members::Role;
use crate::http::client::Caller;
use crate::http::json::Json as Body;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Session, of_browser};
use crate::http::{cookies, path};

/// The organisations that one belongs to, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct OrganizationList {
    organizations: Vec<Membership>,
}

/// An organisation that one belongs to.
#[derive(Serialize, ToSchema)]
struct Membership {
    id: Uuid,
    name: String,
    /// What one is there.
    #[schema(value_type = Role)]
    role: OrgRole,
    /// Whether the session acts in it.
    is_current: bool,
}

/// Lists the organisations that one belongs to, by name
#[utoipa::path(
    get,
    path = "/api/orgs",
    tag = "organizations",
    security(("session" = [])),
    responses(
        (status = 200, description = "The organisations", body = OrganizationList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_organizations(session: Session) -> Result<Json<OrganizationList>, Problem> {
    let memberships = session.tenant.person()?.memberships().await?.into_iter();
    let organizations = memberships.map(|own| Membership {
        id: own.organization.0,
        is_current: own.organization == session.info.organization,
        name: own.name,
        role: own.role,
    });
    Ok(Json(OrganizationList { organizations: organizations.collect() }))
}

/// Goes on in another organisation that one belongs to
///
/// The answer sets the cookie of a new session there; the one until now ends.
#[utoipa::path(
    post,
    path = "/api/orgs/{id}/enter",
    tag = "organizations",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The organisation")),
    responses(
        (status = 200, description = "Signed in there", body = SessionBody),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "It is a program that asks", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such organisation, or one does not belong to it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn enter_organization(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<(HeaderMap, Json<SessionBody>), Problem> {
    let before = of_browser(&headers)?;
    let entered = session.tenant.person()?.enter(path::id(&id)?, &before).await?;
    Ok(begun(&app, entered))
}

/// What ends an organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationEnding {
    /// What it is called, to be certain that this one is meant.
    name: String,
    /// One's password. Who has none must have signed in within the last 15 minutes.
    #[schema(format = "password")]
    password: Option<String>,
}

/// Deletes the organisation that one acts in, with everything in it
///
/// Members, sessions, API keys, invitations and credentials are gone at once, and the data of its stores soon after. Nothing of it can be brought
/// back.
#[utoipa::path(
    delete,
    path = "/api/orgs/{id}",
    tag = "organizations",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The organisation")),
    request_body = OrganizationEnding,
    responses(
        (status = 204, description = "There is no such organisation any more"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For owners; or `sign_in_again`: one has no password, and signed in a while ago", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "One does not act in such an organisation", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`, or it is called otherwise", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_organization(
    State(app): State<App>,
    session: Session,
    caller: Caller,
    Path(id): Path<String>,
    Body(given): Body<OrganizationEnding>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    if path::id::<OrganizationId>(&id)? != session.info.organization {
        return Err(Problem::not_found());
    }
    session.tenant.require_to_close()?;
    check_oneself(&app, &session, &caller, given.password.as_deref()).await?;
    let closed = session.tenant.close_organization(&given.name).await;
    closed.map_err(|error| Problem::of_field(error, "name", "/name"))?;
    app.privacy.wake();
    Ok((StatusCode::NO_CONTENT, cookies::SESSION.forgotten()))
}
