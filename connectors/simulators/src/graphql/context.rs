//! What a query is answered from: the world, who asks and what they may see.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::error::Fault;
use crate::options::{ProtectedData, SearchZone, Settings};
use crate::world::{Order, World};

/// How an answer is spoiled, see [`crate::faults`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Quirks {
    /// So many rows at the end of a page come again on the next.
    pub(crate) overlap: usize,
    /// There is always another page.
    pub(crate) endless: bool,
    /// Objects lack these fields.
    pub(crate) missing: Vec<String>,
    /// Objects have a field that nobody asked for.
    pub(crate) unknown: bool,
}

/// What a query is answered from.
pub(crate) struct Context<'w> {
    pub(crate) world: &'w World,
    pub(crate) settings: &'w Settings,
    /// The scopes of the token, those that others imply included.
    pub(crate) scopes: &'w BTreeSet<String>,
    pub(crate) now: DateTime<Utc>,
    /// Whether it is a bulk operation, whose connections are whole.
    pub(crate) bulk: bool,
    pub(crate) quirks: Quirks,
    /// The app and its installation, bulk operations and webhook subscriptions, as the API tells them.
    pub(crate) app: Value,
    pub(crate) operations: Vec<Value>,
    pub(crate) subscriptions: Vec<Value>,
    pub(crate) versions: Vec<Value>,
}

impl Context<'_> {
    /// Whether the token may see what needs that scope.
    pub(crate) fn may(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// In which zone times without one are.
    pub(crate) fn zone(&self) -> Tz {
        match self.settings.search_zone {
            SearchZone::Utc => Tz::UTC,
            SearchZone::Shop => self.world.shop.zone,
        }
    }

    /// Whether an order can be seen: without `read_all_orders` only those of the last 60 days.
    pub(crate) fn sees(&self, order: &Order) -> bool {
        self.may("read_all_orders") || order.created_at >= self.now - TimeDelta::days(60)
    }

    /// Whether what tells who somebody is can be seen; else it is null.
    pub(crate) fn sees_names(&self) -> bool {
        self.settings.protected_data == ProtectedData::Level2
    }

    /// The scope that a type needs.
    pub(crate) fn scope_of(type_name: &str) -> Option<&'static str> {
        let name = type_name.strip_suffix("Connection").unwrap_or(type_name);
        Some(match name {
            "Order" | "Refund" | "AbandonedCheckout" | "OrderTransaction" | "SalesAgreement" => "read_orders",
            "Customer" => "read_customers",
            "Product" | "ProductVariant" | "Collection" => "read_products",
            "InventoryItem" | "InventoryLevel" => "read_inventory",
            "Location" => "read_locations",
            "ShopifyqlQueryResponse" => "read_reports",
            _ => return None,
        })
    }

    /// Refuses a field whose type the token may not see.
    pub(crate) fn check(&self, field: &str, type_name: &str) -> Result<(), Fault> {
        let scope = match field {
            "ordersCount" | "abandonedCheckoutsCount" => Some("read_orders"),
            "customersCount" => Some("read_customers"),
            "productsCount" | "productVariantsCount" | "collectionsCount" => Some("read_products"),
            "locationsCount" => Some("read_locations"),
            _ => Self::scope_of(type_name),
        };
        match scope {
            Some(scope) if !self.may(scope) => Err(Fault::denied(field, scope)),
            Some("read_customers") if self.settings.protected_data == ProtectedData::None => {
                Err(Fault::unapproved("Customer"))
            }
            _ => Ok(()),
        }
    }
}

/// A GraphQL `DateTime`.
pub(crate) fn time(at: DateTime<Utc>) -> Value {
    json!(at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// A gid.
pub(crate) fn gid(kind: &str, id: u64) -> String {
    format!("gid://shopify/{kind}/{id}")
}
