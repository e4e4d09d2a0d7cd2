//! The stores that one may see.

use aloftly_catalog::{CatalogError, WorkspaceId};
use aloftly_engine::metrics::query::WeekStart;
use axum::Json;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::json;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Principal, Session};

/// The stores that one may see, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct StoreList {
    stores: Vec<Store>,
}

/// An online store.
#[derive(Serialize, ToSchema)]
pub(super) struct Store {
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
    /// Since when it holds made-up data; missing where it holds none.
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_data_at: Option<DateTime<Utc>>,
}

/// A store that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStore {
    /// The workspace that it is to be in.
    workspace_id: Uuid,
    name: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
    /// IANA.
    #[schema(value_type = String, example = "America/New_York")]
    timezone: Tz,
    /// `monday`, unless it is said.
    #[schema(example = "monday")]
    week_start: Option<String>,
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
            sample_data_at: store.sample_data_at,
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

/// Adds a store
#[utoipa::path(
    post,
    path = "/api/stores",
    tag = "stores",
    security(("session" = [])),
    request_body = NewStore,
    responses(
        (status = 201, description = "The store", body = Store),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 402, description = "`plan_limit`: the plan includes fewer stores", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such workspace, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`taken`: a store of the workspace is called so. `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_store(
    session: Session,
    json::Json(given): json::Json<NewStore>,
) -> Result<(StatusCode, Json<Store>), Problem> {
    let new = aloftly_catalog::NewStore {
        name: given.name,
        currency: given.currency,
        timezone: given.timezone,
        week_start: first_week_day(given.week_start.as_deref(), "/week_start")?,
    };
    let made = session.tenant.create_store(WorkspaceId(given.workspace_id), &new).await;
    let id = made.map_err(|error| match error {
        CatalogError::Invalid { field: "currency", .. } => Problem::of_field(error, "currency", "/currency"),
        other => Problem::of_field(other, "store name", "/name"),
    })?;
    Ok((StatusCode::CREATED, Json(session.tenant.store(id).await?.into())))
}

/// The day that weeks begin with, as the field at `pointer` says; Monday where it says nothing.
pub(super) fn first_week_day(given: Option<&str>, pointer: &str) -> Result<Weekday, Problem> {
    let expected = "must be the name of a day, such as monday";
    given.map_or(Ok(Weekday::Mon), |day| day.parse().map_err(|_| Problem::invalid_field(pointer, expected)))
}
