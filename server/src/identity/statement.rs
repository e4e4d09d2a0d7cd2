//! The provider's signed statement of who signed in (an ID token, OpenID Connect Core 1.0 section 3.1.3.7).

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Deserializer};

use super::ProviderError;

/// What a statement must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
    pub(super) nonce: &'a str,
}

/// What it says of the person.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    pub(super) email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    pub(super) email_verified: bool,
    pub(super) name: Option<String>,
    /// The domain of the customer of Google Workspace that the account belongs to.
    hd: Option<String>,
    nonce: Option<String>,
    azp: Option<String>,
}

impl Claims {
    /// Whether the provider runs that address. Of any other it says only whose it was when it was verified, and may go on saying so when the
    /// address has become somebody else's.
    pub(super) fn runs(&self, email: &str) -> bool {
        let domain = email.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        let own = ["gmail.com", "googlemail.com"].contains(&domain.as_str());
        own || self.hd.as_ref().is_some_and(|hosted| !hosted.is_empty())
    }
}

/// Some providers write truth as text.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_bool().unwrap_or(value == "true"))
}

#[allow(clippy::needless_pass_by_value, reason = "errors and texts are handed over alike")]
fn bad(reason: impl ToString) -> ProviderError {
    ProviderError::Statement(reason.to_string())
}

/// Which key it says that it is signed with.
pub(super) fn key_of(id_token: &str) -> Result<String, ProviderError> {
    decode_header(id_token).map_err(bad)?.kid.ok_or_else(|| bad("it names no key"))
}

/// What it says, when it is signed by the provider (RS256 and nothing else), for this server, for this sign-in, and fresh.
pub(super) fn check(id_token: &str, keys: &JwkSet, expected: &Expected<'_>) -> Result<Claims, ProviderError> {
    let key = keys.find(&key_of(id_token)?).ok_or_else(|| bad("the provider has no such key"))?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[expected.audience]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_nbf = true;
    let claims =
        decode::<Claims>(id_token, &DecodingKey::from_jwk(key).map_err(bad)?, &validation).map_err(bad)?.claims;
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(bad("it is of another sign-in"));
    }
    if claims.azp.as_deref().is_some_and(|party| party != expected.audience) {
        return Err(bad("it was made for another program"));
    }
    Ok(claims)
}
