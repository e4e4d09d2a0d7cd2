//! Makes a world up: what is sold, by whom it is bought, and what becomes of the orders.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike as _, NaiveTime, SubsecRound as _, TimeDelta, Utc};

use super::basket::about;
use super::catalog::{Collection, InventoryItem, Level, Location, Product, ProductStatus, Variant};
use super::edits::Edit;
use super::names::{self, Country};
use super::order::CancelReason;
use super::payment::Restock;
use super::people::Customer;
use super::refunds::Return;
use super::{Kind, World, WorldOptions};

/// What comes about next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// An order, which of them.
    Order(usize),
    /// A checkout that is left, which of them.
    Checkout(usize),
    /// That checkout is taken up again.
    Recovery(u64),
}

/// Makes one up.
pub(super) fn world(options: &WorldOptions) -> World {
    let first = options.first_day.and_time(NaiveTime::MIN);
    let first = first.and_local_timezone(options.zone).earliest().map_or(first.and_utc(), |local| local.to_utc());
    let now = options.now.trunc_subsecs(0);
    let opened = first - TimeDelta::days(60);
    let mut world = World::empty(options, opened);
    world.make_locations(options.locations.max(1), opened);
    for at in 0..options.products.max(1) {
        world.make_catalogue_product(at, opened, now);
    }
    world.make_collections(opened);
    let times = world.times(options.orders, first, now);
    world.make_people(options.customers, opened, now);
    // In the order of time, so that numbers grow with it and the first order of a customer is their first.
    let left = world.times(options.checkouts, first, now);
    let mut agenda: BTreeSet<(DateTime<Utc>, Event)> =
        times.into_iter().enumerate().map(|(at, time)| (time, Event::Order(at))).collect();
    agenda.extend(left.into_iter().enumerate().map(|(at, time)| (time, Event::Checkout(at))));
    while let Some((at, event)) = agenda.pop_first() {
        match event {
            Event::Order(_) => world.live(at, now),
            Event::Checkout(_) => agenda.extend(world.leave(at, now)),
            Event::Recovery(checkout) => {
                let done = world.recover(checkout, at);
                debug_assert!(done.is_ok(), "a checkout that was left can be taken up");
            }
        }
    }
    world.lose_products(now);
    world
}

impl World {
    fn make_locations(&mut self, count: usize, at: DateTime<Utc>) {
        for place in 0..count {
            let id = self.id(Kind::Location);
            let known = names::LOCATIONS.get(place).map(|name| (*name).to_owned());
            self.locations.put(Location {
                id,
                name: known.unwrap_or_else(|| format!("Depot {place}")),
                active: place == 0 || place + 1 < count,
                country_code: self.shop.country_code,
                fulfils_online: place == 0,
                created_at: at,
                updated_at: at,
            });
        }
    }

    fn make_catalogue_product(&mut self, number: usize, opened: DateTime<Utc>, now: DateTime<Utc>) {
        let (thing, kind, dollars) =
            names::THINGS.get(number % names::THINGS.len()).copied().unwrap_or(("Mug", "Tableware", 19));
        let look = names::LOOKS.get(number / names::THINGS.len() % names::LOOKS.len()).copied().unwrap_or("Plain");
        let variants = if self.chance(500) { 1 } else { usize::try_from(self.between(2, 4)).unwrap_or(2) };
        let late = if self.chance(200) { self.between(0, 200) } else { 0 };
        let at = (opened + TimeDelta::days(late)).min(now);
        let dollars = dollars + self.between(0, 9);
        if number == 7 {
            let id = self.make_product("Gift Card".to_owned(), "Gift Cards", 1, 50, at);
            self.products.change(id, |product| product.is_gift_card = true);
            self.inventory_of(id, |item| item.tracked = false);
            return;
        }
        let id = self.make_product(format!("{look} {thing}"), kind, variants, dollars, at);
        let status = match self.below(40) {
            0 => ProductStatus::Archived,
            1 => ProductStatus::Draft,
            2 => ProductStatus::Unlisted,
            _ => ProductStatus::Active,
        };
        let span = (now - at).num_seconds().max(1);
        let changed = at + TimeDelta::seconds(self.between(0, span));
        self.products.change(id, |product| {
            product.status = status;
            product.updated_at = changed;
            if status == ProductStatus::Draft {
                product.published_at = None;
            }
        });
    }

    fn inventory_of(&mut self, product: u64, change: impl Fn(&mut InventoryItem)) {
        let items = self.inventory.iter().filter(|item| item.product == product);
        let items: Vec<u64> = items.map(|item| item.id).collect();
        for item in items {
            self.inventory.change(item, &change);
        }
    }

    /// Makes a product of about that price with so many variants. Its number.
    pub(super) fn make_product(
        &mut self,
        title: String,
        kind: &str,
        variants: usize,
        dollars: i64,
        at: DateTime<Utc>,
    ) -> u64 {
        let id = self.id(Kind::Product);
        let currency = self.shop.currency;
        let mut forms = Vec::with_capacity(variants);
        for position in 0..variants {
            let variant = self.id(Kind::Variant);
            let step = i64::try_from(position).unwrap_or(0);
            let price = about(currency, dollars + step * 5);
            let sku = (!self.chance(60)).then(|| format!("{}-{position}", id % 100_000));
            let item = self.make_item(id, variant, sku.clone(), price, at);
            let form = names::FORMS.get(position).copied().unwrap_or("Other");
            forms.push(Variant {
                id: variant,
                title: if variants == 1 { "Default Title".to_owned() } else { form.to_owned() },
                sku,
                barcode: self.chance(500).then(|| format!("40{:011}", variant % 100_000_000_000)),
                price,
                compare_at: self.chance(150).then(|| about(currency, dollars + step * 5 + 10)),
                position: step + 1,
                created_at: at,
                updated_at: at,
                inventory_item: item,
            });
        }
        let words: Vec<String> = title.split_whitespace().map(str::to_lowercase).collect();
        let vendor = self.pick(names::VENDORS).unwrap_or("Okada").to_owned();
        self.keep_product(Product {
            id,
            handle: format!("{}-{}", words.join("-"), id % 1_000),
            title,
            vendor,
            product_type: kind.to_owned(),
            status: ProductStatus::Active,
            is_gift_card: false,
            tags: vec![kind.to_lowercase()],
            created_at: at,
            updated_at: at,
            published_at: Some(at),
            variants: forms,
        });
        id
    }

    fn make_item(&mut self, product: u64, variant: u64, sku: Option<String>, price: i64, at: DateTime<Utc>) -> u64 {
        let places: Vec<u64> = self.locations.iter().map(|location| location.id).collect();
        let mut levels = Vec::with_capacity(places.len());
        for (place, location) in places.into_iter().enumerate() {
            let active = self.locations.get(location).is_some_and(|location| location.active);
            if place > 0 && self.chance(300) {
                continue;
            }
            let oversold = self.chance(20);
            levels.push(Level {
                id: self.id(Kind::Level),
                location,
                active,
                created_at: at,
                updated_at: at,
                available: if oversold { -self.between(1, 6) } else { self.between(0, 120) },
                committed: self.between(0, 5),
                incoming: if self.chance(200) { self.between(10, 60) } else { 0 },
                reserved: if self.chance(100) { self.between(1, 3) } else { 0 },
                damaged: if self.chance(80) { self.between(1, 2) } else { 0 },
            });
        }
        let id = self.id(Kind::Item);
        let unit_cost = (!self.chance(200)).then(|| price * 2 / 5);
        let tracked = !self.chance(50);
        self.inventory.put(InventoryItem {
            id,
            product,
            variant,
            sku,
            tracked,
            unit_cost,
            created_at: at,
            updated_at: at,
            levels,
        });
        id
    }

    fn make_collections(&mut self, at: DateTime<Utc>) {
        let products: Vec<u64> = self.products.iter().map(|product| product.id).collect();
        for (number, title) in names::COLLECTIONS.iter().enumerate() {
            let id = self.id(Kind::Collection);
            let some = products
                .iter()
                .enumerate()
                .filter(|(at, _)| at % names::COLLECTIONS.len() == number || at % 7 == number);
            let products = some.map(|(_, id)| *id).collect();
            self.collections.put(Collection {
                id,
                handle: title.to_lowercase().replace(' ', "-"),
                title: (*title).to_owned(),
                created_at: at,
                updated_at: at,
                products,
            });
        }
    }

    fn make_people(&mut self, count: usize, opened: DateTime<Utc>, now: DateTime<Utc>) {
        let span = (now - opened).num_seconds().max(1);
        let mut times: Vec<i64> = (0..count).map(|_| self.between(0, span)).collect();
        times.sort_unstable();
        let home = names::home_of(self.shop.currency);
        for seconds in times {
            let country = if self.chance(780) { home } else { self.pick(names::COUNTRIES).unwrap_or(home) };
            self.make_customer(country, opened + TimeDelta::seconds(seconds));
        }
    }

    /// Makes a customer. Its number.
    pub(super) fn make_customer(&mut self, country: Country, at: DateTime<Utc>) -> u64 {
        let id = self.id(Kind::Customer);
        let address = self.address(country);
        let plain = |name: &str| name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
        let email =
            format!("{}.{}{}@mail.example", plain(&address.first_name), plain(&address.last_name), id % 100_000);
        let customer = Customer {
            id,
            created_at: at,
            updated_at: at,
            first_name: address.first_name.clone(),
            last_name: address.last_name.clone(),
            email: (!self.chance(30)).then_some(email),
            phone: self.chance(250).then(|| format!("+1555{:07}", id % 10_000_000)),
            address,
            enabled: self.chance(400),
            subscribed: self.chance(450),
            tags: if self.chance(80) { vec!["vip".to_owned()] } else { Vec::new() },
            note: None,
        };
        self.customers.put(customer);
        self.known.push((at, id));
        id
    }

    /// When things happen: more at weekends, in the evening and towards the end, in the order of time.
    fn times(&mut self, count: usize, first: DateTime<Utc>, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let span = (now - first).num_seconds().max(1);
        let mut times = Vec::with_capacity(count);
        while times.len() < count {
            // The larger of two makes a shop that grows.
            let (one, other) = (self.between(0, span - 1), self.between(0, span - 1));
            let at = first + TimeDelta::seconds(if self.chance(400) { one.max(other) } else { one });
            let local = at.with_timezone(&self.shop.zone);
            let weekend = local.weekday().number_from_monday() > 5;
            let hour = chrono::Timelike::hour(&local);
            let likely = if (8..23).contains(&hour) { 700 } else { 120 } + if weekend { 250 } else { 0 };
            if self.chance(likely) {
                times.push(at);
            }
        }
        times.sort_unstable();
        times
    }

    /// An order and all that becomes of it until now.
    fn live(&mut self, at: DateTime<Utc>, now: DateTime<Utc>) {
        let basket = self.basket(at);
        let id = self.place(&basket);
        // Nothing is refused: the order was just kept.
        let _ = self.with_order(id, |world, order| {
            let later =
                |world: &mut Self, from: i64, to: i64| at + TimeDelta::seconds(world.between(from * 3_600, to * 3_600));
            let paid = later(world, 20, 90);
            if order.received().is_zero() && paid < now && world.chance(800) {
                world.collect(order, paid);
            }
            // Who did not pay is cancelled more often.
            let fate = if order.received().is_zero() { world.below(60) } else { world.below(1_000) };
            if fate < 25 {
                let reasons = [
                    CancelReason::Customer,
                    CancelReason::Fraud,
                    CancelReason::Inventory,
                    CancelReason::Staff,
                    CancelReason::Other,
                ];
                let (when, reason) = (later(world, 1, 30), world.pick(&reasons).unwrap_or(CancelReason::Other));
                let pays = !world.chance(300);
                if when.max(order.updated_at) < now {
                    world.cancel(order, reason, pays, when.max(order.updated_at));
                }
                return;
            }
            if (25..45).contains(&fate) {
                let when = later(world, 1, 20).max(order.updated_at);
                if when < now {
                    world.change_of_mind(order, when);
                }
            }
            let sent = later(world, 12, 72).max(order.updated_at);
            if sent < now {
                order.fulfilled = true;
                order.updated_at = sent;
            }
            for _ in 0..if (45..120).contains(&fate) {
                1
            } else if fate >= 990 {
                2
            } else {
                0
            } {
                let when = later(world, 96, 900).max(order.updated_at);
                if when < now && !order.received().is_zero() {
                    world.come_back(order, when);
                }
            }
            let closed = later(world, 96, 120).max(order.updated_at);
            if closed < now && world.chance(300) {
                order.closed_at = Some(closed);
                order.updated_at = closed;
            }
        });
    }

    /// An edit of some kind.
    fn change_of_mind(&mut self, order: &mut super::Order, at: DateTime<Utc>) {
        let line = order.goods().next().map(|line| (line.id, line.quantity, line.unit_price.shop));
        let Some((line, quantity, price)) = line else { return };
        let mut edit = Edit::default();
        match self.below(3) {
            0 => edit.add.extend(self.any_variant().map(|variant| (variant, 1))),
            1 if quantity > 1 => edit.remove.push((line, 1)),
            _ => edit.discount.push((line, price / 10)),
        }
        self.edit(order, &edit, at);
    }

    /// A refund of some kind.
    fn come_back(&mut self, order: &mut super::Order, at: DateTime<Utc>) {
        let left: Vec<(u64, i64)> = order
            .goods()
            .filter(|line| line.quantity > line.gone)
            .map(|line| (line.id, line.quantity - line.gone))
            .collect();
        let Some((first, _)) = left.first().copied() else { return };
        let shipping = order.shipping.iter().map(|line| line.charged().shop).sum();
        let restock = if self.chance(800) { None } else { Some(Restock::NoRestock) };
        let asked = match self.below(20) {
            0..=7 => Return { lines: vec![(first, 1, restock)], pays: true, ..Return::default() },
            8..=11 => Return {
                lines: left.iter().map(|(line, units)| (*line, *units, restock)).collect(),
                shipping,
                pays: true,
                ..Return::default()
            },
            12..=14 => {
                let note = Some("Sorry for the delay".to_owned());
                let goodwill = (order.total().shop / 10).max(1);
                Return { goodwill, pays: true, note, ..Return::default() }
            }
            15 => Return { shipping: shipping / 2, pays: true, ..Return::default() },
            16 => Return { lines: vec![(first, 1, restock)], shipping, goodwill: 100, pays: true, ..Return::default() },
            _ => {
                if let Some(variant) = self.any_variant() {
                    self.exchange(order, first, variant, at);
                }
                return;
            }
        };
        self.refund(order, asked, at);
    }

    fn any_variant(&mut self) -> Option<u64> {
        let products = self.products.len();
        let at = self.below(products);
        let product = self.products.iter().nth(at)?;
        product.variants.first().filter(|_| !product.is_gift_card).map(|variant| variant.id)
    }

    /// A checkout that is left; some will be taken up again.
    fn leave(&mut self, at: DateTime<Utc>, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Event)> {
        let id = self.abandon(at);
        let back = at + TimeDelta::minutes(self.between(30, 4_000));
        (back < now && self.chance(180)).then_some((back, Event::Recovery(id)))
    }

    /// One product in thirty is deleted in the end, after it was sold.
    fn lose_products(&mut self, now: DateTime<Utc>) {
        let many = self.products.len() / 30;
        for _ in 0..many {
            let at = self.below(self.products.len());
            let gone = self.products.iter().nth(at).filter(|product| !product.is_gift_card).map(|product| product.id);
            if let Some(gone) = gone {
                let deleted = self.delete_product(gone, now);
                debug_assert!(deleted.is_ok(), "a product that is there can be deleted");
            }
        }
    }
}
