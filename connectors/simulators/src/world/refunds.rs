//! What goes back: goods, shipping, money for goodwill, exchanges and cancellations.

use chrono::{DateTime, Utc};

use super::ledger::{self, Agreement, Reason, Sale};
use super::order::{CancelReason, Order};
use super::payment::{
    Adjustment, Refund, RefundLine, RefundShipping, Restock, Transaction, TransactionKind, TransactionStatus,
};
use super::{Kind, World};
use crate::money::Bag;

/// What a refund is to do.
#[derive(Clone, Debug, Default)]
pub(super) struct Return {
    /// Lines, how many of each, and what happens to the goods.
    pub(super) lines: Vec<(u64, i64, Option<Restock>)>,
    /// Shipping to give back, at most what is left of it. Minor units of the shop's currency.
    pub(super) shipping: i64,
    /// Money for nothing. Minor units of the shop's currency.
    pub(super) goodwill: i64,
    /// Whether money goes back at all.
    pub(super) pays: bool,
    /// What the staff wrote.
    pub(super) note: Option<String>,
}

impl World {
    /// Takes goods or shipping back and gives money for it. The refund's number; `None` when there is nothing to take back.
    pub(super) fn refund(&mut self, order: &mut Order, asked: Return, at: DateTime<Utc>) -> Option<u64> {
        let (lines, mut sales) = self.take_back(order, &asked.lines);
        let shipping = self.give_shipping_back(order, asked.shipping, &mut sales);
        let mut adjustments = Vec::new();
        if asked.goodwill > 0 {
            let left = order.net_payment() + sales.iter().map(|sale| sale.total).sum();
            let wanted = order.currencies.bag(asked.goodwill);
            let amount = least(wanted, left).or_nothing();
            if !amount.is_zero() {
                sales.push(ledger::of_goodwill(self.id(Kind::Sale), amount));
                adjustments.push(Adjustment { id: self.id(Kind::Adjustment), amount: -amount });
            }
        }
        if sales.is_empty() {
            return None;
        }
        let worth: Bag = -sales.iter().map(|sale| sale.total).sum::<Bag>();
        let amount = if asked.pays { least(worth, order.net_payment()).or_nothing() } else { Bag::ZERO };
        let transactions = self.give_back(order, amount, at);
        let refund =
            Refund { id: self.id(Kind::Refund), at, note: asked.note, lines, shipping, adjustments, transactions };
        let id = refund.id;
        let agreement = self.id(Kind::Agreement);
        order.agreements.push(Agreement { id: agreement, at, reason: Reason::Refund, refund: Some(id), sales });
        order.refunds.push(refund);
        order.updated_at = at;
        Some(id)
    }

    /// Takes one unit of a line back and gives one of a variant for it, discounted until it costs no more than what came back.
    pub(super) fn exchange(&mut self, order: &mut Order, line: u64, variant: u64, at: DateTime<Utc>) -> Option<u64> {
        let (lines, mut sales) = self.take_back(order, &[(line, 1, Some(Restock::Return))]);
        let back: Bag = -sales.iter().map(|sale| sale.total).sum::<Bag>();
        if lines.is_empty() {
            return None;
        }
        if let Some(mut new) = self.line(variant, 1, order.currencies) {
            // No tax, and never dearer: what an exchange costs on top is paid in another order.
            new.unit_price = least(new.unit_price, back);
            sales.push(ledger::of_line(self.id(Kind::Sale), &new, (0, 1), 1, order.taxes_included));
            order.lines.push(new);
        }
        let worth: Bag = -sales.iter().map(|sale| sale.total).sum::<Bag>();
        let amount = least(worth, order.net_payment()).or_nothing();
        let transactions = self.give_back(order, amount, at);
        let id = self.id(Kind::Refund);
        let agreement = self.id(Kind::Agreement);
        order.agreements.push(Agreement { id: agreement, at, reason: Reason::Return, refund: Some(id), sales });
        order.refunds.push(Refund {
            id,
            at,
            note: Some("Exchange".to_owned()),
            lines,
            shipping: Vec::new(),
            adjustments: Vec::new(),
            transactions,
        });
        order.updated_at = at;
        Some(id)
    }

    /// Cancels an order: all that is left of it comes back; the money only when `pays`.
    pub(super) fn cancel(
        &mut self,
        order: &mut Order,
        reason: CancelReason,
        pays: bool,
        at: DateTime<Utc>,
    ) -> Option<u64> {
        let left = order.goods().filter(|line| line.quantity > line.gone);
        let restock = if order.fulfilled { Restock::NoRestock } else { Restock::Cancel };
        let lines = left.map(|line| (line.id, line.quantity - line.gone, Some(restock))).collect();
        if let Some(held) = order.transactions.iter().find(|one| one.kind == TransactionKind::Authorization)
            && order.received().is_zero()
        {
            let (parent, amount, gateway) = (Some(held.id), held.amount, held.gateway);
            let id = self.id(Kind::Transaction);
            let (kind, status) = (TransactionKind::Void, TransactionStatus::Success);
            order.transactions.push(Transaction { id, kind, status, gateway, at, amount, parent });
        }
        order.cancelled_at = Some(at);
        order.cancel_reason = Some(reason);
        order.closed_at = Some(at);
        order.updated_at = at;
        let shipping = order.shipping.iter().map(|line| line.charged().shop).sum();
        self.refund(order, Return { lines, shipping, pays, ..Return::default() }, at)
    }

    fn take_back(&mut self, order: &mut Order, asked: &[(u64, i64, Option<Restock>)]) -> (Vec<RefundLine>, Vec<Sale>) {
        let (mut lines, mut sales) = (Vec::new(), Vec::new());
        let location = self.locations.iter().find(|location| location.active).map(|location| location.id);
        for (id, quantity, restock) in asked {
            let (refund_line, sale) = (self.id(Kind::RefundLine), self.id(Kind::Sale));
            let fulfilled = order.fulfilled;
            let Some(line) = order.lines.iter_mut().find(|line| line.id == *id) else { continue };
            let quantity = (*quantity).min(line.quantity - line.gone);
            if quantity <= 0 {
                continue;
            }
            let range = (line.gone, line.gone + quantity);
            let sale = ledger::of_line(sale, line, range, -1, order.taxes_included);
            let restock = restock.unwrap_or(if fulfilled { Restock::Return } else { Restock::Cancel });
            lines.push(RefundLine {
                id: refund_line,
                line: *id,
                quantity,
                restock,
                location: location.filter(|_| restock != Restock::NoRestock),
                subtotal: (line.original() - line.discount()).units(range.0, range.1, line.quantity),
                tax: -sale.tax,
            });
            line.gone += quantity;
            sales.push(sale);
        }
        (lines, sales)
    }

    fn give_shipping_back(&mut self, order: &mut Order, asked: i64, sales: &mut Vec<Sale>) -> Vec<RefundShipping> {
        let mut left = order.currencies.bag(asked);
        let mut given = Vec::new();
        for line in &mut order.shipping {
            let (id, sale) = (self.id(Kind::RefundLine), self.id(Kind::Sale));
            let rest = line.charged() - line.refunded;
            let amount = least(left, rest).or_nothing();
            if amount.shop == 0 {
                continue;
            }
            // Whatever is left of the other currency goes with the last of this one.
            let amount = if amount.shop == rest.shop { rest } else { amount };
            let tax_until = |given: Bag| Bag {
                shop: share(line.tax().shop, given.shop, line.charged().shop),
                presentment: share(line.tax().presentment, given.presentment, line.charged().presentment),
            };
            let tax = tax_until(line.refunded + amount) - tax_until(line.refunded);
            sales.push(ledger::of_shipping_back(sale, line, amount, tax, order.taxes_included));
            line.refunded += amount;
            left = (left - amount).or_nothing();
            given.push(RefundShipping { id, shipping_line: line.id, subtotal: amount, tax });
        }
        given
    }

    fn give_back(&mut self, order: &mut Order, amount: Bag, at: DateTime<Utc>) -> Vec<u64> {
        if amount.shop <= 0 {
            return Vec::new();
        }
        let paid = |one: &&Transaction| {
            matches!(one.kind, TransactionKind::Sale | TransactionKind::Capture)
                && one.status == TransactionStatus::Success
        };
        let largest = order.transactions.iter().filter(paid).max_by_key(|one| one.amount.shop);
        let (parent, gateway) = largest.map_or((None, "manual"), |one| (Some(one.id), one.gateway));
        let id = self.id(Kind::Transaction);
        let (kind, status) = (TransactionKind::Refund, TransactionStatus::Success);
        order.transactions.push(Transaction { id, kind, status, gateway, at, amount, parent });
        vec![id]
    }
}

fn least(one: Bag, other: Bag) -> Bag {
    Bag { shop: one.shop.min(other.shop), presentment: one.presentment.min(other.presentment) }
}

fn share(whole: i64, above: i64, below: i64) -> i64 {
    Bag { shop: whole, presentment: 0 }.part(above, below).shop
}
