//! Formulas over metrics: `shopify.revenue / ga4.sessions`, `1 - ga4.engaged_sessions / ga4.sessions`.
//!
//! A formula knows the four operations, brackets, numbers and metrics. It is computed exactly, on figures that are complete: sums
//! over sums. What is divided by zero does not exist, and neither does what is computed from it.

use std::iter::Peekable;
use std::str::CharIndices;

use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{Signed as _, Zero as _};

use super::registry::Unit;

/// How deep brackets may be, how long a formula and a number in it, and how many operations it may have: it is computed for each row
/// of an answer.
const MAX_DEPTH: usize = 16;
const MAX_TEXT: usize = 500;
const MAX_DIGITS: usize = 40;
const MAX_OPERATIONS: usize = 32;

/// A number without rounding.
pub(crate) type Exact = Ratio<BigInt>;

/// A formula over leaves: names of metrics, or where their figures are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Formula<L> {
    Leaf(L),
    Number(Exact),
    Negative(Box<Self>),
    Binary(Operation, Box<Self>, Box<Self>),
}

/// What is done with two figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Why a text is no formula.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormulaError {
    #[error("{0:?} does not belong into a formula, at character {1}")]
    Unexpected(char, usize),
    #[error("it ends where a metric, a number or a bracket should follow")]
    Unfinished,
    #[error("a bracket that is opened is not closed")]
    Unclosed,
    #[error("{0:?} is not a number")]
    Number(String),
    #[error("it is longer than {MAX_TEXT} characters")]
    TooLong,
    #[error("a formula may have at most {MAX_OPERATIONS} operations")]
    TooMuch,
    #[error("its brackets are more than {MAX_DEPTH} deep")]
    TooDeep,
    #[error("{0} and {1} cannot be {2}")]
    Units(&'static str, &'static str, &'static str),
}

impl<L> Formula<L> {
    /// The same formula over other leaves.
    pub(crate) fn try_map<M, E>(self, leaf: &mut impl FnMut(L) -> Result<Formula<M>, E>) -> Result<Formula<M>, E> {
        Ok(match self {
            Self::Leaf(name) => leaf(name)?,
            Self::Number(number) => Formula::Number(number),
            Self::Negative(of) => Formula::Negative(Box::new(of.try_map(leaf)?)),
            Self::Binary(operation, left, right) => {
                Formula::Binary(operation, Box::new(left.try_map(leaf)?), Box::new(right.try_map(leaf)?))
            }
        })
    }

    /// Its leaves, from left to right.
    pub(crate) fn leaves(&self) -> Vec<&L> {
        match self {
            Self::Leaf(leaf) => vec![leaf],
            Self::Number(_) => Vec::new(),
            Self::Negative(of) => of.leaves(),
            Self::Binary(_, left, right) => left.leaves().into_iter().chain(right.leaves()).collect(),
        }
    }

    /// Whether its figures are whole numbers, when those of such leaves are.
    pub(crate) fn is_whole(&self, leaf: &impl Fn(&L) -> bool) -> bool {
        match self {
            Self::Leaf(name) => leaf(name),
            Self::Number(number) => number.is_integer(),
            Self::Negative(of) => of.is_whole(leaf),
            Self::Binary(Operation::Divide, ..) => false,
            Self::Binary(_, left, right) => left.is_whole(leaf) && right.is_whole(leaf),
        }
    }

    /// Its figure, from those of the leaves.
    pub(crate) fn evaluate(&self, leaf: &impl Fn(&L) -> Option<Exact>) -> Option<Exact> {
        match self {
            Self::Leaf(name) => leaf(name),
            Self::Number(number) => Some(number.clone()),
            Self::Negative(of) => Some(-of.evaluate(leaf)?),
            Self::Binary(operation, left, right) => {
                let (left, right) = (left.evaluate(leaf)?, right.evaluate(leaf)?);
                match operation {
                    Operation::Add => Some(left + right),
                    Operation::Subtract => Some(left - right),
                    Operation::Multiply => Some(left * right),
                    Operation::Divide => (!right.is_zero()).then(|| left / right),
                }
            }
        }
    }

    /// What its figures measure: money over things is money, like over like a ratio. `None` for a plain number.
    pub(crate) fn unit(&self, leaf: &impl Fn(&L) -> Unit) -> Result<Option<Unit>, FormulaError> {
        match self {
            Self::Leaf(name) => Ok(Some(leaf(name))),
            Self::Number(_) => Ok(None),
            Self::Negative(of) => of.unit(leaf),
            Self::Binary(operation, left, right) => combine(*operation, left.unit(leaf)?, right.unit(leaf)?),
        }
    }
}

/// Units of no dimension: they can be added to numbers, and to one another.
fn is_plain(unit: Option<Unit>) -> bool {
    matches!(unit, None | Some(Unit::Percentage | Unit::Ratio))
}

fn combine(operation: Operation, left: Option<Unit>, right: Option<Unit>) -> Result<Option<Unit>, FormulaError> {
    let name = |unit: Option<Unit>| unit.map_or("a number", Unit::name);
    let refused = |done| Err(FormulaError::Units(name(left), name(right), done));
    match operation {
        Operation::Add | Operation::Subtract if left == right => Ok(left),
        Operation::Add | Operation::Subtract if is_plain(left) && is_plain(right) => Ok(left.or(right)),
        Operation::Add => refused("added up"),
        Operation::Subtract => refused("taken off one another"),
        Operation::Multiply if is_plain(left) => Ok(right.or(left)),
        Operation::Multiply if is_plain(right) => Ok(left),
        // Each thing at that price, for that long.
        Operation::Multiply if left == Some(Unit::Count) => Ok(right),
        Operation::Multiply if right == Some(Unit::Count) => Ok(left),
        Operation::Multiply => refused("multiplied"),
        Operation::Divide if left == right => Ok(left.map(|_| Unit::Ratio)),
        Operation::Divide if is_plain(right) || right == Some(Unit::Count) => Ok(left.or(Some(Unit::Ratio))),
        Operation::Divide => refused("divided"),
    }
}

impl Formula<String> {
    /// Reads a formula over names of metrics.
    pub(crate) fn parse(text: &str) -> Result<Self, FormulaError> {
        if text.chars().count() > MAX_TEXT {
            return Err(FormulaError::TooLong);
        }
        let mut parser = Parser { characters: text.char_indices().peekable(), depth: 0, operations: 0 };
        let formula = parser.sum()?;
        match parser.peek() {
            None => Ok(formula),
            Some((at, character)) => Err(FormulaError::Unexpected(character, at + 1)),
        }
    }
}

struct Parser<'t> {
    characters: Peekable<CharIndices<'t>>,
    depth: usize,
    operations: usize,
}

impl Parser<'_> {
    /// The next character that is not blank.
    fn peek(&mut self) -> Option<(usize, char)> {
        while self.characters.next_if(|(_, character)| character.is_whitespace()).is_some() {}
        self.characters.peek().copied()
    }

    fn sum(&mut self) -> Result<Formula<String>, FormulaError> {
        self.operations(Self::product, &[('+', Operation::Add), ('-', Operation::Subtract)])
    }

    fn product(&mut self) -> Result<Formula<String>, FormulaError> {
        self.operations(Self::operand, &[('*', Operation::Multiply), ('/', Operation::Divide)])
    }

    fn operations(
        &mut self,
        next: fn(&mut Self) -> Result<Formula<String>, FormulaError>,
        known: &[(char, Operation)],
    ) -> Result<Formula<String>, FormulaError> {
        let mut formula = next(self)?;
        while let Some((_, character)) = self.peek()
            && let Some((_, operation)) = known.iter().find(|(sign, _)| *sign == character)
        {
            self.characters.next();
            self.operations += 1;
            if self.operations > MAX_OPERATIONS {
                return Err(FormulaError::TooMuch);
            }
            formula = Formula::Binary(*operation, Box::new(formula), Box::new(next(self)?));
        }
        Ok(formula)
    }

    fn operand(&mut self) -> Result<Formula<String>, FormulaError> {
        let (at, character) = self.peek().ok_or(FormulaError::Unfinished)?;
        match character {
            '-' | '(' => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(FormulaError::TooDeep);
                }
                self.characters.next();
                let formula = if character == '-' {
                    Formula::Negative(Box::new(self.operand()?))
                } else {
                    let formula = self.sum()?;
                    match self.peek() {
                        Some((_, ')')) => self.characters.next(),
                        Some((at, other)) => return Err(FormulaError::Unexpected(other, at + 1)),
                        None => return Err(FormulaError::Unclosed),
                    };
                    formula
                };
                self.depth -= 1;
                Ok(formula)
            }
            '0'..='9' | '.' => number(&self.word(|character| character.is_ascii_digit() || character == '.')),
            'a'..='z' | 'A'..='Z' | '_' => {
                Ok(Formula::Leaf(self.word(|character| character.is_ascii_alphanumeric() || "._".contains(character))))
            }
            other => Err(FormulaError::Unexpected(other, at + 1)),
        }
    }

    fn word(&mut self, belongs: fn(char) -> bool) -> String {
        std::iter::from_fn(|| self.characters.next_if(|(_, character)| belongs(*character)))
            .map(|(_, character)| character)
            .collect()
    }
}

/// A decimal number with or without a sign; `None` when that is not what the text is.
pub(crate) fn exact(text: &str) -> Option<Exact> {
    let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let is_plain = digits.chars().all(|character| character.is_ascii_digit() || character == '.');
    let number = unsigned(digits).ok().filter(|_| is_plain)?;
    Some(if is_negative { -number } else { number })
}

fn number(text: &str) -> Result<Formula<String>, FormulaError> {
    unsigned(text).map(Formula::Number)
}

/// A decimal number without a sign.
fn unsigned(text: &str) -> Result<Exact, FormulaError> {
    let malformed = || FormulaError::Number(text.to_owned());
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if text.len() > MAX_DIGITS || decimals.contains('.') || whole.is_empty() && decimals.is_empty() {
        return Err(malformed());
    }
    let digits: BigInt = format!("{whole}{decimals}").parse().map_err(|_| malformed())?;
    let places = u32::try_from(decimals.len()).map_err(|_| malformed())?;
    Ok(Exact::new(digits, BigInt::from(10).pow(places)))
}

/// A number with so many decimals as a whole number of the last, halves to the even one.
pub(crate) fn rounded(number: &Exact, decimals: u32) -> Option<i128> {
    let scaled = number * Exact::from_integer(BigInt::from(10).pow(decimals));
    let floor = scaled.floor();
    let twice_rest = (&scaled - &floor) * Exact::from_integer(2.into());
    let one = Exact::from_integer(1.into());
    let is_odd = (floor.to_integer() % 2_i32).abs() == 1.into();
    let up = twice_rest > one || twice_rest == one && is_odd;
    let rounded = if up { floor + one } else { floor };
    i128::try_from(rounded.to_integer()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluate(text: &str) -> Option<Exact> {
        let leaf = |name: &String| match name.as_str() {
            "a.one" => Some(Exact::from_integer(1.into())),
            "a.three" => Some(Exact::from_integer(3.into())),
            "a.zero" => Some(Exact::from_integer(0.into())),
            _ => None,
        };
        Formula::parse(text).unwrap().evaluate(&leaf)
    }

    #[test]
    fn operations_bind_as_in_arithmetic() {
        let ratio = |numerator: i64, denominator: i64| Some(Exact::new(numerator.into(), denominator.into()));
        for (text, expected) in [
            ("1 + 2 * 3", ratio(7, 1)),
            ("(1 + 2) * 3", ratio(9, 1)),
            ("10 - 4 - 3", ratio(3, 1)),
            ("12 / 3 / 2", ratio(2, 1)),
            ("-a.three * 2", ratio(-6, 1)),
            ("1 - -1", ratio(2, 1)),
            ("2 * (a.one / a.three)", ratio(2, 3)),
            ("0.25*4", ratio(1, 1)),
            (".5", ratio(1, 2)),
            ("a.one / a.zero", None),
            ("1 + a.one / a.zero", None),
            ("a.unknown + 1", None),
        ] {
            assert_eq!(evaluate(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_formula_is_refused_where_it_is_wrong() {
        for (text, message) in [
            ("", "it ends where a metric, a number or a bracket should follow"),
            ("a.one +", "it ends where a metric, a number or a bracket should follow"),
            ("a.one % 2", "'%' does not belong into a formula, at character 7"),
            ("a.one a.three", "'a' does not belong into a formula, at character 7"),
            ("(a.one", "a bracket that is opened is not closed"),
            ("(a.one ; 2)", "';' does not belong into a formula, at character 8"),
            ("1.2.3", "\"1.2.3\" is not a number"),
            (".", "\".\" is not a number"),
        ] {
            assert_eq!(Formula::parse(text).unwrap_err().to_string(), message, "{text}");
        }
        let deep = format!("{}1{}", "(".repeat(17), ")".repeat(17));
        assert_eq!(Formula::parse(&deep), Err(FormulaError::TooDeep));
        assert_eq!(Formula::parse(&"-".repeat(17)), Err(FormulaError::TooDeep));
        assert_eq!(Formula::parse(&"1".repeat(501)), Err(FormulaError::TooLong));
        assert!(matches!(Formula::parse(&"1".repeat(41)), Err(FormulaError::Number(_))));
        assert!(Formula::parse(&format!("1{}", "+1".repeat(32))).is_ok());
        assert_eq!(Formula::parse(&format!("1{}", "+1".repeat(33))), Err(FormulaError::TooMuch));
    }

    #[test]
    fn units_follow_from_those_of_the_metrics() {
        let leaf = |name: &String| match name.as_str() {
            "money" => Unit::Currency,
            "things" => Unit::Count,
            "share" => Unit::Percentage,
            _ => Unit::Duration,
        };
        let unit = |text: &str| Formula::parse(text).unwrap().unit(&leaf);
        for (text, expected) in [
            ("money / things", Some(Unit::Currency)),
            ("money / money", Some(Unit::Ratio)),
            ("things / things", Some(Unit::Ratio)),
            ("1 - things / things", Some(Unit::Ratio)),
            ("1 - share", Some(Unit::Percentage)),
            ("money * 1.1", Some(Unit::Currency)),
            ("2 * money - money", Some(Unit::Currency)),
            ("share * money", Some(Unit::Currency)),
            ("seconds * things", Some(Unit::Duration)),
            ("1 / 2", None),
        ] {
            assert_eq!(unit(text), Ok(expected), "{text}");
        }
        assert_eq!(unit("money + things").unwrap_err().to_string(), "currency and count cannot be added up");
        assert_eq!(unit("things - 1").unwrap_err().to_string(), "count and a number cannot be taken off one another");
        assert_eq!(unit("money * money").unwrap_err().to_string(), "currency and currency cannot be multiplied");
        assert_eq!(unit("things / money").unwrap_err().to_string(), "count and currency cannot be divided");
    }

    #[test]
    fn halves_are_rounded_to_the_even_neighbour() {
        let of = |numerator: i64, denominator: i64| Exact::new(numerator.into(), denominator.into());
        for (number, decimals, expected) in [
            (of(5, 2), 0, 2),
            (of(7, 2), 0, 4),
            (of(-5, 2), 0, -2),
            (of(-7, 2), 0, -4),
            (of(10, 3), 0, 3),
            (of(-10, 3), 0, -3),
            (of(1, 3), 4, 3333),
            (of(25, 1000), 2, 2),
            (of(35, 1000), 2, 4),
        ] {
            assert_eq!(rounded(&number, decimals), Some(expected), "{number} to {decimals}");
        }
    }
}
