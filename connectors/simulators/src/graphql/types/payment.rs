//! `OrderTransaction` and `Refund`.

use serde_json::{Value, json};

use super::bag;
use super::order::{kind, status};
use crate::graphql::args::Args;
use crate::graphql::context::{Context, gid, time};
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::graphql::page;
use crate::money::Bag;
use crate::world::{Order, Refund, RefundLine, RefundShipping, Restock, Transaction, TransactionStatus};

/// A field of a transaction.
pub(in crate::graphql) fn transaction<'w>(
    order: &'w Order,
    one: &'w Transaction,
    name: &str,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "id" => Out::scalar(gid("OrderTransaction", one.id)),
        "kind" => Out::scalar(kind(one.kind)),
        "status" => Out::scalar(status(one.status)),
        "gateway" | "formattedGateway" => Out::scalar(one.gateway),
        "test" => Out::scalar(order.test),
        "createdAt" | "processedAt" => Out::Value(time(one.at)),
        "amountSet" => bag(order.currencies, one.amount),
        "order" => Out::Node(Node::Order(order)),
        "parentTransaction" => {
            let parent = order.transactions.iter().find(|other| Some(other.id) == one.parent);
            Out::of(parent.map(|parent| Node::Transaction(order, parent)))
        }
        "errorCode" => Out::scalar(json!((one.status == TransactionStatus::Failure).then_some("CARD_DECLINED"))),
        "settlementCurrency" => Out::scalar(order.currencies.shop.code()),
        "paymentId" => Out::scalar(format!("{}.{}", order.id, one.id)),
        "manualPaymentGateway" => Out::scalar(matches!(one.gateway, "cash" | "Bank Deposit" | "manual")),
        _ => Out::NULL,
    })
}

/// A field of a refund.
pub(in crate::graphql) fn refund<'w>(
    order: &'w Order,
    refund: &'w Refund,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "id" => Out::scalar(gid("Refund", refund.id)),
        "legacyResourceId" => Out::scalar(refund.id.to_string()),
        "note" => Out::scalar(json!(refund.note)),
        "createdAt" | "processedAt" | "updatedAt" => Out::Value(time(refund.at)),
        "order" => Out::Node(Node::Order(order)),
        "totalRefundedSet" => bag(order.currencies, order.refund_total(refund)),
        "refundLineItems" => {
            let nodes = refund.lines.iter().map(|line| Node::RefundLine(order, refund, line));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "refundShippingLines" => {
            let nodes = refund.shipping.iter().map(|line| Node::RefundShipping(order, line));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "orderAdjustments" => {
            let nodes = refund.adjustments.iter().map(|one| {
                let value = json!({
                    "id": gid("OrderAdjustment", one.id),
                    "reason": "REFUND_DISCREPANCY",
                    "amountSet": order.currencies.graphql(one.amount),
                    "taxAmountSet": order.currencies.graphql(Bag::ZERO),
                });
                Node::Plain("OrderAdjustment".to_owned(), value)
            });
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "transactions" => {
            let own = order.transactions.iter().filter(|one| refund.transactions.contains(&one.id));
            Out::Page(page::of_list(own.map(|one| Node::Transaction(order, one)), args, cx.bulk)?)
        }
        _ => Out::NULL,
    })
}

/// A field of a line of a refund.
pub(in crate::graphql) fn refund_line<'w>(
    order: &'w Order,
    _refund: &'w Refund,
    line: &'w RefundLine,
    name: &str,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "id" => Out::scalar(gid("RefundLineItem", line.id)),
        "quantity" => Out::scalar(line.quantity),
        "restockType" => Out::scalar(match line.restock {
            Restock::Cancel => "CANCEL",
            Restock::Return => "RETURN",
            Restock::NoRestock => "NO_RESTOCK",
        }),
        "restocked" => Out::scalar(line.restock != Restock::NoRestock),
        "lineItem" => Out::of(order.line(line.line).map(|line| Node::Line(order, line))),
        "location" => Out::of(line.location.and_then(|id| cx.world.locations.get(id)).map(Node::Location)),
        "priceSet" => bag(order.currencies, line.subtotal.part(1, line.quantity)),
        "subtotalSet" => bag(order.currencies, line.subtotal),
        "totalTaxSet" => bag(order.currencies, line.tax),
        _ => Out::NULL,
    })
}

/// A field of shipping that a refund gives back.
pub(in crate::graphql) fn refund_shipping<'w>(
    order: &'w Order,
    line: &'w RefundShipping,
    name: &str,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "id" => Out::scalar(gid("RefundShippingLine", line.id)),
        "subtotalAmountSet" => bag(order.currencies, line.subtotal),
        "taxAmountSet" => bag(order.currencies, line.tax),
        "shippingLine" => {
            let shipping = order.shipping.iter().find(|one| one.id == line.shipping_line);
            Out::of(shipping.map(|shipping| Node::ShippingLine(order, shipping)))
        }
        _ => Out::Value(Value::Null),
    })
}
