//! Real orders files, against a computation over the text that shares no code with the importer.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::PathBuf;

use crate::support::{Kept, import_orders, number, sum, text};

/// The folder of the data: beside the workspace, or in `ALOFTLY_SHARED`. Where it is absent the tests say so and pass,
/// but not in CI.
fn file(store: &str) -> Option<Vec<u8>> {
    // Tests run in their package's folder.
    let shared = PathBuf::from(std::env::var_os("ALOFTLY_SHARED").unwrap_or_else(|| "../../shared".into()));
    let path = shared.join(format!("data/retail/orders_export_store_{store}.csv.gz"));
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("SKIPPED: {}: {error}; set ALOFTLY_SHARED to the folder that has it", path.display());
            None
        }
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// What the file says, counted line by line: amounts in cents.
#[derive(Debug, Default, PartialEq, Eq)]
struct Naive {
    orders: usize,
    lines: usize,
    units: i64,
    total: i64,
    discount: i64,
    item_amount: i64,
    customers: BTreeSet<String>,
    /// Units and amount by product.
    products: BTreeMap<String, (i64, i64)>,
    /// Orders and total by the first ten characters of `Created at`.
    days: BTreeMap<String, (i64, i64)>,
}

fn naive(packed: &[u8]) -> Naive {
    let mut plain = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut plain).unwrap();
    let mut reader = csv::Reader::from_reader(plain.as_bytes());
    let titles = reader.headers().unwrap().clone();
    let place = |title: &str| titles.iter().position(|other| other == title).unwrap();
    let [email, created, total, discount, quantity, product, price, line_discount, sku] = [
        "Email",
        "Created at",
        "Total",
        "Discount Amount",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Lineitem discount",
        "Lineitem sku",
    ]
    .map(place);
    let cents = |text: &str| -> i64 {
        let (whole, fraction) = text.split_once('.').unwrap();
        assert_eq!(fraction.len(), 2);
        format!("{whole}{fraction}").parse().unwrap()
    };
    let mut naive = Naive::default();
    for record in reader.records() {
        let record = record.unwrap();
        let pieces: i64 = record[quantity].parse().unwrap();
        let amount = pieces * cents(&record[price]) - cents(&record[line_discount]);
        naive.lines += 1;
        naive.units += pieces;
        naive.item_amount += amount;
        let sold = naive.products.entry(format!("{}|{}", &record[sku], &record[product])).or_default();
        *sold = (sold.0 + pieces, sold.1 + amount);
        if !record[total].is_empty() {
            naive.orders += 1;
            naive.total += cents(&record[total]);
            naive.discount += cents(&record[discount]);
            naive.customers.insert(record[email].to_owned());
            let day = naive.days.entry(record[created][..10].to_owned()).or_default();
            *day = (day.0 + 1, day.1 + cents(&record[total]));
        }
    }
    naive
}

/// The same from the rows that the importer pushed.
fn counted(kept: &Kept) -> Naive {
    let cents = |raw: i128| i64::try_from(raw).unwrap() / 100;
    let (orders, items) = (kept.of("orders"), kept.of("order_items"));
    let mut counted = Naive {
        orders: orders.len(),
        lines: items.len(),
        units: i64::try_from(sum(items, "quantity")).unwrap(),
        total: cents(sum(orders, "total")),
        discount: cents(sum(orders, "discount")),
        item_amount: cents(sum(items, "amount")),
        customers: kept.latest("customers", "customer_id").values().map(|row| text(row, "email").to_owned()).collect(),
        ..Naive::default()
    };
    for row in items {
        let sold = counted.products.entry(format!("{}|{}", text(row, "sku"), text(row, "product"))).or_default();
        let units = i64::try_from(number(row, "quantity")).unwrap();
        *sold = (sold.0 + units, sold.1 + cents(number(row, "amount")));
    }
    for row in orders {
        let micros = i64::try_from(number(row, "created_at")).unwrap();
        let zone = chrono_tz::America::New_York;
        let local = chrono::DateTime::from_timestamp_micros(micros).unwrap().with_timezone(&zone);
        let day = counted.days.entry(local.format("%Y-%m-%d").to_string()).or_default();
        *day = (day.0 + 1, day.1 + cents(number(row, "total")));
    }
    counted
}

fn check(store: &str, orders: usize, lines: usize, total_cents: i64) {
    let Some(packed) = file(store) else { return };
    let (kept, summary) = import_orders(&packed, 8_192).unwrap();
    let counted = counted(&kept);
    assert_eq!((counted.orders, counted.lines, counted.total), (orders, lines, total_cents));
    assert_eq!(counted, naive(&packed));
    assert_eq!((summary.rows, summary.bytes), (lines as u64, packed.len() as u64));
    assert_eq!(summary.ignored_columns, [""; 0]);
    assert_eq!(summary.currencies.iter().collect::<Vec<_>>(), ["USD"]);
    assert_eq!(sum(kept.of("orders"), "units"), sum(kept.of("order_items"), "quantity"));
    assert_eq!(sum(kept.of("orders"), "lines"), lines as i128);
    assert!(kept.largest_batch < 2 * 8_192, "{}", kept.largest_batch);
}

#[test]
fn store_367_adds_up_to_the_cent() {
    check("367", 4_194, 41_334, 14_816_967);
}

#[test]
fn store_406_adds_up_to_the_cent() {
    check("406", 3_037, 32_602, 12_090_439);
}

#[test]
fn store_356_adds_up_to_the_cent() {
    check("356", 2_289, 27_910, 7_887_410);
}
