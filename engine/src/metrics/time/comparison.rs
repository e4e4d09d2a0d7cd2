//! The period that another one is compared with, and which of its parts stands beside which.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc, Weekday};
use serde::Serialize;
use utoipa::ToSchema;

use super::buckets::{Bucket, Label, buckets};
use super::calendar::{Granularity, Shift, instant_of, start_of_day};
use super::range::{Days, Period};
use crate::metrics::error::QueryError;

/// What a period is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NamedComparison {
    /// As many days right before; for ranges of the calendar (this week, last month, year to date) the week, month,
    /// quarter or year before.
    PreviousPeriod,
    /// The same days a week earlier.
    PreviousWeek,
    /// The same dates a month earlier.
    PreviousMonth,
    /// The same dates a year earlier.
    PreviousYear,
}

impl NamedComparison {
    /// Every named comparison.
    pub const ALL: [Self; 4] = [Self::PreviousPeriod, Self::PreviousWeek, Self::PreviousMonth, Self::PreviousYear];

    /// Its name in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreviousPeriod => "previous_period",
            Self::PreviousWeek => "previous_week",
            Self::PreviousMonth => "previous_month",
            Self::PreviousYear => "previous_year",
        }
    }
}

/// What a query is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Compare {
    /// By name.
    Named(NamedComparison),
    /// Local dates, both inclusive; the first stands beside the first of the range.
    Dates {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
}

/// Which days of the compared period stand beside which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// The same date of the month or year.
    #[default]
    Date,
    /// The same day of the week: a year is 364 days, a quarter 91, a month 28.
    DayOfWeek,
}

/// How an unfinished period is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Partial {
    /// With the part of the other period up to the same local time, to the minute.
    #[default]
    ToDate,
    /// With all of it.
    Full,
}

/// The compared period of one store.
#[derive(Clone, Debug)]
pub(crate) struct Comparison {
    pub(crate) period: Period,
    /// For each bucket of the current period, what stands beside it.
    pub(crate) beside: Vec<Beside>,
    /// The same for those before the period that rolling figures are made of too.
    pub(crate) beside_lead: Vec<Beside>,
}

/// What stands beside a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Beside {
    /// What it is called; `None` when the calendar has no counterpart.
    pub(crate) label: Option<Label>,
    /// Its instants in microseconds; `None` when there is no counterpart or the same local time is not reached.
    pub(crate) span: Option<(i64, i64)>,
}

const NOTHING: Beside = Beside { label: None, span: None };

/// How a query wants to be compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) compare: Compare,
    pub(crate) align: Align,
    pub(crate) partial: Partial,
}

impl Wish {
    fn shift(self, days: &Days) -> Shift {
        let length = Shift::Days((days.to - days.from).num_days() + 1);
        let shift = match self.compare {
            Compare::Named(NamedComparison::PreviousPeriod) => days.unit.unwrap_or(length),
            Compare::Named(NamedComparison::PreviousWeek) => Shift::Days(7),
            Compare::Named(NamedComparison::PreviousMonth) => Shift::Months(1),
            Compare::Named(NamedComparison::PreviousYear) => Shift::Months(12),
            Compare::Dates { from, .. } => return Shift::Days((days.from - from).num_days()),
        };
        match (self.align, shift) {
            (Align::Date, shift) => shift,
            (Align::DayOfWeek, Shift::Days(days)) => Shift::Days((days + 6) / 7 * 7),
            (Align::DayOfWeek, Shift::Months(months)) => Shift::Days(i64::from(months) * 364 / 12 / 7 * 7),
        }
    }
}

/// The period that `current` is compared with, and what stands beside its buckets and those right before it.
pub(crate) fn compare(
    wish: Wish,
    days: &Days,
    current: &Period,
    (lead, buckets): (&[Bucket], &[Bucket]),
    granularity: Option<Granularity>,
    now: DateTime<Utc>,
) -> Result<Comparison, QueryError> {
    let zone = current.zone;
    let shift = wish.shift(days);
    let (from, to) = match wish.compare {
        Compare::Named(_) => shift.days(days.from, days.whole_to),
        Compare::Dates { from, to } => (from, to),
    };
    let whole = Period::of_days(zone, from, to);
    let unfinished = current.end > now;
    let cut = (unfinished && wish.partial == Partial::ToDate).then(|| cut(shift, now, current));
    let period = cut.map_or(whole, |cut| whole.cut_at(cut));
    let beside = |shift: Shift, whole: &Period, buckets: &[Bucket]| match granularity {
        Some(Granularity::Hour) => hours_beside(shift, whole, buckets),
        _ => Ok(buckets.iter().map(|bucket| days_beside(shift, whole, bucket)).collect()),
    };
    let beside_lead = match lead.first() {
        None => Vec::new(),
        Some(first) => {
            // Before both periods come as many days, whichever dates they are.
            let shift = match granularity {
                Some(Granularity::Hour | Granularity::Day | Granularity::Week) => {
                    Shift::Days((days.from - from).num_days())
                }
                _ => shift,
            };
            let before = shift.days(first.days.0, first.days.1).0.min(from);
            beside(shift, &Period::of_days(zone, before, from - TimeDelta::days(1)), lead)?
        }
    };
    let beside = beside(shift, &whole, buckets)?;
    let end = period.end.timestamp_micros();
    let reached =
        |(start, stop): (i64, i64)| (start < end || start == stop && start <= end).then_some((start, stop.min(end)));
    let beside = beside.into_iter().map(|beside| Beside { span: beside.span.and_then(reached), ..beside }).collect();
    Ok(Comparison { period, beside, beside_lead })
}

/// The counterpart of the present minute: the other period counts up to there.
fn cut(shift: Shift, now: DateTime<Utc>, current: &Period) -> DateTime<Utc> {
    let local = now.with_timezone(&current.zone).naive_local();
    let minute = local.with_second(0).and_then(|local| local.with_nanosecond(0)).unwrap_or(local);
    match shift.date(minute.date()) {
        Some(date) => instant_of(current.zone, NaiveDateTime::new(date, minute.time())),
        None => start_of_day(current.zone, shift.date_or_next(minute.date())),
    }
}

fn days_beside(shift: Shift, whole: &Period, bucket: &Bucket) -> Beside {
    let Label::Date(label) = bucket.label else { return NOTHING };
    let (from, to) = shift.days(bucket.days.0, bucket.days.1);
    let (from, to) = (from.max(whole.from), to.min(whole.to));
    if to < from {
        return NOTHING;
    }
    let period = Period::of_days(whole.zone, from, to);
    Beside { label: Some(Label::Date(shift.date_or_next(label))), span: Some(period.micros()) }
}

fn hours_beside(shift: Shift, whole: &Period, hours: &[Bucket]) -> Result<Vec<Beside>, QueryError> {
    let others = buckets(whole, whole.to, Granularity::Hour, Weekday::Mon)?;
    let others: HashMap<_, _> = others.iter().filter_map(|other| Some((other.strike?, other))).collect();
    let beside = hours.iter().map(|hour| {
        let (strike, occurrence) = hour.strike?;
        let date = shift.date(strike.date())?;
        let other = others.get(&(NaiveDateTime::new(date, strike.time()), occurrence))?;
        Some(Beside { label: Some(other.label), span: Some(other.span) })
    });
    Ok(beside.map(|beside| beside.unwrap_or(NOTHING)).collect())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::metrics::time::calendar::local_date;
    use crate::metrics::time::range::{NamedRange, TimeRange};

    const NEW_YORK: Tz = chrono_tz::America::New_York;

    struct Case {
        range: TimeRange,
        compare: Compare,
        partial: Partial,
        align: Align,
        granularity: Option<Granularity>,
        zone: Tz,
        now: &'static str,
    }

    const CASE: Case = Case {
        range: TimeRange::Named(NamedRange::Today),
        compare: Compare::Named(NamedComparison::PreviousPeriod),
        partial: Partial::ToDate,
        align: Align::Date,
        granularity: None,
        zone: NEW_YORK,
        // Thursday, 14:05:30.
        now: "2026-11-19T19:05:30Z",
    };

    fn dates(from: &str, to: &str) -> TimeRange {
        TimeRange::Dates { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn run(case: &Case) -> (Vec<Bucket>, Comparison) {
        let now: DateTime<Utc> = case.now.parse().unwrap();
        let days = Days::of(case.range, local_date(case.zone, now), Weekday::Mon, None);
        let current = Period::of_days(case.zone, days.from, days.to);
        let buckets = case
            .granularity
            .map_or(Ok(Vec::new()), |granularity| buckets(&current, days.whole_to, granularity, Weekday::Mon))
            .unwrap();
        let wish = Wish { compare: case.compare, align: case.align, partial: case.partial };
        let comparison = compare(wish, &days, &current, (&[], &buckets), case.granularity, now).unwrap();
        (buckets, comparison)
    }

    fn period(case: &Case) -> (String, String) {
        let echo = run(case).1.period.echo();
        (echo.start, echo.end)
    }

    fn pair(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn an_unfinished_period_is_compared_up_to_the_same_local_minute() {
        let named = |range| Case { range: TimeRange::Named(range), ..CASE };
        assert_eq!(period(&CASE), pair("2026-11-18T00:00:00-05:00", "2026-11-18T14:05:00-05:00"));
        assert_eq!(
            period(&named(NamedRange::ThisWeek)),
            pair("2026-11-09T00:00:00-05:00", "2026-11-12T14:05:00-05:00")
        );
        assert_eq!(
            period(&named(NamedRange::MonthToDate)),
            pair("2026-10-01T00:00:00-04:00", "2026-10-19T14:05:00-04:00")
        );
        assert_eq!(
            period(&named(NamedRange::QuarterToDate)),
            pair("2026-07-01T00:00:00-04:00", "2026-08-19T14:05:00-04:00")
        );
        assert_eq!(
            period(&named(NamedRange::YearToDate)),
            pair("2025-01-01T00:00:00-05:00", "2025-11-19T14:05:00-05:00")
        );
        assert_eq!(
            period(&Case { range: dates("2026-11-10", "2026-11-29"), ..CASE }),
            pair("2026-10-21T00:00:00-04:00", "2026-10-30T14:05:00-04:00")
        );
    }

    #[test]
    fn full_compares_with_all_of_the_previous_unit() {
        let full = |range| Case { range: TimeRange::Named(range), partial: Partial::Full, ..CASE };
        assert_eq!(period(&full(NamedRange::Today)), pair("2026-11-18T00:00:00-05:00", "2026-11-19T00:00:00-05:00"));
        assert_eq!(
            period(&full(NamedRange::MonthToDate)),
            pair("2026-10-01T00:00:00-04:00", "2026-11-01T00:00:00-04:00")
        );
        assert_eq!(
            period(&full(NamedRange::YearToDate)),
            pair("2025-01-01T00:00:00-05:00", "2026-01-01T00:00:00-05:00")
        );
    }

    #[test]
    fn finished_periods_are_compared_as_a_whole() {
        let named = |range, compare| Case { range: TimeRange::Named(range), compare: Compare::Named(compare), ..CASE };
        for (range, compare, start, end) in [
            (NamedRange::Yesterday, NamedComparison::PreviousPeriod, "2026-11-17", "2026-11-18"),
            (NamedRange::Last7Days, NamedComparison::PreviousPeriod, "2026-11-05", "2026-11-12"),
            (NamedRange::Last7Days, NamedComparison::PreviousWeek, "2026-11-05", "2026-11-12"),
            (NamedRange::Last30Days, NamedComparison::PreviousYear, "2025-10-20", "2025-11-19"),
            (NamedRange::LastMonth, NamedComparison::PreviousPeriod, "2026-09-01", "2026-10-01"),
            (NamedRange::LastMonth, NamedComparison::PreviousMonth, "2026-09-01", "2026-10-01"),
            (NamedRange::LastMonth, NamedComparison::PreviousYear, "2025-10-01", "2025-11-01"),
            (NamedRange::Last12Months, NamedComparison::PreviousPeriod, "2024-11-01", "2025-11-01"),
        ] {
            let (from, to) = period(&named(range, compare));
            assert_eq!((&from[..10], &to[..10]), (start, end), "{} {}", range.name(), compare.name());
        }
    }

    #[test]
    fn the_end_of_a_long_month_so_far_is_compared_with_all_of_a_short_one() {
        let case = Case {
            range: TimeRange::Named(NamedRange::MonthToDate),
            now: "2026-03-30T12:00:00Z",
            granularity: Some(Granularity::Day),
            ..CASE
        };
        assert_eq!(period(&case), pair("2026-02-01T00:00:00-05:00", "2026-03-01T00:00:00-05:00"));
        let (buckets, comparison) = run(&case);
        assert_eq!(buckets.len(), 30);
        let labels: Vec<_> =
            comparison.beside.iter().map(|beside| beside.label.map(|label| label.to_string())).collect();
        assert_eq!(labels[27].as_deref(), Some("2026-02-28"));
        assert_eq!(labels[28..], [None, None]);
    }

    #[test]
    fn a_leap_day_has_no_counterpart_in_another_year() {
        let case = Case {
            range: dates("2024-02-28", "2024-03-01"),
            compare: Compare::Named(NamedComparison::PreviousYear),
            granularity: Some(Granularity::Day),
            ..CASE
        };
        let (_, comparison) = run(&case);
        let labels: Vec<_> =
            comparison.beside.iter().map(|beside| beside.label.map(|label| label.to_string())).collect();
        assert_eq!(labels, [Some("2023-02-28".to_owned()), None, Some("2023-03-01".to_owned())]);
        let only = Case { range: dates("2024-02-29", "2024-02-29"), ..case };
        assert!(run(&only).1.period.is_empty());
    }

    #[test]
    fn buckets_that_the_same_time_has_not_reached_have_no_counterpart_yet() {
        let case = Case {
            range: dates("2026-11-16", "2026-11-22"),
            compare: Compare::Named(NamedComparison::PreviousWeek),
            granularity: Some(Granularity::Day),
            ..CASE
        };
        let (_, comparison) = run(&case);
        let reached: Vec<_> = comparison.beside.iter().map(|beside| beside.span.is_some()).collect();
        assert_eq!(reached, [true, true, true, true, false, false, false]);
        let (start, end) = comparison.beside[3].span.unwrap();
        assert_eq!(end - start, (14 * 60 + 5) * 60_000_000);
    }

    #[test]
    fn weekdays_can_be_kept() {
        let case = Case {
            range: dates("2026-11-09", "2026-11-15"),
            compare: Compare::Named(NamedComparison::PreviousYear),
            align: Align::DayOfWeek,
            ..CASE
        };
        let (from, to) = period(&case);
        assert_eq!((&from[..10], &to[..10]), ("2025-11-10", "2025-11-17"));
    }

    #[test]
    fn an_hour_that_struck_twice_stands_beside_the_same_stroke() {
        let case = Case { range: dates("2026-11-01", "2026-11-01"), granularity: Some(Granularity::Hour), ..CASE };
        let (buckets, comparison) = run(&case);
        assert_eq!(buckets.len(), 25);
        assert_eq!(buckets[1].label.to_string(), "2026-11-01T01:00:00-04:00");
        assert_eq!(buckets[2].label.to_string(), "2026-11-01T01:00:00-05:00");
        assert_eq!(comparison.beside[1].label.unwrap().to_string(), "2026-10-31T01:00:00-04:00");
        assert_eq!(comparison.beside[2], NOTHING);
        assert_eq!(comparison.beside[24].label.unwrap().to_string(), "2026-10-31T23:00:00-04:00");
    }

    #[test]
    fn a_period_of_its_own_length_is_aligned_from_its_first_day() {
        let case = Case {
            range: dates("2026-11-02", "2026-11-04"),
            compare: Compare::Dates { from: "2026-06-01".parse().unwrap(), to: "2026-06-02".parse().unwrap() },
            granularity: Some(Granularity::Day),
            ..CASE
        };
        let (_, comparison) = run(&case);
        let labels: Vec<_> =
            comparison.beside.iter().map(|beside| beside.label.map(|label| label.to_string())).collect();
        assert_eq!(labels, [Some("2026-06-01".to_owned()), Some("2026-06-02".to_owned()), None]);
    }
}
