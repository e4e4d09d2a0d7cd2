//! The passwords of links.

use aloftly_catalog::CatalogError;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{refused, visit};
use crate::api::App;
use crate::http::client::Caller;
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};

/// What a link wants before it shows anything.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SharePassword {
    #[schema(format = "password")]
    password: String,
}

/// What shows that a link's password was known.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ShareTicket {
    /// What goes into the header `Share-Ticket`.
    ticket: String,
    /// Until when it is good.
    expires_at: DateTime<Utc>,
}

/// Takes a link's password
#[utoipa::path(
    post,
    path = "/api/shared/unlock",
    tag = "shares",
    params(
        ("Share-Embed-Key" = Option<String>, Header, description = "The key in the address of the frame, where a page of somebody else's shows it"),
    ),
    request_body = SharePassword,
    responses(
        (status = 200, description = "What to show with each request from now on", body = ShareTicket),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_password`", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: there is no such link, it was taken back or has run out, its dashboard is not public any more, or who made it does not see its stores any more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn unlock_share(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Json(given): Json<SharePassword>,
) -> Result<axum::Json<ShareTicket>, Problem> {
    let catalog = &app.backend.catalog;
    let lock = catalog.share_lock(&visit(&headers)?).await.map_err(refused)?;
    // A password that is right is worked out as a wrong one is, and costs as much.
    app.sign_in.shared_figures(lock.share, caller.address)?;
    let attempt = app.sign_in.share_attempt(lock.share, caller.address)?;
    let ticket = catalog.unlock_share(&lock, &given.password).await;
    // Only a guess counts.
    if !matches!(ticket, Err(CatalogError::InvalidCredentials)) {
        attempt.succeeded();
    }
    let ticket = ticket.map_err(|error| match error {
        CatalogError::InvalidCredentials => Problem::forbidden_as("wrong_password", "This is not the link's password."),
        other => other.into(),
    })?;
    Ok(axum::Json(ShareTicket { ticket: ticket.expose().to_owned(), expires_at: ticket.expires_at }))
}
