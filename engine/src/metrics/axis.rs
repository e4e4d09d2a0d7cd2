//! The time axis of an answer: the buckets of all its stores by their labels, each once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::resolve::Resolved;
use super::time::buckets::Label;

/// One step of the time axis. Without granularity there is a single one without a label.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) label: Option<Label>,
    /// What stands beside it in the compared period.
    pub(crate) beside: Option<Label>,
    /// By source: some of it has begun and data tell of it, in some store: where there are no rows, figures are zero.
    pub(crate) has_figures: Vec<bool>,
    /// By source: something stands beside it that data tell of, in some store.
    pub(crate) has_beside: Vec<bool>,
    /// It is not over, in some store.
    pub(crate) is_incomplete: bool,
    /// It reaches over an end of the range, in some store.
    pub(crate) is_clipped: bool,
}

/// The time axis of a query.
#[derive(Debug)]
pub(crate) struct Axis {
    pub(crate) steps: Vec<Step>,
    /// By store: the step of each of its buckets, and so of what stands beside them.
    pub(crate) of_buckets: Vec<Vec<i32>>,
    /// As in [`Step`], of the range as a whole.
    pub(crate) has_figures: Vec<bool>,
    pub(crate) has_beside: Vec<bool>,
}

impl Axis {
    /// The axis of these stores, for so many sources.
    pub(crate) fn of(stores: &[Resolved], sources: usize, now: DateTime<Utc>) -> Self {
        let any = |holds: &dyn Fn(&Resolved, usize) -> bool| -> Vec<bool> {
            (0..sources).map(|source| stores.iter().any(|store| holds(store, source))).collect()
        };
        let has_figures = any(&|store, source| store.has_figures(source, now));
        let has_beside = any(&|store, source| store.has_compared(source));
        let mut steps: BTreeMap<Option<Label>, Step> = BTreeMap::new();
        if stores.iter().any(|store| store.buckets.is_none()) {
            let step = Step { has_figures: has_figures.clone(), has_beside: has_beside.clone(), ..Step::default() };
            steps.insert(None, step);
        }
        for store in stores {
            add(&mut steps, store, sources, now);
        }
        let numbers: BTreeMap<_, i32> = steps.keys().copied().zip(0..).collect();
        let of_store = |store: &Resolved| {
            let buckets = store.buckets.iter().flatten();
            buckets.filter_map(|bucket| numbers.get(&Some(bucket.label)).copied()).collect()
        };
        let of_buckets = stores.iter().map(of_store).collect();
        Self { steps: steps.into_values().collect(), of_buckets, has_figures, has_beside }
    }
}

/// Adds what a store has of each step.
fn add(steps: &mut BTreeMap<Option<Label>, Step>, store: &Resolved, sources: usize, now: DateTime<Utc>) {
    let nothing = || Step { has_figures: vec![false; sources], has_beside: vec![false; sources], ..Step::default() };
    for (number, bucket) in store.buckets.iter().flatten().enumerate() {
        let step = steps.entry(Some(bucket.label)).or_insert_with(nothing);
        step.label = Some(bucket.label);
        for source in 0..sources {
            step.has_figures[source] |= bucket.span.0 <= now.timestamp_micros() && store.is_told(source, bucket.span);
        }
        step.is_incomplete |= bucket.whole.1 > now;
        step.is_clipped |= bucket.is_clipped;
        let beside = store.comparison.as_ref().and_then(|comparison| comparison.beside.get(number));
        if let Some(beside) = beside {
            step.beside = step.beside.or(beside.label);
            for source in 0..sources {
                step.has_beside[source] |= beside.span.is_some_and(|span| store.is_told(source, span));
            }
        }
    }
}
