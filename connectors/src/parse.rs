//! Reads the values that cells hold: instants, amounts, whole numbers, flags. Exactly, or not at all.

use aloftly_engine::money::{Money, ParseMoneyError};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// Why a cell is refused: what should be there.
pub(crate) type Expected = &'static str;

const AN_INSTANT: Expected = "a time with its zone, such as 2026-10-31 23:59:59 -0400";
const A_SANE_INSTANT: Expected = "a time between the years 1970 and 2199";
const MICROS_PER_SECOND: i64 = 1_000_000;
const FIRST_YEAR: i32 = 1970;
const LAST_YEAR: i32 = 2199;

/// What a cell says of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Microseconds since the epoch.
    Instant(i64),
    /// A day and time of some place.
    Local(NaiveDateTime),
    /// A day of some place.
    Day(NaiveDate),
}

/// An instant in microseconds since the epoch: `2017-01-01 10:32:09 -0500`, `... UTC`, or RFC 3339. Parts of a microsecond
/// are cut off.
pub(crate) fn instant(text: &str) -> Result<i64, Expected> {
    match when(text) {
        Some(When::Instant(micros)) => in_range(micros),
        _ => Err(AN_INSTANT),
    }
}

/// Refuses times that come of a misread year.
pub(crate) fn in_range(micros: i64) -> Result<i64, Expected> {
    let start = |year| NaiveDate::from_ymd_opt(year, 1, 1).map_or(0, |day| i64::from(day.to_epoch_days()) * 86_400);
    let (first, end) = (start(FIRST_YEAR) * MICROS_PER_SECOND, start(LAST_YEAR + 1) * MICROS_PER_SECOND);
    if (first..end).contains(&micros) { Ok(micros) } else { Err(A_SANE_INSTANT) }
}

/// A day, a day with a time, or an instant, as ISO 8601 writes them (with a blank for the `T` if you like).
pub(crate) fn when(text: &str) -> Option<When> {
    let bytes = text.as_bytes();
    let day = NaiveDate::from_ymd_opt(
        i32::try_from(digits(bytes.get(..4)?)?).ok()?,
        digits(bytes.get(5..7)?)?,
        digits(bytes.get(8..10)?)?,
    )?;
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let Some(separator) = bytes.get(10) else { return Some(When::Day(day)) };
    if !matches!(separator, b' ' | b'T' | b't') || bytes.get(13) != Some(&b':') {
        return None;
    }
    let (hour, minute) = (digits(bytes.get(11..13)?)?, digits(bytes.get(14..16)?)?);
    let mut rest = bytes.get(16..)?;
    let (mut second, mut micro) = (0, 0);
    if let Some((b':', after)) = rest.split_first() {
        second = digits(after.get(..2)?)?;
        rest = after.get(2..)?;
        if let Some((b'.', after)) = rest.split_first() {
            let count = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            micro = (0..6).fold(0, |micro, place| {
                let digit = after[..count].get(place).map_or(0, |byte| u32::from(byte - b'0'));
                micro * 10 + digit
            });
            if count == 0 || count > 9 {
                return None;
            }
            rest = after.get(count..)?;
        }
    }
    let time = NaiveTime::from_hms_micro_opt(hour, minute, second, micro)?;
    if rest.is_empty() {
        return Some(When::Local(day.and_time(time)));
    }
    let local = day.and_time(time).and_utc().timestamp_micros();
    Some(When::Instant(local - offset_seconds(rest.trim_ascii_start())? * MICROS_PER_SECOND))
}

fn offset_seconds(zone: &[u8]) -> Option<i64> {
    let (sign, rest) = match zone.split_first()? {
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ if zone.eq_ignore_ascii_case(b"z") || zone.eq_ignore_ascii_case(b"utc") => return Some(0),
        _ => return None,
    };
    let minutes = match rest.len() {
        4 => rest.get(2..)?,
        5 if rest[2] == b':' => rest.get(3..)?,
        _ => return None,
    };
    let (hours, minutes) = (digits(rest.get(..2)?)?, digits(minutes)?);
    (hours < 24 && minutes < 60).then(|| sign * (i64::from(hours) * 3_600 + i64::from(minutes) * 60))
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |number: u32, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

/// An amount of money.
pub(crate) fn amount(text: &str) -> Result<Money, Expected> {
    text.parse().map_err(|error| match error {
        ParseMoneyError::Malformed => "an amount such as 1234.50, without signs of currency or thousands",
        ParseMoneyError::TooPrecise => "an amount with at most 4 decimals",
        ParseMoneyError::OutOfRange => "an amount of at most 14 digits before the point",
    })
}

/// An amount of money that is not negative.
pub(crate) fn amount_from_zero(text: &str) -> Result<Money, Expected> {
    match amount(text)? {
        amount if amount < Money::ZERO => Err("an amount of 0 or more"),
        amount => Ok(amount),
    }
}

/// A number of things.
pub(crate) fn quantity(text: &str) -> Result<i64, Expected> {
    const EXPECTED: Expected = "a whole number of 0 or more";
    if text.is_empty() || text.len() > 9 {
        return Err(EXPECTED);
    }
    digits(text.as_bytes()).map(i64::from).ok_or(EXPECTED)
}

/// A yes or no.
pub(crate) fn flag(text: &str) -> Result<bool, Expected> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("yes") || is("true") {
        return Ok(true);
    }
    if is("no") || is("false") { Ok(false) } else { Err("yes or no") }
}

/// Whether it is written like a currency: three letters.
pub(crate) fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Digits of a measured value after the point, as `metric_events` keeps them.
const VALUE_DECIMALS: usize = 6;
/// Digits of a measured value before the point.
const VALUE_WHOLE: usize = 12;

/// A measured value in millionths. With `round`, decimals beyond the sixth are rounded (half to even) instead of refused.
pub(crate) fn value(text: &str, round: bool) -> Result<i128, Expected> {
    const EXPECTED: Expected = "a number such as 1234.5, without signs of thousands, percent or exponents";
    let (negative, number) = match text.as_bytes().split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text.as_bytes()),
    };
    let point = number.iter().position(|byte| *byte == b'.');
    let whole = &number[..point.unwrap_or(number.len())];
    let fraction = point.map_or(&[][..], |point| &number[point + 1..]);
    if whole.is_empty() && fraction.is_empty() || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return Err(EXPECTED);
    }
    if whole.iter().skip_while(|byte| **byte == b'0').count() > VALUE_WHOLE {
        return Err("a number of at most 12 digits before the point");
    }
    let (kept, beyond) = fraction.split_at(fraction.len().min(VALUE_DECIMALS));
    let exact = beyond.iter().all(|byte| *byte == b'0');
    if !exact && !round {
        return Err("a number of at most 6 decimals, or a mapping that says \"round\": true");
    }
    let digit = |byte: &u8| i128::from(byte - b'0');
    let padding = std::iter::repeat_n(0, VALUE_DECIMALS - kept.len());
    let mut millionths = whole.iter().chain(kept).map(digit).chain(padding).fold(0, |sum, digit| sum * 10 + digit);
    if !exact {
        let after_half = beyond.iter().skip(1).any(|byte| *byte != b'0');
        let up = match beyond[0] {
            b'5' => after_half || millionths % 2 == 1,
            first => first > b'5',
        };
        millionths += i128::from(up);
    }
    if millionths >= 10_i128.pow(18) {
        return Err("a number of at most 12 digits before the point");
    }
    Ok(if negative { -millionths } else { millionths })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn micros(rfc3339: &str) -> i64 {
        DateTime::parse_from_rfc3339(rfc3339).unwrap().timestamp_micros()
    }

    #[test]
    fn instants_are_read_in_every_form_that_exports_have() {
        for (text, instant_of) in [
            ("2017-01-01 10:32:09 -0500", "2017-01-01T15:32:09Z"),
            ("2017-01-01 10:32:09 +0530", "2017-01-01T05:02:09Z"),
            ("2017-01-01 10:32:09 UTC", "2017-01-01T10:32:09Z"),
            ("2017-01-01T10:32:09Z", "2017-01-01T10:32:09Z"),
            ("2017-01-01t10:32:09.5+01:00", "2017-01-01T09:32:09.5Z"),
            ("2017-01-01T10:32:09.123456789Z", "2017-01-01T10:32:09.123456Z"),
            ("2017-01-01 10:32 -0500", "2017-01-01T15:32:00Z"),
            ("2020-02-29 23:59:59 -1200", "2020-03-01T11:59:59Z"),
        ] {
            assert_eq!(instant(text), Ok(micros(instant_of)), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_instant_is_refused() {
        for text in [
            "",
            "2017-01-01",
            "2017-01-01 10:32:09",
            "01/02/2017 10:32:09 -0500",
            "2017-1-1 10:32:09 -0500",
            "2017-02-29 10:32:09 -0500",
            "2017-01-01 24:00:00 -0500",
            "2017-01-01 10:32:60 -0500",
            "2017-01-01 10:32:09 EST",
            "2017-01-01 10:32:09 -05",
            "2017-01-01 10:32:09 -2400",
            "2017-01-01 10:32:09 -0500 x",
            "2017-01-01 10:32:09. -0500",
            "2017-01-01x10:32:09 -0500",
            "2017-01-01 10:32:09 −0500",
        ] {
            assert_eq!(instant(text), Err(AN_INSTANT), "{text:?}");
        }
        assert_eq!(instant("0017-01-01 10:32:09 -0500"), Err(A_SANE_INSTANT));
        assert_eq!(instant("2217-01-01 10:32:09 -0500"), Err(A_SANE_INSTANT));
    }

    #[test]
    fn days_and_local_times_are_told_from_instants() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 8).unwrap();
        assert_eq!(when("2026-03-08"), Some(When::Day(day)));
        assert_eq!(when("2026-03-08 02:30"), Some(When::Local(day.and_hms_opt(2, 30, 0).unwrap())));
        assert_eq!(when("2026-03-08T02:30:15"), Some(When::Local(day.and_hms_opt(2, 30, 15).unwrap())));
        assert_eq!(when("2026-03-08 "), None);
    }

    #[test]
    fn quantities_are_whole_and_not_negative() {
        assert_eq!(quantity("0"), Ok(0));
        assert_eq!(quantity("12"), Ok(12));
        for text in ["", "-1", "1.0", "1e3", "ten", "9999999999", "+1", "１"] {
            assert!(quantity(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn values_are_exact_to_a_millionth() {
        for (text, millionths) in [
            ("12", 12_000_000),
            ("-0.000001", -1),
            ("+.5", 500_000),
            ("7.", 7_000_000),
            ("000000000000001.50000000", 1_500_000),
            ("999999999999.999999", 999_999_999_999_999_999),
        ] {
            assert_eq!(value(text, false), Ok(millionths), "{text}");
        }
        for text in ["", ".", "-", "1,5", "5%", "1e3", "NaN", "1.2.3", "--1", "0.0000001", "1000000000000"] {
            assert!(value(text, false).is_err(), "{text:?}");
        }
    }

    #[test]
    fn values_are_rounded_half_to_even_when_asked() {
        for (text, millionths) in [
            ("0.0000005", 0),
            ("0.0000015", 2),
            ("0.00000050001", 1),
            ("-0.0000015", -2),
            ("0.1000000000000000055", 100_000),
            ("0.9999999", 1_000_000),
        ] {
            assert_eq!(value(text, true), Ok(millionths), "{text}");
        }
        assert!(value("999999999999.9999999", true).is_err());
    }

    proptest! {
        #[test]
        fn every_instant_is_read_as_chrono_reads_it(seconds in 0..7_258_118_400_i64, offset in -1439..1440_i32) {
            let zone = chrono::FixedOffset::east_opt(offset * 60).unwrap();
            let time = DateTime::from_timestamp(seconds, 0).unwrap().with_timezone(&zone);
            let text = time.format("%Y-%m-%d %H:%M:%S %z").to_string();
            prop_assert_eq!(instant(&text), Ok(seconds * 1_000_000));
            prop_assert_eq!(instant(&time.to_rfc3339()), Ok(seconds * 1_000_000));
        }

        #[test]
        fn no_text_makes_it_fail(text in "\\PC{0,30}") {
            let _ = (when(&text), instant(&text), quantity(&text), value(&text, true), flag(&text));
        }
    }
}
