//! One try: from the request on its way to the last byte of the answer.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode};

use super::body::{Body, BodyError};
use super::malformed::unreadable;
use super::resolver::Guarded;
use super::{Answer, ClientOptions, Flaw, HttpErrorKind, Refusal, Request};

/// What a try has shown by the time it ends, for the log.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) status: Option<StatusCode>,
    /// How many bytes of the body were read.
    pub(super) bytes: usize,
}

/// A try without an answer.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: HttpErrorKind,
    /// Whether it is known that the provider has seen nothing of the request.
    pub(super) is_unseen: bool,
}

impl From<HttpErrorKind> for Failure {
    fn from(kind: HttpErrorKind) -> Self {
        Self { kind, is_unseen: false }
    }
}

/// The client of the HTTP library, with everything off that would do something behind our back.
pub(super) fn client(options: &ClientOptions) -> Result<Client, reqwest::Error> {
    let builder = Client::builder()
        .user_agent(&options.user_agent)
        .connect_timeout(options.connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy();
    if options.hosts.are_public() {
        let resolver = Guarded(Arc::clone(&options.lookup));
        return builder.https_only(true).dns_resolver(Arc::new(resolver)).build();
    }
    builder.build()
}

/// Sends a request and reads the answer, within that time.
pub(super) async fn send(
    client: &Client,
    request: &Request,
    most_bytes: usize,
    within: Duration,
    seen: &mut Seen,
) -> Result<Answer, Failure> {
    // Networks take real time, whatever the clock says that decides how long is waited between tries.
    let answer = tokio::time::timeout(within, exchange(client, request, most_bytes, seen)).await;
    answer.unwrap_or_else(|_| Err(HttpErrorKind::Timeout(within).into()))
}

async fn exchange(client: &Client, request: &Request, most: usize, seen: &mut Seen) -> Result<Answer, Failure> {
    let mut headers = request.headers.clone();
    // Unpacked here rather than by the library, which knows no bound.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let mut outgoing = client.request(request.method.clone(), request.url.clone()).headers(headers);
    if !request.body.is_empty() {
        outgoing = outgoing.body(request.body.clone());
    }
    let mut answer = outgoing.send().await.map_err(failure)?;
    seen.status = Some(answer.status());
    let too_large = || HttpErrorKind::TooLarge(most);
    if announced(answer.headers()).is_some_and(|bytes| bytes > most) {
        return Err(too_large().into());
    }
    let mut body = Body::new(answer.headers(), most).map_err(|error| kind_of(error, most))?;
    let mut packed = 0_usize;
    while let Some(piece) = answer.chunk().await.map_err(failure)? {
        packed = packed.saturating_add(piece.len());
        if packed > most {
            return Err(too_large().into());
        }
        body.push(&piece).map_err(|error| kind_of(error, most))?;
        seen.bytes = body.len();
    }
    let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
    let body = body.finish().map_err(|error| kind_of(error, most))?;
    seen.bytes = body.len();
    Ok(Answer::new(status, headers, body))
}

/// How many bytes of a body the answer says that there are, as they are sent.
fn announced(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn kind_of(error: BodyError, most: usize) -> HttpErrorKind {
    match error {
        BodyError::TooLarge => HttpErrorKind::TooLarge(most),
        BodyError::Garbled => HttpErrorKind::Malformed(unreadable(Flaw::Garbled, "its packing")),
        BodyError::CutOff => HttpErrorKind::Malformed(unreadable(Flaw::CutOff, "the end of its packing")),
    }
}

/// What the library's error is of ours. The URL is taken out of it: its query may hold anything.
fn failure(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    if let Some(refusal) = refusal(&error) {
        return HttpErrorKind::Refused(refusal.clone()).into();
    }
    if error.is_builder() {
        return HttpErrorKind::Unsendable("it is no request that HTTP knows".to_owned()).into();
    }
    Failure { is_unseen: error.is_connect(), kind: HttpErrorKind::Connect(error) }
}

/// Why the resolver gave no address, if it was the resolver.
fn refusal(error: &reqwest::Error) -> Option<&Refusal> {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref() {
            return Some(refusal);
        }
        cause = error.source();
    }
    None
}
