//! What stores sell, and what currencies are worth.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::oracle::Quotes;
use super::super::support::{Item, Order, Refund};
use super::dice::Dice;

pub(super) const CHANNELS: [&str; 4] = ["web", "pos", "Web%", "wêb_shop"];
pub(super) const COUNTRIES: [&str; 3] = ["US", "CA", "us"];
pub(super) const CODES: [&str; 2] = ["SUMMER", "winter"];
const CUSTOMERS: [&str; 6] = ["ann", "bob", "cat", "dan", "eve", "fay"];
pub(super) const PRODUCTS: [&str; 3] = ["Tea", "Cup", "tea"];
pub(super) const VARIANTS: [&str; 2] = ["Small", "Large"];
pub(super) const VENDORS: [&str; 2] = ["Acme", "Best"];

fn order(dice: &mut Dice, id: u32, now: DateTime<Utc>, currencies: &[&'static str]) -> Order {
    let days_back = match dice.roll(10) {
        0..6 => 70,
        6..9 => 500,
        _ => 3,
    };
    let mut created_at = now - TimeDelta::seconds(dice.up_to(days_back * 86_400));
    match dice.roll(6) {
        // On the edges of hours, which are edges of days somewhere; also so that customers' orders coincide.
        0..3 => {
            created_at -= TimeDelta::microseconds(created_at.timestamp_micros().rem_euclid(900_000_000));
            created_at -= TimeDelta::microseconds(dice.up_to(1));
        }
        3 => created_at += TimeDelta::days(dice.up_to(4)),
        _ => created_at += TimeDelta::microseconds(dice.up_to(999_999)),
    }
    let items = (0..dice.roll(4)).map(|_| Item {
        product: dice.pick(&PRODUCTS),
        variant: dice.some(&VARIANTS),
        vendor: dice.some(&VENDORS),
        quantity: dice.up_to(5),
        amount: dice.up_to(1_000_000),
    });
    let items = items.collect();
    let refunds: Vec<_> = (0..dice.roll(5).saturating_sub(2))
        .map(|_| Refund {
            at: (!dice.one_in(4)).then(|| created_at + TimeDelta::seconds(dice.up_to(40 * 86_400))),
            amount: dice.up_to(500_000),
        })
        .collect();
    Order {
        id,
        version: 1,
        created_at,
        customer: dice.some(&CUSTOMERS),
        channel: dice.some(&CHANNELS),
        country: dice.some(&COUNTRIES),
        discount_code: dice.some(&CODES),
        financial_status: dice.some(&["paid", "refunded"]),
        currency: dice.pick(currencies),
        is_test: dice.one_in(10),
        is_cancelled: dice.one_in(6),
        discount: dice.up_to(50_000),
        shipping: dice.up_to(50_000),
        tax: dice.up_to(50_000),
        total: dice.up_to(2_000_000),
        refunded: refunds.iter().map(|refund| refund.amount).sum(),
        items,
        refunds,
    }
}

/// What a store's commits come to so far.
pub(super) struct Books {
    pub(super) currencies: &'static [&'static str],
    pub(super) orders: Vec<Order>,
    version: i64,
}

impl Books {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let currencies: &[&str] = if dice.one_in(4) { &["USD", "USD", "EUR", "JPY"] } else { &["USD"] };
        Self { currencies, orders: Vec::new(), version: 0 }
    }

    /// A commit of some orders; some of them restate earlier ones.
    pub(super) fn commit(&mut self, dice: &mut Dice, now: DateTime<Utc>, most: i64) -> Vec<Order> {
        self.version += 1;
        let mut commit: Vec<Order> = Vec::new();
        for _ in 0..dice.up_to(most) {
            let before = if dice.one_in(4) { self.any(dice) } else { None };
            if let Some(before) = before {
                if commit.iter().any(|order| order.id == before.id) {
                    continue;
                }
                let mut after = order(dice, before.id, now, self.currencies);
                if after.items.is_empty() {
                    // A dataset learns of a new state by its rows: an order does not lose all its items.
                    after.items = before.items;
                }
                if after.refunds.is_empty() {
                    (after.refunds, after.refunded) = (before.refunds, before.refunded);
                }
                commit.push(Order { version: self.version, created_at: before.created_at, ..after });
            } else {
                let id = u32::try_from(self.orders.len() + commit.len()).unwrap();
                if self.orders.iter().chain(&commit).any(|order| order.id == id) {
                    continue;
                }
                commit.push(Order { version: self.version, ..order(dice, id, now, self.currencies) });
            }
        }
        for order in &commit {
            match self.orders.iter_mut().find(|before| before.id == order.id) {
                Some(before) => *before = order.clone(),
                None => self.orders.push(order.clone()),
            }
        }
        commit
    }

    fn any(&self, dice: &mut Dice) -> Option<Order> {
        if self.orders.is_empty() {
            return None;
        }
        Some(self.orders[usize::try_from(dice.roll(self.orders.len() as u64)).unwrap()].clone())
    }
}

/// Rates of most days, some without for more than a week.
pub(super) fn quotes(dice: &mut Dice, now: DateTime<Utc>) -> Quotes {
    let today = now.timestamp().div_euclid(86_400);
    let gap = if dice.one_in(2) { Some(today - dice.up_to(200)) } else { None };
    let days = today - 600..today + 60;
    let mut quotes = Quotes::new();
    for day in days.filter(|day| gap.is_none_or(|gap| !(gap..gap + 12).contains(day))) {
        for (currency, about) in [("EUR", 11_000), ("JPY", 90)] {
            if !dice.one_in(4) {
                quotes.insert((currency, day), about + dice.up_to(about / 10));
            }
        }
    }
    quotes
}
