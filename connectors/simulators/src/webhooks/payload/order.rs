//! `orders/*`.

use serde_json::{Value, json};

use super::{both, people, put, refund, tax_lines, time};
use crate::graphql::context::gid;
use crate::money::Bag;
use crate::world::{
    Allocation, Discount, DiscountKind, DiscountValue, Edited, LineItem, LineKind, Order, ShippingLine, World,
};

/// An order as it is.
pub(super) fn order(world: &World, order: &Order) -> Value {
    let (zone, currencies) = (world.shop.zone, order.currencies);
    let address = order.shipping_address.as_ref().map(people::address);
    let customer = order.customer.and_then(|id| world.customers.get(id));
    let taxes =
        order.lines.iter().flat_map(|line| &line.taxes).chain(order.shipping.iter().flat_map(|line| &line.taxes));
    let taxes: Vec<_> = taxes.cloned().collect();
    let codes: Vec<Value> = order.discounts.iter().enumerate().filter_map(|(at, one)| code(order, at, one)).collect();
    let mut body = json!({
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "cancel_reason": order.cancel_reason.map(|reason| reason.name().to_lowercase()),
        "cancelled_at": order.cancelled_at.map(|at| time(at, zone)),
        "closed_at": order.closed_at.map(|at| time(at, zone)),
        "contact_email": order.email,
        "created_at": time(order.created_at, zone),
        "currency": currencies.shop.code(),
        "discount_codes": codes,
        "email": order.email,
        "financial_status": order.financial_status().to_lowercase(),
        "fulfillment_status": order.fulfilled.then_some("fulfilled"),
        "landing_site": order.journey.last.as_ref().map(|visit| visit.landing_page.clone()),
        "name": format!("#{}", order.number),
        "note": order.note,
        "number": order.number - 1_000,
        "order_number": order.number,
        "order_status_url": format!("https://{}/{}/orders/{:x}/authenticate", world.shop.domain, world.shop.id, order.id),
        "payment_gateway_names": order.transactions.iter().map(|one| one.gateway).collect::<Vec<_>>(),
        "presentment_currency": currencies.presentment.code(),
        "processed_at": time(order.processed_at, zone),
        "referring_site": order.journey.last.as_ref().and_then(|visit| visit.referrer.clone()),
        "source_name": order.source,
        "tags": order.tags.join(", "),
        "tax_lines": tax_lines(&taxes, currencies),
        "taxes_included": order.taxes_included,
        "test": order.test,
        "token": format!("{:032x}", order.id),
        "total_shipping_price_set": currencies.rest(order.total_shipping()),
        "current_shipping_price_set": currencies.rest(order.current_shipping()),
        "total_tip_received": currencies.shop.rest(order.tips().shop),
        "total_outstanding": currencies.shop.rest((order.current_total() - order.net_payment()).or_nothing().shop),
        "updated_at": time(order.updated_at, zone),
        "billing_address": address,
        "shipping_address": address,
        "discount_applications": order.discounts.iter().map(|one| application(order, one)).collect::<Vec<_>>(),
        "line_items": order.lines.iter().map(|line| self::line(world, order, line)).collect::<Vec<_>>(),
        "refunds": order.refunds.iter().map(|one| refund::refund(world, order, one)).collect::<Vec<_>>(),
        "shipping_lines": order.shipping.iter().map(|line| shipping(order, line)).collect::<Vec<_>>(),
    });
    if let (Some(fields), Value::Object(same)) = (body.as_object_mut(), always()) {
        fields.extend(same);
    }
    // A guest's order has no key for a customer at all.
    if let (Some(customer), Some(fields)) = (customer, body.as_object_mut()) {
        fields.insert("customer".to_owned(), people::customer(world, customer));
    }
    for (name, amount) in [
        ("total_price", order.total()),
        ("current_total_price", order.current_total()),
        ("subtotal_price", order.subtotal()),
        ("current_subtotal_price", order.current_subtotal()),
        ("total_discounts", order.total_discounts()),
        ("current_total_discounts", order.current_discounts()),
        ("total_tax", order.total_tax()),
        ("current_total_tax", order.current_tax()),
        ("total_line_items_price", order.goods().map(LineItem::original).sum()),
    ] {
        put(&mut body, name, currencies, amount);
    }
    body
}

/// What all orders of this shop have in common.
fn always() -> Value {
    json!({
        "app_id": 580_111,
        "browser_ip": null,
        "buyer_accepts_marketing": false,
        "cart_token": null,
        "checkout_token": null,
        "client_details": null,
        "confirmation_number": null,
        "confirmed": true,
        "customer_locale": "en",
        "device_id": null,
        "duties_included": false,
        "estimated_taxes": false,
        "location_id": null,
        "note_attributes": [],
        "phone": null,
        "po_number": null,
        "source_identifier": null,
        "source_url": null,
        "tax_exempt": false,
        "total_weight": 0,
        "user_id": null,
        "fulfillments": [],
        "payment_terms": null,
        "returns": [],
    })
}

fn code(order: &Order, at: usize, discount: &Discount) -> Option<Value> {
    let DiscountKind::Code(code) = &discount.kind else { return None };
    let of = |one: &&Allocation| one.discount == at;
    let lines = order.lines.iter().flat_map(|line| &line.allocations);
    let amount: Bag =
        lines.chain(order.shipping.iter().flat_map(|line| &line.allocations)).filter(of).map(|one| one.amount).sum();
    let kind = match discount.value {
        _ if discount.on_shipping => "shipping",
        DiscountValue::Share(_) => "percentage",
        DiscountValue::Amount(_) => "fixed_amount",
    };
    Some(json!({ "code": code, "amount": order.currencies.shop.rest(amount.shop), "type": kind }))
}

fn application(order: &Order, discount: &Discount) -> Value {
    let (kind, name, text) = match &discount.kind {
        DiscountKind::Code(text) => ("discount_code", "code", text),
        DiscountKind::Automatic(text) => ("automatic", "title", text),
        DiscountKind::Manual(text) => ("manual", "title", text),
    };
    let (value_type, value) = match discount.value {
        DiscountValue::Share(share) => ("percentage", format!("{}.{:02}", share / 100, share % 100)),
        DiscountValue::Amount(amount) => ("fixed_amount", order.currencies.presentment.rest(amount.presentment)),
    };
    let mut told = json!({
        "target_type": if discount.on_shipping { "shipping_line" } else { "line_item" },
        "type": kind,
        "value": value,
        "value_type": value_type,
        "allocation_method": if discount.across { "across" } else { "each" },
        "target_selection": if discount.across { "all" } else { "explicit" },
    });
    if let Some(fields) = told.as_object_mut() {
        fields.insert(name.to_owned(), json!(text));
    }
    told
}

fn allocations(order: &Order, allocations: &[Allocation]) -> Value {
    let one = |one: &Allocation| {
        let (amount, set) = both(order.currencies, one.amount);
        json!({ "amount": amount, "amount_set": set, "discount_application_index": one.discount })
    };
    allocations.iter().map(one).collect()
}

/// A line of an order.
pub(super) fn line(world: &World, order: &Order, line: &LineItem) -> Value {
    let name = line.variant_title.as_ref().map_or(line.title.clone(), |variant| format!("{} - {variant}", line.title));
    let open = if order.fulfilled || !line.ships { 0 } else { line.quantity - line.gone };
    let mut told = json!({
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "attributed_staffs": [],
        "current_quantity": line.quantity - line.gone,
        "fulfillable_quantity": open,
        "fulfillment_service": "manual",
        "fulfillment_status": order.fulfilled.then_some("fulfilled"),
        "gift_card": line.kind == LineKind::GiftCard,
        "grams": 0,
        "name": name,
        "product_exists": world.product_of(line).is_some(),
        "product_id": world.product_of(line).map(|product| product.id),
        "properties": [],
        "quantity": line.quantity,
        "requires_shipping": line.ships,
        "sales_line_item_group_id": null,
        "sku": line.sku,
        "taxable": line.kind == LineKind::Product,
        "title": line.title,
        "variant_id": line.variant.filter(|variant| world.variant(*variant).is_some()),
        "variant_inventory_management": line.variant.map(|_| "shopify"),
        "variant_title": line.variant_title,
        "vendor": line.vendor,
        "tax_lines": tax_lines(&line.taxes, order.currencies),
        "duties": [],
        "discount_allocations": allocations(order, &line.allocations),
    });
    put(&mut told, "price", order.currencies, line.unit_price);
    // What discounts of the line itself take off; those of the order are in the allocations alone.
    put(&mut told, "total_discount", order.currencies, Bag::ZERO);
    told
}

fn shipping(order: &Order, line: &ShippingLine) -> Value {
    let mut told = json!({
        "id": line.id,
        "carrier_identifier": null,
        "code": line.title,
        "current_discounted_price_set": order.currencies.rest(line.charged() - line.refunded),
        "is_removed": false,
        "phone": null,
        "requested_fulfillment_service_id": null,
        "source": "shopify",
        "title": line.title,
        "tax_lines": tax_lines(&line.taxes, order.currencies),
        "discount_allocations": allocations(order, &line.allocations),
    });
    put(&mut told, "price", order.currencies, line.price);
    put(&mut told, "discounted_price", order.currencies, line.charged());
    told
}

/// An edit of an order.
pub(super) fn edited(world: &World, order: &Order, edited: &Edited) -> Value {
    let told = |lines: &[(u64, i64)]| -> Value {
        lines.iter().map(|(id, delta)| json!({ "id": id, "delta": delta })).collect()
    };
    let at = time(order.updated_at, world.shop.zone);
    json!({ "order_edit": {
        "id": edited.id,
        "app_id": null,
        "created_at": at,
        "committed_at": at,
        "notify_customer": false,
        "order_id": order.id,
        "staff_note": "",
        "user_id": null,
        "line_items": { "additions": told(&edited.additions), "removals": told(&edited.removals) },
        "discounts": { "line_item": { "additions": [], "removals": [] } },
        "shipping_lines": { "additions": [], "removals": [] },
    } })
}
