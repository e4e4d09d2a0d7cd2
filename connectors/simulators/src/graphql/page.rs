//! Pages of connections: cursors, limits and what is found.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::args::Args;
use super::error::Fault;
use super::node::Node;
use super::search::{Search, Searchable};
use crate::world::{Moment, Row, Table};

/// The most rows that a page has.
pub(crate) const LIMIT: i64 = 250;

/// A page of nodes.
#[derive(Debug)]
pub(crate) struct Page<'w> {
    pub(crate) rows: Vec<(String, Node<'w>)>,
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
    /// Warnings of the search, to be shown beside the answer.
    pub(crate) warnings: Option<Value>,
}

/// Which rows of a connection are asked for.
#[derive(Clone, Copy, Debug)]
struct Window<'a> {
    count: usize,
    backwards: bool,
    cursor: Option<&'a str>,
}

/// What `first`, `last`, `after` and `before` say; everything when it is for a bulk operation.
fn window(args: &Args, bulk: bool) -> Result<Window<'_>, Fault> {
    if bulk {
        return Ok(Window { count: usize::MAX, backwards: false, cursor: None });
    }
    let (first, last) = (args.int("first"), args.int("last"));
    let (asked, backwards) = match (first, last) {
        (None, None) => return Err(Fault::bad("you must provide one of first or last")),
        (Some(_), Some(_)) => return Err(Fault::bad("providing both first and last is not supported")),
        (Some(first), None) => (first, false),
        (None, Some(last)) => (last, true),
    };
    let name = if backwards { "last" } else { "first" };
    if !(1..=LIMIT).contains(&asked) {
        return Err(Fault::bad(format!("{name} must be between 1 and {LIMIT}, and is {asked}")));
    }
    let cursor = args.text(if backwards { "before" } else { "after" });
    Ok(Window { count: usize::try_from(asked).unwrap_or(0), backwards, cursor })
}

/// A page of a list that is at hand. Its cursors are places in it.
pub(crate) fn of_list<'w>(
    nodes: impl IntoIterator<Item = Node<'w>>,
    args: &Args,
    bulk: bool,
) -> Result<Page<'w>, Fault> {
    let window = window(args, bulk)?;
    let mut nodes: Vec<Node<'w>> = nodes.into_iter().collect();
    if args.truth("reverse") {
        nodes.reverse();
    }
    let cursor = window.cursor.map(|cursor| {
        let read = STANDARD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        read.and_then(|text| text.strip_prefix("at:")?.parse::<usize>().ok()).ok_or_else(invalid)
    });
    let cursor = cursor.transpose()?;
    let total = nodes.len();
    let (from, to) = if window.backwards {
        let to = cursor.unwrap_or(total).min(total);
        (to.saturating_sub(window.count), to)
    } else {
        let from = cursor.map_or(0, |at| at + 1).min(total);
        (from, from.saturating_add(window.count).min(total))
    };
    let rows = nodes.into_iter().enumerate().skip(from).take(to - from);
    let rows = rows.map(|(at, node)| (STANDARD.encode(format!("at:{at}")), node)).collect();
    Ok(Page { rows, has_next: to < total, has_previous: from > 0, warnings: None })
}

fn invalid() -> Fault {
    Fault::bad("Invalid cursor for current pagination sort.")
}

/// What rows are sorted by.
pub(crate) enum Sort<T> {
    /// Their numbers.
    Id,
    /// One of their times.
    Time(Moment),
    /// A text.
    Text(fn(&T) -> String),
    /// A number.
    Number(fn(&T) -> i64),
}

/// What a row is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Text(String),
}

impl<T: Row> Sort<T> {
    fn key(&self, row: &T) -> Key {
        let time = |at: DateTime<Utc>| Key::Number(at.timestamp());
        match self {
            Self::Id => Key::Number(0),
            Self::Time(Moment::Created) => time(row.created_at()),
            Self::Time(Moment::Updated) => time(row.updated_at()),
            Self::Time(Moment::Processed) => time(row.processed_at()),
            Self::Text(text) => Key::Text(text(row)),
            Self::Number(number) => Key::Number(number(row)),
        }
    }
}

/// What a search goes by besides its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) args: &'a Args,
    pub(crate) bulk: bool,
    /// In which times without a zone are.
    pub(crate) zone: Tz,
}

/// A cursor: where a row stands, and of which query and sort it is.
fn cursor(key: &Key, id: u64, print: &str) -> String {
    let value = match key {
        Key::Number(number) => json!(number),
        Key::Text(text) => json!(text),
    };
    STANDARD.encode(json!({ "last_id": id, "last_value": value, "of": print }).to_string())
}

fn read_cursor(text: &str, print: &str) -> Option<(Key, u64)> {
    let read: Value = serde_json::from_slice(&STANDARD.decode(text).ok()?).ok()?;
    let key = match read.get("last_value")? {
        Value::String(text) => Key::Text(text.clone()),
        number => Key::Number(number.as_i64()?),
    };
    (read.get("of")?.as_str()? == print).then_some(())?;
    Some((key, read.get("last_id")?.as_u64()?))
}

/// A page of the rows of a table that a search finds. It reads no more rows than it has to when the sort is by a time that the search limits.
pub(crate) fn of_table<'w, T: Row + Searchable>(
    table: &'w Table<T>,
    sort: &Sort<T>,
    asked: Asked<'_>,
    visible: impl Fn(&T) -> bool,
    node: impl Fn(&'w T) -> Node<'w>,
) -> Result<Page<'w>, Fault> {
    let window = window(asked.args, asked.bulk)?;
    let text = asked.args.text("query").unwrap_or_default();
    let search = Search::parse(text);
    let reverse = asked.args.truth("reverse");
    let sort_name = asked.args.text("sortKey").unwrap_or("ID");
    // Cursors hold for one query and sort, however the page before was asked for.
    let print = hex::encode(&Sha256::digest(format!("{sort_name} {reverse} {text}"))[..6]);
    let start = window.cursor.map(|text| read_cursor(text, &print).ok_or_else(invalid)).transpose()?;
    let found = |row: &&'w T| visible(row) && search.finds(*row, asked.zone);
    // Backwards from the end is forwards in the other direction, turned round at last.
    let down = reverse != window.backwards;
    let mut rows: Vec<(Key, &'w T)> = match sort {
        Sort::Time(moment) => {
            let field = match moment {
                Moment::Created => "created_at",
                Moment::Updated => "updated_at",
                Moment::Processed => "processed_at",
            };
            let (mut from, mut to) = search.span(field, asked.zone);
            if let Some((Key::Number(at), _)) = &start
                && let Some(at) = DateTime::from_timestamp(*at, 0)
            {
                if down { to = to.min(at + TimeDelta::seconds(1)) } else { from = from.max(at) }
            }
            let range = table.range(*moment, from, to);
            let keyed = |row: &'w T| (sort.key(row), row);
            let past = |(key, row): &(Key, &'w T)| is_past(key, row.id(), start.as_ref(), down);
            let most = window.count.saturating_add(1);
            if down {
                range.rev().filter(found).map(keyed).filter(past).take(most).collect()
            } else {
                range.filter(found).map(keyed).filter(past).take(most).collect()
            }
        }
        _ => {
            let mut rows: Vec<(Key, &'w T)> = table.iter().filter(found).map(|row| (sort.key(row), row)).collect();
            rows.sort_by(|(one, a), (other, b)| (one, a.id()).cmp(&(other, b.id())));
            if down {
                rows.reverse();
            }
            rows.retain(|(key, row)| is_past(key, row.id(), start.as_ref(), down));
            rows.truncate(window.count.saturating_add(1));
            rows
        }
    };
    let more = rows.len() > window.count;
    rows.truncate(window.count);
    if window.backwards {
        rows.reverse();
    }
    let mut unknown = Vec::new();
    if let Some(row) = table.iter().next() {
        search.unknown(row, asked.zone, &mut unknown);
    }
    let warnings: Vec<Value> = unknown
        .iter()
        .map(|term| {
            let message = if term.field.is_empty() {
                "Invalid search term."
            } else {
                "Invalid search field or value for this query."
            };
            json!({ "field": term.field, "message": message, "code": "invalid_field" })
        })
        .collect();
    let warnings = (!warnings.is_empty()).then(|| json!({ "query": text, "parsed": text, "warnings": warnings }));
    let (has_next, has_previous) = if window.backwards { (start.is_some(), more) } else { (more, start.is_some()) };
    let rows = rows.into_iter().map(|(key, row)| (cursor(&key, row.id(), &print), node(row))).collect();
    Ok(Page { rows, has_next, has_previous, warnings })
}

/// How many rows of a table a search finds, at most `limit` (0 for all), and whether that is all of them.
pub(crate) fn count<T: Row + Searchable>(
    table: &Table<T>,
    args: &Args,
    zone: Tz,
    visible: impl Fn(&T) -> bool,
) -> (usize, bool) {
    let search = Search::parse(args.text("query").unwrap_or_default());
    let limit = args.int("limit").and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let found =
        table.iter().filter(|row| visible(row) && search.finds(*row, zone)).take(limit.saturating_add(1)).count();
    (found.min(limit), found <= limit)
}

fn is_past(key: &Key, id: u64, start: Option<&(Key, u64)>, down: bool) -> bool {
    start.is_none_or(|(from, last)| {
        let order = (key, id).cmp(&(from, *last));
        if down { order.is_lt() } else { order.is_gt() }
    })
}
