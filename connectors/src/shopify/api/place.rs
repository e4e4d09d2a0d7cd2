//! Where a stream goes on: what its cursors say.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Where a stream goes on. Instants are microseconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(super) enum Place {
    /// In a reading of everything that there is, or of everything of certain days.
    Everything(Everything),
    /// In a reading of what changed.
    Changes(Changes),
    /// Behind a reading: what changed from then on comes next.
    Done {
        /// The last change that was seen. How far it is gone back behind it is up to whoever goes on.
        watermark: i64,
        /// The day of the shop on which everything was read last, for streams of which changes do not tell everything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        read_on: Option<NaiveDate>,
    },
}

/// In a reading of everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Everything {
    /// When it began. What changed since is for the next reading.
    pub(super) begun: i64,
    /// What is read by the day alone, and then what changed since this watermark; `None` when everything is.
    #[serde(default)]
    pub(super) then: Option<i64>,
    /// Which of the stream's resources is being read.
    #[serde(default)]
    pub(super) resource: usize,
    /// What is read of it; `None` where it is read as a whole, page by page.
    #[serde(default)]
    pub(super) window: Option<Window>,
    /// How long windows are, in seconds, once there was too much for one.
    #[serde(default)]
    pub(super) length: Option<i64>,
    /// The bulk operation that reads the window.
    #[serde(default)]
    pub(super) operation: Option<String>,
    /// When that was begun.
    #[serde(default)]
    pub(super) read_at: Option<i64>,
    /// How many things of its result are behind us.
    #[serde(default)]
    pub(super) done: usize,
    /// Behind which page it goes on, where pages are read.
    #[serde(default)]
    pub(super) after: Option<String>,
}

impl Everything {
    /// At its beginning.
    pub(super) fn new(begun: i64, then: Option<i64>) -> Self {
        Self {
            begun,
            then,
            resource: 0,
            window: None,
            length: None,
            operation: None,
            read_at: None,
            done: 0,
            after: None,
        }
    }

    /// At the beginning of the next resource.
    pub(super) fn next_resource(&self) -> Self {
        Self { resource: self.resource + 1, ..Self::new(self.begun, self.then) }
    }

    /// At the beginning of a window.
    pub(super) fn at_window(&mut self, window: Window, length: i64) {
        (self.window, self.length) = (Some(window), Some(length));
        self.begin_again();
    }

    /// At the beginning of its window once more.
    pub(super) fn begin_again(&mut self) {
        (self.operation, self.read_at, self.done) = (None, None, 0);
    }
}

/// In a reading of what changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Changes {
    /// From which change on it is read. It stays until the reading is done: cursors of pages are of one search.
    pub(super) since: i64,
    /// The last change that was seen.
    pub(super) newest: i64,
    /// When it was begun.
    #[serde(default)]
    pub(super) begun: Option<i64>,
    #[serde(default)]
    pub(super) read_on: Option<NaiveDate>,
    #[serde(default)]
    pub(super) resource: usize,
    #[serde(default)]
    pub(super) after: Option<String>,
}

/// A half-open range of instants; without a start it goes back as far as there is anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Window {
    pub(super) from: Option<i64>,
    pub(super) to: i64,
}

/// The shortest window: what is made within it is read at once, however much it is.
const SHORTEST: i64 = 60;
const MICROS: i64 = 1_000_000;

impl Window {
    /// The search for what has `field` in it.
    pub(super) fn search(self, field: &str) -> String {
        let to = format!("{field}:<'{}'", written(self.to));
        self.from.map_or_else(|| to.clone(), |from| format!("{field}:>='{}' {to}", written(from)))
    }

    /// The first part of it, of that many seconds.
    pub(super) fn first(self, from: i64, length: i64) -> Self {
        Self { from: Some(from), to: from.saturating_add(length.max(SHORTEST).saturating_mul(MICROS)).min(self.to) }
    }

    /// How long windows should be so that each has at most `most` things, when this one, which has something since `from`, has `things`; in
    /// seconds. `None` when it cannot be any shorter.
    pub(super) fn shorter(self, from: i64, things: u64, most: u64) -> Option<i64> {
        let length = (self.to.saturating_sub(from) / MICROS).max(1);
        if length <= SHORTEST {
            return None;
        }
        // Things are not spread evenly: half of what would do if they were.
        let share = i128::from(length) * i128::from(most) / i128::from(things.max(1)) / 2;
        let share = i64::try_from(share).unwrap_or(length).min(length / 2);
        Some(share.max(SHORTEST))
    }
}

/// An instant as searches take it, quoted by whoever writes it.
pub(super) fn written(micros: i64) -> String {
    let instant = DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default();
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn a_window_is_searched_for_by_its_ends() {
        let window = Window { from: None, to: 1_767_225_600 * MICROS };
        assert_eq!(window.search("created_at"), "created_at:<'2026-01-01T00:00:00Z'");
        let window = Window { from: Some((1_767_225_600 - DAY) * MICROS), ..window };
        assert_eq!(
            window.search("processed_at"),
            "processed_at:>='2025-12-31T00:00:00Z' processed_at:<'2026-01-01T00:00:00Z'"
        );
    }

    #[test]
    fn windows_follow_one_another_up_to_the_end() {
        let whole = Window { from: None, to: 10 * DAY * MICROS };
        assert_eq!(whole.first(0, 4 * DAY), Window { from: Some(0), to: 4 * DAY * MICROS });
        assert_eq!(
            whole.first(8 * DAY * MICROS, 4 * DAY),
            Window { from: Some(8 * DAY * MICROS), to: 10 * DAY * MICROS }
        );
    }

    #[test]
    fn windows_become_shorter_until_they_cannot() {
        let window = Window { from: None, to: 1_000 * DAY * MICROS };
        assert_eq!(window.shorter(0, 100_000, 10_000), Some(50 * DAY));
        assert_eq!(window.shorter(0, 10_001, 10_000), Some(43_195_680));
        assert_eq!(Window { from: None, to: 60 * MICROS }.shorter(0, 100_000, 10_000), None);
        assert_eq!(Window { from: None, to: 100 * MICROS }.shorter(0, 100_000, 10_000), Some(60));
    }

    #[test]
    fn places_are_read_as_they_were_written() {
        let everything =
            Everything { operation: Some("gid://shopify/BulkOperation/1".to_owned()), ..Everything::new(5, Some(4)) };
        for place in [
            Place::Everything(everything),
            Place::Changes(Changes {
                since: 1,
                newest: 2,
                begun: Some(3),
                read_on: None,
                resource: 1,
                after: Some("x".to_owned()),
            }),
            Place::Done { watermark: 3, read_on: NaiveDate::from_ymd_opt(2026, 11, 1) },
        ] {
            let text = serde_json::to_string(&place).unwrap();
            assert_eq!(serde_json::from_str::<Place>(&text).unwrap(), place, "{text}");
        }
        assert_eq!(
            serde_json::from_str::<Place>(r#"{"at":"done","watermark":3}"#).unwrap(),
            Place::Done { watermark: 3, read_on: None }
        );
    }

    proptest! {
        #[test]
        fn windows_cover_everything_once(days in 1..400_i64, lengths in prop::collection::vec(1..100_000_000_i64, 1..50)) {
            let whole = Window { from: None, to: days * DAY * MICROS + 123 };
            let (mut from, mut lengths) = (0, lengths.into_iter().cycle());
            for _ in 0..10_000 {
                let window = whole.first(from, lengths.next().unwrap());
                prop_assert_eq!(window.from, Some(from));
                prop_assert!(window.to > from && window.to <= whole.to);
                from = window.to;
                if from == whole.to {
                    break;
                }
            }
            prop_assert!(from == whole.to || from >= 10_000 * SHORTEST * MICROS);
        }

        #[test]
        fn a_shorter_window_is_shorter(length in 1..1_000_000_000_i64, things in 1..u64::MAX, most in 1..u64::MAX) {
            let window = Window { from: None, to: length * MICROS };
            match window.shorter(0, things, most) {
                Some(shorter) => prop_assert!((SHORTEST..length.max(SHORTEST + 1)).contains(&shorter)),
                None => prop_assert!(length <= SHORTEST),
            }
        }
    }
}
