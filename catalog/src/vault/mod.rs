//! The vault: what is kept sealed, such as the credentials of connections to sources.
//!
//! A credential is sealed under a data key of its tenant, and a data key is wrapped by a master key, which is never in the database
//! ([`MasterKeys`]). Data keys that belong to no tenant have a purpose instead ([`SystemPurpose`]). Tenant, connection, field and key are
//! associated with what is sealed, so that a row that was changed, or put into another's place, is an error and never another text.
//!
//! Promises: what is sealed is opened for the program itself alone ([`crate::Tenant::reveal_credentials`]), for no person and through no API; no
//! error, no `Debug` and no log line shows it or a key; both kinds of keys can be rotated beside running servers ([`crate::Catalog::rotate_keys`]),
//! which can be cut off anywhere and begun again.
//!
//! Leaves out: where master keys come from, which is for whoever makes the [`crate::Catalog`].

mod credentials;
mod error;
mod local;
mod master;
mod reseal;
mod rotate;
mod seal;
mod system_keys;
mod tenant_keys;
mod usage;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use uuid::Uuid;

pub use self::credentials::CredentialField;
pub use self::error::{MasterKeyFault, VaultError};
pub use self::local::LocalMasterKeys;
pub use self::master::{KEY_BYTES, KeyBytes, MasterKeys, Wrapped};
pub use self::rotate::{KeyRotation, Rotated};
pub use self::seal::{DataKey, Sealed};
pub use self::system_keys::SystemPurpose;
pub(crate) use self::usage::check_master_keys;
pub use self::usage::{KeyUsage, MasterKeyUse};
use crate::{CatalogError, OrganizationId};

/// How many data keys are kept unwrapped.
const KEPT: u64 = 1_000;
/// For how long, whoever uses them.
const KEPT_FOR: Duration = Duration::from_secs(600);

/// Whose a data key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Owner {
    Tenant(OrganizationId),
    System(SystemPurpose),
}

/// Wraps and unwraps data keys, and keeps those in memory that were used lately.
pub(crate) struct Vault {
    masters: Arc<dyn MasterKeys>,
    opened: Cache<(Owner, Uuid), Arc<DataKey>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("masters", &self.masters).finish_non_exhaustive()
    }
}

impl Vault {
    pub(crate) fn new(masters: Arc<dyn MasterKeys>) -> Self {
        Self { masters, opened: Cache::builder().max_capacity(KEPT).time_to_live(KEPT_FOR).build() }
    }

    fn masters(&self) -> &dyn MasterKeys {
        &*self.masters
    }

    /// A new data key, wrapped. It is kept nowhere yet.
    async fn make(&self, owner: Owner, id: Uuid) -> Result<Wrapped, VaultError> {
        self.masters.wrap(&seal::random_key()?, &place(owner, id)).await
    }

    /// A data key that was used lately.
    fn kept(&self, owner: Owner, id: Uuid) -> Option<Arc<DataKey>> {
        self.opened.get(&(owner, id))
    }

    /// A data key that the database has.
    async fn open(&self, owner: Owner, id: Uuid, wrapped: &Wrapped) -> Result<Arc<DataKey>, VaultError> {
        if let Some(key) = self.kept(owner, id) {
            return Ok(key);
        }
        let bytes = self.masters.unwrap(wrapped, &place(owner, id)).await?;
        let key = Arc::new(DataKey::new(id, bytes));
        self.opened.insert((owner, id), Arc::clone(&key));
        Ok(key)
    }

    /// The same data key, wrapped by the master key that wraps now.
    async fn wrap_again(&self, owner: Owner, id: Uuid, wrapped: &Wrapped) -> Result<Wrapped, VaultError> {
        let place = place(owner, id);
        let bytes = self.masters.unwrap(wrapped, &place).await?;
        self.masters.wrap(&bytes, &place).await
    }
}

/// What a data key is wrapped for.
fn place(owner: Owner, id: Uuid) -> Vec<u8> {
    match owner {
        Owner::Tenant(organization) => seal::associated(&[b"tenant key", organization.0.as_bytes(), id.as_bytes()]),
        Owner::System(purpose) => seal::associated(&[b"system key", purpose.as_str().as_bytes(), id.as_bytes()]),
    }
}

impl From<VaultError> for CatalogError {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}
