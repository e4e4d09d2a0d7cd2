//! The rollups that are kept, and making those that are missing.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use moka::sync::Cache;
use tokio::sync::Mutex;

use super::super::decode::{Layout, read_rows};
use super::super::error::QueryError;
use super::super::plan::bucket_index::BucketIndex;
use super::super::plan::facts::{Currencies, FactsPlan};
use super::super::row_limit::RowsRead;
use super::super::source::{Extent, Facts, Part};
use super::cells::Grain;
use super::kept::Rollup;
use crate::SegmentId;

/// Rows that the rollups of one plan may have.
const MAX_ROWS: usize = 100_000;
/// How long it is remembered that there would be more.
const TOO_LARGE: Duration = Duration::from_secs(600);
/// How long a rollup is kept that nobody asks for.
const IDLE: Duration = Duration::from_secs(6 * 60 * 60);

/// What rollups are of, besides their segments.
type Kind = Arc<str>;
type Key = (Kind, Box<[SegmentId]>);

/// The rollups that are kept, bounded by bytes.
#[derive(Clone, Debug)]
pub(crate) struct Rollups {
    kept: Cache<Key, Arc<Rollup>>,
    too_large: Cache<Kind, ()>,
    /// Those who make rollups of one kind do so one after the other, and then find what the others made.
    making: Cache<Kind, Arc<Mutex<()>>>,
    is_on: bool,
}

/// What rollups are wanted of.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'w> {
    pub(crate) plan: &'w FactsPlan<'w>,
    pub(crate) facts: &'w dyn Facts,
    pub(crate) layout: &'w Layout,
    pub(crate) zone: Tz,
    pub(crate) grain: Grain,
}

impl Rollups {
    /// Keeps up to that many bytes; none with zero.
    pub(crate) fn new(bytes: u64) -> Self {
        let kept = Cache::builder()
            .max_capacity(bytes)
            .weigher(|key: &Key, rollup: &Arc<Rollup>| {
                u32::try_from(rollup.memory() + size_of_val(&*key.1) + 128).unwrap_or(u32::MAX)
            })
            .time_to_idle(IDLE)
            .build();
        Self {
            kept,
            too_large: Cache::builder().max_capacity(10_000).time_to_live(TOO_LARGE).build(),
            making: Cache::builder().max_capacity(10_000).time_to_idle(TOO_LARGE).build(),
            is_on: bytes > 0,
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    /// The rollups of some settled partitions, in their order, and how many of them had to be made; `None` when they would be too large.
    pub(crate) async fn of(
        &self,
        wanted: Wanted<'_>,
        parts: &[&Part],
    ) -> Result<Option<(Vec<Arc<Rollup>>, u64)>, QueryError> {
        let kind = kind(wanted);
        if let Some(kept) = self.all(&kind, parts) {
            return Ok(Some((kept, 0)));
        }
        if self.too_large.contains_key(&kind) {
            return Ok(None);
        }
        let making = self.making.get_with(Arc::clone(&kind), Arc::default);
        let _turn = making.lock().await;
        let missing: Vec<_> = parts.iter().copied().filter(|part| self.one(&kind, part).is_none()).collect();
        if self.too_large.contains_key(&kind) {
            return Ok(None);
        }
        let made = match make(wanted, &missing).await {
            Ok(made) => made,
            Err(QueryError::Limit { .. }) => {
                self.too_large.insert(kind, ());
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let mut made: Vec<_> = missing.iter().map(|part| part.partition).zip(made.into_iter().map(Arc::new)).collect();
        for ((_, rollup), part) in made.iter().zip(&missing) {
            self.kept.insert((Arc::clone(&kind), part.cold.clone().into()), Arc::clone(rollup));
        }
        let count = made.len() as u64;
        let mut all = Vec::with_capacity(parts.len());
        for part in parts {
            // What was kept a moment ago may have had to give way.
            match made.iter().position(|(partition, _)| *partition == part.partition) {
                Some(at) => all.push(made.swap_remove(at).1),
                None => match self.one(&kind, part) {
                    Some(kept) => all.push(kept),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some((all, count)))
    }

    fn all(&self, kind: &Kind, parts: &[&Part]) -> Option<Vec<Arc<Rollup>>> {
        parts.iter().map(|part| self.one(kind, part)).collect()
    }

    fn one(&self, kind: &Kind, part: &Part) -> Option<Arc<Rollup>> {
        self.kept.get(&(Arc::clone(kind), part.cold.clone().into()))
    }
}

/// Everything that decides what a rollup of given segments says.
fn kind(wanted: Wanted<'_>) -> Kind {
    let Wanted { plan, layout, zone, grain, .. } = wanted;
    let set = plan.set;
    let mut kind = format!("{} {:?} {zone} {grain:?} {}", set.dataset.name, set.source, plan.home);
    let slots: Vec<_> = layout.slots.iter().map(|(slot, _)| slot).collect();
    let groups: Vec<_> = plan.group_by.iter().map(|dimension| dimension.id).collect();
    let _ = write!(kind, " {:?} {:?} {slots:?} {groups:?} {:?}", set.taken, set.slots, plan.filter);
    kind.into()
}

/// Makes the rollups of some partitions, all in one plan.
async fn make(wanted: Wanted<'_>, parts: &[&Part]) -> Result<Vec<Rollup>, QueryError> {
    let Wanted { plan, facts, layout, zone, grain } = wanted;
    let mut rollups: Vec<_> = parts.iter().map(|part| Rollup::new(grain.cells(zone, part.span))).collect();
    let places: Vec<(usize, u32)> = rollups
        .iter()
        .enumerate()
        .flat_map(|(at, rollup)| (0..).take(rollup.cells.len()).map(move |cell| (at, cell)))
        .collect();
    let cells = rollups.iter().flat_map(|rollup| &rollup.cells);
    let buckets = BucketIndex::new(cells.map(|cell| Some(*cell)).zip(0..));
    let partitions: Vec<_> = parts.iter().map(|part| part.partition).collect();
    // Where money is summed over every row, rows that exist are rows of it.
    let is_of_all = plan.set.has_money() && plan.takes_all_money();
    let sole = is_of_all.then(|| plan.sole_currency(facts, Some(&partitions))).flatten();
    let sole: Option<Arc<str>> = sole.map(Into::into);
    let currencies = if plan.set.has_money() && sole.is_none() { Currencies::Found } else { Currencies::Known };
    let rows = plan.facts_of(facts, Extent::Cold(partitions, None)).await?;
    let rows = plan.rows(rows, Some(buckets), currencies)?;
    let layout = Layout { is_total: false, buckets: true, currencies, ..layout.clone() };
    let found = read_rows(facts.session(), rows, &layout, &RowsRead::up_to(MAX_ROWS)).await?;
    for mut row in found.rows {
        if sole.is_some() {
            row.currencies = [sole.clone(), sole.clone()];
        }
        let place = row.bucket.and_then(|bucket| places.get(usize::try_from(bucket).ok()?));
        if let Some((rollup, cell)) = place {
            rollups[*rollup].add(*cell, row);
        }
    }
    Ok(rollups.into_iter().map(Rollup::sorted).collect())
}
