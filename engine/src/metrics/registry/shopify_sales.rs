//! What was sold and taken back at the prices of the shop, and checkouts that were left. Without tax and shipping: those are in revenue.

use super::build::{OF_NUMBERS, count, of, rows, sum};
use super::shopify::{COUNTED, ITEM_DIMENSIONS, SOLD};
use super::{Aggregate, Aggregation, Category, Condition, Formula, Measure, Metric, Rows, Unit, Value};

/// Gift cards are sold, but no revenue before they are spent: their lines have no gross amount.
const PRICED: &[Condition] = &[Condition::Present { column: "gross" }];
const LEFT: &[Condition] = &[Condition::Null { column: "completed_at" }];
const BOUGHT_LATER: &[Condition] = &[Condition::Present { column: "completed_at" }];

/// Goods that came back on their own day; on their order's where a query leaves refunds there.
static TAKEN_BACK: Rows =
    Rows { only: COUNTED, is_refund: true, ..rows("refund_items", &["refunded_at", "created_at"]) };
static CHECKOUTS: Rows = rows("checkouts", &["created_at"]);

const GROSS: Measure = Measure { only: PRICED, ..sum(&SOLD, "gross") };

const SALES: Metric = Metric {
    id: "",
    source: "shopify",
    title: "",
    description: "",
    unit: Unit::Currency,
    category: Category::Revenue,
    formula: Formula::Measure(GROSS),
    by_refund: None,
    aggregation: Aggregation::Sum,
    aggregations: OF_NUMBERS,
    dimensions: ITEM_DIMENSIONS,
    additive: true,
    has_hours: true,
    higher_is_better: Some(true),
};

const BEGUN: Metric = Metric {
    unit: Unit::Count,
    category: Category::Conversion,
    formula: Formula::Measure(count(&CHECKOUTS)),
    aggregation: Aggregation::Count,
    aggregations: &[Aggregation::Count],
    dimensions: &["store", "country", "discount_code", "currency"],
    higher_is_better: None,
    ..SALES
};

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "shopify.gross_sales",
        title: "Gross sales",
        description: "Quantity times price of the items of orders, before discounts and returns; without tax, shipping, gift cards, cancelled and test orders",
        ..SALES
    },
    Metric {
        id: "shopify.net_sales",
        title: "Net sales",
        description: "Gross sales less discounts and returns, each return on the day of its order, or on its own day where a query says so; without cancelled and test orders",
        formula: Formula::Difference {
            of: Measure { aggregate: Aggregate::Sum(Value { minus: &["discount"], ..of("gross") }), ..GROSS },
            less: sum(&TAKEN_BACK, "amount"),
        },
        aggregations: &[Aggregation::Sum],
        additive: false,
        ..SALES
    },
    Metric {
        id: "shopify.returns",
        title: "Returns",
        description: "What goods that were taken back had cost after discounts, without tax, on the day of the order, or on their own day where a query says so; refunds are the money that was paid back; without cancelled and test orders",
        category: Category::Products,
        formula: Formula::Measure(sum(&TAKEN_BACK, "amount")),
        aggregations: &[Aggregation::Sum],
        higher_is_better: Some(false),
        ..SALES
    },
    Metric {
        id: "shopify.units_returned",
        title: "Units returned",
        description: "Pieces that were taken back, on the day of the order, or on their own day where a query says so; without cancelled and test orders",
        unit: Unit::Count,
        category: Category::Products,
        formula: Formula::Measure(sum(&TAKEN_BACK, "quantity")),
        aggregations: &[Aggregation::Sum],
        higher_is_better: Some(false),
        ..SALES
    },
    Metric {
        id: "shopify.checkouts",
        title: "Checkouts left",
        description: "Checkouts that were left after the buyer had said how to be reached, whether they were bought later or not, on the day they were begun",
        ..BEGUN
    },
    Metric {
        id: "shopify.abandoned_checkouts",
        title: "Abandoned checkouts",
        description: "Checkouts that were left and not bought later, on the day they were begun",
        formula: Formula::Measure(Measure { only: LEFT, ..count(&CHECKOUTS) }),
        higher_is_better: Some(false),
        ..BEGUN
    },
    Metric {
        id: "shopify.checkout_recovery_rate",
        title: "Checkout recovery rate",
        description: "Checkouts that were left and bought later, divided by all that were left",
        unit: Unit::Percentage,
        formula: Formula::Ratio {
            numerator: Measure { only: BOUGHT_LATER, ..count(&CHECKOUTS) },
            denominator: count(&CHECKOUTS),
        },
        aggregation: Aggregation::Ratio,
        aggregations: &[Aggregation::Ratio],
        additive: false,
        higher_is_better: Some(true),
        ..BEGUN
    },
];
