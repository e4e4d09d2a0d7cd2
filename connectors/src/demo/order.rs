//! One order, with what has happened to it so far.

use chrono::{DateTime, Days, Duration, NaiveDate, Timelike as _, Utc};

use super::calendar::{self, day_number, orders_on};
use super::chance::Chance;
use super::people::{self, Person};
use super::shop::{Product, Shop};
use super::{OPENING_DAY, Options};

const ORDER: u64 = 20;
const TIMES: u64 = 21;
const FIRST_ID: u64 = 4_500_000_000_000;
const IDS_PER_DAY: u64 = 10_000_000;
/// Shares of the day's orders by local hour.
const HOURS: [u64; 24] = [12, 7, 4, 3, 3, 5, 12, 24, 38, 50, 58, 62, 66, 62, 56, 54, 56, 60, 64, 72, 78, 72, 48, 26];

/// Something sold, amounts in cents.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) product: &'static Product,
    pub(super) quantity: i64,
    pub(super) discount: i64,
}

impl Line {
    fn gross(&self) -> i64 {
        self.quantity * self.product.price
    }

    fn amount(&self) -> i64 {
        self.gross() - self.discount
    }
}

/// An order, amounts in cents.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) channel: &'static str,
    pub(super) customer: Option<Person>,
    pub(super) payment: &'static str,
    pub(super) shipping_method: &'static str,
    pub(super) risk: &'static str,
    pub(super) code: &'static str,
    pub(super) lines: Vec<Line>,
    pub(super) subtotal: i64,
    pub(super) discount: i64,
    pub(super) shipping: i64,
    pub(super) tax: i64,
    pub(super) paid_at: Option<DateTime<Utc>>,
    pub(super) fulfilled_at: Option<DateTime<Utc>>,
    pub(super) cancelled_at: Option<DateTime<Utc>>,
    /// When and how much.
    pub(super) refund: Option<(DateTime<Utc>, i64)>,
}

impl Order {
    pub(super) fn total(&self) -> i64 {
        self.subtotal + self.shipping + self.tax
    }

    pub(super) fn refunded(&self) -> i64 {
        self.refund.map_or(0, |(_, amount)| amount)
    }

    pub(super) fn financial_status(&self) -> &'static str {
        match (self.paid_at, self.cancelled_at) {
            (None, Some(_)) => "voided",
            (None, None) => "pending",
            (Some(_), _) if self.refunded() == 0 => "paid",
            (Some(_), _) if self.refunded() < self.total() => "partially_refunded",
            (Some(_), _) => "refunded",
        }
    }

    pub(super) fn outstanding(&self) -> i64 {
        if self.financial_status() == "pending" { self.total() } else { 0 }
    }
}

/// The times of a day's orders, in order.
fn times_of(shop: &Shop, options: &Options, day: NaiveDate, count: u64) -> Vec<DateTime<Utc>> {
    let mut chance = Chance::of(&[options.seed, shop.key, TIMES, day_number(day)]);
    let time = |_| {
        let hour = i64::try_from(chance.weighted(HOURS.into_iter())).unwrap_or(0);
        let second = hour * 3_600 + chance.between(0, 3_599);
        let local = day.and_time(chrono::NaiveTime::MIN) + Duration::seconds(second);
        // Where clocks skip that time, what they show an hour later.
        let zoned = |local: chrono::NaiveDateTime| local.and_local_timezone(shop.timezone).earliest();
        zoned(local).or_else(|| zoned(local + Duration::hours(1))).map_or(local.and_utc(), |time| time.to_utc())
    };
    let mut times: Vec<DateTime<Utc>> = (0..count).map(time).collect();
    times.sort_unstable();
    times
}

/// The days that a file covers, each with its orders up to `now`, oldest first.
pub(super) fn days(
    shop: &Shop,
    options: &Options,
    now: DateTime<Utc>,
) -> impl Iterator<Item = (NaiveDate, Vec<Order>)> {
    let today = now.with_timezone(&shop.timezone).date_naive();
    let window = Days::new(u64::from(options.days.max(1)) - 1);
    let first = today.checked_sub_days(window).unwrap_or(OPENING_DAY).max(OPENING_DAY);
    let before = OPENING_DAY.iter_days().take_while(|day| *day < first);
    let number: u64 = before.map(|day| orders_on(shop, options, day)).sum();
    first.iter_days().take_while(move |day| *day <= today).scan(number, move |number, day| {
        let count = orders_on(shop, options, day);
        let begun = *number;
        *number += count;
        let times = times_of(shop, options, day, count).into_iter().take_while(|created_at| *created_at <= now);
        let orders = (0..).zip(times).map(|(place, at)| order(shop, options, day, (place, begun + place), at, now));
        Some((day, orders.collect()))
    })
}

/// How much of a day's trade has passed at `now`, in thousandths.
pub(super) fn passed(shop: &Shop, day: NaiveDate, now: DateTime<Utc>) -> u64 {
    let local = now.with_timezone(&shop.timezone);
    if local.date_naive() > day {
        return 1_000;
    }
    let hour = usize::try_from(local.hour()).unwrap_or(0);
    let of_hour = HOURS.get(hour).copied().unwrap_or(0) * u64::from(local.minute()) / 60;
    (HOURS.iter().take(hour).sum::<u64>() + of_hour) * 1_000 / HOURS.iter().sum::<u64>()
}

/// The order that is `place`th of its day and `number`th of the store, as it is at `now`.
fn order(
    shop: &Shop,
    options: &Options,
    day: NaiveDate,
    (place, number): (u64, u64),
    created_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Order {
    let mut chance = Chance::of(&[options.seed, shop.key, ORDER, day_number(day), place]);
    let channel = pick(&mut chance, shop.channels);
    let at_till = channel == "pos";
    let first_order = people::first_order(options.seed, shop, number);
    let anonymous = at_till && chance.permille(350);
    let customer = (!anonymous).then(|| people::person(options.seed, shop, first_order));
    let home = at_till || customer.as_ref().is_none_or(|person| person.place.country == shop.country);

    let (code, percent) = discount(shop, day, at_till, first_order == number, &mut chance);
    let sold_out = calendar::stock_out(shop, options.seed, day);
    let lines = lines(shop, sold_out, percent, &mut chance);
    let subtotal: i64 = lines.iter().map(Line::amount).sum();
    let (shipping_method, shipping) = shipping(shop, at_till, home, subtotal, &mut chance);
    let tax = if home { (subtotal * shop.tax + 5_000) / 10_000 } else { 0 };
    let payment = match (chance.permille(2), at_till, home) {
        (true, ..) => "Bogus Gateway",
        (_, true, _) => pick(&mut chance, &[("card", 3), ("cash", 1)]),
        (_, _, true) => pick(&mut chance, shop.payments),
        (_, _, false) => "PayPal Express Checkout",
    };
    let mut order = Order {
        id: FIRST_ID + (day - OPENING_DAY).num_days().unsigned_abs() * IDS_PER_DAY + place,
        name: format!("#{}", 1_001 + number),
        created_at,
        channel,
        customer,
        payment,
        shipping_method,
        risk: if chance.permille(18) { "Medium" } else { "Low" },
        code,
        discount: lines.iter().map(|line| line.discount).sum(),
        lines,
        subtotal,
        shipping,
        tax,
        paid_at: None,
        fulfilled_at: None,
        cancelled_at: None,
        refund: None,
    };
    happen(&mut order, at_till, &mut chance, now);
    order
}

/// What happens to an order, as far as it has happened at `now`.
fn happen(order: &mut Order, at_till: bool, chance: &mut Chance, now: DateTime<Utc>) {
    let later = |chance: &mut Chance, from: DateTime<Utc>, least: i64, most: i64| {
        from + Duration::minutes(chance.between(least, most))
    };
    let on_delivery = order.payment.starts_with("Cash on Delivery");
    let cancelled = !at_till && chance.permille(22);
    let cancelled_at = later(chance, order.created_at, 20, 20 * 60);
    let paid_before = chance.permille(500) && !on_delivery;
    let sent_at = later(chance, order.created_at, 4 * 60, 72 * 60);
    let returned = chance.permille(60);
    let in_full = chance.permille(400);
    let which = chance.below(order.lines.len() as u64);
    let returned_at = later(chance, sent_at, 3 * 24 * 60, 20 * 24 * 60);

    if cancelled {
        order.paid_at = paid_before.then_some(order.created_at);
        order.cancelled_at = Some(cancelled_at).filter(|at| *at <= now);
        if order.cancelled_at.is_none() && !on_delivery {
            order.paid_at = Some(order.created_at);
        }
        if order.paid_at.is_some() {
            order.refund = order.cancelled_at.map(|at| (at, order.total()));
        }
        return;
    }
    let sent_at = if at_till { order.created_at } else { sent_at };
    order.fulfilled_at = Some(sent_at).filter(|at| *at <= now);
    order.paid_at = if on_delivery { order.fulfilled_at } else { Some(order.created_at) };
    if returned && order.paid_at.is_some() && returned_at <= now {
        let line = usize::try_from(which).ok().and_then(|which| order.lines.get(which));
        let amount = if in_full { order.total() } else { line.map_or(0, Line::amount) };
        order.refund = Some((returned_at, amount)).filter(|(_, amount)| *amount > 0);
    }
}

/// The discount code of an order and what it takes off: of a promotion that runs, or a welcome to somebody new.
fn discount(shop: &Shop, day: NaiveDate, at_till: bool, is_new: bool, chance: &mut Chance) -> (&'static str, u32) {
    let (takes_promotion, takes_welcome) = (chance.permille(560), chance.permille(200));
    match calendar::running(shop, day) {
        Some(promotion) if takes_promotion => (promotion.code, promotion.percent),
        _ if is_new && !at_till && takes_welcome => ("WELCOME10", 10),
        _ => ("", 0),
    }
}

fn lines(shop: &Shop, sold_out: Option<&Product>, percent: u32, chance: &mut Chance) -> Vec<Line> {
    let count = 1 + chance.weighted([46, 28, 15, 7, 4].into_iter());
    let mut lines: Vec<Line> = Vec::with_capacity(count);
    for _ in 0..count {
        let for_sale = |product: &Product| {
            let there = lines.iter().any(|line| line.product.sku == product.sku);
            !there && sold_out.is_none_or(|sold_out| sold_out.sku != product.sku)
        };
        let weights = shop.products.iter().map(|product| if for_sale(product) { product.weight } else { 0 });
        let product = &shop.products[chance.weighted(weights)];
        let quantity = 1 + i64::try_from(chance.weighted([78, 15, 5, 2].into_iter())).unwrap_or(0);
        let discount = (quantity * product.price * i64::from(percent) + 50) / 100;
        lines.push(Line { product, quantity, discount });
    }
    lines
}

fn shipping(shop: &Shop, at_till: bool, home: bool, subtotal: i64, chance: &mut Chance) -> (&'static str, i64) {
    let express = chance.permille(140);
    match (at_till, home) {
        (true, _) => ("", 0),
        (_, false) => ("International", shop.shipping.abroad),
        _ if express => ("Express", shop.shipping.express),
        _ if subtotal >= shop.shipping.free_from => ("Free shipping", 0),
        _ => ("Standard", shop.shipping.standard),
    }
}

fn pick(chance: &mut Chance, choices: &[(&'static str, u64)]) -> &'static str {
    let place = chance.weighted(choices.iter().map(|(_, weight)| *weight));
    choices.get(place).map_or("", |(name, _)| name)
}
