//! Writes orders as Shopify's admin exports them.

use std::io::{self, Write};

use chrono::{DateTime, Utc};

use super::order::{Order, days};
use super::{Business, Options};

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

/// Writes the business's orders of the last [`Options::days`] local days up to `now`, oldest first, as a CSV file. It is
/// written as a stream: memory holds one day's orders.
///
/// # Errors
/// When `out` fails.
pub fn write_orders_csv(
    business: impl Into<Business>,
    options: &Options,
    now: DateTime<Utc>,
    out: impl Write,
) -> io::Result<Written> {
    let business: Business = business.into();
    let mut file = csv::Writer::from_writer(out);
    file.write_record(TITLES)?;
    let mut written = Written::default();
    for order in days(&business.shop, options, now).flat_map(|(_, orders)| orders) {
        write_order(&mut file, &business, &order)?;
        written.orders += 1;
        written.lines += order.lines.len() as u64;
    }
    file.flush()?;
    Ok(written)
}

fn write_order(file: &mut csv::Writer<impl Write>, business: &Business, order: &Order) -> io::Result<()> {
    let shop = &business.shop;
    let amount = |cents| business.amount(cents);
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
            first(&business.currency),
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
