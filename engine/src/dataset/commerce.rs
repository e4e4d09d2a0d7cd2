//! What shops sell: orders, their items and refunds, customers and products.
//!
//! Items and refunds repeat what their order says of channel, country, customer and so on, so that a question about
//! products needs no join; they are entities of the order, so an edited order takes all its rows with it.

use super::{Dataset, Span, flag, instant, integer, money, required, schema, text};

/// Columns that an order hands down to its items and refunds.
fn order_context() -> Vec<arrow::datatypes::Field> {
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
    ]
}

pub(super) fn datasets() -> Vec<Dataset> {
    vec![orders(), order_items(), refunds(), customers(), products()]
}

fn orders() -> Dataset {
    let mut fields = vec![
        required(text("order_id")),
        required(integer("row_version")),
        required(text("order_name")),
        required(instant("created_at")),
    ];
    fields.extend(order_context());
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
        schema_version: 1,
    }
}

fn order_items() -> Dataset {
    let mut fields = vec![
        required(text("order_id")),
        required(integer("line")),
        required(integer("row_version")),
        required(instant("created_at")),
    ];
    fields.extend(order_context());
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
        schema_version: 1,
    }
}

fn refunds() -> Dataset {
    let mut fields = vec![
        required(text("order_id")),
        required(text("refund_id")),
        required(integer("row_version")),
        required(instant("created_at")),
    ];
    fields.extend(order_context());
    fields.extend([instant("refunded_at"), required(money("amount"))]);
    Dataset {
        name: "refunds",
        description: "One row per refund; created_at is its order's, refunded_at its own where the source tells it",
        schema: schema(fields),
        entity: "order_id",
        row: Some("refund_id"),
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "order_id", "refund_id"],
        bookkeeping: &[],
        bounded: &["currency"],
        origin: None,
        schema_version: 1,
    }
}

fn customers() -> Dataset {
    Dataset {
        name: "customers",
        description: "One row per customer, as last seen",
        schema: schema(vec![
            required(text("customer_id")),
            required(integer("row_version")),
            required(instant("seen_at")),
            text("email"),
            text("name"),
            flag("accepts_marketing"),
            text("city"),
            text("province"),
            text("country"),
        ]),
        entity: "customer_id",
        row: None,
        version: "row_version",
        time: "seen_at",
        span: Span::AllTime,
        sort: &["customer_id"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}

fn products() -> Dataset {
    Dataset {
        name: "products",
        description: "One row per product that was sold, as last seen",
        schema: schema(vec![
            required(text("product_id")),
            required(integer("row_version")),
            required(instant("seen_at")),
            required(text("product")),
            text("variant"),
            text("sku"),
            text("vendor"),
            money("unit_price"),
            text("currency"),
        ]),
        entity: "product_id",
        row: None,
        version: "row_version",
        time: "seen_at",
        span: Span::AllTime,
        sort: &["product_id"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}
