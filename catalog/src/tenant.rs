//! The only way to a tenant's rows.

use std::sync::Arc;

use aloftly_engine::lake::Manifest;
use sqlx::PgTransaction;

use crate::catalog::{Catalog, Scope};
use crate::manifest::PgManifest;
use crate::{CatalogError, Permission, TenantContext};

/// One organisation's rows, as far as the context's actor may see them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tenant {
    catalog: Catalog,
    context: TenantContext,
}

impl Tenant {
    pub(crate) fn new(catalog: Catalog, context: TenantContext) -> Self {
        Self { catalog, context }
    }

    /// On whose behalf.
    #[must_use]
    pub fn context(&self) -> &TenantContext {
        &self.context
    }

    /// Which segments the tenant's stores have. Stores that the actor may not see are unknown to it; publishing to one that the
    /// actor may only read is refused.
    #[must_use]
    pub fn manifest(&self) -> Arc<dyn Manifest> {
        Arc::new(PgManifest::new(self.clone()))
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The one function that opens a tenant's transaction.
    pub(crate) async fn begin(&self) -> Result<PgTransaction<'static>, CatalogError> {
        self.catalog.begin(Scope::Organization(self.context.organization())).await
    }

    /// Refuses an actor who may not do that.
    pub(crate) fn require(&self, permission: Permission) -> Result<(), CatalogError> {
        if self.context.may(permission) { Ok(()) } else { Err(CatalogError::Forbidden(permission.least().as_str())) }
    }
}
