//! Rates between currencies.

use arrow::datatypes::{DataType, Field};

use super::{Dataset, Span, instant, integer, required, schema, text};

/// Decimals of a rate.
pub const RATE_SCALE: i8 = 10;
/// The type of a rate.
pub const RATE: DataType = DataType::Decimal128(28, RATE_SCALE);

pub(super) fn datasets() -> Vec<Dataset> {
    vec![Dataset {
        name: "fx_rates",
        description: "One row per day and pair of currencies: how much of `quote` one of `base` was worth. rated_at is the date, at midnight UTC",
        schema: schema(vec![
            required(text("rate_id")),
            required(integer("row_version")),
            required(instant("rated_at")),
            required(text("base")),
            required(text("quote")),
            required(Field::new("rate", RATE, true)),
        ]),
        entity: "rate_id",
        row: None,
        version: "row_version",
        time: "rated_at",
        span: Span::Month,
        sort: &["base", "quote", "rated_at"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }]
}
