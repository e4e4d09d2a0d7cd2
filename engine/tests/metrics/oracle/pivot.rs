//! Rows side by side, made of the rows one below the other.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::figures::asked;
use super::setting::Quotes;
use super::{OracleStore, Refusal, grouped_by, in_rows};

/// The answer to a query that has a pivot.
pub(super) fn answer(
    query: &Value,
    stores: &[OracleStore],
    quotes: &Quotes,
    now: DateTime<Utc>,
) -> Result<Value, Refusal> {
    let dimension = query["pivot"].as_str().unwrap();
    let others: Vec<&str> = grouped_by(query).into_iter().filter(|name| *name != dimension).collect();
    let mut long = query.clone();
    (long["limit"], long["offset"]) = (json!(1_000_000), json!(0));
    let (long, hides) = in_rows(&long, stores, quotes, now)?;
    let mut whole = query.clone();
    for field in ["granularity", "having", "order_by", "offset", "pivot"] {
        whole.as_object_mut().unwrap().remove(field);
    }
    whole["is_beside_currency"] = json!(others.contains(&"currency"));
    (whole["group_by"], whole["limit"]) = (json!([dimension]), json!(1_000_000));
    let (whole, _) = in_rows(&whole, stores, quotes, now)?;

    let name = |row: &Value| match row.get("other") {
        Some(_) => "all others".to_owned(),
        None => row[dimension].as_str().unwrap_or("none").to_owned(),
    };
    let rows = |answer: &Value| answer["rows"].as_array().unwrap().clone();
    let mut names: Vec<String> = Vec::new();
    for row in rows(&whole).iter().chain(&rows(&long)) {
        if !names.contains(&name(row)) {
            names.push(name(row));
        }
    }
    let place = |row: &Value| -> Vec<Value> {
        let step = query.get("granularity").map(|_| row["time"].clone());
        step.into_iter().chain(others.iter().map(|name| row[*name].clone())).collect()
    };
    let long_rows = rows(&long);
    let mut places: Vec<Vec<Value>> = Vec::new();
    for row in &long_rows {
        if !places.contains(&place(row)) {
            places.push(place(row));
        }
    }
    let has_time = query.get("granularity").is_some();
    let empty = Vec::new();
    let orders = query["order_by"].as_array().unwrap_or(&empty);
    // All others have no line of their own, so lines are in the order of their times and groups, whatever rows they have.
    places.sort_by(|a, b| {
        let by_time = |descending: bool| match (has_time, descending) {
            (false, _) => Ordering::Equal,
            (true, false) => instant(&a[0]).cmp(&instant(&b[0])),
            (true, true) => instant(&b[0]).cmp(&instant(&a[0])),
        };
        let by_group = |at: usize, descending: bool| {
            let at = at + usize::from(has_time);
            match (a[at].as_str(), b[at].as_str()) {
                (Some(a), Some(b)) => {
                    if descending {
                        b.cmp(a)
                    } else {
                        a.cmp(b)
                    }
                }
                (a, b) => a.is_none().cmp(&b.is_none()),
            }
        };
        for order in orders {
            let (field, descending) = (order["field"].as_str().unwrap(), order["direction"] == "desc");
            let order = match others.iter().position(|name| *name == field) {
                Some(at) => by_group(at, descending),
                None if field == "time" => by_time(descending),
                None => Ordering::Equal,
            };
            if order != Ordering::Equal {
                return order;
            }
        }
        (0..others.len()).fold(by_time(false), |order, at| order.then(by_group(at, false)))
    });
    let figures = asked(query);
    let is_compared = query.get("compare_to").is_some();
    let no_change = json!({"value": null, "delta": null, "ratio": null});
    let lines = places.iter().map(|at| {
        let of_line: Vec<&Value> = long_rows.iter().filter(|row| place(row) == *at).collect();
        let (mut line, mut compared) = (Map::new(), Map::new());
        if query.get("granularity").is_some() {
            line.insert("time".to_owned(), of_line[0]["time"].clone());
            compared.insert("time".to_owned(), of_line[0]["comparison"]["time"].clone());
        }
        line.extend(others.iter().map(|name| ((*name).to_owned(), of_line[0][*name].clone())));
        for one in &figures {
            for column in &names {
                let row = of_line.iter().find(|row| name(row) == *column);
                let key = format!("{}[{column}]", one.key);
                line.insert(key.clone(), row.map_or(Value::Null, |row| row[&one.key].clone()));
                let change = row.map_or_else(|| no_change.clone(), |row| row["comparison"][&one.key].clone());
                compared.insert(key, change);
            }
        }
        if is_compared {
            line.insert("comparison".to_owned(), Value::Object(compared));
        }
        Value::Object(line)
    });
    let lines: Vec<Value> = lines.collect();

    let (mut totals, mut compared) = (long["totals"].clone(), long["comparison"].clone());
    let whole_rows = rows(&whole);
    for one in &figures {
        let is_hidden = one.shape.is_some() || hides.contains(&one.key) && dimension != "currency";
        for column in &names {
            let row = whole_rows.iter().find(|row| name(row) == *column).filter(|_| !is_hidden);
            let key = format!("{}[{column}]", one.key);
            totals[&key] = row.map_or(Value::Null, |row| row[&one.key].clone());
            if is_compared {
                compared[&key] = row.map_or_else(|| no_change.clone(), |row| row["comparison"][&one.key].clone());
            }
        }
    }
    let offset = usize::try_from(query["offset"].as_u64().unwrap_or(0)).unwrap();
    let limit = usize::try_from(query["limit"].as_u64().unwrap_or(1_000)).unwrap();
    let listed: Vec<Value> = lines.iter().skip(offset).take(limit).cloned().collect();
    Ok(json!({"rows": listed, "totals": totals, "comparison": compared, "total_rows": lines.len()}))
}

/// Groups that have rows, and those that would stand beside them.
pub(super) fn complete(query: &Value, groups: &mut BTreeSet<Vec<Option<String>>>) {
    let Some(dimension) = query["pivot"].as_str().filter(|_| query["fill"] != false) else { return };
    let Some(at) = grouped_by(query).iter().position(|name| *name == dimension) else { return };
    let values: BTreeSet<Option<String>> = groups.iter().map(|group| group[at].clone()).collect();
    for group in groups.clone() {
        for value in &values {
            let mut other = group.clone();
            other[at].clone_from(value);
            groups.insert(other);
        }
    }
}

/// When the time of a row begins; dates have an order of their own.
fn instant(label: &Value) -> (i64, &str) {
    let label = label.as_str().unwrap_or_default();
    match DateTime::parse_from_rfc3339(label) {
        Ok(instant) => (instant.timestamp(), ""),
        Err(_) => (0, label),
    }
}
