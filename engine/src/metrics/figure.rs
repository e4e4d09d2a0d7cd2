//! Figures as they are shown: exact, or nothing.

use serde_json::Value;

use super::plan::measures::Recipe;
use super::registry::Unit;
use super::response::Compared;
use crate::money::Money;

/// A figure of a metric; `None` is "does not exist", which is not zero. Money is in ten-thousandths.
pub(crate) type Figure = Option<i128>;

/// The figure of a metric from the figures of its slots.
pub(crate) fn figure(recipe: Recipe, slots: &[i128]) -> Figure {
    match recipe {
        Recipe::Slot(slot) => slots.get(slot).copied(),
        Recipe::Ratio { numerator, denominator } => divide_half_even(*slots.get(numerator)?, *slots.get(denominator)?),
    }
}

/// `a / b` rounded to a whole number, halves to the even one; nothing when `b` is zero.
fn divide_half_even(a: i128, b: i128) -> Figure {
    let (a, b) = if b < 0 { (-a, -b) } else { (a, b) };
    if b == 0 {
        return None;
    }
    let (floor, rest) = (a.div_euclid(b), a.rem_euclid(b));
    let up = match (rest * 2).cmp(&b) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => floor % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    Some(floor + i128::from(up))
}

/// A figure as JSON.
pub(crate) fn json(figure: Figure, unit: Unit) -> Value {
    match (figure, unit) {
        (None, _) => Value::Null,
        (Some(raw), Unit::Currency) => Value::String(Money::from_raw(raw).to_string()),
        (Some(count), Unit::Count) => i64::try_from(count).map_or(Value::Null, Value::from),
    }
}

/// The other period's figure beside the present one.
pub(crate) fn compared(now: Figure, before: Figure, unit: Unit) -> Compared {
    let delta = now.zip(before).map(|(now, before)| now - before);
    let ratio =
        delta.zip(before).filter(|(_, before)| *before != 0).map(|(delta, before)| proportion(delta, before.abs()));
    Compared { value: json(before, unit), delta: json(delta, unit), ratio }
}

/// `a / b` as a number with six decimals.
#[allow(clippy::cast_precision_loss, reason = "a proportion is shown, not computed with")]
fn proportion(a: i128, b: i128) -> f64 {
    (a as f64 / b as f64 * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_the_even_neighbour() {
        for (a, b, quotient) in [
            (5, 2, Some(2)),
            (7, 2, Some(4)),
            (-5, 2, Some(-2)),
            (-7, 2, Some(-4)),
            (10, 3, Some(3)),
            (11, 3, Some(4)),
            (-10, 3, Some(-3)),
            (1, 0, None),
        ] {
            assert_eq!(divide_half_even(a, b), quotient, "{a}/{b}");
        }
    }

    #[test]
    fn amounts_are_exact_texts_and_counts_are_numbers() {
        assert_eq!(json(Some(12_345_000), Unit::Currency), "1234.50");
        assert_eq!(json(Some(12), Unit::Count), 12);
        assert_eq!(json(None, Unit::Currency), Value::Null);
    }

    #[test]
    fn a_change_is_relative_to_the_size_of_what_was() {
        let compared = |now, before| {
            let compared = compared(now, before, Unit::Count);
            (compared.value, compared.delta, compared.ratio)
        };
        assert_eq!(compared(Some(125), Some(100)), (100.into(), 25.into(), Some(0.25)));
        assert_eq!(compared(Some(50), Some(-50)), ((-50).into(), 100.into(), Some(2.0)));
        assert_eq!(compared(Some(5), Some(0)), (0.into(), 5.into(), None));
        assert_eq!(compared(None, Some(5)), (5.into(), Value::Null, None));
        assert_eq!(compared(Some(5), None), (Value::Null, Value::Null, None));
    }
}
