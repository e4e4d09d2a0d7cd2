//! Google, as far as Google Analytics 4 needs it: the page on which people agree, tokens, the Admin API and the Data API, all on one port
//! under the paths `/accounts`, `/oauth2`, `/analyticsadmin` and `/analyticsdata`. What properties report is counted from the visits of
//! a made-up shop, see [`crate::world::traffic`].
//!
//! It is strict where Google is: columns and limits, what may be asked for together, quotas with their answers. Where Google's documents leave
//! something open, it does what is more awkward: rows without a complete order come in another order on each page.
//!
//! Leaves out: pivots, cohorts, comparisons, reports in real time, service accounts.

mod admin;
mod answer;
mod consent;
mod control;
mod data;
mod error;
mod faults;
mod fields;
mod filter;
mod log;
mod measures;
mod metadata;
mod options;
mod quota;
mod report;
mod request;
mod state;
mod tokens;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State as Extracted};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use self::faults::Fault;
pub use self::log::Asked;
pub use self::options::{Blocked, ClientOptions, GoogleOptions, Property, Settings, User, WorldView};
use self::state::State;
use crate::SimulatorError;

/// The scope by which reports can be read.
pub const ANALYTICS_SCOPE: &str = "https://www.googleapis.com/auth/analytics.readonly";

/// What somebody agreed to is kept before its answer is sent.
async fn keep(Extracted(state): Extracted<Arc<State>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match state.keep() {
        Ok(()) => response,
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// A simulated Google. It goes when it is dropped.
#[derive(Debug)]
pub struct GoogleSimulator {
    address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Drop for GoogleSimulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl GoogleSimulator {
    /// Starts one.
    ///
    /// # Errors
    /// [`SimulatorError::Listen`] and [`SimulatorError::Keep`].
    pub async fn start(options: GoogleOptions) -> Result<Self, SimulatorError> {
        let failed = |error| SimulatorError::Listen(options.address, error);
        let listener = TcpListener::bind(options.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let state = Arc::new(State::new(options)?);
        let routes = Router::new()
            .nest("/accounts", consent::routes())
            .nest("/oauth2", tokens::routes())
            .nest("/analyticsadmin", admin::routes())
            .nest("/analyticsdata", data::routes())
            .nest("/_control", control::routes())
            .layer(from_fn_with_state(Arc::clone(&state), faults::layer))
            .layer(from_fn_with_state(Arc::clone(&state), keep))
            .with_state(Arc::clone(&state));
        let task = tokio::spawn(async move {
            // It listens until it is dropped, and a connection that breaks is its client's affair.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, state, task })
    }

    /// Where it is: what stands for all of Google's hosts.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked so far, in its order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.state.kept().log.clone()
    }

    /// Does that to the next so many requests whose path contains `path`.
    pub fn fail(&self, times: u32, path: &str, fault: Fault) {
        self.state.kept().faults.add(times, path, fault);
    }

    /// Lets nothing go wrong any more.
    pub fn recover(&self) {
        self.state.kept().faults = faults::Faults::default();
    }

    /// Changes how properties behave from now on.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.state.kept().settings);
    }

    /// Registers an address that people may be sent back to, besides those of the options.
    pub fn register(&self, redirect_uri: &str) {
        self.state.kept().redirect_uris.push(redirect_uri.to_owned());
    }

    /// Lets all access tokens end now.
    pub fn expire_tokens(&self) {
        self.state.kept().tokens.expire_all();
    }

    /// Takes back what somebody agreed to, as they can at Google.
    pub fn revoke(&self, email: &str) {
        self.state.kept().tokens.revoke_all(email);
    }

    /// Takes a property from somebody.
    pub fn take_away(&self, email: &str, property: u64) {
        let mut kept = self.state.kept();
        if let Some(user) = kept.users.iter_mut().find(|user| user.email == email) {
            user.properties.retain(|own| *own != property);
        }
    }

    /// How many tokens of a property's day and hour are used.
    #[must_use]
    pub fn tokens_used(&self, property: u64) -> (u64, u64) {
        self.state.tokens_used(property)
    }

    /// Uses up tokens of a property, as others do who ask for it in our name.
    pub fn use_tokens(&self, property: u64, tokens: u64) {
        self.state.use_tokens(property, tokens);
    }
}
