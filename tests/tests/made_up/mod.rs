//! Orders exports of a made-up shop in which orders are edited all the time.
//!
//! What an order says is decided by the seed, its number and its revision alone; a later revision has a greater row version. So
//! any files, in any order, come to the same store.

mod chance;

use std::fmt::Write as _;

pub(crate) use chance::Chance;

use crate::oracle::calendar;

/// One state of one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    pub(crate) order: u64,
    pub(crate) revision: u64,
}

/// The orders from this number on are large ones, enough of which in a file are not kept as a small segment.
pub(crate) const LARGE: u64 = 1_000_000;

const HEADER: &str = "Name,Id,Email,Financial Status,Paid at,Currency,Total,Created at,Cancelled at,Payment Method,Refunded Amount,\
                      Lineitem quantity,Lineitem name,Lineitem price,Lineitem discount\n";
const FIRST_DAY: (i64, i64, i64) = (2017, 2, 20);
/// Seconds over which orders are spread: over three months, and over the day on which clocks change.
const SPREAD: u64 = 45 * 86_400;
const CUSTOMERS: u64 = 60;
const PRODUCTS: u64 = 30;

/// An export whose orders are too many to be kept as small segments.
pub(crate) fn large_export(shop: u64) -> String {
    let editions: Vec<_> = (LARGE..LARGE + 1_200).map(|order| Edition { order, revision: 0 }).collect();
    export(shop, &editions)
}

/// An export of a few orders.
pub(crate) fn small_export(shop: u64) -> String {
    let editions: Vec<_> = (0..20).map(|order| Edition { order, revision: 0 }).collect();
    export(shop, &editions)
}

/// The export that says this of a shop.
pub(crate) fn export(shop: u64, editions: &[Edition]) -> String {
    let mut text = HEADER.to_owned();
    editions.iter().for_each(|edition| write_order(shop, *edition, &mut text));
    text
}

fn write_order(shop: u64, Edition { order, revision }: Edition, text: &mut String) {
    let mut fixed = Chance::of(&[shop, order]);
    let mut chance = Chance::of(&[shop, order, revision]);
    // No two orders of a shop at one time: a prime many seconds apart, around and around.
    let (year, month, day) = FIRST_DAY;
    let at = calendar::days_from_civil(year, month, day) * 86_400 + i64::try_from(order * 7_919 % SPREAD).unwrap();
    // Every second revision is later by an hour, and all refund more than the one before.
    let latest = at + i64::try_from(revision / 2).unwrap() * 3_600;
    let refunded = revision * 100 + fixed.below(100) * revision.min(1);
    let paid = if revision == 0 { String::new() } else { instant(latest) };
    let cancelled = if revision > 0 && chance.one_in(9) { instant(latest) } else { String::new() };
    let payment = if fixed.one_in(40) { "Bogus Gateway" } else { "card" };
    let email = if fixed.one_in(15) { String::new() } else { format!("c{}@example.com", fixed.below(CUSTOMERS)) };
    let lines = if order >= LARGE { chance.between(6, 8) } else { chance.between(1, 4) };

    let mut items = Vec::new();
    let mut total = chance.below(1_500);
    for _ in 0..lines {
        let (quantity, product, price) = (chance.between(1, 3), chance.below(PRODUCTS), chance.between(100, 4_000));
        let discount = chance.below(100);
        total += quantity * price - discount;
        items.push(format!("{quantity},Product {product:02},{},{}", cents(price), cents(discount)));
    }
    for (line, item) in items.iter().enumerate() {
        let id = 5_000_000_000 + order;
        let _ = if line == 0 {
            let (total, refunded, at) = (cents(total), cents(refunded), instant(at));
            writeln!(text, "#{order},{id},{email},paid,{paid},USD,{total},{at},{cancelled},{payment},{refunded},{item}")
        } else {
            writeln!(text, "#{order},{id},{email},,,,,{},,,,{item}", instant(at))
        };
    }
}

fn cents(amount: u64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

fn instant(seconds: i64) -> String {
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    format!("{} {:02}:{:02}:{:02} +0000", calendar::date_text(day), second / 3_600, second / 60 % 60, second % 60)
}
