//! Access tokens: JWTs of ten minutes that name a session.
//!
//! Algorithm, issuer and audience are the only ones that are read; the key is the one of this system that the header names, and nothing else of
//! the header counts.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::AccessToken;
use crate::sessions::{Authenticated, SessionInfo};
use crate::{
    Catalog, CatalogError, DataKey, OrganizationId, SessionId, SystemPurpose, TenantContext, UserId, VaultError,
};

const ISSUER: &str = "aloftly";
const AUDIENCE: &str = "aloftly-api";
/// How long a token is good for.
pub(super) const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How far the clocks of servers may differ.
const SKEW: TimeDelta = TimeDelta::seconds(30);
/// The longest text that is looked at, in bytes. Ours have some 500.
const LONGEST: usize = 4096;

/// What a token says. Times are in seconds since 1970.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    org: Uuid,
    role: String,
    sid: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The session that a token names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) organization: OrganizationId,
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
}

impl Catalog {
    /// Who holds that access token.
    ///
    /// # Errors
    /// [`CatalogError::Unauthenticated`] when it is none of ours, its time is over, or its session has ended; otherwise when the database is
    /// unavailable.
    pub async fn authenticate_access(&self, token: &str) -> Result<(TenantContext, SessionInfo), CatalogError> {
        let Authenticated { context, session, .. } = self.shared_program_session(token, false).await?;
        Ok((context, session))
    }

    /// Who holds that access token, and which stores they may ask about.
    ///
    /// # Errors
    /// Those of [`Catalog::authenticate_access`].
    pub async fn authenticate_access_reader(&self, token: &str) -> Result<Authenticated, CatalogError> {
        self.shared_program_session(token, true).await
    }

    async fn shared_program_session(&self, token: &str, with_stores: bool) -> Result<Authenticated, CatalogError> {
        let (named, catalog) = (self.read_access_token(token).await?, self.clone());
        let read = move || {
            let catalog = catalog.clone();
            async move { catalog.read_program_session(named, with_stores).await }
        };
        // Never the same as what a cookie asks for, whatever that says.
        let mut hash = Sha256::new();
        hash.update(b"access token\0");
        hash.update(token.as_bytes());
        self.shared_sessions()
            .get((hash.finalize().into(), with_stores), read)
            .await?
            .ok_or(CatalogError::Unauthenticated)
    }

    /// The session that a token names, when the token is ours and its time is now.
    async fn read_access_token(&self, token: &str) -> Result<Named, CatalogError> {
        let refused = || CatalogError::Unauthenticated;
        if token.len() > LONGEST {
            return Err(refused());
        }
        let header = decode_header(token).map_err(|_| refused())?;
        let kid = header.kid.and_then(|kid| kid.parse().ok()).ok_or_else(refused)?;
        if header.alg != Algorithm::HS256 || header.crit.is_some() {
            return Err(refused());
        }
        let key = self.system_key_of(SystemPurpose::Tokens, kid).await.map_err(|error| match error {
            CatalogError::Vault(VaultError::NoSuchKey(_)) => refused(),
            other => other,
        })?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "nbf", "exp"]);
        // The library reads the machine's clock: its time is looked at below.
        validation.validate_exp = false;
        let decoded = decode::<Claims>(token, &DecodingKey::from_secret(&*signing_key(&key)?), &validation);
        let claims = decoded.map_err(|_| refused())?.claims;
        let now = self.clock().now();
        if claims.exp <= now.timestamp() || claims.nbf > (now + SKEW).timestamp() {
            return Err(refused());
        }
        Ok(Named { organization: claims.org.into(), session: claims.sid.into(), user: claims.sub.into() })
    }

    /// Signs whatever a test wants.
    #[cfg(feature = "testing")]
    pub(crate) async fn sign_anything(&self, header: &str, claims: &str) -> Result<String, CatalogError> {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let key = self.system_key(SystemPurpose::Tokens).await?;
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = mac(&*signing_key(&key)?, message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(*signature)))
    }
}

/// A token for that session, from now on.
pub(super) fn issue(key: &DataKey, session: &SessionInfo, now: DateTime<Utc>) -> Result<AccessToken, CatalogError> {
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: session.user.id.0,
        org: session.organization.0,
        role: session.role.as_str().to_owned(),
        sid: session.id.0,
        iat: now.timestamp(),
        nbf: now.timestamp(),
        exp: (now + LIFETIME).timestamp(),
    };
    let header = Header { kid: Some(key.id().to_string()), ..Header::new(Algorithm::HS256) };
    let signed = encode(&header, &claims, &EncodingKey::from_secret(&*signing_key(key)?));
    Ok(AccessToken(signed.map_err(|error| CatalogError::Secret(error.to_string()))?))
}

/// What tokens are signed with: derived, so that nothing else is ever done with it.
fn signing_key(key: &DataKey) -> Result<Zeroizing<[u8; 32]>, CatalogError> {
    mac(key.bytes(), b"aloftly access tokens 1")
}

fn mac(key: &[u8], message: &[u8]) -> Result<Zeroizing<[u8; 32]>, CatalogError> {
    let mut mac = <Hmac<Sha256>>::new_from_slice(key).map_err(|error| CatalogError::Secret(error.to_string()))?;
    mac.update(message);
    Ok(Zeroizing::new(mac.finalize().into_bytes().into()))
}
