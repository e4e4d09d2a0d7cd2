//! `refunds/create`.

use serde_json::{Value, json};

use super::{both, order, put, time};
use crate::graphql::context::gid;
use crate::money::{Bag, Currency};
use crate::world::{Order, Refund, RefundLine, Restock, Transaction, TransactionKind, TransactionStatus, World};

/// An amount as a JSON number, which is how refunds tell what their lines come to.
fn number(currency: Currency, minor: i64) -> Value {
    serde_json::from_str(&currency.rest(minor)).unwrap_or(Value::Null)
}

/// A refund.
pub(super) fn refund(world: &World, of: &Order, refund: &Refund) -> Value {
    let zone = world.shop.zone;
    let at = time(refund.at, zone);
    let adjustments = refund.adjustments.iter().map(|one| {
        let (amount, set) = both(of.currencies, one.amount);
        let (tax, tax_set) = both(of.currencies, Bag::ZERO);
        json!({
            "id": one.id,
            "amount": amount,
            "amount_set": set,
            "kind": "refund_discrepancy",
            "order_id": of.id,
            "reason": "Refund discrepancy",
            "refund_id": refund.id,
            "tax_amount": tax,
            "tax_amount_set": tax_set,
        })
    });
    let shipping = refund.shipping.iter().map(|one| {
        json!({
            "id": one.id,
            "subtotal_amount_set": of.currencies.rest(one.subtotal),
            "tax_amount_set": of.currencies.rest(one.tax),
            "shipping_line": { "id": one.shipping_line },
        })
    });
    let own = of.transactions.iter().filter(|one| refund.transactions.contains(&one.id));
    json!({
        "id": refund.id,
        "order_id": of.id,
        "created_at": at,
        "note": refund.note,
        "user_id": null,
        "processed_at": at,
        "duties": [],
        "total_duties_set": of.currencies.rest(Bag::ZERO),
        "return": null,
        "refund_shipping_lines": shipping.collect::<Vec<_>>(),
        "restock": refund.lines.iter().any(|line| line.restock != Restock::NoRestock),
        "admin_graphql_api_id": gid("Refund", refund.id),
        "order_adjustments": adjustments.collect::<Vec<_>>(),
        "refund_line_items": refund.lines.iter().map(|one| line(world, of, one)).collect::<Vec<_>>(),
        "transactions": own.map(|one| transaction(world, of, one)).collect::<Vec<_>>(),
    })
}

fn line(world: &World, of: &Order, one: &RefundLine) -> Value {
    let restock = match one.restock {
        Restock::Cancel => "cancel",
        Restock::Return => "return",
        Restock::NoRestock => "no_restock",
    };
    json!({
        "id": one.id,
        "quantity": one.quantity,
        "line_item_id": one.line,
        "location_id": one.location,
        "restock_type": restock,
        "subtotal": number(of.currencies.shop, one.subtotal.shop),
        "total_tax": number(of.currencies.shop, one.tax.shop),
        "subtotal_set": of.currencies.rest(one.subtotal),
        "total_tax_set": of.currencies.rest(one.tax),
        "line_item": of.line(one.line).map(|line| order::line(world, of, line)),
    })
}

fn transaction(world: &World, of: &Order, one: &Transaction) -> Value {
    let at = time(one.at, world.shop.zone);
    let kind = match one.kind {
        TransactionKind::Authorization => "authorization",
        TransactionKind::Capture => "capture",
        TransactionKind::Sale => "sale",
        TransactionKind::Refund => "refund",
        TransactionKind::Void => "void",
    };
    let status = match one.status {
        TransactionStatus::Success => "success",
        TransactionStatus::Failure => "failure",
        TransactionStatus::Pending => "pending",
    };
    // The one amount whose key is `currency`, not `currency_code`.
    let unsettled = |currency: Currency| json!({ "amount": currency.rest(0), "currency": currency.code() });
    let mut told = json!({
        "id": one.id,
        "order_id": of.id,
        "kind": kind,
        "gateway": one.gateway,
        "status": status,
        "message": null,
        "created_at": at,
        "test": of.test,
        "authorization": null,
        "location_id": null,
        "user_id": null,
        "parent_id": one.parent,
        "processed_at": at,
        "device_id": null,
        "error_code": null,
        "source_name": "web",
        "receipt": {},
        "currency": of.currencies.shop.code(),
        "payment_id": format!("#{}.1", of.number),
        "total_unsettled_set": {
            "presentment_money": unsettled(of.currencies.presentment),
            "shop_money": unsettled(of.currencies.shop),
        },
        "manual_payment_gateway": false,
        "amount_rounding": null,
        "admin_graphql_api_id": gid("OrderTransaction", one.id),
    });
    put(&mut told, "amount", of.currencies, one.amount);
    if let Some(fields) = told.as_object_mut() {
        fields.remove("amount_set");
    }
    told
}
