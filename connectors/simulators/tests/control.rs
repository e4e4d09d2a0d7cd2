//! Faults, and what another process says to the simulator.

use std::time::Duration;

use aloftly_simulators::faults::Fault;
use serde_json::{Value, json};

use crate::support::{Client, SHOP};

const QUERY: &str = "{ orders(first: 3) { pageInfo { hasNextPage endCursor } nodes { id name totalPriceSet { shopMoney { amount } } } } }";

fn fail(client: &Client, fault: &Fault) {
    client.simulator.faults(SHOP, |faults| faults.add(fault, 1)).unwrap();
}

#[tokio::test]
async fn requests_go_wrong_as_they_are_told_to_and_then_go_well_again() {
    let client = Client::start(20).await;
    for status in [402, 423, 429, 430, 500, 503] {
        fail(&client, &Fault::Status { status, retry_after: Some(2) });
        let answer = client.send("2026-10", QUERY, json!({})).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (status, "2.0"));
    }
    fail(&client, &Fault::ErrorText { status: 200, message: "Not today".to_owned() });
    assert_eq!(client.ask(QUERY, json!({})).await["errors"], "Not today");
    fail(&client, &Fault::Internal);
    assert_eq!(client.ask(QUERY, json!({})).await["errors"][0]["extensions"]["code"], "INTERNAL_SERVER_ERROR");
    fail(&client, &Fault::Throttled);
    assert_eq!(client.ask(QUERY, json!({})).await["errors"][0]["extensions"]["code"], "THROTTLED");
    client.simulator.clock().advance(Duration::from_secs(60));
    fail(&client, &Fault::Truncated);
    let text = client.send("2026-10", QUERY, json!({})).await.text().await.unwrap();
    assert!(text.len() > 20 && serde_json::from_str::<Value>(&text).is_err());
    fail(&client, &Fault::Reset);
    let request =
        client.http.post(client.admin("api/2026-10/graphql.json")).header("X-Shopify-Access-Token", &client.token);
    let reset = request.json(&json!({ "query": QUERY })).send().await;
    assert!(match reset {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    });
    fail(&client, &Fault::Slow { millis: 200 });
    let started = std::time::Instant::now();
    client.data(QUERY, json!({})).await;
    assert!(started.elapsed() >= Duration::from_millis(200));
    fail(&client, &Fault::MissingFields { fields: vec!["name".to_owned()] });
    assert_eq!(client.data(QUERY, json!({})).await["orders"]["nodes"][0].get("name"), None);
    fail(&client, &Fault::UnknownFields);
    assert!(client.data(QUERY, json!({})).await["orders"]["nodes"][0]["somethingNew"].is_object());
    fail(&client, &Fault::Endless);
    let last = client.data(QUERY.replace("first: 3", "first: 250").as_str(), json!({})).await;
    assert_eq!(last["orders"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(client.data(QUERY, json!({})).await["orders"]["nodes"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn another_process_can_move_time_let_things_happen_and_have_them_go_wrong() {
    let client = Client::start(20).await;
    let control = |path: &str| format!("http://{}/_control/{path}", client.simulator.address());
    let post = |path: &str, body: Value| client.http.post(control(path)).json(&body).send();
    let shops: Value = client.http.get(control("shops")).send().await.unwrap().json().await.unwrap();
    assert_eq!(shops[0]["domain"], SHOP);
    let orders = shops[0]["orders"].as_u64().unwrap();
    let said: Value = post("clock", json!({ "advance_seconds": 60 })).await.unwrap().json().await.unwrap();
    assert_eq!(said["now"], "2026-11-20T12:01:00+00:00");
    let said = post(&format!("shops/{SHOP}/actions"), json!({ "action": "place_order", "guest": true })).await.unwrap();
    let said: Value = said.json().await.unwrap();
    assert_eq!(said["happened"][0]["topic"], "orders/create");
    assert_eq!(client.data("{ ordersCount { count precision } }", json!({})).await["ordersCount"]["count"], orders + 1);
    let bad = post(&format!("shops/{SHOP}/actions"), json!({ "action": "delete_order", "order": 1 })).await.unwrap();
    assert_eq!(bad.status(), 422);
    let faults =
        post(&format!("shops/{SHOP}/faults"), json!({ "fault": "status", "status": 503, "times": 2 })).await.unwrap();
    assert_eq!(faults.status(), 200);
    for expected in [503, 503, 200] {
        assert_eq!(client.send("2026-10", QUERY, json!({})).await.status(), expected);
    }
    post(&format!("shops/{SHOP}/clock_skew"), json!({ "seconds": -300 })).await.unwrap();
    let date = client.send("2026-10", QUERY, json!({})).await.headers()["date"].to_str().unwrap().to_owned();
    assert_eq!(date, "Fri, 20 Nov 2026 11:56:00 GMT");
    assert_eq!(post(&format!("shops/{SHOP}/expire_tokens"), json!({})).await.unwrap().status(), 200);
    assert_eq!(client.send("2026-10", QUERY, json!({})).await.status(), 401);
    assert_eq!(post("shops/other.myshopify.com/revoke", json!({})).await.unwrap().status(), 404);
    let log: Value = client.http.get(control("log")).send().await.unwrap().json().await.unwrap();
    let first = &log[0];
    assert_eq!(
        (&first["shop"], &first["method"], &first["status"], &first["operation"]),
        (&json!(SHOP), &json!("POST"), &json!(200), &json!("ordersCount"))
    );
    assert_eq!(first["cost"], 1.0);
    assert_eq!(client.simulator.log().len(), log.as_array().unwrap().len());
}
