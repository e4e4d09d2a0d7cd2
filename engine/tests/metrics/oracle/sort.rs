//! The order of rows.

use serde_json::Value;

use super::figures::Asked;
use super::{Group, Key};

pub(super) type OracleRow = (Vec<Option<i128>>, Vec<Option<i128>>, (Key, Group));

/// Sorted by insertion, one after the other, by comparing as the language says.
pub(super) fn sort(query: &Value, asked: &[Asked], group_by: &[&str], others: Option<&Group>, rows: &mut [OracleRow]) {
    use std::cmp::Ordering::{self, Equal, Greater, Less};
    fn nulls_last<T: Ord>(a: &Option<T>, b: &Option<T>, descending: bool) -> Ordering {
        match (a, b) {
            (None, None) => Equal,
            (None, _) => Greater,
            (_, None) => Less,
            (Some(a), Some(b)) if descending => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
        }
    }
    let empty = Vec::new();
    let steps = query["order_by"].as_array().unwrap_or(&empty);
    let is_by_time = steps.is_empty() && query.get("granularity").is_some();
    let is_others = |row: &OracleRow| others == Some(&row.2.1);
    rows.sort_by(|a, b| {
        // All others come last: of all rows, or of those of their time.
        if is_by_time && a.2.0 != b.2.0 {
            return a.2.0.cmp(&b.2.0);
        }
        if is_others(a) != is_others(b) {
            return is_others(a).cmp(&is_others(b));
        }
        for step in steps {
            let field = step["field"].as_str().unwrap();
            let is_figure = asked.iter().any(|one| one.key == field);
            let descending = step["direction"].as_str().map_or(is_figure, |direction| direction == "desc");
            let order = if field == "time" {
                if descending { b.2.0.cmp(&a.2.0) } else { a.2.0.cmp(&b.2.0) }
            } else if let Some(at) = group_by.iter().position(|name| *name == field) {
                nulls_last(&a.2.1[at], &b.2.1[at], descending)
            } else {
                let at = asked.iter().position(|one| one.key == field).unwrap();
                nulls_last(&a.0[at], &b.0[at], descending)
            };
            if order != Equal {
                return order;
            }
        }
        if steps.is_empty() && query.get("granularity").is_none() {
            let order = nulls_last(&a.0[0], &b.0[0], true);
            if order != Equal {
                return order;
            }
        }
        let by_group = || a.2.1.iter().zip(&b.2.1).map(|(a, b)| nulls_last(a, b, false)).find(|order| *order != Equal);
        a.2.0.cmp(&b.2.0).then_with(|| by_group().unwrap_or(Equal))
    });
}
