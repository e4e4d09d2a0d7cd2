//! So much in each hour, so much in each day: windows that begin anew all at once.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The longest gap that a zone has made in its clocks, in quarters of an hour: Samoa once left out a day.
const GAP_QUARTERS: i32 = 26 * 4;

/// So many points in each span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What it is kept and told under, such as `tokens_per_day`.
    pub name: Cow<'static, str>,
    /// How many points there are in each.
    pub most: u32,
    /// How long each is.
    pub span: Span,
}

/// How long a window is, and when it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// That long, one after the other since 1970 began in UTC: hours and minutes begin when they do on a clock.
    Every(Duration),
    /// From midnight to midnight in that zone.
    Day(Tz),
}

impl Span {
    /// From when to when the window is in which that instant is.
    fn around(self, instant: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        match self {
            Self::Every(length) => {
                let length = i64::try_from(length.as_micros()).unwrap_or(i64::MAX).max(1);
                let into = TimeDelta::microseconds(instant.timestamp_micros().rem_euclid(length));
                let begins = DateTime::from_timestamp_micros(instant.timestamp_micros()).unwrap_or(instant) - into;
                let ends = begins.checked_add_signed(TimeDelta::microseconds(length));
                (begins, ends.unwrap_or(DateTime::<Utc>::MAX_UTC))
            }
            Self::Day(zone) => {
                let date = instant.with_timezone(&zone).date_naive();
                let next = date.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX);
                (midnight(date, zone), midnight(next, zone))
            }
        }
    }
}

/// The first instant of a day in a zone.
fn midnight(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    // Where clocks are put forward at midnight, the day begins when the gap is over.
    let mut times =
        (0..=GAP_QUARTERS).filter_map(|quarters| midnight.checked_add_signed(TimeDelta::minutes(15) * quarters));
    let first = times.find_map(|time| zone.from_local_datetime(&time).earliest());
    first.map_or(DateTime::<Utc>::MAX_UTC, |first| first.to_utc())
}

/// How much of a window is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Used {
    /// When the window begins that the last turn was in.
    begins: DateTime<Utc>,
    /// How many points of it are reserved or used.
    points: u64,
}

impl Window {
    /// A window of that name.
    #[must_use]
    pub fn new(name: &'static str, most: u32, span: Span) -> Self {
        Self { name: Cow::Borrowed(name), most, span }
    }

    /// The first instant, not before `from`, whose window has so many points left.
    pub(super) fn ready(&self, used: Option<&Used>, cost: u32, from: DateTime<Utc>) -> DateTime<Utc> {
        let (begins, ends) = self.span.around(from);
        let points = used.filter(|used| used.begins >= begins).map_or(0, |used| used.points);
        if points + u64::from(cost) <= u64::from(self.most) { from } else { ends }
    }

    /// Takes points of the window in which that instant is, which [`Window::ready`] gave.
    pub(super) fn take(&self, used: &mut Used, cost: u32, at: DateTime<Utc>) {
        self.enter(used, at);
        used.points += u64::from(cost);
    }

    /// Puts points back, or takes more than was asked for when they are below zero, unless the window is over.
    pub(super) fn put_back(&self, used: &mut Used, points: i64, granted: DateTime<Utc>) {
        let (begins, _) = self.span.around(granted);
        if used.begins == begins {
            used.points = used.points.saturating_add_signed(points.saturating_neg());
        }
    }

    /// Takes over how many points are left, as the provider tells. That only ever lowers ours: it does not know yet of
    /// requests that are on their way.
    pub(super) fn correct(&self, used: &mut Used, remaining: u64, now: DateTime<Utc>) {
        self.enter(used, now);
        if used.begins <= now {
            used.points = used.points.max(u64::from(self.most).saturating_sub(remaining));
        }
    }

    /// Nothing used yet, in the window in which that instant is.
    pub(super) fn unused(&self, at: DateTime<Utc>) -> Used {
        Used { begins: self.span.around(at).0, points: 0 }
    }

    /// Whether that instant is in the window that is counted.
    pub(super) fn is_in(&self, used: &Used, instant: DateTime<Utc>) -> bool {
        self.span.around(instant).0 == used.begins
    }

    fn enter(&self, used: &mut Used, at: DateTime<Utc>) {
        let (begins, _) = self.span.around(at);
        if used.begins < begins {
            *used = Used { begins, points: 0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::{Los_Angeles, Santiago};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_ends_at_midnight_of_its_zone_also_when_clocks_change() {
        let day = Span::Day(Los_Angeles);
        let summer = (at("2026-07-01T07:00:00Z"), at("2026-07-02T07:00:00Z"));
        assert_eq!(day.around(at("2026-07-01T12:00:00Z")), summer);
        let short = (at("2026-03-08T08:00:00Z"), at("2026-03-09T07:00:00Z"));
        assert_eq!(day.around(at("2026-03-08T08:00:00Z")), short);
        let long = (at("2026-11-01T07:00:00Z"), at("2026-11-02T08:00:00Z"));
        assert_eq!(day.around(at("2026-11-02T07:59:59Z")), long);
    }

    #[test]
    fn a_day_without_a_midnight_begins_when_the_gap_is_over() {
        // Chile puts its clocks forward from 24:00 to 1:00.
        let begins = Span::Day(Santiago).around(at("2024-09-08T12:00:00Z")).0;
        assert_eq!(begins, at("2024-09-08T04:00:00Z"));
    }

    #[test]
    fn hours_begin_when_they_do_on_a_clock() {
        let hour = Span::Every(Duration::from_secs(3_600)).around(at("2026-07-01T12:34:56Z"));
        assert_eq!(hour, (at("2026-07-01T12:00:00Z"), at("2026-07-01T13:00:00Z")));
    }

    #[test]
    fn what_does_not_fit_waits_for_the_next_window() {
        let window = Window::new("hour", 10, Span::Every(Duration::from_secs(3_600)));
        let mut used = window.unused(at("2026-07-01T12:00:00Z"));
        window.take(&mut used, 8, at("2026-07-01T12:10:00Z"));
        assert_eq!(window.ready(Some(&used), 2, at("2026-07-01T12:20:00Z")), at("2026-07-01T12:20:00Z"));
        assert_eq!(window.ready(Some(&used), 3, at("2026-07-01T12:20:00Z")), at("2026-07-01T13:00:00Z"));
        window.put_back(&mut used, 1, at("2026-07-01T12:10:00Z"));
        assert_eq!(window.ready(Some(&used), 3, at("2026-07-01T12:20:00Z")), at("2026-07-01T12:20:00Z"));
        window.correct(&mut used, 0, at("2026-07-01T12:20:00Z"));
        assert_eq!(window.ready(Some(&used), 1, at("2026-07-01T12:20:00Z")), at("2026-07-01T13:00:00Z"));
    }

    #[test]
    fn points_of_a_window_that_is_over_are_not_put_into_the_next() {
        let window = Window::new("hour", 10, Span::Every(Duration::from_secs(3_600)));
        let mut used = window.unused(at("2026-07-01T12:00:00Z"));
        window.take(&mut used, 8, at("2026-07-01T12:10:00Z"));
        window.take(&mut used, 8, at("2026-07-01T13:10:00Z"));
        window.put_back(&mut used, 8, at("2026-07-01T12:10:00Z"));
        assert_eq!(window.ready(Some(&used), 3, at("2026-07-01T13:20:00Z")), at("2026-07-01T14:00:00Z"));
    }
}
