//! When a request is repeated, how long is waited before, and when it is not.

use std::sync::Arc;
use std::time::Duration;

use aloftly_connectors::http::{ClientOptions, Counts, HttpErrorKind, Judgement, Request, RetryPolicy, Verdict, Why};
use aloftly_engine::clock::{Clock as _, SystemClock};
use serde::Deserialize;

use super::clock::WaitingClock;
use super::provider::{Provider, Reply};
use super::{client, kind, never, options};

#[derive(Debug, Deserialize)]
struct Orders {
    orders: Vec<u64>,
}

#[tokio::test]
async fn a_storm_of_429_is_waited_out_for_as_long_as_the_provider_says() {
    let clock = Arc::new(WaitingClock::new());
    let date = clock.now() + Duration::from_secs(2 + 3 + 7);
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let provider = Provider::start([
        Reply::new(429, "").header("retry-after", "2"),
        Reply::new(429, "").header("retry-after", "3.0"),
        Reply::new(429, "").header("retry-after", date),
        Reply::ok(),
    ])
    .await;
    let client = client(options(), &clock);
    let (orders, answer): (Orders, _) = client.json(Request::get(provider.url("/orders")), &never()).await.unwrap();
    assert_eq!((orders.orders, answer.status(), clock.waited()), (vec![1, 2, 3], 200, 12_000));
    assert_eq!(client.counts(), Counts { requests: 4, retries: 3, throttled: 3, bytes: 21 });
}

#[tokio::test]
async fn a_wait_that_is_longer_than_makes_sense_is_told_instead() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(429, "").header("retry-after", "301")]).await;
    let error = client(options(), &clock).send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(301)));
    assert!(error.is_transient());
    assert_eq!((error.tries, clock.waited()), (1, 0));
}

#[tokio::test]
async fn a_wait_of_years_is_taken_for_a_day() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(503, "").header("retry-after", "9".repeat(30))]).await;
    let error = client(options(), &clock).send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_hours(24)));
}

#[tokio::test]
async fn a_429_is_repeated_even_for_what_is_not_idempotent() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(429, "").header("retry-after", "1"), Reply::ok()]).await;
    let request = Request::post(provider.url("/orders")).json(&serde_json::json!({ "total": 5 }));
    client(options(), &clock).send(request, &never()).await.unwrap();
    let bodies: Vec<_> = provider.came().iter().map(|came| came.body.clone()).collect();
    assert_eq!(bodies, [r#"{"total":5}"#, r#"{"total":5}"#]);
}

#[tokio::test]
async fn server_errors_are_tried_again_with_longer_and_longer_waits() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(500, ""), Reply::new(502, ""), Reply::new(503, ""), Reply::ok()]).await;
    let client = client(options(), &clock);
    client.send(Request::get(provider.url("/")), &never()).await.unwrap();
    assert_eq!(clock.waited(), 500 + 1_000 + 2_000);
    assert_eq!(client.counts().retries, 3);
}

#[tokio::test]
async fn server_errors_end_it_where_they_cost_quota() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(500, "")]).await;
    let retry = RetryPolicy { most_server_errors: 2, ..RetryPolicy::default() };
    let client = client(ClientOptions { retry, ..options() }, &clock);
    let error = client.send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert_eq!((error.status(), error.tries, provider.came().len()), (Some(500), 2, 2));
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_server_error_is_not_repeated_for_what_is_not_idempotent() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(500, ""), Reply::ok()]).await;
    let client = client(options(), &clock);
    let error = client.send(Request::post(provider.url("/")), &never()).await.unwrap_err();
    assert_eq!((error.status(), provider.came().len()), (Some(500), 1));
    client.send(Request::post(provider.url("/")).idempotent(), &never()).await.unwrap();
}

#[tokio::test]
async fn a_refusal_is_final_and_has_the_name_that_the_connector_gives_it() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(400, r#"{"error": "invalid_grant", "token": "hush"}"#)]).await;
    let judge = |answer: &aloftly_connectors::http::Answer| {
        let body: serde_json::Value = answer.json().unwrap();
        let code = body["error"].as_str().unwrap().to_owned();
        Judgement { verdict: Some(Verdict::Fail { code: Some(code.into()) }), told: Vec::new() }
    };
    let client = client(ClientOptions { judge, ..options() }, &clock);
    let error = client.send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert_eq!((error.status(), error.code(), error.tries), (Some(400), Some("invalid_grant"), 1));
    assert_eq!(error.to_string(), "example: it answered with status 400 (invalid_grant)");
}

#[tokio::test]
async fn slow_down_can_be_said_in_an_answer_that_looks_well() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(200, "THROTTLED"), Reply::ok()]).await;
    let judge = |answer: &aloftly_connectors::http::Answer| {
        let after = Some(Duration::from_secs(4));
        let retry = Verdict::Retry { after, why: Why::Throttled };
        let verdict = answer.body().starts_with(b"THROTTLED").then_some(retry);
        Judgement { verdict, told: Vec::new() }
    };
    let client = client(ClientOptions { judge, ..options() }, &clock);
    client.send(Request::post(provider.url("/graphql")), &never()).await.unwrap();
    assert_eq!((clock.waited(), client.counts().throttled), (4_000, 1));
}

#[tokio::test]
async fn json_that_was_cut_off_is_asked_for_again() {
    let clock = Arc::new(WaitingClock::new());
    let cut = || Reply::new(200, r#"{"orders": [1, 2"#);
    let provider = Provider::start([cut(), Reply::ok(), cut(), Reply::ok()]).await;
    let client = client(options(), &clock);
    let (orders, _): (Orders, _) = client.json(Request::get(provider.url("/")), &never()).await.unwrap();
    assert_eq!((orders.orders.len(), client.counts().retries), (3, 1));
    let once = kind(client.json::<Orders>(Request::post(provider.url("/")), &never()).await);
    assert!(matches!(once, HttpErrorKind::Malformed(_)) && once.is_transient(), "{once:?}");
    assert_eq!(provider.came().len(), 3);
}

#[tokio::test]
async fn json_of_another_shape_is_not_asked_for_again() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(200, r#"{"orders": ["hush"]}"#)]).await;
    let error = client(options(), &clock).json::<Orders>(Request::get(provider.url("/")), &never()).await.unwrap_err();
    let HttpErrorKind::Malformed(malformed) = &error.kind else { panic!("{error:?}") };
    assert_eq!(
        malformed.to_string(),
        "the answer has another shape than expected at orders[0] (line 1, column 18): expected u64"
    );
    assert_eq!((error.is_transient(), provider.came().len()), (false, 1));
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_is_made_again() {
    let clock = Arc::new(WaitingClock::new());
    let broken = || Reply::new(200, r#"{"orders": [1"#).broken();
    let provider = Provider::start([broken(), Reply::ok(), broken(), Reply::ok()]).await;
    let client = client(options(), &clock);
    let (orders, _): (Orders, _) = client.json(Request::get(provider.url("/")), &never()).await.unwrap();
    assert_eq!(orders.orders.len(), 3);
    let once = kind(client.send(Request::post(provider.url("/")), &never()).await);
    assert!(matches!(once, HttpErrorKind::Connect(_)), "{once:?}");
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_tried_again() {
    let clock = Arc::new(WaitingClock::new());
    let nobody = "http://127.0.0.1:1/?token=hush".parse().unwrap();
    let error = client(options(), &clock).send(Request::post(nobody), &never()).await.unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Connect(_)), "{error:?}");
    assert_eq!((error.tries, clock.waited()), (6, 500 + 1_000 + 2_000 + 4_000 + 8_000));
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
}

#[tokio::test]
async fn the_deadline_ends_what_would_be_repeated() {
    let clock = Arc::new(WaitingClock::new());
    let provider = Provider::start([Reply::new(500, "")]).await;
    let retry = RetryPolicy { most_tries: 100, most_server_errors: 100, ..RetryPolicy::default() };
    let options = ClientOptions { retry, deadline: Duration::from_secs(4), ..options() };
    let error = client(options, &clock).send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Deadline), "{error:?}");
    assert_eq!((error.tries, clock.waited()), (4, 3_500));
}

#[tokio::test]
async fn the_deadline_ends_a_try_that_is_under_way() {
    let provider = Provider::start([Reply::ok().stuck()]).await;
    let options = ClientOptions { deadline: Duration::from_millis(200), ..options() };
    let client = client(options, &Arc::new(SystemClock));
    let error = client.send(Request::get(provider.url("/")), &never()).await.unwrap_err();
    assert!(matches!(error.kind, HttpErrorKind::Deadline), "{error:?}");
    assert_eq!(error.tries, 1);
}
