//! Figures of several buckets: rolling ones over all rows of their buckets, and trends.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::calendar::{Back, back, back_span, first_of, hour_of, hours, local};
use super::facts::Fact;
use super::figures::{Asked, half_even};
use super::range::Range;
use super::setting::Setting;
use super::{Cell, Gathered, Group, Key, OracleStore};

/// What is made of several buckets.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Of so many, each counted by itself or all together.
    Rolling(usize, bool),
    Trend,
}

impl Shape {
    pub(super) fn of(asked: &Value) -> Option<Self> {
        if let Some(rolling) = asked.get("rolling") {
            let buckets = usize::try_from(rolling["buckets"].as_u64().unwrap()).unwrap();
            return Some(Self::Rolling(buckets, rolling["figure"].as_str() != Some("total")));
        }
        (asked["trend"] == true).then_some(Self::Trend)
    }
}

/// What there is before the ranges of stores.
#[derive(Default)]
pub(super) struct Ahead<'a> {
    pub(super) cells: BTreeMap<(Key, Group), Cell<'a>>,
    pub(super) told: BTreeMap<(String, Key), (bool, bool)>,
    /// Days or hours of the store that is gathered: the bucket that each is in, or stands beside.
    now: BTreeMap<i64, Key>,
    beside: BTreeMap<i64, Key>,
}

impl<'a> Ahead<'a> {
    /// Notes the buckets right before a store's range.
    #[allow(clippy::too_many_arguments, reason = "it belongs to the gathering of everything")]
    pub(super) fn note(
        &mut self,
        query: &Value,
        asked: &[Asked],
        store: &OracleStore,
        range: &Range,
        (shift, other): (Option<Back>, Option<(i64, i64)>),
        is_told: &dyn Fn(i64, i64) -> bool,
        now: DateTime<Utc>,
    ) {
        (self.now, self.beside) = (BTreeMap::new(), BTreeMap::new());
        let buckets = asked.iter().map(|one| match one.shape {
            Some(Shape::Rolling(buckets, _)) => buckets - 1,
            _ => 0,
        });
        let buckets = buckets.max().unwrap_or(0);
        let Some(granularity) = query["granularity"].as_str().filter(|_| buckets > 0) else { return };
        let week_start = super::range::week_start(query, store);
        // Before both periods come as many days, or the same months.
        let compared = shift.zip(other).map(|(shift, other)| match granularity {
            "hour" | "day" | "week" => (Back::Days(range.from - other.0), other),
            _ => (shift, other),
        });
        let mut told = |key: Key, own: bool, beside: bool| {
            let of_store = self.told.entry((store.id.clone(), key)).or_default();
            of_store.0 |= own;
            of_store.1 |= beside;
        };
        if granularity == "hour" {
            let mut day = range.from;
            let mut before = Vec::new();
            while before.len() < buckets {
                day -= 1;
                before.splice(0..0, hours(store.zone, day).into_iter().map(|hour| (day, hour)));
            }
            for (day, (key, _, hour, times)) in before.split_off(before.len() - buckets) {
                self.now.insert(key, key);
                let counterpart = compared.and_then(|(shift, other)| {
                    let day = back(shift, day).filter(|day| *day < other.0)?;
                    let found = hours(store.zone, day).into_iter().find(|other| (other.2, other.3) == (hour, times))?;
                    Some((day, found.0))
                });
                self.beside.extend(counterpart.map(|(_, begin)| (begin, key)));
                let is_begun = key <= now.timestamp_micros();
                told(key, is_begun && is_told(day, day), counterpart.is_some_and(|(day, _)| is_told(day, day)));
            }
            return;
        }
        let (today, _) = local(store.zone, now);
        let mut last = range.from - 1;
        let is_cut = first_of(granularity, week_start, range.from) <= last;
        for _ in 0..buckets + usize::from(is_cut) {
            let first = first_of(granularity, week_start, last);
            self.now.extend((first..=last).map(|day| (day, first)));
            let beside = compared.map(|(shift, other)| {
                let (from, to) = back_span(shift, first, last);
                (from, to.min(other.0 - 1))
            });
            let beside = beside.filter(|(from, to)| from <= to);
            self.beside.extend(beside.into_iter().flat_map(|(from, to)| (from..=to).map(|day| (day, first))));
            told(first, first <= today && is_told(first, last), beside.is_some_and(|(from, to)| is_told(from, to)));
            last = first - 1;
        }
    }

    /// Takes a row, if it is of these buckets.
    pub(super) fn take(
        &mut self,
        query: &Value,
        store: &OracleStore,
        at: DateTime<Utc>,
        group: &Group,
        fact: Fact<'a>,
    ) {
        let (day, _) = local(store.zone, at);
        let place = match query["granularity"].as_str() {
            Some("hour") => hour_of(store.zone, day, at),
            _ => day,
        };
        if let Some(key) = self.now.get(&place) {
            self.cells.entry((*key, group.clone())).or_default().current.push(fact);
        }
        if let Some(key) = self.beside.get(&place) {
            self.cells.entry((*key, group.clone())).or_default().previous.push(fact);
        }
    }
}

/// One of the two periods.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    Now,
    Before,
}

/// The figures of a group in a step, of which those that are no shaped ones are there already.
pub(super) struct Shaping<'s, 'a> {
    pub(super) asked: &'s [Asked],
    pub(super) gathered: &'s Gathered<'a>,
    pub(super) setting: &'s Setting<'a>,
    /// Whether there are buckets of time.
    pub(super) has_steps: bool,
    /// Whether a group's figures of a step are known, without its rows: within the ranges, and before them.
    pub(super) told: &'s dyn Fn(&Group, Key, Side) -> (bool, bool),
}

impl<'a> Shaping<'_, 'a> {
    pub(super) fn shape(&self, figures: &mut [Option<i128>], group: &Group, key: Key, side: Side) {
        for (at, one) in self.asked.iter().enumerate() {
            match one.shape {
                None => {}
                // Of all of the range as one there is none.
                Some(_) if !self.has_steps => figures[at] = None,
                Some(Shape::Rolling(buckets, is_average)) => {
                    figures[at] = self.rolling(one, buckets, is_average, group, key, side);
                }
                Some(Shape::Trend) => figures[at] = self.trend(one, group, key, side),
            }
        }
    }

    fn facts(&self, group: &Group, key: Key, side: Side) -> &[Fact<'a>] {
        let cell = self.gathered.cells.get(&(key, group.clone()));
        cell.map_or(&[], |cell| if side == Side::Now { &cell.current } else { &cell.previous })
    }

    fn rolling(
        &self,
        one: &Asked,
        buckets: usize,
        is_average: bool,
        group: &Group,
        key: Key,
        side: Side,
    ) -> Option<i128> {
        let keys = self.gathered.steps.keys().chain(self.gathered.ahead.told.keys().map(|(_, key)| key));
        let keys: BTreeSet<Key> = keys.copied().filter(|other| *other <= key).collect();
        let window: Vec<Key> = keys.into_iter().rev().take(buckets).collect();
        let is_told = |key: Key| {
            let (own, ahead) = (self.told)(group, key, side);
            own || ahead || !self.facts(group, key, side).is_empty() || self.is_rolled_ahead(group, key, side)
        };
        if !is_told(key) {
            return None;
        }
        let mut facts = Vec::new();
        for key in &window {
            facts.extend_from_slice(self.facts(group, *key, side));
            let ahead = self.gathered.ahead.cells.get(&(*key, group.clone()));
            facts.extend(ahead.into_iter().flat_map(|cell| match side {
                Side::Now => &cell.current,
                Side::Before => &cell.previous,
            }));
        }
        let told = window.iter().filter(|key| is_told(**key)).count() as i128;
        one.figure_per(&facts, self.setting, if is_average && one.adds_up() { told } else { 1 })
    }

    /// Whether there are rows before the ranges of something that is rolled.
    fn is_rolled_ahead(&self, group: &Group, key: Key, side: Side) -> bool {
        let cell = self.gathered.ahead.cells.get(&(key, group.clone()));
        let mut facts =
            cell.into_iter().flat_map(|cell| if side == Side::Now { &cell.current } else { &cell.previous });
        facts.any(|fact| {
            let mut rolled = self.asked.iter().filter(|one| matches!(one.shape, Some(Shape::Rolling(..))));
            rolled.any(|one| one.metrics().iter().any(|metric| fact.is_of(metric, self.setting)))
        })
    }

    /// On the line that goes through the middle of all points, as steep as they are on average, each weighed by how far it is from
    /// the middle.
    fn trend(&self, one: &Asked, group: &Group, key: Key, side: Side) -> Option<i128> {
        let known = |key: Key| (self.told)(group, key, side).0 || !self.facts(group, key, side).is_empty();
        let steps = self.gathered.steps.iter().zip(0_i128..);
        let figure = |key: Key| one.figure(self.facts(group, key, side), self.setting).filter(|_| known(key));
        let points = steps.clone().filter(|((_, step), _)| step.is_whole);
        let points: Vec<_> = points.filter_map(|((key, _), x)| Some((x, figure(*key)?))).collect();
        let count = points.len() as i128;
        let (sum_x, sum_y) = (points.iter().map(|(x, _)| x).sum::<i128>(), points.iter().map(|(_, y)| y).sum::<i128>());
        // All times the number of points, which makes means whole.
        let from_middle = |x: i128| count * x - sum_x;
        let weight: i128 = points.iter().map(|(x, _)| from_middle(*x) * from_middle(*x)).sum();
        let steep: i128 = points.iter().map(|(x, y)| from_middle(*x) * (count * y - sum_y)).sum();
        let at = steps.clone().find(|((other, _), _)| **other == key).map(|(_, x)| x)?;
        if weight == 0 || !known(key) {
            return None;
        }
        half_even(sum_y * weight + steep * from_middle(at), count * weight)
    }
}
