//! What is due is put in the queue.
//!
//! When a connection is due is a column of its row, so it is put in the queue once however many servers look, and nothing is forgotten when all
//! of them were down. The next time comes from the provider's cron expression, shifted by a few minutes that are the connection's own, so that
//! not all connections of all stores ask at the full hour.

use std::str::FromStr as _;
use std::time::Duration;

use aloftly_catalog::{ConnectionId, NextTimes};
use aloftly_connectors::contract::Schedule;
use chrono::{DateTime, TimeDelta, Utc};
use croner::Cron;
use tokio_util::sync::CancellationToken;

use super::Providers;
use super::worker::SyncQueue;
use crate::http::problem::Chain;
use crate::service::backend::Backend;

const REASON: &str = "connections are read when they are due";
/// How often connections are looked for that are due.
const LOOK: Duration = Duration::from_secs(5);
/// Connections are spread over half of the time between two readings, but over no more than this.
const MOST_SPREAD: TimeDelta = TimeDelta::minutes(10);

/// Puts what is due in the queue until it is told to stop.
pub async fn work(backend: Backend, providers: Providers, queue: SyncQueue, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        match enqueue(&backend, &providers).await {
            Ok(true) => queue.wake(),
            Ok(false) => {}
            Err(error) => tracing::warn!(error = %Chain(&error), "cannot look for connections that are due"),
        }
    }
}

async fn enqueue(backend: &Backend, providers: &Providers) -> Result<bool, aloftly_catalog::CatalogError> {
    let mut any = false;
    for due in backend.catalog.due_connections().await? {
        let now = backend.clock.now();
        let next = match providers.find(&due.provider) {
            Some(provider) => next_times(&provider.connector.declaration().schedule, due.id, now),
            // A version of this program that does not know the provider leaves it to one that does.
            None => continue,
        };
        match backend.catalog.enqueue_due(&due, next, REASON).await {
            Ok(enqueued) => any |= enqueued,
            // The others are due all the same.
            Err(error) => tracing::warn!(connection = %due.id, error = %Chain(&error), "a sync could not be queued"),
        }
    }
    Ok(any)
}

/// When a connection is due after `now`.
#[must_use]
pub fn next_times(schedule: &Schedule, connection: ConnectionId, now: DateTime<Utc>) -> NextTimes {
    NextTimes {
        sync_at: next(schedule.incremental, connection, now),
        reconcile_at: schedule.reconcile.and_then(|expression| next(expression, connection, now)),
    }
}

/// The time between two readings of a schedule.
pub(super) fn period(schedule: &Schedule) -> Option<TimeDelta> {
    let cron = Cron::from_str(schedule.incremental).ok()?;
    let after = |time: &DateTime<Utc>| cron.find_next_occurrence(time, false).ok();
    let first = after(&DateTime::UNIX_EPOCH)?;
    Some(after(&first)? - first)
}

/// The next time of a cron expression after `now`, shifted by the connection's own share of the time between two.
fn next(expression: &str, connection: ConnectionId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let cron = Cron::from_str(expression)
        .inspect_err(|error| tracing::error!(expression, %error, "a schedule is no cron expression"))
        .ok()?;
    let after = |time: &DateTime<Utc>| cron.find_next_occurrence(time, false).ok();
    let shift = shift(connection, &after(&now).and_then(|first| Some(after(&first)? - first)).unwrap_or_default());
    after(&(now - shift)).map(|time| time + shift)
}

/// A connection's own share of the time between two readings: the same every time.
fn shift(connection: ConnectionId, period: &TimeDelta) -> TimeDelta {
    let spread = (*period / 2).min(MOST_SPREAD);
    // The last bytes of a UUIDv7 are random.
    let (_, low) = connection.0.as_u64_pair();
    let most = u64::try_from(spread.num_seconds().max(1)).unwrap_or(1);
    TimeDelta::seconds(i64::try_from(low % most).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule { incremental: "0 */10 * * * *", reconcile: Some("0 0 3 * * *") };

    fn connection(low: u64) -> ConnectionId {
        ConnectionId(uuid::Uuid::from_u64_pair(0, low))
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_connection_is_due_at_its_own_seconds_of_every_period() {
        let now = at("2026-11-20T12:03:00Z");
        assert_eq!(next_times(&SCHEDULE, connection(0), now).sync_at, Some(at("2026-11-20T12:10:00Z")));
        // 90 seconds after the full ten minutes, of which the last were at 12:01:30.
        assert_eq!(next_times(&SCHEDULE, connection(90), now).sync_at, Some(at("2026-11-20T12:11:30Z")));
        let before = at("2026-11-20T12:01:00Z");
        assert_eq!(next_times(&SCHEDULE, connection(90), before).sync_at, Some(at("2026-11-20T12:01:30Z")));
        assert_eq!(next_times(&SCHEDULE, connection(90), now).reconcile_at, Some(at("2026-11-21T03:01:30Z")));
    }

    #[test]
    fn the_next_time_is_later_and_connections_are_spread() {
        let now = at("2026-11-20T12:03:00Z");
        let times: std::collections::BTreeSet<_> =
            (0..400).map(|low| next_times(&SCHEDULE, connection(low), now).sync_at.unwrap()).collect();
        assert!(times.iter().all(|time| *time > now && *time <= now + TimeDelta::minutes(15)), "{times:?}");
        assert_eq!(times.len(), 300, "over half of the ten minutes");
    }
}
