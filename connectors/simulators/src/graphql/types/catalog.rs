//! `Product`, `ProductVariant` and `Collection`.

use serde_json::{Value, json};

use super::money;
use super::root::is_sold;
use crate::graphql::args::Args;
use crate::graphql::context::{Context, gid, time};
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::graphql::page;
use crate::world::{Collection, Product, Variant};

/// How much of a variant is for sale; `None` when it is not counted.
fn stock(variant: &Variant, cx: &Context<'_>) -> Option<i64> {
    let item = cx.world.inventory.get(variant.inventory_item)?;
    item.tracked.then(|| item.available())
}

/// A field of a product.
pub(in crate::graphql) fn product<'w>(
    product: &'w Product,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    let in_it = |collection: &&Collection| collection.products.contains(&product.id);
    Ok(match name {
        "variants" => {
            let nodes = product.variants.iter().map(|variant| Node::Variant(product, variant));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "collections" => {
            let nodes = cx.world.collections.iter().filter(in_it).map(Node::Collection);
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "inCollection" => {
            let wanted = args.id("id").and_then(|id| cx.world.collections.get(id));
            Out::scalar(wanted.is_some_and(|collection| in_it(&collection)))
        }
        "id" => Out::scalar(gid("Product", product.id)),
        "legacyResourceId" => Out::scalar(product.id.to_string()),
        "handle" => Out::scalar(product.handle.clone()),
        "title" => Out::scalar(product.title.clone()),
        "description" => Out::scalar(format!("{}, made to last.", product.title)),
        "descriptionHtml" => Out::scalar(format!("<p>{}, made to last.</p>", html_escape::encode_text(&product.title))),
        "vendor" => Out::scalar(product.vendor.clone()),
        "productType" => Out::scalar(product.product_type.clone()),
        "status" => Out::scalar(product.status.name()),
        "isGiftCard" => Out::scalar(product.is_gift_card),
        "tags" => Out::scalar(json!(product.tags)),
        "createdAt" => Out::Value(time(product.created_at)),
        "updatedAt" => Out::Value(time(product.updated_at)),
        "publishedAt" => Out::Value(product.published_at.map_or(Value::Null, time)),
        "totalInventory" => Out::scalar(product.variants.iter().filter_map(|variant| stock(variant, cx)).sum::<i64>()),
        "tracksInventory" => Out::scalar(product.variants.iter().any(|variant| stock(variant, cx).is_some())),
        "hasOnlyDefaultVariant" => Out::scalar(product.variants.len() == 1),
        "hasOutOfStockVariants" => {
            Out::scalar(product.variants.iter().any(|variant| stock(variant, cx).is_some_and(|units| units <= 0)))
        }
        "priceRangeV2" => {
            let prices = || product.variants.iter().map(|variant| variant.price);
            let currency = cx.world.shop.currency;
            Out::Value(json!({
                "maxVariantPrice": money(currency, prices().max().unwrap_or(0)),
                "minVariantPrice": money(currency, prices().min().unwrap_or(0)),
            }))
        }
        "variantsCount" => Out::Value(json!({ "count": product.variants.len(), "precision": "EXACT" })),
        "onlineStoreUrl" => {
            let shown = is_sold(product.status) && product.published_at.is_some();
            Out::scalar(json!(shown.then(|| format!("https://{}/products/{}", cx.world.shop.domain, product.handle))))
        }
        "options" => {
            let values: Vec<&str> = product.variants.iter().map(|variant| variant.title.as_str()).collect();
            let id = gid("ProductOption", product.id);
            Out::Value(json!([{ "id": id, "name": option(product), "position": 1, "values": values }]))
        }
        _ => Out::NULL,
    })
}

/// What the variants of a product differ by.
fn option(product: &Product) -> &'static str {
    if product.variants.len() == 1 { "Title" } else { "Size" }
}

/// A field of a variant.
pub(in crate::graphql) fn variant<'w>(
    product: &'w Product,
    variant: &'w Variant,
    name: &str,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    let currency = cx.world.shop.currency;
    let price = |minor| json!(currency.rest(minor));
    Ok(match name {
        "product" => Out::Node(Node::Product(product)),
        "inventoryItem" => Out::of(cx.world.inventory.get(variant.inventory_item).map(Node::Item)),
        "id" => Out::scalar(gid("ProductVariant", variant.id)),
        "legacyResourceId" => Out::scalar(variant.id.to_string()),
        "title" => Out::scalar(variant.title.clone()),
        "displayName" => Out::scalar(format!("{} - {}", product.title, variant.title)),
        "sku" => Out::scalar(json!(variant.sku)),
        "barcode" => Out::scalar(json!(variant.barcode)),
        "price" => Out::Value(price(variant.price)),
        "compareAtPrice" => Out::Value(variant.compare_at.map_or(Value::Null, price)),
        "position" => Out::scalar(variant.position),
        "createdAt" => Out::Value(time(variant.created_at)),
        "updatedAt" => Out::Value(time(variant.updated_at)),
        "inventoryQuantity" => Out::scalar(json!(stock(variant, cx))),
        "sellableOnlineQuantity" => Out::scalar(stock(variant, cx).unwrap_or(0)),
        "inventoryPolicy" => Out::scalar("DENY"),
        "availableForSale" => Out::scalar(is_sold(product.status) && stock(variant, cx).is_none_or(|units| units > 0)),
        "taxable" => Out::scalar(!product.is_gift_card),
        "selectedOptions" => Out::Value(json!([{ "name": option(product), "value": variant.title }])),
        _ => Out::NULL,
    })
}

/// A field of a collection.
pub(in crate::graphql) fn collection<'w>(
    collection: &'w Collection,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    Ok(match name {
        "products" => {
            let products = collection.products.iter().filter_map(|id| cx.world.products.get(*id));
            Out::Page(page::of_list(products.map(Node::Product), args, cx.bulk)?)
        }
        "hasProduct" => Out::scalar(args.id("id").is_some_and(|id| collection.products.contains(&id))),
        "id" => Out::scalar(gid("Collection", collection.id)),
        "legacyResourceId" => Out::scalar(collection.id.to_string()),
        "handle" => Out::scalar(collection.handle.clone()),
        "title" => Out::scalar(collection.title.clone()),
        "updatedAt" => Out::Value(time(collection.updated_at)),
        "sortOrder" => Out::scalar("BEST_SELLING"),
        "productsCount" => Out::Value(json!({ "count": collection.products.len(), "precision": "EXACT" })),
        _ => Out::NULL,
    })
}
