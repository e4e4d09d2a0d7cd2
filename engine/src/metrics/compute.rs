//! Computing an answer: resolves the query for each store, runs the plans, brings the figures together.

use std::collections::BTreeSet;
use std::iter::repeat;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use super::answer::{Answer, AnsweringStore};
use super::axis::Axis;
use super::caveats::counted;
use super::error::QueryError;
use super::execute::Task;
use super::explain::Watch;
use super::first_orders::{FirstOrders, QueriedFirstOrders};
use super::lead::Lead;
use super::plan::facts::{CURRENCY, sole_currency};
use super::plan::measures::{Measures, Merging};
use super::query::Query;
use super::rates::Rates;
use super::registry::DimensionKind;
use super::resolve::{Resolved, StoreScope};
use super::response::QueryResponse;
use super::rollup::Rollups;
use super::row_limit::RowsRead;
use super::runner::Runner;
use super::source::Facts;
use super::table::Table;
use super::{pivot, pooled, standing, top};
use crate::StoreId;

/// Stores that are asked at the same time.
pub(crate) const STORES_AT_ONCE: usize = 8;

/// Who is asked, and when.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'q> {
    pub(crate) stores: &'q [(&'q StoreScope, &'q dyn Facts)],
    /// Those among them whose telling says nothing of the rows: where they have no rows, that is not zero.
    pub(crate) silent: &'q [StoreId],
    pub(crate) now: DateTime<Utc>,
    pub(crate) rollups: &'q Rollups,
    pub(crate) first_orders: &'q QueriedFirstOrders<'q>,
    pub(crate) watch: &'q Watch,
}

/// What a query needs, and what it means for each store.
pub(crate) struct Asked<'q> {
    query: &'q Query,
    measures: Measures,
    pub(crate) resolved: Vec<Resolved>,
}

impl Asking<'_> {
    pub(crate) fn resolve<'a>(&self, query: &'a Query) -> Result<Asked<'a>, QueryError> {
        let began = Instant::now();
        let measures = query.measures(converts(query, self.stores)?)?;
        let measures = match query.following() {
            // Who is followed is counted once, however often a source tells of it.
            Some(_) => measures,
            None => measures.counting_caveats(|set, caveat| {
                let may_be = |(_, facts): &(_, &dyn Facts)| facts.may_be_flagged(set.dataset.name, caveat.flag());
                self.stores.iter().any(may_be)
            }),
        };
        let resolved = self.stores.iter().map(|(scope, facts)| Resolved::of(query, scope, *facts, &measures, self.now));
        let resolved = resolved.collect::<Result<_, _>>()?;
        self.watch.end_of("resolve", began);
        Ok(Asked { query, resolved, measures })
    }

    pub(crate) async fn answer(self, asked: &Asked<'_>) -> Result<QueryResponse, QueryError> {
        let Asked { query, measures, resolved } = asked;
        let (table, currencies) = match &query.top {
            Some(top) => top::tabulate(self, query, top).await?,
            None => self.tabulate(asked).await?,
        };
        let is_whole = query.granularity.is_none() && query.group_by.len() == 1 && query.having.is_none();
        let columns = match query.pivot {
            None => None,
            Some(_) if is_whole => Some(table.clone()),
            Some(_) => {
                let whole = pivot::of_columns(query);
                let (columns, _) = match &whole.top {
                    Some(top) => top::tabulate(self, &whole, top).await?,
                    None => self.table(&whole).await?,
                };
                Some(columns)
            }
        };
        let stores = self.stores.iter().zip(resolved);
        let stores =
            stores.map(|((scope, facts), resolved)| AnsweringStore { scope, version: facts.version(), resolved });
        let stores: Vec<_> = stores.collect();
        Answer {
            query,
            stores: &stores,
            measures,
            table,
            columns,
            currencies,
            now: self.now,
            parts: self.watch.origins.parts(),
        }
        .response()
    }

    /// The table of a query, and the currencies of its amounts.
    pub(crate) async fn table(self, query: &Query) -> Result<(Table, BTreeSet<String>), QueryError> {
        self.tabulate(&self.resolve(query)?).await
    }

    async fn tabulate(self, asked: &Asked<'_>) -> Result<(Table, BTreeSet<String>), QueryError> {
        let Asked { query, measures, resolved } = asked;
        let rows_read = RowsRead::default();
        let ids: Vec<_> = self.stores.iter().map(|(store, _)| store.id).collect();
        let is_by_store = query.group_by.iter().any(|dimension| dimension.kind == DimensionKind::Store);
        let read = self.read(asked).boxed().await?;
        let resolved = read.as_ref().unwrap_or(resolved);
        let tells: Vec<_> = ids.iter().map(|id| !self.silent.contains(id)).collect();
        let apart = is_by_store.then_some(ids.as_slice());
        let axis = Axis::of(resolved, &tells, measures.tellers(), apart, self.now);
        let stores = self.stores.iter().zip(resolved);
        let began = Instant::now();
        let rates: Vec<_> = stores
            .clone()
            .map(|(store, resolved)| rates(query, measures, *store, resolved, self.watch).boxed())
            .collect();
        let rates: Vec<_> = stream::iter(rates).buffered(STORES_AT_ONCE).try_collect().await?;
        self.watch.end_of("rates", began);
        let began = Instant::now();
        let first_orders: Vec<_> = self.stores.iter().map(|store| self.first_orders(asked, *store).boxed()).collect();
        let first_orders: Vec<_> = stream::iter(first_orders).buffered(STORES_AT_ONCE).try_collect().await?;
        self.watch.end_of("first orders", began);
        let began = Instant::now();
        let tasks: Vec<_> = stores
            .zip(axis.of_buckets.iter().zip(&axis.of_lead))
            .zip(rates.iter().zip(&first_orders))
            .map(|((((store, facts), resolved), (steps, lead_steps)), (rates, first_orders))| Task {
                query,
                measures,
                store,
                facts: *facts,
                resolved,
                steps,
                lead_steps,
                rates: rates.as_ref(),
                first_orders: first_orders.as_ref(),
                is_one_of_several: self.stores.len() > 1,
                rows_read: &rows_read,
                now: self.now,
                rollups: self.rollups,
                watch: self.watch,
            })
            .collect();
        // Boxed, or else the compiler cannot tell that the whole future may move between threads.
        let runs: Vec<_> = tasks.iter().map(|task| task.run().boxed()).collect();
        let mut found: Vec<_> = stream::iter(runs).buffered(STORES_AT_ONCE).try_collect().await?;
        if tasks.len() > 1 && measures.slots().any(|slot| slot.merging() == Merging::Rows) {
            found.push(pooled::run(&tasks).boxed().await?);
        }
        let rolled = Lead::of(query, measures)?;
        let lead = match &rolled {
            Some(rolled) => rolled.figures(&tasks).boxed().await?,
            None => Vec::new(),
        };
        let periods = found.iter().flat_map(|(current, previous)| previous.iter().chain([current]));
        let currencies: BTreeSet<_> = periods.flat_map(|figures| figures.currencies.iter().cloned()).collect();
        // Rolling figures are of one currency too.
        let before = lead.iter().flat_map(|(current, previous)| previous.iter().chain([current]));
        let mut all: BTreeSet<_> = before.flat_map(|figures| &figures.currencies).chain(&currencies).cloned().collect();
        check_currencies(query, &mut all, &tasks, rolled.as_ref()).await?;
        drop(tasks);
        self.watch.end_of("read", began);
        let began = Instant::now();
        let of_stores = self.stores.iter().zip(&found).zip(lead.iter().map(Some).chain(repeat(None)));
        let caveats =
            of_stores.flat_map(|(((store, _), found), lead)| counted(store.id, measures, found, lead)).collect();
        let table = Table::of(query, measures, axis, found, lead).boxed().await?;
        let table = Table { caveats, ..table };
        self.watch.end_of("shape", began);
        Ok((table, currencies))
    }
}

impl Asking<'_> {
    /// What a query means for each store, with the days on which what stands was read there; nothing where nothing of it stands.
    async fn read(self, asked: &Asked<'_>) -> Result<Option<Vec<Resolved>>, QueryError> {
        let Asked { measures, resolved, .. } = asked;
        if measures.standing().next().is_none() {
            return Ok(None);
        }
        let began = Instant::now();
        let stores = self.stores.iter().zip(resolved);
        let days: Vec<_> = stores
            .map(|(store, resolved)| standing::read_days(measures, *store, resolved, self.watch).boxed())
            .collect();
        let days: Vec<_> = stream::iter(days).buffered(STORES_AT_ONCE).try_collect().await?;
        self.watch.end_of("read days", began);
        let known = resolved.iter().zip(days).map(|(resolved, standing)| Resolved { standing, ..resolved.clone() });
        Ok(Some(known.collect()))
    }

    /// Who ordered when first in a store, when somebody wants to know who is new.
    async fn first_orders(
        self,
        asked: &Asked<'_>,
        (store, facts): (&StoreScope, &dyn Facts),
    ) -> Result<Option<Arc<FirstOrders>>, QueryError> {
        let Asked { query, measures, .. } = asked;
        let mut sets = measures.facts.iter();
        if !sets.any(|set| set.needs_customer_type(&query.group_by, query.filters.as_ref())) {
            return Ok(None);
        }
        let runner = Runner { planner: facts.planner(), watch: self.watch, store: &store.name, dataset: "orders" };
        self.first_orders.of(store.id, facts, runner).await.map(Some)
    }
}

/// Whether some amounts may be in another currency than the query wants.
fn converts(query: &Query, stores: &[(&StoreScope, &dyn Facts)]) -> Result<bool, QueryError> {
    let Some(wanted) = &query.currency else { return Ok(false) };
    let measures = query.measures(false)?;
    let mut amounts = measures.facts.iter().filter(|set| set.has_money());
    Ok(amounts.any(|set| {
        let sole = |(store, facts): &(&StoreScope, &dyn Facts)| sole_currency(*facts, set, &store.currency, None);
        stores.iter().any(|store| sole(store).is_none_or(|sole| sole != *wanted))
    }))
}

/// The rates that a store's amounts are converted at, in the period and in the one it is compared with.
async fn rates(
    query: &Query,
    measures: &Measures,
    (store, facts): (&StoreScope, &dyn Facts),
    resolved: &Resolved,
    watch: &Watch,
) -> Result<Option<Rates>, QueryError> {
    let Some(wanted) = query.currency.as_deref().filter(|_| measures.converts) else { return Ok(None) };
    let (from, to) = resolved.hull();
    // A refund on its order's day is converted at the rate of its own, which may be any other one.
    let is_of_its_day = measures.facts.iter().all(|set| set.time == set.rate_time);
    let (from, to) = if is_of_its_day { (from, to) } else { (i64::MIN, i64::MAX) };
    let runner = Runner { planner: facts.planner(), watch, store: &store.name, dataset: "fx_rates" };
    Ok(Some(Rates::load(facts, runner, store.timezone, wanted, (from, to)).await?))
}

/// Amounts of several currencies are never added up.
async fn check_currencies(
    query: &Query,
    found: &mut BTreeSet<String>,
    tasks: &[Task<'_>],
    rolled: Option<&Lead>,
) -> Result<(), QueryError> {
    let is_grouped =
        query.group_by.iter().chain(&query.beside).any(|dimension| dimension.kind == DimensionKind::Column(CURRENCY));
    if found.len() > 1 && !is_grouped {
        for currencies in try_join_all(tasks.iter().map(|task| task.currencies())).await? {
            found.extend(currencies);
        }
        if let Some(rolled) = rolled {
            found.extend(rolled.currencies(tasks).await?);
        }
        return Err(QueryError::MixedCurrencies { currencies: found.iter().cloned().collect() });
    }
    Ok(())
}
