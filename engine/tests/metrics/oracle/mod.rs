//! The naive oracle: it answers a query by walking over plain orders, with calendar arithmetic of its own.
//!
//! From the engine it takes nothing; from outside only the offset of a zone at an instant. It reads the query as JSON, so
//! it also checks how the engine reads one. A date is a count of days since 1970-01-01.

mod calendar;
mod facts;
mod figures;
mod funnel;
mod range;
mod setting;
mod top;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc, Weekday};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::support::Order;
use calendar::{Back, back, back_or_later, back_span, date_text, first_of, hour_of, hours, last_of, local, parse_date};
use facts::{Fact, Part, is_like, matches};
pub(crate) use figures::FORMULAS;
use figures::{Asked, asked};
use funnel::Funnel;
use range::{days_with_data, range, week_start};
pub(crate) use setting::Quotes;
use setting::Setting;

pub(crate) struct OracleStore {
    pub(crate) id: String,
    pub(crate) zone: Tz,
    pub(crate) week_start: Weekday,
    pub(crate) orders: Vec<Order>,
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
    /// Of each store by itself: whether it has begun, and whether something stands beside it.
    of_stores: BTreeMap<(String, Key), (bool, bool)>,
    cells: BTreeMap<(Key, Group), Cell<'a>>,
    current: Vec<Fact<'a>>,
    previous: Vec<Fact<'a>>,
    has_begun: bool,
    has_previous: bool,
    /// Of each store: whether its range has begun.
    of_ranges: BTreeMap<String, bool>,
}

impl<'a> Gathered<'a> {
    fn keep_only(&mut self, is_kept: impl Fn(&Fact<'a>) -> bool) {
        self.current.retain(&is_kept);
        self.previous.retain(&is_kept);
        for cell in self.cells.values_mut() {
            cell.current.retain(&is_kept);
            cell.previous.retain(&is_kept);
        }
        self.cells.retain(|_, cell| !cell.current.is_empty() || !cell.previous.is_empty());
    }
}

/// Why there is no answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Refusal {
    /// Amounts of these currencies cannot be added up.
    MixedCurrencies(Vec<String>),
    /// Some amount cannot be converted.
    MissingRate,
}

/// What rows are grouped by.
fn grouped_by(query: &Value) -> Vec<&str> {
    let names = query["group_by"].as_array();
    names.map(|names| names.iter().map(|name| name.as_str().unwrap()).collect()).unwrap_or_default()
}

fn gather<'a>(
    gathered: &mut Gathered<'a>,
    query: &Value,
    asked: &[Asked],
    number: usize,
    setting: &Setting<'a>,
    now: DateTime<Utc>,
) {
    let store = &setting.stores[number];
    let granularity = query["granularity"].as_str();
    let group_by = grouped_by(query);
    let (today, into_today) = local(store.zone, now);
    let range = range(query, store, today);
    let week_start = week_start(query, store);
    // Of days without any order before or after nothing is known.
    let data = days_with_data(store);
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
            gathered.of_stores.insert((store.id.clone(), 0), (has_now, has_other));
        }
        Some("hour") => {
            for day in range.from..=range.to {
                for (key, text, hour, before) in hours(store.zone, day) {
                    let step = gathered.steps.entry(key).or_default();
                    step.text = Some(text);
                    let own = gathered.of_stores.entry((store.id.clone(), key)).or_default();
                    own.0 |= key <= now.timestamp_micros() && is_told(day, day);
                    step.has_begun |= own.0;
                    let counterpart = shift
                        .and_then(|shift| back(shift, day))
                        .filter(|day| other.is_some_and(|(from, to)| from <= *day && *day <= to))
                        .and_then(|day| {
                            hours(store.zone, day).into_iter().find(|other| (other.2, other.3) == (hour, before))
                        });
                    if let Some((begin, text, ..)) = counterpart {
                        let (day, into) = local(store.zone, DateTime::from_timestamp_micros(begin).unwrap());
                        step.beside = Some(text);
                        own.1 |= is_reached(day, into) && is_told(day, day);
                        step.has_beside |= own.1;
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
                let own = gathered.of_stores.entry((store.id.clone(), key)).or_default();
                own.0 |= first <= today && is_told(first, last.min(range.to));
                step.has_begun |= own.0;
                if let (Some(shift), Some((from, to))) = (shift, other) {
                    let (a, b) = back_span(shift, first, last);
                    let (a, b) = (a.max(from), b.min(to));
                    if a <= b {
                        step.beside = step.beside.take().or(Some(date_text(back_or_later(shift, key))));
                        own.1 |= is_told_and_reached(a, b);
                        step.has_beside |= own.1;
                        beside.extend((a..=b).map(|day| (day, key)));
                    }
                }
                first = last_of(granularity, week_start, first) + 1;
            }
        }
    }
    gathered.of_ranges.insert(store.id.clone(), has_now);
    gathered.has_begun |= has_now;
    gathered.has_previous |= has_other;

    // The rows.
    for fact in facts_of(setting.stores, number) {
        if !asked.iter().any(|one| one.metrics().iter().any(|metric| fact.is_of(metric, setting))) {
            continue;
        }
        if query.get("filters").is_some_and(|filter| !fact.matches(filter, store)) {
            continue;
        }
        let group: Group = group_by.iter().map(|name| fact.dimension(store, name)).collect();
        let at = fact.at(setting);
        let (day, into) = local(store.zone, at);
        if range.from <= day && day <= range.to {
            gathered.current.push(fact);
            let key = match granularity {
                None => 0,
                Some("hour") => hour_of(store.zone, day, at),
                Some(granularity) => first_of(granularity, week_start, day),
            };
            gathered.cells.entry((key, group.clone())).or_default().current.push(fact);
        }
        if other.is_some_and(|(from, to)| from <= day && day <= to) && is_reached(day, into) {
            gathered.previous.push(fact);
            let key = match granularity {
                None => Some(0),
                Some("hour") => beside.get(&hour_of(store.zone, day, at)).copied(),
                Some(_) => beside.get(&day).copied(),
            };
            if let Some(key) = key {
                gathered.cells.entry((key, group)).or_default().previous.push(fact);
            }
        }
    }
}

/// Every row of a store.
fn facts_of(stores: &[OracleStore], number: usize) -> Vec<Fact<'_>> {
    let orders = &stores[number].orders;
    let first_order = |customer: &str| {
        let own = orders.iter().filter(|order| order.customer == Some(customer));
        own.filter(|order| !order.is_test && !order.is_cancelled).map(|order| order.created_at).min()
    };
    let of_order = |order| {
        let Order { customer, created_at, items, refunds, .. }: &Order = order;
        let customer_type = customer.map(|customer| match first_order(customer) {
            Some(first) if *created_at > first => "returning",
            _ => "new",
        });
        let parts = items.iter().map(Part::Item).chain(refunds.iter().map(Part::Refund));
        [Part::Whole].into_iter().chain(parts).map(move |part| Fact { store: number, order, part, customer_type })
    };
    orders.iter().flat_map(of_order).collect()
}

/// The answer's rows, totals, compared totals and row count.
pub(crate) fn answer(
    query: &Value,
    stores: &[OracleStore],
    quotes: &Quotes,
    now: DateTime<Utc>,
) -> Result<Value, Refusal> {
    let asked = asked(query);
    let setting = Setting::of(query, stores, quotes);
    let funnel = Funnel::of(query, &asked, &setting);
    let mut gathered = Gathered::default();
    for number in 0..stores.len() {
        // Who is followed counts where the first step is.
        let counted = if funnel.is_following() { &asked[..1] } else { &asked };
        gather(&mut gathered, query, counted, number, &setting, now);
    }
    if funnel.is_following() {
        gathered.keep_only(|fact| asked[0].is_step(fact, &setting));
    }
    let group_by = grouped_by(query);
    let is_compared = query.get("compare_to").is_some();

    let facts = gathered.current.iter().chain(&gathered.previous);
    let with_money: Vec<_> = facts.filter(|fact| asked.iter().any(|one| one.takes_money(fact, &setting))).collect();
    if with_money.iter().any(|fact| setting.rate(fact).is_none()) {
        return Err(Refusal::MissingRate);
    }
    let currencies: BTreeSet<&str> =
        with_money.iter().map(|fact| setting.currency.unwrap_or(fact.order.currency)).collect();
    let by_currency = group_by.contains(&"currency");
    if currencies.len() > 1 && !by_currency {
        return Err(Refusal::MixedCurrencies(currencies.iter().map(ToString::to_string).collect()));
    }
    let evaluate_all = |facts: &[Fact<'_>], or_nothing: bool| -> Vec<Option<i128>> {
        let figure = |(at, one): (usize, &Asked)| match funnel.is_following() {
            true => Some(funnel.reached(facts, at) * 1_000_000),
            false => one.figure(facts, &setting),
        };
        let exists = or_nothing || !facts.is_empty();
        asked.iter().enumerate().map(|one| if exists { figure(one) } else { None }).collect()
    };
    let taken = top::take(query, &asked, stores, &mut gathered, &evaluate_all);
    let others = taken.as_ref().map(|others| others.group.clone());

    let fills = query["fill"].as_bool() != Some(false) && query.get("granularity").is_some();
    let mut groups: BTreeSet<Group> = gathered.cells.keys().map(|(_, group)| group.clone()).collect();
    if group_by.is_empty() {
        groups.insert(Vec::new());
    }
    let is_listed_anyway = fills || query.get("granularity").is_none();
    groups.extend(others.clone().filter(|_| is_listed_anyway));
    let everything = fills || group_by.is_empty() && query.get("granularity").is_none();
    let keys: Vec<(Key, Group)> = if everything {
        gathered.steps.keys().flat_map(|key| groups.iter().map(move |group| (*key, group.clone()))).collect()
    } else {
        let unlisted = others.clone().filter(|_| is_listed_anyway).map(|group| (0, group));
        gathered.cells.keys().cloned().chain(unlisted).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let nothing = Cell::default();
    let is_others = |group: &Group| others.as_ref() == Some(group);
    let mut rows: Vec<_> = keys
        .into_iter()
        .map(|key| {
            let cell = gathered.cells.get(&key).unwrap_or(&nothing);
            let step = &gathered.steps[&key.0];
            // A row of one store tells what that store tells.
            let by_store = group_by.iter().position(|name| *name == "store").filter(|_| !is_others(&key.1));
            let (has_begun, has_beside) = match by_store {
                None if is_others(&key.1) && group_by == ["store"] => {
                    // The stores that are not listed tell.
                    let listed = &taken.as_ref().unwrap().listed;
                    let is_listed = |id: &String| listed.iter().any(|group| group[0].as_ref() == Some(id));
                    let others = gathered.of_stores.iter().filter(|((id, step), _)| *step == key.0 && !is_listed(id));
                    others.fold((false, false), |told, (_, own)| (told.0 || own.0, told.1 || own.1))
                }
                Some(at) => {
                    let own = (key.1[at].clone().unwrap(), key.0);
                    gathered.of_stores.get(&own).copied().unwrap_or_default()
                }
                None => (step.has_begun, step.has_beside),
            };
            (evaluate_all(&cell.current, has_begun), evaluate_all(&cell.previous, has_beside), key)
        })
        .collect();
    if let Some(condition) = query.get("having") {
        rows.retain(|(now, _, (_, group))| {
            let is = |one: &Value| match one["metric"].as_str() {
                Some(key) => {
                    let at = asked.iter().position(|asked| asked.key == key).unwrap();
                    asked[at].is_like(one, now[at])
                }
                None => {
                    let at = group_by.iter().position(|name| *name == one["dimension"]).unwrap();
                    // Of all others nothing is known.
                    if is_others(group) { None } else { is_like(one, group[at].clone()) }
                }
            };
            matches(condition, &is) == Some(true)
        });
    }
    sort(query, &asked, &group_by, others.as_ref(), &mut rows);

    let steps = if funnel.is_any() { asked.len() } else { 1 };
    let lines = rows.iter().flat_map(|row| (0..steps).map(move |at| (row, at)));
    let written = lines.map(|((now, before, (key, group)), at)| {
        let step = &gathered.steps[key];
        let mut row = Map::new();
        let mut compared = Map::new();
        if query.get("granularity").is_some() {
            row.insert("time".to_owned(), json!(step.text));
            compared.insert("time".to_owned(), json!(step.beside));
        }
        for (at, name) in group_by.iter().enumerate() {
            row.insert((*name).to_owned(), if is_others(group) { Value::Null } else { json!(group[at]) });
        }
        if is_others(group) {
            row.insert("other".to_owned(), json!(true));
        }
        if funnel.is_any() {
            funnel.describe(&asked, at, now, before, &mut row, &mut compared);
        } else {
            for (one, (now, before)) in asked.iter().zip(now.iter().zip(before)) {
                row.insert(one.key.clone(), one.json(*now));
                compared.insert(one.key.clone(), one.compared(*now, *before));
            }
        }
        if is_compared {
            row.insert("comparison".to_owned(), Value::Object(compared));
        }
        Value::Object(row)
    });
    let offset = query["offset"].as_u64().map_or(0, |offset| usize::try_from(offset).unwrap());
    let limit = query["limit"].as_u64().map_or(1_000, |limit| usize::try_from(limit).unwrap());
    let written: Vec<Value> = written.skip(offset).take(limit).collect();

    let hides = |one: &Asked| currencies.len() > 1 && one.has_money();
    let mut totals = Map::new();
    let mut compared_totals = Map::new();
    let now = evaluate_all(&gathered.current, gathered.has_begun);
    let before = evaluate_all(&gathered.previous, gathered.has_previous);
    for (one, (&now, &before)) in asked.iter().zip(now.iter().zip(&before)) {
        let (now, before) = if hides(one) { (None, None) } else { (now, before) };
        totals.insert(one.key.clone(), one.json(now));
        compared_totals.insert(one.key.clone(), one.compared(now, before));
    }
    if funnel.is_any() {
        funnel.conclude(&now, &before, &mut totals, &mut compared_totals);
    }
    Ok(json!({
        "rows": written,
        "totals": totals,
        "comparison": if is_compared { Value::Object(compared_totals) } else { Value::Null },
        "total_rows": rows.len() * steps,
    }))
}

type OracleRow = (Vec<Option<i128>>, Vec<Option<i128>>, (Key, Group));

/// Sorted by insertion, one after the other, by comparing as the language says.
fn sort(query: &Value, asked: &[Asked], group_by: &[&str], others: Option<&Group>, rows: &mut [OracleRow]) {
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
