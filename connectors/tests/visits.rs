//! Visits to the sites of made-up businesses: they agree with one another and with the orders of the same days.

use std::collections::BTreeMap;

use aloftly_connectors::demo::{Business, DemoStore, Options, visits_mapping, write_orders_csv, write_visits_csv};
use aloftly_connectors::events_file::{self, import_csv};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::support::{Kept, Row, number, text};

const NOW: &str = "2026-11-21T12:00:00Z";

fn options() -> Options {
    Options { days: 40, ..Options::default() }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The three stores, and one that sells in another currency on the other side of the earth.
fn businesses() -> Vec<(Business, Tz, &'static str)> {
    let stores = DemoStore::ALL.map(|store| (Business::from(store), store.timezone(), store.currency()));
    let abroad = (Business::selling_in("JPY", Tz::Asia__Tokyo), Tz::Asia__Tokyo, "JPY");
    stores.into_iter().chain([abroad]).collect()
}

fn written(business: &Business, now: &str) -> Vec<u8> {
    let mut file = Vec::new();
    write_visits_csv(business.clone(), &options(), instant(now), &mut file).unwrap();
    file
}

fn imported(business: &Business, zone: Tz) -> Kept {
    let mut kept = Kept::default();
    let how = events_file::Options::new(instant(NOW));
    let file = written(business, NOW);
    let summary = import_csv(&file[..], &visits_mapping(zone), &how, &mut kept, &mut |_| {}).unwrap();
    assert_eq!(summary.ignored_columns, [""; 0]);
    kept
}

fn day(row: &Row, zone: Tz) -> NaiveDate {
    let micros = i64::try_from(number(row, "recorded_at")).unwrap();
    DateTime::from_timestamp_micros(micros).unwrap().with_timezone(&zone).date_naive()
}

/// The values of a metric, in millionths, added up by day.
fn by_day(kept: &Kept, zone: Tz, metric: &str) -> BTreeMap<NaiveDate, i128> {
    let mut days = BTreeMap::new();
    for row in kept.of("metric_events").iter().filter(|row| text(row, "metric_name") == metric) {
        *days.entry(day(row, zone)).or_default() += number(row, "metric_value");
    }
    days.retain(|_, value| *value != 0);
    days
}

/// What a business sold on its site, by the day that its file says: orders and cents.
fn sold_on_site(business: &Business) -> BTreeMap<NaiveDate, (i128, i128)> {
    let mut file = Vec::new();
    write_orders_csv(business.clone(), &options(), instant(NOW), &mut file).unwrap();
    let mut days: BTreeMap<NaiveDate, (i128, i128)> = BTreeMap::new();
    let mut table = csv::Reader::from_reader(&file[..]);
    let titles = table.headers().unwrap().clone();
    let place = |title: &str| titles.iter().position(|known| known == title).unwrap();
    let (source, total, payment, created) =
        (place("Source"), place("Total"), place("Payment Method"), place("Created at"));
    for row in table.records().map(Result::unwrap) {
        // Only an order's first line says where it was placed.
        if &row[source] == "web" && &row[payment] != "Bogus Gateway" {
            let sold = days.entry(row[created][..10].parse().unwrap()).or_default();
            sold.0 += 1;
            sold.1 += row[total].replace('.', "").parse::<i128>().unwrap();
        }
    }
    days
}

#[test]
fn who_buys_on_the_site_has_placed_an_order_there_that_day() {
    for (business, zone, currency) in businesses() {
        let kept = imported(&business, zone);
        let sold = sold_on_site(&business);
        let (purchases, revenue) = (by_day(&kept, zone, "purchases"), by_day(&kept, zone, "purchase_revenue"));
        for (day, purchases) in &purchases {
            let (orders, cents) = sold[day];
            assert!(*purchases <= orders * 1_000_000, "{currency} {day}: {purchases} of {orders}");
            assert!(revenue[day] <= cents * 10_000, "{currency} {day}: {} of {cents}", revenue[day]);
        }
        let seen: i128 = purchases.values().sum();
        let orders: i128 = sold.values().map(|(orders, _)| orders).sum();
        assert!(seen * 100 > orders * 85 * 1_000_000 && seen < orders * 1_000_000, "{currency}: {seen} of {orders}");
        let with_currency = kept.of("metric_events").iter().filter(|row| row["currency"].is_some());
        for row in with_currency {
            assert_eq!(text(row, "currency"), currency);
            assert!(text(row, "metric_name").starts_with("purchase_revenue"), "{row:?}");
        }
    }
}

#[test]
fn every_cut_adds_up_to_the_day() {
    let traffic = ["sessions", "engaged_sessions", "engagement_seconds", "page_views", "key_events"];
    let commerce = ["new_users", "add_to_carts", "checkouts", "purchases", "purchase_revenue"];
    for (business, zone, currency) in businesses() {
        let kept = imported(&business, zone);
        for metric in traffic.into_iter().chain(commerce) {
            let days = by_day(&kept, zone, metric);
            assert!(days.len() >= 39, "{currency}: only {} days with {metric}", days.len());
            for cut in ["source", "device"] {
                assert_eq!(by_day(&kept, zone, &format!("{metric}_by_{cut}")), days, "{currency}: {metric} by {cut}");
            }
        }
        for metric in traffic {
            let (days, pages) = (by_day(&kept, zone, metric), by_day(&kept, zone, &format!("{metric}_by_page")));
            assert_eq!(pages, days, "{currency}: {metric} by page");
        }
    }
}

#[test]
fn of_those_who_come_fewer_put_something_in_a_cart_and_fewer_still_buy() {
    for (business, zone, currency) in businesses() {
        let kept = imported(&business, zone);
        let of = |metric: &str| by_day(&kept, zone, metric).values().sum::<i128>();
        let steps = ["page_views", "sessions", "users", "new_users"].map(of);
        assert!(steps.is_sorted_by(|more, less| more > less), "{currency}: {steps:?}");
        let steps = ["sessions", "add_to_carts", "checkouts", "purchases"].map(of);
        assert!(steps.is_sorted_by(|more, less| more > less), "{currency}: {steps:?}");
        let items = ["items_added_to_cart", "items_checked_out", "items_purchased"].map(of);
        assert!(items.is_sorted_by(|more, less| more > less), "{currency}: {items:?}");
        let permille = of("purchases") * 1_000 / of("sessions");
        assert!((12..40).contains(&permille), "{currency}: {permille} of a thousand sessions buy");
    }
}

#[test]
fn a_later_file_says_the_same_of_days_that_were_over() {
    for (business, zone, currency) in businesses() {
        let lines = |now: &str| {
            let file = String::from_utf8(written(&business, now)).unwrap();
            file.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(NOW), lines(NOW));
        let (early, late) = (lines("2026-11-19T07:30:00Z"), lines(NOW));
        let today = instant("2026-11-19T07:30:00Z").with_timezone(&zone).date_naive().to_string();
        let first = late[1].split(',').next().unwrap().to_owned();
        let of = |lines: &[String]| {
            let kept = lines.iter().skip(1).filter(|line| **line >= first && **line < today);
            kept.cloned().collect::<Vec<_>>()
        };
        assert!(of(&early).len() > 5_000, "{currency}: {}", of(&early).len());
        assert_eq!(of(&early), of(&late), "{currency}");
    }
}
