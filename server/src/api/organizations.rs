//! The organisations that one belongs to.

use aloftly_catalog::OrgRole;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use super::auth::{Session as SessionBody, begun};
use super::members::Role;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Session, of_browser};

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
