//! Answers put together from rollups, and from rows where there are none.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use futures::future::try_join_all;

use super::super::decode::{Found, Row};
use super::super::error::QueryError;
use super::super::execute::Stretch;
use super::super::figures::{Group, merge};
use super::super::plan::facts::Currencies;
use super::super::plan::measures::{Merging, Slot};
use super::super::row_limit::RowsRead;
use super::super::source::{self, Extent};
use super::build::{Rollups, Wanted};
use super::cells::{Need, need};
use super::kept::Rollup;
use super::origin::{Origins, Part, WhyNot};
use crate::dataset::Partition;

/// Dimensions that rollups are cut by at most.
const MAX_DIMENSIONS: usize = 2;
/// Stretches of time of one partition that are read from rows beside its rollup; with more its rows are read at once.
const MAX_CUTS: usize = 2;

/// How the figures of a set of facts are put together.
pub(crate) struct Assembly<'w> {
    pub(crate) wanted: Wanted<'w>,
    pub(crate) stretch: &'w Stretch,
    pub(crate) rollups: &'w Rollups,
    pub(crate) origins: &'w Origins,
    pub(crate) rows_read: &'w RowsRead,
}

impl Assembly<'_> {
    /// What the facts come to: from rollups as far as they go. `read` has the rows of an extent come to the same.
    pub(crate) async fn found<F: Future<Output = Result<Found, QueryError>>>(
        self,
        read: impl Fn(Extent) -> F,
    ) -> Result<Found, QueryError> {
        let Self { wanted, stretch, rollups, origins, rows_read } = self;
        let dataset = wanted.plan.set.dataset;
        let parts = if wanted.plan.is_by_partition() { wanted.facts.parts(dataset, stretch.range) } else { Vec::new() };
        let settled: Vec<_> = parts.iter().filter(|part| part.is_rollable()).collect();
        let kept = match why_not(&wanted, rollups) {
            Some(why) => Err(why),
            None => rollups.of(wanted, &settled).await,
        };
        let mut origin = Part::default();
        let (kept, made) = match kept {
            Ok(kept) => kept,
            Err(why) => {
                parts.iter().for_each(|part| origin.note_rows(part));
                origin.why_not.insert(why);
                origins.add(dataset.name, origin);
                return read(Extent::Range(stretch.range)).await;
            }
        };
        origin.rolled_up = made;
        let mut sums = Sums::of(&wanted.plan.set.slots);
        let mut rest = Rest::default();
        let mut kept = kept.into_iter();
        for part in &parts {
            let rollup = if part.is_rollable() { kept.next() } else { None };
            if let Some((rollup, needs)) = rest.take(part, rollup, stretch, &mut origin) {
                rows_read.add(sums.take(&rollup, &needs), wanted.layout.width)?;
                // Whoever stops the query must be heard.
                tokio::task::yield_now().await;
            }
        }
        origins.add(dataset.name, origin);
        let mut found = sums.found();
        for more in try_join_all(rest.extents(stretch.range).map(read)).await? {
            found.append(more);
        }
        Ok(found)
    }
}

/// Why the facts cannot be put together from rollups, whatever the partition.
fn why_not(wanted: &Wanted<'_>, rollups: &Rollups) -> Option<WhyNot> {
    let Wanted { plan, layout, .. } = wanted;
    let is_additive = plan.told().all(|(_, slot)| slot.is_mergeable());
    let is_coarse = plan.group_by.iter().all(|dimension| dimension.has_few_values);
    [
        (!rollups.is_on(), WhyNot::Off),
        (!plan.is_by_partition(), WhyNot::OwnTime),
        (!is_additive, WhyNot::NotAdditive),
        (plan.needs_customer_type(), WhyNot::CustomerType),
        (layout.currencies == Currencies::Converted, WhyNot::Converted),
        (!is_coarse || plan.group_by.len() > MAX_DIMENSIONS, WhyNot::ManyGroups),
    ]
    .into_iter()
    .find_map(|(holds, why)| holds.then_some(why))
}

/// What is read from rows.
#[derive(Default)]
struct Rest {
    extents: Vec<Extent>,
    /// The partitions of which hot rows are read beside their rollups.
    hot: Vec<Partition>,
}

impl Rest {
    /// What is needed of a partition: of its rollup, which is given back with that, and beside it of its rows.
    fn take(
        &mut self,
        part: &source::Part,
        rollup: Option<Arc<Rollup>>,
        stretch: &Stretch,
        origin: &mut Part,
    ) -> Option<(Arc<Rollup>, Vec<Need>)> {
        let (range, buckets) = (stretch.range, stretch.buckets.as_ref());
        let needs = rollup.as_ref().map(|rollup| rollup.cells.iter().map(|cell| need(*cell, range, buckets)).collect());
        let needs: Vec<Need> = needs.unwrap_or_default();
        let cuts: Vec<_> = needs.iter().filter_map(Need::rows).collect();
        origin.why_not.extend((!cuts.is_empty()).then_some(WhyNot::CutShort));
        origin.why_not.extend((!part.is_settled).then_some(WhyNot::Restated));
        let Some(rollup) = rollup.filter(|_| cuts.len() <= MAX_CUTS) else {
            origin.note_rows(part);
            self.add_range((part.span.0.max(range.0), part.span.1.min(range.1)));
            return None;
        };
        origin.rollup += 1;
        origin.cold += u64::from(!cuts.is_empty());
        origin.hot += u64::from(part.has_hot);
        self.extents.extend(cuts.into_iter().map(|cut| Extent::Cold(vec![part.partition], Some(cut))));
        self.hot.extend(part.has_hot.then_some(part.partition));
        Some((rollup, needs))
    }

    fn add_range(&mut self, range: (i64, i64)) {
        match self.extents.last_mut() {
            Some(Extent::Range(last)) if last.1 == range.0 => last.1 = range.1,
            _ => self.extents.push(Extent::Range(range)),
        }
    }

    fn extents(self, range: (i64, i64)) -> impl Iterator<Item = Extent> {
        let hot = (!self.hot.is_empty()).then_some(Extent::Hot(self.hot, range));
        self.extents.into_iter().chain(hot)
    }
}

/// What rollups come to, by bucket and group.
struct Sums {
    mergings: Vec<Merging>,
    rows: HashMap<(Option<i32>, Group), Row>,
}

impl Sums {
    fn of(slots: &[Slot]) -> Self {
        Self { mergings: slots.iter().map(Slot::merging).collect(), rows: HashMap::new() }
    }

    /// Adds what is needed of a rollup as a whole; says how many rows there are more.
    fn take(&mut self, rollup: &Rollup, needs: &[Need]) -> usize {
        let before = self.rows.len();
        for rolled in &rollup.rows {
            let Some(Need::Whole(bucket)) = needs.get(rolled.cell as usize) else { continue };
            match self.rows.entry((*bucket, rolled.group.clone())) {
                Entry::Occupied(mut row) => {
                    let row = row.get_mut();
                    merge(&mut row.slots, &rolled.slots, &self.mergings);
                    widen(&mut row.currencies, &rolled.currencies);
                }
                Entry::Vacant(place) => {
                    let group = rolled.group.clone();
                    let (slots, currencies) = (rolled.slots.to_vec(), rolled.currencies.clone());
                    place.insert(Row { bucket: *bucket, group, slots, currencies });
                }
            }
        }
        self.rows.len() - before
    }

    fn found(self) -> Found {
        Found { rows: self.rows.into_values().collect(), ..Found::default() }
    }
}

/// The least and the greatest of both.
fn widen(currencies: &mut [Option<Arc<str>>; 2], others: &[Option<Arc<str>>; 2]) {
    let [least, greatest] = currencies;
    if others[0].is_some() && (least.is_none() || others[0] < *least) {
        least.clone_from(&others[0]);
    }
    if others[1] > *greatest {
        greatest.clone_from(&others[1]);
    }
}
