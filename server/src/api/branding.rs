//! How the organisation's pages look.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// How the organisation's pages look; what is missing looks as the program's own. Images are data URLs of at most 48 KiB.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Branding {
    /// What stands in place of the program's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The colour of what can be pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "#0f766e")]
    accent: Option<String>,
    /// The logo on light pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_light: Option<String>,
    /// The logo on dark pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_dark: Option<String>,
    /// What browsers show in tabs.
    #[serde(skip_serializing_if = "Option::is_none")]
    favicon: Option<String>,
}

impl From<aloftly_catalog::Branding> for Branding {
    fn from(branding: aloftly_catalog::Branding) -> Self {
        let aloftly_catalog::Branding { name, accent, logo_light, logo_dark, favicon } = branding;
        Self { name, accent, logo_light, logo_dark, favicon }
    }
}

impl From<Branding> for aloftly_catalog::Branding {
    fn from(branding: Branding) -> Self {
        let Branding { name, accent, logo_light, logo_dark, favicon } = branding;
        Self { name, accent, logo_light, logo_dark, favicon }
    }
}

/// Tells how the organisation's pages look
#[utoipa::path(
    get,
    path = "/api/branding",
    tag = "branding",
    security(("session" = [])),
    responses(
        (status = 200, description = "How they look", body = Branding),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`needs_person`: not for keys", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_branding(session: Session) -> Result<axum::Json<Branding>, Problem> {
    Ok(axum::Json(session.tenant.branding().await?.into()))
}

/// Says how the organisation's pages look
#[utoipa::path(
    put,
    path = "/api/branding",
    tag = "branding",
    security(("session" = [])),
    request_body = Branding,
    responses(
        (status = 200, description = "How they look from now on", body = Branding),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 402, description = "`plan_limit`: the plan does not include it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn set_branding(
    session: Session,
    Json(given): Json<Branding>,
) -> Result<axum::Json<Branding>, Problem> {
    let branding = session.tenant.set_branding(&given.into()).await.map_err(Problem::of_fields)?;
    Ok(axum::Json(branding.into()))
}
