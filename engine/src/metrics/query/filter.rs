//! Filters: which rows a query is about, and by the same logic which rows of an answer are shown, by their figures.
//!
//! The logic is SQL's, of three values. Every comparison with a null value is unknown, for negative operators too:
//! `country notEquals US` leaves out orders without a country. `not` of unknown is unknown. A row is taken when the
//! whole filter is true. Only `set` and `notSet` see nulls, so rows without a value are asked for by name:
//! `{"or": [{"dimension": "country", "operator": "notEquals", "values": ["US"]}, {"dimension": "country", "operator": "notSet"}]}`.
//!
//! `equals` and `in` compare exactly. `contains`, `startsWith` and `endsWith` are for searching and compare the lower-case
//! forms of both texts.

use std::cmp::Ordering;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::metrics::formula::Exact;
use crate::metrics::registry::{DimensionKind, DimensionRef};

/// What must hold: of rows, or of figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter<C = Comparison> {
    /// All of them hold.
    And(Vec<Self>),
    /// At least one holds.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// Something is as described.
    #[serde(untagged)]
    Is(C),
}

/// What a dimension's value must be like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Which dimension.
    pub dimension: DimensionRef,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Operator {
    /// Is exactly the value.
    Equals,
    /// Is a value, but not this one.
    NotEquals,
    /// Has the text in it, in upper or lower case.
    Contains,
    /// Is a value that does not have the text in it.
    NotContains,
    /// Begins with the text, in upper or lower case.
    StartsWith,
    /// Ends with the text, in upper or lower case.
    EndsWith,
    /// Is exactly one of the values.
    In,
    /// Is a value, but none of these.
    NotIn,
    /// Is greater (metrics only).
    Gt,
    /// Is greater or equal (metrics only).
    Gte,
    /// Is less (metrics only).
    Lt,
    /// Is less or equal (metrics only).
    Lte,
    /// Is any value.
    Set,
    /// Is no value.
    NotSet,
}

/// How many values an operator takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arity {
    None,
    One,
    Some,
}

impl Operator {
    /// Every operator.
    pub const ALL: [Self; 14] = [
        Self::Equals,
        Self::NotEquals,
        Self::Contains,
        Self::NotContains,
        Self::StartsWith,
        Self::EndsWith,
        Self::In,
        Self::NotIn,
        Self::Gt,
        Self::Gte,
        Self::Lt,
        Self::Lte,
        Self::Set,
        Self::NotSet,
    ];

    /// Its name in queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::NotEquals => "notEquals",
            Self::Contains => "contains",
            Self::NotContains => "notContains",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::In => "in",
            Self::NotIn => "notIn",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Set => "set",
            Self::NotSet => "notSet",
        }
    }

    pub(crate) const fn arity(self) -> Arity {
        match self {
            Self::Set | Self::NotSet => Arity::None,
            Self::In | Self::NotIn => Arity::Some,
            _ => Arity::One,
        }
    }

    /// Whether it needs an order of numbers.
    pub(crate) const fn is_numeric(self) -> bool {
        matches!(self, Self::Gt | Self::Gte | Self::Lt | Self::Lte)
    }
}

/// What must hold of a row of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum RowCondition {
    /// A dimension that is grouped by has a value as described.
    Dimension(Comparison),
    /// A figure is as described.
    Figure(FigureComparison),
}

/// What a figure must be like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FigureComparison {
    /// The key of the figure.
    pub metric: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Number>,
}

/// A number, as it was written and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    pub(crate) text: String,
    pub(crate) value: Exact,
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<C> Filter<C> {
    /// Every comparison in it.
    pub(crate) fn comparisons(&self) -> Vec<&C> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::comparisons).collect(),
            Self::Not(part) => part.comparisons(),
            Self::Is(comparison) => vec![comparison],
        }
    }

    /// Whether it holds, by what is known of each comparison; `None` when that does not tell.
    pub(crate) fn holds(&self, is: &impl Fn(&C) -> Option<bool>) -> Option<bool> {
        // One part that is like this decides; else one that is unknown leaves all unknown.
        let decided = |parts: &[Self], decisive: bool| {
            let mut known = Some(!decisive);
            for part in parts {
                match part.holds(is) {
                    Some(holds) if holds == decisive => return Some(decisive),
                    Some(_) => {}
                    None => known = None,
                }
            }
            known
        };
        match self {
            Self::And(parts) => decided(parts, false),
            Self::Or(parts) => decided(parts, true),
            Self::Not(part) => part.holds(is).map(|holds| !holds),
            Self::Is(comparison) => is(comparison),
        }
    }
}

impl Filter {
    /// The dimensions that rows are told apart by, without the store.
    pub(crate) fn dimensions(&self) -> impl Iterator<Item = &'static str> {
        let dimensions = self.comparisons().into_iter().map(|comparison| comparison.dimension);
        dimensions.filter(|dimension| dimension.kind != DimensionKind::Store).map(|dimension| dimension.0.id)
    }
}

impl Comparison {
    /// Whether a value is like that. Of no value only [`Operator::Set`] and [`Operator::NotSet`] tell.
    pub(crate) fn is(&self, value: Option<&str>) -> Option<bool> {
        let has = |how: fn(&str, &str) -> bool| {
            let (value, text) = (value?.to_lowercase(), self.values.first()?.to_lowercase());
            Some(how(&value, &text))
        };
        let is_one_of = || value.map(|value| self.values.iter().any(|one| one == value));
        match self.operator {
            Operator::Set => Some(value.is_some()),
            Operator::NotSet => Some(value.is_none()),
            Operator::Equals | Operator::In => is_one_of(),
            Operator::NotEquals | Operator::NotIn => is_one_of().map(|is| !is),
            Operator::Contains => has(|value, text| value.contains(text)),
            Operator::NotContains => has(|value, text| !value.contains(text)),
            Operator::StartsWith => has(|value, text| value.starts_with(text)),
            Operator::EndsWith => has(|value, text| value.ends_with(text)),
            Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => None,
        }
    }
}

impl FigureComparison {
    /// Whether a figure is like that. Of none only [`Operator::Set`] and [`Operator::NotSet`] tell.
    pub(crate) fn is(&self, figure: Option<&Exact>) -> Option<bool> {
        let compared = figure.zip(self.values.first()).map(|(figure, number)| figure.cmp(&number.value));
        match self.operator {
            Operator::Set => Some(figure.is_some()),
            Operator::NotSet => Some(figure.is_none()),
            Operator::Equals => compared.map(Ordering::is_eq),
            Operator::NotEquals => compared.map(Ordering::is_ne),
            Operator::Gt => compared.map(Ordering::is_gt),
            Operator::Gte => compared.map(Ordering::is_ge),
            Operator::Lt => compared.map(Ordering::is_lt),
            Operator::Lte => compared.map(Ordering::is_le),
            _ => None,
        }
    }
}
