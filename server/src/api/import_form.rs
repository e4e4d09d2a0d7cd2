//! The form that a file is handed over with, taken piece by piece.

use std::io;
use std::time::Duration;

use aloftly_catalog::{CatalogError, Import, NewImport, Tenant};
use aloftly_engine::StoreId;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::App;
use crate::http::metered::{Allowance, metered};
use crate::http::problem::{FieldProblem, Problem};
use crate::http::size;
use crate::importing::upload::{Taken, Upload};
use crate::importing::{Content, ImportKind};

/// The most that a field that is no file may have.
const FIELD_LIMIT: usize = 64 * 1024;
/// The most that may stand between two fields, and so be kept in memory while the next one is looked for.
const BETWEEN: u64 = 64 * 1024;
/// How long the next piece of a file may take to come.
const PIECE: Duration = Duration::from_secs(60);

/// The fields of a form, as far as they came.
#[derive(Default)]
pub(super) struct ImportForm {
    store: Option<StoreId>,
    kind: Option<String>,
    mapping: Option<String>,
    file: Option<(String, Taken)>,
}

impl ImportForm {
    /// Takes the form. The store comes before the file, so that nobody's file is taken who may not import it. What was taken
    /// goes when it is not queued.
    pub(super) async fn take(app: &App, tenant: &Tenant, request: Request) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        let (body, allowance) = metered(body);
        let mut multipart = Multipart::from_request(Request::from_parts(head, body), app)
            .await
            .map_err(|_| Problem::unsupported_media_type("multipart/form-data with a boundary"))?;
        let mut form = Self::default();
        loop {
            allowance.reset(BETWEEN);
            let Some(field) = in_time(multipart.next_field()).await? else { return Ok(form) };
            form.field(app, tenant, field, &allowance).await?;
        }
    }

    async fn field(
        &mut self,
        app: &App,
        tenant: &Tenant,
        field: Field<'_>,
        allowance: &Allowance,
    ) -> Result<(), Problem> {
        let name = field.name().unwrap_or_default().to_owned();
        let is_there = match name.as_str() {
            "store_id" => self.store.is_some(),
            "kind" => self.kind.is_some(),
            "mapping" => self.mapping.is_some(),
            "file" => self.file.is_some(),
            _ => {
                let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
                return Err(Problem::invalid_field(&pointer, "there is no such field"));
            }
        };
        if is_there {
            return Err(Problem::invalid_field(&format!("/{name}"), "is there more than once"));
        }
        allowance.reset(BETWEEN);
        match name.as_str() {
            "store_id" => {
                let id = text(field).await?;
                let id = id.trim().parse::<Uuid>();
                let id = id.map_err(|_| Problem::invalid_field("/store_id", "expected the id of a store"))?;
                tenant.check_import_into(StoreId(id)).await?;
                self.store = Some(StoreId(id));
            }
            "kind" => self.kind = Some(text(field).await?),
            "mapping" => self.mapping = Some(text(field).await?),
            _ if self.store.is_none() => {
                return Err(Problem::invalid_field("/store_id", "is missing: it must come before the file"));
            }
            _ => {
                allowance.lift();
                self.file = Some(file(app, tenant, field).await?);
            }
        }
        Ok(())
    }

    /// Checks the fields and puts the import in the queue.
    pub(super) async fn queue(self, app: &App, tenant: &Tenant) -> Result<Import, Problem> {
        let (new, taken) = self.checked()?;
        let (tenant, limit) = (tenant.clone(), app.backend.config.pending_upload_limit);
        // Once it has begun it is ended, even if the caller goes away: a file is never removed that an import needs.
        let queueing = tokio::spawn(async move {
            let queued = tenant.create_import(&new, limit).await;
            match &queued {
                // Of an answer that was lost nobody knows which it was. The file stays until it is next looked which are needed.
                Ok(_) | Err(CatalogError::Database(_)) => drop(taken.keep()),
                Err(_) => drop(taken),
            }
            queued
        });
        Ok(queueing.await.map_err(|error| Problem::internal(&error))??)
    }

    fn checked(self) -> Result<(NewImport, Taken), Problem> {
        let mut errors = Vec::new();
        let mut wrong = |pointer: &str, detail: &str| {
            errors.push(FieldProblem { pointer: pointer.to_owned(), detail: detail.to_owned(), code: None });
        };
        if self.store.is_none() {
            wrong("/store_id", "is missing");
        }
        let kind = self.kind.as_deref().and_then(|text| ImportKind::parse(text.trim()));
        if kind.is_none() {
            let expected = "expected shopify_orders, metric_events or fx_rates";
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
        match (self.store, kind, self.file, mapping) {
            (Some(store), Some(kind), Some((file_name, taken)), Some(mapping)) if errors.is_empty() => {
                let new = NewImport {
                    store,
                    kind: kind.as_str().to_owned(),
                    file_name,
                    size_bytes: taken.size(),
                    spool_file: Some(taken.spool_file().to_owned()),
                    mapping,
                };
                Ok((new, taken))
            }
            _ => Err(Problem::invalid(errors)),
        }
    }
}

async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let name = field.name().unwrap_or_default().to_owned();
    while let Some(piece) = in_time(field.chunk()).await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > FIELD_LIMIT {
            return Err(Problem::invalid_field(
                &format!("/{name}"),
                format!("has more than {}", size::in_words(FIELD_LIMIT as u64)),
            ));
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::invalid_field(&format!("/{name}"), "is not UTF-8"))
}

async fn file(app: &App, tenant: &Tenant, mut field: Field<'_>) -> Result<(String, Taken), Problem> {
    let config = &app.backend.config;
    // Some browsers send a whole path.
    let name = field.file_name().unwrap_or("file").rsplit(['/', '\\']).next().unwrap_or("file");
    let name: String = name.chars().filter(|c| !c.is_control()).take(255).collect();
    let limit = config.file_limit();
    let mut room = app.uploads.room(config.disk_reserve).map_err(|error| failed(&error))?;
    let begun = Upload::begin(&app.uploads, tenant.context().organization(), &*app.backend.clock).await;
    let mut upload = begun.map_err(|error| failed(&error))?;
    while let Some(piece) = in_time(field.chunk()).await? {
        let size = upload.take(&piece).await.map_err(|error| failed(&error))?;
        if size > limit {
            return Err(Problem::too_large(limit));
        }
        room.used(piece.len() as u64).map_err(|error| failed(&error))?;
    }
    let taken = upload.finish().await.map_err(|error| failed(&error))?;
    Ok((name, taken))
}

pub(super) fn failed(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Problem::storage_full(),
        _ => Problem::unavailable(error),
    }
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
