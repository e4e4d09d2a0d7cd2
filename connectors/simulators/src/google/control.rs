//! What a test or a demo in another process tells the simulator: `POST /_control/...` with JSON. Not a part of Google.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Extracted;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::Fault;
use super::state::State;

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/log", get(log))
        .route("/clock", post(clock))
        .route("/client", post(client))
        .route("/faults", post(fault))
        .route("/expire_tokens", post(expire))
        .route("/revoke", post(revoke))
}

fn done() -> Json<Value> {
    Json(json!({ "done": true }))
}

async fn log(Extracted(state): Extracted<Arc<State>>) -> Json<Value> {
    Json(json!(state.kept().log))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

async fn clock(Extracted(state): Extracted<Arc<State>>, Json(by): Json<Advance>) -> Json<Value> {
    state.clock.advance(Duration::from_secs(by.advance_seconds));
    Json(json!({ "now": state.now().to_rfc3339() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registered {
    redirect_uris: Vec<String>,
}

/// Registers addresses of the client, besides those that it has.
async fn client(Extracted(state): Extracted<Arc<State>>, Json(more): Json<Registered>) -> Json<Value> {
    state.kept().redirect_uris.extend(more.redirect_uris);
    done()
}

#[derive(Deserialize)]
struct Asked {
    /// A part of the path of the requests that it is about.
    path: String,
    #[serde(flatten)]
    fault: Fault,
    #[serde(default)]
    times: Option<u32>,
}

async fn fault(Extracted(state): Extracted<Arc<State>>, Json(asked): Json<Asked>) -> Json<Value> {
    state.kept().faults.add(asked.times.unwrap_or(1), &asked.path, asked.fault);
    done()
}

async fn expire(Extracted(state): Extracted<Arc<State>>) -> Json<Value> {
    state.kept().tokens.expire_all();
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    email: String,
}

async fn revoke(Extracted(state): Extracted<Arc<State>>, Json(whose): Json<Whose>) -> Json<Value> {
    state.kept().tokens.revoke_all(&whose.email);
    done()
}
