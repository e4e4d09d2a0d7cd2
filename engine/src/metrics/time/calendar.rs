//! Local days and hours of a zone as instants.
//!
//! A day begins at the first instant at which its date, or a later one, is on the wall: at midnight; where midnight is
//! skipped, after the gap; where it happens twice, at its first time. A date that a zone skipped (30 December 2011 in
//! Apia) begins where the next one begins and holds nothing.

use chrono::{
    DateTime, Datelike, MappedLocalTime, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc, Weekday,
};
use chrono_tz::Tz;

/// The first instant whose local time in `zone` is `local` or later.
pub(crate) fn instant_of(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => instant.to_utc(),
        MappedLocalTime::None => after_gap(zone, local),
    }
}

/// The instant at which a gap that swallowed `local` ends. No zone is more than a day away from UTC, and gaps (at most a
/// day, on the date line) are further apart than that.
fn after_gap(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    let (mut before, mut after) = (local.and_utc().timestamp() - 2 * 86_400, local.and_utc().timestamp() + 2 * 86_400);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if local_of(zone, middle) < local { before = middle } else { after = middle }
    }
    DateTime::from_timestamp(after, 0).unwrap_or(local.and_utc())
}

fn local_of(zone: Tz, second: i64) -> NaiveDateTime {
    DateTime::from_timestamp(second, 0).map_or(NaiveDateTime::MAX, |instant| instant.with_timezone(&zone).naive_local())
}

/// When a local day begins: at midnight or, where that is skipped, after the gap.
#[must_use]
pub fn start_of_day(zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    instant_of(zone, date.and_time(NaiveTime::MIN))
}

/// The date on the wall at an instant.
pub(crate) fn local_date(zone: Tz, instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// The next instant, after `instant`, at which a full hour strikes or the clocks are changed.
pub(crate) fn next_hour(zone: Tz, instant: DateTime<Utc>) -> DateTime<Utc> {
    let local = instant.with_timezone(&zone);
    let into_hour = TimeDelta::nanoseconds(
        local.naive_local().and_utc().timestamp_nanos_opt().unwrap_or(0).rem_euclid(3_600_000_000_000),
    );
    let strike = instant + TimeDelta::hours(1) - into_hour;
    if offset(zone, strike) == offset(zone, instant) {
        return strike;
    }
    let (mut before, mut after) = (instant.timestamp(), strike.timestamp());
    let old = offset(zone, instant);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        let now = DateTime::from_timestamp(middle, 0).map(|middle| offset(zone, middle));
        if now == Some(old) { before = middle } else { after = middle }
    }
    DateTime::from_timestamp(after, 0).unwrap_or(strike)
}

fn offset(zone: Tz, instant: DateTime<Utc>) -> i32 {
    use chrono::Offset;
    zone.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc()
}

/// How long a bucket of time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// From one strike of the clock to the next. The hour that repeats when clocks go back is two.
    Hour,
    /// A local day.
    Day,
    /// Seven days from the store's first day of the week.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months from January, April, July or October.
    Quarter,
    /// A calendar year.
    Year,
}

impl Granularity {
    /// Every granularity.
    pub const ALL: [Self; 6] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    /// Its name in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The first day of the bucket that holds `date`; of an hour, its day.
    pub(crate) fn floor(self, date: NaiveDate, week_start: Weekday) -> NaiveDate {
        let first = |month: u32| date.with_day(1).and_then(|date| date.with_month(month)).unwrap_or(date);
        match self {
            Self::Hour | Self::Day => date,
            Self::Week => date - TimeDelta::days(i64::from(date.weekday().days_since(week_start))),
            Self::Month => first(date.month()),
            Self::Quarter => first((date.month() - 1) / 3 * 3 + 1),
            Self::Year => first(1),
        }
    }

    /// The first day of the bucket after the one that begins on `date`; of an hour, the next day.
    pub(crate) fn next(self, date: NaiveDate) -> NaiveDate {
        match self {
            Self::Hour | Self::Day => date + TimeDelta::days(1),
            Self::Week => date + TimeDelta::days(7),
            Self::Month => date + Months::new(1),
            Self::Quarter => date + Months::new(3),
            Self::Year => date + Months::new(12),
        }
    }
}

/// A way back in the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    /// That many days (negative: forward).
    Days(i64),
    /// That many months, to the day of the same number; some days have none.
    Months(u32),
}

impl Shift {
    /// The counterpart of a date, if it has one.
    pub(crate) fn date(self, date: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Days(days) => date.checked_sub_signed(TimeDelta::try_days(days)?),
            Self::Months(months) => {
                date.checked_sub_months(Months::new(months)).filter(|back| back.day() == date.day())
            }
        }
    }

    /// The counterpart, or the next date that there is.
    pub(crate) fn date_or_next(self, date: NaiveDate) -> NaiveDate {
        self.date(date).unwrap_or_else(|| self.date_or_previous(date) + TimeDelta::days(1))
    }

    /// The counterpart, or the last date before it that there is.
    pub(crate) fn date_or_previous(self, date: NaiveDate) -> NaiveDate {
        match self {
            Self::Days(_) => self.date(date).unwrap_or(date),
            Self::Months(months) => date.checked_sub_months(Months::new(months)).unwrap_or(date),
        }
    }

    /// The counterpart of a span of days. Whole calendar months have whole calendar months as counterpart, however long
    /// they are. A span none of whose days has a counterpart comes back empty (its end before its start).
    pub(crate) fn days(self, from: NaiveDate, to: NaiveDate) -> (NaiveDate, NaiveDate) {
        let after = to + TimeDelta::days(1);
        if matches!(self, Self::Months(_)) && from.day() == 1 && after.day() == 1 {
            return (self.date_or_next(from), self.date_or_previous(after) - TimeDelta::days(1));
        }
        (self.date_or_next(from), self.date_or_previous(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn starts(zone: Tz, date: &str) -> String {
        start_of_day(zone, day(date)).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
    }

    #[test]
    fn days_begin_at_the_first_instant_with_their_date() {
        for (zone, date, instant) in [
            (chrono_tz::UTC, "2026-10-01", "2026-10-01T00:00:00Z"),
            (chrono_tz::Asia::Kathmandu, "2026-10-01", "2026-09-30T18:15:00Z"),
            (chrono_tz::Asia::Kolkata, "2026-10-01", "2026-09-30T18:30:00Z"),
            // Clocks went from 00:00 to 01:00.
            (chrono_tz::America::Sao_Paulo, "2018-11-04", "2018-11-04T03:00:00Z"),
            (chrono_tz::Africa::Cairo, "2024-04-26", "2024-04-25T22:00:00Z"),
            // Clocks went from 24:00 back to 23:00: the day before has 25 hours.
            (chrono_tz::America::Sao_Paulo, "2018-02-18", "2018-02-18T03:00:00Z"),
            (chrono_tz::Africa::Cairo, "2024-11-01", "2024-10-31T22:00:00Z"),
            // Midnight struck twice.
            (chrono_tz::America::Havana, "2024-11-03", "2024-11-03T04:00:00Z"),
            // The date that was skipped, and the one after it.
            (chrono_tz::Pacific::Apia, "2011-12-29", "2011-12-29T10:00:00Z"),
            (chrono_tz::Pacific::Apia, "2011-12-30", "2011-12-30T10:00:00Z"),
            (chrono_tz::Pacific::Apia, "2011-12-31", "2011-12-30T10:00:00Z"),
            (chrono_tz::Pacific::Apia, "2012-01-01", "2011-12-31T10:00:00Z"),
        ] {
            assert_eq!(starts(zone, date), instant, "{zone} {date}");
        }
    }

    #[test]
    fn days_have_23_and_25_hours_where_clocks_change() {
        let zone = chrono_tz::America::New_York;
        let hours = |from: &str, to: &str| (start_of_day(zone, day(to)) - start_of_day(zone, day(from))).num_hours();
        assert_eq!(hours("2026-03-08", "2026-03-09"), 23);
        assert_eq!(hours("2026-11-01", "2026-11-02"), 25);
        assert_eq!(hours("2026-11-02", "2026-11-03"), 24);
    }

    #[test]
    fn hours_end_at_the_strike_or_where_clocks_change() {
        let list = |zone: Tz, from: &str, count: usize| {
            let mut at: DateTime<Utc> = from.parse().unwrap();
            std::iter::from_fn(|| {
                at = next_hour(zone, at);
                Some(at.with_timezone(&zone).to_rfc3339())
            })
            .take(count)
            .collect::<Vec<_>>()
        };
        assert_eq!(
            list(chrono_tz::America::New_York, "2026-11-01T04:00:00Z", 3),
            ["2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00", "2026-11-01T02:00:00-05:00"]
        );
        assert_eq!(
            list(chrono_tz::Australia::Lord_Howe, "2026-04-04T14:00:00Z", 3),
            ["2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30", "2026-04-05T03:00:00+10:30"]
        );
        assert_eq!(
            list(chrono_tz::Asia::Kathmandu, "2026-04-04T14:00:00Z", 2),
            ["2026-04-04T20:00:00+05:45", "2026-04-04T21:00:00+05:45"]
        );
    }

    #[test]
    fn buckets_begin_where_the_calendar_says() {
        let date = day("2026-11-19");
        assert_eq!(Granularity::Week.floor(date, Weekday::Mon), day("2026-11-16"));
        assert_eq!(Granularity::Week.floor(date, Weekday::Sun), day("2026-11-15"));
        assert_eq!(Granularity::Week.floor(day("2026-11-15"), Weekday::Sun), day("2026-11-15"));
        assert_eq!(Granularity::Month.floor(date, Weekday::Mon), day("2026-11-01"));
        assert_eq!(Granularity::Quarter.floor(date, Weekday::Mon), day("2026-10-01"));
        assert_eq!(Granularity::Year.floor(date, Weekday::Mon), day("2026-01-01"));
        assert_eq!(Granularity::Quarter.next(day("2026-10-01")), day("2027-01-01"));
    }

    #[test]
    fn dates_without_a_counterpart_have_none() {
        assert_eq!(Shift::Months(12).date(day("2024-02-29")), None);
        assert_eq!(Shift::Months(1).date(day("2026-03-31")), None);
        assert_eq!(Shift::Months(1).date(day("2026-03-28")), Some(day("2026-02-28")));
        assert_eq!(Shift::Days(366).date(day("2024-02-29")), Some(day("2023-02-28")));
    }

    #[test]
    fn whole_months_are_compared_with_whole_months() {
        let spans = |months, from, to| Shift::Months(months).days(day(from), day(to));
        assert_eq!(spans(1, "2026-02-01", "2026-02-28"), (day("2026-01-01"), day("2026-01-31")));
        assert_eq!(spans(1, "2026-03-01", "2026-03-31"), (day("2026-02-01"), day("2026-02-28")));
        assert_eq!(spans(12, "2025-02-01", "2025-02-28"), (day("2024-02-01"), day("2024-02-29")));
        assert_eq!(spans(1, "2026-02-22", "2026-02-28"), (day("2026-01-22"), day("2026-01-28")));
        assert_eq!(spans(1, "2026-03-25", "2026-03-31"), (day("2026-02-25"), day("2026-02-28")));
        assert_eq!(spans(1, "2026-03-30", "2026-04-05"), (day("2026-03-01"), day("2026-03-05")));
        let (from, to) = spans(12, "2024-02-29", "2024-02-29");
        assert!(to < from);
    }
}
