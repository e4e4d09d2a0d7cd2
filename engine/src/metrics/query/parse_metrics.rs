//! Reading what a query asks for: ids of metrics, or objects that say more.

use serde_json::{Map, Value};

use super::asked::{Asked, Expression, What};
use super::parse::Reader;
use super::parse_filter::{self, Scope};
use super::parse_shape;
use super::reader::{Findings, Pointer, array, choice, kind, known_fields, shorten, text, unknown};
use crate::metrics::formula::Formula;
use crate::metrics::registry::{Aggregation, MetricRef, Registry, Unit};

const MAX_METRICS: usize = 20;
const MAX_KEY: usize = 64;
pub(super) const MAX_TITLE: usize = 200;
/// Every field of an object among the metrics.
const FIELDS: [&str; 9] = ["metric", "formula", "aggregation", "filters", "rolling", "trend", "as", "title", "unit"];

impl Reader<'_> {
    pub(super) fn metrics(&mut self) -> Option<Vec<Asked>> {
        let mut metrics = match (self.field("metrics"), self.field("metric")) {
            (Some(_), Some(_)) => {
                let at = Pointer::ROOT.key("metric");
                self.findings.invalid(&at, "invalid_value", "cannot stand beside \"metrics\": give one of them");
                None
            }
            (Some(list), None) => {
                if self.field("source").is_some() {
                    let detail = "belongs to the short form with \"metric\"; in \"metrics\" an id has its source: shopify.revenue";
                    self.findings.invalid(&Pointer::ROOT.key("source"), "invalid_value", detail);
                }
                self.metric_list(list)
            }
            (None, Some(_)) => self.short_metric().map(|metric| vec![Asked::metric(metric)]),
            (None, None) => {
                self.required("metrics", "is missing: what is asked for?");
                None
            }
        };
        self.aggregate_all(metrics.as_deref_mut().unwrap_or_default());
        let list = self.field("metrics").and_then(Value::as_array).into_iter().flatten();
        for (asked, value) in metrics.iter_mut().flatten().zip(list) {
            if value.get("title").is_none_or(Value::is_null) {
                asked.entitle_shape();
            }
        }
        metrics
    }

    fn metric_list(&mut self, list: &Value) -> Option<Vec<Asked>> {
        let at = Pointer::ROOT.key("metrics");
        let list = array(&mut self.findings, &at, list)?;
        if list.is_empty() || list.len() > MAX_METRICS {
            self.findings.invalid(&at, "invalid_value", format!("must have 1 to {MAX_METRICS} metrics"));
            return None;
        }
        let mut metrics: Vec<Option<Asked>> = Vec::new();
        for (index, value) in list.iter().enumerate() {
            let at = at.index(index);
            let found = match value {
                Value::Object(map) => asked(&mut self.findings, &at, map),
                _ => plain(&mut self.findings, &at, value),
            };
            let is_taken = |one: &Asked| metrics.iter().flatten().any(|known: &Asked| known.key == one.key);
            if found.as_ref().is_some_and(is_taken) {
                let detail = "is listed twice; give another figure of it a name of its own with \"as\"";
                self.findings.invalid(&at, "duplicate", detail);
            }
            metrics.push(found);
        }
        metrics.into_iter().collect()
    }

    /// `"metric": "revenue", "source": "shopify"`, or `"metric": "shopify.revenue"`.
    fn short_metric(&mut self) -> Option<MetricRef> {
        let name = self.text("metric")?;
        let at = Pointer::ROOT.key("metric");
        let source_at = Pointer::ROOT.key("source");
        let Some(source) = self.text("source") else {
            if !name.contains('.') && self.field("source").is_none() {
                let registry = Registry::get();
                let sources =
                    registry.metrics.iter().filter(|metric| metric.id.split_once('.').is_some_and(|id| id.1 == name));
                let known: Vec<_> = sources.map(|metric| metric.id).collect();
                if let [id] = known[..] {
                    self.required("source", &format!("is missing; give it, or write the metric as {id:?}"));
                    return None;
                }
            }
            return metric(&mut self.findings, &at, name);
        };
        let sources = Registry::get().sources.iter().map(|source| (source.id, source));
        choice(&mut self.findings, &source_at, source, ("source", "unknown_source"), sources)?;
        match name.split_once('.') {
            None => metric(&mut self.findings, &at, &format!("{source}.{name}")),
            Some((prefix, _)) if prefix == source => metric(&mut self.findings, &at, name),
            Some(_) => {
                let detail = format!("{source:?} is not the source of the metric {:?}", shorten(name));
                self.findings.invalid(&source_at, "invalid_value", detail);
                None
            }
        }
    }

    /// `"aggregation"` beside the metrics is for each that does not say its own.
    fn aggregate_all(&mut self, metrics: &mut [Asked]) {
        let at = Pointer::ROOT.key("aggregation");
        let Some(name) = self.text("aggregation") else { return };
        let Some(how) = aggregation(&mut self.findings, &at, name) else { return };
        for asked in metrics {
            match asked.what {
                What::Metric { metric, aggregation: None } if metric.aggregation != how => {
                    aggregate(&mut self.findings, &at, asked, metric, how);
                }
                What::Metric { .. } => {}
                What::Formula(_) => {
                    let detail = format!("{:?} is a formula, which is computed of complete figures", asked.key);
                    self.findings.invalid(&at, "invalid_value", detail);
                }
            }
        }
    }
}

fn plain(findings: &mut Findings, at: &Pointer<'_>, value: &Value) -> Option<Asked> {
    let Some(name) = value.as_str() else {
        let detail = format!("must be the id of a metric, or an object, not {}", kind(value));
        findings.invalid(at, "invalid_type", detail);
        return None;
    };
    metric(findings, at, name).map(Asked::metric)
}

/// `{"metric": "shopify.revenue", "aggregation": "median", "as": "typical_order"}`, or
/// `{"formula": "shopify.revenue / ga4.sessions", "as": "revenue_per_session"}`.
fn asked(findings: &mut Findings, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<Asked> {
    known_fields(findings, at, map, &FIELDS);
    let given = |name: &str| map.get(name).filter(|value| !value.is_null());
    let read_text = |findings: &mut Findings, name: &'static str| text(findings, &at.key(name), given(name)?);
    let mut asked = match (given("metric"), given("formula")) {
        (Some(_), Some(_)) => {
            findings.invalid(&at.key("formula"), "invalid_value", "cannot stand beside \"metric\": give one of them");
            return None;
        }
        (None, None) => {
            findings.invalid(at, "required", "must have a \"metric\" or a \"formula\"");
            return None;
        }
        (Some(_), None) => {
            if given("unit").is_some() {
                let detail = "belongs to a formula; a metric has its own";
                findings.invalid(&at.key("unit"), "invalid_value", detail);
            }
            let name = read_text(findings, "metric")?;
            Asked::metric(metric(findings, &at.key("metric"), name)?)
        }
        (None, Some(_)) => formula(findings, at, map)?,
    };
    let of = match &asked.what {
        What::Metric { metric, .. } => Some(*metric),
        What::Formula(_) => None,
    };
    if let Some(name) = read_text(findings, "aggregation") {
        let at = at.key("aggregation");
        match (of, aggregation(findings, &at, name)) {
            (Some(metric), Some(how)) => aggregate(findings, &at, &mut asked, metric, how),
            (None, _) => {
                let detail = "belongs to a metric; a formula is computed of complete figures";
                findings.invalid(&at, "invalid_value", detail);
            }
            (Some(_), None) => {}
        }
    }
    if let Some(filters) = given("filters") {
        let scope = Scope { metrics: &asked.metrics(), figures: None };
        let filters = parse_filter::filters(findings, &at.key("filters"), filters, &scope);
        asked.filters = filters.and_then(|filters| parse_filter::split(filters).0);
    }
    asked.shape = parse_shape::shape(findings, at, map);
    match read_text(findings, "as") {
        Some(key) => asked.key = self::key(findings, &at.key("as"), key)?.to_owned(),
        None if of.is_none() => {
            findings.invalid(&at.key("as"), "required", "is missing: what is the formula's column called?");
            return None;
        }
        None => {}
    }
    if let Some(title) = read_text(findings, "title") {
        if title.is_empty() || title.chars().count() > MAX_TITLE {
            findings.invalid(&at.key("title"), "invalid_value", format!("must have 1 to {MAX_TITLE} characters"));
        }
        title.clone_into(&mut asked.title);
    } else if of.is_none() {
        asked.title.clone_from(&asked.key);
    }
    Some(asked)
}

fn formula(findings: &mut Findings, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<Asked> {
    let formula_at = at.key("formula");
    let written = text(findings, &formula_at, map.get("formula")?)?;
    let names = match Formula::parse(written) {
        Ok(names) => names,
        Err(error) => {
            findings.invalid(&formula_at, "invalid_formula", error.to_string());
            return None;
        }
    };
    let named = names.try_map(&mut |name| metric(findings, &formula_at, &name).map(Formula::Leaf).ok_or(())).ok()?;
    let unit = match named.unit(&|metric: &MetricRef| metric.unit) {
        Ok(Some(unit)) => unit,
        Ok(None) => {
            findings.invalid(&formula_at, "invalid_formula", "must have a metric in it, such as shopify.revenue");
            return None;
        }
        Err(error) => {
            findings.invalid(&formula_at, "invalid_formula", error.to_string());
            return None;
        }
    };
    let unit = unit_of(findings, at, map, unit)?;
    let what = What::Formula(Expression { text: written.to_owned(), formula: named });
    Some(Asked { key: String::new(), title: String::new(), unit, what, filters: None, shape: None })
}

/// A formula has the unit that follows from its metrics; a ratio may be shown as a percentage.
fn unit_of(findings: &mut Findings, at: &Pointer<'_>, map: &Map<String, Value>, follows: Unit) -> Option<Unit> {
    let at = at.key("unit");
    let Some(given) = map.get("unit").filter(|value| !value.is_null()) else { return Some(follows) };
    let name = text(findings, &at, given)?;
    let wanted = choice(findings, &at, name, ("unit", "invalid_value"), Unit::ALL.map(|unit| (unit.name(), unit)))?;
    let is_share = |unit| matches!(unit, Unit::Ratio | Unit::Percentage);
    if wanted == follows || is_share(wanted) && is_share(follows) {
        return Some(wanted);
    }
    let detail = format!("cannot be {:?}: the formula gives a {}", wanted.name(), follows.name());
    findings.invalid(&at, "invalid_value", detail);
    None
}

/// The name of a column: letters, digits, `_`, `.` and `-`, and none that rows have anyway.
fn key<'v>(findings: &mut Findings, at: &Pointer<'_>, key: &'v str) -> Option<&'v str> {
    let is_plain = key.chars().all(|character| character.is_ascii_alphanumeric() || "_.-".contains(character));
    if key.is_empty() || key.len() > MAX_KEY || !is_plain {
        let detail = format!("must be 1 to {MAX_KEY} letters, digits, \"_\", \".\" and \"-\"");
        findings.invalid(at, "invalid_value", detail);
        return None;
    }
    let registry = Registry::get();
    let is_dimension = registry.dimension(key).is_some();
    if is_dimension || ["time", "comparison", "other"].contains(&key) || registry.metric(key).is_some() {
        let detail = format!("cannot be {key:?}, which is the name of something else");
        findings.invalid(at, "invalid_value", detail);
        return None;
    }
    Some(key)
}

fn aggregation(findings: &mut Findings, at: &Pointer<'_>, name: &str) -> Option<Aggregation> {
    let choices = Aggregation::ALL.map(|aggregation| (aggregation.name(), aggregation));
    choice(findings, at, name, ("aggregation", "invalid_value"), choices)
}

/// Has a metric's rows become its figure in another way.
fn aggregate(findings: &mut Findings, at: &Pointer<'_>, asked: &mut Asked, metric: MetricRef, how: Aggregation) {
    if !metric.aggregations.contains(&how) {
        let allowed: Vec<_> = metric.aggregations.iter().map(|allowed| allowed.name()).collect();
        let detail = format!("{:?} cannot be {:?}; it can be {}", metric.id, how.name(), allowed.join(", "));
        findings.invalid(at, "invalid_value", detail);
    }
    asked.what = What::Metric { metric, aggregation: Some(how) };
    if how != metric.aggregation && asked.title == metric.title {
        asked.title = format!("{}, {}", metric.title, how.title());
    }
}

/// The metric of that id.
pub(super) fn metric(findings: &mut Findings, at: &Pointer<'_>, name: &str) -> Option<MetricRef> {
    let found = Registry::get().metric(name);
    if found.is_none() {
        findings.invalid(at, "unknown_metric", unknown_metric(name));
    }
    found.map(MetricRef)
}

/// Says that there is no such metric: of a source that there is, which ones it has.
pub(super) fn unknown_metric(name: &str) -> String {
    let registry = Registry::get();
    let source = name.split_once('.').and_then(|(source, _)| registry.source(source));
    let known = registry.metrics.iter().filter(|metric| source.is_none_or(|source| source.id == metric.source));
    unknown("metric", name, known.map(|metric| metric.id))
}
