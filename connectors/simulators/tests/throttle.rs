//! What queries cost, and what becomes of those that cost too much.

use std::time::Duration;

use aloftly_simulators::options::{CostRule, Settings};
use serde_json::{Value, json};

use crate::support::{ALL, Client, SHOP, settings};
use crate::world::options;

/// (1 object + 2 for the connection + 250 * (variant + item)): what the rules as documented come to, and 25 what was seen in 2025.
const VARIANTS: &str =
    "query($id: ID!) { product(id: $id) { variants(first: 250) { nodes { inventoryItem { id tracked } } } } }";

#[tokio::test]
async fn objects_cost_one_connections_two_and_their_nodes() {
    let client = Client::with(options(50), Settings::default(), ALL).await;
    let missing = json!({ "id": "gid://shopify/Product/1" });
    let cost = |answer: &Value, name: &str| answer["extensions"]["cost"][name].as_i64();
    let answer = client.ask(VARIANTS, missing.clone()).await;
    assert_eq!(cost(&answer, "requestedQueryCost"), Some(503));
    assert_eq!(cost(&answer, "actualQueryCost"), Some(0));
    client.simulator.change_settings(|settings| settings.cost_rule = CostRule::Damped);
    let answer = client.ask(VARIANTS, missing).await;
    assert_eq!(cost(&answer, "requestedQueryCost"), Some(25));
    client.simulator.change_settings(|settings| settings.cost_rule = CostRule::Multiplied);

    // 2 + 10 * (1 + (2 + 5 * 1) + the bag and its two amounts)
    let nested = "{ orders(first: 10) { pageInfo { hasNextPage } edges { cursor node { id lineItems(first: 5) { nodes { id } } totalPriceSet { shopMoney { amount } presentmentMoney { amount } } } } } }";
    let answer = client.ask(nested, json!({})).await;
    assert_eq!(cost(&answer, "requestedQueryCost"), Some(2 + 10 * (1 + 7 + 3)));
    let lines: usize = client
        .simulator
        .world(SHOP, |world| {
            let mut orders: Vec<_> = world.orders.iter().collect();
            orders.sort_by_key(|order| (order.processed_at, order.id));
            orders.iter().take(10).map(|order| order.lines.len().min(5)).sum()
        })
        .unwrap();
    assert_eq!(cost(&answer, "actualQueryCost"), Some(2 + 10 * (1 + 2 + 3) + i64::try_from(lines).unwrap()));
}

#[tokio::test]
async fn a_bucket_that_is_empty_throttles_until_it_has_filled_again() {
    let client = Client::with(options(50), Settings::default(), ALL).await;
    let query = "{ orders(first: 250) { nodes { id totalPriceSet { shopMoney { amount } } } } }";
    // 2 + 250 * 3 = 752 each of 2000: two fit when all of it was used, and the answers say what is left.
    let first = client.ask(query, json!({})).await;
    let cost = &first["extensions"]["cost"];
    assert_eq!(cost["requestedQueryCost"], 752);
    let actual = cost["actualQueryCost"].as_i64().unwrap();
    assert!(actual < 752);
    assert_eq!(
        cost["throttleStatus"],
        json!({ "maximumAvailable": 2000.0, "currentlyAvailable": 2000 - actual, "restoreRate": 100.0 })
    );

    client.simulator.empty_bucket(SHOP).unwrap();
    let throttled = client.ask(query, json!({})).await;
    assert_eq!(throttled["errors"][0]["message"], "Throttled");
    assert_eq!(throttled["errors"][0]["extensions"]["code"], "THROTTLED");
    assert_eq!(throttled.get("data"), None);
    let cost = &throttled["extensions"]["cost"];
    assert_eq!(cost["actualQueryCost"], Value::Null);
    assert_eq!(cost["throttleStatus"]["currentlyAvailable"], 0);

    client.simulator.clock().advance(Duration::from_millis(7_510));
    let throttled = client.ask(query, json!({})).await;
    assert_eq!(throttled["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"], 751);
    client.simulator.clock().advance(Duration::from_millis(10));
    assert_eq!(client.ask(query, json!({})).await.get("errors"), None);

    client.simulator.change_settings(|settings| settings.throttled_status = 429);
    client.simulator.empty_bucket(SHOP).unwrap();
    let answer = client.send("2026-10", query, json!({})).await;
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.json::<Value>().await.unwrap()["errors"][0]["extensions"]["code"], "THROTTLED");
}

#[tokio::test]
async fn a_query_that_may_cost_more_than_a_thousand_is_refused_for_nothing() {
    let client = Client::with(options(50), Settings::default(), ALL).await;
    let query =
        "{ orders(first: 250) { nodes { id totalPriceSet { shopMoney { amount } presentmentMoney { amount } } } } }";
    let refused = client.ask(query, json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "MAX_COST_EXCEEDED");
    assert_eq!(refused["errors"][0]["extensions"]["cost"], 1_002);
    let halved = client.ask(&query.replace("250", "125"), json!({})).await;
    assert_eq!(halved.get("errors"), None);
    let left = halved["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"].as_i64().unwrap();
    let actual = halved["extensions"]["cost"]["actualQueryCost"].as_i64().unwrap();
    assert_eq!(left, 2_000 - actual, "the refused query took nothing");
}

#[tokio::test]
async fn the_debug_header_shows_what_each_field_costs() {
    let client = Client::with(options(20), Settings::default(), ALL).await;
    let request =
        client.http.post(client.admin("api/2026-10/graphql.json")).header("X-Shopify-Access-Token", &client.token);
    let request = request
        .header("Shopify-GraphQL-Cost-Debug", "1")
        .json(&json!({ "query": "{ shop { id } orders(first: 3) { nodes { id } } }" }));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    let fields = answer["extensions"]["cost"]["fields"].as_array().unwrap();
    let of = |path: Value| fields.iter().find(|field| field["path"] == path).cloned().unwrap();
    assert_eq!(
        of(json!(["shop"])),
        json!({ "path": ["shop"], "definedCost": 1.0, "requestedTotalCost": 1.0, "requestedChildrenCost": 0.0 })
    );
    assert_eq!(of(json!(["orders"]))["requestedTotalCost"], 5.0);
}

/// What sizes the documented rule leaves to a connector that wants everything of an order: its lines make it dear.
#[tokio::test]
async fn an_order_with_all_its_amounts_and_many_lines_is_too_dear_for_one_query() {
    let client = Client::with(options(20), settings(), ALL).await;
    let orders = crate::graphql::orders_query();
    let cost = async |first: u32, lines: u32, rule: CostRule| {
        client.simulator.change_settings(|settings| settings.cost_rule = rule);
        let query = orders.replace("first: 50, after", &format!("first: {first}, after"));
        let query = query.replace("lineItems(first: 50)", &format!("lineItems(first: {lines})"));
        let answer = client.ask(&query, json!({ "q": "" })).await;
        answer["extensions"]["cost"]["requestedQueryCost"].as_i64().unwrap()
    };
    // An order is 1 and 13 amounts of 3, a customer, five of the journey and an address; a line is 1, two ids and six amounts, two of them
    // in an object of their own.
    let (order, line) = (1 + 13 * 3 + 1 + 5 + 1, 1 + 2 + 4 * 3 + 2 * 4);
    assert_eq!(cost(50, 50, CostRule::Multiplied).await, 2 + 50 * (order + 2 + 50 * line));
    assert_eq!(cost(5, 6, CostRule::Multiplied).await, 2 + 5 * (order + 2 + 6 * line));
    assert!(cost(5, 6, CostRule::Multiplied).await <= 1_000);
    // 2 ln(50) is 8 and 2 ln(10) is 5.
    assert_eq!(cost(50, 50, CostRule::Damped).await, 2 + 8 * (order + 2 + 8 * line));
    assert_eq!(cost(10, 5, CostRule::Damped).await, 2 + 5 * (order + 2 + 3 * line));
}
