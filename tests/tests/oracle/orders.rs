//! The orders of an export, every row in memory.

use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;

use super::calendar;

/// One line of an order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) product: String,
    pub(super) units: i64,
    pub(super) cents: i64,
}

/// One order in one of its states.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// Its id, or its name in files without ids.
    pub(super) key: String,
    /// The latest second at which it was created, paid or cancelled, and the cents that were refunded: the greater one is the
    /// later state.
    pub(super) version: (i64, i64),
    pub(super) at: i64,
    /// Neither cancelled nor a test.
    pub(super) counts: bool,
    pub(super) cents: i64,
    pub(super) customer: String,
    pub(super) items: Vec<Item>,
}

impl Order {
    /// Pieces in it.
    pub(crate) fn units(&self) -> i64 {
        self.items.iter().map(|item| item.units).sum()
    }
}

/// Reads a gzipped export in which every line has a price, a quantity and a discount.
pub(super) fn read(path: &Path) -> Vec<Order> {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    parse(GzDecoder::new(BufReader::new(file)))
}

/// [`read`], of text.
pub(super) fn parse(input: impl Read) -> Vec<Order> {
    let mut reader = csv::Reader::from_reader(input);
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|title| title == name);
    let column = |name: &str| place(name).unwrap();
    let [name, email, total, created, cancelled, payment] =
        ["Name", "Email", "Total", "Created at", "Cancelled at", "Payment Method"].map(column);
    let [quantity, product, price, discount] =
        ["Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem discount"].map(column);
    let [id, paid, refunded] = ["Id", "Paid at", "Refunded Amount"].map(place);

    let mut orders: Vec<Order> = Vec::new();
    let mut open = String::new();
    for row in reader.records() {
        let row = row.unwrap();
        let cell = |place: Option<usize>| place.map_or("", |place| &row[place]);
        if row[name] != open {
            open = row[name].to_owned();
            let at = calendar::instant(&row[created]);
            let times = [cell(paid), &row[cancelled]].into_iter().filter(|text| !text.is_empty());
            let latest = times.map(calendar::instant).fold(at, i64::max);
            let refunded = if cell(refunded).is_empty() { 0 } else { cents(cell(refunded)) };
            orders.push(Order {
                key: id.map_or_else(|| open.clone(), |id| row[id].to_owned()),
                version: (latest, refunded),
                at,
                counts: row[cancelled].is_empty() && !row[payment].contains("Bogus"),
                cents: cents(&row[total]),
                customer: row[email].trim().to_lowercase(),
                items: Vec::new(),
            });
        }
        let units: i64 = row[quantity].parse().unwrap();
        orders.last_mut().unwrap().items.push(Item {
            product: row[product].to_owned(),
            units,
            cents: units * cents(&row[price]) - cents(&row[discount]),
        });
    }
    orders
}

/// `57.38` as 5738.
fn cents(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap();
    assert!(fraction.len() == 2 && !text.starts_with('-'), "not an amount with two decimals: {text:?}");
    whole.parse::<i64>().unwrap() * 100 + fraction.parse::<i64>().unwrap()
}

#[test]
fn the_oracle_knows_which_state_of_an_order_is_the_later_one() {
    let export = "Id,Name,Email,Total,Created at,Paid at,Cancelled at,Refunded Amount,Payment Method,Lineitem quantity,\
                  Lineitem name,Lineitem price,Lineitem discount\n\
                  7,#1,a@example.com,5.00,1970-01-01 00:00:10 +0000,,,0.00,card,2,Tea,2.00,0.50\n\
                  7,#1,a@example.com,,1970-01-01 00:00:10 +0000,,,,,1,Cup,1.50,0.00\n\
                  8,#2,a@example.com,5.00,1970-01-01 00:00:10 +0000,1970-01-01 00:00:12 +0000,,1.25,card,2,Tea,2.00,0.50\n\
                  9,#3,a@example.com,5.00,1970-01-01 00:00:10 +0000,,1970-01-01 00:00:11 +0000,0.00,card,2,Tea,2.00,0.50\n";
    let orders = parse(export.as_bytes());
    let told: Vec<_> = orders.iter().map(|order| (order.key.as_str(), order.version, order.counts)).collect();
    assert_eq!(told, [("7", (10, 0), true), ("8", (12, 125), true), ("9", (11, 0), false)]);
    assert_eq!(orders[0].units(), 3);
}
