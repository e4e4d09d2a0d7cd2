//! What is kept of a store's customers, and for how long.

#![allow(unused_qualifications, reason = "what utoipa derives names types by their full paths")]

pub(super) mod erasures;
pub(super) mod export;
pub(super) mod requests;
pub(super) mod retention;
mod rows;

use std::collections::BTreeSet;

use aloftly_catalog::Tenant;
use aloftly_engine::StoreId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::App;
use crate::http::problem::Problem;
use crate::service::queries::Asker;

/// The customers that it is about: by their identities at the store, or all that have an address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Customers {
    /// As the store's platform names them: at most 1,000.
    #[schema(example = json!(["7199823410"]))]
    customer_ids: Option<Vec<String>>,
    /// Their e-mail address, in capitals or not.
    #[schema(example = "ann@example.com")]
    email: Option<String>,
}

impl Customers {
    /// Their identities.
    async fn find(self, app: &App, tenant: &Tenant, store: StoreId) -> Result<Vec<String>, Problem> {
        let email = match (self.customer_ids, self.email) {
            (Some(ids), None) => return Ok(ids),
            (None, Some(email)) => email,
            _ => return Err(Problem::invalid_field("", "must have either customer_ids or email")),
        };
        let lake = app.backend.store_lake(tenant, store);
        let found = app.queries.run(Asker::Organization(tenant.context().organization()), async move {
            lake.customers_with_email(&email).await
        });
        let found: BTreeSet<String> = found.await??;
        if found.is_empty() {
            return Err(Problem::invalid_field("/email", "is the address of no customer of this store"));
        }
        Ok(found.into_iter().collect())
    }
}
