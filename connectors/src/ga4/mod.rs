//! Google Analytics 4: what a property reports of its days, as `metric_events`.
//!
//! **Days are the property's.** A row carries the instant at which its day begins in the property's time zone, and a store's days are
//! those of the store's zone. Where both are the same, so are their days. Where the store's zone lies west of the property's, that instant
//! belongs to the store's day before, and GA4's figures show up a day early; where it lies east, they show up on the day of the same
//! date, although some hours of it are not the same. Figures of hours are not to be had. So the zones should be made the same, in
//! GA4 or in the store.
//!
//! **A day is read as a whole**: six reports, which replace all that they told of the day before, in one commit. GA4 restates days, and rows
//! that it does not tell any more are gone; of a report that Google refuses, what is known stays. The `cursor` module says which days are
//! read again and when.
//!
//! **What GA4 says of its figures goes with them**: that they were estimated from a sample, that rows were withheld, that a row gathers what
//! is not listed. Values such as `(not set)`, `(direct)` and `(other)` stay as they are; an empty one is none.
//!
//! **Users do not add up**, over days or rows: there are only those of single days.
//!
//! Promises: numbers are exact to a millionth; columns are told by the headers of an answer; nothing is read twice for being read in
//! pages. Leaves out, on purpose: reports in real time, funnels that follow users, and figures that are averages already.

mod addresses;
mod answer;
mod call;
mod cursor;
mod day;
mod limits;
mod names;
mod number;
mod oauth;
mod property;
mod refusal;
mod reports;
mod request;
mod rows;
mod sync;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aloftly_engine::metrics::Registry;
use aloftly_engine::metrics::registry::Formula;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

use self::cursor::{Place, RESTATED};
use self::names::Missing;
use crate::contract::{
    Account, App, Auth, Calls, Connector, Credentials, Cursor, Declaration, Failure, Health, Listed, OAuth, Outgoing,
    Page, Pages, Raw, Restatement, Schedule, Session, Stream, Task,
};
use crate::http::ClientOptions;

/// The source of its rows, which is also its name in addresses.
const SOURCE: &str = "ga4";
/// Its one stream.
const STREAM: &str = "reports";
/// What people let us do.
const SCOPE: &str = "https://www.googleapis.com/auth/analytics.readonly";

static DECLARATION: Declaration = Declaration {
    id: SOURCE,
    title: "Google Analytics 4",
    description: "Sessions, users, page views and purchases as GA4 sees them, by source, landing page, device, country and product",
    auth: Auth::OAuth { fields: &[] },
    streams: &[Stream {
        id: STREAM,
        title: "Reports",
        datasets: &["metric_events"],
        lookback: Duration::from_secs(RESTATED.unsigned_abs() * 86_400),
        restatement: Restatement::Days,
        reconciles: false,
    }],
    schedule: Schedule { incremental: "0 0 * * * *", reconcile: None },
};

/// The connector of Google Analytics 4.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ga4;

impl Ga4 {
    /// The events that count as key events, as they were when the property was connected: what a number of key events means is up to
    /// them.
    #[must_use]
    pub fn key_events(account: &Account) -> Vec<&str> {
        property::kept_key_events(account)
    }
}

#[async_trait]
impl Connector for Ga4 {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn oauth(&self) -> Option<&dyn OAuth> {
        Some(self)
    }

    fn outgoing(
        &self,
        app: Option<&App>,
        account: Option<&Account>,
        _fields: &BTreeMap<String, String>,
    ) -> Result<Outgoing, Failure> {
        let hosts = addresses::hosts(app).map_err(|refusal| Failure::Refused { detail: refusal.to_string() })?;
        let options = ClientOptions::new(SOURCE, hosts);
        let options = ClientOptions { retry: limits::retry(), judge: limits::judge, ..options };
        // Google counts by property; before there is one, what is asked costs none of them anything.
        let budget = account.map_or_else(|| SOURCE.to_owned(), |account| format!("{SOURCE}:{}", account.id));
        Ok(Outgoing { options, budget, rules: limits::rules(account) })
    }

    async fn accounts(&self, calls: &Calls<'_>, credentials: &Credentials) -> Result<Vec<Account>, Failure> {
        property::all(calls, credentials).await
    }

    async fn connect(&self, session: &Session<'_>) -> Result<Account, Failure> {
        property::read(session).await
    }

    async fn disconnect(&self, session: &Session<'_>) -> Result<(), Failure> {
        match session.keyring.current().await {
            Ok(credentials) => oauth::revoke(&session.calls, &credentials).await,
            // Somebody took it back already.
            Err(Failure::Revoked { .. }) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn test_connection(&self, session: &Session<'_>) -> Result<Health, Failure> {
        Ok(Health { warnings: property::changes(session).await? })
    }

    async fn sync(&self, session: &Session<'_>, task: &Task<'_>, pages: &mut dyn Pages) -> Result<Cursor, Failure> {
        sync::sync(session, task, pages).await
    }

    async fn list(
        &self,
        _session: &Session<'_>,
        _stream: &'static Stream,
        _range: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<Listed>, Failure> {
        Err(Failure::Refused { detail: "GA4 has no list of what it has: its days are read again instead".to_owned() })
    }

    fn rebuild(&self, account: &Account, raw: &Raw) -> Result<Page, Failure> {
        day::rebuild(account, raw, Place::default().cursor()?)
    }

    fn available_metrics(&self, account: &Account) -> Vec<&'static str> {
        available(&Missing::read(account))
    }
}

/// The metrics of which something is told of a property that lacks some names.
fn available(missing: &Missing) -> Vec<&'static str> {
    let asked = reports::asked(missing);
    let told: BTreeSet<&str> = asked.iter().flat_map(|asked| &asked.metrics).map(|metric| metric.metric_name).collect();
    let own = || Registry::get().metrics.iter().filter(|metric| metric.source == SOURCE);
    let is_told = |formula: &Formula| {
        let measures = formula.measures();
        measures.iter().all(|measure| measure.rows.grains.iter().any(|grain| told.contains(grain.metric_name)))
    };
    let lost: Vec<&str> = own().filter(|metric| !is_told(&metric.formula)).map(|metric| metric.id).collect();
    let is_available = |formula: &Formula| match formula {
        Formula::Computed(text) => !lost.iter().any(|id| text.contains(id)),
        formula => is_told(formula),
    };
    own().filter(|metric| is_available(&metric.formula)).map(|metric| metric.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_available_as_far_as_their_rows_are_told() {
        let all: Vec<&str> = available(&Missing::default());
        let own = Registry::get().metrics.iter().filter(|metric| metric.source == SOURCE);
        assert_eq!(all, own.map(|metric| metric.id).collect::<Vec<_>>());
        let some = available(&Missing::of(["engagedSessions", "itemName"]));
        let lost: Vec<&str> = all.into_iter().filter(|id| !some.contains(id)).collect();
        assert_eq!(
            lost,
            [
                "ga4.engaged_sessions",
                "ga4.items_viewed",
                "ga4.items_added_to_cart",
                "ga4.items_checked_out",
                "ga4.items_purchased",
                "ga4.engagement_rate",
                "ga4.bounce_rate",
            ]
        );
    }
}
