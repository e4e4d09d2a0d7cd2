//! Who visits the shop's pages: made up around its orders, so that what is counted of visits agrees with what is sold.
//!
//! A buyer's visit is that of the order: by the way that its journey tells, with its goods and its total. Others look, and some of them
//! put things into a cart or begin a checkout. Only visits that may be counted are there: some buyers do not agree to be counted, so
//! that there are fewer purchases than orders. A visit becomes known some time after it happened, at most two days, and where it came
//! from sometimes a day later still; so what is known of the last days changes as time goes by.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde::Serialize;

use super::names::COUNTRIES;
use super::{Journey, Moment, Order, Product, World};

/// How many visits there are.
#[derive(Clone, Copy, Debug)]
pub struct TrafficOptions {
    /// Visits of a day without any order.
    pub base: u32,
    /// Visits for every order, besides the one in which it was placed.
    pub per_order: u32,
    /// How many of a thousand orders are placed by somebody who agrees to be counted.
    pub counted: u64,
    /// How many of a thousand visits become known only hours later, and how many of those without where they came from at first.
    pub late: u64,
}

impl Default for TrafficOptions {
    fn default() -> Self {
        Self { base: 20, per_order: 30, counted: 850, late: 200 }
    }
}

/// Where a visit came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Origin {
    /// Such as `google`.
    pub source: String,
    /// Such as `organic`.
    pub medium: String,
    /// The campaign, or what stands for none.
    pub campaign: String,
}

impl Origin {
    fn new(source: &str, medium: &str, campaign: &str) -> Self {
        Self { source: source.to_owned(), medium: medium.to_owned(), campaign: campaign.to_owned() }
    }
}

/// So many pieces of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The product's number, as the shop's tags send it.
    pub id: String,
    /// Its title.
    pub name: String,
    /// Pieces.
    pub quantity: i64,
    /// What all pieces come to, in minor units of the shop's currency.
    pub value: i64,
}

/// Something that happened in a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// What, such as `page_view`.
    pub name: &'static str,
    /// On which page: its path.
    pub page: String,
    /// How long the page was in front of the visitor, in seconds.
    pub seconds: i64,
    /// With which products.
    pub items: Vec<Item>,
    /// What it came to, in minor units of the shop's currency.
    pub value: i64,
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Its number.
    pub id: u64,
    /// When it began.
    pub at: DateTime<Utc>,
    /// When it becomes known.
    pub known_at: DateTime<Utc>,
    /// When it becomes known where it came from.
    pub origin_known_at: DateTime<Utc>,
    /// Who, as a cookie tells.
    pub user: u64,
    /// Whether they were never seen before.
    pub is_new: bool,
    /// Where it came from.
    pub origin: Origin,
    /// The page on which it began, with its query.
    pub landing: String,
    /// With what.
    pub device: &'static str,
    /// The country's name.
    pub country: String,
    /// What happened, in its order.
    pub events: Vec<Event>,
    /// The order that was placed in it.
    pub order: Option<u64>,
}

impl Session {
    /// Whether it was more than a glance: ten seconds, two pages, or a purchase.
    #[must_use]
    pub fn is_engaged(&self) -> bool {
        let pages = self.events.iter().filter(|event| event.name == "page_view").count();
        let seconds: i64 = self.events.iter().map(|event| event.seconds).sum();
        pages > 1 || seconds >= 10 || self.order.is_some()
    }

    /// Where it came from, as far as that is known at `now`.
    #[must_use]
    pub fn origin_at(&self, now: DateTime<Utc>) -> Origin {
        if self.origin_known_at <= now {
            self.origin.clone()
        } else {
            Origin::new("(not set)", "(not set)", "(not set)")
        }
    }
}

/// From when to when a day is in a zone. A day without a midnight begins when the clocks have gone forward.
#[must_use]
pub fn span_of(day: NaiveDate, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
    let begins = |day: NaiveDate| {
        let midnight = day.and_time(NaiveTime::MIN);
        let mut times = (0..=26 * 4).map(|quarters| midnight + TimeDelta::minutes(15) * quarters);
        let first = times.find_map(|time| zone.from_local_datetime(&time).earliest());
        first.map_or_else(|| midnight.and_utc(), |first| first.to_utc())
    };
    (begins(day), begins(day.succ_opt().unwrap_or(day)))
}

/// The visits of a day that are known at `now`, by when they began.
#[must_use]
pub fn sessions(world: &World, options: &TrafficOptions, day: NaiveDate, zone: Tz, now: DateTime<Utc>) -> Vec<Session> {
    let (from, to) = span_of(day, zone);
    if from > now {
        return Vec::new();
    }
    let orders: Vec<&Order> =
        world.orders.range(Moment::Processed, from, to).filter(|order| !order.test && order.source == "web").collect();
    let bought = orders.iter().filter_map(|order| of_order(world, options, order, from));
    let products: Vec<&Product> =
        world.products.iter().filter(|product| product.created_at < from && !product.is_gift_card).collect();
    let others = u64::from(options.base) + u64::from(options.per_order) * orders.len() as u64;
    let looked = (0..others).map(|number| of_nobody(world, options, &products, (from, to), number));
    let mut sessions: Vec<Session> =
        bought.chain(looked).filter(|session| session.at <= now && session.known_at <= now).collect();
    sessions.sort_by_key(|session| (session.at, session.id));
    sessions
}

/// Chance that is always the same for the same thing.
struct Chance(ChaCha8Rng);

impl Chance {
    fn of(world: &World, kind: u64, number: u64) -> Self {
        let mixed = world.shop.id.rotate_left(17) ^ kind.rotate_left(48) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(ChaCha8Rng::seed_from_u64(mixed))
    }

    fn below(&mut self, below: u64) -> u64 {
        if below == 0 { 0 } else { self.0.next_u64() % below }
    }

    fn happens(&mut self, thousandths: u64) -> bool {
        self.below(1_000) < thousandths
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        // What is in memory has no more than a u64 counts.
        of.get(usize::try_from(self.below(of.len() as u64)).unwrap_or(0))
    }

    /// When something becomes known that happened at `at`, and where it came from.
    fn known(&mut self, options: &TrafficOptions, at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let is_late = self.happens(options.late);
        let minutes = |most: u64, chance: &mut Self| TimeDelta::minutes(chance.below(most).cast_signed());
        let known = at + if is_late { minutes(48 * 60, self) } else { minutes(120, self) };
        let is_unknown = is_late && self.happens(options.late);
        (known, if is_unknown { known + TimeDelta::hours(24) } else { known })
    }

    fn device(&mut self) -> &'static str {
        match self.below(100) {
            0..58 => "mobile",
            58..94 => "desktop",
            94..99 => "tablet",
            _ => "smart tv",
        }
    }
}

const ORDER: u64 = 1;
const VISIT: u64 = 2;

/// The visit in which an order was placed, if its buyer agreed to be counted.
fn of_order(world: &World, options: &TrafficOptions, order: &Order, from: DateTime<Utc>) -> Option<Session> {
    let mut chance = Chance::of(world, ORDER, order.id);
    if !chance.happens(options.counted) {
        return None;
    }
    let took = TimeDelta::seconds(chance.below(1_500).cast_signed() + 60);
    let at = (order.processed_at - took).max(from);
    let (known_at, origin_known_at) = chance.known(options, order.processed_at);
    let items: Vec<Item> = order
        .goods()
        .filter_map(|line| {
            Some(Item {
                id: line.product?.to_string(),
                name: line.title.clone(),
                quantity: line.quantity,
                value: (line.original() - line.discount()).shop,
            })
        })
        .collect();
    let one = |items: &[Item]| items.iter().map(|item| Item { quantity: 1, value: 0, ..item.clone() }).collect();
    let landing = landing_of(&order.journey);
    let page = |name, path: &str, seconds: u64| Event {
        name,
        page: path.to_owned(),
        seconds: seconds.cast_signed(),
        items: Vec::new(),
        value: 0,
    };
    let mut events = vec![page("page_view", path(&landing), 8 + chance.below(60))];
    events.push(Event { items: one(&items), ..page("view_item", path(&landing), 0) });
    events.push(Event { items: items.clone(), ..page("add_to_cart", path(&landing), 0) });
    events.push(page("page_view", "/cart", 4 + chance.below(40)));
    events.push(Event { items: items.clone(), ..page("begin_checkout", "/checkouts", 0) });
    events.push(page("page_view", "/checkouts", 30 + chance.below(200)));
    events.push(Event { items, value: order.original_total().shop, ..page("purchase", "/checkouts/thank-you", 0) });
    let country = order.shipping_address.as_ref().map_or("(not set)", |address| address.country);
    Some(Session {
        id: order.id,
        at,
        known_at,
        origin_known_at,
        user: order.customer.unwrap_or(order.id),
        is_new: order.journey.order_index.is_none_or(|index| index == 1),
        origin: origin_of(&order.journey),
        landing,
        device: chance.device(),
        country: country.to_owned(),
        events: begun(events, order.journey.order_index.is_none_or(|index| index == 1)),
        order: Some(order.id),
    })
}

/// A visit of somebody who buys nothing.
fn of_nobody(
    world: &World,
    options: &TrafficOptions,
    products: &[&Product],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    number: u64,
) -> Session {
    let id = from.timestamp().unsigned_abs() << 20 | number;
    let mut chance = Chance::of(world, VISIT, id);
    let at = from + TimeDelta::seconds(chance.below((to - from).num_seconds().unsigned_abs()).cast_signed());
    let (known_at, origin_known_at) = chance.known(options, at);
    let is_new = chance.happens(700);
    // Those who come again are few enough to meet twice on a day.
    let user = if is_new { id } else { chance.below(400) };
    let seen: Vec<&&Product> = (0..chance.below(4)).filter_map(|_| chance.pick(products)).collect();
    let (origin, query) = way(&mut chance);
    let first = seen.first().map_or_else(|| "/".to_owned(), |product| format!("/products/{}", product.handle));
    let landing = format!("{}{query}", if chance.happens(450) { "/" } else { &first });
    let is_glance = chance.happens(350);
    let event = |name, page: &str, seconds: u64, items: Vec<Item>| Event {
        name,
        page: page.to_owned(),
        seconds: seconds.cast_signed(),
        items,
        value: 0,
    };
    let mut events =
        vec![event("page_view", path(&landing), if is_glance { 0 } else { 5 + chance.below(90) }, Vec::new())];
    let looked = if is_glance { &[][..] } else { &seen };
    for product in looked {
        let page = format!("/products/{}", product.handle);
        let item = |quantity: i64| {
            let value = product.variants.first().map_or(0, |variant| variant.price * quantity);
            vec![Item { id: product.id.to_string(), name: product.title.clone(), quantity, value }]
        };
        if page != path(&landing) {
            events.push(event("page_view", &page, 5 + chance.below(60), Vec::new()));
        }
        events.push(event("view_item", &page, 0, item(1)));
        if chance.happens(120) {
            let quantity = 1 + chance.below(3).cast_signed();
            events.push(event("add_to_cart", &page, 0, item(quantity)));
            if chance.happens(400) {
                events.push(event("begin_checkout", "/checkouts", 10 + chance.below(60), item(quantity)));
            }
        }
    }
    let country = chance.pick(COUNTRIES).map_or("(not set)", |country| country.name).to_owned();
    Session {
        id,
        at,
        known_at,
        origin_known_at,
        user,
        is_new,
        origin,
        landing,
        device: chance.device(),
        country,
        events: begun(events, is_new),
        order: None,
    }
}

/// What is counted of every visit, before what happened in it.
fn begun(events: Vec<Event>, is_new: bool) -> Vec<Event> {
    let page = events.first().map(|event| event.page.clone()).unwrap_or_default();
    let mark = |name| Event { name, page: page.clone(), seconds: 0, items: Vec::new(), value: 0 };
    let first = is_new.then(|| mark("first_visit"));
    first.into_iter().chain([mark("session_start")]).chain(events).collect()
}

/// How somebody came who bought nothing, and the query that told it.
fn way(chance: &mut Chance) -> (Origin, &'static str) {
    match chance.below(100) {
        0..34 => (Origin::new("google", "organic", "(organic)"), ""),
        34..58 => (Origin::new("(direct)", "(none)", "(direct)"), ""),
        58..72 => {
            (Origin::new("google", "cpc", "brand"), "?utm_source=google&utm_medium=cpc&utm_campaign=brand&gclid=x")
        }
        72..84 => (
            Origin::new("facebook", "paid_social", "autumn"),
            "?utm_source=facebook&utm_medium=paid_social&utm_campaign=autumn",
        ),
        84..92 => (
            Origin::new("newsletter", "email", "november"),
            "?utm_source=newsletter&utm_medium=email&utm_campaign=november",
        ),
        92..97 => (Origin::new("bing", "organic", "(organic)"), ""),
        97..99 => (Origin::new("blog.example", "referral", "(referral)"), ""),
        _ => (Origin::new("(data not available)", "(data not available)", "(data not available)"), ""),
    }
}

fn origin_of(journey: &Journey) -> Origin {
    let Some(visit) = journey.last.as_ref().or(journey.first.as_ref()) else {
        return Origin::new("(direct)", "(none)", "(direct)");
    };
    if let Some(utm) = &visit.utm {
        return Origin::new(&utm.source, &utm.medium, utm.campaign.as_deref().unwrap_or("(not set)"));
    }
    match visit.source.as_str() {
        "direct" => Origin::new("(direct)", "(none)", "(direct)"),
        source if visit.source_type == Some("SEARCH") => Origin::new(source, "organic", "(organic)"),
        source => Origin::new(source, "referral", "(referral)"),
    }
}

/// The page on which the journey ended: path and query. Nothing when it is not known.
fn landing_of(journey: &Journey) -> String {
    let Some(visit) = journey.last.as_ref().or(journey.first.as_ref()) else { return String::new() };
    let page = visit.landing_page.split_once("://").map_or(visit.landing_page.as_str(), |(_, rest)| rest);
    page.find('/').map_or_else(|| "/".to_owned(), |at| page[at..].to_owned())
}

/// A page without its query.
#[must_use]
pub fn path(page: &str) -> &str {
    page.split_once('?').map_or(page, |(path, _)| path)
}
