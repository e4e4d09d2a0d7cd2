//! `Order`.

use serde_json::{Value, json};

use super::{address, bag, merged, tax_lines};
use crate::graphql::args::Args;
use crate::graphql::context::{Context, gid, time};
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::graphql::page;
use crate::money::Bag;
use crate::world::{
    Allocation, CancelReason, DiscountKind, LineKind, Order, Restock, TransactionKind, TransactionStatus, Visit,
};

/// A field of an order.
pub(in crate::graphql) fn order<'w>(
    order: &'w Order,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    if let Some(amount) = amount(order, name) {
        return Ok(bag(order.currencies, amount));
    }
    let lines = || {
        let shown = |line: &&crate::world::LineItem| cx.settings.tips_are_lines || line.kind != LineKind::Tip;
        order.lines.iter().filter(shown)
    };
    Ok(match name {
        "customer" => {
            let customer = order.customer.and_then(|customer| cx.world.customers.get(customer));
            Out::of(customer.map(Node::Customer))
        }
        "lineItems" => Out::Page(page::of_list(lines().map(|line| Node::Line(order, line)), args, cx.bulk)?),
        "shippingLine" => Out::of(order.shipping.first().map(|line| Node::ShippingLine(order, line))),
        "shippingLines" => {
            let nodes = order.shipping.iter().map(|line| Node::ShippingLine(order, line));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "refunds" => {
            let nodes = order.refunds.iter().map(|refund| Node::Refund(order, refund));
            Out::List(nodes.take(most(args)).collect())
        }
        "transactions" => {
            let nodes = order.transactions.iter().map(|one| Node::Transaction(order, one));
            Out::List(nodes.take(most(args)).collect())
        }
        "agreements" => {
            let nodes = order.agreements.iter().map(|agreement| Node::Agreement(order, agreement));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "discountApplications" => {
            let nodes = order.discounts.iter().enumerate().map(|(at, one)| Node::Discount(order, at, one));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "shippingAddress" | "billingAddress" => {
            Out::Value(order.shipping_address.as_ref().map_or(Value::Null, |one| address(one, cx)))
        }
        "retailLocation" => {
            let place = cx.world.locations.iter().next().filter(|_| order.source == "pos");
            Out::of(place.map(Node::Location))
        }
        "email" | "phone" if !cx.sees_names() => Out::NULL,
        "email" => Out::scalar(json!(order.email)),
        _ => Out::Value(plain(order, name)),
    })
}

/// The most that `first` lets through of a plain list.
fn most(args: &Args) -> usize {
    args.int("first").and_then(|first| usize::try_from(first).ok()).unwrap_or(usize::MAX)
}

/// A field that is an amount.
fn amount(order: &Order, name: &str) -> Option<Bag> {
    let across = |share: fn(&Order) -> Bag| share(order);
    Some(match name {
        "originalTotalPriceSet" => order.original_total(),
        "totalPriceSet" => order.total(),
        "currentTotalPriceSet" => order.current_total(),
        "subtotalPriceSet" => order.subtotal(),
        "currentSubtotalPriceSet" => order.current_subtotal(),
        "totalDiscountsSet" => order.total_discounts(),
        "currentTotalDiscountsSet" => order.current_discounts(),
        "cartDiscountAmountSet" => across(|order| of_order(order, |line| line.quantity)),
        "currentCartDiscountAmountSet" => across(|order| of_order(order, |line| line.quantity - line.gone)),
        "totalTaxSet" => order.total_tax(),
        "currentTotalTaxSet" => order.current_tax(),
        "totalShippingPriceSet" => order.total_shipping(),
        "currentShippingPriceSet" => order.current_shipping(),
        "totalRefundedSet" => order.refunded(),
        "totalRefundedShippingSet" => order.shipping.iter().map(|line| line.refunded).sum(),
        "totalTipReceivedSet" => order.tips(),
        "netPaymentSet" => order.net_payment(),
        "totalReceivedSet" => order.received(),
        "totalOutstandingSet" => (order.current_total() - order.net_payment()).or_nothing(),
        "totalCapturableSet" => match order.financial_status() {
            "AUTHORIZED" => order.current_total(),
            _ => Bag::ZERO,
        },
        "refundDiscrepancySet" => {
            order.refunds.iter().flat_map(|refund| &refund.adjustments).map(|one| one.amount).sum()
        }
        _ => return None,
    })
}

/// What discounts that were given to the order as a whole take off so many units of each line.
fn of_order(order: &Order, units: impl Fn(&crate::world::LineItem) -> i64) -> Bag {
    let across = |one: &&Allocation| order.discounts.get(one.discount).is_some_and(|discount| discount.across);
    let of_line = |line: &crate::world::LineItem| -> Bag {
        let whole: Bag = line.allocations.iter().filter(across).map(|one| one.amount).sum();
        whole.part(units(line), line.quantity)
    };
    order.lines.iter().map(of_line).sum()
}

/// A field whose value is all at hand.
fn plain(order: &Order, name: &str) -> Value {
    let codes = || {
        order.discounts.iter().filter_map(|discount| match &discount.kind {
            DiscountKind::Code(code) => Some(code.as_str()),
            DiscountKind::Automatic(_) | DiscountKind::Manual(_) => None,
        })
    };
    let units =
        |gone: bool| -> i64 { order.goods().map(|line| line.quantity - if gone { line.gone } else { 0 }).sum() };
    match name {
        "id" => json!(gid("Order", order.id)),
        "legacyResourceId" => json!(order.id.to_string()),
        "name" => json!(format!("#{}", order.number)),
        "number" => json!(order.number),
        "confirmationNumber" => json!(format!("{:09X}", order.id % 0xF_FFFF_FFFF)),
        "cartToken" | "checkoutToken" => match order.source {
            "web" => json!(format!("{:032x}", order.id)),
            _ => Value::Null,
        },
        "test" => json!(order.test),
        "confirmed" => json!(true),
        "edited" => json!(order.edited),
        "createdAt" => time(order.created_at),
        "processedAt" => time(order.processed_at),
        "updatedAt" => time(order.updated_at),
        "cancelledAt" => order.cancelled_at.map_or(Value::Null, time),
        "cancelReason" => json!(order.cancel_reason.map(CancelReason::name)),
        "cancellation" => order.cancelled_at.map_or(Value::Null, |_| json!({ "staffNote": order.note })),
        "closed" => json!(order.closed_at.is_some()),
        "closedAt" => order.closed_at.map_or(Value::Null, time),
        "currencyCode" => json!(order.currencies.shop.code()),
        "presentmentCurrencyCode" => json!(order.currencies.presentment.code()),
        "taxesIncluded" => json!(order.taxes_included),
        "estimatedTaxes" | "taxExempt" | "dutiesIncluded" => json!(false),
        "displayFinancialStatus" => json!(order.financial_status()),
        "displayFulfillmentStatus" => json!(order.fulfillment_status()),
        "returnStatus" => {
            let came_back =
                |refund: &crate::world::Refund| refund.lines.iter().any(|line| line.restock == Restock::Return);
            json!(if order.refunds.iter().any(came_back) { "RETURNED" } else { "NO_RETURN" })
        }
        "sourceName" => json!(order.source),
        "note" => json!(order.note),
        "tags" => json!(order.tags),
        "customerLocale" => json!("en"),
        "customerAcceptsMarketing" => json!(order.customer.is_some_and(|customer| customer % 2 == 0)),
        "subtotalLineItemsQuantity" => json!(units(false)),
        "currentSubtotalLineItemsQuantity" => json!(units(true)),
        "discountCode" => json!(codes().next()),
        "discountCodes" => json!(codes().collect::<Vec<_>>()),
        "customerJourneySummary" => journey(order),
        "taxLines" => {
            let taxes = order.lines.iter().flat_map(|line| &line.taxes);
            let taxes = taxes.chain(order.shipping.iter().flat_map(|line| &line.taxes));
            tax_lines(&merged(taxes), order.currencies)
        }
        "currentTaxLines" => tax_lines(&merged(order.sales().flat_map(|sale| &sale.taxes)), order.currencies),
        "transactionsCount" => json!({ "count": order.transactions.len(), "precision": "EXACT" }),
        "paymentGatewayNames" => {
            let mut names: Vec<&str> = order.transactions.iter().map(|one| one.gateway).collect();
            names.dedup();
            json!(names)
        }
        "fullyPaid" => json!(order.net_payment().shop >= order.current_total().shop),
        "unpaid" => json!(order.received().is_zero() && !order.total().is_zero()),
        "capturable" => json!(order.financial_status() == "AUTHORIZED"),
        "refundable" => json!(order.net_payment().shop > 0),
        "requiresShipping" => json!(order.lines.iter().any(|line| line.ships)),
        "restockable" => json!(order.goods().any(|line| line.quantity > line.gone && line.ships)),
        "app" => json!({ "id": "gid://shopify/App/580111", "name": "Online Store" }),
        "attribution" => match order.source {
            "web" => json!({ "displayName": "Online Store", "handle": "online-store" }),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

/// `CustomerJourneySummary`.
fn journey(order: &Order) -> Value {
    let journey = &order.journey;
    let told = |value: Value| if journey.ready { value } else { Value::Null };
    let seen = journey.first.is_some().then_some(1 + usize::from(journey.days_to_conversion.unwrap_or(0) > 0));
    json!({
        "ready": journey.ready,
        "customerOrderIndex": told(json!(journey.order_index)),
        "daysToConversion": told(json!(journey.days_to_conversion)),
        "firstVisit": told(journey.first.as_ref().map_or(Value::Null, visit)),
        "lastVisit": told(journey.last.as_ref().map_or(Value::Null, visit)),
        "momentsCount": seen.map(|count| json!({ "count": count, "precision": "EXACT" })),
    })
}

/// `CustomerVisit`.
fn visit(visit: &Visit) -> Value {
    json!({
        "id": gid("CustomerVisit", visit.id),
        "occurredAt": time(visit.at),
        "landingPage": visit.landing_page,
        "referrerUrl": visit.referrer,
        "referralCode": null,
        "source": visit.source,
        "sourceDescription": null,
        "sourceType": visit.source_type,
        "utmParameters": visit.utm.as_ref().map(|utm| json!({
            "source": utm.source,
            "medium": utm.medium,
            "campaign": utm.campaign,
            "term": utm.term,
            "content": utm.content,
        })),
    })
}

/// The name of a transaction's kind.
pub(super) fn kind(kind: TransactionKind) -> &'static str {
    match kind {
        TransactionKind::Authorization => "AUTHORIZATION",
        TransactionKind::Capture => "CAPTURE",
        TransactionKind::Sale => "SALE",
        TransactionKind::Refund => "REFUND",
        TransactionKind::Void => "VOID",
    }
}

/// The name of a transaction's end.
pub(super) fn status(status: TransactionStatus) -> &'static str {
    match status {
        TransactionStatus::Success => "SUCCESS",
        TransactionStatus::Failure => "FAILURE",
        TransactionStatus::Pending => "PENDING",
    }
}
