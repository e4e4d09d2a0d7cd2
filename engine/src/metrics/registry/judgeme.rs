//! What customers write of products, in Judge.me.

use super::build::{count, mean, rows};
use super::{Aggregation, Category, Condition, Formula, Metric, Rows, Unit};

static PUBLISHED: Rows =
    Rows { only: &[Condition::True { column: "is_published" }], ..rows("reviews", &["created_at"]) };
static WRITTEN: Rows = rows("reviews", &["created_at"]);

const COUNTS: Metric = Metric {
    id: "",
    source: "judgeme",
    title: "",
    description: "",
    unit: Unit::Count,
    category: Category::Sentiment,
    formula: Formula::Measure(count(&PUBLISHED)),
    by_refund: None,
    aggregation: Aggregation::Count,
    aggregations: &[Aggregation::Count],
    dimensions: &["store", "product", "rating", "verified"],
    additive: true,
    has_hours: true,
    higher_is_better: Some(true),
};

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "judgeme.reviews",
        title: "Reviews",
        description: "Reviews that are published, on the day they were written",
        ..COUNTS
    },
    Metric {
        id: "judgeme.rating",
        title: "Rating",
        description: "The mean of the stars of reviews that are published",
        unit: Unit::Rating,
        formula: mean(&PUBLISHED, "rating"),
        aggregation: Aggregation::Avg,
        aggregations: &[Aggregation::Avg, Aggregation::Min, Aggregation::Max, Aggregation::Median],
        additive: false,
        ..COUNTS
    },
    Metric {
        id: "judgeme.reviews_written",
        title: "Reviews written",
        description: "Reviews that came in, whether they are published, wait or are hidden",
        formula: Formula::Measure(count(&WRITTEN)),
        dimensions: &["store", "product", "rating", "verified", "status"],
        ..COUNTS
    },
];
