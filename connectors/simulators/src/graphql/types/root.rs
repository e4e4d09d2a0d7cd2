//! `QueryRoot`.

use serde_json::{Value, json};

use super::count;
use crate::graphql::args::{Args, gid};
use crate::graphql::context::Context;
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::graphql::page::{self, Asked, Page, Sort};
use crate::world::{Moment, ProductStatus};

/// A field of it.
pub(in crate::graphql) fn root<'w>(name: &str, args: &Args, cx: &Context<'w>) -> Result<Out<'w>, Fault> {
    let world = cx.world;
    let asked = Asked { args, bulk: cx.bulk, zone: cx.zone() };
    let by = args.text("sortKey").unwrap_or("ID");
    Ok(match name {
        "shop" => Out::Node(Node::Shop),
        "app" | "appByKey" => Out::Value(cx.app.clone()),
        "currentAppInstallation" => Out::Value(cx.app.get("installation").cloned().unwrap_or(Value::Null)),
        "publicApiVersions" => Out::Value(Value::Array(cx.versions.clone())),
        "orders" => Out::Page(orders(asked, by, cx)?),
        "order" => Out::of(found("Order", args, "id", cx)?),
        "ordersCount" => Out::Value(count(page::count(&world.orders, args, cx.zone(), |order| cx.sees(order)))),
        "refund" => Out::of(found("Refund", args, "id", cx)?),
        "products" => {
            let sort = match by {
                "CREATED_AT" => Sort::Time(Moment::Created),
                "UPDATED_AT" => Sort::Time(Moment::Updated),
                "PUBLISHED_AT" => {
                    Sort::Number(|row: &crate::world::Product| row.published_at.map_or(0, |at| at.timestamp()))
                }
                "TITLE" => Sort::Text(|row: &crate::world::Product| row.title.to_lowercase()),
                "VENDOR" => Sort::Text(|row: &crate::world::Product| row.vendor.to_lowercase()),
                "PRODUCT_TYPE" => Sort::Text(|row: &crate::world::Product| row.product_type.to_lowercase()),
                _ => Sort::Id,
            };
            Out::Page(page::of_table(&world.products, &sort, asked, |_| true, Node::Product)?)
        }
        "product" => Out::of(found("Product", args, "id", cx)?),
        "productsCount" => Out::Value(count(page::count(&world.products, args, cx.zone(), |_| true))),
        "productVariants" => {
            let variants =
                world.products.iter().flat_map(|product| product.variants.iter().map(move |one| (product, one)));
            let mut variants: Vec<_> = variants.collect();
            variants.sort_by_key(|(_, variant)| variant.id);
            let nodes = variants.into_iter().map(|(product, variant)| Node::Variant(product, variant));
            Out::Page(page::of_list(nodes, args, cx.bulk)?)
        }
        "productVariant" => Out::of(found("ProductVariant", args, "id", cx)?),
        "productVariantsCount" => Out::Value(count((world.products.iter().map(|one| one.variants.len()).sum(), true))),
        "collections" => {
            let sort = match by {
                "UPDATED_AT" => Sort::Time(Moment::Updated),
                "TITLE" => Sort::Text(|row: &crate::world::Collection| row.title.to_lowercase()),
                _ => Sort::Id,
            };
            Out::Page(page::of_table(&world.collections, &sort, asked, |_| true, Node::Collection)?)
        }
        "collection" => Out::of(found("Collection", args, "id", cx)?),
        "collectionsCount" => Out::Value(count(page::count(&world.collections, args, cx.zone(), |_| true))),
        "customers" => {
            let sort = match by {
                "CREATED_AT" => Sort::Time(Moment::Created),
                "UPDATED_AT" => Sort::Time(Moment::Updated),
                "NAME" => Sort::Text(|row: &crate::world::Customer| format!("{}, {}", row.last_name, row.first_name)),
                _ => Sort::Id,
            };
            Out::Page(page::of_table(&world.customers, &whole_days(sort), asked, |_| true, Node::Customer)?)
        }
        "customer" => Out::of(found("Customer", args, "id", cx)?),
        "customersCount" => Out::Value(count(page::count(&world.customers, args, cx.zone(), |_| true))),
        "inventoryItems" => Out::Page(page::of_table(&world.inventory, &Sort::Id, asked, |_| true, Node::Item)?),
        "inventoryItem" => Out::of(found("InventoryItem", args, "id", cx)?),
        "inventoryLevel" => Out::of(found("InventoryLevel", args, "id", cx)?),
        "locations" => {
            let sort = match by {
                "ID" => Sort::Id,
                _ => Sort::Text(|row: &crate::world::Location| row.name.to_lowercase()),
            };
            let all = args.truth("includeInactive");
            Out::Page(page::of_table(&world.locations, &sort, asked, |one| all || one.active, Node::Location)?)
        }
        "location" => match args.text("id") {
            Some(_) => Out::of(found("Location", args, "id", cx)?),
            None => Out::of(world.locations.iter().next().map(Node::Location)),
        },
        "locationsCount" => Out::Value(count(page::count(&world.locations, args, cx.zone(), |_| true))),
        "abandonedCheckouts" => {
            let sort = match by {
                "CREATED_AT" => Sort::Time(Moment::Created),
                "TOTAL_PRICE" => Sort::Number(|row: &crate::world::AbandonedCheckout| row.total().shop),
                _ => Sort::Id,
            };
            Out::Page(page::of_table(&world.checkouts, &sort, asked, |_| true, Node::Checkout)?)
        }
        "abandonedCheckoutsCount" => Out::Value(count(page::count(&world.checkouts, args, cx.zone(), |_| true))),
        "bulkOperation" => one(&cx.operations, args.text("id"), "BulkOperation"),
        "currentBulkOperation" => plain(cx.operations.last().cloned(), "BulkOperation"),
        "bulkOperations" => {
            let search = args.text("query").unwrap_or_default().to_lowercase();
            let asked = |field: &str| {
                let mut terms = search.split_whitespace().filter_map(|term| term.strip_prefix(field));
                terms.next().map(|value| value.trim_matches('\'').to_owned())
            };
            let (status, kind) = (asked("status:"), asked("operation_type:"));
            let is = |operation: &Value, field: &str, wanted: &Option<String>| {
                let told = operation.get(field).and_then(Value::as_str).unwrap_or_default();
                wanted.as_ref().is_none_or(|wanted| told.eq_ignore_ascii_case(wanted))
            };
            let found = cx.operations.iter().filter(|one| is(one, "status", &status) && is(one, "type", &kind));
            listed(found, "BulkOperation", args, cx)?
        }
        "webhookSubscription" => one(&cx.subscriptions, args.text("id"), "WebhookSubscription"),
        "webhookSubscriptions" => {
            let topics = args.texts("topics");
            let is = |one: &&Value| {
                let topic = one.get("topic").and_then(Value::as_str).unwrap_or_default();
                topics.as_ref().is_none_or(|topics| topics.contains(&topic))
            };
            listed(cx.subscriptions.iter().filter(is), "WebhookSubscription", args, cx)?
        }
        "webhookSubscriptionsCount" => Out::Value(count((cx.subscriptions.len(), true))),
        "node" => {
            let (kind, _) = args.text("id").and_then(gid).unwrap_or_default();
            Out::of(found(kind, args, "id", cx)?)
        }
        "nodes" => {
            let mut nodes = Vec::new();
            for id in args.texts("ids").unwrap_or_default() {
                nodes.push(by_gid(id, cx)?.unwrap_or_else(|| Node::Plain("Node".to_owned(), Value::Null)));
            }
            Out::List(nodes)
        }
        "shopifyqlQuery" => Out::Value(json!({
            "parseErrors": ["Line 1 Column 1: this shop has no analytics in this simulator."],
            "parseWarnings": [],
            "tableData": null,
        })),
        _ => Out::NULL,
    })
}

/// A customer's search by `updated_at` matches whole days, so that no time of it limits what is read.
fn whole_days(sort: Sort<crate::world::Customer>) -> Sort<crate::world::Customer> {
    match sort {
        Sort::Time(Moment::Updated) => Sort::Number(|row| row.updated_at.timestamp()),
        sort => sort,
    }
}

/// A page of orders.
pub(super) fn orders<'w>(asked: Asked<'_>, by: &str, cx: &Context<'w>) -> Result<Page<'w>, Fault> {
    let sort = match by {
        "CREATED_AT" => Sort::Time(Moment::Created),
        "UPDATED_AT" => Sort::Time(Moment::Updated),
        "PROCESSED_AT" => Sort::Time(Moment::Processed),
        "ORDER_NUMBER" => Sort::Number(|order: &crate::world::Order| i64::try_from(order.number).unwrap_or(i64::MAX)),
        "TOTAL_PRICE" => Sort::Number(|order: &crate::world::Order| order.total().shop),
        "CURRENT_TOTAL_PRICE" => Sort::Number(|order: &crate::world::Order| order.current_total().shop),
        _ => Sort::Id,
    };
    page::of_table(&cx.world.orders, &sort, asked, |order| cx.sees(order), Node::Order)
}

fn plain<'w>(value: Option<Value>, kind: &str) -> Out<'w> {
    Out::of(value.map(|value| Node::Plain(kind.to_owned(), value)))
}

fn one<'w>(of: &[Value], id: Option<&str>, kind: &str) -> Out<'w> {
    plain(of.iter().find(|one| one.get("id").and_then(Value::as_str) == id).cloned(), kind)
}

fn listed<'a, 'w>(
    found: impl Iterator<Item = &'a Value>,
    kind: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    let nodes = found.map(|one| Node::Plain(kind.to_owned(), one.clone()));
    Ok(Out::Page(page::of_list(nodes.collect::<Vec<_>>(), args, cx.bulk)?))
}

/// What an argument's gid names, when it is of that type.
fn found<'w>(kind: &str, args: &Args, name: &str, cx: &Context<'w>) -> Result<Option<Node<'w>>, Fault> {
    let id = args.text(name).unwrap_or_default();
    match gid(id) {
        Some((named, _)) if named == kind => by_gid(id, cx),
        _ => Err(Fault {
            message: format!("Invalid global id '{id}'"),
            extensions: json!({ "code": "argumentLiteralsIncompatible", "typeName": "CoercionError" }),
        }),
    }
}

/// What a gid names, as far as the token may see it.
fn by_gid<'w>(text: &str, cx: &Context<'w>) -> Result<Option<Node<'w>>, Fault> {
    let Some((kind, id)) = gid(text) else { return Ok(None) };
    cx.check(
        "node",
        match kind {
            "LineItem" => "Order",
            kind => kind,
        },
    )?;
    let world = cx.world;
    let of_order = |order: &'w crate::world::Order| cx.sees(order).then_some(order);
    Ok(match kind {
        "Order" => world.orders.get(id).and_then(of_order).map(Node::Order),
        "LineItem" => {
            let order = world.order_of_line(id).and_then(of_order);
            order.and_then(|order| order.line(id).map(|line| Node::Line(order, line)))
        }
        "Refund" => {
            let order = world.order_of_refund(id).and_then(of_order);
            order.and_then(|order| order.refunds.iter().find(|one| one.id == id).map(|one| Node::Refund(order, one)))
        }
        "OrderAgreement" | "OrderEditAgreement" | "RefundAgreement" | "ReturnAgreement" => {
            let owner = world.orders.iter().filter(|order| cx.sees(order));
            let mut all = owner.flat_map(|order| order.agreements.iter().map(move |one| (order, one)));
            all.find(|(_, one)| one.id == id).map(|(order, one)| Node::Agreement(order, one))
        }
        "Customer" => world.customers.get(id).map(Node::Customer),
        "Product" => world.products.get(id).map(Node::Product),
        "ProductVariant" => world.variant(id).map(|(product, variant)| Node::Variant(product, variant)),
        "Collection" => world.collections.get(id).map(Node::Collection),
        "InventoryItem" => world.inventory.get(id).map(Node::Item),
        "InventoryLevel" => {
            let item = text.split_once("inventory_item_id=").and_then(|(_, item)| item.parse().ok());
            let item = item.and_then(|item| world.inventory.get(item));
            item.and_then(|item| item.levels.iter().find(|one| one.id == id).map(|one| Node::Level(item, one)))
        }
        "Location" => world.locations.get(id).map(Node::Location),
        "AbandonedCheckout" => world.checkouts.get(id).map(Node::Checkout),
        "Shop" => (world.shop.id == id).then_some(Node::Shop),
        "BulkOperation" | "WebhookSubscription" => {
            let of = if kind == "BulkOperation" { &cx.operations } else { &cx.subscriptions };
            let one = of.iter().find(|one| one.get("id").and_then(Value::as_str) == Some(text));
            one.map(|one| Node::Plain(kind.to_owned(), one.clone()))
        }
        _ => None,
    })
}

/// Whether a product can be bought in the online shop.
pub(super) fn is_sold(status: ProductStatus) -> bool {
    matches!(status, ProductStatus::Active | ProductStatus::Unlisted)
}
