//! The provider itself: a server on a port of this machine, over what a test says that it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard};

use aloftly_connectors::conformance::Trouble as Fault;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

/// How many customers are on a page.
pub(in crate::syncing) const PAGE: usize = 3;
/// The key that connections of tests have.
pub(super) const KEY: &str = "secret";

/// What happens when it is asked.
#[derive(Clone, Debug, Default)]
pub(in crate::syncing) enum Trouble {
    #[default]
    None,
    /// The page behind that many never comes.
    HangsAfter(usize),
    /// It fails in a way that may pass.
    Away,
    /// It does not know us any more.
    Revoked,
    /// Something of ours breaks when rows were made anew of so many answers.
    BreaksAfter(usize),
}

/// So many requests go wrong behind so many that do not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Storm {
    pub(super) fault: Fault,
    pub(super) times: usize,
    pub(super) after: usize,
}

/// What the provider holds.
#[derive(Debug, Default)]
pub(in crate::syncing) struct Source {
    /// The versions of customers, by id.
    pub(in crate::syncing) customers: BTreeMap<String, i64>,
    pub(in crate::syncing) trouble: Trouble,
    /// From where pages were asked for.
    pub(in crate::syncing) asked: Vec<String>,
    /// Of how many answers rows were made anew.
    pub(in crate::syncing) rebuilt: usize,
    /// Whether it goes by the name of Shopify.
    pub(super) is_shop: bool,
    pub(super) keys: BTreeSet<String>,
    pub(super) storm: Option<Storm>,
    /// How many requests came.
    pub(super) requests: usize,
}

type Shared = Arc<Mutex<Source>>;

/// What a page is asked for with: customers behind one, of at least a version.
#[derive(Debug, Deserialize)]
struct Listing {
    #[serde(default)]
    after: String,
    #[serde(default)]
    since: i64,
}

#[derive(Debug, Deserialize)]
struct Named {
    ids: String,
}

/// Begins to serve; for as long as the test runs.
pub(super) fn serve(source: Shared) -> Url {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let routes = Router::new()
        .route("/customers", get(page))
        .route("/customers/some", get(some))
        .route("/versions", get(versions))
        .with_state(source);
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

/// What somebody who is called so is called by people.
pub(super) fn name(id: &str) -> String {
    format!("Ada Fern of {id}")
}

async fn page(State(source): State<Shared>, headers: HeaderMap, Query(listing): Query<Listing>) -> Response {
    let fault = match admit(&mut hold(&source), &headers) {
        Ok(fault) => fault,
        Err(status) => return refusal(status),
    };
    let hangs = hold(&source).hangs(&listing.after);
    if hangs {
        std::future::pending::<()>().await;
    }
    let mut text = hold(&source).page(&listing, fault).to_string();
    if fault == Some(Fault::Truncated) {
        text.truncate(text.len() / 2);
    }
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

/// Those of these customers that there are.
async fn some(State(source): State<Shared>, headers: HeaderMap, Query(named): Query<Named>) -> Response {
    let mut source = hold(&source);
    if let Err(status) = admit(&mut source, &headers) {
        return refusal(status);
    }
    let ids: BTreeSet<&str> = named.ids.split(',').collect();
    let there = source.customers.iter().filter(|(id, _)| ids.contains(id.as_str()));
    let customers: Vec<Value> = there.map(|(id, version)| customer(id, *version)).collect();
    axum::Json(json!({ "customers": customers })).into_response()
}

/// The versions of all customers, by id.
async fn versions(State(source): State<Shared>, headers: HeaderMap) -> Response {
    let mut source = hold(&source);
    match admit(&mut source, &headers) {
        Ok(_) => axum::Json(&source.customers).into_response(),
        Err(status) => refusal(status),
    }
}

fn hold(source: &Shared) -> MutexGuard<'_, Source> {
    source.lock().unwrap()
}

/// Lets in who shows a key, unless something goes wrong; what goes wrong with the answer.
fn admit(source: &mut Source, headers: &HeaderMap) -> Result<Option<Fault>, StatusCode> {
    source.requests += 1;
    let fault = source.storm.as_mut().and_then(Storm::strike);
    let key = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let is_known = key.is_some_and(|key| source.keys.contains(key)) && !matches!(source.trouble, Trouble::Revoked);
    match fault {
        Some(Fault::Failing) => Err(StatusCode::SERVICE_UNAVAILABLE),
        Some(Fault::Throttled) => Err(StatusCode::TOO_MANY_REQUESTS),
        _ if matches!(source.trouble, Trouble::Away) => Err(StatusCode::SERVICE_UNAVAILABLE),
        _ if !is_known => Err(StatusCode::UNAUTHORIZED),
        _ => Ok(fault),
    }
}

fn refusal(status: StatusCode) -> Response {
    match status {
        StatusCode::TOO_MANY_REQUESTS => (status, [(RETRY_AFTER, "2")]).into_response(),
        _ => status.into_response(),
    }
}

fn customer(id: &str, version: i64) -> Value {
    json!({ "id": id, "version": version, "name": name(id) })
}

impl Storm {
    /// What goes wrong with the next request.
    fn strike(&mut self) -> Option<Fault> {
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        self.times = self.times.checked_sub(1)?;
        Some(self.fault)
    }
}

impl Source {
    /// The version of the last change.
    pub(super) fn newest(&self) -> i64 {
        self.customers.values().copied().max().unwrap_or(0)
    }

    fn hangs(&self, after: &str) -> bool {
        let before = self.customers.keys().filter(|id| id.as_str() <= after).count();
        matches!(self.trouble, Trouble::HangsAfter(pages) if before.div_ceil(PAGE) >= pages)
    }

    /// A page. There is a next one behind each that has customers.
    fn page(&mut self, listing: &Listing, fault: Option<Fault>) -> Value {
        self.asked.push(listing.after.clone());
        let is_behind = |id: &String| *id > listing.after;
        let listed = || self.customers.iter().filter(|(_, version)| **version >= listing.since);
        let behind: Vec<_> = listed().filter(|(id, _)| is_behind(id)).take(PAGE).collect();
        let mut next = behind.last().map(|(id, _)| (*id).clone());
        if fault == Some(Fault::Endless) && next.is_none() {
            next = Some(format!("{}~", listing.after));
        }
        let again = listed().rfind(|(id, _)| !is_behind(id) && fault == Some(Fault::Twice));
        let told = again.into_iter().chain(behind);
        let mut customers: Vec<Value> = told.map(|(id, version)| customer(id, *version)).collect();
        for customer in customers.iter_mut().filter_map(Value::as_object_mut) {
            match fault {
                Some(Fault::Unknown) => drop(customer.insert("colour".to_owned(), json!({ "of": "her hat" }))),
                Some(Fault::Missing) => drop(customer.remove(super::conformance::MISSING)),
                _ => {}
            }
        }
        json!({ "customers": customers, "next": next, "newest": self.newest(), "total": self.customers.len() })
    }
}
