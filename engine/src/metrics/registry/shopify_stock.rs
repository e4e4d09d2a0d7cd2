//! What is in stock, as it was read day by day.

use super::build::{of, rows, sum};
use super::{Aggregate, Aggregation, Category, Condition, Formula, Measure, Metric, Rows, Unit, Value};

const TRACKED: Condition = Condition::True { column: "tracked" };

const LEVELS: Rows = Rows { standing: Some("level_id"), ..rows("inventory_levels", &["day"]) };
static KEPT: Rows = Rows { only: &[TRACKED], ..LEVELS };
/// Those of which it is known what a piece cost. The others have no currency either.
static VALUED: Rows = Rows { only: &[TRACKED, Condition::Present { column: "unit_cost" }], ..LEVELS };

/// Stock adds up over places and things, and not over time.
const STOCK: Metric = Metric {
    id: "",
    source: "shopify",
    title: "",
    description: "",
    unit: Unit::Count,
    category: Category::Inventory,
    formula: Formula::Measure(sum(&KEPT, "available")),
    by_refund: None,
    aggregation: Aggregation::Sum,
    aggregations: &[Aggregation::Sum],
    dimensions: &["store", "location", "product", "variant", "sku"],
    additive: false,
    has_hours: false,
    higher_is_better: None,
};

pub(super) static METRICS: &[Metric] = &[
    Metric {
        id: "shopify.stock_available",
        title: "Stock available",
        description: "Pieces that can be sold, at the end of the time that is asked for, as of the last day of it on which stock was read; at all locations, those that are no longer active included, of what the shop keeps count of",
        ..STOCK
    },
    Metric {
        id: "shopify.stock_on_hand",
        title: "Stock on hand",
        description: "Pieces that are there, sold ones that were not sent yet included, at the end of the time that is asked for, as of the last day of it on which stock was read; at all locations, those that are no longer active included, of what the shop keeps count of",
        formula: Formula::Measure(sum(&KEPT, "on_hand")),
        ..STOCK
    },
    Metric {
        id: "shopify.stock_committed",
        title: "Stock committed",
        description: "Pieces that are sold and not sent yet, at the end of the time that is asked for, as of the last day of it on which stock was read; at all locations, those that are no longer active included, of what the shop keeps count of",
        formula: Formula::Measure(sum(&KEPT, "committed")),
        ..STOCK
    },
    Metric {
        id: "shopify.stock_incoming",
        title: "Stock incoming",
        description: "Pieces that are on their way to the shop, at the end of the time that is asked for, as of the last day of it on which stock was read; at all locations, those that are no longer active included, of what the shop keeps count of",
        formula: Formula::Measure(sum(&KEPT, "incoming")),
        ..STOCK
    },
    Metric {
        id: "shopify.stock_value",
        title: "Stock value",
        description: "Pieces on hand at what each cost the shop, at the end of the time that is asked for, as of the last day of it on which stock was read; what has no cost adds nothing; at all locations, those that are no longer active included, of what the shop keeps count of",
        unit: Unit::Currency,
        formula: Formula::Measure(Measure {
            rows: &VALUED,
            aggregate: Aggregate::Sum(Value { times: Some("on_hand"), ..of("unit_cost") }),
            only: &[],
        }),
        dimensions: &["store", "location", "product", "variant", "sku", "currency"],
        ..STOCK
    },
];
