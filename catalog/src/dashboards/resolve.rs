//! What a dashboard asks: each widget's question, put together from the widget, the view that it is looked at in, and the language's rules.
//!
//! The app does the same for whoever is signed in, and `fixtures/dashboards/resolve.json` has what both must make of the same documents.
//! Here it is for those who are given an answer and may ask nothing themselves.

use std::collections::BTreeMap;

use aloftly_engine::StoreId;
use aloftly_engine::metrics::Query;
use aloftly_engine::metrics::query::{NamedRange, TimeRange, WeekStart};
use aloftly_engine::metrics::registry::Metric;
use chrono::{Datelike as _, NaiveDate};
use serde_json::{Map, Value, json};

use super::document::{DashboardFilter, Document, Settings, Widget, WidgetFilters, WidgetKind};

/// What the dashboard says for all of its widgets, and no question by itself.
pub(super) const OF_THE_DASHBOARD: [&str; 6] =
    ["stores", "time_range", "compare_to", "currency", "timezone", "explain"];
/// The years that queries are about.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;
/// Up to how many days are told by the hour, by the day and by the week.
const BY_THE_HOUR: i64 = 2;
const BY_THE_DAY: i64 = 92;
const BY_THE_WEEK: i64 = 731;
/// As many groups, over as many buckets, as an answer may have rows for.
const MOST_GROUPS: u64 = 100;
const MOST_ROWS: u64 = 10_000;

/// How a dashboard is looked at: what the address says, over the dashboard's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// A range's name, or its first and last day: `2026-10-01..2026-10-31`.
    pub range: String,
    /// The name of a comparison, or `none`.
    pub compare: String,
    /// The stores that are asked about; all that the caller may see when there are none.
    pub stores: Vec<StoreId>,
    /// The currency that amounts are told in; the stores' own unless it is said.
    pub currency: Option<String>,
    /// Which rows: all of these must hold.
    pub filters: Vec<DashboardFilter>,
    /// The day that weeks begin on, where it is not the same in all of the stores: they have no weeks in common otherwise.
    pub week_start: Option<WeekStart>,
    /// The IANA zone whose hours are meant, where it is not the same in all of the stores: those of some begin in the middle of others'. Days are
    /// each store's own.
    pub timezone: Option<String>,
}

impl From<&Settings> for View {
    fn from(settings: &Settings) -> Self {
        Self {
            range: settings.range.clone(),
            compare: settings.compare.clone(),
            stores: settings.stores.clone().unwrap_or_default(),
            currency: settings.currency.clone(),
            filters: settings.filters.clone(),
            week_start: None,
            timezone: None,
        }
    }
}

/// What each widget of a document asks in that view, by the widget's id, as it is to be given to [`Query::from_json`]. Widgets that ask
/// nothing are not in it.
#[must_use]
pub fn resolve(document: &Document, view: &View) -> BTreeMap<String, Value> {
    let asking = |widget: &Widget| Some((widget.id.clone(), Value::Object(question(widget, view)?)));
    document.widgets().filter_map(asking).collect()
}

/// What the small lines of tables are drawn from, which the app asks for beside the tables: the same figures over time, for the same groups. By
/// the widget's id with `:trend` behind it.
pub(super) fn trends(document: &Document, view: &View) -> BTreeMap<String, Value> {
    let tables = document.widgets().filter(|widget| widget.kind == WidgetKind::Table && has_lines(widget));
    let asking = |widget: &Widget| Some((format!("{}:trend", widget.id), Value::Object(trend(widget, view)?)));
    tables.filter_map(asking).collect()
}

fn has_lines(widget: &Widget) -> bool {
    let columns = widget.display.get("columns").and_then(Value::as_array);
    columns.is_some_and(|columns| columns.iter().any(|column| column["sparkline"] == true))
}

fn trend(widget: &Widget, view: &View) -> Option<Map<String, Value>> {
    let mut query = question(widget, view)?;
    for of_the_table in ["compare_to", "having", "offset", "order_by"] {
        query.shift_remove(of_the_table);
    }
    // By the day at least, which whatever stores and sources there are have in common.
    let range = widget.own.range.as_deref().unwrap_or(&view.range);
    query.insert("granularity".to_owned(), automatic(range, false).into());
    query.shift_remove("timezone");
    query.insert("fill".to_owned(), true.into());
    query.insert("limit".to_owned(), MOST_ROWS.into());
    if is_said(&query, "group_by") && !is_said(&query, "top") {
        query.insert("top".to_owned(), json!({ "groups": MOST_GROUPS, "other": false }));
    }
    Some(query)
}

/// What a widget asks by itself, without what its dashboard is filtered by.
pub(super) fn alone(widget: &Widget, settings: &Settings) -> Option<Map<String, Value>> {
    question(widget, &View { filters: Vec::new(), ..View::from(settings) })
}

fn question(widget: &Widget, view: &View) -> Option<Map<String, Value>> {
    let mut query = widget.query.clone()?;
    query.retain(|field, _| !OF_THE_DASHBOARD.contains(&field.as_str()));
    let own = &widget.own;
    let range = own.range.as_deref().unwrap_or(&view.range);
    let compare = own.compare.as_deref().unwrap_or(&view.compare);
    let wanted = query.shift_remove("granularity").filter(|wanted| !wanted.is_null() && wanted != "none");
    query.insert("time_range".to_owned(), time_range(range));
    if let Some(currency) = &view.currency {
        query.insert("currency".to_owned(), currency.as_str().into());
    }
    let metrics = metrics_of(&query, wanted.is_some());
    if let Some(wanted) = wanted {
        let has_hours = metrics.iter().all(|metric| metric.has_hours);
        let granularity = match wanted.as_str() {
            Some("auto") => automatic(range, has_hours && view.timezone.is_none()).into(),
            Some("hour") if !has_hours => "day".into(),
            _ => wanted,
        };
        if let Some(timezone) = view.timezone.as_deref().filter(|_| granularity == "hour") {
            query.insert("timezone".to_owned(), timezone.into());
        }
        query.insert("granularity".to_owned(), granularity);
        if !is_said(&query, "fill") {
            query.insert("fill".to_owned(), true.into());
        }
        // A chart without its last days would be a wrong one; a table says that it goes on.
        if widget.kind != WidgetKind::Table && !is_said(&query, "limit") {
            query.insert("limit".to_owned(), MOST_ROWS.into());
        }
    }
    if let Some(week_start) = view.week_start
        && !is_said(&query, "week_start")
    {
        query.insert("week_start".to_owned(), week_start.name().into());
    }
    let stores = own.stores.as_ref().unwrap_or(&view.stores);
    if !stores.is_empty() {
        query.insert("stores".to_owned(), json!(stores));
    }
    // Nothing is before all time.
    if compare != "none" && !(range == "all_time" && compare == "previous_period") {
        query.insert("compare_to".to_owned(), compare.into());
    }
    if own.filters == WidgetFilters::Add {
        add_filters(&mut query, &view.filters, &metrics);
    }
    Some(query)
}

/// Whether a question says something by a field. Null says as much as leaving it out.
fn is_said(query: &Map<String, Value>, field: &str) -> bool {
    query.get(field).is_some_and(|value| !value.is_null())
}

/// Puts to a question's own conditions those of the dashboard that hold for it, in their order: whose dimension all of its metrics have, and
/// beside which it can still be computed. Some sources report by these dimensions or by those, and by no two of them at once.
fn add_filters(query: &mut Map<String, Value>, filters: &[DashboardFilter], metrics: &[&'static Metric]) {
    let is_computable = |query: &Map<String, Value>| Query::from_json(&Value::Object(query.clone())).is_ok();
    // What is wrong by itself is not put right by leaving out conditions.
    let was_computable = is_computable(query);
    let own = query.get("filters").filter(|own| own.as_object().is_some_and(|own| !own.is_empty())).cloned();
    let mut all: Vec<Value> = own.into_iter().collect();
    for filter in filters {
        if !metrics.iter().all(|metric| metric.dimensions.contains(&filter.dimension.as_str())) {
            continue;
        }
        all.push(json!(filter));
        let before = query.insert("filters".to_owned(), json!({ "and": all }));
        if was_computable && !is_computable(query) {
            all.pop();
            match before {
                Some(before) => query.insert("filters".to_owned(), before),
                None => query.shift_remove("filters"),
            };
        }
    }
}

/// The metrics that a question asks for. What moves over buckets needs some, whichever they turn out to be.
fn metrics_of(query: &Map<String, Value>, has_buckets: bool) -> Vec<&'static Metric> {
    let mut query = query.clone();
    if has_buckets {
        query.insert("granularity".to_owned(), "day".into());
    }
    Query::from_json(&Value::Object(query)).map_or_else(|_| Vec::new(), |query| query.registered())
}

/// A range as queries say it.
fn time_range(range: &str) -> Value {
    match dates(range) {
        Some((from, to)) => json!({ "from": from, "to": to }),
        None => range.into(),
    }
}

/// The parts by which people can look at a range of that length.
fn automatic(range: &str, has_hours: bool) -> &'static str {
    let by_days = |days: i64| match days {
        days if days <= BY_THE_HOUR && has_hours => "hour",
        days if days <= BY_THE_DAY => "day",
        days if days <= BY_THE_WEEK => "week",
        _ => "month",
    };
    match parse_range(range) {
        Some(TimeRange::Dates { from, to }) => by_days((to - from).num_days() + 1),
        Some(TimeRange::Named(NamedRange::Today | NamedRange::Yesterday)) => by_days(1),
        Some(TimeRange::Named(NamedRange::YearToDate | NamedRange::Last12Months)) => "week",
        Some(TimeRange::Named(NamedRange::AllTime)) => "month",
        Some(TimeRange::Named(_)) | None => "day",
    }
}

/// A range as it stands in a document; `None` for anything else.
pub(super) fn parse_range(text: &str) -> Option<TimeRange> {
    if let Some(named) = NamedRange::ALL.into_iter().find(|range| range.name() == text) {
        return Some(TimeRange::Named(named));
    }
    let (from, to) = dates(text)?;
    let is_in_time = YEARS.contains(&from.year()) && YEARS.contains(&to.year());
    (from <= to && is_in_time).then_some(TimeRange::Dates { from, to })
}

fn dates(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (from, to) = text.split_once("..")?;
    Some((date(from)?, date(to)?))
}

/// `2026-10-31`, and nothing that only looks like it.
fn date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use uuid::Uuid;

    use super::*;

    /// A vector of `fixtures/dashboards/resolve.json`.
    #[derive(Deserialize)]
    struct Vector {
        name: String,
        document: Document,
        view: Viewed,
        metrics: BTreeMap<String, Known>,
        expected: BTreeMap<String, Value>,
    }

    #[derive(Deserialize)]
    struct Viewed {
        range: String,
        compare: String,
        stores: Vec<StoreId>,
        currency: Option<String>,
        filters: Vec<DashboardFilter>,
        week_start: Option<String>,
        timezone: Option<String>,
    }

    /// What the registry says of a metric, as the app is to know it.
    #[derive(Deserialize)]
    struct Known {
        source: String,
        dimensions: Vec<String>,
        hours: bool,
        /// Of each thing that is measured, the dimensions of each report that has it.
        #[serde(default)]
        reports: Vec<Vec<Vec<String>>>,
    }

    /// The reports that a metric is taken from, of all that it is computed of.
    fn reports(metric: &Metric) -> Vec<Vec<Vec<String>>> {
        let measures = metric.formula.measures().into_iter().filter(|measure| !measure.rows.grains.is_empty());
        let texts = |dimensions: &[&str]| dimensions.iter().map(|&dimension| dimension.to_owned()).collect();
        let own = measures.map(|measure| measure.rows.grains.iter().map(|grain| texts(grain.dimensions)).collect());
        own.chain(metric.leaves().into_iter().flat_map(reports)).collect()
    }

    fn vectors() -> Vec<Vector> {
        serde_json::from_str(include_str!("../../../fixtures/dashboards/resolve.json")).unwrap()
    }

    #[test]
    fn widgets_ask_what_the_app_makes_them_ask() {
        let vectors = vectors();
        assert!(vectors.len() >= 12, "{}", vectors.len());
        for Vector { name, document, view, expected, .. } in vectors {
            let Viewed { range, compare, stores, currency, filters, week_start, timezone } = view;
            let week_start = week_start.map(|name| WeekStart::ALL.into_iter().find(|day| day.name() == name).unwrap());
            let view = View { range, compare, stores, currency, filters, week_start, timezone };
            assert_eq!(resolve(&document, &view), expected, "{name}");
            for (widget, query) in &expected {
                let read = Query::from_json(query);
                assert!(read.is_ok(), "{name}, {widget}: {read:?}");
            }
        }
    }

    #[test]
    fn the_vectors_know_of_metrics_what_the_registry_says() {
        use aloftly_engine::metrics::registry::Registry;
        for Vector { name, metrics, .. } in vectors() {
            for (id, known) in metrics {
                let metric = Registry::get().metric(&id).unwrap();
                assert_eq!((metric.source, metric.has_hours), (known.source.as_str(), known.hours), "{name}: {id}");
                assert_eq!(metric.dimensions, known.dimensions, "{name}: {id}");
                assert_eq!(reports(metric), known.reports, "{name}: {id}");
            }
        }
    }

    #[test]
    fn without_stores_a_question_is_about_all_that_one_sees() {
        let mut vector = vectors().remove(0);
        vector.document.settings.stores = None;
        let view = View::from(&vector.document.settings);
        for query in resolve(&vector.document, &view).values() {
            assert_eq!(query.get("stores"), None, "{query}");
        }
    }

    #[test]
    fn what_the_dashboard_says_no_question_says_by_itself() {
        let mut vector = vectors().remove(0);
        let foreign = Uuid::from_u128(7);
        let query = vector.document.sections[0].widgets[0].query.as_mut().unwrap();
        query.insert("stores".to_owned(), json!([foreign]));
        query.insert("explain".to_owned(), json!(true));
        query.insert("time_range".to_owned(), json!("all_time"));
        for query in resolve(&vector.document, &View::from(&vector.document.settings)).values() {
            assert!(!query.to_string().contains(&foreign.to_string()), "{query}");
            assert_eq!((query.get("explain"), &query["time_range"]), (None, &json!("last_90_days")));
        }
    }

    #[test]
    fn a_range_is_a_name_or_two_days_in_order() {
        assert_eq!(parse_range("last_30_days"), Some(TimeRange::Named(NamedRange::Last30Days)));
        assert!(parse_range("2026-10-01..2026-10-01").is_some());
        for wrong in [
            "",
            "last_31_days",
            "2026-10-01",
            "2026-10-02..2026-10-01",
            "2026-10-01..2026-10-32",
            "2026-10-1..2026-10-02",
            "1969-12-31..2026-10-01",
            "2026-10-01..2200-01-01",
            "2026-10-01...2026-10-02",
            "..",
        ] {
            assert_eq!(parse_range(wrong), None, "{wrong:?}");
        }
    }
}
