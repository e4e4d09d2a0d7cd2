//! How many rows a query may have.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::QueryError;

/// Rows that a query may have before the listed ones are chosen.
const MAX_ROWS: usize = 250_000;
/// Rows that all its plans together may give: those of several stores, datasets and periods become fewer when they are
/// brought together, but until then they are all in memory.
const MAX_ROWS_READ: usize = 2 * MAX_ROWS;

/// Values that they may have in all: what is asked for may need several each.
const MAX_VALUES: usize = 20 * MAX_ROWS_READ;

/// Counts the rows of all plans of a query as they come, and their values.
#[derive(Debug)]
pub(crate) struct RowsRead {
    rows: AtomicUsize,
    values: AtomicUsize,
    most: usize,
}

impl Default for RowsRead {
    fn default() -> Self {
        Self::up_to(MAX_ROWS_READ)
    }
}

impl RowsRead {
    /// Counts up to so many rows.
    pub(crate) fn up_to(most: usize) -> Self {
        Self { rows: AtomicUsize::new(0), values: AtomicUsize::new(0), most }
    }

    /// Counts more rows, of so many values each.
    pub(crate) fn add(&self, rows: usize, width: usize) -> Result<(), QueryError> {
        let count = |all: &AtomicUsize, more: usize| all.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        within(count(&self.rows, rows), self.most, "rows of all stores and periods")?;
        within(count(&self.values, rows.saturating_mul(width)), MAX_VALUES, "values of all stores and periods")
    }
}

/// Refuses more rows than a query may have, or more values in them.
pub(crate) fn check_rows(rows: usize, width: usize) -> Result<(), QueryError> {
    within(rows, MAX_ROWS, "rows before paging")?;
    within(rows.saturating_mul(width), MAX_VALUES, "values before paging")
}

fn within(rows: usize, limit: usize, what: &'static str) -> Result<(), QueryError> {
    if rows <= limit {
        return Ok(());
    }
    Err(QueryError::Limit {
        what,
        limit: limit as u64,
        hint: "filter, group by less, ask for a coarser granularity, or set fill to false",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_several_plans_count_together() {
        let read = RowsRead::default();
        read.add(250_000, 20).unwrap();
        read.add(250_000, 20).unwrap();
        let error = read.add(1, 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "too many rows of all stores and periods: at most 500000; filter, group by less, ask for a coarser \
             granularity, or set fill to false"
        );
    }

    #[test]
    fn a_query_has_a_quarter_of_a_million_rows_at_most() {
        check_rows(250_000, 40).unwrap();
        assert!(matches!(check_rows(250_001, 1), Err(QueryError::Limit { limit: 250_000, .. })));
        assert!(matches!(check_rows(250_000, 41), Err(QueryError::Limit { limit: 10_000_000, .. })));
    }
}
