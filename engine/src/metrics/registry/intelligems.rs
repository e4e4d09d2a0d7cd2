//! What Intelligems tells of experiments, by day and variation.

use super::build::{events, of, rows, sum, text};
use super::{Aggregate, Aggregation, Category, Formula, Grain, Measure, Metric, Rows, Unit};

const VARIATION: &[&str] = &["experiment", "variant"];

events!(VISITORS, "intelligems", ["visitors" by VARIATION]);
events!(ORDERS, "intelligems", ["orders" by VARIATION]);
events!(REVENUE, "intelligems", money, ["net_revenue" by VARIATION]);
events!(BEST, "intelligems", ["probability_to_be_best" by VARIATION]);
events!(UPLIFT, "intelligems", ["uplift" by VARIATION]);

const VALUE: &str = "metric_value";

const COUNTS: Metric = Metric {
    id: "",
    source: "intelligems",
    title: "",
    description: "",
    unit: Unit::Count,
    category: Category::Testing,
    formula: Formula::Measure(sum(&VISITORS, VALUE)),
    by_refund: None,
    aggregation: Aggregation::Sum,
    aggregations: &[Aggregation::Sum],
    dimensions: &["store", "experiment", "variant"],
    additive: true,
    has_hours: false,
    higher_is_better: Some(true),
};

const RATIO: Metric =
    Metric { aggregation: Aggregation::Ratio, aggregations: &[Aggregation::Ratio], additive: false, ..COUNTS };

/// What Intelligems estimates anew with every run: only the newest counts.
const ESTIMATE: Metric = Metric {
    unit: Unit::Percentage,
    aggregation: Aggregation::Latest,
    aggregations: &[Aggregation::Latest],
    additive: false,
    ..COUNTS
};

const fn latest(rows: &'static Rows) -> Formula {
    Formula::Measure(Measure { rows, aggregate: Aggregate::Latest(of(VALUE)), only: &[] })
}

const fn ratio(numerator: &'static Rows, denominator: &'static Rows) -> Formula {
    Formula::Ratio { numerator: sum(numerator, VALUE), denominator: sum(denominator, VALUE) }
}

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "intelligems.visitors",
        title: "Test visitors",
        description: "Visitors that were shown a variation, on the day of their first visit",
        ..COUNTS
    },
    Metric {
        id: "intelligems.orders",
        title: "Test orders",
        description: "Orders of visitors that were shown a variation",
        formula: Formula::Measure(sum(&ORDERS, VALUE)),
        ..COUNTS
    },
    Metric {
        id: "intelligems.net_revenue",
        title: "Test revenue",
        description: "Net revenue of visitors that were shown a variation",
        unit: Unit::Currency,
        formula: Formula::Measure(sum(&REVENUE, VALUE)),
        ..COUNTS
    },
    Metric {
        id: "intelligems.conversion_rate",
        title: "Test conversion rate",
        description: "Orders divided by visitors that were shown a variation",
        unit: Unit::Percentage,
        formula: ratio(&ORDERS, &VISITORS),
        ..RATIO
    },
    Metric {
        id: "intelligems.revenue_per_visitor",
        title: "Test revenue per visitor",
        description: "Net revenue divided by visitors that were shown a variation",
        unit: Unit::Currency,
        formula: ratio(&REVENUE, &VISITORS),
        ..RATIO
    },
    Metric {
        id: "intelligems.probability_to_be_best",
        title: "Probability to be best",
        description: "How likely a variation is the best of its experiment, as Intelligems last estimated it: ask by experiment and variant",
        formula: latest(&BEST),
        ..ESTIMATE
    },
    Metric {
        id: "intelligems.uplift",
        title: "Uplift",
        description: "How much better than the control a variation is, as Intelligems last estimated it: ask by experiment and variant",
        formula: latest(&UPLIFT),
        ..ESTIMATE
    },
];
