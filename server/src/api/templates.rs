//! What dashboards can be made from.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::dashboards::{self as catalog, BuiltInTemplate, Document, OwnTemplate, built_in_templates};
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;

/// What dashboards can be made from.
#[derive(Serialize, ToSchema)]
pub(super) struct TemplateList {
    /// Those that everybody has.
    built_in: Vec<Template>,
    /// The organisation's own, by name.
    own: Vec<Template>,
}

/// What a dashboard can be made from.
#[derive(Serialize, ToSchema)]
pub(super) struct Template {
    /// The name of one that is built in, for `template` of a new dashboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "cro_audit")]
    key: Option<String>,
    /// Of one of the organisation's own, for `own_template` of a new dashboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    name: String,
    /// What it is good for.
    description: String,
    /// The sources that its metrics come from.
    #[schema(value_type = Vec<String>)]
    sources: Vec<&'static str>,
    document: Document,
    /// Whether one may change and delete it.
    may_change: bool,
}

/// A template that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTemplate {
    name: String,
    /// What it is good for, at most 2,000 characters.
    description: String,
    /// The dashboard that it is to be like.
    dashboard_id: Uuid,
}

/// What a template is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateChange {
    name: String,
    /// What it is good for, at most 2,000 characters.
    description: String,
    /// The dashboard that it is to be like from now on; its document stays as it is unless this is said.
    dashboard_id: Option<Uuid>,
}

impl From<&BuiltInTemplate> for Template {
    fn from(template: &BuiltInTemplate) -> Self {
        Self {
            key: Some(template.key.to_owned()),
            id: None,
            name: template.name.to_owned(),
            description: template.description.to_owned(),
            sources: template.document.sources().into_iter().collect(),
            document: template.document.clone(),
            may_change: false,
        }
    }
}

impl From<OwnTemplate> for Template {
    fn from(template: OwnTemplate) -> Self {
        Self {
            key: None,
            id: Some(template.id.0),
            name: template.name,
            description: template.description,
            sources: template.document.sources().into_iter().collect(),
            document: template.document,
            may_change: template.may_change,
        }
    }
}

/// Lists what dashboards can be made from
#[utoipa::path(
    get,
    path = "/api/templates",
    tag = "templates",
    security(("session" = [])),
    responses(
        (status = 200, description = "The templates", body = TemplateList),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`needs_person`: not for keys", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_templates(session: Session) -> Result<axum::Json<TemplateList>, Problem> {
    let own = session.tenant.templates().await?.into_iter().map(Template::from).collect();
    let built_in = built_in_templates().iter().map(Template::from).collect();
    Ok(axum::Json(TemplateList { built_in, own }))
}

/// Keeps a dashboard as a template for the organisation
#[utoipa::path(
    post,
    path = "/api/templates",
    tag = "templates",
    security(("session" = [])),
    request_body = NewTemplate,
    responses(
        (status = 201, description = "The template; `Location` is its address", body = Template),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For members and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_templates`: there are a hundred. `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_template(session: Session, Json(new): Json<NewTemplate>) -> Result<Response, Problem> {
    let NewTemplate { name, description, dashboard_id } = new;
    let made = session.tenant.create_template(dashboard_id.into(), &name, &description).await;
    let made = made.map_err(Problem::of_fields)?;
    let location = [(header::LOCATION, format!("/api/templates/{}", made.id))];
    Ok((StatusCode::CREATED, location, axum::Json(Template::from(made))).into_response())
}

/// Changes a template of the organisation
#[utoipa::path(
    put,
    path = "/api/templates/{id}",
    tag = "templates",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The template")),
    request_body = TemplateChange,
    responses(
        (status = 200, description = "The template, changed", body = Template),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For who made it, and for admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such template or dashboard, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_template(
    session: Session,
    Path(id): Path<String>,
    Json(change): Json<TemplateChange>,
) -> Result<axum::Json<Template>, Problem> {
    let TemplateChange { name, description, dashboard_id } = change;
    let to = catalog::TemplateChange { name, description, dashboard: dashboard_id.map(Into::into) };
    let changed = session.tenant.change_template(path::id(&id)?, &to).await.map_err(Problem::of_fields)?;
    Ok(axum::Json(changed.into()))
}

/// Deletes a template of the organisation
#[utoipa::path(
    delete,
    path = "/api/templates/{id}",
    tag = "templates",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The template")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For who made it, and for admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such template", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_template(session: Session, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.delete_template(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
