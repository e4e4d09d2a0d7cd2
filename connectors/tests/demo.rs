//! The demo stores: the same every time, consistent to the cent, and worth looking at.

use std::collections::{BTreeMap, BTreeSet};

use aloftly_connectors::demo::{
    Business, DemoStore, Incident, IncidentKind, Options, incidents, write_orders_csv, write_rates_csv,
};
use aloftly_connectors::rates_file;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::support::{Kept, Row, import_orders, number, sum, text};

const NOW: &str = "2026-11-21T12:00:00Z";

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn written(store: DemoStore, options: &Options, now: &str) -> Vec<u8> {
    let mut file = Vec::new();
    write_orders_csv(store, options, instant(now), &mut file).unwrap();
    file
}

fn imported(store: DemoStore, now: &str) -> Kept {
    import_orders(&written(store, &Options::default(), now), 8_192).unwrap().0
}

fn micros(row: &Row, column: &str) -> i64 {
    i64::try_from(number(row, column)).unwrap()
}

fn day(store: DemoStore, row: &Row) -> NaiveDate {
    let instant = DateTime::from_timestamp_micros(micros(row, "created_at")).unwrap();
    instant.with_timezone(&store.timezone()).date_naive()
}

fn orders_by_day(store: DemoStore, kept: &Kept) -> BTreeMap<NaiveDate, u32> {
    let mut days = BTreeMap::new();
    for row in kept.of("orders") {
        *days.entry(day(store, row)).or_default() += 1;
    }
    days
}

fn happened(store: DemoStore, wanted: fn(&IncidentKind) -> bool) -> Vec<Incident> {
    let (first, last) = ("2025-10-18".parse().unwrap(), "2026-11-20".parse().unwrap());
    incidents(store, Options::default().seed, first, last).into_iter().filter(|known| wanted(&known.kind)).collect()
}

#[test]
fn a_file_depends_on_store_options_and_instant_only() {
    for store in DemoStore::ALL {
        let options = Options::default();
        let file = written(store, &options, NOW);
        assert!(file == written(store, &options, NOW), "{store:?} differs when written again");
        assert!(file != written(store, &Options { seed: 2, ..options }, NOW), "{store:?} does not heed the seed");
    }
}

#[test]
fn a_later_file_has_the_same_orders_with_what_happened_to_them_since() {
    for store in DemoStore::ALL {
        let (early, late) = (imported(store, "2026-11-07T09:30:00Z"), imported(store, NOW));
        let later: BTreeMap<&str, &Row> = late.of("orders").iter().map(|row| (text(row, "order_id"), row)).collect();
        let first_day = day(store, &late.of("orders")[0]);
        let (mut same, mut changed) = (0, 0);
        for row in early.of("orders").iter().filter(|row| day(store, row) >= first_day) {
            let now = later[text(row, "order_id")];
            for column in ["order_name", "created_at", "subtotal", "total", "units", "customer_id", "channel"] {
                assert_eq!(row[column], now[column], "{store:?} {column}");
            }
            assert!(number(row, "row_version") <= number(now, "row_version"));
            if row == now { same += 1 } else { changed += 1 }
        }
        assert!(same > 10_000 && changed > 30, "{store:?}: {same} same, {changed} changed");
    }
}

#[test]
fn nothing_has_happened_after_the_instant_that_the_file_is_written_for() {
    let now = instant(NOW).timestamp_micros();
    for store in DemoStore::ALL {
        let kept = imported(store, NOW);
        assert!(kept.of("orders").iter().all(|row| micros(row, "row_version") <= now));
        let days = orders_by_day(store, &kept);
        let today = instant(NOW).with_timezone(&store.timezone()).date_naive();
        assert_eq!(days.keys().last(), Some(&today), "{store:?}");
        assert_eq!(days.keys().next(), Some(&(today - Days::new(399))), "{store:?}");
        assert_eq!(days.len(), 400, "{store:?}");
    }
}

#[test]
fn every_order_adds_up_to_the_cent() {
    for store in DemoStore::ALL {
        let (kept, summary) = import_orders(&written(store, &Options::default(), NOW), 1_000).unwrap();
        assert_eq!(summary.ignored_columns, [""; 0]);
        assert_eq!(summary.currencies.iter().collect::<Vec<_>>(), [store.currency()]);
        let mut items: BTreeMap<&str, (i128, i128, i128)> = BTreeMap::new();
        for row in kept.of("order_items") {
            let sums = items.entry(text(row, "order_id")).or_default();
            sums.0 += number(row, "amount");
            sums.1 += number(row, "discount");
            sums.2 += number(row, "quantity");
            assert_eq!(
                number(row, "amount"),
                number(row, "quantity") * number(row, "unit_price") - number(row, "discount")
            );
        }
        for row in kept.of("orders") {
            let name = text(row, "order_name");
            let stated = (number(row, "subtotal"), number(row, "discount"), number(row, "units"));
            assert_eq!(items[text(row, "order_id")], stated, "{store:?} {name}");
            assert_eq!(number(row, "subtotal") + number(row, "shipping") + number(row, "tax"), number(row, "total"));
            assert!(number(row, "refunded") <= number(row, "total"), "{store:?} {name}");
            assert!(number(row, "total") > 0, "{store:?} {name}");
            assert_eq!(number(row, "discount") > 0, row["discount_code"].is_some(), "{store:?} {name}");
        }
        assert_eq!(sum(kept.of("refunds"), "amount"), sum(kept.of("orders"), "refunded"));
    }
}

#[test]
fn a_day_has_some_dozens_of_orders_more_at_weekends_and_in_the_season() {
    for (store, strong, weak) in [(DemoStore::NewYork, 12, 2), (DemoStore::Kolkata, 10, 7), (DemoStore::London, 12, 2)]
    {
        let mut days = orders_by_day(store, &imported(store, NOW));
        days.pop_last();
        let usual = days.values().filter(|orders| (18..=75).contains(*orders)).count();
        assert!(usual > 370, "{store:?}: only {usual} usual days");
        let mean_of = |wanted: &dyn Fn(&NaiveDate) -> bool| {
            let wanted: Vec<u32> = days.iter().filter(|(day, _)| wanted(day)).map(|(_, orders)| *orders).collect();
            wanted.iter().sum::<u32>() * 100 / u32::try_from(wanted.len()).unwrap()
        };
        let mean = mean_of(&|_| true);
        assert!((2_800..5_500).contains(&mean), "{store:?}: {mean} hundredths of an order a day");
        let (saturday, tuesday) = (
            mean_of(&|day| day.weekday().num_days_from_monday() == 5),
            mean_of(&|day| day.weekday().num_days_from_monday() == 1),
        );
        assert!(saturday * 100 > tuesday * 110, "{store:?}: {saturday} on Saturdays, {tuesday} on Tuesdays");
        let (high, low) = (mean_of(&|day| day.month() == strong), mean_of(&|day| day.month() == weak));
        assert!(high * 100 > low * 120, "{store:?}: {high} in month {strong}, {low} in month {weak}");
    }
}

#[test]
fn a_best_seller_out_of_stock_is_not_sold() {
    for store in DemoStore::ALL {
        let kept = imported(store, NOW);
        let stock_outs = happened(store, |kind| matches!(kind, IncidentKind::StockOut { .. }));
        assert!(stock_outs.len() >= 4, "{stock_outs:?}");
        for Incident { kind, first_day, last_day } in stock_outs {
            let IncidentKind::StockOut { product } = kind else { unreachable!() };
            let sold = |from: NaiveDate, to: NaiveDate| {
                let of_product = kept.of("order_items").iter().filter(|row| text(row, "product") == product);
                of_product.filter(|row| (from..=to).contains(&day(store, row))).count()
            };
            assert_eq!(sold(first_day, last_day), 0, "{store:?} {product}");
            assert!(sold(last_day + Days::new(1), last_day + Days::new(7)) > 10, "{store:?} {product} after");
        }
    }
}

#[test]
fn a_bad_day_is_seen() {
    for store in DemoStore::ALL {
        let days = orders_by_day(store, &imported(store, NOW));
        for bad in happened(store, |kind| *kind == IncidentKind::BadDay) {
            let week_before = days[&(bad.first_day - Days::new(7))];
            assert!(days[&bad.first_day] * 3 < week_before, "{store:?} {}: {}", bad.first_day, days[&bad.first_day]);
        }
    }
}

#[test]
fn trade_has_what_real_trade_has() {
    for store in DemoStore::ALL {
        let kept = imported(store, NOW);
        let orders = kept.of("orders");
        let share =
            |wanted: &dyn Fn(&Row) -> bool| orders.iter().filter(|row| wanted(row)).count() * 1_000 / orders.len();
        let within = |what: &str, permille: usize, range: std::ops::Range<usize>| {
            assert!(range.contains(&permille), "{store:?}: {permille} of a thousand orders {what}");
        };
        within("have a customer", share(&|row| row["customer_id"].is_some()), 850..980);
        within("have a discount code", share(&|row| row["discount_code"].is_some()), 80..350);
        within("are cancelled", share(&|row| row["cancelled_at"].is_some()), 5..40);
        within("have a refund", share(&|row| number(row, "refunded") > 0), 30..100);
        within("are tests", share(&|row| text(row, "is_test") == "true"), 1..6);
        within("are from abroad", share(&|row| row["country"] != orders[0]["country"]), 20..400);
        let mut customers = BTreeSet::new();
        let again = orders.iter().filter(|row| row["customer_id"].as_ref().is_some_and(|id| !customers.insert(id)));
        within("come from customers of this file who come back", again.count() * 1_000 / orders.len(), 200..600);
        let values = |column: &str| orders.iter().filter_map(|row| row[column].clone()).collect::<BTreeSet<String>>();
        assert!(values("channel").len() >= 4 && values("country").len() >= 4, "{store:?}");
        for status in ["paid", "partially_refunded", "refunded", "voided"] {
            assert!(values("financial_status").contains(status), "{store:?} has no order that is {status}");
        }
        assert!(kept.latest("products", "product_id").len() >= 20, "{store:?}");
        let late = kept.of("refunds").iter().filter(|row| {
            row["refunded_at"].is_some() && micros(row, "refunded_at") - micros(row, "created_at") > 3 * 86_400_000_000
        });
        assert!(late.count() * 10 > kept.of("refunds").len() * 6, "{store:?}: refunds come at once");
    }
}

#[test]
fn a_file_has_about_the_size_that_is_asked_for() {
    for bytes in [8 << 20, 16 << 20] {
        for store in DemoStore::ALL {
            let size = written(store, &Options::of_size(bytes), NOW).len() as u64;
            assert!((bytes * 8 / 10..bytes * 12 / 10).contains(&size), "{store:?}: {size} instead of {bytes}");
        }
    }
}

#[test]
fn a_business_in_another_place_has_its_currency_its_days_and_prices_that_are_usual_there() {
    let tokyo = Tz::Asia__Tokyo;
    let business = Business::selling_in("JPY", tokyo);
    let mut file = Vec::new();
    let options = Options { days: 60, ..Options::default() };
    write_orders_csv(business, &options, instant(NOW), &mut file).unwrap();
    let (kept, summary) = import_orders(&file, 8_192).unwrap();
    assert_eq!(summary.currencies.iter().collect::<Vec<_>>(), ["JPY"]);
    let mut days = BTreeSet::new();
    for row in kept.of("orders") {
        let name = text(row, "order_name");
        // There is nothing smaller than a yen.
        for column in ["subtotal", "shipping", "tax", "total", "discount", "refunded"] {
            assert_eq!(number(row, column) % 10_000, 0, "{name} {column}");
        }
        assert_eq!(number(row, "subtotal") + number(row, "shipping") + number(row, "tax"), number(row, "total"));
        let at = DateTime::from_timestamp_micros(micros(row, "created_at")).unwrap();
        days.insert(at.with_timezone(&tokyo).date_naive());
    }
    let today = instant(NOW).with_timezone(&tokyo).date_naive();
    assert_eq!((days.first(), days.last(), days.len()), (Some(&(today - Days::new(59))), Some(&today), 60));
    let mean = sum(kept.of("orders"), "total") / i128::try_from(kept.of("orders").len()).unwrap() / 10_000;
    assert!((3_000..30_000).contains(&mean), "a mean order of {mean} yen");
}

#[test]
fn made_up_rates_have_every_currency_of_the_stores_on_every_day() {
    let mut file = Vec::new();
    write_rates_csv(1, 400, instant(NOW), &mut file).unwrap();
    let mut kept = Kept::default();
    rates_file::import(&file[..], &mut kept, &mut |_| {}).unwrap();
    for store in DemoStore::ALL {
        let of_currency = kept.of("fx_rates").iter().filter(|row| text(row, "quote") == store.currency());
        let days: BTreeSet<i64> = of_currency.map(|row| micros(row, "rated_at")).collect();
        assert_eq!(days.len(), 400, "{store:?}");
        let newest = DateTime::from_timestamp_micros(*days.last().unwrap()).unwrap();
        assert_eq!(newest.date_naive(), instant(NOW).date_naive());
    }
    let mut again = Vec::new();
    write_rates_csv(1, 400, instant(NOW), &mut again).unwrap();
    assert!(file == again, "rates depend on something else than seed and day");
}
