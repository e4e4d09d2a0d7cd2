//! Reading a funnel: its steps, and whether customers are followed through them.

use serde_json::{Map, Value};

use super::asked::Asked;
use super::funnel::{Following, Funnel, Window};
use super::parse::Reader;
use super::parse_filter::{self, Scope};
use super::parse_metrics::{MAX_TITLE, metric};
use super::reader::{Findings, Pointer, array, choice, known_fields, object, text, whole_number};
use crate::metrics::registry::Unit;

const STEPS: std::ops::RangeInclusive<usize> = 2..=10;
const FIELDS: [&str; 3] = ["steps", "by", "window"];
const STEP_FIELDS: [&str; 3] = ["metric", "filters", "label"];

/// A unit of time: its name, its window of so many, and how many there may be at most.
type WindowUnit = (&'static str, fn(u32) -> Window, u32);
const WINDOW_UNITS: [WindowUnit; 3] = [
    ("minutes", Window::Minutes, Window::MAX_DAYS * 24 * 60),
    ("hours", Window::Hours, Window::MAX_DAYS * 24),
    ("days", Window::Days, Window::MAX_DAYS),
];

impl Reader<'_> {
    /// `{"steps": [{"metric": "ga4.sessions"}, {"metric": "shopify.orders", "label": "Bought"}]}`: each step counted by itself; or
    /// with `"by": "customer", "window": {"days": 30}`, each customer followed from step to step.
    pub(super) fn funnel(&mut self) -> Option<(Funnel, Vec<Asked>)> {
        for other in ["metrics", "metric", "source", "aggregation"] {
            if self.field(other).is_some() {
                let detail = "cannot stand beside \"funnel\", whose steps say what is counted";
                self.findings.invalid(&Pointer::ROOT.key(other), "invalid_value", detail);
            }
        }
        let at = Pointer::ROOT.key("funnel");
        let value = self.field("funnel")?;
        let map = object(&mut self.findings, &at, value)?;
        known_fields(&mut self.findings, &at, map, &FIELDS);
        let steps = self.steps(&at.key("steps"), map.get("steps"));
        let following = self.following(&at, map);
        Some((Funnel { following: following? }, steps?))
    }

    fn steps(&mut self, at: &Pointer<'_>, list: Option<&Value>) -> Option<Vec<Asked>> {
        let Some(list) = list else {
            self.findings.invalid(at, "required", "is missing: what is counted, step by step?");
            return None;
        };
        let list = array(&mut self.findings, at, list)?;
        if !STEPS.contains(&list.len()) {
            let detail = format!("must have {} to {} steps", STEPS.start(), STEPS.end());
            self.findings.invalid(at, "invalid_value", detail);
            return None;
        }
        let steps = list.iter().enumerate().map(|(number, value)| {
            let at = at.index(number);
            let map = object(&mut self.findings, &at, value)?;
            let step = step(&mut self.findings, &at, map)?;
            Some(Asked { key: format!("step_{}", number + 1), ..step })
        });
        steps.collect::<Vec<_>>().into_iter().collect()
    }

    /// What the outer option says is whether it could be read.
    #[allow(clippy::option_option, reason = "a funnel that is read may follow nobody")]
    fn following(&mut self, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<Option<Following>> {
        let given = |name: &str| map.get(name).filter(|value| !value.is_null());
        let window_at = at.key("window");
        let Some(by) = given("by") else {
            if given("window").is_some() {
                let detail = "is for customers who are followed from step to step: give \"by\": \"customer\"";
                self.findings.invalid(&window_at, "invalid_value", detail);
            }
            return Some(None);
        };
        let at = at.key("by");
        let by = text(&mut self.findings, &at, by)?;
        choice(&mut self.findings, &at, by, ("by", "invalid_value"), [("customer", ())])?;
        let window = match given("window") {
            None => Window::DEFAULT,
            Some(window) => self.window(&window_at, window)?,
        };
        Some(Some(Following { window }))
    }

    /// `{"days": 30}`.
    fn window(&mut self, at: &Pointer<'_>, value: &Value) -> Option<Window> {
        let map = object(&mut self.findings, at, value)?;
        let mut given = map.iter();
        let (Some((name, number)), None) = (given.next(), given.next()) else {
            let detail = "must have one of \"minutes\", \"hours\" and \"days\", such as {\"days\": 30}";
            self.findings.invalid(at, "invalid_value", detail);
            return None;
        };
        let units = WINDOW_UNITS.map(|unit| (unit.0, unit));
        let at = at.key(name);
        let (_, of, most) = choice(&mut self.findings, &at, name, ("unit", "unknown_field"), units)?;
        let number = whole_number(&mut self.findings, &at, number, 1..=u64::from(most))?;
        Some(of(u32::try_from(number).ok()?))
    }
}

fn step(findings: &mut Findings, at: &Pointer<'_>, map: &Map<String, Value>) -> Option<Asked> {
    known_fields(findings, at, map, &STEP_FIELDS);
    let given = |name: &str| map.get(name).filter(|value| !value.is_null());
    let metric_at = at.key("metric");
    let Some(name) = given("metric") else {
        findings.invalid(&metric_at, "required", "is missing: what is counted?");
        return None;
    };
    let name = text(findings, &metric_at, name)?;
    let metric = metric(findings, &metric_at, name)?;
    if metric.unit != Unit::Count {
        let detail = format!("{:?} is a {}; steps are counts", metric.id, metric.unit.name());
        findings.invalid(&metric_at, "invalid_value", detail);
    }
    let mut step = Asked::metric(metric);
    if let Some(filters) = given("filters") {
        let scope = Scope { metrics: &[metric], figures: None };
        let filters = parse_filter::filters(findings, &at.key("filters"), filters, &scope);
        step.filters = filters.and_then(|filters| parse_filter::split(filters).0);
    }
    if let Some(label) = given("label") {
        let label = text(findings, &at.key("label"), label)?;
        if label.is_empty() || label.chars().count() > MAX_TITLE {
            findings.invalid(&at.key("label"), "invalid_value", format!("must have 1 to {MAX_TITLE} characters"));
        }
        label.clone_into(&mut step.title);
    }
    Some(step)
}
