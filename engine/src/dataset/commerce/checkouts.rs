//! Purchases that were begun.

use crate::dataset::{Dataset, Span, instant, integer, money, required, schema, text};

pub(super) fn checkouts() -> Dataset {
    Dataset {
        name: "checkouts",
        description: "One row per checkout that was left after the buyer had said how to be reached; completed_at tells those that were bought later",
        schema: schema(vec![
            required(text("checkout_id")),
            required(integer("row_version")),
            required(instant("created_at")),
            text("checkout_name"),
            instant("completed_at"),
            required(text("currency")),
            text("customer_id"),
            text("country"),
            text("province"),
            text("discount_code"),
            required(integer("units")),
            required(integer("lines")),
            required(money("total")),
        ]),
        entity: "checkout_id",
        row: None,
        version: "row_version",
        time: "created_at",
        span: Span::Month,
        sort: &["created_at", "checkout_id"],
        bookkeeping: &[],
        bounded: &["currency"],
        origin: None,
        schema_version: 1,
    }
}
