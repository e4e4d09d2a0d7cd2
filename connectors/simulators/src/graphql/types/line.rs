//! `LineItem`, `ShippingLine` and discounts.

use serde_json::{Value, json};

use super::{bag, tax_lines};
use crate::graphql::args::Args;
use crate::graphql::context::{Context, gid};
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::money::Bag;
use crate::world::{Allocation, Discount, DiscountKind, DiscountValue, LineItem, LineKind, Order, ShippingLine};

/// What a line costs after discounts of its own: order-level discounts are left out, and codes too unless they are asked for.
fn after_own(order: &Order, line: &LineItem, with_codes: bool) -> Bag {
    let own = |one: &&Allocation| {
        order.discounts.get(one.discount).is_some_and(|discount| match discount.kind {
            DiscountKind::Code(_) => with_codes,
            DiscountKind::Automatic(_) | DiscountKind::Manual(_) => !discount.across,
        })
    };
    line.original() - line.allocations.iter().filter(own).map(|one| one.amount).sum()
}

/// A field of a line.
pub(in crate::graphql) fn line<'w>(
    order: &'w Order,
    line: &'w LineItem,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    let each = |whole: Bag| whole.part(1, line.quantity);
    let amount = match name {
        "originalUnitPriceSet" => Some(line.unit_price),
        "originalTotalSet" => Some(line.original()),
        "discountedTotalSet" => Some(after_own(order, line, args.truth("withCodeDiscounts"))),
        "discountedUnitPriceSet" => Some(each(after_own(order, line, false))),
        "discountedUnitPriceAfterAllDiscountsSet" => Some(each(line.original() - line.discount())),
        "totalDiscountSet" => Some(line.original() - after_own(order, line, false)),
        _ => None,
    };
    if let Some(amount) = amount {
        return Ok(bag(order.currencies, amount));
    }
    let left = line.quantity - line.gone;
    let full_name = line.variant_title.as_ref().map(|variant| format!("{} - {variant}", line.title));
    Ok(match name {
        "product" => Out::of(cx.world.product_of(line).map(Node::Product)),
        "variant" => {
            let variant = line.variant.and_then(|variant| cx.world.variant(variant));
            Out::of(variant.map(|(product, variant)| Node::Variant(product, variant)))
        }
        "discountAllocations" => Out::List(line.allocations.iter().map(|one| Node::Allocation(order, *one)).collect()),
        "taxLines" => Out::Value(tax_lines(&line.taxes, order.currencies)),
        "id" => Out::scalar(gid("LineItem", line.id)),
        "title" => Out::scalar(line.title.clone()),
        "name" => Out::scalar(full_name.unwrap_or_else(|| line.title.clone())),
        "sku" => Out::scalar(json!(line.sku)),
        "vendor" => Out::scalar(json!(line.vendor)),
        "variantTitle" => Out::scalar(json!(line.variant_title)),
        "quantity" => Out::scalar(line.quantity),
        "currentQuantity" | "refundableQuantity" => Out::scalar(left),
        "unfulfilledQuantity" => Out::scalar(if order.fulfilled || !line.ships { 0 } else { left }),
        "nonFulfillableQuantity" => Out::scalar(if line.ships { line.gone } else { line.quantity }),
        "isGiftCard" => Out::scalar(line.kind == LineKind::GiftCard),
        "taxable" => Out::scalar(line.kind == LineKind::Product),
        "requiresShipping" => Out::scalar(line.ships),
        "restockable" => Out::scalar(line.variant.is_some() && left > 0),
        "customAttributes" => Out::Value(json!([])),
        _ => Out::NULL,
    })
}

/// A field of a shipping line.
pub(in crate::graphql) fn shipping_line<'w>(
    order: &'w Order,
    line: &'w ShippingLine,
    name: &str,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "id" => Out::scalar(gid("ShippingLine", line.id)),
        "title" | "code" => Out::scalar(line.title.clone()),
        "source" => Out::scalar("shopify"),
        "custom" | "isRemoved" => Out::scalar(false),
        "originalPriceSet" => bag(order.currencies, line.price),
        "discountedPriceSet" => bag(order.currencies, line.charged()),
        "currentDiscountedPriceSet" => bag(order.currencies, line.charged() - line.refunded),
        "discountAllocations" => Out::List(line.allocations.iter().map(|one| Node::Allocation(order, *one)).collect()),
        "taxLines" => Out::Value(tax_lines(&line.taxes, order.currencies)),
        _ => Out::NULL,
    })
}

/// A field of what a discount takes off a line.
pub(in crate::graphql) fn allocation<'w>(
    order: &'w Order,
    allocation: Allocation,
    name: &str,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "allocatedAmountSet" => bag(order.currencies, allocation.amount),
        "discountApplication" => {
            let discount = order.discounts.get(allocation.discount);
            Out::of(discount.map(|discount| Node::Discount(order, allocation.discount, discount)))
        }
        _ => Out::NULL,
    })
}

/// The name of a discount's type.
pub(in crate::graphql) fn discount_type(discount: &Discount) -> &'static str {
    match discount.kind {
        DiscountKind::Code(_) => "DiscountCodeApplication",
        DiscountKind::Automatic(_) => "AutomaticDiscountApplication",
        DiscountKind::Manual(_) => "ManualDiscountApplication",
    }
}

/// A field of a discount.
pub(in crate::graphql) fn discount<'w>(
    order: &'w Order,
    index: usize,
    discount: &'w Discount,
    name: &str,
) -> Result<Out<'w>, Fault> {
    let text = match &discount.kind {
        DiscountKind::Code(text) | DiscountKind::Automatic(text) | DiscountKind::Manual(text) => text,
    };
    Ok(Out::Value(match name {
        "index" => json!(index),
        "allocationMethod" => json!(if discount.across { "ACROSS" } else { "EACH" }),
        "targetType" => json!(if discount.on_shipping { "SHIPPING_LINE" } else { "LINE_ITEM" }),
        "targetSelection" => json!(if discount.across { "ALL" } else { "EXPLICIT" }),
        "code" | "title" => json!(text),
        "value" => match discount.value {
            DiscountValue::Share(share) => {
                let percentage = f64::from(i32::try_from(share).unwrap_or(0)) / 100.0;
                json!({ "__typename": "PricingPercentageValue", "percentage": percentage })
            }
            DiscountValue::Amount(amount) => {
                let currency = order.currencies.presentment;
                let amount = currency.graphql(amount.presentment);
                json!({ "__typename": "MoneyV2", "amount": amount, "currencyCode": currency.code() })
            }
        },
        _ => Value::Null,
    }))
}
