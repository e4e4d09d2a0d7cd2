//! What a provider tells over HTTP: taken from it alone, kept once, and in the figures soon after.

use std::time::{Duration, Instant};

use aloftly_catalog::ConnectionId;
use aloftly_engine::CommitId;
use aloftly_engine::lake::Terms;
use aloftly_engine::lake::manifest::Bookmark;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::routes::new_connection;
use crate::support::{Client, Server, World, answer, figures};

const SHOP: &str = "mugs.myshopify.com";
const SECRET: &str = "a secret of the app";
const OLD_SECRET: &str = "the secret before it";

/// A server that is known to Shopify, and a store whose connection to a shop was begun to be read.
struct Shop {
    world: World,
    server: Server,
    owner: Client,
    store: String,
    connection: String,
}

impl Shop {
    async fn new() -> Self {
        let world = World::with(&[
            ("shopify_client_id", "the app"),
            ("shopify_client_secret", SECRET),
            ("shopify_old_client_secret", OLD_SECRET),
            // Nobody listens there.
            ("shopify_url", "http://127.0.0.1:9"),
        ])
        .await;
        let (tenant, made) = world.organization("a").await;
        let (connection, _) = new_connection(&tenant, &made, "shopify", SHOP).await;
        let backend = world.backend().await;
        let lake = backend.store_lake(&tenant, made.stores[0]);
        let name = format!("connection/{}/orders", ConnectionId(connection));
        let mark = Bookmark { name, from: None, to: "{}".to_owned() };
        let id = CommitId(backend.clock.new_id());
        lake.commit_page(id, lake.spool().unwrap(), None, Terms { bookmarks: vec![mark], ..Terms::default() })
            .await
            .unwrap();
        let server = world.serve().await;
        let owner = server.owner_of("a").await;
        Self { world, server, owner, store: made.stores[0].to_string(), connection: connection.to_string() }
    }

    /// A delivery as Shopify sends it.
    fn delivery(&self, event: &str, topic: &str, body: &str) -> RequestBuilder {
        self.signed(SECRET, event, topic, body)
    }

    fn signed(&self, secret: &str, event: &str, topic: &str, body: &str) -> RequestBuilder {
        let request = self.server.anonymous().post("/api/webhooks/shopify");
        let request = request.header("x-shopify-hmac-sha256", signature(secret, body));
        let request = request.header("x-shopify-shop-domain", SHOP).header("x-shopify-topic", topic);
        request.header("x-shopify-event-id", event).body(body.to_owned())
    }

    async fn deliver(&self, event: &str, topic: &str, body: &Value) {
        let (status, body) = answer(self.delivery(event, topic, &body.to_string())).await;
        assert_eq!(status, 200, "{body}");
    }

    /// Waits until the figures are these.
    async fn comes_to(&self, expected: &Value) {
        let patience = Instant::now() + Duration::from_secs(30);
        loop {
            let told = figures(&self.owner, &self.store).await;
            if told == *expected {
                return;
            }
            assert!(Instant::now() < patience, "{told} and not {expected}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn dead(&self) -> Vec<Value> {
        let path = format!("/api/integrations/{}/deliveries", self.connection);
        self.owner.read(&path).await["deliveries"].as_array().unwrap().clone()
    }
}

fn signature(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// An order of some mugs at 12.50, as the REST API has it.
fn order(id: u64, mugs: u64, updated_at: &str) -> Value {
    let money = |amount: &str| json!({ "shop_money": { "amount": amount, "currency_code": "USD" } });
    let total = format!("{}.{:02}", mugs * 1250 / 100, mugs * 1250 % 100);
    json!({
        "id": id, "name": format!("#{id}"), "test": false, "created_at": "2026-11-10T10:00:00-05:00",
        "processed_at": "2026-11-10T10:00:00-05:00", "updated_at": updated_at, "cancelled_at": null, "financial_status": "paid",
        "total_price_set": money(&total), "subtotal_price_set": money(&total), "total_discounts_set": money("0.00"),
        "total_tax_set": money("0.00"), "total_shipping_price_set": money("0.00"), "customer": { "id": 700 },
        "line_items": [{
            "id": id * 10, "product_id": 50, "variant_id": 51, "title": "Mug", "quantity": mugs, "current_quantity": mugs,
            "price_set": money("12.50"), "discount_allocations": [], "tax_lines": [],
        }],
        "refunds": [],
    })
}

fn totals(revenue: &str, orders: u64, units: u64, aov: &str) -> Value {
    json!({
        "shopify.revenue": revenue, "shopify.orders": orders, "shopify.units": units, "shopify.aov": aov, "shopify.customers": 1,
    })
}

/// The figures of a store without any order.
fn nothing() -> Value {
    json!({
        "shopify.revenue": null, "shopify.orders": null, "shopify.units": null, "shopify.aov": null, "shopify.customers": null,
    })
}

#[tokio::test]
async fn what_a_shop_tells_is_in_the_figures_once_and_what_is_older_changes_nothing() {
    let shop = Shop::new().await;
    shop.deliver("e1", "orders/create", &order(1, 2, "2026-11-10T10:00:01-05:00")).await;
    shop.comes_to(&totals("25.00", 1, 2, "25.00")).await;
    // Told again, by a second subscription or because an answer was lost; then changed, and told late.
    shop.deliver("e1", "orders/create", &order(1, 2, "2026-11-10T10:00:01-05:00")).await;
    shop.deliver("e3", "orders/updated", &order(1, 4, "2026-11-10T12:00:00-05:00")).await;
    shop.deliver("e2", "orders/updated", &order(1, 3, "2026-11-10T11:00:00-05:00")).await;
    shop.comes_to(&totals("50.00", 1, 4, "50.00")).await;
    let (status, _) =
        answer(shop.signed(OLD_SECRET, "e4", "orders/create", &order(2, 1, "2026-11-10T12:00:00Z").to_string())).await;
    assert_eq!(status, 200, "while the secret is changed over, both are taken");
    shop.comes_to(&totals("62.50", 2, 5, "31.25")).await;
    shop.deliver("e5", "orders/delete", &json!({ "id": 1 })).await;
    shop.comes_to(&totals("12.50", 1, 1, "12.50")).await;
    // Late news of what is gone does not bring it back.
    shop.deliver("e6", "orders/updated", &order(1, 9, "2026-11-10T15:00:00-05:00")).await;
    shop.deliver("e7", "orders/updated", &order(2, 2, "2026-11-10T15:00:00-05:00")).await;
    shop.comes_to(&totals("25.00", 1, 2, "25.00")).await;
    assert!(shop.dead().await.is_empty());
    shop.server.stop().await;
}

#[tokio::test]
async fn nothing_is_taken_from_anybody_else() {
    let shop = Shop::new().await;
    let body = order(1, 2, "2026-11-10T10:00:01-05:00").to_string();
    let refused = async |request: RequestBuilder, status: u16, code: &str| {
        let (answered, problem) = answer(request).await;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{problem}");
    };
    refused(shop.signed("another", "e1", "orders/create", &body), 401, "not_authentic").await;
    refused(shop.delivery("e1", "orders/create", &body).body(body.replace("12.50", "0.01")), 401, "not_authentic")
        .await;
    let anonymous = || shop.server.anonymous().post("/api/webhooks/shopify").body(body.clone());
    refused(anonymous(), 401, "not_authentic").await;
    refused(anonymous().header("x-shopify-hmac-sha256", "no base64!"), 401, "not_authentic").await;
    let without_topic = anonymous().header("x-shopify-hmac-sha256", signature(SECRET, &body));
    refused(
        without_topic.header("x-shopify-shop-domain", SHOP).header("x-shopify-event-id", "e1"),
        401,
        "not_authentic",
    )
    .await;
    for unknown in ["ga4", "nobody", "Shopify", "shopify%2F.."] {
        let path = format!("/api/webhooks/{unknown}");
        refused(shop.server.anonymous().post(&path).body(body.clone()), 404, "not_found").await;
    }
    refused(shop.server.anonymous().get("/api/webhooks/shopify"), 405, "method_not_allowed").await;
    let large = " ".repeat(5 << 20);
    refused(shop.delivery("e1", "orders/create", &large), 413, "payload_too_large").await;
    // A shop that no store is connected to is answered, so that it does not tell again for hours.
    let stranger = anonymous().header("x-shopify-hmac-sha256", signature(SECRET, &body));
    let stranger = stranger.header("x-shopify-topic", "orders/create").header("x-shopify-event-id", "e1");
    assert_eq!(answer(stranger.header("x-shopify-shop-domain", "others.myshopify.com")).await.0, 200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(figures(&shop.owner, &shop.store).await, nothing());
    shop.server.stop().await;
}

#[tokio::test]
async fn what_could_not_be_carried_out_is_read_replayed_and_discarded_by_people() {
    let shop = Shop::new().await;
    let mut wrong = order(1, 2, "2026-11-10T10:00:01-05:00");
    wrong["line_items"][0]["price_set"] = Value::Null;
    shop.deliver("e1", "orders/create", &wrong).await;
    assert_eq!(answer(shop.delivery("e2", "orders/create", "no json \u{0}")).await.0, 200);
    let patience = Instant::now() + Duration::from_secs(30);
    while shop.dead().await.len() < 2 {
        assert!(Instant::now() < patience, "{:?}", shop.dead().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let integration = shop.owner.read(&format!("/api/integrations/{}", shop.connection)).await;
    assert_eq!(integration["dead_deliveries"], 2);
    let dead = shop.dead().await;
    let one = dead.iter().find(|one| one["object"] == "order:1").unwrap();
    assert_eq!((&one["topic"], &one["problem"]["code"]), (&json!("orders/create"), &json!("unexpected_answer")));
    let path = format!("/api/deliveries/{}", one["id"].as_str().unwrap());
    let read = shop.owner.read(&path).await;
    assert_eq!(read["body"], wrong.to_string());

    let replay = format!("/api/integrations/{}/deliveries/replay", shop.connection);
    let (status, replayed) = answer(shop.owner.post(&replay).json(&json!({ "delivery_id": one["id"] }))).await;
    assert_eq!((status, &replayed["deliveries"]), (202, &json!(1)));
    while shop.dead().await.len() < 2 {
        assert!(Instant::now() < patience, "it is as wrong as before");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shop.owner.delete(&path).send().await.unwrap().status(), 204);
    assert_eq!(answer(shop.owner.get(&path)).await.0, 404);
    let (status, problem) = answer(shop.owner.post(&replay).json(&json!({ "delivery_id": one["id"] }))).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    assert_eq!(answer(shop.owner.post(&replay).json(&json!({ "delivery": 1 }))).await.0, 422);
    assert_eq!(shop.dead().await.len(), 1);
    // Whoever is erased is in no message that waits for a person either.
    let erase = format!("/api/stores/{}/customers/erase", shop.store);
    let mut about_ann = order(2, 1, "2026-11-10T10:00:01-05:00");
    about_ann["customer"]["id"] = json!(777_000_111);
    about_ann["line_items"] = Value::Null;
    shop.deliver("e3", "orders/create", &about_ann).await;
    while shop.dead().await.len() < 2 {
        assert!(Instant::now() < patience);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(answer(shop.owner.post(&erase).json(&json!({ "customer_ids": ["777000111"] }))).await.0, 202);
    while shop.dead().await.len() > 1 {
        assert!(Instant::now() < patience + Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    shop.server.stop().await;
}

#[tokio::test]
async fn what_a_customer_asks_of_a_shop_is_shown_and_carried_out() {
    let shop = Shop::new().await;
    shop.deliver("e1", "orders/create", &order(1, 2, "2026-11-10T10:00:01-05:00")).await;
    shop.comes_to(&totals("25.00", 1, 2, "25.00")).await;
    let asked = json!({
        "shop_id": 1, "shop_domain": SHOP, "customer": { "id": 700, "email": "ann@example.com" }, "orders_requested": [1],
    });
    shop.deliver("e2", "customers/data_request", &asked).await;
    let patience = Instant::now() + Duration::from_secs(30);
    let request = loop {
        let requests = shop.owner.read("/api/customer-requests").await;
        if let Some(request) = requests["requests"].as_array().unwrap().first() {
            break request.clone();
        }
        assert!(Instant::now() < patience);
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((&request["customer_id"], &request["email"]), (&json!("700"), &json!("ann@example.com")));
    let answered = format!("/api/customer-requests/{}/answer", request["id"].as_str().unwrap());
    assert_eq!(shop.owner.post(&answered).send().await.unwrap().status(), 204);
    assert_eq!(shop.owner.post(&answered).send().await.unwrap().status(), 204, "and again");
    let request = shop.owner.read("/api/customer-requests").await["requests"][0].clone();
    assert_eq!((request.get("customer_id"), &request["answered_by"]), (None, &json!("owner@a.test")));

    let redact = json!({ "shop_id": 1, "shop_domain": SHOP, "customer": { "id": 700 }, "orders_to_redact": [1] });
    shop.deliver("e3", "customers/redact", &redact).await;
    shop.comes_to(&nothing()).await;
    assert_eq!(shop.owner.read("/api/erasures").await["erasures"].as_array().unwrap().len(), 1);
    shop.world.database.close().await;
}
