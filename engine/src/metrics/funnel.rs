//! The answer to a funnel: a row for each step of each bucket and group, with what share of those before came to it.

use serde_json::{Map, Value};

use super::figure::{Figure, compared, json, share};
use super::query::Asked;
use super::registry::Unit;
use super::response::{Column, ColumnRole, ColumnType, Compared};

/// The names of its columns.
const STEP: &str = "step";
const LABEL: &str = "label";
const COUNT: &str = "count";
const OF_FIRST: &str = "of_first";
const OF_PREVIOUS: &str = "of_previous";
/// Of the totals: which share of those at the first step come to the last.
const CONVERSION: &str = "conversion";

/// The columns after time and groups.
pub(crate) fn columns(is_whole: bool) -> Vec<Column> {
    let column = |key: &str, title: &str, kind, role, unit| Column {
        key: key.to_owned(),
        title: title.to_owned(),
        kind,
        role,
        unit,
        currency: None,
        higher_is_better: (role == ColumnRole::Metric).then_some(true),
        pivot: None,
    };
    let counts = if is_whole { ColumnType::Integer } else { ColumnType::Number };
    let (share, metric) = (Some(Unit::Percentage), ColumnRole::Metric);
    vec![
        column(STEP, "Step", ColumnType::Integer, ColumnRole::Dimension, None),
        column(LABEL, "Name", ColumnType::Text, ColumnRole::Dimension, None),
        column(COUNT, "Count", counts, metric, Some(Unit::Count)),
        column(OF_FIRST, "Of the first step", ColumnType::Number, metric, share),
        column(OF_PREVIOUS, "Of the step before", ColumnType::Number, metric, share),
    ]
}

/// What a row says of a step: its count, and the shares of the first step and of the one before.
fn figures(counts: &[Figure], step: usize) -> [(&'static str, Figure, Unit); 3] {
    let count = counts[step];
    let before = step.checked_sub(1).and_then(|before| counts[before]);
    [
        (COUNT, count, Unit::Count),
        (OF_FIRST, share(count, counts[0]), Unit::Percentage),
        (OF_PREVIOUS, share(count, before), Unit::Percentage),
    ]
}

/// Adds what is to be said of a step to a row.
pub(crate) fn describe(row: &mut Map<String, Value>, steps: &[Asked], step: usize, counts: &[Figure]) {
    row.insert(STEP.to_owned(), (step + 1).into());
    row.insert(LABEL.to_owned(), steps[step].title.as_str().into());
    row.extend(figures(counts, step).map(|(key, figure, unit)| (key.to_owned(), json(figure, unit))));
}

/// The same of the compared period.
pub(crate) fn beside(step: usize, now: &[Figure], before: &[Figure]) -> Vec<(&'static str, Compared)> {
    let both = figures(now, step).into_iter().zip(figures(before, step));
    both.map(|((key, now, unit), (_, before, _))| (key, compared(now, before, unit))).collect()
}

/// The totals: each step by its key, and the share that comes to the last one.
pub(crate) fn totals<'f>(
    steps: &'f [Asked],
    counts: &'f [Figure],
) -> impl Iterator<Item = (String, Figure, Unit)> + 'f {
    let each = steps.iter().zip(counts).map(|(step, count)| (step.key.clone(), *count, Unit::Count));
    let (first, last) = (counts.first().copied().flatten(), counts.get(steps.len() - 1).copied().flatten());
    each.chain([(CONVERSION.to_owned(), share(last, first), Unit::Percentage)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::registry::Registry;

    #[test]
    fn its_columns_have_names_of_their_own() {
        for column in columns(true) {
            assert!(Registry::get().dimension(&column.key).is_none(), "{}", column.key);
        }
    }
}
