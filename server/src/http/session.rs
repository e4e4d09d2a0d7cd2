//! Who asks: a person by their session's cookie, a program of theirs by its access token, or a program by its key; and the extractors that
//! turn that into leave to work on one organisation's rows.
//!
//! [`Principal`] is for what people and programs may ask, [`Reader`] for questions about figures, [`Session`] for what needs a person.

use std::sync::Arc;

use aloftly_catalog::{
    ApiKeyToken, Authenticated, AuthenticatedKey, CatalogError, Origin, ReadableStore, SessionInfo, Tenant,
    TenantContext, WorkspacePermission,
};
use aloftly_engine::metrics::{Behind, PinnedStores, Reading, StoreScope};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use sha2::{Digest as _, Sha256};

use super::client::Caller;
use super::cookies;
use super::problem::Problem;
use crate::api::App;
use crate::service::queries::Asker;
use crate::syncing::recency;

/// What a request shows.
#[derive(Clone)]
enum Credential {
    /// The token of an API key.
    ApiKey(String),
    /// An access token, or what passes for one.
    Access(String),
    /// The token of a session.
    Session(String),
}

impl Credential {
    /// A token in the `Authorization` header counts before a cookie: whoever sends one means it.
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(token) = bearer(headers) {
            let is_key = ApiKeyToken::looks_like_one(token);
            return Ok(if is_key { Self::ApiKey } else { Self::Access }(token.to_owned()));
        }
        let jar = CookieJar::from_headers(headers);
        token(&jar).map(|token| Self::Session(token.to_owned())).ok_or_else(Problem::unauthenticated)
    }

    /// A name of it that opens nothing.
    fn digest(&self) -> [u8; 32] {
        let (kind, token) = match self {
            Self::ApiKey(token) => ("key", token),
            Self::Access(token) => ("access", token),
            Self::Session(token) => ("session", token),
        };
        Sha256::new().chain_update(kind).chain_update([0_u8]).chain_update(token).finalize().into()
    }
}

/// What somebody showed when they were let in, and nothing else of their request: for work that goes on long after it, and has to know
/// whether they would still be let in.
#[derive(Clone)]
pub struct Shown {
    credential: Credential,
    origin: Origin,
}

impl Shown {
    /// The same for all requests that show the same, and no secret.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.credential.digest()
    }
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown(hidden)")
    }
}

/// It says what a request shows, not that it is good: that is for [`Principal`].
impl FromRequestParts<App> for Shown {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self { credential: Credential::of(&parts.headers)?, origin: caller(app, parts).origin })
    }
}

/// The token in an `Authorization` header of the scheme `Bearer`. Other schemes are between a browser and a proxy.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A verified session. A handler that takes it answers 401 to everybody else, and 403 to a program with a key.
#[derive(Clone, Debug)]
pub struct Session {
    /// What it is.
    pub info: SessionInfo,
    /// The organisation's rows, as far as its person may see them.
    pub tenant: Tenant,
}

impl FromRequestParts<App> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match who(app, parts).await? {
            Who::Person(session) => Ok(*session),
            Who::Key(_) => Err(Problem::needs_person()),
        }
    }
}

/// For what anybody may ask, and those who are signed in otherwise. A session that has ended is none.
impl OptionalFromRequestParts<App> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Problem> {
        match <Self as FromRequestParts<App>>::from_request_parts(parts, app).await {
            Ok(session) => Ok(Some(session)),
            Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// A person in a session, or a program with a key. What they may do, the catalog says.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The organisation's rows, as far as they may see them.
    pub tenant: Tenant,
}

impl FromRequestParts<App> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let tenant = match who(app, parts).await? {
            Who::Person(session) => session.tenant,
            Who::Key(tenant) => tenant,
        };
        Ok(Self { tenant })
    }
}

impl Principal {
    /// Whoever showed that when they were let in, as they would be let in now. It counts as no request: nobody asks.
    ///
    /// # Errors
    /// They would not be, or the database is unavailable.
    pub async fn again(app: &App, shown: &Shown) -> Result<Self, CatalogError> {
        let catalog = &app.backend.catalog;
        let context = match &shown.credential {
            Credential::Session(token) => catalog.authenticate(token).await?.0,
            Credential::Access(token) => catalog.authenticate_access(token).await?.0,
            Credential::ApiKey(token) => catalog.authenticate_key(token, &shown.origin).await?.context,
        };
        Ok(Self { tenant: catalog.tenant(context.coming_from(shown.origin.clone())) })
    }
}

/// Somebody who asks for figures, and the stores that they can be of: as they were when the request came.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The organisation's rows, as far as they may see them.
    pub tenant: Tenant,
    /// The stores that they may see.
    pub stores: Arc<PinnedStores>,
    /// Whose turns their questions take.
    pub asker: Asker,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let catalog = &app.backend.catalog;
        let (tenant, stores) = match shown(app, parts)? {
            Credential::Session(token) => read_by(app, parts, catalog.authenticate_reader(&token).await)?,
            Credential::Access(token) => read_by(app, parts, catalog.authenticate_access_reader(&token).await)?,
            Credential::ApiKey(token) => {
                let caller = caller(app, parts);
                let key = catalog.authenticate_key_reader(&token, &caller.origin).await;
                let key = key.map_err(|error| refused(app, parts, error))?;
                let tenant = of_key(app, parts, caller, &key)?;
                tenant.require_somewhere(WorkspacePermission::Read)?;
                (tenant, key.stores)
            }
        };
        Ok(Self::of(app, tenant, &stores))
    }
}

impl Reader {
    /// Who asks for figures of these stores.
    pub(crate) fn of(app: &App, tenant: Tenant, stores: &[ReadableStore]) -> Self {
        let asker = Asker::Organization(tenant.context().organization());
        Self::asking(app, tenant, stores, asker, |reading| reading)
    }

    /// Whoever has a link that shows figures of these stores. Why a source is behind is not for them.
    pub(crate) fn of_visitor(app: &App, tenant: Tenant, stores: &[ReadableStore]) -> Self {
        let asker = Asker::Visitors(tenant.context().organization());
        let told = |reading: Reading| match reading.behind {
            Some(Behind::Broken | Behind::SignedOut) => Reading { behind: Some(Behind::Late), ..reading },
            _ => reading,
        };
        Self::asking(app, tenant, stores, asker, told)
    }

    fn asking(
        app: &App,
        tenant: Tenant,
        stores: &[ReadableStore],
        asker: Asker,
        told: impl Fn(Reading) -> Reading,
    ) -> Self {
        let now = app.backend.clock.now();
        let pinned = stores.iter().map(|ReadableStore { scope, state, connections }| {
            let lake = app.backend.store_lake(&tenant, scope.id);
            let readings = recency::readings(connections, &app.providers, now);
            let readings = readings.into_iter().map(|(source, reading)| (source, told(reading))).collect();
            (StoreScope { readings, ..scope.clone() }, lake, *state)
        });
        let stores = Arc::new(PinnedStores::at(pinned));
        Self { tenant, stores, asker }
    }
}

/// Whoever showed what is good.
enum Who {
    Person(Box<Session>),
    Key(Tenant),
}

async fn who(app: &App, parts: &Parts) -> Result<Who, Problem> {
    let catalog = &app.backend.catalog;
    let verified = match shown(app, parts)? {
        Credential::Session(token) => catalog.authenticate(&token).await,
        Credential::Access(token) => catalog.authenticate_access(&token).await,
        Credential::ApiKey(token) => {
            let caller = caller(app, parts);
            let key = catalog.authenticate_key(&token, &caller.origin).await;
            return of_key(app, parts, caller, &key.map_err(|error| refused(app, parts, error))?).map(Who::Key);
        }
    };
    let (context, info) = verified.map_err(|error| refused(app, parts, error))?;
    Ok(Who::Person(Box::new(Session { tenant: of_person(app, parts, context, &info)?, info })))
}

fn read_by(
    app: &App,
    parts: &Parts,
    verified: Result<Authenticated, CatalogError>,
) -> Result<(Tenant, Arc<[ReadableStore]>), Problem> {
    let Authenticated { context, session, stores } = verified.map_err(|error| refused(app, parts, error))?;
    Ok((of_person(app, parts, context, &session)?, stores))
}

fn caller(app: &App, parts: &Parts) -> Caller {
    Caller::of(parts, &app.backend.config.trusted_proxies)
}

/// What a request shows. One that shows nothing is counted by its address.
fn shown(app: &App, parts: &Parts) -> Result<Credential, Problem> {
    Credential::of(&parts.headers).or_else(|nothing| {
        app.limits.take_unknown(parts, &caller(app, parts))?;
        Err(nothing)
    })
}

/// What whoever shows a wrong token is answered, who is counted by their address, too.
fn refused(app: &App, parts: &Parts, error: CatalogError) -> Problem {
    match error {
        CatalogError::Unauthenticated => match app.limits.take_unknown(parts, &caller(app, parts)) {
            Ok(()) => CatalogError::Unauthenticated.into(),
            Err(too_many) => too_many,
        },
        other => other.into(),
    }
}

fn of_person(app: &App, parts: &Parts, context: TenantContext, info: &SessionInfo) -> Result<Tenant, Problem> {
    let span = tracing::Span::current();
    span.record("organization", tracing::field::display(info.organization));
    span.record("user", tracing::field::display(info.user.id));
    app.limits.take(parts, &context)?;
    Ok(app.backend.catalog.tenant(context.coming_from(caller(app, parts).origin)))
}

fn of_key(app: &App, parts: &Parts, caller: Caller, key: &AuthenticatedKey) -> Result<Tenant, Problem> {
    let span = tracing::Span::current();
    span.record("organization", tracing::field::display(key.context.organization()));
    span.record("api_key", tracing::field::display(key.id));
    app.limits.take(parts, &key.context)?;
    Ok(app.backend.catalog.tenant(key.context.clone().coming_from(caller.origin)))
}

/// The token of the session of the browser that asks. A program's request has none, whatever cookies it carries.
///
/// # Errors
/// It is a program that asks, or nobody.
pub fn of_browser(headers: &HeaderMap) -> Result<String, Problem> {
    match Credential::of(headers)? {
        Credential::Session(token) => Ok(token),
        Credential::Access(_) | Credential::ApiKey(_) => {
            Err(Problem::forbidden("This is for browsers: a program stays in the organisation that it signed in to."))
        }
    }
}

/// The token of a session that a request carries.
#[must_use]
pub fn token(jar: &CookieJar) -> Option<&str> {
    cookies::SESSION.of(jar)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_was_shown_is_known_by_a_digest_of_its_own_and_is_in_no_log() {
        let of = |credential| Shown { credential, origin: Origin::default() };
        let token = || "a-token".to_owned();
        let all = [Credential::Session(token()), Credential::Access(token()), Credential::ApiKey(token())].map(of);
        assert_eq!(all[0].digest(), all[0].clone().digest());
        assert!(all[0].digest() != all[1].digest() && all[1].digest() != all[2].digest(), "the same text elsewhere");
        assert_eq!(format!("{:?}", all[0]), "Shown(hidden)");
    }

    #[test]
    fn a_token_is_taken_from_the_bearer_scheme_alone_and_before_a_cookie() {
        let of = |authorization: &str| {
            let cookie = HeaderValue::from_static("__Host-aloftly_session=session");
            let mut headers = HeaderMap::from_iter([(header::COOKIE, cookie)]);
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(authorization).unwrap());
            match Credential::of(&headers) {
                Ok(Credential::ApiKey(token)) => format!("key {token}"),
                Ok(Credential::Access(token)) => format!("access {token}"),
                Ok(Credential::Session(token)) => token,
                Err(problem) => problem.status().to_string(),
            }
        };
        let key = format!("aloftly_{}", "x".repeat(43));
        assert_eq!(of(&format!("Bearer {key}")), format!("key {key}"));
        assert_eq!(of(&format!("bEARER  {key} ")), format!("key {key}"));
        assert_eq!(of("Bearer eyJ.x.y"), "access eyJ.x.y");
        assert_eq!(of("Bearer "), "access ", "an empty token is a wrong one, and not none");
        for other in ["Basic YTpi", "Bearer", "", "aloftly_x", "Bearerx y"] {
            assert_eq!(of(other), "session", "{other:?}");
        }
    }
}
