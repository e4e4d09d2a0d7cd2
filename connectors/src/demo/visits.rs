//! Who comes to a business's site on a day: sessions of people who look around, and of those who placed its orders there.
//!
//! Every session is counted as a whole, by where it came from, where it began, and the device and country that it came by; so each of these adds up
//! to the day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::Options;
use super::calendar::{browsers_on, day_number, stock_out};
use super::chance::Chance;
use super::order::{Order, passed};
use super::shop::{Product, Shop};

const SESSIONS: u64 = 40;
/// Orders of a thousand on the site that Google sees; of the others somebody did not consent, or blocks it.
const SEEN: u64 = 930;

/// Where people come from, with how many of a thousand who look around and of a thousand who buy.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) medium: &'static str,
    pub(super) campaign: &'static str,
    looking: u64,
    buying: u64,
}

const fn source(name: &'static str, medium: &'static str, campaign: &'static str, looking: u64, buying: u64) -> Source {
    Source { name, medium, campaign, looking, buying }
}

/// All of them.
pub(super) static SOURCES: [Source; 9] = [
    source("google", "organic", "(organic)", 270, 260),
    source("(direct)", "(none)", "(direct)", 205, 250),
    source("google", "cpc", "brand", 90, 150),
    source("google", "cpc", "shopping", 110, 90),
    source("instagram", "social", "(referral)", 120, 50),
    source("facebook", "paid_social", "prospecting", 95, 35),
    source("newsletter", "email", "weekly", 60, 140),
    source("bing", "organic", "(organic)", 30, 20),
    source("pinterest", "social", "(referral)", 20, 5),
];

/// Devices, with how many of a thousand who look around and of a thousand who buy.
pub(super) static DEVICES: [(&str, u64, u64); 3] = [("mobile", 640, 480), ("desktop", 315, 475), ("tablet", 45, 45)];

/// Pages that sessions begin on, with how many of a thousand do; the rest begin on a product's.
static PAGES: [(&str, u64); 6] = [
    ("/", 310),
    ("/collections/all", 130),
    ("/collections/new", 90),
    ("/blogs/journal", 70),
    ("/pages/about", 30),
    ("/pages/shipping", 20),
];

/// How many products have a page that sessions begin on, and how many of a thousand sessions do so.
const PRODUCT_PAGES: usize = 8;
const ON_PRODUCTS: u64 = 350;

/// What was counted of some sessions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) sessions: u64,
    pub(super) engaged: u64,
    pub(super) seconds: u64,
    pub(super) views: u64,
    pub(super) key_events: u64,
    pub(super) users: u64,
    pub(super) new_users: u64,
    pub(super) carts: u64,
    pub(super) checkouts: u64,
    pub(super) purchases: u64,
    /// In cents.
    pub(super) revenue: i64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.engaged += other.engaged;
        self.seconds += other.seconds;
        self.views += other.views;
        self.key_events += other.key_events;
        self.users += other.users;
        self.new_users += other.new_users;
        self.carts += other.carts;
        self.checkouts += other.checkouts;
        self.purchases += other.purchases;
        self.revenue += other.revenue;
    }
}

/// What was counted of a product.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ItemCounts {
    pub(super) viewed: u64,
    pub(super) added: u64,
    pub(super) checked_out: u64,
    pub(super) purchased: u64,
}

/// What was counted on a day. Sources, devices and pages are known by their places in what lists them.
#[derive(Debug, Default)]
pub(super) struct Visits {
    pub(super) all: Counts,
    pub(super) by_source: BTreeMap<usize, Counts>,
    pub(super) by_page: BTreeMap<usize, Counts>,
    pub(super) by_device: BTreeMap<(usize, &'static str), Counts>,
    pub(super) items: BTreeMap<&'static str, ItemCounts>,
}

/// Where a session came from and began.
struct Way {
    source: usize,
    page: usize,
    device: usize,
    country: &'static str,
}

impl Visits {
    /// Those of a day up to `now`, with the orders that were placed on it.
    pub(super) fn of(shop: &Shop, options: &Options, day: NaiveDate, orders: &[Order], now: DateTime<Utc>) -> Self {
        let mut visits = Self::default();
        let mut chance = Chance::of(&[options.seed, shop.key, SESSIONS, day_number(day), 0]);
        for order in orders {
            // Drawn for every order, so that what one is does not depend on what became of another.
            let is_seen = chance.permille(SEEN);
            let is_new = chance.permille(350);
            let way = way(shop, &mut chance, |source| source.buying, |(_, _, buying)| *buying);
            let (views, seconds) = (5 + chance.below(8), 120 + chance.below(480));
            let is_on_site = order.channel == "web" && order.payment != "Bogus Gateway";
            if is_seen && is_on_site {
                let home = order.customer.as_ref().map_or(shop.country, |person| person.place.country);
                visits.buys(order, &Way { country: home, ..way }, is_new, (views, seconds));
            }
        }
        let sold_out = stock_out(shop, options.seed, day);
        let mut chance = Chance::of(&[options.seed, shop.key, SESSIONS, day_number(day), 1]);
        for _ in 0..browsers_on(shop, options, day) * passed(shop, day, now) / 1_000 {
            visits.looks(shop, sold_out, &mut chance);
        }
        visits
    }

    /// Somebody comes, and places that order.
    fn buys(&mut self, order: &Order, way: &Way, is_new: bool, (views, seconds): (u64, u64)) {
        let lines = u64::try_from(order.lines.len()).unwrap_or(0);
        let counts = Counts {
            sessions: 1,
            engaged: 1,
            seconds,
            views: views + lines,
            key_events: 1,
            users: 1,
            new_users: u64::from(is_new),
            carts: lines,
            checkouts: 1,
            purchases: 1,
            revenue: order.total(),
        };
        self.count(way, &counts);
        for line in &order.lines {
            let quantity = u64::try_from(line.quantity).unwrap_or(0);
            let item = self.items.entry(line.product.name).or_default();
            item.viewed += 1;
            item.added += quantity;
            item.checked_out += quantity;
            item.purchased += quantity;
        }
    }

    /// Somebody comes, looks around, and leaves without having bought.
    fn looks(&mut self, shop: &Shop, sold_out: Option<&Product>, chance: &mut Chance) {
        let way = way(shop, chance, |source| source.looking, |(_, looking, _)| *looking);
        let is_engaged = chance.permille(570);
        let is_again = chance.permille(80);
        let is_new = chance.permille(640) && !is_again;
        let signs_up = is_engaged && chance.permille(26);
        let mut counts = Counts {
            sessions: 1,
            engaged: u64::from(is_engaged),
            seconds: if is_engaged { 15 + chance.below(210) } else { chance.below(9) },
            views: if is_engaged { 2 + chance.below(6) } else { 1 },
            key_events: u64::from(signs_up),
            users: u64::from(!is_again),
            new_users: u64::from(is_new),
            ..Counts::default()
        };
        if is_engaged {
            let product = &shop.products[chance.weighted(shop.products.iter().map(|product| product.weight))];
            let can_be_had = sold_out.is_none_or(|sold_out| sold_out.sku != product.sku);
            let puts_in_cart = chance.permille(110) && can_be_had;
            let checks_out = chance.permille(360) && puts_in_cart;
            counts.carts = u64::from(puts_in_cart);
            counts.checkouts = u64::from(checks_out);
            let item = self.items.entry(product.name).or_default();
            item.viewed += 1;
            item.added += counts.carts;
            item.checked_out += counts.checkouts;
        }
        self.count(&way, &counts);
    }

    fn count(&mut self, way: &Way, counts: &Counts) {
        self.all.add(counts);
        self.by_source.entry(way.source).or_default().add(counts);
        self.by_page.entry(way.page).or_default().add(counts);
        self.by_device.entry((way.device, way.country)).or_default().add(counts);
    }
}

fn way(
    shop: &Shop,
    chance: &mut Chance,
    of_source: impl Fn(&Source) -> u64,
    of_device: impl Fn(&(&str, u64, u64)) -> u64,
) -> Way {
    let source = chance.weighted(SOURCES.iter().map(&of_source));
    let device = chance.weighted(DEVICES.iter().map(&of_device));
    let place = chance.weighted(shop.places.iter().map(|place| place.weight));
    Way { source, page: page(shop, chance), device, country: shop.places[place].country }
}

/// The place of a page among those that [`path`] tells.
fn page(shop: &Shop, chance: &mut Chance) -> usize {
    if chance.permille(ON_PRODUCTS) {
        let products = shop.products.iter().take(PRODUCT_PAGES).map(|product| product.weight);
        return PAGES.len() + chance.weighted(products);
    }
    chance.weighted(PAGES.iter().map(|(_, weight)| *weight))
}

/// The path of a page.
pub(super) fn path(shop: &Shop, page: usize) -> String {
    match (PAGES.get(page), page.checked_sub(PAGES.len()).and_then(|product| shop.products.get(product))) {
        (Some((path, _)), _) => (*path).to_owned(),
        (None, Some(product)) => format!("/products/{}", handle(product.name)),
        (None, None) => "/".to_owned(),
    }
}

/// A product's name as addresses have it.
fn handle(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// A country as Google names it.
pub(super) fn country(code: &str) -> &str {
    match code {
        "AE" => "United Arab Emirates",
        "AU" => "Australia",
        "BD" => "Bangladesh",
        "CA" => "Canada",
        "DE" => "Germany",
        "FR" => "France",
        "GB" => "United Kingdom",
        "IE" => "Ireland",
        "IN" => "India",
        "JP" => "Japan",
        "NL" => "Netherlands",
        "SE" => "Sweden",
        "US" => "United States",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::DemoStore;
    use super::*;

    #[test]
    fn every_country_that_customers_live_in_has_a_name() {
        for store in DemoStore::ALL {
            for place in store.shop().places {
                assert_ne!(country(place.country), place.country);
            }
        }
    }

    #[test]
    fn products_have_paths_of_small_letters_and_hyphens() {
        let shop = DemoStore::NewYork.shop();
        assert_eq!(path(shop, 0), "/");
        assert_eq!(path(shop, PAGES.len()), "/products/house-blend-coffee-12-oz");
        assert_eq!(path(shop, PAGES.len() + 3), "/products/stoneware-mug-slate");
    }
}
