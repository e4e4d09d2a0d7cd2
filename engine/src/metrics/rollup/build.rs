//! The rollups that are kept, and making those that are missing.

use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use super::super::decode::{Layout, read_rows};
use super::super::error::QueryError;
use super::super::plan::bucket_index::BucketIndex;
use super::super::plan::facts::{Currencies, FactsPlan};
use super::super::row_limit::RowsRead;
use super::super::runner::Runner;
use super::super::source::{Extent, Facts, Part};
use super::cells::CellLength;
use super::kept::Rollup;
use super::origin::WhyNot;
use crate::SegmentId;

/// Rows that a rollup may have, on average of those of one plan.
const MAX_ROWS: usize = 20_000;
/// Partitions that are rolled up in one plan: what is made is kept, also when the query ends before all are.
const AT_ONCE: usize = 4;
/// How long it is remembered that there would be more.
const TOO_LARGE: Duration = Duration::from_secs(600);
/// How long a rollup is kept that nobody asks for.
const IDLE: Duration = Duration::from_secs(6 * 60 * 60);

/// A digest of everything that decides what a rollup of given segments says, and of the store.
type Kind = [u8; 32];
type Key = (Kind, Box<[SegmentId]>);

/// The rollups that are kept, bounded by bytes.
#[derive(Clone, Debug)]
pub(crate) struct Rollups {
    kept: Cache<Key, Arc<Rollup>>,
    too_large: Cache<Kind, ()>,
    /// Those who make rollups of one kind do so one after the other, and then find what the others made.
    making: Cache<Kind, Arc<Mutex<()>>>,
    /// What was asked for lately with a filter. Filters are many, and most are never seen again: only those that are, are rolled up.
    filtered: Cache<Kind, ()>,
    is_on: bool,
}

/// What rollups are wanted of.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'w> {
    pub(crate) plan: &'w FactsPlan<'w>,
    pub(crate) facts: &'w dyn Facts,
    pub(crate) runner: Runner<'w>,
    pub(crate) layout: &'w Layout,
    pub(crate) zone: Tz,
    pub(crate) length: CellLength,
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
            filtered: Cache::builder().max_capacity(100_000).time_to_idle(IDLE).build(),
            is_on: bytes > 0,
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on
    }

    /// The rollups of some settled partitions, in their order, and how many of them had to be made; or why there are none.
    pub(crate) async fn of(&self, wanted: Wanted<'_>, parts: &[&Part]) -> Result<(Vec<Arc<Rollup>>, u64), WhyNot> {
        let kind = kind(wanted);
        if let Some(kept) = self.all(&kind, parts) {
            return Ok((kept, 0));
        }
        if self.too_large.contains_key(&kind) {
            return Err(WhyNot::TooLarge);
        }
        if wanted.plan.is_filtered() && !self.filtered.contains_key(&kind) {
            self.filtered.insert(kind, ());
            return Err(WhyNot::FirstTime);
        }
        let making = self.making.get_with(kind, Arc::default);
        let _turn = making.lock().await;
        let mut all: Vec<_> = parts.iter().map(|part| self.one(&kind, part)).collect();
        let missing: Vec<_> = (0..parts.len()).filter(|at| all[*at].is_none()).collect();
        for some in missing.chunks(AT_ONCE) {
            let chosen: Vec<_> = some.iter().map(|at| parts[*at]).collect();
            let made = match make(wanted, &chosen).await {
                Ok(made) => made,
                Err(QueryError::Limit { .. }) => {
                    self.too_large.insert(kind, ());
                    return Err(WhyNot::TooLarge);
                }
                // What is wrong with rows is for those to find who ask for them.
                Err(_) => return Err(WhyNot::Failed),
            };
            for (at, rollup) in some.iter().zip(made.into_iter().map(Arc::new)) {
                self.kept.insert((kind, parts[*at].cold.clone().into()), Arc::clone(&rollup));
                all[*at] = Some(rollup);
            }
        }
        Ok((all.into_iter().flatten().collect(), missing.len() as u64))
    }

    fn all(&self, kind: &Kind, parts: &[&Part]) -> Option<Vec<Arc<Rollup>>> {
        parts.iter().map(|part| self.one(kind, part)).collect()
    }

    fn one(&self, kind: &Kind, part: &Part) -> Option<Arc<Rollup>> {
        self.kept.get(&(*kind, part.cold.clone().into()))
    }
}

/// Everything that decides what a rollup of given segments says, and the store, which shares no limit with another.
fn kind(wanted: Wanted<'_>) -> Kind {
    let Wanted { plan, layout, zone, length, .. } = wanted;
    let set = plan.set;
    let slots: Vec<_> = layout.slots.iter().map(|(slot, _)| slot).collect();
    let groups: Vec<_> = plan.group_by.iter().map(|dimension| dimension.id).collect();
    let of_rows = (plan.store, set.dataset.name, set.source, &set.taken, &plan.filter, plan.home);
    Sha256::digest(format!("{of_rows:?} {:?} {slots:?} {groups:?} {zone} {length:?}", set.slots)).into()
}

/// Makes the rollups of some partitions, all in one plan.
async fn make(wanted: Wanted<'_>, parts: &[&Part]) -> Result<Vec<Rollup>, QueryError> {
    let Wanted { plan, facts, runner, layout, zone, length } = wanted;
    let mut rollups: Vec<_> = parts.iter().map(|part| Rollup::new(length.cells(zone, part.span))).collect();
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
    let found = read_rows(&runner, rows, &layout, &RowsRead::up_to(MAX_ROWS * parts.len())).await?;
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
