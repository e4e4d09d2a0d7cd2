//! What stands: figures that say how much there is, such as stock, and not what happened.
//!
//! They add up over places and things, and not over days. The figure of a bucket, and of a range as a whole, is what is there at its
//! end: on the last day of it on which anything was read in the store, whatever is grouped by or filtered for. So what is there no
//! longer does not go on being shown, and a time on which nothing was read has no figure, which is not zero. Which days those are is
//! found out first, for all buckets and groups at once.

use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, ident};

use super::decode::{Found, Layout, read_rows};
use super::error::QueryError;
use super::execute::{Stretch, Task};
use super::explain::Watch;
use super::figures::{Values, merge};
use super::plan::facts::{FactsPlan, plain};
use super::plan::measures::{FactSet, Measures, Slot};
use super::resolve::{Resolved, StoreScope};
use super::rollup::{Part, WhyNot};
use super::runner::Runner;
use super::source::{Extent, Facts};

/// How far apart two days begin at most that follow each other, in microseconds: a day has 23 to 25 hours, and two have more than this.
const NEXT_DAY: i64 = 36 * 60 * 60 * 1_000_000;

/// A set of facts that stands, in a store.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The number of its source.
    pub(crate) source: usize,
    /// When it was read.
    pub(crate) days: ReadDays,
}

/// The days on which something was read: when each begins, in microseconds, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReadDays(Vec<i64>);

/// The days at whose end something is wanted, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    /// When they begin, ascending.
    pub(crate) last: Vec<i64>,
    /// Those before them on which something was read too, each with the day that it completes, ascending.
    pub(crate) before: Vec<(i64, i64)>,
    /// The one at which the whole stretch ends.
    of_all: Option<i64>,
}

impl ReadDays {
    /// Those of a store in a range of instants, and the day before it.
    async fn load(
        facts: &dyn Facts,
        runner: Runner<'_>,
        set: &FactSet,
        (start, end): (i64, i64),
    ) -> Result<Self, QueryError> {
        let time = set.dataset.time;
        let range = (start.saturating_sub(NEXT_DAY), end);
        let scan = facts.scan(set.dataset, &[time], Extent::Range(range)).await?;
        let days = plain(scan, &[time])?.aggregate(vec![ident(time)], Vec::<Expr>::new())?.build()?;
        let mut found = Vec::new();
        for batch in runner.batches(days).await? {
            let Some(days) = batch.column(0).as_primitive_opt::<TimestampMicrosecondType>() else {
                return Err(DataFusionError::Internal("days begin at instants".to_owned()).into());
            };
            found.extend(days.iter().flatten());
        }
        found.sort_unstable();
        Ok(Self(found))
    }

    /// The last one that begins within these instants, the end exclusive.
    pub(crate) fn last_in(&self, (start, end): (i64, i64)) -> Option<i64> {
        let last = self.0.partition_point(|day| *day < end).checked_sub(1)?;
        Some(self.0[last]).filter(|day| *day >= start)
    }

    /// The one right before another.
    fn before(&self, day: i64) -> Option<i64> {
        let before = self.0.partition_point(|other| *other < day).checked_sub(1)?;
        Some(self.0[before]).filter(|before| day - before <= NEXT_DAY)
    }

    /// The last days of a stretch's buckets, and of the stretch.
    fn ends(&self, stretch: &Stretch) -> Ends {
        let of_all = self.last_in(stretch.range);
        let mut last: Vec<_> = match &stretch.buckets {
            Some(buckets) => buckets.spans().filter_map(|span| self.last_in(span)).collect(),
            None => Vec::new(),
        };
        // Of a compared period some days may be beside no bucket.
        let is_beside_none = |day: &i64| stretch.buckets.as_ref().is_none_or(|buckets| buckets.number(*day).is_none());
        last.extend(of_all.filter(is_beside_none));
        last.sort_unstable();
        last.dedup();
        let before = last.iter().filter_map(|day| Some((self.before(*day)?, *day))).collect();
        Ends { last, before, of_all }
    }
}

impl Ends {
    /// The first and the last of all the days.
    pub(crate) fn hull(&self) -> (i64, i64) {
        let days = self.before.iter().map(|(before, _)| *before).chain(self.last.iter().copied());
        days.fold(None, |hull: Option<(i64, i64)>, day| {
            let (first, last) = hull.unwrap_or((day, day));
            Some((first.min(day), last.max(day)))
        })
        .unwrap_or_default()
    }
}

/// For each set of a query's facts that stands, the days on which it was read in a store.
pub(crate) async fn read_days(
    measures: &Measures,
    (store, facts): (&StoreScope, &dyn Facts),
    resolved: &Resolved,
    watch: &Watch,
) -> Result<Vec<Standing>, QueryError> {
    let sources = measures.sources();
    let sets: Vec<_> = measures.standing().collect();
    let mut standing = Vec::with_capacity(sets.len());
    for set in sets {
        let runner = Runner { planner: facts.planner(), watch, store: &store.name, dataset: set.dataset.name };
        let days = ReadDays::load(facts, runner, set, resolved.hull()).await?;
        let source = set.slots.first().and_then(|slot| sources.iter().position(|source| *source == slot.source));
        standing.push(Standing { source: source.unwrap_or_default(), days });
    }
    Ok(standing)
}

/// The rows that figures of a stretch are made of.
pub(crate) async fn facts(
    task: &Task<'_>,
    plan: &FactsPlan<'_>,
    entity: &'static str,
    stretch: &Stretch,
) -> Result<LogicalPlan, QueryError> {
    plan.standing(task.facts, entity, &ends(task, plan.set, stretch)).await
}

/// What the facts come to. Of a store's buckets none tells of all: as a whole they are what the last one is.
pub(crate) async fn found(
    task: &Task<'_>,
    plan: &FactsPlan<'_>,
    entity: &'static str,
    layout: &Layout,
    stretch: &Stretch,
) -> Result<Found, QueryError> {
    let set = plan.set;
    let ends = ends(task, set, stretch);
    if ends.last.is_empty() {
        return Ok(Found::default());
    }
    let (first, last) = ends.hull();
    let mut origin = Part::default();
    task.facts.parts(set.dataset, (first, last.saturating_add(1))).iter().for_each(|part| origin.note_rows(part));
    origin.why_not.insert(WhyNot::Standing);
    task.watch.origins.add(set.dataset.name, origin);
    let facts = plan.standing(task.facts, entity, &ends).await?;
    let rows = plan.rows(facts, stretch.buckets.clone(), layout.currencies, |_| true)?;
    let mut found = read_rows(&task.runner(set), rows, layout, task.rows_read).await?;
    if let Some(buckets) = stretch.buckets.as_ref().filter(|_| !found.rows.is_empty()) {
        let last = ends.of_all.and_then(|day| buckets.number(day));
        let mergings: Vec<_> = set.slots.iter().map(Slot::merging).collect();
        let mut totals: Values = set.slots.iter().map(Slot::of_nothing).collect();
        for row in found.rows.iter().filter(|row| row.bucket == last) {
            merge(&mut totals, &row.slots, &mergings);
        }
        found.totals = totals.into_iter().enumerate().collect();
    }
    Ok(found)
}

/// The ends of a stretch, as a store was read.
fn ends(task: &Task<'_>, set: &FactSet, stretch: &Stretch) -> Ends {
    let number = task.measures.standing().position(|standing| standing.is_like(set));
    let standing = number.and_then(|number| task.resolved.standing.get(number));
    standing.map(|standing| standing.days.ends(stretch)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::plan::bucket_index::BucketIndex;
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn days(hours: &[i64]) -> ReadDays {
        ReadDays(hours.iter().map(|hour| hour * HOUR).collect())
    }

    fn stretch(range: (i64, i64), buckets: Option<&[(i64, i64)]>) -> Stretch {
        let in_micros = |(start, end): (i64, i64)| (start * HOUR, end * HOUR);
        let numbered =
            |spans: &[(i64, i64)]| BucketIndex::new(spans.iter().map(|span| Some(in_micros(*span))).zip(0..));
        Stretch { range: in_micros(range), buckets: buckets.map(numbered) }
    }

    fn in_hours(ends: &Ends) -> (Vec<i64>, Vec<(i64, i64)>) {
        let before = ends.before.iter().map(|(before, day)| (before / HOUR, day / HOUR));
        (ends.last.iter().map(|day| day / HOUR).collect(), before.collect())
    }

    #[test]
    fn a_time_ends_with_the_last_day_that_was_read_and_the_day_before_completes_it() {
        let read = days(&[0, 24, 48, 96, 121]);
        assert_eq!(in_hours(&read.ends(&stretch((0, 96), None))), (vec![48], vec![(24, 48)]));
        assert_eq!(
            in_hours(&read.ends(&stretch((0, 97), None))),
            (vec![96], vec![]),
            "two days before is too long ago"
        );
        assert_eq!(in_hours(&read.ends(&stretch((100, 130), None))), (vec![121], vec![(96, 121)]), "a day of 25 hours");
        assert_eq!(in_hours(&read.ends(&stretch((49, 96), None))), (vec![], vec![]));
    }

    #[test]
    fn each_bucket_has_an_end_and_so_have_days_beside_none() {
        let read = days(&[0, 24, 48, 72]);
        let buckets: &[_] = &[(0, 24), (24, 48), (48, 72)];
        let ends = read.ends(&stretch((0, 96), Some(buckets)));
        assert_eq!(in_hours(&ends), (vec![0, 24, 48, 72], vec![(0, 24), (24, 48), (48, 72)]));
        let ends = read.ends(&stretch((0, 72), Some(&[(0, 72)])));
        assert_eq!((in_hours(&ends), ends.hull()), ((vec![48], vec![(24, 48)]), (24 * HOUR, 48 * HOUR)));
    }
}
