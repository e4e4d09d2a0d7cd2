//! Money and goods that went back, and how money came in.

use arrow::datatypes::Field;

use super::orders::context;
use crate::dataset::{Dataset, Span, instant, integer, money, required, schema, text};

/// The columns of a row that belongs to an order and is told from others of it by `row`.
fn of_order(row: &'static str, own: impl IntoIterator<Item = Field>) -> Vec<Field> {
    let mut fields = vec![
        required(text("order_id")),
        required(text(row)),
        required(integer("row_version")),
        required(instant("created_at")),
    ];
    fields.extend(context());
    fields.extend(own);
    fields
}

pub(super) fn refunds() -> Dataset {
    Dataset {
        name: "refunds",
        description: "One row per refund: the money that was paid back; created_at is its order's, refunded_at its own where the source tells it",
        schema: schema(of_order("refund_id", [instant("refunded_at"), required(money("amount"))])),
        entity: "order_id",
        row: Some("refund_id"),
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "order_id", "refund_id"],
        bookkeeping: &[],
        bounded: &["currency"],
        origin: None,
        schema_version: 2,
    }
}

pub(super) fn refund_items() -> Dataset {
    let own = [
        required(text("refund_id")),
        instant("refunded_at"),
        text("line_id"),
        text("product_id"),
        text("product"),
        text("variant"),
        text("variant_id"),
        text("sku"),
        text("vendor"),
        required(integer("quantity")),
        // What the pieces had cost after discounts, without tax.
        required(money("amount")),
        money("tax"),
        // What became of the goods: return, cancel, no_restock.
        text("restock_type"),
    ];
    Dataset {
        name: "refund_items",
        description: "One row per line of a refund: goods that were taken back, at what they had cost, which is not the money that was paid back",
        schema: schema(of_order("refund_line_id", own)),
        entity: "order_id",
        row: Some("refund_line_id"),
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "order_id", "refund_line_id"],
        bookkeeping: &[],
        bounded: &["currency"],
        origin: None,
        schema_version: 1,
    }
}

pub(super) fn transactions() -> Dataset {
    let own = [
        // sale, capture, refund, authorization and so on: only successful ones moved money.
        required(text("kind")),
        required(text("status")),
        text("gateway"),
        instant("processed_at"),
        required(money("amount")),
    ];
    Dataset {
        name: "transactions",
        description: "One row per payment, or try of one, of an order",
        schema: schema(of_order("transaction_id", own)),
        entity: "order_id",
        row: Some("transaction_id"),
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "order_id", "transaction_id"],
        bookkeeping: &[],
        bounded: &["currency"],
        origin: None,
        schema_version: 1,
    }
}
