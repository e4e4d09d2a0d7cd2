//! Reading filters: groups, comparisons, and the short form `{"country": "US"}`.

use serde_json::{Map, Value};

use super::filter::{Arity, Comparison, FigureComparison, Filter, Number, Operator, RowCondition};
use super::parse_metrics::unknown_metric;
use super::reader::{Findings, Pointer, array, choice, kind, known_fields, object, text, unknown};
use crate::metrics::formula::exact;
use crate::metrics::registry::{DimensionRef, MetricRef, Registry};

const MAX_DEPTH: usize = 8;
const MAX_COMPARISONS: usize = 100;
const MAX_VALUES: usize = 1_000;
const MAX_TEXT: usize = 1_000;

/// What conditions may be about.
pub(super) struct Scope<'m> {
    /// Dimensions that all of these have.
    pub(super) metrics: &'m [MetricRef],
    /// The keys of figures that they may be about besides metrics, or `None` when they may be about none.
    pub(super) figures: Option<&'m [&'m str]>,
}

/// Reads conditions.
pub(super) fn filters(
    findings: &mut Findings,
    at: &Pointer<'_>,
    value: &Value,
    scope: &Scope<'_>,
) -> Option<Filter<RowCondition>> {
    let mut reader = Reader { findings, scope, comparisons: 0 };
    if value.as_object().is_some_and(Map::is_empty) {
        return None;
    }
    let filter = reader.filter(at, value, 1);
    if reader.comparisons > MAX_COMPARISONS {
        let detail = format!("has {} comparisons; at most {MAX_COMPARISONS}", reader.comparisons);
        findings.invalid(at, "too_large", detail);
        return None;
    }
    filter
}

/// Takes conditions apart: what is about rows decides which are counted, what is about figures which of the counted are shown.
pub(super) fn split(filter: Filter<RowCondition>) -> (Option<Filter>, Option<Filter<RowCondition>>) {
    let parts = if is_of_rows(&filter) { vec![filter] } else { conjuncts(filter) };
    let (rows, mut figures): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_of_rows);
    let mut rows: Vec<_> = rows.into_iter().filter_map(of_rows).collect();
    let rows = if rows.len() > 1 { Some(Filter::And(rows)) } else { rows.pop() };
    let figures = if figures.len() > 1 { Some(Filter::And(figures)) } else { figures.pop() };
    (rows, figures)
}

/// The conditions that must all hold.
fn conjuncts(filter: Filter<RowCondition>) -> Vec<Filter<RowCondition>> {
    match filter {
        Filter::And(parts) => parts.into_iter().flat_map(conjuncts).collect(),
        one => vec![one],
    }
}

fn is_of_rows(filter: &Filter<RowCondition>) -> bool {
    filter.comparisons().into_iter().all(|condition| matches!(condition, RowCondition::Dimension(_)))
}

fn of_rows(filter: Filter<RowCondition>) -> Option<Filter> {
    Some(match filter {
        Filter::And(parts) => Filter::And(parts.into_iter().map(of_rows).collect::<Option<_>>()?),
        Filter::Or(parts) => Filter::Or(parts.into_iter().map(of_rows).collect::<Option<_>>()?),
        Filter::Not(part) => Filter::Not(Box::new(of_rows(*part)?)),
        Filter::Is(RowCondition::Dimension(comparison)) => Filter::Is(comparison),
        Filter::Is(RowCondition::Figure(_)) => return None,
    })
}

struct Reader<'f, 'm> {
    findings: &'f mut Findings,
    scope: &'m Scope<'m>,
    comparisons: usize,
}

impl Reader<'_, '_> {
    fn filter(&mut self, at: &Pointer<'_>, value: &Value, depth: usize) -> Option<Filter<RowCondition>> {
        if depth > MAX_DEPTH {
            self.findings.invalid(at, "too_large", format!("is nested more than {MAX_DEPTH} deep"));
            return None;
        }
        let map = object(self.findings, at, value)?;
        if map.is_empty() {
            self.findings.invalid(at, "invalid_value", "must not be empty");
            return None;
        }
        for group in ["and", "or", "not"] {
            if let Some(inner) = map.get(group) {
                return self.group(at, map, group, inner, depth);
            }
        }
        if ["dimension", "metric", "operator", "values"].iter().any(|key| map.contains_key(*key)) {
            return self.comparison(at, map);
        }
        self.short_form(at, map)
    }

    fn group(
        &mut self,
        at: &Pointer<'_>,
        map: &Map<String, Value>,
        group: &str,
        inner: &Value,
        depth: usize,
    ) -> Option<Filter<RowCondition>> {
        for other in map.keys().filter(|key| *key != group) {
            let detail = format!("cannot stand beside \"{group}\": a group has one key; nest groups instead");
            self.findings.invalid(&at.key(other), "invalid_value", detail);
        }
        let at = at.key(group);
        if group == "not" {
            return self.filter(&at, inner, depth + 1).map(|filter| Filter::Not(Box::new(filter)));
        }
        let parts = array(self.findings, &at, inner)?;
        if parts.is_empty() {
            self.findings.invalid(&at, "invalid_value", "must not be empty");
            return None;
        }
        let parts: Vec<_> =
            parts.iter().enumerate().map(|(index, part)| self.filter(&at.index(index), part, depth + 1)).collect();
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        Some(if group == "and" { Filter::And(parts) } else { Filter::Or(parts) })
    }

    fn comparison(&mut self, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<Filter<RowCondition>> {
        self.comparisons += 1;
        known_fields(self.findings, at, map, &["dimension", "operator", "values", "metric"]);
        if map.contains_key("dimension") && map.contains_key("metric") {
            self.findings.invalid(&at.key("metric"), "invalid_value", "cannot stand beside \"dimension\"");
            return None;
        }
        let operator = self.operator(at, map);
        if let Some(metric) = map.get("metric") {
            return self.metric_filter(at, metric, operator, map.get("values"));
        }
        let Some(name) = map.get("dimension") else {
            self.findings.invalid(&at.key("dimension"), "required", "is missing: which dimension is compared?");
            return None;
        };
        let dimension = text(self.findings, &at.key("dimension"), name)
            .and_then(|name| dimension(self.findings, &at.key("dimension"), name, self.scope.metrics));
        let operator = operator?;
        if operator.is_numeric() {
            let detail =
                format!("{:?} compares numbers, and dimensions are text; use it with a metric", operator.name());
            self.findings.invalid(&at.key("operator"), "invalid_value", detail);
            return None;
        }
        let values = self.values(at, operator, map.get("values"))?;
        let comparison = Comparison { dimension: dimension?, operator, values };
        Some(Filter::Is(RowCondition::Dimension(comparison)))
    }

    fn operator(&mut self, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<Operator> {
        let at = at.key("operator");
        let Some(name) = map.get("operator") else {
            self.findings.invalid(&at, "required", "is missing: how is it compared?");
            return None;
        };
        let name = text(self.findings, &at, name)?;
        let choices = Operator::ALL.map(|operator| (operator.name(), operator));
        choice(self.findings, &at, name, ("operator", "unknown_operator"), choices)
    }

    fn values(&mut self, at: &Pointer<'_>, operator: Operator, values: Option<&Value>) -> Option<Vec<String>> {
        let at = at.key("values");
        let empty = Value::Array(Vec::new());
        let values = array(self.findings, &at, values.unwrap_or(&empty))?;
        let (wanted, fits) = match operator.arity() {
            Arity::None => ("no value", values.is_empty()),
            Arity::One => ("exactly one value", values.len() == 1),
            Arity::Some => ("at least one value", !values.is_empty()),
        };
        if !fits {
            let more = match (operator, values.len() > 1) {
                (Operator::Equals, true) => "; use \"in\" for several",
                (Operator::NotEquals, true) => "; use \"notIn\" for several",
                _ => "",
            };
            let detail = format!("{:?} takes {wanted}, not {}{more}", operator.name(), values.len());
            self.findings.invalid(&at, "invalid_value", detail);
            return None;
        }
        if values.len() > MAX_VALUES {
            self.findings.invalid(&at, "too_large", format!("has {} values; at most {MAX_VALUES}", values.len()));
            return None;
        }
        let values: Vec<_> =
            values.iter().enumerate().map(|(index, value)| self.value(&at.index(index), value)).collect();
        values.into_iter().collect()
    }

    fn value(&mut self, at: &Pointer<'_>, value: &Value) -> Option<String> {
        let detail = match value {
            Value::String(text) if text.chars().count() > MAX_TEXT => {
                format!("is longer than {MAX_TEXT} characters")
            }
            Value::String(text) => return Some(text.clone()),
            Value::Null => "must be a text, not null; use the operator \"notSet\" for rows without a value".to_owned(),
            other => format!("must be a text, not {}", kind(other)),
        };
        self.findings.invalid(at, "invalid_value", detail);
        None
    }

    fn metric_filter(
        &mut self,
        at: &Pointer<'_>,
        name: &Value,
        operator: Option<Operator>,
        values: Option<&Value>,
    ) -> Option<Filter<RowCondition>> {
        let name_at = at.key("metric");
        let Some(keys) = self.scope.figures else {
            let detail = "cannot stand here: these filters say which rows one metric counts";
            self.findings.invalid(&name_at, "invalid_value", detail);
            return None;
        };
        let metric = text(self.findings, &name_at, name)?.to_owned();
        if !keys.contains(&metric.as_str()) && Registry::get().metric(&metric).is_none() {
            self.findings.invalid(&name_at, "unknown_metric", unknown_metric(&metric));
            return None;
        }
        let operator = operator?;
        let is_of_numbers = operator.is_numeric()
            || matches!(operator, Operator::Equals | Operator::NotEquals | Operator::Set | Operator::NotSet);
        if !is_of_numbers {
            let detail = format!("{:?} compares text, and metrics are numbers", operator.name());
            self.findings.invalid(&at.key("operator"), "invalid_value", detail);
            return None;
        }
        let values_at = at.key("values");
        let empty = Value::Array(Vec::new());
        let values = array(self.findings, &values_at, values.unwrap_or(&empty))?;
        let numbers: Option<Vec<_>> = values.iter().map(number).collect();
        let (wanted, fits) = match operator.arity() {
            Arity::None => ("no value", values.is_empty()),
            _ => ("one number", values.len() == 1),
        };
        let Some(values) = numbers.filter(|_| fits) else {
            self.findings.invalid(&values_at, "invalid_value", format!("must be an array of {wanted}"));
            return None;
        };
        Some(Filter::Is(RowCondition::Figure(FigureComparison { metric, operator, values })))
    }

    /// `{"country": "US", "channel": ["web", "pos"]}`: all of them hold.
    fn short_form(&mut self, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<Filter<RowCondition>> {
        let mut parts = Vec::new();
        for (name, value) in map {
            self.comparisons += 1;
            let at = at.key(name);
            let dimension = dimension(self.findings, &at, name, self.scope.metrics);
            let (operator, values) = match value {
                Value::Array(_) => (Operator::In, self.short_values(&at, value)),
                _ => (Operator::Equals, self.value(&at, value).map(|value| vec![value])),
            };
            parts.push(
                dimension
                    .zip(values)
                    .map(|(dimension, values)| Comparison { dimension, operator, values })
                    .map(|comparison| Filter::Is(RowCondition::Dimension(comparison))),
            );
        }
        let mut parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        Some(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::And(parts) })
    }

    fn short_values(&mut self, at: &Pointer<'_>, value: &Value) -> Option<Vec<String>> {
        let values = array(self.findings, at, value)?;
        if values.is_empty() || values.len() > MAX_VALUES {
            self.findings.invalid(at, "invalid_value", format!("must have 1 to {MAX_VALUES} values"));
            return None;
        }
        let values: Vec<_> =
            values.iter().enumerate().map(|(index, value)| self.value(&at.index(index), value)).collect();
        values.into_iter().collect()
    }
}

/// A number, or a text of its decimals.
fn number(value: &Value) -> Option<Number> {
    let text = match value {
        Value::Number(number) if number.is_f64() => number.as_f64()?.to_string(), // without an exponent
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let value = exact(&text)?;
    Some(Number { text, value })
}

/// The dimension of that id, if all the metrics can be cut by it.
pub(super) fn dimension(
    findings: &mut Findings,
    at: &Pointer<'_>,
    name: &str,
    metrics: &[MetricRef],
) -> Option<DimensionRef> {
    let Some(found) = Registry::get().dimension(name) else {
        let detail = unknown("dimension", name, Registry::get().dimensions.iter().map(|dimension| dimension.id));
        findings.invalid(at, "unknown_dimension", detail);
        return None;
    };
    if let Some(metric) = metrics.iter().find(|metric| !metric.dimensions.contains(&name)) {
        let detail =
            format!("{:?} cannot be cut by {name:?}; it can be by {}", metric.id, metric.dimensions.join(", "));
        findings.invalid(at, "dimension_not_allowed", detail);
        return None;
    }
    Some(DimensionRef(found))
}
