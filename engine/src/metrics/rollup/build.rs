//! The rollups that are kept, and making those that are missing.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use super::super::decode::{Layout, number, read_rows};
use super::super::error::QueryError;
use super::super::plan::bucket_index::BucketIndex;
use super::super::plan::facts::{Currencies, FactsPlan};
use super::super::plan::measures::{Merging, Slot};
use super::super::row_limit::RowsRead;
use super::super::source::{Extent, Facts, Part, Piece};
use super::codes::Codes;
use super::holding::{Holding, MAX_HELD, too_much};
use super::kept::{Rollup, Unfinished};
use super::origin::WhyNot;
use super::wanted::Wanted;
use crate::dataset::Partition;
use crate::{SegmentId, StoreId};

/// Rows that a rollup may have, on average of those of one plan.
const MAX_ROWS: usize = 50_000;
/// Cells that it may have.
const MAX_CELLS: i64 = 100_000;
/// Which part of the memory of all codes those of one store may take: by default, of a store with 1.8 million customers.
const CODES_OF_A_STORE: u64 = 2;
/// Partitions that are rolled up in one plan: what is made is kept, also when the query ends before all are.
const AT_ONCE: usize = 4;
/// How long it is remembered that there would be more.
const TOO_LARGE: Duration = Duration::from_secs(600);
/// How long a rollup is kept that nobody asks for.
const IDLE: Duration = Duration::from_secs(6 * 60 * 60);

/// A digest of everything that decides what a rollup of given segments says, and of the store.
type Kind = [u8; 32];
/// With the segments that it is of, and those that decide who is new.
type Key = (Kind, Box<[SegmentId]>);

/// The rollups that are kept, bounded by bytes.
#[derive(Clone, Debug)]
pub(crate) struct Rollups {
    kept: Cache<Key, Arc<Rollup>>,
    /// The numbers of what stores count once.
    codes: Cache<StoreId, Arc<Codes>>,
    /// Stores that have more of them than may be kept.
    too_many_codes: Cache<StoreId, ()>,
    too_large: Cache<Kind, ()>,
    /// Those who make rollups of one kind do so one after the other, and then find what the others made.
    making: Cache<Kind, Arc<Mutex<()>>>,
    /// What was asked for lately with a filter. Filters are many, and most are never seen again: only those that are, are rolled up.
    filtered: Cache<Kind, ()>,
    most: u64,
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
        let codes = Cache::builder()
            .max_capacity(bytes)
            .weigher(|_: &StoreId, codes: &Arc<Codes>| u32::try_from(codes.memory()).unwrap_or(u32::MAX))
            .time_to_idle(IDLE)
            .build();
        Self {
            kept,
            codes,
            too_many_codes: Cache::builder().max_capacity(10_000).time_to_live(TOO_LARGE).build(),
            too_large: Cache::builder().max_capacity(10_000).time_to_live(TOO_LARGE).build(),
            making: Cache::builder().max_capacity(10_000).time_to_idle(TOO_LARGE).build(),
            filtered: Cache::builder().max_capacity(100_000).time_to_idle(IDLE).build(),
            most: bytes,
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.most > 0
    }

    /// The numbers of what a store counts once.
    pub(crate) fn codes(&self, store: StoreId) -> Arc<Codes> {
        let most = usize::try_from(self.most / CODES_OF_A_STORE).unwrap_or(usize::MAX);
        self.codes.get_with(store, || Arc::new(Codes::new(most)))
    }

    /// The rollups of some settled partitions, in their order, and how many of them had to be made; or why there are none.
    pub(crate) async fn of(
        &self,
        wanted: Wanted<'_>,
        codes: &Arc<Codes>,
        parts: &[&Part],
    ) -> Result<(Vec<Arc<Rollup>>, u64), WhyNot> {
        let kind = kind(wanted, codes);
        let keys: Vec<_> = parts.iter().map(|part| key(kind, wanted.plan, part)).collect();
        if let Some(kept) = keys.iter().map(|key| self.kept.get(key)).collect() {
            return Ok((kept, 0));
        }
        let is_too_large = || {
            let has_too_many = counts_texts(wanted.plan) && self.too_many_codes.contains_key(&wanted.plan.store);
            has_too_many || self.too_large.contains_key(&kind)
        };
        if is_too_large() {
            return Err(WhyNot::TooLarge);
        }
        if wanted.plan.is_filtered() && !self.filtered.contains_key(&kind) {
            self.filtered.insert(kind, ());
            return Err(WhyNot::FirstTime);
        }
        let making = self.making.get_with(kind, Arc::default);
        let _turn = making.lock().await;
        if is_too_large() {
            return Err(WhyNot::TooLarge);
        }
        let mut all: Vec<_> = keys.iter().map(|key| self.kept.get(key)).collect();
        let missing: Vec<_> = (0..parts.len()).filter(|at| all[*at].is_none()).collect();
        // Where rows happened at another time than their partition's, they do not tell which partition they are of.
        let at_once = if wanted.plan.is_by_partition() { AT_ONCE } else { 1 };
        for some in missing.chunks(at_once) {
            let chosen: Vec<_> = some.iter().map(|at| parts[*at]).collect();
            let made = make(wanted, codes, &chosen).await;
            self.weigh(wanted.plan.store, codes);
            let made = match made {
                Ok(made) => made,
                Err(QueryError::Limit { .. }) => {
                    self.too_large.insert(kind, ());
                    return Err(WhyNot::TooLarge);
                }
                // What is wrong with rows is for those to find who ask for them.
                Err(_) => return Err(WhyNot::Failed),
            };
            for (at, rollup) in some.iter().zip(made.into_iter().map(Arc::new)) {
                self.kept.insert(keys[*at].clone(), Arc::clone(&rollup));
                all[*at] = Some(rollup);
            }
            // What cannot all be kept would be made again for every answer.
            let memory: usize = all.iter().flatten().map(|rollup: &Arc<Rollup>| rollup.memory()).sum();
            if memory as u64 > self.most {
                self.too_large.insert(kind, ());
                return Err(WhyNot::TooLarge);
            }
        }
        Ok((all.into_iter().flatten().collect(), missing.len() as u64))
    }

    /// Codes become more, and then take more memory. Too many are given up.
    pub(super) fn weigh(&self, store: StoreId, codes: &Arc<Codes>) {
        let is_known = self.codes.get(&store).is_some_and(|known| known.generation == codes.generation);
        if codes.are_too_many() {
            self.too_many_codes.insert(store, ());
            self.codes.invalidate(&store);
        } else if is_known {
            self.codes.insert(store, Arc::clone(codes));
        }
    }
}

/// Everything that decides what a rollup of given segments says but for who is new, and the store, which shares no limit with another.
fn kind(wanted: Wanted<'_>, codes: &Codes) -> Kind {
    let Wanted { plan, layout, zone, length, .. } = wanted;
    let set = plan.set;
    let slots: Vec<_> = layout.slots.iter().map(|(slot, _)| slot).collect();
    let groups: Vec<_> = plan.group_by.iter().map(|dimension| dimension.id).collect();
    let codes = counts_texts(plan).then_some(codes.generation);
    let of_rows = (plan.store, set.dataset.name, set.source, &set.time, &set.taken, &plan.filter, plan.home, codes);
    Sha256::digest(format!("{of_rows:?} {:?} {slots:?} {groups:?} {zone} {length:?}", set.slots)).into()
}

/// Whether different texts are counted.
fn counts_texts(plan: &FactsPlan<'_>) -> bool {
    plan.held_slots().any(|(_, slot)| slot.merging() == Merging::Distinct)
}

fn key(kind: Kind, plan: &FactsPlan<'_>, part: &Part) -> Key {
    let decide_who_is_new =
        plan.deciding_orders().and_then(|first_orders| first_orders.decided_by(part.partition, part.cold_until));
    (kind, part.cold.iter().copied().chain(decide_who_is_new.into_iter().flatten()).collect())
}

/// Makes the rollups of some partitions together.
async fn make(wanted: Wanted<'_>, codes: &Codes, parts: &[&Part]) -> Result<Vec<Rollup>, QueryError> {
    let Wanted { plan, facts, runner, layout, .. } = wanted;
    let partitions: Vec<_> = parts.iter().map(|part| part.partition).collect();
    let piece = || Piece::of(Extent::Cold(partitions.clone(), None));
    let counts_texts: Vec<_> = plan.held_slots().map(|(_, slot)| slot.merging() == Merging::Distinct).collect();
    let mut rollups = Vec::with_capacity(parts.len());
    for part in parts {
        let cells = cells(wanted, part).await?;
        rollups.push(Unfinished::new(cells, layout.width, counts_texts.clone()));
    }
    let places: Vec<(usize, u32)> = rollups
        .iter()
        .enumerate()
        .flat_map(|(at, rollup)| (0..).take(rollup.cells().len()).map(move |cell| (at, cell)))
        .collect();
    let place_of = |bucket: Option<i32>| places.get(usize::try_from(bucket?).ok()?).copied();
    let cells: Vec<_> = rollups.iter().flat_map(|rollup| rollup.cells().to_vec()).collect();
    let buckets = BucketIndex::new(cells.into_iter().map(Some).zip(0..));
    let sole = sole_currency(plan, facts, &partitions);
    let currencies = if plan.set.has_money() && sole.is_none() { Currencies::Found } else { Currencies::Known };
    if counts_texts.is_empty() || currencies == Currencies::Found || plan.told().count() > counts_texts.len() {
        let rows = plan.facts_in(facts, piece()).await?;
        let rows = plan.rows(rows, Some(buckets.clone()), currencies, Slot::is_mergeable)?;
        let layout = Layout { is_total: false, buckets: true, currencies, slots: plan.merged(), ..layout.clone() };
        for row in read_rows(&runner, rows, &layout, &RowsRead::up_to(MAX_ROWS * parts.len())).await?.rows {
            let Some((at, cell)) = place_of(row.bucket) else { continue };
            let place = rollups[at].row(cell, &row.group);
            (place.slots, place.currencies) = (row.slots, row.currencies);
        }
    }
    if !counts_texts.is_empty() {
        let rows_made = RowsRead::up_to(MAX_ROWS * parts.len());
        let mut values = 0;
        let holding = Holding { wanted, codes };
        let take = |bucket, group: &_, held: &[Option<i64>]| {
            let Some((at, cell)) = place_of(bucket) else { return Ok(()) };
            let before = rollups[at].len();
            let row = rollups[at].row(cell, group);
            row.held.iter_mut().zip(held).for_each(|(list, value)| list.extend(*value));
            values += held.len();
            if values > MAX_HELD * parts.len() {
                return Err(too_much());
            }
            rows_made.add(rollups[at].len() - before, layout.width)
        };
        holding.each(piece(), Some(buckets), take).await?;
    }
    Ok(rollups.into_iter().map(|rollup| rollup.finish(sole.as_ref())).collect())
}

/// The one currency of all amounts of some partitions, where it is known without reading them.
fn sole_currency(plan: &FactsPlan<'_>, facts: &dyn Facts, partitions: &[Partition]) -> Option<Arc<str>> {
    // Where money is summed over every row, rows that exist are rows of it.
    let is_of_all = plan.set.has_money() && plan.takes_all_money();
    is_of_all.then(|| plan.sole_currency(facts, Some(partitions))).flatten().map(Into::into)
}

/// The cells of a partition: of its time, or from the first to the last time that its rows happened at.
async fn cells(wanted: Wanted<'_>, part: &Part) -> Result<Vec<(i64, i64)>, QueryError> {
    let Wanted { plan, facts, runner, zone, length, .. } = wanted;
    if plan.is_by_partition() {
        return Ok(length.cells(zone, part.span));
    }
    let rows = plan.facts_in(facts, Piece::of(Extent::Cold(vec![part.partition], None))).await?;
    let ends = runner.batches(plan.times(rows)?).await?;
    let Some(ends) = ends.first() else { return Ok(Vec::new()) };
    let end = |column| Ok::<_, QueryError>(number(ends, column, 0)?.and_then(|micros| i64::try_from(micros).ok()));
    let (Some(first), Some(last)) = (end(0)?, end(1)?) else { return Ok(Vec::new()) };
    if last.saturating_sub(first) / length.micros() > MAX_CELLS {
        let hint = "filter, or ask for a shorter range";
        return Err(QueryError::Limit {
            what: "days or hours of one month's rows",
            limit: MAX_CELLS.unsigned_abs(),
            hint,
        });
    }
    Ok(length.cells(zone, length.around(zone, (first, last.saturating_add(1)))))
}
