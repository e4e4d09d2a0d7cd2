//! What is read of an answer, and when it is given up.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aloftly_connectors::http::{ClientOptions, HttpErrorKind, Request};
use aloftly_engine::clock::SystemClock;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::clock::WaitingClock;
use super::provider::{Provider, Reply};
use super::{client, kind, never, options};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_request_arrives_as_it_was_put() {
    let provider = Provider::start([Reply::ok().header("x-id", "7")]).await;
    let client = client(options(), &Arc::new(WaitingClock::new()));
    let request = Request::post(provider.url("/orders?a=1"))
        .query("since", "2026-07-01T00:00:00+02:00")
        .bearer(&SecretString::from("hush"))
        .header("x-version", "3")
        .form(&[("name", "a b"), ("mark", "&=")]);
    let answer = client.send(request, &never()).await.unwrap();
    assert_eq!((answer.status(), answer.header("X-Id"), answer.body().len()), (200, Some("7"), 21));
    let [came] = provider.came().try_into().unwrap();
    assert_eq!((came.method.as_str(), came.body.as_ref()), ("POST", b"name=a+b&mark=%26%3D".as_slice()));
    assert_eq!(came.target, "/orders?a=1&since=2026-07-01T00%3A00%3A00%2B02%3A00");
    let header =
        |name: &str| came.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(header("authorization"), "Bearer hush");
    assert_eq!(header("x-version"), "3");
    assert_eq!(header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(header("accept-encoding"), "gzip");
    assert!(header("user-agent").starts_with("Aloftly/"), "{}", header("user-agent"));
}

#[tokio::test]
async fn a_packed_answer_is_unpacked() {
    let text = "order ".repeat(100_000);
    let provider = Provider::start([Reply::new(200, gzip(text.as_bytes())).header("content-encoding", "gzip")]).await;
    let client = client(options(), &Arc::new(WaitingClock::new()));
    let answer = client.send(Request::get(provider.url("/")), &never()).await.unwrap();
    assert!(answer.body() == text.as_bytes());
    assert_eq!(client.counts().bytes, 600_000);
}

#[tokio::test]
async fn a_bomb_is_not_unpacked_further_than_answers_may_go() {
    let bomb = gzip(&vec![0; 16 << 20]);
    assert!(bomb.len() < 1 << 20);
    let provider = Provider::start([Reply::new(200, bomb).header("content-encoding", "gzip")]).await;
    let client = client(ClientOptions { most_bytes: 1 << 20, ..options() }, &Arc::new(WaitingClock::new()));
    let error = kind(client.send(Request::get(provider.url("/")), &never()).await);
    assert!(matches!(error, HttpErrorKind::TooLarge(1_048_576)), "{error:?}");
    assert!(client.counts().bytes <= 1 << 20);
    assert_eq!(provider.came().len(), 1);
}

#[tokio::test]
async fn an_answer_that_says_that_it_is_too_large_is_not_read() {
    // It says so and sends a little: who waits for more waits for too long.
    let provider = Provider::start([Reply::new(200, "x").header("content-length", "1001").stuck()]).await;
    let options = ClientOptions { most_bytes: 1_000, try_timeout: Duration::from_secs(30), ..options() };
    let client = client(options, &Arc::new(WaitingClock::new()));
    let error = kind(client.send(Request::get(provider.url("/")), &never()).await);
    assert!(matches!(error, HttpErrorKind::TooLarge(1_000)), "{error:?}");
    assert_eq!(client.counts().bytes, 0);
}

#[tokio::test]
async fn an_answer_without_end_is_left_when_it_is_too_large() {
    let provider = Provider::start([Reply::new(200, vec![b'x'; 10_000]).endless()]).await;
    let client = client(ClientOptions { most_bytes: 1 << 20, ..options() }, &Arc::new(WaitingClock::new()));
    let error = kind(client.send(Request::get(provider.url("/")), &never()).await);
    assert!(matches!(error, HttpErrorKind::TooLarge(1_048_576)), "{error:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_left_also_when_nothing_is_packed_in_it() {
    let nothing = gzip(b"").repeat(1_000);
    let provider = Provider::start([Reply::new(200, nothing).header("content-encoding", "gzip").endless()]).await;
    let options = ClientOptions { most_bytes: 1 << 20, try_timeout: Duration::from_secs(120), ..options() };
    let client = client(options, &Arc::new(WaitingClock::new()));
    let error = kind(client.send(Request::post(provider.url("/")), &never()).await);
    assert!(matches!(error, HttpErrorKind::TooLarge(1_048_576)), "{error:?}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_a_timeout_and_tried_again() {
    let provider = Provider::start([Reply::ok().stuck(), Reply::ok()]).await;
    let clock = Arc::new(WaitingClock::new());
    let client = client(ClientOptions { try_timeout: Duration::from_millis(200), ..options() }, &clock);
    client.send(Request::get(provider.url("/")), &never()).await.unwrap();
    assert_eq!(client.counts().retries, 1);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_asked_for_again_when_that_could_do_harm() {
    let provider = Provider::start([Reply::ok().stuck(), Reply::ok()]).await;
    let try_timeout = Duration::from_millis(200);
    let client = client(ClientOptions { try_timeout, ..options() }, &Arc::new(WaitingClock::new()));
    let error = kind(client.send(Request::post(provider.url("/")), &never()).await);
    assert!(matches!(error, HttpErrorKind::Timeout(after) if after == try_timeout), "{error:?}");
}

#[tokio::test]
async fn asking_stops_in_the_middle_when_it_is_cancelled() {
    let provider = Provider::start([Reply::ok().stuck()]).await;
    let client = client(options(), &Arc::new(SystemClock));
    let cancel = CancellationToken::new();
    let began = Instant::now();
    let stop = async {
        provider.until_came(1).await;
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(client.send(Request::get(provider.url("/")), &cancel), stop);
    assert!(matches!(kind(result), HttpErrorKind::Cancelled));
    assert!(began.elapsed() < Duration::from_secs(30));
    assert!(matches!(kind(client.send(Request::get(provider.url("/")), &cancel).await), HttpErrorKind::Cancelled));
    assert_eq!(provider.came().len(), 1);
}

#[tokio::test]
async fn waiting_stops_when_it_is_cancelled() {
    let provider = Provider::start([Reply::new(429, "").header("retry-after", "200")]).await;
    let client = client(options(), &Arc::new(SystemClock));
    let cancel = CancellationToken::new();
    let stop = async {
        provider.until_came(1).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(client.send(Request::get(provider.url("/")), &cancel), stop);
    assert!(matches!(kind(result), HttpErrorKind::Cancelled));
}

#[tokio::test]
async fn what_no_header_may_have_is_told_without_it() {
    let client = client(options(), &Arc::new(WaitingClock::new()));
    let request = Request::get("http://127.0.0.1:9/".parse().unwrap()).bearer(&SecretString::from("hush\r\nx: y"));
    let error = client.send(request, &never()).await.unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Unsendable(_)) && error.tries == 0, "{error:?}");
    assert!(!format!("{error:?} {error}").contains("hush"), "{error:?}");
}
