//! What is connected: an account at a provider.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An account at a provider: a shop, a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What the provider calls it, such as `some-shop.myshopify.com` or `properties/1234`. Never another account's.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The zone of its days, where the provider tells.
    pub zone: Option<Tz>,
    /// The ISO 4217 code of its books' currency, where the provider tells.
    pub currency: Option<String>,
    /// What was granted, in the provider's words.
    pub scopes: Vec<String>,
    /// What else the connector keeps of it, by names of its own. No secrets: people see it.
    pub details: Map<String, Value>,
}

impl Account {
    /// An account of which nothing but its name is known.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), zone: None, currency: None, scopes: Vec::new(), details: Map::new() }
    }

    /// Whether a scope was granted.
    #[must_use]
    pub fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }
}

/// What a test of a connection found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Health {
    /// What works, but not as it should: a permission that is missing, a version that ends. In words for people.
    pub warnings: Vec<String>,
}
