//! Files that are handed over.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

use aloftly_catalog::{Import as Row, ImportStatus, WorkspacePermission};
use aloftly_engine::StoreId;
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::App;
use super::import_form::ImportForm;
use super::listing::{Listing, told};
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::query::Query;
use crate::http::session::Principal;
use crate::importing::ImportKind;

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
    /// Why it is queued again, when an attempt came to nothing for a reason that is not in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_for: Option<String>,
    /// When it is tried again, if not at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<DateTime<Utc>>,
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
#[schema(as = ImportForm)]
pub(super) struct FormFields {
    /// The store that its rows go to. It comes before the file.
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
            waiting_for: row.waiting_for,
            retry_at: row.retry_at,
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
    security(("session" = []), ("api_key" = ["imports:write"])),
    request_body(content = FormFields, content_type = "multipart/form-data"),
    responses(
        (status = 202, description = "Queued; `Location` tells how far it is", body = Import),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope. One may see the store, but not import into it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`has_sample_data`: the store holds made-up data, which are not mixed with real ones", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 413, description = "The file is larger than is accepted", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 415, description = "The body is no form", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Fields are missing or wrong", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "`too_much_waiting`: too much of the organisation's waits to be imported", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 507, description = "`storage_full`: the server has no room for files at the moment", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_import(
    State(app): State<App>,
    principal: Principal,
    request: Request,
) -> Result<(StatusCode, HeaderMap, Json<Import>), Problem> {
    let tenant = &principal.tenant;
    tenant.require_somewhere(WorkspacePermission::Import)?;
    let import = ImportForm::take(&app, tenant, request).await?.queue(&app, tenant).await?;
    tracing::Span::current().record("store", tracing::field::display(import.store));
    app.queue.queued(tenant.context().organization(), import.id);
    let location = HeaderValue::from_str(&format!("/api/imports/{}", import.id)).map_err(|e| Problem::internal(&e))?;
    let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
    Ok((StatusCode::ACCEPTED, headers, Json(import.into())))
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
    security(("session" = []), ("api_key" = ["metrics:read"])),
    params(Page),
    responses(
        (status = 200, description = "The imports, newest first", body = ImportList),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_imports(principal: Principal, Query(page): Query<Page>) -> Result<Json<ImportList>, Problem> {
    let (cursor, limit) = Listing { cursor: page.cursor, limit: page.limit }.asked();
    let found = principal.tenant.imports(page.store_id.map(StoreId), cursor, limit).await?;
    let (imports, next_cursor) = told(found.imports, found.next_cursor);
    Ok(Json(ImportList { imports, next_cursor }))
}

/// Tells how far an import is
#[utoipa::path(
    get,
    path = "/api/imports/{id}",
    tag = "imports",
    security(("session" = []), ("api_key" = ["metrics:read"])),
    params(("id" = Uuid, Path, description = "The import")),
    responses(
        (status = 200, description = "The import", body = Import),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`: the key lacks the scope", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such import, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_import(principal: Principal, Path(id): Path<String>) -> Result<Json<Import>, Problem> {
    Ok(Json(principal.tenant.import(path::id(&id)?).await?.into()))
}
