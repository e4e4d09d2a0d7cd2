//! Figures as they are shown: exact, or nothing.

use num_bigint::BigInt;
use serde_json::Value;

use super::formula::{Exact, Formula, Operation, rounded};
use super::plan::measures::Recipe;
use super::registry::Unit;
use super::response::Compared;
use crate::money::Money;

/// A figure of a metric, in units of the last decimal of [`Unit::decimals`]; `None` is "does not exist", which is not zero.
pub(crate) type Figure = Option<i128>;

/// The figure of a metric from the values of slots, which have these decimals. It is rounded once, at the end.
pub(crate) fn figure(recipe: &Recipe, slots: &[Option<i128>], scales: &[u32], unit: Unit) -> Figure {
    let decimals = unit.decimals();
    let exactly = || {
        let leaf = |slot: &usize| Some(Exact::new((*slots.get(*slot)?.as_ref()?).into(), power(*scales.get(*slot)?)));
        rounded(&recipe.evaluate(&leaf)?, decimals)
    };
    let quick = match recipe {
        Formula::Leaf(slot) => quotient(slots[*slot]?, scales[*slot], 1, 0, decimals),
        Formula::Binary(Operation::Divide, of, by) => match (&**of, &**by) {
            (Formula::Leaf(of), Formula::Leaf(by)) => {
                quotient(slots[*of]?, scales[*of], slots[*by].filter(|by| *by != 0)?, scales[*by], decimals)
            }
            _ => None,
        },
        _ => None,
    };
    quick.or_else(exactly)
}

/// A figure as the number that it is.
pub(crate) fn exact(figure: Figure, unit: Unit) -> Option<Exact> {
    Some(Exact::new(figure?.into(), power(unit.decimals())))
}

fn power(decimals: u32) -> BigInt {
    BigInt::from(10).pow(decimals)
}

/// `a / b`, numbers with so many decimals, rounded to so many; nothing when it takes more than 128 bits.
fn quotient(a: i128, a_scale: u32, b: i128, b_scale: u32, decimals: u32) -> Option<i128> {
    let (up, down) = (decimals + b_scale, a_scale);
    let a = a.checked_mul(10_i128.checked_pow(up.saturating_sub(down))?)?;
    let b = b.checked_mul(10_i128.checked_pow(down.saturating_sub(up))?)?;
    divide_half_even(a, b)
}

/// `a / b` rounded to a whole number, halves to the even one.
fn divide_half_even(a: i128, b: i128) -> Option<i128> {
    let (a, b) = if b < 0 { (a.checked_neg()?, b.checked_neg()?) } else { (a, b) };
    let (floor, rest) = (a.checked_div_euclid(b)?, a.checked_rem_euclid(b)?);
    let up = match rest.checked_mul(2)?.cmp(&b) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => floor % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    floor.checked_add(i128::from(up))
}

/// A figure as JSON: amounts of money as texts, everything else as numbers, whole ones without decimals.
#[allow(clippy::cast_precision_loss, reason = "of numbers that are not whole, fifteen digits are told")]
pub(crate) fn json(figure: Figure, unit: Unit) -> Value {
    let Some(raw) = figure else { return Value::Null };
    if unit == Unit::Currency {
        return Value::String(Money::from_raw(raw).to_string());
    }
    let one = 10_i128.pow(unit.decimals());
    if raw % one == 0 {
        return i64::try_from(raw / one).map_or(Value::Null, Value::from);
    }
    Value::from(raw as f64 / one as f64)
}

/// The other period's figure beside the present one.
pub(crate) fn compared(now: Figure, before: Figure, unit: Unit) -> Compared {
    let delta = now.zip(before).and_then(|(now, before)| now.checked_sub(before));
    let ratio =
        delta.zip(before).filter(|(_, before)| *before != 0).map(|(delta, before)| proportion(delta, before.abs()));
    Compared { value: json(before, unit), delta: json(delta, unit), ratio }
}

/// Which share of a number of things some of them are, in units of the last decimal of [`Unit::Percentage`]; of none there is none.
pub(crate) fn share(some: Figure, all: Figure) -> Figure {
    let decimals = Unit::Count.decimals();
    quotient(some?, decimals, all.filter(|all| *all != 0)?, decimals, Unit::Percentage.decimals())
}

/// `a / b` as a number with six decimals.
#[allow(clippy::cast_precision_loss, reason = "a proportion is shown, not computed with")]
fn proportion(a: i128, b: i128) -> f64 {
    (a as f64 / b as f64 * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(slot: usize) -> Box<Recipe> {
        Box::new(Formula::Leaf(slot))
    }

    fn ratio() -> Recipe {
        Formula::Binary(Operation::Divide, leaf(0), leaf(1))
    }

    #[test]
    fn a_ratio_is_rounded_once_to_the_decimals_of_its_unit() {
        let of = |a: i128, b: i128, unit| figure(&ratio(), &[Some(a), Some(b)], &[4, 0], unit);
        assert_eq!(of(100_000, 3, Unit::Currency), Some(33_333), "10.0000 / 3");
        assert_eq!(of(5, 2, Unit::Currency), Some(2), "halves go to the even neighbour");
        assert_eq!(of(7, 2, Unit::Currency), Some(4));
        assert_eq!(of(-5, 2, Unit::Currency), Some(-2));
        assert_eq!(of(-7, -2, Unit::Currency), Some(4));
        assert_eq!(of(1, 0, Unit::Currency), None);
        assert_eq!(of(10_000, 3, Unit::Ratio), Some(333_333));
        let both = |a, b| figure(&ratio(), &[a, b], &[4, 0], Unit::Ratio);
        assert_eq!((both(None, Some(1)), both(Some(1), None)), (None, None));
    }

    #[test]
    fn what_is_too_long_for_128_bits_on_the_way_is_computed_all_the_same() {
        let large = 10_i128.pow(37);
        assert_eq!(figure(&ratio(), &[Some(large), Some(large)], &[0, 0], Unit::Ratio), Some(1_000_000));
        assert_eq!(figure(&Formula::Leaf(0), &[Some(large)], &[14], Unit::Currency), Some(10_i128.pow(27)));
        assert_eq!(figure(&Formula::Leaf(0), &[Some(i128::MAX)], &[0], Unit::Currency), None, "too long to be shown");
    }

    #[test]
    fn any_formula_is_computed_exactly() {
        let one = Box::new(Formula::Number(Exact::from_integer(1.into())));
        let recipe = Formula::Binary(Operation::Subtract, one, Box::new(ratio()));
        assert_eq!(figure(&recipe, &[Some(1), Some(3)], &[0, 0], Unit::Percentage), Some(666_667));
        assert_eq!(figure(&recipe, &[Some(1), Some(0)], &[0, 0], Unit::Percentage), None);
        let difference = Formula::Binary(Operation::Subtract, leaf(0), leaf(1));
        assert_eq!(figure(&difference, &[Some(15), Some(2)], &[4, 0], Unit::Currency), Some(-19_985));
    }

    #[test]
    fn amounts_are_exact_texts_and_other_figures_are_numbers() {
        assert_eq!(json(Some(12_345_000), Unit::Currency), "1234.50");
        assert_eq!(json(Some(12_000_000), Unit::Count), 12);
        assert_eq!(json(Some(12_500_000), Unit::Count), 12.5);
        assert_eq!(json(Some(333_333), Unit::Percentage), 0.333_333);
        assert_eq!(json(None, Unit::Currency), Value::Null);
    }

    #[test]
    fn a_change_is_relative_to_the_size_of_what_was() {
        let compared = |now: Option<i128>, before: Option<i128>| {
            let one = 1_000_000;
            let compared = compared(now.map(|now| now * one), before.map(|before| before * one), Unit::Count);
            (compared.value, compared.delta, compared.ratio)
        };
        assert_eq!(compared(Some(125), Some(100)), (100.into(), 25.into(), Some(0.25)));
        assert_eq!(compared(Some(50), Some(-50)), ((-50).into(), 100.into(), Some(2.0)));
        assert_eq!(compared(Some(5), Some(0)), (0.into(), 5.into(), None));
        assert_eq!(compared(None, Some(5)), (5.into(), Value::Null, None));
        assert_eq!(compared(Some(5), None), (Value::Null, Value::Null, None));
    }
}
