//! One's own account.

mod export;

use aloftly_catalog::{CatalogError, Person, RecoveryCode, SecondFactorState};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use crate::http::client::Caller;
use crate::http::cookies;
use crate::http::json::Json;
use crate::http::problem::{FieldProblem, Problem, ProblemDocument};
use crate::http::session::Session;
use crate::mail::Errand;

/// One's account.
#[derive(Serialize, ToSchema)]
pub(super) struct Account {
    id: Uuid,
    email: String,
    name: String,
    /// Whether it is known that the address is one's own.
    email_verified: bool,
    /// Whether one can sign in with a password.
    has_password: bool,
    /// Whether one can sign in with Google.
    google: bool,
    second_factor: SecondFactor,
    /// Since when.
    created_at: DateTime<Utc>,
}

/// Whether a code is wanted besides the password.
#[derive(Serialize, ToSchema)]
struct SecondFactor {
    enabled: bool,
    /// How many recovery codes have not been used.
    recovery_codes_left: u32,
}

/// What to change of one's account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountChange {
    /// What one is called.
    name: String,
}

/// What shows that it is oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Oneself {
    /// One's password. Who has none must have signed in within the last 15 minutes.
    #[schema(format = "password")]
    password: Option<String>,
}

/// What ends one's account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    /// One's password. Who has none must have signed in within the last 15 minutes.
    #[schema(format = "password")]
    password: Option<String>,
    /// Whether organisations that nobody else owns are deleted with it, with everything in them.
    #[serde(default)]
    delete_organizations: bool,
}

/// A code of an authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    /// Six digits.
    #[schema(example = "123456")]
    code: String,
}

/// A secret for an authenticator. It is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct NewSecondFactor {
    /// In base32, for who types it.
    secret: String,
    /// For who scans it.
    #[schema(example = "otpauth://totp/Aloftly:ann@example.com?secret=…&issuer=Aloftly")]
    uri: String,
}

/// Codes that each stand in for the authenticator's once. They are shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryCodes {
    #[schema(example = json!(["k2md-7wqx-9ahf-c3np"]))]
    recovery_codes: Vec<String>,
}

impl From<Vec<RecoveryCode>> for RecoveryCodes {
    fn from(codes: Vec<RecoveryCode>) -> Self {
        Self { recovery_codes: codes.iter().map(|code| code.expose().to_owned()).collect() }
    }
}

async fn read(app: &App, person: &Person) -> Result<axum::Json<Account>, Problem> {
    let account = person.account().await?;
    let issuer = app.backend.config.google_issuer.trim_end_matches('/');
    let second_factor = match account.second_factor {
        SecondFactorState::Off => SecondFactor { enabled: false, recovery_codes_left: 0 },
        SecondFactorState::On { recovery_codes_left } => SecondFactor { enabled: true, recovery_codes_left },
    };
    Ok(axum::Json(Account {
        id: account.user.id.0,
        email: account.user.email,
        name: account.user.name,
        email_verified: account.email_verified_at.is_some(),
        has_password: account.has_password,
        google: account.identities.iter().any(|own| own.trim_end_matches('/') == issuer),
        second_factor,
        created_at: account.created_at,
    }))
}

/// Refuses to go on unless it is the person who asks. Wrong passwords are counted as at a sign-in.
pub(super) async fn check_oneself(
    app: &App,
    session: &Session,
    caller: &Caller,
    given: Option<&str>,
) -> Result<Person, Problem> {
    let attempt = app.sign_in.attempt(&session.info.user.email, caller.address)?;
    let person = session.tenant.person()?;
    let checked = person.check_oneself(given, session.info.id).await;
    // Only a guess counts.
    if given.is_none() || !matches!(checked, Err(CatalogError::InvalidCredentials)) {
        attempt.succeeded();
    }
    checked.map_err(|error| match error {
        CatalogError::InvalidCredentials => Problem::wrong_password("/password"),
        other => other.into(),
    })?;
    Ok(person)
}

/// Says what is known of one's account
#[utoipa::path(
    get,
    path = "/api/account",
    tag = "account",
    security(("session" = [])),
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_account(State(app): State<App>, session: Session) -> Result<axum::Json<Account>, Problem> {
    read(&app, &session.tenant.person()?).await
}

/// Changes what one is called
#[utoipa::path(
    patch,
    path = "/api/account",
    tag = "account",
    security(("session" = [])),
    request_body = AccountChange,
    responses(
        (status = 200, description = "The account, changed", body = Account),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "That is no name", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_account(
    State(app): State<App>,
    session: Session,
    Json(given): Json<AccountChange>,
) -> Result<axum::Json<Account>, Problem> {
    let person = session.tenant.person()?;
    person.rename(&given.name).await.map_err(|error| Problem::of_field(error, "name", "/name"))?;
    read(&app, &person).await
}

/// Ends one's account
///
/// One leaves every organisation. Nothing is kept but what the organisations' audit logs say. The last owner of an organisation hands it
/// over first, or says that it is deleted, too (`delete_organizations`).
#[utoipa::path(
    delete,
    path = "/api/account",
    tag = "account",
    security(("session" = [])),
    request_body = Ending,
    responses(
        (status = 204, description = "There is no such account any more"),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`sign_in_again`: one has no password, and signed in a while ago", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`last_owner`: organisations would have no owner, which are named", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_account(
    State(app): State<App>,
    session: Session,
    caller: Caller,
    Json(given): Json<Ending>,
) -> Result<(StatusCode, HeaderMap), Problem> {
    let person = check_oneself(&app, &session, &caller, given.password.as_deref()).await?;
    person.delete_account(given.delete_organizations).await?;
    app.privacy.wake();
    Ok((StatusCode::NO_CONTENT, cookies::SESSION.forgotten()))
}

/// Everything that is kept of oneself as a person, as a JSON file
#[utoipa::path(
    get,
    path = "/api/account/export",
    tag = "account",
    security(("session" = [])),
    responses(
        (status = 200, description = "One's account, memberships and sessions, and what the audit logs of one's organisations have of what one did",
            body = serde_json::Value),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn export_account(session: Session) -> Result<Response, Problem> {
    Ok(export::answer(session.tenant.person()?).await?)
}

/// Has a mail sent with a link that proves that one's address is one's own
#[utoipa::path(
    post,
    path = "/api/account/verification",
    tag = "account",
    security(("session" = [])),
    responses(
        (status = 202, description = "A mail is on its way, unless it is known already"),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many mails; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`no_mail`: this server sends none", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn send_verification(
    State(app): State<App>,
    session: Session,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    if !app.post.works() {
        return Err(Problem::no_mail());
    }
    app.sign_in.mail(&session.info.user.email, caller.address)?;
    if let Some(link) = session.tenant.person()?.verification_link().await? {
        app.post.take(Errand::Verification(link))?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// Begins to set up a second factor: shows a secret for an authenticator
#[utoipa::path(
    post,
    path = "/api/account/second-factor",
    tag = "account",
    security(("session" = [])),
    request_body = Oneself,
    responses(
        (status = 200, description = "The secret; it is wanted once a code of it was shown", body = NewSecondFactor),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`sign_in_again`: one has no password, and signed in a while ago", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`taken`: one has a second factor", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn begin_second_factor(
    State(app): State<App>,
    session: Session,
    caller: Caller,
    Json(given): Json<Oneself>,
) -> Result<axum::Json<NewSecondFactor>, Problem> {
    let person = check_oneself(&app, &session, &caller, given.password.as_deref()).await?;
    let new = person.begin_second_factor().await?;
    Ok(axum::Json(NewSecondFactor { secret: new.secret, uri: new.uri }))
}

/// Turns the second factor on, by a code of the authenticator
#[utoipa::path(
    put,
    path = "/api/account/second-factor",
    tag = "account",
    security(("session" = [])),
    request_body = Code,
    responses(
        (status = 200, description = "It is on; recovery codes for when the authenticator is lost", body = RecoveryCodes),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_code`: it is not of the secret that was shown last", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn confirm_second_factor(
    State(app): State<App>,
    session: Session,
    Json(given): Json<Code>,
) -> Result<axum::Json<RecoveryCodes>, Problem> {
    let attempt = app.sign_in.code_attempt(session.info.user.id)?;
    let confirmed = session.tenant.person()?.confirm_second_factor(&given.code).await;
    if !matches!(confirmed, Err(CatalogError::InvalidCode)) {
        attempt.succeeded();
    }
    let codes = confirmed.map_err(|error| match error {
        // Not 401: the session is as good as before.
        CatalogError::InvalidCode => {
            let detail = "The code is wrong. Check the authenticator's clock, and take the code that it shows now.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_code", detail)
                .with_errors(vec![FieldProblem::new("/code", "is wrong")])
        }
        other => other.into(),
    })?;
    Ok(axum::Json(codes.into()))
}

/// Turns the second factor off
#[utoipa::path(
    delete,
    path = "/api/account/second-factor",
    tag = "account",
    security(("session" = [])),
    request_body = Oneself,
    responses(
        (status = 204, description = "It is off"),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`sign_in_again`: one has no password, and signed in a while ago", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "It was not on", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end_second_factor(
    State(app): State<App>,
    session: Session,
    caller: Caller,
    Json(given): Json<Oneself>,
) -> Result<StatusCode, Problem> {
    check_oneself(&app, &session, &caller, given.password.as_deref()).await?.end_second_factor().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes other recovery codes; those before are good for nothing any more
#[utoipa::path(
    post,
    path = "/api/account/second-factor/recovery-codes",
    tag = "account",
    security(("session" = [])),
    request_body = Oneself,
    responses(
        (status = 200, description = "The codes", body = RecoveryCodes),
        (status = 401, description = "Nobody is signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`sign_in_again`: one has no password, and signed in a while ago", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "One has no second factor", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "`wrong_password`", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn renew_recovery_codes(
    State(app): State<App>,
    session: Session,
    caller: Caller,
    Json(given): Json<Oneself>,
) -> Result<axum::Json<RecoveryCodes>, Problem> {
    let person = check_oneself(&app, &session, &caller, given.password.as_deref()).await?;
    Ok(axum::Json(person.renew_recovery_codes().await?.into()))
}
