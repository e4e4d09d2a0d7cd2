//! Orders and what was sold with them.

use arrow::datatypes::Field;

use crate::dataset::{Dataset, Span, flag, instant, integer, money, required, schema, text};

/// What an order hands down to the rows that belong to it. `created_at`, which is theirs too, is when the order was placed as the shop's
/// own reports count it: of an order that was brought in from elsewhere, the day on which it was placed there.
///
/// Traffic is that of the visit that led to the order: the last one, else the first that is known. `page` is the path that it landed on.
pub(super) fn context() -> Vec<Field> {
    vec![
        required(text("currency")),
        text("customer_id"),
        text("channel"),
        text("country"),
        text("province"),
        text("discount_code"),
        text("financial_status"),
        required(flag("is_test")),
        instant("cancelled_at"),
        text("traffic_source"),
        text("medium"),
        text("campaign"),
        text("page"),
    ]
}

pub(super) fn orders() -> Dataset {
    let mut fields = vec![
        required(text("order_id")),
        required(integer("row_version")),
        required(text("order_name")),
        required(instant("created_at")),
    ];
    fields.extend(context());
    fields.extend([
        instant("paid_at"),
        instant("fulfilled_at"),
        text("fulfillment_status"),
        text("payment_method"),
        text("shipping_method"),
        text("city"),
        text("location"),
        text("tags"),
        text("risk_level"),
        flag("accepts_marketing"),
        required(integer("units")),
        required(integer("lines")),
        required(money("subtotal")),
        required(money("discount")),
        required(money("shipping")),
        required(money("tax")),
        required(money("total")),
        required(money("refunded")),
        money("outstanding"),
        // When the source made its record of it.
        instant("entered_at"),
        instant("source_updated_at"),
        flag("edited"),
        text("cancel_reason"),
        money("tips"),
        // 1 for the customer's first order, as the source counts them.
        integer("customer_order_index"),
        // What the buyer saw. Never added to the other amounts.
        text("presentment_currency"),
        money("presentment_total"),
    ]);
    Dataset {
        name: "orders",
        description: "One row per order, with its amounts in the order's currency",
        schema: schema(fields),
        entity: "order_id",
        row: None,
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "order_id"],
        bookkeeping: &[],
        bounded: &["currency"],
        origin: None,
        schema_version: 2,
    }
}

pub(super) fn order_items() -> Dataset {
    let mut fields = vec![
        required(text("order_id")),
        required(integer("line")),
        required(integer("row_version")),
        required(instant("created_at")),
    ];
    fields.extend(context());
    fields.extend([
        required(text("product_id")),
        required(text("product")),
        text("variant"),
        text("sku"),
        text("vendor"),
        required(integer("quantity")),
        required(money("unit_price")),
        required(money("discount")),
        required(money("amount")),
        // Quantity times unit price, without the tax that is in prices; null for gift cards, whose sale is no revenue yet.
        money("gross"),
        money("tax"),
        text("line_id"),
        text("variant_id"),
        flag("is_gift_card"),
        // Pieces that were neither taken back nor taken off the order.
        integer("current_quantity"),
    ]);
    Dataset {
        name: "order_items",
        description: "One row per line of an order; amount = quantity x unit price - discount, its share of the order's discounts included",
        schema: schema(fields),
        entity: "order_id",
        row: Some("line"),
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "order_id", "line"],
        bookkeeping: &[],
        bounded: &["currency"],
        origin: None,
        schema_version: 2,
    }
}
