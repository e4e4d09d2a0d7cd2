//! A simulator with one shop, and a client of it.

use aloftly_simulators::ShopifySimulator;
use aloftly_simulators::clock::Clock;
use aloftly_simulators::options::{AppOptions, Settings, SimulatorOptions};
use aloftly_simulators::world::WorldOptions;
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::world::{now, options};

pub(crate) const SHOP: &str = "mugs.myshopify.com";
pub(crate) const SECRET: &str = "hush";
pub(crate) const BACK: &str = "http://127.0.0.1:9/shopify/callback";
pub(crate) const ALL: &[&str] =
    &["read_orders", "read_all_orders", "read_products", "read_inventory", "read_locations", "read_customers"];

/// A simulator whose clock stands, and who speaks to it.
pub(crate) struct Client {
    pub(crate) simulator: ShopifySimulator,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

pub(crate) fn settings() -> Settings {
    // Most tests are not about costs.
    Settings {
        max_query_cost: 1e9,
        plan: aloftly_simulators::options::Plan { name: "Basic", bucket: 1e9, restore: 1e6 },
        ..Settings::default()
    }
}

impl Client {
    pub(crate) async fn start(orders: usize) -> Self {
        Self::with(options(orders), settings(), ALL).await
    }

    pub(crate) async fn with(shop: WorldOptions, settings: Settings, scopes: &[&str]) -> Self {
        let mut app = AppOptions::new("the app", SECRET);
        app.redirect_uris.push(BACK.to_owned());
        let clock = Clock::at(now());
        let simulator_options = SimulatorOptions { clock, shops: vec![shop], settings, ..SimulatorOptions::new(app) };
        let simulator = ShopifySimulator::start(simulator_options).await.unwrap();
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let tokens = simulator.install(SHOP, scopes).unwrap();
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        Self { simulator, http, token }
    }

    pub(crate) fn admin(&self, path: &str) -> String {
        format!("{}/admin/{path}", self.simulator.shop_url(SHOP))
    }

    pub(crate) async fn send(&self, version: &str, query: &str, variables: Value) -> reqwest::Response {
        let request = self.http.post(self.admin(&format!("api/{version}/graphql.json")));
        let request = request.header("X-Shopify-Access-Token", &self.token);
        request.json(&json!({ "query": query, "variables": variables })).send().await.unwrap()
    }

    /// The whole answer to a query.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        let answer = self.send("2026-10", query, variables).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// The data of a query without errors.
    pub(crate) async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.ask(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].clone()
    }

    /// All nodes of a connection at the root, page by page.
    pub(crate) async fn all(&self, root: &str, query: &str, variables: Value) -> Vec<Value> {
        let mut nodes = Vec::new();
        let mut after = Value::Null;
        loop {
            let mut variables = variables.clone();
            variables["after"] = after;
            let data = self.data(query, variables).await;
            nodes.extend(data[root]["nodes"].as_array().unwrap().iter().cloned());
            if data[root]["pageInfo"]["hasNextPage"] == false {
                return nodes;
            }
            after = data[root]["pageInfo"]["endCursor"].clone();
        }
    }
}

/// A decimal text of two places in minor units.
pub(crate) fn cents(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap();
    let (whole, part) = text.split_once('.').unwrap();
    let size: i64 = format!("{}{part:0<2}", whole.trim_start_matches('-')).parse().unwrap();
    if text.starts_with('-') { -size } else { size }
}
