//! What a connector works with.

use std::sync::Arc;

use aloftly_engine::clock::Clock;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Account, Keyring};
use crate::http::Client;

/// Our registration at a provider, from the configuration.
#[derive(Clone, Debug)]
pub struct App {
    /// What the provider calls us.
    pub client_id: String,
    /// What we prove it with.
    pub client_secret: SecretString,
    /// The secret before, while the provider changes over to the new one.
    pub old_secret: Option<SecretString>,
    /// Where the provider is; `None` for its own addresses.
    pub base: Option<Url>,
    /// Where the provider tells of changes: our webhook address, when it can reach us.
    pub webhooks: Option<Url>,
}

/// What is needed to ask a provider anything.
#[derive(Clone, Copy, Debug)]
pub struct Calls<'a> {
    /// Asks, within the budget that all servers share.
    pub http: &'a Client,
    /// Told when nothing more is to be asked.
    pub cancel: &'a CancellationToken,
    /// Tells the time.
    pub clock: &'a Arc<dyn Clock>,
    /// Who we are to the provider; `None` where people bring keys of their own.
    pub app: Option<&'a App>,
}

/// What is needed to ask a provider about a connected account.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// How to ask.
    pub calls: Calls<'a>,
    /// The account.
    pub account: &'a Account,
    /// What is signed in with.
    pub keyring: &'a dyn Keyring,
}
