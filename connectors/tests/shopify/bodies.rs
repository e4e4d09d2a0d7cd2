//! Orders as webhooks tell them, beside the same as answers tell them.

use aloftly_connectors::contract::{Connector as _, Delivery, Effect};
use aloftly_connectors::shopify::api::Shopify;
use serde_json::{Value, json};

use super::told::{SHOP, account, assert_cells, kept, micros, order, page_of, rows, rows_of};

/// The order of [`order`], as the REST API has it.
fn body() -> Value {
    let money = |amount: &str| json!({"shop_money": {"amount": amount, "currency_code": "USD"}});
    let mut total = money("118.00");
    total["presentment_money"] = json!({"amount": "109.20", "currency_code": "EUR"});
    let mut body = json!({
        "id": 6_120_034_567_890_u64, "admin_graphql_api_id": "gid://shopify/Order/6120034567890", "name": "#1043", "test": false,
        "created_at": "2026-11-02T10:04:05-05:00", "processed_at": "2026-10-30T11:04:05-04:00", "updated_at": "2026-11-06T04:12:30-05:00",
        "cancelled_at": null, "cancel_reason": null, "currency": "USD", "presentment_currency": "EUR", "taxes_included": false,
        "financial_status": "partially_refunded", "fulfillment_status": "partial", "source_name": "web",
        "total_price": "118.00", "total_price_set": total, "subtotal_price_set": money("120.00"), "total_discounts_set": money("10.00"),
        "total_tax_set": money("8.00"), "total_shipping_price_set": money("5.50"), "total_outstanding": "0.00", "total_tip_received": "0.00",
    });
    let more = json!({
        "discount_codes": [{"code": "WELCOME10", "amount": "10.00", "type": "percentage"}], "tags": "vip, gift",
        "payment_gateway_names": ["shopify_payments", "gift_card"], "buyer_accepts_marketing": true, "customer": {"id": 700},
        "landing_site": "/products/mug?utm_source=news&utm_medium=email&utm_campaign=autumn",
        "shipping_address": {"country_code": "US", "province_code": "NY", "city": "New York"}, "billing_address": null,
        "shipping_lines": [{"title": "Standard"}],
    });
    let (body_fields, more) = (body.as_object_mut().unwrap(), more.as_object().unwrap().clone());
    body_fields.extend(more);
    body["line_items"] = json!([
        {"id": 15_011_223_344_556_u64, "product_id": 50, "variant_id": 51, "name": "Mug - Blue", "title": "Mug", "sku": "MUG-B",
            "vendor": "Potters", "quantity": 2, "current_quantity": 1, "gift_card": false, "price": "55.00", "price_set": money("55.00"),
            "discount_allocations": [{"amount": "7.50", "amount_set": money("7.50")}, {"amount": "2.50", "amount_set": money("2.50")}],
            "tax_lines": [{"price_set": money("6.00")}, {"price_set": money("2.00")}]},
        {"id": 15_011_223_344_557_u64, "product_id": null, "variant_id": null, "name": "Scarf", "title": "Scarf", "sku": null,
            "vendor": null, "quantity": 1, "current_quantity": 1, "gift_card": false, "price": "20.00", "price_set": money("20.00"),
            "discount_allocations": [], "tax_lines": []},
    ]);
    body["refunds"] = json!([{"id": 900, "created_at": "2026-11-06T04:12:29-05:00", "processed_at": "2026-11-06T04:12:28-05:00",
    "refund_line_items": [{"id": 901, "line_item_id": 15_011_223_344_556_u64, "quantity": 1, "restock_type": "return",
        "subtotal": 50.0, "total_tax": 4, "subtotal_set": money("50.00"), "total_tax_set": money("4.00")}],
    "transactions": [
        {"id": 32, "kind": "refund", "status": "success", "amount": "54.00", "currency": "USD"},
        {"id": 33, "kind": "refund", "status": "failure", "amount": "54.00", "currency": "USD"},
    ]}]);
    body
}

fn delivery(topic: &str) -> Delivery {
    Delivery { id: "x".to_owned(), account: SHOP.to_owned(), topic: topic.to_owned(), object: None, happened_at: None }
}

fn effects(body: &Value) -> Vec<Effect> {
    let webhooks = Shopify.webhooks().unwrap();
    webhooks.effects(&account(), &delivery("orders/updated"), body.to_string().as_bytes()).unwrap()
}

#[test]
fn an_order_that_is_told_becomes_the_rows_of_one_that_is_read_but_for_what_is_not_in_its_body() {
    let (told, read) = (rows_of(&page_of(effects(&body()))), rows(&kept("orders", &order())).unwrap());
    // Payments are in no webhook of an order: those that are held stay.
    assert!(!told.contains_key("transactions"));
    for dataset in ["orders", "order_items", "refunds", "refund_items"] {
        assert_eq!(told[dataset].len(), read[dataset].len(), "{dataset}");
        for (told, read) in told[dataset].iter().zip(&read[dataset]) {
            for (column, value) in read {
                if matches!(column.as_str(), "row_version" | "paid_at" | "edited" | "customer_order_index") {
                    continue;
                }
                assert_eq!(told[column], *value, "{dataset}.{column}");
            }
        }
    }
    // A reading of the same second takes its place.
    let version = |row: &crate::support::Row| row["row_version"].as_deref().unwrap().parse::<i64>().unwrap();
    assert_eq!(version(&told["orders"][0]) + 1, version(&read["orders"][0]), "of an unknown instant of that second");
    assert_cells(&told["orders"][0], &[("paid_at", "null"), ("edited", "null"), ("customer_order_index", "null")]);
}

#[test]
fn what_was_told_can_be_made_anew() {
    let page = page_of(effects(&body()));
    assert_eq!(page.kept.len(), 1);
    assert_eq!(rows(&page.kept[0].raw).unwrap(), rows_of(&page));
}

#[test]
fn an_order_that_was_not_begun_to_be_sent_has_the_word_of_answers_for_it() {
    let mut body = body();
    body["fulfillment_status"] = Value::Null;
    body["landing_site"] = Value::Null;
    let told = rows_of(&page_of(effects(&body)));
    assert_cells(
        &told["orders"][0],
        &[("fulfillment_status", "unfulfilled"), ("page", "null"), ("traffic_source", "null")],
    );
    assert_cells(&told["orders"][0], &[("created_at", &micros("2026-10-30T15:04:05Z"))]);
}

#[test]
fn an_order_whose_refund_is_told_in_another_currency_alone_is_read() {
    let mut body = body();
    body["refunds"][0]["transactions"][0]["currency"] = json!("EUR");
    let effects = effects(&body);
    assert!(
        matches!(&effects[..], [Effect::Read { stream: "orders", ids }] if ids == &["6120034567890"]),
        "{effects:?}"
    );
    // With both currencies it is told exactly.
    body["refunds"][0]["transactions"][0]["amount_set"] = json!({"shop_money": {"amount": "54.00", "currency_code": "USD"}, "presentment_money": {"amount": "50.00", "currency_code": "EUR"}});
    assert_cells(&rows_of(&page_of(self::effects(&body)))["refunds"][0], &[("amount", "540000")]);
}
