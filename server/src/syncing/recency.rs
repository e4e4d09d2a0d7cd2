//! How far a store's sources have been read, as answers about the store are to tell.
//!
//! A connection says when it was last read to its end and how it is; its provider's schedule says when that is too long ago. A source whose
//! connection was ended is one that nobody reads any more: it is as recent as its newest row.

use std::collections::BTreeMap;

use aloftly_catalog::{ConnectionStatus, ReadConnection};
use aloftly_engine::metrics::{Behind, Reading};
use chrono::{DateTime, TimeDelta, Utc};

use super::Providers;

/// How long a reading may take, on top of the time in which it has to begin.
const SLACK: TimeDelta = TimeDelta::hours(1);

/// How long ago a connection may have been read that is read so often: one reading may be missed, and the next be slow.
pub(super) fn patience(period: TimeDelta) -> TimeDelta {
    period * 2 + SLACK
}

/// How far each source of a store has been read, by the source's id.
#[must_use]
pub fn readings(
    connections: &[ReadConnection],
    providers: &Providers,
    now: DateTime<Utc>,
) -> BTreeMap<String, Reading> {
    let reading = |connection: &ReadConnection| {
        let patience = providers.find(&connection.provider).and_then(|provider| provider.patience);
        let until = connection.synced_at;
        let behind = match connection.status {
            ConnectionStatus::Broken => Some(Behind::Broken),
            ConnectionStatus::Revoked => Some(Behind::SignedOut),
            ConnectionStatus::Connected => match (until, patience) {
                (None, _) => Some(Behind::FirstReading),
                (Some(until), Some(patience)) if now - until > patience => Some(Behind::Late),
                _ => None,
            },
            // Nobody reads it yet, or any more.
            ConnectionStatus::Choosing | ConnectionStatus::Disconnected => return None,
        };
        Some((connection.provider.clone(), Reading { until, behind }))
    };
    connections.iter().filter_map(reading).collect()
}

#[cfg(test)]
mod tests {
    use aloftly_connectors::registry;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// What is said at noon of a connection that was read at some time.
    fn said(provider: &str, status: ConnectionStatus, synced_at: Option<&str>) -> Option<Reading> {
        let connection = ReadConnection { provider: provider.to_owned(), status, synced_at: synced_at.map(at) };
        let providers = Providers::of(registry::all());
        readings(&[connection], &providers, at("2026-11-20T12:00:00Z")).remove(provider)
    }

    #[test]
    fn a_connection_is_as_recent_as_its_last_reading_and_late_when_that_is_longer_ago_than_its_schedule_lets_expect() {
        let behind = |provider, synced_at| {
            let reading = said(provider, ConnectionStatus::Connected, Some(synced_at)).unwrap();
            assert_eq!(reading.until, Some(at(synced_at)));
            reading.behind
        };
        // Every ten minutes, and so an hour and twenty minutes.
        assert_eq!(behind("shopify", "2026-11-20T11:55:00Z"), None);
        assert_eq!(behind("shopify", "2026-11-20T10:40:00Z"), None);
        assert_eq!(behind("shopify", "2026-11-20T10:39:59Z"), Some(Behind::Late));
        // Every hour.
        assert_eq!(behind("ga4", "2026-11-20T09:00:00Z"), None);
        assert_eq!(behind("ga4", "2026-11-20T08:59:59Z"), Some(Behind::Late));
        assert_eq!(behind("unheard_of", "2020-01-01T00:00:00Z"), None, "nothing is expected of who is not known");
    }

    #[test]
    fn why_a_connection_is_behind_is_said_and_one_that_is_not_read_says_nothing() {
        let read_at = Some("2026-11-20T11:55:00Z");
        let behind = |status, synced_at| said("shopify", status, synced_at).map(|reading| reading.behind);
        assert_eq!(behind(ConnectionStatus::Broken, read_at), Some(Some(Behind::Broken)));
        assert_eq!(behind(ConnectionStatus::Revoked, read_at), Some(Some(Behind::SignedOut)));
        assert_eq!(behind(ConnectionStatus::Connected, None), Some(Some(Behind::FirstReading)));
        assert_eq!(behind(ConnectionStatus::Choosing, None), None);
        assert_eq!(behind(ConnectionStatus::Disconnected, read_at), None);
    }
}
