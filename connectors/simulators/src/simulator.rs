//! A running simulator of Shopify.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::faults::Faults;
use crate::http;
use crate::keep::{Entry, KeepError, Ledger, Record};
use crate::log::Logged;
use crate::options::{AppOptions, Settings, SimulatorOptions};
use crate::shop::{KeptShop, Shop};
use crate::state::{Keeping, State};
use crate::webhooks::payload;
use crate::world::{Action, ActionError, Happened, World};

/// Why the simulator cannot do something.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// Its port is taken, or it may not listen there.
    #[error("cannot listen on {0}: choose another address, or port 0 for a free one")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// It has no such shop.
    #[error("there is no shop {0}: name it among the options that the simulator is started with")]
    NoShop(String),
    /// The world refuses.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// What has to outlive it cannot be kept.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

/// A running simulator. It stops when it is dropped.
pub struct ShopifySimulator {
    address: SocketAddr,
    state: Arc<State>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for ShopifySimulator {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Lets something happen in a shop at an instant, and has webhooks tell of it unless nobody is to be told.
pub(crate) fn act(
    state: &State,
    domain: &str,
    action: Action,
    at: DateTime<Utc>,
    is_told: bool,
) -> Result<Vec<Happened>, SimulatorError> {
    let happened = state.with_shop(domain, |shop, app, _, now| {
        let entry = Entry { shop: domain.to_owned(), at, action };
        state.note_action(&entry)?;
        let happened = shop.world.act(entry.action, at)?;
        if is_told {
            shop.tell(&happened, app, now);
        }
        Ok::<_, SimulatorError>(happened)
    });
    let happened = happened.ok_or_else(|| SimulatorError::NoShop(domain.to_owned()))??;
    state.keep()?;
    Ok(happened)
}

/// Has everything happen again that happened before the process was started, and gives the shops back what they were granted.
fn go_on(folder: &Path, shops: &mut BTreeMap<String, Shop>, now: DateTime<Utc>) -> Result<Keeping, SimulatorError> {
    let (ledger, entries) = Ledger::open(folder)?;
    for Entry { shop, at, action } in entries {
        if let Some(shop) = shops.get_mut(&shop) {
            // What was refused then is refused again.
            let _ = shop.world.act(action, at);
        }
    }
    let record: Record<BTreeMap<String, KeptShop>> = Record::open(folder, "shopify.json")?;
    for (domain, kept) in record.read()?.unwrap_or_default() {
        if let Some(shop) = shops.get_mut(&domain) {
            shop.restore(kept, now);
        }
    }
    Ok(Keeping { record, ledger })
}

impl ShopifySimulator {
    /// Makes the shops up and listens. With a folder, everything that happened before happens in them again.
    ///
    /// # Errors
    /// [`SimulatorError::Listen`] and [`SimulatorError::Keep`].
    pub async fn start(options: SimulatorOptions) -> Result<Self, SimulatorError> {
        let failed = |error| SimulatorError::Listen(options.address, error);
        let listener = TcpListener::bind(options.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let made = options.shops.iter().map(|shop| (shop.domain.clone(), Shop::new(shop, &options.settings)));
        let mut shops: BTreeMap<String, Shop> = made.collect();
        let now = options.clock.now();
        let keeping = options.folder.map(|folder| go_on(&folder, &mut shops, now)).transpose()?;
        let shops = shops.into_iter().map(|(domain, shop)| (domain, Mutex::new(shop))).collect();
        let origin = format!("http://{address}");
        let state = Arc::new(State::new(options.clock, origin, options.app, options.settings, shops, keeping));
        let router = http::router(Arc::clone(&state));
        let serving = tokio::spawn(async move {
            // It serves until the task is aborted.
            let _ = axum::serve(listener, router).await;
        });
        let working = tokio::spawn(Arc::clone(&state).work());
        Ok(Self { address, state, tasks: [serving, working] })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a shop: what stands for `https://{domain}` on this machine.
    #[must_use]
    pub fn shop_url(&self, domain: &str) -> String {
        format!("{}/shops/{domain}", self.state.origin)
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// The domains of its shops.
    #[must_use]
    pub fn shops(&self) -> Vec<String> {
        self.state.domains()
    }

    /// Looks at the world of a shop. The shop answers nobody meanwhile.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn world<R>(&self, domain: &str, look: impl FnOnce(&World) -> R) -> Result<R, SimulatorError> {
        self.shop(domain, |shop| look(&shop.world))
    }

    /// Lets something happen in a shop now, and has webhooks tell of it.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`], [`SimulatorError::Action`] and [`SimulatorError::Keep`].
    pub fn act(&self, domain: &str, action: Action) -> Result<Vec<Happened>, SimulatorError> {
        act(&self.state, domain, action, self.state.clock.second(), true)
    }

    /// Lets something have happened in a shop at an instant, after everything else that did, of which nobody is told.
    ///
    /// # Errors
    /// Those of [`ShopifySimulator::act`].
    pub fn act_unheard(
        &self,
        domain: &str,
        action: Action,
        at: DateTime<Utc>,
    ) -> Result<Vec<Happened>, SimulatorError> {
        act(&self.state, domain, action, at, false)
    }

    /// What webhooks say of what happened in a shop, as it is now: each topic with its body.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn told(&self, domain: &str, happened: &[Happened]) -> Result<Vec<(&'static str, String)>, SimulatorError> {
        let now = self.state.clock.now();
        let tell = |world: &World| {
            let body = |one: &Happened| (one.topic, payload::of(world, one, now).to_string());
            happened.iter().map(body).collect()
        };
        self.world(domain, tell)
    }

    /// Changes the settings of all shops. The plan and the timeout of webhooks are as they were at the start.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        self.state.change_settings(change);
    }

    /// Changes the app, such as where merchants may be sent back to.
    pub fn change_app(&self, change: impl FnOnce(&mut AppOptions)) {
        self.state.change_app(change);
    }

    /// Changes what goes wrong in a shop.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn faults(&self, domain: &str, change: impl FnOnce(&mut Faults)) -> Result<(), SimulatorError> {
        self.shop(domain, |shop| change(&mut shop.faults))
    }

    /// Installs the app without a browser. What the token endpoint would have answered: an expiring offline token with its refresh token.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn install(&self, domain: &str, scopes: &[&str]) -> Result<Value, SimulatorError> {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let tokens = self.state.with_shop(domain, |shop, _, settings, now| shop.grants.install(scopes, settings, now));
        tokens.ok_or_else(|| SimulatorError::NoShop(domain.to_owned()))
    }

    /// Lets all access tokens of a shop expire.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn expire_tokens(&self, domain: &str) -> Result<(), SimulatorError> {
        let now = self.state.clock.now();
        self.shop(domain, |shop| shop.grants.expire(now))
    }

    /// Takes everything back that the merchant granted, without a word to the app.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn revoke(&self, domain: &str) -> Result<(), SimulatorError> {
        self.shop(domain, |shop| shop.grants.revoke())
    }

    /// The merchant removes the app: tokens die, subscriptions go, `app/uninstalled` is sent, and `shop/redact` two days later.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn uninstall(&self, domain: &str) -> Result<(), SimulatorError> {
        let done = self.state.with_shop(domain, Shop::uninstall);
        done.ok_or_else(|| SimulatorError::NoShop(domain.to_owned()))
    }

    /// Takes scopes back until the app has these at most, and sends `app/scopes_update`.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn change_scopes(&self, domain: &str, scopes: &[&str]) -> Result<(), SimulatorError> {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.state.change_scopes(domain, &scopes).ok_or_else(|| SimulatorError::NoShop(domain.to_owned()))
    }

    /// A customer asks what is kept of them: `customers/data_request`.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn request_data(&self, domain: &str, customer: u64) -> Result<(), SimulatorError> {
        let done = self.state.compliance(domain, "customers/data_request", customer);
        done.ok_or_else(|| SimulatorError::NoShop(domain.to_owned()))
    }

    /// A customer asks to be forgotten: `customers/redact`, ten days later.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn redact_customer(&self, domain: &str, customer: u64) -> Result<(), SimulatorError> {
        let done = self.state.compliance(domain, "customers/redact", customer);
        done.ok_or_else(|| SimulatorError::NoShop(domain.to_owned()))
    }

    /// Takes all points out of a shop's bucket.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn empty_bucket(&self, domain: &str) -> Result<(), SimulatorError> {
        let now = self.state.clock.now();
        self.shop(domain, |shop| shop.bucket.empty(now))
    }

    /// What was asked of it so far.
    #[must_use]
    pub fn log(&self) -> Vec<Logged> {
        self.state.log()
    }

    /// Forgets what was asked of it so far.
    pub fn clear_log(&self) {
        self.state.clear_log();
    }

    /// How many webhooks of a shop wait or are on their way, those that will be tried again included.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub fn open_webhooks(&self, domain: &str) -> Result<usize, SimulatorError> {
        self.state.open_webhooks(domain).ok_or_else(|| SimulatorError::NoShop(domain.to_owned()))
    }

    /// Waits until no webhook of a shop is left, at most that long. Whether none is.
    ///
    /// # Errors
    /// [`SimulatorError::NoShop`].
    pub async fn webhooks_done(&self, domain: &str, most: Duration) -> Result<bool, SimulatorError> {
        let step = Duration::from_millis(10);
        let mut waited = Duration::ZERO;
        while self.open_webhooks(domain)? > 0 {
            if waited >= most {
                return Ok(false);
            }
            tokio::time::sleep(step).await;
            waited += step;
        }
        Ok(true)
    }

    fn shop<R>(&self, domain: &str, act: impl FnOnce(&mut Shop) -> R) -> Result<R, SimulatorError> {
        let done = self.state.with_shop(domain, |shop, _, _, _| act(shop));
        done.ok_or_else(|| SimulatorError::NoShop(domain.to_owned()))
    }
}
