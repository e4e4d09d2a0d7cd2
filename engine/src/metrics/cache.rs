//! Answers kept for those who ask the same again.
//!
//! An answer's key says everything that it was computed from: each store's version and settings, how far its sources have been read,
//! the query, its absolute ranges, and for unfinished ranges the minute. So an answer never outlives a commit, nor a reading that found
//! nothing new, and one asked for by many at once is computed once. Stores are named by ids that no two tenants share.

use std::fmt::Write as _;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;

use super::error::QueryError;
use super::query::Query;
use super::resolve::{Resolved, StoreScope};
use super::response::{CacheState, QueryResponse};
use super::source::Facts;

/// How long an answer is kept at most.
const TIME_TO_LIVE: Duration = Duration::from_secs(300);

#[derive(Clone, Debug)]
pub(crate) struct AnswerCache(Cache<String, QueryResponse>);

impl AnswerCache {
    pub(crate) fn new(bytes: u64) -> Self {
        let cache = Cache::builder()
            .max_capacity(bytes)
            .weigher(|key: &String, answer: &QueryResponse| weight(key, answer))
            .time_to_live(TIME_TO_LIVE)
            .build();
        Self(cache)
    }

    /// The answer kept under `key`, or else the one that `compute` gives. Who asks while it is computed waits for it.
    pub(crate) async fn get_or(
        &self,
        key: String,
        compute: impl Future<Output = Result<QueryResponse, QueryError>>,
    ) -> Result<(QueryResponse, CacheState), QueryError> {
        let entry = self.0.entry(key).or_try_insert_with(compute).await.map_err(Arc::unwrap_or_clone)?;
        let state = if entry.is_fresh() { CacheState::Miss } else { CacheState::Hit };
        Ok((entry.into_value(), state))
    }
}

/// About how many bytes an answer takes.
fn weight(key: &str, answer: &QueryResponse) -> u32 {
    let compared = if answer.comparison.is_some() { 8 } else { 1 };
    let values = answer.rows.len() * answer.columns.len().max(1) * compared;
    // As values, and written.
    u32::try_from(key.len() + 4_096 + values * (96 + 32)).unwrap_or(u32::MAX)
}

/// Everything that decides an answer.
pub(crate) fn key(
    query: &Query,
    stores: &[(&StoreScope, &dyn Facts)],
    resolved: &[Resolved],
    now: DateTime<Utc>,
) -> String {
    let mut key = serde_json::to_string(query).unwrap_or_else(|_| format!("{query:?}"));
    for ((scope, facts), resolved) in stores.iter().zip(resolved) {
        let compared = resolved.comparison.as_ref().map(|comparison| comparison.period.micros());
        // Of readings those of the query's own sources count, as they were understood.
        let StoreScope { id, name, currency, timezone, week_start, readings: _ } = scope;
        let _ = write!(
            key,
            "|{id} {} {name:?} {currency} {timezone} {week_start} {:?} {compared:?}",
            facts.version(),
            resolved.period.micros()
        );
        for source in &resolved.sources {
            if let Some(reading) = source.reading {
                let until = reading.until.map(|until| until.timestamp_micros());
                let _ = write!(key, " {} {until:?} {:?}", source.id, reading.behind);
            }
        }
    }
    // Who is followed may come to later steps until the window is over.
    let window = TimeDelta::microseconds(query.following().map_or(0, |following| following.window.micros()));
    let is_open = |resolved: &Resolved| query.following().is_some() && resolved.period.end + window > now;
    if resolved.iter().any(|resolved| resolved.is_unfinished(now) || is_open(resolved)) {
        let _ = write!(key, "|{}", now.timestamp().div_euclid(60));
    }
    key
}
