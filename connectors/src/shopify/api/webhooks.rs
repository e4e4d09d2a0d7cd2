//! What a shop tells by itself.

use std::borrow::Cow;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::declaration::DECLARATION;
use super::order_body;
use super::order_rows::OrderRows;
use super::payload::Made;
use super::reader::removals;
use super::shop::Shop;
use super::signature::signs_body;
use super::wire::{Id, read};
use crate::contract::{
    Account, Cursor, Delivered, Delivery, Effect, Failure, Keeps, Kept, NotAuthentic, Page, Person, Raw, Removal,
    Stream, Webhooks,
};

/// The kind of payloads that are an order's webhook. It comes behind that of orders that were read, whose rows it builds upon.
pub(super) const ORDER: &str = "webhook_order";
/// The names of headers are these behind `x-shopify-`, and behind `shopify-` in a newer form.
const SIGNATURE: &str = "x-shopify-hmac-sha256";
const TOPIC: &str = "x-shopify-topic";
const DOMAIN: &str = "x-shopify-shop-domain";
const EVENT: &str = "x-shopify-event-id";
const DELIVERY: &str = "x-shopify-webhook-id";
const TRIGGERED: &str = "x-shopify-triggered-at";

/// What the webhook of an order does not tell: where the last visit came from, whether it is the customer's first, and whether it was edited.
pub(super) const UNTOLD: Keeps = Keeps {
    dataset: "orders",
    columns: &["customer_order_index", "edited", "paid_at", "traffic_source", "medium", "campaign", "page"],
};

/// How Shopify tells of changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ShopifyWebhooks;

impl Webhooks for ShopifyWebhooks {
    fn authenticate(&self, secrets: &[SecretString], delivered: &Delivered<'_>) -> Result<Delivery, NotAuthentic> {
        let header = |name: &'static str| find(delivered, name).ok_or(NotAuthentic::Header(name));
        if !signs_body(secrets, delivered.body, header(SIGNATURE)?) {
            return Err(NotAuthentic::Signature);
        }
        let shop = Shop::exact(header(DOMAIN)?).ok_or(NotAuthentic::Header(DOMAIN))?;
        let topic = header(TOPIC)?;
        // The same event through several subscriptions has one id; that of the delivery is the same in its retries alone.
        let id = find(delivered, EVENT).or_else(|| find(delivered, DELIVERY)).ok_or(NotAuthentic::Header(EVENT))?;
        let triggered = find(delivered, TRIGGERED).and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        Ok(Delivery {
            // Two topics can come of one event.
            id: format!("{topic}:{id}"),
            account: shop.domain().to_owned(),
            topic: topic.to_owned(),
            object: object(topic, delivered.body),
            happened_at: triggered.map(|at| at.with_timezone(&Utc)),
        })
    }

    fn effects(&self, _account: &Account, delivery: &Delivery, body: &[u8]) -> Result<Vec<Effect>, Failure> {
        let effect = match delivery.topic.as_str() {
            "orders/create" | "orders/updated" | "orders/cancelled" => order(body, delivery.happened_at)?,
            "orders/edited" => read_of("orders", [read::<Edited>(body, "an edit of an order")?.order_edit.order_id])?,
            "refunds/create" => read_of("orders", [read::<OfOrder>(body, "a refund")?.order_id])?,
            "orders/delete" => return gone("orders", body),
            "products/create" | "products/update" => read_of("products", [id(body)?])?,
            "products/delete" => return gone("products", body),
            "customers/create" | "customers/update" | "customers/enable" | "customers/disable" => {
                read_of("customers", [id(body)?])?
            }
            "customers/delete" => return gone("customers", body),
            "customers/merge" => return merged(body),
            "inventory_levels/update" | "inventory_levels/connect" => {
                read_of("inventory", [read::<OfItem>(body, "a level of stock")?.inventory_item_id])?
            }
            "inventory_items/update" => read_of("inventory", [id(body)?])?,
            "checkouts/delete" => return gone("checkouts", body),
            "app/uninstalled" => Effect::Disconnected,
            "app/scopes_update" => Effect::Regranted { scopes: read::<Scopes>(body, "a change of scopes")?.current },
            "customers/data_request" => {
                Effect::ExportCustomer(read::<Privacy>(body, "a request of a customer")?.person())
            }
            "customers/redact" => Effect::EraseCustomer(read::<Privacy>(body, "a request of a customer")?.person()),
            "shop/redact" => Effect::EraseAccount,
            // Readings bring what others tell: checkouts before they count as left, the shop's name, ends of bulk operations.
            _ => return Ok(Vec::new()),
        };
        Ok(vec![effect])
    }
}

/// A header under its name, or under that of the newer form.
fn find<'a>(delivered: &Delivered<'a>, name: &str) -> Option<&'a str> {
    let find = |name: &str| delivered.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
    find(name).or_else(|| find(name.strip_prefix("x-").unwrap_or(name)))
}

/// Beside what a topic says, how the thing that it is about is called; what is told of one thing is carried out in order.
fn object(topic: &str, body: &[u8]) -> Option<String> {
    let (kind, key) = match topic.split_once('/')? {
        ("orders", "edited") => ("order", "/order_edit/order_id"),
        ("refunds", _) => ("order", "/order_id"),
        ("orders", _) => ("order", "/id"),
        ("products", _) => ("product", "/id"),
        ("customers", "merge") => ("customer", "/admin_graphql_api_customer_kept_id"),
        ("customers", "data_request" | "redact") => ("customer", "/customer/id"),
        ("customers", _) => ("customer", "/id"),
        ("inventory_levels", _) => ("inventory_item", "/inventory_item_id"),
        ("inventory_items", _) => ("inventory_item", "/id"),
        ("checkouts", _) => ("checkout", "/id"),
        ("app" | "shop", _) => return Some("shop".to_owned()),
        _ => return None,
    };
    let body: Value = serde_json::from_slice(body).ok()?;
    let id: Id = serde_json::from_value(body.pointer(key)?.clone()).ok()?;
    Some(format!("{kind}:{}", id.0))
}

#[derive(Debug, Deserialize)]
struct Edited {
    order_edit: OfOrder,
}

#[derive(Debug, Deserialize)]
struct OfOrder {
    order_id: Id,
}

#[derive(Debug, Deserialize)]
struct OfItem {
    inventory_item_id: Id,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: Id,
}

#[derive(Debug, Deserialize)]
struct Merged {
    admin_graphql_api_customer_kept_id: Id,
    admin_graphql_api_customer_deleted_id: Id,
}

#[derive(Debug, Deserialize)]
struct Scopes {
    #[serde(default)]
    current: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Privacy {
    #[serde(default)]
    customer: Option<Customer>,
    #[serde(default)]
    orders_requested: Vec<Id>,
    #[serde(default)]
    orders_to_redact: Vec<Id>,
}

#[derive(Debug, Deserialize)]
struct Customer {
    #[serde(default)]
    id: Option<Id>,
    #[serde(default)]
    email: Option<String>,
}

impl Privacy {
    fn person(self) -> Person {
        let (id, email) = self.customer.map_or((None, None), |customer| (customer.id, customer.email));
        let orders = self.orders_requested.into_iter().chain(self.orders_to_redact);
        Person { id: id.map(|id| id.0), email, orders: orders.map(|id| id.0).collect() }
    }
}

fn id(body: &[u8]) -> Result<Id, Failure> {
    Ok(read::<Named>(body, "a webhook")?.id)
}

/// The stream of that name, which is one of ours.
fn stream(name: &'static str) -> Result<&'static Stream, Failure> {
    DECLARATION.stream(name).ok_or_else(|| Failure::Refused { detail: format!("Shopify has no stream {name:?}") })
}

fn read_of(name: &'static str, ids: impl IntoIterator<Item = Id>) -> Result<Effect, Failure> {
    Ok(Effect::Read { stream: stream(name)?.id, ids: ids.into_iter().map(|id| id.0).collect() })
}

fn gone(name: &'static str, body: &[u8]) -> Result<Vec<Effect>, Failure> {
    Ok(removals(stream(name)?, &[id(body)?.0]).into_iter().map(Effect::Remove).collect())
}

/// Two customers became one: its orders are the other's now, and their own changes tell so.
fn merged(body: &[u8]) -> Result<Vec<Effect>, Failure> {
    let merged: Merged = read(body, "a merge of customers")?;
    let deleted = merged.admin_graphql_api_customer_deleted_id.0;
    let removal = Removal { dataset: "customers", entities: vec![deleted] };
    Ok(vec![read_of("customers", [merged.admin_graphql_api_customer_kept_id])?, Effect::Remove(removal)])
}

/// What is kept of a delivery beside its body.
#[derive(Debug, Default, Serialize, Deserialize)]
struct About {
    triggered_at: Option<DateTime<Utc>>,
}

/// An order becomes rows at once; one whose amounts its webhook does not tell exactly is read.
fn order(body: &[u8], triggered_at: Option<DateTime<Utc>>) -> Result<Effect, Failure> {
    let Some(mut order) = order_body::order(body, triggered_at)? else { return read_of("orders", [id(body)?]) };
    let mut page = Page::at(Cursor::of(&())?);
    let mut rows = OrderRows::new()?;
    rows.push(&mut order)?;
    page.batches = rows.finish()?;
    let about = serde_json::to_value(About { triggered_at }).unwrap_or_default();
    let raw = Raw { stream: "orders", kind: Cow::Borrowed(ORDER), about, body: Bytes::copy_from_slice(body) };
    page.kept.push(Kept {
        raw,
        key: order.id.0.clone(),
        version: order.version,
        happened_at: Some(order.entered_at.0),
        thing: Some(("orders", order.id.0.clone())),
        customer: order.customer.map(|customer| customer.0),
        order: Some(order.id.0),
    });
    page.records = 1;
    Ok(Effect::Rows { page, keeps: Some(UNTOLD) })
}

/// The rows of an order's webhook that was kept, and how many orders they are of.
pub(super) fn rebuild(raw: &Raw) -> Result<(Made, usize), Failure> {
    let mut rows = OrderRows::new()?;
    let About { triggered_at } = About::deserialize(&raw.about).unwrap_or_default();
    if let Some(mut order) = order_body::order(&raw.body, triggered_at)? {
        rows.push(&mut order)?;
    }
    Ok((Made { batches: rows.finish()?, removals: Vec::new() }, 1))
}
