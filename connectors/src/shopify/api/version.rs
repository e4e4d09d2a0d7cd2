//! Versions of what Shopify tells.

use chrono::{DateTime, Utc};

use super::wire::At;

/// What is added to the time of a change when everything about a thing was read: a second, which is above all that a webhook tells of the same
/// second, and not above what one tells of the next.
const READ: i64 = 1_000_000;
/// The most that is added when a webhook told it: it says less than an answer, so a reading of the same second takes its place.
const TOLD: i64 = READ - 1;

/// The version of a state that was read.
pub(super) fn read(updated_at: At) -> i64 {
    updated_at.0.saturating_add(READ)
}

/// The version of a state that a webhook told. Times of changes are whole seconds, in which several may be; they are told apart by how many
/// milliseconds after it each was triggered.
pub(super) fn told(updated_at: At, triggered_at: Option<DateTime<Utc>>) -> i64 {
    let after = triggered_at.map_or(TOLD, |triggered| {
        (triggered.timestamp_micros().saturating_sub(updated_at.0) / 1_000).saturating_add(1)
    });
    updated_at.0.saturating_add(after.clamp(1, TOLD))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    const AT: At = At(1_700_000_000 * SECOND);

    fn millis_after(millis: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(AT.0 + millis * 1_000)
    }

    #[test]
    fn a_reading_is_above_every_webhook_of_its_second_and_below_those_of_the_next() {
        for triggered in [None, millis_after(-5_000), millis_after(0), millis_after(999), millis_after(90_000_000)] {
            assert!(AT.0 < told(AT, triggered) && told(AT, triggered) < read(AT), "{triggered:?}");
            assert!(read(AT) < told(At(AT.0 + SECOND), triggered), "{triggered:?}");
        }
    }

    #[test]
    fn of_two_changes_in_a_second_the_one_that_was_triggered_later_is_above() {
        let versions: Vec<i64> =
            [0, 1, 2, 350, 999, 1_000, 61_000].into_iter().map(|millis| told(AT, millis_after(millis))).collect();
        assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    }
}
