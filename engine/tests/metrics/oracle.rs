//! The naive oracle: it answers a query by walking over plain orders, with calendar arithmetic of its own.
//!
//! From the engine it takes nothing; from outside only the offset of a zone at an instant. It reads the query as JSON, so
//! it also checks how the engine reads one. A date is a count of days since 1970-01-01.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Offset, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::support::{Item, Order};

pub(crate) struct OracleStore {
    pub(crate) id: String,
    pub(crate) zone: Tz,
    pub(crate) week_start: Weekday,
    pub(crate) orders: Vec<Order>,
}

const DAY: i64 = 86_400_000_000;

fn civil(day: i64) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

fn number(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

fn month_length(year: i64, month: i64) -> i64 {
    let (y, m) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    number(y, m, 1) - number(year, month, 1)
}

fn date_text(day: i64) -> String {
    let (y, m, d) = civil(day);
    format!("{y:04}-{m:02}-{d:02}")
}

pub(crate) fn parse_date(text: &str) -> i64 {
    let parts: Vec<i64> = text.split('-').map(|part| part.parse().unwrap()).collect();
    number(parts[0], parts[1], parts[2])
}

fn offset_seconds(zone: Tz, at: DateTime<Utc>) -> i64 {
    i64::from(zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc())
}

/// The local date, and microseconds into it.
fn local(zone: Tz, at: DateTime<Utc>) -> (i64, i64) {
    let micros = at.timestamp_micros() + offset_seconds(zone, at) * 1_000_000;
    (micros.div_euclid(DAY), micros.rem_euclid(DAY))
}

#[derive(Clone, Copy)]
enum Back {
    Days(i64),
    Months(i64),
}

fn back(shift: Back, day: i64) -> Option<i64> {
    match shift {
        Back::Days(days) => Some(day - days),
        Back::Months(months) => {
            let (y, m, d) = civil(day);
            let index = y * 12 + (m - 1) - months;
            let (y, m) = (index.div_euclid(12), index.rem_euclid(12) + 1);
            (d <= month_length(y, m)).then(|| number(y, m, d))
        }
    }
}

fn back_or_later(shift: Back, mut day: i64) -> i64 {
    loop {
        if let Some(found) = back(shift, day) {
            return found;
        }
        day += 1;
    }
}

fn back_or_earlier(shift: Back, mut day: i64) -> i64 {
    loop {
        if let Some(found) = back(shift, day) {
            return found;
        }
        day -= 1;
    }
}

fn back_span(shift: Back, from: i64, to: i64) -> (i64, i64) {
    if matches!(shift, Back::Months(_)) && civil(from).2 == 1 && civil(to + 1).2 == 1 {
        return (back_or_later(shift, from), back_or_later(shift, to + 1) - 1);
    }
    (back_or_later(shift, from), back_or_earlier(shift, to))
}

fn first_of(granularity: &str, week_start: Weekday, mut day: i64) -> i64 {
    let begins = |day: i64| {
        let (_, m, d) = civil(day);
        match granularity {
            // The first of January 1970 was a Thursday.
            "week" => (day + 3).rem_euclid(7) == i64::from(week_start.num_days_from_monday()),
            "month" => d == 1,
            "quarter" => d == 1 && m % 3 == 1,
            "year" => d == 1 && m == 1,
            _ => true,
        }
    };
    while !begins(day) {
        day -= 1;
    }
    day
}

fn last_of(granularity: &str, week_start: Weekday, day: i64) -> i64 {
    let first = first_of(granularity, week_start, day);
    let mut last = day;
    while first_of(granularity, week_start, last + 1) == first {
        last += 1;
    }
    last
}

struct Range {
    from: i64,
    to: i64,
    whole_to: i64,
    unit: Back,
}

fn range(query: &Value, store: &OracleStore, today: i64) -> Range {
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
            let with_items = uses_items(query);
            let with_orders = uses_orders(query);
            let held = store.orders.iter().filter(|order| with_orders || with_items && !order.items.is_empty());
            let dates: BTreeSet<i64> = held.map(|order| local(store.zone, order.created_at).0).collect();
            let to = dates.last().map_or(today, |last| *last.max(&today));
            Range { from: dates.first().copied().unwrap_or(today), to, whole_to: to, unit: Back::Days(0) }
        }
        other => panic!("{other}"),
    }
}

/// The local days of the first and the last order that the query could be about, whatever its filters say.
fn days_with_data(query: &Value, store: &OracleStore) -> Option<(i64, i64)> {
    let mut days: Option<(i64, i64)> = None;
    for order in &store.orders {
        if uses_orders(query) || uses_items(query) && !order.items.is_empty() {
            let (day, _) = local(store.zone, order.created_at);
            days = Some(days.map_or((day, day), |(first, last)| (day.min(first), day.max(last))));
        }
    }
    days
}

fn week_start(query: &Value, store: &OracleStore) -> Weekday {
    query["week_start"].as_str().map_or(store.week_start, |name| name.parse().unwrap())
}

fn metrics(query: &Value) -> Vec<&str> {
    query["metrics"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect()
}

fn is_of_items(metric: &str) -> bool {
    matches!(metric, "shopify.units" | "shopify.product_revenue")
}

fn uses_items(query: &Value) -> bool {
    metrics(query).iter().any(|metric| is_of_items(metric))
}

fn uses_orders(query: &Value) -> bool {
    metrics(query).iter().any(|metric| !is_of_items(metric))
}

fn is_money(metric: &str) -> bool {
    !matches!(
        metric,
        "shopify.orders"
            | "shopify.units"
            | "shopify.customers"
            | "shopify.new_customers"
            | "shopify.returning_customers"
            | "shopify.cancelled_orders"
    )
}

/// A row that some metric could be about.
#[derive(Clone, Copy)]
struct Fact<'a> {
    store: usize,
    order: &'a Order,
    item: Option<&'a Item>,
    customer_type: Option<&'static str>,
}

impl Fact<'_> {
    fn dimension(&self, store: &OracleStore, name: &str) -> Option<String> {
        let item = self.item;
        match name {
            "store" => return Some(store.id.clone()),
            "channel" => self.order.channel,
            "country" => self.order.country,
            "discount_code" => self.order.discount_code,
            "financial_status" => self.order.financial_status,
            "currency" => Some(self.order.currency),
            "customer_type" => self.customer_type,
            "product" => item.map(|item| item.product),
            "variant" => item.and_then(|item| item.variant),
            "vendor" => item.and_then(|item| item.vendor),
            other => panic!("{other}"),
        }
        .map(str::to_owned)
    }

    /// Whether the metric is about this row at all.
    fn is_of(&self, metric: &str) -> bool {
        is_of_items(metric) == self.item.is_some()
            && !self.order.is_test
            && self.order.is_cancelled == (metric == "shopify.cancelled_orders")
    }
}

fn matches_filter(filter: &Value, fact: &Fact<'_>, store: &OracleStore) -> Option<bool> {
    if let Some(parts) = filter.get("and") {
        let parts: Vec<_> = parts.as_array().unwrap().iter().map(|part| matches_filter(part, fact, store)).collect();
        return if parts.contains(&Some(false)) {
            Some(false)
        } else if parts.contains(&None) {
            None
        } else {
            Some(true)
        };
    }
    if let Some(parts) = filter.get("or") {
        let parts: Vec<_> = parts.as_array().unwrap().iter().map(|part| matches_filter(part, fact, store)).collect();
        return if parts.contains(&Some(true)) {
            Some(true)
        } else if parts.contains(&None) {
            None
        } else {
            Some(false)
        };
    }
    if let Some(part) = filter.get("not") {
        return matches_filter(part, fact, store).map(|holds| !holds);
    }
    let value = fact.dimension(store, filter["dimension"].as_str().unwrap());
    let operator = filter["operator"].as_str().unwrap();
    match operator {
        "set" => return Some(value.is_some()),
        "notSet" => return Some(value.is_none()),
        _ => {}
    }
    let value = value?;
    let values: Vec<&str> = filter["values"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let (lower, text) = (value.to_lowercase(), values[0].to_lowercase());
    Some(match operator {
        "equals" | "in" => values.contains(&value.as_str()),
        "notEquals" | "notIn" => !values.contains(&value.as_str()),
        "contains" => lower.contains(&text),
        "notContains" => !lower.contains(&text),
        "startsWith" => lower.starts_with(&text),
        "endsWith" => lower.ends_with(&text),
        other => panic!("{other}"),
    })
}

/// A metric over some facts, of which it takes those that are its own.
fn evaluate(metric: &str, facts: &[Fact<'_>]) -> Option<i128> {
    let own: Vec<_> = facts.iter().filter(|fact| fact.is_of(metric)).collect();
    let sum = |of: fn(&Order) -> i64| own.iter().map(|fact| i128::from(of(fact.order))).sum::<i128>();
    let customers = |kind: Option<&str>| {
        let taken = own.iter().filter(|fact| kind.is_none() || fact.customer_type == kind);
        taken.filter_map(|fact| Some((fact.store, fact.order.customer?))).collect::<BTreeSet<_>>().len() as i128
    };
    let items = |of: fn(&Item) -> i64| own.iter().filter_map(|fact| fact.item).map(|item| i128::from(of(item))).sum();
    Some(match metric {
        "shopify.revenue" => sum(|order| order.total),
        "shopify.net_revenue" => sum(|order| order.total - order.refunded),
        "shopify.orders" | "shopify.cancelled_orders" => own.len() as i128,
        "shopify.units" => items(|item| item.quantity),
        "shopify.aov" => return half_even(sum(|order| order.total), own.len() as i128),
        "shopify.discounts" => sum(|order| order.discount),
        "shopify.refunds" => sum(|order| order.refunded),
        "shopify.tax" => sum(|order| order.tax),
        "shopify.shipping" => sum(|order| order.shipping),
        "shopify.customers" => customers(None),
        "shopify.new_customers" => customers(Some("new")),
        "shopify.returning_customers" => customers(Some("returning")),
        "shopify.revenue_per_customer" => {
            return half_even(sum(|order| if order.customer.is_some() { order.total } else { 0 }), customers(None));
        }
        "shopify.product_revenue" => items(|item| item.amount),
        other => panic!("{other}"),
    })
}

fn half_even(a: i128, b: i128) -> Option<i128> {
    if b == 0 {
        return None;
    }
    // Twice as fine first: the last bit and the rest tell a half from more and less.
    let halves = (2 * a).div_euclid(b);
    let is_exact = halves * b == 2 * a;
    let floor = halves.div_euclid(2);
    let is_half = halves.rem_euclid(2) == 1;
    Some(floor + i128::from(is_half && (!is_exact || floor.rem_euclid(2) == 1)))
}

fn money_text(raw: i128) -> String {
    let (whole, mut rest) = (raw.abs() / 10_000, format!("{:04}", raw.abs() % 10_000));
    while rest.len() > 2 && rest.ends_with('0') {
        rest.pop();
    }
    format!("{}{whole}.{rest}", if raw < 0 { "-" } else { "" })
}

fn figure_json(metric: &str, figure: Option<i128>) -> Value {
    match figure {
        None => Value::Null,
        Some(raw) if is_money(metric) => json!(money_text(raw)),
        Some(count) => json!(i64::try_from(count).unwrap()),
    }
}

fn compared_json(metric: &str, now: Option<i128>, before: Option<i128>) -> Value {
    let delta = now.and_then(|now| Some(now - before?));
    let ratio = delta.filter(|_| before != Some(0)).map(|delta| {
        let exact = delta as f64 / before.unwrap().abs() as f64;
        (exact * 1e6).round() / 1e6
    });
    json!({"value": figure_json(metric, before), "delta": figure_json(metric, delta), "ratio": ratio})
}

/// One step of the time axis, for one store.
#[derive(Clone, Debug, Default)]
struct Step {
    text: Option<String>,
    has_begun: bool,
    beside: Option<String>,
    has_beside: bool,
}

/// A bucket's key: something that sorts like time. Dates for days and longer; the instant for hours.
type Key = i64;
type Group = Vec<Option<String>>;

#[derive(Default)]
struct Cell<'a> {
    current: Vec<Fact<'a>>,
    previous: Vec<Fact<'a>>,
}

#[derive(Default)]
struct Gathered<'a> {
    steps: BTreeMap<Key, Step>,
    cells: BTreeMap<(Key, Group), Cell<'a>>,
    current: Vec<Fact<'a>>,
    previous: Vec<Fact<'a>>,
    has_begun: bool,
    has_previous: bool,
}

/// The hours of a local date: begin, text, hour on the wall, how often it had been there before.
fn hours(zone: Tz, day: i64) -> Vec<(i64, String, i64, usize)> {
    let mut found: Vec<(i64, String, i64, usize)> = Vec::new();
    let mut last = None;
    for minute in -16 * 60..40 * 60 {
        let at = DateTime::from_timestamp_micros(day * DAY + minute * 60_000_000).unwrap();
        let (date, into) = local(zone, at);
        let offset = offset_seconds(zone, at);
        let hour = into / 3_600_000_000;
        if date == day && last != Some((hour, offset)) {
            let sign = if offset < 0 { '-' } else { '+' };
            let minutes = offset.abs() / 60;
            let start = into / 60_000_000 % 60;
            let text =
                format!("{}T{hour:02}:{start:02}:00{sign}{:02}:{:02}", date_text(day), minutes / 60, minutes % 60);
            let before = found.iter().filter(|other| other.2 == hour).count();
            found.push((at.timestamp_micros(), text, hour, before));
        }
        last = (date == day).then_some((hour, offset));
    }
    found
}

fn gather<'a>(gathered: &mut Gathered<'a>, query: &Value, number: usize, store: &'a OracleStore, now: DateTime<Utc>) {
    let asked = metrics(query);
    let granularity = query["granularity"].as_str();
    let group_by: Vec<&str> = query["group_by"]
        .as_array()
        .map(|names| names.iter().map(|name| name.as_str().unwrap()).collect())
        .unwrap_or_default();
    let (today, into_today) = local(store.zone, now);
    let range = range(query, store, today);
    let week_start = week_start(query, store);
    // Of days without any order before or after nothing is known.
    let data = days_with_data(query, store);
    let is_told = |from: i64, to: i64| data.is_some_and(|(first, last)| from.max(first) <= to.min(last));
    let to_date = query["partial"].as_str() != Some("full");

    // The compared dates.
    let compare = query.get("compare_to");
    let shift = compare.map(|compare| {
        let shift = match compare.as_str() {
            Some("previous_period") => range.unit,
            Some("previous_week") => Back::Days(7),
            Some("previous_month") => Back::Months(1),
            Some("previous_year") => Back::Months(12),
            Some(other) => panic!("{other}"),
            None => Back::Days(range.from - parse_date(compare["from"].as_str().unwrap())),
        };
        match shift {
            _ if query["align"].as_str() != Some("day_of_week") => shift,
            Back::Days(days) => Back::Days((days + 6).div_euclid(7) * 7),
            Back::Months(1) => Back::Days(28),
            Back::Months(3) => Back::Days(91),
            Back::Months(_) => Back::Days(364),
        }
    });
    let other = compare.map(|compare| match compare.as_str() {
        Some(_) => back_span(shift.unwrap(), range.from, range.whole_to),
        None => (parse_date(compare["from"].as_str().unwrap()), parse_date(compare["to"].as_str().unwrap())),
    });
    let is_unfinished = range.to >= today;
    let cut = shift.filter(|_| is_unfinished && to_date).map(|shift| match back(shift, today) {
        Some(day) => (day, into_today / 60_000_000 * 60_000_000),
        None => (back_or_later(shift, today), 0),
    });
    let is_reached = |day: i64, into: i64| cut.is_none_or(|cut| (day, into) < cut);
    let is_told_and_reached = |from: i64, to: i64| (from..=to).any(|day| is_told(day, day) && is_reached(day, 0));
    let has_other = other.is_some_and(|(from, to)| is_told_and_reached(from, to));
    let has_now = range.from <= today && is_told(range.from, range.to);

    // The steps, and which stands beside which.
    let mut beside: BTreeMap<Key, Key> = BTreeMap::new(); // compared date or hour -> key
    match granularity {
        None => {
            let step = gathered.steps.entry(0).or_default();
            step.has_begun |= has_now;
            step.has_beside |= has_other;
        }
        Some("hour") => {
            for day in range.from..=range.to {
                for (key, text, hour, before) in hours(store.zone, day) {
                    let step = gathered.steps.entry(key).or_default();
                    step.text = Some(text);
                    step.has_begun |= key <= now.timestamp_micros() && is_told(day, day);
                    let counterpart = shift
                        .and_then(|shift| back(shift, day))
                        .filter(|day| other.is_some_and(|(from, to)| from <= *day && *day <= to))
                        .and_then(|day| {
                            hours(store.zone, day).into_iter().find(|other| (other.2, other.3) == (hour, before))
                        });
                    if let Some((begin, text, ..)) = counterpart {
                        let (day, into) = local(store.zone, DateTime::from_timestamp_micros(begin).unwrap());
                        step.beside = Some(text);
                        step.has_beside |= is_reached(day, into) && is_told(day, day);
                        beside.insert(begin, key);
                    }
                }
            }
        }
        Some(granularity) => {
            let label = |day: i64| first_of(granularity, week_start, day);
            let mut first = range.from;
            while first <= range.to {
                let key = label(first);
                let last = last_of(granularity, week_start, first).min(range.whole_to);
                let step = gathered.steps.entry(key).or_default();
                step.text = Some(date_text(key));
                step.has_begun |= first <= today && is_told(first, last.min(range.to));
                if let (Some(shift), Some((from, to))) = (shift, other) {
                    let (a, b) = back_span(shift, first, last);
                    let (a, b) = (a.max(from), b.min(to));
                    if a <= b {
                        step.beside = step.beside.take().or(Some(date_text(back_or_later(shift, key))));
                        step.has_beside |= is_told_and_reached(a, b);
                        beside.extend((a..=b).map(|day| (day, key)));
                    }
                }
                first = last_of(granularity, week_start, first) + 1;
            }
        }
    }
    gathered.has_begun |= has_now;
    gathered.has_previous |= has_other;

    // The rows.
    let first_orders = |customer: &str| {
        let own = store.orders.iter().filter(|order| order.customer == Some(customer));
        own.filter(|order| !order.is_test && !order.is_cancelled).map(|order| order.created_at).min()
    };
    for order in &store.orders {
        let customer_type = order.customer.map(|customer| match first_orders(customer) {
            Some(first) if order.created_at > first => "returning",
            _ => "new",
        });
        let fact = Fact { store: number, order, item: None, customer_type };
        let facts = [fact].into_iter().chain(order.items.iter().map(|item| Fact { item: Some(item), ..fact }));
        for fact in facts {
            if !asked.iter().any(|metric| fact.is_of(metric)) {
                continue;
            }
            if query.get("filters").is_some_and(|filter| matches_filter(filter, &fact, store) != Some(true)) {
                continue;
            }
            let group: Group = group_by.iter().map(|name| fact.dimension(store, name)).collect();
            let (day, into) = local(store.zone, order.created_at);
            if range.from <= day && day <= range.to {
                gathered.current.push(fact);
                let key = match granularity {
                    None => 0,
                    Some("hour") => hour_of(store.zone, day, order.created_at),
                    Some(granularity) => first_of(granularity, week_start, day),
                };
                gathered.cells.entry((key, group.clone())).or_default().current.push(fact);
            }
            if other.is_some_and(|(from, to)| from <= day && day <= to) && is_reached(day, into) {
                gathered.previous.push(fact);
                let key = match granularity {
                    None => Some(0),
                    Some("hour") => beside.get(&hour_of(store.zone, day, order.created_at)).copied(),
                    Some(_) => beside.get(&day).copied(),
                };
                if let Some(key) = key {
                    gathered.cells.entry((key, group)).or_default().previous.push(fact);
                }
            }
        }
    }
}

fn hour_of(zone: Tz, day: i64, at: DateTime<Utc>) -> i64 {
    hours(zone, day).iter().rev().find(|hour| hour.0 <= at.timestamp_micros()).unwrap().0
}

/// The answer's rows, totals, compared totals and row count; or the currencies that cannot be added up.
pub(crate) fn answer(query: &Value, stores: &[OracleStore], now: DateTime<Utc>) -> Result<Value, Vec<String>> {
    let mut gathered = Gathered::default();
    for (number, store) in stores.iter().enumerate() {
        gather(&mut gathered, query, number, store, now);
    }
    let asked = metrics(query);
    let group_by: Vec<&str> = query["group_by"]
        .as_array()
        .map(|names| names.iter().map(|name| name.as_str().unwrap()).collect())
        .unwrap_or_default();
    let is_compared = query.get("compare_to").is_some();

    let takes_money = |fact: &&Fact<'_>| {
        asked.iter().any(|metric| {
            is_money(metric)
                && fact.is_of(metric)
                && (*metric != "shopify.revenue_per_customer" || fact.order.customer.is_some())
        })
    };
    let with_money = gathered.current.iter().chain(&gathered.previous).filter(takes_money);
    let currencies: BTreeSet<&str> = with_money.map(|fact| fact.order.currency).collect();
    let by_currency = group_by.contains(&"currency");
    if currencies.len() > 1 && !by_currency {
        return Err(currencies.iter().map(ToString::to_string).collect());
    }

    let fills = query["fill"].as_bool() != Some(false) && query.get("granularity").is_some();
    let mut groups: BTreeSet<Group> = gathered.cells.keys().map(|(_, group)| group.clone()).collect();
    if group_by.is_empty() {
        groups.insert(Vec::new());
    }
    let everything = fills || group_by.is_empty() && query.get("granularity").is_none();
    let keys: Vec<(Key, Group)> = if everything {
        gathered.steps.keys().flat_map(|key| groups.iter().map(move |group| (*key, group.clone()))).collect()
    } else {
        gathered.cells.keys().cloned().collect()
    };
    let nothing = Cell::default();
    let evaluate_all = |facts: &[Fact<'_>], or_nothing: bool| -> Vec<Option<i128>> {
        let exists = or_nothing || !facts.is_empty();
        asked.iter().map(|metric| if exists { evaluate(metric, facts) } else { None }).collect()
    };
    let mut rows: Vec<_> = keys
        .into_iter()
        .map(|key| {
            let cell = gathered.cells.get(&key).unwrap_or(&nothing);
            let step = &gathered.steps[&key.0];
            (evaluate_all(&cell.current, step.has_begun), evaluate_all(&cell.previous, step.has_beside), key)
        })
        .collect();
    sort(query, &asked, &group_by, &mut rows);

    let written = rows.iter().map(|(now, before, (key, group))| {
        let step = &gathered.steps[key];
        let mut row = Map::new();
        let mut compared = Map::new();
        if query.get("granularity").is_some() {
            row.insert("time".to_owned(), json!(step.text));
            compared.insert("time".to_owned(), json!(step.beside));
        }
        for (name, value) in group_by.iter().zip(group) {
            row.insert((*name).to_owned(), json!(value));
        }
        for (metric, (now, before)) in asked.iter().zip(now.iter().zip(before)) {
            row.insert((*metric).to_owned(), figure_json(metric, *now));
            compared.insert((*metric).to_owned(), compared_json(metric, *now, *before));
        }
        if is_compared {
            row.insert("comparison".to_owned(), Value::Object(compared));
        }
        Value::Object(row)
    });
    let offset = query["offset"].as_u64().map_or(0, |offset| usize::try_from(offset).unwrap());
    let limit = query["limit"].as_u64().map_or(1_000, |limit| usize::try_from(limit).unwrap());
    let written: Vec<Value> = written.skip(offset).take(limit).collect();

    let all_currencies: BTreeSet<&str> =
        gathered.current.iter().chain(&gathered.previous).map(|fact| fact.order.currency).collect();
    let hides = |metric: &str| {
        by_currency && all_currencies.len() > 1 && is_money(metric) && asked.iter().any(|metric| is_money(metric))
    };
    let mut totals = Map::new();
    let mut compared_totals = Map::new();
    let now = evaluate_all(&gathered.current, gathered.has_begun);
    let before = evaluate_all(&gathered.previous, gathered.has_previous);
    for (metric, (now, before)) in asked.iter().zip(now.into_iter().zip(before)) {
        let (now, before) = if hides(metric) { (None, None) } else { (now, before) };
        totals.insert((*metric).to_owned(), figure_json(metric, now));
        compared_totals.insert((*metric).to_owned(), compared_json(metric, now, before));
    }
    Ok(json!({
        "rows": written,
        "totals": totals,
        "comparison": if is_compared { Value::Object(compared_totals) } else { Value::Null },
        "total_rows": rows.len(),
    }))
}

type OracleRow = (Vec<Option<i128>>, Vec<Option<i128>>, (Key, Group));

/// Sorted by insertion, one after the other, by comparing as the language says.
fn sort(query: &Value, asked: &[&str], group_by: &[&str], rows: &mut [OracleRow]) {
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
    rows.sort_by(|a, b| {
        for step in steps {
            let field = step["field"].as_str().unwrap();
            let descending = step["direction"].as_str().map_or(field.contains('.'), |direction| direction == "desc");
            let order = if field == "time" {
                if descending { b.2.0.cmp(&a.2.0) } else { a.2.0.cmp(&b.2.0) }
            } else if let Some(at) = group_by.iter().position(|name| *name == field) {
                nulls_last(&a.2.1[at], &b.2.1[at], descending)
            } else {
                let at = asked.iter().position(|metric| *metric == field).unwrap();
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

#[test]
fn the_oracle_knows_its_calendar() {
    assert_eq!(date_text(0), "1970-01-01");
    assert_eq!(date_text(parse_date("2024-02-29")), "2024-02-29");
    assert_eq!(parse_date("2026-11-19"), 20_776);
    assert_eq!(date_text(first_of("week", Weekday::Mon, parse_date("2026-11-19"))), "2026-11-16");
    assert_eq!(date_text(last_of("quarter", Weekday::Mon, parse_date("2026-11-19"))), "2026-12-31");
    assert_eq!(half_even(5, 2), Some(2));
    assert_eq!(half_even(7, 2), Some(4));
    assert_eq!(half_even(-5, 2), Some(-2));
    assert_eq!(half_even(-11, 3), Some(-4));
}
