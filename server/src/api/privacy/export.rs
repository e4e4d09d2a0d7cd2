//! What is kept of customers, for those who ask.

use std::collections::{BTreeMap, BTreeSet};

use aloftly_catalog::checked_customers;
use aloftly_engine::StoreId;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Customers, rows};
use crate::api::App;
use crate::http::json::Json;
use crate::http::path;
use crate::http::problem::{Problem, ProblemDocument};
use crate::http::session::Session;
use crate::service::queries::Asker;

/// Everything that is kept of customers.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CustomerData {
    store_id: Uuid,
    /// Their identities at the store.
    customer_ids: BTreeSet<String>,
    /// The rows that tell of them, by dataset. Datasets that tell nothing of them are left out.
    #[schema(value_type = BTreeMap<String, Vec<Object>>)]
    datasets: BTreeMap<&'static str, Vec<Value>>,
}

/// Everything that is kept of customers of a store, as a JSON file
///
/// For whoever is asked by a customer what is known of them. It is written down in the audit log, without who it was about.
#[utoipa::path(
    post,
    path = "/api/stores/{id}/customers/export",
    tag = "privacy",
    security(("session" = [])),
    params(("id" = Uuid, Path, description = "The store")),
    request_body = Customers,
    responses(
        (status = 200, description = "What is kept", body = CustomerData),
        (status = 400, description = "Malformed", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 401, description = "Not signed in", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 403, description = "For admins", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 404, description = "There is no such store", body = ProblemDocument<'static>, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong; or the address is of no customer", body = ProblemDocument<'static>, content_type = "application/problem+json"),
    )
)]
pub(in crate::api) async fn export_customers(
    State(app): State<App>,
    session: Session,
    Path(id): Path<String>,
    Json(given): Json<Customers>,
) -> Result<(HeaderMap, axum::Json<CustomerData>), Problem> {
    let (tenant, store): (_, StoreId) = (&session.tenant, path::id(&id)?);
    tenant.check_privacy(store).await?;
    let ids = checked_customers(&given.find(&app, tenant, store).await?);
    let ids = ids.map_err(|error| Problem::of_field(error, "customer_ids", "/customer_ids"))?;
    // Before anything is told.
    tenant.record_customer_export(store, ids.len()).await?;
    let lake = app.backend.store_lake(tenant, store);
    let told = app.queries.run(Asker::Organization(tenant.context().organization()), async move {
        let told = lake.rows_of_customers(&ids).await?;
        let mut datasets = BTreeMap::new();
        for (dataset, batches) in told {
            let rows = rows::objects(&batches).map_err(aloftly_engine::lake::LakeError::from)?;
            datasets.insert(dataset.name, rows);
        }
        Ok::<_, Problem>(CustomerData { store_id: store.0, customer_ids: ids, datasets })
    });
    let name = HeaderValue::from_static("attachment; filename=\"customer-data.json\"");
    let no_store = HeaderValue::from_static("no-store");
    let headers = [(header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, no_store)];
    Ok((headers.into_iter().collect(), axum::Json(told.await??)))
}
