//! How a buyer came to an order, as Shopify's conversion summary tells it.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// What the parameters of the address said that somebody came by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Utm {
    /// Where from.
    pub source: String,
    /// By what means.
    pub medium: String,
    /// In what campaign.
    pub campaign: Option<String>,
    /// The search term.
    pub term: Option<String>,
    /// Which of several links.
    pub content: Option<String>,
}

/// One visit.
#[derive(Clone, Debug, Serialize)]
pub struct Visit {
    /// Its number.
    pub id: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// The page on which it began.
    pub landing_page: String,
    /// The page before it.
    pub referrer: Option<String>,
    /// Shopify's name for where it came from, such as `direct` or `google`.
    pub source: String,
    /// Shopify's name for the means, such as `SEARCH`.
    pub source_type: Option<&'static str>,
    /// The parameters of the address.
    pub utm: Option<Utm>,
}

/// How a buyer came.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Journey {
    /// Whether it is known already. Until then nothing else is.
    pub ready: bool,
    /// Which of the customer's orders it is, from 1; test orders are not counted, and guests have none.
    pub order_index: Option<u32>,
    /// Whole days between the visits.
    pub days_to_conversion: Option<i64>,
    /// The first.
    pub first: Option<Visit>,
    /// The one that ended in the order.
    pub last: Option<Visit>,
}
