//! What is asked, in every way that the language has.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::super::oracle::{self, OracleStore};
use super::dice::Dice;
use super::shops::{CHANNELS, CODES, COUNTRIES, PRODUCTS, VARIANTS, VENDORS};

const METRICS: [&str; 15] = [
    "shopify.revenue",
    "shopify.net_revenue",
    "shopify.orders",
    "shopify.units",
    "shopify.aov",
    "shopify.discounts",
    "shopify.refunds",
    "shopify.tax",
    "shopify.shipping",
    "shopify.customers",
    "shopify.new_customers",
    "shopify.returning_customers",
    "shopify.revenue_per_customer",
    "shopify.product_revenue",
    "shopify.cancelled_orders",
];
const DIMENSIONS: [&str; 7] =
    ["store", "channel", "country", "discount_code", "customer_type", "currency", "financial_status"];
const ITEM_DIMENSIONS: [&str; 10] = [
    "product",
    "variant",
    "vendor",
    "store",
    "channel",
    "country",
    "discount_code",
    "customer_type",
    "currency",
    "financial_status",
];
fn date(dice: &mut Dice, now: DateTime<Utc>, back: i64, forward: i64) -> String {
    let day = now.date_naive() + TimeDelta::days(forward) - TimeDelta::days(dice.up_to(back + forward));
    day.to_string()
}

fn dates(dice: &mut Dice, now: DateTime<Utc>, most: i64) -> Value {
    let from = date(dice, now, 80, 3);
    let length = dice.up_to(most);
    let first: chrono::NaiveDate = from.parse().unwrap();
    json!({"from": from, "to": (first + TimeDelta::days(length)).to_string()})
}

fn comparison(dice: &mut Dice, dimensions: &[&str], stores: &[OracleStore]) -> Value {
    let dimension = dice.pick(dimensions);
    let ids: Vec<&str> = stores.iter().map(|store| store.id.as_str()).collect();
    let values: &[&str] = match dimension {
        "store" => &ids,
        "channel" => &CHANNELS,
        "country" => &COUNTRIES,
        "discount_code" => &CODES,
        "customer_type" => &["new", "returning"],
        "currency" => &["USD", "EUR"],
        "financial_status" => &["paid", "refunded", "none of them"],
        "product" => &PRODUCTS,
        "variant" => &VARIANTS,
        _ => &VENDORS,
    };
    let operator = dice.pick(&[
        "equals",
        "notEquals",
        "contains",
        "notContains",
        "startsWith",
        "endsWith",
        "in",
        "notIn",
        "set",
        "notSet",
    ]);
    let values: Vec<String> = match operator {
        "set" | "notSet" => Vec::new(),
        "in" | "notIn" => dice.several(values, 2).into_iter().map(str::to_owned).collect(),
        "contains" | "notContains" | "startsWith" | "endsWith" => {
            vec![dice.pick(&["W", "e", "%", "_", "US", "a", "Ê", "r", ""]).to_owned()]
        }
        _ => vec![dice.pick(values).to_owned()],
    };
    json!({"dimension": dimension, "operator": operator, "values": values})
}

fn filter(dice: &mut Dice, dimensions: &[&str], stores: &[OracleStore], depth: u32) -> Value {
    let roll = if depth == 0 { 9 } else { dice.roll(10) };
    match roll {
        0..2 => {
            let parts: Vec<_> = (0..=dice.roll(2)).map(|_| filter(dice, dimensions, stores, depth - 1)).collect();
            json!({"and": parts})
        }
        2..4 => {
            let parts: Vec<_> = (0..=dice.roll(2)).map(|_| filter(dice, dimensions, stores, depth - 1)).collect();
            json!({"or": parts})
        }
        4 => json!({"not": filter(dice, dimensions, stores, depth - 1)}),
        _ => comparison(dice, dimensions, stores),
    }
}

const WITH_NUMBERS: [&str; 6] = [
    "shopify.revenue",
    "shopify.units",
    "shopify.discounts",
    "shopify.tax",
    "shopify.shipping",
    "shopify.product_revenue",
];
const WAYS: [&str; 9] = ["sum", "avg", "min", "max", "median", "p90", "p95", "p99", "latest"];

/// A metric as it is, in another way, over rows of its own; or a formula.
fn figure(
    dice: &mut Dice,
    at: usize,
    metric: &str,
    of_items: bool,
    dimensions: &[&str],
    stores: &[OracleStore],
) -> Value {
    if dice.one_in(2) {
        return json!(metric);
    }
    let mut figure = if !of_items && dice.one_in(3) {
        json!({"formula": dice.pick(&oracle::FORMULAS).0})
    } else {
        json!({"metric": metric})
    };
    figure["as"] = json!(format!("figure_{at}"));
    if figure.get("metric").is_some() && WITH_NUMBERS.contains(&metric) && dice.roll(3) > 0 {
        figure["aggregation"] = json!(dice.pick(&WAYS));
    }
    if dice.one_in(3) {
        figure["filters"] = filter(dice, dimensions, stores, 1);
    }
    figure
}

/// Some figures as rolling ones or trends: figures that are named, and those that those of single buckets tell when they are rolled.
fn shape(dice: &mut Dice, figures: &mut [Value]) {
    for figure in figures.iter_mut().filter(|figure| figure.get("as").is_some()) {
        let what = figure["metric"].as_str().or(figure["formula"].as_str()).unwrap();
        let is_of_customers = what.contains("customer");
        let is_percentile = matches!(figure["aggregation"].as_str(), Some("median" | "p90" | "p95" | "p99"));
        match dice.roll(4) {
            0 if !is_of_customers && !is_percentile => {
                figure["rolling"] = json!({"buckets": dice.roll(9) + 2});
                if dice.one_in(2) {
                    figure["rolling"]["figure"] = json!(dice.pick(&["average", "total"]));
                }
            }
            1 => figure["trend"] = json!(true),
            _ => {}
        }
    }
}

/// Conditions on figures, and on what is grouped by.
fn having(dice: &mut Dice, keys: &[String], group_by: &[&str], stores: &[OracleStore], depth: u32) -> Value {
    let parts = |dice: &mut Dice| -> Vec<Value> {
        (0..=dice.roll(2)).map(|_| having(dice, keys, group_by, stores, depth - 1)).collect()
    };
    match if depth == 0 { 9 } else { dice.roll(10) } {
        0..2 => json!({"and": parts(dice)}),
        2..4 => json!({"or": parts(dice)}),
        4 => json!({"not": having(dice, keys, group_by, stores, depth - 1)}),
        5 if !group_by.is_empty() => comparison(dice, group_by, stores),
        _ => {
            let key = &keys[usize::try_from(dice.roll(keys.len() as u64)).unwrap()];
            match dice.pick(&["equals", "notEquals", "gt", "gte", "lt", "lte", "set", "notSet"]) {
                operator @ ("set" | "notSet") => json!({"metric": key, "operator": operator}),
                operator => {
                    let number = match dice.roll(4) {
                        0 => json!(dice.up_to(5)),
                        1 => json!(dice.up_to(200)),
                        2 => json!(format!("{}.{}", dice.up_to(200), dice.up_to(99))),
                        _ => json!(0),
                    };
                    json!({"metric": key, "operator": operator, "values": [number]})
                }
            }
        }
    }
}

/// Metrics that count, also single customers.
const COUNTS: [&str; 5] = [
    "shopify.orders",
    "shopify.customers",
    "shopify.new_customers",
    "shopify.returning_customers",
    "shopify.cancelled_orders",
];

/// Steps, counted each by itself or with customers followed through them.
fn funnel(dice: &mut Dice, stores: &[OracleStore]) -> (Value, Vec<String>) {
    let steps: Vec<_> = (0..2 + dice.roll(3))
        .map(|number| {
            let mut step = json!({"metric": dice.pick(&COUNTS), "label": format!("Step {number}")});
            if dice.one_in(3) {
                step["filters"] = filter(dice, &DIMENSIONS, stores, 1);
            }
            step
        })
        .collect();
    let keys = (1..=steps.len()).map(|number| format!("step_{number}")).collect();
    let mut funnel = json!({"steps": steps});
    if dice.roll(3) > 0 {
        funnel["by"] = json!("customer");
        match dice.roll(4) {
            0 => {}
            1 => funnel["window"] = json!({"minutes": dice.roll(3 * 24 * 60) + 1}),
            2 => funnel["window"] = json!({"hours": dice.roll(100) + 1}),
            _ => funnel["window"] = json!({"days": dice.roll(100) + 1}),
        }
    }
    (funnel, keys)
}

pub(super) fn query(dice: &mut Dice, now: DateTime<Utc>, stores: &[OracleStore]) -> Value {
    let is_funnel = dice.one_in(6);
    let of_items = !is_funnel && dice.one_in(4);
    let metrics = if of_items {
        dice.several(&["shopify.units", "shopify.product_revenue"], 2)
    } else {
        dice.several(&METRICS, 4)
    };
    let dimensions: &[&str] = if of_items { &ITEM_DIMENSIONS } else { &DIMENSIONS };
    let on_their_day = dice.one_in(3);
    let (mut query, keys) = if is_funnel {
        let (funnel, keys) = funnel(dice, stores);
        (json!({"funnel": funnel}), keys)
    } else {
        let figures = metrics.iter().enumerate();
        let figures: Vec<_> =
            figures.map(|(at, metric)| figure(dice, at, metric, of_items, dimensions, stores)).collect();
        let keys = figures.iter().map(|figure| figure.as_str().or(figure["as"].as_str()).unwrap().to_owned()).collect();
        (json!({"metrics": figures}), keys)
    };
    if dice.one_in(4) {
        query["currency"] = json!("USD");
    }
    if on_their_day {
        query["refunds"] = json!("refund_date");
    }
    let one_zone = stores.iter().all(|store| store.zone == stores[0].zone);
    let granularity = match dice.roll(10) {
        0..3 => None,
        3..6 => Some("day"),
        6 if one_zone => Some("hour"),
        6 | 7 => Some("week"),
        8 => Some("month"),
        _ => Some(dice.pick(&["quarter", "year", "month"])),
    };
    let most = if granularity == Some("hour") { 4 } else { 70 };
    let named: &[&str] = match granularity {
        Some("hour") => &["today", "yesterday", "this_week", "last_week"],
        _ => &[
            "today",
            "yesterday",
            "last_7_days",
            "last_14_days",
            "last_28_days",
            "last_30_days",
            "last_90_days",
            "last_12_months",
            "this_week",
            "last_week",
            "month_to_date",
            "last_month",
            "quarter_to_date",
            "year_to_date",
            "all_time",
        ],
    };
    query["time_range"] = if dice.one_in(2) { json!(dice.pick(named)) } else { dates(dice, now, most) };
    if let Some(granularity) = granularity {
        query["granularity"] = json!(granularity);
        if !is_funnel && dice.one_in(2) {
            shape(dice, query["metrics"].as_array_mut().unwrap());
        }
        if dice.one_in(3) {
            query["fill"] = json!(dice.one_in(2));
        }
    }
    let mut group_by = Vec::new();
    if dice.one_in(2) {
        group_by = dice.several(dimensions, 1);
        query["group_by"] = json!(group_by);
    }
    if dice.one_in(2) {
        query["filters"] = filter(dice, dimensions, stores, 2);
    }
    if dice.one_in(2) {
        compare(dice, &mut query, now, most);
    }
    let is_by_currency = group_by.contains(&"currency") && query.get("currency").is_none();
    if !group_by.is_empty() && !is_by_currency && dice.one_in(3) {
        let metrics = query["metrics"].as_array().cloned().unwrap_or_default();
        let is_shaped = |at: usize| {
            let figure = metrics.get(at).unwrap_or(&Value::Null);
            figure.get("rolling").is_some() || figure.get("trend").is_some()
        };
        let plain: Vec<_> = (0..keys.len()).filter(|at| !is_shaped(*at)).collect();
        if !plain.is_empty() {
            let key = &keys[dice.pick(&plain)];
            query["top"] = match dice.roll(3) {
                0 => json!({"groups": dice.roll(4) + 1}),
                1 => json!({"groups": dice.roll(4) + 1, "by": key}),
                _ => json!({"groups": dice.roll(2) + 1, "by": key, "other": false}),
            };
        }
    }
    let is_topped = query.get("top").is_some();
    let pivot = group_by.first().copied().filter(|_| !(is_funnel || is_topped && group_by.len() > 1) && dice.one_in(3));
    if let Some(pivot) = pivot {
        query["pivot"] = json!(pivot);
    }
    if dice.one_in(5) {
        query["having"] = having(dice, &keys, &group_by, stores, 2);
    }
    if dice.one_in(2) {
        let figures = keys.iter().map(String::as_str).filter(|_| pivot.is_none());
        let mut fields: Vec<&str> =
            figures.chain(group_by.iter().copied().filter(|name| Some(*name) != pivot)).collect();
        fields.extend(granularity.map(|_| "time"));
        if fields.is_empty() {
            fields.push("none");
        }
        let steps = dice.several(&fields, 2).into_iter().map(|field| match dice.roll(3) {
            0 => json!({"field": field}),
            1 => json!({"field": field, "direction": "asc"}),
            _ => json!({"field": field, "direction": "desc"}),
        });
        let steps: Vec<_> = steps.filter(|step| step["field"] != "none").collect();
        query["order_by"] = json!(steps);
    }
    let of_weeks =
        granularity == Some("week") || query["time_range"] == "this_week" || query["time_range"] == "last_week";
    let several = stores.iter().any(|store| store.week_start != stores[0].week_start);
    if of_weeks && several || dice.one_in(8) {
        query["week_start"] = json!(dice.pick(&["monday", "wednesday", "saturday", "sunday"]));
    }
    query["limit"] = json!(if dice.one_in(4) { dice.roll(20) + 1 } else { 10_000 });
    query["offset"] = json!(if dice.one_in(6) { dice.roll(20) } else { 0 });
    query
}

fn compare(dice: &mut Dice, query: &mut Value, now: DateTime<Utc>, most: i64) {
    let named = dice.pick(&["previous_period", "previous_week", "previous_month", "previous_year"]);
    let is_named = dice.roll(5) > 0 && !(named == "previous_period" && query["time_range"] == "all_time");
    query["compare_to"] = if is_named { json!(named) } else { dates(dice, now, most) };
    if is_named && dice.one_in(4) {
        query["align"] = json!("day_of_week");
    }
    // How much time customers of the compared period have is written down by hand.
    if dice.one_in(3) || query["funnel"].get("by").is_some() {
        query["partial"] = json!("full");
    }
}
