//! Opening a link: the answer to its question, or its dashboard.

use std::collections::BTreeSet;
use std::sync::Arc;

use aloftly_catalog::dashboards::{Document, SharedDashboard as Dashboard};
use aloftly_catalog::{OpenShare, ReadableStore, Shows};
use aloftly_engine::StoreId;
use aloftly_engine::metrics::query::WeekStart;
use aloftly_engine::metrics::registry::Metric;
use aloftly_engine::metrics::{QueryResponse, Registry};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{refused, visit};
use crate::api::App;
use crate::api::branding::Branding;
use crate::api::metrics::{ask, json};
use crate::http::client::Caller;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::Reader;

/// What whoever has the link is shown.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Shared {
    name: String,
    /// When it ends by itself; never where it is `null`.
    #[schema(required = true)]
    expires_at: Option<DateTime<Utc>>,
    /// How the pages of whoever made it look.
    brand: Branding,
    /// The answer to its question, as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<QueryResponse>)]
    answer: Option<Arc<QueryResponse>>,
    /// The dashboard, where it shows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard: Option<SharedDashboard>,
}

/// How a link is opened.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Opening {
    /// Whether it is open already, and shown once more because it has changed: that is not counted.
    #[serde(default)]
    again: bool,
}

/// A dashboard as a link shows it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SharedDashboard {
    document: Document,
    /// Which of its states it is: what is asked of its figures says so.
    revision: i64,
    /// The stores that its figures are of.
    stores: Vec<SharedStore>,
    /// Whether one may look at other days.
    may_change_range: bool,
    /// What its figures are: of what can be asked for, the metrics that its widgets ask about.
    registry: Registry,
}

/// A store whose figures a link shows.
#[derive(Serialize, ToSchema)]
struct SharedStore {
    id: Uuid,
    name: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
    /// The IANA zone that its days are counted in.
    #[schema(example = "America/New_York")]
    timezone: String,
    /// The first day of its weeks.
    #[schema(example = "monday")]
    week_start: &'static str,
    /// Whether its data are made up.
    has_sample_data: bool,
}

impl SharedDashboard {
    fn of(dashboard: &Dashboard, stores: &[ReadableStore], made_up: &BTreeSet<StoreId>) -> Self {
        let stores = stores.iter().map(|ReadableStore { scope, .. }| SharedStore {
            id: scope.id.0,
            name: scope.name.clone(),
            currency: scope.currency.clone(),
            timezone: scope.timezone.name().to_owned(),
            week_start: WeekStart::from(scope.week_start).name(),
            has_sample_data: made_up.contains(&scope.id),
        });
        let (document, all) = (dashboard.document(), Registry::get());
        let asked = document.asked();
        // What a metric is computed of says by which dimensions it can be cut.
        let parts = asked.iter().filter_map(|id| all.metric(id)).flat_map(Metric::leaves).map(|metric| metric.id);
        let told: BTreeSet<_> = asked.iter().copied().chain(parts).collect();
        let is_told = |metric: &&Metric| told.contains(metric.id);
        let metrics = all.metrics.iter().copied().filter(is_told);
        Self {
            registry: Registry { metrics: metrics.collect(), dimensions: all.dimensions, sources: all.sources },
            document: document.clone(),
            revision: dashboard.revision(),
            stores: stores.collect(),
            may_change_range: dashboard.may_change_range(),
        }
    }
}

/// What is told of an answer to whoever has a link: not where it was read.
pub(super) fn told(answer: &Arc<QueryResponse>) -> Arc<QueryResponse> {
    let mut told = QueryResponse::clone(answer);
    told.meta.parts.clear();
    Arc::new(told)
}

/// Shows what a link shows: the answer to its question, as it is now, or its dashboard
///
/// The link's token goes into `Authorization: Bearer`, so that it is in no address and no log.
#[utoipa::path(
    get,
    path = "/api/shared",
    tag = "shares",
    params(
        Opening,
        ("Share-Ticket" = Option<String>, Header, description = "The `ticket` of `POST /api/shared/unlock`, where the link wants a password"),
        ("Share-Embed-Key" = Option<String>, Header, description = "The key in the address of the frame, where a page of somebody else's shows it"),
    ),
    responses(
        (status = 200, description = "The answer, or the dashboard", body = Shared),
        (status = 403, description = "`password_wanted`: the link wants a password, which `POST /api/shared/unlock` takes", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 410, description = "`link_expired`: there is no such link, it was taken back or has run out, its dashboard is not public any more, or who made it does not see its stores any more", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 503, description = "`too_busy`: other queries took all turns; `Retry-After` says when to try again", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 504, description = "`query_timeout`: it took longer than it may", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn open_share(
    State(app): State<App>,
    caller: Caller,
    method: Method,
    headers: HeaderMap,
    Query(opening): Query<Opening>,
) -> Result<Response, Problem> {
    let catalog = &app.backend.catalog;
    let open = catalog.open_share(&visit(&headers)?).await.map_err(refused)?;
    app.sign_in.shared_figures(open.id, caller.address)?;
    let OpenShare { context, name, shows, stores, made_up, expires_at, brand, .. } = open.clone();
    let shared = Shared { name, expires_at, brand: brand.into(), answer: None, dashboard: None };
    let body = match shows {
        Shows::Dashboard(dashboard) => {
            json(&Shared { dashboard: Some(SharedDashboard::of(&dashboard, &stores, &made_up)), ..shared })?
        }
        Shows::Answer(query) => {
            let reader = Reader::of_visitor(&app, catalog.tenant(context), &stores);
            answered(&app, &reader, query, shared).await?
        }
    };
    // Whoever asks what there would be to see has seen nothing.
    if method != Method::HEAD && !opening.again {
        catalog.share_viewed(&open).await?;
    }
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, body).into_response())
}

async fn answered(app: &App, reader: &Reader, query: Value, shared: Shared) -> Result<Bytes, Problem> {
    ask(app, reader, query, move |answer, _| json(&Shared { answer: Some(told(answer)), ..shared })).await?
}
