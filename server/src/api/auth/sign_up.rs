//! Making an account.

use aloftly_catalog::{NewAccount, NewOwner, NewStore};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{SecondFactorWanted, Session, entered};
use crate::api::App;
use crate::api::stores::first_week_day;
use crate::config::SignUp as SignUpPolicy;
use crate::http::client::Caller;
use crate::http::json::Json;
use crate::http::problem::{FieldProblem, Problem, ProblemDocument};
use crate::mail::Errand;

/// How one can come in.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Methods {
    /// Whether whoever has an address can make an account.
    sign_up: bool,
    /// Whether links can be sent by mail.
    mail: bool,
    /// Whether one can sign in with Google.
    google: bool,
}

/// An account, an organisation and its first store that are to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SignUp {
    #[schema(example = "ann@example.com")]
    email: String,
    /// What the person is called.
    name: String,
    /// What the organisation is called.
    organization: String,
    store: FirstStore,
}

/// What makes the account that was asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SignUpCompletion {
    /// The part of the link behind `#token=`.
    token: String,
    /// What one will sign in with: ten characters or more.
    #[schema(format = "password")]
    password: String,
}

/// A store that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct FirstStore {
    name: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
    /// IANA.
    #[schema(value_type = String, example = "America/New_York")]
    timezone: Tz,
    /// `monday`, unless it is said.
    #[schema(example = "monday")]
    week_start: Option<String>,
}

impl FirstStore {
    pub(super) fn read(self) -> Result<NewStore, Problem> {
        let week_start = first_week_day(self.week_start.as_deref(), "/store/week_start")?;
        Ok(NewStore { name: self.name, currency: self.currency, timezone: self.timezone, week_start })
    }
}

/// Says how one can come in
#[utoipa::path(
    get,
    path = "/api/auth/methods",
    tag = "auth",
    responses((status = 200, description = "What this server offers", body = Methods))
)]
pub(in crate::api) async fn get_methods(State(app): State<App>) -> axum::Json<Methods> {
    let mail = app.post.works();
    let sign_up = mail && app.backend.config.sign_up == SignUpPolicy::Open;
    axum::Json(Methods { sign_up, mail, google: app.provider.is_some() })
}

/// Asks for an account: a mail with a link is sent that makes it
///
/// The answer is the same whether somebody has an account with the address or not: what the mail says is another thing.
#[utoipa::path(
    post,
    path = "/api/auth/sign-up",
    tag = "auth",
    request_body = SignUp,
    responses(
        (status = 202, description = "A mail is on its way"),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`sign_up_closed`: one has to be invited", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "Too many mails; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`no_mail`: this server sends none", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn sign_up(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<SignUp>,
) -> Result<StatusCode, Problem> {
    check_open(&app)?;
    let plan = app.backend.config.sign_up_plan;
    let owner = NewOwner { name: given.name, organization: given.organization, store: given.store.read()?, plan };
    let new = NewAccount { email: given.email, owner };
    check(new.problems())?;
    app.sign_in.mail(&new.email, caller.address)?;
    app.post.take(Errand::SignUp(Box::new(new)))?;
    Ok(StatusCode::ACCEPTED)
}

/// Refuses where one has to be invited.
pub(super) fn check_open(app: &App) -> Result<(), Problem> {
    match app.backend.config.sign_up {
        SignUpPolicy::Open => Ok(()),
        SignUpPolicy::Invited => {
            Err(Problem::forbidden_as("sign_up_closed", "Here one has to be invited: ask somebody who has an account."))
        }
    }
}

/// Refuses a body with problems, all of which are told.
pub(super) fn check(problems: Vec<(&'static str, String)>) -> Result<(), Problem> {
    if problems.is_empty() {
        return Ok(());
    }
    let told = problems.into_iter().map(|(place, reason)| FieldProblem::new(place, reason));
    Err(Problem::invalid(told.collect()))
}

/// Makes the account that a mail's link was sent for, with a password, and signs in
#[utoipa::path(
    post,
    path = "/api/auth/sign-up/complete",
    tag = "auth",
    request_body = SignUpCompletion,
    responses(
        (status = 200, description = "Signed in, as the owner of a new organisation", body = Session),
        (status = 202, description = "It is made, and the second factor is wanted, which one had before", body = SecondFactorWanted),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`taken`: there is an account with the address by now", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: the link was used or is too old", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "The password is too short or too long", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn complete_sign_up(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Json(given): Json<SignUpCompletion>,
) -> Result<Response, Problem> {
    let entry = app.backend.catalog.complete_sign_up(&given.token, &given.password, &caller.origin).await;
    let entry = entry.map_err(|error| Problem::of_field(error, "password", "/password"))?;
    entered(&app, &caller, &jar, entry).await
}
