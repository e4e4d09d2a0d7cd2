//! Filters and conditions as expressions. What they mean is said in [`crate::metrics::query::Filter`].

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::string::expr_fn::{contains, ends_with, lower, starts_with};
use datafusion::logical_expr::{Expr, cast, ident, lit, not};

use crate::StoreId;
use crate::metrics::query::{Comparison, Filter, Operator};
use crate::metrics::registry::{Condition, DimensionKind};

/// The computed column of [`DimensionKind::CustomerType`].
pub(crate) const CUSTOMER_TYPE: &str = "customer_type";

/// All of the conditions; `None` when there are none.
pub(crate) fn all<'c>(conditions: impl IntoIterator<Item = &'c Condition>) -> Option<Expr> {
    conditions.into_iter().map(condition).reduce(Expr::and)
}

/// The rows for which one of the lists holds as a whole; `None` when that is so for all rows.
pub(crate) fn any(lists: &[Vec<Condition>]) -> Option<Expr> {
    let common: Vec<_> =
        lists.first()?.iter().filter(|condition| lists.iter().all(|list| list.contains(condition))).collect();
    let rest = |list: &Vec<Condition>| all(list.iter().filter(|condition| !common.contains(condition)));
    // Where nothing more than the common conditions is asked for, the other lists do not matter.
    let different = lists.iter().map(rest).collect::<Option<Vec<_>>>();
    let different = different.and_then(|different| different.into_iter().reduce(Expr::or));
    all(common).into_iter().chain(different).reduce(Expr::and)
}

fn condition(condition: &Condition) -> Expr {
    match condition {
        Condition::Null { column } => ident(*column).is_null(),
        Condition::Present { column } => ident(*column).is_not_null(),
        Condition::False { column } => not(ident(*column)),
        Condition::True { column } => ident(*column),
        Condition::Text { column, equals } => ident(*column).eq(text(equals)),
    }
}

/// That the filter holds for a fact of a store: true, or else false or unknown.
///
/// What is said of it is turned inwards, down to comparisons of which each is not true of a fact without a value. An expression that
/// negates unknown ones would say the same, but does not survive DataFusion's simplification, which takes `a in (1) and a in (2)` for
/// false and `a not in (1) or a not in (2)` for true also where `a` is null.
pub(crate) fn expression(filter: &Filter, store: StoreId) -> Expr {
    decided(filter, store, true)
}

/// That the filter is true of a fact, or that it is false.
fn decided(filter: &Filter, store: StoreId, as_true: bool) -> Expr {
    let all = |parts: &[Filter]| parts.iter().map(|part| decided(part, store, as_true)).reduce(Expr::and);
    let any = |parts: &[Filter]| parts.iter().map(|part| decided(part, store, as_true)).reduce(Expr::or);
    match (filter, as_true) {
        (Filter::And(parts), true) | (Filter::Or(parts), false) => all(parts).unwrap_or_else(|| lit(true)),
        (Filter::And(parts), false) | (Filter::Or(parts), true) => any(parts).unwrap_or_else(|| lit(false)),
        (Filter::Not(part), _) => decided(part, store, !as_true),
        (Filter::Is(part), _) => comparison(part, store, as_true),
    }
}

fn comparison(part: &Comparison, store: StoreId, as_true: bool) -> Expr {
    let value = match part.dimension.kind {
        DimensionKind::Column(name) => ident(name),
        DimensionKind::Number(name) => cast(ident(name), DataType::Utf8View),
        DimensionKind::CustomerType => ident(CUSTOMER_TYPE),
        DimensionKind::Store => text(&store.to_string()),
    };
    let first = part.values.first().map_or("", String::as_str);
    let all = || part.values.iter().map(|value| text(value)).collect();
    let folded = || text(&first.to_lowercase());
    let (of, is_said) = match part.operator {
        Operator::Equals => (value.clone().eq(text(first)), true),
        Operator::NotEquals => (value.clone().eq(text(first)), false),
        Operator::In => (value.clone().in_list(all(), false), true),
        Operator::NotIn => (value.clone().in_list(all(), false), false),
        Operator::Contains => (contains(lower(value.clone()), folded()), true),
        Operator::NotContains => (contains(lower(value.clone()), folded()), false),
        Operator::StartsWith => (starts_with(lower(value.clone()), folded()), true),
        Operator::EndsWith => (ends_with(lower(value.clone()), folded()), true),
        Operator::Gt => (value.clone().gt(text(first)), true),
        Operator::Gte => (value.clone().gt_eq(text(first)), true),
        Operator::Lt => (value.clone().lt(text(first)), true),
        Operator::Lte => (value.clone().lt_eq(text(first)), true),
        Operator::Set | Operator::NotSet => {
            let is_set = (part.operator == Operator::Set) == as_true;
            return if is_set { value.is_not_null() } else { value.is_null() };
        }
    };
    if is_said == as_true { of } else { value.is_not_null().and(not(of)) }
}

pub(crate) fn text(value: &str) -> Expr {
    lit(ScalarValue::Utf8View(Some(value.to_owned())))
}
