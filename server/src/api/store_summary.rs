//! What a store did today, in one small answer: for displays and programs that want no more than that.

use aloftly_engine::StoreId;
use aloftly_engine::metrics::QueryResponse;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::App;
use super::metrics::{ask, is_known};
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Reader;

const ORDERS: &str = "shopify.orders";
const REVENUE: &str = "shopify.revenue";
const AOV: &str = "shopify.aov";
const CONVERSION_RATE: &str = "store.conversion_rate";
/// What tells of sessions.
const SESSIONS: &str = "ga4";

/// What a store did today.
#[derive(Serialize, ToSchema)]
pub(super) struct StoreSummary {
    orders: DayPair,
    revenue: DayPair,
    /// The average value of an order.
    aov: DayPair,
    /// Orders by sessions; missing where nothing is known of sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversion_rate: Option<DayPair>,
    /// Up to when its data are known.
    #[serde(rename = "updatedAt")]
    updated_at: DateTime<Utc>,
}

/// A figure of today, beside that of yesterday.
#[derive(Serialize, ToSchema)]
struct DayPair {
    /// Of the day so far; `null` where there is none.
    #[schema(value_type = Option<DayFigure>, required = true)]
    today: Value,
    /// Of the whole of yesterday; `null` where there is none.
    #[schema(value_type = Option<DayFigure>, required = true)]
    yesterday: Value,
    /// How much more it is today in proportion to yesterday: 0.25 is a quarter more. `null` where either is, or yesterday's is zero.
    #[schema(required = true)]
    change: Option<f64>,
}

/// A figure of a day.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "describes a schema")]
enum DayFigure {
    /// An amount of money, exact.
    Amount(String),
    /// A number.
    Number(f64),
}

impl StoreSummary {
    /// From the answer about today, where the store's data were last changed then.
    fn of(answer: &QueryResponse, committed_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let pair = |metric: &str| {
            let yesterday = answer.comparison.as_ref().and_then(|yesterday| yesterday.totals.get(metric));
            DayPair {
                today: answer.totals.get(metric).cloned().unwrap_or_default(),
                yesterday: yesterday.map(|figure| figure.value.clone()).unwrap_or_default(),
                change: yesterday.and_then(|figure| figure.ratio),
            }
        };
        let as_of = &answer.meta.as_of;
        let instant = |text: &String| DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc));
        let known = as_of.values().flatten().filter_map(instant);
        // Of sources that are read, one that is behind is what the figures are as old as, whatever the others told since.
        let is_behind = answer.meta.warnings.iter().any(|warning| warning.code == "source_behind");
        let newest = if is_behind { known.min() } else { known.chain(committed_at).max() };
        Self {
            orders: pair(ORDERS),
            revenue: pair(REVENUE),
            aov: pair(AOV),
            conversion_rate: as_of.get(SESSIONS).is_some_and(Option::is_some).then(|| pair(CONVERSION_RATE)),
            // A row may be of a time to come, and a store of which nothing was ever told has told all that there is.
            updated_at: newest.map_or(now, |newest| newest.min(now)),
        }
    }
}

/// Tells what a store did today, beside yesterday
#[utoipa::path(
    get,
    path = "/api/stores/{id}/dashboard",
    tag = "stores",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    params(("id" = Uuid, Path, description = "The store")),
    responses(
        (status = 200, description = "Today and yesterday; the `ETag` names it", body = StoreSummary),
        (status = 304, description = "The answer is still the one that `If-None-Match` names"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`too_busy`: other queries took all turns; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 504, description = "`query_timeout`: it took longer than it may", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_store_summary(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let store: StoreId = path::id(&id)?;
    let committed_at = reader.tenant.store_version(store).await?.committed_at;
    let now = app.backend.clock.now();
    // With the whole of yesterday, however early it is.
    let question = json!({
        "metrics": [ORDERS, REVENUE, AOV, CONVERSION_RATE],
        "stores": [store.to_string()],
        "time_range": "today",
        "compare_to": "previous_period",
        "partial": "full",
    });
    let summary = ask(&app, &reader, question, move |answer, _| StoreSummary::of(answer, committed_at, now)).await?;
    let body = serde_json::to_vec(&summary).map_err(|error| Problem::internal(&error))?;
    let etag = format!("W/\"{}\"", hex::encode(&Sha256::digest(&body)[..16]));
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    Ok((caching, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}
