//! Who asks: the session's cookie, and the extractor that turns it into leave to work on one organisation's rows.

use std::sync::Arc;

use aloftly_catalog::{SessionInfo, Tenant, TenantContext};
use aloftly_engine::metrics::PinnedStores;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use super::client::Caller;
use super::cookies;
use super::problem::Problem;
use crate::api::App;

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
    cookies::SESSION.of(jar)
}
