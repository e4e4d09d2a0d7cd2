//! The oracle's calendar: dates are counts of days since 1970-01-01, and only the offset of a zone at an instant comes from outside.

use chrono::{DateTime, Offset, TimeZone, Utc, Weekday};
use chrono_tz::Tz;

pub(super) const DAY: i64 = 86_400_000_000;

pub(super) fn civil(day: i64) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

pub(super) fn number(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

pub(super) fn month_length(year: i64, month: i64) -> i64 {
    let (y, m) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    number(y, m, 1) - number(year, month, 1)
}

pub(super) fn date_text(day: i64) -> String {
    let (y, m, d) = civil(day);
    format!("{y:04}-{m:02}-{d:02}")
}

pub(crate) fn parse_date(text: &str) -> i64 {
    let parts: Vec<i64> = text.split('-').map(|part| part.parse().unwrap()).collect();
    number(parts[0], parts[1], parts[2])
}

pub(super) fn offset_seconds(zone: Tz, at: DateTime<Utc>) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
}

/// The local date, and microseconds into it.
pub(super) fn local(zone: Tz, at: DateTime<Utc>) -> (i64, i64) {
    let micros = at.timestamp_micros() + offset_seconds(zone, at) * 1_000_000;
    (micros.div_euclid(DAY), micros.rem_euclid(DAY))
}

#[derive(Clone, Copy)]
pub(super) enum Back {
    Days(i64),
    Months(i64),
}

pub(super) fn back(shift: Back, day: i64) -> Option<i64> {
    match shift {
        Back::Days(days) => Some(day - days),
        Back::Months(months) => {
            let (y, m, d) = civil(day);
            let index = y * 12 + (m - 1) - months;
            let (y, m) = (index.div_euclid(12), index.rem_euclid(12) + 1);
            (d <= month_length(y, m)).then(|| number(y, m, d))
        }
    }
}

pub(super) fn back_or_later(shift: Back, mut day: i64) -> i64 {
    loop {
        if let Some(found) = back(shift, day) {
            return found;
        }
        day += 1;
    }
}

pub(super) fn back_or_earlier(shift: Back, mut day: i64) -> i64 {
    loop {
        if let Some(found) = back(shift, day) {
            return found;
        }
        day -= 1;
    }
}

pub(super) fn back_span(shift: Back, from: i64, to: i64) -> (i64, i64) {
    if matches!(shift, Back::Months(_)) && civil(from).2 == 1 && civil(to + 1).2 == 1 {
        return (back_or_later(shift, from), back_or_later(shift, to + 1) - 1);
    }
    (back_or_later(shift, from), back_or_earlier(shift, to))
}

pub(super) fn first_of(granularity: &str, week_start: Weekday, mut day: i64) -> i64 {
    let begins = |day: i64| {
        let (_, m, d) = civil(day);
        match granularity {
            // The first of January 1970 was a Thursday.
            "week" => (day + 3).rem_euclid(7) == i64::from(week_start.num_days_from_monday()),
            "month" => d == 1,
            "quarter" => d == 1 && m % 3 == 1,
            "year" => d == 1 && m == 1,
            _ => true,
        }
    };
    while !begins(day) {
        day -= 1;
    }
    day
}

pub(super) fn last_of(granularity: &str, week_start: Weekday, day: i64) -> i64 {
    let first = first_of(granularity, week_start, day);
    let mut last = day;
    while first_of(granularity, week_start, last + 1) == first {
        last += 1;
    }
    last
}

/// The hours of a local date: begin, text, hour on the wall, how often it had been there before.
pub(super) fn hours(zone: Tz, day: i64) -> Vec<(i64, String, i64, usize)> {
    let mut found: Vec<(i64, String, i64, usize)> = Vec::new();
    let mut last = None;
    for minute in -16 * 60..40 * 60 {
        let at = DateTime::from_timestamp_micros(day * DAY + minute * 60_000_000).unwrap();
        let (date, into) = local(zone, at);
        let offset = offset_seconds(zone, at);
        let hour = into / 3_600_000_000;
        if date == day && last != Some((hour, offset)) {
            let sign = if offset < 0 { '-' } else { '+' };
            let minutes = offset.abs() / 60;
            let start = into / 60_000_000 % 60;
            let text =
                format!("{}T{hour:02}:{start:02}:00{sign}{:02}:{:02}", date_text(day), minutes / 60, minutes % 60);
            let before = found.iter().filter(|other| other.2 == hour).count();
            found.push((at.timestamp_micros(), text, hour, before));
        }
        last = (date == day).then_some((hour, offset));
    }
    found
}

pub(super) fn hour_of(zone: Tz, day: i64, at: DateTime<Utc>) -> i64 {
    hours(zone, day).iter().rev().find(|hour| hour.0 <= at.timestamp_micros()).unwrap().0
}

#[test]
fn the_oracle_knows_its_calendar() {
    assert_eq!(date_text(0), "1970-01-01");
    assert_eq!(date_text(parse_date("2024-02-29")), "2024-02-29");
    assert_eq!(parse_date("2026-11-19"), 20_776);
    assert_eq!(date_text(first_of("week", Weekday::Mon, parse_date("2026-11-19"))), "2026-11-16");
    assert_eq!(date_text(last_of("quarter", Weekday::Mon, parse_date("2026-11-19"))), "2026-12-31");
}
