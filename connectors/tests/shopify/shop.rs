//! A shop on a port of this machine that answers as a test says, and a connection to it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aloftly_connectors::contract::{
    Account, App, Calls, Connector as _, Credentials, Cursor, Failure, Keyring, Mode, Page, Pages, Session, Task,
};
use aloftly_connectors::http::budget::{Budget, MemoryLedger};
use aloftly_connectors::http::{Client, Jitter};
use aloftly_connectors::shopify::api::Shopify;
use aloftly_engine::clock::{Clock, FixedClock};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::told::account;

/// What was asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) host: String,
    pub(super) path: String,
    pub(super) token: Option<String>,
    pub(super) query: String,
    pub(super) variables: Value,
}

impl Asked {
    /// What the operation is called.
    pub(super) fn operation(&self) -> &str {
        let name = self.query.trim_start().trim_start_matches("query ").trim_start_matches("mutation ");
        name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
    }
}

/// Data, as an answer has it.
pub(super) fn data(data: &Value) -> (u16, String) {
    (200, json!({"data": data}).to_string())
}

type Answers = dyn FnMut(&Asked) -> (u16, String) + Send;

/// Moves on by every wait at once.
#[derive(Debug)]
struct WaitingClock(FixedClock);

impl Clock for WaitingClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn new_id(&self) -> uuid::Uuid {
        self.0.new_id()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.0.advance(duration);
        Box::pin(tokio::task::yield_now())
    }
}

#[derive(Debug)]
struct NoChance;

impl Jitter for NoChance {
    fn up_to(&self, most: Duration) -> Duration {
        most
    }
}

/// Keeps a token, and gives another when it was refused.
#[derive(Debug, Default)]
struct Tokens {
    renewed: Mutex<u32>,
}

impl Tokens {
    fn now(&self) -> Credentials {
        let renewed = *self.renewed.lock().unwrap();
        Credentials::default().with("access_token", format!("token-{renewed}"))
    }
}

#[async_trait]
impl Keyring for Tokens {
    async fn current(&self) -> Result<Credentials, Failure> {
        Ok(self.now())
    }

    async fn renewed(&self, refused: &Credentials) -> Result<Credentials, Failure> {
        assert!(refused.same(&self.now()), "what was refused is what was kept");
        *self.renewed.lock().unwrap() += 1;
        Ok(self.now())
    }
}

/// Pages that were taken, and after how many of them it fails.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) pages: Vec<Page>,
    pub(super) most: Option<usize>,
}

#[async_trait]
impl Pages for Taken {
    async fn take(&mut self, page: Page) -> Result<(), Failure> {
        if self.most.is_some_and(|most| self.pages.len() >= most) {
            return Err(Failure::Stopped);
        }
        self.pages.push(page);
        Ok(())
    }
}

impl Taken {
    /// The ids of a dataset's rows, page by page, without pages that have none.
    pub(super) fn ids(&self, dataset: &str, column: &str) -> Vec<Vec<String>> {
        let rows = self.pages.iter().map(super::told::rows_of);
        let ids = rows.map(|rows| {
            let own = rows.get(dataset).map_or(&[][..], Vec::as_slice);
            own.iter().map(|row| row[column].clone().unwrap()).collect::<Vec<_>>()
        });
        ids.filter(|ids| !ids.is_empty()).collect()
    }

    /// Everything that people should know.
    pub(super) fn warnings(&self) -> Vec<&str> {
        self.pages.iter().flat_map(|page| &page.warnings).map(String::as_str).collect()
    }
}

/// A shop and the connection to it.
pub(super) struct Shop {
    pub(super) account: Account,
    asked: Arc<Mutex<Vec<Asked>>>,
    clock: Arc<dyn Clock>,
    client: Client,
    app: App,
    cancel: CancellationToken,
    tokens: Tokens,
    server: JoinHandle<()>,
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shop {
    /// A shop that answers so, at noon of 2 November 2026.
    pub(super) async fn answering(answers: impl FnMut(&Asked) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let answers: Arc<Mutex<Box<Answers>>> = Arc::new(Mutex::new(Box::new(answers)));
        let clock: Arc<dyn Clock> = Arc::new(WaitingClock(FixedClock::at("2026-11-02T12:00:00Z".parse().unwrap())));
        let (kept, its_clock) = (Arc::clone(&asked), Arc::clone(&clock));
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, answers) = (Arc::clone(&kept), Arc::clone(&answers));
                let clock = Arc::clone(&its_clock);
                let service =
                    service_fn(move |request| answer(request, clock.now(), Arc::clone(&kept), Arc::clone(&answers)));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        let app = App {
            client_id: "us".to_owned(),
            client_secret: "hush".into(),
            old_secret: None,
            base: Some(base),
            webhooks: Some("https://app.example.com/webhooks/shopify".parse().unwrap()),
        };
        let account = account();
        let outgoing = Shopify.outgoing(Some(&app), Some(&account), &BTreeMap::new()).unwrap();
        let budget = Budget::new(outgoing.budget, outgoing.rules, Arc::new(MemoryLedger::default()));
        let client = Client::new(outgoing.options, budget, Arc::clone(&clock), Arc::new(NoChance)).unwrap();
        let (cancel, tokens) = (CancellationToken::new(), Tokens::default());
        Self { account, asked, clock, client, app, cancel, tokens, server }
    }

    /// What was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The names of the operations that were asked for.
    pub(super) fn operations(&self) -> Vec<String> {
        self.asked().iter().map(|asked| asked.operation().to_owned()).collect()
    }

    /// The connection.
    pub(super) fn session(&self) -> Session<'_> {
        let calls = Calls { http: &self.client, clock: &self.clock, app: Some(&self.app), cancel: &self.cancel };
        Session { calls, account: &self.account, keyring: &self.tokens }
    }

    /// Reads a stream.
    pub(super) async fn sync(
        &self,
        stream: &str,
        mode: Mode,
        cursor: Option<&Cursor>,
        taken: &mut Taken,
    ) -> Result<Cursor, Failure> {
        let stream = Shopify.declaration().stream(stream).unwrap();
        Shopify.sync(&self.session(), &Task { stream, mode, cursor }, taken).await
    }
}

async fn answer(
    request: Request<Incoming>,
    now: DateTime<Utc>,
    kept: Arc<Mutex<Vec<Asked>>>,
    answers: Arc<Mutex<Box<Answers>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path_and_query().map_or(String::new(), ToString::to_string);
    let host = request.headers()["host"].to_str().unwrap().to_owned();
    let token = request.headers().get("x-shopify-access-token").map(|token| token.to_str().unwrap().to_owned());
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let query = body["query"].as_str().unwrap_or_default().to_owned();
    let asked = Asked { host, path, token, query, variables: body["variables"].clone() };
    kept.lock().unwrap().push(asked.clone());
    let (status, text) = answers.lock().unwrap()(&asked);
    let kind = if asked.query.is_empty() { "application/jsonl" } else { "application/json; charset=utf-8" };
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let response = Response::builder().status(status).header("content-type", kind).header("date", date);
    Ok(response.header("x-shopify-api-version", "2026-10").body(Full::new(Bytes::from(text))).unwrap())
}
