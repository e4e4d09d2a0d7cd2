//! Short ways to write definitions.

use super::{Aggregate, Aggregation, Condition, Formula, Measure, Rows, Value};

/// Ways to make a figure of numbers that rows have.
pub(super) const OF_NUMBERS: &[Aggregation] = &[
    Aggregation::Sum,
    Aggregation::Avg,
    Aggregation::Min,
    Aggregation::Max,
    Aggregation::Median,
    Aggregation::P90,
    Aggregation::P95,
    Aggregation::P99,
    Aggregation::Latest,
];

pub(super) const fn rows(dataset: &'static str, time: &'static [&'static str]) -> Rows {
    Rows { dataset, time, only: &[], is_money: false, is_refund: false, grains: &[], standing: None }
}

pub(super) const fn of(column: &'static str) -> Value {
    Value { column, minus: &[], times: None }
}

pub(super) const fn sum(rows: &'static Rows, column: &'static str) -> Measure {
    Measure { rows, aggregate: Aggregate::Sum(of(column)), only: &[] }
}

pub(super) const fn count(rows: &'static Rows) -> Measure {
    Measure { rows, aggregate: Aggregate::Count, only: &[] }
}

pub(super) const fn distinct(rows: &'static Rows, column: &'static str, only: &'static [Condition]) -> Measure {
    Measure { rows, aggregate: Aggregate::CountDistinct { column }, only }
}

/// The mean: the sum over the number of values.
pub(super) const fn mean(rows: &'static Rows, column: &'static str) -> Formula {
    Formula::Ratio {
        numerator: sum(rows, column),
        denominator: Measure { rows, aggregate: Aggregate::CountOf(of(column)), only: &[] },
    }
}

pub(super) const fn text(column: &'static str, equals: &'static str) -> Condition {
    Condition::Text { column, equals }
}

/// Measurements that a source delivers ready-made, by their names; `money` when they are amounts.
macro_rules! events {
    ($name:ident, $source:literal, [$($metric_name:literal by $dimensions:expr),+ $(,)?]) => {
        events!($name, $source, false, [$($metric_name by $dimensions),+]);
    };
    ($name:ident, $source:literal, money, [$($metric_name:literal by $dimensions:expr),+ $(,)?]) => {
        events!($name, $source, true, [$($metric_name by $dimensions),+]);
    };
    ($name:ident, $source:literal, $is_money:literal, [$($metric_name:literal by $dimensions:expr),+]) => {
        static $name: Rows = Rows {
            is_money: $is_money,
            only: &[text("source", $source)],
            grains: &[$(Grain { metric_name: $metric_name, dimensions: $dimensions }),+],
            ..rows("metric_events", &["recorded_at"])
        };
    };
}

pub(super) use events;
