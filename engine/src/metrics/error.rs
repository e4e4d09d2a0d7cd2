//! Why a query has no answer.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::lake::LakeError;

/// What is wrong with one part of a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where, as a JSON pointer into the query: `/group_by/0`.
    #[schema(example = "/group_by/0")]
    pub pointer: String,
    /// What is wrong and what would be right, for people.
    pub detail: String,
    /// What is wrong, for programs.
    #[schema(example = "unknown_dimension")]
    pub code: &'static str,
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pointer = if self.pointer.is_empty() { "the query" } else { &self.pointer };
        write!(f, "{pointer}: {}", self.detail)
    }
}

/// Why a query has no answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The query is wrong. Every error that could be found is listed.
    #[error("{}", list(.0))]
    Invalid(Vec<FieldError>),
    /// The answer would be larger than is ever given.
    #[error("too many {what}: at most {limit}; {hint}")]
    Limit {
        /// What there would be too much of.
        what: &'static str,
        /// How much there may be.
        limit: u64,
        /// What to do about it.
        hint: &'static str,
    },
    /// An amount of money was asked for over rows of several currencies, which cannot be added up.
    #[error(
        "the rows are in {}; give the \"currency\" that you want them in, group by currency, or filter for one: amounts of \
         several currencies cannot be added up",
        .currencies.join(", ")
    )]
    MixedCurrencies {
        /// The currencies, in the order of their codes.
        currencies: Vec<String>,
    },
    /// An amount has to be converted, and there is no rate of its day, nor of the week before.
    #[error(
        "there is no rate from {from} to {to} for {date} in {store}, nor for the week before; import rates of that time"
    )]
    MissingRate {
        /// The amount's currency.
        from: String,
        /// The currency that is asked for.
        to: String,
        /// The first local date without.
        date: chrono::NaiveDate,
        /// The store's name.
        store: String,
    },
    /// The rows could not be read.
    #[error(transparent)]
    Lake(#[from] Arc<LakeError>),
    /// The computation failed.
    #[error("the query failed")]
    Execution(#[source] Arc<datafusion::error::DataFusionError>),
}

impl From<LakeError> for QueryError {
    fn from(error: LakeError) -> Self {
        Self::Lake(Arc::new(error))
    }
}

impl From<datafusion::error::DataFusionError> for QueryError {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        Self::Execution(Arc::new(error))
    }
}

impl From<arrow::error::ArrowError> for QueryError {
    fn from(error: arrow::error::ArrowError) -> Self {
        datafusion::error::DataFusionError::from(error).into()
    }
}

fn list(errors: &[FieldError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
