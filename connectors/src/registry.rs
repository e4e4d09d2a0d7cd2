//! The connectors that there are: one line each.

use crate::contract::Connector;
use crate::ga4::Ga4;
use crate::shopify::api::Shopify;

/// Every connector, in the order in which people are shown them.
static CONNECTORS: &[&dyn Connector] = &[&Shopify, &Ga4];

/// Every connector, in the order in which people are shown them.
#[must_use]
pub fn all() -> &'static [&'static dyn Connector] {
    CONNECTORS
}

/// The connector of that name.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Connector> {
    CONNECTORS.iter().copied().find(|connector| connector.declaration().id == id)
}
