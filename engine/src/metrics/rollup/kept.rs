//! One rollup: what a partition comes to, cell by cell and group by group, in columns.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::figures::{Group, Values};

/// The least and the greatest currency, where that was asked for.
pub(crate) type CurrencyEnds = [Option<Arc<str>>; 2];

/// What the rows of a partition come to. A row of it stands for those of one cell and group.
#[derive(Debug)]
pub(crate) struct Rollup {
    /// The times of its cells, in microseconds, half-open, ascending.
    pub(crate) cells: Vec<(i64, i64)>,
    /// Its groups, each once.
    pub(crate) groups: Vec<Group>,
    /// The positions of the cell and of the group of each row, in the order of the cells.
    pub(crate) rows: Vec<(u32, u32)>,
    /// One column for each slot of the set of facts.
    slots: Vec<Numbers>,
    /// One for each of the slots that only rows tell.
    held: Vec<Lists>,
    currencies: CurrencyColumn,
}

/// A column of numbers.
#[derive(Debug)]
enum Numbers {
    /// Of these, [`NONE`] stands for none.
    Narrow(Vec<i64>),
    Wide(Vec<Option<i128>>),
}

const NONE: i64 = i64::MIN;

impl Numbers {
    fn of(numbers: impl ExactSizeIterator<Item = Option<i128>> + Clone) -> Self {
        let narrow = numbers.clone().map(|number| match number {
            None => Some(NONE),
            Some(number) => i64::try_from(number).ok().filter(|number| *number != NONE),
        });
        narrow.collect::<Option<Vec<_>>>().map_or_else(|| Self::Wide(numbers.collect()), Self::Narrow)
    }

    fn get(&self, row: usize) -> Option<i128> {
        match self {
            Self::Narrow(numbers) => Some(numbers[row]).filter(|number| *number != NONE).map(i128::from),
            Self::Wide(numbers) => numbers[row],
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Narrow(numbers) => size_of_val(&**numbers),
            Self::Wide(numbers) => size_of_val(&**numbers),
        }
    }
}

/// What the rows of each row of a rollup hold where only they tell the figure: their values, or the numbers of their different texts. A
/// list for each, all in one.
#[derive(Debug, Default)]
struct Lists {
    ends: Vec<usize>,
    all: Vec<i64>,
}

impl Lists {
    fn push(&mut self, list: &[i64]) {
        self.all.extend(list);
        self.ends.push(self.all.len());
    }

    fn get(&self, row: usize) -> &[i64] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[start..self.ends[row]]
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.ends) + size_of_val(&*self.all)
    }
}

#[derive(Debug)]
enum CurrencyColumn {
    /// The same of all rows.
    Same(CurrencyEnds),
    Each(Vec<CurrencyEnds>),
}

impl Rollup {
    /// The slots of a row, into as many places.
    pub(crate) fn slots(&self, row: usize, into: &mut [Option<i128>]) {
        into.iter_mut().zip(&self.slots).for_each(|(place, column)| *place = column.get(row));
    }

    pub(crate) fn currencies(&self, row: usize) -> &CurrencyEnds {
        match &self.currencies {
            CurrencyColumn::Same(ends) => ends,
            CurrencyColumn::Each(all) => &all[row],
        }
    }

    /// What a row holds of a slot that only rows tell.
    pub(crate) fn held(&self, held: usize, row: usize) -> &[i64] {
        self.held[held].get(row)
    }

    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        let of_group = |group: &Group| {
            let texts = group.iter().flatten().map(|text| text.len() + 16);
            size_of::<Group>() + size_of_val(&**group) + texts.sum::<usize>()
        };
        let currencies = match &self.currencies {
            CurrencyColumn::Same(_) => 0,
            CurrencyColumn::Each(all) => size_of_val(&**all),
        };
        size_of::<Self>()
            + size_of_val(&*self.cells)
            + size_of_val(&*self.rows)
            + currencies
            + self.groups.iter().map(of_group).sum::<usize>()
            + self.slots.iter().map(Numbers::memory).sum::<usize>()
            + self.held.iter().map(Lists::memory).sum::<usize>()
    }
}

/// A rollup under way.
#[derive(Debug)]
pub(crate) struct Unfinished {
    cells: Vec<(i64, i64)>,
    groups: Vec<Group>,
    positions: HashMap<Group, u32>,
    places: HashMap<(u32, u32), usize>,
    rows: Vec<UnfinishedRow>,
    width: usize,
    /// For each slot that only rows tell, whether it counts different texts.
    held: Vec<bool>,
}

#[derive(Debug)]
pub(crate) struct UnfinishedRow {
    key: (u32, u32),
    pub(crate) slots: Values,
    pub(crate) currencies: CurrencyEnds,
    pub(crate) held: Vec<Vec<i64>>,
}

impl Unfinished {
    /// Without rows, which will have so many slots. Of the slots that only rows tell it says whether they count different texts.
    pub(crate) fn new(cells: Vec<(i64, i64)>, width: usize, held: Vec<bool>) -> Self {
        let (groups, positions, places, rows) = Default::default();
        Self { cells, groups, positions, places, rows, width, held }
    }

    pub(crate) fn cells(&self) -> &[(i64, i64)] {
        &self.cells
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The row of a cell and group.
    pub(crate) fn row(&mut self, cell: u32, group: &Group) -> &mut UnfinishedRow {
        let position = match self.positions.get(group) {
            Some(position) => *position,
            None => {
                let next = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
                self.groups.push(group.clone());
                self.positions.insert(group.clone(), next);
                next
            }
        };
        let key = (cell, position);
        let place = *self.places.entry(key).or_insert_with(|| {
            let (slots, currencies) = (vec![None; self.width], CurrencyEnds::default());
            self.rows.push(UnfinishedRow { key, slots, currencies, held: vec![Vec::new(); self.held.len()] });
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }

    /// The rollup; all its amounts are in the one currency that is given.
    pub(crate) fn finish(self, sole: Option<&Arc<str>>) -> Rollup {
        let Self { cells, groups, mut rows, width, held, .. } = self;
        rows.sort_unstable_by_key(|row| row.key);
        let slots = (0..width).map(|slot| Numbers::of(rows.iter().map(move |row| row.slots[slot]))).collect();
        let is_none = |row: &UnfinishedRow| row.currencies.iter().all(Option::is_none);
        let currencies = match sole {
            Some(sole) => CurrencyColumn::Same([Some(Arc::clone(sole)), Some(Arc::clone(sole))]),
            None if rows.iter().all(is_none) => CurrencyColumn::Same(CurrencyEnds::default()),
            None => CurrencyColumn::Each(rows.iter().map(|row| row.currencies.clone()).collect()),
        };
        let mut lists: Vec<_> = held.iter().map(|_| Lists::default()).collect();
        for row in &mut rows {
            for ((lists, counts_texts), list) in lists.iter_mut().zip(&held).zip(&mut row.held) {
                if *counts_texts {
                    list.sort_unstable();
                    list.dedup();
                }
                lists.push(list);
            }
        }
        let rows = rows.iter().map(|row| row.key).collect();
        Rollup { cells, groups, rows, slots, held: lists, currencies }
    }
}
