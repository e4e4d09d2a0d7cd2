//! Reading a shop: in bulk, by its changes, and from where it was left.

use aloftly_connectors::contract::{Connector as _, Cursor, Failure, Mode};
use aloftly_connectors::shopify::api::Shopify;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::shop::{Asked, Shop, Taken, data};
use super::told::{order, usd};

/// An order without anything below it.
fn plain(id: u32, updated_at: &str) -> Value {
    let mut node = order().swap_remove(0);
    node["id"] = json!(format!("gid://shopify/Order/{id}"));
    node["updatedAt"] = json!(updated_at);
    node["totalRefundedSet"] = usd("0.0");
    node["refunds"] = json!([]);
    node["children"] = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": []});
    node
}

fn page(nodes: &[Value], next: Option<&str>) -> (u16, String) {
    data(&json!({"page": {"pageInfo": {"hasNextPage": next.is_some(), "endCursor": next}, "nodes": nodes}}))
}

fn refused(code: &str) -> (u16, String) {
    (
        200,
        json!({"data": null, "errors": [{"message": "no", "path": ["page"], "extensions": {"code": code}}]})
            .to_string(),
    )
}

/// What a bulk operation's lines are: those of the order with two lines, and a plain one.
fn lines() -> String {
    let mut all = order();
    // Lines of refunds cannot be told in bulk.
    all.truncate(3);
    all.insert(1, plain(7, "2026-11-01T00:00:00Z"));
    if let Some(node) = all[1].as_object_mut() {
        node.remove("children");
    }
    all.reverse();
    all.iter().map(|line| format!("{}\n", line.to_string().replace('/', "\\/"))).collect()
}

/// A shop whose bulk operations are done at the second look.
fn in_bulk(mut looks: u32) -> impl FnMut(&Asked) -> (u16, String) + Send + 'static {
    move |asked| match asked.operation() {
        "BulkRun" => {
            let operation = json!({"id": "gid://shopify/BulkOperation/1"});
            data(&json!({"bulkOperationRunQuery": {"bulkOperation": operation, "userErrors": []}}))
        }
        "BulkPoll" => {
            looks += 1;
            let status = if looks < 2 { "RUNNING" } else { "COMPLETED" };
            let url = (looks >= 2).then(|| format!("http://{}/result?signed=1", asked.host));
            data(
                &json!({"bulkOperation": {"id": asked.variables["id"], "status": status, "errorCode": null, "objectCount": "4",
                "fileSize": "1000", "url": url}}),
            )
        }
        "Refunds" => {
            let line = json!({"id": "gid://shopify/RefundLineItem/901", "quantity": 1, "restockType": "RETURN",
                "lineItem": {"id": "gid://shopify/LineItem/15011223344556"}, "subtotalSet": usd("50.0"), "totalTaxSet": usd("4.0")});
            let children = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": [line]});
            data(&json!({"nodes": [{"id": asked.variables["ids"][0], "children": children}]}))
        }
        _ if asked.path.starts_with("/result") => (200, lines()),
        other => panic!("asked for {other:?}"),
    }
}

#[tokio::test]
async fn a_first_reading_is_made_in_bulk_and_fetched_without_the_token() {
    let shop = Shop::answering(in_bulk(0)).await;
    let mut taken = Taken::default();
    let cursor = shop.sync("orders", Mode::Full, None, &mut taken).await.unwrap();
    assert_eq!(taken.ids("orders", "order_id"), [["7", "6120034567890"]]);
    assert_eq!(taken.ids("order_items", "line_id"), [["15011223344556", "15011223344557"]]);
    assert_eq!(taken.ids("refund_items", "refund_line_id"), [["901"]]);
    assert_eq!(taken.pages.last().unwrap().expected, Some(2));
    assert_eq!(shop.operations(), ["BulkRun", "BulkPoll", "BulkPoll", "", "Refunds"]);
    let asked = shop.asked();
    let query = asked[0].variables["query"].as_str().unwrap();
    assert!(query.starts_with("{ orders(query: \"created_at:<'2026-11-02T12:00:00Z'\") { edges { node {"), "{query}");
    assert_eq!(asked[0].path, "/shops/some-shop.myshopify.com/admin/api/2026-10/graphql.json");
    assert_eq!((asked[0].token.as_deref(), asked[3].token.as_deref()), (Some("token-0"), None));
    // What changed since it began comes next.
    assert_eq!(cursor.to_text(), r#"{"at":"done","watermark":1793620800000000,"read_on":"2026-11-02"}"#);
}

#[tokio::test]
async fn a_first_reading_that_was_broken_off_waits_for_the_operation_that_was_begun() {
    let shop = Shop::answering(in_bulk(0)).await;
    // Only that it was begun is kept.
    let mut taken = Taken { most: Some(1), ..Taken::default() };
    assert!(matches!(shop.sync("orders", Mode::Full, None, &mut taken).await, Err(Failure::Stopped)));
    let cursor = taken.pages[0].cursor.clone();
    let mut taken = Taken::default();
    shop.sync("orders", Mode::Full, Some(&cursor), &mut taken).await.unwrap();
    assert_eq!(taken.ids("orders", "order_id"), [["7", "6120034567890"]]);
    assert_eq!(shop.operations().iter().filter(|operation| *operation == "BulkRun").count(), 1);
    // Behind its last page there is nothing to hand on again.
    let cursor = taken.pages.last().unwrap().cursor.clone();
    let mut taken = Taken::default();
    shop.sync("orders", Mode::Full, Some(&cursor), &mut taken).await.unwrap();
    assert!(taken.ids("orders", "order_id").is_empty());
}

#[tokio::test]
async fn an_operation_that_nobody_knows_any_more_is_begun_again() {
    let mut begun = 0;
    let shop = Shop::answering(move |asked| match asked.operation() {
        "BulkRun" => {
            begun += 1;
            let operation = json!({"id": format!("gid://shopify/BulkOperation/{begun}")});
            data(&json!({"bulkOperationRunQuery": {"bulkOperation": operation, "userErrors": []}}))
        }
        _ if asked.variables["id"] == "gid://shopify/BulkOperation/1" => data(&json!({"bulkOperation": null})),
        _ => data(&json!({"bulkOperation": {"status": "COMPLETED", "objectCount": "0", "url": null}})),
    });
    let shop = shop.await;
    let mut taken = Taken::default();
    shop.sync("orders", Mode::Full, None, &mut taken).await.unwrap();
    assert_eq!(shop.operations(), ["BulkRun", "BulkPoll", "BulkRun", "BulkPoll"]);
}

#[tokio::test]
async fn too_much_for_one_operation_is_read_window_by_window() {
    let shop = Shop::answering(|asked| match asked.operation() {
        "BulkRun" => {
            // The window is told by the operation's id, so that looking tells how much is in it.
            let query = asked.variables["query"].as_str().unwrap();
            let search = query.split('"').nth(1).unwrap().to_owned();
            data(&json!({"bulkOperationRunQuery": {"bulkOperation": {"id": search}, "userErrors": []}}))
        }
        "BulkPoll" => {
            let search = asked.variables["id"].as_str().unwrap();
            let count = if search.contains(">=") { "10" } else { "200000" };
            let status = if search.contains(">=") { "COMPLETED" } else { "RUNNING" };
            data(&json!({"bulkOperation": {"status": status, "objectCount": count, "url": null}}))
        }
        "Oldest" => page(&[json!({"createdAt": "2026-10-23T12:00:00Z"})], None),
        "BulkCancel" => data(&json!({"bulkOperationCancel": {"userErrors": []}})),
        other => panic!("asked for {other:?}"),
    });
    let shop = shop.await;
    shop.sync("customers", Mode::Full, None, &mut Taken::default()).await.unwrap();
    let asked = shop.asked();
    let windows: Vec<&str> = asked.iter().filter(|asked| asked.operation() == "BulkRun").map(window).collect();
    // Customers are searched for by whole days, so for a day more. Eleven days hold 200,000 lines: two days and a fifth are tried, then twice as
    // much each time, as little is in them.
    assert_eq!(
        windows,
        [
            "customer_date:<'2026-11-03T12:00:00Z'",
            "customer_date:>='2026-10-23T12:00:00Z' customer_date:<'2026-10-25T16:48:00Z'",
            "customer_date:>='2026-10-25T16:48:00Z' customer_date:<'2026-10-30T02:24:00Z'",
            "customer_date:>='2026-10-30T02:24:00Z' customer_date:<'2026-11-03T12:00:00Z'",
        ]
    );
}

fn window(asked: &Asked) -> &str {
    asked.variables["query"].as_str().unwrap().split('"').nth(1).unwrap()
}

#[tokio::test]
async fn changes_are_read_page_by_page_from_behind_the_watermark() {
    let shop = Shop::answering(|asked| match asked.variables["after"].as_str() {
        None => page(&[plain(1, "2026-11-02T11:00:00Z"), plain(2, "2026-11-02T11:00:00Z")], Some("a")),
        // The same again, and one that a clock ahead of ours has changed.
        Some("a") => page(&[plain(2, "2026-11-02T11:00:00Z"), plain(3, "2026-11-02T13:00:00Z")], None),
        Some(other) => panic!("asked for what is behind {other}"),
    });
    let shop = shop.await;
    let mut taken = Taken::default();
    let first = json!({"at": "done", "watermark": 1_793_617_200_000_000_i64}).to_string();
    let cursor = Cursor::from_text(&first).unwrap();
    let next = shop.sync("orders", Mode::Incremental, Some(&cursor), &mut taken).await.unwrap();
    assert_eq!(taken.ids("orders", "order_id"), [["1", "2"], ["2", "3"]]);
    // From ten minutes before 11:00, both times.
    let searches: Vec<_> = shop.asked().iter().map(|asked| asked.variables["q"].clone()).collect();
    assert_eq!(searches, ["updated_at:>='2026-11-02T10:50:00Z'", "updated_at:>='2026-11-02T10:50:00Z'"]);
    // The newest change that was seen, and no later than now.
    assert_eq!(next.to_text(), r#"{"at":"done","watermark":1793620800000000}"#);

    // Broken off behind the first page it goes on with the second, by the same search.
    let after_first = &taken.pages[0].cursor;
    let mut taken = Taken::default();
    shop.sync("orders", Mode::Incremental, Some(after_first), &mut taken).await.unwrap();
    assert_eq!(taken.ids("orders", "order_id"), [["2", "3"]]);
    assert_eq!(shop.asked().last().unwrap().variables["q"], "updated_at:>='2026-11-02T10:50:00Z'");
}

#[tokio::test]
async fn what_did_not_come_with_an_order_is_asked_for() {
    let line = |id: u32| {
        let mut line = order().swap_remove(2);
        line["id"] = json!(format!("gid://shopify/LineItem/{id}"));
        line.as_object_mut().unwrap().remove("__parentId");
        line
    };
    let shop = Shop::answering(move |asked| match asked.operation() {
        "More" if asked.variables["after"] == "a" => {
            let children = json!({"pageInfo": {"hasNextPage": true, "endCursor": "b"}, "nodes": [line(2)]});
            data(&json!({"node": {"children": children}}))
        }
        "More" => {
            assert_eq!(
                (&asked.variables["id"], &asked.variables["after"]),
                (&json!("gid://shopify/Order/1"), &json!("b"))
            );
            let children = json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": [line(3)]});
            data(&json!({"node": {"children": children}}))
        }
        "Things" => {
            assert_eq!(asked.variables["ids"], json!(["gid://shopify/Order/1", "gid://shopify/Order/2"]));
            let mut node = plain(1, "2026-11-02T11:00:00Z");
            node["children"] = json!({"pageInfo": {"hasNextPage": true, "endCursor": "a"}, "nodes": [line(1)]});
            data(&json!({"nodes": [node, null]}))
        }
        other => panic!("asked for {other:?}"),
    });
    let shop = shop.await;
    let mut taken = Taken::default();
    let ids = vec!["1".to_owned(), "2".to_owned()];
    shop.sync("orders", Mode::Things { ids }, None, &mut taken).await.unwrap();
    assert_eq!(taken.ids("order_items", "line_id"), [["1", "2", "3"]]);
    // What is not there any more goes.
    let removals: Vec<_> = taken.pages.iter().flat_map(|page| &page.removals).collect();
    assert_eq!(removals.len(), 5);
    assert!(removals.iter().all(|removal| removal.entities == ["2"]));
}

#[tokio::test]
async fn an_order_that_is_not_shown_is_not_gone_without_the_permission_to_see_all() {
    let mut shop = Shop::answering(|_| data(&json!({"nodes": [null]}))).await;
    shop.account.scopes.retain(|scope| scope != "read_all_orders");
    let mut taken = Taken::default();
    shop.sync("orders", Mode::Things { ids: vec!["2".to_owned()] }, None, &mut taken).await.unwrap();
    assert!(taken.pages.iter().all(|page| page.removals.is_empty()));
    assert!(taken.warnings()[0].contains("permission to read all orders"), "{:?}", taken.warnings());
}

#[tokio::test]
async fn a_page_that_is_too_costly_is_asked_for_with_half_as_much() {
    let shop = Shop::answering(|asked| match asked.variables["first"].as_u64() {
        Some(3..) => refused("MAX_COST_EXCEEDED"),
        _ => page(&[plain(1, "2026-11-02T11:00:00Z")], None),
    });
    let shop = shop.await;
    let mut taken = Taken::default();
    let cursor = Cursor::from_text(r#"{"at":"done","watermark":0}"#).unwrap();
    shop.sync("orders", Mode::Incremental, Some(&cursor), &mut taken).await.unwrap();
    let sizes: Vec<_> = shop.asked().iter().map(|asked| asked.variables["first"].as_u64().unwrap()).collect();
    assert_eq!(sizes, [10, 5, 2]);
    assert_eq!(taken.ids("orders", "order_id"), [["1"]]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let shop = Shop::answering(|asked| match asked.token.as_deref() {
        Some("token-1") => page(&[], None),
        _ => (
            401,
            r#"{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}"#.to_owned(),
        ),
    });
    let shop = shop.await;
    let cursor = Cursor::from_text(r#"{"at":"done","watermark":0}"#).unwrap();
    shop.sync("orders", Mode::Incremental, Some(&cursor), &mut Taken::default()).await.unwrap();
    assert_eq!(shop.asked().len(), 2);

    let shop = Shop::answering(|_| (200, r#"{"errors":"[API] Invalid API key or access token"}"#.to_owned())).await;
    let failed = shop.sync("orders", Mode::Incremental, Some(&cursor), &mut Taken::default()).await;
    assert!(matches!(failed, Err(Failure::Revoked { .. })), "{failed:?}");
    assert_eq!(shop.asked().len(), 2);
}

#[tokio::test]
async fn checkouts_that_are_not_shown_are_left_out_and_orders_are_not() {
    let shop = Shop::answering(|_| refused("ACCESS_DENIED")).await;
    let cursor = Cursor::from_text(r#"{"at":"done","watermark":0}"#).unwrap();
    let mut taken = Taken::default();
    shop.sync("checkouts", Mode::Incremental, Some(&cursor), &mut taken).await.unwrap();
    assert_eq!(taken.warnings(), ["Shopify does not show us abandoned checkouts: no"]);
    let failed = shop.sync("orders", Mode::Incremental, Some(&cursor), &mut Taken::default()).await;
    assert!(matches!(failed, Err(Failure::Forbidden { .. })), "{failed:?}");
}

#[tokio::test]
async fn a_shop_that_is_closed_is_said_to_be() {
    for (status, code, words) in [
        (402, "unavailable", "frozen"),
        (423, "unavailable", "locked"),
        (403, "access_denied", "permission"),
        (404, "refused", "no shop"),
    ] {
        let shop = Shop::answering(move |_| (status, "{}".to_owned())).await;
        let failed = Shopify.test_connection(&shop.session()).await.unwrap_err();
        assert_eq!(failed.code(), code);
        assert!(failed.to_string().contains(words), "{failed}");
    }
}

#[tokio::test]
async fn days_are_those_of_the_shop() {
    let shop = Shop::answering(|asked| match asked.operation() {
        "BulkRun" => data(&json!({"bulkOperationRunQuery": {"bulkOperation": {"id": "a"}, "userErrors": []}})),
        _ => data(&json!({"bulkOperation": {"status": "COMPLETED", "objectCount": "0", "url": null}})),
    });
    let shop = shop.await;
    let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
    let range = Mode::Range { from: day(31), to: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() };
    shop.sync("orders", range, None, &mut Taken::default()).await.unwrap();
    // The clocks of New York went back on 1 November.
    assert_eq!(window(&shop.asked()[0]), "processed_at:>='2026-10-31T04:00:00Z' processed_at:<'2026-11-02T05:00:00Z'");
}

#[tokio::test]
async fn what_there_is_is_listed_with_the_versions_that_rows_have() {
    let shop = Shop::answering(|asked| match asked.variables["after"].as_str() {
        None => page(
            &[
                json!({"id": "gid://shopify/Order/2", "updatedAt": "2026-11-01T00:00:00Z"}),
                json!({"id": "gid://shopify/Order/1", "updatedAt": "2026-11-01T00:00:00Z"}),
            ],
            Some("a"),
        ),
        _ => page(&[json!({"id": "gid://shopify/Order/2", "updatedAt": "2026-11-01T00:00:05Z"})], None),
    });
    let mut shop = shop.await;
    let stream = Shopify.declaration().stream("orders").unwrap();
    let range = ("2026-01-01T00:00:00Z".parse().unwrap(), "2026-11-02T00:00:00Z".parse().unwrap());
    let listed = Shopify.list(&shop.session(), stream, range).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|listed| (listed.entity.as_str(), listed.version)).collect();
    assert_eq!(listed, [("1", 1_793_491_201_000_000), ("2", 1_793_491_206_000_000)]);
    assert_eq!(
        shop.asked()[0].variables["q"],
        "processed_at:>='2026-01-01T00:00:00Z' processed_at:<'2026-11-02T00:00:00Z'"
    );
    assert!(Shopify.is_own(stream, "123") && !Shopify.is_own(stream, "name:#1001") && !Shopify.is_own(stream, ""));

    // Without the permission to see all, it is not told what there was long ago.
    shop.account.scopes.clear();
    let reach = Shopify.reach(&shop.account, stream, "2026-11-02T12:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(reach.to_rfc3339(), "2026-09-04T12:00:00+00:00");
    assert!(matches!(Shopify.list(&shop.session(), stream, range).await, Err(Failure::Refused { .. })));
}

#[tokio::test]
async fn connecting_tells_of_the_shop_and_asks_to_be_told_of_what_is_not_told_yet() {
    let shop = Shop::answering(|asked| match asked.operation() {
        "Shop" => data(&json!({
            "shop": {"name": "Some Shop", "myshopifyDomain": "some-shop.myshopify.com", "ianaTimezone": "Europe/Berlin", "currencyCode": "EUR"},
            "currentAppInstallation": {"accessScopes": [{"handle": "read_orders"}, {"handle": "write_products"}]},
        })),
        "Webhooks" => page(
            &[
                json!({"id": "a", "topic": "ORDERS_CREATE", "uri": "https://app.example.com/webhooks/shopify"}),
                json!({"id": "b", "topic": "ORDERS_UPDATED", "uri": "https://other.example.com/"}),
            ],
            None,
        ),
        "WebhookCreate" if asked.variables["topic"] == "PRODUCTS_CREATE" => {
            let errors = json!([{"field": ["topic"], "message": "Invalid topic"}]);
            data(&json!({"webhookSubscriptionCreate": {"userErrors": errors}}))
        }
        "WebhookCreate" => data(&json!({"webhookSubscriptionCreate": {"userErrors": []}})),
        other => panic!("asked for {other:?}"),
    });
    let shop = shop.await;
    let account = Shopify.connect(&shop.session()).await.unwrap();
    assert_eq!((account.id.as_str(), account.name.as_str()), ("some-shop.myshopify.com", "Some Shop"));
    assert_eq!((account.zone, account.currency.as_deref()), (Some(chrono_tz::Europe::Berlin), Some("EUR")));
    let asked = shop.asked();
    let topics: Vec<_> = asked
        .iter()
        .filter(|asked| asked.operation() == "WebhookCreate")
        .map(|asked| asked.variables["topic"].as_str().unwrap())
        .collect();
    assert_eq!(topics.len(), 18);
    assert!(!topics.contains(&"ORDERS_CREATE") && topics.contains(&"ORDERS_UPDATED"));

    let health = Shopify.test_connection(&shop.session()).await.unwrap();
    let missing = ["read_all_orders", "read_customers", "read_inventory", "read_locations"];
    assert_eq!(health.warnings.len(), missing.len());
    for (warning, scope) in health.warnings.iter().zip(missing) {
        assert!(warning.contains(scope), "{warning}");
    }
}
