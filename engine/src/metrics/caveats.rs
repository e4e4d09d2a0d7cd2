//! What sources say themselves of their rows, told to whoever reads figures that are made of them.

use super::figures::Figures;
use super::plan::caveats::Caveat;
use super::plan::measures::Measures;
use super::response::Warning;
use crate::StoreId;

/// How many rows of a store's source have a caveat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) store: StoreId,
    pub(crate) source: &'static str,
    caveat: Caveat,
    /// Of those that the figures are made of.
    now: i128,
    /// Of those that the figures are made of that they are compared with.
    before: i128,
}

/// The figures of a store, and those that they are compared with.
type Sides = (Figures, Option<Figures>);

/// The rows with a caveat that a store's figures are made of, those before its range included.
pub(crate) fn counted(store: StoreId, measures: &Measures, found: &Sides, lead: Option<&Sides>) -> Vec<Counted> {
    let mut all: Vec<Counted> = Vec::new();
    for slot in &measures.caveats {
        let rows = |figures: &Figures| figures.totals[slot.slot].unwrap_or(0);
        let sides = || [Some(found), lead].into_iter().flatten();
        let now: i128 = sides().map(|(current, _)| rows(current)).sum();
        let before: i128 = sides().filter_map(|(_, previous)| previous.as_ref()).map(rows).sum();
        let of_kind = |known: &&mut Counted| (known.source, known.caveat) == (slot.source, slot.caveat);
        match all.iter_mut().find(of_kind) {
            // The same source by another clock.
            Some(known) => (known.now, known.before) = (known.now + now, known.before + before),
            None => all.push(Counted { store, source: slot.source, caveat: slot.caveat, now, before }),
        }
    }
    all.retain(|counted| counted.now > 0 || counted.before > 0);
    all
}

impl Counted {
    /// What a reader should know, of a store and a source by their names.
    pub(crate) fn warning(&self, store: &str, source: &str) -> Warning {
        let rows = match (self.now, self.before) {
            (now, 0) => format!("{now} in the range"),
            (0, before) => format!("{before} in the compared range"),
            (now, before) => format!("{now} in the range, {before} in the compared one"),
        };
        let (code, says) = match self.caveat {
            Caveat::Sampled => ("sampled", "are estimates from a sample"),
            Caveat::Thresholded => ("thresholded", "lack what few people did, so that figures may be too low"),
            Caveat::Other => {
                ("other_rows", "gather under (other) what is not listed, so that single values may be too low")
            }
        };
        Warning { code, detail: format!("the data of {store} from {source} have rows ({rows}) that {says}") }
    }
}
