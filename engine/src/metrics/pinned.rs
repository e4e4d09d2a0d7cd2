//! Stores at one version each, so that several answers are of the same state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use super::error::{FieldError, QueryError};
use super::query::{MAX_STORES, Query};
use super::resolve::StoreScope;
use crate::StoreId;
use crate::clock::Clock;
use crate::lake::manifest::StoreState;
use crate::lake::{LakeError, Reader, StoreLake};

/// The stores that a caller may see. Each is read at the version that it has when a query first needs it, and all queries are asked
/// at the moment of the first.
#[derive(Debug)]
pub struct PinnedStores {
    stores: Vec<PinnedStore>,
    asked_at: OnceLock<DateTime<Utc>>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct PinnedStore {
    pub(crate) scope: StoreScope,
    pub(crate) lake: StoreLake,
    /// The state that it was in a moment ago, when the question was there already.
    state: Option<StoreState>,
    reader: OnceCell<Reader>,
}

impl PinnedStore {
    pub(crate) async fn reader(&self) -> Result<&Reader, LakeError> {
        let read = async || match self.state {
            Some(state) => self.lake.reader_in(state).await,
            None => self.lake.reader(None).await,
        };
        self.reader.get_or_try_init(read).await
    }
}

impl FromIterator<(StoreScope, StoreLake)> for PinnedStores {
    fn from_iter<I: IntoIterator<Item = (StoreScope, StoreLake)>>(stores: I) -> Self {
        let pinned = |(scope, lake)| PinnedStore { scope, lake, state: None, reader: OnceCell::new() };
        Self { stores: stores.into_iter().map(pinned).collect(), asked_at: OnceLock::new() }
    }
}

impl PinnedStores {
    /// Stores in the states that somebody read since the question was there: where they are kept, nothing else is asked for.
    pub fn at(stores: impl IntoIterator<Item = (StoreScope, StoreLake, StoreState)>) -> Self {
        let pinned = |(scope, lake, state)| PinnedStore { scope, lake, state: Some(state), reader: OnceCell::new() };
        Self { stores: stores.into_iter().map(pinned).collect(), asked_at: OnceLock::new() }
    }

    /// When the first query was asked: now, if this is the first.
    pub(crate) fn asked_at(&self, clock: &dyn Clock) -> DateTime<Utc> {
        *self.asked_at.get_or_init(|| clock.now())
    }

    /// Which they are.
    #[must_use]
    pub fn ids(&self) -> BTreeSet<StoreId> {
        self.stores.iter().map(|store| store.scope.id).collect()
    }

    /// The versions of those that were read.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<StoreId, i64> {
        self.stores.iter().filter_map(|store| Some((store.scope.id, store.reader.get()?.version()))).collect()
    }

    /// The stores that a query is about.
    pub(crate) fn pick(&self, query: &Query) -> Result<Vec<&PinnedStore>, QueryError> {
        let Some(wanted) = &query.stores else {
            if self.stores.is_empty() {
                return Err(QueryError::Invalid(vec![FieldError {
                    pointer: "/stores".to_owned(),
                    detail: "there is no store yet".to_owned(),
                    code: "no_stores",
                }]));
            }
            if self.stores.len() > MAX_STORES {
                return Err(QueryError::Limit {
                    what: "stores",
                    limit: MAX_STORES as u64,
                    hint: "name the stores that you want in \"stores\"",
                });
            }
            return Ok(self.stores.iter().collect());
        };
        let mut errors = Vec::new();
        let mut picked = Vec::new();
        for (index, id) in wanted.iter().enumerate() {
            match self.stores.iter().find(|store| store.scope.id == *id) {
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
}
