//! Signing in and out, and one's password.

pub(super) mod google;
mod limits;
pub(super) mod links;
pub(super) mod sign_up;
pub(super) mod tokens;

use aloftly_catalog::{CatalogError, Entry, Permission, SessionInfo, SignedIn};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use crate::http::client::Caller;
use crate::http::cookies;
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session;

pub(super) use self::limits::Limits;
pub(super) use self::links::Token;

/// How long a browser has for the second factor.
const SECOND_FACTOR_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// What one signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// The account's address.
    #[schema(example = "owner@example.com")]
    email: String,
    /// Its password.
    #[schema(format = "password")]
    password: String,
}

/// A code of the second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecondFactorCode {
    /// Six digits of the authenticator, or a recovery code.
    #[schema(example = "123456")]
    code: String,
}

/// The second factor is wanted before there is a session.
#[derive(Serialize, ToSchema)]
pub(super) struct SecondFactorWanted {
    /// Of which kind: `totp`.
    second_factor: &'static str,
}

/// Another password, and what proves that it is the person who wants it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordChange {
    /// The password until now.
    #[schema(format = "password")]
    current_password: String,
    /// From now on: ten characters or more.
    #[schema(format = "password")]
    new_password: String,
}

/// Who is signed in, and for which organisation.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    /// Which session it is.
    id: Uuid,
    user: User,
    organization: Organization,
    /// What the person is there: `viewer`, `member`, `admin` or `owner`.
    role: &'static str,
    /// What they may do there.
    #[schema(example = json!(["read_members", "leave"]))]
    permissions: Vec<&'static str>,
}

/// A person.
#[derive(Serialize, ToSchema)]
struct User {
    id: Uuid,
    email: String,
    name: String,
}

/// An organisation.
#[derive(Serialize, ToSchema)]
struct Organization {
    id: Uuid,
    name: String,
    plan_tier: String,
}

impl From<SessionInfo> for Session {
    fn from(info: SessionInfo) -> Self {
        let permissions = Permission::ALL.iter().filter(|permission| info.role >= permission.least());
        Self {
            id: info.id.0,
            permissions: permissions.map(|permission| permission.as_str()).collect(),
            user: User { id: info.user.id.0, email: info.user.email, name: info.user.name },
            organization: Organization {
                id: info.organization.0,
                name: info.organization_name,
                plan_tier: info.plan_tier,
            },
            role: info.role.as_str(),
        }
    }
}

/// Begins a session: the answer sets the cookie that carries it
#[utoipa::path(
    post,
    path = "/api/auth/sign-in",
    tag = "auth",
    request_body = SignIn,
    responses(
        (status = 200, description = "Signed in", body = Session),
        (status = 202, description = "The second factor is wanted, too", body = SecondFactorWanted),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "`invalid_credentials`: the address or the password is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`no_organization`: the person belongs to none any more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn sign_in(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Json(given): Json<SignIn>,
) -> Result<Response, Problem> {
    let entry = check_password(&app, &caller, &given.email, &given.password).await?;
    entered(&app, &caller, &jar, entry).await
}

/// Signs in with a password, as far as there were not too many attempts: for browsers and programs alike.
async fn check_password(app: &App, caller: &Caller, email: &str, password: &str) -> Result<Entry, Problem> {
    let attempt = app.sign_in.attempt(email, caller.address)?;
    let entry = app.backend.catalog.sign_in(email, password, &caller.origin).await.inspect_err(|error| {
        if matches!(error, CatalogError::InvalidCredentials) {
            tracing::info!(address = %caller.address, "a sign-in was refused");
        }
    })?;
    attempt.succeeded();
    Ok(entry)
}

/// Shows the second factor: a code of the authenticator, or a recovery code
#[utoipa::path(
    post,
    path = "/api/auth/second-factor",
    tag = "auth",
    request_body = SecondFactorCode,
    responses(
        (status = 200, description = "Signed in", body = Session),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "`invalid_code`: it is wrong or was used", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`sign_in_expired`: it took too long, or there were too many attempts: begin again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn show_second_factor(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Json(given): Json<SecondFactorCode>,
) -> Result<Response, Problem> {
    let begun = cookies::SECOND_FACTOR.of(&jar).ok_or_else(sign_in_expired)?;
    let signed_in = check_code(&app, &caller, begun, &given.code).await?;
    let mut answer = entered(&app, &caller, &jar, Entry::In(Box::new(signed_in))).await?;
    cookies::SECOND_FACTOR.forget_with(&mut answer);
    Ok(answer)
}

/// Goes on with a sign-in that wants the second factor, as far as there were not too many attempts.
async fn check_code(app: &App, caller: &Caller, begun: &str, code: &str) -> Result<SignedIn, Problem> {
    let catalog = &app.backend.catalog;
    let user = catalog.attempt_second_factor(begun).await.map_err(expired_sign_in)?;
    let attempt = app.sign_in.code_attempt(user)?;
    let signed_in = catalog.redeem_second_factor(user, begun, code, &caller.origin).await;
    if !matches!(signed_in, Err(CatalogError::InvalidCode)) {
        attempt.succeeded();
    }
    signed_in.map_err(expired_sign_in)
}

fn expired_sign_in(error: CatalogError) -> Problem {
    match error {
        CatalogError::LinkExpired => sign_in_expired(),
        other => other.into(),
    }
}

fn sign_in_expired() -> Problem {
    let detail = "It took too long, or there were too many attempts. Sign in from the beginning.";
    Problem::new(StatusCode::GONE, "sign_in_expired", detail)
}

/// What is answered to who has shown who they are: a session, which takes the place of the one before, or that the second factor is wanted.
pub(super) async fn entered(app: &App, caller: &Caller, jar: &CookieJar, entry: Entry) -> Result<Response, Problem> {
    match entry {
        Entry::In(signed_in) => {
            if let Some(before) = session::token(jar) {
                app.backend.catalog.sign_out(before, &caller.origin).await?;
            }
            Ok(begun(app, *signed_in).into_response())
        }
        Entry::SecondFactor(token) => {
            let cookie = cookies::SECOND_FACTOR.kept(token.expose(), SECOND_FACTOR_WITHIN);
            let wanted = axum::Json(SecondFactorWanted { second_factor: "totp" });
            Ok((StatusCode::ACCEPTED, cookie, wanted).into_response())
        }
    }
}

/// What is answered to who has a new session.
pub(super) fn begun(app: &App, signed_in: SignedIn) -> (HeaderMap, axum::Json<Session>) {
    let lifetime = signed_in.session.expires_at - app.backend.clock.now();
    (cookies::SESSION.kept(signed_in.token.expose(), lifetime), axum::Json(signed_in.session.into()))
}

/// Ends the session, if there is one
#[utoipa::path(
    post,
    path = "/api/auth/sign-out",
    tag = "auth",
    responses((status = 204, description = "There is no session any more"))
)]
pub(super) async fn sign_out(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
) -> Result<(StatusCode, HeaderMap), Problem> {
    if let Some(token) = session::token(&jar) {
        app.backend.catalog.sign_out(token, &caller.origin).await?;
    }
    Ok((StatusCode::NO_CONTENT, cookies::SESSION.forgotten()))
}

/// Changes one's password, and ends one's other sessions
#[utoipa::path(
    put,
    path = "/api/auth/password",
    tag = "auth",
    security(("session" = [])),
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed; all other sessions have ended"),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`: the password until now is another one; or the new one is too short or too long", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_password(
    State(app): State<App>,
    session: session::Session,
    caller: Caller,
    Json(given): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let attempt = app.sign_in.attempt(&session.info.user.email, caller.address)?;
    let person = session.tenant.person()?;
    let changed = person.change_password(&given.current_password, &given.new_password, session.info.id).await;
    // Only a guess counts.
    if !matches!(changed, Err(CatalogError::InvalidCredentials)) {
        attempt.succeeded();
    }
    changed.map_err(|error| match error {
        CatalogError::InvalidCredentials => Problem::wrong_password("/current_password"),
        CatalogError::Invalid { reason, .. } => Problem::invalid_field("/new_password", format!("must have {reason}")),
        other => other.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says who is signed in
#[utoipa::path(
    get,
    path = "/api/session",
    tag = "auth",
    security(("session" = [])),
    responses(
        (status = 200, description = "Who is signed in", body = Session),
        (status = 401, description = "Nobody is", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_session(session: session::Session) -> axum::Json<Session> {
    axum::Json(session.info.into())
}
