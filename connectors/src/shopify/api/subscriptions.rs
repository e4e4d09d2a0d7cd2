//! What a shop is asked to tell of.

use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::graphql::{Api, AskError, UserError, accepted};
use super::reader::endless;
use super::tree::PageInfo;
use crate::contract::Failure;

const LIST: &str = include_str!("queries/webhooks.graphql");
const CREATE: &str = include_str!("queries/webhook_create.graphql");
const DELETE: &str = include_str!("queries/webhook_delete.graphql");

/// What we want to be told of. Checkouts are not among it: they are told at each letter that is typed, long before they count as left.
const TOPICS: [&str; 19] = [
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "ORDERS_EDITED",
    "ORDERS_CANCELLED",
    "ORDERS_DELETE",
    "REFUNDS_CREATE",
    "PRODUCTS_CREATE",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
    "CUSTOMERS_CREATE",
    "CUSTOMERS_UPDATE",
    "CUSTOMERS_DELETE",
    "CUSTOMERS_MERGE",
    "INVENTORY_LEVELS_UPDATE",
    "INVENTORY_LEVELS_CONNECT",
    "CHECKOUTS_DELETE",
    "SHOP_UPDATE",
    "APP_UNINSTALLED",
    "APP_SCOPES_UPDATE",
];

#[derive(Debug, Deserialize)]
struct Answer {
    page: Connection,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    page_info: PageInfo,
    nodes: Vec<Subscription>,
}

#[derive(Debug, Deserialize)]
struct Subscription {
    id: String,
    topic: String,
    uri: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    webhook_subscription_create: Payload,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Deleted {
    webhook_subscription_delete: Payload,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    user_errors: Vec<UserError>,
}

/// Sees to it that the shop tells our address of everything that we want to know. What it tells already stays. A topic that it does not let
/// us have, for want of a permission, is left out: readings bring what it would tell.
///
/// # Errors
/// When the shop cannot be asked.
pub(super) async fn create(api: &Api<'_>, address: &Url) -> Result<(), Failure> {
    let there = ours(api, address).await?;
    for topic in TOPICS.into_iter().filter(|topic| !there.iter().any(|own| own.topic == *topic)) {
        let result = async {
            let data = api.change(CREATE, &json!({ "topic": topic, "uri": address.as_str() })).await?;
            accepted(&data.read::<Created>("a subscription")?.webhook_subscription_create.user_errors)?;
            Ok::<_, AskError>(())
        };
        match result.await {
            Err(AskError::Denied(why) | AskError::Failed(Failure::Refused { detail: why })) => {
                api.warn(format!("Shopify does not tell us of {topic}: {why}"));
            }
            other => other?,
        }
    }
    Ok(())
}

/// Has the shop tell our address nothing more.
///
/// # Errors
/// When the shop cannot be asked, or refuses.
pub(super) async fn remove(api: &Api<'_>, address: &Url) -> Result<(), Failure> {
    for own in ours(api, address).await? {
        let data = api.change(DELETE, &json!({ "id": own.id })).await?;
        accepted(&data.read::<Deleted>("a subscription")?.webhook_subscription_delete.user_errors)?;
    }
    Ok(())
}

/// What the shop tells our address.
async fn ours(api: &Api<'_>, address: &Url) -> Result<Vec<Subscription>, Failure> {
    let (mut ours, mut after) = (Vec::new(), None::<String>);
    let mut turns = api.session.calls.http.pages();
    loop {
        let page = api.ask(LIST, &json!({ "after": after }), 103).await?.read::<Answer>("subscriptions")?.page;
        let found = page.nodes.len();
        ours.extend(page.nodes.into_iter().filter(|node| node.uri == address.as_str()));
        after = page.page_info.end_cursor.filter(|_| page.page_info.has_next_page);
        if !turns.turn(found, after.as_deref()).map_err(endless)? {
            return Ok(ours);
        }
    }
}
