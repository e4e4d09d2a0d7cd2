//! The stores that one may see.

use aloftly_engine::metrics::query::WeekStart;
use axum::Json;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Principal;

/// The stores that one may see, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct StoreList {
    stores: Vec<Store>,
}

/// An online store.
#[derive(Serialize, ToSchema)]
struct Store {
    id: Uuid,
    name: String,
    workspace: WorkspaceRef,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
    /// The IANA zone that its days are counted in.
    #[schema(example = "America/New_York")]
    timezone: String,
    /// The first day of its weeks.
    #[schema(example = "monday")]
    week_start: &'static str,
    /// The version of its data; it rises with every change.
    version: i64,
    /// When its data last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    committed_at: Option<DateTime<Utc>>,
    /// The first of its days that its data speak of.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_from: Option<NaiveDate>,
    /// The last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_to: Option<NaiveDate>,
}

/// The part of the organisation that a store belongs to.
#[derive(Serialize, ToSchema)]
struct WorkspaceRef {
    id: Uuid,
    name: String,
}

impl From<aloftly_catalog::Store> for Store {
    fn from(store: aloftly_catalog::Store) -> Self {
        let day = |instant: DateTime<Utc>| instant.with_timezone(&store.timezone).date_naive();
        Self {
            id: store.id.0,
            workspace: WorkspaceRef { id: store.workspace.id.0, name: store.workspace.name },
            timezone: store.timezone.name().to_owned(),
            week_start: WeekStart::from(store.week_start).name(),
            version: store.version,
            committed_at: store.committed_at,
            data_from: store.data_bounds.map(|(first, _)| day(first)),
            data_to: store.data_bounds.map(|(_, last)| day(last)),
            name: store.name,
            currency: store.currency,
        }
    }
}

/// Lists the stores that one may see
#[utoipa::path(
    get,
    path = "/api/stores",
    tag = "stores",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    responses(
        (status = 200, description = "The stores, by name", body = StoreList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_stores(principal: Principal) -> Result<Json<StoreList>, Problem> {
    let stores = principal.tenant.stores().await?;
    Ok(Json(StoreList { stores: stores.into_iter().map(Into::into).collect() }))
}
