//! The service: picks stores, and answers from what is kept or by computing.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use super::cache::AnswerCache;
use super::compute::Asking;
use super::error::{FieldError, QueryError};
use super::query::{MAX_STORES, Query};
use super::registry::Registry;
use super::resolve::{StoreScope, check_weeks, check_zones};
use super::response::{CacheState, QueryResponse};
use super::source::Facts;
use crate::clock::Clock;
use crate::lake::{StoreLake, Verdict};

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
        let asking = Asking { stores, now: began };
        let asked = asking.resolve(query)?;
        let key = super::cache::key(query, stores, &asked.resolved, began);
        let (answer, cache) = self.cache.get_or(key, asking.answer(&asked)).await?;
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

#[allow(clippy::cast_precision_loss, reason = "milliseconds for people")]
fn stamp(mut answer: QueryResponse, cache: CacheState, elapsed_micros: i64) -> QueryResponse {
    answer.meta.cache = cache;
    answer.meta.elapsed_ms = elapsed_micros as f64 / 1_000.0;
    answer
}
