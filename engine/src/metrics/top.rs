//! The largest groups, and all others as one.
//!
//! Which groups are the largest is decided over the whole range, whatever it is divided into. Their rows, those of all others and
//! the totals are then asked for like any others, so that what cannot be added up is right in each.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::compute::Asking;
use super::error::QueryError;
use super::figures::Group;
use super::query::{Comparison, Direction, Filter, Operator, OrderBy, OrderField, Query, Top};
use super::registry::DimensionRef;
use super::table::Table;

/// The table of a query's largest groups, and the currencies of all amounts.
pub(crate) async fn tabulate(
    asking: Asking<'_>,
    query: &Query,
    top: &Top,
) -> Result<(Table, BTreeSet<String>), QueryError> {
    let query = Query { top: None, ..query.clone() };
    // First everything: what is wrong with all rows is so whichever groups are the largest.
    let all = Query { group_by: Vec::new(), granularity: None, having: None, ..query.clone() };
    let (all, mut currencies) = asking.table(&all).await?;
    let Some(largest) = largest(asking, &query, top).await? else { return asking.table(&query).await };
    let is_one_of = any_of(&query.group_by, &largest);
    let named = narrowed(&query, is_one_of.clone());
    let (mut table, of_named) = asking.table(&named).await?;
    currencies.extend(of_named);
    if top.other {
        let others = Query { group_by: Vec::new(), ..narrowed(&query, Filter::Not(Box::new(is_one_of))) };
        let (others, of_others) = asking.table(&others).await?;
        table.add_others(others, &query);
        currencies.extend(of_others);
    }
    (table.totals, table.previous_totals) = (all.totals, all.previous_totals);
    Ok((table, currencies))
}

/// The largest groups; `None` when there are no others.
async fn largest(asking: Asking<'_>, query: &Query, top: &Top) -> Result<Option<Vec<Group>>, QueryError> {
    let by = OrderBy { field: OrderField::Metric(top.by.clone()), direction: Direction::Desc };
    let order_by = vec![by];
    let ranking = Query { having: None, granularity: None, compare_to: None, order_by, ..query.clone() };
    let (mut ranked, _) = asking.table(&ranking).await?;
    if ranked.rows.len() <= top.groups {
        return Ok(None);
    }
    let largest = ranked.rows.iter().take(top.groups).map(|row| std::mem::take(&mut ranked.groups[row.group]));
    Ok(Some(largest.collect()))
}

/// The query over rows of some groups only. Who is followed belongs to the group that the first step says.
fn narrowed(query: &Query, to: Filter) -> Query {
    let mut query = query.clone();
    let filters =
        match query.metrics.first_mut().filter(|_| query.funnel.is_some_and(|funnel| funnel.following.is_some())) {
            Some(first) => &mut first.filters,
            None => &mut query.filters,
        };
    *filters = Some(both(filters.as_ref(), to));
    query
}

fn both(filter: Option<&Filter>, and: Filter) -> Filter {
    match filter {
        Some(filter) => Filter::And(vec![filter.clone(), and]),
        None => and,
    }
}

/// That a row is of one of these groups: true or false, also of rows without a value.
fn any_of(dimensions: &[DimensionRef], groups: &[Group]) -> Filter {
    let is =
        |dimension: &DimensionRef, operator, values| Filter::Is(Comparison { dimension: *dimension, operator, values });
    let of = |(dimension, value): (&DimensionRef, &Option<Arc<str>>)| match value {
        None => is(dimension, Operator::NotSet, Vec::new()),
        Some(value) => {
            let has_value = is(dimension, Operator::Set, Vec::new());
            Filter::And(vec![has_value, is(dimension, Operator::Equals, vec![value.to_string()])])
        }
    };
    Filter::Or(groups.iter().map(|group| Filter::And(dimensions.iter().zip(group).map(of).collect())).collect())
}
