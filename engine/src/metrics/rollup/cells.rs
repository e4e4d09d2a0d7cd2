//! The days or hours of a partition.

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;

use super::super::plan::bucket_index::BucketIndex;
use super::super::time::calendar::{Granularity, local_date, next_hour, start_of_day};

/// How long the cells of a rollup are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CellLength {
    /// Local hours.
    Hour,
    /// Local days.
    Day,
}

impl CellLength {
    /// What buckets of that length can be put together from.
    pub(crate) fn of(granularity: Option<Granularity>) -> Self {
        if granularity == Some(Granularity::Hour) { Self::Hour } else { Self::Day }
    }

    /// How long they are, about, in microseconds.
    pub(crate) const fn micros(self) -> i64 {
        const HOUR: i64 = 3_600_000_000;
        match self {
            Self::Hour => HOUR,
            Self::Day => 24 * HOUR,
        }
    }

    /// A span of whole cells that holds another, in microseconds, half-open.
    pub(crate) fn around(self, zone: Tz, (start, end): (i64, i64)) -> (i64, i64) {
        let local_midnight = |micros: i64, days: i64| {
            let instant = DateTime::from_timestamp_micros(micros)?;
            let date = local_date(zone, instant).checked_add_signed(TimeDelta::days(days))?;
            Some(start_of_day(zone, date).timestamp_micros())
        };
        (local_midnight(start, 0).unwrap_or(start).min(start), local_midnight(end, 1).unwrap_or(end).max(end))
    }

    /// The cells of a span of time, in microseconds, half-open, that cover it without gap or overlap.
    pub(crate) fn cells(self, zone: Tz, (start, end): (i64, i64)) -> Vec<(i64, i64)> {
        let mut cells = Vec::new();
        let mut begins = start;
        while begins < end {
            let Some(instant) = DateTime::from_timestamp_micros(begins) else { break };
            let next = match self {
                Self::Hour => next_hour(zone, instant),
                // A date that a zone skipped begins where the next one does.
                Self::Day => {
                    let date = local_date(zone, instant);
                    let later = (1..=2).filter_map(|days| date.checked_add_signed(TimeDelta::days(days)));
                    let mut later = later.map(|date| start_of_day(zone, date));
                    later.find(|next| *next > instant).unwrap_or(instant + TimeDelta::days(1))
                }
            };
            let ends = next.timestamp_micros().min(end);
            cells.push((begins, ends));
            begins = ends;
        }
        cells
    }
}

/// What a query needs of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing.
    Nothing,
    /// All of it, in one bucket or in none.
    Whole(Option<i32>),
    /// A part of it, or different ones in different buckets: only its rows tell. In microseconds, half-open.
    Rows((i64, i64)),
}

impl Need {
    /// The time of which only rows tell.
    pub(crate) fn rows(&self) -> Option<(i64, i64)> {
        match self {
            Self::Rows(range) => Some(*range),
            Self::Nothing | Self::Whole(_) => None,
        }
    }
}

/// What a query about a range, divided into buckets or not, needs of a cell.
pub(crate) fn need(cell: (i64, i64), range: (i64, i64), buckets: Option<&BucketIndex>) -> Need {
    let within = (cell.0.max(range.0), cell.1.min(range.1));
    if within.0 >= within.1 {
        return Need::Nothing;
    }
    if within != cell {
        return Need::Rows(within);
    }
    let Some(buckets) = buckets else { return Need::Whole(None) };
    match buckets.sole(cell) {
        Some(number) => Need::Whole(number),
        None => Need::Rows(within),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cover_a_span_on_every_calendar() {
        let span = |from: &str, to: &str| {
            let micros = |text: &str| text.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_micros();
            (micros(from), micros(to))
        };
        for (zone, month, days) in [
            (chrono_tz::UTC, span("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"), 30),
            // Clocks go back on the first: 25 hours. A day begins and one ends in other months.
            (chrono_tz::America::New_York, span("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"), 31),
            // From the afternoon of 30 November to that of 1 January; 30 December was skipped.
            (chrono_tz::Pacific::Apia, span("2011-12-01T00:00:00Z", "2012-01-01T00:00:00Z"), 32),
            // Midnight is skipped, or comes twice.
            (chrono_tz::America::Sao_Paulo, span("2018-11-01T00:00:00Z", "2018-12-01T00:00:00Z"), 31),
            (chrono_tz::America::Sao_Paulo, span("2018-02-01T00:00:00Z", "2018-03-01T00:00:00Z"), 29),
        ] {
            for length in [CellLength::Day, CellLength::Hour] {
                let cells = length.cells(zone, month);
                assert_eq!((cells[0].0, cells[cells.len() - 1].1), month, "{zone}");
                assert!(cells.windows(2).all(|pair| pair[0].1 == pair[1].0), "{zone}");
                assert!(cells.iter().all(|cell| cell.0 < cell.1), "{zone}");
                if length == CellLength::Day {
                    assert_eq!(cells.len(), days, "{zone}");
                } else {
                    assert!(cells.len() >= 672, "{zone}: {}", cells.len());
                }
            }
        }
    }

    #[test]
    fn only_cells_that_are_whole_and_in_one_bucket_are_put_together() {
        let buckets = BucketIndex::new([(Some((0, 20)), 0), (Some((20, 35)), 1), (Some((50, 60)), 2)]);
        let need = |cell, range| need(cell, range, Some(&buckets));
        assert_eq!(need((0, 10), (0, 100)), Need::Whole(Some(0)));
        assert_eq!(need((10, 20), (0, 100)), Need::Whole(Some(0)));
        assert_eq!(need((20, 30), (0, 100)), Need::Whole(Some(1)));
        assert_eq!(need((30, 40), (0, 100)), Need::Rows((30, 40)), "partly in a bucket");
        assert_eq!(need((35, 50), (0, 100)), Need::Whole(None), "beside all buckets");
        assert_eq!(need((15, 25), (0, 100)), Need::Rows((15, 25)), "in two");
        assert_eq!(need((40, 70), (0, 100)), Need::Rows((40, 70)), "around one");
        assert_eq!(need((0, 10), (5, 100)), Need::Rows((5, 10)), "cut by the range");
        assert_eq!(need((0, 10), (10, 100)), Need::Nothing);
        assert_eq!(super::need((0, 10), (0, 10), None), Need::Whole(None));
    }
}
