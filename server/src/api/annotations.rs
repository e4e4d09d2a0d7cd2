//! What happened on the days that figures are of.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog as catalog;
use aloftly_catalog::{AnnotationKind, WorkspaceId};
use aloftly_engine::StoreId;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::App;
use super::dashboards::Author;
use crate::annotating::{self, Found};
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::{Reader, Session};

/// The years that figures can be of.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2199;

/// Annotations, by their first day.
#[derive(Serialize, ToSchema)]
pub(super) struct AnnotationList {
    annotations: Vec<Annotation>,
}

/// Something that happened on some days, which figures are read with.
#[derive(Serialize, ToSchema)]
pub(super) struct Annotation {
    /// Missing of one that the program found itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    /// Whether the program found it itself.
    automatic: bool,
    kind: AnnotationKind,
    /// The store that it is about; missing where it is about all of the workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    store_id: Option<Uuid>,
    title: String,
    /// More about it.
    body: String,
    /// The first day, as the store counts days.
    first_day: NaiveDate,
    /// The last day, included.
    last_day: NaiveDate,
    /// Missing where the program found it itself, or they are no member any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<Author>,
}

/// An annotation that is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAnnotation {
    workspace_id: Uuid,
    /// The store that it is about; all of the workspace where it is missing.
    store_id: Option<Uuid>,
    /// None of those that the program finds itself.
    kind: AnnotationKind,
    title: String,
    /// More about it, at most 2,000 characters.
    body: String,
    /// The first day, as the store counts days.
    first_day: NaiveDate,
    /// The last day, included.
    last_day: NaiveDate,
}

/// What an annotation is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnnotationChange {
    /// None of those that the program finds itself.
    kind: AnnotationKind,
    title: String,
    /// More about it, at most 2,000 characters.
    body: String,
    /// The first day, as the store counts days.
    first_day: NaiveDate,
    /// The last day, included.
    last_day: NaiveDate,
}

/// Which annotations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    /// Those of this workspace.
    workspace_id: Uuid,
    /// About these stores, with commas between their ids; about all that one may see when it is left out.
    store_ids: Option<String>,
    /// On this day or later.
    from: NaiveDate,
    /// On this day or earlier.
    to: NaiveDate,
}

impl From<catalog::Annotation> for Annotation {
    fn from(annotation: catalog::Annotation) -> Self {
        Self {
            id: Some(annotation.id.0),
            automatic: false,
            kind: annotation.kind,
            store_id: annotation.store.map(|store| store.0),
            title: annotation.title,
            body: annotation.body,
            first_day: annotation.first_day,
            last_day: annotation.last_day,
            created_by: annotation.created_by.map(Author::from),
        }
    }
}

impl From<Found> for Annotation {
    fn from(found: Found) -> Self {
        Self {
            id: None,
            automatic: true,
            kind: found.kind,
            store_id: Some(found.store.0),
            title: found.title,
            body: found.body,
            first_day: found.first_day,
            last_day: found.last_day,
            created_by: None,
        }
    }
}

impl From<AnnotationChange> for catalog::AnnotationChange {
    fn from(change: AnnotationChange) -> Self {
        let AnnotationChange { kind, title, body, first_day, last_day } = change;
        Self { kind, title, body, first_day, last_day }
    }
}

impl From<NewAnnotation> for catalog::NewAnnotation {
    fn from(new: NewAnnotation) -> Self {
        let NewAnnotation { workspace_id, store_id, kind, title, body, first_day, last_day } = new;
        let says = catalog::AnnotationChange { kind, title, body, first_day, last_day };
        Self { workspace: workspace_id.into(), store: store_id.map(StoreId), says }
    }
}

impl Listed {
    /// The days, in order.
    fn days(&self) -> Result<(NaiveDate, NaiveDate), Problem> {
        if self.to < self.from || !YEARS.contains(&self.from.year()) || !YEARS.contains(&self.to.year()) {
            let detail = "`from` and `to` must be days in order, of years that figures can be of.";
            return Err(Problem::malformed("malformed_query", detail));
        }
        Ok((self.from, self.to))
    }

    /// The stores; none for all.
    fn stores(&self) -> Result<Vec<StoreId>, Problem> {
        let named = self.store_ids.as_deref().unwrap_or_default().split(',').map(str::trim);
        named.filter(|id| !id.is_empty()).map(path::id).collect()
    }
}

/// Lists what happened: what people noted, and what the program found itself
#[utoipa::path(
    get,
    path = "/api/annotations",
    tag = "annotations",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    params(Listed),
    responses(
        (status = 200, description = "The annotations, by their first day", body = AnnotationList),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such workspace or store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_annotations(
    State(app): State<App>,
    reader: Reader,
    Query(listed): Query<Listed>,
) -> Result<axum::Json<AnnotationList>, Problem> {
    let (days, stores, workspace) = (listed.days()?, listed.stores()?, WorkspaceId(listed.workspace_id));
    let noted = reader.tenant.annotations(workspace, &stores, days).await?;
    let there = reader.tenant.stores().await?.into_iter().filter(|store| store.workspace.id == workspace);
    let there: Vec<_> = there.filter(|store| stores.is_empty() || stores.contains(&store.id)).collect();
    let found = annotating::find(&app, &reader, &there, days).await?;
    let mut annotations: Vec<_> =
        noted.into_iter().map(Annotation::from).chain(found.into_iter().map(Annotation::from)).collect();
    annotations.sort_by_key(|annotation| annotation.first_day);
    Ok(axum::Json(AnnotationList { annotations }))
}

/// Notes what happened
#[utoipa::path(
    post,
    path = "/api/annotations",
    tag = "annotations",
    security(("session" = [])),
    request_body = NewAnnotation,
    responses(
        (status = 201, description = "The annotation; `Location` is its address", body = Annotation),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such workspace or store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_annotations`: there are 5,000. `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_annotation(session: Session, Json(new): Json<NewAnnotation>) -> Result<Response, Problem> {
    let made = session.tenant.create_annotation(&new.into()).await.map_err(Problem::of_fields)?;
    let location = [(header::LOCATION, format!("/api/annotations/{}", made.id))];
    Ok((StatusCode::CREATED, location, axum::Json(Annotation::from(made))).into_response())
}

/// Changes an annotation
#[utoipa::path(
    put,
    path = "/api/annotations/{id}",
    tag = "annotations",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The annotation")),
    request_body = AnnotationChange,
    responses(
        (status = 200, description = "The annotation, changed", body = Annotation),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such annotation, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn change_annotation(
    session: Session,
    Path(id): Path<String>,
    Json(change): Json<AnnotationChange>,
) -> Result<axum::Json<Annotation>, Problem> {
    let changed = session.tenant.change_annotation(path::id(&id)?, &change.into()).await;
    Ok(axum::Json(changed.map_err(Problem::of_fields)?.into()))
}

/// Deletes an annotation
#[utoipa::path(
    delete,
    path = "/api/annotations/{id}",
    tag = "annotations",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The annotation")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For editors of the workspace and above", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such annotation, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_annotation(session: Session, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session.tenant.delete_annotation(path::id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
