//! The state of an order, however it was told: by an answer, by a bulk operation's lines, by a webhook.

use aloftly_engine::money::Money;

use super::wire::{At, Id};

/// The state of an order. Amounts are in the currency of the shop's books; texts that are not there are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OrderState {
    pub(super) id: Id,
    pub(super) version: i64,
    pub(super) name: String,
    /// When it was placed, as Shopify's reports count it: for one that was brought in from elsewhere, when it was placed there.
    pub(super) placed_at: At,
    /// When Shopify made its record of it.
    pub(super) entered_at: At,
    pub(super) updated_at: At,
    pub(super) cancelled_at: Option<At>,
    pub(super) cancel_reason: String,
    pub(super) is_test: bool,
    pub(super) edited: Option<bool>,
    pub(super) currency: String,
    pub(super) presentment_currency: String,
    pub(super) presentment_total: Option<Money>,
    /// Prices and subtotals have the tax in them.
    pub(super) taxes_included: bool,
    pub(super) financial_status: String,
    pub(super) fulfillment_status: String,
    pub(super) channel: String,
    pub(super) total: Money,
    pub(super) subtotal: Option<Money>,
    pub(super) discount: Option<Money>,
    pub(super) tax: Money,
    pub(super) shipping: Money,
    pub(super) refunded: Money,
    pub(super) outstanding: Option<Money>,
    pub(super) tips: Option<Money>,
    pub(super) discount_codes: String,
    pub(super) customer: Option<Id>,
    pub(super) customer_order_index: Option<i64>,
    pub(super) visit: Visit,
    pub(super) place: Place,
    pub(super) accepts_marketing: Option<bool>,
    pub(super) tags: String,
    pub(super) payment_method: String,
    pub(super) shipping_method: String,
    pub(super) lines: Vec<LineState>,
    pub(super) refunds: Vec<RefundState>,
    /// `None` where the source does not tell them: those that are held stay.
    pub(super) payments: Option<Vec<PaymentState>>,
}

impl OrderState {
    /// Puts lines, refunds and payments into the order that rows have, which does not depend on the one in which they were told.
    pub(super) fn sort(&mut self) {
        self.lines.sort_by_key(|line| line.id.order());
        self.refunds.sort_by(|a, b| a.id.0.cmp(&b.id.0));
        if let Some(payments) = &mut self.payments {
            payments.sort_by(|a, b| a.id.0.cmp(&b.id.0));
        }
    }

    /// When it was paid in full: its last successful payment, once it counts as paid.
    pub(super) fn paid_at(&self) -> Option<At> {
        if !matches!(self.financial_status.as_str(), "paid" | "partially_refunded" | "refunded") {
            return None;
        }
        let payments = self.payments.iter().flatten().filter(|payment| payment.is_income());
        payments.filter_map(|payment| payment.processed_at).max()
    }
}

/// Where a buyer came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Visit {
    pub(super) source: String,
    pub(super) medium: String,
    pub(super) campaign: String,
    pub(super) page: String,
}

/// Where an order goes: of the shipping address, else of the billing address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) country: String,
    pub(super) province: String,
    pub(super) city: String,
}

impl Place {
    /// The place of the first address that tells a country.
    pub(super) fn first_of(addresses: [Option<Self>; 2]) -> Self {
        let mut places = addresses.into_iter().flatten();
        places.find(|place| !place.country.is_empty()).unwrap_or_default()
    }
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LineState {
    pub(super) id: Id,
    pub(super) product_id: Option<Id>,
    pub(super) variant_id: Option<Id>,
    /// The product with its variant, as the order names it.
    pub(super) name: String,
    pub(super) sku: String,
    pub(super) vendor: String,
    pub(super) quantity: i64,
    pub(super) current_quantity: Option<i64>,
    pub(super) is_gift_card: bool,
    pub(super) unit_price: Money,
    /// Its own discounts and its share of the order's.
    pub(super) discount: Money,
    pub(super) tax: Money,
}

/// A refund: money that went back, and goods that did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RefundState {
    pub(super) id: Id,
    pub(super) refunded_at: Option<At>,
    pub(super) amount: Money,
    pub(super) lines: Vec<RefundLineState>,
}

/// Goods that went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RefundLineState {
    pub(super) id: Option<Id>,
    pub(super) line_id: Id,
    pub(super) quantity: i64,
    pub(super) restock_type: String,
    /// After discounts; with tax where the order's prices have it in them.
    pub(super) subtotal: Money,
    pub(super) tax: Money,
}

/// A payment, or a try of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PaymentState {
    pub(super) id: Id,
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) gateway: String,
    pub(super) processed_at: Option<At>,
    pub(super) amount: Money,
}

impl PaymentState {
    fn is_income(&self) -> bool {
        self.status == "success" && matches!(self.kind.as_str(), "sale" | "capture")
    }
}
