//! Amounts of money: exact decimals, never floats.
//!
//! An amount is a whole number of ten-thousandths of its currency's main unit and is stored as
//! `Decimal128(18, 4)`: four decimals hold every ISO 4217 currency (three for KWD, four for CLF), eighteen
//! digits stay in one 64-bit Parquet column and reach 99,999,999,999,999.9999.

use std::fmt;
use std::str::FromStr;

use arrow::datatypes::DataType;

/// Digits that a money column holds in all.
pub const PRECISION: u8 = 18;
/// Digits of a money column after the point.
pub const SCALE: i8 = 4;
/// The Arrow type of every money column.
pub const DATA_TYPE: DataType = DataType::Decimal128(PRECISION, SCALE);

const UNIT: i128 = 10_000;
const LIMIT: i128 = 1_000_000_000_000_000_000;

/// An exact amount in ten-thousandths of a currency's main unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i128);

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseMoneyError {
    /// Not a plain decimal number.
    #[error("not a decimal number such as 1234.50")]
    Malformed,
    /// More than four significant decimals: rounding would lose money.
    #[error("more than 4 decimals")]
    TooPrecise,
    /// Does not fit eighteen digits.
    #[error("out of range: at most 14 digits before the point")]
    OutOfRange,
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// An amount from its ten-thousandths, the value that Arrow columns hold.
    #[must_use]
    pub const fn from_raw(raw: i128) -> Self {
        Self(raw)
    }

    /// The ten-thousandths, the value that Arrow columns hold.
    #[must_use]
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// The sum, or `None` when it does not fit a money column.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self(self.0 + other.0)).filter(|sum| sum.0.abs() < LIMIT)
    }

    /// The difference, or `None` when it does not fit a money column.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self(-other.0))
    }

    /// The amount `quantity` times, or `None` when it does not fit a money column.
    #[must_use]
    pub fn checked_mul(self, quantity: i64) -> Option<Self> {
        self.0.checked_mul(i128::from(quantity)).map(Self).filter(|product| product.0.abs() < LIMIT)
    }
}

impl FromStr for Money {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(ParseMoneyError::Malformed);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 4 {
            return Err(ParseMoneyError::TooPrecise);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > 14 {
            return Err(ParseMoneyError::OutOfRange);
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| ParseMoneyError::Malformed)? };
        let fraction: i128 = format!("{fraction:0<4}").parse().map_err(|_| ParseMoneyError::Malformed)?;
        let raw = whole * UNIT + fraction;
        Ok(Self(if negative { -raw } else { raw }))
    }
}

/// Writes at least two decimals and no needless ones: `12.00`, `12.345`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let raw = self.0.unsigned_abs();
        let fraction = format!("{:04}", raw % UNIT.unsigned_abs());
        let kept = fraction.trim_end_matches('0').len().max(2);
        write!(f, "{sign}{}.{}", raw / UNIT.unsigned_abs(), &fraction[..kept])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(money("148169.67").raw(), 1_481_696_700);
        assert_eq!(money("-0.5").raw(), -5_000);
        assert_eq!(money(".125").raw(), 1_250);
        assert_eq!(money("7.").raw(), 70_000);
        assert_eq!(money("1.00000000").raw(), 10_000);
        assert_eq!(money("99999999999999.9999").raw(), 999_999_999_999_999_999);
    }

    #[test]
    fn what_is_not_an_exact_amount_is_refused() {
        for text in ["", ".", "-", "1,5", "1 000", "$5", "1e3", "--1", "1.2.3", "NaN"] {
            assert_eq!(text.parse::<Money>(), Err(ParseMoneyError::Malformed), "{text:?}");
        }
        assert_eq!("0.00001".parse::<Money>(), Err(ParseMoneyError::TooPrecise));
        assert_eq!("100000000000000".parse::<Money>(), Err(ParseMoneyError::OutOfRange));
    }

    #[test]
    fn amounts_are_written_with_their_own_decimals() {
        for (text, written) in [("12", "12.00"), ("12.3", "12.30"), ("12.345", "12.345"), ("-0.0001", "-0.0001")] {
            assert_eq!(money(text).to_string(), written);
        }
    }

    #[test]
    fn sums_that_do_not_fit_are_none() {
        let most = money("99999999999999.9999");
        assert_eq!(most.checked_add(money("0.0001")), None);
        assert_eq!(most.checked_mul(2), None);
        assert_eq!(money("1.99").checked_mul(3), Some(money("5.97")));
    }
}
