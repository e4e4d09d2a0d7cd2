//! One rollup: what a partition comes to, cell by cell and group by group.

use std::sync::Arc;

use super::super::decode::Row;
use super::super::figures::Group;

/// What the rows of a partition come to.
#[derive(Debug)]
pub(crate) struct Rollup {
    /// The times of its cells, in microseconds, half-open, ascending.
    pub(crate) cells: Vec<(i64, i64)>,
    /// Its rows, in the order of their cells.
    pub(crate) rows: Vec<Rolled>,
}

/// What the rows of one cell and group come to.
#[derive(Debug)]
pub(crate) struct Rolled {
    /// The position of the cell.
    pub(crate) cell: u32,
    pub(crate) group: Group,
    /// One for each slot of the set of facts.
    pub(crate) slots: Box<[Option<i128>]>,
    /// The least and the greatest currency, where that was asked for.
    pub(crate) currencies: [Option<Arc<str>>; 2],
}

impl Rollup {
    pub(crate) fn new(cells: Vec<(i64, i64)>) -> Self {
        Self { cells, rows: Vec::new() }
    }

    pub(crate) fn add(&mut self, cell: u32, row: Row) {
        let Row { group, slots, currencies, .. } = row;
        self.rows.push(Rolled { cell, group, slots: slots.into(), currencies });
    }

    /// Puts its rows into their order.
    pub(crate) fn sorted(mut self) -> Self {
        self.rows.sort_by_key(|row| row.cell);
        self
    }

    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        let of_row = |row: &Rolled| {
            let texts = row.group.iter().flatten().chain(row.currencies.iter().flatten());
            size_of::<Rolled>()
                + size_of_val(&*row.slots)
                + row.group.len() * size_of::<Option<Arc<str>>>()
                + texts.map(|text| text.len() + 16).sum::<usize>()
        };
        size_of::<Self>() + size_of_val(&*self.cells) + self.rows.iter().map(of_row).sum::<usize>()
    }
}
