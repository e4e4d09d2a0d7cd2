//! A program that uses the HTTP API as the web app does.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// How long an import may take before a test gives up on it.
const IMPORT_PATIENCE: Duration = Duration::from_secs(180);

/// A signed-in user of one server.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    cookie: String,
}

impl Client {
    /// Signs in.
    pub(crate) async fn sign_in(base: &str, email: &str, password: &str) -> Self {
        let http = reqwest::Client::new();
        let mut client = Self { http, base: base.to_owned(), cookie: String::new() };
        let answer = client
            .request(Method::POST, "/api/auth/sign-in")
            .json(&json!({ "email": email, "password": password }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap());
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("__Host-aloftly_session="), "{cookie}");
        client.cookie = cookie.split(';').next().unwrap().to_owned();
        client
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base)).header(ORIGIN, &self.base);
        if self.cookie.is_empty() { request } else { request.header(COOKIE, &self.cookie) }
    }

    /// What a path answers with 200.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The identifier of the store of that name.
    pub(crate) async fn store(&self, name: &str) -> String {
        self.described(name).await["id"].as_str().unwrap().to_owned()
    }

    /// The version that a store is at.
    pub(crate) async fn version(&self, name: &str) -> i64 {
        self.described(name).await["version"].as_i64().unwrap()
    }

    async fn described(&self, name: &str) -> Value {
        let stores = self.get("/api/stores").await;
        let named = stores["stores"].as_array().unwrap().iter().find(|store| store["name"] == name);
        named.unwrap_or_else(|| panic!("no store {name} in {stores}")).clone()
    }

    /// The answer to a widget query.
    pub(crate) async fn query(&self, query: &Value) -> Value {
        let answer = self.request(Method::POST, "/api/metrics/query").json(query).send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::OK, "{query}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Uploads an orders file; the import goes on after that.
    pub(crate) async fn begin_import(&self, store: &str, file: &Path) -> Value {
        let form = Form::new()
            .text("store_id", self.store(store).await)
            .text("kind", "shopify_orders")
            .part("file", orders_part(file));
        let answer = self.request(Method::POST, "/api/imports").multipart(form).send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Uploads an orders file and waits until the import is done.
    pub(crate) async fn import(&self, store: &str, file: &Path) -> Value {
        let begun = self.begin_import(store, file).await;
        let done = self.finished(begun["id"].as_str().unwrap()).await;
        assert_eq!(done["status"], "done", "{done}");
        done
    }

    /// Waits until an import has ended, well or not.
    pub(crate) async fn finished(&self, import: &str) -> Value {
        let patience = Instant::now() + IMPORT_PATIENCE;
        loop {
            let state = self.get(&format!("/api/imports/{import}")).await;
            if state["status"] == "done" || state["status"] == "failed" {
                return state;
            }
            assert!(Instant::now() < patience, "still not finished: {state}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn orders_part(file: &Path) -> Part {
    let name = file.file_name().unwrap().to_str().unwrap().to_owned();
    let kind = if name.ends_with(".gz") { "application/gzip" } else { "text/csv" };
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert(CONTENT_TYPE, kind.parse().unwrap());
    Part::bytes(std::fs::read(file).unwrap()).file_name(name).headers(headers)
}
