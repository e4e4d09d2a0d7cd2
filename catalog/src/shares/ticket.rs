//! Passwords of shares: what whoever knew one is given in its place, so that the password is sent once and kept nowhere.
//!
//! A ticket is a signed statement, until when somebody may see one share. The hash of the password is signed with it, so that another password
//! ends all tickets; and the share is looked at each time, as without a password.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::open::ShareVisit;
use crate::{Catalog, CatalogError, DataKey, ShareId, SystemPurpose, VaultError, passwords};

/// How long a ticket is good for.
const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// The parts of a ticket in bytes: which key signed it, until when it is good in seconds since 1970, and the signature.
const KEY: usize = 16;
const EXPIRY: usize = 8;
const SIGNATURE: usize = 32;

type Signature = Hmac<Sha256>;

/// What shows that a share's password was known. Kept nowhere, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareTicket {
    token: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

impl ShareTicket {
    /// The ticket itself: letters, digits, dashes and underscores.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.token
    }
}

impl std::fmt::Debug for ShareTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShareTicket(hidden)")
    }
}

/// A share that is there, and what its password is held against.
#[derive(Clone)]
pub struct ShareLock {
    /// Which share.
    pub share: ShareId,
    password_hash: Option<String>,
}

impl std::fmt::Debug for ShareLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShareLock").field("share", &self.share).finish_non_exhaustive()
    }
}

impl Catalog {
    /// The lock of the share that has that token, so that attempts at it can be counted.
    ///
    /// # Errors
    /// [`CatalogError::LinkExpired`] as of [`Catalog::open_share`]; otherwise when the database is unavailable.
    pub async fn share_lock(&self, visit: &ShareVisit<'_>) -> Result<ShareLock, CatalogError> {
        let (transaction, found) = self.find_living(visit).await?;
        transaction.commit().await?;
        Ok(ShareLock { share: found.id, password_hash: found.password_hash })
    }

    /// A ticket for whoever knows the share's password. A share that wants none gives one to everybody.
    ///
    /// # Errors
    /// [`CatalogError::InvalidCredentials`] when the password is wrong; otherwise when the database or the master key is unavailable.
    pub async fn unlock_share(&self, lock: &ShareLock, password: &str) -> Result<ShareTicket, CatalogError> {
        let hash = lock.password_hash.clone();
        if hash.is_some() && !passwords::verify(self, password, hash).await? {
            return Err(CatalogError::InvalidCredentials);
        }
        let key = self.system_key(SystemPurpose::Tokens).await?;
        let expires_at = self.clock().now() + LIFETIME;
        let expiry = expires_at.timestamp();
        let signature = sign(&key, lock.share, expiry, lock.password_hash.as_deref())?.finalize().into_bytes();
        let bytes = [&key.id().as_bytes()[..], &expiry.to_be_bytes()[..], &signature[..]].concat();
        // To the second, as it is signed.
        let expires_at = DateTime::from_timestamp(expiry, 0).unwrap_or(expires_at);
        Ok(ShareTicket { token: URL_SAFE_NO_PAD.encode(bytes), expires_at })
    }

    /// What a ticket says, and the key that it is held against. `None` where it is none of ours, or its time is over.
    pub(super) async fn read_ticket(&self, ticket: &str) -> Result<Option<ReadTicket>, CatalogError> {
        let Some(mut read) = parse(ticket) else { return Ok(None) };
        if read.expiry <= self.clock().now().timestamp() {
            return Ok(None);
        }
        read.key = match self.system_key_of(SystemPurpose::Tokens, read.key_id).await {
            Ok(key) => Some(key),
            Err(CatalogError::Vault(VaultError::NoSuchKey(_))) => return Ok(None),
            Err(other) => return Err(other),
        };
        Ok(Some(read))
    }
}

/// A ticket that was taken apart. Whether its signature is good is known once the share is.
pub(super) struct ReadTicket {
    key_id: Uuid,
    expiry: i64,
    signature: [u8; SIGNATURE],
    key: Option<Arc<DataKey>>,
}

impl ReadTicket {
    /// Whether it was given for that share and that password.
    pub(super) fn is_of(&self, share: ShareId, password_hash: &str) -> Result<bool, CatalogError> {
        let Some(key) = &self.key else { return Ok(false) };
        let signed = sign(key, share, self.expiry, Some(password_hash))?;
        Ok(signed.verify_slice(&self.signature).is_ok())
    }
}

fn parse(ticket: &str) -> Option<ReadTicket> {
    // So that nobody has megabytes decoded.
    if ticket.len() > 100 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(ticket).ok()?;
    let (key_id, rest) = bytes.split_first_chunk::<KEY>()?;
    let (expiry, signature) = rest.split_first_chunk::<EXPIRY>()?;
    Some(ReadTicket {
        key_id: Uuid::from_bytes(*key_id),
        expiry: i64::from_be_bytes(*expiry),
        signature: signature.try_into().ok()?,
        key: None,
    })
}

/// What is signed, each part of a length of its own but the last.
fn sign(key: &DataKey, share: ShareId, expiry: i64, password_hash: Option<&str>) -> Result<Signature, CatalogError> {
    // Derived, so that nothing else is ever done with it.
    let mut derived = keyed(key.bytes())?;
    derived.update(b"aloftly share tickets 1");
    let mut signed = keyed(&derived.finalize().into_bytes())?;
    signed.update(share.0.as_bytes());
    signed.update(&expiry.to_be_bytes());
    signed.update(password_hash.unwrap_or_default().as_bytes());
    Ok(signed)
}

fn keyed(key: &[u8]) -> Result<Signature, CatalogError> {
    Signature::new_from_slice(key).map_err(|error| CatalogError::Secret(error.to_string()))
}
