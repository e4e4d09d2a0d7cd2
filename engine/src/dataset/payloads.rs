//! What sources answered, as it came: rows can be made of it anew.

use std::sync::{Arc, LazyLock};

use super::{Dataset, Span, binary, instant, integer, required, schema, text};

/// The dataset's name.
pub const PAYLOADS: &str = "source_payloads";

static DATASET: LazyLock<Arc<Dataset>> = LazyLock::new(|| Arc::new(declared()));

/// The dataset.
#[must_use]
pub fn payloads() -> &'static Arc<Dataset> {
    &DATASET
}

fn declared() -> Dataset {
    Dataset {
        name: PAYLOADS,
        description: "One row per thing that a source told of, with the newest of what it said; body is compressed with zstd, \
                      and digest is of what it was before. \
                      happened_at is when the thing began, and in the year 2100 where it has no such time",
        schema: schema(vec![
            required(text("payload_id")),
            required(integer("row_version")),
            required(instant("happened_at")),
            required(text("source")),
            required(text("account")),
            required(text("stream")),
            required(text("kind")),
            text("thing"),
            text("customer_id"),
            text("order_id"),
            text("about"),
            required(text("digest")),
            required(binary("body")),
        ]),
        entity: "payload_id",
        row: None,
        version: "row_version",
        time: "happened_at",
        span: Span::Month,
        sort: &["payload_id"],
        // The digest tells whether it is the same answer, so that no body is read to find out. About it is said when it was asked for.
        bookkeeping: &["about", "body"],
        bounded: &[],
        origin: Some("source"),
        schema_version: 1,
    }
}
