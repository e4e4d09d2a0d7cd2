//! Tokens: made of 256 random bits, and kept as their SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use crate::CatalogError;

/// How many characters [`random`] gives.
pub(crate) const LENGTH: usize = 43;

/// 256 random bits in letters, digits, dashes and underscores.
pub(crate) fn random() -> Result<String, CatalogError> {
    let mut bytes = [0; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| CatalogError::Secret(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a token.
pub(crate) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
