//! Signing in and out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{CatalogError, SessionInfo};
use aloftly_engine::clock::Clock;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::CookieJar;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::App;
use crate::http::client::{self, Peer};
use crate::http::json::Json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::rate_limit::{Quota, RateLimit};
use crate::http::session;

/// How often somebody may try to sign in. Attempts that worked do not count.
///
/// An account can be tried a few times from one network, so that a stranger elsewhere does not lock its owner out, and more
/// often from all together, so that many networks do not guess faster without end.
#[derive(Debug)]
pub(super) struct Limits {
    account_here: RateLimit<([u8; 32], IpAddr)>,
    account: RateLimit<[u8; 32]>,
    address: RateLimit<IpAddr>,
}

impl Limits {
    pub(super) fn new(clock: &Arc<dyn Clock>) -> Self {
        let account_here = Quota { burst: 10, every: Duration::from_secs(60) };
        let account = Quota { burst: 100, every: Duration::from_secs(20) };
        let address = Quota { burst: 30, every: Duration::from_secs(10) };
        Self {
            account_here: RateLimit::new(account_here, Arc::clone(clock)),
            account: RateLimit::new(account, Arc::clone(clock)),
            address: RateLimit::new(address, Arc::clone(clock)),
        }
    }
}

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

/// Who is signed in, and for which organisation.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    user: User,
    organization: Organization,
    /// What the person may do there: `viewer`, `member`, `admin` or `owner`.
    role: &'static str,
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
        Self {
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
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    jar: CookieJar,
    Json(given): Json<SignIn>,
) -> Result<(HeaderMap, axum::Json<Session>), Problem> {
    let config = &app.backend.config;
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |Extension(peer)| peer.0.ip());
    let address = client::address(peer, &headers, &config.trusted_proxies);
    let account: [u8; 32] = Sha256::digest(given.email.trim().to_lowercase()).into();
    let network = network(address);
    app.sign_in.address.take(network).map_err(Problem::too_many_requests)?;
    app.sign_in.account_here.take((account, network)).map_err(Problem::too_many_requests)?;
    app.sign_in.account.take(account).map_err(Problem::too_many_requests)?;

    let catalog = &app.backend.catalog;
    let signed_in = catalog.sign_in(&given.email, &given.password).await.inspect_err(|error| {
        if matches!(error, CatalogError::InvalidCredentials) {
            tracing::info!(%address, "a sign-in was refused");
        }
    })?;
    app.sign_in.address.give_back(network);
    app.sign_in.account_here.give_back((account, network));
    app.sign_in.account.give_back(account);
    if let Some(before) = session::token(&jar) {
        catalog.sign_out(before).await?;
    }
    let lifetime = signed_in.session.expires_at - app.backend.clock.now();
    Ok((session::kept(&signed_in.token, lifetime), axum::Json(signed_in.session.into())))
}

/// One network is one caller: who has an IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// Ends the session, if there is one
#[utoipa::path(
    post,
    path = "/api/auth/sign-out",
    tag = "auth",
    responses((status = 204, description = "There is no session any more"))
)]
pub(super) async fn sign_out(State(app): State<App>, jar: CookieJar) -> Result<(StatusCode, HeaderMap), Problem> {
    if let Some(token) = session::token(&jar) {
        app.backend.catalog.sign_out(token).await?;
    }
    Ok((StatusCode::NO_CONTENT, session::forgotten()))
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
