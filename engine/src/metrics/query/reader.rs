//! Reading JSON with all its errors: where, what, and what was probably meant.

use serde_json::{Map, Value};

use crate::metrics::error::{FieldError, QueryError};

/// Errors found so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    invalid: Vec<FieldError>,
}

/// More errors than that help nobody.
const MAX_ERRORS: usize = 100;

impl Findings {
    pub(super) fn invalid(&mut self, pointer: &Pointer<'_>, code: &'static str, detail: impl Into<String>) {
        if self.invalid.len() < MAX_ERRORS {
            self.invalid.push(FieldError { pointer: pointer.to_string(), detail: detail.into(), code });
        }
    }

    pub(super) fn into_result(self) -> Result<(), QueryError> {
        if self.invalid.is_empty() { Ok(()) } else { Err(QueryError::Invalid(self.invalid)) }
    }
}

/// A place in the query.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pointer<'a> {
    parent: Option<&'a Pointer<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Pointer<'a> {
    pub(super) const ROOT: Pointer<'static> = Pointer { parent: None, step: Step::Root };

    pub(super) fn key(&'a self, key: &'a str) -> Pointer<'a> {
        Pointer { parent: Some(self), step: Step::Key(key) }
    }

    pub(super) fn index(&'a self, index: usize) -> Pointer<'a> {
        Pointer { parent: Some(self), step: Step::Index(index) }
    }
}

impl std::fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(f, "/{index}"),
        }
    }
}

/// What a value is, for people.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

pub(super) fn text<'v>(findings: &mut Findings, at: &Pointer<'_>, value: &'v Value) -> Option<&'v str> {
    let text = value.as_str();
    if text.is_none() {
        findings.invalid(at, "invalid_type", format!("must be a text, not {}", kind(value)));
    }
    text
}

pub(super) fn boolean(findings: &mut Findings, at: &Pointer<'_>, value: &Value) -> Option<bool> {
    let flag = value.as_bool();
    if flag.is_none() {
        findings.invalid(at, "invalid_type", format!("must be true or false, not {}", kind(value)));
    }
    flag
}

pub(super) fn object<'v>(
    findings: &mut Findings,
    at: &Pointer<'_>,
    value: &'v Value,
) -> Option<&'v Map<String, Value>> {
    let object = value.as_object();
    if object.is_none() {
        findings.invalid(at, "invalid_type", format!("must be an object, not {}", kind(value)));
    }
    object
}

pub(super) fn array<'v>(findings: &mut Findings, at: &Pointer<'_>, value: &'v Value) -> Option<&'v Vec<Value>> {
    let array = value.as_array();
    if array.is_none() {
        findings.invalid(at, "invalid_type", format!("must be an array, not {}", kind(value)));
    }
    array
}

/// Refuses fields that there are not.
pub(super) fn known_fields(findings: &mut Findings, at: &Pointer<'_>, map: &Map<String, Value>, known: &[&str]) {
    for field in map.keys().filter(|key| !known.contains(&key.as_str())) {
        findings.invalid(&at.key(field), "unknown_field", unknown("field", field, known.iter().copied()));
    }
}

pub(super) fn whole_number(
    findings: &mut Findings,
    at: &Pointer<'_>,
    value: &Value,
    range: std::ops::RangeInclusive<u64>,
) -> Option<u64> {
    let number = value.as_u64().filter(|number| range.contains(number));
    if number.is_none() {
        let detail = format!("must be a whole number from {} to {}", range.start(), range.end());
        findings.invalid(at, "invalid_value", detail);
    }
    number
}

/// The choice of that name; else an error that names the nearest.
pub(super) fn choice<T: Copy>(
    findings: &mut Findings,
    at: &Pointer<'_>,
    name: &str,
    (what, code): (&str, &'static str),
    choices: impl IntoIterator<Item = (&'static str, T)>,
) -> Option<T> {
    let choices: Vec<_> = choices.into_iter().collect();
    if let Some((_, found)) = choices.iter().find(|(known, _)| *known == name) {
        return Some(*found);
    }
    let detail = unknown(what, name, choices.iter().map(|(known, _)| *known));
    findings.invalid(at, code, detail);
    None
}

/// So many names are told where none is near: a source has no more metrics.
const FEW: usize = 40;

/// Says that a name is unknown, and which one was probably meant; when none is near and there are few, all of them.
pub(super) fn unknown<'n>(what: &str, name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    let shown = shorten(name);
    if let Some(near) = nearest(name, &known) {
        return format!("unknown {what} {shown:?}; did you mean {near:?}?");
    }
    if known.len() <= FEW {
        return format!("unknown {what} {shown:?}; known are {}", known.join(", "));
    }
    format!("unknown {what} {shown:?}")
}

fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    if name.len() > 100 {
        return None;
    }
    let wanted = name.to_lowercase();
    let score = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let Some((head, last)) = candidate.rsplit_once(['.', '/']) else {
            return strsim::jaro_winkler(&wanted, &candidate);
        };
        // What both have in front says nothing: `shopify.average_order_value` is not near to `shopify.net_revenue`.
        let rest = wanted.strip_prefix(head).and_then(|rest| rest.strip_prefix(['.', '/']));
        // `revenue` is near to `shopify.revenue`, and `new_york` to `America/New_York`.
        match rest {
            Some(rest) => strsim::jaro_winkler(rest, last),
            None => strsim::jaro_winkler(&wanted, &candidate).max(strsim::jaro_winkler(&wanted, last)),
        }
    };
    // Of several that are as near, the first.
    let best = known.iter().rev().map(|candidate| (score(candidate), *candidate)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(score, _)| *score >= 0.8).map(|(_, candidate)| candidate)
}

/// A text of the query as it is repeated in an error: not longer than needed to find it.
pub(super) fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(57).chain("...".chars()).collect() }
}
