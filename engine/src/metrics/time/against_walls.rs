//! Buckets against clocks on walls: minute by minute, what date and hour a clock in the zone shows.
//!
//! The oracle takes nothing from the calendar but the offset of a zone at an instant; dates are counted from 1970 by
//! arithmetic of its own.

use chrono::{DateTime, NaiveDate, Offset, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::buckets::{Bucket, Label, buckets};
use super::calendar::Granularity;
use super::range::Period;

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;

/// The wall clock at an instant: days since 1970-01-01, microseconds into the day, offset in seconds.
fn wall(zone: Tz, micros: i64) -> (i64, i64, i32) {
    let instant = DateTime::from_timestamp_micros(micros).unwrap();
    let offset = zone.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc();
    let local = micros + i64::from(offset) * 1_000_000;
    (local.div_euclid(DAY), local.rem_euclid(DAY), offset)
}

/// Year, month and day of month, counted up year by year and month by month.
fn date(day: i64) -> (i64, i64, i64) {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (mut year, mut rest) = (1970, day);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if rest < length {
            break;
        }
        (year, rest) = (year + 1, rest - length);
    }
    let lengths = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while rest >= lengths[month] {
        rest -= lengths[month];
        month += 1;
    }
    (year, month as i64 + 1, rest + 1)
}

fn begins(granularity: Granularity, week_start: Weekday, day: i64) -> bool {
    let (_, month, of_month) = date(day);
    match granularity {
        Granularity::Hour | Granularity::Day => true,
        Granularity::Week => (day + 3).rem_euclid(7) == i64::from(week_start.num_days_from_monday()),
        Granularity::Month => of_month == 1,
        Granularity::Quarter => of_month == 1 && month % 3 == 1,
        Granularity::Year => of_month == 1 && month == 1,
    }
}

fn text(day: i64) -> String {
    let (year, month, day) = date(day);
    format!("{year:04}-{month:02}-{day:02}")
}

fn days_of(from: i64, to: i64, zone: Tz) -> Period {
    let date = |day: i64| NaiveDate::from_epoch_days(i32::try_from(day).unwrap()).unwrap();
    Period::of_days(zone, date(from), date(to))
}

fn find(buckets: &[Bucket], micros: i64) -> Option<&Bucket> {
    let found: Vec<_> = buckets.iter().filter(|bucket| bucket.span.0 <= micros && micros < bucket.span.1).collect();
    assert!(found.len() <= 1, "{micros} is in several buckets");
    found.first().copied()
}

/// Every minute of the range, and the microsecond before it, is in the bucket that the wall says, and no other minute is
/// in any.
fn check_dates(zone: Tz, from: i64, to: i64, granularity: Granularity, week_start: Weekday) {
    let period = days_of(from, to, zone);
    let buckets = buckets(&period, period.to, granularity, week_start).unwrap();
    for pair in buckets.windows(2) {
        assert_eq!(pair[0].span.1, pair[1].span.0, "{zone}: a gap or overlap");
    }
    // A day goes on when a clock is turned back over midnight: its date is the greatest shown so far.
    let mut shown = i64::MIN;
    for minute in (from - 2) * 1_440..(to + 3) * 1_440 {
        for micros in [minute * MINUTE, minute * MINUTE + MINUTE - 1] {
            shown = shown.max(wall(zone, micros).0);
            let expected = (from <= shown && shown <= to).then(|| {
                let mut first = shown;
                while !begins(granularity, week_start, first) {
                    first -= 1;
                }
                text(first)
            });
            let found = find(&buckets, micros).map(|bucket| bucket.label.to_string());
            assert_eq!(found, expected, "{zone} {granularity:?} at {:?}", DateTime::from_timestamp_micros(micros));
        }
    }
}

/// Every minute is in a bucket that begins when the clock last struck or was changed.
fn check_hours(zone: Tz, from: i64, to: i64) {
    let period = days_of(from, to, zone);
    let buckets = buckets(&period, period.to, Granularity::Hour, Weekday::Mon).unwrap();
    let (start, end) = period.micros();
    let mut hour = None;
    let mut began = 0;
    for minute in start.div_euclid(MINUTE)..end.div_euclid(MINUTE) {
        let micros = minute * MINUTE;
        let (day, into, offset) = wall(zone, micros);
        let now = (day, into / (60 * MINUTE), offset);
        if hour != Some(now) {
            (hour, began) = (Some(now), micros);
        }
        let found = find(&buckets, micros).unwrap_or_else(|| panic!("{zone}: {micros} is in no bucket"));
        assert_eq!(found.span.0, began, "{zone} at {:?}", DateTime::from_timestamp_micros(micros));
        let Label::Hour(label) = found.label else { panic!("{:?}", found.label) };
        assert_eq!((label.timestamp_micros(), label.offset().local_minus_utc()), (began, offset));
    }
    assert_eq!(buckets.first().map(|bucket| bucket.span.0), (start < end).then_some(start));
    assert_eq!(buckets.last().map(|bucket| bucket.span.1), (start < end).then_some(end));
}

/// The days of a year on which the zone changes its clocks, by looking every quarter of an hour.
fn changes(zone: Tz, year: i32) -> Vec<i64> {
    let start = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap().timestamp_micros();
    let quarters = (0..366 * 96).map(|quarter| start + quarter * 15 * MINUTE);
    let offsets: Vec<_> = quarters.map(|micros| wall(zone, micros)).collect();
    offsets.windows(2).filter(|pair| pair[0].2 != pair[1].2).map(|pair| pair[0].0).collect()
}

fn zone() -> impl Strategy<Value = Tz> {
    prop_oneof![
        prop::sample::select(vec![
            chrono_tz::Asia::Kathmandu,
            chrono_tz::America::Sao_Paulo,
            chrono_tz::Africa::Cairo,
            chrono_tz::Pacific::Apia,
            chrono_tz::America::New_York,
            chrono_tz::Australia::Lord_Howe,
            chrono_tz::America::Havana,
            chrono_tz::America::St_Johns,
            chrono_tz::Asia::Beirut,
            chrono_tz::Atlantic::Azores,
            chrono_tz::Antarctica::Troll,
            chrono_tz::Pacific::Kwajalein,
        ]),
        prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec()),
    ]
}

fn granularity() -> impl Strategy<Value = (Granularity, Weekday)> {
    let granularities =
        [Granularity::Day, Granularity::Day, Granularity::Week, Granularity::Month, Granularity::Quarter];
    let weekdays = [Weekday::Mon, Weekday::Sat, Weekday::Sun];
    (prop::sample::select(granularities.to_vec()), prop::sample::select(weekdays.to_vec()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn buckets_of_days_are_what_the_wall_says(
        zone in zone(), day in 3_000_i64..28_000, length in 0_i64..40, (granularity, week_start) in granularity()
    ) {
        check_dates(zone, day, day + length, granularity, week_start);
    }

    #[test]
    fn they_are_where_clocks_change(
        zone in zone(), year in 1975_i32..2037, which in any::<prop::sample::Index>(),
        (before, after) in (0_i64..3, 0_i64..3), (granularity, week_start) in granularity()
    ) {
        let changes = changes(zone, year);
        prop_assume!(!changes.is_empty());
        let day = changes[which.index(changes.len())];
        check_dates(zone, day - before, day + after, granularity, week_start);
        check_hours(zone, day - before, day + after);
    }
}

#[test]
fn known_oddities_are_what_the_wall_says() {
    let day = |text: &str| i64::from(text.parse::<NaiveDate>().unwrap().to_epoch_days());
    for (zone, date) in [
        (chrono_tz::Pacific::Apia, "2011-12-30"),
        (chrono_tz::Pacific::Kwajalein, "1993-08-21"),
        (chrono_tz::Pacific::Kiritimati, "1994-12-31"),
        (chrono_tz::America::Sao_Paulo, "2018-11-04"),
        (chrono_tz::America::Sao_Paulo, "2018-02-17"),
        (chrono_tz::Africa::Cairo, "2024-04-26"),
        (chrono_tz::Africa::Cairo, "2024-10-31"),
        (chrono_tz::America::New_York, "2026-03-08"),
        (chrono_tz::America::New_York, "2026-11-01"),
        (chrono_tz::America::Havana, "2024-11-03"),
        (chrono_tz::America::St_Johns, "2006-10-29"),
        (chrono_tz::Australia::Lord_Howe, "2026-04-05"),
        (chrono_tz::Australia::Lord_Howe, "2026-10-04"),
        (chrono_tz::Antarctica::Troll, "2026-03-29"),
        (chrono_tz::Asia::Kathmandu, "1986-01-01"),
        (chrono_tz::Asia::Pyongyang, "2018-05-04"),
        (chrono_tz::America::Caracas, "2007-12-09"),
    ] {
        for (from, to) in [(day(date) - 1, day(date) + 1), (day(date), day(date))] {
            check_dates(zone, from, to, Granularity::Day, Weekday::Mon);
            check_hours(zone, from, to);
        }
    }
}
