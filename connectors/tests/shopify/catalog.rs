//! Products, collections, customers, stock and checkouts: what answers tell, worked out by hand.

use aloftly_connectors::contract::{Connector as _, Removal};
use aloftly_connectors::shopify::api::Shopify;
use serde_json::{Value, json};

use super::told::{account, assert_cells, kept, micros, rows, usd};

#[test]
fn products_and_their_variants() {
    let lines = [json!({
        "id": "gid://shopify/Product/50", "handle": "mug", "title": "Mug", "vendor": "Potters", "productType": "Kitchen",
        "status": "UNLISTED", "isGiftCard": false, "tags": ["a", "b"], "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-11-01T10:00:00Z", "publishedAt": null, "totalInventory": 12,
        "children": {"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": [
            {"id": "gid://shopify/ProductVariant/52", "title": "Red", "sku": null, "barcode": null, "price": "55.00",
                "compareAtPrice": null, "position": 2, "inventoryQuantity": null, "inventoryItem": {"id": "gid://shopify/InventoryItem/62",
                "tracked": false, "unitCost": null}},
            {"id": "gid://shopify/ProductVariant/51", "title": "Blue", "sku": "MUG-B", "barcode": "4006381333931", "price": "55.5",
                "compareAtPrice": "60", "position": 1, "inventoryQuantity": -3, "inventoryItem": {"id": "gid://shopify/InventoryItem/61",
                "tracked": true, "unitCost": {"amount": "12.345", "currencyCode": "EUR"}}},
        ]},
    })];
    let rows = rows(&kept("products", &lines)).unwrap();
    assert_cells(
        &rows["products"][0],
        &[
            ("product_id", "50"),
            ("row_version", &micros("2026-11-01T10:00:01Z")),
            ("seen_at", &micros("2026-11-01T10:00:00Z")),
            ("product", "Mug"),
            ("vendor", "Potters"),
            ("product_type", "Kitchen"),
            ("status", "unlisted"),
            ("tags", "a, b"),
            ("inventory", "12"),
            ("published_at", "null"),
            ("currency", "USD"),
        ],
    );
    assert_eq!(rows["variants"].len(), 2);
    assert_cells(
        &rows["variants"][0],
        &[
            ("product_id", "50"),
            ("variant_id", "51"),
            ("title", "Blue"),
            ("sku", "MUG-B"),
            ("price", "555000"),
            ("compare_at_price", "600000"),
            ("currency", "USD"),
            ("unit_cost", "123450"),
            ("cost_currency", "EUR"),
            ("inventory", "-3"),
            ("inventory_item_id", "61"),
            ("tracked", "true"),
        ],
    );
    assert_cells(
        &rows["variants"][1],
        &[("variant_id", "52"), ("sku", "null"), ("unit_cost", "null"), ("inventory", "null")],
    );
}

#[test]
fn a_collection_has_a_row_for_each_product_and_goes_when_it_is_empty() {
    let lines = [
        json!({"id": "gid://shopify/Collection/1", "title": "Autumn", "handle": "autumn", "updatedAt": "2026-11-01T10:00:00Z"}),
        json!({"id": "gid://shopify/Product/9", "__parentId": "gid://shopify/Collection/1"}),
        json!({"id": "gid://shopify/Product/50", "__parentId": "gid://shopify/Collection/1"}),
        json!({"id": "gid://shopify/Product/9", "__parentId": "gid://shopify/Collection/1"}),
        json!({"id": "gid://shopify/Collection/2", "title": "Empty", "handle": "empty", "updatedAt": "2026-11-01T10:00:00Z"}),
    ];
    let raw = kept("collections", &lines);
    let ids: Vec<_> = rows(&raw).unwrap()["collections"].iter().map(|row| row["product_id"].clone().unwrap()).collect();
    assert_eq!(ids, ["50", "9"]);
    let page = Shopify.rebuild(&account(), &raw).unwrap();
    assert_eq!(page.removals, [Removal { dataset: "collections", entities: vec!["2".to_owned()] }]);
    assert_eq!(page.records, 2);
}

#[test]
fn a_customer_of_whom_nothing_may_be_shown_is_a_number() {
    let lines = [
        json!({"id": "gid://shopify/Customer/700", "createdAt": "2025-01-01T00:00:00Z", "updatedAt": "2026-11-01T10:00:00Z",
            "state": "ENABLED", "numberOfOrders": "3", "tags": ["vip"], "firstName": "Ann", "lastName": "Lee",
            "amountSpent": {"amount": "604.25", "currencyCode": "USD"},
            "defaultEmailAddress": {"emailAddress": "Ann@Example.com", "marketingState": "SUBSCRIBED"},
            "defaultAddress": {"countryCodeV2": "US", "provinceCode": "NY", "city": "New York"}}),
        json!({"id": "gid://shopify/Customer/701", "createdAt": "2025-01-01T00:00:00Z", "updatedAt": "2026-11-01T10:00:00Z",
            "state": "DISABLED", "numberOfOrders": "0", "tags": [], "firstName": null, "lastName": null,
            "amountSpent": {"amount": "0.0", "currencyCode": "USD"}, "defaultEmailAddress": null, "defaultAddress": null}),
    ];
    let rows = rows(&kept("customers", &lines)).unwrap();
    assert_cells(
        &rows["customers"][0],
        &[
            ("customer_id", "700"),
            ("email", "ann@example.com"),
            ("name", "Ann Lee"),
            ("accepts_marketing", "true"),
            ("country", "US"),
            ("orders", "3"),
            ("spent", "6042500"),
            ("currency", "USD"),
            ("status", "enabled"),
        ],
    );
    assert_cells(
        &rows["customers"][1],
        &[("customer_id", "701"), ("email", "null"), ("name", "null"), ("accepts_marketing", "null"), ("spent", "0")],
    );
}

#[test]
fn stock_is_of_the_day_of_the_shop_on_which_it_was_read() {
    let level = |location: u32, quantities: Value| {
        json!({"id": format!("gid://shopify/InventoryLevel/10?inventory_item_id={location}"), "updatedAt": "2026-11-03T10:00:00Z",
            "location": {"id": format!("gid://shopify/Location/{location}"), "name": "Store"}, "quantities": quantities,
            "__parentId": "gid://shopify/InventoryItem/61"})
    };
    let lines = [
        json!({"id": "gid://shopify/InventoryItem/61", "sku": "MUG-B", "tracked": true, "updatedAt": "2026-11-01T10:00:00Z",
            "unitCost": {"amount": "12.3", "currencyCode": "USD"}}),
        level(7, json!([{"name": "available", "quantity": -2}, {"name": "on_hand", "quantity": 5}])),
        json!({"id": "gid://shopify/ProductVariant/51", "title": "Blue", "product": {"id": "gid://shopify/Product/50", "title": "Mug"},
            "__parentId": "gid://shopify/InventoryItem/61"}),
    ];
    let rows = rows(&kept("inventoryItems", &lines)).unwrap();
    assert_eq!(rows["inventory_levels"].len(), 1);
    assert_cells(
        &rows["inventory_levels"][0],
        &[
            ("level_day", "10:61:2026-11-02"),
            ("level_id", "10:61"),
            ("row_version", &micros("2026-11-02T12:00:00Z")),
            // Midnight in New York, whose clocks went back the day before.
            ("day", &micros("2026-11-02T05:00:00Z")),
            ("location_id", "7"),
            ("location", "Store"),
            ("inventory_item_id", "61"),
            ("product_id", "50"),
            ("product", "Mug - Blue"),
            ("variant", "MUG-B"),
            ("variant_id", "51"),
            ("available", "-2"),
            ("on_hand", "5"),
            ("incoming", "null"),
            ("unit_cost", "123000"),
        ],
    );
}

#[test]
fn locations_and_checkouts_that_were_left() {
    let locations =
        [json!({"id": "gid://shopify/Location/7", "name": "Store", "isActive": false, "fulfillsOnlineOrders": true,
        "shipsInventory": true, "updatedAt": "2026-11-01T10:00:00Z", "address": {"countryCode": "US"}})];
    assert_cells(
        &rows(&kept("locations", &locations)).unwrap()["locations"][0],
        &[("location_id", "7"), ("location", "Store"), ("is_active", "false"), ("country", "US")],
    );
    let checkouts = [
        json!({"id": "gid://shopify/AbandonedCheckout/5", "name": "#5", "createdAt": "2026-11-01T10:00:00Z",
            "updatedAt": "2026-11-02T10:00:00Z", "completedAt": "2026-11-02T09:59:59Z", "discountCodes": [], "totalPriceSet": usd("75.5"),
            "customer": null, "shippingAddress": {"countryCodeV2": "CA", "provinceCode": "ON"}}),
        json!({"id": "gid://shopify/AbandonedCheckoutLineItem/1", "quantity": 2, "__parentId": "gid://shopify/AbandonedCheckout/5"}),
        json!({"id": "gid://shopify/AbandonedCheckoutLineItem/2", "quantity": 1, "__parentId": "gid://shopify/AbandonedCheckout/5"}),
    ];
    assert_cells(
        &rows(&kept("abandonedCheckouts", &checkouts)).unwrap()["checkouts"][0],
        &[
            ("checkout_id", "5"),
            ("created_at", &micros("2026-11-01T10:00:00Z")),
            ("completed_at", &micros("2026-11-02T09:59:59Z")),
            ("units", "3"),
            ("lines", "2"),
            ("total", "755000"),
            ("currency", "USD"),
            ("country", "CA"),
            ("customer_id", "null"),
        ],
    );
}

#[test]
fn a_payload_of_something_else_makes_no_rows() {
    assert!(rows(&kept("weather", &[])).is_err());
    assert!(
        rows(&kept("orders", &[json!({"id": "gid://shopify/Order/1", "__parentId": "gid://shopify/Order/2"})]))
            .is_err()
    );
}
