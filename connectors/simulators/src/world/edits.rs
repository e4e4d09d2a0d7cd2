//! Edits of orders: lines that are added, units that are removed, discounts that are given late.

use chrono::{DateTime, Utc};

use super::ledger::{self, Agreement, Reason};
use super::order::{Allocation, Discount, DiscountKind, DiscountValue, LineKind, Order};
use super::{Kind, World};
use crate::money::Bag;

/// What an edit is to do.
#[derive(Clone, Debug, Default)]
pub(super) struct Edit {
    /// Variants to add and how many of each.
    pub(super) add: Vec<(u64, i64)>,
    /// Lines of which to remove so many units.
    pub(super) remove: Vec<(u64, i64)>,
    /// Lines of which nothing was returned yet, and what to take off all of their units. Minor units of the shop's currency.
    pub(super) discount: Vec<(u64, i64)>,
}

/// What an edit did, as its webhook tells it: lines and by how many units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edited {
    /// The edit's number.
    pub id: u64,
    /// Lines that were added.
    pub additions: Vec<(u64, i64)>,
    /// Lines of which units were removed.
    pub removals: Vec<(u64, i64)>,
}

impl World {
    /// Edits an order. `None` when there was nothing to do.
    pub(super) fn edit(&mut self, order: &mut Order, edit: &Edit, at: DateTime<Utc>) -> Option<Edited> {
        let mut sales = Vec::new();
        let mut edited = Edited { id: self.id(Kind::Agreement), ..Edited::default() };
        let included = order.taxes_included;
        for (variant, quantity) in &edit.add {
            let Some(mut line) = self.line(*variant, (*quantity).max(1), order.currencies) else { continue };
            // An added line is taxed as the first one that is.
            let taxed = order.lines.iter().flat_map(|line| &line.taxes).next().cloned();
            if let Some(mut tax) = taxed.filter(|_| line.kind == LineKind::Product) {
                let below = if included { 10_000 + tax.rate } else { 10_000 };
                tax.amount = line.original().part(tax.rate, below);
                line.taxes.push(tax);
            }
            sales.push(ledger::of_line(self.id(Kind::Sale), &line, (0, line.quantity), 1, included));
            edited.additions.push((line.id, line.quantity));
            order.lines.push(line);
        }
        for (id, quantity) in &edit.remove {
            let sale = self.id(Kind::Sale);
            let Some(line) = order.lines.iter_mut().find(|line| line.id == *id) else { continue };
            let quantity = (*quantity).min(line.quantity - line.gone);
            if quantity > 0 {
                sales.push(ledger::of_line(sale, line, (line.gone, line.gone + quantity), -1, included));
                line.gone += quantity;
                edited.removals.push((line.id, quantity));
            }
        }
        for (id, amount) in &edit.discount {
            let sale = self.id(Kind::Sale);
            let discount = order.discounts.len();
            let wanted = order.currencies.bag(*amount);
            let Some(line) = order.lines.iter_mut().find(|line| line.id == *id && line.gone == 0) else { continue };
            let left = line.original() - line.discount();
            let amount =
                Bag { shop: wanted.shop.min(left.shop), presentment: wanted.presentment.min(left.presentment) };
            let taxed = line.tax();
            line.allocations.push(Allocation { discount, amount });
            let price = line.original() - line.discount();
            for tax in &mut line.taxes {
                tax.amount = price.part(tax.rate, if included { 10_000 + tax.rate } else { 10_000 });
            }
            sales.push(ledger::of_discount(sale, line, amount, line.tax() - taxed, included));
            let kind = DiscountKind::Manual("Sorry for the wait".to_owned());
            order.discounts.push(Discount {
                kind,
                value: DiscountValue::Amount(amount),
                on_shipping: false,
                across: false,
            });
        }
        if sales.is_empty() {
            return None;
        }
        order.agreements.push(Agreement { id: edited.id, at, reason: Reason::OrderEdit, refund: None, sales });
        order.edited = true;
        order.updated_at = at;
        Some(edited)
    }
}
