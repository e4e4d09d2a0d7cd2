//! `InventoryItem`, `InventoryLevel` and `Location`.

use serde_json::{Value, json};

use super::money;
use crate::graphql::args::Args;
use crate::graphql::context::{Context, gid, time};
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::graphql::page;
use crate::world::{InventoryItem, Level, Location};

/// A field of an inventory item.
pub(in crate::graphql) fn item<'w>(
    item: &'w InventoryItem,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    let variant = || cx.world.variant(item.variant).map(|(product, variant)| Node::Variant(product, variant));
    let all = args.truth("includeInactive");
    Ok(match name {
        "id" => Out::scalar(gid("InventoryItem", item.id)),
        "legacyResourceId" => Out::scalar(item.id.to_string()),
        "sku" => Out::scalar(json!(item.sku)),
        "tracked" | "requiresShipping" => Out::scalar(item.tracked),
        "createdAt" => Out::Value(time(item.created_at)),
        "updatedAt" => Out::Value(time(item.updated_at)),
        "unitCost" => Out::Value(item.unit_cost.map_or(Value::Null, |cost| money(cx.world.shop.currency, cost))),
        "duplicateSkuCount" => Out::scalar(0),
        "variant" => Out::of(variant()),
        "variants" => Out::Page(page::of_list(variant(), args, cx.bulk)?),
        "inventoryLevel" => {
            let level = item.levels.iter().find(|level| Some(level.location) == args.id("locationId"));
            Out::of(level.filter(|level| all || level.active).map(|level| Node::Level(item, level)))
        }
        "inventoryLevels" => {
            let levels = item.levels.iter().filter(|level| all || level.active);
            Out::Page(page::of_list(levels.map(|level| Node::Level(item, level)), args, cx.bulk)?)
        }
        "locationsCount" => Out::Value(json!({ "count": item.levels.len(), "precision": "EXACT" })),
        _ => Out::NULL,
    })
}

/// The gid of a level, which names its item as well.
pub(crate) fn level_gid(item: &InventoryItem, level: &Level) -> String {
    format!("gid://shopify/InventoryLevel/{}?inventory_item_id={}", level.id, item.id)
}

/// A field of a level.
pub(in crate::graphql) fn level<'w>(
    item: &'w InventoryItem,
    level: &'w Level,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "id" => Out::scalar(level_gid(item, level)),
        "isActive" => Out::scalar(level.active),
        "canDeactivate" => Out::scalar(level.committed == 0),
        "createdAt" => Out::Value(time(level.created_at)),
        "updatedAt" => Out::Value(time(level.updated_at)),
        "location" => Out::of(cx.world.locations.get(level.location).map(Node::Location)),
        "item" => Out::Node(Node::Item(item)),
        "quantities" => {
            let mut told = Vec::new();
            for name in args.texts("names").unwrap_or_default() {
                let quantity = level.quantity(name).ok_or_else(|| {
                    Fault::bad(format!("The quantity name '{name}' isn't valid. Choose a valid quantity name."))
                })?;
                // Only what is for sale has a time of its own.
                let updated = if name == "available" { time(level.updated_at) } else { Value::Null };
                told.push(json!({
                    "id": format!("gid://shopify/InventoryQuantity/{}?inventory_item_id={}&name={name}", level.id, item.id),
                    "name": name,
                    "quantity": quantity,
                    "updatedAt": updated,
                }));
            }
            Out::Value(Value::Array(told))
        }
        _ => Out::NULL,
    })
}

/// A field of a location.
pub(in crate::graphql) fn location<'w>(
    location: &'w Location,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    let all = args.truth("includeInactive");
    let levels = || {
        let of = |item: &'w InventoryItem| item.levels.iter().map(move |level| (item, level));
        let here = cx.world.inventory.iter().flat_map(of).filter(|(_, level)| level.location == location.id);
        here.filter(move |(_, level)| all || level.active)
    };
    Ok(match name {
        "inventoryLevels" => {
            Out::Page(page::of_list(levels().map(|(item, level)| Node::Level(item, level)), args, cx.bulk)?)
        }
        "id" => Out::scalar(gid("Location", location.id)),
        "legacyResourceId" => Out::scalar(location.id.to_string()),
        "name" => Out::scalar(location.name.clone()),
        "isActive" | "shipsInventory" => Out::scalar(location.active),
        "isPrimary" | "fulfillsOnlineOrders" => Out::scalar(location.fulfils_online),
        "hasActiveInventory" => Out::scalar(levels().next().is_some()),
        "isFulfillmentService" => Out::scalar(false),
        "address" => Out::Value(json!({
            "address1": "1 Mill Lane",
            "city": "Portland",
            "countryCode": location.country_code,
            "formatted": ["1 Mill Lane", "Portland"],
        })),
        "createdAt" => Out::Value(time(location.created_at)),
        "updatedAt" => Out::Value(time(location.updated_at)),
        "deactivatedAt" => Out::Value(if location.active { Value::Null } else { time(location.updated_at) }),
        _ => Out::NULL,
    })
}
