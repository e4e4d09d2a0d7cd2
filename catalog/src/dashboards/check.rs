//! What is wrong with a document, place by place.
//!
//! Whatever passes can be kept and asked: each question is read as the metrics service reads it. How widgets are drawn is not looked at
//! but for its size: that is the app's, which changes more often than the server.

use std::collections::BTreeSet;

use aloftly_engine::StoreId;
use aloftly_engine::currency;
use aloftly_engine::metrics::query::NamedComparison;
use aloftly_engine::metrics::registry::Registry;
use aloftly_engine::metrics::{Query, QueryError};
use serde_json::Value;

use super::document::{DashboardFilter, Document, Section, VERSION, Widget, WidgetKind};
use super::resolve::{self, OF_THE_DASHBOARD};
use crate::imports::holds_nul;

const MOST_BYTES: usize = 128 * 1024;
const MOST_SECTIONS: usize = 12;
const MOST_WIDGETS: usize = 40;
const MOST_FILTERS: usize = 20;
const MOST_STORES: usize = 100;
const MOST_VALUES: usize = 1_000;
const LONGEST_TITLE: usize = 200;
const LONGEST_NOTE: usize = 2_000;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_VALUE: usize = 1_000;
const LONGEST_DISPLAY: usize = 8 * 1024;
/// JSON that is nested much deeper cannot be read again.
const DEEPEST_DISPLAY: usize = 16;

/// The operators that compare texts, by how many values they take.
const WITHOUT_VALUES: [&str; 2] = ["set", "notSet"];
const WITH_ONE: [&str; 6] = ["equals", "notEquals", "contains", "notContains", "startsWith", "endsWith"];
const WITH_SOME: [&str; 2] = ["in", "notIn"];

/// What is wrong with one place of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer into the document.
    pub pointer: String,
    /// What is wrong and what would be right, for people.
    pub detail: String,
    /// What is wrong, for programs, where there is a name for it.
    pub code: Option<&'static str>,
}

impl Document {
    /// Whether it can be kept.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Faults::default();
        let Ok(written) = serde_json::to_value(self) else {
            faults.add("", "must be a document that can be written as JSON");
            return Err(faults.0);
        };
        if written.to_string().len() > MOST_BYTES {
            faults.add("", "must have no more than 128 KiB");
        }
        if holds_nul(&written) {
            faults.add("", "must have no NUL character, which cannot be kept");
        }
        if self.version != VERSION {
            faults.add("/version", format!("must be {VERSION}"));
        }
        self.check_settings(&mut faults);
        if self.sections.len() > MOST_SECTIONS {
            faults.add("/sections", format!("must have no more than {MOST_SECTIONS} sections"));
        }
        if self.widgets().count() > MOST_WIDGETS {
            faults.add("/sections", format!("must have no more than {MOST_WIDGETS} widgets in all"));
        }
        let mut ids = BTreeSet::new();
        for (index, section) in self.sections.iter().enumerate() {
            let at = format!("/sections/{index}");
            check_id(&mut faults, &at, &section.id, &mut ids);
            check_section(&mut faults, &at, section);
        }
        let mut ids = BTreeSet::new();
        for (at, widget) in self.placed() {
            check_id(&mut faults, &at, &widget.id, &mut ids);
            self.check_widget(&mut faults, &at, widget);
        }
        if faults.0.is_empty() { Ok(()) } else { Err(faults.0) }
    }

    fn check_settings(&self, faults: &mut Faults) {
        let settings = &self.settings;
        check_range(faults, "/settings/range", &settings.range);
        check_compare(faults, "/settings/compare", &settings.compare);
        check_stores(faults, "/settings/stores", settings.stores.as_deref());
        if settings.currency.as_deref().is_some_and(|code| !currency::CODES.contains(&code)) {
            faults.add("/settings/currency", "must be the code of a currency, such as USD");
        }
        if settings.filters.len() > MOST_FILTERS {
            faults.add("/settings/filters", format!("must have no more than {MOST_FILTERS} filters"));
        }
        for (index, filter) in settings.filters.iter().enumerate() {
            check_filter(faults, &format!("/settings/filters/{index}"), filter);
        }
    }

    fn check_widget(&self, faults: &mut Faults, at: &str, widget: &Widget) {
        check_words(faults, &format!("{at}/title"), widget.title.as_deref(), LONGEST_TITLE);
        check_words(faults, &format!("{at}/note"), widget.note.as_deref(), LONGEST_NOTE);
        check_words(faults, &format!("{at}/text"), widget.text.as_deref(), LONGEST_TEXT);
        if let Some(range) = &widget.own.range {
            check_range(faults, &format!("{at}/own/range"), range);
        }
        if let Some(compare) = &widget.own.compare {
            check_compare(faults, &format!("{at}/own/compare"), compare);
        }
        check_stores(faults, &format!("{at}/own/stores"), widget.own.stores.as_deref());
        if Value::Object(widget.display.clone()).to_string().len() > LONGEST_DISPLAY {
            faults.add(format!("{at}/display"), "must have no more than 8 KiB");
        }
        if widget.display.values().any(|value| depth(value) >= DEEPEST_DISPLAY) {
            faults.add(format!("{at}/display"), format!("must be nested no more than {DEEPEST_DISPLAY} deep"));
        }
        if widget.kind != WidgetKind::Text && widget.text.is_some() {
            faults.add(format!("{at}/text"), "must be null: it belongs to a widget of the kind \"text\"");
        }
        match &widget.query {
            None if widget.kind.asks() => faults.add(format!("{at}/query"), "must say what the widget asks"),
            Some(_) if widget.kind == WidgetKind::Text => {
                faults.add(format!("{at}/query"), "must be null: a text asks nothing");
            }
            _ => self.check_question(faults, at, widget),
        }
    }

    /// Whether the metrics service can read what a widget asks by itself: which of the dashboard's filters hold for it depends on the
    /// view.
    fn check_question(&self, faults: &mut Faults, at: &str, widget: &Widget) {
        for field in OF_THE_DASHBOARD {
            if widget.query.as_ref().is_some_and(|query| query.contains_key(field)) {
                let detail = "must be left out: the dashboard says it for all of its widgets";
                faults.add(format!("{at}/query/{field}"), detail);
            }
        }
        let Some(query) = resolve::alone(widget, &self.settings) else { return };
        match Query::from_json(&Value::Object(query)) {
            Ok(_) => {}
            Err(QueryError::Invalid(errors)) => {
                // What the dashboard says has been looked at by itself.
                let own = errors.into_iter().filter(|error| {
                    let field = error.pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
                    !OF_THE_DASHBOARD.contains(&field)
                });
                faults.0.extend(own.map(|error| Fault {
                    pointer: format!("{at}/query{}", error.pointer),
                    detail: error.detail,
                    code: Some(error.code),
                }));
            }
            Err(other) => faults.add(format!("{at}/query"), other.to_string()),
        }
    }
}

/// What was found to be wrong.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Fault { pointer: pointer.into(), detail: detail.into(), code: None });
    }
}

fn check_section(faults: &mut Faults, at: &str, section: &Section) {
    check_words(faults, &format!("{at}/title"), section.title.as_deref(), LONGEST_TITLE);
    if !(1..=3).contains(&section.columns) {
        faults.add(format!("{at}/columns"), "must be 1, 2 or 3");
    }
}

fn check_id<'d>(faults: &mut Faults, at: &str, id: &'d str, known: &mut BTreeSet<&'d str>) {
    let is_plain = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !is_plain || !(6..=32).contains(&id.len()) {
        faults.add(format!("{at}/id"), "must be 6 to 32 small letters and digits");
    } else if !known.insert(id) {
        faults.add(format!("{at}/id"), format!("must be another: there are two of {id:?}"));
    }
}

fn check_words(faults: &mut Faults, at: &str, words: Option<&str>, longest: usize) {
    if words.is_some_and(|words| words.chars().count() > longest) {
        faults.add(at, format!("must have no more than {longest} characters"));
    }
}

fn check_range(faults: &mut Faults, at: &str, range: &str) {
    if resolve::parse_range(range).is_none() {
        faults.add(at, "must be the name of a range, or its first and last day such as 2026-10-01..2026-10-31");
    }
}

fn check_compare(faults: &mut Faults, at: &str, compare: &str) {
    let is_known = compare == "none" || NamedComparison::ALL.iter().any(|named| named.name() == compare);
    if !is_known {
        let names: Vec<_> = NamedComparison::ALL.iter().map(|named| named.name()).collect();
        faults.add(at, format!("must be none or one of {}", names.join(", ")));
    }
}

fn check_stores(faults: &mut Faults, at: &str, stores: Option<&[StoreId]>) {
    let Some(stores) = stores else { return };
    if stores.is_empty() || stores.len() > MOST_STORES {
        faults.add(at, format!("must have 1 to {MOST_STORES} stores; null is all of them"));
    }
    if stores.iter().collect::<BTreeSet<_>>().len() < stores.len() {
        faults.add(at, "must have each store once");
    }
}

fn check_filter(faults: &mut Faults, at: &str, filter: &DashboardFilter) {
    let DashboardFilter { dimension, operator, values } = filter;
    if Registry::get().dimension(dimension).is_none() {
        faults.add(format!("{at}/dimension"), format!("{dimension:?} is no dimension"));
    }
    let operator = operator.as_str();
    let fits = if WITHOUT_VALUES.contains(&operator) {
        values.is_empty()
    } else if WITH_ONE.contains(&operator) {
        values.len() == 1
    } else if WITH_SOME.contains(&operator) {
        (1..=MOST_VALUES).contains(&values.len())
    } else {
        let known: Vec<_> = WITH_ONE.iter().chain(&WITH_SOME).chain(&WITHOUT_VALUES).copied().collect();
        faults.add(format!("{at}/operator"), format!("must be one of {}", known.join(", ")));
        return;
    };
    if !fits {
        faults.add(format!("{at}/values"), format!("must have as many values as {operator:?} takes"));
    }
    for (index, _) in values.iter().enumerate().filter(|(_, value)| value.chars().count() > LONGEST_VALUE) {
        faults.add(format!("{at}/values/{index}"), format!("must have no more than {LONGEST_VALUE} characters"));
    }
}

/// How many objects and lists are in one another.
fn depth(value: &Value) -> usize {
    let inner = match value {
        Value::Object(fields) => fields.values().map(depth).max(),
        Value::Array(values) => values.iter().map(depth).max(),
        _ => return 0,
    };
    1 + inner.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A document without a fault: two sections, of which one has a figure, a table and a text.
    fn good() -> Value {
        let own = json!({ "range": null, "compare": null, "stores": null, "filters": "add" });
        let widget = |id: &str, kind: &str, query: Value, text: Value| {
            json!({
                "id": id, "kind": kind, "size": "small", "title": null, "note": null, "query": query, "own": own, "display": {},
                "text": text,
            })
        };
        let figure = json!({ "metrics": ["shopify.revenue"], "granularity": "auto" });
        let table = json!({ "metrics": ["shopify.units"], "group_by": ["product"], "top": { "groups": 5 } });
        json!({
            "version": 1,
            "settings": {
                "range": "last_30_days", "compare": "previous_period", "stores": null, "currency": "USD",
                "filters": [{ "dimension": "device", "operator": "in", "values": ["mobile"] }],
            },
            "sections": [
                {
                    "id": "first1", "title": "Sales", "columns": 2, "collapsed": false,
                    "widgets": [
                        widget("figure1", "kpi", figure, Value::Null),
                        widget("table01", "table", table, Value::Null),
                        widget("words01", "text", Value::Null, json!("# Words")),
                    ],
                },
                { "id": "second", "title": null, "columns": 3, "collapsed": true, "widgets": [] },
            ],
        })
    }

    /// The places of what is wrong with the good document once that place of it is that value.
    fn wrong_with(pointer: &str, value: Value) -> Vec<String> {
        let mut document = good();
        *document.pointer_mut(pointer).unwrap() = value;
        let document: Document = serde_json::from_value(document).unwrap();
        document.check().err().unwrap_or_default().into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn a_document_without_a_fault_can_be_kept() {
        let document: Document = serde_json::from_value(good()).unwrap();
        assert_eq!(document.check(), Ok(()));
        assert_eq!(serde_json::to_value(&document).unwrap(), good(), "and is kept as it was given");
        assert_eq!(document.asked(), BTreeSet::from(["shopify.revenue", "shopify.units"]));
        assert_eq!(Document::empty().check(), Ok(()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let (store, text) = (json!("0192a000-0000-7000-8000-00000000000a"), |length| json!("x".repeat(length)));
        let by_device = json!({ "metrics": ["shopify.revenue"], "group_by": ["device"] });
        let deep = json!({ "a": (0..DEEPEST_DISPLAY).fold(json!(1), |inner, _| json!([inner])) });
        let cases = [
            ("/version", json!(2), "/version"),
            ("/settings/range", json!("last_31_days"), "/settings/range"),
            ("/settings/range", json!("2026-10-02..2026-10-01"), "/settings/range"),
            ("/settings/compare", json!("last_year"), "/settings/compare"),
            ("/settings/stores", json!([]), "/settings/stores"),
            ("/settings/stores", json!([store, store]), "/settings/stores"),
            ("/settings/currency", json!("EURO"), "/settings/currency"),
            ("/settings/filters/0/dimension", json!("devise"), "/settings/filters/0/dimension"),
            ("/settings/filters/0/operator", json!("gte"), "/settings/filters/0/operator"),
            ("/settings/filters/0/values", json!([]), "/settings/filters/0/values"),
            ("/settings/filters/0/values/0", text(1_001), "/settings/filters/0/values/0"),
            ("/sections/0/id", json!("Short"), "/sections/0/id"),
            ("/sections/1/id", json!("first1"), "/sections/1/id"),
            ("/sections/0/columns", json!(4), "/sections/0/columns"),
            ("/sections/1/title", text(201), "/sections/1/title"),
            ("/sections/0/widgets/1/id", json!("figure1"), "/sections/0/widgets/1/id"),
            ("/sections/0/widgets/0/title", text(201), "/sections/0/widgets/0/title"),
            ("/sections/0/widgets/0/note", text(2_001), "/sections/0/widgets/0/note"),
            ("/sections/0/widgets/2/text", text(20_001), "/sections/0/widgets/2/text"),
            ("/sections/0/widgets/0/text", json!("words"), "/sections/0/widgets/0/text"),
            ("/sections/0/widgets/0/display", json!({ "a": "x".repeat(8_192) }), "/sections/0/widgets/0/display"),
            ("/sections/0/widgets/0/display", deep, "/sections/0/widgets/0/display"),
            ("/sections/0/widgets/0/own/range", json!("soon"), "/sections/0/widgets/0/own/range"),
            ("/sections/0/widgets/0/own/compare", json!("soon"), "/sections/0/widgets/0/own/compare"),
            ("/sections/0/widgets/0/own/stores", json!([]), "/sections/0/widgets/0/own/stores"),
            ("/sections/0/widgets/0/query", Value::Null, "/sections/0/widgets/0/query"),
            ("/sections/0/widgets/2/query", json!({ "metrics": ["shopify.revenue"] }), "/sections/0/widgets/2/query"),
            ("/sections/0/widgets/0/query/metrics/0", json!("shopify.revenu"), "/sections/0/widgets/0/query/metrics/0"),
            ("/sections/0/widgets/0/query/granularity", json!("fortnight"), "/sections/0/widgets/0/query/granularity"),
            ("/sections/0/widgets/0/query", by_device, "/sections/0/widgets/0/query/group_by/0"),
            ("/sections/0/widgets/1/query/top/groups", json!(0), "/sections/0/widgets/1/query/top/groups"),
        ];
        for (place, value, expected) in cases {
            assert_eq!(wrong_with(place, value.clone()), [expected], "{place} as {value}");
        }
    }

    #[test]
    fn what_the_dashboard_says_a_widget_does_not_say_in_its_question() {
        for field in OF_THE_DASHBOARD {
            let query = json!({ "metrics": ["shopify.revenue"], field: "x" });
            let expected = format!("/sections/0/widgets/0/query/{field}");
            assert_eq!(wrong_with("/sections/0/widgets/0/query", query), [expected]);
        }
    }

    #[test]
    fn a_filter_of_the_dashboard_that_a_widget_lacks_is_no_fault_of_its() {
        // Neither revenue nor units can be cut by the device.
        let document: Document = serde_json::from_value(good()).unwrap();
        assert_eq!(document.settings.filters[0].dimension, "device");
        assert_eq!(document.check(), Ok(()));
    }

    #[test]
    fn there_are_so_many_sections_and_widgets_and_so_much_text_and_no_more() {
        let with = |sections: usize, widgets: usize, note: usize| {
            let mut document: Document = serde_json::from_value(good()).unwrap();
            let mut words = document.sections[0].widgets.remove(2);
            words.note = Some("x".repeat(note));
            document.sections = (0..sections)
                .map(|number| Section {
                    id: format!("section{number}"),
                    widgets: Vec::new(),
                    ..document.sections[1].clone()
                })
                .collect();
            let many = (0..widgets).map(|number| Widget { id: format!("words{number:02}"), ..words.clone() });
            document.sections[0].widgets = many.collect();
            document.check().err().unwrap_or_default().into_iter().map(|fault| fault.pointer).collect::<Vec<_>>()
        };
        assert_eq!(with(MOST_SECTIONS, MOST_WIDGETS, 10), Vec::<String>::new());
        assert_eq!(with(MOST_SECTIONS + 1, 1, 10), ["/sections"]);
        assert_eq!(with(1, MOST_WIDGETS + 1, 10), ["/sections"]);
        let mut document: Document = serde_json::from_value(good()).unwrap();
        let words = document.sections[0].widgets[2].clone();
        let long =
            |number: usize| Widget { id: format!("long{number:02}"), text: Some("x".repeat(20_000)), ..words.clone() };
        document.sections[1].widgets = (0..7).map(long).collect();
        let faults = document.check().unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.pointer.as_str()).collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn what_postgres_cannot_keep_is_refused() {
        assert_eq!(wrong_with("/sections/0/widgets/2/text", json!("a\0b")), [""]);
        assert_eq!(wrong_with("/sections/0/widgets/2/text", json!("a\\u0000b")), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_document_is_not_read_as_one() {
        for (place, value) in [
            ("/settings", json!({})),
            ("/sections/0/widgets/0/kind", json!("gauge")),
            ("/sections/0/widgets/0/size", json!("huge")),
            ("/sections/0/widgets/0/own/filters", json!("maybe")),
            ("/sections/0/widgets/0/display", json!([])),
            ("/sections/0/widgets/0", json!({ "id": "figure1" })),
        ] {
            let mut document = good();
            *document.pointer_mut(place).unwrap() = value;
            assert!(serde_json::from_value::<Document>(document).is_err(), "{place}");
        }
        let mut more = good();
        more["sections"][0]["colour"] = json!("red");
        assert!(serde_json::from_value::<Document>(more).is_err(), "unknown fields are none");
    }
}
