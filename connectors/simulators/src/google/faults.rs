//! What can be made to go wrong.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State as Extracted};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;

use super::error::ApiError;
use super::log::Asked;
use super::quota::property_of;
use super::state::State;

/// The most of a body that is read.
const MOST: usize = 8 << 20;

/// Something that goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// It is refused, with Google's envelope around the message.
    Status {
        /// The status.
        status: u16,
        /// The message.
        message: String,
    },
    /// The answer ends in the middle of its JSON.
    Truncated,
    /// The connection ends before the answer does.
    Reset,
    /// The answer comes after so many milliseconds of real time.
    Slow {
        /// How many.
        millis: u64,
    },
}

/// What goes wrong next.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(u32, String, Fault)>);

impl Faults {
    pub(super) fn add(&mut self, times: u32, path: &str, fault: Fault) {
        self.0.push((times, path.to_owned(), fault));
    }

    fn take(&mut self, path: &str) -> Option<Fault> {
        let (times, _, fault) =
            self.0.iter_mut().find(|(times, part, _)| *times > 0 && path.contains(part.as_str()))?;
        *times -= 1;
        Some(fault.clone())
    }
}

/// Notes what is asked, and lets go wrong what is to.
pub(super) async fn layer(Extracted(state): Extracted<Arc<State>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let fault = state.kept().faults.take(&path);
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let asked = serde_json::from_slice(&body).ok();
    let is_control = path.starts_with("/_control/");
    let response = match &fault {
        Some(Fault::Status { status: code, message }) => {
            let (now, property) = (state.now(), property_of(&path));
            if let Some(property) = property.filter(|_| *code >= 500) {
                state.kept().quotas.entry(property).or_default().at(now).failed();
            }
            ApiError::of(*code, message).into_response()
        }
        Some(Fault::Slow { millis }) => {
            let response = next.run(Request::from_parts(head, Body::from(body))).await;
            tokio::time::sleep(Duration::from_millis(*millis)).await;
            response
        }
        _ => next.run(Request::from_parts(head, Body::from(body))).await,
    };
    if !is_control {
        state.kept().log.push(Asked { method, path, status: response.status().as_u16(), body: asked });
    }
    match fault {
        Some(Fault::Truncated) => half(response, false).await,
        Some(Fault::Reset) => half(response, true).await,
        _ => response,
    }
}

/// The first half of an answer; broken off, or as if it were all.
async fn half(response: Response, is_broken: bool) -> Response {
    let (mut head, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    if !is_broken {
        head.headers.remove("content-length");
        return Response::from_parts(head, Body::from(half));
    }
    let broken = || std::io::Error::new(std::io::ErrorKind::ConnectionReset, "broken off");
    let parts: [Result<Bytes, std::io::Error>; 2] = [Ok(half), Err(broken())];
    head.headers.remove("content-length");
    Response::from_parts(head, Body::from_stream(stream::iter(parts)))
}
