//! Bulk operations.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{ALL, Client, SHOP, settings};
use crate::world::options;

const RUN: &str = "mutation Bulk($query: String!, $group: Boolean!) { bulkOperationRunQuery(query: $query, groupObjects: $group) { bulkOperation { id status createdAt } userErrors { field message code } } }";
const POLL: &str = "query BulkPoll($id: ID!) { bulkOperation(id: $id) { id status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl type } }";
const ORDERS: &str = "{ orders { edges { node { id updatedAt currentTotalPriceSet { shopMoney { amount currencyCode } } lineItems { edges { node { id quantity } } } } } } }";

async fn run(client: &Client, query: &str, group: bool) -> Value {
    client.data(RUN, json!({ "query": query, "group": group })).await["bulkOperationRunQuery"].clone()
}

async fn poll(client: &Client, id: &Value) -> Value {
    client.data(POLL, json!({ "id": id })).await["bulkOperation"].clone()
}

async fn lines(client: &Client, url: &Value) -> (String, Vec<Value>) {
    let text = client.http.get(url.as_str().unwrap()).send().await.unwrap().text().await.unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (text, lines)
}

#[tokio::test]
async fn a_bulk_operation_finds_what_pages_find_with_children_anywhere() {
    let mut settings = settings();
    settings.bulk_rate = 100.0;
    let client = Client::with(options(300), settings, ALL).await;
    let started = run(&client, ORDERS, false).await;
    assert_eq!((&started["userErrors"], &started["bulkOperation"]["status"]), (&json!([]), &json!("CREATED")));
    let id = &started["bulkOperation"]["id"];
    client.simulator.clock().advance(Duration::from_millis(1_500));
    let running = poll(&client, id).await;
    assert_eq!((&running["status"], &running["url"]), (&json!("RUNNING"), &Value::Null));
    assert_eq!(running["objectCount"], "50");
    client.simulator.clock().advance(Duration::from_secs(60));
    let done = poll(&client, id).await;
    assert_eq!(done["status"], "COMPLETED");
    let (text, lines) = lines(&client, &done["url"]).await;
    assert!(text.contains("gid:\\/\\/shopify\\/Order\\/"), "slashes are escaped");
    assert_eq!(done["objectCount"], lines.len().to_string());
    assert_eq!(done["fileSize"], text.len().to_string());

    let paged = client
        .all(
            "orders",
            "query($after: String) { orders(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { id updatedAt currentTotalPriceSet { shopMoney { amount currencyCode } } lineItems(first: 50) { nodes { id quantity } } } } }",
            json!({}),
        )
        .await;
    let mut expected: BTreeMap<String, (Value, BTreeSet<String>)> = BTreeMap::new();
    for mut order in paged {
        let items = order["lineItems"]["nodes"].as_array().unwrap().iter().map(ToString::to_string).collect();
        order.as_object_mut().unwrap().remove("lineItems");
        expected.insert(order["id"].as_str().unwrap().to_owned(), (order, items));
    }
    let mut seen: BTreeMap<String, (Value, BTreeSet<String>)> = BTreeMap::new();
    let mut early = 0;
    for mut line in lines {
        match line.as_object_mut().unwrap().remove("__parentId") {
            None => {
                let id = line["id"].as_str().unwrap().to_owned();
                seen.entry(id).or_default().0 = line;
            }
            Some(parent) => {
                let entry = seen.entry(parent.as_str().unwrap().to_owned()).or_default();
                early += usize::from(entry.0.is_null());
                entry.1.insert(line.to_string());
            }
        }
    }
    assert_eq!(seen, expected);
    assert!(early > 10, "children come before their parents");
    assert_eq!(done["rootObjectCount"], seen.len().to_string());
}

#[tokio::test]
async fn children_follow_their_parents_when_that_is_asked_for() {
    let client = Client::start(100).await;
    let started = run(&client, ORDERS, true).await;
    client.simulator.clock().advance(Duration::from_secs(60));
    let done = poll(&client, &started["bulkOperation"]["id"]).await;
    let mut parent = Value::Null;
    for line in lines(&client, &done["url"]).await.1 {
        match line.get("__parentId") {
            Some(of) => assert_eq!(*of, parent),
            None => parent = line["id"].clone(),
        }
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_run_in_bulk_is_refused() {
    let client = Client::start(5).await;
    for (query, said) in [
        ("{ shop { id } }", "at least one connection"),
        ("{ orders { edges { node { name } } } }", "'id' field"),
        (
            "{ orders { edges { node { id refunds { id refundLineItems { edges { node { id } } } } } } } }",
            "within a list field",
        ),
        (
            "{ orders { edges { node { id agreements { edges { node { id sales { edges { node { id } } } } } } } } } }",
            "nesting depth",
        ),
        (
            "{ products { edges { node { id variants { edges { node { id } } } collections { edges { node { id } } } } } } orders { edges { node { id } } } }",
            "at the top",
        ),
        ("{ orders { edges { node { id colour } } } }", "doesn't exist"),
        ("{", "Invalid bulk query"),
    ] {
        let refused = run(&client, query, false).await;
        assert_eq!(refused["bulkOperation"], Value::Null, "{query}");
        assert_eq!(refused["userErrors"][0]["code"], "INVALID");
        let message = refused["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains(said), "{query}: {message}");
    }
}

#[tokio::test]
async fn five_run_at_once_and_one_can_be_cancelled() {
    let client = Client::start(5).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(run(&client, ORDERS, false).await["bulkOperation"]["id"].clone());
    }
    let sixth = run(&client, ORDERS, false).await;
    assert_eq!(sixth["userErrors"][0]["code"], "LIMIT_REACHED");
    assert!(sixth["userErrors"][0]["message"].as_str().unwrap().contains(ids[0].as_str().unwrap()));
    let cancel = "mutation BulkCancel($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { id status } userErrors { field message } } }";
    let cancelled = client.data(cancel, json!({ "id": ids[0] })).await;
    assert_eq!(cancelled["bulkOperationCancel"]["bulkOperation"]["status"], "CANCELED");
    assert_eq!(run(&client, ORDERS, false).await["userErrors"], json!([]));
    client.simulator.clock().advance(Duration::from_secs(30));
    let list = r#"query BulkList { bulkOperations(first: 10, query: "status:completed operation_type:query") { nodes { id status type } } }"#;
    let list = client.data(list, json!({})).await;
    assert_eq!(list["bulkOperations"]["nodes"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn the_file_is_fetched_without_a_token_and_lapses_after_seven_days() {
    let client = Client::start(50).await;
    let started = run(&client, ORDERS, false).await;
    client.simulator.clock().advance(Duration::from_secs(30));
    let done = poll(&client, &started["bulkOperation"]["id"]).await;
    let url = done["url"].as_str().unwrap();
    let with_token = client.http.get(url).header("X-Shopify-Access-Token", &client.token).send().await.unwrap();
    assert_eq!(with_token.status(), 400);
    assert_eq!(client.http.get(format!("{url}0")).send().await.unwrap().status(), 403);
    client.simulator.clock().advance(Duration::from_secs(7 * 24 * 3_600 - 60));
    assert_eq!(client.http.get(url).send().await.unwrap().status(), 200);
    client.simulator.clock().advance(Duration::from_secs(60));
    assert_eq!(client.http.get(url).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn nothing_found_leaves_no_file_and_a_failure_what_was_written_before_it() {
    let client = Client::start(50).await;
    let none = run(&client, "{ orders(query: \"created_at:<'1999-01-01'\") { edges { node { id } } } }", false).await;
    client.simulator.faults(SHOP, |faults| faults.bulk_fails_after = Some(20)).unwrap();
    let fails = run(&client, ORDERS, false).await;
    client.simulator.clock().advance(Duration::from_secs(30));
    let none = poll(&client, &none["bulkOperation"]["id"]).await;
    assert_eq!((&none["status"], &none["url"], &none["objectCount"]), (&json!("COMPLETED"), &Value::Null, &json!("0")));
    let fails = poll(&client, &fails["bulkOperation"]["id"]).await;
    assert_eq!(
        (&fails["status"], &fails["errorCode"], &fails["url"]),
        (&json!("FAILED"), &json!("INTERNAL_SERVER_ERROR"), &Value::Null)
    );
    assert_eq!(lines(&client, &fails["partialDataUrl"]).await.1.len(), 20);
}
