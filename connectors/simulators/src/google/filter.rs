//! Filters of dimensions and of metrics.

use super::error::ApiError;
use super::request::{Filter, Match, NumericFilter, NumericValue, One, Operation};

/// The fields that a filter looks at, each with whether it is looked at as a number.
pub(super) fn names(filter: &Filter) -> Vec<&str> {
    match filter {
        Filter::AndGroup(group) | Filter::OrGroup(group) => group.expressions.iter().flat_map(names).collect(),
        Filter::Not(filter) => names(filter),
        Filter::One(one) => vec![&one.field_name],
    }
}

/// Refuses filters that say nothing, or several things at once.
pub(super) fn check(filter: &Filter) -> Result<(), ApiError> {
    match filter {
        Filter::AndGroup(group) | Filter::OrGroup(group) if group.expressions.is_empty() => {
            Err(ApiError::invalid("A filter group must have at least one expression."))
        }
        Filter::AndGroup(group) | Filter::OrGroup(group) => group.expressions.iter().try_for_each(check),
        Filter::Not(filter) => check(filter),
        Filter::One(one) => {
            let kinds = [
                one.string_filter.is_some(),
                one.in_list_filter.is_some(),
                one.numeric_filter.is_some(),
                one.between_filter.is_some(),
                one.empty_filter.is_some(),
            ];
            if kinds.into_iter().filter(|is| *is).count() != 1 {
                return Err(ApiError::invalid("A filter must have exactly one kind."));
            }
            if one.in_list_filter.as_ref().is_some_and(|list| list.values.is_empty()) {
                return Err(ApiError::invalid("An inListFilter must have at least one value."));
            }
            Ok(())
        }
    }
}

/// Whether what the fields hold is taken.
pub(super) fn takes(filter: &Filter, value: &dyn Fn(&str) -> String) -> bool {
    match filter {
        Filter::AndGroup(group) => group.expressions.iter().all(|filter| takes(filter, value)),
        Filter::OrGroup(group) => group.expressions.iter().any(|filter| takes(filter, value)),
        Filter::Not(filter) => !takes(filter, value),
        Filter::One(one) => takes_one(one, &value(&one.field_name)),
    }
}

fn takes_one(one: &One, value: &str) -> bool {
    let cased = |text: &str, sensitive: bool| if sensitive { text.to_owned() } else { text.to_lowercase() };
    if let Some(filter) = &one.string_filter {
        let (value, wanted) = (cased(value, filter.case_sensitive), cased(&filter.value, filter.case_sensitive));
        return match filter.match_type {
            Match::Exact => value == wanted,
            Match::BeginsWith => value.starts_with(&wanted),
            Match::EndsWith => value.ends_with(&wanted),
            Match::Contains => value.contains(&wanted),
        };
    }
    if let Some(filter) = &one.in_list_filter {
        let value = cased(value, filter.case_sensitive);
        return filter.values.iter().any(|wanted| cased(wanted, filter.case_sensitive) == value);
    }
    if one.empty_filter.is_some() {
        return value.is_empty() || value == "(not set)";
    }
    let Ok(value) = value.parse::<f64>() else { return false };
    if let Some(filter) = &one.numeric_filter {
        return compares(filter, value);
    }
    let between = one.between_filter.as_ref();
    between.is_some_and(|filter| number(&filter.from_value) <= value && value <= number(&filter.to_value))
}

#[allow(clippy::float_cmp, reason = "Google compares what it was given")]
fn compares(filter: &NumericFilter, value: f64) -> bool {
    let wanted = number(&filter.value);
    match filter.operation {
        Operation::Equal => value == wanted,
        Operation::LessThan => value < wanted,
        Operation::LessThanOrEqual => value <= wanted,
        Operation::GreaterThan => value > wanted,
        Operation::GreaterThanOrEqual => value >= wanted,
    }
}

fn number(value: &NumericValue) -> f64 {
    match value {
        // Beyond 2^53 it is not exact, which no metric reaches.
        NumericValue::Int64Value(number) => number.value().map_or(f64::NAN, |number| number as f64),
        NumericValue::DoubleValue(number) => *number,
    }
}
