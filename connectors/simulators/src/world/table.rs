//! Rows of one kind, found by id and in the order of their times.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

/// Something with an id and times.
pub trait Row {
    /// Its number, which its gid ends in.
    fn id(&self) -> u64;
    /// When it came to be.
    fn created_at(&self) -> DateTime<Utc>;
    /// When it changed last.
    fn updated_at(&self) -> DateTime<Utc>;
    /// When it counts from; what is not an order counts from when it came to be.
    fn processed_at(&self) -> DateTime<Utc> {
        self.created_at()
    }
}

/// A time of a row, by which there is an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// When it came to be.
    Created,
    /// When it changed last.
    Updated,
    /// When it counts from.
    Processed,
}

/// Rows of one kind.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: BTreeMap<u64, T>,
    created: BTreeSet<(DateTime<Utc>, u64)>,
    updated: BTreeSet<(DateTime<Utc>, u64)>,
    processed: BTreeSet<(DateTime<Utc>, u64)>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), created: BTreeSet::new(), updated: BTreeSet::new(), processed: BTreeSet::new() }
    }
}

impl<T: Row> Table<T> {
    /// The row of that id.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<&T> {
        self.rows.get(&id)
    }

    /// All rows by id.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows with `from <= time < to`, by that time and then by id.
    pub fn range(&self, by: Moment, from: DateTime<Utc>, to: DateTime<Utc>) -> impl DoubleEndedIterator<Item = &T> {
        let index = match by {
            Moment::Created => &self.created,
            Moment::Updated => &self.updated,
            Moment::Processed => &self.processed,
        };
        // An empty range is none to a set of Rust.
        let to = to.max(from);
        index.range((from, 0)..(to, 0)).filter_map(|(_, id)| self.rows.get(id))
    }

    /// Adds a row, in place of the one with its id if there is one.
    pub(crate) fn put(&mut self, row: T) {
        self.remove(row.id());
        self.created.insert((row.created_at(), row.id()));
        self.updated.insert((row.updated_at(), row.id()));
        self.processed.insert((row.processed_at(), row.id()));
        self.rows.insert(row.id(), row);
    }

    /// Takes a row away.
    pub(crate) fn remove(&mut self, id: u64) -> Option<T> {
        let row = self.rows.remove(&id)?;
        self.created.remove(&(row.created_at(), id));
        self.updated.remove(&(row.updated_at(), id));
        self.processed.remove(&(row.processed_at(), id));
        Some(row)
    }

    /// Changes a row, if it is there, and says what the change said.
    pub(crate) fn change<R>(&mut self, id: u64, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut row = self.remove(id)?;
        let said = change(&mut row);
        self.put(row);
        Some(said)
    }
}
