//! Rates between currencies, by the local day of a store.
//!
//! An amount is converted at the rate of its own day; where that day has none, at the last before, of at most
//! [`MAX_AGE_DAYS`] days ago: markets rest on weekends and holidays. A pair that is not quoted is converted the other way round,
//! or over a currency that both are quoted against.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{Decimal128Type, TimestampMicrosecondType};
use chrono::{DateTime, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use datafusion::logical_expr::{LogicalPlanBuilder, ident};

use super::decode::texts;
use super::error::QueryError;
use super::runner::Runner;
use super::source::{Extent, Facts};
use super::time::calendar::start_of_day;
use crate::dataset::{self, RATE_SCALE};

/// How old a rate may be.
pub(crate) const MAX_AGE_DAYS: i64 = 7;
/// Decimals of a factor.
pub(crate) const FACTOR_SCALE: u32 = 14;
/// Digits of a factor. With those of money they fit into a decimal.
pub(crate) const FACTOR_PRECISION: u32 = 24;

/// What one of each currency is worth in one, by time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rates {
    pub(crate) to: Arc<str>,
    /// By currency: from when to when (microseconds, the end exclusive) which factor holds, ascending.
    factors: Arc<BTreeMap<String, Vec<Stretch>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stretch {
    from: i64,
    to: i64,
    factor: i128,
}

/// Rates by base and quote, with [`RATE_SCALE`] decimals, each of its day.
type Quotes = BTreeMap<(Arc<str>, Arc<str>), (NaiveDate, i128)>;

impl Rates {
    /// Those that a store has for amounts in a range of instants, in microseconds.
    pub(crate) async fn load(
        facts: &dyn Facts,
        runner: Runner<'_>,
        zone: Tz,
        to: &str,
        (start, end): (i64, i64),
    ) -> Result<Self, QueryError> {
        let day = TimeDelta::days(1).num_microseconds().unwrap_or_default();
        let range = (start.saturating_sub((MAX_AGE_DAYS + 2) * day), end.saturating_add(2 * day));
        let mut days: BTreeMap<NaiveDate, Quotes> = BTreeMap::new();
        if let Some(dataset) = dataset::find("fx_rates") {
            let columns = ["rated_at", "base", "quote", "rate"];
            let plan = facts.scan(dataset, &columns, Extent::Range(range)).await?;
            let plan = LogicalPlanBuilder::from(plan).project(columns.map(ident))?.build()?;
            for batch in runner.batches(plan).await? {
                let at = batch.column(0).as_primitive::<TimestampMicrosecondType>();
                let (base, quote) = (texts(&batch, 1)?, texts(&batch, 2)?);
                let rates = batch.column(3).as_primitive::<Decimal128Type>();
                for (row, (base, quote)) in base.into_iter().zip(quote).enumerate() {
                    let date = DateTime::from_timestamp_micros(at.value(row)).map(|at| at.date_naive());
                    if let (Some(date), Some(base), Some(quote)) = (date, base, quote) {
                        days.entry(date).or_default().insert((base, quote), (date, rates.value(row)));
                    }
                }
            }
        }
        Ok(Self::of(days, zone, to))
    }

    fn of(days: BTreeMap<NaiveDate, Quotes>, zone: Tz, to: &str) -> Self {
        let mut factors: BTreeMap<String, Vec<Stretch>> = BTreeMap::new();
        let begins = |date| start_of_day(zone, date).timestamp_micros();
        let days_later = |date: NaiveDate, days| date.checked_add_signed(TimeDelta::days(days));
        let mut latest = Quotes::new();
        for (date, quotes) in days {
            latest.extend(quotes);
            latest.retain(|_, (quoted, _)| days_later(*quoted, MAX_AGE_DAYS).is_none_or(|last| last >= date));
            let named: BTreeSet<_> = latest.keys().flat_map(|(base, quote)| [base, quote]).collect();
            let from = begins(date);
            for currency in named.into_iter().filter(|currency| &***currency != to) {
                let Some((quoted, factor)) = factor(&latest, currency, to) else { continue };
                let until = days_later(quoted, MAX_AGE_DAYS + 1).map_or(i64::MAX, begins);
                let stretches = factors.entry(currency.to_string()).or_default();
                if let Some(last) = stretches.last_mut() {
                    last.to = last.to.min(from);
                }
                stretches.push(Stretch { from, to: until, factor });
            }
        }
        Self { to: to.into(), factors: Arc::new(factors) }
    }

    /// What one of a currency is worth at an instant, with [`FACTOR_SCALE`] decimals.
    pub(crate) fn factor(&self, currency: &str, micros: i64) -> Option<i128> {
        if currency == &*self.to {
            return Some(10_i128.pow(FACTOR_SCALE));
        }
        let stretches = self.factors.get(currency)?;
        let last = stretches.partition_point(|stretch| stretch.from <= micros).checked_sub(1)?;
        Some(stretches[last]).filter(|stretch| micros < stretch.to).map(|stretch| stretch.factor)
    }
}

/// What one of a currency is worth in another by these quotes, and the day of the older one.
fn factor(quotes: &Quotes, from: &Arc<str>, to: &str) -> Option<(NaiveDate, i128)> {
    let to: Arc<str> = to.into();
    let quoted = |base: &Arc<str>, quote: &Arc<str>| quotes.get(&(Arc::clone(base), Arc::clone(quote))).copied();
    let one = 10_i128.pow(u32::from(RATE_SCALE.unsigned_abs()));
    if let Some((date, rate)) = quoted(from, &to) {
        return Some((date, scaled(rate, one)?));
    }
    if let Some((date, rate)) = quoted(&to, from) {
        return Some((date, scaled(one, rate)?));
    }
    let bases: BTreeSet<_> = quotes.keys().map(|(base, _)| base).collect();
    bases.into_iter().find_map(|base| {
        let ((a_date, a), (b_date, b)) = (quoted(base, &to)?, quoted(base, from)?);
        Some((a_date.min(b_date), scaled(a, b)?))
    })
}

/// `a / b` with [`FACTOR_SCALE`] decimals, rounded; `None` of what is not above zero or has too many digits.
fn scaled(a: i128, b: i128) -> Option<i128> {
    if a <= 0 || b <= 0 {
        return None;
    }
    let twice = a.checked_mul(2 * 10_i128.pow(FACTOR_SCALE))?.div_euclid(b);
    Some((twice + 1).div_euclid(2)).filter(|factor| (1..10_i128.pow(FACTOR_PRECISION)).contains(factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(quotes: &[(&str, &str, &str, i128)], zone: Tz, to: &str) -> Rates {
        let mut days: BTreeMap<NaiveDate, Quotes> = BTreeMap::new();
        for (date, base, quote, rate) in quotes {
            let key = ((*base).into(), (*quote).into());
            let date = date.parse().unwrap();
            days.entry(date).or_default().insert(key, (date, rate * 1_000_000));
        }
        Rates::of(days, zone, to)
    }

    fn at(instant: &str) -> i64 {
        instant.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_micros()
    }

    const ONE: i128 = 100_000_000_000_000;

    #[test]
    fn a_rate_holds_from_its_local_midnight_until_the_next_one_or_for_a_week() {
        let zone = chrono_tz::America::New_York;
        // Rates are given in ten-thousandths.
        let rates = rates(&[("2026-10-02", "EUR", "USD", 11_000), ("2026-10-05", "EUR", "USD", 12_000)], zone, "USD");
        assert_eq!(rates.factor("EUR", at("2026-10-02T03:59:59Z")), None, "still the first of October there");
        assert_eq!(rates.factor("EUR", at("2026-10-02T04:00:00Z")), Some(ONE / 10 * 11));
        assert_eq!(rates.factor("EUR", at("2026-10-05T03:59:59Z")), Some(ONE / 10 * 11), "over the weekend");
        assert_eq!(rates.factor("EUR", at("2026-10-05T04:00:00Z")), Some(ONE / 10 * 12));
        assert_eq!(rates.factor("EUR", at("2026-10-13T03:59:59Z")), Some(ONE / 10 * 12), "seven days later");
        assert_eq!(rates.factor("EUR", at("2026-10-13T04:00:00Z")), None);
        assert_eq!(rates.factor("USD", at("2020-01-01T00:00:00Z")), Some(ONE));
        assert_eq!(rates.factor("GBP", at("2026-10-02T04:00:00Z")), None);
    }

    #[test]
    fn pairs_are_turned_round_and_crossed() {
        let quotes = [("2026-10-02", "EUR", "USD", 12_500), ("2026-10-02", "EUR", "JPY", 1_600_000)];
        let to = |to| rates(&quotes, chrono_tz::UTC, to);
        let noon = at("2026-10-02T12:00:00Z");
        assert_eq!(to("EUR").factor("USD", noon), Some(ONE / 10 * 8), "1 / 1.25");
        assert_eq!(to("USD").factor("JPY", noon), Some(781_250_000_000), "1.25 / 160 = 0.0078125");
        assert_eq!(to("JPY").factor("USD", noon), Some(ONE * 128), "160 / 1.25");
        let quotes = [("2026-10-01", "EUR", "USD", 12_500), ("2026-10-02", "EUR", "JPY", 1_600_000)];
        let usd = rates(&quotes, chrono_tz::UTC, "USD");
        assert_eq!(usd.factor("JPY", noon), Some(781_250_000_000), "by quotes of two days");
        assert_eq!(usd.factor("JPY", at("2026-10-08T23:59:59Z")), Some(781_250_000_000));
        assert_eq!(usd.factor("JPY", at("2026-10-09T00:00:00Z")), None, "the older of them is eight days old");
    }
}
