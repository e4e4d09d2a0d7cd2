//! Orders as the GraphQL API tells them.

use aloftly_engine::money::Money;
use serde::Deserialize;
use url::Url;

use super::order_state::{LineState, OrderState, PaymentState, Place, RefundLineState, RefundState, Visit};
use super::tree::{Child, Tree};
use super::version;
use super::wire::{At, Bag, Id, lower, read};
use crate::contract::Failure;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderNode {
    id: Id,
    name: String,
    test: bool,
    edited: Option<bool>,
    created_at: At,
    processed_at: At,
    updated_at: At,
    cancelled_at: Option<At>,
    cancel_reason: Option<String>,
    presentment_currency_code: Option<String>,
    taxes_included: bool,
    display_financial_status: Option<String>,
    display_fulfillment_status: Option<String>,
    source_name: Option<String>,
    total_price_set: Bag,
    subtotal_price_set: Option<Bag>,
    total_discounts_set: Option<Bag>,
    total_tax_set: Option<Bag>,
    total_shipping_price_set: Bag,
    total_refunded_set: Bag,
    total_outstanding_set: Option<Bag>,
    total_tip_received_set: Option<Bag>,
    #[serde(default)]
    discount_codes: Vec<String>,
    customer: Option<Named>,
    customer_journey_summary: Option<Journey>,
    shipping_address: Option<Address>,
    billing_address: Option<Address>,
    customer_accepts_marketing: Option<bool>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    payment_gateway_names: Vec<String>,
    shipping_line: Option<ShippingLine>,
    #[serde(default)]
    refunds: Vec<RefundNode>,
    transactions: Option<Vec<PaymentNode>>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: Id,
}

#[derive(Debug, Deserialize)]
struct ShippingLine {
    title: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    country_code_v2: Option<String>,
    province_code: Option<String>,
    city: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Journey {
    customer_order_index: Option<i64>,
    first_visit: Option<VisitNode>,
    last_visit: Option<VisitNode>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VisitNode {
    landing_page: Option<String>,
    source: Option<String>,
    utm_parameters: Option<Utm>,
}

#[derive(Debug, Default, Deserialize)]
struct Utm {
    source: Option<String>,
    medium: Option<String>,
    campaign: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundNode {
    id: Id,
    created_at: Option<At>,
    processed_at: Option<At>,
    total_refunded_set: Bag,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PaymentNode {
    id: Id,
    kind: String,
    status: String,
    gateway: Option<String>,
    processed_at: Option<At>,
    amount_set: Bag,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LineNode {
    id: Id,
    name: String,
    sku: Option<String>,
    vendor: Option<String>,
    quantity: i64,
    current_quantity: Option<i64>,
    #[serde(default)]
    is_gift_card: bool,
    product: Option<Named>,
    variant: Option<Named>,
    original_unit_price_set: Bag,
    #[serde(default)]
    discount_allocations: Vec<Allocation>,
    #[serde(default)]
    tax_lines: Vec<TaxLine>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allocation {
    allocated_amount_set: Bag,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaxLine {
    price_set: Bag,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundLineNode {
    id: Option<Id>,
    line_item: Named,
    quantity: i64,
    restock_type: Option<String>,
    subtotal_set: Bag,
    total_tax_set: Bag,
}

/// The state of an order that was read with everything below it.
///
/// # Errors
/// [`Failure::Unexpected`] with the place where the answer is not what it should be.
pub(super) fn order(tree: &Tree) -> Result<OrderState, Failure> {
    let node: OrderNode = read(tree.root(), "an order")?;
    let children = tree.children("an order")?;
    let mut state = state(node);
    for child in &children {
        add(&mut state, child)?;
    }
    Ok(state)
}

/// Adds a line of the order, or of one of its refunds.
fn add(order: &mut OrderState, child: &Child<'_>) -> Result<(), Failure> {
    if child.parent_kind() != "Refund" {
        order.lines.push(line(read(child.json(), "a line of an order")?)?);
        return Ok(());
    }
    let line: RefundLineNode = read(child.json(), "a line of a refund")?;
    let refund = order.refunds.iter_mut().find(|refund| refund.id.0 == child.parent_number());
    let refund = refund.ok_or_else(|| Failure::Unexpected {
        detail: format!("order {}: a line of a refund that it does not have", order.id.0),
    })?;
    refund.lines.push(RefundLineState {
        id: line.id,
        line_id: line.line_item.id,
        quantity: line.quantity,
        restock_type: lower(line.restock_type.as_deref()),
        subtotal: line.subtotal_set.shop(),
        tax: line.total_tax_set.shop(),
    });
    Ok(())
}

fn state(node: OrderNode) -> OrderState {
    let shop = |bag: Option<Bag>| bag.map(|bag| bag.shop());
    let journey = node.customer_journey_summary;
    let customer_order_index = journey.as_ref().and_then(|journey| journey.customer_order_index);
    let visit = journey.and_then(|journey| journey.last_visit.or(journey.first_visit));
    let presentment = node.total_price_set.presentment.as_ref();
    OrderState {
        version: version::read(node.updated_at),
        name: node.name,
        placed_at: node.processed_at,
        entered_at: node.created_at,
        updated_at: node.updated_at,
        cancelled_at: node.cancelled_at,
        cancel_reason: lower(node.cancel_reason.as_deref()),
        is_test: node.test,
        edited: node.edited,
        presentment_currency: presentment
            .map(|money| money.currency.clone())
            .or(node.presentment_currency_code)
            .unwrap_or_default(),
        presentment_total: presentment.map(|money| money.amount.0),
        taxes_included: node.taxes_included,
        financial_status: lower(node.display_financial_status.as_deref()),
        fulfillment_status: fulfillment_status(node.display_fulfillment_status.as_deref()),
        channel: node.source_name.unwrap_or_default(),
        total: node.total_price_set.shop(),
        currency: node.total_price_set.shop.currency,
        subtotal: shop(node.subtotal_price_set),
        discount: shop(node.total_discounts_set),
        tax: shop(node.total_tax_set).unwrap_or_default(),
        shipping: node.total_shipping_price_set.shop(),
        refunded: node.total_refunded_set.shop(),
        outstanding: shop(node.total_outstanding_set),
        tips: shop(node.total_tip_received_set),
        discount_codes: node.discount_codes.join(", "),
        customer: node.customer.map(|customer| customer.id),
        customer_order_index,
        visit: visit.map(visit_of).unwrap_or_default(),
        place: Place::first_of([node.shipping_address.map(place_of), node.billing_address.map(place_of)]),
        accepts_marketing: node.customer_accepts_marketing,
        tags: node.tags.join(", "),
        payment_method: node.payment_gateway_names.join(" + "),
        shipping_method: node.shipping_line.and_then(|line| line.title).unwrap_or_default(),
        lines: Vec::new(),
        refunds: node.refunds.into_iter().map(refund).collect(),
        payments: node.transactions.map(|payments| payments.into_iter().map(payment).collect()),
        id: node.id,
    }
}

/// As the orders file writes it.
fn fulfillment_status(status: Option<&str>) -> String {
    match status {
        Some("PARTIALLY_FULFILLED") => "partial".to_owned(),
        other => lower(other),
    }
}

fn place_of(address: Address) -> Place {
    Place {
        country: address.country_code_v2.unwrap_or_default(),
        province: address.province_code.unwrap_or_default(),
        city: address.city.unwrap_or_default(),
    }
}

fn visit_of(visit: VisitNode) -> Visit {
    let utm = visit.utm_parameters.unwrap_or_default();
    Visit {
        source: utm.source.or(visit.source).unwrap_or_default(),
        medium: utm.medium.unwrap_or_default(),
        campaign: utm.campaign.unwrap_or_default(),
        page: visit.landing_page.as_deref().map(path_of).unwrap_or_default(),
    }
}

/// The path of an address, without what may be of a person: its query.
pub(super) fn path_of(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) => url.path().to_owned(),
        Err(_) => address.split(['?', '#']).next().unwrap_or_default().to_owned(),
    }
}

fn refund(node: RefundNode) -> RefundState {
    RefundState {
        id: node.id,
        refunded_at: node.processed_at.or(node.created_at),
        amount: node.total_refunded_set.shop(),
        lines: Vec::new(),
    }
}

fn payment(node: PaymentNode) -> PaymentState {
    PaymentState {
        id: node.id,
        kind: lower(Some(&node.kind)),
        status: lower(Some(&node.status)),
        gateway: node.gateway.unwrap_or_default(),
        processed_at: node.processed_at,
        amount: node.amount_set.shop(),
    }
}

fn line(node: LineNode) -> Result<LineState, Failure> {
    let sum = |amounts: Vec<Bag>| {
        amounts.iter().try_fold(Money::ZERO, |sum, amount| sum.checked_add(amount.shop())).ok_or_else(|| {
            Failure::Unexpected {
                detail: "a line of an order: its parts come to more than an amount can be".to_owned(),
            }
        })
    };
    Ok(LineState {
        id: node.id,
        product_id: node.product.map(|product| product.id),
        variant_id: node.variant.map(|variant| variant.id),
        name: node.name,
        sku: node.sku.unwrap_or_default(),
        vendor: node.vendor.unwrap_or_default(),
        quantity: node.quantity,
        current_quantity: node.current_quantity,
        is_gift_card: node.is_gift_card,
        unit_price: node.original_unit_price_set.shop(),
        discount: sum(node.discount_allocations.into_iter().map(|share| share.allocated_amount_set).collect())?,
        tax: sum(node.tax_lines.into_iter().map(|line| line.price_set).collect())?,
    })
}
