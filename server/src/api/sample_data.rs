//! Made-up data in a store.

use aloftly_engine::StoreId;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::App;
use super::imports::Import;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;
use crate::sampling;

/// Fills an empty store with made-up data, for a first look
#[utoipa::path(
    post,
    path = "/api/stores/{id}/sample-data",
    tag = "imports",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The store")),
    responses(
        (status = 202, description = "Queued; `Location` tells how far it is", body = Import),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "One may see the store, but not import into it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`has_data`: the store has data or a connection. `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 429, description = "`too_much_waiting`: too much of the organisation's waits to be imported", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 507, description = "`storage_full`: the server has no room for files at the moment", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn add_sample_data(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<(StatusCode, HeaderMap, Json<Import>), Problem> {
    let store: StoreId = path::id(&id)?;
    let imports = sampling::add(&app.backend, &app.uploads, &session.tenant, store).await?;
    for import in &imports {
        app.queue.queued(session.tenant.context().organization(), import.id);
    }
    let first = imports.into_iter().next().ok_or_else(|| Problem::of(StatusCode::INTERNAL_SERVER_ERROR))?;
    let location = HeaderValue::from_str(&format!("/api/imports/{}", first.id)).map_err(|e| Problem::internal(&e))?;
    let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
    Ok((StatusCode::ACCEPTED, headers, Json(first.into())))
}

/// Erases the made-up data of a store
#[utoipa::path(
    delete,
    path = "/api/stores/{id}/sample-data",
    tag = "imports",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The store")),
    responses(
        (status = 204, description = "It is empty again"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "One may see the store, but not import into it", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store, or not for you", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 409, description = "`not_sample`: the data of the store are not made up. `being_imported`: they are on their way. `role_changed`: one's role was changed meanwhile", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(super) async fn remove_sample_data(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let store: StoreId = path::id(&id)?;
    // Once it has begun it is ended, even if the caller goes away.
    let removing =
        tokio::spawn(async move { sampling::remove(&app.backend, &app.uploads, &session.tenant, store).await });
    removing.await.map_err(|error| Problem::internal(&error))??;
    Ok(StatusCode::NO_CONTENT)
}
