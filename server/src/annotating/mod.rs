//! What the program itself finds to have happened on the days that figures are of: that a source was not read, and that a product that
//! sells well was sold out.
//!
//! It is computed when somebody asks. What cannot be found out in time is left out: that people see what they noted themselves does not
//! depend on it.

mod gaps;
mod stock_outs;

use std::collections::BTreeMap;
use std::time::Duration;

use aloftly_catalog::{AnnotationKind, CatalogError, Store};
use aloftly_engine::StoreId;
use aloftly_engine::metrics::start_of_day;
use chrono::{NaiveDate, TimeDelta};

use crate::api::App;
use crate::http::session::Reader;

/// How long may be looked for products that were sold out.
const PATIENCE: Duration = Duration::from_secs(5);

/// Something that the program found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: AnnotationKind,
    /// The store that it is about.
    pub store: StoreId,
    /// What happened.
    pub title: String,
    /// More about it.
    pub body: String,
    /// The first day, as the store counts days.
    pub first_day: NaiveDate,
    /// The last day, included.
    pub last_day: NaiveDate,
}

/// What is found of stores that somebody sees, from one day to another, both included.
///
/// # Errors
/// When the database is unavailable.
pub async fn find(
    app: &App,
    reader: &Reader,
    stores: &[Store],
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<Found>, CatalogError> {
    let mut found = unread(app, reader, stores, days).await?;
    let asking = stock_outs::Asking {
        metrics: app.metrics.clone(),
        queries: &app.queries,
        organization: reader.tenant.context().organization(),
        pinned: &reader.stores,
    };
    // What is left of it goes with the future.
    match tokio::time::timeout(PATIENCE, asking.find(stores, days)).await {
        Ok(sold_out) => found.extend(sold_out),
        Err(_) => tracing::debug!("products that were sold out were not found out in time"),
    }
    Ok(found)
}

/// The times in which sources were not read.
async fn unread(
    app: &App,
    reader: &Reader,
    stores: &[Store],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Found>, CatalogError> {
    let expected = app
        .providers
        .iter()
        .filter_map(|provider| provider.patience.map(|patience| (provider.connector.declaration().id, patience)));
    let expected: BTreeMap<&str, TimeDelta> = expected.collect();
    let ids: Vec<_> = stores.iter().map(|store| store.id).collect();
    // A day of one of the stores may begin before and end after it does in UTC.
    let from_instant = start_of_day(chrono_tz::UTC, from) - TimeDelta::days(1);
    let to_instant = start_of_day(chrono_tz::UTC, to) + TimeDelta::days(2);
    let gaps = reader.tenant.sync_gaps(&ids, &expected, (from_instant, to_instant)).await?;
    let now = app.backend.clock.now();
    let told = gaps.iter().filter_map(|gap| {
        let store = stores.iter().find(|store| store.id == gap.store)?;
        let provider = app.providers.find(&gap.provider)?;
        Some(gaps::told(gap, provider.connector.declaration().title, store.timezone, now))
    });
    Ok(told.filter(|found| found.first_day <= to && found.last_day >= from).collect())
}
