//! Products with their variants, and collections with their products.

use std::sync::Arc;

use aloftly_engine::dataset::Dataset;
use arrow::record_batch::RecordBatch;
use serde::Deserialize;

use super::payload::Made;
use super::table::{Cell, Table};
use super::tree::Tree;
use super::version;
use super::wire::{Amount, At, Id, Priced, lower, read};
use crate::contract::{Failure, Removal};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProductNode {
    id: Id,
    handle: Option<String>,
    title: String,
    vendor: Option<String>,
    product_type: Option<String>,
    status: Option<String>,
    is_gift_card: Option<bool>,
    #[serde(default)]
    tags: Vec<String>,
    created_at: At,
    updated_at: At,
    published_at: Option<At>,
    total_inventory: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VariantNode {
    id: Id,
    title: String,
    sku: Option<String>,
    barcode: Option<String>,
    price: Option<Amount>,
    compare_at_price: Option<Amount>,
    position: Option<i64>,
    inventory_quantity: Option<i64>,
    inventory_item: Option<ItemNode>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ItemNode {
    id: Id,
    tracked: Option<bool>,
    unit_cost: Option<Priced>,
}

/// The rows of products and of their variants. Prices are in `currency`, the shop's.
///
/// # Errors
/// [`Failure::Unexpected`] with the place where an answer is not what it should be.
pub(super) fn products(trees: &[Tree], currency: Option<&str>) -> Result<Vec<(Arc<Dataset>, RecordBatch)>, Failure> {
    let (mut products, mut variants) = (Table::of("products")?, Table::of("variants")?);
    for tree in trees {
        let product: ProductNode = read(tree.root(), "a product")?;
        let (status, tags) = (lower(product.status.as_deref()), product.tags.join(", "));
        products.push(&[
            ("product_id", Cell::from(&product.id.0)),
            ("row_version", version::read(product.updated_at).into()),
            ("seen_at", product.updated_at.into()),
            ("product", (&product.title).into()),
            ("vendor", product.vendor.as_deref().into()),
            ("currency", currency.into()),
            ("handle", product.handle.as_deref().into()),
            ("product_type", product.product_type.as_deref().into()),
            ("status", (&status).into()),
            ("tags", (&tags).into()),
            ("is_gift_card", product.is_gift_card.into()),
            ("created_at", product.created_at.into()),
            ("published_at", product.published_at.into()),
            ("inventory", product.total_inventory.into()),
        ])?;
        push_variants(&mut variants, tree, &product, currency)?;
    }
    [products, variants].into_iter().filter_map(|table| table.finish().transpose()).collect()
}

fn push_variants(table: &mut Table, tree: &Tree, product: &ProductNode, currency: Option<&str>) -> Result<(), Failure> {
    let nodes = tree.children("a product")?;
    let nodes = nodes.iter().map(|child| read::<VariantNode>(child.json(), "a variant of a product"));
    let mut nodes = nodes.collect::<Result<Vec<_>, _>>()?;
    nodes.sort_by(|a, b| a.id.0.cmp(&b.id.0));
    for variant in &nodes {
        let item = variant.inventory_item.as_ref();
        let cost = item.and_then(|item| item.unit_cost.as_ref());
        table.push(&[
            ("product_id", Cell::from(&product.id.0)),
            ("variant_id", (&variant.id.0).into()),
            ("row_version", version::read(product.updated_at).into()),
            ("seen_at", product.updated_at.into()),
            ("product", (&product.title).into()),
            ("title", (&variant.title).into()),
            ("sku", variant.sku.as_deref().into()),
            ("barcode", variant.barcode.as_deref().into()),
            ("position", variant.position.into()),
            ("inventory_item_id", item.map(|item| item.id.0.as_str()).into()),
            ("inventory", variant.inventory_quantity.into()),
            ("tracked", item.and_then(|item| item.tracked).into()),
            ("price", variant.price.map(|price| price.0).into()),
            ("compare_at_price", variant.compare_at_price.map(|price| price.0).into()),
            ("currency", currency.into()),
            ("unit_cost", cost.map(|cost| cost.amount.0).into()),
            ("cost_currency", cost.map(|cost| cost.currency.as_str()).into()),
        ])?;
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CollectionNode {
    id: Id,
    title: String,
    handle: Option<String>,
    updated_at: At,
}

#[derive(Debug, Deserialize)]
struct Member {
    id: Id,
}

/// The rows of collections. One that has no products has no rows: those that are held go.
///
/// # Errors
/// Those of [`products`].
pub(super) fn collections(trees: &[Tree]) -> Result<Made, Failure> {
    let mut table = Table::of("collections")?;
    let mut empty = Vec::new();
    for tree in trees {
        let collection: CollectionNode = read(tree.root(), "a collection")?;
        let members = tree.children("a collection")?;
        let members = members.iter().map(|child| read::<Member>(child.json(), "a product of a collection"));
        let mut members = members.collect::<Result<Vec<_>, _>>()?;
        members.sort_by(|a, b| a.id.0.cmp(&b.id.0));
        members.dedup_by(|a, b| a.id == b.id);
        for member in &members {
            table.push(&[
                ("collection_id", Cell::from(&collection.id.0)),
                ("product_id", (&member.id.0).into()),
                ("row_version", version::read(collection.updated_at).into()),
                ("seen_at", collection.updated_at.into()),
                ("title", (&collection.title).into()),
                ("handle", collection.handle.as_deref().into()),
            ])?;
        }
        if members.is_empty() {
            empty.push(collection.id.0);
        }
    }
    let removals =
        if empty.is_empty() { Vec::new() } else { vec![Removal { dataset: "collections", entities: empty }] };
    Ok(Made { batches: table.finish()?.into_iter().collect(), removals })
}
