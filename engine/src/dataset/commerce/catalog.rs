//! What can be bought.

use crate::dataset::{Dataset, Span, flag, instant, integer, money, required, schema, text};

pub(super) fn products() -> Dataset {
    Dataset {
        name: "products",
        description: "One row per product, as last seen; of imported orders, one per product that was sold",
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
            text("handle"),
            text("product_type"),
            text("status"),
            text("tags"),
            flag("is_gift_card"),
            instant("created_at"),
            instant("published_at"),
            integer("inventory"),
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
        schema_version: 2,
    }
}

pub(super) fn variants() -> Dataset {
    Dataset {
        name: "variants",
        description: "One row per variant of a product: what is priced and kept in stock",
        schema: schema(vec![
            required(text("product_id")),
            required(text("variant_id")),
            required(integer("row_version")),
            required(instant("seen_at")),
            required(text("product")),
            required(text("title")),
            text("sku"),
            text("barcode"),
            integer("position"),
            text("inventory_item_id"),
            integer("inventory"),
            flag("tracked"),
            money("price"),
            money("compare_at_price"),
            text("currency"),
            // Its own currency: it may be older than a change of the shop's.
            money("unit_cost"),
            text("cost_currency"),
        ]),
        entity: "product_id",
        row: Some("variant_id"),
        version: "row_version",
        time: "seen_at",
        span: Span::AllTime,
        sort: &["product_id", "variant_id"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}

pub(super) fn collections() -> Dataset {
    Dataset {
        name: "collections",
        description: "One row per product of a collection",
        schema: schema(vec![
            required(text("collection_id")),
            required(text("product_id")),
            required(integer("row_version")),
            required(instant("seen_at")),
            required(text("title")),
            text("handle"),
        ]),
        entity: "collection_id",
        row: Some("product_id"),
        version: "row_version",
        time: "seen_at",
        span: Span::AllTime,
        sort: &["collection_id", "product_id"],
        bookkeeping: &[],
        bounded: &[],
        origin: None,
        schema_version: 1,
    }
}
