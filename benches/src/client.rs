//! A browser's requests to a running server, one after the other on one connection.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::{Value, json};

use crate::server::{EMAIL, PASSWORD};

/// Somebody who has signed in.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookie: String,
}

impl Client {
    /// Signs the owner in.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn sign_in(base: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::new();
        let credentials = json!({ "email": EMAIL, "password": PASSWORD });
        let signed_in =
            http.post(format!("{base}/api/auth/sign-in")).header(ORIGIN, base).json(&credentials).send().await?;
        let cookie = signed_in.error_for_status_ref()?.headers().get(SET_COOKIE).context("no session")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { http, base: base.to_owned(), cookie })
    }

    /// The same session at another address, after a restart.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { http: reqwest::Client::new(), base: base.to_owned(), cookie: self.cookie.clone() }
    }

    /// What is at a path.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let answer = self.http.get(format!("{}{path}", self.base)).header(COOKIE, &self.cookie).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// The id of the store of that name.
    ///
    /// # Errors
    /// There is none.
    pub async fn store(&self, name: &str) -> anyhow::Result<String> {
        let stores = self.get("/api/stores").await?;
        let found = stores["stores"].as_array().into_iter().flatten().find(|store| store["name"] == name);
        let id = found.and_then(|store| store["id"].as_str());
        Ok(id.with_context(|| format!("there is no store {name}"))?.to_owned())
    }

    /// Asks a query; how long it took, too.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn query(&self, query: &Value) -> anyhow::Result<(Value, Duration)> {
        let start = Instant::now();
        let request = self.http.post(format!("{}/api/metrics/query", self.base));
        let answer = request.header(ORIGIN, &self.base).header(COOKIE, &self.cookie).json(query).send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        let elapsed = start.elapsed();
        ensure!(status.is_success(), "{query}: {status} {body}");
        Ok((serde_json::from_str(&body)?, elapsed))
    }
}
