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

/// The filter over the facts of a store.
pub(crate) fn expression(filter: &Filter, store: StoreId) -> Expr {
    match filter {
        Filter::And(parts) => {
            parts.iter().map(|part| expression(part, store)).reduce(Expr::and).unwrap_or_else(|| lit(true))
        }
        Filter::Or(parts) => {
            parts.iter().map(|part| expression(part, store)).reduce(Expr::or).unwrap_or_else(|| lit(false))
        }
        Filter::Not(part) => not(expression(part, store)),
        Filter::Is(part) => comparison(part, store),
    }
}

fn comparison(part: &Comparison, store: StoreId) -> Expr {
    let value = match part.dimension.kind {
        DimensionKind::Column(name) => ident(name),
        DimensionKind::Number(name) => cast(ident(name), DataType::Utf8View),
        DimensionKind::CustomerType => ident(CUSTOMER_TYPE),
        DimensionKind::Store => text(&store.to_string()),
    };
    let first = part.values.first().map_or("", String::as_str);
    let all = || part.values.iter().map(|value| text(value)).collect();
    let folded = || text(&first.to_lowercase());
    match part.operator {
        Operator::Equals => value.eq(text(first)),
        Operator::NotEquals => value.not_eq(text(first)),
        Operator::In => value.in_list(all(), false),
        Operator::NotIn => value.in_list(all(), true),
        Operator::Contains => contains(lower(value), folded()),
        Operator::NotContains => not(contains(lower(value), folded())),
        Operator::StartsWith => starts_with(lower(value), folded()),
        Operator::EndsWith => ends_with(lower(value), folded()),
        Operator::Gt => value.gt(text(first)),
        Operator::Gte => value.gt_eq(text(first)),
        Operator::Lt => value.lt(text(first)),
        Operator::Lte => value.lt_eq(text(first)),
        Operator::Set => value.is_not_null(),
        Operator::NotSet => value.is_null(),
    }
}

pub(crate) fn text(value: &str) -> Expr {
    lit(ScalarValue::Utf8View(Some(value.to_owned())))
}
