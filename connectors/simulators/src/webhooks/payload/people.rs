//! `customers/*`, `checkouts/*` and the shop.

use chrono::{DateTime, Offset as _, Utc};
use serde_json::{Value, json};

use super::{put, time};
use crate::graphql::context::gid;
use crate::world::{AbandonedCheckout, Address, Customer, World};

/// An address.
pub(super) fn address(address: &Address) -> Value {
    json!({
        "first_name": address.first_name,
        "address1": address.street,
        "phone": null,
        "city": address.city,
        "zip": address.zip,
        "province": address.province,
        "country": address.country,
        "last_name": address.last_name,
        "address2": null,
        "company": null,
        "latitude": null,
        "longitude": null,
        "name": format!("{} {}", address.first_name, address.last_name),
        "country_code": address.country_code,
        "province_code": address.province_code,
    })
}

/// A customer.
pub(super) fn customer(world: &World, customer: &Customer) -> Value {
    let zone = world.shop.zone;
    let mut home = address(&customer.address);
    if let Some(fields) = home.as_object_mut() {
        fields.insert("id".to_owned(), json!(customer.address.id));
        fields.insert("customer_id".to_owned(), json!(customer.id));
        fields.insert("country_name".to_owned(), json!(customer.address.country));
        fields.insert("default".to_owned(), json!(true));
    }
    json!({
        "id": customer.id,
        "created_at": time(customer.created_at, zone),
        "updated_at": time(customer.updated_at, zone),
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "state": if customer.enabled { "enabled" } else { "disabled" },
        "note": customer.note,
        "verified_email": customer.enabled,
        "multipass_identifier": null,
        "tax_exempt": false,
        "email": customer.email,
        "phone": customer.phone,
        "currency": world.shop.currency.code(),
        "addresses": [home],
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", customer.id),
        "default_address": home,
    })
}

/// A checkout.
pub(super) fn checkout(world: &World, checkout: &AbandonedCheckout) -> Value {
    let (zone, shop) = (world.shop.zone, &world.shop);
    let currencies = checkout.currencies;
    let lines = checkout.lines.iter().map(|line| {
        let price = currencies.presentment.rest(line.unit_price.presentment);
        json!({
            "key": format!("{:x}", line.id),
            "fulfillment_service": "manual",
            "gift_card": false,
            "grams": 0,
            "presentment_title": line.title,
            "presentment_variant_title": line.variant_title,
            "product_id": line.product,
            "properties": null,
            "quantity": line.quantity,
            "requires_shipping": true,
            "sku": line.sku,
            "tax_lines": [],
            "taxable": true,
            "title": line.title,
            "variant_id": line.variant,
            "variant_title": line.variant_title,
            "variant_price": price,
            "line_price": currencies.presentment.rest(line.unit_price.presentment * line.quantity),
            "price": price,
        })
    });
    let home = checkout.address.as_ref().map(address);
    let mut body = json!({
        "id": checkout.id,
        "token": checkout.token,
        "cart_token": checkout.token,
        "email": checkout.email,
        "gateway": null,
        "buyer_accepts_marketing": false,
        "created_at": time(checkout.created_at, zone),
        "updated_at": time(checkout.updated_at, zone),
        "landing_site": null,
        "note": null,
        "note_attributes": [],
        "referring_site": null,
        "shipping_lines": [],
        "taxes_included": checkout.taxes_included,
        "total_weight": 0,
        "currency": currencies.shop.code(),
        "completed_at": checkout.completed_at.map(|at| time(at, zone)),
        "closed_at": null,
        "customer_locale": "en",
        "line_items": lines.collect::<Vec<_>>(),
        "name": format!("#{}", checkout.id),
        "abandoned_checkout_url": format!("https://{}/{}/checkouts/ac/{}/recover", shop.domain, shop.id, checkout.token),
        "discount_codes": [],
        "tax_lines": [],
        "source_name": "web",
        "presentment_currency": currencies.presentment.code(),
        "total_discounts": currencies.presentment.rest(0),
        "billing_address": home,
        "shipping_address": home,
    });
    let presentment = crate::money::Currencies { shop: currencies.presentment, presentment: currencies.presentment };
    for (name, amount) in [
        ("total_line_items_price", checkout.subtotal()),
        ("subtotal_price", checkout.subtotal()),
        ("total_price", checkout.total()),
        ("total_tax", checkout.tax),
    ] {
        put(&mut body, name, presentment, crate::money::Bag { shop: amount.presentment, ..amount });
        // Checkouts have no sets.
        if let Some(fields) = body.as_object_mut() {
            fields.remove(&format!("{name}_set"));
        }
    }
    if let (Some(customer), Some(fields)) =
        (checkout.customer.and_then(|id| world.customers.get(id)), body.as_object_mut())
    {
        fields.insert("customer".to_owned(), self::customer(world, customer));
    }
    body
}

/// The shop.
pub(super) fn shop(world: &World, now: DateTime<Utc>) -> Value {
    let shop = &world.shop;
    let minutes = now.with_timezone(&shop.zone).offset().fix().local_minus_utc() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
    json!({
        "id": shop.id,
        "name": shop.name,
        "email": shop.email,
        "domain": shop.domain,
        "province": null,
        "country": shop.country_code,
        "address1": "1 Mill Lane",
        "city": "Portland",
        "primary_locale": "en",
        "created_at": time(shop.created_at, shop.zone),
        "updated_at": time(shop.updated_at, shop.zone),
        "country_code": shop.country_code,
        "currency": shop.currency.code(),
        "customer_email": shop.email,
        "timezone": format!("(GMT{offset}) {}", shop.zone.name()),
        "iana_timezone": shop.zone.name(),
        "shop_owner": "Robin Fern",
        "weight_unit": "kg",
        "taxes_included": shop.taxes_included,
        "tax_shipping": true,
        "plan_display_name": "Basic",
        "plan_name": "basic",
        "has_discounts": true,
        "has_gift_cards": true,
        "myshopify_domain": shop.domain,
        "password_enabled": false,
        "primary_location_id": world.locations.iter().next().map(|location| location.id),
        "setup_required": false,
        "enabled_presentment_currencies": shop.presentment.iter().map(|one| one.code().to_owned()).collect::<Vec<_>>(),
    })
}
