//! Reads the numbers of reports, which are texts.

use crate::parse;

/// Beyond these nothing is left of a number, or nothing holds it.
const EXPONENTS: std::ops::RangeInclusive<i32> = -40..=40;

/// A value in millionths, rounded (half to even) beyond the sixth decimal: GA4 computes with floats, and what they leave behind the
/// sixth is none of the value. Metrics that are whole by their type may come with a fraction, where GA4 estimates. `None` for what
/// is no number, or too large.
pub(super) fn millionths(text: &str) -> Option<i128> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return parse::value(text, true).ok() };
    let exponent: i32 = exponent.parse().ok().filter(|exponent| EXPONENTS.contains(exponent))?;
    parse::value(&shifted(mantissa, exponent)?, true).ok()
}

/// A decimal number with its point moved so many digits to the right.
fn shifted(mantissa: &str, by: i32) -> Option<String> {
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()?.checked_add(by)?;
    Some(match usize::try_from(point) {
        Ok(point) if point < all.len() => {
            let (whole, fraction) = all.split_at(point);
            format!("{sign}{whole}.{fraction}")
        }
        Ok(point) => format!("{sign}{all:0<point$}"),
        Err(_) => {
            let zeros = usize::try_from(point.unsigned_abs()).ok()?;
            format!("{sign}0.{:0<zeros$}{all}", "")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly_to_a_millionth() {
        for (text, expected) in [
            ("812", 812_000_000),
            ("0", 0),
            ("12.5", 12_500_000),
            ("1234.56", 1_234_560_000),
            ("-3.25", -3_250_000),
            ("0.39162561576354678", 391_626),
            // What a float makes of 149.97.
            ("149.96999999999997", 149_970_000),
            ("1.2345678E7", 12_345_678_000_000),
            ("1.5e3", 1_500_000_000),
            ("15E-1", 1_500_000),
            ("-2.5E-7", 0),
            ("4E-5", 40),
            ("1e+2", 100_000_000),
            ("123E-3", 123_000),
        ] {
            assert_eq!(millionths(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "NaN", "Infinity", "1,5", "(not set)", "1e", "e5", "1e99999999999", "1E41", "--1", "1.2.3e1"] {
            assert_eq!(millionths(text), None, "{text}");
        }
        assert_eq!(millionths("1E12"), None, "more than twelve digits before the point");
    }
}
