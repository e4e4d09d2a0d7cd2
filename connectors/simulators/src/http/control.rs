//! What a test or a demo in another process tells the simulator: `POST /_control/...` with JSON. Not a part of Shopify.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State as Extract};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{Fault, WebhookFaults};
use crate::shop::Shop;
use crate::simulator;
use crate::state::State;
use crate::world::{Action, Order};

type Said = Result<Json<Value>, (StatusCode, Json<Value>)>;

fn no_shop() -> (StatusCode, Json<Value>) {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "there is no such shop" })))
}

fn done(said: Option<()>) -> Said {
    said.map(|()| Json(json!({ "done": true }))).ok_or_else(no_shop)
}

/// What it listens to.
pub(super) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/log", get(log))
        .route("/clock", post(clock))
        .route("/app", post(app))
        .route("/shops", get(shops))
        .route("/shops/{shop}/orders", get(orders))
        .route("/shops/{shop}/actions", post(act))
        .route("/shops/{shop}/faults", post(fault).delete(clear_faults))
        .route("/shops/{shop}/token_faults", post(token_fault))
        .route("/shops/{shop}/webhook_faults", post(webhook_faults))
        .route("/shops/{shop}/bulk_fault", post(bulk_fault))
        .route("/shops/{shop}/clock_skew", post(clock_skew))
        .route("/shops/{shop}/install", post(install))
        .route("/shops/{shop}/scopes", post(scopes))
        .route("/shops/{shop}/{what}", post(plain))
}

async fn log(Extract(state): Extract<Arc<State>>) -> Json<Value> {
    Json(json!(state.log()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

async fn clock(Extract(state): Extract<Arc<State>>, Json(by): Json<Advance>) -> Json<Value> {
    state.clock.advance(Duration::from_secs(by.advance_seconds));
    Json(json!({ "now": state.clock.now().to_rfc3339() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct App {
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    webhooks: Vec<(String, String)>,
}

/// Registers addresses of the app, besides those that it has.
async fn app(Extract(state): Extract<Arc<State>>, Json(more): Json<App>) -> Json<Value> {
    state.change_app(|app| {
        app.redirect_uris.extend(more.redirect_uris);
        app.webhooks.extend(more.webhooks);
    });
    Json(json!({ "done": true }))
}

async fn shops(Extract(state): Extract<Arc<State>>) -> Json<Value> {
    let told = |domain: String| {
        state.with_shop(&domain, |shop, _, _, _| {
            let world = &shop.world;
            json!({
                "domain": domain,
                "installed": shop.grants.is_installed(),
                "orders": world.orders.len(),
                "products": world.products.len(),
                "customers": world.customers.len(),
                "newest_order": world.orders.iter().next_back().map(|order| order.id),
            })
        })
    };
    Json(state.domains().into_iter().filter_map(told).collect())
}

/// Every order of a shop with what it comes to, in minor units of the shop's currency: what whoever reads the shop has to find.
async fn orders(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>) -> Said {
    let told = state.with_shop(&shop, |shop, _, _, _| {
        let told = |order: &Order| {
            json!({
                "id": order.id.to_string(),
                "processed_at": order.processed_at,
                "updated_at": order.updated_at,
                "cancelled_at": order.cancelled_at,
                "test": order.test,
                "source": order.source,
                "customer": order.customer.map(|customer| customer.to_string()),
                "units": order.lines.iter().map(|line| line.quantity).sum::<i64>(),
                "total": order.total().shop,
                "refunded": order.refunded().shop,
            })
        };
        shop.world.orders.iter().map(told).collect::<Value>()
    });
    told.map(Json).ok_or_else(no_shop)
}

async fn act(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>, Json(action): Json<Action>) -> Said {
    let at = state.clock.second();
    let happened = simulator::act(&state, &shop, action, at, true).map_err(|error| match error {
        simulator::SimulatorError::NoShop(_) => no_shop(),
        error => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": error.to_string() }))),
    })?;
    let told: Vec<Value> =
        happened.iter().map(|one| json!({ "topic": one.topic, "subject": format!("{:?}", one.subject) })).collect();
    Ok(Json(json!({ "happened": told })))
}

#[derive(Deserialize)]
struct Times {
    #[serde(flatten)]
    fault: Fault,
    #[serde(default)]
    times: Option<usize>,
}

async fn fault(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>, Json(asked): Json<Times>) -> Said {
    done(state.with_shop(&shop, |shop, _, _, _| shop.faults.add(&asked.fault, asked.times.unwrap_or(1))))
}

async fn token_fault(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>, Json(asked): Json<Times>) -> Said {
    done(state.with_shop(&shop, |shop, _, _, _| shop.faults.add_to_tokens(&asked.fault, asked.times.unwrap_or(1))))
}

async fn clear_faults(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>) -> Said {
    done(state.with_shop(&shop, |shop, _, _, _| shop.faults.clear()))
}

async fn webhook_faults(
    Extract(state): Extract<Arc<State>>,
    Path(shop): Path<String>,
    Json(faults): Json<WebhookFaults>,
) -> Said {
    done(state.with_shop(&shop, |shop, _, _, _| shop.faults.webhooks = faults))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    lines: usize,
}

async fn bulk_fault(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>, Json(after): Json<After>) -> Said {
    done(state.with_shop(&shop, |shop, _, _, _| shop.faults.bulk_fails_after = Some(after.lines)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skew {
    seconds: i64,
}

async fn clock_skew(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>, Json(skew): Json<Skew>) -> Said {
    done(state.with_shop(&shop, |shop, _, _, _| shop.faults.clock_skew = skew.seconds))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scopes {
    scopes: Vec<String>,
}

async fn install(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>, Json(asked): Json<Scopes>) -> Said {
    let tokens = state.with_shop(&shop, |shop, _, settings, now| shop.grants.install(asked.scopes, settings, now));
    tokens.map(Json).ok_or_else(no_shop)
}

async fn scopes(Extract(state): Extract<Arc<State>>, Path(shop): Path<String>, Json(asked): Json<Scopes>) -> Said {
    done(state.change_scopes(&shop, &asked.scopes))
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Whom {
    customer: u64,
}

/// What needs no more than a word, and of a customer their number.
async fn plain(
    Extract(state): Extract<Arc<State>>,
    Path((shop, what)): Path<(String, String)>,
    whom: Option<Json<Whom>>,
) -> Said {
    let customer = whom.map(|Json(whom)| whom.customer).unwrap_or_default();
    match what.as_str() {
        "expire_tokens" => done(state.with_shop(&shop, |shop, _, _, now| shop.grants.expire(now))),
        "revoke" => done(state.with_shop(&shop, |shop, _, _, _| shop.grants.revoke())),
        "uninstall" => done(state.with_shop(&shop, Shop::uninstall)),
        "empty_bucket" => done(state.with_shop(&shop, |shop, _, _, now| shop.bucket.empty(now))),
        "data_request" => done(state.compliance(&shop, "customers/data_request", customer)),
        "redact" => done(state.compliance(&shop, "customers/redact", customer)),
        _ => Err((StatusCode::NOT_FOUND, Json(json!({ "error": "there is no such control" })))),
    }
}
