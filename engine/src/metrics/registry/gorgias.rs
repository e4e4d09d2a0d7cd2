//! What customers ask for help with, in Gorgias.

use super::build::{count, mean, of, rows};
use super::{Aggregate, Aggregation, Category, Condition, Formula, Measure, Metric, Rows, Thousandths, Unit};

/// Neither spam nor in the trash.
const COUNTED: &[Condition] = &[Condition::False { column: "is_excluded" }];

static CREATED: Rows = Rows { only: COUNTED, ..rows("tickets", &["created_at"]) };
static CLOSED: Rows = Rows { only: COUNTED, ..rows("tickets", &["closed_at"]) };
static SCORED: Rows = Rows { only: COUNTED, ..rows("tickets", &["scored_at"]) };

const COUNTS: Metric = Metric {
    id: "",
    source: "gorgias",
    title: "",
    description: "",
    unit: Unit::Count,
    category: Category::Support,
    formula: Formula::Measure(count(&CREATED)),
    by_refund: None,
    aggregation: Aggregation::Count,
    aggregations: &[Aggregation::Count],
    dimensions: &["store", "channel", "status", "priority", "language", "sentiment", "contact_reason"],
    additive: true,
    has_hours: true,
    higher_is_better: Some(false),
};

/// Times are skewed: the middle one says more than the mean.
const TIMES: Metric = Metric {
    unit: Unit::Duration,
    aggregation: Aggregation::Median,
    aggregations: &[
        Aggregation::Median,
        Aggregation::Avg,
        Aggregation::Min,
        Aggregation::Max,
        Aggregation::P90,
        Aggregation::P95,
        Aggregation::P99,
    ],
    additive: false,
    ..COUNTS
};

const fn median(column: &'static str) -> Formula {
    let aggregate = Aggregate::Percentile { of: of(column), at: Thousandths(500) };
    Formula::Measure(Measure { rows: &CREATED, aggregate, only: &[] })
}

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "gorgias.tickets",
        title: "Tickets",
        description: "Tickets that were opened; without spam and trash",
        ..COUNTS
    },
    Metric {
        id: "gorgias.closed_tickets",
        title: "Closed tickets",
        description: "Tickets on the day they were closed last; without spam and trash",
        formula: Formula::Measure(count(&CLOSED)),
        higher_is_better: Some(true),
        ..COUNTS
    },
    Metric {
        id: "gorgias.first_response_time",
        title: "First response time",
        description: "From a ticket's beginning to the first answer of a person, by the day it was opened; the middle value, night and weekend included",
        formula: median("first_response_seconds"),
        ..TIMES
    },
    Metric {
        id: "gorgias.resolution_time",
        title: "Resolution time",
        description: "From a ticket's beginning until it was closed last, by the day it was opened; the middle value, night and weekend included",
        formula: median("resolution_seconds"),
        ..TIMES
    },
    Metric {
        id: "gorgias.csat",
        title: "Customer satisfaction",
        description: "The mean score of tickets that customers judged, from 1 to 5, on the day they did",
        unit: Unit::Rating,
        category: Category::Sentiment,
        formula: mean(&SCORED, "score"),
        aggregation: Aggregation::Avg,
        aggregations: &[Aggregation::Avg, Aggregation::Min, Aggregation::Max, Aggregation::Median],
        additive: false,
        higher_is_better: Some(true),
        ..COUNTS
    },
];
