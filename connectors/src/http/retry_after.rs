//! When to come back, as a provider says it (RFC 9110, section 10.2.3).

use std::time::Duration;

use chrono::{DateTime, Utc};

/// How long to wait, from the value of a `Retry-After` header: seconds, which some write with a fraction, or a date, in any of
/// the three forms that HTTP has. None when it is neither; nothing when the date is past.
pub(super) fn parse(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if value.starts_with(|first: char| first.is_ascii_digit()) && !value.contains(' ') {
        let seconds: f64 = value.parse().ok()?;
        // More seconds than fit are as long as it gets: whoever uses it has a bound.
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let date = DateTime::<Utc>::from(httpdate::parse_http_date(value).ok()?);
    Some((date - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood() {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        let cases = [
            ("120", Some(Duration::from_secs(120))),
            (" 0 ", Some(Duration::ZERO)),
            ("2.5", Some(Duration::from_millis(2_500))),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(Duration::from_secs(37))),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(Duration::from_secs(37))),
            ("Sun Nov  6 08:49:37 1994", Some(Duration::from_secs(37))),
            ("Sun, 06 Nov 1994 08:48:00 GMT", Some(Duration::ZERO)),
            ("99999999999999999999999", Some(Duration::MAX)),
            ("-5", None),
            ("soon", None),
            ("", None),
        ];
        for (value, expected) in cases {
            assert_eq!(parse(value, now), expected, "{value}");
        }
    }
}
