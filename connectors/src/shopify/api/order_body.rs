//! Orders as webhooks tell them: in the shapes and words of the REST API.

use aloftly_engine::money::Money;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use url::Url;

use super::order_node::path_of;
use super::order_state::{LineState, OrderState, Place, RefundLineState, RefundState, Visit};
use super::version;
use super::wire::{Amount, At, Bag, Id, lower, read};
use crate::contract::Failure;

#[derive(Debug, Deserialize)]
struct OrderBody {
    id: Id,
    name: String,
    #[serde(default)]
    test: bool,
    created_at: At,
    processed_at: Option<At>,
    updated_at: At,
    cancelled_at: Option<At>,
    cancel_reason: Option<String>,
    presentment_currency: Option<String>,
    #[serde(default)]
    taxes_included: bool,
    financial_status: Option<String>,
    fulfillment_status: Option<String>,
    source_name: Option<String>,
    total_price_set: Bag,
    subtotal_price_set: Option<Bag>,
    total_discounts_set: Option<Bag>,
    total_tax_set: Option<Bag>,
    total_shipping_price_set: Option<Bag>,
    total_outstanding: Option<Amount>,
    total_tip_received: Option<Amount>,
    #[serde(default)]
    discount_codes: Vec<Code>,
    customer: Option<Named>,
    landing_site: Option<String>,
    shipping_address: Option<Address>,
    billing_address: Option<Address>,
    buyer_accepts_marketing: Option<bool>,
    tags: Option<String>,
    #[serde(default)]
    payment_gateway_names: Vec<String>,
    #[serde(default)]
    shipping_lines: Vec<ShippingLine>,
    line_items: Vec<LineBody>,
    #[serde(default)]
    refunds: Vec<RefundBody>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: Id,
}

#[derive(Debug, Deserialize)]
struct Code {
    code: String,
}

#[derive(Debug, Deserialize)]
struct ShippingLine {
    title: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Address {
    country_code: Option<String>,
    province_code: Option<String>,
    city: Option<String>,
}

#[derive(Debug, Deserialize)]
struct LineBody {
    id: Id,
    product_id: Option<Id>,
    variant_id: Option<Id>,
    name: Option<String>,
    title: String,
    sku: Option<String>,
    vendor: Option<String>,
    quantity: i64,
    current_quantity: Option<i64>,
    #[serde(default)]
    gift_card: bool,
    price_set: Bag,
    #[serde(default)]
    discount_allocations: Vec<Allocation>,
    #[serde(default)]
    tax_lines: Vec<TaxLine>,
}

#[derive(Debug, Deserialize)]
struct Allocation {
    amount_set: Bag,
}

#[derive(Debug, Deserialize)]
struct TaxLine {
    price_set: Bag,
}

#[derive(Debug, Deserialize)]
struct RefundBody {
    id: Id,
    created_at: Option<At>,
    processed_at: Option<At>,
    #[serde(default)]
    refund_line_items: Vec<RefundLineBody>,
    #[serde(default)]
    transactions: Vec<TransactionBody>,
}

#[derive(Debug, Deserialize)]
struct RefundLineBody {
    id: Option<Id>,
    line_item_id: Id,
    quantity: i64,
    restock_type: Option<String>,
    subtotal_set: Bag,
    total_tax_set: Bag,
}

#[derive(Debug, Deserialize)]
struct TransactionBody {
    kind: Option<String>,
    status: Option<String>,
    amount: Option<Amount>,
    currency: Option<String>,
    amount_set: Option<Bag>,
}

/// The state of an order that a webhook tells: what is not in its body, such as payments, the visit's second half and whether it was
/// edited, is not in it either. `None` when its amounts cannot be told exactly, so that the order has to be read.
///
/// # Errors
/// [`Failure::Unexpected`] with the place where the body is not what it should be.
pub(super) fn order(body: &[u8], triggered_at: Option<DateTime<Utc>>) -> Result<Option<OrderState>, Failure> {
    let body: OrderBody = read(body, "an order's webhook")?;
    Ok(state(body, triggered_at))
}

fn state(body: OrderBody, triggered_at: Option<DateTime<Utc>>) -> Option<OrderState> {
    let shop = |bag: Option<Bag>| bag.map(|bag| bag.shop());
    let currency = body.total_price_set.shop.currency.clone();
    let presentment = body.total_price_set.presentment.as_ref();
    let refunds = body.refunds.into_iter().map(|body| refund(body, &currency)).collect::<Option<Vec<_>>>()?;
    let refunded = refunds.iter().try_fold(Money::ZERO, |sum, refund| sum.checked_add(refund.amount))?;
    Some(OrderState {
        version: version::told(body.updated_at, triggered_at),
        name: body.name,
        placed_at: body.processed_at.unwrap_or(body.created_at),
        entered_at: body.created_at,
        updated_at: body.updated_at,
        cancelled_at: body.cancelled_at,
        cancel_reason: lower(body.cancel_reason.as_deref()),
        is_test: body.test,
        edited: None,
        presentment_currency: presentment
            .map(|money| money.currency.clone())
            .or(body.presentment_currency)
            .unwrap_or_default(),
        presentment_total: presentment.map(|money| money.amount.0),
        taxes_included: body.taxes_included,
        financial_status: lower(body.financial_status.as_deref()),
        // REST says nothing of what was not begun, for which answers and the orders file have a word.
        fulfillment_status: lower(body.fulfillment_status.as_deref().or(Some("unfulfilled"))),
        channel: body.source_name.unwrap_or_default(),
        total: body.total_price_set.shop(),
        currency,
        subtotal: shop(body.subtotal_price_set),
        discount: shop(body.total_discounts_set),
        tax: shop(body.total_tax_set).unwrap_or_default(),
        shipping: shop(body.total_shipping_price_set).unwrap_or_default(),
        refunded,
        outstanding: body.total_outstanding.map(|amount| amount.0),
        tips: body.total_tip_received.map(|amount| amount.0),
        discount_codes: body.discount_codes.into_iter().map(|code| code.code).collect::<Vec<_>>().join(", "),
        customer: body.customer.map(|customer| customer.id),
        customer_order_index: None,
        visit: body.landing_site.as_deref().map(visit_of).unwrap_or_default(),
        place: Place::first_of([body.shipping_address.map(place_of), body.billing_address.map(place_of)]),
        accepts_marketing: body.buyer_accepts_marketing,
        tags: body.tags.unwrap_or_default(),
        payment_method: body.payment_gateway_names.join(" + "),
        shipping_method: body.shipping_lines.into_iter().next().and_then(|line| line.title).unwrap_or_default(),
        lines: body.line_items.into_iter().map(line).collect::<Option<_>>()?,
        refunds,
        payments: None,
        id: body.id,
    })
}

fn place_of(address: Address) -> Place {
    Place {
        country: address.country_code.unwrap_or_default(),
        province: address.province_code.unwrap_or_default(),
        city: address.city.unwrap_or_default(),
    }
}

/// What a landing address tells of a visit: its path and the parameters of campaigns.
fn visit_of(landing_site: &str) -> Visit {
    // It is a path, mostly: any host makes an address of it.
    let Ok(url) = Url::parse("https://shop.invalid").and_then(|base| base.join(landing_site)) else {
        return Visit { page: path_of(landing_site), ..Visit::default() };
    };
    let parameter = |name: &str| {
        url.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    Visit {
        source: parameter("utm_source"),
        medium: parameter("utm_medium"),
        campaign: parameter("utm_campaign"),
        page: url.path().to_owned(),
    }
}

/// A refund; `None` when what was paid back is told in another currency alone.
fn refund(body: RefundBody, currency: &str) -> Option<RefundState> {
    let mut amount = Money::ZERO;
    for paid in &body.transactions {
        let is_paid = lower(paid.kind.as_deref()) == "refund" && lower(paid.status.as_deref()) == "success";
        if is_paid {
            amount = amount.checked_add(in_shop_currency(paid, currency)?)?;
        }
    }
    Some(RefundState {
        id: body.id,
        refunded_at: body.processed_at.or(body.created_at),
        amount,
        lines: body.refund_line_items.into_iter().map(refund_line).collect(),
    })
}

fn in_shop_currency(paid: &TransactionBody, currency: &str) -> Option<Money> {
    match &paid.amount_set {
        Some(amount) => Some(amount.shop()),
        None => paid.amount.filter(|_| paid.currency.as_deref() == Some(currency)).map(|amount| amount.0),
    }
}

fn refund_line(body: RefundLineBody) -> RefundLineState {
    RefundLineState {
        id: body.id,
        line_id: body.line_item_id,
        quantity: body.quantity,
        restock_type: lower(body.restock_type.as_deref()),
        // The numbers beside the sets are floats.
        subtotal: body.subtotal_set.shop(),
        tax: body.total_tax_set.shop(),
    }
}

fn line(body: LineBody) -> Option<LineState> {
    let sum = |amounts: &mut dyn Iterator<Item = Money>| {
        let mut sum = Some(Money::ZERO);
        for amount in amounts {
            sum = sum.and_then(|sum| sum.checked_add(amount));
        }
        sum
    };
    Some(LineState {
        id: body.id,
        product_id: body.product_id,
        variant_id: body.variant_id,
        name: body.name.unwrap_or(body.title),
        sku: body.sku.unwrap_or_default(),
        vendor: body.vendor.unwrap_or_default(),
        quantity: body.quantity,
        current_quantity: body.current_quantity,
        is_gift_card: body.gift_card,
        unit_price: body.price_set.shop(),
        discount: sum(&mut body.discount_allocations.iter().map(|share| share.amount_set.shop()))?,
        tax: sum(&mut body.tax_lines.iter().map(|line| line.price_set.shop()))?,
    })
}
