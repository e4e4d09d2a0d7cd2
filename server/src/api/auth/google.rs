//! Signing in with Google: the way there and back, and the account of who comes for the first time.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::{Entry, IdentityEntry, NewOwner};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum_extra::extract::CookieJar;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use utoipa::{IntoParams, ToSchema};

use super::sign_up::{FirstStore, check, check_open};
use super::{Session, entered};
use crate::api::App;
use crate::http::client::Caller;
use crate::http::cookies;
use crate::http::json::Json;
use crate::http::problem::{Chain, Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::see::see;
use crate::http::session;
use crate::identity::{Departure, Provider, ProviderError};

/// How long a browser may be away.
const AWAY: TimeDelta = TimeDelta::minutes(10);
/// The longest page that is gone back to, in bytes.
const LONGEST_PAGE: usize = 512;
/// How long somebody new has to say what their organisation is called.
const SIGN_UP_WITHIN: TimeDelta = TimeDelta::hours(1);

/// Where to go afterwards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Leaving {
    /// A page of the app, such as `/settings/security`; the first page unless it is said.
    return_to: Option<String>,
}

/// What comes back from Google.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct Arriving {
    /// What the browser left with.
    state: Option<String>,
    /// What shows who it is.
    code: Option<String>,
    /// Why there is none.
    error: Option<String>,
}

/// What is known again when a browser comes back.
#[derive(Deserialize, Serialize)]
struct Away {
    departure: Departure,
    /// The SHA-256 of what the browser's cookie has: it must be the browser that left.
    browser: String,
    return_to: String,
}

/// Who signs up with Google.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct GoogleSignUp {
    email: String,
    name: String,
}

/// An organisation and its first store that are to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct GoogleNewOwner {
    /// What the person is called; as Google calls them unless it is said.
    name: Option<String>,
    /// What the organisation is called.
    organization: String,
    store: FirstStore,
}

fn provider(app: &App) -> Result<&Provider, Problem> {
    app.provider.as_ref().ok_or_else(Problem::not_found)
}

/// Only pages of the app: a path, and no address of another host in a path's disguise.
fn own_page(path: Option<String>) -> String {
    let own = |path: &String| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains('\\')
            && path.bytes().all(|byte| byte.is_ascii_graphic())
    };
    path.filter(|path| path.len() <= LONGEST_PAGE).filter(own).unwrap_or_else(|| "/".to_owned())
}

fn hashed(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Sends the browser to Google to sign in
#[utoipa::path(
    get,
    path = "/api/auth/google/start",
    tag = "auth",
    params(Leaving),
    responses(
        (status = 303, description = "To Google, which sends the browser back to `/api/auth/google/callback`"),
        (status = 404, description = "This server does not offer it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn begin_google(
    State(app): State<App>,
    caller: Caller,
    Query(leaving): Query<Leaving>,
) -> Result<Response, Problem> {
    let provider = provider(&app)?;
    app.sign_in.departure(caller.address)?;
    let (departure, challenge) = Provider::departure();
    let browser = oauth2::CsrfToken::new_random_len(32).secret().clone();
    let away = Away { departure: departure.clone(), browser: hashed(&browser), return_to: own_page(leaving.return_to) };
    let state = app.backend.catalog.leave_for_provider(&away).await?;
    match provider.address(&departure, challenge, state.expose()).await {
        Ok(address) => Ok(see(address.as_str(), cookies::DEPARTURE.kept(&browser, AWAY))),
        Err(error) => Ok(refused(&error)),
    }
}

/// Where Google sends the browser back to
#[utoipa::path(
    get,
    path = "/api/auth/google/callback",
    tag = "auth",
    params(Arriving),
    responses(
        (status = 303, description = "To the page that the browser left from, with a session; or to `/sign-up/google`, `/sign-in?step=second-factor` or \
            `/sign-in?problem=<code>`"),
        (status = 404, description = "This server does not offer it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn finish_google(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Query(arriving): Query<Arriving>,
) -> Result<Response, Problem> {
    provider(&app)?;
    let mut answer = match arrive(&app, &caller, &jar, arriving).await {
        Ok(answer) => answer,
        Err(Arrival::Refused(code)) => see(&format!("/sign-in?problem={code}"), HeaderMap::new()),
        Err(Arrival::Provider(error)) => refused(&error),
        Err(Arrival::Problem(problem)) => return Err(problem),
    };
    cookies::DEPARTURE.forget_with(&mut answer);
    Ok(answer)
}

/// Why nobody arrived.
enum Arrival {
    /// The page says it in words.
    Refused(&'static str),
    Provider(ProviderError),
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for Arrival {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

async fn arrive(app: &App, caller: &Caller, jar: &CookieJar, arriving: Arriving) -> Result<Response, Arrival> {
    let catalog = &app.backend.catalog;
    let state = arriving.state.ok_or(Arrival::Refused("sign_in_expired"))?;
    let away: Away = catalog.back_from_provider(&state).await.map_err(|error| match error {
        aloftly_catalog::CatalogError::LinkExpired => Arrival::Refused("sign_in_expired"),
        other => Arrival::Problem(other.into()),
    })?;
    let browser = cookies::DEPARTURE.of(jar).map(hashed).unwrap_or_default();
    if !bool::from(browser.as_bytes().ct_eq(away.browser.as_bytes())) {
        return Err(Arrival::Refused("other_browser"));
    }
    if arriving.error.is_some() {
        return Err(Arrival::Refused("google_declined"));
    }
    let code = arriving.code.ok_or(Arrival::Refused("google_declined"))?;
    let who = provider(app)?.arrival(&away.departure, &code).await.map_err(Arrival::Provider)?;
    let signed_in = match session::token(jar) {
        Some(token) => catalog.authenticate(token).await.ok().map(|(_, session)| session.user.id),
        None => None,
    };
    match catalog.enter_by_identity(&who, signed_in, &caller.origin).await? {
        IdentityEntry::Other => Err(Arrival::Refused("google_other_account")),
        IdentityEntry::Unproved => Err(Arrival::Refused("google_unproved")),
        IdentityEntry::New(token) => {
            if check_open(app).is_err() {
                return Err(Arrival::Refused("sign_up_closed"));
            }
            Ok(see("/sign-up/google", cookies::SIGN_UP.kept(token.expose(), SIGN_UP_WITHIN)))
        }
        IdentityEntry::Known(entry) => {
            let page = match &entry {
                Entry::In(_) => away.return_to,
                Entry::SecondFactor(_) => {
                    let next: String = url::form_urlencoded::byte_serialize(away.return_to.as_bytes()).collect();
                    format!("/sign-in?step=second-factor&next={next}")
                }
            };
            let entered = entered(app, caller, jar, entry).await?;
            let kept = entered.headers().get_all(header::SET_COOKIE).into_iter();
            let kept = kept.map(|cookie| (header::SET_COOKIE, cookie.clone())).collect();
            Ok(see(&page, kept))
        }
    }
}

fn refused(error: &ProviderError) -> Response {
    tracing::warn!(error = %Chain(error), "somebody could not sign in with Google");
    let code = match error {
        ProviderError::UnverifiedEmail => "google_unverified",
        ProviderError::Refused(_) => "google_declined",
        _ => "google_unavailable",
    };
    see(&format!("/sign-in?problem={code}"), HeaderMap::new())
}

/// Says who is signing up with Google
#[utoipa::path(
    get,
    path = "/api/auth/sign-up/google",
    tag = "auth",
    responses(
        (status = 200, description = "Who Google says that it is", body = GoogleSignUp),
        (status = 410, description = "`link_expired`: it took too long", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn get_google_sign_up(
    State(app): State<App>,
    jar: CookieJar,
) -> Result<axum::Json<GoogleSignUp>, Problem> {
    let token = cookies::SIGN_UP.of(&jar).ok_or_else(Problem::link_expired)?;
    let who = app.backend.catalog.identity_signing_up(token).await?;
    Ok(axum::Json(GoogleSignUp { email: who.email, name: who.name }))
}

/// Makes the account of who signs up with Google, and signs in
#[utoipa::path(
    post,
    path = "/api/auth/sign-up/google",
    tag = "auth",
    request_body = GoogleNewOwner,
    responses(
        (status = 200, description = "Signed in, as the owner of a new organisation", body = Session),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`sign_up_closed`: one has to be invited", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`taken`: there is an account with the address by now", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: it took too long", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn complete_google_sign_up(
    State(app): State<App>,
    caller: Caller,
    jar: CookieJar,
    Json(given): Json<GoogleNewOwner>,
) -> Result<Response, Problem> {
    check_open(&app)?;
    let catalog = &app.backend.catalog;
    let token = cookies::SIGN_UP.of(&jar).ok_or_else(Problem::link_expired)?;
    let name = match given.name {
        Some(name) => name,
        None => catalog.identity_signing_up(token).await?.name,
    };
    let plan = app.backend.config.sign_up_plan;
    let owner = NewOwner { name, organization: given.organization, store: given.store.read()?, plan };
    check(owner.problems())?;
    let entry = catalog.complete_identity_sign_up(token, &owner, &caller.origin).await?;
    let mut answer = entered(&app, &caller, &jar, entry).await?;
    cookies::SIGN_UP.forget_with(&mut answer);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_app_are_gone_to() {
        let to = |path: &str| own_page(Some(path.to_owned()));
        assert_eq!(to("/settings/security?x=1"), "/settings/security?x=1");
        for foreign in
            ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "", "a", "/a\r\nset-cookie: x"]
        {
            assert_eq!(to(foreign), "/", "{foreign}");
        }
    }
}
