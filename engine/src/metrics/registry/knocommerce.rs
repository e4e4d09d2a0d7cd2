//! What KnoCommerce's surveys after a purchase tell.

use super::build::{count, distinct, mean, rows};
use super::{Aggregation, Category, Formula, Metric, Rows, Unit};

static RESPONSES: Rows = rows("survey_responses", &["completed_at"]);
static ANSWERS: Rows = rows("survey_answers", &["completed_at"]);

const COUNTS: Metric = Metric {
    id: "",
    source: "knocommerce",
    title: "",
    description: "",
    unit: Unit::Count,
    category: Category::Sentiment,
    formula: Formula::Measure(count(&RESPONSES)),
    by_refund: None,
    aggregation: Aggregation::Count,
    aggregations: &[Aggregation::Count],
    dimensions: &["store", "survey"],
    additive: true,
    has_hours: true,
    higher_is_better: Some(true),
};

const OF_ANSWERS: &[&str] = &["store", "survey", "question", "answer"];

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "knocommerce.responses",
        title: "Survey responses",
        description: "Surveys that were filled in to the end, on the day they were",
        ..COUNTS
    },
    Metric {
        id: "knocommerce.answers",
        title: "Answers",
        description: "Answers in surveys that were filled in to the end; of a question with several answers each counts",
        formula: Formula::Measure(count(&ANSWERS)),
        dimensions: OF_ANSWERS,
        ..COUNTS
    },
    Metric {
        id: "knocommerce.respondents",
        title: "Respondents",
        description: "Different responses with an answer: the whole that shares of answers are of",
        formula: Formula::Measure(distinct(&ANSWERS, "response_id", &[])),
        aggregation: Aggregation::CountDistinct,
        aggregations: &[Aggregation::CountDistinct],
        dimensions: OF_ANSWERS,
        additive: false,
        ..COUNTS
    },
    Metric {
        id: "knocommerce.nps",
        title: "Net promoter score",
        description: "The share of those who would recommend the shop (9 or 10 of 10) less that of those who would not (up to 6), times 100",
        unit: Unit::Score,
        formula: mean(&ANSWERS, "nps_points"),
        aggregation: Aggregation::Avg,
        aggregations: &[Aggregation::Avg],
        dimensions: &["store", "survey", "question"],
        additive: false,
        ..COUNTS
    },
];
