//! The rows of orders.

use std::collections::HashMap;

use aloftly_engine::money::Money;

use super::order_state::{LineState, OrderState, RefundLineState, RefundState};
use super::table::{Cell, Named, Table};
use crate::contract::{Batches, Failure};
use crate::shopify::product_key::product_key;

/// Gathers the rows of orders.
#[derive(Debug)]
pub(super) struct OrderRows {
    orders: Table,
    items: Table,
    refunds: Table,
    refund_items: Table,
    payments: Table,
}

impl OrderRows {
    /// Without rows.
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self {
            orders: Table::of("orders")?,
            items: Table::of("order_items")?,
            refunds: Table::of("refunds")?,
            refund_items: Table::of("refund_items")?,
            payments: Table::of("transactions")?,
        })
    }

    /// Takes an order.
    ///
    /// # Errors
    /// [`Failure::Unexpected`] when its amounts do not fit money columns.
    pub(super) fn push(&mut self, order: &mut OrderState) -> Result<(), Failure> {
        order.sort();
        let order = &*order;
        let context = context(order);
        self.orders.push(&with(&context, &whole(order)?))?;
        for (number, line) in (1..).zip(&order.lines) {
            let product_id = product_id(line);
            self.items.push(&with(&context, &item(order, number, line, &product_id)?))?;
        }
        for refund in &order.refunds {
            let own = [
                ("refund_id", Cell::from(&refund.id.0)),
                ("refunded_at", refund.refunded_at.into()),
                ("amount", refund.amount.into()),
            ];
            self.refunds.push(&with(&context, &own))?;
        }
        self.push_returned(order, &context)?;
        for payment in order.payments.iter().flatten() {
            let own = [
                ("transaction_id", Cell::from(&payment.id.0)),
                ("kind", (&payment.kind).into()),
                ("status", (&payment.status).into()),
                ("gateway", (&payment.gateway).into()),
                ("processed_at", payment.processed_at.into()),
                ("amount", payment.amount.into()),
            ];
            self.payments.push(&with(&context, &own))?;
        }
        Ok(())
    }

    /// Goods that came back, in the order of their ids.
    fn push_returned(&mut self, order: &OrderState, context: &[Named<'_>]) -> Result<(), Failure> {
        let lines: HashMap<&str, &LineState> = order.lines.iter().map(|line| (line.id.0.as_str(), line)).collect();
        let returned = order.refunds.iter().flat_map(|refund| refund.lines.iter().map(move |line| (refund, line)));
        let mut returned: Vec<_> =
            returned.map(|(refund, line)| (refund_line_id(refund, line), refund, line)).collect();
        returned.sort_by(|a, b| a.0.cmp(&b.0));
        for (id, refund, line) in &returned {
            let sold = lines.get(line.line_id.0.as_str());
            let product_id = sold.map(|sold| product_id(sold));
            let amount = without_tax(order, line.subtotal, line.tax).ok_or_else(|| too_large(order))?;
            let own = [
                ("refund_line_id", Cell::from(id)),
                ("refund_id", (&refund.id.0).into()),
                ("refunded_at", refund.refunded_at.into()),
                ("line_id", (&line.line_id.0).into()),
                ("product_id", product_id.as_deref().into()),
                ("product", sold.map(|sold| sold.name.as_str()).into()),
                ("variant", sold.map(|sold| sold.sku.as_str()).into()),
                ("variant_id", sold.and_then(|sold| sold.variant_id.as_ref()).map(|id| id.0.as_str()).into()),
                ("sku", sold.map(|sold| sold.sku.as_str()).into()),
                ("vendor", sold.map(|sold| sold.vendor.as_str()).into()),
                ("quantity", line.quantity.into()),
                ("amount", amount.into()),
                ("tax", line.tax.into()),
                ("restock_type", (&line.restock_type).into()),
            ];
            self.refund_items.push(&with(context, &own))?;
        }
        Ok(())
    }

    /// The rows, by dataset.
    pub(super) fn finish(self) -> Result<Batches, Failure> {
        let tables = [self.orders, self.items, self.refunds, self.refund_items, self.payments];
        tables.into_iter().filter_map(|table| table.finish().transpose()).collect()
    }
}

fn with<'a>(context: &[Named<'a>], own: &[Named<'a>]) -> Vec<Named<'a>> {
    [context, own].concat()
}

/// What an order hands down to its rows.
fn context(order: &OrderState) -> Vec<Named<'_>> {
    vec![
        ("order_id", (&order.id.0).into()),
        ("row_version", order.version.into()),
        ("created_at", order.placed_at.into()),
        ("currency", (&order.currency).into()),
        ("customer_id", order.customer.as_ref().map(|id| id.0.as_str()).into()),
        ("channel", (&order.channel).into()),
        ("country", (&order.place.country).into()),
        ("province", (&order.place.province).into()),
        ("discount_code", (&order.discount_codes).into()),
        ("financial_status", (&order.financial_status).into()),
        ("is_test", order.is_test.into()),
        ("cancelled_at", order.cancelled_at.into()),
        ("traffic_source", (&order.visit.source).into()),
        ("medium", (&order.visit.medium).into()),
        ("campaign", (&order.visit.campaign).into()),
        ("page", (&order.visit.page).into()),
    ]
}

fn whole(order: &OrderState) -> Result<Vec<Named<'_>>, Failure> {
    // An order of before Shopify kept these sums has them in its lines alone.
    let discount = order.discount.or_else(|| sum(order.lines.iter().map(|line| Some(line.discount))));
    let subtotal = order.subtotal.or_else(|| sum(order.lines.iter().map(amount)));
    let (discount, subtotal) = discount.zip(subtotal).ok_or_else(|| too_large(order))?;
    let lines = i64::try_from(order.lines.len()).unwrap_or(i64::MAX);
    let units = order.lines.iter().fold(0_i64, |units, line| units.saturating_add(line.quantity));
    Ok(vec![
        ("order_name", (&order.name).into()),
        ("paid_at", order.paid_at().into()),
        ("fulfillment_status", (&order.fulfillment_status).into()),
        ("payment_method", (&order.payment_method).into()),
        ("shipping_method", (&order.shipping_method).into()),
        ("city", (&order.place.city).into()),
        ("tags", (&order.tags).into()),
        ("accepts_marketing", order.accepts_marketing.into()),
        ("units", units.into()),
        ("lines", lines.into()),
        ("subtotal", subtotal.into()),
        ("discount", discount.into()),
        ("shipping", order.shipping.into()),
        ("tax", order.tax.into()),
        ("total", order.total.into()),
        ("refunded", order.refunded.into()),
        ("outstanding", order.outstanding.into()),
        ("entered_at", order.entered_at.into()),
        ("source_updated_at", order.updated_at.into()),
        ("edited", order.edited.into()),
        ("cancel_reason", (&order.cancel_reason).into()),
        ("tips", order.tips.into()),
        ("customer_order_index", order.customer_order_index.into()),
        ("presentment_currency", (&order.presentment_currency).into()),
        ("presentment_total", order.presentment_total.into()),
    ])
}

/// The sum, where every part and it are amounts.
fn sum(mut amounts: impl Iterator<Item = Option<Money>>) -> Option<Money> {
    amounts.try_fold(Money::ZERO, |sum, amount| sum.checked_add(amount?))
}

fn item<'a>(
    order: &OrderState,
    number: i64,
    line: &'a LineState,
    product_id: &'a str,
) -> Result<Vec<Named<'a>>, Failure> {
    let gross = gross(line).and_then(|gross| without_tax(order, gross, line.tax)).ok_or_else(|| too_large(order))?;
    let amount = amount(line).ok_or_else(|| too_large(order))?;
    Ok(vec![
        ("line", number.into()),
        ("product_id", product_id.into()),
        ("product", (&line.name).into()),
        ("variant", (&line.sku).into()),
        ("sku", (&line.sku).into()),
        ("vendor", (&line.vendor).into()),
        ("quantity", line.quantity.into()),
        ("unit_price", line.unit_price.into()),
        ("discount", line.discount.into()),
        ("amount", amount.into()),
        ("gross", Some(gross).filter(|_| !line.is_gift_card).into()),
        ("tax", line.tax.into()),
        ("line_id", (&line.id.0).into()),
        ("variant_id", line.variant_id.as_ref().map(|id| id.0.as_str()).into()),
        ("is_gift_card", line.is_gift_card.into()),
        ("current_quantity", line.current_quantity.into()),
    ])
}

/// The price of all pieces of a line.
fn gross(line: &LineState) -> Option<Money> {
    line.unit_price.checked_mul(line.quantity)
}

/// The same with discounts taken off.
fn amount(line: &LineState) -> Option<Money> {
    gross(line)?.checked_sub(line.discount)
}

/// An amount of the order without the tax that is in it.
fn without_tax(order: &OrderState, amount: Money, tax: Money) -> Option<Money> {
    if order.taxes_included { amount.checked_sub(tax) } else { Some(amount) }
}

/// Shopify's id of the product; of one that is gone there, or never was, what the orders file knows it by.
fn product_id(line: &LineState) -> String {
    line.product_id.as_ref().map_or_else(|| product_key(&line.sku, &line.name), |id| id.0.clone())
}

/// What tells lines of refunds apart: Shopify gives an id to most.
fn refund_line_id(refund: &RefundState, line: &RefundLineState) -> String {
    line.id.as_ref().map_or_else(|| format!("{}:{}", refund.id.0, line.line_id.0), |id| id.0.clone())
}

fn too_large(order: &OrderState) -> Failure {
    Failure::Unexpected { detail: format!("order {}: its lines come to more than an amount can be", order.id.0) }
}
