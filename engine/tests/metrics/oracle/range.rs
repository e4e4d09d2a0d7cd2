//! Which days a query is about.

use chrono::Weekday;
use serde_json::Value;

use super::OracleStore;
use super::calendar::{Back, civil, first_of, last_of, local, number, parse_date};

pub(super) struct Range {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) whole_to: i64,
    pub(super) unit: Back,
}

pub(super) fn range(query: &Value, store: &OracleStore, today: i64) -> Range {
    let spec = &query["time_range"];
    let Some(name) = spec.as_str() else {
        let from = parse_date(spec["from"].as_str().unwrap());
        let to = parse_date(spec["to"].as_str().unwrap());
        return Range { from, to, whole_to: to, unit: Back::Days(to - from + 1) };
    };
    let week_start = week_start(query, store);
    let so_far = |granularity: &str, unit| Range {
        from: first_of(granularity, week_start, today),
        to: today,
        whole_to: last_of(granularity, week_start, today),
        unit,
    };
    let days = |count: i64| Range { from: today - count, to: today - 1, whole_to: today - 1, unit: Back::Days(count) };
    let before = |granularity: &str, unit| {
        let to = first_of(granularity, week_start, today) - 1;
        Range { from: first_of(granularity, week_start, to), to, whole_to: to, unit }
    };
    match name {
        "today" => so_far("day", Back::Days(1)),
        "yesterday" => days(1),
        "last_7_days" => days(7),
        "last_14_days" => days(14),
        "last_28_days" => days(28),
        "last_30_days" => days(30),
        "last_90_days" => days(90),
        "last_12_months" => {
            let to = first_of("month", week_start, today) - 1;
            let (y, m, _) = civil(to + 1);
            Range { from: number(y - 1, m, 1), to, whole_to: to, unit: Back::Months(12) }
        }
        "this_week" => so_far("week", Back::Days(7)),
        "last_week" => before("week", Back::Days(7)),
        "month_to_date" => so_far("month", Back::Months(1)),
        "last_month" => before("month", Back::Months(1)),
        "quarter_to_date" => so_far("quarter", Back::Months(3)),
        "year_to_date" => so_far("year", Back::Months(12)),
        "all_time" => {
            let (first, last) = days_with_data(store).unwrap_or((today, today));
            let to = last.max(today);
            Range { from: first, to, whole_to: to, unit: Back::Days(0) }
        }
        other => panic!("{other}"),
    }
}

/// The local days of the first and the last order: of days before and after them nothing is known.
pub(super) fn days_with_data(store: &OracleStore) -> Option<(i64, i64)> {
    let days = store.orders.iter().map(|order| local(store.zone, order.created_at).0);
    days.clone().min().zip(days.max())
}

pub(super) fn week_start(query: &Value, store: &OracleStore) -> Weekday {
    query["week_start"].as_str().map_or(store.week_start, |name| name.parse().unwrap())
}
