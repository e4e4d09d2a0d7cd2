//! Links by mail: to sign in, to choose another password, to prove an address.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SecondFactorWanted, Session, entered};
use crate::api::App;
use crate::http::client::Caller;
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::mail::Errand;

/// What a link carries.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Token {
    /// The part of the link behind `#token=`.
    pub(in crate::api) token: String,
}

/// Where to send a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Address {
    #[schema(example = "ann@example.com")]
    email: String,
}

/// Another password, and the link that allows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PasswordReset {
    /// The part of the link behind `#token=`.
    token: String,
    /// From now on: ten characters or more.
    #[schema(format = "password")]
    new_password: String,
}

/// Asks for a link to sign in with
///
/// The answer is the same whether somebody has an account with the address or not.
#[utoipa::path(
    post,
    path = "/api/auth/magic-link",
    tag = "auth",
    request_body = Address,
    responses(
        (status = 202, description = "If somebody has the address, a mail is on its way"),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many mails; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`no_mail`: this server sends none", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn send_sign_in_link(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<Address>,
) -> Result<StatusCode, Problem> {
    app.sign_in.mail(&given.email, caller.address)?;
    app.post.take(Errand::SignIn { email: given.email })?;
    Ok(StatusCode::ACCEPTED)
}

/// Signs in by a mail's link
#[utoipa::path(
    post,
    path = "/api/auth/magic-link/redeem",
    tag = "auth",
    request_body = Token,
    responses(
        (status = 200, description = "Signed in", body = Session),
        (status = 202, description = "The second factor is wanted, too", body = SecondFactorWanted),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`no_organization`: the person belongs to none any more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: the link was used or is too old", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn redeem_sign_in_link(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Json(given): Json<Token>,
) -> Result<Response, Problem> {
    let entry = app.backend.catalog.redeem_sign_in(&given.token, &caller.origin).await?;
    entered(&app, &caller, &jar, entry).await
}

/// Asks for a link to choose another password with
///
/// The answer is the same whether somebody has an account with the address or not.
#[utoipa::path(
    post,
    path = "/api/auth/password-reset",
    tag = "auth",
    request_body = Address,
    responses(
        (status = 202, description = "If somebody has the address, a mail is on its way"),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many mails; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`no_mail`: this server sends none", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn send_password_reset(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<Address>,
) -> Result<StatusCode, Problem> {
    app.sign_in.mail(&given.email, caller.address)?;
    app.post.take(Errand::PasswordReset { email: given.email })?;
    Ok(StatusCode::ACCEPTED)
}

/// Chooses another password by a mail's link, and ends all sessions
#[utoipa::path(
    post,
    path = "/api/auth/password-reset/redeem",
    tag = "auth",
    request_body = PasswordReset,
    responses(
        (status = 204, description = "Changed; all sessions have ended"),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: the link was used or is too old", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "The password is too short or too long", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn redeem_password_reset(
    State(app): State<App>,
    Json(given): Json<PasswordReset>,
) -> Result<StatusCode, Problem> {
    let changed = app.backend.catalog.redeem_password_reset(&given.token, &given.new_password).await;
    changed.map_err(|error| Problem::of_field(error, "password", "/new_password"))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proves by a mail's link that an address is one's own
#[utoipa::path(
    post,
    path = "/api/auth/verification/redeem",
    tag = "auth",
    request_body = Token,
    responses(
        (status = 204, description = "Proved"),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: the link was used or is too old", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn redeem_verification(
    State(app): State<App>,
    Json(given): Json<Token>,
) -> Result<StatusCode, Problem> {
    app.backend.catalog.redeem_verification(&given.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
