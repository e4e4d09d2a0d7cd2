//! Customers who want to know what is kept of them, as providers pass it on.

use aloftly_catalog::CustomerRequest as Asked;
use axum::extract::Path;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// The requests of customers, the newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CustomerRequestList {
    requests: Vec<CustomerRequest>,
}

/// A customer's request to be told what is kept of them.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CustomerRequest {
    id: Uuid,
    store_id: Uuid,
    /// Which provider passed it on.
    #[schema(example = "shopify")]
    provider: String,
    /// Who they are to the store. Forgotten when it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<String>,
    /// Their address. Forgotten when it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    requested_at: DateTime<Utc>,
    /// The address of who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_at: Option<DateTime<Utc>>,
}

impl From<Asked> for CustomerRequest {
    fn from(asked: Asked) -> Self {
        let (answered_by, answered_at) = asked.answered.unzip();
        Self {
            id: asked.id.0,
            store_id: asked.store.0,
            provider: asked.provider,
            customer_id: asked.customer,
            email: asked.email,
            requested_at: asked.requested_at,
            answered_by,
            answered_at,
        }
    }
}

/// Lists the requests of customers to be told what is kept of them: the newest 200
///
/// `POST /api/stores/{id}/customers/export` is what they are to be told.
#[utoipa::path(
    get,
    path = "/api/customer-requests",
    tag = "privacy",
    security(("session" = [])),
    responses(
        (status = 200, description = "The requests, the newest first", body = CustomerRequestList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_customer_requests(
    session: Session,
) -> Result<axum::Json<CustomerRequestList>, Problem> {
    let requests = session.tenant.customer_requests().await?.into_iter().map(CustomerRequest::from).collect();
    Ok(axum::Json(CustomerRequestList { requests }))
}

/// Says that a customer was told what is kept of them; who it was is forgotten
#[utoipa::path(
    post,
    path = "/api/customer-requests/{id}/answer",
    tag = "privacy",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The request")),
    responses(
        (status = 204, description = "Answered, now or before"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such request", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn answer_customer_request(
    session: Session,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    session.tenant.answer_customer(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
