//! Funnels: steps counted each by itself, or customers followed from one to the next by trying every way.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::facts::Fact;
use super::facts_of;
use super::figures::{Asked, half_even};
use super::setting::Setting;

pub(super) struct Funnel<'a> {
    is_any: bool,
    window: Option<TimeDelta>,
    /// What customers did, by step.
    steps: Vec<Vec<(Who<'a>, DateTime<Utc>)>>,
}

/// A customer of a store.
type Who<'a> = (usize, &'a str);

impl<'a> Funnel<'a> {
    pub(super) fn of(query: &Value, asked: &[Asked], setting: &Setting<'a>) -> Self {
        let Some(funnel) = query.get("funnel") else { return Self { is_any: false, window: None, steps: Vec::new() } };
        let window = funnel.get("by").map(|_| match funnel.get("window") {
            None => TimeDelta::days(30),
            Some(window) => {
                let of = |unit: &str| window[unit].as_i64().unwrap_or(0);
                TimeDelta::days(of("days")) + TimeDelta::hours(of("hours")) + TimeDelta::minutes(of("minutes"))
            }
        });
        let facts: Vec<Fact<'a>> =
            (0..setting.stores.len()).flat_map(|store| facts_of(setting.stores, store)).collect();
        let is_taken = |fact: &Fact<'_>, step: &Asked| {
            let filter = query.get("filters");
            step.is_step(fact, setting) && filter.is_none_or(|filter| fact.matches(filter, &setting.stores[fact.store]))
        };
        let of_step = |step: &Asked| {
            let own = facts.iter().filter(|fact| is_taken(fact, step));
            own.filter_map(|fact| Some(((fact.store, fact.order.customer?), fact.own_time()))).collect()
        };
        Self { is_any: true, window, steps: asked.iter().map(of_step).collect() }
    }

    pub(super) fn is_any(&self) -> bool {
        self.is_any
    }

    pub(super) fn is_following(&self) -> bool {
        self.window.is_some()
    }

    /// How many customers come from one of these first steps to a later one.
    pub(super) fn reached(&self, first_steps: &[Fact<'_>], step: usize) -> i128 {
        let window = self.window.unwrap();
        let reaches = |fact: &&Fact<'_>| {
            let who = fact.order.customer.map(|customer| (fact.store, customer));
            who.is_some_and(|who| self.comes(who, fact.own_time(), fact.own_time() + window, 1, step))
        };
        let come: BTreeSet<_> =
            first_steps.iter().filter(reaches).map(|fact| (fact.store, fact.order.customer)).collect();
        come.len() as i128
    }

    fn comes(&self, who: Who<'_>, after: DateTime<Utc>, until: DateTime<Utc>, next: usize, last: usize) -> bool {
        next > last
            || self.steps[next].iter().any(|(other, at)| {
                *other == who && after < *at && *at <= until && self.comes(who, *at, until, next + 1, last)
            })
    }

    /// What is said of a step in a row, now and before.
    pub(super) fn describe(
        &self,
        asked: &[Asked],
        at: usize,
        now: &[Option<i128>],
        before: &[Option<i128>],
        row: &mut Map<String, Value>,
        compared: &mut Map<String, Value>,
    ) {
        row.insert("step".to_owned(), json!(at + 1));
        row.insert("label".to_owned(), json!(asked[at].title));
        let figures = |of: &[Option<i128>]| {
            let before = at.checked_sub(1).and_then(|before| of[before]);
            [of[at], share(of[at], of[0]), share(of[at], before)]
        };
        for (key, (now, before)) in
            ["count", "of_first", "of_previous"].into_iter().zip(figures(now).into_iter().zip(figures(before)))
        {
            row.insert(key.to_owned(), asked[at].json(now));
            compared.insert(key.to_owned(), asked[at].compared(now, before));
        }
    }

    /// The share that comes to the last step.
    pub(super) fn conclude(
        &self,
        now: &[Option<i128>],
        before: &[Option<i128>],
        totals: &mut Map<String, Value>,
        compared: &mut Map<String, Value>,
    ) {
        let conversion = |of: &[Option<i128>]| share(of[of.len() - 1], of[0]);
        let of_counts = Asked::count();
        totals.insert("conversion".to_owned(), of_counts.json(conversion(now)));
        compared.insert("conversion".to_owned(), of_counts.compared(conversion(now), conversion(before)));
    }
}

fn share(some: Option<i128>, all: Option<i128>) -> Option<i128> {
    half_even(some? * 1_000_000, all?)
}
