//! Files that are handed over.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::{Import as Row, ImportId, ImportStatus, NewImport, OrgRole};
use aloftly_engine::StoreId;
use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::App;
use crate::http::problem::{FieldProblem, Problem, ProblemDocument};
use crate::http::session::Session;
use crate::importing::uploads::Taken;
use crate::importing::{Content, ImportKind};

/// The most that a field that is no file may have.
const FIELD_LIMIT: usize = 64 * 1024;
/// How many imports a page has, unless it is said.
const PAGE: u32 = 50;
/// How long the next piece of a file may take to come.
const PIECE: std::time::Duration = std::time::Duration::from_secs(60);

/// A file that was handed over.
#[derive(Serialize, ToSchema)]
pub(super) struct Import {
    id: Uuid,
    store_id: Uuid,
    #[schema(value_type = ImportKind)]
    kind: String,
    file_name: String,
    size_bytes: u64,
    #[schema(value_type = Status)]
    status: ImportStatus,
    /// How much of the work is done, from 0 to 1.
    progress: f64,
    rows_read: u64,
    counts: ImportCounts,
    /// The same file had been imported before: nothing was changed.
    already_imported: bool,
    /// The store's version with the rows in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// What is wrong in which cell, the first hundred.
    #[schema(value_type = Vec<CellError>)]
    errors: Value,
    /// How many cells are wrong in all.
    error_count: u64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    created_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<DateTime<Utc>>,
}

/// How far an import is.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportStatus)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes a schema")]
enum Status {
    Queued,
    Running,
    Done,
    Failed,
}

/// What an import's commit did, in orders, customers, products, refunds and events.
#[derive(Serialize, ToSchema)]
struct ImportCounts {
    /// The store did not have them.
    new: u64,
    /// It had them in an older state.
    updated: u64,
    /// It had them already.
    unchanged: u64,
    /// It had them in a newer state, which stays.
    stale: u64,
}

/// What is wrong in one cell.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes a schema")]
struct CellError {
    /// The line of the file, counted from 1.
    line: u64,
    /// The column's title.
    column: String,
    /// What is there.
    value: String,
    /// What should be there.
    expected: String,
}

/// Some imports, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportList {
    imports: Vec<Import>,
    /// For the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A file with what is needed to read it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes a schema")]
pub(super) struct ImportForm {
    /// The store that its rows go to.
    store_id: Uuid,
    kind: ImportKind,
    /// JSON that says which column is what; for `metric_events` alone.
    mapping: Option<String>,
    /// The file, plain or gzip.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

impl From<Row> for Import {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0,
            store_id: row.store.0,
            kind: row.kind,
            file_name: row.file_name,
            size_bytes: row.size_bytes,
            status: row.status,
            progress: row.progress,
            rows_read: row.rows_read,
            counts: ImportCounts {
                new: row.counts.new,
                updated: row.counts.updated,
                unchanged: row.counts.unchanged,
                stale: row.counts.stale,
            },
            already_imported: row.already_imported,
            version: row.version,
            errors: row.errors,
            error_count: row.error_count,
            error: row.error,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}

/// Takes a file and queues its import
#[utoipa::path(
    post,
    path = "/api/imports",
    tag = "imports",
    security(("session" = [])),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses(
        (status = 202, description = "Queued; `Location` tells how far it is", body = Import),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "One may see the store, but not import into it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 413, description = "The file is larger than is accepted", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 415, description = "The body is no form", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Fields are missing or wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_import(
    State(app): State<App>,
    session: Session,
    request: Request,
) -> Result<(StatusCode, HeaderMap, Json<Import>), Problem> {
    if !session.tenant.context().has(OrgRole::Member) {
        return Err(Problem::forbidden("Viewers cannot import."));
    }
    let form = Multipart::from_request(request, &app)
        .await
        .map_err(|_| Problem::unsupported_media_type("multipart/form-data with a boundary"))?;
    let form = Form::take(&app, &session, form).await?;
    let import = form.queue(&app, &session).await?;
    tracing::Span::current().record("store", tracing::field::display(import.store));
    app.queue.queued(session.info.organization, import.id);
    let location = HeaderValue::from_str(&format!("/api/imports/{}", import.id)).map_err(|e| Problem::internal(&e))?;
    let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
    Ok((StatusCode::ACCEPTED, headers, Json(import.into())))
}

/// The fields of a form, as far as they came.
#[derive(Default)]
struct Form {
    store: Option<String>,
    kind: Option<String>,
    mapping: Option<String>,
    file: Option<(String, Taken)>,
}

impl Form {
    async fn take(app: &App, session: &Session, multipart: Multipart) -> Result<Self, Problem> {
        let mut form = Self::default();
        let taken = form.fill(app, session, multipart).await;
        if taken.is_err() {
            form.discard(app);
        }
        taken.map(|()| form)
    }

    async fn fill(&mut self, app: &App, session: &Session, mut multipart: Multipart) -> Result<(), Problem> {
        while let Some(field) = in_time(multipart.next_field()).await? {
            match field.name() {
                Some("store_id") => {
                    let id = text(field).await?;
                    // Before the file comes, if the caller was so kind.
                    if let Ok(id) = id.parse::<Uuid>() {
                        session.tenant.store(id.into()).await?;
                    }
                    self.store = Some(id);
                }
                Some("kind") => self.kind = Some(text(field).await?),
                Some("mapping") => self.mapping = Some(text(field).await?),
                Some("file") if self.file.is_some() => {
                    return Err(Problem::invalid_field("/file", "one file at a time"));
                }
                Some("file") => self.file = Some(file(app, field).await?),
                other => {
                    let pointer = format!("/{}", other.unwrap_or_default().replace('~', "~0").replace('/', "~1"));
                    return Err(Problem::invalid_field(&pointer, "there is no such field"));
                }
            }
        }
        Ok(())
    }

    /// Checks the fields and puts the import in the queue; the file goes when that fails.
    async fn queue(mut self, app: &App, session: &Session) -> Result<Row, Problem> {
        let queued = self.checked();
        let queued = match queued {
            Ok(new) => session.tenant.create_import(&new).await.map_err(Problem::from),
            Err(problem) => Err(problem),
        };
        if queued.is_err() {
            self.discard(app);
        }
        queued
    }

    fn checked(&self) -> Result<NewImport, Problem> {
        let mut errors = Vec::new();
        let mut wrong = |pointer: &str, detail: &str| {
            errors.push(FieldProblem { pointer: pointer.to_owned(), detail: detail.to_owned() });
        };
        let store = self.store.as_deref().and_then(|text| text.trim().parse::<Uuid>().ok());
        if store.is_none() {
            wrong("/store_id", if self.store.is_some() { "expected the id of a store" } else { "is missing" });
        }
        let kind = self.kind.as_deref().and_then(|text| ImportKind::parse(text.trim()));
        if kind.is_none() {
            let expected = "expected shopify_orders or metric_events";
            wrong("/kind", if self.kind.is_some() { expected } else { "is missing" });
        }
        if self.file.is_none() {
            wrong("/file", "is missing");
        }
        let mapping = self.mapping.as_deref().filter(|text| !text.trim().is_empty()).map(serde_json::from_str::<Value>);
        let mapping = mapping.transpose().map_err(|error| wrong("/mapping", &format!("is not JSON: {error}"))).ok();
        if let (Some(kind), Some(mapping)) = (kind, &mapping)
            && let Err(detail) = Content::new(kind, mapping.clone())
        {
            wrong("/mapping", &detail);
        }
        match (store, kind, &self.file, mapping) {
            (Some(store), Some(kind), Some((file_name, taken)), Some(mapping)) if errors.is_empty() => Ok(NewImport {
                store: StoreId(store),
                kind: kind.as_str().to_owned(),
                file_name: file_name.clone(),
                size_bytes: taken.size,
                spool_file: Some(taken.spool_file.clone()),
                mapping,
            }),
            _ => Err(Problem::invalid(errors)),
        }
    }

    fn discard(&mut self, app: &App) {
        if let Some((_, taken)) = self.file.take() {
            app.uploads.remove(&taken.spool_file);
        }
    }
}

async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let name = field.name().unwrap_or_default().to_owned();
    while let Some(piece) = in_time(field.chunk()).await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > FIELD_LIMIT {
            return Err(Problem::invalid_field(&format!("/{name}"), format!("has more than {FIELD_LIMIT} bytes")));
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::invalid_field(&format!("/{name}"), "is not UTF-8"))
}

async fn file(app: &App, mut field: Field<'_>) -> Result<(String, Taken), Problem> {
    let limit = app.backend.config.upload_limit;
    // Some browsers send a whole path.
    let name = field.file_name().unwrap_or("file").rsplit(['/', '\\']).next().unwrap_or("file");
    let name: String = name.chars().filter(|c| !c.is_control()).take(255).collect();
    let failed = |error: std::io::Error| Problem::unavailable(&error);
    let mut upload = app.uploads.begin(&*app.backend.clock).await.map_err(failed)?;
    while let Some(piece) = in_time(field.chunk()).await? {
        if upload.take(&piece).await.map_err(failed)? > limit {
            return Err(Problem::too_large(limit));
        }
    }
    let taken = upload.finish().await.map_err(failed)?;
    Ok((name, taken))
}

async fn in_time<T>(piece: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Problem> {
    match tokio::time::timeout(PIECE, piece).await {
        Ok(piece) => piece.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::of(StatusCode::PAYLOAD_TOO_LARGE),
            _ => Problem::malformed("malformed_form", "The form ended early or is not well-formed."),
        }),
        Err(_) => Err(Problem::of(StatusCode::REQUEST_TIMEOUT)),
    }
}

/// Which imports.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    /// Those of this store; of all that one may see when it is left out.
    store_id: Option<Uuid>,
    /// `next_cursor` of the page before.
    cursor: Option<Uuid>,
    /// How many at most, 1 to 200.
    limit: Option<u32>,
}

/// Lists imports, newest first
#[utoipa::path(
    get,
    path = "/api/imports",
    tag = "imports",
    security(("session" = [])),
    params(Page),
    responses(
        (status = 200, description = "The imports, newest first", body = ImportList),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_imports(
    session: Session,
    page: Result<Query<Page>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<ImportList>, Problem> {
    let Query(page) = page.map_err(|error| Problem::malformed("malformed_query", format!("{}.", error.body_text())))?;
    let limit = page.limit.unwrap_or(PAGE);
    let found = session.tenant.imports(page.store_id.map(StoreId), page.cursor.map(ImportId), limit).await?;
    Ok(Json(ImportList {
        imports: found.imports.into_iter().map(Into::into).collect(),
        next_cursor: found.next_cursor.map(|id| id.to_string()),
    }))
}

/// Tells how far an import is
#[utoipa::path(
    get,
    path = "/api/imports/{id}",
    tag = "imports",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The import")),
    responses(
        (status = 200, description = "The import", body = Import),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such import, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_import(session: Session, Path(id): Path<String>) -> Result<Json<Import>, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::not_found())?;
    Ok(Json(session.tenant.import(ImportId(id)).await?.into()))
}
