//! Signing in and out, and one's password.

mod limits;

use aloftly_catalog::{CatalogError, Permission, SessionInfo, SignedIn};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::CookieJar;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use crate::http::client::Caller;
use crate::http::json::Json;
use crate::http::problem::{FieldProblem, Problem, ProblemDocument};
use crate::http::session;

pub(super) use limits::Limits;

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
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "`invalid_credentials`: the address or the password is wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn sign_in(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Json(given): Json<SignIn>,
) -> Result<(HeaderMap, axum::Json<Session>), Problem> {
    let attempt = app.sign_in.attempt(&given.email, caller.address)?;
    let catalog = &app.backend.catalog;
    let signed_in = catalog.sign_in(&given.email, &given.password, &caller.origin).await.inspect_err(|error| {
        if matches!(error, CatalogError::InvalidCredentials) {
            tracing::info!(address = %caller.address, "a sign-in was refused");
        }
    })?;
    attempt.succeeded();
    if let Some(before) = session::token(&jar) {
        catalog.sign_out(before, &caller.origin).await?;
    }
    Ok(begun(&app, signed_in))
}

/// What is answered to who has a new session.
pub(super) fn begun(app: &App, signed_in: SignedIn) -> (HeaderMap, axum::Json<Session>) {
    let lifetime = signed_in.session.expires_at - app.backend.clock.now();
    (session::kept(&signed_in.token, lifetime), axum::Json(signed_in.session.into()))
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
    Ok((StatusCode::NO_CONTENT, session::forgotten()))
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
        // Not 401: the session is as good as before.
        CatalogError::InvalidCredentials => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_password", "This is not your password.")
                .with_errors(vec![FieldProblem::new("/current_password", "is not your password")])
        }
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
