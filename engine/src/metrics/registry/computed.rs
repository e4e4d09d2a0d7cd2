//! Metrics over metrics of several sources. Sums over sums: a day without sessions has no conversion rate.

use super::{Aggregation, Category, Formula, Metric, Unit};

const RATIO: Metric = Metric {
    id: "",
    source: "store",
    title: "",
    description: "",
    unit: Unit::Percentage,
    category: Category::Conversion,
    formula: Formula::Computed(""),
    by_refund: None,
    aggregation: Aggregation::Ratio,
    aggregations: &[Aggregation::Ratio],
    dimensions: &["store"],
    additive: false,
    has_hours: false,
    higher_is_better: Some(true),
};

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "store.conversion_rate",
        title: "Conversion rate",
        description: "The shop's orders divided by GA4's sessions",
        formula: Formula::Computed("shopify.orders / ga4.sessions"),
        dimensions: &["store", "country"],
        ..RATIO
    },
    Metric {
        id: "store.revenue_per_session",
        title: "Revenue per session",
        description: "The shop's revenue divided by GA4's sessions",
        unit: Unit::Currency,
        category: Category::Revenue,
        formula: Formula::Computed("shopify.revenue / ga4.sessions"),
        dimensions: &["store", "country"],
        ..RATIO
    },
    Metric {
        id: "store.contact_rate",
        title: "Contact rate",
        description: "Tickets divided by the shop's orders",
        category: Category::Support,
        formula: Formula::Computed("gorgias.tickets / shopify.orders"),
        has_hours: true,
        higher_is_better: Some(false),
        ..RATIO
    },
    Metric {
        id: "store.survey_response_rate",
        title: "Survey response rate",
        description: "Surveys filled in to the end, divided by the shop's orders",
        category: Category::Sentiment,
        formula: Formula::Computed("knocommerce.responses / shopify.orders"),
        has_hours: true,
        ..RATIO
    },
    Metric {
        id: "store.review_rate",
        title: "Review rate",
        description: "Reviews that came in, divided by the shop's orders",
        category: Category::Sentiment,
        formula: Formula::Computed("judgeme.reviews_written / shopify.orders"),
        has_hours: true,
        ..RATIO
    },
];
