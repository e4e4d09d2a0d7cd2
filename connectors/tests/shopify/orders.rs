//! Orders: what an answer tells, worked out by hand.

use aloftly_connectors::contract::Failure;
use serde_json::{Value, json};

use super::told::{assert_cells, kept, micros, order, rows, usd};

#[test]
fn an_order_becomes_a_row_with_amounts_in_the_currency_of_the_books() {
    let rows = rows(&kept("orders", &order())).unwrap();
    assert_eq!(rows["orders"].len(), 1);
    assert_cells(
        &rows["orders"][0],
        &[
            ("order_id", "6120034567890"),
            ("order_name", "#1043"),
            // The last change, and a second more.
            ("row_version", &micros("2026-11-06T09:12:31Z")),
            ("created_at", &micros("2026-10-30T15:04:05Z")),
            ("entered_at", &micros("2026-11-02T15:04:05Z")),
            ("source_updated_at", &micros("2026-11-06T09:12:30Z")),
            ("paid_at", &micros("2026-11-02T15:04:06Z")),
            ("cancelled_at", "null"),
            ("cancel_reason", "null"),
            ("currency", "USD"),
            ("customer_id", "700"),
            ("customer_order_index", "1"),
            ("channel", "web"),
            ("country", "US"),
            ("province", "NY"),
            ("city", "New York"),
            ("discount_code", "WELCOME10"),
            ("financial_status", "partially_refunded"),
            ("fulfillment_status", "partial"),
            ("payment_method", "shopify_payments + gift_card"),
            ("shipping_method", "Standard"),
            ("tags", "vip, gift"),
            ("accepts_marketing", "true"),
            ("is_test", "false"),
            ("edited", "false"),
            ("units", "3"),
            ("lines", "2"),
            ("subtotal", "1200000"),
            ("discount", "100000"),
            ("shipping", "55000"),
            ("tax", "80000"),
            ("total", "1180000"),
            ("refunded", "540000"),
            ("outstanding", "0"),
            ("tips", "0"),
            ("presentment_currency", "EUR"),
            ("presentment_total", "1092000"),
            ("traffic_source", "news"),
            ("medium", "email"),
            ("campaign", "autumn"),
            ("page", "/products/mug"),
        ],
    );
}

#[test]
fn lines_are_in_the_order_of_their_ids_with_all_that_was_taken_off_them() {
    let rows = rows(&kept("orders", &order())).unwrap();
    assert_eq!(rows["order_items"].len(), 2);
    assert_cells(
        &rows["order_items"][0],
        &[
            ("order_id", "6120034567890"),
            ("line", "1"),
            ("line_id", "15011223344556"),
            ("product_id", "50"),
            ("variant_id", "51"),
            ("product", "Mug - Blue"),
            ("variant", "MUG-B"),
            ("sku", "MUG-B"),
            ("vendor", "Potters"),
            ("quantity", "2"),
            ("current_quantity", "1"),
            ("unit_price", "550000"),
            ("discount", "100000"),
            ("amount", "1000000"),
            ("gross", "1100000"),
            ("tax", "80000"),
            ("is_gift_card", "false"),
            ("campaign", "autumn"),
            ("page", "/products/mug"),
        ],
    );
    // A product that is gone is known by what the orders file would know it by.
    assert_cells(
        &rows["order_items"][1],
        &[
            ("line", "2"),
            ("line_id", "15011223344557"),
            ("product_id", "name:Scarf"),
            ("variant_id", "null"),
            ("sku", "null"),
            ("amount", "200000"),
            ("gross", "200000"),
            ("tax", "0"),
        ],
    );
}

#[test]
fn money_that_went_back_and_goods_that_did_are_told_apart() {
    let rows = rows(&kept("orders", &order())).unwrap();
    assert_eq!((rows["refunds"].len(), rows["refund_items"].len(), rows["transactions"].len()), (1, 1, 2));
    assert_cells(
        &rows["refunds"][0],
        &[
            ("refund_id", "900"),
            ("refunded_at", &micros("2026-11-06T09:12:28Z")),
            ("amount", "540000"),
            ("channel", "web"),
        ],
    );
    assert_cells(
        &rows["refund_items"][0],
        &[
            ("refund_line_id", "901"),
            ("refund_id", "900"),
            ("line_id", "15011223344556"),
            ("product_id", "50"),
            ("product", "Mug - Blue"),
            ("variant", "MUG-B"),
            ("quantity", "1"),
            ("amount", "500000"),
            ("tax", "40000"),
            ("restock_type", "return"),
            ("created_at", &micros("2026-10-30T15:04:05Z")),
            ("refunded_at", &micros("2026-11-06T09:12:28Z")),
        ],
    );
    assert_cells(
        &rows["transactions"][1],
        &[("transaction_id", "32"), ("kind", "refund"), ("status", "success"), ("amount", "540000")],
    );
}

/// One order, changed.
fn changed(change: impl FnOnce(&mut Vec<Value>)) -> Vec<Value> {
    let mut lines = order();
    change(&mut lines);
    lines
}

#[test]
fn tax_that_is_in_prices_is_no_part_of_sales_and_returns() {
    let lines = changed(|lines| lines[0]["taxesIncluded"] = json!(true));
    let rows = rows(&kept("orders", &lines)).unwrap();
    // 2 x 55.00 less 8.00 of tax; what is charged for it stays.
    assert_cells(&rows["order_items"][0], &[("gross", "1020000"), ("amount", "1000000")]);
    assert_cells(&rows["refund_items"][0], &[("amount", "460000"), ("tax", "40000")]);
}

#[test]
fn a_gift_card_is_sold_and_no_sale() {
    let lines = changed(|lines| lines[1]["isGiftCard"] = json!(true));
    let rows = rows(&kept("orders", &lines)).unwrap();
    assert_cells(&rows["order_items"][1], &[("gross", "null"), ("amount", "200000"), ("is_gift_card", "true")]);
}

#[test]
fn what_nobody_knows_yet_stays_and_what_is_not_told_is_null() {
    let lines = changed(|lines| {
        lines[0]["displayFulfillmentStatus"] = json!("FULFILLMENT_NOT_REQUIRED");
        lines[0]["displayFinancialStatus"] = Value::Null;
        lines[0]["cancelReason"] = json!("A_NEW_REASON");
        lines[0]["customer"] = Value::Null;
        lines[0]["customerJourneySummary"] = Value::Null;
        lines[0]["subtotalPriceSet"] = Value::Null;
        lines[0]["totalDiscountsSet"] = Value::Null;
        lines[0]["totalTaxSet"] = Value::Null;
    });
    let rows = rows(&kept("orders", &lines)).unwrap();
    assert_cells(
        &rows["orders"][0],
        &[
            ("fulfillment_status", "fulfillment_not_required"),
            ("financial_status", "null"),
            ("cancel_reason", "a_new_reason"),
            ("customer_id", "null"),
            ("page", "null"),
            // 2 x 55.00 + 20.00 - 10.00, as the lines tell.
            ("subtotal", "1200000"),
            ("discount", "100000"),
            ("tax", "0"),
            ("paid_at", "null"),
        ],
    );
}

#[test]
fn the_first_visit_counts_when_no_last_one_is_known() {
    let lines = changed(|lines| lines[0]["customerJourneySummary"]["lastVisit"] = Value::Null);
    let rows = rows(&kept("orders", &lines)).unwrap();
    assert_cells(&rows["orders"][0], &[("traffic_source", "direct"), ("medium", "null"), ("page", "/")]);
}

#[test]
fn amounts_of_currencies_without_and_with_three_decimals_are_exact() {
    for (amount, raw) in [("1200", "12000000"), ("0.125", "1250"), ("99999999999999.9999", "999999999999999999")] {
        let lines = changed(|lines| lines[0]["totalPriceSet"] = usd(amount));
        assert_cells(&rows(&kept("orders", &lines)).unwrap()["orders"][0], &[("total", raw)]);
    }
}

#[test]
fn what_is_missing_or_wrong_is_named_by_its_place_and_never_by_its_value() {
    let problem = |change: fn(&mut Vec<Value>)| match rows(&kept("orders", &changed(change))) {
        Err(Failure::Unexpected { detail }) => detail,
        other => panic!("not unexpected: {other:?}"),
    };
    let missing = problem(|lines| {
        lines[0].as_object_mut().unwrap().remove("updatedAt");
    });
    assert!(missing.contains("an order: updatedAt is missing"), "{missing}");
    let wrong = problem(|lines| lines[0]["totalTaxSet"]["shopMoney"]["amount"] = json!("jane@example.com"));
    assert!(wrong.contains("totalTaxSet.shopMoney.amount"), "{wrong}");
    assert!(!wrong.contains("jane"), "{wrong}");
    let float = problem(|lines| lines[2]["originalUnitPriceSet"]["shopMoney"]["amount"] = json!(55.1));
    assert!(float.contains("a line of an order") && float.contains("originalUnitPriceSet.shopMoney.amount"), "{float}");
    let orphan = problem(|lines| lines[3]["__parentId"] = json!("gid://shopify/Refund/1"));
    assert!(orphan.contains("order 6120034567890"), "{orphan}");
}

#[test]
fn what_came_with_an_order_and_what_came_by_itself_make_the_same_rows() {
    let lines = order();
    let mut with = lines[0].clone();
    with["children"] = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": [lines[2], lines[1]]});
    let together = rows(&kept("orders", &[with, lines[3].clone()])).unwrap();
    assert_eq!(together, rows(&kept("orders", &lines)).unwrap());
}
