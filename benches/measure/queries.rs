//! Widget queries over HTTP, one after the other on one connection.

use std::time::Duration;

use aloftly_benches::client::Client;
use aloftly_benches::server::{Place, STORE, peak_memory};
use serde_json::{Value, json};

use crate::say;

/// Asked before anything is timed, so that footers and manifests are in memory.
const WARM_UP: usize = 20;

pub(crate) async fn measure(place: &Place, requests: usize) -> anyhow::Result<()> {
    let (server, base) = place.serve().await?;
    let asker = Asker(Client::sign_in(&base).await?);
    let store = asker.0.store(STORE).await?;

    for (name, query) in widgets(&store) {
        for _ in 0..WARM_UP {
            asker.ask(&query, 0).await?;
        }
        let repeated = asker.times(&query, requests, |_| 0).await?;
        let computed = asker.times(&query, requests, |n| n + 1).await?;
        say(&format!("query: {name:<24} repeated p50 {} p95 {}", percentile(&repeated, 50), percentile(&repeated, 95)));
        say(&format!("query: {name:<24} computed p50 {} p95 {}", percentile(&computed, 50), percentile(&computed, 95)));
    }
    if let Some(mebibytes) = peak_memory(server.pid()) {
        say(&format!("server: peak memory {mebibytes} MiB"));
    }
    server.stop()
}

/// What the first page asks.
fn widgets(store: &str) -> Vec<(&'static str, Value)> {
    let widget = |range: &str, granularity: &str, metrics: &[&str], more: Value| {
        let mut query = json!({
            "metrics": metrics, "stores": [store], "time_range": range, "granularity": granularity,
            "compare_to": "previous_period"
        });
        if let (Some(query), Value::Object(more)) = (query.as_object_mut(), more) {
            query.extend(more);
        }
        query
    };
    let cards = ["shopify.revenue", "shopify.orders", "shopify.aov", "shopify.customers"];
    let by_revenue = json!([{ "field": "shopify.product_revenue", "direction": "desc" }]);
    let top = json!({ "group_by": ["product"], "order_by": by_revenue, "limit": 10 });
    vec![
        ("revenue, 30 days", widget("last_30_days", "none", &["shopify.revenue"], json!({}))),
        ("cards by day, 30 days", widget("last_30_days", "day", &cards, json!({}))),
        ("revenue by day, 90 days", widget("last_90_days", "day", &["shopify.revenue"], json!({}))),
        ("top products, 30 days", widget("last_30_days", "none", &["shopify.product_revenue", "shopify.units"], top)),
    ]
}

struct Asker(Client);

impl Asker {
    /// Asks once. Queries of different `variant`s differ in a filter that changes no figure, so that no cache answers.
    async fn ask(&self, query: &Value, variant: usize) -> anyhow::Result<Duration> {
        let mut query = query.clone();
        if variant > 0 {
            query["filters"] =
                json!({ "dimension": "currency", "operator": "notEquals", "values": [format!("X{variant}")] });
        }
        Ok(self.0.query(&query).await?.1)
    }

    async fn times(
        &self,
        query: &Value,
        requests: usize,
        variant: fn(usize) -> usize,
    ) -> anyhow::Result<Vec<Duration>> {
        let mut times = Vec::with_capacity(requests);
        for n in 0..requests {
            times.push(self.ask(query, variant(n)).await?);
        }
        times.sort_unstable();
        Ok(times)
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> String {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or_else(|| "-".to_owned(), |time| format!("{:.2} ms", time.as_secs_f64() * 1000.0))
}
