//! How much a store trades on which day, and what happens to it.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::chance::{Chance, mix, scale};
use super::shop::{Product, Shop};
use super::{DemoStore, Incident, IncidentKind, OPENING_DAY, Options};

const THOUSAND: u64 = 1_000;
const STOCK_OUT_DAYS: u64 = 7;
/// What is left of a bad day's trade.
const BAD_DAY: u64 = 120;
/// What is left of the trade while a best seller is out of stock.
const STOCK_OUT: u64 = 930;

/// Keys that keep kinds of chance apart.
const DAY: u64 = 1;
const STOCK_OUT_KEY: u64 = 2;
const BAD_DAY_KEY: u64 = 3;
const VISITS: u64 = 4;

/// A promotion while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Running {
    pub(super) code: &'static str,
    pub(super) percent: u32,
    lift: u64,
}

/// Days since the stores opened.
pub(super) fn day_number(day: NaiveDate) -> u64 {
    u64::try_from((day - OPENING_DAY).num_days()).unwrap_or(0)
}

/// How many orders a store has on a day.
pub(super) fn orders_on(shop: &Shop, options: &Options, day: NaiveDate) -> u64 {
    let mut chance = Chance::of(&[options.seed, shop.key, DAY, day_number(day)]);
    let weekday = shop.weekdays[usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0)];
    let growth = THOUSAND + 150 * day_number(day) / 365;
    let mut orders = u64::from(options.orders_per_day) * 1_000_000;
    let promotion = running(shop, day).map_or(THOUSAND, |promotion| promotion.lift);
    let stock_out = stock_out(shop, options.seed, day).map_or(THOUSAND, |_| STOCK_OUT);
    let bad_day = if is_bad_day(shop, options.seed, day) { BAD_DAY } else { THOUSAND };
    let noise = 880 + chance.below(241);
    for factor in [shop.size, growth, month_factor(shop, day), weekday, promotion, stock_out, bad_day, noise] {
        orders = orders * factor / THOUSAND;
    }
    // The rest below one order is an order as often as it is large.
    orders / 1_000_000 + u64::from(chance.below(1_000_000) < orders % 1_000_000)
}

/// How many come to a store's site on a day and buy nothing. A checkout that is down keeps nobody away, and a promotion brings fewer people than
/// orders.
pub(super) fn browsers_on(shop: &Shop, options: &Options, day: NaiveDate) -> u64 {
    /// For each order of the store, those included that are made elsewhere.
    const FOR_EACH: u64 = 24;
    let mut chance = Chance::of(&[options.seed, shop.key, VISITS, day_number(day)]);
    let weekday = shop.weekdays[usize::try_from(day.weekday().num_days_from_monday()).unwrap_or(0)];
    let growth = THOUSAND + 150 * day_number(day) / 365;
    let promotion = running(shop, day).map_or(THOUSAND, |promotion| THOUSAND + (promotion.lift - THOUSAND) * 6 / 10);
    let noise = 900 + chance.below(201);
    let mut visits = u64::from(options.orders_per_day) * FOR_EACH * THOUSAND;
    for factor in [shop.size, growth, month_factor(shop, day), weekday, promotion, noise] {
        visits = visits * factor / THOUSAND;
    }
    visits / THOUSAND
}

/// The yearly season: a month's factor in its middle, and between two middles what lies between.
fn month_factor(shop: &Shop, day: NaiveDate) -> u64 {
    const MIDDLE: u64 = 15;
    let month = usize::try_from(day.month0()).unwrap_or(0);
    let of_month = u64::from(day.day());
    let (from, to, gone) = if of_month >= MIDDLE {
        (shop.months[month], shop.months[(month + 1) % 12], of_month - MIDDLE)
    } else {
        (shop.months[(month + 11) % 12], shop.months[month], of_month + MIDDLE)
    };
    let gone = gone.min(30);
    (from * (30 - gone) + to * gone) / 30
}

/// The promotion that runs on a day: Black Friday's, one of the year's, or the small one before every month's end.
pub(super) fn running(shop: &Shop, day: NaiveDate) -> Option<Running> {
    if let Some(lift) = black_friday(shop, day) {
        return Some(Running { code: "BFCM25", percent: 25, lift });
    }
    let of_year = shop.promotions.iter().find(|promotion| {
        let first = NaiveDate::from_ymd_opt(day.year(), promotion.month, promotion.day);
        first.is_some_and(|first| first <= day && day < first + Days::new(promotion.days))
    });
    if let Some(promotion) = of_year {
        return Some(Running { code: promotion.code, percent: promotion.percent, lift: promotion.lift });
    }
    matches!(day.day(), 25 | 26).then_some(Running { code: "PAYDAY10", percent: 10, lift: 1_120 })
}

/// What the four days from Black Friday (after November's fourth Thursday) multiply orders by.
fn black_friday(shop: &Shop, day: NaiveDate) -> Option<u64> {
    let friday = NaiveDate::from_weekday_of_month_opt(day.year(), 11, Weekday::Thu, 4)? + Days::new(1);
    let share = match (day - friday).num_days() {
        0 => 1_000,
        1 => 450,
        2 => 300,
        3 => 850,
        _ => return None,
    };
    Some(THOUSAND + (shop.black_friday - THOUSAND) * share / THOUSAND)
}

/// The product that cannot be had on a day: for a week of every quarter one of the two best sellers.
pub(super) fn stock_out(shop: &Shop, seed: u64, day: NaiveDate) -> Option<&'static Product> {
    let (product, first) = stock_out_of_quarter(shop, seed, day)?;
    (first <= day && day < first + Days::new(STOCK_OUT_DAYS)).then_some(product)
}

fn stock_out_of_quarter(shop: &Shop, seed: u64, day: NaiveDate) -> Option<(&'static Product, NaiveDate)> {
    let start = quarter_start(day)?;
    let key = |which| mix(&[seed, shop.key, STOCK_OUT_KEY, day_number(start), which]);
    let product = shop.products.get(usize::try_from(scale(key(0), 2)).unwrap_or(0))?;
    Some((product, start + Days::new(15 + scale(key(1), 45))))
}

fn is_bad_day(shop: &Shop, seed: u64, day: NaiveDate) -> bool {
    bad_day_of_quarter(shop, seed, day) == Some(day)
}

fn bad_day_of_quarter(shop: &Shop, seed: u64, day: NaiveDate) -> Option<NaiveDate> {
    let start = quarter_start(day)?;
    Some(start + Days::new(10 + scale(mix(&[seed, shop.key, BAD_DAY_KEY, day_number(start)]), 70)))
}

fn quarter_start(day: NaiveDate) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1)
}

/// What happened to a store on the local days from `first` to `last`, in the order of first days.
#[must_use]
pub fn incidents(store: DemoStore, seed: u64, first: NaiveDate, last: NaiveDate) -> Vec<Incident> {
    let shop = store.shop();
    let mut incidents: Vec<Incident> = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        let promotion =
            running(shop, day).map(|running| IncidentKind::Promotion { code: running.code, percent: running.percent });
        let stock_out = stock_out(shop, seed, day).map(|product| IncidentKind::StockOut { product: product.name });
        let bad_day = is_bad_day(shop, seed, day).then_some(IncidentKind::BadDay);
        for kind in [promotion, stock_out, bad_day].into_iter().flatten() {
            let before = day.pred_opt();
            match incidents.iter_mut().find(|known| known.kind == kind && Some(known.last_day) == before) {
                Some(known) => known.last_day = day,
                None => incidents.push(Incident { kind, first_day: day, last_day: day }),
            }
        }
    }
    incidents
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn black_friday_is_the_day_after_the_fourth_thursday_of_november() {
        let shop = DemoStore::NewYork.shop();
        for (date, code) in [
            ("2025-11-27", None),
            ("2025-11-28", Some("BFCM25")),
            ("2025-12-01", Some("BFCM25")),
            ("2025-12-02", None),
            ("2024-11-29", Some("BFCM25")),
        ] {
            assert_eq!(running(shop, day(date)).map(|running| running.code), code, "{date}");
        }
        let busiest = orders_on(shop, &Options::default(), day("2025-11-28"));
        assert!(busiest > 2 * orders_on(shop, &Options::default(), day("2025-11-20")), "{busiest}");
    }

    #[test]
    fn the_season_moves_smoothly_between_the_middles_of_months() {
        let shop = DemoStore::NewYork.shop();
        assert_eq!(month_factor(shop, day("2026-12-15")), 1_420);
        for date in day("2026-01-01").iter_days().take(365) {
            let (now, next) = (month_factor(shop, date), month_factor(shop, date + Days::new(1)));
            assert!(now.abs_diff(next) < 60, "{date}: {now} then {next}");
        }
    }

    #[test]
    fn every_quarter_has_one_stock_out_of_a_week_and_one_bad_day() {
        for store in DemoStore::ALL {
            let incidents = incidents(store, 1, day("2026-01-01"), day("2026-12-31"));
            let of = |wanted: fn(&IncidentKind) -> bool| {
                incidents.iter().filter(|incident| wanted(&incident.kind)).cloned().collect::<Vec<_>>()
            };
            let stock_outs = of(|kind| matches!(kind, IncidentKind::StockOut { .. }));
            assert_eq!(stock_outs.len(), 4, "{stock_outs:?}");
            assert!(stock_outs.iter().all(|out| (out.last_day - out.first_day).num_days() == 6), "{stock_outs:?}");
            assert_eq!(of(|kind| *kind == IncidentKind::BadDay).len(), 4);
        }
    }
}
