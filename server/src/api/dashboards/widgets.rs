//! The widgets of a dashboard, one by one.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::dashboards::{Widget, WidgetChange};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Dashboard, named, shown};
use crate::http::etag::{IfMatch, of_revision};
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::{Principal, Session};

/// The widgets of a dashboard, in the order of reading.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WidgetList {
    widgets: Vec<PlacedWidget>,
}

/// A widget, and where it is.
#[derive(Serialize, ToSchema)]
struct PlacedWidget {
    /// The section that it is in.
    section_id: String,
    widget: Widget,
}

/// A widget that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewWidget {
    /// Into which section; the last one unless it is said.
    section_id: Option<String>,
    /// Behind so many of the section's widgets; behind all unless it is said.
    position: Option<u32>,
    widget: Widget,
}

/// Lists the widgets of a dashboard
#[utoipa::path(
    get,
    path = "/api/dashboards/{id}/widgets",
    tag = "dashboards",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    params(("id" = Uuid, Path, description = "The dashboard")),
    responses(
        (status = 200, description = "The widgets, in the order of reading; the `ETag` is the dashboard's", body = WidgetList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn list_widgets(principal: Principal, Path(id): Path<String>) -> Result<Response, Problem> {
    let dashboard = principal.tenant.dashboard(path::id(&id)?).await?;
    let placed = dashboard.document.sections.into_iter().flat_map(|section| {
        let section_id = section.id;
        section.widgets.into_iter().map(move |widget| PlacedWidget { section_id: section_id.clone(), widget })
    });
    let widgets = WidgetList { widgets: placed.collect() };
    Ok((named(of_revision(dashboard.summary.revision)), axum::Json(widgets)).into_response())
}

/// Puts a widget on a dashboard
#[utoipa::path(
    post,
    path = "/api/dashboards/{id}/widgets",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what is changed; whatever is there unless it is said"),
    ),
    request_body = NewWidget,
    responses(
        (status = 201, description = "The dashboard, with the widget; its `ETag` names it", body = Dashboard),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 412, description = "`stale`: it was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong: each mistake is told with its place in the document", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn add_widget(
    session: Session,
    Path(id): Path<String>,
    if_match: IfMatch,
    Json(new): Json<NewWidget>,
) -> Result<Response, Problem> {
    let NewWidget { section_id, position, widget } = new;
    let position = position.map(|position| usize::try_from(position).unwrap_or(usize::MAX));
    let change = WidgetChange::Add { section: section_id, position, widget };
    let changed = session.tenant.change_widget(path::id(&id)?, &if_match.or_any(), change).await;
    let changed = changed.map_err(|error| Problem::of_document(error, "/widget"))?;
    Ok((StatusCode::CREATED, shown(changed)?).into_response())
}

/// Changes a widget of a dashboard
#[utoipa::path(
    put,
    path = "/api/dashboards/{id}/widgets/{widget_id}",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("widget_id" = String, Path, description = "The widget"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what is changed; whatever is there unless it is said"),
    ),
    request_body = Widget,
    responses(
        (status = 200, description = "The dashboard, changed; its `ETag` names it", body = Dashboard),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard or widget, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 412, description = "`stale`: it was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong: each mistake is told with its place in the document", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn change_widget(
    session: Session,
    Path((id, widget_id)): Path<(String, String)>,
    if_match: IfMatch,
    Json(widget): Json<Widget>,
) -> Result<Response, Problem> {
    let change = WidgetChange::Replace { id: widget_id, widget };
    let changed = session.tenant.change_widget(path::id(&id)?, &if_match.or_any(), change).await;
    let changed = changed.map_err(|error| Problem::of_document(error, ""))?;
    shown(changed)
}

/// Takes a widget off a dashboard
#[utoipa::path(
    delete,
    path = "/api/dashboards/{id}/widgets/{widget_id}",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("widget_id" = String, Path, description = "The widget"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of what is changed; whatever is there unless it is said"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard or widget, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 412, description = "`stale`: it was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn remove_widget(
    session: Session,
    Path((id, widget_id)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    let change = WidgetChange::Remove { id: widget_id };
    session.tenant.change_widget(path::id(&id)?, &if_match.or_any(), change).await?;
    Ok(StatusCode::NO_CONTENT)
}
