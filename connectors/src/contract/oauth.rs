//! Signing in to a provider by OAuth's authorization code.

use std::collections::BTreeMap;

use async_trait::async_trait;
use url::Url;

use super::{App, Calls, Credentials, Failure};

/// What a person is sent to the provider with.
#[derive(Clone, Debug)]
pub struct Authorization<'a> {
    /// What the form said, by the names of its fields.
    pub fields: &'a BTreeMap<String, String>,
    /// The one-time text that the provider sends back.
    pub state: &'a str,
    /// The S256 challenge of PKCE (RFC 7636), for providers that take one.
    pub challenge: &'a str,
    /// Where the provider sends the person back to.
    pub redirect: &'a Url,
}

/// What a person comes back with. Its `state` was checked before.
#[derive(Clone, Debug)]
pub struct Callback<'a> {
    /// What the form said, by the names of its fields.
    pub fields: &'a BTreeMap<String, String>,
    /// The parameters of the address, decoded, in their order.
    pub parameters: &'a [(String, String)],
    /// The verifier of the challenge.
    pub verifier: &'a str,
    /// Where the provider was to send the person.
    pub redirect: &'a Url,
}

impl Callback<'_> {
    /// The first parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

/// How a provider signs in by OAuth.
#[async_trait]
pub trait OAuth: Send + Sync {
    /// Where the person is sent.
    ///
    /// # Errors
    /// [`Failure::Field`] when the form says something that no address can be made of.
    fn authorize(&self, app: &App, authorization: &Authorization<'_>) -> Result<Url, Failure>;

    /// Exchanges what the person came back with for credentials.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] when the person refused, or the parameters are not the provider's; otherwise when it refuses or cannot be asked.
    async fn complete(&self, calls: &Calls<'_>, callback: &Callback<'_>) -> Result<Credentials, Failure>;

    /// Renews credentials. Called by one at a time for a connection.
    ///
    /// # Errors
    /// [`Failure::Revoked`] when the provider does not renew them; otherwise when it cannot be asked.
    async fn refresh(&self, calls: &Calls<'_>, credentials: &Credentials) -> Result<Credentials, Failure>;
}
