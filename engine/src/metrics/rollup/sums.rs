//! What rollups and rows beside them come to, by bucket and group.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::decode::{Found, Row};
use super::super::error::QueryError;
use super::super::figures::{Group, merge};
use super::super::plan::facts::FactsPlan;
use super::super::plan::measures::{Merging, Slot, SlotAggregate};
use super::super::plan::percentile::percentile_of;
use super::super::registry::{Aggregate, Thousandths};
use super::cells::Need;
use super::kept::{CurrencyEnds, Rollup};

/// No position yet.
const NONE: u32 = u32::MAX;
/// Values that are looked at before others have their turn.
const VALUES_AT_ONCE: usize = 500_000;

/// The figures of buckets and groups, as they are put together.
pub(super) struct Sums {
    mergings: Vec<Merging>,
    groups: Vec<Group>,
    positions: HashMap<Group, u32>,
    /// The rows of each bucket, by the positions of their groups.
    by_bucket: HashMap<Option<i32>, HashMap<u32, usize>>,
    rows: Vec<SumRow>,
    /// All slots of all rows, one row after the other.
    slots: Vec<Option<i128>>,
    /// The slots that only rows tell.
    held: Vec<(usize, How)>,
    /// The rollups that rows hold values of.
    rollups: Vec<Arc<Rollup>>,
}

struct SumRow {
    bucket: Option<i32>,
    group: u32,
    currencies: CurrencyEnds,
    /// The rollups and their rows that hold what it is made of.
    rolled: Vec<(u32, u32)>,
    /// What rows beside them hold, for each slot that only rows tell.
    beside: Vec<Vec<i64>>,
}

/// What is made of what rows hold.
#[derive(Clone, Copy)]
enum How {
    /// How many different texts there are.
    Different,
    /// A percentile.
    Percentile(Thousandths),
}

impl Sums {
    pub(super) fn of(plan: &FactsPlan<'_>) -> Self {
        let held = plan.held_slots().map(|(number, slot)| match slot.aggregate {
            SlotAggregate::Of(Aggregate::Percentile { at, .. }) => (number, How::Percentile(at)),
            _ => (number, How::Different),
        });
        Self {
            mergings: plan.set.slots.iter().map(Slot::merging).collect(),
            groups: Vec::new(),
            positions: HashMap::new(),
            by_bucket: HashMap::new(),
            rows: Vec::new(),
            slots: Vec::new(),
            held: held.collect(),
            rollups: Vec::new(),
        }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds what is needed of a rollup as a whole.
    pub(super) fn take(&mut self, rollup: &Arc<Rollup>, needs: &[Need]) {
        let number = u32::try_from(self.rollups.len()).unwrap_or(NONE);
        if !self.held.is_empty() {
            self.rollups.push(Arc::clone(rollup));
        }
        let width = self.mergings.len();
        let mut of_row = vec![None; width];
        let mut known: Vec<u32> = vec![NONE; rollup.groups.len()];
        let mut row = 0;
        for cells in rollup.rows.chunk_by(|a, b| a.0 == b.0) {
            let rows = row..row + cells.len();
            row = rows.end;
            let Some(Need::Whole(bucket)) = cells.first().and_then(|(cell, _)| needs.get(*cell as usize)) else {
                continue;
            };
            let mut of_bucket = std::mem::take(self.by_bucket.entry(*bucket).or_default());
            for (row, (_, group)) in rows.zip(cells) {
                let position = match known[*group as usize] {
                    NONE => self.position(&rollup.groups[*group as usize]),
                    position => position,
                };
                known[*group as usize] = position;
                let place = self.place(&mut of_bucket, *bucket, position);
                rollup.slots(row, &mut of_row);
                merge(&mut self.slots[place * width..(place + 1) * width], &of_row, &self.mergings);
                let sum = &mut self.rows[place];
                widen(&mut sum.currencies, rollup.currencies(row));
                if !self.held.is_empty() {
                    sum.rolled.push((number, u32::try_from(row).unwrap_or(NONE)));
                }
            }
            self.by_bucket.insert(*bucket, of_bucket);
        }
    }

    /// Adds what one row holds for the slots that only rows tell.
    pub(super) fn hold(&mut self, bucket: Option<i32>, group: &Group, held: &[Option<i64>]) {
        let position = self.position(group);
        let mut of_bucket = std::mem::take(self.by_bucket.entry(bucket).or_default());
        let place = self.place(&mut of_bucket, bucket, position);
        self.by_bucket.insert(bucket, of_bucket);
        let row = &mut self.rows[place];
        row.beside.resize(held.len(), Vec::new());
        row.beside.iter_mut().zip(held).for_each(|(list, value)| list.extend(*value));
    }

    fn position(&mut self, group: &Group) -> u32 {
        if let Some(position) = self.positions.get(group) {
            return *position;
        }
        let position = u32::try_from(self.groups.len()).unwrap_or(NONE);
        self.groups.push(group.clone());
        self.positions.insert(group.clone(), position);
        position
    }

    /// The row of a group among those of its bucket, made where there is none.
    fn place(&mut self, of_bucket: &mut HashMap<u32, usize>, bucket: Option<i32>, group: u32) -> usize {
        *of_bucket.entry(group).or_insert_with(|| {
            let (currencies, rolled, beside) = Default::default();
            self.rows.push(SumRow { bucket, group, currencies, rolled, beside });
            self.slots.extend(self.mergings.iter().map(|_| None));
            self.rows.len() - 1
        })
    }

    /// The rows, and where only rows tell it what they come to together. Of `codes` numbers of texts some may be among them.
    pub(super) async fn found(mut self, codes: usize, is_total: bool) -> Result<Found, QueryError> {
        let width = self.mergings.len();
        let mut totals = Vec::new();
        for (held, (slot, how)) in self.held.iter().enumerate() {
            let mut seen = match how {
                How::Different => Seen::new(codes),
                How::Percentile(_) => Seen::new(0),
            };
            let mut values = 0;
            for (number, row) in self.rows.iter().enumerate() {
                values += self.lists(row, held).map(<[i64]>::len).sum::<usize>() + 1;
                // Whoever stops the query must be heard.
                if values > VALUES_AT_ONCE {
                    values = 0;
                    tokio::task::yield_now().await;
                }
                self.slots[number * width + slot] = how.of(self.lists(row, held), &mut seen)?;
            }
            tokio::task::yield_now().await;
            if !is_total && !self.rows.is_empty() {
                let all = self.rows.iter().flat_map(|row| self.lists(row, held));
                totals.push((*slot, how.of(all, &mut seen)?));
            }
        }
        let mut slots = self.slots.chunks(width.max(1)).map(<[_]>::to_vec);
        let groups = &self.groups;
        let rows = self.rows.into_iter().map(|row| Row {
            bucket: row.bucket,
            group: groups[row.group as usize].clone(),
            slots: slots.next().unwrap_or_default(),
            currencies: row.currencies,
        });
        Ok(Found { rows: rows.collect(), totals, ..Found::default() })
    }

    /// What the rows hold that a row is made of.
    fn lists<'s>(&'s self, row: &'s SumRow, held: usize) -> impl Iterator<Item = &'s [i64]> {
        let rolled =
            row.rolled.iter().map(move |(rollup, row)| self.rollups[*rollup as usize].held(held, *row as usize));
        rolled.chain(row.beside.get(held).map(Vec::as_slice))
    }
}

impl How {
    fn of<'l>(self, lists: impl Iterator<Item = &'l [i64]>, seen: &mut Seen) -> Result<Option<i128>, QueryError> {
        match self {
            Self::Different => Ok(Some(seen.different(lists.flatten().copied()))),
            Self::Percentile(at) => {
                let mut values: Vec<i64> = lists.flatten().copied().collect();
                Ok(percentile_of(&mut values, at)?)
            }
        }
    }
}

/// Which numbers were counted already: those that are marked with the number of the count.
struct Seen {
    marks: Vec<u32>,
    count: u32,
}

impl Seen {
    /// For so many numbers.
    fn new(numbers: usize) -> Self {
        Self { marks: vec![0; numbers], count: 0 }
    }

    fn different(&mut self, numbers: impl Iterator<Item = i64>) -> i128 {
        self.count += 1;
        let mut different = 0;
        for number in numbers {
            if let Some(mark) = usize::try_from(number).ok().and_then(|number| self.marks.get_mut(number)) {
                different += i128::from(*mark != self.count);
                *mark = self.count;
            }
        }
        different
    }
}

/// The least and the greatest of both.
fn widen(currencies: &mut CurrencyEnds, others: &CurrencyEnds) {
    let [least, greatest] = currencies;
    if others[0].is_some() && (least.is_none() || others[0] < *least) {
        least.clone_from(&others[0]);
    }
    if others[1] > *greatest {
        greatest.clone_from(&others[1]);
    }
}
