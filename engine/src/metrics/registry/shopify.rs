//! What orders tell.

use super::build::{OF_NUMBERS, count, distinct, of, rows, sum, text};
use super::{Aggregate, Aggregation, Category, Condition, Formula, Measure, Metric, Rows, Unit, Value};

const NOT_TEST: Condition = Condition::False { column: "is_test" };
/// Orders that count: not a test, not cancelled.
pub(super) const COUNTED: &[Condition] = &[NOT_TEST, Condition::Null { column: "cancelled_at" }];
const CANCELLED: &[Condition] = &[NOT_TEST, Condition::Present { column: "cancelled_at" }];
/// Orders that make a customer known: from the second on the customer is returning.
pub(crate) const FIRST_ORDERS: &[Condition] =
    &[NOT_TEST, Condition::Null { column: "cancelled_at" }, Condition::Present { column: "customer_id" }];
const WITH_CUSTOMER: &[Condition] = &[Condition::Present { column: "customer_id" }];
const NEW: &[Condition] = &[text("customer_type", "new")];
const RETURNING: &[Condition] = &[text("customer_type", "returning")];

static PLACED: Rows = Rows { only: COUNTED, ..rows("orders", &["created_at"]) };
static CALLED_OFF: Rows = Rows { only: CANCELLED, ..rows("orders", &["created_at"]) };
pub(super) static SOLD: Rows = Rows { only: COUNTED, ..rows("order_items", &["created_at"]) };
/// Refunds on their own day; on their order's where the source does not tell their own.
static PAID_BACK: Rows = Rows { only: COUNTED, is_refund: true, ..rows("refunds", &["refunded_at", "created_at"]) };

const ORDER_DIMENSIONS: &[&str] = &[
    "store",
    "channel",
    "country",
    "discount_code",
    "customer_type",
    "currency",
    "financial_status",
    "traffic_source",
    "medium",
    "campaign",
    "page",
];
pub(super) const ITEM_DIMENSIONS: &[&str] = &[
    "store",
    "channel",
    "country",
    "discount_code",
    "customer_type",
    "currency",
    "financial_status",
    "traffic_source",
    "medium",
    "campaign",
    "page",
    "product",
    "variant",
    "vendor",
];

/// A sum of money over the orders that count; what differs from it is said by each metric.
const ORDERS: Metric = Metric {
    id: "",
    source: "shopify",
    title: "",
    description: "",
    unit: Unit::Currency,
    category: Category::Revenue,
    formula: Formula::Measure(count(&PLACED)),
    by_refund: None,
    aggregation: Aggregation::Sum,
    aggregations: OF_NUMBERS,
    dimensions: ORDER_DIMENSIONS,
    additive: true,
    has_hours: true,
    higher_is_better: Some(true),
};

/// Sums in which each refund has its own day and rate; in other ways orders and refunds would be different things to take the mean of.
const WITH_REFUNDS: Metric = Metric { aggregations: &[Aggregation::Sum], ..ORDERS };

const ITEMS: Metric = Metric { dimensions: ITEM_DIMENSIONS, ..ORDERS };

const DISTINCT_CUSTOMERS: Metric = Metric {
    unit: Unit::Count,
    category: Category::Customers,
    aggregation: Aggregation::CountDistinct,
    aggregations: &[Aggregation::CountDistinct],
    additive: false,
    ..ORDERS
};

const RATIO: Metric =
    Metric { aggregation: Aggregation::Ratio, aggregations: &[Aggregation::Ratio], additive: false, ..ORDERS };

const COUNTS: Metric = Metric {
    unit: Unit::Count,
    category: Category::Orders,
    aggregation: Aggregation::Count,
    aggregations: &[Aggregation::Count],
    ..ORDERS
};

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "shopify.revenue",
        title: "Revenue",
        description: "What customers were charged for orders: tax and shipping included, discounts taken off, before refunds; without cancelled and test orders",
        formula: Formula::Measure(sum(&PLACED, "total")),
        ..ORDERS
    },
    Metric {
        id: "shopify.net_revenue",
        title: "Net revenue",
        description: "Revenue less refunds, each refund on the day of its order, or on its own day where a query says so; without cancelled and test orders",
        formula: Formula::Measure(Measure {
            rows: &PLACED,
            aggregate: Aggregate::Sum(Value { minus: &["refunded"], ..of("total") }),
            only: &[],
        }),
        by_refund: Some(Formula::Difference { of: sum(&PLACED, "total"), less: sum(&PAID_BACK, "amount") }),
        ..WITH_REFUNDS
    },
    Metric {
        id: "shopify.orders",
        title: "Orders",
        description: "Orders that were neither cancelled nor a test",
        formula: Formula::Measure(count(&PLACED)),
        ..COUNTS
    },
    Metric {
        id: "shopify.units",
        title: "Units sold",
        description: "Pieces in orders, before returns; without cancelled and test orders",
        unit: Unit::Count,
        category: Category::Orders,
        formula: Formula::Measure(sum(&SOLD, "quantity")),
        ..ITEMS
    },
    Metric {
        id: "shopify.aov",
        title: "Average order value",
        description: "Revenue, with tax and shipping and before refunds, divided by orders; without cancelled and test orders",
        formula: Formula::Ratio { numerator: sum(&PLACED, "total"), denominator: count(&PLACED) },
        ..RATIO
    },
    Metric {
        id: "shopify.discounts",
        title: "Discounts",
        description: "What was taken off the prices of orders; without cancelled and test orders",
        formula: Formula::Measure(sum(&PLACED, "discount")),
        higher_is_better: Some(false),
        ..ORDERS
    },
    Metric {
        id: "shopify.refunds",
        title: "Refunds",
        description: "What was paid back, on the day of the order, or on its own day where a query says so; without cancelled orders, whose money is in no revenue, and tests",
        formula: Formula::Measure(sum(&PLACED, "refunded")),
        by_refund: Some(Formula::Measure(sum(&PAID_BACK, "amount"))),
        higher_is_better: Some(false),
        ..WITH_REFUNDS
    },
    Metric {
        id: "shopify.tax",
        title: "Tax",
        description: "Taxes charged with orders, before refunds; without cancelled and test orders",
        formula: Formula::Measure(sum(&PLACED, "tax")),
        ..ORDERS
    },
    Metric {
        id: "shopify.shipping",
        title: "Shipping",
        description: "Shipping charged with orders, before refunds; without cancelled and test orders",
        formula: Formula::Measure(sum(&PLACED, "shipping")),
        ..ORDERS
    },
    Metric {
        id: "shopify.customers",
        title: "Customers",
        description: "Different customers that ordered, each counted by every store; without cancelled and test orders",
        formula: Formula::Measure(distinct(&PLACED, "customer_id", &[])),
        ..DISTINCT_CUSTOMERS
    },
    Metric {
        id: "shopify.new_customers",
        title: "New customers",
        description: "Different customers whose first order of all time in the store is among the orders; without cancelled and test orders",
        formula: Formula::Measure(distinct(&PLACED, "customer_id", NEW)),
        ..DISTINCT_CUSTOMERS
    },
    Metric {
        id: "shopify.returning_customers",
        title: "Returning customers",
        description: "Different customers that ordered and had ordered before; without cancelled and test orders",
        formula: Formula::Measure(distinct(&PLACED, "customer_id", RETURNING)),
        ..DISTINCT_CUSTOMERS
    },
    Metric {
        id: "shopify.revenue_per_customer",
        title: "Revenue per customer",
        description: "Revenue of orders whose customer is known, divided by different customers; without cancelled and test orders",
        category: Category::Customers,
        formula: Formula::Ratio {
            numerator: Measure { only: WITH_CUSTOMER, ..sum(&PLACED, "total") },
            denominator: distinct(&PLACED, "customer_id", &[]),
        },
        ..RATIO
    },
    Metric {
        id: "shopify.product_revenue",
        title: "Product revenue",
        description: "Quantity times price of the items of orders, their lines' discounts and their share of the order's taken off, before refunds; without shipping, tax that is not in prices, cancelled and test orders",
        category: Category::Products,
        formula: Formula::Measure(sum(&SOLD, "amount")),
        ..ITEMS
    },
    Metric {
        id: "shopify.cancelled_orders",
        title: "Cancelled orders",
        description: "Orders that were cancelled, on the day they were placed; tests left out",
        formula: Formula::Measure(count(&CALLED_OFF)),
        higher_is_better: Some(false),
        ..COUNTS
    },
];
