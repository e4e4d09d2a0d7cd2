//! How figures are made of the values of slots.

use super::figure::{Figure, figure};
use super::figures::{Values, merge};
use super::formula::{Exact, Formula};
use super::plan::measures::{Measures, Merging, Recipe, Slot};
use super::query::Query;

/// How the figures of a query are made.
pub(crate) struct Making<'q> {
    pub(crate) query: &'q Query,
    pub(crate) measures: &'q Measures,
    mergings: Vec<Merging>,
    scales: Vec<u32>,
    /// For each slot what it holds of no rows, and who tells of it: see [`Measures::tellers`].
    of_nothing: Vec<(Option<i128>, usize)>,
    tellers: usize,
}

impl<'q> Making<'q> {
    pub(crate) fn of(query: &'q Query, measures: &'q Measures) -> Self {
        let sources = measures.sources();
        let source = |slot: &Slot| sources.iter().position(|source| *source == slot.source).unwrap_or_default();
        let mut of_nothing = Vec::with_capacity(measures.width);
        let mut only_read = sources.len()..;
        let mut standing = sources.len() + measures.only_read().count()..;
        for facts in &measures.facts {
            let own = match facts.standing {
                Some(_) => standing.next(),
                None if facts.is_only_read() => only_read.next(),
                None => None,
            };
            let slots = facts.slots.iter();
            of_nothing.extend(slots.map(|slot| (slot.of_nothing(), own.unwrap_or_else(|| source(slot)))));
        }
        Self {
            query,
            measures,
            mergings: measures.slots().map(Slot::merging).collect(),
            scales: measures.slots().map(|slot| slot.scale).collect(),
            of_nothing,
            tellers: measures.tellers(),
        }
    }

    /// How many tell of its slots: see [`Measures::tellers`].
    pub(crate) fn tellers(&self) -> usize {
        self.tellers
    }

    /// Who tells of something that is asked for, by their number.
    pub(crate) fn tellers_of(&self, asked: usize) -> Vec<usize> {
        self.measures.recipes[asked].leaves().into_iter().map(|slot| self.of_nothing[*slot].1).collect()
    }

    /// Whether there are rows among these of who tells of something that is asked for.
    pub(crate) fn has_rows(&self, asked: usize, values: &[Option<i128>]) -> bool {
        let tellers = self.tellers_of(asked);
        let mut held = self.of_nothing.iter().zip(values).filter(|(_, value)| value.is_some());
        held.any(|((_, teller), _)| tellers.contains(teller))
    }

    /// Whether the figure of disjoint rows is the sum of theirs.
    pub(crate) fn adds_up(&self, asked: usize) -> bool {
        self.is_sum(&self.measures.recipes[asked])
    }

    fn is_sum(&self, recipe: &Recipe) -> bool {
        use super::formula::Operation::{Add, Divide, Multiply, Subtract};
        let is_number = |recipe: &Recipe| recipe.leaves().is_empty();
        match recipe {
            Formula::Leaf(slot) => self.mergings[*slot] == Merging::Add,
            Formula::Number(_) => false,
            Formula::Negative(of) => self.is_sum(of),
            Formula::Binary(Add | Subtract, left, right) => self.is_sum(left) && self.is_sum(right),
            Formula::Binary(Multiply, left, right) => {
                self.is_sum(left) && is_number(right) || is_number(left) && self.is_sum(right)
            }
            Formula::Binary(Divide, left, right) => self.is_sum(left) && is_number(right),
        }
    }

    pub(crate) fn merge(&self, into: &mut [Option<i128>], from: &[Option<i128>]) {
        merge(into, from, &self.mergings);
    }

    /// The figures of some rows. A source (or what stands) tells of them where it tells of their time, and where it has some of them: what
    /// it has none of is then nothing, and else not known.
    pub(crate) fn figures(&self, values: Option<&[Option<i128>]>, told: &[bool]) -> Vec<Figure> {
        let values = self.completed(values, told);
        let asked = self.query.asked().zip(&self.measures.recipes);
        asked.map(|(asked, recipe)| figure(recipe, &values, &self.scales, asked.unit)).collect()
    }

    /// One of them.
    pub(crate) fn figure(&self, asked: usize, values: Option<&[Option<i128>]>, told: &[bool]) -> Figure {
        self.figure_per(asked, values, told, 1)
    }

    /// One of them over a number of things.
    pub(crate) fn figure_per(
        &self,
        asked: usize,
        values: Option<&[Option<i128>]>,
        told: &[bool],
        things: usize,
    ) -> Figure {
        let values = self.completed(values, told);
        let unit = self.query.asked().nth(asked)?.unit;
        let recipe = &self.measures.recipes[asked];
        if things == 1 {
            return figure(recipe, &values, &self.scales, unit);
        }
        let things = Box::new(Formula::Number(Exact::from_integer(things.into())));
        let over = Formula::Binary(super::formula::Operation::Divide, Box::new(recipe.clone()), things);
        figure(&over, &values, &self.scales, unit)
    }

    /// What slots hold of rows, and of none.
    fn completed(&self, values: Option<&[Option<i128>]>, told: &[bool]) -> Values {
        let mut told = told.to_vec();
        let held = |slot: usize| values.and_then(|values| values[slot]);
        for (slot, (_, teller)) in self.of_nothing.iter().enumerate() {
            told[*teller] |= held(slot).is_some();
        }
        let slots = self.of_nothing.iter().enumerate();
        slots.map(|(slot, (of_nothing, teller))| held(slot).or_else(|| of_nothing.filter(|_| told[*teller]))).collect()
    }
}
