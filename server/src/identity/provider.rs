//! The way to the provider and back.

use std::sync::Arc;
use std::time::Duration;

use aloftly_catalog::{Identity, NewIdentity};
use jsonwebtoken::jwk::JwkSet;
use moka::future::Cache;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::fetch::Fetch;
use super::statement::{self, Expected};

/// How long it is believed where the provider's addresses are, and which keys it signs with.
const METADATA: Duration = Duration::from_secs(3_600);

/// Why somebody could not be signed in by the provider.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be reached, or answers with an error.
    #[error("the identity provider cannot be reached")]
    Unreachable(#[from] reqwest::Error),
    /// It refuses the code.
    #[error("the identity provider refuses the code: {0}")]
    Refused(String),
    /// Its answer cannot be understood.
    #[error("the identity provider's answer cannot be understood: {0}")]
    Nonsense(String),
    /// What it signed is not what was asked for.
    #[error("the identity provider's statement is not good: {0}")]
    Statement(String),
    /// It has not verified the person's address.
    #[error("the identity provider has not verified the address")]
    UnverifiedEmail,
}

/// What has to be known again when the person comes back.
#[derive(Clone, Deserialize, Serialize)]
pub struct Departure {
    verifier: String,
    nonce: String,
}

/// Where the provider's addresses are (OpenID Connect Discovery).
#[derive(Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// What comes with an access token.
#[derive(Debug, Deserialize, Serialize)]
struct WithStatement {
    id_token: String,
}

impl ExtraTokenFields for WithStatement {}

type Tokens = StandardTokenResponse<WithStatement, BasicTokenType>;
type OidcClient = Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// An OpenID provider, as this server is known to it.
#[derive(Clone, Debug)]
pub struct Provider {
    fetch: Fetch,
    issuer: String,
    client_id: String,
    client_secret: SecretString,
    /// Where people come back to.
    redirect: String,
    metadata: Cache<(), Arc<Metadata>>,
    keys: Cache<String, Arc<JwkSet>>,
}

impl std::fmt::Debug for Metadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Metadata({})", self.issuer)
    }
}

impl Provider {
    /// The provider at `issuer`, from which people come back to `redirect`.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn new(
        issuer: &str,
        client_id: &str,
        client_secret: SecretString,
        redirect: String,
    ) -> Result<Self, ProviderError> {
        Ok(Self {
            fetch: Fetch::new()?,
            issuer: issuer.trim_end_matches('/').to_owned(),
            client_id: client_id.to_owned(),
            client_secret,
            redirect,
            metadata: Cache::builder().max_capacity(1).time_to_live(METADATA).build(),
            keys: Cache::builder().max_capacity(4).time_to_live(METADATA).build(),
        })
    }

    /// Prepares somebody's way there: what has to be known when they come back, and with what their browser is to be sent.
    #[must_use]
    pub fn departure() -> (Departure, PkceCodeChallenge) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random().secret().clone();
        (Departure { verifier: verifier.secret().clone(), nonce }, challenge)
    }

    /// Where to send a browser, with the state that it has to bring back.
    ///
    /// # Errors
    /// The provider cannot be reached.
    pub async fn address(
        &self,
        departure: &Departure,
        challenge: PkceCodeChallenge,
        state: &str,
    ) -> Result<Url, ProviderError> {
        let client = self.client().await?;
        let request = client.authorize_url(|| CsrfToken::new(state.to_owned()));
        let scopes = ["openid", "email", "profile"].map(|scope| Scope::new(scope.to_owned()));
        let request = request.add_scopes(scopes).set_pkce_challenge(challenge);
        let (address, _) =
            request.add_extra_param("nonce", &departure.nonce).add_extra_param("prompt", "select_account").url();
        Ok(address)
    }

    /// Who it was that came back with the code.
    ///
    /// # Errors
    /// The provider cannot be reached, refuses the code, or what it says is not good.
    pub async fn arrival(&self, departure: &Departure, code: &str) -> Result<NewIdentity, ProviderError> {
        let client = self.client().await?;
        let fetch = self.fetch.clone();
        let http = move |request| {
            let fetch = fetch.clone();
            async move { fetch.exchange(request).await }
        };
        let exchange = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(departure.verifier.clone()));
        let tokens = exchange.request_async(&http).await.map_err(|error| match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::ServerResponse(refusal) => ProviderError::Refused(refusal.error().to_string()),
            other => ProviderError::Nonsense(other.to_string()),
        })?;
        self.check(&tokens.extra_fields().id_token, &departure.nonce).await
    }

    async fn check(&self, id_token: &str, nonce: &str) -> Result<NewIdentity, ProviderError> {
        let metadata = self.metadata().await?;
        let expected = Expected { issuer: &metadata.issuer, audience: &self.client_id, nonce };
        let key = statement::key_of(id_token)?;
        let keys = self.keys(&metadata.jwks_uri).await?;
        // The provider may have begun to sign with another key just now.
        let keys = if keys.find(&key).is_some() {
            keys
        } else {
            self.keys.invalidate(&metadata.jwks_uri).await;
            self.keys(&metadata.jwks_uri).await?
        };
        let claims = statement::check(id_token, &keys, &expected)?;
        let email = claims.email.clone().filter(|_| claims.email_verified).ok_or(ProviderError::UnverifiedEmail)?;
        let runs_email = claims.runs(&email);
        let identity = Identity { issuer: metadata.issuer.clone(), subject: claims.sub };
        let name = claims.name.filter(|name| !name.trim().is_empty());
        let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
        Ok(NewIdentity { identity, email, runs_email, name })
    }

    async fn client(&self) -> Result<OidcClient, ProviderError> {
        let metadata = self.metadata().await?;
        let wrong = |error: url::ParseError| ProviderError::Nonsense(error.to_string());
        Ok(Client::new(ClientId::new(self.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.client_secret.expose_secret().to_owned()))
            .set_auth_uri(AuthUrl::new(metadata.authorization_endpoint.clone()).map_err(wrong)?)
            .set_token_uri(TokenUrl::new(metadata.token_endpoint.clone()).map_err(wrong)?)
            .set_redirect_uri(RedirectUrl::new(self.redirect.clone()).map_err(wrong)?))
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        if let Some(known) = self.metadata.get(&()).await {
            return Ok(known);
        }
        let address = format!("{}/.well-known/openid-configuration", self.issuer);
        let metadata: Metadata = self.fetch.json(&address).await?;
        if metadata.issuer.trim_end_matches('/') != self.issuer {
            return Err(ProviderError::Nonsense(format!("it calls itself {}", metadata.issuer)));
        }
        let metadata = Arc::new(metadata);
        self.metadata.insert((), Arc::clone(&metadata)).await;
        Ok(metadata)
    }

    async fn keys(&self, address: &str) -> Result<Arc<JwkSet>, ProviderError> {
        if let Some(known) = self.keys.get(address).await {
            return Ok(known);
        }
        let keys = Arc::new(self.fetch.json::<JwkSet>(address).await?);
        self.keys.insert(address.to_owned(), Arc::clone(&keys)).await;
        Ok(keys)
    }
}
