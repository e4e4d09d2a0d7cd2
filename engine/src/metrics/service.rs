//! The service: answers from what is kept or by computing.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use super::cache::AnswerCache;
use super::compute::Asking;
use super::error::QueryError;
use super::explain::Watch;
use super::first_orders::{KnownFirstOrders, QueriedFirstOrders};
use super::pinned::{PinnedStore, PinnedStores};
use super::query::Query;
use super::registry::Registry;
use super::resolve::{StoreScope, check_weeks, check_zones};
use super::response::{CacheState, QueryResponse};
use super::rollup::Rollups;
use super::source::Facts;
use crate::clock::Clock;
use crate::lake::Verdict;

/// What the service may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricsOptions {
    /// Memory for answers, in bytes; none are kept with zero.
    pub answer_memory: u64,
    /// Memory for rollups, and as much again each for the first orders of customers and the codes of what is counted once, in bytes;
    /// nothing is kept with zero.
    pub rollup_memory: u64,
}

impl Default for MetricsOptions {
    fn default() -> Self {
        Self { answer_memory: 64 << 20, rollup_memory: 128 << 20 }
    }
}

/// Answers queries.
#[derive(Clone, Debug)]
pub struct MetricsService {
    clock: Arc<dyn Clock>,
    cache: AnswerCache,
    rollups: Rollups,
    first_orders: KnownFirstOrders,
}

impl MetricsService {
    /// A service.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, options: MetricsOptions) -> Self {
        let MetricsOptions { answer_memory, rollup_memory } = options;
        Self {
            clock,
            cache: AnswerCache::new(answer_memory),
            rollups: Rollups::new(rollup_memory),
            first_orders: KnownFirstOrders::new(rollup_memory),
        }
    }

    /// Everything that can be asked for.
    #[must_use]
    pub fn registry(&self) -> &'static Registry {
        Registry::get()
    }

    /// Answers a query about the stores that the caller may see, or those of them that the query picks. It computes on the runtime
    /// that it is polled by.
    ///
    /// # Errors
    /// Every [`QueryError`].
    pub async fn query(&self, stores: &PinnedStores, query: &Query) -> Result<Arc<QueryResponse>, QueryError> {
        let picked = stores.pick(query)?;
        let now = stores.asked_at(&*self.clock);
        match self.ask(&picked, query, now).await {
            // A state that was read was given up meanwhile: the newest is read instead, once.
            Err(error) if is_outdated(&picked, &error).await? => {
                let newest: PinnedStores =
                    picked.into_iter().map(|store| (store.scope.clone(), store.lake.clone())).collect();
                self.ask(&newest.pick(query)?, query, now).await
            }
            answered => answered,
        }
    }

    async fn ask(
        &self,
        picked: &[&PinnedStore],
        query: &Query,
        now: DateTime<Utc>,
    ) -> Result<Arc<QueryResponse>, QueryError> {
        let readers = try_join_all(picked.iter().map(|store| store.reader())).await?;
        let asked: Vec<_> =
            picked.iter().zip(readers).map(|(store, reader)| (&store.scope, reader as &dyn Facts)).collect();
        self.answer(&asked, query, now).await
    }

    pub(crate) async fn answer(
        &self,
        stores: &[(&StoreScope, &dyn Facts)],
        query: &Query,
        now: DateTime<Utc>,
    ) -> Result<Arc<QueryResponse>, QueryError> {
        let scopes: Vec<_> = stores.iter().map(|(scope, _)| *scope).collect();
        check_zones(query, &scopes)?;
        check_weeks(query, &scopes)?;
        let began = self.clock.now();
        let watch = Watch::new(query.explain);
        let first_orders = QueriedFirstOrders::new(&self.first_orders);
        let (rollups, first_orders) = (&self.rollups, &first_orders);
        let asking = Asking { stores, silent: &[], now, rollups, first_orders, watch: &watch };
        let asked = asking.resolve(query)?;
        let elapsed = || (self.clock.now() - began).num_microseconds().unwrap_or(0);
        if query.explain {
            // What is kept has nothing to explain, and what is explained is not for everybody.
            let answer = stamp(asking.answer(&asked).await?, CacheState::Miss, elapsed());
            return Ok(Arc::new(QueryResponse { explain: watch.explanation(), ..answer }));
        }
        let key = super::cache::key(query, stores, &asked.resolved, now);
        let (answer, cache) = self.cache.get_or(key, asking.answer(&asked)).await?;
        Ok(Arc::new(stamp(answer, cache, elapsed())))
    }
}

/// Whether a query failed only because what it read is no more. Segments that it found damaged or missing go into quarantine.
async fn is_outdated(stores: &[&PinnedStore], error: &QueryError) -> Result<bool, QueryError> {
    let mut is_outdated = false;
    for store in stores {
        let verdict = match error {
            QueryError::Lake(error) => store.lake.examine(&**error).await?,
            QueryError::Execution(error) => store.lake.examine(&**error).await?,
            _ => return Ok(false),
        };
        is_outdated |= verdict == Verdict::Outdated;
    }
    Ok(is_outdated)
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds for people")]
fn stamp(mut answer: QueryResponse, cache: CacheState, elapsed_micros: i64) -> QueryResponse {
    answer.meta.cache = cache;
    answer.meta.elapsed_ms = elapsed_micros as f64 / 1_000.0;
    answer
}
