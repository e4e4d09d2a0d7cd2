//! Asking the provider over HTTP: bounded in time and size, and never somewhere else.

use std::time::Duration;

use oauth2::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;

use super::ProviderError;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most that an answer may have, in bytes.
const LIMIT: usize = 1 << 20;

/// An HTTP client for the provider.
#[derive(Clone, Debug)]
pub(super) struct Fetch(reqwest::Client);

impl Fetch {
    pub(super) fn new() -> Result<Self, ProviderError> {
        // A redirect could lead into the network that the server is in.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build();
        Ok(Self(client?))
    }

    pub(super) async fn json<T: DeserializeOwned>(&self, address: &str) -> Result<T, ProviderError> {
        let answer = self.0.get(address).send().await?.error_for_status()?;
        let body = bounded(answer).await?;
        serde_json::from_slice(&body).map_err(|error| ProviderError::Nonsense(error.to_string()))
    }

    pub(super) async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, ProviderError> {
        let request = reqwest::Request::try_from(request)?;
        let answer = self.0.execute(request).await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut response = HttpResponse::new(bounded(answer).await?);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

async fn bounded(mut answer: reqwest::Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        if body.len() + piece.len() > LIMIT {
            return Err(ProviderError::Nonsense("the answer is too large".to_owned()));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
