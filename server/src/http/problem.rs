//! Errors as RFC 9457 problem documents.
//!
//! A handler returns a [`Problem`]; [`render`], a layer around the whole router, writes the document, because only it
//! knows the request's id and path. Answers that axum itself makes (404, 405, ...) become problems there too. A 5xx says
//! nothing of its cause: that goes to the log, under the request's id.

use std::borrow::Cow;
use std::time::Duration;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::request_id::RequestId;
use super::size;
use super::standing::{self, Standing};

/// The media type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error, as it is answered.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<FieldProblem>,
    retry_after: Option<Duration>,
    limit: Option<Box<Standing>>,
}

/// One wrong place of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer to the place, `""` for the whole body.
    #[schema(example = "/group_by/0")]
    pub pointer: String,
    /// What is wrong with it.
    #[schema(example = "unknown dimension \"devise\"; did you mean \"device\"?")]
    pub detail: String,
    /// The kind of mistake as a stable name for programs, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "unknown_dimension")]
    pub code: Option<&'static str>,
}

impl FieldProblem {
    /// What is wrong at that place.
    #[must_use]
    pub fn new(pointer: &str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), detail: detail.into(), code: None }
    }
}

/// The document that describes an error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// A name of the kind of problem: `urn:aloftly:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "urn:aloftly:problem:invalid_request")]
    kind: String,
    /// The kind of problem in words.
    title: &'a str,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What happened, in words.
    detail: &'a str,
    /// The path that was asked for.
    instance: &'a str,
    /// The kind of problem as a stable name for programs.
    #[schema(example = "invalid_request")]
    code: &'a str,
    /// The request's id, under which the log has more.
    request_id: &'a str,
    /// What is wrong with the body, place by place.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<FieldProblem>, required = false)]
    errors: &'a [FieldProblem],
}

impl Problem {
    /// A problem of a kind that has no constructor of its own.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), retry_after: None, limit: None }
    }

    /// 400: the request cannot be read.
    #[must_use]
    pub fn malformed(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: there is no session, and no key.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::of(StatusCode::UNAUTHORIZED)
    }

    /// 403: the caller may see it, but not do this.
    #[must_use]
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 403 for a reason that programs can tell from others.
    #[must_use]
    pub fn forbidden_as(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// Its kind, as a stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// 422 and not 401, since the session is as good as before: what was given at that place is not the person's password.
    #[must_use]
    pub fn wrong_password(pointer: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_password", "This is not your password.")
            .with_errors(vec![FieldProblem::new(pointer, "is not your password")])
    }

    /// 403: a program asks for what only a person may do.
    #[must_use]
    pub fn needs_person() -> Self {
        let detail = "This needs a person who is signed in; an API key does not do.";
        Self::new(StatusCode::FORBIDDEN, "needs_person", detail)
    }

    /// 404: it does not exist, or not for the caller. The two are not to be told apart.
    #[must_use]
    pub fn not_found() -> Self {
        Self::of(StatusCode::NOT_FOUND)
    }

    /// 413: the body is larger than allowed.
    #[must_use]
    pub fn too_large(limit: u64) -> Self {
        let detail = format!("The body is larger than {}, the most that is accepted here.", size::in_words(limit));
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", detail)
    }

    /// 415: the body is not of the type that is expected.
    #[must_use]
    pub fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("The body must be {expected}.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    /// 422: the body can be read, but what it says is wrong.
    #[must_use]
    pub fn invalid(errors: Vec<FieldProblem>) -> Self {
        let detail = match errors.as_slice() {
            [one] => Cow::Owned(one.detail.clone()),
            many => Cow::Owned(format!("{} places of the body are wrong.", many.len())),
        };
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail) }
    }

    /// 422: one place of the body is wrong.
    #[must_use]
    pub fn invalid_field(pointer: &str, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldProblem::new(pointer, detail)])
    }

    /// 429: too many requests.
    #[must_use]
    pub fn too_many_requests(retry_after: Duration) -> Self {
        let detail = "Too many requests of this kind. Try again later.";
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail) }
    }

    /// 507: there is no room for what was sent.
    #[must_use]
    pub fn storage_full() -> Self {
        let detail = "The server has no room for files at the moment. Try again later.";
        let later = Some(Duration::from_secs(300));
        Self { retry_after: later, ..Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", detail) }
    }

    /// 500: a fault of ours. The cause is logged and not answered.
    #[must_use]
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %Chain(cause), "request failed");
        Self::of(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// 503: something that is needed cannot be reached. The cause is logged and not answered.
    #[must_use]
    pub fn unavailable(cause: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %Chain(cause), "request failed for want of a service");
        Self { retry_after: Some(Duration::from_secs(5)), ..Self::of(StatusCode::SERVICE_UNAVAILABLE) }
    }

    /// 504: it took longer than it may.
    #[must_use]
    pub fn timed_out(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, code, detail)
    }

    /// 503: mail would have to be sent, and there is no way to.
    #[must_use]
    pub fn no_mail() -> Self {
        let detail = "This server sends no mail. Whoever runs it can set ALOFTLY_SMTP_URL, or help at the terminal.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "no_mail", detail)
    }

    /// 503: too much of the kind waits to be done.
    #[must_use]
    pub fn busy() -> Self {
        Self { retry_after: Some(Duration::from_secs(30)), ..Self::of(StatusCode::SERVICE_UNAVAILABLE) }
    }

    /// 410: a link or a step of a sign-in that was used or is too old.
    #[must_use]
    pub fn link_expired() -> Self {
        let detail = "The link was used already, or it is too old. Ask for a new one.";
        Self::new(StatusCode::GONE, "link_expired", detail)
    }

    /// Another code for the same status, with the places that are wrong.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldProblem>) -> Self {
        self.errors = errors;
        self
    }

    /// The same problem, with the time after which another attempt makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.retry_after = Some(retry_after);
        self
    }

    /// The same problem, with the limit that the request was beyond.
    #[must_use]
    pub fn with_limit(mut self, limit: Standing) -> Self {
        self.limit = Some(Box::new(limit));
        self
    }

    /// The problem that a bare status stands for.
    #[must_use]
    pub fn of(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::BAD_REQUEST => ("bad_request", "The request cannot be understood."),
            StatusCode::UNAUTHORIZED => ("unauthenticated", "Sign in first."),
            StatusCode::FORBIDDEN => ("forbidden", "This is not allowed."),
            StatusCode::NOT_FOUND => ("not_found", "There is nothing here."),
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "This address does not answer to this method."),
            StatusCode::REQUEST_TIMEOUT => ("request_timeout", "The request took too long to arrive."),
            StatusCode::PAYLOAD_TOO_LARGE => ("payload_too_large", "The body is too large."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", "The body is not of the expected type."),
            StatusCode::UNPROCESSABLE_ENTITY => ("invalid_request", "What the body says is wrong."),
            StatusCode::TOO_MANY_REQUESTS => ("too_many_requests", "Too many requests. Try again later."),
            StatusCode::SERVICE_UNAVAILABLE => {
                ("unavailable", "A service that is needed cannot be reached. Try again shortly.")
            }
            StatusCode::GATEWAY_TIMEOUT => ("timed_out", "It took longer than it may."),
            status if status.is_server_error() => {
                ("internal", "Something went wrong on our side. The request's id finds it in the log.")
            }
            _ => ("bad_request", "The request cannot be answered."),
        };
        Self::new(status, code, detail)
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is answered.
    pub(crate) fn document<'a>(&'a self, instance: &'a str, request_id: &'a str) -> ProblemDocument<'a> {
        ProblemDocument {
            kind: format!("urn:aloftly:problem:{}", self.code),
            title: title(self.status),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance,
            code: self.code,
            request_id,
            errors: &self.errors,
        }
    }
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Not signed in",
        StatusCode::PAYMENT_REQUIRED => "Not in the plan",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::GONE => "Not good any more",
        StatusCode::PRECONDITION_FAILED => "Changed meanwhile",
        StatusCode::PRECONDITION_REQUIRED => "Not said what is changed",
        StatusCode::UNPROCESSABLE_ENTITY => "Invalid request",
        StatusCode::INTERNAL_SERVER_ERROR => "Internal error",
        StatusCode::SERVICE_UNAVAILABLE => "Unavailable",
        StatusCode::GATEWAY_TIMEOUT => "Timed out",
        other => other.canonical_reason().unwrap_or("Error"),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(limit) = &self.limit {
            Standing::write(&[**limit], response.headers_mut());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer that writes the documents.
pub async fn render(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let request_id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (head, _) = response.into_parts();
    let problem = head.extensions.get::<Problem>().cloned().unwrap_or_else(|| Problem::of(status));
    let mut answer = (status, Json(problem.document(&path, request_id.as_str()))).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for name in [header::ALLOW, header::SET_COOKIE, standing::POLICY, standing::LEFT] {
        for value in head.headers.get_all(&name) {
            headers.append(name.clone(), value.clone());
        }
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(after) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(standing::seconds(after)));
    }
    answer
}

/// An error with all its causes, `a: b: c`, but for those that the error before has in its own words already.
#[derive(Debug)]
pub struct Chain<'a>(pub &'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !said.contains(&text) {
                write!(f, ": {text}")?;
                said = text;
            }
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Told {
        #[error("the database refused: {0}")]
        Again(#[source] std::io::Error),
        #[error("the database refused")]
        Once(#[source] std::io::Error),
    }

    #[test]
    fn a_cause_is_told_once() {
        let cause = || std::io::Error::other("wrong password");
        for error in [Told::Again(cause()), Told::Once(cause())] {
            assert_eq!(Chain(&error).to_string(), "the database refused: wrong password");
        }
    }
}
