//! What can be asked besides the routes by themselves, and what tells nothing of anybody.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::shown::HALVES;
use crate::routes::Things;
use crate::wrong_queries;

/// Routes that read, and that have nothing to tell of an organisation that somebody could have named.
pub(super) const IMPERSONAL: [&str; 13] = [
    // The provider is asked for these, which is none that there is.
    "GET /api/integrations/{id}/accounts",
    "GET /api/oauth/{provider}/callback",
    "GET /api/providers",
    "GET /api/auth/methods",
    "GET /api/auth/google/start",
    "GET /api/auth/google/callback",
    "GET /api/auth/sign-up/google",
    "GET /api/metrics",
    // Figures of two days, and no name of anything.
    "GET /api/stores/{id}/dashboard",
    "GET /api/plan",
    "GET /api/retention",
    "GET /api/onboarding",
    // It tells whoever has a link, and nobody by who they are.
    "GET /api/shared",
];

/// Questions whose rows show the canary to those who may see it: a source and what its figures are cut by, or what is
/// special.
pub(super) const TELLING: [&str; 24] = [
    "shopify by channel",
    "shopify by country",
    "shopify by discount_code",
    "shopify by financial_status",
    "shopify by product",
    "shopify by variant",
    "shopify by vendor",
    "ga4 by traffic_source",
    "ga4 by medium",
    "ga4 by campaign",
    "ga4 by page",
    "ga4 by device",
    "ga4 by country",
    "ga4 by product",
    "intelligems by experiment",
    "intelligems by variant",
    "by five",
    "that begin so",
    "that have it",
    "that are another",
    "that are there",
    "the largest",
    "the first",
    "explained",
];

/// What can be read besides by what the document says: filters, cursors, texts to look for, and what is in no document.
pub(super) fn readings(of: &Things) -> Vec<String> {
    let Things { store, import, member, key, workspace, dashboard, .. } = of;
    let mut paths = vec![
        "/".to_owned(),
        "/healthz".to_owned(),
        "/readyz".to_owned(),
        "/metrics".to_owned(),
        "/shared".to_owned(),
        format!("/embed/{}", "x".repeat(43)),
        "/api/docs".to_owned(),
        "/api/openapi.json".to_owned(),
        "/api/audit?limit=500".to_owned(),
        format!("/api/audit?limit=500&cursor={import}"),
        "/api/imports?limit=200".to_owned(),
        format!("/api/imports?limit=200&cursor={import}"),
        format!("/api/imports?store_id={store}&cursor={import}"),
        "/api/dashboards".to_owned(),
        format!("/api/dashboards/{dashboard}/history?limit=200"),
        format!("/api/dashboards/{dashboard}/history?limit=200&cursor={import}"),
        format!("/api/annotations?workspace_id={workspace}&from=2026-11-01&to=2026-11-30"),
    ];
    for half in HALVES {
        paths.push(format!("/api/audit?search={half}"));
        paths.push(format!("/api/audit/export?search={half}"));
    }
    for actor in [member, key] {
        paths.push(format!("/api/audit?actor_id={actor}"));
        paths.push(format!("/api/audit/export?actor_id={actor}"));
    }
    paths
}

/// Questions about figures by their names: each source's figures by each dimension that they have, what else can be
/// asked that lists values, and every wrong question that the server has words for.
pub(super) fn questions(registry: &Value) -> Vec<(String, Value)> {
    let november = json!({ "from": "2026-11-01", "to": "2026-11-19" });
    let mut questions = Vec::new();
    let mut cut = BTreeSet::new();
    for metric in registry["metrics"].as_array().unwrap() {
        for dimension in metric["dimensions"].as_array().unwrap() {
            let name = format!("{} by {}", metric["source"].as_str().unwrap(), dimension.as_str().unwrap());
            if cut.insert(name.clone()) {
                let question = json!({ "metrics": [metric["id"]], "group_by": [dimension], "time_range": november });
                questions.push((name, question));
            }
        }
    }
    let products = |fields: Value| {
        let mut question = json!({ "metrics": ["shopify.units"], "group_by": ["product"], "time_range": november });
        question.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        question
    };
    let where_product = |operator: &str, value: &str| {
        products(json!({ "filters": { "dimension": "product", "operator": operator, "values": [value] } }))
    };
    let by_name = json!([{ "field": "product", "direction": "asc" }]);
    let rolling = json!([{ "metric": "shopify.units", "rolling": { "buckets": 3 } }]);
    let ratio = json!([{ "formula": "shopify.revenue / shopify.orders", "as": "mean" }]);
    let steps = json!([{ "metric": "ga4.sessions" }, { "metric": "shopify.orders" }]);
    let special = [
        ("by five", products(json!({ "group_by": ["product", "vendor", "discount_code", "channel", "country"] }))),
        ("that begin so", where_product("startsWith", "vase kana")),
        ("that have it", where_product("contains", HALVES[1])),
        ("that are another", where_product("notEquals", "none")),
        ("that are there", products(json!({ "filters": { "dimension": "vendor", "operator": "set" } }))),
        ("side by side", products(json!({ "group_by": ["vendor", "channel"], "pivot": "vendor" }))),
        ("the largest", products(json!({ "top": { "groups": 1 } }))),
        ("the first", products(json!({ "order_by": by_name, "limit": 1 }))),
        ("explained", products(json!({ "explain": true }))),
        ("beside before", products(json!({ "granularity": "day", "compare_to": "previous_period" }))),
        ("rolling", products(json!({ "metrics": rolling, "granularity": "day" }))),
        ("a formula", products(json!({ "metrics": ratio, "group_by": ["channel"] }))),
        ("in euros", products(json!({ "metrics": ["shopify.revenue"], "group_by": ["channel"], "currency": "EUR" }))),
        ("a funnel", json!({ "funnel": { "steps": steps }, "group_by": "country", "time_range": november })),
        ("of all time", products(json!({ "time_range": "all_time" }))),
    ];
    questions.extend(special.map(|(name, question)| (name.to_owned(), question)));
    questions.extend(wrong_queries::queries());
    questions
}

/// The same question of these stores.
pub(super) fn of_stores(question: &Value, stores: &[Uuid]) -> Value {
    let mut question = question.clone();
    if let Some(fields) = question.as_object_mut() {
        fields.insert("stores".to_owned(), json!(stores));
    }
    question
}
