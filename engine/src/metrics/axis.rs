//! The time axis of an answer: the buckets of all its stores by their labels, each once, and what is told of each.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::resolve::Resolved;
use super::time::buckets::Label;
use crate::StoreId;

/// One step of the time axis. Without granularity there is a single one without a label.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) label: Option<Label>,
    /// What stands beside it in the compared period.
    pub(crate) beside: Option<Label>,
    /// By some store.
    pub(crate) told: Told,
    /// It is not over, in some store.
    pub(crate) is_incomplete: bool,
    /// It reaches over an end of the range, in some store.
    pub(crate) is_clipped: bool,
}

/// Which sources tell of some time: where they have no rows, figures are zero, and else they are not known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// By source: some of it has begun, and data tell of it.
    pub(crate) now: Vec<bool>,
    /// By source: something stands beside it that data tell of.
    pub(crate) beside: Vec<bool>,
}

impl Told {
    /// No source tells of it.
    pub(crate) fn of_nothing(sources: usize) -> Self {
        Self { now: vec![false; sources], beside: vec![false; sources] }
    }

    /// Of a store's range as a whole.
    fn of_range(store: &Resolved, sources: usize, now: DateTime<Utc>) -> Self {
        Self {
            now: (0..sources).map(|source| store.has_figures(source, now)).collect(),
            beside: (0..sources).map(|source| store.has_compared(source)).collect(),
        }
    }

    /// Of one of a store's buckets.
    fn of_bucket(store: &Resolved, bucket: usize, sources: usize, now: DateTime<Utc>) -> Self {
        let span = store.buckets.as_ref().and_then(|buckets| buckets.get(bucket)).map(|bucket| bucket.span);
        let begun = span.filter(|span| span.0 <= now.timestamp_micros());
        let beside = store.comparison.as_ref().and_then(|comparison| comparison.beside.get(bucket)?.span);
        let is_told = |source, span: Option<_>| span.is_some_and(|span| store.is_told(source, span));
        Self {
            now: (0..sources).map(|source| is_told(source, begun)).collect(),
            beside: (0..sources).map(|source| is_told(source, beside)).collect(),
        }
    }

    fn or(&mut self, other: &Self) {
        let or = |mine: &mut Vec<bool>, others: &[bool]| {
            mine.iter_mut().zip(others).for_each(|(mine, other)| *mine |= other);
        };
        or(&mut self.now, &other.now);
        or(&mut self.beside, &other.beside);
    }
}

/// The time axis of a query.
#[derive(Debug)]
pub(crate) struct Axis {
    pub(crate) steps: Vec<Step>,
    /// By store: the step of each of its buckets, and so of what stands beside them.
    pub(crate) of_buckets: Vec<Vec<i32>>,
    /// Of the range as a whole, by some store.
    pub(crate) told: Told,
    /// By store, where each has figures of its own: what it tells of each step that it has.
    pub(crate) by_store: HashMap<StoreId, HashMap<usize, Told>>,
}

impl Axis {
    /// The axis of these stores, for so many sources. What a store tells counts for rows of all where `tells` says so. `apart` names
    /// the stores when each has figures of its own.
    pub(crate) fn of(
        stores: &[Resolved],
        tells: &[bool],
        sources: usize,
        apart: Option<&[StoreId]>,
        now: DateTime<Utc>,
    ) -> Self {
        let mut told = Told::of_nothing(sources);
        let mut steps: BTreeMap<Option<Label>, Step> = BTreeMap::new();
        let nothing = || Step { told: Told::of_nothing(sources), ..Step::default() };
        let mut of_stores = Vec::with_capacity(stores.len());
        for (store, tells) in stores.iter().zip(tells) {
            let or = |of_all: &mut Told, told: &Told| {
                if *tells {
                    of_all.or(told);
                }
            };
            let of_range = Told::of_range(store, sources, now);
            or(&mut told, &of_range);
            let mut of_store: Vec<(Option<Label>, Told)> = Vec::new();
            let Some(buckets) = &store.buckets else {
                or(&mut steps.entry(None).or_insert_with(nothing).told, &of_range);
                of_stores.push(vec![(None, of_range)]);
                continue;
            };
            for (number, bucket) in buckets.iter().enumerate() {
                let label = Some(bucket.label);
                let told = Told::of_bucket(store, number, sources, now);
                let step = steps.entry(label).or_insert_with(nothing);
                step.label = label;
                or(&mut step.told, &told);
                step.is_incomplete |= bucket.whole.1 > now;
                step.is_clipped |= bucket.is_clipped;
                let beside = store.comparison.as_ref().and_then(|comparison| comparison.beside.get(number)?.label);
                step.beside = step.beside.or(beside);
                of_store.push((label, told));
            }
            of_stores.push(of_store);
        }
        let numbers: BTreeMap<_, usize> = steps.keys().copied().zip(0..).collect();
        let step = |label: &Option<Label>| numbers.get(label).copied().unwrap_or_default();
        let of_buckets = of_stores.iter().map(|of_store| {
            let labelled = of_store.iter().filter(|(label, _)| label.is_some());
            labelled.map(|(label, _)| i32::try_from(step(label)).unwrap_or(i32::MAX)).collect()
        });
        let of_buckets = of_buckets.collect();
        let by_step = |of_store: Vec<_>| of_store.into_iter().map(|(label, told)| (step(&label), told)).collect();
        let by_store = apart.unwrap_or_default().iter().copied().zip(of_stores.into_iter().map(by_step)).collect();
        Self { of_buckets, by_store, steps: steps.into_values().collect(), told }
    }
}
