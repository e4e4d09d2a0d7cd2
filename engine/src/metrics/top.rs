//! The largest groups, and all others as one.
//!
//! Which groups are the largest is decided over the whole range, whatever it is divided into; groups that only the compared period has
//! are among those that are ranked. Their rows, those of all others and the totals are then asked for like any others, so that what
//! cannot be added up is right in each.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::try_join;

use super::compute::Asking;
use super::error::QueryError;
use super::figures::Group;
use super::query::{Asked, Comparison, Direction, Filter, Operator, OrderBy, OrderField, Query, Top};
use super::registry::{DimensionKind, DimensionRef};
use super::table::Table;
use crate::StoreId;

/// The table of a query's largest groups, and the currencies of all amounts.
pub(crate) async fn tabulate(
    asking: Asking<'_>,
    query: &Query,
    top: &Top,
) -> Result<(Table, BTreeSet<String>), QueryError> {
    let query = Query { top: None, ..query.clone() };
    // What is wrong with all rows is so whichever groups are the largest, and so is what is rolled of rows before the range.
    let granularity = query.granularity.filter(|_| query.asked().any(Asked::is_rolling));
    let all = Query { granularity, having: None, ..whole(&query) };
    let (all, mut currencies) = asking.table(&all).await?;
    let Some(largest) = largest(asking, &query, top).await? else { return asking.table(&query).await };
    let is_one_of = any_of(&query.group_by, &largest);
    let named = narrowed(&query, is_one_of.clone());
    let others = narrowed(&whole(&query), Filter::Not(Box::new(is_one_of)));
    let others = async {
        if !top.other {
            return Ok(None);
        }
        let silent = listed_stores(asking, &query, &largest);
        Asking { silent: &silent, ..asking }.table(&others).await.map(Some)
    };
    // Boxed, or else the compiler cannot tell that the whole future may move between threads.
    let ((mut table, of_named), others) = try_join(asking.table(&named).boxed(), others.boxed()).await?;
    currencies.extend(of_named);
    if let Some((others, of_others)) = others {
        table.add_others(others, &query);
        currencies.extend(of_others);
    }
    (table.totals, table.previous_totals, table.caveats) = (all.totals, all.previous_totals, all.caveats);
    Ok((table, currencies))
}

/// The query about everything as one, from the reports that its groups come from.
fn whole(query: &Query) -> Query {
    Query { group_by: Vec::new(), beside: query.group_by.clone(), ..query.clone() }
}

/// The stores that no other row can be of: where stores are the groups, those that are listed.
fn listed_stores(asking: Asking<'_>, query: &Query, largest: &[Group]) -> Vec<StoreId> {
    let is_by_store = matches!(&query.group_by[..], [only] if only.kind == DimensionKind::Store);
    let is_listed = |id: &str| largest.iter().flatten().any(|value| value.as_deref() == Some(id));
    let ids = asking.stores.iter().map(|(store, _)| store.id);
    ids.filter(|id| is_by_store && is_listed(&id.to_string())).collect()
}

/// The largest groups; `None` when there are no others.
async fn largest(asking: Asking<'_>, query: &Query, top: &Top) -> Result<Option<Vec<Group>>, QueryError> {
    let by = OrderBy { field: OrderField::Metric(top.by.clone()), direction: Direction::Desc };
    let ranking = Query { having: None, granularity: None, pivot: None, order_by: vec![by], ..query.clone() };
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
    let is_following = query.following().is_some();
    let filters = match query.metrics.first_mut().filter(|_| is_following) {
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
