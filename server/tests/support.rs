//! A running server over a database of its own, and people who are signed in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aloftly_catalog::testing::{PASSWORD, TestDatabase};
use aloftly_catalog::{Provisioned, Tenant};
use aloftly_engine::clock::{Clock, FixedClock};
use aloftly_server::config::{Config, Layers};
use aloftly_server::mail::Transport;
use aloftly_server::service::backend::Backend;
use aloftly_server::service::serving;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The instant at which tests live: a Friday noon in New York, well after the orders of [`ORDERS`].
pub(crate) const NOW: &str = "2026-11-20T17:00:00Z";

/// Two orders of one customer that count and one that was cancelled. By hand: 42.50 in 2 orders of 4 units.
pub(crate) const ORDERS: &str = "\
Name,Email,Financial Status,Created at,Cancelled at,Currency,Subtotal,Shipping,Taxes,Total,Lineitem quantity,Lineitem name,Lineitem price
#1001,ann@example.com,paid,2026-11-02 10:00:00 -0500,,USD,30.00,0.00,0.00,30.00,2,Mug,10.00
#1001,ann@example.com,,,,,,,,,1,Bowl,10.00
#1002,ann@example.com,paid,2026-11-03 23:30:00 -0500,,USD,12.50,0.00,0.00,12.50,1,Plate,12.50
#1003,bob@example.com,voided,2026-11-03 08:00:00 -0500,2026-11-03 09:00:00 -0500,USD,99.00,0.00,0.00,99.00,9,Vase,11.00
";

/// A place for a server: database, data folder, clock.
pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With options of the configuration.
    pub(crate) async fn with(settings: &[(&'static str, &str)]) -> Self {
        let clock = Arc::new(FixedClock::at(NOW.parse().unwrap()));
        let database = TestDatabase::with_clock(clock.clone()).await;
        let folder = tempfile::tempdir().unwrap();
        let mut settings: Vec<_> = settings.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        settings.push(("data_dir", folder.path().to_str().unwrap().to_owned()));
        Self { database, clock, _folder: folder, settings }
    }

    pub(crate) fn config(&self) -> Arc<Config> {
        let settings: Vec<_> = self.settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
        Arc::new(Config::load(&Layers::of(&settings)).unwrap())
    }

    /// What a server here works with. Its database connections are its own.
    pub(crate) async fn backend(&self) -> Backend {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let catalog = aloftly_catalog::Catalog::connect(self.database.options(), clock.clone()).await.unwrap();
        Backend::over(self.config(), clock, catalog).unwrap()
    }

    /// Waits until no uploaded file is in the uploads' folder.
    pub(crate) async fn nothing_waits(&self) {
        let patience = Instant::now() + Duration::from_secs(5);
        loop {
            let names = std::fs::read_dir(self.config().uploads_dir()).unwrap();
            let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let left: Vec<_> = names.filter(|name| name != "machine").collect();
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < patience, "uploaded files stay: {left:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// An organisation of that name: see [`TestDatabase::organization`].
    pub(crate) async fn organization(&self, name: &str) -> (Tenant, Provisioned) {
        self.database.organization(name).await
    }

    /// Starts a server here.
    pub(crate) async fn serve(&self) -> Server {
        Self::serve_over(self.backend().await).await
    }

    /// Starts a server over what it is given.
    pub(crate) async fn serve_over(backend: Backend) -> Server {
        let mail = Transport::of(&backend.config).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(serving::serve(backend, listener, mail, stop.clone()));
        Server { address, stop, task }
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    pub(crate) task: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Server {
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
    }

    /// Somebody without a session.
    pub(crate) fn anonymous(&self) -> Client {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Client { http, base: format!("http://{}", self.address), cookie: None, token: None }
    }

    /// Somebody whose browser has that cookie.
    pub(crate) fn holding(&self, cookie: String) -> Client {
        Client { cookie: Some(cookie), ..self.anonymous() }
    }

    /// A program that sends that token.
    pub(crate) fn program(&self, token: &str) -> Client {
        Client { token: Some(token.to_owned()), ..self.anonymous() }
    }

    /// The owner of an organisation that [`World::organization`] made.
    pub(crate) async fn owner_of(&self, organization: &str) -> Client {
        self.person(&format!("owner@{organization}.test")).await
    }

    /// Somebody whose password is [`PASSWORD`].
    pub(crate) async fn person(&self, email: &str) -> Client {
        let mut client = self.anonymous();
        let body = serde_json::json!({ "email": email, "password": PASSWORD });
        let answer = client.post("/api/auth/sign-in").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        client.cookie = Some(cookie(&answer));
        client
    }
}

/// What a sign-in's cookie sends back.
pub(crate) fn cookie(answer: &reqwest::Response) -> String {
    answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// A program that uses the API as the web app does, and follows no redirects.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    pub(crate) cookie: Option<String>,
    pub(crate) token: Option<String>,
}

impl Client {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).header("origin", &self.base);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    pub(crate) fn put(&self, path: &str) -> RequestBuilder {
        self.request(Method::PUT, path)
    }

    pub(crate) fn patch(&self, path: &str) -> RequestBuilder {
        self.request(Method::PATCH, path)
    }

    pub(crate) fn delete(&self, path: &str) -> RequestBuilder {
        self.request(Method::DELETE, path)
    }

    /// What a path answers with 200.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let (status, body) = answer(self.get(path)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// What a query answers with 200.
    pub(crate) async fn query(&self, query: &Value) -> Value {
        let (status, body) = answer(self.post("/api/metrics/query").json(query)).await;
        assert_eq!(status, 200, "{query}: {body}");
        body
    }

    /// Hands over a file of orders.
    pub(crate) async fn upload(&self, store: impl ToString, name: &str, contents: impl Into<Vec<u8>>) -> (u16, Value) {
        answer(self.post("/api/imports").multipart(form(store, name, contents))).await
    }

    /// Hands over a file of orders and waits for the import's end.
    pub(crate) async fn import(&self, store: impl ToString, name: &str, contents: impl Into<Vec<u8>>) -> Value {
        let (status, begun) = self.upload(store, name, contents).await;
        assert_eq!(status, 202, "{begun}");
        self.ended(begun["id"].as_str().unwrap()).await
    }

    /// Waits for an import's end.
    pub(crate) async fn ended(&self, import: &str) -> Value {
        let patience = Instant::now() + Duration::from_secs(60);
        loop {
            let state = self.read(&format!("/api/imports/{import}")).await;
            if state["status"] == "done" || state["status"] == "failed" {
                return state;
            }
            assert!(Instant::now() < patience, "still not ended: {state}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The form that hands over a file of orders.
pub(crate) fn form(store: impl ToString, name: &str, contents: impl Into<Vec<u8>>) -> Form {
    let file = Part::bytes(contents.into()).file_name(name.to_owned());
    Form::new().text("store_id", store.to_string()).text("kind", "shopify_orders").part("file", file)
}

/// The status and the JSON of an answer; `null` without a body.
pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.text().await.unwrap();
    let json = if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap_or(Value::String(body)) };
    (status, json)
}

/// November's figures of a store.
pub(crate) async fn figures(client: &Client, store: impl ToString) -> Value {
    let answer = client
        .query(&serde_json::json!({
            "metrics": ["shopify.revenue", "shopify.orders", "shopify.units", "shopify.aov", "shopify.customers"],
            "stores": [store.to_string()],
            "time_range": { "from": "2026-11-01", "to": "2026-11-30" },
        }))
        .await;
    answer["totals"].clone()
}

/// Those of [`ORDERS`].
pub(crate) fn by_hand() -> Value {
    serde_json::json!({
        "shopify.revenue": "42.50",
        "shopify.orders": 2,
        "shopify.units": 4,
        "shopify.aov": "21.25",
        "shopify.customers": 1,
    })
}
