//! Which rows are in which bucket and group, in the period and in the one it is compared with.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::calendar::{
    Back, back, back_or_later, back_span, date_text, first_of, hour_of, hours, last_of, local, parse_date,
};
use super::figures::Asked;
use super::range::{days_with_data, range, week_start};
use super::setting::Setting;
use super::{Gathered, Group, Key, facts_of, grouped_by};

/// Adds the rows of a store.
pub(super) fn gather<'a>(
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
    // Of a day that was skipped there is nothing to tell.
    let exists = |(from, to): &(i64, i64)| (*from..=*to).any(|day| !hours(store.zone, day).is_empty());
    let has_other = other.filter(exists).is_some_and(|(from, to)| is_told_and_reached(from, to));
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
                    let is_new = !gathered.steps.contains_key(&key);
                    let step = gathered.steps.entry(key).or_default();
                    step.text = Some(text);
                    // An hour is as long as it takes until the next one begins, which may be on the day after a skipped one.
                    let next = (day..=day + 2).flat_map(|day| hours(store.zone, day)).map(|hour| hour.0);
                    let is_over = next.filter(|next| *next > key).min().unwrap() <= now.timestamp_micros();
                    step.is_whole = (is_new || step.is_whole) && is_over;
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
                let is_new = !gathered.steps.contains_key(&key);
                let step = gathered.steps.entry(key).or_default();
                step.text = Some(date_text(key));
                let whole_last = last_of(granularity, week_start, key);
                let is_whole = whole_last < today && range.from <= key && whole_last <= range.whole_to;
                step.is_whole = (is_new || step.is_whole) && is_whole;
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
    gathered.ahead.note(query, asked, store, &range, (shift, other), &is_told, now);
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
        gathered.ahead.take(query, store, at, &group, fact);
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
