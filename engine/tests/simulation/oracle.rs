//! What commits mean, said without a lake: maps from entities to states.

use std::collections::{BTreeMap, BTreeSet};

use aloftly_engine::CommitId;
use aloftly_engine::lake::manifest::CommitCounts;
use chrono::DateTime;

/// A dataset of the simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    /// Several rows per entity, months.
    Items,
    /// One row per entity, months.
    Events,
    /// One row per entity, all time.
    Customers,
}

pub(crate) const TABLES: [Table; 3] = [Table::Items, Table::Events, Table::Customers];

/// What the simulation puts into a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Row {
    /// Tells the rows of an entity apart.
    pub(crate) key: i64,
    /// Microseconds since the epoch.
    pub(crate) time: i64,
    pub(crate) tag: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) value: i64,
}

/// The state of one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) version: i64,
    /// By their keys.
    pub(crate) rows: Vec<Row>,
}

pub(crate) type Given = Vec<(String, State)>;

/// All that a store holds.
pub(crate) type Held = BTreeMap<(Table, String), State>;

/// What is restated as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) table: Table,
    /// Half-open.
    pub(crate) range: (i64, i64),
    pub(crate) tag: Option<String>,
}

impl Part {
    pub(crate) fn has(&self, row: &Row) -> bool {
        let (from, to) = self.range;
        from <= row.time && row.time < to && (self.tag.is_none() || self.tag == row.tag)
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Change {
    Upsert(Vec<(Table, Given)>),
    Replace(Part, Given),
    EraseCustomers(BTreeSet<String>),
    EraseEverything,
}

/// A commit that somebody wants.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) id: CommitId,
    pub(crate) change: Change,
    pub(crate) receipt: Option<String>,
}

/// What a store holds after a change, and what the change did.
pub(crate) fn after(held: &Held, change: &Change) -> (Held, CommitCounts) {
    let (mut held, mut counts) = (held.clone(), CommitCounts::default());
    match change {
        Change::Upsert(tables) => {
            for (table, given) in tables {
                for (entity, state) in winners(given) {
                    upsert(&mut held, &mut counts, (*table, entity), state);
                }
            }
        }
        Change::Replace(part, given) => replace(&mut held, &mut counts, part, winners(given)),
        Change::EraseCustomers(customers) => {
            let is_theirs = |row: &Row| row.customer.as_ref().is_some_and(|customer| customers.contains(customer));
            let before = held.len();
            held.retain(|_, state| !state.rows.iter().any(is_theirs));
            counts.removed = (before - held.len()) as u64;
        }
        Change::EraseEverything => {
            counts.removed = held.len() as u64;
            held.clear();
        }
    }
    (held, counts)
}

fn month_of(table: Table, state: &State) -> Option<String> {
    let instant = DateTime::from_timestamp_micros(state.rows[0].time)?;
    (table != Table::Customers).then(|| instant.format("%Y-%m").to_string())
}

/// Of what is given of an entity the highest version counts, and the last of equal ones.
fn winners(given: &Given) -> BTreeMap<String, State> {
    let mut winners: BTreeMap<String, State> = BTreeMap::new();
    for (entity, state) in given {
        if winners.get(entity).is_none_or(|best| best.version <= state.version) {
            winners.insert(entity.clone(), state.clone());
        }
    }
    winners
}

fn upsert(held: &mut Held, counts: &mut CommitCounts, key: (Table, String), state: State) {
    match held.get(&key) {
        None => counts.new += 1,
        Some(old) if old.version > state.version => {
            counts.stale += 1;
            return;
        }
        Some(old) if *old == state => {
            counts.unchanged += 1;
            return;
        }
        Some(_) => counts.updated += 1,
    }
    held.insert(key, state);
}

fn replace(held: &mut Held, counts: &mut CommitCounts, part: &Part, given: BTreeMap<String, State>) {
    let before = held.len();
    held.retain(|(table, entity), state| {
        *table != part.table || given.contains_key(entity) || !state.rows.iter().any(|row| part.has(row))
    });
    counts.removed = (before - held.len()) as u64;
    for (entity, state) in given {
        let key = (part.table, entity);
        match held.get(&key) {
            None => counts.new += 1,
            Some(old) if old.rows == state.rows => {
                counts.unchanged += 1;
                continue;
            }
            // In another month it is another entity.
            Some(old) if month_of(key.0, old) != month_of(key.0, &state) => {
                counts.removed += 1;
                counts.new += 1;
            }
            Some(_) => counts.updated += 1,
        }
        held.insert(key, state);
    }
}
