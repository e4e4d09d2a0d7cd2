//! A program that uses the HTTP API as the web app does.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// How long an import may take before a test gives up on it.
const IMPORT_PATIENCE: Duration = Duration::from_secs(180);

/// Where a server tells of a store.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why a request was not answered as one would like.
#[derive(Debug)]
#[allow(dead_code, reason = "what is in it is shown when a test fails")]
pub(crate) enum Refusal {
    /// Nobody answered, or the answer broke off: why.
    Broken(String),
    /// The answer is an error.
    Answered { status: u16, problem: Value },
}

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

    /// The same user, who asks the server at another address. It knows the session if it has the same database.
    pub(crate) fn moved_to(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// What a path answers with 200.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.try_get(path).await.unwrap_or_else(|refusal| panic!("{path}: {refusal:?}"))
    }

    /// What a path answers. An error that is no problem document is a failure of the test.
    pub(crate) async fn try_get(&self, path: &str) -> Result<Value, Refusal> {
        answered(self.request(Method::GET, path)).await
    }

    /// What a path answers with success to what is posted there.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let answered = answered(self.request(Method::POST, path).json(body)).await;
        answered.unwrap_or_else(|refusal| panic!("{path}: {refusal:?}"))
    }

    /// What a path answers with 200, as text.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    /// Watches the store of that identifier.
    pub(crate) async fn watch(&self, store: &str) -> Socket {
        let address = format!("{}/ws/stores/{store}", self.base.replacen("http", "ws", 1));
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert(COOKIE, self.cookie.parse().unwrap());
        request.headers_mut().insert(ORIGIN, self.base.parse().unwrap());
        // Many are open at once.
        let config = WebSocketConfig::default().read_buffer_size(4_096);
        connect_async_with_config(request, Some(config), true).await.unwrap().0
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
        self.try_query(query).await.unwrap_or_else(|refusal| panic!("{query}: {refusal:?}"))
    }

    /// The answer to a widget query, if there is one.
    pub(crate) async fn try_query(&self, query: &Value) -> Result<Value, Refusal> {
        answered(self.request(Method::POST, "/api/metrics/query").json(query)).await
    }

    /// Uploads an orders file; the import goes on after that.
    pub(crate) async fn begin_import(&self, store: &str, file: &Path) -> Value {
        let name = file.file_name().unwrap().to_str().unwrap();
        let begun = self.try_begin_import(&self.store(store).await, name, std::fs::read(file).unwrap()).await;
        begun.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
    }

    /// Uploads an orders file into the store of that identifier, if the server takes it.
    pub(crate) async fn try_begin_import(&self, store: &str, name: &str, file: Vec<u8>) -> Result<Value, Refusal> {
        let form = Form::new()
            .text("store_id", store.to_owned())
            .text("kind", "shopify_orders")
            .part("file", orders_part(name, file));
        answered(self.request(Method::POST, "/api/imports").multipart(form)).await
    }

    /// Every import of the store of that identifier, newest first.
    pub(crate) async fn try_imports(&self, store: &str) -> Result<Vec<Value>, Refusal> {
        let mut imports = Vec::new();
        let mut path = format!("/api/imports?limit=200&store_id={store}");
        loop {
            let page = self.try_get(&path).await?;
            imports.extend(page["imports"].as_array().unwrap().iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { return Ok(imports) };
            path = format!("/api/imports?limit=200&store_id={store}&cursor={cursor}");
        }
    }

    /// Uploads an orders file and waits until the import is done.
    pub(crate) async fn import(&self, store: &str, file: &Path) -> Value {
        let begun = self.begin_import(store, file).await;
        let done = self.finished(begun["id"].as_str().unwrap()).await;
        assert_eq!(done["status"], "done", "{done}");
        done
    }

    /// Waits until an import waits for something other than its turn, and says for what.
    pub(crate) async fn waiting_for(&self, import: &str) -> String {
        let patience = Instant::now() + IMPORT_PATIENCE;
        loop {
            let state = self.get(&format!("/api/imports/{import}")).await;
            assert!(state["status"] == "queued" || state["status"] == "running", "it does not wait: {state}");
            if let Some(reason) = state["waiting_for"].as_str() {
                return reason.to_owned();
            }
            assert!(Instant::now() < patience, "it does not say what it waits for: {state}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
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

async fn answered(request: RequestBuilder) -> Result<Value, Refusal> {
    let answer = request.send().await.map_err(broken)?;
    let (status, kind) = (answer.status(), answer.headers().get(CONTENT_TYPE).cloned());
    let body = answer.text().await.map_err(broken)?;
    let value = || serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
    if status.is_success() {
        return Ok(value());
    }
    assert_eq!(kind.unwrap(), "application/problem+json", "{status}: {body}");
    Err(Refusal::Answered { status: status.as_u16(), problem: value() })
}

#[allow(clippy::needless_pass_by_value, reason = "what maps an error takes it")]
fn broken(error: reqwest::Error) -> Refusal {
    Refusal::Broken(format!("{error:?}"))
}

fn orders_part(name: &str, file: Vec<u8>) -> Part {
    let kind = if name.ends_with(".gz") { "application/gzip" } else { "text/csv" };
    let headers = reqwest::header::HeaderMap::from_iter([(CONTENT_TYPE, kind.parse().unwrap())]);
    Part::bytes(file).file_name(name.to_owned()).headers(headers)
}
