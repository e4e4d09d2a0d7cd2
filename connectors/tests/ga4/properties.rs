//! What holds for every report, whatever is in it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;

use super::{made, page, rows_of};
use crate::support::{Row, number, text};

const CUTS: [&str; 4] = ["date", "sessionSource", "sessionMedium", "sessionCampaignName"];
const COUNTS: [&str; 3] = ["sessions", "newUsers", "purchaseRevenue"];

/// Rows of a report of sources, by what they are cut by: values in millionths.
type Told = BTreeMap<[String; 3], [i64; 3]>;

fn told() -> impl Strategy<Value = Told> {
    let cut = prop_oneof![Just("(not set)".to_owned()), Just(String::new()), "[a-c|/?\"é]{1,3}"];
    let cuts = [cut.clone(), cut.clone(), cut];
    let values = [0..10_000_000_000_i64, 0..10_000_000_000_i64, -1_000_000_000..10_000_000_000_i64];
    proptest::collection::btree_map(cuts, values, 0..12)
}

/// What became of a report: values in millionths by name and the three columns.
fn found(pages: &[Value]) -> BTreeMap<(String, [String; 3]), i128> {
    let rows = rows_of(&made(&[("source", pages)]).unwrap());
    let column = |row: &Row, name: &str| row[name].clone().unwrap_or_default();
    let key = |row: &Row| {
        let cuts = ["traffic_source", "medium", "campaign"].map(|name| column(row, name));
        (text(row, "metric_name").to_owned(), cuts)
    };
    let count = rows.len();
    let found: BTreeMap<_, _> = rows.iter().map(|row| (key(row), number(row, "metric_value"))).collect();
    assert_eq!(found.len(), count, "a value is told twice");
    found
}

fn written(millionths: i64) -> String {
    let (sign, size) = (if millionths < 0 { "-" } else { "" }, millionths.unsigned_abs());
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

/// The report with its columns in these orders and its rows from `first` on, round and round.
fn report(told: &[(&[String; 3], &[i64; 3])], cuts: &[usize], counts: &[usize]) -> Value {
    let names = |all: &[&'static str], order: &[usize]| order.iter().map(|at| all[*at]).collect::<Vec<_>>();
    let rows: Vec<(Vec<String>, Vec<String>)> = told
        .iter()
        .map(|(cut, values)| {
            let all = ["20261120".to_owned(), cut[0].clone(), cut[1].clone(), cut[2].clone()];
            let counted = counts.iter().map(|at| written(values[*at])).collect();
            (cuts.iter().map(|at| all[*at].clone()).collect(), counted)
        })
        .collect();
    let rows: Vec<(Vec<&str>, Vec<&str>)> = rows
        .iter()
        .map(|(cuts, counts)| (cuts.iter().map(String::as_str).collect(), counts.iter().map(String::as_str).collect()))
        .collect();
    let rows: Vec<(&[&str], &[&str])> = rows.iter().map(|(cuts, counts)| (&cuts[..], &counts[..])).collect();
    page(&names(&CUTS, cuts), &names(&COUNTS, counts), &rows)
}

proptest! {
    #[test]
    fn every_value_comes_through_whatever_the_order_of_columns_and_rows_and_on_how_many_pages(
        told in told(),
        cuts in Just(vec![0, 1, 2, 3]).prop_shuffle(),
        counts in Just(vec![0, 1, 2]).prop_shuffle(),
        order in any::<u64>(),
        parts in 1..4_usize,
    ) {
        let mut rows: Vec<_> = told.iter().collect();
        let turned = if rows.is_empty() { 0 } else { usize::try_from(order % rows.len() as u64).unwrap() };
        rows.rotate_left(turned);
        let pages: Vec<Value> = if rows.is_empty() {
            vec![report(&[], &cuts, &counts)]
        } else {
            rows.chunks(rows.len().div_ceil(parts)).map(|part| report(part, &cuts, &counts)).collect()
        };
        let names = ["sessions_by_source", "new_users_by_source", "purchase_revenue_by_source"];
        let expected: BTreeMap<_, _> = told
            .iter()
            .flat_map(|(cut, values)| {
                let named = names.into_iter().zip(values);
                named.map(|(name, value)| ((name.to_owned(), cut.clone()), i128::from(*value)))
            })
            .collect();
        prop_assert_eq!(found(&pages), expected);
    }
}
