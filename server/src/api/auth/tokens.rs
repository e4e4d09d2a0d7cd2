//! Signing in as a program: access tokens, and the refresh tokens that bring the next ones.

use aloftly_catalog::{Entry, ProgramTokens};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{check_code, check_password};
use crate::api::App;
use crate::http::client::Caller;
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};

/// What a program signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ProgramSignIn {
    /// The account's address.
    #[schema(example = "owner@example.com")]
    email: String,
    /// Its password.
    #[schema(format = "password")]
    password: String,
    /// Where the account has a second factor: six digits of the authenticator, or a recovery code.
    #[schema(example = "123456")]
    code: Option<String>,
}

/// What a program holds for a person.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Tokens {
    /// Shown with each request: `Authorization: Bearer ...`. A JWT, which says who asks; the server decides by what is so at the moment.
    access_token: String,
    /// How it is shown: always `Bearer`.
    token_type: &'static str,
    /// For how long it is good, in seconds.
    expires_in: i64,
    /// Good once, for the next two tokens. It must be kept as safe as a password.
    refresh_token: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Refresh {
    refresh_token: String,
}

impl From<ProgramTokens> for Tokens {
    fn from(tokens: ProgramTokens) -> Self {
        Self {
            access_token: tokens.access.expose().to_owned(),
            token_type: "Bearer",
            expires_in: tokens.expires_in.num_seconds(),
            refresh_token: tokens.refresh.expose().to_owned(),
        }
    }
}

/// Signs in as a program, which gets an access token and a refresh token
///
/// What comes from one sign-in is one session: it is in the list of sessions, and ends as they do.
#[utoipa::path(
    post,
    path = "/api/auth/tokens",
    tag = "auth",
    request_body = ProgramSignIn,
    responses(
        (status = 200, description = "Signed in", body = Tokens),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "`invalid_credentials`: the address or the password is wrong; `second_factor_required`: a code is wanted, too; `invalid_code`: that is wrong or was used", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`no_organization`: the person belongs to none any more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn create_tokens(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<ProgramSignIn>,
) -> Result<axum::Json<Tokens>, Problem> {
    let entry = check_password(&app, &caller, &given.email, &given.password).await?;
    let signed_in = match (entry, &given.code) {
        (Entry::In(signed_in), _) => *signed_in,
        (Entry::SecondFactor(begun), Some(code)) => check_code(&app, &caller, begun.expose(), code).await?,
        (Entry::SecondFactor(_), None) => return Err(second_factor_required()),
    };
    Ok(axum::Json(app.backend.catalog.hand_to_program(&signed_in).await?.into()))
}

fn second_factor_required() -> Problem {
    let detail = "This account has a second factor. Send the code that the authenticator shows as `code`, too.";
    Problem::new(StatusCode::UNAUTHORIZED, "second_factor_required", detail)
}

/// Gives the next two tokens for a refresh token, which is used up by it
///
/// A refresh token that is shown again ends the session that it comes from, for whoever has tokens of it: somebody copied it. So a program
/// asks once at a time, keeps the new token before it uses the old one's answer, and signs in again when an answer is lost.
#[utoipa::path(
    post,
    path = "/api/auth/tokens/refresh",
    tag = "auth",
    request_body = Refresh,
    responses(
        (status = 200, description = "The next tokens", body = Tokens),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "It is no refresh token, was used before, or its session has ended", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn refresh_tokens(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<Refresh>,
) -> Result<axum::Json<Tokens>, Problem> {
    Ok(axum::Json(app.backend.catalog.refresh(&given.refresh_token, &caller.origin).await?.into()))
}

/// Signs a program out: ends the session that a refresh token comes from, with all its tokens, at once
#[utoipa::path(
    post,
    path = "/api/auth/tokens/revoke",
    tag = "auth",
    request_body = Refresh,
    responses(
        (status = 204, description = "No token of that session is good any more"),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn revoke_tokens(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<Refresh>,
) -> Result<StatusCode, Problem> {
    app.backend.catalog.revoke(&given.refresh_token, &caller.origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
