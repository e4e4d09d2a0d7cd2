//! Erasing what is kept of customers.

use aloftly_catalog::CustomerErasure;
use aloftly_engine::StoreId;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Customers;
use crate::api::App;
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// The erasures that were asked for, the newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ErasureList {
    erasures: Vec<Erasure>,
}

/// Customers whose data are to be erased, or were.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Erasure {
    id: Uuid,
    store_id: Uuid,
    /// How many they are. Who is forgotten when it is done.
    customers: u32,
    /// The address of who asked for it.
    requested_by: String,
    requested_at: DateTime<Utc>,
    status: Status,
    /// Why the last attempt came to nothing; another is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<Utc>>,
    /// How many orders, customers and other things went.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<u64>,
    /// The version of the store's data from which on they are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
}

/// How far it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ErasureStatus)]
enum Status {
    /// It is under way, or tried again soon.
    Waiting,
    /// Nothing of them is kept any more.
    Done,
}

impl From<CustomerErasure> for Erasure {
    fn from(erasure: CustomerErasure) -> Self {
        let erased = erasure.erased;
        Self {
            id: erasure.id.0,
            store_id: erasure.store.0,
            customers: erasure.customers,
            requested_by: erasure.requested_by,
            requested_at: erasure.requested_at,
            status: if erased.is_some() { Status::Done } else { Status::Waiting },
            error: erasure.error,
            finished_at: erased.map(|erased| erased.at),
            removed: erased.map(|erased| erased.removed),
            version: erased.map(|erased| erased.version),
        }
    }
}

/// Erases everything that is kept of customers of a store, for good
///
/// It is done within seconds to minutes, and goes on after a restart: `GET /api/erasures` tells when. Figures change by what went. What a
/// source still knows comes back with the next import or sync, so they are erased there first.
#[utoipa::path(
    post,
    path = "/api/stores/{id}/customers/erase",
    tag = "privacy",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The store")),
    request_body = Customers,
    responses(
        (status = 202, description = "It is under way", body = Erasure),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong; or the address is of no customer", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn erase_customers(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Json(given): Json<Customers>,
) -> Result<(StatusCode, axum::Json<Erasure>), Problem> {
    let (tenant, store): (_, StoreId) = (&session.tenant, path::id(&id)?);
    tenant.check_privacy(store).await?;
    let ids = given.find(&app, tenant, store).await?;
    let asked = tenant.erase_customers(store, &ids).await;
    let asked = asked.map_err(|error| Problem::of_field(error, "customer_ids", "/customer_ids"))?;
    app.privacy.wake();
    Ok((StatusCode::ACCEPTED, axum::Json(asked.into())))
}

/// Lists the erasures that were asked for: the newest 200
#[utoipa::path(
    get,
    path = "/api/erasures",
    tag = "privacy",
    security(("session" = [])),
    responses(
        (status = 200, description = "The erasures, the newest first", body = ErasureList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_erasures(session: Session) -> Result<axum::Json<ErasureList>, Problem> {
    let erasures = session.tenant.erasures().await?.into_iter().map(Erasure::from).collect();
    Ok(axum::Json(ErasureList { erasures }))
}
