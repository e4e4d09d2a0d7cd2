//! Who asks: the session's cookie, and the extractor that turns it into leave to work on one organisation's rows.

use std::sync::Arc;

use aloftly_catalog::{SessionInfo, SessionToken, Tenant, TenantContext};
use aloftly_engine::metrics::PinnedStores;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;

use super::client::Caller;
use super::problem::Problem;
use crate::api::App;

/// The `__Host-` prefix makes browsers insist on HTTPS (or the machine itself), on the path `/` and on this very host.
const COOKIE: &str = "__Host-aloftly_session";

/// A verified session. A handler that takes it answers 401 to everybody else.
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
        let jar = CookieJar::from_headers(&parts.headers);
        let (context, info) = app.backend.catalog.authenticate(carried(&jar)?).await?;
        Ok(Self::of(app, parts, context, info))
    }
}

impl Session {
    fn of(app: &App, parts: &Parts, context: TenantContext, info: SessionInfo) -> Self {
        let context = context.coming_from(Caller::of(parts, &app.backend.config.trusted_proxies).origin);
        let span = tracing::Span::current();
        span.record("organization", tracing::field::display(info.organization));
        span.record("user", tracing::field::display(info.user.id));
        Self { tenant: app.backend.catalog.tenant(context), info }
    }
}

/// A verified session that asks for figures, and the stores that they can be of: as they were when the request came.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who asks.
    pub session: Session,
    /// The stores that its person may see.
    pub stores: Arc<PinnedStores>,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let jar = CookieJar::from_headers(&parts.headers);
        let verified = app.backend.catalog.authenticate_reader(carried(&jar)?).await?;
        let session = Session::of(app, parts, verified.context, verified.session);
        let pinned = verified.stores.iter().map(|store| {
            let lake = app.backend.store_lake(&session.tenant, store.scope.id);
            (store.scope.clone(), lake, store.state)
        });
        let stores = Arc::new(PinnedStores::at(pinned));
        Ok(Self { session, stores })
    }
}

fn carried(jar: &CookieJar) -> Result<&str, Problem> {
    token(jar).ok_or_else(Problem::unauthenticated)
}

/// The token that a request carries.
#[must_use]
pub fn token(jar: &CookieJar) -> Option<&str> {
    jar.get(COOKIE).map(Cookie::value).filter(|value| !value.is_empty())
}

/// The header that makes a browser keep a session's token, for as long as the session may last.
#[must_use]
pub fn kept(token: &SessionToken, lifetime: chrono::TimeDelta) -> HeaderMap {
    set_cookie(token.expose(), lifetime.num_seconds())
}

/// The header that makes a browser forget it.
#[must_use]
pub fn forgotten() -> HeaderMap {
    set_cookie("", 0)
}

fn set_cookie(value: &str, seconds: i64) -> HeaderMap {
    let cookie = format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Lax");
    // A token is made of characters that headers take.
    HeaderValue::from_str(&cookie).into_iter().map(|value| (header::SET_COOKIE, value)).collect()
}
