//! Made-up rates between currencies, as the European Central Bank publishes its reference rates: against the euro, day by day.

use std::io::{self, Write};

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::OPENING_DAY;
use super::calendar::day_number;
use super::chance::{mix, scale};

const RATES: u64 = 30;

/// About what a euro is worth, in ten-thousandths.
const USUAL: [(&str, u64); 40] = [
    ("AED", 42_600),
    ("ARS", 16_800_000),
    ("AUD", 17_800),
    ("BDT", 1_410_000),
    ("BRL", 63_500),
    ("CAD", 16_100),
    ("CHF", 9_350),
    ("CLP", 11_000_000),
    ("CNY", 82_900),
    ("COP", 45_500_000),
    ("CZK", 246_000),
    ("DKK", 74_600),
    ("EGP", 560_000),
    ("GBP", 8_700),
    ("HKD", 90_600),
    ("HUF", 3_980_000),
    ("IDR", 191_000_000),
    ("ILS", 39_400),
    ("INR", 1_021_000),
    ("JPY", 1_716_000),
    ("KRW", 16_150_000),
    ("MXN", 217_000),
    ("MYR", 49_200),
    ("NGN", 17_900_000),
    ("NOK", 118_200),
    ("NZD", 19_500),
    ("PHP", 661_000),
    ("PKR", 3_290_000),
    ("PLN", 42_600),
    ("RON", 50_600),
    ("SAR", 43_500),
    ("SEK", 111_700),
    ("SGD", 14_900),
    ("THB", 377_000),
    ("TRY", 471_000),
    ("TWD", 341_000),
    ("UAH", 484_000),
    ("USD", 11_600),
    ("VND", 304_000_000),
    ("ZAR", 206_000),
];

/// Swings about the usual rate: over how many days one goes, and how far in millionths of the rate.
const SWINGS: [(u64, u64); 3] = [(120, 22_000), (23, 8_000), (5, 2_500)];

/// Writes the rates of the last `days` days up to `now`, oldest first, as a CSV file with a column for each currency.
///
/// # Errors
/// When `out` fails.
pub fn write_rates_csv(seed: u64, days: u32, now: DateTime<Utc>, out: impl Write) -> io::Result<()> {
    let today = now.date_naive();
    let first = today.checked_sub_days(Days::new(u64::from(days.max(1)) - 1)).unwrap_or(OPENING_DAY);
    let mut file = csv::Writer::from_writer(out);
    file.write_record(["Date"].into_iter().chain(USUAL.map(|(currency, _)| currency)))?;
    for day in first.max(OPENING_DAY).iter_days().take_while(|day| *day <= today) {
        let rates = (0..).zip(USUAL).map(|(place, (_, usual))| written(rate(seed, place, usual, day)));
        file.write_record([day.to_string()].into_iter().chain(rates))?;
    }
    file.flush()
}

/// A day's rate in millionths.
fn rate(seed: u64, place: u64, usual: u64, day: NaiveDate) -> u64 {
    let number = day_number(day);
    let swings = SWINGS.map(|(span, reach)| {
        let (knot, gone) = (number / span, number % span);
        let at = |knot| scale(mix(&[seed, RATES, place, span, knot]), 2 * reach);
        (at(knot) * (span - gone) + at(knot + 1) * gone) / span
    });
    let reach: u64 = SWINGS.iter().map(|(_, reach)| reach).sum();
    usual * (1_000_000 - reach + swings.iter().sum::<u64>()) / 10_000
}

/// Millionths as they are written, `1.160000`.
fn written(millionths: u64) -> String {
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

/// The power of ten that comes nearest to what one of a currency is worth in another; 1 where nothing is known of them, and where it is worth
/// more.
pub(super) fn power_of_ten(from: &str, to: &str) -> i64 {
    let usual = |wanted: &str| match wanted {
        "EUR" => Some(10_000),
        _ => USUAL.iter().find(|(currency, _)| *currency == wanted).map(|(_, usual)| *usual),
    };
    let (Some(from), Some(to)) = (usual(from), usual(to)) else { return 1 };
    let mut power = 1;
    // 316 hundredths are half of the way to ten times as much.
    while to * 100 >= from * power * 316 {
        power *= 10;
    }
    i64::try_from(power).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_usual_in_a_currency_to_a_power_of_ten() {
        for (from, to, power) in [
            ("USD", "USD", 1),
            ("USD", "EUR", 1),
            ("USD", "KWD", 1),
            ("USD", "SEK", 10),
            ("USD", "JPY", 100),
            ("USD", "KRW", 1_000),
            ("USD", "IDR", 10_000),
            ("GBP", "EUR", 1),
            ("GBP", "CZK", 10),
            ("INR", "INR", 1),
        ] {
            assert_eq!(power_of_ten(from, to), power, "{from} {to}");
        }
    }

    #[test]
    fn a_rate_moves_little_from_day_to_day_and_stays_about_what_is_usual() {
        let days = || OPENING_DAY.iter_days().take(1_000);
        for (place, (currency, usual)) in (0..).zip(USUAL) {
            for (day, next) in days().zip(days().skip(1)) {
                let (before, after) = (rate(1, place, usual, day), rate(1, place, usual, next));
                assert!(before.abs_diff(after) * 100 < before, "{currency} {day}: {before} then {after}");
                assert!(before.abs_diff(usual * 100) * 100 < usual * 100 * 4, "{currency} {day}: {before}");
            }
        }
    }
}
