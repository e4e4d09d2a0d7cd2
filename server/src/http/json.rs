//! A JSON body: 415 when it is called something else, 413 when it is too large, 400 when it is not JSON, 422 with the place
//! when it is JSON that says something wrong.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::problem::Problem;

/// The most that a JSON body may have.
pub const LIMIT: usize = 256 * 1024;

/// A JSON body, read.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported_media_type("application/json"));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            axum::http::StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(LIMIT as u64),
            _ => Problem::malformed("incomplete_body", "The body did not arrive completely."),
        })?;
        let mut reader = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| wrong(&error, &body))?;
        reader.end().map_err(|error| malformed(&error))?;
        Ok(Self(value))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = named.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn wrong(error: &serde_path_to_error::Error<serde_json::Error>, body: &[u8]) -> Problem {
    let cause = error.inner();
    if cause.is_data() {
        return Problem::invalid_field(&pointer(error.path()), without_position(cause));
    }
    // A number where one of some names must be is told as if it were no JSON.
    match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => Problem::invalid_field(&pointer(error.path()), "is of the wrong kind"),
        Err(_) => malformed(cause),
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::malformed("malformed_json", format!("The body is not JSON: {error}."))
}

fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.clone(),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => break,
        };
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}
