//! What comes right before the ranges of stores: rolling figures are made of it too.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use super::compute::STORES_AT_ONCE;
use super::error::QueryError;
use super::execute::Task;
use super::figures::Figures;
use super::plan::measures::{FactSet, Measures};
use super::query::{Asked, Query};

/// What is rolled, by itself.
pub(crate) struct Lead {
    query: Query,
    measures: Measures,
    /// Its slots, and which each is of those of the whole query.
    places: Vec<(usize, usize)>,
    /// How many the whole query has.
    width: usize,
}

impl Lead {
    /// What of a query is rolled, if anything is.
    pub(crate) fn of(query: &Query, measures: &Measures) -> Result<Option<Self>, QueryError> {
        let rolled = query.asked().zip(&measures.recipes).filter(|(asked, _)| asked.is_rolling());
        let (rolled, whole): (Vec<Asked>, Vec<_>) = rolled.map(|(asked, recipe)| (asked.clone(), recipe)).unzip();
        if rolled.is_empty() || query.granularity.is_none() {
            return Ok(None);
        }
        let query = Query { metrics: rolled, hidden: Vec::new(), having: None, ..query.clone() };
        let of_rolled = query.measures(measures.converts)?;
        let counts = |set: &FactSet, caveat| {
            measures.caveats.iter().find(|whole| whole.caveat == caveat && set.is_like(&measures.facts[whole.facts]))
        };
        let of_rolled = of_rolled.counting_caveats(|set, caveat| counts(set, caveat).is_some());
        let both = of_rolled.recipes.iter().zip(whole);
        let leaves = both.flat_map(|(rolled, whole)| rolled.leaves().into_iter().zip(whole.leaves()));
        let slots: Vec<_> = of_rolled.slots().collect();
        let mut places = Vec::new();
        for (rolled, whole) in leaves {
            places.push((*rolled, *whole));
            // What is newest stands behind when that was.
            places.extend(slots[*rolled].is_newest().then(|| (rolled - 1, whole - 1)));
        }
        let counted = of_rolled.caveats.iter();
        places.extend(counted.filter_map(|own| {
            let whole = counts(&of_rolled.facts[own.facts], own.caveat)?;
            Some((own.slot, whole.slot))
        }));
        Ok(Some(Self { query, measures: of_rolled, places, width: measures.width }))
    }

    /// Every currency of its amounts.
    pub(crate) async fn currencies(&self, tasks: &[Task<'_>]) -> Result<BTreeSet<String>, QueryError> {
        let tasks = tasks.iter().map(|task| Task { query: &self.query, measures: &self.measures, ..*task });
        let found = try_join_all(tasks.map(Task::lead_currencies)).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// What it comes to in each store, before its range and before the one that that is compared with.
    pub(crate) async fn figures(&self, tasks: &[Task<'_>]) -> Result<Vec<(Figures, Option<Figures>)>, QueryError> {
        let tasks = tasks.iter().map(|task| Task { query: &self.query, measures: &self.measures, ..*task });
        // Boxed, or else the compiler cannot tell that the whole future may move between threads.
        let runs: Vec<_> = tasks.map(|task| task.lead().boxed()).collect();
        let mut found: Vec<_> = stream::iter(runs).buffered(STORES_AT_ONCE).try_collect().await?;
        for (current, previous) in &mut found {
            previous.iter_mut().chain([current]).for_each(|figures| figures.widen(&self.places, self.width));
        }
        Ok(found)
    }
}
