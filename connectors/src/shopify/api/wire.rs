//! Values as Shopify writes them: ids, amounts, instants. Each is read exactly, or not at all.

use std::fmt;

use aloftly_engine::money::Money;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::error::Category;

use crate::contract::Failure;
use crate::parse;

/// Reads JSON. `what` is said when it is not what was expected.
///
/// # Errors
/// [`Failure::Unexpected`] with the place in the JSON, and nothing of its values: they may be people's.
pub(super) fn read<'de, T: Deserialize<'de>>(json: &'de [u8], what: &str) -> Result<T, Failure> {
    let mut from = serde_json::Deserializer::from_slice(json);
    serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let (place, problem) = (error.path().to_string(), problem(error.inner()));
        Failure::Unexpected { detail: format!("{what}: {problem} at {place}") }
    })
}

/// What is wrong, without a value.
fn problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match error.classify() {
        Category::Data => match text.split_once('`').filter(|(before, _)| before.starts_with("missing field")) {
            Some((_, rest)) => format!("{} is missing", rest.split('`').next().unwrap_or_default()),
            None => "another shape than expected".to_owned(),
        },
        Category::Eof => "it ends too early".to_owned(),
        Category::Syntax | Category::Io => "it is no JSON".to_owned(),
    }
}

/// An id as rows have it: the number of a global id (`gid://shopify/Order/123` is `123`), or the number that REST gives. It goes beyond what
/// a float holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id(pub(super) String);

impl Id {
    /// As a number, so that ids are in the order in which they were given out.
    pub(super) fn order(&self) -> u64 {
        self.0.parse().unwrap_or(u64::MAX)
    }
}

/// The number of a global id: what is behind its last slash, without parameters.
pub(super) fn number_of(gid: &str) -> &str {
    let id = gid.rsplit_once('/').map_or(gid, |(_, id)| id);
    id.split_once('?').map_or(id, |(id, _)| id)
}

/// The global id of something of that kind.
pub(super) fn gid(kind: &str, id: &str) -> String {
    if id.starts_with("gid://") { id.to_owned() } else { format!("gid://shopify/{kind}/{id}") }
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id(number.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
        match number_of(text) {
            "" => Err(E::custom("an id is empty")),
            number => Ok(Id(number.to_owned())),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(IdVisitor)
    }
}

/// An amount of money, which is a text wherever it may have decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount(pub(super) Money);

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount as a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map(Amount).map_err(|_| E::custom("no amount"))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(AmountVisitor)
    }
}

/// An instant, in microseconds since the epoch. With `Z` in answers, with the shop's offset in what webhooks tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(pub(super) i64);

struct AtVisitor;

impl Visitor<'_> for AtVisitor {
    type Value = At;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant with its offset")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<At, E> {
        parse::instant(text).map(At).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(AtVisitor)
    }
}

/// An amount with its currency.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub(super) struct Priced {
    pub(super) amount: Amount,
    #[serde(alias = "currencyCode", alias = "currency_code")]
    pub(super) currency: String,
}

/// An amount twice: in the currency of the shop's books, and in the one that the buyer saw. They are never added.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub(super) struct Bag {
    #[serde(alias = "shopMoney", alias = "shop_money")]
    pub(super) shop: Priced,
    #[serde(default, alias = "presentmentMoney", alias = "presentment_money")]
    pub(super) presentment: Option<Priced>,
}

impl Bag {
    /// The amount in the shop's currency.
    pub(super) fn shop(&self) -> Money {
        self.shop.amount.0
    }
}

/// Values of enumerations as rows have them: in lower case, as the admin's exports write them. Those that nobody knows yet stay.
pub(super) fn lower(name: Option<&str>) -> String {
    name.unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbers_of_any_length_and_their_parameters_are_no_part_of_them() {
        let id = |json: &str| read::<Id>(json.as_bytes(), "id").unwrap().0;
        assert_eq!(id("\"gid://shopify/Order/6120034567890\""), "6120034567890");
        assert_eq!(id("\"gid:\\/\\/shopify\\/Order\\/1\""), "1");
        assert_eq!(id("820982911946154508"), "820982911946154508");
        assert_eq!(number_of("gid://shopify/InventoryLevel/10?inventory_item_id=44"), "10");
        assert_eq!(gid("Order", "7"), "gid://shopify/Order/7");
        assert_eq!(gid("Order", "gid://shopify/Order/7"), "gid://shopify/Order/7");
    }

    #[test]
    fn amounts_are_texts_and_never_floats() {
        let amount = |json: &str| read::<Amount>(json.as_bytes(), "amount");
        assert_eq!(amount("\"32.3\"").unwrap().0.raw(), 323_000);
        assert_eq!(amount("\"-0.125\"").unwrap().0.raw(), -1_250);
        assert!(amount("89.99").is_err());
        assert!(amount("\"1.00001\"").is_err());
    }

    #[test]
    fn instants_are_utc_whatever_their_offset() {
        let at = |json: &str| read::<At>(json.as_bytes(), "at").unwrap().0;
        assert_eq!(at("\"2021-12-31T19:00:00-05:00\""), at("\"2022-01-01T00:00:00Z\""));
        assert_eq!(at("\"2022-01-01T00:00:00Z\""), 1_640_995_200_000_000);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_without_its_value() {
        let bag = |json: &str| read::<Bag>(json.as_bytes(), "an order").unwrap_err().to_string();
        let missing = bag(r#"{"shopMoney":{"amount":"1.0"}}"#);
        assert!(missing.contains("currency is missing at shopMoney"), "{missing}");
        let secret = bag(r#"{"shopMoney":{"amount":"somebody@example.com","currencyCode":"USD"}}"#);
        assert!(secret.contains("another shape") && secret.contains("shopMoney.amount"), "{secret}");
        assert!(!secret.contains("somebody"), "{secret}");
    }
}
