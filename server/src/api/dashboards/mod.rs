//! Pages of widgets.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

pub(super) mod history;
pub(super) mod views;
pub(super) mod widgets;

use aloftly_catalog::dashboards::{self as catalog, DashboardSource, Document, Visibility};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::metrics::is_known;
use crate::http::etag::{IfMatch, of_shown};
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::{Principal, Session};

/// Who made or changed something.
#[derive(Serialize, ToSchema)]
pub(super) struct Author {
    id: Uuid,
    /// What they are called.
    name: String,
}

/// What one may do with a dashboard.
#[derive(Serialize, ToSchema)]
struct May {
    /// Change it, and its annotations and shared views.
    edit: bool,
    delete: bool,
    /// Make links to it, where it is public.
    share: bool,
}

/// A dashboard, without what it shows.
#[derive(Serialize, ToSchema)]
pub(super) struct DashboardSummary {
    id: Uuid,
    workspace_id: Uuid,
    name: String,
    /// What it is for.
    description: String,
    visibility: Visibility,
    /// The key of the built-in template that it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    /// How many widgets it has.
    widgets: u32,
    /// Rises with every change. Its `ETag` is `"r"` and this.
    revision: i64,
    /// Missing where they are no member any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<Author>,
    /// When it was last changed.
    updated_at: DateTime<Utc>,
    /// Missing where they are no member any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_by: Option<Author>,
    /// What one may do with it.
    may: May,
}

/// A page of widgets.
#[derive(Serialize, ToSchema)]
pub(super) struct Dashboard {
    #[serde(flatten)]
    summary: DashboardSummary,
    document: Document,
}

/// The dashboards that one may see, by name.
#[derive(Serialize, ToSchema)]
pub(super) struct DashboardList {
    dashboards: Vec<DashboardSummary>,
}

/// A dashboard that is to be: from one of a template, another dashboard and a document, or empty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDashboard {
    /// Where it is to be.
    workspace_id: Uuid,
    name: String,
    visibility: Visibility,
    /// The key of a template that is built in.
    #[schema(example = "cro_audit")]
    template: Option<String>,
    /// A template of the organisation.
    own_template: Option<Uuid>,
    /// A dashboard that one sees.
    copy_of: Option<Uuid>,
    /// What it shows.
    document: Option<Document>,
}

/// What a dashboard is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DashboardChange {
    name: String,
    /// What it is for, at most 2,000 characters.
    description: String,
    visibility: Visibility,
    document: Document,
}

/// Which dashboards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// Those of this workspace; of all that one may see when it is left out.
    workspace_id: Option<Uuid>,
}

impl From<catalog::Author> for Author {
    fn from(author: catalog::Author) -> Self {
        Self { id: author.id.0, name: author.name }
    }
}

impl From<catalog::DashboardSummary> for DashboardSummary {
    fn from(summary: catalog::DashboardSummary) -> Self {
        let catalog::May { edit, delete, share } = summary.may;
        Self {
            id: summary.id.0,
            workspace_id: summary.workspace.0,
            name: summary.name,
            description: summary.description,
            visibility: summary.visibility,
            template: summary.template,
            widgets: summary.widgets,
            revision: summary.revision,
            created_by: summary.created_by.map(Author::from),
            updated_at: summary.updated_at,
            updated_by: summary.updated_by.map(Author::from),
            may: May { edit, delete, share },
        }
    }
}

impl From<catalog::Dashboard> for Dashboard {
    fn from(dashboard: catalog::Dashboard) -> Self {
        Self { summary: dashboard.summary.into(), document: dashboard.document }
    }
}

impl From<DashboardChange> for catalog::DashboardChange {
    fn from(change: DashboardChange) -> Self {
        let DashboardChange { name, description, visibility, document } = change;
        Self { name, description, visibility, document }
    }
}

impl NewDashboard {
    /// What it is to be made from.
    fn source(self) -> Result<catalog::NewDashboard, Problem> {
        let sources = [
            self.template.map(DashboardSource::BuiltIn),
            self.own_template.map(|id| DashboardSource::Own(id.into())),
            self.copy_of.map(|id| DashboardSource::Copy(id.into())),
            self.document.map(DashboardSource::Document),
        ];
        let mut given = sources.into_iter().flatten();
        let from = given.next().unwrap_or(DashboardSource::Nothing);
        if given.next().is_some() {
            let detail = "must name one thing that it is made from: a template, another dashboard, or a document";
            return Err(Problem::invalid_field("", detail));
        }
        let workspace = self.workspace_id.into();
        Ok(catalog::NewDashboard { workspace, name: self.name, visibility: self.visibility, from })
    }
}

/// A dashboard with its name.
fn shown(dashboard: catalog::Dashboard) -> Result<Response, Problem> {
    let dashboard = Dashboard::from(dashboard);
    Ok((dashboard.named()?, axum::Json(dashboard)).into_response())
}

/// What names an answer, for whoever asks for it again.
fn named(etag: String) -> [(header::HeaderName, String); 2] {
    [(header::ETAG, etag), (header::CACHE_CONTROL, "private, no-cache".to_owned())]
}

impl Dashboard {
    /// What names it as the caller is shown it: what one may do, and what others are called, changes without a revision.
    fn named(&self) -> Result<[(header::HeaderName, String); 2], Problem> {
        let summary = serde_json::to_vec(&self.summary).map_err(|error| Problem::internal(&error))?;
        Ok(named(of_shown(self.summary.revision, &summary)))
    }
}

/// Lists the dashboards that one may see
#[utoipa::path(
    get,
    path = "/api/dashboards",
    tag = "dashboards",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    params(Listed),
    responses(
        (status = 200, description = "The dashboards, by name", body = DashboardList),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such workspace, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_dashboards(
    principal: Principal,
    Query(listed): Query<Listed>,
) -> Result<axum::Json<DashboardList>, Problem> {
    let found = principal.tenant.dashboards(listed.workspace_id.map(Into::into)).await?;
    Ok(axum::Json(DashboardList { dashboards: found.into_iter().map(DashboardSummary::from).collect() }))
}

/// Makes a dashboard
#[utoipa::path(
    post,
    path = "/api/dashboards",
    tag = "dashboards",
    security(("session" = [])),
    request_body = NewDashboard,
    responses(
        (status = 201, description = "The dashboard; `Location` is its address, and its `ETag` names it", body = Dashboard),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 402, description = "`plan_limit`: the plan includes fewer dashboards", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such workspace, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong: the name, the document, or what it is to be made from", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_dashboard(session: Session, Json(new): Json<NewDashboard>) -> Result<Response, Problem> {
    let made = session.tenant.create_dashboard(&new.source()?).await;
    let made = made.map_err(|error| Problem::of_document(error, "/document"))?;
    let location = [(header::LOCATION, format!("/api/dashboards/{}", made.summary.id))];
    Ok((StatusCode::CREATED, location, shown(made)?).into_response())
}

/// Shows a dashboard
#[utoipa::path(
    get,
    path = "/api/dashboards/{id}",
    tag = "dashboards",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    params(("id" = Uuid, Path, description = "The dashboard")),
    responses(
        (status = 200, description = "The dashboard; its `ETag` names it", body = Dashboard),
        (status = 304, description = "The dashboard is still the one that `If-None-Match` names"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_dashboard(
    principal: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let dashboard = principal.tenant.dashboard(path::id(&id)?).await?;
    let dashboard = Dashboard::from(dashboard);
    let named = dashboard.named()?;
    let [(_, etag), _] = &named;
    if is_known(&headers, etag) {
        return Ok((StatusCode::NOT_MODIFIED, named).into_response());
    }
    Ok((named, axum::Json(dashboard)).into_response())
}

/// Saves a dashboard
#[utoipa::path(
    put,
    path = "/api/dashboards/{id}",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("If-Match" = String, Header, description = "The `ETag` of what is changed; `*` for whatever is there"),
    ),
    request_body = DashboardChange,
    responses(
        (status = 200, description = "The dashboard, changed; its `ETag` names it", body = Dashboard),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 412, description = "`stale`: it was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong: each mistake is told with its place in the document", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_required`: `If-Match` is missing", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn save_dashboard(
    session: Session,
    Path(id): Path<String>,
    if_match: IfMatch,
    Json(change): Json<DashboardChange>,
) -> Result<Response, Problem> {
    let saved = session.tenant.save_dashboard(path::id(&id)?, &if_match.required()?, &change.into()).await;
    let saved = saved.map_err(|error| Problem::of_document(error, "/document"))?;
    shown(saved)
}

/// Deletes a dashboard, with its history, its views and its links
#[utoipa::path(
    delete,
    path = "/api/dashboards/{id}",
    tag = "dashboards",
    security(("session" = [])),
    params(
        ("id" = Uuid, Path, description = "The dashboard"),
        ("If-Match" = String, Header, description = "The `ETag` of what is changed; `*` for whatever is there"),
    ),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 412, description = "`stale`: it was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 428, description = "`if_match_required`: `If-Match` is missing", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_dashboard(
    session: Session,
    Path(id): Path<String>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    session.tenant.delete_dashboard(path::id(&id)?, &if_match.required()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
