//! The providers that this server can connect, and what it needs for that.

use std::sync::Arc;

use aloftly_connectors::contract::{App, Auth, Connector};
use aloftly_connectors::registry;

use crate::config::Config;

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
}

impl Provider {
    /// Whether this server can connect it: to providers that sign in by OAuth it must be known.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.app.is_some() || matches!(self.connector.declaration().auth, Auth::Keys { .. })
    }
}

impl Providers {
    /// Those that there are, with the registrations of the configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let provider =
            |connector: &'static dyn Connector| Provider { connector, app: config.app(connector.declaration().id) };
        Self(registry::all().iter().copied().map(provider).collect())
    }

    /// These and no others: for tests of what reads connections.
    #[must_use]
    pub fn of(connectors: &[&'static dyn Connector]) -> Self {
        Self(connectors.iter().map(|connector| Provider { connector: *connector, app: None }).collect())
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
