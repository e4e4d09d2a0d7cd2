//! The only way to a tenant's rows.

use std::sync::Arc;

use aloftly_engine::lake::Manifest;
use sqlx::PgTransaction;
use uuid::Uuid;

use crate::catalog::{Catalog, Scope};
use crate::manifest::PgManifest;
use crate::{Actor, CatalogError, KeyScope, OrgRole, Permission, TenantContext, UserId, WorkspacePermission};

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
        match self.context.actor() {
            // What the program does with the lake by itself, a command at the terminal as well as a worker.
            Actor::System(_) => Arc::new(PgManifest::new(self.ingesting())),
            Actor::User { .. } | Actor::Key { .. } => Arc::new(PgManifest::new(self.clone())),
        }
    }

    /// The same rows, as far as bringing data in needs them.
    fn ingesting(&self) -> Self {
        Self { catalog: self.catalog.clone(), context: self.context.clone().ingesting() }
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The one function that opens a tenant's transaction.
    pub(crate) async fn begin(&self) -> Result<PgTransaction<'static>, CatalogError> {
        let organization = self.context.organization();
        let scope =
            if self.context.ingests() { Scope::Ingest(organization) } else { Scope::Organization(organization) };
        self.catalog.begin(scope).await
    }

    /// The person who acts.
    pub(crate) fn acting_person(&self) -> Result<UserId, CatalogError> {
        match self.context.actor() {
            Actor::User { id, .. } => Ok(id),
            Actor::Key { .. } | Actor::System(_) => Err(CatalogError::NeedsPerson),
        }
    }

    /// Which person asks for something or, where it is the program, why.
    pub(crate) fn asking(&self) -> Result<(Option<Uuid>, Option<&'static str>), CatalogError> {
        match self.context.actor() {
            Actor::User { id, .. } => Ok((Some(id.0), None)),
            Actor::System(reason) => Ok((None, Some(reason))),
            Actor::Key { .. } => Err(CatalogError::NeedsPerson),
        }
    }

    /// Keeps whatever else locks the organisation's row waiting until the transaction ends. Rows that belong to the organisation can
    /// be added meanwhile.
    pub(crate) async fn lock_organization(&self, transaction: &mut PgTransaction<'static>) -> Result<(), CatalogError> {
        let organization = self.context.organization().0;
        sqlx::query!("SELECT id FROM organizations WHERE id = $1 FOR NO KEY UPDATE", organization)
            .fetch_optional(&mut **transaction)
            .await?;
        Ok(())
    }

    /// Refuses an actor who may not do that.
    pub(crate) fn require(&self, permission: Permission) -> Result<(), CatalogError> {
        if self.context.may(permission) {
            return Ok(());
        }
        Err(self.lacks(permission.scope(), permission.least().as_str()))
    }

    /// Refuses an actor who may do that in no workspace.
    ///
    /// # Errors
    /// The role or the scope that it needs.
    pub fn require_somewhere(&self, permission: WorkspacePermission) -> Result<(), CatalogError> {
        if self.context.may_somewhere(permission) {
            return Ok(());
        }
        Err(self.lacks(permission.scope(), OrgRole::Member.as_str()))
    }

    /// What the actor lacks where a key needs that scope, and a person that role.
    pub(crate) fn lacks(&self, scope: Option<KeyScope>, role: &'static str) -> CatalogError {
        match (self.context.actor(), scope) {
            (Actor::Key { .. }, Some(scope)) => CatalogError::LacksScope(scope.as_str()),
            (Actor::Key { .. }, None) => CatalogError::NeedsPerson,
            (Actor::User { .. } | Actor::System(_), _) => CatalogError::Forbidden(role),
        }
    }
}
