//! The simulator over HTTP. A shop is named by the `Host` header (`mugs.myshopify.com`) or, since nobody resolves such names on this machine,
//! by the path: `/shops/mugs.myshopify.com/admin/...` is `/admin/...` of that shop.

pub(crate) mod admin;
mod control;
mod oauth;
mod page;
mod spoil;
mod storage;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::log::Logged;
use crate::state::State;

/// The largest body that is read.
const MOST: usize = 4 << 20;

/// A request of a shop.
pub(crate) struct Asked {
    pub(crate) shop: String,
    /// What comes before `/admin` in the path by which the shop was named.
    pub(crate) prefix: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// The first parameter of that name, in the query.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.query.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The fields of a body of JSON or of a form.
    pub(crate) fn fields(&self) -> Value {
        let kind = self.header("content-type").unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            let pairs = url::form_urlencoded::parse(&self.body).into_owned().map(|(name, value)| (name, json!(value)));
            return Value::Object(pairs.collect());
        }
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// An answer before it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    /// For the log: the GraphQL operation and what it cost.
    pub(crate) operation: Option<String>,
    pub(crate) cost: Option<f64>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: body.to_string(), operation: None, cost: None }
    }

    pub(crate) fn html(status: u16, body: String) -> Self {
        let headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
        Self { status, headers, body, operation: None, cost: None }
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self { headers: vec![("location", to.to_owned())], ..Self::html(302, String::new()) }
    }

    fn response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.body).into_response();
        response.headers_mut().remove(header::CONTENT_TYPE);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// Everything that it answers.
pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .nest("/_control", control::router())
        .route("/_storage/{shop}/{file}", axum::routing::get(storage::file))
        .fallback(shop)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&state), keep))
        .with_state(state)
}

/// What was granted is kept before its answer is sent.
async fn keep(Extract(state): Extract<Arc<State>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    match state.keep() {
        Ok(()) => response,
        Err(error) => Answer::json(500, &json!({ "errors": error.to_string() })).response(),
    }
}

/// The shop that a request is of, what names it in the path, and the rest of the path.
fn named(host: &str, path: &str) -> (String, String, String) {
    match path.strip_prefix("/shops/").and_then(|rest| rest.split_once('/')) {
        Some((shop, rest)) => (shop.to_owned(), format!("/shops/{shop}"), format!("/{rest}")),
        None => (host.split(':').next().unwrap_or_default().to_owned(), String::new(), path.to_owned()),
    }
}

async fn shop(Extract(state): Extract<Arc<State>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| parts.uri.host()).unwrap_or_default();
    let (shop, prefix, path) = named(host, parts.uri.path());
    let Ok(body) = axum::body::to_bytes(body, MOST).await else {
        return Answer::json(413, &json!({ "errors": "Payload Too Large" })).response();
    };
    let query = parts.uri.query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let asked = Asked { shop: shop.clone(), prefix, query, headers: parts.headers, body };
    let at = state.clock.now();
    let (answer, fault) = if state.knows(&shop) {
        dispatch(&state, &parts.method, &path, &asked).await
    } else {
        (Answer::json(404, &json!({ "errors": "Not Found" })), None)
    };
    let dropped = fault == Some(crate::faults::Fault::Reset);
    state.note(Logged {
        at,
        shop: shop.clone(),
        method: parts.method.to_string(),
        path,
        operation: answer.operation.clone(),
        cost: answer.cost,
        status: if dropped { 0 } else { answer.status },
    });
    let mut response = spoil::spoil(answer, fault.as_ref());
    let skew = state.with_shop(&shop, |shop, _, _, _| shop.faults.clock_skew).unwrap_or(0);
    let date = (state.clock.now() + TimeDelta::seconds(skew)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::try_from(date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn dispatch(
    state: &Arc<State>,
    method: &Method,
    path: &str,
    asked: &Asked,
) -> (Answer, Option<crate::faults::Fault>) {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (method.as_str(), parts.as_slice()) {
        ("GET", ["admin", "oauth", "authorize"]) => (oauth::authorize(state, asked), None),
        ("POST", ["admin", "oauth", "authorize"]) => (oauth::decide(state, asked), None),
        ("POST", ["admin", "oauth", "access_token"]) => {
            let fault = state.with_shop(&asked.shop, |shop, _, _, _| shop.faults.next_token()).flatten();
            // Whatever happens to the answer, the question was heard.
            let answer = oauth::access_token(state, asked);
            spoil::hold(fault.as_ref()).await;
            (answer, fault)
        }
        ("GET", ["admin", "oauth", "access_scopes.json"]) => (oauth::access_scopes(state, asked), None),
        ("POST", ["admin", "api", version, "graphql.json"]) => {
            let fault = state.with_shop(&asked.shop, |shop, _, _, _| shop.faults.next()).flatten();
            spoil::hold(fault.as_ref()).await;
            (admin::graphql(state, asked, version, fault.as_ref()), fault)
        }
        _ => (Answer::json(404, &json!({ "errors": "Not Found" })), None),
    }
}

/// A body that ends with an error after these bytes.
pub(crate) fn broken(bytes: &str) -> Body {
    let start: Result<Bytes, std::io::Error> = Ok(Bytes::copy_from_slice(bytes.as_bytes()));
    let end = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    Body::from_stream(futures::stream::iter([start, end]))
}
