//! Checkouts that were left after somebody said who they are.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::people::Address;
use super::table::Row;
use crate::money::{Bag, Currencies};

/// A line of a checkout.
#[derive(Clone, Debug, Serialize)]
pub struct CheckoutLine {
    /// Its number.
    pub id: u64,
    /// The product's title.
    pub title: String,
    /// The variant's.
    pub variant_title: Option<String>,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// The product.
    pub product: u64,
    /// The variant.
    pub variant: u64,
    /// Units.
    pub quantity: i64,
    /// The price of one.
    pub unit_price: Bag,
}

/// A checkout that was left; one that was taken up again has an order.
#[derive(Clone, Debug, Serialize)]
pub struct AbandonedCheckout {
    /// Its number.
    pub id: u64,
    /// Its token in webhooks.
    pub token: String,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it changed last.
    pub updated_at: DateTime<Utc>,
    /// When it became an order.
    pub completed_at: Option<DateTime<Utc>>,
    /// Which.
    pub order: Option<u64>,
    /// Who; somebody whom the shop does not know yet is nobody.
    pub customer: Option<u64>,
    /// Their mail address.
    pub email: Option<String>,
    /// Where it should go.
    pub address: Option<Address>,
    /// What they wanted.
    pub lines: Vec<CheckoutLine>,
    /// Of its amounts.
    #[serde(skip)]
    pub currencies: Currencies,
    /// Whether prices contain tax.
    pub taxes_included: bool,
    /// The tax.
    pub tax: Bag,
    /// The shipping.
    pub shipping: Bag,
}

impl Row for AbandonedCheckout {
    fn id(&self) -> u64 {
        self.id
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl AbandonedCheckout {
    /// The lines.
    #[must_use]
    pub fn subtotal(&self) -> Bag {
        self.lines.iter().map(|line| line.unit_price.times(line.quantity)).sum()
    }

    /// Everything.
    #[must_use]
    pub fn total(&self) -> Bag {
        let net = self.subtotal() + self.shipping;
        if self.taxes_included { net } else { net + self.tax }
    }
}
