//! `products/*` and `inventory_*`.

use serde_json::{Value, json};

use super::time;
use crate::graphql::context::gid;
use crate::graphql::level_gid;
use crate::world::{InventoryItem, Level, Product, Variant, World};

/// A product.
pub(super) fn product(world: &World, product: &Product) -> Value {
    let zone = world.shop.zone;
    let gids = product.variants.iter().map(|one| {
        json!({ "admin_graphql_api_id": gid("ProductVariant", one.id), "updated_at": time(one.updated_at, zone) })
    });
    json!({
        "admin_graphql_api_id": gid("Product", product.id),
        "body_html": format!("{}, made to last.", product.title),
        "created_at": time(product.created_at, zone),
        "handle": product.handle,
        "id": product.id,
        "product_type": product.product_type,
        "published_at": product.published_at.map(|at| time(at, zone)),
        "template_suffix": null,
        "title": product.title,
        "updated_at": time(product.updated_at, zone),
        "vendor": product.vendor,
        "status": product.status.name().to_lowercase(),
        "published_scope": "web",
        "tags": product.tags.join(", "),
        "variants": product.variants.iter().map(|one| variant(world, product, one)).collect::<Vec<_>>(),
        "options": [],
        "images": [],
        "image": null,
        "media": [],
        "variant_gids": gids.collect::<Vec<_>>(),
        "has_variants_that_requires_components": false,
        "category": null,
    })
}

fn variant(world: &World, product: &Product, one: &Variant) -> Value {
    let (zone, currency) = (world.shop.zone, world.shop.currency);
    let stock = world.inventory.get(one.inventory_item).map_or(0, InventoryItem::available);
    json!({
        "admin_graphql_api_id": gid("ProductVariant", one.id),
        "barcode": one.barcode,
        "compare_at_price": one.compare_at.map(|price| currency.rest(price)),
        "created_at": time(one.created_at, zone),
        "id": one.id,
        "inventory_policy": "deny",
        "position": one.position,
        "price": currency.rest(one.price),
        "product_id": product.id,
        "sku": one.sku,
        "taxable": !product.is_gift_card,
        "title": one.title,
        "updated_at": time(one.updated_at, zone),
        "option1": one.title,
        "option2": null,
        "option3": null,
        "image_id": null,
        "inventory_item_id": one.inventory_item,
        "inventory_quantity": stock,
        "old_inventory_quantity": stock,
    })
}

/// An inventory item.
pub(super) fn item(world: &World, item: &InventoryItem) -> Value {
    let zone = world.shop.zone;
    json!({
        "id": item.id,
        "sku": item.sku,
        "created_at": time(item.created_at, zone),
        "updated_at": time(item.updated_at, zone),
        "requires_shipping": item.tracked,
        "cost": item.unit_cost.map(|cost| world.shop.currency.rest(cost)),
        "country_code_of_origin": null,
        "province_code_of_origin": null,
        "harmonized_system_code": null,
        "tracked": item.tracked,
        "country_harmonized_system_codes": [],
        "weight_value": 0,
        "weight_unit": "kg",
        "admin_graphql_api_id": gid("InventoryItem", item.id),
    })
}

/// A level; nothing is for sale of what is not counted, which is told as null.
pub(super) fn level(world: &World, item: &InventoryItem, level: &Level) -> Value {
    json!({
        "inventory_item_id": item.id,
        "location_id": level.location,
        "available": item.tracked.then_some(level.available),
        "updated_at": time(level.updated_at, world.shop.zone),
        "admin_graphql_api_id": level_gid(item, level),
    })
}
