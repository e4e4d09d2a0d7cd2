//! Reading a query.

use serde_json::{Map, Value};

use super::parse_filter::{self, Scope, dimension};
use super::reader::{Findings, Pointer, array, boolean, choice, known_fields, object, text, unknown, whole_number};
use super::{
    Asked, DEFAULT_LIMIT, Direction, Filter, Granularity, MAX_LIMIT, MAX_STORES, OrderBy, OrderField, Partial, Query,
    RefundDate, RowCondition, TimeField, Top,
};
use crate::StoreId;
use crate::currency;
use crate::metrics::error::QueryError;
use crate::metrics::registry::{DimensionKind, DimensionRef, MetricRef, Registry};

/// Every field of a query, in both forms.
pub(crate) const FIELDS: [&str; 25] = [
    "metrics",
    "metric",
    "source",
    "aggregation",
    "stores",
    "time_range",
    "granularity",
    "group_by",
    "filters",
    "having",
    "top",
    "pivot",
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
    "explain",
];

const MAX_GROUPS: usize = 5;
const MAX_TOP: u64 = 100;
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
    let query = query.ok_or_else(|| QueryError::Invalid(Vec::new()))?;
    query.measures(false)?;
    Ok(query)
}

pub(super) struct Reader<'v> {
    pub(super) findings: Findings,
    map: &'v Map<String, Value>,
}

impl<'v> Reader<'v> {
    fn query(&mut self) -> Option<Query> {
        known_fields(&mut self.findings, &Pointer::ROOT, self.map, &FIELDS);
        let (funnel, metrics) = match self.field("funnel") {
            Some(_) => self.funnel().map_or((None, None), |(funnel, steps)| (Some(funnel), Some(steps))),
            None => (None, self.metrics()),
        };
        let asked = metrics.as_deref().unwrap_or_default();
        let involved: Vec<_> = asked.iter().flat_map(Asked::metrics).collect();
        // Who is followed from step to step belongs to the group that the first one says.
        let is_following = funnel.is_some_and(|funnel| funnel.following.is_some());
        let group_by = self.group_by(if is_following { &involved[..1] } else { &involved });
        let grouped = group_by.as_deref().unwrap_or_default();
        let (filters, having) = self.conditions(&involved, asked, grouped);
        let hidden = self.hidden(asked, having.as_ref(), grouped, filters.as_ref());
        if is_following && !hidden.is_empty() {
            let detail =
                "conditions on figures of customers who are followed are about the steps: step_1, step_2 and so on";
            let field = if self.field("having").is_some() { "having" } else { "filters" };
            self.findings.invalid(&Pointer::ROOT.key(field), "invalid_value", detail);
        }
        let top = self.top(asked, grouped);
        let pivot = self.pivot(grouped);
        let stores = self.stores();
        let granularity = self.granularity();
        self.check_shapes(asked, granularity);
        let time_range = self.time_range();
        let compare_to = self.compare_to(time_range);
        let align = self.align(compare_to);
        let partial =
            self.chosen("partial", [("to_date", Partial::ToDate), ("full", Partial::Full)]).unwrap_or_default();
        let order_by = self.order_by(asked, group_by.as_deref().unwrap_or_default(), granularity, pivot);
        let limit = self.number("limit", 1..=MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let offset = self.number("offset", 0..=10_000_000).unwrap_or(0);
        let timezone = self.timezone();
        let week_start = self.week_start();
        let currency = self.currency();
        let refunds = self
            .chosen("refunds", [("order_date", RefundDate::OrderDate), ("refund_date", RefundDate::RefundDate)])
            .unwrap_or_default();
        let fill = self.flag("fill").unwrap_or(true);
        let explain = self.flag("explain").unwrap_or(false);
        Some(Query {
            metrics: metrics?,
            hidden,
            funnel,
            stores,
            time_range: time_range?,
            granularity,
            group_by: group_by?,
            beside: Vec::new(),
            filters,
            having,
            top,
            pivot,
            compare_to,
            align,
            partial,
            order_by: order_by?,
            limit,
            offset,
            timezone,
            week_start,
            currency,
            refunds,
            fill,
            explain,
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

    fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.field(name)?;
        boolean(&mut self.findings, &Pointer::ROOT.key(name), value)
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

    /// What must hold of rows, and of figures. Conditions on figures may stand among the filters.
    fn conditions(
        &mut self,
        metrics: &[MetricRef],
        asked: &[Asked],
        group_by: &[DimensionRef],
    ) -> (Option<Filter>, Option<Filter<RowCondition>>) {
        let keys: Vec<_> = asked.iter().map(|asked| asked.key.as_str()).collect();
        let scope = Scope { metrics, figures: Some(&keys) };
        let mut read = |name: &str| {
            let value = self.field(name)?;
            parse_filter::filters(&mut self.findings, &Pointer::ROOT.key(name), value, &scope)
        };
        let (filters, having) = (read("filters"), read("having"));
        let (rows, figures) = filters.map_or((None, None), parse_filter::split);
        self.check_grouped("filters", figures.as_ref(), group_by);
        self.check_grouped("having", having.as_ref(), group_by);
        let mut having: Vec<_> = figures.into_iter().chain(having).collect();
        (rows, if having.len() > 1 { Some(Filter::And(having)) } else { having.pop() })
    }

    /// Dimensions that conditions on rows of the answer are about must be columns of it.
    fn check_grouped(&mut self, name: &str, having: Option<&Filter<RowCondition>>, group_by: &[DimensionRef]) {
        for condition in having.map(Filter::comparisons).unwrap_or_default() {
            if let RowCondition::Dimension(comparison) = condition
                && !group_by.contains(&comparison.dimension)
            {
                let id = comparison.dimension.id;
                let detail =
                    format!("{id:?} is part of a condition on rows of the answer, so they must be grouped by it");
                self.findings.invalid(&Pointer::ROOT.key(name), "not_grouped", detail);
            }
        }
    }

    /// The metrics that only conditions are about.
    fn hidden(
        &mut self,
        asked: &[Asked],
        having: Option<&Filter<RowCondition>>,
        group_by: &[DimensionRef],
        filters: Option<&Filter>,
    ) -> Vec<Asked> {
        let mut hidden: Vec<Asked> = Vec::new();
        for condition in having.map(Filter::comparisons).unwrap_or_default() {
            let RowCondition::Figure(comparison) = condition else { continue };
            let is_known = |one: &Asked| one.key == comparison.metric;
            let metric = Registry::get().metric(&comparison.metric).map(MetricRef);
            let Some(metric) = metric.filter(|_| !asked.iter().chain(&hidden).any(is_known)) else { continue };
            let filtered = filters.map(Filter::comparisons).unwrap_or_default();
            let used = group_by.iter().copied().chain(filtered.iter().map(|one| one.dimension));
            for dimension in used.filter(|dimension| !metric.dimensions.contains(&dimension.id)) {
                let detail = format!("{:?} cannot be cut by {:?}", metric.id, dimension.id);
                let field = if self.field("having").is_some() { "having" } else { "filters" };
                self.findings.invalid(&Pointer::ROOT.key(field), "dimension_not_allowed", detail);
            }
            hidden.push(Asked::metric(metric));
        }
        hidden
    }

    /// `{"groups": 5}`, by the first metric unless it says `by`, with all others as one unless it says `"other": false`.
    fn top(&mut self, asked: &[Asked], group_by: &[DimensionRef]) -> Option<Top> {
        let at = Pointer::ROOT.key("top");
        let map = object(&mut self.findings, &at, self.map.get("top").filter(|value| !value.is_null())?)?;
        known_fields(&mut self.findings, &at, map, &["groups", "by", "other"]);
        if group_by.is_empty() {
            self.findings.invalid(&at, "invalid_value", "needs groups: give \"group_by\"");
            return None;
        }
        let is_by_currency = group_by.iter().any(|dimension| dimension.kind == DimensionKind::Column("currency"));
        if is_by_currency && self.field("currency").is_none() {
            let detail = "needs one currency to add all others up in: give \"currency\"";
            self.findings.invalid(&at, "invalid_value", detail);
        }
        let groups = match map.get("groups") {
            Some(groups) => whole_number(&mut self.findings, &at.key("groups"), groups, 1..=MAX_TOP),
            None => {
                self.findings.invalid(&at.key("groups"), "required", "is missing: how many groups?");
                None
            }
        };
        // Over the whole range there are no rolling figures, and no trends.
        let mut keys = asked.iter().filter(|asked| asked.shape.is_none()).map(|asked| asked.key.as_str());
        let by = match map.get("by") {
            None => {
                let first = keys.next().map(str::to_owned);
                if first.is_none() && !asked.is_empty() {
                    let detail = "cannot rank by rolling figures or trends: ask for a figure of the whole range too";
                    self.findings.invalid(&at, "invalid_value", detail);
                }
                first
            }
            Some(by) => text(&mut self.findings, &at.key("by"), by).and_then(|by| {
                let known = keys.clone().any(|key| key == by);
                if !known {
                    let detail = if asked.iter().any(|asked| asked.key == by) {
                        format!("{by:?} is a rolling figure or a trend, which groups do not have over the whole range")
                    } else {
                        format!("{} (one of those that are asked for)", unknown("metric", by, keys))
                    };
                    self.findings.invalid(&at.key("by"), "unknown_metric", detail);
                }
                known.then(|| by.to_owned())
            }),
        };
        let other = match map.get("other") {
            None => Some(true),
            Some(other) => boolean(&mut self.findings, &at.key("other"), other),
        };
        Some(Top { groups: usize::try_from(groups?).ok()?, by: by?, other: other? })
    }

    fn order_by(
        &mut self,
        metrics: &[Asked],
        group_by: &[DimensionRef],
        granularity: Option<Granularity>,
        pivot: Option<DimensionRef>,
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
        let of_rows = group_by.iter().filter(|dimension| Some(**dimension) != pivot);
        fields.extend(of_rows.map(|dimension| (dimension.0.id, OrderField::Dimension(*dimension))));
        if pivot.is_none() {
            fields.extend(metrics.iter().map(|asked| (asked.key.as_str(), OrderField::Metric(asked.key.clone()))));
        }
        let steps = list.iter().enumerate().map(|(index, step)| self.order(&at.index(index), step, &fields));
        steps.collect::<Vec<_>>().into_iter().collect()
    }

    fn order(&mut self, at: &Pointer<'_>, step: &Value, fields: &[(&str, OrderField)]) -> Option<OrderBy> {
        let map = object(&mut self.findings, at, step)?;
        known_fields(&mut self.findings, at, map, &["field", "direction"]);
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
        if currency::CODES.contains(&code) {
            return Some(code.to_owned());
        }
        let detail = unknown("currency", code, currency::CODES.iter().copied());
        self.findings.invalid(&Pointer::ROOT.key("currency"), "unknown_currency", detail);
        None
    }
}

#[cfg(test)]
mod tests;
