//! Rotating keys, beside servers that use them.
//!
//! Rotating master keys wraps every data key anew, under the master key that wraps now, after which the others can be taken away. Rotating
//! data keys gives each tenant another one besides, and seals its credentials anew (`reseal.rs`).
//!
//! Each step is a transaction that takes nothing for granted: it changes what it read if that is as it was. So a rotation can be cut off
//! anywhere, and two can run at once. Which tenants already have a key of a rotation of data keys is in their keys' rows, so that one that is
//! begun again goes on.

use uuid::Uuid;

use super::{Owner, SystemPurpose, VaultError, Wrapped};
use crate::audit::{AuditAction, Done};
use crate::catalog::Scope;
use crate::{Catalog, CatalogError, OrganizationId, SystemContext, Tenant};

/// What a rotation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRotation {
    /// Whether tenants get new data keys, and not only all data keys another wrapping.
    pub data: bool,
    /// How many credentials are sealed anew in one transaction.
    pub batch: u32,
    /// After how many transactions it stops, done or not.
    pub steps: u64,
}

impl Default for KeyRotation {
    /// Master keys alone, to the end.
    fn default() -> Self {
        Self { data: false, batch: 200, steps: u64::MAX }
    }
}

/// What a rotation has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Data keys that were wrapped anew.
    pub rewrapped: u64,
    /// Tenants that got a new data key.
    pub replaced: u64,
    /// Credentials that were sealed anew.
    pub resealed: u64,
    /// Data keys that nothing is sealed under any more and that were deleted.
    pub removed: u64,
    /// Keys and credentials that could not be opened, and were left as they are.
    pub unreadable: u64,
    /// Whether nothing is left to do, but for what could not be opened.
    pub is_finished: bool,
}

/// A rotation that runs.
pub(super) struct Rotating<'r> {
    pub(super) catalog: &'r Catalog,
    pub(super) rotation: KeyRotation,
    pub(super) done: Rotated,
    taken: u64,
    report: &'r mut (dyn FnMut(&Rotated) + Send),
}

impl Catalog {
    /// Wraps every data key under the master key that wraps now and, if that is wanted, gives every tenant another data key. `report` hears
    /// after each step what was done so far.
    ///
    /// # Errors
    /// When the database or the master key is unavailable. What cannot be opened is counted, and its place is in the log.
    pub async fn rotate_keys(
        &self,
        rotation: KeyRotation,
        report: &mut (dyn FnMut(&Rotated) + Send),
    ) -> Result<Rotated, CatalogError> {
        let mut rotating = Rotating { catalog: self, rotation, done: Rotated::default(), taken: 0, report };
        rotating.done.is_finished = rotating.run().await?;
        Ok(rotating.done)
    }

    /// The program itself, as it works on an organisation's keys.
    fn keeper(&self, organization: OrganizationId) -> Tenant {
        self.tenant(SystemContext::new(organization, "a rotation of keys"))
    }
}

impl Rotating<'_> {
    /// Whether it came to the end.
    async fn run(&mut self) -> Result<bool, CatalogError> {
        // Before anything is done, so that it is known to have begun.
        let id = if self.rotation.data { Some(self.begin().await?) } else { None };
        for organization in self.wrapped_otherwise().await? {
            if !self.rewrap_tenant(&self.catalog.keeper(organization)).await? {
                return Ok(false);
            }
        }
        if !self.rewrap_system().await? {
            return Ok(false);
        }
        let Some(id) = id else { return Ok(true) };
        for organization in self.due(id).await? {
            if !self.renew_tenant(&self.catalog.keeper(organization), id).await? {
                return Ok(false);
            }
        }
        // With what cannot be opened, too: it keeps its key, and must not keep the next rotation from beginning.
        self.finish(id).await?;
        Ok(true)
    }

    /// Counts a transaction that is over. Whether another may begin.
    pub(super) fn step(&mut self) -> bool {
        self.taken += 1;
        (self.report)(&self.done);
        self.taken < self.rotation.steps
    }

    /// Goes on when something is damaged: the rest must not wait for it.
    pub(super) fn pass_over<T>(
        &mut self,
        result: Result<T, CatalogError>,
        organization: Option<OrganizationId>,
        what: impl FnOnce() -> String,
    ) -> Result<Option<T>, CatalogError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(CatalogError::Vault(VaultError::Damaged(_))) => {
                self.done.unreadable += 1;
                let organization = organization.map(|id| id.to_string());
                tracing::error!(organization, what = what(), "cannot be opened, and is left as it is");
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// The rotation of data keys that is not finished, or a new one.
    async fn begin(&self) -> Result<Uuid, CatalogError> {
        let mut transaction = self.catalog.begin(Scope::System).await?;
        sqlx::query!(
            "INSERT INTO key_rotations (id, started_at) VALUES ($1, $2)
            ON CONFLICT ((finished_at IS NULL)) WHERE finished_at IS NULL DO NOTHING",
            self.catalog.clock().new_id(),
            self.catalog.clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        let id = sqlx::query_scalar!("SELECT id FROM key_rotations WHERE finished_at IS NULL")
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(id)
    }

    async fn finish(&self, id: Uuid) -> Result<(), CatalogError> {
        let mut transaction = self.catalog.begin(Scope::System).await?;
        sqlx::query!(
            "UPDATE key_rotations SET finished_at = greatest(started_at, $2) WHERE id = $1 AND finished_at IS NULL",
            id,
            self.catalog.clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Tenants with a data key that another master key wrapped.
    async fn wrapped_otherwise(&self) -> Result<Vec<OrganizationId>, CatalogError> {
        let mut transaction = self.catalog.begin(Scope::System).await?;
        let found = sqlx::query_scalar!(
            "SELECT DISTINCT org_id FROM tenant_keys WHERE master_key_id <> $1 ORDER BY org_id",
            self.catalog.vault().masters().current(),
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(found.into_iter().map(OrganizationId).collect())
    }

    /// Tenants whose key that rotation did not make, or that still have retired ones.
    async fn due(&self, id: Uuid) -> Result<Vec<OrganizationId>, CatalogError> {
        let mut transaction = self.catalog.begin(Scope::System).await?;
        let found = sqlx::query_scalar!(
            "SELECT DISTINCT org_id FROM tenant_keys WHERE state = 'retired' OR rotation_id IS DISTINCT FROM $1 ORDER BY org_id",
            id,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(found.into_iter().map(OrganizationId).collect())
    }

    async fn rewrap_tenant(&mut self, tenant: &Tenant) -> Result<bool, CatalogError> {
        let organization = tenant.context().organization();
        let current = self.catalog.vault().masters().current().to_owned();
        let mut transaction = tenant.begin().await?;
        let rows = sqlx::query!(
            "SELECT id, master_key_id, wrapped FROM tenant_keys WHERE org_id = $1 AND master_key_id <> $2 ORDER BY id",
            organization.0,
            current,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        for row in rows {
            let before = Wrapped { master_key_id: row.master_key_id, bytes: row.wrapped };
            let after = self.catalog.vault().wrap_again(Owner::Tenant(organization), row.id, &before).await;
            let after =
                self.pass_over(after.map_err(Into::into), Some(organization), || format!("data key {}", row.id))?;
            let Some(after) = after else { continue };
            let mut transaction = tenant.begin().await?;
            let changed = sqlx::query!(
                "UPDATE tenant_keys SET master_key_id = $3, wrapped = $4 WHERE org_id = $1 AND id = $2 AND wrapped = $5",
                organization.0,
                row.id,
                after.master_key_id,
                after.bytes,
                before.bytes,
            )
            .execute(&mut *transaction)
            .await?;
            if changed.rows_affected() > 0 {
                let done = Done::new(AuditAction::KeysRotated).to(row.id, "data key").with("what", "master");
                let done = done.with("from", before.master_key_id).with("to", after.master_key_id);
                tenant.record(&mut transaction, done).await?;
                self.done.rewrapped += 1;
            }
            transaction.commit().await?;
            if !self.step() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn rewrap_system(&mut self) -> Result<bool, CatalogError> {
        let current = self.catalog.vault().masters().current().to_owned();
        let mut transaction = self.catalog.begin(Scope::System).await?;
        let rows = sqlx::query!(
            "SELECT purpose, id, master_key_id, wrapped FROM system_keys WHERE master_key_id <> $1 ORDER BY purpose, id",
            current,
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        for row in rows {
            let owner = Owner::System(SystemPurpose::parse(&row.purpose)?);
            let before = Wrapped { master_key_id: row.master_key_id, bytes: row.wrapped };
            let after = self.catalog.vault().wrap_again(owner, row.id, &before).await;
            let after = self.pass_over(after.map_err(Into::into), None, || format!("data key {}", row.id))?;
            let Some(after) = after else { continue };
            let mut transaction = self.catalog.begin(Scope::System).await?;
            let changed = sqlx::query!(
                "UPDATE system_keys SET master_key_id = $3, wrapped = $4 WHERE purpose = $1 AND id = $2 AND wrapped = $5",
                row.purpose,
                row.id,
                after.master_key_id,
                after.bytes,
                before.bytes,
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            self.done.rewrapped += changed.rows_affected();
            if !self.step() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
