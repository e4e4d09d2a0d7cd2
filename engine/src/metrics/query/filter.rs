//! Filters: which rows a query is about.
//!
//! The logic is SQL's, of three values. Every comparison with a null value is unknown, for negative operators too:
//! `country notEquals US` leaves out orders without a country. `not` of unknown is unknown. A row is taken when the
//! whole filter is true. Only `set` and `notSet` see nulls, so rows without a value are asked for by name:
//! `{"or": [{"dimension": "country", "operator": "notEquals", "values": ["US"]}, {"dimension": "country", "operator": "notSet"}]}`.
//!
//! `equals` and `in` compare exactly. `contains`, `startsWith` and `endsWith` are for searching and compare the lower-case
//! forms of both texts.

use serde::Serialize;
use utoipa::ToSchema;

use crate::metrics::registry::DimensionRef;

/// Which rows a query is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// All of them hold.
    And(Vec<Filter>),
    /// At least one holds.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// A dimension has a value as described.
    #[serde(untagged)]
    Is(Comparison),
}

/// What a dimension's value must be like.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

impl Filter {
    /// Every comparison in it.
    pub(crate) fn comparisons(&self) -> Vec<&Comparison> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::comparisons).collect(),
            Self::Not(part) => part.comparisons(),
            Self::Is(comparison) => vec![comparison],
        }
    }
}
