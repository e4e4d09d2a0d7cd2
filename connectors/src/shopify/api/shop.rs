//! Shops: how they are named, and where they are asked.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::answer::judge;
use crate::contract::{App, Failure, Outgoing};
use crate::http::budget::{Bucket, Rules};
use crate::http::{ClientOptions, Hosts};

/// The version of the Admin API that our queries were written for.
pub(super) const VERSION: &str = "2026-10";
/// What every shop's own name ends with.
const DOMAIN: &str = ".myshopify.com";
/// The longest label of a name.
const LONGEST: usize = 63;
/// Where Shopify keeps the results of bulk operations, under addresses that are signed.
const RESULTS: &str = "storage.googleapis.com";
/// The most that is read of an answer: a bulk operation's result.
const MOST_BYTES: usize = 128 << 20;
/// What a shop of the smallest plan may ask: each answer tells what counts.
const POINTS: u32 = 2_000;
const POINTS_PER_SECOND: u32 = 100;

/// The name of the form's field.
pub(super) const FIELD: &str = "shop";

/// A shop by its own name, such as `some-shop.myshopify.com`. It becomes part of addresses that secrets are sent to, so that nothing else
/// than such a name gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shop(String);

impl Shop {
    /// The shop of that name, and no other way of writing it.
    pub(super) fn exact(domain: &str) -> Option<Self> {
        let label = domain.strip_suffix(DOMAIN)?;
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let (first, rest) = label.as_bytes().split_first()?;
        let is_name = is_plain(*first) && rest.iter().all(|byte| is_plain(*byte) || *byte == b'-');
        (is_name && label.len() <= LONGEST).then(|| Self(domain.to_owned()))
    }

    /// The shop that a person means who writes its name, or copies an address of it or of its admin.
    ///
    /// # Errors
    /// [`Failure::Field`] when it is none.
    pub(super) fn typed(text: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::Field {
            field: FIELD,
            reason: "is not the name of a Shopify shop: give it as my-shop.myshopify.com, as it stands in the settings under Domains"
                .to_owned(),
        }
        };
        let text = text.trim().to_ascii_lowercase();
        let address = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(&text);
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let host = host.split(['?', '#']).next().unwrap_or_default();
        // The admin's address has the shop in its path: admin.shopify.com/store/my-shop/orders.
        let name = match (host, path.strip_prefix("store/")) {
            ("admin.shopify.com", Some(rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
            _ => host,
        };
        let domain = if name.contains('.') { name.to_owned() } else { format!("{name}{DOMAIN}") };
        Self::exact(&domain).ok_or_else(wrong)
    }

    /// The shop that a form says.
    ///
    /// # Errors
    /// Those of [`Shop::typed`].
    pub(super) fn of(fields: &BTreeMap<String, String>) -> Result<Self, Failure> {
        Self::typed(fields.get(FIELD).map_or("", String::as_str))
    }

    /// Its name.
    pub(super) fn domain(&self) -> &str {
        &self.0
    }

    /// An address in its admin. With `base` that is below it, as for simulated shops: `{base}/shops/{shop}/admin/{path}`.
    ///
    /// # Errors
    /// [`Failure::Refused`] when no address comes of it.
    pub(super) fn admin(&self, base: Option<&Url>, path: &str) -> Result<Url, Failure> {
        let address = match base {
            Some(base) => format!("{}/shops/{}/admin/{path}", base.as_str().trim_end_matches('/'), self.0),
            None => format!("https://{}/admin/{path}", self.0),
        };
        Url::parse(&address).map_err(|error| Failure::Refused { detail: format!("{address}: {error}") })
    }

    /// Where its GraphQL API is.
    ///
    /// # Errors
    /// Those of [`Shop::admin`].
    pub(super) fn graphql(&self, base: Option<&Url>) -> Result<Url, Failure> {
        self.admin(base, &format!("api/{VERSION}/graphql.json"))
    }

    /// How it is asked.
    ///
    /// # Errors
    /// [`Failure::Refused`] when its name is no host of the internet.
    pub(super) fn outgoing(&self, app: Option<&App>) -> Result<Outgoing, Failure> {
        let hosts = match app.and_then(|app| app.base.as_ref()) {
            Some(_) => Hosts::loopback(),
            None => Hosts::exact(&[&self.0, RESULTS])
                .map_err(|error| Failure::Refused { detail: format!("{}: {error}", self.0) })?,
        };
        let mut options = ClientOptions::new("shopify", hosts);
        options.judge = judge;
        options.most_bytes = MOST_BYTES;
        options.try_timeout = Duration::from_secs(120);
        let bucket = Bucket::new(POINTS, POINTS_PER_SECOND, Duration::from_secs(1));
        let rules = Rules { bucket: Some(bucket), ..Rules::default() };
        Ok(Outgoing { options, budget: format!("shopify:{}", self.0), rules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_is_meant_by_its_name_and_by_addresses_of_its_admin() {
        for text in [
            "my-shop",
            " My-Shop.myshopify.com ",
            "https://my-shop.myshopify.com",
            "https://my-shop.myshopify.com/admin/orders?status=open",
            "http://my-shop.myshopify.com?x=1",
            "https://admin.shopify.com/store/my-shop",
            "admin.shopify.com/store/my-shop/products/1#x",
        ] {
            assert_eq!(Shop::typed(text).unwrap().domain(), "my-shop.myshopify.com", "{text}");
        }
    }

    #[test]
    fn nothing_else_is_a_shop() {
        for text in [
            "",
            "my shop",
            "-shop",
            "my_shop",
            "shop.example.com",
            "my-shop.myshopify.com.evil.net",
            "evil.net/my-shop.myshopify.com",
            "a@b.myshopify.com",
            "my-shop.myshopify.com:8443",
            "a.b.myshopify.com",
            ".myshopify.com",
            "myshopify.com",
            "https://admin.shopify.com/store/",
            "my-shop\u{0}.myshopify.com",
        ] {
            assert!(matches!(Shop::typed(text), Err(Failure::Field { field: "shop", .. })), "{text:?}");
        }
        assert_eq!(Shop::exact("My-Shop.myshopify.com"), None);
        assert_eq!(Shop::exact("my-shop.myshopify.com\n"), None);
    }

    #[test]
    fn a_shop_is_asked_at_its_own_address_or_below_a_base() {
        let shop = Shop::typed("my-shop").unwrap();
        let address = |base: Option<&str>| {
            let base = base.map(|base| Url::parse(base).unwrap());
            shop.graphql(base.as_ref()).unwrap().to_string()
        };
        assert_eq!(address(None), "https://my-shop.myshopify.com/admin/api/2026-10/graphql.json");
        let below = "http://127.0.0.1:8080/shops/my-shop.myshopify.com/admin/api/2026-10/graphql.json";
        assert_eq!(address(Some("http://127.0.0.1:8080")), below);
        assert_eq!(address(Some("http://127.0.0.1:8080/")), below);
    }
}
