//! Random questions about stock that was read at random, against figures that are worked out from its dates alone.
//!
//! What is worked out shares nothing with the engine: readings have local dates here, and no instants; the figure of a time is looked
//! for from its last date backwards, level by level.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::support::{Level, World};
use crate::rng::Rng;

const NOW: &str = "2026-11-19T19:05:30Z";
const METRIC: &str = "shopify.stock_available";
/// Clocks change in some of them while stock is read: on 25 October and on 1 November.
const ZONES: [Tz; 5] = [
    chrono_tz::America::New_York,
    chrono_tz::Europe::London,
    chrono_tz::Asia::Tokyo,
    chrono_tz::Asia::Kathmandu,
    chrono_tz::UTC,
];
const LEVELS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
const LOCATIONS: [&str; 3] = ["Shop", "Attic", "Depot"];
const PRODUCTS: [&str; 2] = ["Tea", "Cup"];

/// What was read of a level on a date.
#[derive(Clone, Copy)]
struct Read {
    date: NaiveDate,
    level: Level,
}

struct Store {
    id: String,
    reads: Vec<Read>,
}

/// The first and the last date of a time.
type Dates = (NaiveDate, NaiveDate);

fn first_date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 12).unwrap()
}

/// Over 38 days: of some nothing was read, of some a part, of others all that there is; levels move, come and go.
fn reads(rng: &mut Rng, zone: Tz) -> Vec<Read> {
    let mut reads = Vec::new();
    for number in 0..38 {
        let date = first_date() + TimeDelta::days(number);
        let midnight = zone.from_local_datetime(&date.and_time(NaiveTime::MIN)).earliest().unwrap();
        let day: DateTime<Utc> = midnight.with_timezone(&Utc);
        let per_mille = rng.pick(&[0, 0, 300, 600, 900, 900, 1_000, 1_000]);
        for id in LEVELS {
            if rng.per_mille(per_mille) {
                let (location, product) = (rng.pick(&LOCATIONS), rng.pick(&PRODUCTS));
                let (tracked, available) = (!rng.per_mille(100), rng.between(-3, 50));
                let level = Level { id, day, location, product, tracked, available, on_hand: 60, cost: None };
                reads.push(Read { date, level });
            }
        }
    }
    reads
}

/// What stands in a store at the end of a time; nothing where nothing was read in it.
fn standing(store: &Store, (from, to): Dates) -> Option<Vec<Level>> {
    let dates: BTreeSet<_> = store.reads.iter().map(|read| read.date).collect();
    let last = dates.into_iter().rfind(|date| (from..=to).contains(date))?;
    let of_level = |id: &str| {
        let on = |date| store.reads.iter().find(|read| read.level.id == id && read.date == date);
        on(last).or_else(|| on(last - TimeDelta::days(1))).map(|read| read.level)
    };
    Some(LEVELS.into_iter().filter_map(of_level).filter(|level| level.tracked).collect())
}

/// A question, as far as it decides what is asked for.
struct Question {
    range: Dates,
    granularity: Option<&'static str>,
    group_by: Option<&'static str>,
    /// A dimension, and what it must be.
    filter: Option<(&'static str, &'static str)>,
    compared: Option<Dates>,
}

fn value<'s>(dimension: &str, store: &'s Store, level: &Level) -> &'s str {
    match dimension {
        "store" => &store.id,
        "location" => level.location,
        _ => level.product,
    }
}

impl Question {
    fn of(rng: &mut Rng) -> Self {
        let date = |number| first_date() + TimeDelta::days(number);
        let from = rng.between(-3, 36);
        let to = rng.between(from, 37);
        let granularity = rng.pick(&[None, None, Some("day"), Some("day"), Some("week"), Some("month")]);
        // Weeks and months of other lengths stand beside one another in ways that other tests are about.
        let is_comparable = matches!(granularity, None | Some("day"));
        let before = rng.between(1, 30);
        Self {
            range: (date(from), date(to)),
            granularity,
            group_by: rng.pick(&[None, Some("store"), Some("location"), Some("product")]),
            filter: rng.pick(&[
                None,
                None,
                Some(("location", "Shop")),
                Some(("product", "Tea")),
                Some(("location", "Moon")),
            ]),
            compared: (is_comparable && rng.per_mille(500)).then(|| (date(from - before), date(to - before))),
        }
    }

    fn json(&self) -> Value {
        let dates = |(from, to): Dates| json!({"from": from.to_string(), "to": to.to_string()});
        let mut query = json!({"metrics": [METRIC], "time_range": dates(self.range)});
        if let Some(granularity) = self.granularity {
            query["granularity"] = json!(granularity);
        }
        if let Some(dimension) = self.group_by {
            query["group_by"] = json!(dimension);
        }
        if let Some((dimension, value)) = self.filter {
            query["filters"] = json!({dimension: value});
        }
        if let Some(compared) = self.compared {
            query["compare_to"] = dates(compared);
        }
        query
    }

    /// The times that rows are of: what each is called, its dates, and those that it is compared with.
    fn times(&self) -> Vec<(Option<String>, Dates, Option<Dates>)> {
        let Some(granularity) = self.granularity else { return vec![(None, self.range, self.compared)] };
        let first_of = |date: NaiveDate| match granularity {
            "day" => date,
            "week" => date - TimeDelta::days(i64::from(date.weekday().num_days_from_monday())),
            _ => date.with_day(1).unwrap(),
        };
        let mut times: Vec<(Option<String>, Dates, Option<Dates>)> = Vec::new();
        let (from, to) = self.range;
        for date in from.iter_days().take_while(|date| *date <= to) {
            let label = Some(first_of(date).to_string());
            match times.last_mut().filter(|time| time.0 == label) {
                Some(time) => time.1.1 = date,
                None => {
                    let beside = self.compared.map(|compared| compared.0 + (date - from));
                    times.push((label, (date, date), beside.map(|beside| (beside, beside))));
                }
            }
        }
        times
    }

    /// What stands at the end of a time by group, and the stores of which anything was read in it.
    fn figures(&self, stores: &[Store], dates: Dates) -> (BTreeMap<String, i64>, BTreeSet<String>) {
        let mut figures: BTreeMap<String, i64> = BTreeMap::new();
        let mut read = BTreeSet::new();
        for store in stores {
            let Some(levels) = standing(store, dates) else { continue };
            read.insert(store.id.clone());
            let is_kept =
                |level: &&Level| self.filter.is_none_or(|(dimension, is)| value(dimension, store, level) == is);
            for level in levels.iter().filter(is_kept) {
                let group = self.group_by.map_or(String::new(), |dimension| value(dimension, store, level).to_owned());
                *figures.entry(group).or_default() += level.available;
            }
        }
        (figures, read)
    }

    /// The figure of a group; none where nothing was read.
    fn figure(&self, stores: &[Store], dates: Dates, group: &str) -> Option<i64> {
        let (figures, read) = self.figures(stores, dates);
        let is_read = if self.group_by == Some("store") { read.contains(group) } else { !read.is_empty() };
        is_read.then(|| figures.get(group).copied().unwrap_or(0))
    }

    /// All rows: the figure and the compared one by time and group.
    fn rows(&self, stores: &[Store]) -> BTreeMap<(String, String), (Value, Value)> {
        let times = self.times();
        let mut groups: BTreeSet<String> = BTreeSet::new();
        for (_, dates, compared) in &times {
            groups.extend(
                [Some(*dates), *compared]
                    .into_iter()
                    .flatten()
                    .flat_map(|dates| self.figures(stores, dates).0.into_keys()),
            );
        }
        if self.group_by.is_none() {
            groups.insert(String::new());
        }
        let mut rows = BTreeMap::new();
        for (label, dates, compared) in &times {
            for group in &groups {
                let beside = compared.and_then(|dates| self.figure(stores, dates, group));
                let key = (label.clone().unwrap_or_default(), group.clone());
                rows.insert(key, (json!(self.figure(stores, *dates, group)), json!(beside)));
            }
        }
        rows
    }

    fn total(&self, stores: &[Store], dates: Dates) -> Value {
        let (figures, read) = self.figures(stores, dates);
        if read.is_empty() { Value::Null } else { json!(figures.values().sum::<i64>()) }
    }
}

fn text(row: &Map<String, Value>, key: &str) -> String {
    row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

async fn check(seed: u64) {
    let mut rng = Rng::new(seed);
    let mut world = World::new(NOW, rng.pick(&[0, 20, 1_000]));
    let mut stores = Vec::new();
    for number in 0..rng.between(1, 3) {
        let zone = rng.pick(&ZONES);
        let id = world.add_store(zone, Weekday::Mon, &[]).await.to_string();
        let reads = reads(&mut rng, zone);
        let number = usize::try_from(number).unwrap();
        let (mut first, mut then) = (Vec::new(), Vec::new());
        for read in &reads {
            if rng.per_mille(500) { first.push(read.level) } else { then.push(read.level) }
        }
        for levels in [first, then].into_iter().filter(|levels| !levels.is_empty()) {
            world.commit_levels(number, &levels).await;
        }
        if rng.per_mille(500) {
            world.stores[number].lake.fold_due().await.unwrap();
        }
        stores.push(Store { id, reads });
    }
    for _ in 0..12 {
        let question = Question::of(&mut rng);
        let query = question.json();
        let context = format!("seed {seed}: {query}");
        let answer = world.answer(query).await;
        let mut found = BTreeMap::new();
        for row in answer["rows"].as_array().unwrap() {
            let row = row.as_object().unwrap();
            let group = question.group_by.map_or(String::new(), |dimension| text(row, dimension));
            let beside = row.get("comparison").map_or(Value::Null, |beside| beside[METRIC]["value"].clone());
            found.insert((text(row, "time"), group), (row[METRIC].clone(), beside));
        }
        assert_eq!(found, question.rows(&stores), "{context}");
        assert_eq!(answer["totals"][METRIC], question.total(&stores, question.range), "total of {context}");
        if let Some(compared) = question.compared {
            let total = &answer["comparison"]["totals"][METRIC]["value"];
            assert_eq!(*total, question.total(&stores, compared), "compared total of {context}");
        }
    }
}

#[tokio::test]
async fn stock_is_what_its_dates_say() {
    for seed in 1..=60 {
        check(seed).await;
    }
}
