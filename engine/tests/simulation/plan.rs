//! What a seed decides about a whole simulation.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::rng::Rng;

/// A half-open range of microseconds since the epoch.
pub(crate) type Range = (i64, i64);

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) start: DateTime<Utc>,
    pub(crate) months: Vec<Range>,
    /// Entities of each table.
    pub(crate) entities: u64,
    pub(crate) customers: u64,
    pub(crate) servers: usize,
    pub(crate) actors: usize,
    /// Things that all actors do together.
    pub(crate) deeds: u32,
    pub(crate) hot_rows: u64,
    pub(crate) fold_segments: usize,
    pub(crate) fold_bytes: u64,
    pub(crate) fold_age: Duration,
    pub(crate) parallelism: usize,
    /// Of a thousand calls, how many do not simply happen.
    pub(crate) faults: u64,
    /// Of a thousand calls, with how many their actor is killed.
    pub(crate) kills: u64,
    /// Of a thousand turns, how many are followed by a server's end.
    pub(crate) restarts: u64,
    /// Of a thousand turns, after how many time passes.
    pub(crate) time: u64,
    /// Of a thousand turns, after how many a segment is damaged, or becomes whole again.
    pub(crate) damage: u64,
    /// Whether bytes may be missing from answers that look like any other.
    pub(crate) short_reads: bool,
    /// Of a thousand turns, how many go to whoever had the last one.
    pub(crate) stickiness: u64,
    pub(crate) misses_deleted: bool,
}

impl Plan {
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let month = |from: &str, to: &str| {
            let micros = |day: &str| format!("{day}T00:00:00Z").parse::<DateTime<Utc>>().unwrap().timestamp_micros();
            (micros(from), micros(to))
        };
        let mut months = vec![
            month("2026-03-01", "2026-04-01"),
            month("2026-02-01", "2026-03-01"),
            month("2023-11-01", "2023-12-01"),
        ];
        months.truncate(1 + rng.index(3));
        let is_calm = rng.per_mille(150);
        let unless_calm = |times: u64| if is_calm { 0 } else { times };
        Self {
            start: "2026-03-10T08:00:00Z".parse().unwrap(),
            months,
            entities: rng.pick(&[3, 8, 20]),
            customers: rng.pick(&[2, 6]),
            servers: rng.pick(&[1, 2, 2, 3]),
            actors: rng.pick(&[4, 5, 6, 8]),
            deeds: rng.pick(&[30, 45, 60]),
            hot_rows: rng.pick(&[0, 3, 10, 10, 40, 1_000]),
            fold_segments: rng.pick(&[2, 3, 5]),
            fold_bytes: rng.pick(&[15_000, 4 << 20]),
            fold_age: Duration::from_secs(rng.pick(&[60, 3_600])),
            parallelism: rng.pick(&[1, 1, 2]),
            faults: unless_calm(rng.pick(&[3, 10, 10, 30, 100])),
            kills: unless_calm(rng.pick(&[0, 2, 5, 10])),
            restarts: unless_calm(rng.pick(&[0, 0, 2])),
            time: rng.pick(&[10, 30, 60]),
            damage: unless_calm(rng.pick(&[0, 0, 5])),
            short_reads: rng.per_mille(300),
            stickiness: rng.pick(&[0, 200, 600, 900]),
            misses_deleted: rng.per_mille(500),
        }
    }

    /// From the first day of the first month to the last of the last.
    pub(crate) fn all_months(&self) -> Range {
        let first = self.months.iter().map(|month| month.0).min().unwrap();
        (first, self.months.iter().map(|month| month.1).max().unwrap())
    }
}
