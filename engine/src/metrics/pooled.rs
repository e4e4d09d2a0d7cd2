//! What only the rows of several stores together tell: percentiles over all of them.

use std::sync::Arc;

use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use futures::future::try_join;

use super::decode::{Found, Layout, number, read_rows};
use super::error::QueryError;
use super::execute::{Stretch, Task};
use super::figures::Figures;
use super::plan::facts::{Currencies, over_pooled, pooled_slots};
use super::plan::measures::FactSet;

/// The figures of all tasks together in the period and in the one it is compared with, of the slots that need all rows.
pub(crate) async fn run(tasks: &[Task<'_>]) -> Result<(Figures, Option<Figures>), QueryError> {
    let current = period(tasks, Side::Current);
    if tasks.iter().all(|task| task.resolved.comparison.is_none()) {
        return Ok((current.await?, None));
    }
    let (current, previous) = try_join(current, period(tasks, Side::Compared)).await?;
    Ok((current, Some(previous)))
}

/// Which of the two periods.
#[derive(Clone, Copy)]
enum Side {
    Current,
    Compared,
}

async fn period(tasks: &[Task<'_>], side: Side) -> Result<Figures, QueryError> {
    let Some(first) = tasks.first() else { return Ok(Figures::default()) };
    let mut figures = Figures { totals: vec![None; first.measures.width], ..Figures::default() };
    for set in first.measures.facts.iter().filter(|set| pooled_slots(set).next().is_some()) {
        let stretch = |task: &Task<'_>| match side {
            Side::Current => Some(task.current()),
            Side::Compared => task.previous(set),
        };
        let stretches: Vec<_> = tasks.iter().map(stretch).collect();
        if let Some(found) = fact_set(tasks, set, &stretches).await? {
            found.add_to(&mut figures, set, first.measures.width);
        }
    }
    Ok(figures)
}

async fn fact_set<'q>(
    tasks: &[Task<'q>],
    set: &'q FactSet,
    stretches: &[Option<Stretch>],
) -> Result<Option<Found>, QueryError> {
    let mut pooled: Option<LogicalPlanBuilder> = None;
    for (task, stretch) in tasks.iter().zip(stretches) {
        let Some(stretch) = stretch.as_ref().filter(|stretch| !stretch.is_empty()) else { continue };
        let plan = task.plan(set);
        let facts = plan.facts(task.facts, stretch.range).await?;
        let rows = plan.pooled(facts, stretch.buckets.clone())?;
        pooled = Some(match pooled {
            None => LogicalPlanBuilder::from(rows),
            Some(others) => others.union(rows)?,
        });
    }
    let (Some(pooled), Some(first)) = (pooled, tasks.first()) else { return Ok(None) };
    let pooled: LogicalPlan = pooled.build()?;
    let (buckets, dimensions) = (first.resolved.buckets.is_some(), first.query.group_by.len());
    let mut keys: Vec<String> = buckets.then(|| "bucket".to_owned()).into_iter().collect();
    keys.extend((0..dimensions).map(|number| format!("key_{number}")));
    let layout = Layout {
        is_total: keys.is_empty(),
        buckets,
        group: vec![None::<Arc<str>>; dimensions],
        slots: pooled_slots(set).map(|(number, slot)| (number, slot.of_nothing())).collect(),
        currencies: Currencies::Known,
        width: set.slots.len(),
    };
    let runner = first.runner(set);
    let mut found = read_rows(&runner, over_pooled(set, pooled.clone(), &keys)?, &layout, first.rows_read).await?;
    if !layout.is_total {
        let totals = runner.batches(over_pooled(set, pooled, &[])?).await?;
        let totals = totals.first().map(|batch| {
            let slots = layout.slots.iter().enumerate();
            slots
                .map(|(column, (slot, _))| Ok((*slot, number(batch, column, 0)?)))
                .collect::<Result<Vec<_>, QueryError>>()
        });
        found.totals = totals.transpose()?.unwrap_or_default();
    }
    Ok(Some(found))
}
