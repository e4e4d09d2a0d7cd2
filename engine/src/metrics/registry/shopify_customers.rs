//! Who became a customer when, and what they have bought since, as their shop counts it today.

use super::build::{OF_NUMBERS, count, mean, rows, sum};
use super::{Aggregation, Category, Condition, Formula, Metric, Rows, Unit};

static CREATED: Rows = rows("customers", &["created_at"]);
/// Those of whom it is known what they have spent. The others have no currency either.
static SPENDING: Rows = Rows { only: &[Condition::Present { column: "spent" }], ..rows("customers", &["created_at"]) };

const COUNTS: Metric = Metric {
    id: "",
    source: "shopify",
    title: "",
    description: "",
    unit: Unit::Count,
    category: Category::Customers,
    formula: Formula::Measure(count(&CREATED)),
    by_refund: None,
    aggregation: Aggregation::Count,
    aggregations: &[Aggregation::Count],
    dimensions: &["store", "country"],
    additive: true,
    has_hours: true,
    higher_is_better: Some(true),
};

const SPENT: Metric = Metric {
    unit: Unit::Currency,
    formula: Formula::Measure(sum(&SPENDING, "spent")),
    aggregation: Aggregation::Sum,
    aggregations: OF_NUMBERS,
    dimensions: &["store", "country", "currency"],
    ..COUNTS
};

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "shopify.customers_created",
        title: "Customers created",
        description: "Customers by the day on which the shop made their record, whether they ordered or not; those whose day is not known are left out",
        ..COUNTS
    },
    Metric {
        id: "shopify.lifetime_spend",
        title: "Lifetime spend",
        description: "What customers have spent so far, by the day on which the shop made their record: as of the last reading, whatever time is asked about",
        ..SPENT
    },
    Metric {
        id: "shopify.lifetime_orders",
        title: "Lifetime orders",
        description: "How many orders customers have made so far, by the day on which the shop made their record: as of the last reading, whatever time is asked about",
        unit: Unit::Count,
        formula: Formula::Measure(sum(&CREATED, "orders")),
        dimensions: &["store", "country"],
        ..SPENT
    },
    Metric {
        id: "shopify.lifetime_spend_per_customer",
        title: "Lifetime spend per customer",
        description: "What customers have spent so far, divided by those of whom it is known, by the day on which the shop made their record: as of the last reading, whatever time is asked about",
        formula: mean(&SPENDING, "spent"),
        aggregation: Aggregation::Ratio,
        aggregations: &[Aggregation::Ratio],
        additive: false,
        ..SPENT
    },
];
