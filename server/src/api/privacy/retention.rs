//! For how long data are kept.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::App;
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// For how long an organisation keeps the data of its stores.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Retention {
    /// For so many whole months of each store's calendar, besides the one that is under way; `null` is for ever.
    #[schema(required = true, minimum = 1, maximum = 240)]
    #[serde(deserialize_with = "Option::deserialize")]
    months: Option<u32>,
}

/// Tells for how long the organisation keeps the data of its stores
#[utoipa::path(
    get,
    path = "/api/retention",
    tag = "privacy",
    security(("session" = [])),
    responses(
        (status = 200, description = "For how long", body = Retention),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn get_retention(session: Session) -> Result<axum::Json<Retention>, Problem> {
    Ok(axum::Json(Retention { months: session.tenant.retention().await? }))
}

/// Says for how long the organisation keeps the data of its stores
///
/// What is older is erased for good, soon and then day by day.
#[utoipa::path(
    put,
    path = "/api/retention",
    tag = "privacy",
    security(("session" = [])),
    request_body = Retention,
    responses(
        (status = 200, description = "For how long, from now on", body = Retention),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 402, description = "`plan_limit`: the plan keeps them for less", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn set_retention(
    State(app): State<App>,
    session: Session,
    Json(given): Json<Retention>,
) -> Result<axum::Json<Retention>, Problem> {
    let changed = session.tenant.set_retention(given.months).await;
    changed.map_err(|error| Problem::of_field(error, "months", "/months"))?;
    app.privacy.wake();
    get_retention(session).await
}
