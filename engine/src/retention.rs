//! From when on data are kept.

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::metrics::start_of_day;

/// The instant from which on data are kept that are kept for so many months: the month that is under way in that zone, and so many whole ones
/// before it. No day of the zone is there by half.
#[must_use]
pub fn kept_from(zone: Tz, now: DateTime<Utc>, months: u32) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let first = NaiveDate::from_ymd_opt(today.year(), today.month(), 1).unwrap_or(today);
    let first = first.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    start_of_day(zone, first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_of_the_wall_are_kept() {
        let from = |zone: Tz, now: &str, months| kept_from(zone, now.parse().unwrap(), months).to_rfc3339();
        // Written down from the zones' offsets: UTC-5 and UTC-4, UTC+13, and Beirut, where the clocks go forward at midnight.
        for (zone, now, months, expected) in [
            (Tz::UTC, "2026-11-23T02:00:00Z", 12, "2025-11-01T00:00:00+00:00"),
            (Tz::UTC, "2026-03-31T23:59:59Z", 1, "2026-02-01T00:00:00+00:00"),
            (Tz::America__New_York, "2026-12-01T04:59:59Z", 1, "2026-10-01T04:00:00+00:00"),
            (Tz::America__New_York, "2026-12-01T05:00:00Z", 1, "2026-11-01T04:00:00+00:00"),
            (Tz::Pacific__Auckland, "2026-11-30T11:00:00Z", 12, "2025-11-30T11:00:00+00:00"),
            (Tz::Asia__Beirut, "2012-05-15T00:00:00Z", 1, "2012-03-31T21:00:00+00:00"),
            (Tz::America__Santiago, "2026-09-15T00:00:00Z", 0, "2026-09-01T04:00:00+00:00"),
        ] {
            assert_eq!(from(zone, now, months), expected, "{zone} {now} {months}");
        }
    }
}
