//! `Customer`.

use serde_json::{Value, json};

use super::{address, money};
use crate::graphql::args::Args;
use crate::graphql::context::{Context, gid, time};
use crate::graphql::error::Fault;
use crate::graphql::node::{Node, Out};
use crate::graphql::page;
use crate::world::Customer;

/// A field of a customer.
pub(in crate::graphql) fn customer<'w>(
    customer: &'w Customer,
    name: &str,
    args: &Args,
    cx: &Context<'w>,
) -> Result<Out<'w>, Fault> {
    let (orders, spent) = cx.world.spent(customer.id);
    let told = |value: Value| if cx.sees_names() { value } else { Value::Null };
    Ok(match name {
        "orders" => {
            let seen = cx.world.orders_of(customer.id).filter(|order| cx.sees(order));
            Out::Page(page::of_list(seen.map(Node::Order), args, cx.bulk)?)
        }
        "lastOrder" => {
            let seen = cx.world.orders_of(customer.id).filter(|order| cx.sees(order));
            Out::of(seen.max_by_key(|order| order.processed_at).map(Node::Order))
        }
        "id" => Out::scalar(gid("Customer", customer.id)),
        "legacyResourceId" => Out::scalar(customer.id.to_string()),
        "createdAt" => Out::Value(time(customer.created_at)),
        "updatedAt" => Out::Value(time(customer.updated_at)),
        "firstName" => Out::Value(told(json!(customer.first_name))),
        "lastName" => Out::Value(told(json!(customer.last_name))),
        "displayName" => Out::scalar(if cx.sees_names() { customer.name() } else { "Customer".to_owned() }),
        "email" => Out::Value(told(json!(customer.email))),
        "phone" => Out::Value(told(json!(customer.phone))),
        "defaultEmailAddress" => Out::Value(told(customer.email.as_ref().map_or(Value::Null, |email| {
            json!({
                "emailAddress": email,
                "marketingState": if customer.subscribed { "SUBSCRIBED" } else { "NOT_SUBSCRIBED" },
                "marketingOptInLevel": customer.subscribed.then_some("SINGLE_OPT_IN"),
                "marketingUpdatedAt": customer.subscribed.then(|| time(customer.created_at)),
                "validFormat": true,
            })
        }))),
        "defaultPhoneNumber" => {
            Out::Value(told(customer.phone.as_ref().map_or(Value::Null, |phone| json!({ "phoneNumber": phone }))))
        }
        "state" => Out::scalar(if customer.enabled { "ENABLED" } else { "DISABLED" }),
        "numberOfOrders" => Out::scalar(orders.to_string()),
        "amountSpent" => Out::Value(money(cx.world.shop.currency, spent)),
        "tags" => Out::scalar(json!(customer.tags)),
        "note" => Out::scalar(json!(customer.note)),
        "locale" => Out::scalar("en"),
        "verifiedEmail" => Out::scalar(customer.enabled),
        "taxExempt" | "dataSaleOptOut" => Out::scalar(false),
        "defaultAddress" => Out::Value(address(&customer.address, cx)),
        _ => Out::NULL,
    })
}
