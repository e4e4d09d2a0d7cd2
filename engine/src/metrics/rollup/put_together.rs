//! Answers put together from rollups, and from rows where there are none.

use std::sync::Arc;

use futures::future::try_join_all;

use super::super::decode::Found;
use super::super::error::QueryError;
use super::super::execute::Stretch;
use super::super::plan::facts::{Currencies, FactsPlan};
use super::super::row_limit::RowsRead;
use super::super::source::{self, Extent, Piece};
use super::build::Rollups;
use super::cells::{Need, need};
use super::holding::{Holding, MAX_HELD, too_much};
use super::kept::Rollup;
use super::origin::{Origins, Part, WhyNot};
use super::sums::Sums;
use super::wanted::Wanted;
use crate::dataset::Partition;

/// Dimensions that rollups are cut by at most.
const MAX_DIMENSIONS: usize = 3;
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
    /// What the facts come to: from rollups as far as they go. `read` has the rows of a piece come to the same, in the slots that its
    /// layout has.
    pub(crate) async fn found<F: Future<Output = Result<Found, QueryError>>>(
        self,
        read: impl Fn(Piece, bool) -> F,
    ) -> Result<Found, QueryError> {
        let Self { wanted, stretch, rollups, origins, rows_read } = self;
        let (plan, layout) = (wanted.plan, wanted.layout);
        let dataset = plan.set.dataset;
        let range = if plan.is_by_partition() { stretch.range } else { (i64::MIN, i64::MAX) };
        let parts = wanted.facts.parts(dataset, range);
        let are_rollable: Vec<_> = parts.iter().map(|part| is_rollable(plan, part)).collect();
        let rollable: Vec<_> = parts.iter().zip(&are_rollable).filter_map(|(part, is)| is.then_some(part)).collect();
        let codes = rollups.codes(plan.store);
        let kept = match why_not(&wanted, rollups) {
            Some(why) => Err(why),
            None => rollups.of(wanted, &codes, &rollable).await,
        };
        let mut origin = Part::default();
        let (kept, made) = match kept {
            Ok(kept) => kept,
            Err(why) => {
                parts.iter().for_each(|part| origin.note_rows(part));
                origin.why_not.insert(why);
                origins.add(dataset.name, origin);
                return read(whole(plan, stretch), true).await;
            }
        };
        origin.rolled_up = made;
        let mut sums = Sums::of(plan);
        let mut rest = Rest::of(plan, stretch);
        let mut kept = kept.into_iter();
        let mut is_rolled = false;
        for (part, is_rollable) in parts.iter().zip(are_rollable) {
            let rollup = if is_rollable { kept.next() } else { None };
            if let Some((rollup, needs)) = rest.take(part, rollup, &mut origin) {
                is_rolled = true;
                let before = sums.len();
                sums.take(&rollup, &needs);
                rows_read.add(sums.len() - before, layout.width)?;
                // Whoever stops the query must be heard.
                tokio::task::yield_now().await;
            }
        }
        origins.add(dataset.name, origin);
        if !is_rolled {
            return read(whole(plan, stretch), true).await;
        }
        let pieces: Vec<_> = rest.pieces().collect();
        let holds = plan.held_slots().count();
        if holds > 0 {
            let holding = Holding { wanted, codes: &codes };
            let mut values = 0;
            for piece in pieces.clone() {
                let take = |bucket, group: &_, held: &[Option<i64>]| {
                    values += held.len();
                    if values > MAX_HELD {
                        return Err(too_much());
                    }
                    let before = sums.len();
                    sums.hold(bucket, group, held);
                    rows_read.add(sums.len() - before, layout.width)
                };
                let read_beside = holding.each(piece, stretch.buckets.clone(), take).await;
                rollups.weigh(plan.store, &codes);
                match read_beside {
                    // Plans over rows spill what is too much for memory, or say so.
                    Err(QueryError::Limit { .. }) if values > MAX_HELD || codes.are_too_many() => {
                        return read(whole(plan, stretch), true).await;
                    }
                    other => other?,
                }
            }
        }
        let mut found = sums.found(codes.len(), layout.is_total).await?;
        // What rows hold is in it. That there are rows, and amounts of which currencies, others tell.
        if holds == 0 || plan.told().count() > holds || layout.currencies != Currencies::Known {
            for more in try_join_all(pieces.into_iter().map(|piece| read(piece, false))).await? {
                found.append(more);
            }
        }
        Ok(found)
    }
}

/// All rows of a stretch.
fn whole(plan: &FactsPlan<'_>, stretch: &Stretch) -> Piece {
    if plan.is_by_partition() {
        return Piece::of(Extent::Range(stretch.range));
    }
    Piece { extent: Extent::All, within: Some(stretch.range) }
}

/// Whether what a partition's cold rows come to depends on nothing else that may change.
fn is_rollable(plan: &FactsPlan<'_>, part: &source::Part) -> bool {
    let is_decided = || match plan.deciding_orders() {
        Some(first_orders) => first_orders.decided_by(part.partition, part.cold_until).is_some(),
        None => true,
    };
    part.is_rollable() && is_decided()
}

/// Why the facts cannot be put together from rollups, whatever the partition.
fn why_not(wanted: &Wanted<'_>, rollups: &Rollups) -> Option<WhyNot> {
    let Wanted { plan, layout, .. } = wanted;
    [
        (!rollups.is_on(), WhyNot::Off),
        (layout.currencies == Currencies::Converted, WhyNot::Converted),
        (plan.group_by.len() > MAX_DIMENSIONS, WhyNot::ManyGroups),
    ]
    .into_iter()
    .find_map(|(holds, why)| holds.then_some(why))
}

/// What is read from rows.
struct Rest<'s> {
    plan: &'s FactsPlan<'s>,
    stretch: &'s Stretch,
    pieces: Vec<Piece>,
    /// The partitions of which hot rows are read beside their rollups.
    hot: Vec<Partition>,
}

impl<'s> Rest<'s> {
    fn of(plan: &'s FactsPlan<'s>, stretch: &'s Stretch) -> Self {
        Self { plan, stretch, pieces: Vec::new(), hot: Vec::new() }
    }

    /// What is needed of a partition: of its rollup, which is given back with that, and beside it of its rows.
    fn take(
        &mut self,
        part: &source::Part,
        rollup: Option<Arc<Rollup>>,
        origin: &mut Part,
    ) -> Option<(Arc<Rollup>, Vec<Need>)> {
        let (range, buckets) = (self.stretch.range, self.stretch.buckets.as_ref());
        let needs = rollup.as_ref().map(|rollup| rollup.cells.iter().map(|cell| need(*cell, range, buckets)).collect());
        let needs: Vec<Need> = needs.unwrap_or_default();
        let cuts: Vec<_> = needs.iter().filter_map(Need::rows).collect();
        origin.why_not.extend((!cuts.is_empty()).then_some(WhyNot::CutShort));
        origin.why_not.extend((!part.is_settled).then_some(WhyNot::Restated));
        let undecided = part.is_rollable() && rollup.is_none();
        origin.why_not.extend(undecided.then_some(WhyNot::CustomerType));
        let Some(rollup) = rollup.filter(|_| cuts.len() <= MAX_CUTS) else {
            origin.note_rows(part);
            self.add_rows(part.span);
            return None;
        };
        origin.rollup += 1;
        origin.cold += u64::from(!cuts.is_empty());
        origin.hot += u64::from(part.has_hot);
        let partition = vec![part.partition];
        self.pieces.extend(cuts.into_iter().map(|cut| {
            if self.plan.is_by_partition() {
                return Piece::of(Extent::Cold(partition.clone(), Some(cut)));
            }
            Piece { extent: Extent::Cold(partition.clone(), None), within: Some(cut) }
        }));
        self.hot.extend(part.has_hot.then_some(part.partition));
        Some((rollup, needs))
    }

    /// All rows of a partition that happened in the stretch.
    fn add_rows(&mut self, span: (i64, i64)) {
        let range = self.stretch.range;
        let (span, within) = if self.plan.is_by_partition() {
            ((span.0.max(range.0), span.1.min(range.1)), None)
        } else {
            (span, Some(range))
        };
        match self.pieces.last_mut() {
            Some(Piece { extent: Extent::Range(last), .. }) if last.1 == span.0 => last.1 = span.1,
            _ => self.pieces.push(Piece { extent: Extent::Range(span), within }),
        }
    }

    fn pieces(self) -> impl Iterator<Item = Piece> {
        let range = self.stretch.range;
        let (times, within) =
            if self.plan.is_by_partition() { (range, None) } else { ((i64::MIN, i64::MAX), Some(range)) };
        let hot = (!self.hot.is_empty()).then_some(Piece { extent: Extent::Hot(self.hot, times), within });
        self.pieces.into_iter().chain(hot)
    }
}
