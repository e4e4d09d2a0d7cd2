//! The Admin API, as far as properties are chosen and read.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::{Path, Query, State as Extracted};
use axum::http::HeaderMap;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::ANALYTICS_SCOPE;
use super::error::ApiError;
use super::state::State;

type Answer = Result<Json<Value>, ApiError>;

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/v1beta/accountSummaries", get(summaries))
        .route("/v1beta/properties/{id}", get(property))
        .route("/v1beta/properties/{id}/keyEvents", get(key_events))
}

async fn summaries(
    Extracted(state): Extracted<Arc<State>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    let user = state.who(&headers, ANALYTICS_SCOPE)?;
    let mut accounts: BTreeMap<u64, (String, Vec<Value>)> = BTreeMap::new();
    for property in state.properties.iter().filter(|property| user.properties.contains(&property.id)) {
        let (account, name) = &property.account;
        let (_, properties) = accounts.entry(*account).or_insert_with(|| (name.clone(), Vec::new()));
        properties.push(json!({
            "property": format!("properties/{}", property.id),
            "displayName": property.name,
            "propertyType": "PROPERTY_TYPE_ORDINARY",
            "parent": format!("accounts/{account}"),
            "canEdit": false,
        }));
    }
    let all = accounts.into_iter().map(|(account, (name, properties))| {
        json!({
            "name": format!("accountSummaries/{account}"),
            "account": format!("accounts/{account}"),
            "displayName": name,
            "propertySummaries": properties,
        })
    });
    page(&state, &query, "accountSummaries", &all.collect::<Vec<_>>())
}

async fn property(Extracted(state): Extracted<Arc<State>>, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let user = state.who(&headers, ANALYTICS_SCOPE)?;
    let property = state.property(&user, &id)?;
    let settings = state.kept().settings.clone();
    let (zone, currency) = settings.moved.unwrap_or((property.zone, property.currency));
    let mut answer = json!({
        "name": format!("properties/{}", property.id),
        "parent": format!("accounts/{}", property.account.0),
        "displayName": property.name,
        "timeZone": zone.name(),
        "currencyCode": currency.code(),
        "serviceLevel": if property.is_360 { "GOOGLE_ANALYTICS_360" } else { "GOOGLE_ANALYTICS_STANDARD" },
        "createTime": property.created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "propertyType": "PROPERTY_TYPE_ORDINARY",
        "industryCategory": "SHOPPING",
    });
    if settings.unknown_fields {
        answer["novelty"] = json!({ "of": [1, 2] });
    }
    Ok(Json(answer))
}

async fn key_events(
    Extracted(state): Extracted<Arc<State>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    let user = state.who(&headers, ANALYTICS_SCOPE)?;
    let property = state.property(&user, &id)?;
    let all = property.key_events.iter().enumerate().map(|(number, event)| {
        json!({
            "name": format!("properties/{}/keyEvents/{}", property.id, number + 1),
            "eventName": event,
            "countingMethod": "ONCE_PER_EVENT",
            "custom": !matches!(event.as_str(), "purchase"),
            "deletable": !matches!(event.as_str(), "purchase"),
            "createTime": property.created_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        })
    });
    page(&state, &query, "keyEvents", &all.collect::<Vec<_>>())
}

/// A page of a listing.
fn page(state: &State, query: &HashMap<String, String>, name: &str, all: &[Value]) -> Answer {
    let settings = state.kept().settings.clone();
    let said = |name: &str| query.get(name).filter(|text| !text.is_empty());
    let invalid = || ApiError::invalid("Request contains an invalid argument.");
    let wanted: usize = said("pageSize").map_or(Ok(50), |size| size.parse()).map_err(|_| invalid())?;
    let size = if wanted == 0 { 50 } else { wanted.min(200).min(settings.page_size.max(1)) };
    let token = |offset: usize| URL_SAFE_NO_PAD.encode(format!("{name}:{offset}"));
    let begin = match said("pageToken") {
        None => 0,
        Some(told) => (0..=all.len()).find(|offset| token(*offset) == *told).ok_or_else(invalid)?,
    };
    let end = (begin + size).min(all.len());
    let mut answer = json!({});
    if begin < end {
        answer[name] = all.get(begin..end).unwrap_or_default().into();
    }
    if settings.endless {
        answer["nextPageToken"] = json!(token(0));
    } else if end < all.len() {
        answer["nextPageToken"] = json!(token(end));
    }
    Ok(Json(answer))
}
