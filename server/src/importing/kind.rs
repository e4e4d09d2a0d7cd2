//! What can be in a file.

use aloftly_connectors::events_file::Mapping;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Orders, as Shopify's admin exports them.
    ShopifyOrders,
    /// Any CSV or Parquet file of measurements, by a mapping of its columns.
    MetricEvents,
    /// Rates between currencies: a CSV file with date, base, quote and rate, or as the European Central Bank publishes them.
    FxRates,
}

impl ImportKind {
    /// Its name, as it is kept and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ShopifyOrders => "shopify_orders",
            Self::MetricEvents => "metric_events",
            Self::FxRates => "fx_rates",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::ShopifyOrders, Self::MetricEvents, Self::FxRates].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What is in a file, with what is needed to read it.
#[derive(Clone, Debug)]
pub enum Content {
    /// [`ImportKind::ShopifyOrders`].
    ShopifyOrders,
    /// [`ImportKind::MetricEvents`].
    MetricEvents(Box<Mapping>),
    /// [`ImportKind::FxRates`].
    FxRates,
}

impl Content {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> ImportKind {
        match self {
            Self::ShopifyOrders => ImportKind::ShopifyOrders,
            Self::MetricEvents(_) => ImportKind::MetricEvents,
            Self::FxRates => ImportKind::FxRates,
        }
    }

    /// From a kind and the mapping that was sent with the file.
    ///
    /// # Errors
    /// What is wrong with the mapping, or that it is missing or needless.
    pub fn new(kind: ImportKind, mapping: Option<serde_json::Value>) -> Result<Self, String> {
        match (kind, mapping) {
            (ImportKind::ShopifyOrders, None) => Ok(Self::ShopifyOrders),
            (ImportKind::FxRates, None) => Ok(Self::FxRates),
            (ImportKind::ShopifyOrders | ImportKind::FxRates, Some(_)) => {
                Err("files of this kind need no mapping".to_owned())
            }
            (ImportKind::MetricEvents, None) => Err("files of this kind need a mapping of their columns".to_owned()),
            (ImportKind::MetricEvents, Some(mapping)) => serde_json::from_value(mapping)
                .map(|mapping| Self::MetricEvents(Box::new(mapping)))
                .map_err(|error| error.to_string()),
        }
    }
}
