//! Who buys.

use crate::dataset::{Dataset, Span, flag, instant, integer, money, required, schema, text};

pub(super) fn customers() -> Dataset {
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
            instant("created_at"),
            text("status"),
            text("tags"),
            // As the source counts them today.
            integer("orders"),
            money("spent"),
            text("currency"),
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
        schema_version: 2,
    }
}
