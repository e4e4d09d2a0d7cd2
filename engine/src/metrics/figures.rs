//! The figures that plans find, and how those of disjoint rows become one.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::plan::measures::Merging;

/// The values that a row is grouped by, in the order of the query's dimensions.
pub(crate) type Group = Vec<Option<Arc<str>>>;

/// One value per slot, in units of the last of its decimals; of instants, in microseconds.
pub(crate) type Values = Vec<Option<i128>>;

/// Merges what disjoint rows have in these slots.
pub(crate) fn merge(into: &mut [Option<i128>], from: &[Option<i128>], mergings: &[Merging]) {
    // Backwards: a newest value is decided by its time, which is in the slot before.
    for at in (0..mergings.len()).rev() {
        into[at] = match (into[at], from[at]) {
            (None, value) | (value, None) => value,
            (Some(a), Some(b)) => match mergings[at] {
                // What takes more than 128 bits is no figure.
                Merging::Add | Merging::Distinct | Merging::Standing => a.checked_add(b),
                Merging::Least => Some(a.min(b)),
                Merging::Greatest => Some(a.max(b)),
                Merging::Newest => Some((into[at - 1], a).max((from[at - 1], b)).1),
                // What only rows tell is told once, by the rows of all stores.
                Merging::Rows => Some(a),
            },
        };
    }
}

/// The figures of some rows in one period.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    /// By step of the axis (none without granularity, and for instants beside no bucket) and group; one value per slot, none where
    /// the slot's facts have no row.
    pub(crate) rows: HashMap<(Option<i32>, Group), Values>,
    /// Over all rows; one value per slot.
    pub(crate) totals: Values,
    /// Currencies among the rows that money was summed over. When there is more than one, not necessarily all.
    pub(crate) currencies: BTreeSet<String>,
}

impl Figures {
    /// Makes them figures of `width` slots. The places say which slot becomes which.
    pub(crate) fn widen(&mut self, places: &[(usize, usize)], width: usize) {
        for values in self.rows.values_mut().chain([&mut self.totals]) {
            let mut wide = vec![None; width];
            places.iter().for_each(|(from, to)| wide[*to] = values[*from]);
            *values = wide;
        }
    }
}
