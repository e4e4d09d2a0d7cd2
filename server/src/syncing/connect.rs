//! The providers that this server can connect, and what it needs for that.

use std::sync::Arc;

use aloftly_connectors::contract::{App, Auth, Connector};
use aloftly_connectors::registry;
use chrono::TimeDelta;
use secrecy::SecretString;
use url::Url;

use super::{recency, schedule};
use crate::config::Config;
use crate::mail::Links;

/// The providers that this server can connect. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Providers(Arc<[Provider]>);

/// One of them.
#[derive(Clone, Debug)]
pub struct Provider {
    /// How it is read.
    pub connector: &'static dyn Connector,
    /// Who we are to it, where one has to be somebody.
    pub app: Option<App>,
    /// How long ago a connection may have been read that is not behind.
    pub patience: Option<TimeDelta>,
}

impl Provider {
    fn new(connector: &'static dyn Connector, app: Option<App>) -> Self {
        let patience = schedule::period(&connector.declaration().schedule).map(recency::patience);
        Self { connector, app, patience }
    }

    /// Whether this server can connect it: to providers that sign in by OAuth it must be known.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.app.is_some() || matches!(self.connector.declaration().auth, Auth::Keys { .. })
    }
}

impl Provider {
    /// The secrets that what it tells may be signed with: the present one, and the one before while it changes over. `None` where we are nobody to
    /// it.
    #[must_use]
    pub fn webhook_secrets(&self) -> Option<Vec<SecretString>> {
        let app = self.app.as_ref()?;
        Some(std::iter::once(&app.client_secret).chain(&app.old_secret).cloned().collect())
    }
}

impl Providers {
    /// Those that there are, with the registrations of the configuration. They are told to tell us of changes where they can reach us: under an
    /// https address, or on this machine where a program plays them.
    #[must_use]
    pub fn new(config: &Config, links: &Links) -> Self {
        let provider = |connector: &'static dyn Connector| {
            let id = connector.declaration().id;
            let app = config.app(id).map(|app| {
                let address = Url::parse(&links.page(&format!("/api/webhooks/{id}"))).ok();
                let webhooks = address.filter(|address| address.scheme() == "https" || app.base.is_some());
                App { webhooks, ..app }
            });
            Provider::new(connector, app)
        };
        Self(registry::all().iter().copied().map(provider).collect())
    }

    /// These and no others: for tests of what reads connections.
    #[must_use]
    pub fn of(connectors: &[&'static dyn Connector]) -> Self {
        Self(connectors.iter().map(|connector| Provider::new(*connector, None)).collect())
    }

    /// All of them, in the order in which people are shown them.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// The one of that name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.connector.declaration().id == id)
    }
}
