//! Webhooks, as an endpoint sees them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_simulators::faults::WebhookFaults;
use aloftly_simulators::options::Settings;
use aloftly_simulators::world::{Action, CancelReason};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::{ALL, Client, SECRET, SHOP, settings};
use crate::world::options;

#[derive(Clone, Debug)]
struct Taken {
    topic: String,
    event: String,
    id: String,
    body: Value,
}

#[derive(Clone, Default)]
struct Endpoint {
    taken: Arc<Mutex<Vec<Taken>>>,
    refuses: Arc<Mutex<usize>>,
}

async fn take(State(endpoint): State<Endpoint>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&body);
    let signature = base64::engine::general_purpose::STANDARD.decode(header("x-shopify-hmac-sha256")).unwrap();
    mac.verify_slice(&signature).unwrap();
    assert_eq!(header("x-shopify-shop-domain"), SHOP);
    assert_eq!(header("x-shopify-api-version"), "2026-10");
    assert!(header("x-shopify-triggered-at").ends_with('Z'));
    endpoint.taken.lock().unwrap().push(Taken {
        topic: header("x-shopify-topic"),
        event: header("x-shopify-event-id"),
        id: header("x-shopify-webhook-id"),
        body: serde_json::from_slice(&body).unwrap(),
    });
    let mut left = endpoint.refuses.lock().unwrap();
    if *left > 0 {
        *left -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    StatusCode::OK
}

impl Endpoint {
    async fn start() -> (Self, String) {
        let endpoint = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", axum::routing::post(take)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (endpoint, address)
    }

    fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// Waits until so many were taken.
    async fn wait(&self, count: usize) -> Vec<Taken> {
        for _ in 0..500 {
            if self.taken().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.taken()
    }
}

async fn subscribe(client: &Client, topic: &str, uri: &str) -> Value {
    let query = "mutation($topic: WebhookSubscriptionTopic!, $uri: String!) { webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) { webhookSubscription { id topic uri } userErrors { field message } } }";
    client.data(query, json!({ "topic": topic, "uri": uri })).await["webhookSubscriptionCreate"].clone()
}

async fn subscriptions(client: &Client) -> Vec<Value> {
    let data = client.data("{ webhookSubscriptions(first: 100) { nodes { id topic uri } } }", json!({})).await;
    data["webhookSubscriptions"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_order_is_told_of_in_the_shape_of_rest() {
    let client = Client::start(50).await;
    let (endpoint, uri) = Endpoint::start().await;
    for topic in ["ORDERS_CREATE", "REFUNDS_CREATE", "ORDERS_CANCELLED", "INVENTORY_LEVELS_UPDATE", "ORDERS_DELETE"] {
        assert_eq!(subscribe(&client, topic, &uri).await["userErrors"], json!([]));
    }
    let again = subscribe(&client, "ORDERS_CREATE", &uri).await;
    assert_eq!(again["userErrors"][0]["message"], "Address for this topic has already been taken");
    let refused = subscribe(&client, "ORDERS_CREATE", "http://shop.example/hook").await;
    assert_eq!(refused["webhookSubscription"], Value::Null);

    let place = Action::PlaceOrder { items: Vec::new(), customer: None, guest: true, test: false };
    client.simulator.act(SHOP, place).unwrap();
    assert!(client.simulator.webhooks_done(SHOP, Duration::from_secs(5)).await.unwrap());
    let order = client
        .simulator
        .world(SHOP, |world| world.orders.iter().max_by_key(|order| order.id).unwrap().clone())
        .unwrap();
    let created = endpoint.taken().into_iter().find(|one| one.topic == "orders/create").unwrap().body;
    assert_eq!(created["id"], order.id);
    assert_eq!(created["admin_graphql_api_id"], format!("gid://shopify/Order/{}", order.id));
    assert_eq!(created.get("customer"), None, "a guest is no customer");
    assert_eq!(created["created_at"], "2026-11-20T07:00:00-05:00");
    assert_eq!(created["total_price"], created["total_price_set"]["shop_money"]["amount"]);
    let minor: i64 = created["total_price"].as_str().unwrap().replace('.', "").parse().unwrap();
    assert_eq!(minor, order.total().shop);
    assert_eq!(created["line_items"].as_array().unwrap().len(), order.lines.len());
    assert!(
        endpoint
            .taken()
            .iter()
            .any(|one| one.topic == "inventory_levels/update" && one.body["inventory_item_id"].is_u64())
    );

    client
        .simulator
        .act(SHOP, Action::CancelOrder { order: order.id, reason: CancelReason::Customer, refund: true })
        .unwrap();
    assert!(client.simulator.webhooks_done(SHOP, Duration::from_secs(5)).await.unwrap());
    let refund = endpoint.taken().into_iter().find(|one| one.topic == "refunds/create").unwrap().body;
    assert_eq!(refund["order_id"], order.id);
    assert!(refund["refund_line_items"][0]["subtotal"].is_number());
    assert!(refund["refund_line_items"][0]["subtotal_set"]["shop_money"]["amount"].is_string());
    let cancelled = endpoint.taken().into_iter().find(|one| one.topic == "orders/cancelled").unwrap().body;
    assert_eq!(cancelled["cancel_reason"], "customer");
    client.simulator.act(SHOP, Action::DeleteOrder { order: order.id }).unwrap();
    assert!(client.simulator.webhooks_done(SHOP, Duration::from_secs(5)).await.unwrap());
    assert_eq!(endpoint.taken().last().unwrap().body, json!({ "id": order.id }));
}

#[tokio::test]
async fn a_webhook_that_fails_is_tried_again_with_its_event_id_and_body() {
    let client = Client::start(20).await;
    let (endpoint, uri) = Endpoint::start().await;
    subscribe(&client, "PRODUCTS_CREATE", &uri).await;
    *endpoint.refuses.lock().unwrap() = 2;
    client.simulator.act(SHOP, Action::CreateProduct { title: "New Mug".to_owned() }).unwrap();
    endpoint.wait(1).await;
    for expected in 2..=3 {
        while client.simulator.open_webhooks(SHOP).unwrap() > 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        client.simulator.clock().advance(Duration::from_secs(60));
        assert_eq!(endpoint.wait(expected).await.len(), expected);
    }
    assert!(client.simulator.webhooks_done(SHOP, Duration::from_secs(5)).await.unwrap());
    let taken = endpoint.taken();
    assert!(taken.iter().all(|one| one.event == taken[0].event && one.body == taken[0].body));
    assert_ne!(taken[0].id, taken[1].id);
}

#[tokio::test]
async fn a_subscription_that_always_fails_is_gone_after_four_hours() {
    let settings = Settings { access_life: Duration::from_secs(24 * 3_600), ..settings() };
    let client = Client::with(options(20), settings, ALL).await;
    let (endpoint, uri) = Endpoint::start().await;
    subscribe(&client, "PRODUCTS_CREATE", &uri).await;
    *endpoint.refuses.lock().unwrap() = 100;
    client.simulator.act(SHOP, Action::CreateProduct { title: "New Mug".to_owned() }).unwrap();
    for tried in 1..=9 {
        assert_eq!(endpoint.wait(tried).await.len(), tried);
        // The answer has to be back before the clock moves on.
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(subscriptions(&client).await.len(), usize::from(tried < 9));
        client.simulator.clock().advance(Duration::from_secs(5_000));
    }
    assert!(client.simulator.webhooks_done(SHOP, Duration::from_secs(5)).await.unwrap());
    assert_eq!(endpoint.taken().len(), 9);
}

#[tokio::test]
async fn webhooks_are_lost_doubled_and_late_on_demand() {
    let client = Client::start(20).await;
    let (endpoint, uri) = Endpoint::start().await;
    subscribe(&client, "PRODUCTS_CREATE", &uri).await;
    let make = |title: &str| client.simulator.act(SHOP, Action::CreateProduct { title: title.to_owned() }).unwrap();
    let fault = |lose, twice, late| {
        client.simulator.faults(SHOP, |faults| faults.webhooks = WebhookFaults { lose, twice, late }).unwrap();
    };
    fault(1, 0, 0);
    make("Lost");
    fault(0, 1, 0);
    make("Doubled");
    assert_eq!(endpoint.wait(2).await.len(), 2);
    fault(0, 0, 1);
    make("Late");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(endpoint.taken().len(), 2);
    make("Early");
    let taken = endpoint.wait(4).await;
    let titles: Vec<&str> = taken.iter().map(|one| one.body["title"].as_str().unwrap()).collect();
    assert_eq!(titles[..2], ["Doubled", "Doubled"]);
    assert_eq!(taken[0].event, taken[1].event);
    assert!(titles.contains(&"Late") && titles.contains(&"Early") && !titles.contains(&"Lost"));
}

#[tokio::test]
async fn an_uninstall_ends_everything_and_the_shop_is_to_be_forgotten_two_days_later() {
    let client = Client::start(20).await;
    let (endpoint, uri) = Endpoint::start().await;
    client.simulator.change_app(|app| {
        for topic in ["shop/redact", "customers/redact", "customers/data_request"] {
            app.webhooks.push((topic.to_owned(), uri.clone()));
        }
    });
    subscribe(&client, "APP_UNINSTALLED", &uri).await;
    let customer =
        client.simulator.world(SHOP, |world| world.orders.iter().find_map(|order| order.customer).unwrap()).unwrap();
    client.simulator.request_data(SHOP, customer).unwrap();
    let asked = endpoint.wait(1).await[0].clone();
    assert_eq!((asked.topic.as_str(), &asked.body["customer"]["id"]), ("customers/data_request", &json!(customer)));
    assert!(!asked.body["orders_requested"].as_array().unwrap().is_empty());

    let gone =
        client.data("mutation { appUninstall { app { id } userErrors { field message code } } }", json!({})).await;
    assert!(gone["appUninstall"]["app"]["id"].is_string());
    assert_eq!(client.send("2026-10", "{ shop { id } }", json!({})).await.status(), 401);
    let told = endpoint.wait(2).await[1].clone();
    assert_eq!((told.topic.as_str(), &told.body["myshopify_domain"]), ("app/uninstalled", &json!(SHOP)));
    client.simulator.clock().advance(Duration::from_secs(47 * 3_600));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(endpoint.taken().len(), 2);
    client.simulator.clock().advance(Duration::from_secs(3_600));
    let told = endpoint.wait(3).await[2].clone();
    assert_eq!(told.topic, "shop/redact");
    assert_eq!(told.body["shop_domain"], SHOP);
    let tokens = client.simulator.install(SHOP, &["read_orders"]).unwrap();
    let again = Client { token: tokens["access_token"].as_str().unwrap().to_owned(), ..client };
    assert_eq!(subscriptions(&again).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_end_of_a_bulk_operation_is_told_in_small_letters() {
    let client = Client::start(20).await;
    let (endpoint, uri) = Endpoint::start().await;
    subscribe(&client, "BULK_OPERATIONS_FINISH", &uri).await;
    let query = r#"mutation { bulkOperationRunQuery(groupObjects: false, query: "{ orders { edges { node { id } } } }") { bulkOperation { id } userErrors { message } } }"#;
    let id = client.data(query, json!({})).await["bulkOperationRunQuery"]["bulkOperation"]["id"].clone();
    client.simulator.clock().advance(Duration::from_secs(30));
    let told = endpoint.wait(1).await[0].clone();
    assert_eq!(told.topic, "bulk_operations/finish");
    assert_eq!(told.body["status"], "completed");
    assert_eq!(told.body["admin_graphql_api_id"], id);
    assert_eq!(told.body.get("url"), None);
}
