//! Where stock is, and how much of it there was on each day.

use crate::dataset::{Dataset, Span, flag, instant, integer, money, required, schema, text};

pub(super) fn locations() -> Dataset {
    Dataset {
        name: "locations",
        description: "One row per place where stock is kept",
        schema: schema(vec![
            required(text("location_id")),
            required(integer("row_version")),
            required(instant("seen_at")),
            required(text("location")),
            text("country"),
            flag("is_active"),
            flag("fulfills_online_orders"),
            flag("ships_inventory"),
        ]),
        entity: "location_id",
        row: None,
        version: "row_version",
        time: "seen_at",
        span: Span::AllTime,
        sort: &["location_id"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}

pub(super) fn inventory_levels() -> Dataset {
    Dataset {
        name: "inventory_levels",
        description: "One row per day of what is kept at a location: the quantities that were last read on that day of the shop",
        schema: schema(vec![
            // The level's id and the day, so that a day stands when the next is read.
            required(text("level_day")),
            required(integer("row_version")),
            // When the day begins.
            required(instant("day")),
            required(instant("read_at")),
            required(text("level_id")),
            required(text("location_id")),
            text("location"),
            required(text("inventory_item_id")),
            text("product_id"),
            text("product"),
            text("variant"),
            text("variant_id"),
            text("sku"),
            flag("tracked"),
            integer("available"),
            integer("on_hand"),
            integer("committed"),
            integer("incoming"),
            integer("reserved"),
            integer("damaged"),
            integer("safety_stock"),
            integer("quality_control"),
            money("unit_cost"),
            text("currency"),
        ]),
        entity: "level_day",
        row: None,
        version: "row_version",
        time: "day",
        span: Span::Month,
        sort: &["day", "level_day"],
        bookkeeping: &["read_at"],
        bounded: &["currency"],
        origin: None,
        schema_version: 1,
    }
}
