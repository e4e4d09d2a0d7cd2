//! `AbandonedCheckout`.

use serde_json::{Value, json};

use super::{address, bag};
use crate::graphql::args::Args;
use crate::graphql::context::{Context, gid, time};
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::graphql::page;
use crate::money::Bag;
use crate::world::{AbandonedCheckout, CheckoutLine};

/// A field of a checkout.
pub(in crate::graphql) fn checkout<'w>(
    checkout: &'w AbandonedCheckout,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    let money = |amount| bag(checkout.currencies, amount);
    Ok(match name {
        "customer" => {
            let customer = checkout.customer.and_then(|customer| cx.world.customers.get(customer));
            Out::of(customer.map(Node::Customer))
        }
        "lineItems" => {
            let nodes = checkout.lines.iter().map(|line| Node::CheckoutLine(checkout, line));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "id" => Out::scalar(gid("AbandonedCheckout", checkout.id)),
        "name" => Out::scalar(format!("#{}", checkout.id)),
        "createdAt" => Out::Value(time(checkout.created_at)),
        "updatedAt" => Out::Value(time(checkout.updated_at)),
        "completedAt" => Out::Value(checkout.completed_at.map_or(Value::Null, time)),
        "abandonedCheckoutUrl" => {
            let shop = &cx.world.shop;
            Out::scalar(format!("https://{}/{}/checkouts/ac/{}/recover", shop.domain, shop.id, checkout.token))
        }
        "note" => Out::scalar(""),
        "taxesIncluded" => Out::scalar(checkout.taxes_included),
        "discountCodes" => Out::scalar(json!([])),
        "billingAddress" | "shippingAddress" => {
            Out::Value(checkout.address.as_ref().map_or(Value::Null, |one| address(one, cx)))
        }
        "subtotalPriceSet" | "totalLineItemsPriceSet" => money(checkout.subtotal()),
        "totalDiscountSet" => money(Bag::ZERO),
        "totalPriceSet" => money(checkout.total()),
        "totalTaxSet" => money(checkout.tax),
        "taxLines" => Out::Value(json!([])),
        _ => Out::NULL,
    })
}

/// A field of a line of a checkout.
pub(in crate::graphql) fn checkout_line<'w>(
    checkout: &'w AbandonedCheckout,
    line: &'w CheckoutLine,
    name: &str,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "id" => Out::scalar(gid("AbandonedCheckoutLineItem", line.id)),
        "title" => Out::scalar(line.title.clone()),
        "variantTitle" => Out::scalar(json!(line.variant_title)),
        "sku" => Out::scalar(json!(line.sku)),
        "quantity" => Out::scalar(line.quantity),
        "product" => Out::of(cx.world.products.get(line.product).map(Node::Product)),
        "variant" => {
            let variant = cx.world.variant(line.variant);
            Out::of(variant.map(|(product, variant)| Node::Variant(product, variant)))
        }
        "originalUnitPriceSet" | "discountedUnitPriceSet" => bag(checkout.currencies, line.unit_price),
        "originalTotalPriceSet" | "discountedTotalPriceSet" => {
            bag(checkout.currencies, line.unit_price.times(line.quantity))
        }
        _ => Out::Value(Value::Null),
    })
}
