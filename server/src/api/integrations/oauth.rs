//! Connecting a provider by OAuth: the way there and back.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use std::collections::BTreeMap;

use aloftly_catalog::{CatalogError, ConnectionStatus};
use aloftly_connectors::contract::{Authorization, Callback, Calls, Failure};
use aloftly_engine::StoreId;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::App;
use super::connect::{begin, checked_fields};
use super::{provider, refused};
use crate::http::json::Json;
use crate::http::problem::{Chain, Problem, ProblemDocument};
use crate::http::see::see;
use crate::http::session::Session;
use crate::syncing::client::client;
use crate::syncing::connect::Provider;

/// Where people look after their connections.
const PAGE: &str = "/connections";

/// Who is to be connected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct OAuthStart {
    /// The store that the data go to.
    store_id: Uuid,
    /// What the provider's form asks for, by the names of the fields.
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// Where the browser goes.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct OAuthDeparture {
    /// The provider's page. Open it in this window.
    #[schema(value_type = String)]
    location: Url,
}

/// What is known again when a browser comes back.
#[derive(Deserialize, Serialize)]
struct Away {
    organization: Uuid,
    session: Uuid,
    store: Uuid,
    provider: String,
    fields: BTreeMap<String, String>,
    verifier: String,
}

/// Begins the connection of a provider that is signed in to at the provider
#[utoipa::path(
    post,
    path = "/api/oauth/{provider}/start",
    tag = "integrations",
    params(("provider" = String, Path, description = "The provider's id")),
    security(("session" = [])),
    request_body = OAuthStart,
    responses(
        (status = 200, description = "Where the browser goes; the provider sends it back to `/api/oauth/{provider}/callback`", body = OAuthDeparture),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such store or provider, or one that this server is not known to", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`has_sample_data`: the store holds made-up data, which are not mixed with real ones", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn start_oauth(
    State(app): State<App>,
    session: Session,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(given): Json<OAuthStart>,
) -> Result<axum::Json<OAuthDeparture>, Problem> {
    session.tenant.check_connect_to(StoreId::from(given.store_id)).await?;
    let provider = provider(&app, &id)?;
    let (Some(oauth), Some(registration)) = (provider.connector.oauth(), &provider.app) else {
        return Err(Problem::not_found());
    };
    let fields = checked_fields(provider, given.fields)?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let away = Away {
        organization: session.info.organization.0,
        session: session.info.id.0,
        store: given.store_id,
        provider: id,
        fields,
        verifier: verifier.into_secret(),
    };
    let state = app.backend.catalog.leave_to_connect(session.info.user.id, &away).await?;
    let redirect = redirect(&app, &headers, provider)?;
    let authorization = Authorization {
        fields: &away.fields,
        state: state.expose(),
        challenge: challenge.as_str(),
        redirect: &redirect,
    };
    let location = oauth.authorize(registration, &authorization).map_err(|failure| refused(provider, &failure))?;
    Ok(axum::Json(OAuthDeparture { location }))
}

/// Where a provider sends the browser back to
#[utoipa::path(
    get,
    path = "/api/oauth/{provider}/callback",
    tag = "integrations",
    params(("provider" = String, Path, description = "The provider's id")),
    responses(
        (status = 303, description = "To the page of the connections, which says what came of it: `?connected=<id>`, `?choose=<id>` or `?problem=<code>`"),
    )
)]
pub(in crate::api) async fn finish_oauth(
    State(app): State<App>,
    session: Option<Session>,
    headers: HeaderMap,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let parameters: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let page = match arrive(&app, session, &headers, &id, &parameters).await {
        Ok(page) => page,
        Err(Arrival::Told(code)) => format!("{PAGE}?problem={code}&provider={}", plain(&id)),
        Err(Arrival::Problem(problem)) => {
            if problem.status().is_server_error() && problem.status() != StatusCode::BAD_GATEWAY {
                return Err(problem);
            }
            format!("{PAGE}?problem={}&provider={}", problem.code(), plain(&id))
        }
    };
    Ok(see(&page, HeaderMap::new()))
}

/// Why nothing was connected.
enum Arrival {
    /// The page says it in words.
    Told(&'static str),
    Problem(Problem),
}

impl<E: Into<Problem>> From<E> for Arrival {
    fn from(error: E) -> Self {
        Self::Problem(error.into())
    }
}

async fn arrive(
    app: &App,
    session: Option<Session>,
    headers: &HeaderMap,
    id: &str,
    parameters: &[(String, String)],
) -> Result<String, Arrival> {
    let state = parameters.iter().find(|(name, _)| name == "state").map(|(_, value)| value.as_str());
    let state = state.ok_or(Arrival::Told("connection_expired"))?;
    let back = app.backend.catalog.back_to_connect::<Away>(state).await;
    let (user, away) = back.map_err(|error| match error {
        CatalogError::LinkExpired => Arrival::Told("connection_expired"),
        other => other.into(),
    })?;
    // Whoever comes back must be who left, in the browser and the organisation that they left from.
    let session = session.ok_or(Arrival::Told("other_session"))?;
    let same = session.info.id.0 == away.session
        && session.info.organization.0 == away.organization
        && Some(session.info.user.id) == user
        && away.provider == id;
    if !same {
        return Err(Arrival::Told("other_session"));
    }
    let provider = provider(app, id)?;
    let oauth = provider.connector.oauth().ok_or_else(Problem::not_found)?;
    let verifier = PkceCodeVerifier::new(away.verifier).into_secret();
    let redirect = redirect(app, headers, provider)?;
    let callback = Callback { fields: &away.fields, parameters, verifier: &verifier, redirect: &redirect };
    let cancel = CancellationToken::new();
    let exchanged = async {
        let http = client(&app.backend, provider, &away.fields, None)?;
        let calls = Calls { http: &http, cancel: &cancel, clock: &app.backend.clock, app: provider.app.as_ref() };
        oauth.complete(&calls, &callback).await
    };
    let credentials = exchanged.await.map_err(|failure| {
        tracing::warn!(provider = id, error = %Chain(&failure), "somebody could not connect a provider");
        match failure {
            Failure::Forbidden { .. } => Arrival::Told("connection_declined"),
            other => Arrival::Problem(refused(provider, &other)),
        }
    })?;
    let store = StoreId::from(away.store);
    let connection = begin(app, &session, provider, store, &away.fields, credentials).await?;
    let what = if connection.status == ConnectionStatus::Choosing { "choose" } else { "connected" };
    Ok(format!("{PAGE}?store={}&{what}={}", away.store, connection.id))
}

/// Where a provider is to send browsers: an address that the provider knows, and never one that a request alone names.
fn redirect(app: &App, headers: &HeaderMap, provider: &Provider) -> Result<Url, Problem> {
    let path = format!("/api/oauth/{}/callback", provider.connector.declaration().id);
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    Url::parse(&app.links.as_reached(host).page(&path)).map_err(|error| Problem::internal(&error))
}

/// A provider's id in an address: nothing else than what ids are made of.
fn plain(id: &str) -> String {
    id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(64).collect()
}
