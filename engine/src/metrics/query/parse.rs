//! Reading a query.

use serde_json::{Map, Value};

use super::parse_filter::{dimension, filters, metric};
use super::reader::{Findings, Pointer, array, boolean, choice, object, shorten, text, unknown, whole_number};
use super::{
    DEFAULT_LIMIT, Direction, Granularity, MAX_LIMIT, MAX_STORES, OrderBy, OrderField, Partial, Query, TimeField,
    currencies,
};
use crate::StoreId;
use crate::metrics::error::QueryError;
use crate::metrics::registry::{Aggregation, DimensionRef, MetricRef, Registry};

/// Every field of a query, in both forms.
pub(crate) const FIELDS: [&str; 21] = [
    "metrics",
    "metric",
    "source",
    "aggregation",
    "stores",
    "time_range",
    "granularity",
    "group_by",
    "filters",
    "compare_to",
    "align",
    "partial",
    "order_by",
    "limit",
    "offset",
    "timezone",
    "week_start",
    "currency",
    "refunds",
    "fill",
    "funnel",
];

const MAX_METRICS: usize = 20;
const MAX_GROUPS: usize = 5;
const MAX_ORDERS: usize = 10;

pub(super) fn query(json: &Value) -> Result<Query, QueryError> {
    let mut findings = Findings::default();
    let Some(map) = object(&mut findings, &Pointer::ROOT, json) else {
        findings.into_result()?;
        return Err(QueryError::Invalid(Vec::new()));
    };
    let mut reader = Reader { findings, map };
    let query = reader.query();
    reader.findings.into_result()?;
    query.ok_or_else(|| QueryError::Invalid(Vec::new()))
}

pub(super) struct Reader<'v> {
    pub(super) findings: Findings,
    map: &'v Map<String, Value>,
}

impl<'v> Reader<'v> {
    fn query(&mut self) -> Option<Query> {
        for field in self.map.keys().filter(|key| !FIELDS.contains(&key.as_str())) {
            let detail = unknown("field", field, FIELDS);
            self.findings.invalid(&Pointer::ROOT.key(field), "unknown_field", detail);
        }
        if self.map.contains_key("funnel") {
            self.findings.unsupported(&Pointer::ROOT.key("funnel"), "a funnel");
            return None;
        }
        let metrics = self.metrics();
        self.aggregation(metrics.as_deref().unwrap_or_default());
        let asked = metrics.as_deref().unwrap_or_default();
        let group_by = self.group_by(asked);
        let filters = self
            .field("filters")
            .and_then(|value| filters(&mut self.findings, &Pointer::ROOT.key("filters"), value, asked));
        let stores = self.stores();
        let granularity = self.granularity();
        let time_range = self.time_range();
        let compare_to = self.compare_to(time_range);
        let align = self.align(compare_to);
        let partial =
            self.chosen("partial", [("to_date", Partial::ToDate), ("full", Partial::Full)]).unwrap_or_default();
        let order_by = self.order_by(asked, group_by.as_deref().unwrap_or_default(), granularity);
        let limit = self.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let offset = self.number("offset", 0..=10_000_000).unwrap_or(0);
        let timezone = self.timezone();
        let week_start = self.week_start();
        let currency = self.currency();
        self.refunds();
        let fill = self
            .field("fill")
            .and_then(|value| boolean(&mut self.findings, &Pointer::ROOT.key("fill"), value))
            .unwrap_or(true);
        Some(Query {
            metrics: metrics?,
            stores,
            time_range: time_range?,
            granularity,
            group_by: group_by?,
            filters,
            compare_to,
            align,
            partial,
            order_by: order_by?,
            limit,
            offset,
            timezone,
            week_start,
            currency,
            fill,
        })
    }

    /// A field's value; a null is as good as none.
    pub(super) fn field(&self, name: &str) -> Option<&'v Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn required(&mut self, name: &str, detail: &str) {
        self.findings.invalid(&Pointer::ROOT.key(name), "required", detail);
    }

    pub(super) fn text(&mut self, name: &str) -> Option<&'v str> {
        let value = self.field(name)?;
        text(&mut self.findings, &Pointer::ROOT.key(name), value)
    }

    fn number(&mut self, name: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = self.field(name)?;
        whole_number(&mut self.findings, &Pointer::ROOT.key(name), value, range)
    }

    pub(super) fn chosen<T: Copy>(
        &mut self,
        name: &str,
        choices: impl IntoIterator<Item = (&'static str, T)>,
    ) -> Option<T> {
        let value = self.text(name)?;
        choice(&mut self.findings, &Pointer::ROOT.key(name), value, (name, "invalid_value"), choices)
    }

    fn metrics(&mut self) -> Option<Vec<MetricRef>> {
        match (self.field("metrics"), self.field("metric")) {
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
            (None, Some(_)) => self.short_metric().map(|metric| vec![metric]),
            (None, None) => {
                self.required("metrics", "is missing: what is asked for?");
                None
            }
        }
    }

    fn metric_list(&mut self, list: &Value) -> Option<Vec<MetricRef>> {
        let at = Pointer::ROOT.key("metrics");
        let list = array(&mut self.findings, &at, list)?;
        if list.is_empty() || list.len() > MAX_METRICS {
            self.findings.invalid(&at, "invalid_value", format!("must have 1 to {MAX_METRICS} metrics"));
            return None;
        }
        let mut metrics: Vec<Option<MetricRef>> = Vec::new();
        for (index, name) in list.iter().enumerate() {
            let at = at.index(index);
            let found = text(&mut self.findings, &at, name).and_then(|name| metric(&mut self.findings, &at, name));
            if found.is_some() && metrics.contains(&found) {
                self.findings.invalid(&at, "duplicate", "is listed twice");
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

    fn aggregation(&mut self, metrics: &[MetricRef]) {
        let choices = Aggregation::ALL.map(|aggregation| (aggregation.name(), aggregation));
        let Some(wanted) = self.chosen("aggregation", choices) else { return };
        let at = Pointer::ROOT.key("aggregation");
        for metric in metrics.iter().filter(|metric| metric.aggregation != wanted) {
            if metric.aggregations.contains(&wanted) {
                let what = format!("the aggregation {:?} of {:?}", wanted.name(), metric.id);
                self.findings.unsupported(&at, &what);
            } else {
                let allowed: Vec<_> = metric.aggregations.iter().map(|allowed| allowed.name()).collect();
                let detail = format!("{:?} cannot be {:?}; it can be {}", metric.id, wanted.name(), allowed.join(", "));
                self.findings.invalid(&at, "invalid_value", detail);
            }
        }
    }

    fn group_by(&mut self, metrics: &[MetricRef]) -> Option<Vec<DimensionRef>> {
        let at = Pointer::ROOT.key("group_by");
        let Some(value) = self.field("group_by") else { return Some(Vec::new()) };
        if let Value::String(name) = value {
            return dimension(&mut self.findings, &at, name, metrics).map(|dimension| vec![dimension]);
        }
        let list = array(&mut self.findings, &at, value)?;
        if list.len() > MAX_GROUPS {
            self.findings.invalid(&at, "too_large", format!("has {} dimensions; at most {MAX_GROUPS}", list.len()));
            return None;
        }
        let mut dimensions: Vec<Option<DimensionRef>> = Vec::new();
        for (index, name) in list.iter().enumerate() {
            let at = at.index(index);
            let found =
                text(&mut self.findings, &at, name).and_then(|name| dimension(&mut self.findings, &at, name, metrics));
            if found.is_some() && dimensions.contains(&found) {
                self.findings.invalid(&at, "duplicate", "is listed twice");
            }
            dimensions.push(found);
        }
        dimensions.into_iter().collect()
    }

    fn stores(&mut self) -> Option<Vec<StoreId>> {
        let at = Pointer::ROOT.key("stores");
        let value = self.field("stores")?;
        let list = array(&mut self.findings, &at, value)?;
        if list.is_empty() || list.len() > MAX_STORES {
            self.findings.invalid(&at, "invalid_value", format!("must have 1 to {MAX_STORES} stores"));
            return None;
        }
        let mut stores = Vec::new();
        for (index, id) in list.iter().enumerate() {
            let at = at.index(index);
            let Some(text) = text(&mut self.findings, &at, id) else { continue };
            match text.parse::<uuid::Uuid>() {
                Ok(id) if stores.contains(&StoreId(id)) => self.findings.invalid(&at, "duplicate", "is listed twice"),
                Ok(id) => stores.push(StoreId(id)),
                Err(_) => self.findings.invalid(&at, "invalid_value", "must be a store's id, a UUID"),
            }
        }
        Some(stores)
    }

    fn order_by(
        &mut self,
        metrics: &[MetricRef],
        group_by: &[DimensionRef],
        granularity: Option<Granularity>,
    ) -> Option<Vec<OrderBy>> {
        let at = Pointer::ROOT.key("order_by");
        let Some(value) = self.field("order_by") else { return Some(Vec::new()) };
        let list = array(&mut self.findings, &at, value)?;
        if list.len() > MAX_ORDERS {
            self.findings.invalid(&at, "too_large", format!("has {} steps; at most {MAX_ORDERS}", list.len()));
            return None;
        }
        let mut fields: Vec<(&str, OrderField)> = Vec::new();
        fields.extend(granularity.map(|_| ("time", OrderField::Time(TimeField::Time))));
        fields.extend(group_by.iter().map(|dimension| (dimension.0.id, OrderField::Dimension(*dimension))));
        fields.extend(metrics.iter().map(|metric| (metric.0.id, OrderField::Metric(*metric))));
        let steps = list.iter().enumerate().map(|(index, step)| self.order(&at.index(index), step, &fields));
        steps.collect::<Vec<_>>().into_iter().collect()
    }

    fn order(&mut self, at: &Pointer<'_>, step: &Value, fields: &[(&str, OrderField)]) -> Option<OrderBy> {
        let map = object(&mut self.findings, at, step)?;
        for key in map.keys().filter(|key| !["field", "direction"].contains(&key.as_str())) {
            self.findings.invalid(&at.key(key), "unknown_field", unknown("field", key, ["field", "direction"]));
        }
        let field_at = at.key("field");
        let Some(name) = map.get("field") else {
            self.findings.invalid(&field_at, "required", "is missing: what decides the order?");
            return None;
        };
        let name = text(&mut self.findings, &field_at, name)?;
        let field = fields.iter().find(|(known, _)| *known == name).map(|(_, field)| field.clone());
        if field.is_none() {
            let detail = unknown("column", name, fields.iter().map(|(known, _)| *known));
            self.findings.invalid(&field_at, "unknown_column", format!("{detail} (rows are ordered by their columns)"));
        }
        let direction_at = at.key("direction");
        let direction = match map.get("direction") {
            None => match field {
                Some(OrderField::Metric(_)) => Direction::Desc,
                _ => Direction::Asc,
            },
            Some(direction) => {
                let name = text(&mut self.findings, &direction_at, direction)?;
                let choices = [("asc", Direction::Asc), ("desc", Direction::Desc)];
                choice(&mut self.findings, &direction_at, name, ("direction", "invalid_value"), choices)?
            }
        };
        Some(OrderBy { field: field?, direction })
    }

    fn currency(&mut self) -> Option<String> {
        let code = self.text("currency")?;
        if currencies::CODES.contains(&code) {
            return Some(code.to_owned());
        }
        let detail = unknown("currency", code, currencies::CODES.iter().copied());
        self.findings.invalid(&Pointer::ROOT.key("currency"), "unknown_currency", detail);
        None
    }

    fn refunds(&mut self) {
        if self.chosen("refunds", [("order_date", false), ("refund_date", true)]) == Some(true) {
            self.findings.unsupported(&Pointer::ROOT.key("refunds"), "counting refunds on their own date");
        }
    }
}

#[cfg(test)]
mod tests;
