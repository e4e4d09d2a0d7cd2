//! Running the plans of one store.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use datafusion::logical_expr::LogicalPlan;
use futures::FutureExt as _;
use futures::future::{try_join, try_join_all};

use super::decode::{Found, Layout, number, read_rows, texts};
use super::error::QueryError;
use super::explain::Watch;
use super::figures::Figures;
use super::first_orders::FirstOrders;
use super::following;
use super::plan::bucket_index::BucketIndex;
use super::plan::facts::{Currencies, FactsPlan};
use super::plan::measures::{FactSet, Measures};
use super::query::{Partial, Query};
use super::rates::Rates;
use super::registry::DimensionKind;
use super::resolve::{Resolved, StoreScope};
use super::rollup::{Assembly, CellLength, Rollups, Wanted};
use super::row_limit::RowsRead;
use super::runner::Runner;
use super::source::{Facts, Piece};
use super::standing;
use super::time::calendar::local_date;

/// A range of instants, in microseconds, the end exclusive, and the steps of the axis that it is divided into.
#[derive(Clone, Default)]
pub(crate) struct Stretch {
    pub(crate) range: (i64, i64),
    pub(crate) buckets: Option<BucketIndex>,
}

impl Stretch {
    pub(crate) fn is_empty(&self) -> bool {
        self.range.0 >= self.range.1
    }
}

/// One store and what to ask it.
#[derive(Clone, Copy)]
pub(crate) struct Task<'q> {
    pub(crate) query: &'q Query,
    pub(crate) measures: &'q Measures,
    pub(crate) store: &'q StoreScope,
    pub(crate) facts: &'q dyn Facts,
    pub(crate) resolved: &'q Resolved,
    /// The steps of its buckets.
    pub(crate) steps: &'q [i32],
    /// The steps of those before its range that rolling figures are made of too.
    pub(crate) lead_steps: &'q [i32],
    /// What amounts are converted at.
    pub(crate) rates: Option<&'q Rates>,
    /// Who ordered when first, where somebody wants to know who is new.
    pub(crate) first_orders: Option<&'q Arc<FirstOrders>>,
    /// Whether others are asked too.
    pub(crate) is_one_of_several: bool,
    /// Counts the rows of all tasks of the query.
    pub(crate) rows_read: &'q RowsRead,
    /// When it is asked.
    pub(crate) now: DateTime<Utc>,
    /// What is kept of settled partitions.
    pub(crate) rollups: &'q Rollups,
    /// Watches what is done.
    pub(crate) watch: &'q Watch,
}

impl<'q> Task<'q> {
    /// The figures of the period and of the one it is compared with.
    pub(crate) async fn run(self) -> Result<(Figures, Option<Figures>), QueryError> {
        let current = self.period(self.of_all(self.current()), i64::MAX);
        if self.resolved.comparison.is_none() {
            return Ok((current.await?, None));
        }
        let previous = self.measures.facts.iter().map(|set| self.previous(set).unwrap_or_default());
        let previous: Vec<_> = previous.collect();
        let end = self.compared_end(previous.first().map_or(i64::MAX, |first| first.range.1));
        let (current, previous) = try_join(current, self.period(previous, end)).await?;
        Ok((current, Some(previous)))
    }

    /// The figures of what comes right before the period and before the one it is compared with.
    pub(crate) async fn lead(self) -> Result<(Figures, Option<Figures>), QueryError> {
        let spans = self.resolved.lead.iter().map(|bucket| Some(bucket.span)).collect();
        let current = self.period(self.of_all(self.before_range(spans)), i64::MAX);
        let Some(comparison) = &self.resolved.comparison else { return Ok((current.await?, None)) };
        let beside = comparison.beside_lead.iter().map(|beside| beside.span).collect();
        let previous = self.period(self.of_all(self.before_range(beside)), i64::MAX);
        let (current, previous) = try_join(current, previous).await?;
        Ok((current, Some(previous)))
    }

    /// These instants of the steps before the range.
    fn before_range(&self, spans: Vec<Option<(i64, i64)>>) -> Stretch {
        let hull = spans.iter().flatten().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let buckets = BucketIndex::new(spans.into_iter().zip(self.lead_steps.iter().copied()));
        Stretch { range: hull.unwrap_or_default(), buckets: Some(buckets) }
    }

    /// The same stretch for each set of facts.
    fn of_all(&self, stretch: Stretch) -> Vec<Stretch> {
        vec![stretch; self.measures.facts.len()]
    }

    /// The range that is asked about, and its buckets.
    pub(crate) fn current(&self) -> Stretch {
        let buckets = self.resolved.buckets.as_ref().map(|buckets| {
            let spans = buckets.iter().map(|bucket| Some(bucket.span));
            BucketIndex::new(spans.zip(self.steps.iter().copied()))
        });
        Stretch { range: self.resolved.period.micros(), buckets }
    }

    /// The range that it is compared with in a set of facts, and what stands beside its buckets.
    pub(crate) fn previous(&self, set: &FactSet) -> Option<Stretch> {
        let comparison = match set.slots.first() {
            Some(slot) => self.resolved.compared_of(slot.source)?,
            None => self.resolved.comparison.as_ref()?,
        };
        let buckets = self.resolved.buckets.is_some().then(|| {
            let spans = comparison.beside.iter().map(|beside| beside.span);
            BucketIndex::new(spans.zip(self.steps.iter().copied()))
        });
        Some(Stretch { range: comparison.period.micros(), buckets })
    }

    /// Until when later steps of the compared period count: it has as much time after its end as the present one has had so far.
    fn compared_end(&self, previous: i64) -> i64 {
        if self.query.partial == Partial::Full {
            return i64::MAX;
        }
        let since = self.resolved.known_until(self.now).saturating_sub(self.resolved.period.micros().1);
        previous.saturating_add(since.max(0))
    }

    /// Every currency in the period and the one it is compared with.
    pub(crate) async fn currencies(self) -> Result<BTreeSet<String>, QueryError> {
        let compared = self.resolved.comparison.as_ref().map(|comparison| comparison.period.micros());
        self.currencies_in([self.resolved.period.micros()].into_iter().chain(compared)).await
    }

    /// Every currency right before the period and before the one it is compared with.
    pub(crate) async fn lead_currencies(self) -> Result<BTreeSet<String>, QueryError> {
        let beside = self.resolved.comparison.iter().flat_map(|comparison| &comparison.beside_lead);
        let beside = beside.map(|beside| beside.span).collect();
        let lead = self.resolved.lead.iter().map(|bucket| Some(bucket.span)).collect();
        self.currencies_in([lead, beside].map(|spans| self.before_range(spans).range)).await
    }

    async fn currencies_in(self, ranges: impl IntoIterator<Item = (i64, i64)>) -> Result<BTreeSet<String>, QueryError> {
        let mut found = BTreeSet::new();
        for range in ranges.into_iter().filter(|(start, end)| start < end) {
            for set in self.measures.facts.iter().filter(|set| set.has_money()) {
                let plan = self.plan(set);
                let facts = plan.facts(self.facts, range).await?;
                for batch in self.runner(set).batches(plan.currencies(facts)?).await? {
                    found.extend(texts(&batch, 0)?.into_iter().flatten().map(|currency| currency.to_string()));
                }
            }
        }
        Ok(found)
    }

    /// What runs plans over a set of facts.
    pub(crate) fn runner(&self, set: &FactSet) -> Runner<'q> {
        let (planner, dataset) = (self.facts.planner(), set.dataset.name);
        Runner { planner, watch: self.watch, store: &self.store.name, dataset }
    }

    /// How a set of facts is asked.
    pub(crate) fn plan(&self, set: &'q FactSet) -> FactsPlan<'q> {
        FactsPlan {
            set,
            group_by: &self.query.group_by,
            filter: self.query.filters.as_ref(),
            store: self.store.id,
            home: &self.store.currency,
            rates: self.rates,
            first_orders: self.first_orders,
            is_one_of_several: self.is_one_of_several,
        }
    }

    /// The figures of a stretch for each set of facts; of those who are followed, from that of the first step up to `end`.
    async fn period(self, stretches: Vec<Stretch>, end: i64) -> Result<Figures, QueryError> {
        let mut figures = Figures { totals: vec![None; self.measures.width], ..Figures::default() };
        if let Some(following) = self.query.following() {
            return match stretches.into_iter().next().filter(|stretch| !stretch.is_empty()) {
                Some(stretch) => following::figures(&self, following, stretch, end).await,
                None => Ok(figures),
            };
        }
        let sets = self.measures.facts.iter().zip(stretches).filter(|(_, stretch)| !stretch.is_empty());
        let (sets, runs): (Vec<_>, Vec<_>) = sets.map(|(set, stretch)| (set, self.fact_set(set, stretch))).unzip();
        for (set, found) in sets.into_iter().zip(try_join_all(runs).await?) {
            found.add_to(&mut figures, set, self.measures.width);
        }
        Ok(figures)
    }

    async fn fact_set(self, set: &'q FactSet, stretch: Stretch) -> Result<Found, QueryError> {
        let plan = self.plan(set);
        // Even where other plans tell the figures, amounts of which currencies there are is told here.
        if plan.told().next().is_none() && !set.has_money() {
            return Ok(Found::default());
        }
        // Where money is summed over every row, rows that exist are rows of it.
        let sole = if set.has_money() && self.rates.is_none() && plan.takes_all_money() {
            plan.sole_currency(self.facts, None)
        } else {
            None
        };
        let currencies = match (set.has_money(), self.rates) {
            (true, Some(_)) => Currencies::Converted,
            (true, None) if sole.is_none() => Currencies::Found,
            _ => Currencies::Known,
        };
        let is_total = stretch.buckets.is_none() && plan.keys().is_empty();
        let layout = Layout {
            is_total,
            buckets: stretch.buckets.is_some(),
            group: self.group_layout(),
            slots: plan.told().map(|(number, slot)| (number, slot.of_nothing())).collect(),
            currencies,
            width: set.slots.len(),
        };
        let wanted = Wanted {
            plan: &plan,
            facts: self.facts,
            runner: self.runner(set),
            layout: &layout,
            zone: self.resolved.period.zone,
            length: CellLength::of(self.query.granularity),
        };
        let assembly = Assembly {
            wanted,
            stretch: &stretch,
            rollups: self.rollups,
            origins: &self.watch.origins,
            rows_read: self.rows_read,
        };
        let merged = Layout { slots: plan.merged(), ..layout.clone() };
        let read = |piece, is_all: bool| {
            let (plan, stretch) = (&plan, &stretch);
            self.read(plan, if is_all { &layout } else { &merged }, stretch, piece).boxed()
        };
        let mut found = match set.standing {
            Some(entity) => standing::found(&self, &plan, entity, &layout, &stretch).await?,
            None => assembly.found(read).await?,
        };
        found.currencies.extend(sole.filter(|_| !found.rows.is_empty()));
        if let Some(rates) = self.rates {
            if found.is_unrated {
                let facts = match set.standing {
                    Some(entity) => standing::facts(&self, &plan, entity, &stretch).await?,
                    None => plan.facts(self.facts, stretch.range).await?,
                };
                return Err(self.missing_rate(rates, set, plan.unrated(facts)?).await?);
            }
            if set.has_money() && !found.rows.is_empty() {
                found.currencies.insert(rates.to.to_string());
            }
        }
        Ok(found)
    }

    /// What the rows of a piece come to.
    async fn read(
        &self,
        plan: &FactsPlan<'_>,
        layout: &Layout,
        stretch: &Stretch,
        piece: Piece,
    ) -> Result<Found, QueryError> {
        let facts = plan.facts_in(self.facts, piece).await?;
        let is_wanted = |number: usize| layout.slots.iter().any(|(slot, _)| *slot == number);
        let unmergeable: Vec<_> = plan
            .held_slots()
            .map(|(number, _)| number)
            .filter(|number| !layout.is_total && is_wanted(*number))
            .collect();
        let totals = async {
            if unmergeable.is_empty() {
                return Ok(Vec::new());
            }
            let batches = self.runner(plan.set).batches(plan.totals(facts.clone())?).await?;
            let Some(batch) = batches.first() else { return Ok(Vec::new()) };
            let totals = unmergeable.iter().enumerate().map(|(column, slot)| Ok((*slot, number(batch, column, 0)?)));
            totals.collect::<Result<Vec<_>, QueryError>>()
        };
        let is_all = layout.slots.len() == plan.told().count();
        let rows =
            plan.rows(facts.clone(), stretch.buckets.clone(), layout.currencies, |slot| is_all || slot.is_mergeable())?;
        let runner = self.runner(plan.set);
        let rows = read_rows(&runner, rows, layout, self.rows_read);
        let (mut found, totals) = try_join(rows, totals).await?;
        // Of no rows there are no totals: whether that is nothing or not known, the sources' data tell.
        if !found.rows.is_empty() {
            found.totals = totals;
        }
        Ok(found)
    }

    /// Amounts without a rate are no zeros: there is no answer. It tells the first.
    async fn missing_rate(&self, rates: &Rates, set: &FactSet, unrated: LogicalPlan) -> Result<QueryError, QueryError> {
        let mut first: Option<(i128, String)> = None;
        for batch in self.runner(set).batches(unrated).await? {
            for (row, currency) in texts(&batch, 0)?.into_iter().enumerate() {
                let found = number(&batch, 1, row)?.zip(currency.map(|currency| currency.to_string()));
                first = first.into_iter().chain(found).min();
            }
        }
        let (at, from) = first.unwrap_or_default();
        let at = i64::try_from(at).ok().and_then(DateTime::from_timestamp_micros).unwrap_or_default();
        Ok(QueryError::MissingRate {
            from,
            to: rates.to.to_string(),
            date: local_date(self.store.timezone, at),
            store: self.store.name.clone(),
        })
    }

    /// For each dimension: the store's own value, or `None` when it is read from a column.
    pub(crate) fn group_layout(&self) -> Vec<Option<Arc<str>>> {
        let dimensions = self.query.group_by.iter();
        dimensions
            .map(|dimension| (dimension.kind == DimensionKind::Store).then(|| self.store.id.to_string().into()))
            .collect()
    }
}
