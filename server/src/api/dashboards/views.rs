//! Ways to look at a dashboard that have a name.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::dashboards as catalog;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// A way to look at a dashboard that has a name.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SavedView {
    id: Uuid,
    name: String,
    /// The part of the address behind `?`.
    #[schema(example = "range=last_7_days&compare=previous_year")]
    search: String,
    /// Whether whoever sees the dashboard sees it.
    is_shared: bool,
    /// Whether one saved it oneself.
    is_own: bool,
    created_at: DateTime<Utc>,
}

/// One's own views of a dashboard and those that are shared, by name.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SavedViewList {
    views: Vec<SavedView>,
}

/// What a saved view is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SavedViewChange {
    name: String,
    /// The part of the address behind `?`, at most 4,000 characters.
    search: String,
    /// Whether whoever sees the dashboard is to see it.
    is_shared: bool,
}

impl From<catalog::SavedView> for SavedView {
    fn from(view: catalog::SavedView) -> Self {
        Self {
            id: view.id.0,
            name: view.name,
            search: view.search,
            is_shared: view.is_shared,
            is_own: view.is_own,
            created_at: view.created_at,
        }
    }
}

impl From<SavedViewChange> for catalog::SavedViewChange {
    fn from(change: SavedViewChange) -> Self {
        let SavedViewChange { name, search, is_shared } = change;
        Self { name, search, is_shared }
    }
}

/// Lists the saved views of a dashboard: one's own, and those that are shared
#[utoipa::path(
    get,
    path = "/api/dashboards/{id}/views",
    tag = "dashboards",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The dashboard")),
    responses(
        (status = 200, description = "The views, by name", body = SavedViewList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`needs_person`: not for keys", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_saved_views(
    session: Session,
    Path(id): Path<String>,
) -> Result<axum::Json<SavedViewList>, Problem> {
    let views = session.tenant.saved_views(path::id(&id)?).await?;
    Ok(axum::Json(SavedViewList { views: views.into_iter().map(SavedView::from).collect() }))
}

/// Saves a view of a dashboard
#[utoipa::path(
    post,
    path = "/api/dashboards/{id}/views",
    tag = "dashboards",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The dashboard")),
    request_body = SavedViewChange,
    responses(
        (status = 201, description = "The view; `Location` is its address", body = SavedView),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`needs_person`: not for keys", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_views`: there are a hundred. `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn create_saved_view(
    session: Session,
    Path(id): Path<String>,
    Json(new): Json<SavedViewChange>,
) -> Result<Response, Problem> {
    let dashboard = path::id(&id)?;
    let made = session.tenant.create_saved_view(dashboard, &new.into()).await.map_err(Problem::of_fields)?;
    let location = [(header::LOCATION, format!("/api/dashboards/{dashboard}/views/{}", made.id))];
    Ok((StatusCode::CREATED, location, axum::Json(SavedView::from(made))).into_response())
}

/// Changes a saved view
#[utoipa::path(
    put,
    path = "/api/dashboards/{id}/views/{view_id}",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("view_id" = Uuid, Path, description = "The view"),
    ),
    request_body = SavedViewChange,
    responses(
        (status = 200, description = "The view, changed", body = SavedView),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "A shared view is changed by who saved it, and by editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard or view, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn change_saved_view(
    session: Session,
    Path((id, view_id)): Path<(String, String)>,
    Json(change): Json<SavedViewChange>,
) -> Result<axum::Json<SavedView>, Problem> {
    let changed = session.tenant.change_saved_view(path::id(&id)?, path::id(&view_id)?, &change.into()).await;
    Ok(axum::Json(changed.map_err(Problem::of_fields)?.into()))
}

/// Deletes a saved view
#[utoipa::path(
    delete,
    path = "/api/dashboards/{id}/views/{view_id}",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("view_id" = Uuid, Path, description = "The view"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "A shared view is changed by who saved it, and by editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard or view, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn delete_saved_view(
    session: Session,
    Path((id, view_id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    session.tenant.delete_saved_view(path::id(&id)?, path::id(&view_id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
