//! Master keys: what wraps data keys, wherever it is kept.

use std::fmt;

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::VaultError;

/// The length of a data key, in bytes.
pub const KEY_BYTES: usize = 32;

/// The bytes of a data key. They are wiped when they are dropped.
pub type KeyBytes = Zeroizing<[u8; KEY_BYTES]>;

/// A data key as the database keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The master key that wrapped it.
    pub master_key_id: String,
    /// What the master key made of it.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Wrapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wrapped").field("master_key_id", &self.master_key_id).finish_non_exhaustive()
    }
}

/// Keeps master keys, and wraps data keys with them: a file, an environment variable, a service that lets no key out.
///
/// One of the keys wraps; the others unwrap what they wrapped before. What was wrapped with other associated data, or was changed, must be
/// refused.
#[async_trait]
pub trait MasterKeys: Send + Sync + fmt::Debug {
    /// The identity of the key that wraps: 1 to 512 characters, none of them secret.
    fn current(&self) -> &str;

    /// Whether it can unwrap what that key wrapped.
    fn knows(&self, master_key_id: &str) -> bool;

    /// Wraps a data key with the current master key.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when whoever keeps the key does not answer, [`VaultError::Unsealable`] when the machine is at fault.
    async fn wrap(&self, key: &KeyBytes, associated: &[u8]) -> Result<Wrapped, VaultError>;

    /// What was wrapped with these associated data.
    ///
    /// # Errors
    /// [`VaultError::MissingMasterKeys`] when it has no such key, [`VaultError::Damaged`] when it was wrapped otherwise,
    /// [`VaultError::Unavailable`] when whoever keeps the key does not answer.
    async fn unwrap(&self, wrapped: &Wrapped, associated: &[u8]) -> Result<KeyBytes, VaultError>;
}
