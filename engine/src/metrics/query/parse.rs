//! Reading a query.

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};

use super::parse_filter::{dimension, filters, metric};
use super::reader::{Findings, Pointer, array, boolean, choice, kind, object, shorten, text, unknown, whole_number};
use super::{
    Align, Compare, DEFAULT_LIMIT, Direction, Granularity, MAX_LIMIT, NamedComparison, NamedRange, OrderBy, OrderField,
    Partial, Query, TimeField, TimeRange, currencies,
};
use crate::StoreId;
use crate::metrics::error::QueryError;
use crate::metrics::registry::{Aggregation, DimensionRef, MetricRef, Registry};

/// Every field of a query, in both forms.
pub(crate) const FIELDS: [&str; 20] = [
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
    "currency",
    "refunds",
    "fill",
    "funnel",
];

const MAX_METRICS: usize = 20;
const MAX_GROUPS: usize = 5;
const MAX_STORES: usize = 100;
const MAX_ORDERS: usize = 10;
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

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

struct Reader<'v> {
    findings: Findings,
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
            currency,
            fill,
        })
    }

    /// A field's value; a null is as good as none.
    fn field(&self, name: &str) -> Option<&'v Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn required(&mut self, name: &str, detail: &str) {
        self.findings.invalid(&Pointer::ROOT.key(name), "required", detail);
    }

    fn text(&mut self, name: &str) -> Option<&'v str> {
        let value = self.field(name)?;
        text(&mut self.findings, &Pointer::ROOT.key(name), value)
    }

    fn number(&mut self, name: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = self.field(name)?;
        whole_number(&mut self.findings, &Pointer::ROOT.key(name), value, range)
    }

    fn chosen<T: Copy>(&mut self, name: &str, choices: impl IntoIterator<Item = (&'static str, T)>) -> Option<T> {
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

    fn granularity(&mut self) -> Option<Granularity> {
        let choices = Granularity::ALL.map(|granularity| (granularity.name(), Some(granularity)));
        self.chosen("granularity", choices.into_iter().chain([("none", None)])).flatten()
    }

    fn time_range(&mut self) -> Option<TimeRange> {
        let Some(value) = self.field("time_range") else {
            self.required("time_range", "is missing: of which time? for example \"last_30_days\"");
            return None;
        };
        let at = Pointer::ROOT.key("time_range");
        match value {
            Value::String(name) => {
                let choices = NamedRange::ALL.map(|range| (range.name(), range));
                choice(&mut self.findings, &at, name, ("time range", "unknown_time_range"), choices)
                    .map(TimeRange::Named)
            }
            Value::Object(map) => self.dates(&at, map).map(|(from, to)| TimeRange::Dates { from, to }),
            other => {
                let detail = format!("must be the name of a range or {{\"from\", \"to\"}}, not {}", kind(other));
                self.findings.invalid(&at, "invalid_type", detail);
                None
            }
        }
    }

    fn dates(&mut self, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<(NaiveDate, NaiveDate)> {
        for key in map.keys().filter(|key| !["from", "to"].contains(&key.as_str())) {
            self.findings.invalid(&at.key(key), "unknown_field", unknown("field", key, ["from", "to"]));
        }
        let from = self.date(&at.key("from"), map.get("from"));
        let to = self.date(&at.key("to"), map.get("to"));
        let (from, to) = (from?, to?);
        if to < from {
            self.findings.invalid(&at.key("to"), "invalid_value", format!("is before \"from\", {from}"));
            return None;
        }
        Some((from, to))
    }

    fn date(&mut self, at: &Pointer<'_>, value: Option<&Value>) -> Option<NaiveDate> {
        let Some(value) = value else {
            self.findings.invalid(at, "required", "is missing");
            return None;
        };
        let text = text(&mut self.findings, at, value)?;
        let date = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
        let Some(date) = date else {
            let detail = format!("{:?} is not a date such as 2026-10-31", shorten(text));
            self.findings.invalid(at, "invalid_value", detail);
            return None;
        };
        if !YEARS.contains(&date.year()) {
            let detail = format!("must be a year from {} to {}", YEARS.start(), YEARS.end());
            self.findings.invalid(at, "invalid_value", detail);
            return None;
        }
        Some(date)
    }

    fn compare_to(&mut self, range: Option<TimeRange>) -> Option<Compare> {
        let at = Pointer::ROOT.key("compare_to");
        let compare = match self.field("compare_to")? {
            Value::String(name) => {
                let choices = NamedComparison::ALL.map(|compare| (compare.name(), compare));
                choice(&mut self.findings, &at, name, ("comparison", "unknown_comparison"), choices).map(Compare::Named)
            }
            Value::Object(map) => self.dates(&at, map).map(|(from, to)| Compare::Dates { from, to }),
            other => {
                let detail = format!("must be the name of a comparison or {{\"from\", \"to\"}}, not {}", kind(other));
                self.findings.invalid(&at, "invalid_type", detail);
                None
            }
        };
        if (range, compare)
            == (Some(TimeRange::Named(NamedRange::AllTime)), Some(Compare::Named(NamedComparison::PreviousPeriod)))
        {
            self.findings.invalid(&at, "invalid_value", "nothing is before \"all_time\"");
        }
        compare
    }

    fn align(&mut self, compare: Option<Compare>) -> Align {
        let align =
            self.chosen("align", [("date", Align::Date), ("day_of_week", Align::DayOfWeek)]).unwrap_or_default();
        if align == Align::DayOfWeek && matches!(compare, Some(Compare::Dates { .. })) {
            let detail =
                "\"day_of_week\" goes with a named comparison; give dates that begin on the same day of the week";
            self.findings.invalid(&Pointer::ROOT.key("align"), "invalid_value", detail);
        }
        align
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

    fn timezone(&mut self) -> Option<chrono_tz::Tz> {
        let name = self.text("timezone")?;
        if let Ok(zone) = name.parse() {
            return Some(zone);
        }
        let detail = unknown("time zone", name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
        self.findings.invalid(&Pointer::ROOT.key("timezone"), "unknown_timezone", detail);
        None
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
mod tests {
    use serde_json::json;

    use super::*;

    fn errors(query: &Value) -> Vec<String> {
        match Query::from_json(query) {
            Err(QueryError::Invalid(errors)) => {
                errors.iter().map(|error| format!("{} {}: {}", error.pointer, error.code, error.detail)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    /// The errors of a good query with some fields replaced.
    fn errors_with(fields: &Value) -> Vec<String> {
        let mut query = json!({"metrics": ["shopify.revenue"], "time_range": "today"});
        for (name, value) in fields.as_object().unwrap() {
            query[name] = value.clone();
        }
        errors(&query)
    }

    fn unsupported_with(fields: &Value) -> (String, String) {
        let mut query = json!({"metrics": ["shopify.revenue"], "time_range": "today"});
        for (name, value) in fields.as_object().unwrap() {
            query[name] = value.clone();
        }
        match Query::from_json(&query) {
            Err(QueryError::Unsupported(error)) => (error.pointer, error.detail),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_short_form_is_the_full_form_in_fewer_words() {
        let short = json!({
            "metric": "revenue", "source": "shopify", "aggregation": "sum", "time_range": "last_30_days",
            "group_by": "channel", "filters": {"country": "US"}, "compare_to": "previous_period"
        });
        let full = json!({
            "metrics": ["shopify.revenue"], "time_range": "last_30_days", "granularity": "none", "group_by": ["channel"],
            "filters": {"dimension": "country", "operator": "equals", "values": ["US"]},
            "compare_to": "previous_period", "align": "date", "partial": "to_date", "order_by": [], "limit": 1000,
            "offset": 0, "refunds": "order_date", "fill": true
        });
        let short = Query::from_json(&short).unwrap();
        assert_eq!(short, Query::from_json(&full).unwrap());
        let written = serde_json::to_value(&short).unwrap();
        assert_eq!(written["filters"], json!({"dimension": "country", "operator": "equals", "values": ["US"]}));
        assert_eq!(Query::from_json(&written).unwrap(), short);
    }

    #[test]
    fn what_a_query_is_read_as_can_be_read_again() {
        let query = json!({
            "metrics": ["shopify.revenue", "shopify.aov"], "stores": ["019a0000-0000-7000-8000-000000000001"],
            "time_range": {"from": "2026-10-01", "to": "2026-10-31"}, "granularity": "day", "group_by": ["channel"],
            "filters": {"and": [
                {"dimension": "country", "operator": "in", "values": ["US", "CA"]},
                {"not": {"or": [{"channel": ["web", "pos"]}, {"dimension": "discount_code", "operator": "notSet"}]}}
            ]},
            "compare_to": {"from": "2025-10-01", "to": "2025-10-31"}, "align": "date", "partial": "full",
            "order_by": [{"field": "shopify.revenue", "direction": "asc"}, {"field": "time"}, {"field": "channel"}],
            "limit": 20, "offset": 5, "timezone": "America/New_York", "currency": "USD", "fill": false
        });
        let read = Query::from_json(&query).unwrap();
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(Query::from_json(&written).unwrap(), read);
        assert_eq!(written["order_by"][1], json!({"field": "time", "direction": "asc"}));
        assert_eq!(written["time_range"], json!({"from": "2026-10-01", "to": "2026-10-31"}));
    }

    #[test]
    fn all_errors_are_found_at_once() {
        let found = errors(&json!({
            "metrics": ["shopify.revenu", 7], "time_range": {"from": "2026-02-30", "to": "2026-02-01", "till": 1},
            "granulariy": "day", "group_by": ["chanel", "channel", "channel"], "limit": 0
        }));
        assert_eq!(
            found,
            [
                "/granulariy unknown_field: unknown field \"granulariy\"; did you mean \"granularity\"?",
                "/metrics/0 unknown_metric: unknown metric \"shopify.revenu\"; did you mean \"shopify.revenue\"?",
                "/metrics/1 invalid_type: must be a text, not a number",
                "/group_by/0 unknown_dimension: unknown dimension \"chanel\"; did you mean \"channel\"?",
                "/group_by/2 duplicate: is listed twice",
                "/time_range/till unknown_field: unknown field \"till\"; known are from, to",
                "/time_range/from invalid_value: \"2026-02-30\" is not a date such as 2026-10-31",
                "/limit invalid_value: must be a whole number from 1 to 10000",
            ]
        );
    }

    #[test]
    fn each_error_names_its_place_and_what_would_be_right() {
        for (query, error) in [
            (json!([]), " invalid_type: must be an object, not an array"),
            (json!({"time_range": "today"}), "/metrics required: is missing: what is asked for?"),
            (
                json!({"metrics": ["shopify.aov"]}),
                "/time_range required: is missing: of which time? for example \"last_30_days\"",
            ),
            (
                json!({"metric": "revenue", "time_range": "today"}),
                "/source required: is missing; give it, or write the metric as \"shopify.revenue\"",
            ),
            (
                json!({"metric": "sessions", "source": "ga4", "time_range": "today"}),
                "/source unknown_source: unknown source \"ga4\"; known are shopify",
            ),
            (
                json!({"metric": "ga4.sessions", "source": "shopify", "time_range": "today"}),
                "/source invalid_value: \"shopify\" is not the source of the metric \"ga4.sessions\"",
            ),
        ] {
            assert_eq!(errors(&query), [error], "{query}");
        }
        for (fields, error) in [
            (
                json!({"metric": "shopify.aov"}),
                "/metric invalid_value: cannot stand beside \"metrics\": give one of them",
            ),
            (json!({"metrics": []}), "/metrics invalid_value: must have 1 to 20 metrics"),
            (json!({"metrics": ["shopify.aov", "shopify.aov"]}), "/metrics/1 duplicate: is listed twice"),
            (
                json!({"time_range": "last_week_days"}),
                "/time_range unknown_time_range: unknown time range \"last_week_days\"; did you mean \"last_week\"?",
            ),
            (json!({"time_range": {"from": "2026-01-01"}}), "/time_range/to required: is missing"),
            (
                json!({"time_range": {"from": "2026-01-02", "to": "2026-01-01"}}),
                "/time_range/to invalid_value: is before \"from\", 2026-01-02",
            ),
            (
                json!({"time_range": {"from": "1066-01-02", "to": "2026-01-01"}}),
                "/time_range/from invalid_value: must be a year from 1970 to 2199",
            ),
            (
                json!({"time_range": 30}),
                "/time_range invalid_type: must be the name of a range or {\"from\", \"to\"}, not a number",
            ),
            (
                json!({"granularity": "daily"}),
                "/granularity invalid_value: unknown granularity \"daily\"; known are hour, day, week, month, quarter, year, none",
            ),
            (
                json!({"group_by": "product"}),
                "/group_by dimension_not_allowed: \"shopify.revenue\" cannot be cut by \"product\"; it can be by store, \
                 channel, country, discount_code, customer_type, currency, financial_status",
            ),
            (
                json!({"compare_to": "last_year"}),
                "/compare_to unknown_comparison: unknown comparison \"last_year\"; known are previous_period, \
                 previous_week, previous_month, previous_year",
            ),
            (
                json!({"time_range": "all_time", "compare_to": "previous_period"}),
                "/compare_to invalid_value: nothing is before \"all_time\"",
            ),
            (
                json!({"order_by": [{"field": "channel"}]}),
                "/order_by/0/field unknown_column: unknown column \"channel\"; known are shopify.revenue (rows are \
                 ordered by their columns)",
            ),
            (
                json!({"order_by": [{"field": "shopify.revenue", "direction": "down"}]}),
                "/order_by/0/direction invalid_value: unknown direction \"down\"; known are asc, desc",
            ),
            (json!({"offset": -1}), "/offset invalid_value: must be a whole number from 0 to 10000000"),
            (
                json!({"timezone": "America/New_Yrok"}),
                "/timezone unknown_timezone: unknown time zone \"America/New_Yrok\"; did you mean \"America/New_York\"?",
            ),
            (json!({"currency": "USF"}), "/currency unknown_currency: unknown currency \"USF\"; did you mean \"USD\"?"),
            (json!({"fill": "yes"}), "/fill invalid_type: must be true or false, not a text"),
            (json!({"stores": ["my shop"]}), "/stores/0 invalid_value: must be a store's id, a UUID"),
            (
                json!({"aggregation": "p90"}),
                "/aggregation invalid_value: \"shopify.revenue\" cannot be \"p90\"; it can be sum, avg, min, max, median",
            ),
        ] {
            assert_eq!(errors_with(&fields), [error], "{fields}");
        }
    }

    #[test]
    fn each_error_in_a_filter_names_its_place() {
        let deep = (0..9).fold(json!({"country": "US"}), |inner, _| json!({"not": inner}));
        for (filters, error) in [
            (json!("country"), "/filters invalid_type: must be an object, not a text"),
            (json!({"and": []}), "/filters/and invalid_value: must not be empty"),
            (json!({"or": [{}]}), "/filters/or/0 invalid_value: must not be empty"),
            (
                json!({"and": [{"country": "US"}], "or": [{"country": "CA"}]}),
                "/filters/or invalid_value: cannot stand beside \"and\": a group has one key; nest groups instead",
            ),
            (
                json!({"and": [{"country": "US"}, {"dimension": "contry", "operator": "equals", "values": ["CA"]}]}),
                "/filters/and/1/dimension unknown_dimension: unknown dimension \"contry\"; did you mean \"country\"?",
            ),
            (
                json!({"contry": "US"}),
                "/filters/contry unknown_dimension: unknown dimension \"contry\"; did you mean \"country\"?",
            ),
            (
                json!({"vendor": "Acme"}),
                "/filters/vendor dimension_not_allowed: \"shopify.revenue\" cannot be cut by \"vendor\"; it can be by \
                 store, channel, country, discount_code, customer_type, currency, financial_status",
            ),
            (
                json!({"country": null}),
                "/filters/country invalid_value: must be a text, not null; use the operator \"notSet\" for rows without \
                 a value",
            ),
            (json!({"country": ["US", 7]}), "/filters/country/1 invalid_value: must be a text, not a number"),
            (
                json!({"dimension": "country", "operator": "equal", "values": ["US"]}),
                "/filters/operator unknown_operator: unknown operator \"equal\"; did you mean \"equals\"?",
            ),
            (
                json!({"dimension": "country", "operator": "equals", "values": ["US", "CA"]}),
                "/filters/values invalid_value: \"equals\" takes exactly one value, not 2; use \"in\" for several",
            ),
            (
                json!({"dimension": "country", "operator": "in"}),
                "/filters/values invalid_value: \"in\" takes at least one value, not 0",
            ),
            (
                json!({"dimension": "country", "operator": "set", "values": ["US"]}),
                "/filters/values invalid_value: \"set\" takes no value, not 1",
            ),
            (
                json!({"dimension": "country", "operator": "gt", "values": ["US"]}),
                "/filters/operator invalid_value: \"gt\" compares numbers, and dimensions are text; use it with a metric",
            ),
            (
                json!({"dimension": "country", "operator": "equals", "value": ["US"], "values": ["US"]}),
                "/filters/value unknown_field: unknown field \"value\"; did you mean \"values\"?",
            ),
            (
                json!({"dimension": "country", "values": ["US"]}),
                "/filters/operator required: is missing: how is it compared?",
            ),
            (
                json!({"operator": "equals", "values": ["US"]}),
                "/filters/dimension required: is missing: which dimension is compared?",
            ),
            (
                json!({"metric": "shopify.orders", "operator": "contains", "values": [1]}),
                "/filters/operator invalid_value: \"contains\" compares text, and metrics are numbers",
            ),
            (deep, "/filters/not/not/not/not/not/not/not/not too_large: is nested more than 8 deep"),
            (
                json!({"or": vec![json!({"country": "US"}); 101]}),
                "/filters too_large: has 101 comparisons; at most 100",
            ),
        ] {
            assert_eq!(errors_with(&json!({"filters": filters})), [error], "{filters}");
        }
    }

    #[test]
    fn what_is_not_built_yet_says_so() {
        for (fields, pointer, what) in [
            (json!({"refunds": "refund_date"}), "/refunds", "counting refunds on their own date"),
            (json!({"aggregation": "avg"}), "/aggregation", "the aggregation \"avg\" of \"shopify.revenue\""),
            (json!({"funnel": {"steps": []}}), "/funnel", "a funnel"),
            (
                json!({"filters": {"and": [{"metric": "shopify.orders", "operator": "gte", "values": [10]}]}}),
                "/filters/and/0/metric",
                "filtering rows by the figure of a metric",
            ),
        ] {
            let detail = format!("{what} is part of the language but not built yet");
            assert_eq!(unsupported_with(&fields), (pointer.to_owned(), detail));
        }
    }

    #[test]
    fn pointers_escape_what_json_pointers_escape() {
        assert_eq!(
            errors_with(&json!({"a/b~c": 1})),
            [
                "/a~1b~0c unknown_field: unknown field \"a/b~c\"; known are metrics, metric, source, aggregation, stores, \
              time_range, granularity, group_by, filters, compare_to, align, partial, order_by, limit, offset, \
              timezone, currency, refunds, fill, funnel"
            ]
        );
    }
}
