//! The service: picks stores, resolves the query for each, runs the plans, brings the figures together.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use super::answer::{Answer, AnsweringStore};
use super::axis::Axis;
use super::cache::AnswerCache;
use super::error::{FieldError, QueryError};
use super::execute::{Task, sole_currency};
use super::plan::facts::CURRENCY;
use super::plan::measures::{Measures, Merging};
use super::pooled;
use super::query::{MAX_STORES, Query};
use super::rates::Rates;
use super::registry::{DimensionKind, Registry};
use super::resolve::{Resolved, StoreScope, check_weeks, check_zones};
use super::response::{CacheState, QueryResponse};
use super::row_limit::RowsRead;
use super::source::Facts;
use super::table::Table;
use crate::clock::Clock;
use crate::lake::{StoreLake, Verdict};

/// Stores that are asked at the same time.
const STORES_AT_ONCE: usize = 8;
/// Memory for answers, unless said otherwise.
const CACHE_BYTES: u64 = 64 << 20;

/// Answers queries.
#[derive(Clone, Debug)]
pub struct MetricsService {
    clock: Arc<dyn Clock>,
    cache: AnswerCache,
}

impl MetricsService {
    /// A service that keeps up to 64 MiB of answers.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_cache(clock, CACHE_BYTES)
    }

    /// A service that keeps up to `bytes` of answers; none with zero.
    #[must_use]
    pub fn with_cache(clock: Arc<dyn Clock>, bytes: u64) -> Self {
        Self { clock, cache: AnswerCache::new(bytes) }
    }

    /// Everything that can be asked for.
    #[must_use]
    pub fn registry(&self) -> &'static Registry {
        Registry::get()
    }

    /// Answers a query about the `stores` that the caller may see, or those of them that the query picks. It computes
    /// on the runtime that it is polled by.
    ///
    /// # Errors
    /// Every [`QueryError`].
    pub async fn query(
        &self,
        stores: &[(StoreScope, StoreLake)],
        query: &Query,
    ) -> Result<Arc<QueryResponse>, QueryError> {
        let picked = pick(stores, query)?;
        match self.ask(&picked, query).await {
            // A state that was read was given up meanwhile: the newest is read instead, once.
            Err(error) if is_outdated(&picked, &error).await? => self.ask(&picked, query).await,
            answered => answered,
        }
    }

    async fn ask(&self, picked: &[&(StoreScope, StoreLake)], query: &Query) -> Result<Arc<QueryResponse>, QueryError> {
        let began = self.clock.now();
        let readers = picked.iter().map(|(_, lake)| lake.reader(None));
        let readers = try_join_all(readers).await?;
        let asked: Vec<_> =
            picked.iter().zip(&readers).map(|((scope, _), reader)| (scope, reader as &dyn Facts)).collect();
        self.answer(&asked, query, began).await
    }

    pub(crate) async fn answer(
        &self,
        stores: &[(&StoreScope, &dyn Facts)],
        query: &Query,
        began: DateTime<Utc>,
    ) -> Result<Arc<QueryResponse>, QueryError> {
        let scopes: Vec<_> = stores.iter().map(|(scope, _)| *scope).collect();
        check_zones(query, &scopes)?;
        check_weeks(query, &scopes)?;
        let measures = query.measures(converts(query, stores)?)?;
        let resolved = stores.iter().map(|(scope, facts)| Resolved::of(query, scope, *facts, &measures, began));
        let resolved = resolved.collect::<Result<Vec<_>, _>>()?;
        let key = super::cache::key(query, stores, &resolved, began);
        let (answer, cache) = self.cache.get_or(key, compute(stores, query, &measures, &resolved, began)).await?;
        let elapsed = (self.clock.now() - began).num_microseconds().unwrap_or(0);
        Ok(Arc::new(stamp(answer, cache, elapsed)))
    }
}

/// Whether a query failed only because what it read is no more. Segments that it found damaged or missing go into quarantine.
async fn is_outdated(stores: &[&(StoreScope, StoreLake)], error: &QueryError) -> Result<bool, QueryError> {
    let mut is_outdated = false;
    for (_, lake) in stores {
        let verdict = match error {
            QueryError::Lake(error) => lake.examine(&**error).await?,
            QueryError::Execution(error) => lake.examine(&**error).await?,
            _ => return Ok(false),
        };
        is_outdated |= verdict == Verdict::Outdated;
    }
    Ok(is_outdated)
}

/// The stores that a query is about.
fn pick<'s>(
    stores: &'s [(StoreScope, StoreLake)],
    query: &Query,
) -> Result<Vec<&'s (StoreScope, StoreLake)>, QueryError> {
    let Some(wanted) = &query.stores else {
        if stores.is_empty() {
            return Err(QueryError::Invalid(vec![FieldError {
                pointer: "/stores".to_owned(),
                detail: "there is no store yet".to_owned(),
                code: "no_stores",
            }]));
        }
        if stores.len() > MAX_STORES {
            return Err(QueryError::Limit {
                what: "stores",
                limit: MAX_STORES as u64,
                hint: "name the stores that you want in \"stores\"",
            });
        }
        return Ok(stores.iter().collect());
    };
    let mut errors = Vec::new();
    let mut picked = Vec::new();
    for (index, id) in wanted.iter().enumerate() {
        match stores.iter().find(|(scope, _)| scope.id == *id) {
            Some(store) => picked.push(store),
            None => errors.push(FieldError {
                pointer: format!("/stores/{index}"),
                detail: format!("no store {id}"),
                code: "unknown_store",
            }),
        }
    }
    if errors.is_empty() { Ok(picked) } else { Err(QueryError::Invalid(errors)) }
}

async fn compute(
    stores: &[(&StoreScope, &dyn Facts)],
    query: &Query,
    measures: &Measures,
    resolved: &[Resolved],
    now: DateTime<Utc>,
) -> Result<QueryResponse, QueryError> {
    let rows_read = RowsRead::default();
    let ids: Vec<_> = stores.iter().map(|(store, _)| store.id).collect();
    let is_by_store = query.group_by.iter().any(|dimension| dimension.kind == DimensionKind::Store);
    let axis = Axis::of(resolved, measures.sources().len(), is_by_store.then_some(ids.as_slice()), now);
    let rates = stores.iter().zip(resolved).map(|(store, resolved)| rates(query, measures, *store, resolved).boxed());
    let rates: Vec<_> = stream::iter(rates.collect::<Vec<_>>()).buffered(STORES_AT_ONCE).try_collect().await?;
    let tasks: Vec<_> = stores
        .iter()
        .zip(resolved)
        .zip(&axis.of_buckets)
        .zip(&rates)
        .map(|((((store, facts), resolved), steps), rates)| Task {
            query,
            measures,
            store,
            facts: *facts,
            resolved,
            steps,
            rates: rates.as_ref(),
            is_one_of_several: stores.len() > 1,
            rows_read: &rows_read,
        })
        .collect();
    // Boxed, or else the compiler cannot tell that the whole future may move between threads.
    let runs: Vec<_> = tasks.iter().map(|task| task.run().boxed()).collect();
    let mut found: Vec<_> = stream::iter(runs).buffered(STORES_AT_ONCE).try_collect().await?;
    if tasks.len() > 1 && measures.slots().any(|slot| slot.merging() == Merging::Rows) {
        found.push(pooled::run(&tasks).boxed().await?);
    }
    let periods = found.iter().flat_map(|(current, previous)| previous.iter().chain([current]));
    let mut currencies: BTreeSet<_> = periods.flat_map(|figures| figures.currencies.iter().cloned()).collect();
    check_currencies(query, &mut currencies, &tasks).await?;
    drop(tasks);
    let table = Table::of(query, measures, axis, found).boxed().await?;
    let answering: Vec<_> = stores
        .iter()
        .zip(resolved)
        .map(|((scope, facts), resolved)| AnsweringStore { scope, version: facts.version(), resolved })
        .collect();
    Ok(Answer { query, stores: &answering, measures, table, currencies }.response())
}

/// Whether some amounts may be in another currency than the query wants.
fn converts(query: &Query, stores: &[(&StoreScope, &dyn Facts)]) -> Result<bool, QueryError> {
    let Some(wanted) = &query.currency else { return Ok(false) };
    let measures = query.measures(false)?;
    let mut amounts = measures.facts.iter().filter(|set| set.has_money());
    Ok(amounts.any(|set| {
        let sole = |(store, facts): &(&StoreScope, &dyn Facts)| sole_currency(*facts, store, set);
        stores.iter().any(|store| sole(store).is_none_or(|sole| sole != *wanted))
    }))
}

/// The rates that a store's amounts are converted at, in the period and in the one it is compared with.
async fn rates(
    query: &Query,
    measures: &Measures,
    (store, facts): (&StoreScope, &dyn Facts),
    resolved: &Resolved,
) -> Result<Option<Rates>, QueryError> {
    let Some(wanted) = query.currency.as_deref().filter(|_| measures.converts) else { return Ok(None) };
    let compared = resolved.comparison.as_ref().map(|comparison| comparison.period.micros());
    let (from, to) = compared.into_iter().fold(resolved.period.micros(), |a, b| (a.0.min(b.0), a.1.max(b.1)));
    // A refund on its order's day is converted at the rate of its own, which may be any later one.
    let to = if measures.facts.iter().all(|set| set.time == set.rate_time) { to } else { i64::MAX };
    Ok(Some(Rates::load(facts, store.timezone, wanted, (from, to)).await?))
}

/// Amounts of several currencies are never added up.
async fn check_currencies(query: &Query, found: &mut BTreeSet<String>, tasks: &[Task<'_>]) -> Result<(), QueryError> {
    let is_grouped = query.group_by.iter().any(|dimension| dimension.kind == DimensionKind::Column(CURRENCY));
    if found.len() > 1 && !is_grouped {
        for currencies in try_join_all(tasks.iter().map(|task| task.currencies())).await? {
            found.extend(currencies);
        }
        return Err(QueryError::MixedCurrencies { currencies: found.iter().cloned().collect() });
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds for people")]
fn stamp(mut answer: QueryResponse, cache: CacheState, elapsed_micros: i64) -> QueryResponse {
    answer.meta.cache = cache;
    answer.meta.elapsed_ms = elapsed_micros as f64 / 1_000.0;
    answer
}
