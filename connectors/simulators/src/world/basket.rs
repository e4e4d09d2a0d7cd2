//! What somebody buys, before it is an order.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::names::{self, Country};
use super::people::{Address, Customer};
use super::visit::{Journey, Utm, Visit};
use super::{Kind, ProductStatus, World};
use crate::money::Currency;

/// How a discount is given.
#[derive(Clone, Debug)]
pub(crate) enum Reduction {
    /// So many hundredths of a percent off everything, with a code.
    Code(String, i64),
    /// So many minor units of the shop's currency off everything, with a code.
    Fixed(String, i64),
    /// So many hundredths of a percent off the first line, by itself.
    FirstLine(i64),
    /// So many hundredths of a percent off everything, by the staff.
    Manual(i64),
    /// Shipping for nothing, with a code.
    FreeShipping(String),
}

/// How it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payment {
    /// At once, by card.
    Card,
    /// By card, after a first try that failed.
    SecondTry,
    /// Reserved first, taken later.
    Captured,
    /// Reserved only.
    Authorized,
    /// Not yet: the buyer will send it.
    Awaited,
    /// In part with a gift card, the rest by card.
    GiftCard,
    /// By cash at the counter.
    Cash,
}

/// What somebody buys.
#[derive(Clone, Debug)]
pub(crate) struct Basket {
    pub(crate) at: DateTime<Utc>,
    pub(crate) processed_at: Option<DateTime<Utc>>,
    pub(crate) customer: Option<u64>,
    pub(crate) email: Option<String>,
    pub(crate) address: Option<Address>,
    pub(crate) country: Country,
    /// Variants and how many of each.
    pub(crate) items: Vec<(u64, i64)>,
    /// Something that no product stands for: its title and price in minor units of the shop's currency.
    pub(crate) custom: Option<(String, i64)>,
    pub(crate) presentment: Currency,
    pub(crate) reductions: Vec<Reduction>,
    /// Minor units of the shop's currency.
    pub(crate) shipping: Option<i64>,
    pub(crate) tip: Option<i64>,
    pub(crate) payment: Payment,
    pub(crate) source: &'static str,
    pub(crate) test: bool,
    pub(crate) visits: bool,
}

/// What many prices of another currency end in: an amount of about so many dollars in minor units.
pub(crate) fn about(currency: Currency, dollars: i64) -> i64 {
    let minor = Currency::USD.exchange(dollars * 100, currency);
    // 19 dollars are 19.90, 2900 yen, 5.850 dinars.
    match currency.decimals() {
        0 => (minor / 100).max(1) * 100,
        3 => (minor / 50).max(1) * 50,
        _ => minor - minor % 100 + 90,
    }
}

impl World {
    /// What somebody buys at that instant.
    pub(crate) fn basket(&mut self, at: DateTime<Utc>) -> Basket {
        let customer = if self.chance(120) { None } else { self.somebody(at) };
        let home = names::home_of(self.shop.currency);
        let (address, country, email) = match customer.as_ref() {
            Some(customer) => {
                let country = names::COUNTRIES.iter().find(|one| one.code == customer.address.country_code);
                (Some(customer.address.clone()), country.copied().unwrap_or(home), customer.email.clone())
            }
            None => {
                let country = if self.chance(800) { home } else { self.pick(names::COUNTRIES).unwrap_or(home) };
                let address = self.address(country);
                let email = self.chance(700).then(|| format!("guest{}@mail.example", address.id));
                (Some(address), country, email)
            }
        };
        let (source, at_counter) = match self.below(100) {
            0..=2 => ("shopify_draft_order", false),
            3..=7 => ("pos", true),
            _ => ("web", false),
        };
        let sees_own = country.currency != self.shop.currency && self.shop.presentment.contains(&country.currency);
        let currency = self.shop.currency;
        Basket {
            at,
            processed_at: self.chance(4).then(|| at - TimeDelta::days(self.random_days())),
            customer: customer.map(|customer| customer.id),
            email,
            address: address.filter(|_| !at_counter),
            country,
            items: self.items(),
            custom: (source == "shopify_draft_order" && self.chance(400))
                .then(|| ("Engraving".to_owned(), about(currency, 15))),
            presentment: if sees_own && !at_counter { country.currency } else { currency },
            reductions: self.reductions(),
            shipping: (!at_counter && self.chance(750)).then(|| about(currency, 6)),
            tip: (at_counter && self.chance(120)).then(|| about(currency, 2)),
            payment: self.payment(at_counter),
            source,
            test: self.chance(8),
            visits: source == "web",
        }
    }

    /// Variants that are for sale, more of some than of others.
    fn items(&mut self) -> Vec<(u64, i64)> {
        let mut items: Vec<(u64, i64)> = Vec::new();
        let lines = match self.below(10) {
            0..=5 => 1,
            6..=8 => 2,
            _ => self.between(3, 6),
        };
        let ids = self.sellable();
        for _ in 0..lines {
            // The smaller of two makes the first products sell best.
            let (one, other) = (self.below(ids.len()), self.below(ids.len()));
            let Some(variant) = ids.get(one.min(other)).copied() else { break };
            let quantity = if self.chance(750) { 1 } else { self.between(2, 4) };
            if !items.iter().any(|(id, _)| *id == variant) {
                items.push((variant, quantity));
            }
        }
        items
    }

    /// The variants that are for sale, by product.
    fn sellable(&mut self) -> Arc<[u64]> {
        if let Some(known) = &self.for_sale {
            return Arc::clone(known);
        }
        let active = self.products.iter().filter(|product| product.status == ProductStatus::Active);
        let mut ids: Vec<u64> = active.flat_map(|product| product.variants.iter().map(|variant| variant.id)).collect();
        // Gift cards are the newest product and sell least.
        ids.sort_unstable();
        let ids: Arc<[u64]> = ids.into();
        self.for_sale = Some(Arc::clone(&ids));
        ids
    }

    fn reductions(&mut self) -> Vec<Reduction> {
        let mut reductions = Vec::new();
        match self.below(100) {
            0..=19 => {
                let (code, share) = self.pick(names::CODES).unwrap_or(("WELCOME10", 1_000));
                reductions.push(Reduction::Code(code.to_owned(), share));
            }
            20..=24 => {
                reductions.push(Reduction::Fixed("TAKE5".to_owned(), about(self.shop.currency, 5)));
            }
            25..=31 => reductions.push(Reduction::FirstLine(2_500)),
            32..=33 => reductions.push(Reduction::Manual(500)),
            34..=38 => reductions.push(Reduction::FreeShipping("SHIPFREE".to_owned())),
            _ => {}
        }
        if reductions.is_empty() || !self.chance(60) {
            return reductions;
        }
        reductions.push(Reduction::FirstLine(1_000));
        reductions
    }

    fn payment(&mut self, at_counter: bool) -> Payment {
        if at_counter {
            return Payment::Cash;
        }
        match self.below(100) {
            0..=3 => Payment::SecondTry,
            4..=13 => Payment::Captured,
            14 => Payment::Authorized,
            15..=16 => Payment::Awaited,
            17..=19 => Payment::GiftCard,
            _ => Payment::Card,
        }
    }

    /// One of the customers whom the shop knew at that instant; some buy often.
    fn somebody(&mut self, at: DateTime<Utc>) -> Option<Customer> {
        let known = self.known.partition_point(|(since, _)| *since <= at);
        let (one, other) = (self.below(known), self.below(known));
        let chosen = if self.chance(300) { one.min(other) / 8 } else { one };
        self.known.get(chosen).filter(|_| known > 0).and_then(|(_, id)| self.customers.get(*id)).cloned()
    }

    fn random_days(&mut self) -> i64 {
        self.between(30, 400)
    }

    /// An address in a country.
    pub(crate) fn address(&mut self, country: Country) -> Address {
        let first_name = self.pick(names::FIRST).unwrap_or("Ada").to_owned();
        let last_name = self.pick(names::LAST).unwrap_or("Abe").to_owned();
        let street = self.pick(names::STREETS).unwrap_or("Mill Lane");
        Address {
            id: self.id(Kind::Address),
            first_name,
            last_name,
            street: format!("{} {street}", self.between(1, 200)),
            city: self.pick(country.cities).unwrap_or("Springfield"),
            zip: format!("{:05}", self.between(1_000, 99_999)),
            country_code: country.code,
            country: country.name,
            province_code: country.province.map(|(code, _)| code),
            province: country.province.map(|(_, name)| name),
        }
    }

    /// How a buyer came to an order of that instant.
    pub(crate) fn journey(&mut self, basket: &Basket) -> Journey {
        let order_index = basket.customer.filter(|_| !basket.test).map(|customer| {
            let before = self.orders_of(customer).filter(|order| !order.test).count();
            u32::try_from(before + 1).unwrap_or(u32::MAX)
        });
        if !basket.visits {
            return Journey { ready: true, order_index, ..Journey::default() };
        }
        let last_at = basket.at - TimeDelta::minutes(self.between(2, 55));
        let last = self.visit(last_at);
        let days = if self.chance(600) { 0 } else { self.between(1, 29) };
        let first = if days == 0 { last.clone() } else { self.visit(last_at - TimeDelta::days(days)) };
        Journey { ready: true, order_index, days_to_conversion: Some(days), first: Some(first), last: Some(last) }
    }

    fn visit(&mut self, at: DateTime<Utc>) -> Visit {
        let (source, source_type, referrer, utm) = self.pick(names::SOURCES).unwrap_or(("direct", None, None, None));
        let page = self.pick(names::PAGES).unwrap_or_default();
        let campaign = self.pick(names::CAMPAIGNS).map(str::to_owned);
        let utm = utm.map(|(source, medium)| Utm {
            source: source.to_owned(),
            medium: medium.to_owned(),
            campaign: campaign.clone(),
            term: (medium == "cpc").then(|| "tea kettle".to_owned()),
            content: self.chance(300).then(|| "header-link".to_owned()),
        });
        let query = utm.as_ref().map(|utm| {
            let campaign = utm.campaign.as_deref().unwrap_or_default();
            format!("?utm_source={}&utm_medium={}&utm_campaign={campaign}", utm.source, utm.medium)
        });
        Visit {
            id: self.id(Kind::Visit),
            at,
            landing_page: format!("https://{}/{page}{}", self.shop.domain, query.unwrap_or_default()),
            referrer: referrer.map(str::to_owned),
            source: source.to_owned(),
            source_type,
            utm,
        }
    }
}
