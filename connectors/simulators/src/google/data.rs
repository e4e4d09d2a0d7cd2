//! The Data API.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Bytes;
use axum::extract::{Path, State as Extracted};
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::error::ApiError;
use super::options::{Property, Settings, User};
use super::quota::Allowed;
use super::report::Counter;
use super::request::{Batch, Compatibility, Int64, MOST_REPORTS, Report, read};
use super::state::State;
use super::{ANALYTICS_SCOPE, answer, metadata};

type Answer = Result<Json<Value>, ApiError>;

/// Rows of a report for a token.
const ROWS_OF_A_TOKEN: u64 = 1_000;
/// Events that are looked at for a token.
const EVENTS_OF_A_TOKEN: u64 = 50_000;

pub(super) fn routes() -> Router<Arc<State>> {
    Router::new().route("/v1beta/properties/{call}", post(call)).route("/v1beta/properties/{id}/metadata", get(list))
}

fn who(state: &State, headers: &HeaderMap) -> Result<User, ApiError> {
    let user = state.who(headers, ANALYTICS_SCOPE)?;
    if state.kept().settings.is_disabled {
        return Err(ApiError::disabled("Google Analytics Data API"));
    }
    Ok(user)
}

async fn list(Extracted(state): Extracted<Arc<State>>, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let user = who(&state, &headers)?;
    // What is common to all properties is listed under 0.
    if id != "0" {
        state.property(&user, &id)?;
    }
    let settings = state.kept().settings.clone();
    Ok(Json(metadata::all(&id, &settings)))
}

async fn call(
    Extracted(state): Extracted<Arc<State>>,
    headers: HeaderMap,
    Path(call): Path<String>,
    body: Bytes,
) -> Answer {
    let (id, method) = call.split_once(':').ok_or_else(ApiError::not_found)?;
    if !matches!(method, "runReport" | "batchRunReports" | "checkCompatibility") {
        return Err(ApiError::not_found());
    }
    let user = who(&state, &headers)?;
    let property = state.property(&user, id)?;
    let settings = state.kept().settings.clone();
    let allowed = Allowed::by(property);
    let under_way = UnderWay::begin(&state, property, allowed)?;
    let now = state.now();
    state.kept().quotas.entry(property.id).or_default().at(now).check(allowed)?;
    let asked = Asked { state: &state, property, settings: &settings, allowed, under_way: under_way.count };
    match method {
        "runReport" => asked.report(&read(&body)?).map(Json),
        "batchRunReports" => {
            let batch: Batch = read(&body)?;
            if batch.requests.len() > MOST_REPORTS {
                let message = format!(
                    "Batch requests are limited to {MOST_REPORTS} requests. This batch has {}.",
                    batch.requests.len()
                );
                return Err(ApiError::invalid(&message));
            }
            // One report that is wrong spoils all.
            let reports = batch.requests.iter().map(|report| asked.report(report)).collect::<Result<Vec<_>, _>>()?;
            Ok(Json(json!({ "reports": reports, "kind": "analyticsData#batchRunReports" })))
        }
        _ => Ok(Json(metadata::compatibility(&read::<Compatibility>(&body)?, &settings)?)),
    }
}

/// What is asked, and of what.
struct Asked<'a> {
    state: &'a State,
    property: &'a Property,
    settings: &'a Settings,
    allowed: Allowed,
    under_way: u32,
}

impl Asked<'_> {
    fn report(&self, report: &Report) -> Result<Value, ApiError> {
        let name = format!("properties/{}", self.property.id);
        if report.property.as_ref().is_some_and(|told| *told != name) {
            return Err(ApiError::invalid("The property of a report must be that of the request."));
        }
        let (zone, own) = self.settings.moved.unwrap_or((self.property.zone, self.property.currency));
        let currency = match report.currency_code.as_str() {
            "" => own,
            code => code.to_owned().try_into().map_err(|_| ApiError::invalid("Invalid currency code."))?,
        };
        let now = self.state.now();
        let report = &self.told_again(report)?;
        let found = self.property.world.look(|world| {
            let (property, settings) = (self.property, self.settings);
            Counter { world, property, settings, now, zone, currency }.run(report)
        });
        let found = found.ok_or_else(|| ApiError::of(500, "Internal error encountered."))??;
        let mut told = answer::report(report, &found, self.settings, zone.name(), currency);
        if self.settings.endless_reports {
            told["rowCount"] = json!(report.offset()? + found.rows.len() as u64 + 1);
        }
        if let Some(fields) = told.as_object_mut() {
            fields.retain(|name, _| !self.settings.missing_fields.contains(name));
        }
        let cost =
            self.settings.report_tokens + found.rows.len() as u64 / ROWS_OF_A_TOKEN + found.events / EVENTS_OF_A_TOKEN;
        let mut kept = self.state.kept();
        let used = kept.quotas.entry(self.property.id).or_default().at(now);
        used.take(cost);
        if report.return_property_quota {
            told["propertyQuota"] = used.told(self.allowed, cost, self.under_way);
        }
        Ok(told)
    }

    /// The report from a row before on, when that is told again.
    fn told_again(&self, report: &Report) -> Result<Report, ApiError> {
        let (mut report, mut kept) = (report.clone(), self.state.kept());
        let offset = report.offset()?;
        if offset > 0 && kept.settings.overlaps > 0 {
            kept.settings.overlaps -= 1;
            report.offset = Some(Int64::Text((offset - 1).to_string()));
        }
        Ok(report)
    }
}

/// A request that is under way.
struct UnderWay {
    all: Arc<AtomicU32>,
    count: u32,
}

impl UnderWay {
    fn begin(state: &State, property: &Property, allowed: Allowed) -> Result<Self, ApiError> {
        let all = state.under_way.get(&property.id).cloned().unwrap_or_default();
        let count = all.fetch_add(1, Ordering::SeqCst) + 1;
        let begun = Self { all, count };
        if count > allowed.at_once {
            let message = "Exhausted concurrent requests quota. Please wait for some of your requests to complete.";
            return Err(ApiError::exhausted(message));
        }
        Ok(begun)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::SeqCst);
    }
}
