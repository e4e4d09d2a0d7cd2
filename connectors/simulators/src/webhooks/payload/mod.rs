//! The bodies of webhooks, which have the shapes of the REST API: snake case, lower-case enums, times with the shop's offset.

mod goods;
mod order;
mod people;
mod refund;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::graphql::context::gid;
use crate::money::{Bag, Currencies};
use crate::world::{Happened, Subject, TaxLine, World};

/// The body that tells what happened.
pub(crate) fn of(world: &World, happened: &Happened, now: DateTime<Utc>) -> Value {
    let told = match &happened.subject {
        Subject::Order(id) => world.orders.get(*id).map(|one| order::order(world, one)),
        Subject::Edit(id, edited) => world.orders.get(*id).map(|one| order::edited(world, one, edited)),
        Subject::Refund(id, refund) => {
            let order = world.orders.get(*id);
            let refund =
                order.and_then(|order| order.refunds.iter().find(|one| one.id == *refund).map(|one| (order, one)));
            refund.map(|(order, refund)| refund::refund(world, order, refund))
        }
        Subject::Product(id) => world.products.get(*id).map(|one| goods::product(world, one)),
        Subject::Item(id) => world.inventory.get(*id).map(|one| goods::item(world, one)),
        Subject::Level(item, location) => world.inventory.get(*item).and_then(|item| {
            let level = item.levels.iter().find(|level| level.location == *location);
            level.map(|level| goods::level(world, item, level))
        }),
        Subject::Customer(id) => world.customers.get(*id).map(|one| people::customer(world, one)),
        Subject::Merge(kept, deleted) => Some(json!({
            "admin_graphql_api_customer_kept_id": gid("Customer", *kept),
            "admin_graphql_api_customer_deleted_id": gid("Customer", *deleted),
            "admin_graphql_api_job_id": null,
            "status": "completed",
            "errors": [],
        })),
        Subject::Checkout(id) => world.checkouts.get(*id).map(|one| people::checkout(world, one)),
        Subject::Shop => Some(people::shop(world, now)),
        Subject::Gone(id) => Some(gone(happened.topic, *id)),
    };
    told.unwrap_or(Value::Null)
}

/// What is told of something that is gone.
fn gone(topic: &str, id: u64) -> Value {
    match topic {
        "customers/delete" => {
            json!({ "id": id, "tax_exemptions": [], "admin_graphql_api_id": gid("Customer", id) })
        }
        "inventory_items/delete" => json!({ "id": id, "admin_graphql_api_id": gid("InventoryItem", id) }),
        _ => json!({ "id": id }),
    }
}

/// A time with the shop's offset.
fn time(at: DateTime<Utc>, zone: Tz) -> Value {
    json!(at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// An amount of the shop's currency, and its `_set`.
fn both(currencies: Currencies, amount: Bag) -> (Value, Value) {
    (json!(currencies.shop.rest(amount.shop)), currencies.rest(amount))
}

/// Adds an amount under a name and its `_set`.
fn put(body: &mut Value, name: &str, currencies: Currencies, amount: Bag) {
    let (plain, set) = both(currencies, amount);
    if let Some(body) = body.as_object_mut() {
        body.insert(name.to_owned(), plain);
        body.insert(format!("{name}_set"), set);
    }
}

fn tax_lines(taxes: &[TaxLine], currencies: Currencies) -> Value {
    let line = |tax: &TaxLine| {
        let (price, set) = both(currencies, tax.amount);
        json!({
            "channel_liable": false,
            "price": price,
            "price_set": set,
            "rate": f64::from(i32::try_from(tax.rate).unwrap_or(0)) / 10_000.0,
            "title": tax.title,
        })
    };
    taxes.iter().map(line).collect()
}
