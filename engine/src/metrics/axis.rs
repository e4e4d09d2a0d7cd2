//! The time axis of an answer: the buckets of all its stores by their labels, each once, and what is told of each.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::resolve::Resolved;
use super::time::buckets::{Bucket, Label};
use super::time::comparison::{Beside, Comparison};
use crate::StoreId;

/// One step of the time axis. Without granularity there is a single one without a label.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) label: Option<Label>,
    /// What stands beside it in the compared period.
    pub(crate) beside: Option<Label>,
    /// By some store.
    pub(crate) told: Told,
    /// By some store whose range begins later.
    pub(crate) told_lead: Told,
    /// No store's range holds it: only rolling figures are made of it.
    pub(crate) is_lead: bool,
    /// It is not over, in some store, or a source of it is behind.
    pub(crate) is_incomplete: bool,
    /// It reaches over an end of the range, in some store.
    pub(crate) is_clipped: bool,
}

/// Who tells of some time (see `Measures::tellers`): where they have no rows, figures are zero, and else they are not known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// By teller: some of it has begun, and data tell of it.
    pub(crate) now: Vec<bool>,
    /// By teller: something stands beside it that data tell of.
    pub(crate) beside: Vec<bool>,
}

impl Told {
    /// Nobody tells of it.
    pub(crate) fn of_nothing(tellers: usize) -> Self {
        Self { now: vec![false; tellers], beside: vec![false; tellers] }
    }

    /// Of a store's range as a whole.
    fn of_range(store: &Resolved, tellers: usize, now: DateTime<Utc>) -> Self {
        Self {
            now: (0..tellers).map(|teller| store.has_figures(teller, now)).collect(),
            beside: (0..tellers).map(|teller| store.has_compared(teller)).collect(),
        }
    }

    /// Of each of some of a store's buckets, and of what stands `beside` them.
    fn of_buckets<'s>(
        store: &'s Resolved,
        buckets: &'s [Bucket],
        beside: fn(&Comparison) -> &[Beside],
        tellers: usize,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = (&'s Bucket, Option<Label>, Self)> {
        let is_told = |teller, span: Option<_>| span.is_some_and(|span| store.is_told(teller, span));
        buckets.iter().enumerate().map(move |(at, bucket)| {
            let begun = Some(bucket.span).filter(|span| span.0 <= now.timestamp_micros());
            let span = |teller| beside(store.compared(teller)?).get(at)?.span;
            let told = Self {
                now: (0..tellers).map(|teller| is_told(teller, begun)).collect(),
                beside: (0..tellers).map(|teller| is_told(teller, span(teller))).collect(),
            };
            let label = store.comparison.as_ref().and_then(|comparison| beside(comparison).get(at)?.label);
            (bucket, label, told)
        })
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
    /// The same of the buckets before its range that rolling figures are made of too.
    pub(crate) of_lead: Vec<Vec<i32>>,
    /// Of the range as a whole, by some store.
    pub(crate) told: Told,
    /// By store, where each has figures of its own: what it tells of each step that it has.
    pub(crate) by_store: HashMap<StoreId, HashMap<usize, Told>>,
    /// The same of the steps before its range.
    pub(crate) lead_by_store: HashMap<StoreId, HashMap<usize, Told>>,
}

impl Axis {
    /// The axis of these stores, for so many who tell. What a store tells counts for rows of all where `tells` says so. `apart` names
    /// the stores when each has figures of its own.
    pub(crate) fn of(
        stores: &[Resolved],
        tells: &[bool],
        tellers: usize,
        apart: Option<&[StoreId]>,
        now: DateTime<Utc>,
    ) -> Self {
        let mut told = Told::of_nothing(tellers);
        let mut steps: BTreeMap<Option<Label>, Step> = BTreeMap::new();
        let nothing = || Step {
            told: Told::of_nothing(tellers),
            told_lead: Told::of_nothing(tellers),
            is_lead: true,
            ..Step::default()
        };
        let mut of_stores = Vec::with_capacity(stores.len());
        let mut leads_of_stores = Vec::with_capacity(stores.len());
        for (store, tells) in stores.iter().zip(tells) {
            let or = |of_all: &mut Told, told: &Told| {
                if *tells {
                    of_all.or(told);
                }
            };
            let of_range = Told::of_range(store, tellers, now);
            or(&mut told, &of_range);
            let mut of_store: Vec<(Option<Label>, Told)> = Vec::new();
            let mut lead_of_store: Vec<(Option<Label>, Told)> = Vec::new();
            let Some(buckets) = &store.buckets else {
                let step = steps.entry(None).or_insert_with(nothing);
                step.is_lead = false;
                or(&mut step.told, &of_range);
                of_stores.push(vec![(None, of_range)]);
                leads_of_stores.push(lead_of_store);
                continue;
            };
            let own = Told::of_buckets(store, buckets, |comparison| &comparison.beside, tellers, now);
            for (bucket, beside, told) in own {
                let label = Some(bucket.label);
                let step = steps.entry(label).or_insert_with(nothing);
                step.label = label;
                step.is_lead = false;
                or(&mut step.told, &told);
                step.is_incomplete |= bucket.whole.1 > now || store.is_behind(bucket.whole.1);
                step.is_clipped |= bucket.is_clipped;
                step.beside = step.beside.or(beside);
                of_store.push((label, told));
            }
            let lead = Told::of_buckets(store, &store.lead, |comparison| &comparison.beside_lead, tellers, now);
            for (bucket, _, told) in lead {
                let label = Some(bucket.label);
                or(&mut steps.entry(label).or_insert_with(nothing).told_lead, &told);
                lead_of_store.push((label, told));
            }
            of_stores.push(of_store);
            leads_of_stores.push(lead_of_store);
        }
        let numbers: BTreeMap<_, usize> = steps.keys().copied().zip(0..).collect();
        let step = |label: &Option<Label>| numbers.get(label).copied().unwrap_or_default();
        let numbered = |of_stores: &[Vec<(Option<Label>, Told)>]| {
            let of_stores = of_stores.iter().map(|of_store| {
                let labelled = of_store.iter().filter(|(label, _)| label.is_some());
                labelled.map(|(label, _)| i32::try_from(step(label)).unwrap_or(i32::MAX)).collect()
            });
            of_stores.collect()
        };
        let (of_buckets, of_lead) = (numbered(&of_stores), numbered(&leads_of_stores));
        let by_step = |of_store: Vec<_>| of_store.into_iter().map(|(label, told)| (step(&label), told)).collect();
        let by_store = |of_stores: Vec<_>| {
            apart.unwrap_or_default().iter().copied().zip(of_stores.into_iter().map(by_step)).collect()
        };
        Self {
            by_store: by_store(of_stores),
            lead_by_store: by_store(leads_of_stores),
            of_buckets,
            of_lead,
            steps: steps.into_values().collect(),
            told,
        }
    }
}
