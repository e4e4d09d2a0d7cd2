//! Payloads as they are kept, and their rows.

use std::collections::BTreeMap;

use aloftly_connectors::contract::{Account, Connector as _, Effect, Failure, Page, Raw};
use aloftly_connectors::shopify::api::Shopify;
use serde_json::{Value, json};

use crate::support::{Row, check_states, row_of};

pub(super) const SHOP: &str = "some-shop.myshopify.com";

/// A shop of New York that keeps its books in dollars.
pub(super) fn account() -> Account {
    let scopes =
        ["read_orders", "read_all_orders", "read_products", "read_customers", "read_inventory", "read_locations"];
    Account {
        zone: Some(chrono_tz::America::New_York),
        currency: Some("USD".to_owned()),
        scopes: scopes.into_iter().map(str::to_owned).collect(),
        ..Account::new(SHOP, "Some Shop")
    }
}

/// Things of a resource with what is below them, as they are kept; read at noon of 2 November 2026 UTC.
pub(super) fn kept(kind: &'static str, lines: &[Value]) -> Raw {
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Raw { stream: "orders", kind: kind.into(), about: json!({"read_at": 1_793_620_800_000_000_i64}), body: body.into() }
}

/// The rows that are made of what is kept.
pub(super) fn rows(raw: &Raw) -> Result<BTreeMap<&'static str, Vec<Row>>, Failure> {
    Shopify.rebuild(&account(), raw).map(|page| rows_of(&page))
}

/// A page's rows by dataset.
pub(super) fn rows_of(page: &Page) -> BTreeMap<&'static str, Vec<Row>> {
    let mut rows: BTreeMap<&'static str, Vec<Row>> = BTreeMap::new();
    for (dataset, batch) in &page.batches {
        assert_eq!(batch.schema(), dataset.schema, "{}", dataset.name);
        let own: Vec<Row> = (0..batch.num_rows()).map(|row| row_of(batch, row)).collect();
        check_states(dataset, &own);
        if let Some(row) = dataset.row {
            for pair in own.windows(2).filter(|pair| pair[0][dataset.entity] == pair[1][dataset.entity]) {
                let key = |of: &Row| {
                    let text = of[row].clone().unwrap();
                    (if row == "line" { text.parse().unwrap() } else { 0 }, text)
                };
                let (first, second): ((u64, String), (u64, String)) = (key(&pair[0]), key(&pair[1]));
                assert!(first < second, "{}: {row} does not ascend", dataset.name);
            }
        }
        rows.insert(dataset.name, own);
    }
    rows
}

/// The page of rows that is the one effect.
pub(super) fn page_of(effects: Vec<Effect>) -> Page {
    match <[Effect; 1]>::try_from(effects) {
        Ok([Effect::Rows { page, .. }]) => page,
        other => panic!("not rows alone: {other:?}"),
    }
}

/// Asserts what some cells of a row are; amounts in ten-thousandths, instants in microseconds.
pub(super) fn assert_cells(row: &Row, cells: &[(&str, &str)]) {
    for (column, value) in cells {
        let value = Some(*value).filter(|value| *value != "null").map(str::to_owned);
        assert_eq!(row[*column], value, "{column}");
    }
}

/// Microseconds since the epoch, as cells have them.
pub(super) fn micros(at: &str) -> String {
    at.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_micros().to_string()
}

/// An amount in dollars.
pub(super) fn usd(amount: &str) -> Value {
    json!({"shopMoney": {"amount": amount, "currencyCode": "USD"}})
}

/// An order of two lines as GraphQL tells it, with everything below it: 2 mugs at 55.00 with 10.00 off, of which one came back with its share
/// of the tax, and a scarf at 20.00 that is not in the catalogue any more.
pub(super) fn order() -> Vec<Value> {
    let mut total = usd("118.0");
    total["presentmentMoney"] = json!({"amount": "109.2", "currencyCode": "EUR"});
    let visit = |landing: &str, source: &str, utm: Value| json!({"landingPage": landing, "source": source, "utmParameters": utm});
    let mut order = json!({
            "id": "gid://shopify/Order/6120034567890", "name": "#1043", "test": false, "edited": false,
            "createdAt": "2026-11-02T15:04:05Z", "processedAt": "2026-10-30T15:04:05Z", "updatedAt": "2026-11-06T09:12:30Z",
            "cancelledAt": null, "cancelReason": null, "presentmentCurrencyCode": "EUR", "taxesIncluded": false,
            "displayFinancialStatus": "PARTIALLY_REFUNDED", "displayFulfillmentStatus": "PARTIALLY_FULFILLED", "sourceName": "web",
            "totalPriceSet": total, "subtotalPriceSet": usd("120.0"), "totalDiscountsSet": usd("10.0"), "totalTaxSet": usd("8.0"),
            "totalShippingPriceSet": usd("5.5"), "totalRefundedSet": usd("54.0"), "totalOutstandingSet": usd("0.0"),
            "totalTipReceivedSet": usd("0.0"),
    });
    let more = json!({
    "discountCodes": ["WELCOME10"], "tags": ["vip", "gift"],
    "paymentGatewayNames": ["shopify_payments", "gift_card"], "customerAcceptsMarketing": true,
    "customer": {"id": "gid://shopify/Customer/700"},
    "customerJourneySummary": {
        "customerOrderIndex": 1,
        "firstVisit": visit("https://shop.example/", "direct", Value::Null),
        "lastVisit": visit("https://shop.example/products/mug?utm_source=news&token=secret", "google",
            json!({"source": "news", "medium": "email", "campaign": "autumn"})),
    },
    "shippingAddress": {"countryCodeV2": "US", "provinceCode": "NY", "city": "New York"}, "billingAddress": null,
    "shippingLine": {"title": "Standard"},
    "refunds": [{"id": "gid://shopify/Refund/900", "createdAt": "2026-11-06T09:12:29Z", "processedAt": "2026-11-06T09:12:28Z",
        "totalRefundedSet": usd("54.0")}],
    "transactions": [
        {"id": "gid://shopify/OrderTransaction/31", "kind": "SALE", "status": "SUCCESS", "gateway": "shopify_payments",
            "processedAt": "2026-11-02T15:04:06Z", "amountSet": usd("118.0")},
        {"id": "gid://shopify/OrderTransaction/32", "kind": "REFUND", "status": "SUCCESS", "gateway": "shopify_payments",
            "processedAt": "2026-11-06T09:12:28Z", "amountSet": usd("54.0")},
    ],
    "aFieldOfTheFuture": {"x": 1},
    });
    order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    vec![
        order,
        // Told before the line that was sold first.
        json!({
            "id": "gid://shopify/LineItem/15011223344557", "__parentId": "gid://shopify/Order/6120034567890", "name": "Scarf", "sku": null,
            "vendor": null, "quantity": 1, "currentQuantity": 1, "isGiftCard": false, "product": null, "variant": null,
            "originalUnitPriceSet": usd("20.0"), "discountAllocations": [], "taxLines": [],
        }),
        json!({
            "id": "gid://shopify/LineItem/15011223344556", "__parentId": "gid://shopify/Order/6120034567890", "name": "Mug - Blue",
            "sku": "MUG-B", "vendor": "Potters", "quantity": 2, "currentQuantity": 1, "isGiftCard": false,
            "product": {"id": "gid://shopify/Product/50"}, "variant": {"id": "gid://shopify/ProductVariant/51"},
            "originalUnitPriceSet": usd("55.0"),
            "discountAllocations": [{"allocatedAmountSet": usd("7.5")}, {"allocatedAmountSet": usd("2.5")}],
            "taxLines": [{"priceSet": usd("6.0")}, {"priceSet": usd("2.0")}],
        }),
        json!({
            "id": "gid://shopify/RefundLineItem/901", "__parentId": "gid://shopify/Refund/900", "quantity": 1, "restockType": "RETURN",
            "lineItem": {"id": "gid://shopify/LineItem/15011223344556"}, "subtotalSet": usd("50.0"), "totalTaxSet": usd("4.0"),
        }),
    ]
}
