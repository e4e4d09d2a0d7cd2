//! Counting the rows of which their source says itself that they are not the whole truth.

use std::convert::Infallible;

use super::measures::{FactSet, Measures, Recipe, Slot, SlotAggregate};
use crate::dataset::{IS_OTHER, IS_SAMPLED, IS_THRESHOLDED};
use crate::metrics::formula::Formula;
use crate::metrics::query::Filter;
use crate::metrics::registry::{Aggregate, Condition};

/// What a source says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Caveat {
    /// Its value was estimated from a sample.
    Sampled,
    /// What few people did was withheld from it.
    Thresholded,
    /// It gathers what is not listed one by one.
    Other,
}

impl Caveat {
    pub(crate) const ALL: [Self; 3] = [Self::Sampled, Self::Thresholded, Self::Other];

    /// The flag of rows that say it.
    pub(crate) const fn flag(self) -> &'static str {
        match self {
            Self::Sampled => IS_SAMPLED,
            Self::Thresholded => IS_THRESHOLDED,
            Self::Other => IS_OTHER,
        }
    }
}

/// A slot that counts rows with a caveat.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CaveatSlot {
    pub(crate) caveat: Caveat,
    pub(crate) source: &'static str,
    /// The position of its facts.
    pub(crate) facts: usize,
    /// Its position among all slots.
    pub(crate) slot: usize,
}

impl Measures {
    /// Counts, beside everything else, the rows with a caveat in each set of facts that may have some.
    pub(crate) fn counting_caveats(mut self, may_have: impl Fn(&FactSet, Caveat) -> bool) -> Self {
        let mut moved = Vec::with_capacity(self.width);
        let mut width = 0;
        for (number, facts) in self.facts.iter_mut().enumerate() {
            facts.first = width;
            moved.extend((0..facts.slots.len()).map(|slot| width + slot));
            let Some(like) = facts.slots.first() else { continue };
            let (source, stands, has_hours) = (like.source, like.stands, like.has_hours);
            // What no figure takes is nothing to be careful about.
            let filters: Option<Vec<_>> = facts.slots.iter().map(|slot| slot.filter.clone()).collect();
            let filter = filters.map(Filter::Or);
            let caveats: Vec<_> = Caveat::ALL.into_iter().filter(|caveat| may_have(facts, *caveat)).collect();
            for caveat in caveats {
                let slot = width + facts.slots.len();
                self.caveats.push(CaveatSlot { caveat, source, facts: number, slot });
                facts.slots.push(Slot {
                    aggregate: SlotAggregate::Of(Aggregate::Count),
                    only: vec![Condition::True { column: caveat.flag() }],
                    filter: filter.clone(),
                    money: false,
                    scale: 0,
                    stands,
                    has_hours,
                    source,
                });
            }
            width += facts.slots.len();
        }
        self.width = width;
        let recipes = std::mem::take(&mut self.recipes).into_iter().map(|recipe| -> Recipe {
            let place = &mut |slot: usize| Ok::<_, Infallible>(Formula::Leaf(moved[slot]));
            recipe.try_map(place).unwrap_or_else(|never| match never {})
        });
        self.recipes = recipes.collect();
        self
    }
}
