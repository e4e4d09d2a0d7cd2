//! The sales ledger: what an order came to, by when it came to it. Every change of an order that moves an amount is an agreement.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::order::{LineItem, LineKind, ShippingLine, TaxLine};
use crate::money::Bag;

/// Why there is an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// The order was made.
    Order,
    /// It was edited.
    OrderEdit,
    /// Something was refunded.
    Refund,
    /// Goods came back, perhaps for others.
    Return,
}

/// What a sale does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Action {
    /// Sells.
    Order,
    /// Takes back: amounts and quantity are below 0.
    Return,
    /// Changes the price of what was sold.
    Update,
}

/// What a sale is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LineType {
    /// Goods.
    Product,
    /// A gift card.
    GiftCard,
    /// A tip.
    Tip,
    /// Shipping.
    Shipping,
    /// Nothing that was sold: money given back for goodwill.
    Adjustment,
}

/// One entry of the ledger.
#[derive(Clone, Debug, Serialize)]
pub struct Sale {
    /// Its number.
    pub id: u64,
    /// What it does.
    pub action: Action,
    /// What it is of.
    pub line_type: LineType,
    /// The line or shipping line.
    pub line: Option<u64>,
    /// Units, below 0 for those taken back.
    pub quantity: Option<i64>,
    /// After discounts and with tax.
    pub total: Bag,
    /// The tax in it.
    pub tax: Bag,
    /// What discounts took off the price without tax.
    pub discount_before_tax: Bag,
    /// What discounts took off the price with tax.
    pub discount_with_tax: Bag,
    /// What taxes it is made of: title, hundredths of a percent, amount.
    pub taxes: Vec<TaxLine>,
}

/// Entries of the ledger that were made at once.
#[derive(Clone, Debug, Serialize)]
pub struct Agreement {
    /// Its number.
    pub id: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Reason,
    /// The refund that it belongs to.
    pub refund: Option<u64>,
    /// What.
    pub sales: Vec<Sale>,
}

/// The two ways of saying how much a discount took off: without and with the tax that would have been on it.
fn discounts(discount: Bag, rate: i64, included: bool) -> (Bag, Bag) {
    if included {
        (discount - discount.part(rate, 10_000 + rate), discount)
    } else {
        (discount, discount + discount.part(rate, 10_000))
    }
}

fn rate(taxes: &[TaxLine]) -> i64 {
    taxes.iter().map(|tax| tax.rate).sum()
}

/// The units `from..to` of a line as a sale; `sign` is -1 to take them back.
pub(crate) fn of_line(id: u64, line: &LineItem, (from, to): (i64, i64), sign: i64, included: bool) -> Sale {
    let units = |whole: Bag| whole.units(from, to, line.quantity).times(sign);
    let (before, with) = discounts(line.discount(), rate(&line.taxes), included);
    let tax = units(line.tax());
    let price = units(line.original() - line.discount());
    Sale {
        id,
        action: if sign < 0 { Action::Return } else { Action::Order },
        line_type: match line.kind {
            LineKind::Product => LineType::Product,
            LineKind::GiftCard => LineType::GiftCard,
            LineKind::Tip => LineType::Tip,
        },
        line: Some(line.id),
        quantity: Some((to - from) * sign),
        total: if included { price } else { price + tax },
        tax,
        discount_before_tax: units(before),
        discount_with_tax: units(with),
        taxes: line.taxes.iter().map(|one| TaxLine { amount: units(one.amount), ..one.clone() }).collect(),
    }
}

/// The shipping that was charged as a sale.
pub(crate) fn of_shipping(id: u64, line: &ShippingLine, included: bool) -> Sale {
    let (before, with) = discounts(line.discount(), rate(&line.taxes), included);
    let tax = line.tax();
    Sale {
        id,
        action: Action::Order,
        line_type: LineType::Shipping,
        line: Some(line.id),
        quantity: Some(1),
        total: if included { line.charged() } else { line.charged() + tax },
        tax,
        discount_before_tax: before,
        discount_with_tax: with,
        taxes: line.taxes.clone(),
    }
}

/// Shipping given back: `amount` of what was charged, which brings `tax` with it.
pub(crate) fn of_shipping_back(id: u64, line: &ShippingLine, amount: Bag, tax: Bag, included: bool) -> Sale {
    Sale {
        id,
        action: Action::Return,
        line_type: LineType::Shipping,
        line: Some(line.id),
        quantity: Some(-1),
        total: if included { -amount } else { -(amount + tax) },
        tax: -tax,
        discount_before_tax: Bag::ZERO,
        discount_with_tax: Bag::ZERO,
        taxes: line.taxes.iter().take(1).map(|one| TaxLine { amount: -tax, ..one.clone() }).collect(),
    }
}

/// A discount given to a line after it was sold: the price changes, and its tax by `tax` (below 0).
pub(crate) fn of_discount(id: u64, line: &LineItem, discount: Bag, tax: Bag, included: bool) -> Sale {
    let (before, with) = if included { (discount + tax, discount) } else { (discount, discount - tax) };
    Sale {
        id,
        action: Action::Update,
        line_type: if line.kind == LineKind::GiftCard { LineType::GiftCard } else { LineType::Product },
        line: Some(line.id),
        quantity: None,
        total: if included { -discount } else { tax - discount },
        tax,
        discount_before_tax: before,
        discount_with_tax: with,
        taxes: line.taxes.iter().take(1).map(|one| TaxLine { amount: tax, ..one.clone() }).collect(),
    }
}

/// Money given back for nothing that came back.
pub(crate) fn of_goodwill(id: u64, amount: Bag) -> Sale {
    Sale {
        id,
        action: Action::Return,
        line_type: LineType::Adjustment,
        line: None,
        quantity: None,
        total: -amount,
        tax: Bag::ZERO,
        discount_before_tax: Bag::ZERO,
        discount_with_tax: Bag::ZERO,
        taxes: Vec::new(),
    }
}
