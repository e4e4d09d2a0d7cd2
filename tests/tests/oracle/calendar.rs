//! Dates by plain integer arithmetic, and New York's days by the rule of the US Energy Policy Act of 2005: daylight time
//! from 02:00 standard time on the second Sunday of March to 02:00 daylight time on the first Sunday of November.

/// Days from 1970-01-01 to a date of the Gregorian calendar.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    const BEFORE_MONTH: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let whole_years: i64 = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum();
    let leap_day = i64::from(month > 2 && leap(year));
    whole_years + BEFORE_MONTH[usize::try_from(month - 1).unwrap()] + leap_day + day - 1
}

/// The date that many days from 1970-01-01, as `2017-03-12`.
pub(crate) fn date_text(days: i64) -> String {
    let year = (1970..).find(|year| days < days_from_civil(year + 1, 1, 1)).unwrap();
    let month = (1..=12).rev().find(|month| days_from_civil(year, *month, 1) <= days).unwrap();
    format!("{year:04}-{month:02}-{:02}", days - days_from_civil(year, month, 1) + 1)
}

/// The Monday on or before a day; 1970-01-01 was a Thursday.
pub(crate) fn monday_of(days: i64) -> i64 {
    days - (days + 3).rem_euclid(7)
}

/// The local day, in New York, of an instant in seconds from the epoch.
pub(crate) fn new_york_day(instant: i64) -> i64 {
    let year: i64 = date_text(instant.div_euclid(86_400))[..4].parse().unwrap();
    let sunday_from = |first: i64| first + (3 - first).rem_euclid(7);
    let starts = sunday_from(days_from_civil(year, 3, 8)) * 86_400 + 7 * 3600;
    let ends = sunday_from(days_from_civil(year, 11, 1)) * 86_400 + 6 * 3600;
    let offset = if (starts..ends).contains(&instant) { -4 } else { -5 };
    (instant + offset * 3600).div_euclid(86_400)
}

/// An instant, in seconds from the epoch, from Shopify's `2017-01-01 10:32:09 -0500`.
pub(crate) fn instant(text: &str) -> i64 {
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    let sign = if &text[20..21] == "-" { -1 } else { 1 };
    let offset = sign * (number(21, 23) * 3600 + number(23, 25) * 60);
    days_from_civil(number(0, 4), number(5, 7), number(8, 10)) * 86_400
        + number(11, 13) * 3600
        + number(14, 16) * 60
        + number(17, 19)
        - offset
}

#[test]
fn the_oracles_calendar_agrees_with_known_dates() {
    assert_eq!(days_from_civil(2017, 1, 1), 17_167);
    assert_eq!(days_from_civil(2000, 3, 1), 11_017);
    for text in ["1970-01-01", "2016-02-29", "2017-12-31", "2018-01-01"] {
        let days = days_from_civil(text[..4].parse().unwrap(), text[5..7].parse().unwrap(), text[8..].parse().unwrap());
        assert_eq!(date_text(days), text);
    }
    assert_eq!(date_text(monday_of(days_from_civil(2017, 1, 1))), "2016-12-26");
    assert_eq!(date_text(monday_of(days_from_civil(2017, 1, 2))), "2017-01-02");
}

#[test]
fn the_oracles_new_york_changes_its_clocks_on_the_right_sundays() {
    let day = |text: &str| date_text(new_york_day(instant(text)));
    assert_eq!(day("2017-03-12 04:59:59 +0000"), "2017-03-11");
    assert_eq!(day("2017-03-12 05:00:00 +0000"), "2017-03-12");
    assert_eq!(day("2017-03-13 03:59:59 +0000"), "2017-03-12");
    assert_eq!(day("2017-03-13 04:00:00 +0000"), "2017-03-13");
    assert_eq!(day("2017-11-06 04:59:59 +0000"), "2017-11-05");
    assert_eq!(day("2017-11-06 05:00:00 +0000"), "2017-11-06");
    assert_eq!(day("2020-11-02 04:59:59 +0000"), "2020-11-01");
    assert_eq!(day("2015-03-09 03:59:59 +0000"), "2015-03-08");
}
