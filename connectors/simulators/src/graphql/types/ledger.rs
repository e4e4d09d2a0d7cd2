//! `SalesAgreement` and `Sale`.

use serde_json::json;

use super::{bag, tax_lines};
use crate::graphql::args::Args;
use crate::graphql::context::{Context, gid, time};
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::graphql::page;
use crate::world::{Agreement, LineType, Order, Reason, Sale, SaleAction};

/// A field of an agreement.
pub(in crate::graphql) fn agreement<'w>(
    order: &'w Order,
    agreement: &'w Agreement,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "id" => {
            let kind = Node::Agreement(order, agreement);
            Out::scalar(gid(kind.type_name(), agreement.id))
        }
        "happenedAt" => Out::Value(time(agreement.at)),
        "reason" => Out::scalar(match agreement.reason {
            Reason::Order => "ORDER",
            Reason::OrderEdit => "ORDER_EDIT",
            Reason::Refund => "REFUND",
            Reason::Return => "RETURN",
        }),
        "sales" => {
            let nodes = agreement.sales.iter().map(|sale| Node::Sale(order, sale));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "order" => Out::Node(Node::Order(order)),
        "refund" => {
            let refund = order.refunds.iter().find(|one| Some(one.id) == agreement.refund);
            Out::of(refund.map(|refund| Node::Refund(order, refund)))
        }
        _ => Out::NULL,
    })
}

/// A field of a sale.
pub(in crate::graphql) fn sale<'w>(order: &'w Order, sale: &'w Sale, name: &str) -> Result<Out<'w>, Fault> {
    let money = |amount| bag(order.currencies, amount);
    Ok(match name {
        "id" => Out::scalar(gid("Sale", sale.id)),
        "actionType" => Out::scalar(match sale.action {
            SaleAction::Order => "ORDER",
            SaleAction::Return => "RETURN",
            SaleAction::Update => "UPDATE",
        }),
        "lineType" => Out::scalar(match sale.line_type {
            LineType::Product => "PRODUCT",
            LineType::GiftCard => "GIFT_CARD",
            LineType::Tip => "TIP",
            LineType::Shipping => "SHIPPING",
            LineType::Adjustment => "ADJUSTMENT",
        }),
        "quantity" => Out::scalar(json!(sale.quantity)),
        "totalAmount" => money(sale.total),
        "totalTaxAmount" => money(sale.tax),
        "totalDiscountAmountBeforeTaxes" => money(sale.discount_before_tax),
        "totalDiscountAmountAfterTaxes" => money(sale.discount_with_tax),
        "taxes" => {
            let taxes = sale.taxes.iter().enumerate().map(|(at, tax)| {
                let line = tax_lines(std::slice::from_ref(tax), order.currencies);
                json!({
                    "id": gid("SaleTax", sale.id * 10 + at as u64),
                    "amount": order.currencies.graphql(tax.amount),
                    "taxLine": line.get(0),
                })
            });
            Out::Value(taxes.collect())
        }
        "lineItem" => {
            let line = sale.line.and_then(|line| order.line(line));
            Out::of(line.map(|line| Node::Line(order, line)))
        }
        "shippingLine" => {
            let line = order.shipping.iter().find(|line| Some(line.id) == sale.line);
            Out::of(line.map(|line| Node::ShippingLine(order, line)))
        }
        _ => Out::NULL,
    })
}
