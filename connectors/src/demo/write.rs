//! Writes orders as Shopify's admin exports them.

use std::io::{self, Write};

use chrono::{DateTime, Days, Utc};

use super::calendar::orders_on;
use super::order::{Order, order, times_of};
use super::shop::Shop;
use super::{DemoStore, OPENING_DAY, Options};

const TITLES: [&str; 51] = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Name",
    "Billing City",
    "Billing Zip",
    "Billing Province",
    "Billing Country",
    "Shipping Name",
    "Shipping City",
    "Shipping Zip",
    "Shipping Province",
    "Shipping Country",
    "Notes",
    "Note Attributes",
    "Cancelled at",
    "Payment Method",
    "Payment Reference",
    "Refunded Amount",
    "Refunded at",
    "Vendor",
    "Outstanding Balance",
    "Employee",
    "Location",
    "Device ID",
    "Id",
    "Tags",
    "Risk Level",
    "Source",
    "Lineitem discount",
];

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Orders.
    pub orders: u64,
    /// Lines, without the header: one for each item.
    pub lines: u64,
}

/// Writes the store's orders of the last [`Options::days`] local days up to `now`, oldest first, as a CSV file. It is
/// written as a stream: memory holds one day's times.
///
/// # Errors
/// When `out` fails.
pub fn write_orders_csv(
    store: DemoStore,
    options: &Options,
    now: DateTime<Utc>,
    out: impl Write,
) -> io::Result<Written> {
    let shop = store.shop();
    let today = now.with_timezone(&shop.timezone).date_naive();
    let window = Days::new(u64::from(options.days.max(1)) - 1);
    let first = today.checked_sub_days(window).unwrap_or(OPENING_DAY).max(OPENING_DAY);
    let before = OPENING_DAY.iter_days().take_while(|day| *day < first);
    let mut number: u64 = before.map(|day| orders_on(shop, options, day)).sum();

    let mut file = csv::Writer::from_writer(out);
    file.write_record(TITLES)?;
    let mut written = Written::default();
    for day in first.iter_days().take_while(|day| *day <= today) {
        let count = orders_on(shop, options, day);
        let times = times_of(shop, options, day, count);
        for (place, created_at) in (0..).zip(times).take_while(|(_, created_at)| *created_at <= now) {
            let order = order(shop, options, day, (place, number + place), created_at, now);
            write_order(&mut file, shop, &order)?;
            written.orders += 1;
            written.lines += order.lines.len() as u64;
        }
        number += count;
    }
    file.flush()?;
    Ok(written)
}

fn write_order(file: &mut csv::Writer<impl Write>, shop: &Shop, order: &Order) -> io::Result<()> {
    let time = |at: DateTime<Utc>| at.with_timezone(&shop.timezone).format("%Y-%m-%d %H:%M:%S %z").to_string();
    let maybe = |at: Option<DateTime<Utc>>| at.map(time).unwrap_or_default();
    let (created, paid, fulfilled) = (time(order.created_at), maybe(order.paid_at), maybe(order.fulfilled_at));
    let (cancelled, refunded_at) = (maybe(order.cancelled_at), maybe(order.refund.map(|(at, _)| at)));
    let [subtotal, shipping, tax, total] = [order.subtotal, order.shipping, order.tax, order.total()].map(amount);
    let [discount, refunded, outstanding] = [order.discount, order.refunded(), order.outstanding()].map(amount);
    let id = order.id.to_string();
    let customer = order.customer.as_ref();
    let (person, email) = customer.map_or(("", ""), |person| (person.name.as_str(), person.email.as_str()));
    let [country, province, city, zip] = customer.map_or([shop.country, "", "", ""], |person| {
        [person.place.country, person.place.province, person.place.city, person.place.zip]
    });
    let at_till = order.channel == "pos";
    let status = if order.fulfilled_at.is_some() { "fulfilled" } else { "unfulfilled" };
    let marketing = if customer.is_some_and(|person| person.accepts_marketing) { "yes" } else { "no" };
    let location = if at_till { shop.location } else { "" };
    for (place, line) in order.lines.iter().enumerate() {
        let first = |text| if place == 0 { text } else { "" };
        let sent = |text| if at_till { "" } else { first(text) };
        let (quantity, price, line_discount) =
            (line.quantity.to_string(), amount(line.product.price), amount(line.discount));
        let cells: [&str; TITLES.len()] = [
            &order.name,
            email,
            first(order.financial_status()),
            first(&paid),
            first(status),
            first(&fulfilled),
            first(marketing),
            first(shop.currency),
            first(&subtotal),
            first(&shipping),
            first(&tax),
            first(&total),
            first(order.code),
            first(&discount),
            first(order.shipping_method),
            &created,
            &quantity,
            line.product.name,
            &price,
            "",
            line.product.sku,
            if at_till { "false" } else { "true" },
            "true",
            if order.fulfilled_at.is_some() { "fulfilled" } else { "pending" },
            first(person),
            first(city),
            first(zip),
            first(province),
            first(country),
            sent(person),
            sent(city),
            sent(zip),
            sent(province),
            sent(country),
            "",
            "",
            first(&cancelled),
            first(order.payment),
            "",
            first(&refunded),
            first(&refunded_at),
            line.product.vendor,
            first(&outstanding),
            "",
            first(location),
            "",
            first(&id),
            "",
            first(order.risk),
            first(order.channel),
            &line_discount,
        ];
        file.write_record(cells)?;
    }
    Ok(())
}

/// Cents as they are written, `12.50`.
fn amount(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
