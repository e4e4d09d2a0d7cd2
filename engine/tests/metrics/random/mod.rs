//! Random queries over random stores, against the oracle.

mod dice;
mod questions;
mod shops;

use aloftly_engine::metrics::{MetricsOptions, QueryError};
use chrono::{DateTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use serde_json::Value;

use super::oracle::{self, OracleStore, Quotes, Refusal};
use super::support::{Order, World};
use dice::Dice;
use questions::query;
use shops::{Books, quotes};

const ZONES: [Tz; 12] = [
    chrono_tz::America::New_York,
    chrono_tz::America::Sao_Paulo,
    chrono_tz::America::Havana,
    chrono_tz::Africa::Cairo,
    chrono_tz::Asia::Kathmandu,
    chrono_tz::Asia::Kolkata,
    chrono_tz::Europe::London,
    chrono_tz::Pacific::Apia,
    chrono_tz::Pacific::Auckland,
    chrono_tz::Pacific::Chatham,
    chrono_tz::Pacific::Kiritimati,
    chrono_tz::UTC,
];

/// Moments near leap days, changes of clocks, ends of months and years.
const NOWS: [&str; 10] = [
    "2026-11-19T19:05:30Z",
    "2024-02-29T15:00:59Z",
    "2024-03-31T14:05:00Z",
    "2025-01-01T02:30:00Z",
    "2018-11-05T13:37:00Z",
    "2018-02-19T13:37:00Z",
    "2011-12-31T16:20:00Z",
    "2012-01-02T08:20:00Z",
    "2024-11-02T12:12:12Z",
    "2024-04-29T12:12:12Z",
];

/// A world whose stores go on selling while it is asked, and what its answers must be.
struct Trial {
    dice: Dice,
    now_text: &'static str,
    now: DateTime<Utc>,
    world: World,
    books: Vec<Books>,
    quotes: Quotes,
    stores: Vec<OracleStore>,
}

impl Trial {
    async fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let now_text = dice.pick(&NOWS);
        let now: DateTime<Utc> = now_text.parse().unwrap();
        // Much is kept, or little that has to give way soon, or nothing.
        let rollup_memory = dice.pick(&[128 << 20, 128 << 20, 30_000, 0]);
        let options = MetricsOptions { rollup_memory, ..MetricsOptions::default() };
        let world = World::with_options(now_text, dice.pick(&[0, 20, 1_000]), options);
        let quotes = quotes(&mut dice, now);
        let mut trial = Self { dice, now_text, now, world, books: Vec::new(), quotes, stores: Vec::new() };
        for _ in 0..=trial.dice.roll(3) {
            trial.add_store().await;
        }
        trial
    }

    async fn add_store(&mut self) {
        let Self { dice, world, quotes, now, .. } = self;
        let (zone, week_start) = (dice.pick(&ZONES), dice.pick(&[Weekday::Mon, Weekday::Sun, Weekday::Sat]));
        let mut books = Books::new(dice);
        let commits: Vec<_> = (0..dice.up_to(3)).map(|_| books.commit(dice, *now, 60)).collect();
        let commits: Vec<&[Order]> = commits.iter().map(Vec::as_slice).collect();
        let id = world.add_store(zone, week_start, &commits).await.to_string();
        if books.currencies.len() > 1 {
            let date = |day: i64| (chrono::NaiveDate::default() + TimeDelta::days(day)).to_string();
            let dated: Vec<_> = quotes.iter().map(|((base, day), rate)| (date(*day), *base, *rate)).collect();
            let rates: Vec<_> = dated.iter().map(|(date, base, rate)| (date.as_str(), *base, "USD", *rate)).collect();
            world.commit_rates(world.stores.len() - 1, &rates).await;
        }
        if dice.one_in(2) {
            world.stores.last().unwrap().lake.fold_due().await.unwrap();
        }
        self.stores.push(OracleStore { id, zone, week_start, orders: books.orders.clone() });
        self.books.push(books);
    }

    /// Some store commits, also to old days, or what it has is folded.
    async fn go_on(&mut self) {
        let store = usize::try_from(self.dice.roll(self.stores.len() as u64)).unwrap();
        if self.dice.one_in(2) {
            let commit = self.books[store].commit(&mut self.dice, self.now, 12);
            self.world.commit(store, &commit).await;
            self.stores[store].orders.clone_from(&self.books[store].orders);
        } else {
            self.world.stores[store].lake.fold_due().await.unwrap();
        }
    }

    /// Checks an answer; says how many partitions of it were put together from rollups.
    async fn check(&self, query: &Value, context: &str) -> u64 {
        let expected = oracle::answer(query, &self.stores, &self.quotes, self.now);
        let found = self.world.ask(query.clone()).await;
        let context = format!("{context}: {query} at {}", self.now_text);
        match (found, expected) {
            (Err(QueryError::MixedCurrencies { currencies }), Err(expected)) => {
                assert_eq!(Refusal::MixedCurrencies(currencies), expected, "{context}");
            }
            (Err(QueryError::MissingRate { .. }), Err(Refusal::MissingRate)) => {}
            (Ok(found), Ok(expected)) => {
                let found = serde_json::to_value(&*found).unwrap();
                for part in ["totals", "total_rows"] {
                    assert_eq!(found[part], expected[part], "{part} of {context}");
                }
                let compared = found["comparison"].get("totals").unwrap_or(&Value::Null);
                assert_eq!(*compared, expected["comparison"], "comparison of {context}");
                let (rows, wanted) = (found["rows"].as_array().unwrap(), expected["rows"].as_array().unwrap());
                for (at, (row, wanted)) in rows.iter().zip(wanted).enumerate() {
                    assert_eq!(row, wanted, "row {at} of {context}");
                }
                assert_eq!(rows.len(), wanted.len(), "rows of {context}");
                let parts = found["meta"]["parts"].as_array().unwrap();
                return parts.iter().map(|part| part["rollup"].as_u64().unwrap()).sum();
            }
            (found, expected) => panic!("{found:?} instead of {expected:?}: {context}"),
        }
        0
    }
}

/// Some stores and queries about them, all from one seed. Between queries there are commits and folds, and then the query before is
/// asked again: what is kept must not outlive what it was computed from.
///
/// Says how many partitions were put together from rollups.
async fn check(seed: u64, queries: u32) -> u64 {
    let mut rollups = 0;
    let mut trial = Trial::new(seed).await;
    for number in 0..queries {
        let query = query(&mut trial.dice, trial.now, &trial.stores);
        rollups += trial.check(&query, &format!("seed {seed}, query {number}")).await;
        if trial.dice.one_in(4) {
            trial.go_on().await;
            rollups += trial.check(&query, &format!("seed {seed}, query {number} again")).await;
        }
    }
    rollups
}

#[tokio::test]
async fn answers_equal_those_of_the_oracle() {
    // More of them: ALOFTLY_ORACLE_WORLDS=2500 for 50,000 queries.
    let worlds = std::env::var("ALOFTLY_ORACLE_WORLDS").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(100);
    let first = std::env::var("ALOFTLY_ORACLE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut rollups = 0;
    for seed in first..first + worlds {
        rollups += check(seed, 20).await;
    }
    assert!(rollups > worlds, "answers are also put together from rollups: {rollups}");
}
