//! Customers, and checkouts that were left.

use serde::Deserialize;

use super::table::{Cell, Table};
use super::tree::Tree;
use super::version;
use super::wire::{At, Bag, Id, Priced, lower, read};
use crate::contract::{Batches, Failure};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomerNode {
    id: Id,
    created_at: At,
    updated_at: At,
    state: Option<String>,
    /// A number as a text.
    number_of_orders: Option<Id>,
    #[serde(default)]
    tags: Vec<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    amount_spent: Option<Priced>,
    default_email_address: Option<Email>,
    default_address: Option<Address>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Email {
    email_address: Option<String>,
    marketing_state: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    country_code_v2: Option<String>,
    province_code: Option<String>,
    city: Option<String>,
}

/// The rows of customers. What Shopify does not show us of them is null.
///
/// # Errors
/// [`Failure::Unexpected`] with the place where an answer is not what it should be.
pub(super) fn customers(trees: &[Tree]) -> Result<Batches, Failure> {
    let mut table = Table::of("customers")?;
    for tree in trees {
        let customer: CustomerNode = read(tree.root(), "a customer")?;
        let email = customer.default_email_address.as_ref();
        let address = email.and_then(|email| email.email_address.as_ref()).map(|email| email.to_lowercase());
        let marketing = email.and_then(|email| email.marketing_state.as_deref());
        let names = [customer.first_name.as_deref(), customer.last_name.as_deref()];
        let name = names.into_iter().flatten().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ");
        let place = customer.default_address.unwrap_or_default();
        let (status, tags) = (lower(customer.state.as_deref()), customer.tags.join(", "));
        let orders = customer.number_of_orders.as_ref().and_then(|orders| orders.0.parse::<i64>().ok());
        let spent = customer.amount_spent.as_ref();
        table.push(&[
            ("customer_id", Cell::from(&customer.id.0)),
            ("row_version", version::read(customer.updated_at).into()),
            ("seen_at", customer.updated_at.into()),
            ("email", address.as_deref().into()),
            ("name", (&name).into()),
            ("accepts_marketing", marketing.map(|state| state == "SUBSCRIBED").into()),
            ("city", place.city.as_deref().into()),
            ("province", place.province_code.as_deref().into()),
            ("country", place.country_code_v2.as_deref().into()),
            ("created_at", customer.created_at.into()),
            ("status", (&status).into()),
            ("tags", (&tags).into()),
            ("orders", orders.into()),
            ("spent", spent.map(|spent| spent.amount.0).into()),
            ("currency", spent.map(|spent| spent.currency.as_str()).into()),
        ])?;
    }
    Ok(table.finish()?.into_iter().collect())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CheckoutNode {
    id: Id,
    name: Option<String>,
    created_at: At,
    updated_at: At,
    completed_at: Option<At>,
    #[serde(default)]
    discount_codes: Vec<String>,
    total_price_set: Bag,
    customer: Option<Named>,
    shipping_address: Option<Address>,
}

#[derive(Debug, Deserialize)]
struct Named {
    id: Id,
}

#[derive(Debug, Deserialize)]
struct CheckoutLine {
    quantity: i64,
}

/// The rows of checkouts that were left.
///
/// # Errors
/// Those of [`customers`].
pub(super) fn checkouts(trees: &[Tree]) -> Result<Batches, Failure> {
    let mut table = Table::of("checkouts")?;
    for tree in trees {
        let checkout: CheckoutNode = read(tree.root(), "an abandoned checkout")?;
        let lines = tree.children("an abandoned checkout")?;
        let mut units = 0_i64;
        for line in &lines {
            let line: CheckoutLine = read(line.json(), "a line of an abandoned checkout")?;
            units = units.saturating_add(line.quantity);
        }
        let codes = checkout.discount_codes.join(", ");
        let place = checkout.shipping_address.unwrap_or_default();
        table.push(&[
            ("checkout_id", Cell::from(&checkout.id.0)),
            ("row_version", version::read(checkout.updated_at).into()),
            ("created_at", checkout.created_at.into()),
            ("checkout_name", checkout.name.as_deref().into()),
            ("completed_at", checkout.completed_at.into()),
            ("currency", (&checkout.total_price_set.shop.currency).into()),
            ("customer_id", checkout.customer.as_ref().map(|customer| customer.id.0.as_str()).into()),
            ("country", place.country_code_v2.as_deref().into()),
            ("province", place.province_code.as_deref().into()),
            ("discount_code", (&codes).into()),
            ("units", units.into()),
            ("lines", i64::try_from(lines.len()).unwrap_or(i64::MAX).into()),
            ("total", checkout.total_price_set.shop().into()),
        ])?;
    }
    Ok(table.finish()?.into_iter().collect())
}
