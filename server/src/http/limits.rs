//! How often the API may be asked: by one account, one key, one organisation, and from one address by those who show neither.
//!
//! Each has a bucket that holds as many requests as its limit says and fills up again evenly in the time that it says. Answers tell how
//! full it is, in the header fields of draft-ietf-httpapi-ratelimit-headers. Buckets are kept in this process; full ones are forgotten.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aloftly_catalog::{Actor, ApiKeyId, OrganizationId, TenantContext, UserId};
use aloftly_engine::clock::Clock;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio_util::sync::CancellationToken;

use super::client::{self, Caller};
use super::problem::Problem;
use super::standing::Standing;
use crate::api::App;
use crate::config::{Config, Rate};

/// How often full buckets are forgotten.
const FORGET: Duration = Duration::from_secs(30);

/// How often the API may be asked.
#[derive(Debug)]
pub struct Limits {
    each: Option<Limit<Who>>,
    organization: Option<Limit<OrganizationId>>,
}

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    Account(UserId),
    Key(ApiKeyId),
    Address(IpAddr),
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Key(_) => "key",
            Self::Address(_) => "address",
        }
    }
}

impl Limits {
    /// What the options say.
    #[must_use]
    pub fn new(config: &Config, clock: &Arc<dyn Clock>) -> Self {
        Self {
            each: config.api_rate_limit.map(|rate| Limit::new(rate, clock)),
            organization: config.org_rate_limit.map(|rate| Limit::new(rate, clock)),
        }
    }

    /// Counts a request of somebody who is known.
    ///
    /// # Errors
    /// There were too many.
    pub fn take(&self, parts: &Parts, context: &TenantContext) -> Result<(), Problem> {
        let who = match context.actor() {
            Actor::User { id, .. } => Who::Account(id),
            Actor::Key { id, .. } => Who::Key(id),
            Actor::System(_) => return Ok(()),
        };
        let told = parts.extensions.get::<Told>();
        if let Some(each) = &self.each {
            each.take(&who, who.name(), told)?;
        }
        match &self.organization {
            Some(organization) => organization.take(&context.organization(), "organization", told),
            None => Ok(()),
        }
    }

    /// Counts a request of somebody who is not.
    ///
    /// # Errors
    /// There were too many from that address.
    pub fn take_unknown(&self, parts: &Parts, caller: &Caller) -> Result<(), Problem> {
        let Some(each) = &self.each else { return Ok(()) };
        let who = Who::Address(client::network(caller.address));
        each.take(&who, who.name(), parts.extensions.get::<Told>())
    }

    /// Forgets full buckets again and again, until it is told to stop.
    pub async fn forget(app: App, stop: CancellationToken) {
        let forgets = async {
            loop {
                tokio::time::sleep(FORGET).await;
                app.limits.forget_full();
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = forgets => {}
        }
    }

    fn forget_full(&self) {
        if let Some(each) = &self.each {
            each.forget_full();
        }
        if let Some(organization) = &self.organization {
            organization.forget_full();
        }
    }

    fn is_off(&self) -> bool {
        self.each.is_none() && self.organization.is_none()
    }
}

/// Time that never goes back, as governor asks for it.
#[derive(Clone, Debug)]
struct Ticks(Arc<dyn Clock>);

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.elapsed().into()
    }
}

type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, Ticks, StateInformationMiddleware>;

/// One limit for each key.
#[derive(Debug)]
struct Limit<K: Hash + Eq + Clone> {
    rate: Rate,
    buckets: Buckets<K>,
    clock: Ticks,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(rate: Rate, clock: &Arc<dyn Clock>) -> Self {
        let clock = Ticks(Arc::clone(clock));
        // A second has room for more requests than a rate may have.
        let each = Quota::with_period(rate.window / rate.requests.get());
        let quota = each.unwrap_or(Quota::per_second(rate.requests));
        let buckets = RateLimiter::dashmap_with_clock(quota.allow_burst(rate.requests), clock.clone());
        Self { rate, buckets: buckets.with_middleware(), clock }
    }

    fn take(&self, key: &K, name: &'static str, told: Option<&Told>) -> Result<(), Problem> {
        let (requests, window) = (self.rate.requests.get(), self.rate.window);
        let standing = |remaining, full_in| Standing { name, requests, window, remaining, full_in };
        match self.buckets.check_key(key) {
            Ok(snapshot) => {
                let remaining = snapshot.remaining_burst_capacity();
                if let Some(told) = told {
                    told.add(standing(remaining, window * (requests - remaining.min(requests)) / requests));
                }
                Ok(())
            }
            Err(refused) => {
                let wait = refused.wait_time_from(governor::clock::Clock::now(&self.clock));
                if let Some(told) = told {
                    told.add(standing(0, wait));
                }
                Err(Problem::too_many_requests(wait))
            }
        }
    }

    fn forget_full(&self) {
        self.buckets.retain_recent();
        self.buckets.shrink_to_fit();
    }
}

/// What a request was counted for, to be told in its answer.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<Standing>>>);

impl Told {
    fn add(&self, standing: Standing) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(standing);
    }

    fn write(&self, headers: &mut HeaderMap) {
        Standing::write(&self.0.lock().unwrap_or_else(PoisonError::into_inner), headers);
    }
}

/// The layer that tells in each answer what its request was counted for.
pub async fn told(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if app.limits.is_off() {
        return next.run(request).await;
    }
    let told = Told::default();
    request.extensions_mut().insert(told.clone());
    let mut response = next.run(request).await;
    told.write(response.headers_mut());
    response
}

/// The layer that counts whoever asks by their address.
pub async fn count_by_address(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let caller = Caller::of(&parts, &app.backend.config.trusted_proxies);
    match app.limits.take_unknown(&parts, &caller) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use aloftly_engine::clock::FixedClock;
    use axum::http::StatusCode;

    use super::*;

    fn limit(requests: u32, seconds: u64) -> (Arc<FixedClock>, Limit<&'static str>) {
        let clock = Arc::new(FixedClock::at("2026-11-20T12:00:00Z".parse().unwrap()));
        let rate = Rate { requests: NonZeroU32::new(requests).unwrap(), window: Duration::from_secs(seconds) };
        let shared: Arc<dyn Clock> = clock.clone();
        (clock, Limit::new(rate, &shared))
    }

    /// What is told of a request, or that it is one too many.
    fn take(limit: &Limit<&'static str>, key: &'static str) -> (bool, u32, Duration) {
        let told = Told::default();
        let taken = limit.take(&key, "account", Some(&told));
        if let Err(problem) = &taken {
            assert_eq!(problem.status(), StatusCode::TOO_MANY_REQUESTS);
        }
        let standing = told.0.lock().unwrap()[0];
        (taken.is_ok(), standing.remaining, standing.full_in)
    }

    #[test]
    fn a_bucket_is_emptied_at_once_and_fills_evenly() {
        let (clock, limit) = limit(3, 60);
        let seconds = Duration::from_secs;
        assert_eq!(take(&limit, "a"), (true, 2, seconds(20)));
        assert_eq!(take(&limit, "a"), (true, 1, seconds(40)));
        assert_eq!(take(&limit, "a"), (true, 0, seconds(60)));
        assert_eq!(take(&limit, "a"), (false, 0, seconds(20)));
        assert_eq!(take(&limit, "b"), (true, 2, seconds(20)), "each key has its own");
        clock.advance(seconds(19));
        assert_eq!(take(&limit, "a"), (false, 0, seconds(1)));
        clock.advance(seconds(1));
        assert_eq!(take(&limit, "a"), (true, 0, seconds(60)), "what was refused does not count");
        clock.advance(seconds(3_600));
        assert_eq!(take(&limit, "a"), (true, 2, seconds(20)), "it holds no more than it holds");
    }

    #[test]
    fn full_buckets_are_forgotten_and_no_others() {
        let (clock, limit) = limit(2, 10);
        for key in ["a", "a", "b"] {
            assert!(take(&limit, key).0);
        }
        limit.forget_full();
        assert_eq!(limit.buckets.len(), 2);
        // One that was used once is full after five seconds, one that was used twice after ten, and each is forgotten five later.
        for (later, left) in [(9, 2), (1, 1), (4, 1), (1, 0)] {
            clock.advance(Duration::from_secs(later));
            limit.forget_full();
            assert_eq!(limit.buckets.len(), left);
        }
    }

    #[test]
    fn the_highest_rates_are_kept_to() {
        let (_, limit) = limit(1_000_000, 1);
        assert_eq!(take(&limit, "a"), (true, 999_999, Duration::from_micros(1)));
    }
}
