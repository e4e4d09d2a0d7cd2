//! What orders tell.

use super::{
    Aggregate, Aggregation, Category, Condition, Dimension, DimensionKind, Formula, Measure, Metric, Source, Unit,
};

pub(super) static SOURCES: &[Source] = &[Source { id: "shopify", title: "Shopify" }];

const NOT_TEST: Condition = Condition::False { column: "is_test" };
/// Orders that count: not a test, not cancelled.
const COUNTED: &[Condition] = &[NOT_TEST, Condition::Null { column: "cancelled_at" }];
const CANCELLED: &[Condition] = &[NOT_TEST, Condition::Present { column: "cancelled_at" }];
/// Orders that make a customer known: from the second on the customer is returning.
pub(crate) const FIRST_ORDERS: &[Condition] =
    &[NOT_TEST, Condition::Null { column: "cancelled_at" }, Condition::Present { column: "customer_id" }];
const WITH_CUSTOMER: &[Condition] = &[Condition::Present { column: "customer_id" }];
const NEW: &[Condition] = &[Condition::Text { column: "customer_type", equals: "new" }];
const RETURNING: &[Condition] = &[Condition::Text { column: "customer_type", equals: "returning" }];

const ORDER_DIMENSIONS: &[&str] =
    &["store", "channel", "country", "discount_code", "customer_type", "currency", "financial_status"];
const ITEM_DIMENSIONS: &[&str] = &[
    "store",
    "channel",
    "country",
    "discount_code",
    "customer_type",
    "currency",
    "financial_status",
    "product",
    "variant",
    "vendor",
];

const fn sum(column: &'static str) -> Measure {
    Measure { aggregate: Aggregate::Sum { column, minus: &[] }, only: &[] }
}

const COUNT: Measure = Measure { aggregate: Aggregate::Count, only: &[] };

const fn customers(only: &'static [Condition]) -> Measure {
    Measure { aggregate: Aggregate::CountDistinct { column: "customer_id" }, only }
}

/// A sum over the orders that count; what differs from it is said by each metric.
const ORDERS: Metric = Metric {
    id: "",
    source: "shopify",
    title: "",
    description: "",
    unit: Unit::Currency,
    category: Category::Revenue,
    dataset: "orders",
    time: "created_at",
    rows: COUNTED,
    formula: Formula::Measure(COUNT),
    aggregation: Aggregation::Sum,
    aggregations: &[Aggregation::Sum, Aggregation::Avg, Aggregation::Min, Aggregation::Max, Aggregation::Median],
    dimensions: ORDER_DIMENSIONS,
    additive: true,
    higher_is_better: true,
};

const ITEMS: Metric = Metric { dataset: "order_items", dimensions: ITEM_DIMENSIONS, ..ORDERS };

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
        formula: Formula::Measure(sum("total")),
        ..ORDERS
    },
    Metric {
        id: "shopify.net_revenue",
        title: "Net revenue",
        description: "Revenue less refunds, each refund on the day of its order; without cancelled and test orders",
        formula: Formula::Measure(Measure {
            aggregate: Aggregate::Sum { column: "total", minus: &["refunded"] },
            only: &[],
        }),
        ..ORDERS
    },
    Metric {
        id: "shopify.orders",
        title: "Orders",
        description: "Orders that were neither cancelled nor a test",
        formula: Formula::Measure(COUNT),
        ..COUNTS
    },
    Metric {
        id: "shopify.units",
        title: "Units sold",
        description: "Pieces in orders, before returns; without cancelled and test orders",
        unit: Unit::Count,
        category: Category::Orders,
        formula: Formula::Measure(sum("quantity")),
        ..ITEMS
    },
    Metric {
        id: "shopify.aov",
        title: "Average order value",
        description: "Revenue, with tax and shipping and before refunds, divided by orders; without cancelled and test orders",
        formula: Formula::Ratio { numerator: sum("total"), denominator: COUNT },
        ..RATIO
    },
    Metric {
        id: "shopify.discounts",
        title: "Discounts",
        description: "What was taken off the prices of orders; without cancelled and test orders",
        formula: Formula::Measure(sum("discount")),
        higher_is_better: false,
        ..ORDERS
    },
    Metric {
        id: "shopify.refunds",
        title: "Refunds",
        description: "What was paid back, on the day of the order; without cancelled orders, whose money is in no revenue, and tests",
        formula: Formula::Measure(sum("refunded")),
        higher_is_better: false,
        ..ORDERS
    },
    Metric {
        id: "shopify.tax",
        title: "Tax",
        description: "Taxes charged with orders, before refunds; without cancelled and test orders",
        formula: Formula::Measure(sum("tax")),
        ..ORDERS
    },
    Metric {
        id: "shopify.shipping",
        title: "Shipping",
        description: "Shipping charged with orders, before refunds; without cancelled and test orders",
        formula: Formula::Measure(sum("shipping")),
        ..ORDERS
    },
    Metric {
        id: "shopify.customers",
        title: "Customers",
        description: "Different customers that ordered, each counted by every store; without cancelled and test orders",
        formula: Formula::Measure(customers(&[])),
        ..DISTINCT_CUSTOMERS
    },
    Metric {
        id: "shopify.new_customers",
        title: "New customers",
        description: "Different customers whose first order of all time in the store is among the orders; without cancelled and test orders",
        formula: Formula::Measure(customers(NEW)),
        ..DISTINCT_CUSTOMERS
    },
    Metric {
        id: "shopify.returning_customers",
        title: "Returning customers",
        description: "Different customers that ordered and had ordered before; without cancelled and test orders",
        formula: Formula::Measure(customers(RETURNING)),
        ..DISTINCT_CUSTOMERS
    },
    Metric {
        id: "shopify.revenue_per_customer",
        title: "Revenue per customer",
        description: "Revenue of orders whose customer is known, divided by different customers; without cancelled and test orders",
        category: Category::Customers,
        formula: Formula::Ratio {
            numerator: Measure { only: WITH_CUSTOMER, ..sum("total") },
            denominator: customers(&[]),
        },
        ..RATIO
    },
    Metric {
        id: "shopify.product_revenue",
        title: "Product revenue",
        description: "Quantity times price of the items of orders, their lines' discounts and their share of the order's taken off, before refunds; without shipping, tax that is not in prices, cancelled and test orders",
        category: Category::Products,
        formula: Formula::Measure(sum("amount")),
        ..ITEMS
    },
    Metric {
        id: "shopify.cancelled_orders",
        title: "Cancelled orders",
        description: "Orders that were cancelled, on the day they were placed; tests left out",
        rows: CANCELLED,
        formula: Formula::Measure(COUNT),
        higher_is_better: false,
        ..COUNTS
    },
];

const fn column(id: &'static str, title: &'static str, description: &'static str) -> Dimension {
    Dimension { id, title, description, kind: DimensionKind::Column(id) }
}

pub(super) static DIMENSIONS: &[Dimension] = &[
    Dimension { id: "store", title: "Store", description: "The store's id", kind: DimensionKind::Store },
    column("channel", "Channel", "Where the order was placed: web, point of sale, an app"),
    column("country", "Country", "Where the order was shipped to, else billed to"),
    column("discount_code", "Discount code", "The code that the customer gave"),
    Dimension {
        id: "customer_type",
        title: "Customer type",
        description: "new for a customer's first order of all time in the store, else returning; none without a customer",
        kind: DimensionKind::CustomerType,
    },
    column("currency", "Currency", "The order's currency"),
    column("financial_status", "Payment status", "Whether the order was paid, refunded and so on"),
    column(
        "product",
        "Product",
        "What was sold as the order names it: the product with its variant, such as \"Tea - Large\"",
    ),
    column("variant", "Variant", "The stock keeping unit (SKU) of what was sold, which tells variants apart"),
    column("vendor", "Vendor", "Who makes the product"),
];
