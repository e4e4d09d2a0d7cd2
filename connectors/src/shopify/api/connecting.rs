//! Connecting a shop, looking after the connection, and taking it back.

use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::json;

use super::graphql::{Api, UserError, accepted};
use super::subscriptions;
use super::sync::missing_scopes;
use crate::contract::{Account, Failure, Health, Session};

const SHOP: &str = include_str!("queries/shop.graphql");
const UNINSTALL: &str = include_str!("queries/uninstall.graphql");

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    shop: ShopNode,
    current_app_installation: Installation,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShopNode {
    name: String,
    myshopify_domain: String,
    iana_timezone: String,
    currency_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Installation {
    access_scopes: Vec<Scope>,
}

#[derive(Debug, Deserialize)]
struct Scope {
    handle: String,
}

/// See [`Connector::connect`](crate::contract::Connector::connect).
pub(super) async fn connect(session: &Session<'_>) -> Result<Account, Failure> {
    let api = Api::new(session)?;
    let account = account(&api).await?;
    if let Some(address) = session.calls.app.and_then(|app| app.webhooks.as_ref()) {
        subscriptions::create(&api, address).await?;
    }
    Ok(account)
}

async fn account(api: &Api<'_>) -> Result<Account, Failure> {
    let answer = api.ask(SHOP, &json!({}), 10).await?.read::<Answer>("a shop")?;
    let own = &api.session.account.id;
    if answer.shop.myshopify_domain != *own {
        return Err(Failure::Unexpected { detail: format!("{own} says that it is another shop") });
    }
    let zone: Tz = answer.shop.iana_timezone.parse().map_err(|_| Failure::Unexpected {
        detail: "a shop: a time zone that nobody knows at shop.ianaTimezone".to_owned(),
    })?;
    Ok(Account {
        zone: Some(zone),
        currency: Some(answer.shop.currency_code),
        scopes: answer.current_app_installation.access_scopes.into_iter().map(|scope| scope.handle).collect(),
        ..Account::new(own, answer.shop.name)
    })
}

/// See [`Connector::test_connection`](crate::contract::Connector::test_connection).
pub(super) async fn test(session: &Session<'_>) -> Result<Health, Failure> {
    let api = Api::new(session)?;
    let account = account(&api).await?;
    let mut warnings = api.take_warnings();
    warnings.extend(missing_scopes(&account.scopes).map(lacks));
    Ok(Health { warnings })
}

/// What a shop does not show without a scope.
fn lacks(scope: &str) -> String {
    let what = match scope {
        "read_orders" => "orders, refunds and abandoned checkouts are not shown to us",
        "read_all_orders" => "orders of more than 60 days ago are not shown to us",
        "read_products" => "products and collections are not shown to us",
        "read_customers" => "customers are not shown to us",
        "read_inventory" => "stock is not shown to us",
        "read_locations" => "the names of locations are not shown to us",
        _ => "something is not shown to us",
    };
    format!("the permission {scope} was not granted: {what}")
}

/// See [`Connector::disconnect`](crate::contract::Connector::disconnect).
pub(super) async fn disconnect(session: &Session<'_>) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        app_uninstall: Payload,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Payload {
        user_errors: Vec<UserError>,
    }
    let api = Api::new(session)?;
    let result = async {
        if let Some(address) = session.calls.app.and_then(|app| app.webhooks.as_ref()) {
            subscriptions::remove(&api, address).await?;
        }
        let data = api.change(UNINSTALL, &json!({})).await?;
        accepted(&data.read::<Answer>("an uninstallation")?.app_uninstall.user_errors)
    };
    match result.await {
        // The shop threw us out before.
        Err(Failure::Revoked { .. }) => Ok(()),
        other => other,
    }
}
