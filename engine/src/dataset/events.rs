//! Measurements that sources deliver ready-made: sessions of a day, clicks of a page, custom events.

use arrow::datatypes::{DataType, Field};

use super::{Dataset, Span, flag, instant, integer, required, schema, text};

/// The type of `metric_value`: exact to a millionth, so that sums do not depend on the order of rows.
pub const METRIC_VALUE: DataType = DataType::Decimal128(18, 6);

/// The flag of values that their source estimated from a sample.
pub const IS_SAMPLED: &str = "is_sampled";
/// The flag of values from which their source withheld what few people did.
pub const IS_THRESHOLDED: &str = "is_thresholded";
/// The flag of rows that gather what their source does not list one by one, as `(other)`.
pub const IS_OTHER: &str = "is_other";

pub(super) fn datasets() -> Vec<Dataset> {
    vec![metric_events()]
}

fn metric_events() -> Dataset {
    Dataset {
        name: "metric_events",
        description: "One row per measured value of a metric, with the dimensions it was measured by",
        schema: schema(vec![
            required(text("event_id")),
            required(integer("row_version")),
            required(text("source")),
            required(text("metric_name")),
            required(Field::new("metric_value", METRIC_VALUE, true)),
            required(instant("recorded_at")),
            required(instant("synced_at")),
            text("currency"),
            text("device"),
            text("country"),
            text("page"),
            text("traffic_source"),
            text("medium"),
            text("campaign"),
            text("product"),
            text("variant"),
            text("experiment"),
            text("customer_id"),
            text("order_id"),
            text("dimensions"),
            text("metadata"),
            text("raw_data"),
            flag(IS_SAMPLED),
            flag(IS_THRESHOLDED),
            flag(IS_OTHER),
        ]),
        entity: "event_id",
        row: None,
        version: "row_version",
        time: "recorded_at",
        span: Span::Month,
        sort: &["source", "metric_name", "recorded_at", "event_id"],
        bookkeeping: &["synced_at"],
        bounded: &["source", "metric_name", "currency", IS_SAMPLED, IS_THRESHOLDED, IS_OTHER],
        origin: Some("source"),
        schema_version: 2,
    }
}
