//! What a provider told by itself and could not be carried out: looked at, carried out once more, discarded.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::DeadLetter;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::App;
use super::super::listing::{Listing, told};
use super::IntegrationProblem;
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::Session;

/// Something that a provider told and that could not be carried out.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeadDelivery {
    id: Uuid,
    integration_id: Uuid,
    /// What it tells of, in the provider's words.
    #[schema(example = "orders/updated")]
    topic: String,
    /// The thing that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "order:6120034567890")]
    object: Option<String>,
    /// When it happened, as far as the provider tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    happened_at: Option<DateTime<Utc>>,
    received_at: DateTime<Utc>,
    /// How many attempts were made.
    attempts: u32,
    /// Why the last came to nothing.
    problem: IntegrationProblem,
}

/// A delivery with what it says.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeadDeliveryInFull {
    #[serde(flatten)]
    delivery: DeadDelivery,
    /// The body, as it came. What is no UTF-8 of it is replaced.
    body: String,
}

/// Some deliveries, the newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeadDeliveryList {
    deliveries: Vec<DeadDelivery>,
    /// For the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What is to be carried out once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ReplayRequest {
    /// This one; without it all of the connection.
    delivery_id: Option<Uuid>,
}

/// What is carried out once more.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Replayed {
    /// How many deliveries.
    deliveries: u64,
}

impl From<DeadLetter> for DeadDelivery {
    fn from(letter: DeadLetter) -> Self {
        Self {
            id: letter.id.0,
            integration_id: letter.connection.0,
            topic: letter.topic,
            object: letter.object,
            happened_at: letter.happened_at,
            received_at: letter.received_at,
            attempts: letter.attempts,
            problem: letter.problem.into(),
        }
    }
}

/// Lists what the provider of a connection told and could not be carried out, the newest first
#[utoipa::path(
    get,
    path = "/api/integrations/{id}/deliveries",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection"), Listing),
    security(("session" = [])),
    responses(
        (status = 200, description = "A page of deliveries", body = DeadDeliveryList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_dead_deliveries(
    session: Session,
    Path(id): Path<String>,
    Query(listing): Query<Listing>,
) -> Result<axum::Json<DeadDeliveryList>, Problem> {
    let (cursor, limit) = listing.asked();
    let page = session.tenant.dead_letters(path::id(&id)?, cursor, limit).await?;
    let (deliveries, next_cursor) = told(page.letters, page.next_cursor);
    Ok(axum::Json(DeadDeliveryList { deliveries, next_cursor }))
}

/// Carries out once more what could not be carried out
#[utoipa::path(
    post,
    path = "/api/integrations/{id}/deliveries/replay",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The connection")),
    security(("session" = [])),
    request_body = ReplayRequest,
    responses(
        (status = 202, description = "They are under way", body = Replayed),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such connection or delivery that one sees", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn replay_deliveries(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Json(asked): Json<ReplayRequest>,
) -> Result<(StatusCode, axum::Json<Replayed>), Problem> {
    let one = asked.delivery_id.map(Into::into);
    let deliveries = session.tenant.replay_deliveries(path::id(&id)?, one).await?;
    app.told.wake();
    Ok((StatusCode::ACCEPTED, axum::Json(Replayed { deliveries })))
}

/// Shows what a provider told and could not be carried out, as it came
#[utoipa::path(
    get,
    path = "/api/deliveries/{id}",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The delivery")),
    security(("session" = [])),
    responses(
        (status = 200, description = "The delivery", body = DeadDeliveryInFull),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such delivery", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn get_delivery(
    session: Session,
    Path(id): Path<String>,
) -> Result<axum::Json<DeadDeliveryInFull>, Problem> {
    let (letter, body) = session.tenant.dead_letter(path::id(&id)?).await?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(axum::Json(DeadDeliveryInFull { delivery: letter.into(), body }))
}

/// Discards what a provider told and could not be carried out
#[utoipa::path(
    delete,
    path = "/api/deliveries/{id}",
    tag = "integrations",
    params(("id" = Uuid, Path, description = "The delivery")),
    security(("session" = [])),
    responses(
        (status = 204, description = "Discarded"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "No such delivery", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn discard_delivery(session: Session, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.discard_delivery(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
