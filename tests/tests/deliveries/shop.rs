//! A simulated shop, what happens in it, and what its figures must come to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use aloftly_simulators::ShopifySimulator;
use aloftly_simulators::options::{AppOptions, Plan, Settings, SimulatorOptions};
use aloftly_simulators::world::{Action, CancelReason, Subject, Visit};
use serde_json::{Value, json};

use crate::harness::Client;
use crate::made_up::Chance;

const SHOP: &str = "fern-and-kettle.myshopify.com";
const ID: &str = "the app";
pub(crate) const SECRET: &str = "a secret of thirty-two letters....";
/// What is sent: the rest is read.
const TOPICS: [&str; 5] = ["orders/create", "orders/updated", "orders/cancelled", "orders/delete", "refunds/create"];

/// A shop that is simulated.
pub(crate) struct Shop {
    simulator: ShopifySimulator,
    /// Orders that something may still happen to.
    open: Mutex<Vec<u64>>,
}

/// Something that the shop tells.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) topic: &'static str,
    pub(crate) body: String,
    /// When, to the nanosecond.
    pub(crate) triggered_at: String,
}

impl Shop {
    pub(crate) async fn start(seed: u64) -> Self {
        let mut options = SimulatorOptions::new(AppOptions::new(ID, SECRET));
        for world in &mut options.shops {
            (world.seed, world.orders, world.customers, world.checkouts) = (seed, 60, 40, 5);
        }
        // What is told is what this is about, and not how fast the rest may be read.
        options.settings = Settings { plan: Plan::PLUS, ..Settings::default() };
        let simulator = ShopifySimulator::start(options).await.unwrap();
        // Its own deliveries stay away: those of the test are sent.
        simulator.faults(SHOP, |faults| faults.webhooks.lose = u32::MAX).unwrap();
        Self { simulator, open: Mutex::default() }
    }

    /// What a server needs to know of it.
    pub(crate) fn variables(&self) -> [(String, String); 3] {
        [
            ("ALOFTLY_SHOPIFY_CLIENT_ID".to_owned(), ID.to_owned()),
            ("ALOFTLY_SHOPIFY_CLIENT_SECRET".to_owned(), SECRET.to_owned()),
            ("ALOFTLY_SHOPIFY_URL".to_owned(), format!("http://{}", self.simulator.address())),
        ]
    }

    /// Sends people back to a server.
    pub(crate) fn knows(&self, base: &str) {
        // However this machine is called, as for the demo.
        let callbacks = [base.to_owned(), base.replace("127.0.0.1", "localhost")];
        let callbacks = callbacks.map(|base| format!("{base}/api/oauth/shopify/callback"));
        self.simulator.change_app(|app| app.redirect_uris = callbacks.to_vec());
    }

    /// Connects a store, as whoever agrees in a browser.
    pub(crate) async fn connect(&self, client: &Client, store: &str) {
        let store = client.store(store).await;
        let start = json!({ "store_id": store, "fields": { "shop": SHOP } });
        let departure = client.post("/api/oauth/shopify/start", &start).await;
        let there = departure["location"].as_str().unwrap();
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let page = browser.get(there).send().await.unwrap().text().await.unwrap();
        let mut form = hidden_fields(&page);
        form.push(("decision".to_owned(), "install".to_owned()));
        let (decide, _) = there.split_once('?').unwrap();
        let agreed = browser.post(decide).form(&form).send().await.unwrap();
        let back = agreed.headers()["location"].to_str().unwrap().to_owned();
        let (_, path) = back.split_once("/api/").unwrap();
        client.text(&format!("/api/{path}")).await;
    }

    /// Something happens: what the shop tells of it.
    pub(crate) fn something_happens(&self, chance: &mut Chance) -> Vec<Told> {
        let mut open = self.open.lock().unwrap();
        let action = match chance.below(20) {
            0..12 => None,
            what => (!open.is_empty()).then(|| {
                let place = chance.place(open.len());
                match what {
                    12..18 => Action::TagOrders { orders: vec![open[place]], tag: format!("tag {}", chance.below(9)) },
                    18 => {
                        let (order, reason) = (open.swap_remove(place), CancelReason::Customer);
                        Action::CancelOrder { order, reason, refund: true }
                    }
                    _ => Action::DeleteOrder { order: open.swap_remove(place) },
                }
            }),
        };
        let action = action.unwrap_or(Action::PlaceOrder {
            items: Vec::new(),
            customer: None,
            guest: chance.one_in(10),
            test: chance.one_in(50),
        });
        // Of an order that was never paid nothing can be paid back.
        let Ok(happened) = self.simulator.act(SHOP, action) else { return Vec::new() };
        let of = |topic| happened.iter().find(|one| one.topic == topic).map(|one| &one.subject);
        if let Some(Subject::Order(id)) = of("orders/create") {
            open.push(*id);
        }
        let triggered_at = self.simulator.clock().now().to_rfc3339();
        let told = self.simulator.told(SHOP, &happened).unwrap();
        let told = told.into_iter().filter(|(topic, _)| TOPICS.contains(topic));
        told.map(|(topic, body)| Told { topic, body, triggered_at: triggered_at.clone() }).collect()
    }

    /// Somebody buys: what the shop tells of the order.
    pub(crate) fn sells(&self) -> Vec<Told> {
        let order = Action::PlaceOrder { items: Vec::new(), customer: None, guest: false, test: false };
        let happened = self.simulator.act(SHOP, order).unwrap();
        let triggered_at = self.simulator.clock().now().to_rfc3339();
        let told = self.simulator.told(SHOP, &happened).unwrap();
        let told = told.into_iter().filter(|(topic, _)| *topic == "orders/create");
        told.map(|(topic, body)| Told { topic, body, triggered_at: triggered_at.clone() }).collect()
    }

    /// A dollar goes back for some orders whose buyers came by no campaign: of them a webhook tells no more than that they came.
    pub(crate) fn pays_some_back(&self) -> Vec<Told> {
        let by_no_campaign = |visit: &Visit| visit.utm.is_none() && !visit.source.is_empty();
        let orders = self.simulator.world(SHOP, |world| {
            let counted = world.orders.iter().filter(|order| !order.test && order.cancelled_at.is_none());
            let counted = counted.filter(|order| order.journey.last.as_ref().is_some_and(by_no_campaign));
            counted.map(|order| order.id).take(10).collect::<Vec<_>>()
        });
        let mut all = Vec::new();
        for order in orders.unwrap() {
            let action = Action::RefundOrder { order, lines: Vec::new(), shipping: 0, goodwill: 100 };
            // Of an order that was never paid nothing can be paid back.
            let Ok(happened) = self.simulator.act(SHOP, action) else { continue };
            let triggered_at = self.simulator.clock().now().to_rfc3339();
            let told = self.simulator.told(SHOP, &happened).unwrap();
            // Nothing but the order's new state: what tells of the refund has the order read.
            let told = told.into_iter().filter(|(topic, _)| *topic == "orders/updated");
            all.extend(told.map(|(topic, body)| Told { topic, body, triggered_at: triggered_at.clone() }));
        }
        all
    }

    /// Revenue less refunds by where buyers came from, as far as that is known, by hand from what is in the shop.
    pub(crate) fn net_revenue_by_source(&self) -> BTreeMap<String, String> {
        let mut cents: BTreeMap<String, i64> = BTreeMap::new();
        self.simulator
            .world(SHOP, |world| {
                for order in world.orders.iter().filter(|order| !order.test && order.cancelled_at.is_none()) {
                    let Some(visit) = &order.journey.last else { continue };
                    let source = visit.utm.as_ref().map_or(&visit.source, |utm| &utm.source);
                    *cents.entry(source.clone()).or_default() += order.total().shop - order.refunded().shop;
                }
            })
            .unwrap();
        cents.into_iter().map(|(source, cents)| (source, format!("{}.{:02}", cents / 100, cents % 100))).collect()
    }

    /// What the figures must come to, by hand from what is in the shop.
    pub(crate) fn figures(&self) -> Value {
        let (mut cents, mut orders, mut customers) = (0, 0, BTreeSet::new());
        self.simulator
            .world(SHOP, |world| {
                for order in world.orders.iter().filter(|order| !order.test && order.cancelled_at.is_none()) {
                    cents += order.total().shop;
                    orders += 1;
                    customers.extend(order.customer);
                }
            })
            .unwrap();
        let revenue = format!("{}.{:02}", cents / 100, cents % 100);
        json!({ "shopify.revenue": revenue, "shopify.orders": orders, "shopify.customers": customers.len() })
    }
}

/// The name and value of each hidden field of a page.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let attribute = |field: &str, name: &str| {
        let (_, rest) = field.split_once(&format!(" {name}=\"")).unwrap();
        html_escape::decode_html_entities(rest.split('"').next().unwrap()).into_owned()
    };
    let fields = page.split("<input ").skip(1).map(|field| format!(" {field}"));
    fields
        .filter(|field| field.contains("type=\"hidden\""))
        .map(|field| (attribute(&field, "name"), attribute(&field, "value")))
        .collect()
}
