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
    let Some(largest) = largest(asking, &query, top).await? else { return asking.table(&query).await };
    let is_one_of = any_of(&query.group_by, &largest);
    let named = Query { filters: Some(both(query.filters.as_ref(), is_one_of.clone())), ..query.clone() };
    let (mut table, mut currencies) = asking.table(&named).await?;
    if top.other {
        let filters = both(query.filters.as_ref(), Filter::Not(Box::new(is_one_of)));
        let others = Query { filters: Some(filters), group_by: Vec::new(), ..query.clone() };
        let (others, of_others) = asking.table(&others).await?;
        table.add_others(others, &query);
        currencies.extend(of_others);
    }
    let all = Query { group_by: Vec::new(), granularity: None, having: None, ..query };
    let (all, of_all) = asking.table(&all).await?;
    (table.totals, table.previous_totals) = (all.totals, all.previous_totals);
    currencies.extend(of_all);
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

fn both(filter: Option<&Filter>, and: Filter) -> Filter {
    match filter {
        Some(filter) => Filter::And(vec![filter.clone(), and]),
        None => and,
    }
}

/// That a row is of one of these groups: true or false, also of rows without a value.
fn any_of(dimensions: &[DimensionRef], groups: &[Group]) -> Filter {
    let is = |dimension: &DimensionRef, operator, values| {
        Filter::Is(Comparison { dimension: *dimension, operator, values })
    };
    let of = |(dimension, value): (&DimensionRef, &Option<Arc<str>>)| match value {
        None => is(dimension, Operator::NotSet, Vec::new()),
        Some(value) => {
            let has_value = is(dimension, Operator::Set, Vec::new());
            Filter::And(vec![has_value, is(dimension, Operator::Equals, vec![value.to_string()])])
        }
    };
    Filter::Or(groups.iter().map(|group| Filter::And(dimensions.iter().zip(group).map(of).collect())).collect())
}
