//! `Shop`.

use chrono::Offset as _;
use serde_json::{Value, json};

use crate::graphql::context::{Context, gid, time};
use crate::graphql::error::Fault;
use crate::graphql::node::Out;

/// A field of the shop.
pub(in crate::graphql) fn shop<'w>(name: &str, cx: &Context<'w>) -> Result<Out<'w>, Fault> {
    let shop = &cx.world.shop;
    let local = cx.now.with_timezone(&shop.zone);
    let offset = local.offset().fix().local_minus_utc() / 60;
    Ok(Out::Value(match name {
        "id" => json!(gid("Shop", shop.id)),
        "name" => json!(shop.name),
        "myshopifyDomain" => json!(shop.domain),
        "email" | "contactEmail" => json!(shop.email),
        "createdAt" => time(shop.created_at),
        "updatedAt" => time(shop.updated_at),
        "ianaTimezone" => json!(shop.zone.name()),
        "timezoneOffset" => json!(local.format("%z").to_string()),
        "timezoneOffsetMinutes" => json!(offset),
        "timezoneAbbreviation" => json!(local.format("%Z").to_string()),
        "currencyCode" => json!(shop.currency.code()),
        "enabledPresentmentCurrencies" => {
            json!(shop.presentment.iter().map(|one| one.code().to_owned()).collect::<Vec<_>>())
        }
        "taxesIncluded" => json!(shop.taxes_included),
        "taxShipping" => json!(true),
        "plan" => {
            let plan = cx.settings.plan.name;
            json!({
                "displayName": plan,
                "publicDisplayName": plan,
                "shopifyPlus": plan == "Shopify Plus",
                "partnerDevelopment": false,
            })
        }
        "primaryDomain" => json!({
            "id": gid("Domain", shop.id + 1),
            "host": shop.domain,
            "url": format!("https://{}", shop.domain),
            "sslEnabled": true,
        }),
        "shopOwnerName" => json!("Robin Fern"),
        "url" => json!(format!("https://{}", shop.domain)),
        "weightUnit" => json!("KILOGRAMS"),
        "unitSystem" => json!("METRIC_SYSTEM"),
        "setupRequired" => json!(false),
        "orderNumberFormatPrefix" => json!("#"),
        "orderNumberFormatSuffix" => json!(""),
        _ => Value::Null,
    }))
}
