//! What Microsoft Clarity reports of each day: how far visitors read, and where they struggle.

use super::build::{events, rows, sum, text};
use super::{Aggregation, Category, Formula, Grain, Metric, Rows, Unit};

const DEVICE: &[&str] = &["device"];
const PAGE: &[&str] = &["page", "device"];
const PLACE: &[&str] = &["country", "medium"];
const ALL: &[&str] = &["store", "device", "page", "country", "medium"];

events!(SESSIONS, "clarity", ["sessions" by DEVICE, "sessions_by_page" by PAGE, "sessions_by_place" by PLACE]);
events!(BOTS, "clarity", ["bot_sessions" by DEVICE, "bot_sessions_by_page" by PAGE, "bot_sessions_by_place" by PLACE]);
events!(SCROLLED, "clarity", ["scrolled" by DEVICE, "scrolled_by_page" by PAGE, "scrolled_by_place" by PLACE]);
events!(SCROLL_SESSIONS, "clarity", [
    "scroll_sessions" by DEVICE,
    "scroll_sessions_by_page" by PAGE,
    "scroll_sessions_by_place" by PLACE,
]);
events!(ACTIVE, "clarity", [
    "active_seconds" by DEVICE,
    "active_seconds_by_page" by PAGE,
    "active_seconds_by_place" by PLACE,
]);
events!(RAGE, "clarity", [
    "rage_click_sessions" by DEVICE,
    "rage_click_sessions_by_page" by PAGE,
    "rage_click_sessions_by_place" by PLACE,
]);
events!(DEAD, "clarity", [
    "dead_click_sessions" by DEVICE,
    "dead_click_sessions_by_page" by PAGE,
    "dead_click_sessions_by_place" by PLACE,
]);
events!(QUICK_BACK, "clarity", [
    "quick_back_sessions" by DEVICE,
    "quick_back_sessions_by_page" by PAGE,
    "quick_back_sessions_by_place" by PLACE,
]);
events!(EXCESSIVE_SCROLL, "clarity", [
    "excessive_scroll_sessions" by DEVICE,
    "excessive_scroll_sessions_by_page" by PAGE,
    "excessive_scroll_sessions_by_place" by PLACE,
]);
events!(SCRIPT_ERRORS, "clarity", [
    "script_error_sessions" by DEVICE,
    "script_error_sessions_by_page" by PAGE,
    "script_error_sessions_by_place" by PLACE,
]);

const VALUE: &str = "metric_value";

const COUNTS: Metric = Metric {
    id: "",
    source: "clarity",
    title: "",
    description: "",
    unit: Unit::Count,
    category: Category::Engagement,
    formula: Formula::Measure(sum(&SESSIONS, VALUE)),
    by_refund: None,
    aggregation: Aggregation::Sum,
    aggregations: &[Aggregation::Sum],
    dimensions: ALL,
    additive: true,
    has_hours: false,
    higher_is_better: Some(true),
};

/// The share of sessions in which visitors struggled.
const STRUGGLES: Metric = Metric {
    unit: Unit::Percentage,
    aggregation: Aggregation::Ratio,
    aggregations: &[Aggregation::Ratio],
    additive: false,
    higher_is_better: Some(false),
    ..COUNTS
};

const fn of_sessions(numerator: &'static Rows) -> Formula {
    Formula::Ratio { numerator: sum(numerator, VALUE), denominator: sum(&SESSIONS, VALUE) }
}

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "clarity.sessions",
        title: "Sessions seen by Clarity",
        description: "Visits that Clarity recorded, each over the day before its report was fetched",
        category: Category::Traffic,
        ..COUNTS
    },
    Metric {
        id: "clarity.bot_sessions",
        title: "Bot sessions",
        description: "Visits that Clarity takes for those of programs",
        category: Category::Traffic,
        formula: Formula::Measure(sum(&BOTS, VALUE)),
        higher_is_better: None,
        ..COUNTS
    },
    Metric {
        id: "clarity.scroll_depth",
        title: "Scroll depth",
        description: "How much of a page was scrolled through; the mean over sessions, not over pages",
        unit: Unit::Percentage,
        formula: Formula::Ratio { numerator: sum(&SCROLLED, VALUE), denominator: sum(&SCROLL_SESSIONS, VALUE) },
        aggregation: Aggregation::Ratio,
        aggregations: &[Aggregation::Ratio],
        additive: false,
        ..COUNTS
    },
    Metric {
        id: "clarity.active_time",
        title: "Active time",
        description: "How long visitors did something, as reported by Clarity",
        unit: Unit::Duration,
        formula: Formula::Measure(sum(&ACTIVE, VALUE)),
        ..COUNTS
    },
    Metric {
        id: "clarity.rage_click_rate",
        title: "Rage clicks",
        description: "Sessions with a place that was clicked again and again, of all sessions",
        formula: of_sessions(&RAGE),
        ..STRUGGLES
    },
    Metric {
        id: "clarity.dead_click_rate",
        title: "Dead clicks",
        description: "Sessions with a click that did nothing, of all sessions",
        formula: of_sessions(&DEAD),
        ..STRUGGLES
    },
    Metric {
        id: "clarity.quick_back_rate",
        title: "Quick backs",
        description: "Sessions in which a page was left again at once, of all sessions",
        formula: of_sessions(&QUICK_BACK),
        ..STRUGGLES
    },
    Metric {
        id: "clarity.excessive_scroll_rate",
        title: "Excessive scrolling",
        description: "Sessions in which a page was scrolled through more than usual, of all sessions",
        formula: of_sessions(&EXCESSIVE_SCROLL),
        ..STRUGGLES
    },
    Metric {
        id: "clarity.script_error_rate",
        title: "Script errors",
        description: "Sessions with an error of a script, of all sessions",
        formula: of_sessions(&SCRIPT_ERRORS),
        ..STRUGGLES
    },
];
