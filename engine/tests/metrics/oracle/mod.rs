//! The naive oracle: it answers a query by walking over plain orders, with calendar arithmetic of its own.
//!
//! From the engine it takes nothing; from outside only the offset of a zone at an instant. It reads the query as JSON, so
//! it also checks how the engine reads one. A date is a count of days since 1970-01-01.

mod calendar;
mod facts;
mod figures;
mod funnel;
mod gather;
mod pivot;
mod range;
mod setting;
mod shaping;
mod sort;
mod top;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc, Weekday};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::support::Order;
use facts::{Fact, Part, is_like, matches};
pub(crate) use figures::FORMULAS;
use figures::{Asked, asked};
use funnel::Funnel;
use gather::gather;
pub(crate) use setting::Quotes;
use setting::Setting;
use shaping::{Ahead, Shaping, Side};
use sort::sort;

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
    /// It is over, and all of it in the ranges.
    is_whole: bool,
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
    /// What there is before the ranges.
    ahead: Ahead<'a>,
    /// Of each store: whether its range has begun.
    of_ranges: BTreeMap<String, bool>,
}

impl Cell<'_> {
    /// Whether something of it is rolled.
    fn is_rolled(&self, asked: &[Asked], setting: &Setting<'_>) -> bool {
        let mut rolled = asked.iter().filter(|one| matches!(one.shape, Some(shaping::Shape::Rolling(..))));
        rolled.any(|one| {
            let is_its = |fact: &Fact<'_>| one.metrics().iter().any(|metric| fact.is_of(metric, setting));
            self.current.iter().chain(&self.previous).any(is_its)
        })
    }
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
    match query.get("pivot") {
        Some(_) => pivot::answer(query, stores, quotes, now),
        None => in_rows(query, stores, quotes, now).map(|(answer, _)| answer),
    }
}

/// The answer with its rows one below the other, and the figures that have no total because they are of several currencies.
fn in_rows(
    query: &Value,
    stores: &[OracleStore],
    quotes: &Quotes,
    now: DateTime<Utc>,
) -> Result<(Value, Vec<String>), Refusal> {
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
    let ahead = gathered.ahead.cells.values().flat_map(|cell| cell.current.iter().chain(&cell.previous));
    let rolled = |fact: &&Fact<'_>| {
        asked
            .iter()
            .any(|one| matches!(one.shape, Some(shaping::Shape::Rolling(..))) && one.takes_money(fact, &setting))
    };
    let ahead: Vec<_> = ahead.filter(rolled).collect();
    if with_money.iter().chain(&ahead).any(|fact| setting.rate(fact).is_none()) {
        return Err(Refusal::MissingRate);
    }
    let currency = |fact: &&Fact<'_>| setting.currency.unwrap_or(fact.order.currency).to_owned();
    let currencies: BTreeSet<String> = with_money.iter().map(currency).collect();
    let all: BTreeSet<String> = ahead.iter().map(currency).chain(currencies.clone()).collect();
    // What columns come to stands beside rows that may be of one currency each.
    let by_currency = group_by.contains(&"currency") || query["is_beside_currency"] == true;
    if all.len() > 1 && !by_currency {
        return Err(Refusal::MixedCurrencies(all.into_iter().collect()));
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
    if fills {
        // What is rolled may be of buckets before.
        groups.extend(
            gathered
                .ahead
                .cells
                .iter()
                .filter(|(_, cell)| cell.is_rolled(&asked, &setting))
                .map(|((_, group), _)| group.clone()),
        );
    }
    pivot::complete(query, &mut groups);
    let is_completed = query.get("pivot").is_some() && query["fill"] != false;
    let everything = fills || (group_by.is_empty() || is_completed) && query.get("granularity").is_none();
    let keys: Vec<(Key, Group)> = if everything {
        gathered.steps.keys().flat_map(|key| groups.iter().map(move |group| (*key, group.clone()))).collect()
    } else {
        let unlisted = others.clone().filter(|_| is_listed_anyway).map(|group| (0, group));
        gathered.cells.keys().cloned().chain(unlisted).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let nothing = Cell::default();
    let is_others = |group: &Group| others.as_ref() == Some(group);
    // What some stores tell of a step: a row of one store what that store tells, of all others those that are not listed, and any
    // other row all of them.
    let told_by = |of_stores: &BTreeMap<(String, Key), (bool, bool)>, group: &Group, key: Key| {
        let by_store = group_by.iter().position(|name| *name == "store").filter(|_| !is_others(group));
        let tells = |id: &String| match by_store {
            Some(at) => group[at].as_ref() == Some(id),
            None if is_others(group) && group_by == ["store"] => {
                let listed = &taken.as_ref().unwrap().listed;
                !listed.iter().any(|group| group[0].as_ref() == Some(id))
            }
            None => true,
        };
        let own = of_stores.iter().filter(|((id, step), _)| *step == key && tells(id));
        own.fold((false, false), |told, (_, own)| (told.0 || own.0, told.1 || own.1))
    };
    let told = |group: &Group, key: Key, side: Side| {
        let both = [&gathered.of_stores, &gathered.ahead.told].map(|of_stores| told_by(of_stores, group, key));
        let [own, ahead] = both.map(|told| if side == Side::Now { told.0 } else { told.1 });
        (own, ahead)
    };
    let has_steps = query.get("granularity").is_some();
    let shaping = Shaping { asked: &asked, gathered: &gathered, setting: &setting, has_steps, told: &told };
    let mut rows: Vec<_> = keys
        .into_iter()
        .map(|key| {
            let cell = gathered.cells.get(&key).unwrap_or(&nothing);
            let (has_begun, has_beside) = told_by(&gathered.of_stores, &key.1, key.0);
            let (mut now, mut before) =
                (evaluate_all(&cell.current, has_begun), evaluate_all(&cell.previous, has_beside));
            shaping.shape(&mut now, &key.1, key.0, Side::Now);
            shaping.shape(&mut before, &key.1, key.0, Side::Before);
            (now, before, key)
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
    let hidden = asked.iter().filter(|one| hides(one)).map(|one| one.key.clone()).collect();
    let mut totals = Map::new();
    let mut compared_totals = Map::new();
    let now = evaluate_all(&gathered.current, gathered.has_begun);
    let before = evaluate_all(&gathered.previous, gathered.has_previous);
    for (one, (&now, &before)) in asked.iter().zip(now.iter().zip(&before)) {
        let (now, before) = if hides(one) || one.shape.is_some() { (None, None) } else { (now, before) };
        totals.insert(one.key.clone(), one.json(now));
        compared_totals.insert(one.key.clone(), one.compared(now, before));
    }
    if funnel.is_any() {
        funnel.conclude(&now, &before, &mut totals, &mut compared_totals);
    }
    let answer = json!({
        "rows": written,
        "totals": totals,
        "comparison": if is_compared { Value::Object(compared_totals) } else { Value::Null },
        "total_rows": rows.len() * steps,
    });
    Ok((answer, hidden))
}
