//! From the words of a query to local dates.

use chrono::{DateTime, Months, NaiveDate, SecondsFormat, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

use super::calendar::{Granularity, Shift, local_date, start_of_day};

/// A range of time that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NamedRange {
    /// The day so far.
    Today,
    /// The last complete day.
    Yesterday,
    /// Complete days that end yesterday.
    #[serde(rename = "last_7_days")]
    Last7Days,
    /// Complete days that end yesterday.
    #[serde(rename = "last_14_days")]
    Last14Days,
    /// Complete days that end yesterday.
    #[serde(rename = "last_28_days")]
    Last28Days,
    /// Complete days that end yesterday.
    #[serde(rename = "last_30_days")]
    Last30Days,
    /// Complete days that end yesterday.
    #[serde(rename = "last_90_days")]
    Last90Days,
    /// Complete calendar months that end with the last one.
    #[serde(rename = "last_12_months")]
    Last12Months,
    /// The week so far.
    ThisWeek,
    /// The last complete week.
    LastWeek,
    /// The month so far.
    MonthToDate,
    /// The last complete month.
    LastMonth,
    /// The quarter so far.
    QuarterToDate,
    /// The year so far.
    YearToDate,
    /// From the first row to today.
    AllTime,
}

impl NamedRange {
    /// Every named range.
    pub const ALL: [Self; 15] = [
        Self::Today,
        Self::Yesterday,
        Self::Last7Days,
        Self::Last14Days,
        Self::Last28Days,
        Self::Last30Days,
        Self::Last90Days,
        Self::Last12Months,
        Self::ThisWeek,
        Self::LastWeek,
        Self::MonthToDate,
        Self::LastMonth,
        Self::QuarterToDate,
        Self::YearToDate,
        Self::AllTime,
    ];

    /// Its name in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Last7Days => "last_7_days",
            Self::Last14Days => "last_14_days",
            Self::Last28Days => "last_28_days",
            Self::Last30Days => "last_30_days",
            Self::Last90Days => "last_90_days",
            Self::Last12Months => "last_12_months",
            Self::ThisWeek => "this_week",
            Self::LastWeek => "last_week",
            Self::MonthToDate => "month_to_date",
            Self::LastMonth => "last_month",
            Self::QuarterToDate => "quarter_to_date",
            Self::YearToDate => "year_to_date",
            Self::AllTime => "all_time",
        }
    }
}

/// The time that a query is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(untagged)]
pub enum TimeRange {
    /// By name.
    Named(NamedRange),
    /// Local dates, both inclusive.
    Dates {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
}

/// The local dates of a range, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    /// The last day of the whole unit that the range is the beginning of; `to` unless the range is "so far".
    pub(crate) whole_to: NaiveDate,
    /// How far back the previous period is. `None` when nothing is before.
    pub(crate) unit: Option<Shift>,
}

impl Days {
    /// The dates of a range on the day `today`. `data` are the first and last local date with rows.
    pub(crate) fn of(
        range: TimeRange,
        today: NaiveDate,
        week_start: Weekday,
        data: Option<(NaiveDate, NaiveDate)>,
    ) -> Self {
        let named = match range {
            TimeRange::Named(named) => named,
            TimeRange::Dates { from, to } => {
                let length = (to - from).num_days() + 1;
                return Self { from, to, whole_to: to, unit: Some(Shift::Days(length)) };
            }
        };
        let yesterday = today - TimeDelta::days(1);
        let last_days = |count: i64| Self {
            from: today - TimeDelta::days(count),
            to: yesterday,
            whole_to: yesterday,
            unit: Some(Shift::Days(count)),
        };
        let so_far = |granularity: Granularity, unit: Shift| {
            let from = granularity.floor(today, week_start);
            Self { from, to: today, whole_to: granularity.next(from) - TimeDelta::days(1), unit: Some(unit) }
        };
        let complete = |granularity: Granularity, unit: Shift, months: u32| {
            let end = granularity.floor(today, week_start);
            let to = end - TimeDelta::days(1);
            let from = if months == 0 { granularity.floor(to, week_start) } else { end - Months::new(months) };
            Self { from, to, whole_to: to, unit: Some(unit) }
        };
        match named {
            NamedRange::Today => so_far(Granularity::Day, Shift::Days(1)),
            NamedRange::Yesterday => last_days(1),
            NamedRange::Last7Days => last_days(7),
            NamedRange::Last14Days => last_days(14),
            NamedRange::Last28Days => last_days(28),
            NamedRange::Last30Days => last_days(30),
            NamedRange::Last90Days => last_days(90),
            NamedRange::Last12Months => complete(Granularity::Month, Shift::Months(12), 12),
            NamedRange::ThisWeek => so_far(Granularity::Week, Shift::Days(7)),
            NamedRange::LastWeek => complete(Granularity::Week, Shift::Days(7), 0),
            NamedRange::MonthToDate => so_far(Granularity::Month, Shift::Months(1)),
            NamedRange::LastMonth => complete(Granularity::Month, Shift::Months(1), 1),
            NamedRange::QuarterToDate => so_far(Granularity::Quarter, Shift::Months(3)),
            NamedRange::YearToDate => so_far(Granularity::Year, Shift::Months(12)),
            NamedRange::AllTime => {
                let (first, last) = data.unwrap_or((today, today));
                let to = last.max(today);
                Self { from: first, to, whole_to: to, unit: None }
            }
        }
    }
}

/// A half-open range of instants that some local dates cover in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) zone: Tz,
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
}

impl Period {
    /// From the beginning of `from` to the end of `to`.
    pub(crate) fn of_days(zone: Tz, from: NaiveDate, to: NaiveDate) -> Self {
        let start = start_of_day(zone, from);
        let end = start_of_day(zone, to + TimeDelta::days(1)).max(start);
        Self { zone, from, to, start, end }
    }

    /// The same, but not beyond `cut`.
    pub(crate) fn cut_at(self, cut: DateTime<Utc>) -> Self {
        if cut >= self.end {
            return self;
        }
        let end = cut.max(self.start);
        let last = local_date(self.zone, end - TimeDelta::microseconds(1));
        Self { end, to: if end > self.start { last.min(self.to) } else { self.from - TimeDelta::days(1) }, ..self }
    }

    /// Whether it holds no time at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.end <= self.start
    }

    /// Its bounds in microseconds since the epoch, the end exclusive.
    pub(crate) fn micros(&self) -> (i64, i64) {
        (self.start.timestamp_micros(), self.end.timestamp_micros())
    }

    /// What a response says about it.
    pub(crate) fn echo(&self) -> RangeEcho {
        let local =
            |instant: DateTime<Utc>| instant.with_timezone(&self.zone).to_rfc3339_opts(SecondsFormat::Secs, false);
        RangeEcho {
            from: self.from,
            to: self.to,
            start: local(self.start),
            end: local(self.end),
            timezone: self.zone.name().to_owned(),
        }
    }
}

/// The absolute range that an answer is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RangeEcho {
    /// The first local date.
    pub from: NaiveDate,
    /// The last local date.
    pub to: NaiveDate,
    /// The first instant, RFC 3339 with the zone's offset.
    #[schema(example = "2026-10-01T00:00:00-04:00")]
    pub start: String,
    /// The first instant that is not part of it any more.
    #[schema(example = "2026-11-01T00:00:00-04:00")]
    pub end: String,
    /// The IANA name of the zone.
    #[schema(example = "America/New_York")]
    pub timezone: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(range: NamedRange, today: &str) -> (String, String, String) {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let days =
            Days::of(TimeRange::Named(range), day(today), Weekday::Mon, Some((day("2024-02-29"), day("2026-11-18"))));
        (days.from.to_string(), days.to.to_string(), days.whole_to.to_string())
    }

    #[test]
    fn every_named_range_covers_its_days() {
        // A Thursday.
        let today = "2026-11-19";
        for (range, from, to, whole_to) in [
            (NamedRange::Today, "2026-11-19", "2026-11-19", "2026-11-19"),
            (NamedRange::Yesterday, "2026-11-18", "2026-11-18", "2026-11-18"),
            (NamedRange::Last7Days, "2026-11-12", "2026-11-18", "2026-11-18"),
            (NamedRange::Last14Days, "2026-11-05", "2026-11-18", "2026-11-18"),
            (NamedRange::Last28Days, "2026-10-22", "2026-11-18", "2026-11-18"),
            (NamedRange::Last30Days, "2026-10-20", "2026-11-18", "2026-11-18"),
            (NamedRange::Last90Days, "2026-08-21", "2026-11-18", "2026-11-18"),
            (NamedRange::Last12Months, "2025-11-01", "2026-10-31", "2026-10-31"),
            (NamedRange::ThisWeek, "2026-11-16", "2026-11-19", "2026-11-22"),
            (NamedRange::LastWeek, "2026-11-09", "2026-11-15", "2026-11-15"),
            (NamedRange::MonthToDate, "2026-11-01", "2026-11-19", "2026-11-30"),
            (NamedRange::LastMonth, "2026-10-01", "2026-10-31", "2026-10-31"),
            (NamedRange::QuarterToDate, "2026-10-01", "2026-11-19", "2026-12-31"),
            (NamedRange::YearToDate, "2026-01-01", "2026-11-19", "2026-12-31"),
            (NamedRange::AllTime, "2024-02-29", "2026-11-19", "2026-11-19"),
        ] {
            let expected = (from.to_owned(), to.to_owned(), whole_to.to_owned());
            assert_eq!(days(range, today), expected, "{}", range.name());
        }
    }

    #[test]
    fn ranges_are_right_on_the_first_of_january_and_after_a_leap_day() {
        let two = |range, today| {
            let (from, to, _) = days(range, today);
            (from, to)
        };
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(two(NamedRange::LastMonth, "2027-01-01"), pair("2026-12-01", "2026-12-31"));
        assert_eq!(two(NamedRange::YearToDate, "2027-01-01"), pair("2027-01-01", "2027-01-01"));
        assert_eq!(two(NamedRange::Yesterday, "2028-03-01"), pair("2028-02-29", "2028-02-29"));
        assert_eq!(two(NamedRange::LastMonth, "2028-03-31"), pair("2028-02-01", "2028-02-29"));
        // A Sunday: the week that began on Monday is not over yet.
        assert_eq!(two(NamedRange::ThisWeek, "2026-11-22"), pair("2026-11-16", "2026-11-22"));
        assert_eq!(two(NamedRange::LastWeek, "2026-11-22"), pair("2026-11-09", "2026-11-15"));
        assert_eq!(two(NamedRange::LastWeek, "2026-11-23"), pair("2026-11-16", "2026-11-22"));
    }

    #[test]
    fn names_are_the_serialized_names() {
        for range in NamedRange::ALL {
            assert_eq!(serde_json::to_value(range).unwrap(), range.name());
        }
        for granularity in Granularity::ALL {
            assert_eq!(serde_json::to_value(granularity).unwrap(), granularity.name());
        }
    }
}
