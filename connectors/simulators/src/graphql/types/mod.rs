//! What each field of each type is. A type's function answers every field that the schema has of it, and nothing else.

mod catalog;
mod checkout;
mod customer;
mod inventory;
mod ledger;
mod line;
mod order;
mod payment;
mod root;
mod searched;
mod shop;

use serde_json::{Value, json};

pub(super) use self::catalog::{collection, product, variant};
pub(super) use self::checkout::{checkout, checkout_line};
pub(super) use self::customer::customer;
pub(crate) use self::inventory::level_gid;
pub(super) use self::inventory::{item, level, location};
pub(super) use self::ledger::{agreement, sale};
pub(super) use self::line::{allocation, discount, discount_type, line, shipping_line};
pub(super) use self::order::order;
pub(super) use self::payment::{refund, refund_line, refund_shipping, transaction};
pub(super) use self::root::root;
pub(super) use self::shop::shop;
use super::context::{Context, gid};
use crate::money::{Bag, Currencies, Currency};
use crate::world::{Address, TaxLine};

/// A `MailingAddress`, which tells who somebody is as far as the app may know.
fn address(address: &Address, cx: &Context<'_>) -> Value {
    let told = |text: &str| if cx.sees_names() { json!(text) } else { Value::Null };
    json!({
        "__typename": "MailingAddress",
        "id": gid("MailingAddress", address.id),
        "firstName": told(&address.first_name),
        "lastName": told(&address.last_name),
        "name": told(&format!("{} {}", address.first_name, address.last_name)),
        "company": null,
        "address1": told(&address.street),
        "address2": null,
        "city": told(address.city),
        "zip": told(&address.zip),
        "phone": null,
        "province": address.province,
        "provinceCode": address.province_code,
        "country": address.country,
        "countryCodeV2": address.country_code,
    })
}

/// `TaxLine`s.
fn tax_lines(taxes: &[TaxLine], currencies: Currencies) -> Value {
    let line = |tax: &TaxLine| {
        let share = f64::from(i32::try_from(tax.rate).unwrap_or(0));
        json!({
            "title": tax.title,
            "rate": share / 10_000.0,
            "ratePercentage": share / 100.0,
            "priceSet": currencies.graphql(tax.amount),
            "source": "Shopify",
            "channelLiable": false,
        })
    };
    taxes.iter().map(line).collect()
}

/// Taxes of several lines by what they are called.
fn merged<'a>(taxes: impl Iterator<Item = &'a TaxLine>) -> Vec<TaxLine> {
    let mut merged: Vec<TaxLine> = Vec::new();
    for tax in taxes {
        match merged.iter_mut().find(|one| one.title == tax.title && one.rate == tax.rate) {
            Some(one) => one.amount += tax.amount,
            None => merged.push(tax.clone()),
        }
    }
    merged
}

/// A `MoneyV2`.
fn money(currency: Currency, minor: i64) -> Value {
    json!({ "amount": currency.graphql(minor), "currencyCode": currency.code() })
}

/// A `Count`.
fn count((count, whole): (usize, bool)) -> Value {
    json!({ "count": count, "precision": if whole { "EXACT" } else { "AT_LEAST" } })
}

/// A `MoneyBag`.
fn bag<'w>(currencies: Currencies, amount: Bag) -> super::node::Out<'w> {
    super::node::Out::Value(currencies.graphql(amount))
}
