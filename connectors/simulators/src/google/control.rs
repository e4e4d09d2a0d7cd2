//! What a test or a demo in another process tells the simulator: `POST /_control/...` with JSON. Not a part of Google.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State as Extracted};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::Fault;
use super::state::State;
use crate::world::traffic::{Session, sessions};

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/log", get(log))
        .route("/clock", post(clock))
        .route("/client", post(client))
        .route("/faults", post(fault))
        .route("/expire_tokens", post(expire))
        .route("/revoke", post(revoke))
        .route("/properties/{id}/days/{day}", get(visits))
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

/// The visits of a property's day that are known by now, each with all that happened in it: what whoever reads the property has to find.
async fn visits(
    Extracted(state): Extracted<Arc<State>>,
    Path((id, day)): Path<(u64, NaiveDate)>,
) -> Result<Json<Vec<Session>>, StatusCode> {
    let property = state.properties.iter().find(|property| property.id == id).ok_or(StatusCode::NOT_FOUND)?;
    let now = state.now();
    let known = property.world.look(|world| sessions(world, &property.traffic, day, property.zone, now));
    Ok(Json(known.unwrap_or_default()))
}
