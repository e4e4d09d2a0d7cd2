//! Any orders, written as a file in any way that files are written, are read as they were.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::support::{Row, gzip, import_orders};

/// An amount in ten-thousandths, with how many zeros too many it is written with.
type Amount = (i64, usize);
/// Seconds since the epoch, the zone in minutes east, and the form that it is written in.
type Instant = (i64, i32, u8);

#[derive(Clone, Debug)]
struct Item {
    quantity: u32,
    product: String,
    sku: String,
    vendor: String,
    price: Amount,
    discount: Option<Amount>,
}

#[derive(Clone, Debug)]
struct Order {
    texts: BTreeMap<&'static str, String>,
    created: Instant,
    times: BTreeMap<&'static str, Option<Instant>>,
    total: Amount,
    amounts: BTreeMap<&'static str, Option<Amount>>,
    accepts_marketing: Option<bool>,
    items: Vec<Item>,
}

const TEXTS: [&str; 18] = [
    "Email",
    "Financial Status",
    "Fulfillment Status",
    "Discount Code",
    "Shipping Method",
    "Billing Name",
    "Billing City",
    "Billing Province",
    "Billing Country",
    "Shipping Name",
    "Shipping City",
    "Shipping Province",
    "Shipping Country",
    "Payment Method",
    "Location",
    "Tags",
    "Risk Level",
    "Source",
];
const TIMES: [&str; 4] = ["Paid at", "Fulfilled at", "Cancelled at", "Refunded at"];
const AMOUNTS: [&str; 6] =
    ["Subtotal", "Discount Amount", "Shipping", "Taxes", "Refunded Amount", "Outstanding Balance"];
const REQUIRED: [&str; 7] =
    ["Name", "Created at", "Currency", "Total", "Lineitem quantity", "Lineitem name", "Lineitem price"];
const OPTIONAL_OF_ITEMS: [&str; 3] = ["Lineitem sku", "Vendor", "Lineitem discount"];
const NOT_READ: [&str; 3] = ["Notes", "Billing Zip", "Shoe size"];

fn some_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-zA-Z][a-z]{0,6}",
        "[A-Zé#'\"][A-Za-z,\"\n é日;]{0,20}[a-z.\"]",
        Just("(for testing) Bogus Gateway".to_owned()),
    ]
}

fn some_amount(least: i64) -> impl Strategy<Value = Amount> {
    (prop_oneof![least..1_000_000, Just(0), least * 1000..99_999_999_999], 0..3_usize)
}

fn some_instant() -> impl Strategy<Value = Instant> {
    (1_400_000_000..1_900_000_000_i64, (-48..=48_i32).prop_map(|quarters| quarters * 15), 0..3_u8)
}

fn some_item() -> impl Strategy<Value = Item> {
    (
        0..2_000_u32,
        "[A-Z\"é][a-z ,\n\"-]{0,12}[a-z]",
        some_text(),
        some_text(),
        some_amount(-500),
        prop::option::of(some_amount(0)),
    )
        .prop_map(|(quantity, product, sku, vendor, price, discount)| Item {
            quantity,
            product,
            sku,
            vendor,
            price,
            discount,
        })
}

fn some_order() -> impl Strategy<Value = Order> {
    (
        prop::collection::vec(some_text(), TEXTS.len()),
        some_instant(),
        prop::collection::vec(prop::option::of(some_instant()), TIMES.len()),
        some_amount(0),
        prop::collection::vec(prop::option::of(some_amount(-900)), AMOUNTS.len()),
        prop::option::of(any::<bool>()),
        prop::collection::vec(some_item(), 0..6),
    )
        .prop_map(|(texts, created, times, total, mut amounts, accepts_marketing, items)| {
            amounts[4] = amounts[4].map(|(raw, zeros)| (raw.abs(), zeros));
            Order {
                texts: TEXTS.into_iter().zip(texts).collect(),
                created,
                times: TIMES.into_iter().zip(times).collect(),
                total,
                amounts: AMOUNTS.into_iter().zip(amounts).collect(),
                accepts_marketing,
                items,
            }
        })
}

/// How a file is written.
#[derive(Clone, Debug)]
struct Style {
    columns: Vec<&'static str>,
    shouting: bool,
    mark: bool,
    line_end: &'static str,
    quote_all: bool,
    packed: bool,
    batch_rows: usize,
}

fn some_style() -> impl Strategy<Value = Style> {
    let optional: Vec<&str> = ["Id", "Accepts Marketing"]
        .into_iter()
        .chain(TEXTS)
        .chain(TIMES)
        .chain(AMOUNTS)
        .chain(OPTIONAL_OF_ITEMS)
        .chain(NOT_READ)
        .collect();
    let kept = optional.len() / 2..=optional.len();
    let columns = prop::sample::subsequence(optional, kept).prop_flat_map(|mut columns| {
        columns.extend(REQUIRED);
        Just(columns).prop_shuffle()
    });
    let line_end = prop::sample::select(vec!["\n", "\r\n", "\r", "\n\n"]);
    (columns, any::<bool>(), any::<bool>(), line_end, any::<bool>(), any::<bool>(), 1..20_usize).prop_map(
        |(columns, shouting, mark, line_end, quote_all, packed, batch_rows)| Style {
            columns,
            shouting,
            mark,
            line_end,
            quote_all,
            packed,
            batch_rows,
        },
    )
}

fn write_amount((raw, zeros): Amount) -> String {
    let sign = if raw < 0 { "-" } else { "" };
    let digits = format!("{:05}", raw.abs());
    let (whole, fraction) = digits.split_at(digits.len() - 4);
    let fraction = format!("{}{}", fraction.trim_end_matches('0'), "0".repeat(zeros));
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn write_instant((seconds, minutes_east, form): Instant) -> String {
    let zone = FixedOffset::east_opt(minutes_east * 60).unwrap();
    let local = DateTime::from_timestamp(seconds, 0).unwrap().with_timezone(&zone);
    match form {
        0 => local.format("%Y-%m-%d %H:%M:%S %z").to_string(),
        1 => local.to_rfc3339(),
        _ => local.naive_utc().format("%Y-%m-%d %H:%M:%S UTC").to_string(),
    }
}

fn name_of(place: usize) -> String {
    format!("#{}", 1001 + place)
}

fn id_of(place: usize) -> String {
    (5_000_000_000_000_u64 + 7 * place as u64).to_string()
}

fn order_cell(order: &Order, place: usize, column: &str) -> String {
    let amount = |amount: &Option<Amount>| amount.map(write_amount).unwrap_or_default();
    match column {
        "Name" => name_of(place),
        "Id" => id_of(place),
        "Created at" => write_instant(order.created),
        "Currency" => ["USD", "inr", "GBP"][place % 3].to_owned(),
        "Total" => write_amount(order.total),
        "Accepts Marketing" => order.accepts_marketing.map_or("", |yes| if yes { "yes" } else { "No" }).to_owned(),
        _ => order
            .texts
            .get(column)
            .cloned()
            .or_else(|| order.times.get(column).map(|time| time.map(write_instant).unwrap_or_default()))
            .or_else(|| order.amounts.get(column).map(amount))
            .unwrap_or_default(),
    }
}

fn item_cell(item: &Item, column: &str) -> Option<String> {
    Some(match column {
        "Lineitem quantity" => item.quantity.to_string(),
        "Lineitem name" => item.product.clone(),
        "Lineitem price" => write_amount(item.price),
        "Lineitem sku" => item.sku.clone(),
        "Vendor" => item.vendor.clone(),
        "Lineitem discount" => item.discount.map(write_amount).unwrap_or_default(),
        "Notes" => "called, \"twice\"\nby phone".to_owned(),
        _ => return None,
    })
}

fn write_file(orders: &[Order], style: &Style) -> Vec<u8> {
    let titles = style
        .columns
        .iter()
        .map(|title| if style.shouting { format!(" {} ", title.to_uppercase()) } else { (*title).to_owned() });
    let mut lines = vec![titles.collect::<Vec<_>>()];
    for (place, order) in orders.iter().enumerate() {
        for line in 0..order.items.len().max(1) {
            let cell = |column: &&str| {
                if let Some(cell) = order.items.get(line).and_then(|item| item_cell(item, column)) {
                    return cell;
                }
                let every_line = ["Name", "Email", "Created at"].contains(column);
                if line == 0 || every_line { order_cell(order, place, column) } else { String::new() }
            };
            lines.push(style.columns.iter().map(cell).collect());
        }
    }
    let quoted = |cell: String| {
        if style.quote_all || cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    };
    let mut text = if style.mark { "\u{feff}".to_owned() } else { String::new() };
    for line in lines {
        text.push_str(&line.into_iter().map(quoted).collect::<Vec<_>>().join(","));
        text.push_str(style.line_end);
    }
    if style.packed { gzip(text.as_bytes()) } else { text.into_bytes() }
}

fn row<const N: usize>(cells: [(&str, Option<String>); N]) -> Row {
    cells.into_iter().map(|(column, cell)| (column.to_owned(), cell)).collect()
}

/// What a refund adds to a version: its hundredths, begun ones too; beyond 5,000.00 a part of what is left to a million that
/// grows ever slower, half of it at 105,000.00.
fn refund_rank(refunded: i64) -> i64 {
    let hundredths = i128::from(refunded.div_euclid(100)) + i128::from(refunded.rem_euclid(100) > 0);
    let (beyond, half_at) = ((hundredths - 500_000).max(0), 10_000_000);
    i64::try_from(hundredths.min(500_000) + 499_999 * beyond / (half_at + beyond)).unwrap()
}

/// Shares a discount among amounts one smallest unit after the other, each to the line that lacks most of its exact share.
fn shares(discount: i64, amounts: &[i64], written: impl Iterator<Item = String>) -> Vec<i64> {
    let decimals = written.filter_map(|text| Some(text.split_once('.')?.1.len())).max().unwrap_or(0);
    let unit = [10_000, 100, 100, 10, 1][decimals.min(4)];
    let positive: Vec<i128> = amounts.iter().map(|amount| i128::from(*amount).max(0)).collect();
    let all: i128 = positive.iter().sum();
    let discount = i128::from(discount).clamp(0, all);
    // Whole units that certainly are everyone's first, so that few are left to hand out.
    let mut shares: Vec<i128> =
        positive.iter().map(|amount| if all == 0 { 0 } else { discount * amount / all / unit * unit }).collect();
    while shares.iter().sum::<i128>() < discount {
        let lacks = |line: usize| discount * positive[line] - shares[line] * all;
        let most = (0..shares.len()).map(lacks).max().unwrap();
        let next = (0..shares.len()).find(|line| lacks(*line) == most).unwrap();
        shares[next] += unit;
    }
    shares.into_iter().map(|share| i64::try_from(share).unwrap()).collect()
}

/// The rows that the orders should become, by dataset.
fn expected(orders: &[Order], style: &Style) -> BTreeMap<&'static str, Vec<Row>> {
    let has = |column: &str| style.columns.contains(&column);
    let mut rows: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for (place, order) in orders.iter().enumerate() {
        let text =
            |column: &str| Some(order.texts[column].trim().to_owned()).filter(|text| has(column) && !text.is_empty());
        let time = |column: &str| order.times[column].filter(|_| has(column)).map(|(seconds, ..)| seconds * 1_000_000);
        let amount = |column: &str| order.amounts[column].filter(|_| has(column)).map(|(raw, _)| raw);
        let line_discount = |item: &Item| item.discount.filter(|_| has("Lineitem discount")).map_or(0, |(raw, _)| raw);
        let created = order.created.0 * 1_000_000;
        let latest = ["Paid at", "Cancelled at"].into_iter().filter_map(time).fold(created, i64::max);
        let version = latest + refund_rank(amount("Refunded Amount").unwrap_or(0));
        let email = text("Email").map(|email| email.to_lowercase());
        let customer = email.as_ref().map(|email| {
            let hash: String = Sha256::digest(email.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            hash[..32].to_owned()
        });
        let country = text("Shipping Country").or(text("Billing Country"));
        let (city, province) = if text("Shipping City").or(text("Shipping Province")).is_some() {
            (text("Shipping City"), text("Shipping Province"))
        } else if text("Billing Country") == country {
            (text("Billing City"), text("Billing Province"))
        } else {
            (None, None)
        };
        let context = row([
            ("order_id", Some(if has("Id") { id_of(place) } else { format!("name:{}", name_of(place)) })),
            ("row_version", Some(version.to_string())),
            ("created_at", Some(created.to_string())),
            ("currency", Some(["USD", "INR", "GBP"][place % 3].to_owned())),
            ("customer_id", customer.clone()),
            ("channel", text("Source")),
            ("country", country.clone()),
            ("province", province.clone()),
            ("discount_code", text("Discount Code")),
            ("financial_status", text("Financial Status")),
            ("is_test", Some(text("Payment Method").is_some_and(|method| method.contains("Bogus")).to_string())),
            ("cancelled_at", time("Cancelled at").map(|micros| micros.to_string())),
        ]);
        let gross: i64 = order.items.iter().map(|item| i64::from(item.quantity) * item.price.0).sum();
        let discount = amount("Discount Amount").unwrap_or_else(|| order.items.iter().map(line_discount).sum());
        let number = |number: i64| Some(number.to_string());
        let mut whole = row([
            ("order_name", Some(name_of(place))),
            ("paid_at", time("Paid at").map(|micros| micros.to_string())),
            ("fulfilled_at", time("Fulfilled at").map(|micros| micros.to_string())),
            ("fulfillment_status", text("Fulfillment Status")),
            ("payment_method", text("Payment Method")),
            ("shipping_method", text("Shipping Method")),
            ("city", city.clone()),
            ("location", text("Location")),
            ("tags", text("Tags")),
            ("risk_level", text("Risk Level")),
            (
                "accepts_marketing",
                order.accepts_marketing.filter(|_| has("Accepts Marketing")).map(|yes| yes.to_string()),
            ),
            ("units", number(order.items.iter().map(|item| i64::from(item.quantity)).sum())),
            ("lines", number(order.items.len() as i64)),
            ("subtotal", number(amount("Subtotal").unwrap_or(gross - discount))),
            ("discount", number(discount)),
            ("shipping", number(amount("Shipping").unwrap_or(0))),
            ("tax", number(amount("Taxes").unwrap_or(0))),
            ("total", number(order.total.0)),
            ("refunded", number(amount("Refunded Amount").unwrap_or(0))),
            ("outstanding", amount("Outstanding Balance").map(|raw| raw.to_string())),
        ]);
        whole.extend(context.clone());
        rows.entry("orders").or_default().push(whole);

        let amounts: Vec<i64> =
            order.items.iter().map(|item| i64::from(item.quantity) * item.price.0 - line_discount(item)).collect();
        let to_share = match (amount("Subtotal"), amount("Discount Amount")) {
            (Some(subtotal), _) => amounts.iter().sum::<i64>() - subtotal,
            (None, Some(discount)) => discount - order.items.iter().map(line_discount).sum::<i64>(),
            (None, None) => 0,
        };
        let written = [("Subtotal", order.amounts["Subtotal"]), ("Discount Amount", order.amounts["Discount Amount"])]
            .into_iter()
            .filter(|(column, _)| has(column))
            .filter_map(|(_, amount)| amount)
            .chain([order.total])
            .chain(order.items.iter().map(|item| item.price))
            .chain(order.items.iter().filter_map(|item| item.discount.filter(|_| has("Lineitem discount"))));
        let shares = shares(to_share, &amounts, written.map(write_amount));
        for (line, (item, share)) in order.items.iter().zip(shares).enumerate() {
            let optional =
                |column: &str, text: &str| Some(text.trim().to_owned()).filter(|text| has(column) && !text.is_empty());
            let sku = optional("Lineitem sku", &item.sku);
            let mut sold = row([
                ("line", number(line as i64 + 1)),
                ("product_id", Some(sku.as_ref().map_or(format!("name:{}", item.product), |sku| format!("sku:{sku}")))),
                ("product", Some(item.product.clone())),
                ("variant", sku.clone()),
                ("sku", sku),
                ("vendor", optional("Vendor", &item.vendor)),
                ("quantity", number(i64::from(item.quantity))),
                ("unit_price", number(item.price.0)),
                ("discount", number(line_discount(item) + share)),
                ("amount", number(amounts[line] - share)),
                ("gross", number(i64::from(item.quantity) * item.price.0)),
            ]);
            sold.extend(context.clone());
            let product = ["product_id", "product", "variant", "sku", "vendor", "unit_price", "currency"];
            let mut product: Row =
                product.into_iter().map(|column| (column.to_owned(), sold[column].clone())).collect();
            product.extend(row([("row_version", number(created)), ("seen_at", number(created))]));
            rows.entry("products").or_default().push(product);
            rows.entry("order_items").or_default().push(sold);
        }
        if let Some(refunded) = amount("Refunded Amount").filter(|raw| *raw > 0) {
            let mut refund = row([
                ("refund_id", Some("refund".to_owned())),
                ("refunded_at", time("Refunded at").map(|micros| micros.to_string())),
                ("amount", number(refunded)),
            ]);
            refund.extend(context.clone());
            rows.entry("refunds").or_default().push(refund);
        }
        if customer.is_some() {
            rows.entry("customers").or_default().push(row([
                ("customer_id", customer),
                ("row_version", number(created)),
                ("seen_at", number(created)),
                ("email", email),
                ("name", text("Billing Name").or(text("Shipping Name"))),
                (
                    "accepts_marketing",
                    order.accepts_marketing.filter(|_| has("Accepts Marketing")).map(|yes| yes.to_string()),
                ),
                ("city", city),
                ("province", province),
                ("country", country),
            ]));
        }
    }
    // Files tell nothing of what datasets have for other sources.
    for (name, rows) in &mut rows {
        for field in aloftly_engine::dataset::find(name).unwrap().schema.fields() {
            rows.iter_mut().for_each(|row| {
                row.entry(field.name().clone()).or_default();
            });
        }
    }
    rows
}

fn latest(rows: &[Row], entity: &str) -> BTreeMap<String, Row> {
    let mut held: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows {
        let version = |row: &Row| row["row_version"].clone().unwrap().parse::<i64>().unwrap();
        let id = row[entity].clone().unwrap();
        if held.get(&id).is_none_or(|held| version(held) <= version(row)) {
            held.insert(id, row.clone());
        }
    }
    held
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_orders_written_in_any_way_are_read_as_they_were(
        orders in prop::collection::vec(some_order(), 0..8),
        style in some_style(),
    ) {
        let file = write_file(&orders, &style);
        let expected = expected(&orders, &style);
        let (kept, summary) = import_orders(&file, style.batch_rows).unwrap();
        let rows_of = |dataset: &str| expected.get(dataset).map_or(&[][..], Vec::as_slice);
        for dataset in ["orders", "order_items", "refunds"] {
            prop_assert_eq!(kept.of(dataset), rows_of(dataset), "{}", dataset);
        }
        for (dataset, entity) in [("customers", "customer_id"), ("products", "product_id")] {
            prop_assert_eq!(kept.latest(dataset, entity), latest(rows_of(dataset), entity), "{}", dataset);
        }
        let lines: usize = orders.iter().map(|order| order.items.len().max(1)).sum();
        prop_assert_eq!((summary.rows, summary.bytes), (lines as u64, file.len() as u64));
        let unknown: &[&str] = if style.columns.contains(&"Shoe size") { &["Shoe size"] } else { &[] };
        let ignored: Vec<String> = summary.ignored_columns.iter().map(|title| title.to_lowercase()).collect();
        prop_assert_eq!(ignored, unknown.iter().map(|title| title.to_lowercase()).collect::<Vec<_>>());
    }
}
