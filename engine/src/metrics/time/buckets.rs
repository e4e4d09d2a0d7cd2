//! The buckets of a period: labelled, half-open ranges of instants that cover it without gap or overlap.

use chrono::{
    DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Timelike as _, Utc, Weekday,
};

use super::calendar::{Granularity, local_date, next_hour, start_of_day};
use super::range::Period;
use crate::metrics::error::QueryError;

/// How many buckets a query may have.
pub(crate) const MAX_BUCKETS: usize = 10_000;

/// What a bucket is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Label {
    /// The first date of its day, week, month, quarter or year, which may be before the period.
    Date(NaiveDate),
    /// The instant at which its hour begins.
    Hour(DateTime<FixedOffset>),
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Date(date) => date.fmt(f),
            Self::Hour(instant) => f.write_str(&instant.to_rfc3339_opts(SecondsFormat::Secs, false)),
        }
    }
}

/// One bucket.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) label: Label,
    /// The part of it that lies in the period, in microseconds since the epoch, the end exclusive.
    pub(crate) span: (i64, i64),
    /// The whole of it.
    pub(crate) whole: (DateTime<Utc>, DateTime<Utc>),
    /// Its local dates within the period, both inclusive; a period so far counts with all of its unit.
    pub(crate) days: (NaiveDate, NaiveDate),
    /// Of an hour: its full hour on the clock, also where a change of clocks cut it short, and how often that had been before on
    /// that day.
    pub(crate) strike: Option<(NaiveDateTime, u8)>,
    /// Whether some of it is not of the range, nor of the unit that the range is the beginning of.
    pub(crate) is_clipped: bool,
}

/// The buckets of `period`, in order. `whole_to` is the last date of the unit that the period is the beginning of.
pub(crate) fn buckets(
    period: &Period,
    whole_to: NaiveDate,
    granularity: Granularity,
    week_start: Weekday,
) -> Result<Vec<Bucket>, QueryError> {
    if granularity == Granularity::Hour { hours(period) } else { dates(period, whole_to, granularity, week_start) }
}

/// So many buckets before the first one of `period`, in order, and what of that one is before the period.
pub(crate) fn lead(
    period: &Period,
    granularity: Granularity,
    week_start: Weekday,
    count: usize,
) -> Result<Vec<Bucket>, QueryError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let first = granularity.floor(period.from, week_start);
    let mut from = first;
    // A day has 23 hours at least, or none at all where a zone skipped it.
    let steps = if granularity == Granularity::Hour { 1 + count.div_ceil(23) } else { count };
    for _ in 0..steps {
        from = granularity.floor(from - TimeDelta::days(1), week_start);
    }
    let before = Period::of_days(period.zone, from, period.from - TimeDelta::days(1));
    let mut lead = buckets(&before, before.to, granularity, week_start)?;
    let count = count + usize::from(first < period.from);
    lead.drain(..lead.len().saturating_sub(count));
    Ok(lead)
}

fn dates(
    period: &Period,
    whole_to: NaiveDate,
    granularity: Granularity,
    week_start: Weekday,
) -> Result<Vec<Bucket>, QueryError> {
    let (start, end) = period.micros();
    let mut buckets = Vec::new();
    let mut first = granularity.floor(period.from, week_start);
    let mut begins = start_of_day(period.zone, first);
    while first <= period.to {
        let next = granularity.next(first);
        let ends = start_of_day(period.zone, next);
        let clip = |instant: DateTime<Utc>| instant.timestamp_micros().clamp(start, end);
        buckets.push(Bucket {
            label: Label::Date(first),
            span: (clip(begins), clip(ends)),
            whole: (begins, ends),
            days: (first.max(period.from), (next - TimeDelta::days(1)).min(whole_to)),
            strike: None,
            is_clipped: first < period.from || next > whole_to + TimeDelta::days(1),
        });
        check(buckets.len())?;
        (first, begins) = (next, ends);
    }
    Ok(buckets)
}

fn hours(period: &Period) -> Result<Vec<Bucket>, QueryError> {
    let mut buckets: Vec<Bucket> = Vec::new();
    let mut begins = period.start;
    while begins < period.end {
        let ends = next_hour(period.zone, begins).min(period.end);
        let local = begins.with_timezone(&period.zone).fixed_offset();
        let date = local_date(period.zone, begins);
        let strike = date.and_time(NaiveTime::MIN) + TimeDelta::hours(i64::from(local.hour()));
        let before =
            buckets.iter().rev().take(26).filter(|bucket| bucket.strike.is_some_and(|(other, _)| other == strike));
        let occurrence = u8::try_from(before.count()).unwrap_or(u8::MAX);
        buckets.push(Bucket {
            label: Label::Hour(local),
            span: (begins.timestamp_micros(), ends.timestamp_micros()),
            whole: (begins, ends),
            days: (date, date),
            strike: Some((strike, occurrence)),
            is_clipped: false,
        });
        check(buckets.len())?;
        begins = ends;
    }
    Ok(buckets)
}

fn check(count: usize) -> Result<(), QueryError> {
    if count <= MAX_BUCKETS {
        return Ok(());
    }
    Err(QueryError::Limit {
        what: "buckets of time",
        limit: MAX_BUCKETS as u64,
        hint: "ask for a shorter time_range or a coarser granularity",
    })
}
